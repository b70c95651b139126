"""Which areas lie within a distance of points."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography._arrays import FloatArray, IntArray
from hyperlocal.geography.boundaries import Boundaries

T = TypeVar("T")
PARTS = 64
"""So many that no worker is left with all the areas of a city, and as many on every machine."""


def areas_near(
    x: ArrayLike,
    y: ArrayLike,
    boundaries: Boundaries,
    metres: float,
    workers: int | None = None,
) -> tuple[IntArray, IntArray]:
    """Find the areas that lie within a distance of each point.

    Parameters
    ----------
    x, y : shape (points,)
        Where the points lie, in metres of the National Grid. A point with NaN is near nothing.
    boundaries
        The areas. Bring them to the National Grid once (`Boundaries.in_national_grid`) where this
        is called for one batch of points after the other.
    metres
        The largest distance of a point from the nearest ground of an area, itself included: an area
        that the circle around the point only touches is near, and with 0 an area is near that holds
        the point or has it on its border.
    workers
        How many threads to use; None = as many as there are processors. The result is the same.

    Returns
    -------
    tuple
        The positions of the point and of the area of each pair that lies within the distance,
        sorted by point, then by area.

    Raises
    ------
    GeographyError
        Where the distance is negative or not finite, x and y differ in length, or the boundaries
        lie outside the ground that the transformation to the National Grid covers.

    Notes
    -----
    Distances are exact: no circle is replaced by a polygon. Points at the same place, of which
    police records have many, are measured once. The function keeps nothing between calls, so that
    batches of points can be given to any number of processes or machines.

    Examples
    --------
    >>> import shapely
    >>> from hyperlocal.areas import Geography
    >>> squares = [shapely.box(x, 3e5, x + 1000, 301e3) for x in (400e3, 401e3)]
    >>> areas = Boundaries(Geography("lsoa", 2021), ["a", "b"], squares)
    >>> point, area = areas_near([400_500, 400_900], [300_500, 300_500], areas, 100)
    >>> point.tolist(), area.tolist()
    ([0, 1, 1], [0, 0, 1])
    """
    # Measured on 1 million points, 33,755 LSOAs of 390,000 corners, and two cores: a tree of the
    # points that each area is asked of, in batches of 250,000 points, takes 2.5 s and 0.2 GB; a
    # tree of the areas 3.2 s; duckdb's spatial join 3.0 s; pairs from boxes measured thereafter
    # 2.9 s; geopandas' buffers joined to the areas 24 s and 2.2 GB. With 11.5 million corners, as
    # in boundaries in full detail, the tree of points takes 4.4 s and that of areas 18 s, since
    # only the shape that a tree is asked of can be prepared.
    eastings, northings = _coordinates(x, y)
    if not (np.isfinite(metres) and metres >= 0):
        said = f"the distance is {metres:g} metres"
        raise GeographyError(Problem(said, "give a finite one that is not negative"))
    shapes = boundaries.in_national_grid().shapes
    located = np.flatnonzero(np.isfinite(eastings) & np.isfinite(northings))
    places, place_of_point = np.unique(
        eastings[located] + 1j * northings[located], return_inverse=True
    )
    place, area = _pairs(places.real, places.imag, shapes, metres, workers)
    first = np.searchsorted(place, np.arange(len(places) + 1))
    number = np.diff(first)[place_of_point]  # of areas near each point
    before = np.cumsum(number) - number
    pair = np.repeat(first[place_of_point] - before, number) + np.arange(number.sum())
    return np.repeat(located, number), area[pair]


def _coordinates(x: ArrayLike, y: ArrayLike) -> tuple[FloatArray, FloatArray]:
    eastings, northings = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if eastings.ndim != 1 or eastings.shape != northings.shape:
        said = f"there are {eastings.size:,} eastings and {northings.size:,} northings"
        raise GeographyError(Problem(said, "give one of each for every point"))
    return eastings, northings


def _pairs(
    x: FloatArray, y: FloatArray, shapes: NDArray[Any], metres: float, workers: int | None
) -> tuple[IntArray, IntArray]:
    """Return the pairs of a point and an area that lie within the distance, in order."""
    number = len(shapes)
    parts = ask_in_parts(x, y, shapes, metres, lambda point, area: point * number + area, workers)
    point, area = np.divmod(np.sort(np.concatenate(parts)), number)
    return point, area


def ask_in_parts(
    x: ArrayLike,
    y: ArrayLike,
    shapes: NDArray[Any],
    metres: float,
    use: Callable[[IntArray, IntArray], T],
    workers: int | None = None,
) -> list[T]:
    """Find the pairs of a point and a shape within a distance; return what comes of each part.

    A tree of the points is asked for each shape, since only what a tree is asked for can be
    prepared. Parts of the shapes are asked for by several threads: questions do not hold the
    interpreter's lock. How the shapes are cut into parts does not depend on the machine, so that
    what is added up over them is the same everywhere.

    Parameters
    ----------
    x, y : shape (points,)
        Where the points lie, in metres of the National Grid.
    shapes
        Polygons, lines or points in the National Grid.
    metres
        The largest distance of a point from the nearest ground of a shape.
    use
        Is given the positions of the point and of the shape of each pair of a part.
    workers
        How many threads to use; None = as many as there are processors.
    """
    import shapely

    tree = shapely.STRtree(shapely.points(x, y))
    tree.query(shapely.Point(0, 0))  # it is built at the first question, which is one thread's
    parts = np.array_split(np.arange(len(shapes)), min(PARTS, len(shapes)))

    def found(part: IntArray) -> T:
        shape, point = tree.query(shapes[part], predicate="dwithin", distance=metres)
        return use(point, part[shape])

    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        return list(pool.map(found, parts))
