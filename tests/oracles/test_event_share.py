"""Shared events and constrained counts, beside geopandas and a log-linear model of statsmodels."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from hyperlocal.areas import Geography
from hyperlocal.geography import read_boundaries, share_events
from hyperlocal.methods.constraining import constrain_to_totals

pytestmark = pytest.mark.oracle


def test_against_geopandas_on_the_lsoas_of_london(published):
    """20,000 places in real areas of inner London, each twice; geopandas joins by distance too."""
    file = published / "geography/boundaries_lsoa21.parquet"
    areas = read_boundaries(file, Geography("lsoa", 2021), "lsoa21_code").in_national_grid()
    rng = np.random.default_rng(1)
    x, y = rng.uniform(520e3, 540e3, 20_000), rng.uniform(172e3, 188e3, 20_000)
    x, y = np.tile(x, 2), np.tile(y, 2)
    found = share_events(x, y, areas, 100)
    places = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y))
    theirs = gpd.GeoDataFrame(geometry=areas.shapes)
    joined = gpd.sjoin(places, theirs, predicate="dwithin", distance=100)["index_right"]
    near = joined.groupby(joined.index).transform("size")
    totals = np.bincount(joined, 1 / near, len(areas.codes))
    assert np.allclose(found.totals.toarray()[0], totals, rtol=0, atol=1e-9)
    assert found.totals.sum() == pytest.approx(
        (found.near > 0).sum(), abs=1e-9
    )  # few in the Thames
    assert near.mean() > 2


def test_crossing_totals_are_those_of_a_log_linear_model():
    """Iterative proportional fitting is the maximum likelihood of main effects with an offset.

    A Poisson model of any table with the wanted totals, with an effect of each row and each column
    and the logs of the counts as offset, fits the table that has those totals and keeps the counts'
    ratios of ratios.
    """
    rng = np.random.default_rng(2)
    counts, wanted = rng.uniform(1, 50, (5, 7)), rng.poisson(40, (5, 7)).astype(float)
    rows, columns = (label.ravel() for label in np.indices(counts.shape))
    totals = [wanted.sum(axis=1), wanted.sum(axis=0)]
    ours = constrain_to_totals(counts.ravel(), [rows, columns], totals).counts
    effects = pl.DataFrame({"row": rows, "column": columns}).to_dummies(drop_first=True)
    model = sm.GLM(
        wanted.ravel(),
        sm.add_constant(effects.to_numpy().astype(float)),
        family=sm.families.Poisson(),
        offset=np.log(counts.ravel()),
    )
    theirs = model.fit(tol=1e-14).fittedvalues
    assert np.allclose(ours, theirs, rtol=1e-8, atol=0)
