"""Land cut into small cells, and the exact outlines of any areas made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SEA = -1
"""The label of cells that belong to no area."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """Cells around seeds: the corners of each are the centroids of the triangles at its seed.

    The triangles are those of Delaunay. Each cell sees its whole border from its seed, so that the
    cells cover the plane exactly. Each border between two cells is held twice, once per side.

    Parameters
    ----------
    x, y
        The seeds, in metres.
    corner_x, corner_y
        The corners of the cells, in metres.
    left, right
        For each side of a border the cell on the left, which it goes round counter-clockwise, and
        the cell beyond.
    start, end
        The corners at which it starts and ends.
    """

    x: FloatArray
    y: FloatArray
    corner_x: FloatArray
    corner_y: FloatArray
    left: IntArray
    right: IntArray
    start: IntArray
    end: IntArray

    def arms(self, sides: IntArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return the ways from the seed of a cell to the start and the end of some of its sides."""
        x, y = self.x[self.left[sides]], self.y[self.left[sides]]
        start, end = self.start[sides], self.end[sides]
        return (
            self.corner_x[start] - x,
            self.corner_y[start] - y,
            self.corner_x[end] - x,
            self.corner_y[end] - y,
        )

    def neighbours(self, labels: IntArray) -> tuple[IntArray, IntArray]:
        """Return each pair of different areas that share a border, both ways round, sorted."""
        left, right = labels[self.left], labels[self.right]
        kept = (left != right) & (left >= 0) & (right >= 0)
        size = int(labels.max()) + 1
        pairs = np.unique(left[kept] * size + right[kept])
        return pairs // size, pairs % size

    def connected(self, labels: IntArray, anchors: IntArray) -> IntArray:
        """Return the labels with stray cells given to a neighbour.

        Parameters
        ----------
        labels
            The area of each cell, or `SEA`.
        anchors
            For each area the cell that it keeps with all that hangs together with it. Cells with no
            land beside them keep their labels.
        """
        labels = labels.copy()
        for _ in range(20):
            stray = self._stray(labels, anchors)
            if not stray.any():
                break
            kept = stray[self.left] & ~stray[self.right] & (labels[self.right] >= 0)
            if not kept.any():
                break
            cells, first = np.unique(self.left[kept], return_index=True)
            labels[cells] = labels[self.right[kept][first]]
        return labels

    def _stray(self, labels: IntArray, anchors: IntArray) -> BoolArray:
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        same = labels[self.left] == labels[self.right]
        size = len(labels)
        graph = coo_array(
            (np.ones(int(same.sum()), dtype=np.int8), (self.left[same], self.right[same])),
            shape=(size, size),
        )
        _, component = connected_components(graph, directed=False)
        stray: BoolArray = (labels >= 0) & (component != component[anchors[labels]])
        return stray

    def outlines(self, labels: IntArray, count: int) -> NDArray[Any]:
        """Return the polygon of each area, all with the very same corners along shared borders.

        Parameters
        ----------
        labels
            The area of each cell from 0 up, or `SEA`.
        count
            The number of areas; each must have a cell.

        Returns
        -------
        numpy.ndarray, shape (count,)
            Shapely polygons, and multipolygons where an area has several parts.
        """
        import shapely

        left = labels[self.left]
        border = np.flatnonzero((left >= 0) & (left != labels[self.right]))
        order, ring = _rings(
            left[border].astype(np.int64), self.start[border], self.end[border], len(self.corner_x)
        )
        edges = border[order]
        x, y = self.corner_x[self.start[edges]], self.corner_y[self.start[edges]]
        first = np.flatnonzero(np.diff(ring, prepend=-1))
        rings = shapely.linearrings(np.column_stack((x, y)), indices=ring)
        label = left[edges[first]]
        clockwise = _doubled_areas(x, y, ring, first) < 0
        return _assemble(rings, label, clockwise, count)


def _rings(
    label: IntArray, start: IntArray, end: IntArray, corners: int
) -> tuple[IntArray, IntArray]:
    """Return the order in which sides of borders follow each other, and the ring of each."""
    keys = label * corners + start
    by_start = np.argsort(keys)
    follower = by_start[np.searchsorted(keys, label * corners + end, sorter=by_start)]
    # By doubling: the first side of each ring, then each side's distance to it.
    jump, lowest = follower, np.minimum(np.arange(len(label)), follower)
    while True:
        lower = np.minimum(lowest, lowest[jump])
        jump = jump[jump]
        if np.array_equal(lower, lowest) and np.array_equal(lower, lower[follower]):
            break
        lowest = lower
    is_first = lowest == np.arange(len(label))
    jump = np.where(is_first, np.arange(len(label)), follower)
    distance = np.where(is_first, 0, 1)
    while not is_first[jump].all():
        distance = distance + distance[jump]
        jump = jump[jump]
    position = np.where(is_first, -np.iinfo(np.int64).max, -distance)
    order = np.lexsort((position, lowest, label))
    ring = np.cumsum(is_first[order]) - 1
    return order, ring


def _doubled_areas(x: FloatArray, y: FloatArray, ring: IntArray, first: IntArray) -> FloatArray:
    """Return twice the area of each ring, negative for those that go clockwise."""
    following = np.arange(1, len(x) + 1)
    following[np.append(first[1:], len(x)) - 1] = first
    x0, y0 = x[first][ring], y[first][ring]
    x, y = x - x0, y - y0
    cross = x * y[following] - x[following] * y
    return np.asarray(np.bincount(ring, weights=cross), dtype=np.float64)


def _assemble(
    rings: NDArray[Any], label: IntArray, clockwise: BoolArray, count: int
) -> NDArray[Any]:
    """Make polygons of rings: the few areas with holes or several parts one at a time."""
    import shapely

    shapes = np.empty(count, dtype=object)
    many = np.bincount(label, minlength=count) > 1
    simple = ~many[label]
    shapes[label[simple]] = shapely.polygons(rings[simple])
    ends = np.searchsorted(label, np.arange(count + 1))
    for area in np.flatnonzero(many):
        own = slice(ends[area], ends[area + 1])
        parts = list(_parts(rings[own], clockwise[own]))
        shapes[area] = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    return shapes


def _parts(rings: NDArray[Any], clockwise: BoolArray) -> Iterator[Any]:
    """Give each outer ring of one area with the holes that lie in it."""
    import shapely

    holes = rings[clockwise]
    corners = shapely.get_point(holes, 0)
    for outer in rings[~clockwise]:
        inside = shapely.contains(shapely.polygons(outer), corners) if len(holes) else []
        yield shapely.polygons(outer, holes=holes[inside] if len(holes) else None)


def make_mesh(x: FloatArray, y: FloatArray) -> Mesh:
    """Return the cells around seeds, which must all differ."""
    from scipy.spatial import Delaunay

    middle = np.array([np.round(x.mean()), np.round(y.mean())])
    triangles = Delaunay(np.column_stack((x, y)) - middle)
    corners, beyond = triangles.simplices.astype(np.int64), triangles.neighbors.astype(np.int64)
    left = np.concatenate([corners[:, (k + 1) % 3] for k in range(3)])
    right = np.concatenate([corners[:, (k + 2) % 3] for k in range(3)])
    end = np.tile(np.arange(len(corners)), 3)
    start = np.concatenate([beyond[:, k] for k in range(3)])
    inner = start >= 0
    x_of, y_of = x[corners].sum(axis=1) / 3, y[corners].sum(axis=1) / 3
    return _bent_where_needed(
        Mesh(x, y, x_of, y_of, left[inner], right[inner], start[inner], end[inner])
    )


def _bent_where_needed(mesh: Mesh) -> Mesh:
    """Lead borders that a seed of theirs could not see through the middle between the two seeds."""
    ax, ay, bx, by = mesh.arms(np.arange(len(mesh.left)))
    turn = (ax * by - ay * bx) / (np.hypot(ax, ay) * np.hypot(bx, by))
    size = len(mesh.corner_x)
    border = np.minimum(mesh.start, mesh.end) * size + np.maximum(mesh.start, mesh.end)
    hidden = np.unique(border[turn < 0.001])
    bent = np.flatnonzero(np.isin(border, hidden))
    _, first, place = np.unique(border[bent], return_index=True, return_inverse=True)
    one, other = mesh.left[bent[first]], mesh.right[bent[first]]
    middle = size + place
    end = mesh.end.copy()
    end[bent] = middle
    return Mesh(
        mesh.x,
        mesh.y,
        np.append(mesh.corner_x, (mesh.x[one] + mesh.x[other]) / 2),
        np.append(mesh.corner_y, (mesh.y[one] + mesh.y[other]) / 2),
        np.append(mesh.left, mesh.left[bent]),
        np.append(mesh.right, mesh.right[bent]),
        np.append(mesh.start, middle),
        np.append(end, mesh.end[bent]),
    )
