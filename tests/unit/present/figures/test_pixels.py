"""Areas of one class become one shape, which covers what they covered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from hyperlocal.present.figures.pixels import (
    PER_PIXEL,
    Canvas,
    borders_of,
    edges_of,
    rings_of,
    specks_of,
)


def mosaic(seed: int, side: int = 12) -> np.ndarray[Any, Any]:
    """Quadrangles that share their corners, with an island that fills a hole."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0))
    points = np.stack([x, y], axis=-1) * 100 + rng.uniform(-30, 30, (side + 1, side + 1, 2))
    corners = [points[:-1, :-1], points[:-1, 1:], points[1:, 1:], points[1:, :-1]]
    shapes = shapely.polygons(np.stack(corners, axis=2).reshape(-1, 4, 2))
    island = shapely.centroid(shapes[5]).buffer(15)
    shapes[5] = shapes[5].difference(island)
    return np.append(shapes, island)


def doubled_area(rings: list[list[list[int]]]) -> int:
    total = 0
    for ring in rings:
        x, y = np.array(ring).T
        total += int((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())
    return total


def times_around(rings: list[list[list[int]]], points: np.ndarray[Any, Any]) -> Any:
    """How often rings run around points: what the rule *nonzero* fills is not 0."""
    around = np.zeros(len(points), int)
    for ring in rings:
        (x0, y0), (x1, y1) = np.array(ring[:-1]).T[:, :, None], np.array(ring[1:]).T[:, :, None]
        x, y = points.T
        side = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
        around -= ((y0 <= y) & (y1 > y) & (side > 0)).sum(axis=0)
        around += ((y0 > y) & (y1 <= y) & (side < 0)).sum(axis=0)
    return around


@pytest.mark.parametrize("seed", range(5))
def test_each_class_covers_what_its_areas_cover(seed: int) -> None:
    shapes = mosaic(seed)
    classes = np.random.default_rng(seed).integers(0, 3, len(shapes))
    canvas = Canvas.within((-50, -50, 1250, 1250), 600, 600)
    found = rings_of(edges_of(canvas, shapes), classes)
    for own in range(3):
        place = shapely.transform(
            shapes[classes == own], lambda points: canvas.at(points).astype(float)
        )
        assert -doubled_area(found[own]) == round(2 * shapely.area(place).sum())  # y runs down
        points = np.random.default_rng(seed).uniform(0, 600 * PER_PIXEL, (300, 2))
        inside = shapely.contains_xy(place[:, None], *points.T).sum(axis=0)
        assert times_around(found[own], points).tolist() == inside.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_one_class_is_one_ring_without_the_borders_inside(seed: int) -> None:
    shapes = mosaic(seed)
    edges = edges_of(Canvas.within((-50, -50, 1250, 1250), 600, 600), shapes)
    found = rings_of(edges, np.zeros(len(shapes), int))
    assert len(found[0]) == 1
    assert len(found[0][0]) <= 4 * 12 + 1


def test_a_hole_runs_the_other_way() -> None:
    ring = shapely.box(0, 0, 90, 90).difference(shapely.box(30, 30, 60, 60))
    edges = edges_of(Canvas.within((0, 0, 90, 90), 90, 90), np.array([ring]))
    outer, hole = sorted(rings_of(edges, np.array([0]))[0], key=lambda one: doubled_area([one]))
    assert doubled_area([outer]) == -2 * (90 * PER_PIXEL) ** 2
    assert doubled_area([hole]) == 2 * (30 * PER_PIXEL) ** 2


def test_points_on_a_straight_line_are_left_out() -> None:
    square = shapely.segmentize(shapely.box(0, 0, 100, 100), 5)
    edges = edges_of(Canvas.within((0, 0, 100, 100), 100, 100), np.array([square]))
    assert len(rings_of(edges, np.array([0]))[0][0]) == 5


def test_an_area_too_small_for_the_grid_is_a_square_of_its_own() -> None:
    large, small = shapely.box(0, 0, 1000, 1000), shapely.box(500, 500, 500.1, 500.1)
    shapes = np.array([large.difference(small), small, shapely.Polygon(), None])
    canvas = Canvas.within((0, 0, 1000, 1000), 100, 100)
    specks = specks_of(canvas, edges_of(canvas, shapes), shapes)
    assert specks.area.tolist() == [1]
    assert np.ptp(specks.corners[0], axis=0).tolist() == [2, 2]
    assert specks.corners[0].mean(axis=0) == pytest.approx([200, 200], abs=1)


def test_borders_run_between_groups_and_around_them_once() -> None:
    shapes = np.array([shapely.box(x, y, x + 10, y + 10) for x in (0, 10) for y in (0, 10)])
    edges = edges_of(Canvas.within((0, 0, 20, 20), 20, 20), shapes)
    lines = shapely.linestrings
    whole = sum(lines(line).length for line in borders_of(edges, np.zeros(4, int)))
    halves = sum(lines(line).length for line in borders_of(edges, np.array([0, 0, 1, 1])))
    assert (whole, halves) == (80 * PER_PIXEL, 100 * PER_PIXEL)


def test_nothing_at_all_is_nothing() -> None:
    edges = edges_of(Canvas.within((0, 0, 9, 9), 9, 9), np.array([shapely.Polygon()]))
    assert rings_of(edges, np.array([0])) == {}
    assert borders_of(edges, np.array([0])) == []


def test_a_map_is_not_distorted() -> None:
    canvas = Canvas.within((100, 200, 1100, 700), 300, 300)
    assert (canvas.width, canvas.height, canvas.metres) == (300, 150, pytest.approx(1000 / 300))
    assert canvas.at(np.array([[100.0, 700.0], [1100, 200]])).tolist() == [
        [0, 0],
        [300 * PER_PIXEL, 150 * PER_PIXEL],
    ]
