"""Sites, such as parks: what lies within a distance of them, how far away they are, how large.

All distances are measured as the crow flies and exactly: no circle is replaced by a polygon.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography._arrays import BoolArray, FloatArray, IntArray
from hyperlocal.geography.near import ask_in_parts

WORKERS = os.cpu_count() or 1
PARTS_PER_WORKER = 8
"""Work is cut into more parts than there are threads, so that none waits for a city's."""
LINES_PER_PIECE = 8
"""Edges are cut into pieces of so many lines to find the nearest one."""
LONGEST_LINE = 100.0
"""Long lines are taken to have a corner at least every so many metres, which are found faster."""
MARGIN = 1e-6
"""Metres by which more is searched than is needed, so that no rounding leaves an edge out."""


class Sites:
    """Sites to measure distances to.

    Parameters
    ----------
    shapes
        Their polygons, lines or points as an array of shapely geometries, in metres of the National
        Grid. Sites may touch and overlap.

    Raises
    ------
    GeographyError
        Where there is none.

    Notes
    -----
    Points are given in batches by `within`, `distances` and `sizes_within`; nothing is kept between
    two calls but the edges of the sites, so that memory does not grow with the number of points.

    Examples
    --------
    >>> import shapely
    >>> park = shapely.box(400_000, 300_000, 400_200, 300_100)
    >>> sites, x, y = Sites([park]), [400_100, 400_500, 400_501], [300_050] * 3
    >>> sites.within(x, y, 300)
    array([ True,  True, False])
    >>> sites.distances(x, y)
    array([  0., 300., 301.])
    >>> sites.sizes_within(x, y, 300)
    array([20000., 20000.,     0.])
    """

    def __init__(self, shapes: ArrayLike | Iterable[Any]) -> None:
        self.shapes: NDArray[Any] = np.array(shapes, dtype=object)
        if not len(self.shapes):
            raise GeographyError(Problem("there is no site", "give at least one"))

    def within(self, x: ArrayLike, y: ArrayLike, metres: float) -> BoolArray:
        """Say which points lie within a distance of any site.

        Parameters
        ----------
        x, y : shape (points,)
            Where the points lie, in metres of the National Grid.
        metres
            The largest distance from the nearest ground of a site, itself included.
        """
        near = np.zeros(np.size(x), dtype=bool)
        for point in ask_in_parts(x, y, self.shapes, metres, lambda point, _: point):
            near[point] = True
        return near

    def sizes_within(self, x: ArrayLike, y: ArrayLike, metres: float) -> FloatArray:
        """Add up for each point the size of all sites that lie within a distance.

        A site counts with the whole of its area, however little of it lies so near.

        Parameters
        ----------
        x, y : shape (points,)
            Where the points lie, in metres of the National Grid.
        metres
            The largest distance from the nearest ground of a site, itself included.

        Returns
        -------
        numpy.ndarray, shape (points,)
            In square metres.
        """
        import shapely

        size, number = shapely.area(self.shapes), np.size(x)

        def sizes(point: IntArray, site: IntArray) -> FloatArray:
            return np.bincount(point, size[site], number).astype(np.float64, copy=False)

        sums = ask_in_parts(x, y, self.shapes, metres, sizes)
        return np.asarray(sum(sums, np.zeros(number)))

    def distances(self, x: ArrayLike, y: ArrayLike) -> FloatArray:
        """Measure how far each point is from the nearest site.

        Parameters
        ----------
        x, y : shape (points,)
            Where the points lie, in metres of the National Grid.

        Returns
        -------
        numpy.ndarray, shape (points,)
            In metres; 0 for what lies in a site.
        """
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        outside = np.flatnonzero(~self.within(x, y, 0.0))
        parts = np.array_split(outside, WORKERS * PARTS_PER_WORKER)
        self._edges  # noqa: B018 - made once, before the threads
        distance = np.zeros(len(x))
        with ThreadPoolExecutor(WORKERS) as pool:
            nearest = pool.map(lambda part: self._to_edges(x[part], y[part]), parts)
            distance[outside] = np.concatenate(list(nearest))
        return distance

    def _to_edges(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Measure how far points are from the nearest edge.

        The nearest corner is found first, which is fast. No edge can be nearer that does not reach
        into the square around the point that has this corner on its rim.
        """
        import shapely

        corners, pieces = self._edges
        furthest = corners.query(np.column_stack([x, y]))[0] + MARGIN
        squares = shapely.box(x - furthest, y - furthest, x + furthest, y + furthest)
        point, piece = pieces.query(squares)  # sorted by point, each of which has one or more
        distance = shapely.distance(shapely.points(x, y)[point], pieces.geometries[piece])
        first = np.searchsorted(point, np.arange(len(x)))
        return np.asarray(np.minimum.reduceat(distance, first))

    @cached_property
    def _edges(self) -> tuple[Any, Any]:
        """Trees of the corners of the sites, and of their edges in pieces of a few lines each.

        Pieces are there so that a site of hundreds of corners need not be measured whole.
        """
        import shapely
        from scipy.spatial import KDTree

        parts = shapely.get_parts(self.shapes)
        points = parts[shapely.get_type_id(parts) == shapely.GeometryType.POINT]
        lines = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
        pieces = _pieces(np.concatenate([lines, shapely.get_rings(parts)]))
        tree = shapely.STRtree(np.concatenate([points, pieces]))
        tree.query(shapely.Point(0, 0))  # it is built at the first question, which is one thread's
        corners = shapely.get_coordinates(shapely.segmentize(parts, LONGEST_LINE))
        return KDTree(np.unique(corners, axis=0)), tree


def _pieces(lines: NDArray[Any]) -> NDArray[Any]:
    """Cut lines and rings into pieces of a few lines each, which together are the same."""
    import shapely

    corners, of_line = shapely.get_coordinates(lines, return_index=True)
    number = np.bincount(of_line, minlength=len(lines))
    begin = np.cumsum(number) - number
    pieces = -(-(number - 1) // LINES_PER_PIECE)
    of_piece = np.repeat(np.arange(len(lines)), pieces)
    place = np.arange(len(of_piece)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    first = begin[of_piece] + LINES_PER_PIECE * place
    length = np.minimum(LINES_PER_PIECE + 1, (begin + number)[of_piece] - first)
    corner = np.arange(length.sum()) + np.repeat(first - (np.cumsum(length) - length), length)
    found: NDArray[Any] = shapely.linestrings(
        corners[corner], indices=np.repeat(np.arange(len(length)), length)
    )
    return found
