"""Concentrations at dwellings, and the mean over pollutants, from geopandas and scipy."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from hyperlocal.geography import Grid
from hyperlocal.methods.pollution import pollution_score

pytestmark = pytest.mark.oracle


def test_cells_against_a_spatial_join_of_geopandas():
    rng = np.random.default_rng(7)
    columns, rows = (axis.ravel() for axis in np.meshgrid(np.arange(60), np.arange(80)))
    kept = rng.permutation(len(columns))[:4000]  # with holes, in no order
    x, y = 300_500.0 + 1000 * columns[kept], 200_500.0 + 1000 * rows[kept]
    places = rng.uniform((299_000, 199_000), (362_000, 282_000), (20_000, 2))
    found = Grid(x, y, side=1000).cells_at(*places.T)
    squares = gpd.GeoDataFrame(geometry=shapely.box(x - 500, y - 500, x + 500, y + 500))
    joined = gpd.sjoin(
        gpd.GeoDataFrame(geometry=shapely.points(places)), squares, how="left", predicate="within"
    )
    expected = joined["index_right"].fillna(-1).astype(int).to_numpy()
    assert (expected >= 0).sum() > 10_000
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("power", [1, 2, 3.5])
def test_means_against_scipy(power):
    from scipy.stats import pmean

    rng = np.random.default_rng(3)
    concentrations, objectives = rng.uniform(0.1, 60, (500, 3)), np.array([40.0, 40, 25])
    ours = pollution_score(concentrations, objectives, power)
    np.testing.assert_allclose(ours, pmean(concentrations / objectives, power, axis=1), rtol=1e-12)
