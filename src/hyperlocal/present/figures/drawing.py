"""Specifications drawn: Vega-Lite to SVG, SVG to PNG, with the fonts that come with us."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

VERSION = "6.1"
"""The version of Vega-Lite."""


@cache
def register_fonts() -> None:
    """Make the font of all figures known to what draws them, once in a process."""
    import vl_convert
    from font_source_sans_pro import font_directory

    vl_convert.register_font_directory(font_directory)


def drawn(spec: Mapping[str, Any]) -> str:
    """Draw a Vega-Lite specification.

    Parameters
    ----------
    spec
        The specification, with its data in it: nothing is read from elsewhere.

    Returns
    -------
    str
        The SVG.
    """
    import vl_convert

    register_fonts()
    text = json.dumps(spec, separators=(",", ":"))
    svg: str = vl_convert.vegalite_to_svg(text, vl_version=VERSION, allowed_base_urls=[])
    return _gradients_numbered(svg)


def _gradients_numbered(svg: str) -> str:
    """Return an SVG whose gradients are numbered from 0: Vega counts on from figure to figure.

    Examples
    --------
    >>> _gradients_numbered('<path fill="url(#gradient_7)"/><linearGradient id="gradient_7">')
    '<path fill="url(#gradient_0)"/><linearGradient id="gradient_0">'
    """
    found = dict.fromkeys(re.findall(r'<\w+Gradient id="(gradient_\d+)"', svg))
    numbered = {name: f"gradient_{place}" for place, name in enumerate(found)}
    return re.sub(
        r'(?<=url\(#)gradient_\d+(?=\))|(?<=Gradient id=")gradient_\d+(?=")',
        lambda name: numbered.get(name[0], name[0]),
        svg,
    )


def picture(svg: str, scale: float, texts: Mapping[str, str]) -> bytes:
    """Return an SVG as a PNG.

    Parameters
    ----------
    svg
        The SVG.
    scale
        How many pixels of the picture one of the SVG is.
    texts
        What is written into the file, where programs that read it find it: by keyword, of those of
        the PNG specification: ``Title``, ``Description``.
    """
    import vl_convert
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    register_fonts()
    said = PngInfo()
    for keyword, text in texts.items():
        said.add_itxt(keyword, text)
    written = BytesIO()
    with Image.open(BytesIO(vl_convert.svg_to_png(svg, scale=scale))) as drawn_large:
        # without transparency, and packed more tightly than it comes: half the size
        flat = drawn_large.convert("RGB")
        flat.save(written, "PNG", pnginfo=said, dpi=drawn_large.info["dpi"])
    return written.getvalue()
