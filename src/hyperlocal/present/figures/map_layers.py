"""The layers of a map as Vega-Lite: areas by class, borders, names, a scale bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperlocal.present.figures import theme
from hyperlocal.present.figures.lettering import width_of
from hyperlocal.present.figures.pixels import (
    PER_PIXEL,
    Canvas,
    Edges,
    IntArray,
    Specks,
    borders_of,
    rings_of,
)

SEAM = 0.3
"""Classes are drawn so many pixels over their edge, so that no gap shows between them."""
NICE = (1, 2, 5)
"""Scale bars are of so many kilometres, or of ten or a hundred times as many."""
BAR = 0.22
"""A scale bar is about this share of the width of its map."""
BELOW = 14


@dataclass(frozen=True)
class Label:
    """A name on a map.

    Parameters
    ----------
    text
        The name.
    easting, northing
        Its middle, in metres of the National Grid.
    """

    text: str
    easting: float
    northing: float


@dataclass(frozen=True)
class Scale:
    """The classes of a map.

    Parameters
    ----------
    title
        What stands above the legend.
    labels, colours
        Of each class, from the first of the legend to the last.
    """

    title: str
    labels: tuple[str, ...]
    colours: tuple[str, ...]


NO_DATA = "no data"


def areas_layer(
    edges: Edges, specks: Specks, classes: IntArray, scale: Scale, clip: bool
) -> dict[str, Any]:
    """Return the layer of areas: a shape for each class, those of most need on top.

    Parameters
    ----------
    edges
        The edges of the areas.
    specks
        What stands for areas that are too small to be seen; it is drawn over all others.
    classes
        The class of each area, counted from 0; −1 = no data.
    scale
        The classes.
    clip
        Whether to cut off what lies beyond the canvas.
    """
    labels, colours = list(scale.labels), list(scale.colours)
    many = len(labels)
    if (classes < 0).any():
        labels.append(NO_DATA)
        colours.append(theme.HATCHED)
        classes = np.where(classes < 0, many, classes)
    rings, dots = rings_of(edges, classes), classes[specks.area]
    features = [
        *(_feature(labels[own], rings[own]) for own in sorted(rings, reverse=True)),
        *(_feature(labels[own], specks.corners[dots == own].tolist()) for own in np.unique(dots)),
    ]
    colour = {
        "field": "properties.label",
        "type": "nominal",
        "scale": {"domain": labels, "range": colours},
        "legend": {"title": scale.title.split("\n")},
    }
    return {
        "data": {"values": features},
        "mark": {"type": "geoshape", "strokeWidth": SEAM, "strokeJoin": "round", "clip": clip},
        "encoding": {"fill": colour, "stroke": {**colour, "legend": None}},
    }


def _feature(label: str, rings: list[list[list[int]]]) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": rings}
    return {"type": "Feature", "properties": {"label": label}, "geometry": geometry}


def borders_layer(
    edges: Edges, groups: IntArray, width: float, colour: str, clip: bool
) -> dict[str, Any]:
    """Return the layer of the borders of groups of areas.

    Parameters
    ----------
    edges
        The edges of the areas.
    groups
        The group of each area, from 0.
    width
        Of the lines, in pixels.
    colour
        Of the lines.
    clip
        Whether to cut off what lies beyond the canvas.
    """
    lines = {"type": "MultiLineString", "coordinates": borders_of(edges, groups)}
    return {
        "data": {"values": [{"type": "Feature", "geometry": lines}]},
        "mark": {
            "type": "geoshape",
            "filled": False,
            "stroke": colour,
            "strokeWidth": width,
            "strokeJoin": "round",
            "clip": clip,
        },
    }


def scale_bar(canvas: Canvas) -> list[dict[str, Any]]:
    """Return the layers of a scale bar under the left end of a map.

    Parameters
    ----------
    canvas
        The canvas of the map.
    """
    kilometres = round_length(canvas.metres * canvas.width * BAR / 1000)
    right = kilometres * 1000 / canvas.metres * PER_PIXEL
    top = (canvas.height + BELOW) * PER_PIXEL
    said = f"{kilometres:g} km" if kilometres >= 1 else f"{kilometres * 1000:g} m"
    ends = [
        {"x": 0, "y": top, "x2": right, "y2": top},
        *({"x": x, "y": top - 4 * PER_PIXEL, "x2": x, "y2": top} for x in (0, right)),
    ]
    letters = {"type": "text", "fontSize": theme.SMALL, "clip": False}
    both = {name: {"field": field, "type": "quantitative"} for name, field in _PLACE.items()}
    only = {name: both[name] for name in ("longitude", "latitude")}
    return [
        {
            "data": {"values": ends},
            "mark": {"type": "rule", "color": theme.INK, "strokeWidth": 1.2, "clip": False},
            "encoding": {**both, "longitude2": {"field": "x2"}, "latitude2": {"field": "y2"}},
        },
        {
            "data": {"values": [{"x": right, "y": top, "text": said}]},
            "mark": {**letters, "align": "left", "dx": 6, "dy": -2},
            "encoding": {**only, "text": {"field": "text", "type": "nominal"}},
        },
    ]


_PLACE = {"longitude": "x", "latitude": "y"}


def round_length(kilometres: float) -> float:
    """Return the longest round length that is no longer than a given one.

    Examples
    --------
    >>> round_length(130), round_length(7.4), round_length(0.34)
    (100.0, 5.0, 0.2)
    """
    power = 10.0 ** np.floor(np.log10(kilometres))
    return float(max(round(one * power, 9) for one in NICE if one * power <= kilometres * 1.000001))


def names_layers(canvas: Canvas, labels: Sequence[Label]) -> list[dict[str, Any]]:
    """Return the layers of names, with a pale edge around their letters.

    A name that would lie over one before it, or beyond the map, is left out.

    Parameters
    ----------
    canvas
        The canvas of the map.
    labels
        The names, the most important first.
    """
    taken: list[tuple[float, float, float]] = []
    kept = []
    for label in labels:
        x, y = canvas.at(np.array([[label.easting, label.northing]]))[0].tolist()
        half = width_of(label.text, theme.LABEL) / 2
        column, row = x / PER_PIXEL, y / PER_PIXEL
        inside = 0 <= column <= canvas.width and 0 <= row <= canvas.height
        free = all(
            abs(column - other) > half + wide + 2 or abs(row - line) > theme.LABEL * 1.2
            for other, line, wide in taken
        )
        if inside and free:
            taken.append((column, row, half))
            kept.append({"x": x, "y": y, "text": label.text})
    if not kept:
        return []
    encoding = {
        **{name: {"field": field, "type": "quantitative"} for name, field in _PLACE.items()},
        "text": {"field": "text", "type": "nominal"},
    }
    letters = {"type": "text", "fontSize": theme.LABEL, "fontWeight": 600, "baseline": "middle"}
    halo = {**letters, "stroke": "#ffffff", "strokeWidth": 3, "strokeJoin": "round", "opacity": 0.9}
    return [
        {"data": {"values": kept}, "mark": mark, "encoding": encoding} for mark in (halo, letters)
    ]


def labels_of(shapes: NDArray[Any], groups: IntArray, names: Sequence[str]) -> tuple[Label, ...]:
    """Return the names of groups of areas, each at the middle of its areas.

    Parameters
    ----------
    shapes
        The shapes of the areas.
    groups
        The group of each area, from 0.
    names
        The name of each group.

    Returns
    -------
    tuple of Label
        The groups of the largest extent first.
    """
    import shapely

    size = shapely.area(shapes)
    middles = shapely.get_coordinates(shapely.centroid(shapes))
    whole = np.bincount(groups, weights=size, minlength=len(names))
    x, y = (
        np.bincount(groups, weights=size * middles[:, axis], minlength=len(names))
        / np.where(whole > 0, whole, 1)
        for axis in (0, 1)
    )
    order = [group for group in np.argsort(-whole, kind="stable") if whole[group] > 0]
    return tuple(Label(names[group], float(x[group]), float(y[group])) for group in order)
