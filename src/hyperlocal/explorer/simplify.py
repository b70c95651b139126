"""Boundaries with fewer points, for the whole country in one view."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyperlocal.explorer.topology import IntArray

SAMPLED = 2_000
STEPS = 12
LEAST, MOST = 0.5, 4_096.0
"""The tolerances that are tried, in units of the grid."""


class Simplified(NamedTuple):
    """Boundaries with fewer points.

    Attributes
    ----------
    shapes : numpy.ndarray
        The polygons.
    tolerance : float
        The root of the area of the smallest corner that was kept, in units of the coordinates;
        0 where nothing was left out.
    """

    shapes: NDArray[Any]
    tolerance: float


def simplified(shapes: NDArray[Any], most_points: int) -> Simplified:
    """Leave out the least corners, so that about a number of points is left.

    Neighbours keep sharing their borders, and no ring is lost (the method of Visvalingam and
    Whyatt, on a coverage). The tolerance is found on a sample of neighbourhoods.

    Parameters
    ----------
    shapes
        Polygons of areas.
    most_points
        How many points there should be at most, about.

    Examples
    --------
    >>> import shapely
    >>> round_areas = np.array([shapely.Point(0, 0).buffer(100, 64)])
    >>> shapely.get_num_coordinates(simplified(round_areas, 60).shapes) < 70
    array([ True])
    """
    import shapely

    points = int(shapely.get_num_coordinates(shapes).sum())
    if points <= most_points:
        return Simplified(shapes, 0.0)
    sample = _sample(shapes)
    aim = most_points / points * shapely.get_num_coordinates(sample).sum()
    low, high = LEAST, MOST
    for _ in range(STEPS):
        tried = float(np.sqrt(low * high))
        left = shapely.get_num_coordinates(shapely.coverage_simplify(sample, tried)).sum()
        low, high = (tried, high) if left > aim else (low, tried)
    return Simplified(shapely.coverage_simplify(shapes, high), high)


def _sample(shapes: NDArray[Any]) -> NDArray[Any]:
    """Return areas of a few neighbourhoods: most of their neighbours are there too."""
    if len(shapes) <= SAMPLED:
        return shapes
    runs = np.array_split(neighbourly_order(shapes), 40)
    size = SAMPLED // len(runs)
    return np.asarray(shapes[np.concatenate([run[:size] for run in runs])])


def neighbourly_order(shapes: NDArray[Any]) -> IntArray:
    """Return the order of areas in which neighbours are mostly close: that of Morton.

    Parameters
    ----------
    shapes
        Polygons of areas.

    Examples
    --------
    >>> import shapely
    >>> squares = [shapely.box(x, y, x + 1, y + 1) for x, y in ((0, 0), (9, 9), (1, 0))]
    >>> neighbourly_order(np.array(squares))
    array([0, 2, 1])
    """
    import shapely

    bounds = shapely.bounds(shapes)
    middle = bounds[:, :2] + bounds[:, 2:]
    extent = np.maximum(np.ptp(middle, axis=0).max(), 1e-12)
    x, y = ((middle - middle.min(axis=0)) / extent * 0xFFFF).astype(np.int64).T
    return np.argsort(_spread(x) | _spread(y) << 1, kind="stable")


def _spread(value: IntArray) -> IntArray:
    """Put a zero between the bits of numbers below 65,536."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        value = (value | value << shift) & mask
    return value
