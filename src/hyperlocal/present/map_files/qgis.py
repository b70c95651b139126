"""How QGIS is to draw a layer: its style as QML."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from hyperlocal.present.figures.theme import DECILES, MISSING
from hyperlocal.present.map_files.layers import Layer

BORDER, BORDER_METRES, BORDER_MOST = "#ffffff", 12, 0.15
"""Borders of areas are of this many metres, so that they do not hide what is small in a map of the
whole country; and of so many millimetres at most."""
OUTLINE, OUTLINE_WIDTH = "#14232b", 0.16
"""Outlines are of so many millimetres, twice as many for the next larger kind, and so on."""


def qgis_style(layer: Layer, most: str, size: int = 1) -> str:
    """Return the style of a layer as QML.

    Parameters
    ----------
    layer
        The layer. Where it names a column of deciles, its areas are coloured by it; else only
        their outlines are drawn.
    most
        What decile 1 is: ``most need``.
    size
        Of larger areas: 1 for the smallest kind, 2 for the next, and so on.
    """
    style = ET.Element("qgis", version="3.22", styleCategories="Symbology|Fields|MapTips")
    style.append(_by_decile(layer, most) if layer.deciles else _outlines(size))
    aliases = ET.SubElement(style, "aliases")
    for place, one in enumerate(layer.columns):
        ET.SubElement(aliases, "alias", field=one.name, name=one.heading, index=str(place))
    if layer.label:
        ET.SubElement(style, "previewExpression").text = f'"{layer.label}"'
    ET.indent(style, " ")
    text: str = ET.tostring(style, encoding="unicode")
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{text}\n"


def _by_decile(layer: Layer, most: str) -> ET.Element:
    """Return what colours areas by their decile, and greys those without."""
    renderer = ET.Element("renderer-v2", type="categorizedSymbol", attr=layer.deciles)
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    classes = [(str(place), colour) for place, colour in enumerate(DECILES, 1)]
    for place, (decile, colour) in enumerate([*classes, ("", MISSING)]):
        label = {"1": f"1 ({most})", "": "no rank"}.get(decile, decile)
        ET.SubElement(
            categories,
            "category",
            value=decile,
            type="long" if decile else "NULL",
            symbol=str(place),
            label=label,
            render="true",
        )
        symbols.append(_fill(str(place), {**BORDERS, "color": _rgba(colour), "style": "solid"}))
    return renderer


def _outlines(size: int) -> ET.Element:
    """Return what draws outlines alone, so that what lies below is seen."""
    renderer = ET.Element("renderer-v2", type="singleSymbol")
    width = {"outline_width": f"{OUTLINE_WIDTH * size:g}", "outline_width_unit": "MM"}
    line = {"outline_color": _rgba(OUTLINE), "outline_style": "solid", "joinstyle": "round"}
    ET.SubElement(renderer, "symbols").append(_fill("0", {"style": "no", **line, **width}))
    return renderer


def _fill(name: str, values: Mapping[str, str]) -> ET.Element:
    """Return how a polygon is filled and bordered."""
    symbol = ET.Element("symbol", name=name, type="fill", alpha="1", clip_to_extent="1")
    layer = ET.SubElement(symbol, "layer", attrib={"class": "SimpleFill"}, enabled="1")
    options = ET.SubElement(layer, "Option", type="Map")
    for key, value in values.items():
        ET.SubElement(options, "Option", name=key, value=value, type="QString")
    return symbol


def _rgba(colour: str) -> str:
    """Return a colour as QGIS writes it.

    Examples
    --------
    >>> _rgba("#1f2a5c")
    '31,42,92,255'
    """
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"


BORDERS = {
    "outline_color": _rgba(BORDER),
    "outline_style": "solid",
    "outline_width": str(BORDER_METRES),
    "outline_width_unit": "RenderMetersInMapUnits",
    "outline_width_map_unit_scale": f"3x:0,0,0,0,1,{BORDER_MOST}",
    "joinstyle": "round",
}
