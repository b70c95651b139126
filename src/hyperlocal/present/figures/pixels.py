"""Areas on the pixels of a picture: what cannot be seen is left out before anything is drawn.

Coordinates are brought to a grid of quarters of a pixel. Of the borders between areas of the same
class nothing is seen, so each class becomes one shape: every edge that two of its areas run along
in opposite directions is cancelled, and what is left over is strung together into rings.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
PER_PIXEL = 4
"""Steps of the grid in a pixel; a picture has two pixels for one of the drawing."""
SPECK = 2
"""Areas that are less than a square of the grid are drawn as a square of so many steps: a pixel."""


@dataclass(frozen=True)
class Canvas:
    """What part of the ground a map shows, and how large.

    Parameters
    ----------
    bounds
        West, south, east and north, in metres of the National Grid.
    width, height
        In pixels.
    """

    bounds: tuple[float, float, float, float]
    width: float
    height: float

    @classmethod
    def within(
        cls, bounds: tuple[float, float, float, float], width: float, height: float
    ) -> Canvas:
        """Return the largest canvas of a part of the ground that fits a size, undistorted.

        Examples
        --------
        >>> Canvas.within((0, 0, 1000, 2000), 300, 300)
        Canvas(bounds=(0, 0, 1000, 2000), width=150.0, height=300.0)
        """
        west, south, east, north = bounds
        across, up = max(east - west, 1.0), max(north - south, 1.0)
        pixels = min(width / across, height / up)
        return cls(bounds, across * pixels, up * pixels)

    @property
    def metres(self) -> float:
        """How many metres one pixel is."""
        west, _, east, _ = self.bounds
        return max(east - west, 1.0) / self.width

    def at(self, points: NDArray[np.float64]) -> IntArray:
        """Return the places on the grid of points, x to the right and y down.

        Parameters
        ----------
        points
            Eastings and northings, n × 2.
        """
        corner = np.array([self.bounds[0], self.bounds[3]])
        steps = (points - corner) * np.array([1, -1]) / self.metres * PER_PIXEL
        places: IntArray = np.rint(steps).astype(np.int64)
        return places


class Edges(NamedTuple):
    """The edges of all areas on the grid, each in the direction in which its ring runs.

    Attributes
    ----------
    points : numpy.ndarray
        The places on the grid, m × 2, each once.
    begin, end : numpy.ndarray
        The points between which each edge runs, by their number.
    area : numpy.ndarray
        The place of the area of each edge.
    """

    points: IntArray
    begin: IntArray
    end: IntArray
    area: IntArray


class Specks(NamedTuple):
    """Squares in the place of areas that are too small to be seen.

    Attributes
    ----------
    corners : numpy.ndarray
        The corners of each on the grid, the first one twice, n × 5 × 2.
    area : numpy.ndarray
        The place of the area of each.
    """

    corners: IntArray
    area: IntArray


def edges_of(canvas: Canvas, shapes: NDArray[Any]) -> Edges:
    """Return the edges of areas on the grid of a canvas.

    Parameters
    ----------
    canvas
        The canvas.
    shapes
        Polygons or multipolygons of shapely in metres of the National Grid, one per area.

    Examples
    --------
    >>> import shapely
    >>> canvas = Canvas((0, 0, 10, 10), 10, 10)
    >>> len(edges_of(canvas, np.array([shapely.box(0, 0, 5, 10), shapely.box(5, 0, 10, 10)])).area)
    8
    """
    import shapely

    turned = shapely.orient_polygons(shapes)
    parts, area_of_part = shapely.get_parts(turned, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    place = canvas.at(coordinates)
    same = np.diff(ring) == 0
    begin, end, area = place[:-1][same], place[1:][same], area_of_part[part_of_ring][ring[1:][same]]
    moved = (begin != end).any(axis=1)
    begin, end = begin[moved], end[moved]
    points, number = _numbered(np.concatenate([begin, end]))
    return Edges(points, number[: len(begin)], number[len(begin) :], area[moved])


def specks_of(canvas: Canvas, edges: Edges, shapes: NDArray[Any]) -> Specks:
    """Return squares for the areas of which next to nothing is left on the grid.

    Parameters
    ----------
    canvas
        The canvas.
    edges
        The edges of the areas.
    shapes
        Their shapes.

    Examples
    --------
    >>> import shapely
    >>> canvas, tiny = Canvas((0, 0, 10, 10), 10, 10), np.array([shapely.box(4, 4, 4.01, 4.01)])
    >>> specks_of(canvas, edges_of(canvas, tiny), tiny).area
    array([0])
    """
    import shapely

    (x0, y0), (x1, y1) = edges.points[edges.begin].T, edges.points[edges.end].T
    doubled = np.bincount(edges.area, weights=x0 * y1 - x1 * y0, minlength=len(shapes))
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    area = np.flatnonzero((np.abs(doubled) < 2) & there)
    middles = canvas.at(shapely.get_coordinates(shapely.centroid(shapes[area])))
    corners = np.array([[0, 0], [0, SPECK], [SPECK, SPECK], [SPECK, 0], [0, 0]]) - SPECK // 2
    return Specks(middles[:, None, :] + corners, area)


def _numbered(places: IntArray) -> tuple[IntArray, IntArray]:
    """Return each place once, and the number of every place among them."""
    if not len(places):
        return places, np.zeros(0, np.int64)
    low = places.min(axis=0)
    tall = int(places[:, 1].max() - low[1]) + 1
    key, number = np.unique(
        (places[:, 0] - low[0]) * tall + places[:, 1] - low[1], return_inverse=True
    )
    return np.column_stack([key // tall, key % tall]) + low, number.astype(np.int64)


def rings_of(edges: Edges, classes: IntArray) -> dict[int, list[list[list[int]]]]:
    """Return what the areas of each class cover, as rings.

    Parameters
    ----------
    edges
        The edges of the areas.
    classes
        The class of each area, from 0.

    Returns
    -------
    dict
        By class: the rings, closed, outer ones in one direction and holes in the other, so that
        together they are filled as one polygon is (by the rule *nonzero*).

    Examples
    --------
    >>> import shapely
    >>> squares = np.array([shapely.box(0, 0, 5, 10), shapely.box(5, 0, 10, 10)])
    >>> edges = edges_of(Canvas((0, 0, 10, 10), 10, 10), squares)
    >>> [len(ring) for ring in rings_of(edges, np.array([0, 0]))[0]]  # four corners: one square
    [5]
    """
    begin, end, of_class = _left_over(edges, np.asarray(classes, np.int64))
    if not len(begin):
        return {}
    order, ring = _strung(begin, end, of_class)
    points, ring, of_class = edges.points[begin[order]], ring[order], of_class[order]
    bend = _bends(points, ring)
    points, ring, of_class = points[bend], ring[bend], of_class[bend]
    starts = np.flatnonzero(np.diff(ring, prepend=-1))
    ends = np.append(starts[1:], len(ring))
    listed = points.tolist()
    found: dict[int, list[list[list[int]]]] = {}
    for own, first, last in zip(of_class[starts].tolist(), starts, ends, strict=True):
        if last - first >= 3:
            found.setdefault(own, []).append([*listed[first:last], listed[first]])
    return found


def _left_over(edges: Edges, classes: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Cancel the edges that areas of one class run along in opposite directions."""
    own = classes[edges.area]
    number = len(edges.points)
    low, high = np.minimum(edges.begin, edges.end), np.maximum(edges.begin, edges.end)
    key, place = np.unique((own * number + low) * number + high, return_inverse=True)
    net = np.bincount(place, weights=np.where(edges.begin < edges.end, 1, -1)).astype(np.int64)
    times = np.abs(net)
    forward = np.repeat(net > 0, times)
    key = np.repeat(key, times)
    high, low, own = key % number, key // number % number, key // number**2
    return np.where(forward, low, high), np.where(forward, high, low), own


def _strung(begin: IntArray, end: IntArray, of_class: IntArray) -> tuple[IntArray, IntArray]:
    """Return edges strung together into rings.

    As many edges of a class end in a point as begin there, so that sorted by where they end and by
    where they begin, edges and those that follow them stand side by side.

    Returns
    -------
    order
        The edges, ring after ring, each in the order in which it runs.
    ring
        The ring of each edge: the lowest number of its edges.
    """
    after = np.empty(len(begin), np.int64)
    after[np.lexsort((end, of_class))] = np.lexsort((begin, of_class))
    ring, step = np.arange(len(begin)), after
    while True:  # the lowest number among 1, 2, 4, 8... edges onward
        lower = np.minimum(ring, ring[step])
        if (lower == ring).all() and (lower == lower[after]).all():
            break
        ring, step = lower, step[step]
    last = after == ring
    step = np.where(last, np.arange(len(begin)), after)
    onward = (~last).astype(np.int64)  # edges from each to the last of its ring
    while (further := onward[step]).any():
        onward, step = onward + further, step[step]
    return np.lexsort((-onward, ring, of_class)), ring


def _bends(points: IntArray, ring: IntArray) -> BoolArray:
    """Tell at which points a ring changes its direction."""
    place = np.arange(len(ring))
    first = np.diff(ring, prepend=-1) != 0
    last = np.append(first[1:], True)
    starts, ends = np.flatnonzero(first), np.flatnonzero(last)
    before, after = place - 1, place + 1
    before[starts], after[ends] = ends, starts
    into, out = points - points[before], points[after] - points
    bends: BoolArray = into[:, 0] * out[:, 1] != into[:, 1] * out[:, 0]
    return bends


def borders_of(edges: Edges, groups: IntArray) -> list[list[list[int]]]:
    """Return the lines between groups of areas, and around them.

    Parameters
    ----------
    edges
        The edges of the areas.
    groups
        The group of each area, from 0.

    Returns
    -------
    list
        Lines, each a list of places on the grid; every border once.
    """
    import shapely

    begin, end, _ = _left_over(edges, np.asarray(groups, np.int64))
    if not len(begin):
        return []
    number = len(edges.points)
    key = np.unique(np.minimum(begin, end) * number + np.maximum(begin, end))
    segments = np.stack([edges.points[key // number], edges.points[key % number]], axis=1)
    merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(segments)))
    lines = shapely.get_parts(shapely.simplify(merged, 0))
    points, line = shapely.get_coordinates(lines, return_index=True)
    listed = np.rint(points).astype(np.int64).tolist()
    starts = np.searchsorted(line, np.arange(len(lines) + 1))
    return [listed[first:last] for first, last in pairwise(starts)]
