"""Polygons of one set that lie on top of each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperlocal.geography._arrays import BoolArray, FloatArray, IntArray


def overlapping_pairs(shapes: NDArray[Any]) -> tuple[IntArray, IntArray, FloatArray]:
    """Find polygons that lie on top of each other.

    Parameters
    ----------
    shapes
        Valid polygons.

    Returns
    -------
    tuple
        The positions of the first and second of each pair, in order, and the share of the smaller
        one's area that lies in the other. Empty where none overlap; else not always all pairs, but
        some.

    Notes
    -----
    An edge is matched where one other polygon has it too, on its other side. Whoever crosses it
    leaves one polygon and enters another, so that the number of polygons around him stays the same.
    That number is 0 far away, so ground that lies in two polygons has edges around it that are not
    matched. Only polygons with such an edge, few in good boundaries, are therefore compared with
    those that they touch: for 178,000 Output Areas that takes 1 second in place of 14.
    """
    import shapely

    suspects = np.flatnonzero(_has_unmatched_edge(shapes))
    suspect, other = shapely.STRtree(shapes).query(shapes[suspects], predicate="intersects")
    pairs = np.sort(np.column_stack([suspects[suspect], other]), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)
    first, second = pairs[:, 0], pairs[:, 1]
    common = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    area = shapely.area(shapes)
    share = common / np.minimum(area[first], area[second])
    return first[share > 0], second[share > 0], share[share > 0]


def _has_unmatched_edge(shapes: NDArray[Any]) -> BoolArray:
    import shapely

    parts, owner = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    owner = owner[part]
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    corner = _mixed(_mixed(_bits(corners[:, 0])) ^ _bits(corners[:, 1]))
    within = ring[1:] == ring[:-1]
    start, end, ring = corner[:-1][within], corner[1:][within], ring[1:][within]
    order = np.argsort(start + end)  # the same both ways
    edge, onward = (start + end)[order], (start < end)[order]
    same = edge[1:] == edge[:-1]
    before, after = np.append(False, same), np.append(same, False)
    third = np.append(False, before[:-1]) & before | np.append(after[1:], False) & after
    opposite = np.append(False, onward[1:] != onward[:-1]) & before
    opposite |= np.append(onward[1:] != onward[:-1], False) & after
    unmatched = np.zeros(len(shapes), np.bool_)
    unmatched[owner[ring[order[~opposite | third]]]] = True
    return unmatched


def _bits(numbers: FloatArray) -> NDArray[np.uint64]:
    return (numbers + 0.0).view(np.uint64)  # so that -0 is 0


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix all bits of a number into all others (the last step of splitmix64)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
