"""The planted need: its shape, its places, and what it says of larger areas."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import shapely
from scipy.stats import kstest

from hyperlocal.synthetic import DIMENSIONS, Nation
from hyperlocal.synthetic.need import overall_need


@pytest.fixture(scope="module")
def levels(nation: Nation) -> np.ndarray:
    return nation.planted().select(DIMENSIONS).to_numpy()


def test_need_is_standard_normal_over_lsoas(levels: np.ndarray) -> None:
    assert levels.mean(axis=0) == pytest.approx(np.zeros(5), abs=1e-9)
    assert levels.std(axis=0) == pytest.approx(np.ones(5), abs=1e-9)
    assert all(kstest(column, "norm").statistic < 0.01 for column in levels.T)


def test_dimensions_go_together_but_not_too_much(levels: np.ndarray) -> None:
    correlations = np.corrcoef(levels.T)[np.triu_indices(5, 1)]
    assert 0.5 < correlations.mean() < 0.68
    assert correlations.min() > 0.4
    assert correlations.max() < 0.8


def test_near_areas_are_alike(nation: Nation, levels: np.ndarray) -> None:
    _, shapes = nation.boundaries("lsoa21")
    one, other = shapely.STRtree(shapes).query(shapes, predicate="touches")
    weights = 1 / np.bincount(one, minlength=len(shapes))[one]
    near = [np.sum(weights * z[one] * z[other]) / np.sum(weights) for z in levels.T]
    assert min(near) > 0.3  # Moran's I; 0 where need is strewn about
    shuffled = np.random.default_rng(1).permutation(levels[:, 0])
    assert abs(np.sum(weights * shuffled[one] * shuffled[other]) / np.sum(weights)) < 0.15


def test_hot_spots_have_the_most_need(nation: Nation) -> None:
    hot = nation.hot_spots
    assert hot.height == 8  # 2% of 400
    assert hot["kind"].value_counts()["count"].to_list() == [4, 4]
    ranked = nation.planted().sort("overall", descending=True)["code"]
    assert hot["lsoa21"].is_in(ranked.head(12).implode()).all()


def test_coastal_hot_spots_lie_on_the_coast_and_inner_cities_in_town(nation: Nation) -> None:
    of_lsoa = nation.pieces.group_by("lsoa21").agg(pl.col("coastal", "urban").mean())
    hot = nation.hot_spots.join(of_lsoa, on="lsoa21")
    assert hot.filter(kind="coastal")["coastal"].mean() > 0.6
    assert hot.filter(kind="inner_city")["urban"].mean() > 0.9


def test_need_within_an_lsoa_varies_about_that_of_the_lsoa(nation: Nation) -> None:
    people = nation.pieces["people"].to_numpy()
    place = nation.places("lsoa21")[1]
    means = nation.planted().select(DIMENSIONS).to_numpy()[place]
    within = nation.need - means
    assert 0.1 < within.std() < 0.2
    sums = nation.total(within * people[:, None], "lsoa21")[1]
    assert np.abs(sums).max() < 1e-9 * people.sum()


def test_overall_need_of_three_areas_worked_by_hand() -> None:
    levels = np.tile([[2.0], [1.0], [0.0]], (1, 5))
    # R = 1 gives 100; R = 2/3 gives -23 ln(1 - 2/3 (1 - exp(-100/23))) = 24.67
    by_hand = [-23 * np.log(1 - r / 3 * (1 - np.exp(-100 / 23))) for r in (3, 2, 1)]
    assert overall_need(levels) == pytest.approx(by_hand)
    assert by_hand[0] == pytest.approx(100)
    levels[1, 1] = 3.0  # clean energy, which weighs 0.1, is now worst in the second area
    expected = 0.9 * by_hand[1] + 0.1 * by_hand[0]
    assert overall_need(levels)[1] == pytest.approx(expected)


def test_need_of_larger_areas_is_the_mean_over_their_people(nation: Nation) -> None:
    people = nation.total(nation.pieces["people"], "lsoa21")[1]
    district = nation.pieces.unique("lsoa21").sort("lsoa21").select("ltla23").to_series().to_numpy()
    health = nation.planted()["health"].to_numpy()
    for code, expected in nation.planted("ltla23").select("code", "health").iter_rows():
        own = district == code
        assert np.average(health[own], weights=people[own]) == pytest.approx(expected, abs=1e-12)
