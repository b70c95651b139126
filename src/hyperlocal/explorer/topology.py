"""Boundaries as arcs: lines that two neighbours share are kept once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class Rings(NamedTuple):
    """The rings of the polygons of areas, on a grid of whole numbers.

    Attributes
    ----------
    x, y : numpy.ndarray
        The points of all rings, one ring after the other; the first point is not repeated.
    start : numpy.ndarray
        Where each ring begins among the points, and the number of points at the end.
    polygon : numpy.ndarray
        The number of the polygon of each ring; its outer ring comes first.
    area : numpy.ndarray
        The place of the area of each ring.
    """

    x: IntArray
    y: IntArray
    start: IntArray
    polygon: IntArray
    area: IntArray


class Arcs(NamedTuple):
    """Lines between the points where three areas or more meet, and the rings made of them.

    Attributes
    ----------
    x, y : numpy.ndarray
        The points of all arcs, one arc after the other, with both ends.
    start : numpy.ndarray
        Where each arc begins among the points, and the number of points at the end.
    ring_arcs : numpy.ndarray
        The arcs of all rings, one ring after the other: the number of the arc, or -1 - number
        where the ring runs along it backwards.
    ring_start : numpy.ndarray
        Where each ring begins in ``ring_arcs``, and its length at the end.
    polygon, area : numpy.ndarray
        As in `Rings`.
    """

    x: IntArray
    y: IntArray
    start: IntArray
    ring_arcs: IntArray
    ring_start: IntArray
    polygon: IntArray
    area: IntArray


def rings_of(shapes: NDArray[Any]) -> Rings:
    """Return the rings of polygons whose coordinates are whole numbers.

    Points that stand twice in a row are taken once, and rings of fewer than three points left out.

    Parameters
    ----------
    shapes
        Polygons or multipolygons of shapely, one per area.

    Examples
    --------
    >>> import shapely
    >>> rings_of(np.array([shapely.box(0, 0, 2, 1)])).x
    array([2, 2, 0, 0])
    """
    import shapely

    parts, area = shapely.get_parts(shapes, return_index=True)
    rings, polygon = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    x, y = np.rint(points).astype(np.int64).T
    repeated = np.zeros(len(ring), np.bool_)  # as the point before it, as every last point is
    last = np.append(np.flatnonzero(np.diff(ring)), len(ring) - 1)
    repeated[1:] = (np.diff(x) == 0) & (np.diff(y) == 0) & (np.diff(ring) == 0)
    first = np.append(0, last[:-1] + 1)
    closing = last.copy()
    while (again := repeated[closing] & (closing > first)).any():
        closing -= again
    repeated[closing] = True
    kept = ~repeated
    points_of = np.bincount(ring[kept], minlength=len(rings))
    whole = points_of >= 3
    kept &= whole[ring]
    start = np.append(0, np.cumsum(points_of[whole]))
    whole = _with_their_outer_ring(whole, polygon)
    if not whole.all():
        kept &= whole[ring]
        start = np.append(0, np.cumsum(points_of[whole]))
    return Rings(x[kept], y[kept], start, polygon[whole], area[polygon[whole]])


def _with_their_outer_ring(whole: BoolArray, polygon: IntArray) -> BoolArray:
    """Leave out the holes of polygons whose outer ring is left out."""
    outer = np.append(True, np.diff(polygon) != 0)
    lost = polygon[outer & ~whole]
    return whole & ~np.isin(polygon, lost)


def arcs_of(rings: Rings) -> Arcs:
    """Cut rings into arcs that neighbours share.

    A ring is cut wherever lines meet, and wherever the areas beside it change. Edges that only one
    ring has make arcs of their own: boundaries whose neighbours do not match come out right.

    Parameters
    ----------
    rings
        The rings.

    Examples
    --------
    >>> import shapely
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> arcs = arcs_of(rings_of(squares))
    >>> len(arcs.start) - 1, np.diff(arcs.ring_start)
    (3, array([2, 2]))
    """
    point = _numbered_points(rings.x, rings.y)
    ring = np.repeat(np.arange(len(rings.area)), np.diff(rings.start))
    after = np.arange(1, len(point) + 1)
    after[rings.start[1:] - 1] = rings.start[:-1]
    edge, beside = _edges(point, point[after], rings.area[ring])
    cut = _cut_points(point, edge, beside, after)[point]
    uncut = ~np.logical_or.reduceat(cut, rings.start[:-1])
    cut |= uncut[ring] & (point == np.minimum.reduceat(point, rings.start[:-1])[ring])
    turned = _begin_at_cuts(cut, rings.start)
    return _collected(rings, turned, cut[turned], edge[turned], point, after)


def _numbered_points(x: IntArray, y: IntArray) -> IntArray:
    low_x, low_y = x.min(), y.min()
    key = (x - low_x) * (y.max() - low_y + 1) + (y - low_y)
    return np.unique(key, return_inverse=True)[1].astype(np.int64)


def _edges(begin: IntArray, end: IntArray, area: IntArray) -> tuple[IntArray, IntArray]:
    """Give the edge after each point a number, and every edge a mark of the areas beside it.

    An edge has one number in both directions; edges beside the same areas have the same mark.
    """
    low, high = np.minimum(begin, end), np.maximum(begin, end)
    edge = np.unique(low * (begin.max() + 1) + high, return_inverse=True)[1].astype(np.int64)
    marks = np.random.default_rng(0).integers(1, 2**40, int(area.max()) + 1)
    beside = np.zeros(int(edge.max()) + 1, np.int64)
    np.add.at(beside, edge, marks[area])
    return edge, beside


def _cut_points(point: IntArray, edge: IntArray, beside: IntArray, after: IntArray) -> BoolArray:
    """Tell of each numbered point whether arcs end there."""
    first = np.unique(edge, return_index=True)[1]
    ends = np.concatenate([point[first], point[after][first]])
    mark = np.tile(beside, 2)
    lines = np.bincount(ends)
    low, high = np.full(len(lines), np.iinfo(np.int64).max), np.zeros(len(lines), np.int64)
    np.minimum.at(low, ends, mark)
    np.maximum.at(high, ends, mark)
    return np.asarray((lines != 2) | (low != high))


def _begin_at_cuts(cut: BoolArray, start: IntArray) -> IntArray:
    """Return the order of the points in which every ring begins at its first cut."""
    size = np.diff(start)
    place = np.arange(len(cut)) - np.repeat(start[:-1], size)
    far = np.where(cut, place, len(cut))
    shift = np.minimum.reduceat(far, start[:-1])
    turned: IntArray = (place + np.repeat(shift, size)) % np.repeat(size, size)
    return np.repeat(start[:-1], size) + turned


def _collected(
    rings: Rings,
    turned: IntArray,
    cut: BoolArray,
    edge: IntArray,
    point: IntArray,
    after: IntArray,
) -> Arcs:
    """Take each piece between two cuts once."""
    begins = np.flatnonzero(cut)
    forward = point[turned] < point[after[turned]]
    named = np.minimum.reduceat(edge * 2 + forward, begins)  # by the lowest edge of the piece
    _, first, arc = np.unique(named // 2, return_index=True, return_inverse=True)
    order = np.argsort(first)  # numbered as the rings come upon them
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    arc, first = number[arc], first[order]
    same = named % 2 == (named % 2)[first][arc]
    length = np.diff(np.append(begins, len(turned)))
    size = length[first] + 1
    start = np.append(0, np.cumsum(size))
    place = np.arange(start[-1]) - np.repeat(start[:-1], size)
    here = turned[np.minimum(np.repeat(begins[first], size) + place, len(turned) - 1)]
    ending = start[1:] - 1
    here[ending] = after[here[ending - 1]]
    pieces = np.add.reduceat(cut.astype(np.int64), rings.start[:-1])
    return Arcs(
        rings.x[here],
        rings.y[here],
        start,
        np.where(same, arc, -1 - arc),
        np.append(0, np.cumsum(pieces)),
        rings.polygon,
        rings.area,
    )


def used_once(arcs: Arcs) -> BoolArray:
    """Tell of each arc whether only one ring runs along it.

    Examples
    --------
    >>> import shapely
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> sorted(used_once(arcs_of(rings_of(squares))).tolist())  # all but the border that both have
    [False, True, True]
    """
    return np.asarray(np.bincount(_number(arcs.ring_arcs), minlength=len(arcs.start) - 1) == 1)


def sides_of(arcs: Arcs) -> tuple[IntArray, IntArray]:
    """Return the first and the last area that has each arc; -1 where it has only one.

    Examples
    --------
    >>> import shapely
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> one, other = sides_of(arcs_of(rings_of(squares)))
    >>> sorted(zip(one.tolist(), other.tolist()))
    [(0, -1), (0, 1), (1, -1)]
    """
    many = len(arcs.start) - 1
    number = _number(arcs.ring_arcs)
    area = np.repeat(arcs.area, np.diff(arcs.ring_start))
    one, other = np.full(many, -1), np.full(many, -1)
    other[number] = area
    one[number[::-1]] = area[::-1]
    return one, np.where(used_once(arcs), -1, other)


def part_of(arcs: Arcs, areas: IntArray) -> tuple[Arcs, IntArray]:
    """Return the arcs of some of the areas, numbered anew, and the area beyond each arc.

    Parameters
    ----------
    arcs
        The arcs of all areas.
    areas
        The places of the areas, in rising order; they are numbered anew too.

    Returns
    -------
    tuple
        The arcs, and for each of them the place of the area on its other side, among all areas,
        where that is not one of these; -1 elsewhere.

    Examples
    --------
    >>> import shapely
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> _, beyond = part_of(arcs_of(rings_of(squares)), np.array([1]))
    >>> sorted(beyond.tolist())
    [-1, 0]
    """
    inside = np.isin(arcs.area, areas)
    size = np.diff(arcs.ring_start)
    kept = arcs.ring_arcs[np.repeat(inside, size)]
    names, first, number = np.unique(_number(kept), return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    number, names, first = rank[number], names[order], first[order]
    turned = kept[first] < 0  # every arc runs as the first ring runs that has it
    backward = (kept < 0) != turned[number]
    length = np.diff(arcs.start)[names]
    start = np.append(0, np.cumsum(length))
    place = np.arange(start[-1]) - np.repeat(start[:-1], length)
    place = np.where(np.repeat(turned, length), np.repeat(length, length) - 1 - place, place)
    here = np.repeat(arcs.start[names], length) + place
    one, other = sides_of(arcs)
    own = np.isin(one[names], areas)
    beyond = np.where(own, other[names], one[names])
    beyond = np.where(np.isin(beyond, areas), -1, beyond)
    return Arcs(
        arcs.x[here],
        arcs.y[here],
        start,
        np.where(backward, -1 - number, number),
        np.append(0, np.cumsum(size[inside])),
        np.unique(arcs.polygon[inside], return_inverse=True)[1].astype(np.int64),
        np.searchsorted(areas, arcs.area[inside]).astype(np.int64),
    ), beyond


def _number(ring_arcs: IntArray) -> IntArray:
    return np.where(ring_arcs < 0, -1 - ring_arcs, ring_arcs)
