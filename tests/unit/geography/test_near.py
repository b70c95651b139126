"""Which areas lie within a distance of points: by hand, against geopandas, and at the edges."""

import numpy as np
import pytest
import shapely

from hyperlocal.areas import Geography
from hyperlocal.errors import GeographyError
from hyperlocal.geography import Boundaries, areas_near, to_degrees

LSOA = Geography("lsoa", 2021)


def squares(across=2, side=1000.0):
    """Squares beside each other from 400,000 east and 300,000 north."""
    shapes = [
        shapely.box(4e5 + side * x, 3e5 + side * y, 4e5 + side * (x + 1), 3e5 + side * (y + 1))
        for x in range(across)
        for y in range(across)
    ]
    return Boundaries(LSOA, [f"a{i:03}" for i in range(len(shapes))], shapes, "EPSG:27700")


def pairs(x, y, boundaries, metres, **settings):
    point, area = areas_near(x, y, boundaries, metres, **settings)
    return list(zip(point.tolist(), area.tolist(), strict=True))


def test_distances_by_hand():
    # a000 is the south-west square, a001 the north-west one, a002 the south-east one
    x = [400_500, 400_900, 400_899, 400_950, 401_100]
    y = [300_500, 300_500, 300_500, 300_950, 300_500]
    assert pairs(x, y, squares(), 100) == [
        (0, 0),  # in the middle
        (1, 0), (1, 2),  # 100 metres from the border: the circle touches it
        (2, 0),  # 101 metres
        (3, 0), (3, 1), (3, 2), (3, 3),  # in a corner: 71 metres from the square across
        (4, 0), (4, 2),
    ]  # fmt: skip


def test_corner_is_measured_round_not_square():
    # 80 metres west and south of the corner: 80 from two squares, 113 from the one across
    assert pairs([400_920], [300_920], squares(), 100) == [(0, 0), (0, 1), (0, 2)]


def test_on_the_border_with_no_distance_both_areas_are_near():
    assert pairs([401_000], [300_500], squares(), 0) == [(0, 0), (0, 2)]


def test_points_outside_are_near_what_they_reach():
    assert pairs([399_950, 399_800], [300_500, 300_500], squares(), 100) == [(0, 0)]


def test_points_without_coordinates_and_none_at_all():
    assert pairs([np.nan, 400_500], [300_500, 300_500], squares(), 100) == [(1, 0)]
    assert pairs([np.nan], [np.nan], squares(), 100) == []
    assert pairs([], [], squares(), 100) == []


def test_the_same_place_many_times_is_each_points_own():
    x, y = [400_900, 400_500] * 3, [300_500] * 6
    once = pairs(x[:2], y[:2], squares(), 100)
    assert pairs(x, y, squares(), 100) == [
        (2 * again + point, area) for again in range(3) for point, area in once
    ]


def test_threads_change_nothing():
    rng = np.random.default_rng(1)
    x, y = rng.uniform(399e3, 411e3, 5000), rng.uniform(299e3, 311e3, 5000)
    areas = squares(10)
    assert pairs(x, y, areas, 150, workers=1) == pairs(x, y, areas, 150, workers=7)


def test_boundaries_in_degrees_are_brought_to_metres():
    grid = squares()
    moved = shapely.transform(grid.shapes, lambda c: np.column_stack(to_degrees(c[:, 0], c[:, 1])))
    degrees = Boundaries(LSOA, grid.codes, moved, "EPSG:4326")
    assert pairs([400_950], [300_500], degrees, 100) == [(0, 0), (0, 2)]


def test_against_geopandas():
    """Buffers of 64 corners a quarter lie within the circle by 0.01 metres at most."""
    geopandas = pytest.importorskip("geopandas")
    rng = np.random.default_rng(2)
    x, y = rng.uniform(399e3, 411e3, 3000), rng.uniform(299e3, 311e3, 3000)
    areas = squares(10)
    events = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(x, y).buffer(100, 64))
    joined = geopandas.sjoin(events, geopandas.GeoDataFrame(geometry=areas.shapes))
    theirs = set(zip(joined.index, joined["index_right"], strict=True))
    assert theirs <= set(pairs(x, y, areas, 100))
    assert theirs >= set(pairs(x, y, areas, 99.98))


@pytest.mark.parametrize("metres", [-1, np.nan, np.inf])
def test_a_distance_that_is_none(metres):
    with pytest.raises(GeographyError, match="the distance is"):
        areas_near([400_500], [300_500], squares(), metres)


def test_as_many_eastings_as_northings():
    with pytest.raises(GeographyError, match="2 eastings and 1 northings"):
        areas_near([400_500, 1], [300_500], squares(), 100)
