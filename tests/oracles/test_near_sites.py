"""Sites near points beside geopandas, and densities beside what geopandas would count."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from hyperlocal.geography import Sites


@pytest.fixture(scope="module")
def ground():
    """Uneven polygons, one with a hole, one of two parts, a line and a point; and points."""
    rng = np.random.default_rng(7)
    turn = np.sort(rng.uniform(0, 2 * np.pi, (40, 25)), axis=1)
    out = rng.uniform(30, 400, (40, 1)) * rng.uniform(0.7, 1.3, (40, 25))
    middle = rng.uniform((400e3, 300e3), (410e3, 310e3), (40, 2))
    corners = np.stack([np.cos(turn) * out, np.sin(turn) * out], axis=2) + middle[:, None]
    blobs = [shapely.buffer(shape, 0) for shape in shapely.polygons(corners)]
    ring = shapely.box(403e3, 303e3, 405e3, 305e3) - shapely.box(403_500, 303_500, 404_500, 304_500)
    two = shapely.union(
        shapely.box(401e3, 3e5, 4015e2, 3005e2), shapely.box(408e3, 3e5, 4085e2, 3005e2)
    )
    path = shapely.LineString([(400e3, 309e3), (403e3, 309_500), (403e3, 310e3)])
    shapes = np.array([*blobs, ring, two, path, shapely.Point(409e3, 301e3)], dtype=object)
    x, y = rng.uniform(399e3, 411e3, 4000), rng.uniform(299e3, 311e3, 4000)
    return shapes, x, y


def frames(ground):
    shapes, x, y = ground
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=27700)
    return points, gpd.GeoDataFrame(geometry=shapes, crs=27700)


def test_within_a_distance_lies_between_narrow_and_wide_buffers(ground):
    """Buffers of 64 corners a quarter lie within the circle by 0.03 metres at most."""
    shapes, x, y = ground
    points, sites = frames(ground)

    def joined(metres: float) -> np.ndarray:
        buffers = gpd.GeoDataFrame(geometry=sites.buffer(metres, 64), crs=27700)
        near = gpd.sjoin(points, buffers, predicate="within").index
        return points.index.isin(near)

    ours = Sites(shapes).within(x, y, 300)
    assert 0.2 < ours.mean() < 0.9
    assert (ours >= joined(300)).all()
    assert (ours <= joined(300.03)).all()


def test_distances_are_those_of_geopandas(ground):
    shapes, x, y = ground
    points, sites = frames(ground)
    joined = gpd.sjoin_nearest(points, sites, distance_col="metres")
    theirs = joined.groupby(level=0)["metres"].min().to_numpy()
    ours = Sites(shapes).distances(x, y)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)
    assert (ours == 0).any()
    in_the_hole = Sites(shapes[40:41]).distances([404e3], [304e3])
    assert in_the_hole == [500]


def test_sizes_are_those_of_all_sites_within(ground):
    shapes, x, y = ground
    matrix = shapely.distance(shapely.points(x, y)[:, None], shapes[None, :])
    theirs = (matrix <= 1000) @ shapely.area(shapes)
    np.testing.assert_allclose(Sites(shapes).sizes_within(x, y, 1000), theirs, rtol=1e-12)
