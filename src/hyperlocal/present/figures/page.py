"""A figure that stands alone: its title above it, its source under it, its words inside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from hyperlocal.errors import Problem, ResultsError
from hyperlocal.present.figures import theme
from hyperlocal.present.figures.embedding import font_faces
from hyperlocal.present.figures.lettering import wrapped

MARGIN, GAP = 16.0, 12.0
LEAST_WIDTH = 460.0
SPARE = 0.94
"""The share of the width that lines fill, so that they fit in Arial, where it stands in."""
LEADING = 1.32
_OPENING = re.compile(r"<svg\b[^>]*>")
_SIZE = re.compile(r'\bviewBox="0 0 ([\d.]+) ([\d.]+)"')
ATTRIBUTES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def described(svg: str, title: str, alt: str) -> str:
    """Return a drawing that says in words what it shows, for those who do not see it.

    Parameters
    ----------
    svg
        The drawing.
    title, alt
        Its title, and the text in its place.
    """
    width, height, inner = parts_of(svg)
    return _root(width, height, title, alt, inner)


def page(svg: str, title: str, subtitle: str, source: str, alt: str) -> str:
    """Return a drawing with its title and source, and the words for those who do not see it.

    Parameters
    ----------
    svg
        The drawing.
    title, subtitle
        What is written above it.
    source
        What is written under it.
    alt
        The text in its place.
    """
    width, height, inner = parts_of(svg)
    whole = max(width + 2 * MARGIN, LEAST_WIDTH)
    room = (whole - 2 * MARGIN) * SPARE
    parts, y = [], MARGIN
    for text, size, weight, colour in (
        (title, theme.TITLE, 600, theme.INK),
        (subtitle, theme.SUBTITLE, 400, theme.QUIET),
    ):
        lines = wrapped(text, room, size)
        parts.append(_lines(lines, y, size, weight, colour))
        y += len(lines) * size * LEADING + (4 if lines else 0)
    y += GAP
    parts.append(f'<g transform="translate({MARGIN:g},{y:g})">{inner}</g>')
    y += height + GAP
    lines = wrapped(source, room, theme.SMALL)
    parts.append(_lines(lines, y, theme.SMALL, 400, theme.QUIET))
    y += len(lines) * theme.SMALL * LEADING + MARGIN
    return _root(whole, y, title, alt, "".join(parts))


def parts_of(svg: str) -> tuple[float, float, str]:
    """Return the width and height of a drawing, and what is in it.

    Examples
    --------
    >>> parts_of('<svg viewBox="0 0 20 10"><g/></svg>')
    (20.0, 10.0, '<g/>')
    """
    opening = _OPENING.search(svg)
    size = _SIZE.search(opening.group()) if opening else None
    if opening is None or size is None:
        raise ResultsError(Problem("a figure was drawn without a size", "report this as a fault"))
    return float(size[1]), float(size[2]), svg[opening.end() : svg.rindex("</svg>")]


def _root(width: float, height: float, title: str, alt: str, inner: str) -> str:
    return (
        f'<svg {ATTRIBUTES} role="img" aria-label="{escape(alt)}" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">'
        f"<title>{escape(title)}</title><desc>{escape(alt)}</desc>"
        f"{font_faces(inner)}"
        f"{f'<defs>{theme.PATTERN}</defs>' if theme.HATCHED in inner else ''}"
        f'<rect width="100%" height="100%" fill="{theme.BACKGROUND}"/>{inner}</svg>'
    )


def _lines(lines: Sequence[str], y: float, size: float, weight: int, colour: str) -> str:
    return "".join(
        f'<text x="{MARGIN:g}" y="{y + size + place * size * LEADING:.1f}" '
        f'font-family="{theme.FONTS}" font-size="{size}" font-weight="{weight}" '
        f'fill="{colour}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
