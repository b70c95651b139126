"""Boundaries as arcs give the polygons back, and share what neighbours share."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hyperlocal.explorer.topology import Arcs, arcs_of, part_of, rings_of, sides_of, used_once


def polygons_of(arcs: Arcs, areas: int) -> list[shapely.Geometry]:
    """Put the polygons of areas together again."""
    rings = []
    for ring in range(len(arcs.ring_start) - 1):
        points: list[tuple[int, int]] = []
        for given_arc in arcs.ring_arcs[arcs.ring_start[ring] : arcs.ring_start[ring + 1]]:
            arc = given_arc if given_arc >= 0 else -1 - given_arc
            here = slice(arcs.start[arc], arcs.start[arc + 1])
            line = list(zip(arcs.x[here].tolist(), arcs.y[here].tolist(), strict=True))
            line = line if given_arc >= 0 else line[::-1]
            assert not points or points[-1] == line[0], "arcs of a ring follow each other"
            points += line if not points else line[1:]
        assert points[0] == points[-1], "rings close"
        rings.append(points)
    shapes = []
    for area in range(areas):
        parts = []
        for polygon in np.unique(arcs.polygon[arcs.area == area]):
            outer, *holes = [rings[r] for r in np.flatnonzero(arcs.polygon == polygon)]
            parts.append(shapely.Polygon(outer, holes))
        shapes.append(shapely.MultiPolygon(parts))
    return shapes


def grid_of(columns: int, rows: int) -> np.ndarray:
    """Squares beside each other, 10 wide."""
    return np.array(
        [
            shapely.box(10 * i, 10 * j, 10 * i + 10, 10 * j + 10)
            for j in range(rows)
            for i in range(columns)
        ]
    )


def outline(arcs: Arcs, group: np.ndarray) -> shapely.Geometry:
    """The arcs of which the two sides lie in different groups."""
    one, other = sides_of(arcs)
    sides = np.append(group, -1)
    lines = [
        shapely.LineString(np.column_stack([arcs.x, arcs.y])[arcs.start[arc] : arcs.start[arc + 1]])
        for arc in np.flatnonzero(sides[one] != sides[other])
    ]
    return shapely.unary_union(lines)


RING = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20))
CASES = {
    "grid": grid_of(4, 3),
    "a hole that another area fills": np.array([RING, shapely.box(10, 10, 20, 20)]),
    "a hole that is empty": np.array([RING, shapely.box(30, 0, 40, 30)]),
    "islands": np.array(
        [
            shapely.MultiPolygon([shapely.box(0, 0, 5, 5), shapely.box(20, 0, 25, 5)]),
            shapely.box(5, 0, 9, 5),
            shapely.box(100, 100, 103, 104),
        ]
    ),
    "two borders with one neighbour": np.array(
        [shapely.box(0, 0, 30, 10).union(shapely.box(0, 0, 10, 30)), shapely.box(10, 10, 20, 20)]
    ),
    "a corner that touches": np.array([shapely.box(0, 0, 5, 5), shapely.box(5, 5, 9, 9)]),
    "one area": np.array([shapely.box(0, 0, 1, 1)]),
    "points that do not match": np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 5)]),
}


@pytest.mark.parametrize("shapes", CASES.values(), ids=CASES.keys())
def test_polygons_come_back(shapes: np.ndarray) -> None:
    back = polygons_of(arcs_of(rings_of(shapes)), len(shapes))
    assert shapely.equals(back, shapes).all()
    assert shapely.area(back).tolist() == shapely.area(shapes).tolist()


def test_a_shared_border_is_kept_once() -> None:
    arcs = arcs_of(rings_of(grid_of(2, 1)))
    assert len(arcs.start) - 1 == 3
    assert used_once(arcs).sum() == 2
    one, other = sides_of(arcs)
    assert sorted(zip(one.tolist(), other.tolist(), strict=True)) == [(0, -1), (0, 1), (1, -1)]


def test_a_hole_and_what_fills_it_share_their_ring() -> None:
    arcs = arcs_of(rings_of(CASES["a hole that another area fills"]))
    assert len(arcs.start) - 1 == 2
    assert used_once(arcs).tolist() == [True, False]


def test_every_edge_is_kept_once() -> None:
    arcs = arcs_of(rings_of(grid_of(7, 5)))
    edges = sum(length - 1 for length in np.diff(arcs.start).tolist())
    assert edges == 7 * 6 + 5 * 8


@pytest.mark.parametrize("group", [[0, 0, 1, 1] * 3, [0, 1, 0, 1] * 3, [0] * 12, range(12)])
def test_outlines_are_those_of_dissolved_areas(group: list[int]) -> None:
    shapes, groups = grid_of(4, 3), np.array(group)
    drawn = outline(arcs_of(rings_of(shapes)), groups)
    dissolved = [shapely.union_all(shapes[groups == one]) for one in np.unique(groups)]
    expected = shapely.unary_union(shapely.boundary(dissolved))
    assert drawn.length == expected.length
    assert drawn.equals(expected)


def test_points_that_stand_twice_are_taken_once() -> None:
    doubled = shapely.Polygon([(0, 0), (0, 0), (4, 0), (4, 4), (4, 4), (0, 4), (0, 0), (0, 0)])
    rings = rings_of(np.array([doubled]))
    assert rings.x.tolist() == [0, 4, 4, 0]
    assert rings.start.tolist() == [0, 4]


def test_rings_without_an_inside_are_left_out() -> None:
    flat = shapely.Polygon([(0, 0), (5, 0), (0, 0), (0, 0)])
    holed = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(4, 4), (5, 4), (4, 4), (4, 4)]])
    rings = rings_of(np.array([flat, holed]))
    assert rings.area.tolist() == [1]
    assert rings.start.tolist() == [0, 4]


def test_the_holes_of_a_lost_polygon_are_lost_too() -> None:
    lost = shapely.Polygon([(0, 0), (5, 0), (0, 0), (0, 0)], [[(1, 1), (2, 1), (2, 2), (1, 1)]])
    rings = rings_of(np.array([lost, shapely.box(0, 0, 1, 1)]))
    assert rings.area.tolist() == [1]


@given(st.lists(st.integers(0, 11), min_size=1, max_size=11, unique=True), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_parts_have_their_areas_and_what_lies_beyond(areas: list[int], turned: int) -> None:
    shapes = shapely.transform(grid_of(4, 3), lambda p: p[:, :: 1 - 2 * (turned % 2)] + turned)
    arcs = arcs_of(rings_of(shapes))
    wanted = np.sort(areas)
    part, beyond = part_of(arcs, wanted)
    back = polygons_of(part, len(wanted))
    assert shapely.equals(back, shapes[wanted]).all()
    first = np.unique(np.where(part.ring_arcs < 0, -1 - part.ring_arcs, part.ring_arcs), True)[1]
    assert (part.ring_arcs[first] >= 0).all(), "every arc runs as its first ring runs"
    assert (np.diff(first) > 0).all(), "arcs are numbered as rings come upon them"
    one, other = sides_of(part)
    for arc in range(len(part.start) - 1):
        points = slice(part.start[arc], part.start[arc + 1])
        line = shapely.LineString(np.column_stack([part.x[points], part.y[points]]))
        beside = {n for n in range(12) if line.intersection(shapes[n]).length > 0}
        own = {int(wanted[side]) for side in (one[arc], other[arc]) if side >= 0}
        assert beside - own == ({int(beyond[arc])} - {-1})
