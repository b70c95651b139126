"""The most similar areas of every area, as `hyperlocal explain` finds them for one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from hyperlocal.analysis.explaining.similar import profile_of
from hyperlocal.explorer.arrays import write_arrays
from hyperlocal.explorer.columns import as_places
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline import Results

NUMBER = 5
FIRST_LOOK = 16
CLOSE = 1e-9
CELLS = 2_000_000
"""How many distances are computed at once."""

IntArray = NDArray[np.intp]


class Similar(NamedTuple):
    """The most similar areas of every area.

    Attributes
    ----------
    area : shape (areas, 5)
        Their places, the most similar first; -1 where there is none.
    distance : shape (areas, 5)
        How far their profiles are apart; NaN where there is none.
    """

    area: IntArray
    distance: FloatArray


def similar_to_all(results: Results, number: int = NUMBER) -> Similar:
    """Find the areas whose ranks in the domains are most like those of each area.

    Parameters
    ----------
    results
        The finished index.
    number
        How many areas.

    Returns
    -------
    Similar
        The same areas, in the same order, as `hyperlocal.analysis.similar_areas` finds for each.

    Notes
    -----
    A search tree finds a few more than are wanted; their distances are then computed as for one
    area, and put in order with ties by the code. Areas of the very same profile are one point of
    the tree, as there may be many. Where the last that was found is as near as the last that is
    wanted, more are looked at.

    Examples
    --------
    ::

        found = similar_to_all(Results.open("results"))
        found.area[0]  # the places of the five that are most like the first area
    """
    profile = profile_of(results)
    found = Similar(
        np.full((len(profile), number), -1, np.intp), np.full((len(profile), number), np.nan)
    )
    known = np.flatnonzero(~np.isnan(profile).any(axis=1))
    if known.size < 2:
        return found
    by_code = results.areas["area_code"].gather(known).arg_sort().to_numpy()
    members = known[by_code]  # known areas in the order of their codes
    points, point_of = np.unique(profile[members], axis=0, return_inverse=True)
    point_of = point_of.reshape(-1)
    candidates = _first_members(point_of, len(points), number + 1)
    tree = cKDTree(points)
    nearest, reached = np.empty((0, 0), np.intp), np.empty(0)
    left, look = np.arange(members.size), min(max(FIRST_LOOK, number + 2), len(points))
    while left.size:
        size = max(CELLS // (look * candidates.shape[1]), 1)
        unsure = []
        for start in range(0, left.size, size):
            some = left[start : start + size]
            reached, nearest = tree.query(points[point_of[some]], k=[*range(1, look + 1)])
            near = candidates[nearest].reshape(some.size, -1)
            area, distance = _in_order(profile, members, some, near, number)
            found.area[members[some]], found.distance[members[some]] = area, distance
            last = np.nan_to_num(distance[:, -1], nan=np.inf)
            if look < len(points):
                unsure.append(some[~(last < reached[:, -1] * (1 - CLOSE))])
        left = np.concatenate(unsure) if unsure else left[:0]
        look = min(look * 4, len(points))
    return found


def _first_members(point_of: IntArray, points: int, number: int) -> IntArray:
    """Return the first members of each point, row by row; -1 where there are fewer.

    The nearest areas of any area are among these: of areas of one profile those with the first
    codes come first.
    """
    order = np.argsort(point_of, kind="stable")
    sorted_points = point_of[order]
    starts = np.searchsorted(sorted_points, np.arange(points))
    place = np.arange(order.size) - starts[sorted_points]
    number = min(number, int(place.max()) + 1)
    firsts = np.full((points, number), -1, np.intp)
    kept = place < number
    firsts[sorted_points[kept], place[kept]] = order[kept]
    return firsts


def _in_order(
    profile: FloatArray, members: IntArray, some: IntArray, near: IntArray, number: int
) -> tuple[IntArray, FloatArray]:
    """Return the nearest of some candidates, by distance and then by code."""
    here, there = profile[members[some]], profile[members[near]]
    distance = np.sqrt(((there - here[:, None]) ** 2).sum(axis=-1))
    distance[(near < 0) | (near == some[:, None])] = np.inf
    order = np.lexsort((near, distance), axis=-1)[:, :number]
    area = members[np.take_along_axis(near, order, axis=1)]
    distance = np.take_along_axis(distance, order, axis=1)
    none = np.isinf(distance)
    area, distance = np.where(none, -1, area), np.where(none, np.nan, distance)
    lacking = number - area.shape[1]
    if lacking > 0:
        area = np.pad(area, ((0, 0), (0, lacking)), constant_values=-1)
        distance = np.pad(distance, ((0, 0), (0, lacking)), constant_values=np.nan)
    return area, distance


def write_similar(folder: Path, results: Results) -> None:
    """Write the most similar areas of every area into the data folder of a site."""
    found = similar_to_all(results)
    arrays = {
        "area": as_places(found.area.reshape(-1), len(found.area)),
        "distance": found.distance.reshape(-1).astype(np.float32),
    }
    write_arrays(folder / "similar.bin.gz", arrays)
