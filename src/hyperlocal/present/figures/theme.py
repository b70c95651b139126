"""Letters and colours of all figures: the same on every page, and safe for any colour vision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "Source Sans Pro"
FONTS = f"{FONT}, Arial, sans-serif"

INK = "#1c2530"
"""Titles, labels and numbers."""
QUIET = "#4d5761"
"""Subtitles, sources, titles of axes."""
LINE = "#d5d8da"
"""Lines of grids."""
BACKGROUND = "#ffffff"

DECILES = (
    "#1f2a5c",
    "#27477f",
    "#2c6698",
    "#3583a6",
    "#4b9fae",
    "#6db8b1",
    "#96ccb5",
    "#b3d8ba",
    "#cfe3c3",
    "#e8ebcd",
)
"""Deciles 1 to 10, those of the explorer: 1, of most need, is the darkest.

One scale from a deep to a pale colour, of even steps of lightness, so that it can be read with any
colour vision and in print without colours.
"""
FIFTHS = tuple(DECILES[place] for place in (0, 2, 4, 7, 9))
"""Fifths of the areas by score, from most need."""
MISSING = "#b8b8b8"
"""What has no number, where a plain colour must do. Some readers cannot tell a grey from greens."""
HATCHED, HATCH = "url(#no-data)", "#76797c"
"""Areas without a number on maps: white with stripes, which no scale has; the stripes' colour."""
PATTERN = (
    '<pattern id="no-data" width="5" height="5" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate(45)"><rect width="5" height="5" fill="{BACKGROUND}"/>'
    f'<rect width="1.4" height="5" fill="{HATCH}"/></pattern>'
)
"""The stripes, as a drawing has to define them."""
MOVEMENT = (
    "#8a3b06",
    "#bf640f",
    "#e39a4a",
    "#f6d0a0",
    "#f1f0ec",
    "#b9dad9",
    "#71b3b5",
    "#2f8489",
    "#0b565c",
)
"""From four deciles or more towards most need, over none (the fifth), to four or more away."""
STILL = "#c5c2b8"
"""Areas that did not move, where they are a bar."""
HOT = ("#a50026", "#f46d43", "#ece9e1")
"""Hot spots: the first half of them, the other half, and all other areas."""
MAIN, PALE, ACCENT = DECILES[2], DECILES[7], "#a50026"
"""Bars; bars beside those that are spoken of; lines to compare with."""
CORRELATION = ("#bf640f", "#f1f0ec", DECILES[0])
"""Correlations of −1, 0 and 1."""

TITLE, SUBTITLE, LABEL, SMALL = 18, 13, 12, 11
"""Sizes of letters in pixels of which 96 are an inch."""
LARGE_TEXT, TEXT = 3.0, 4.5
"""The contrast that large and other text needs (WCAG 2, level AA)."""

CONFIG: Mapping[str, Any] = {
    "font": FONTS,
    "background": BACKGROUND,
    "aria": False,
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "labelFontSize": LABEL,
        "labelLimit": 0,
        "titleColor": QUIET,
        "titleFontSize": LABEL,
        "titleFontWeight": 400,
        "titlePadding": 8,
        "gridColor": LINE,
        "domainColor": QUIET,
        "tickColor": QUIET,
    },
    "legend": {
        "labelColor": INK,
        "labelFontSize": LABEL,
        "labelLimit": 0,
        "titleColor": INK,
        "titleFontSize": LABEL,
        "titleFontWeight": 600,
        "titleLimit": 0,
        "symbolType": "square",
        "symbolSize": 220,
        "symbolStrokeWidth": 0,
        "rowPadding": 1,
        "offset": 16,
    },
    "header": {"labelColor": INK, "labelFontSize": 13, "labelFontWeight": 600, "title": None},
    "text": {"fontSize": LABEL, "color": INK},
    "bar": {"color": MAIN},
    "rule": {"color": ACCENT},
}


def chart(**parts: Any) -> dict[str, Any]:
    """Return a Vega-Lite specification of our letters and colours.

    Parameters
    ----------
    parts
        What Vega-Lite calls its top-level properties.

    Examples
    --------
    >>> chart(mark="bar")["mark"]
    'bar'
    """
    return {"$schema": SCHEMA, "config": dict(CONFIG), **parts}


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, 0 (black) to 1 (white).

    Notes
    -----
    ``0.2126 R + 0.7152 G + 0.0722 B`` of the linear channels: Web Content Accessibility
    Guidelines 2.2, *relative luminance*.

    Examples
    --------
    >>> luminance("#ffffff"), luminance("#000000")
    (1.0, 0.0)
    """
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(part * c for part, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast between two colours, 1 to 21.

    Notes
    -----
    ``(lighter + 0.05) / (darker + 0.05)``: Web Content Accessibility Guidelines 2.2.

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"), 1), contrast("#777777", "#777777")
    (21.0, 1.0)
    """
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(colour: str) -> str:
    """Return the colour of letters, dark or white, that has the higher contrast on a colour.

    Examples
    --------
    >>> readable_on(DECILES[0]), readable_on(DECILES[9])
    ('#ffffff', '#1c2530')
    """
    return max((INK, "#ffffff"), key=lambda letters: contrast(letters, colour))
