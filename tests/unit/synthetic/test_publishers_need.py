"""The planted need, found again: the whole measure from the files of a nation's publishers."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest
from scipy.stats import spearmanr

import hyperlocal
from hyperlocal.synthetic import DIMENSIONS, Nation, make_nation, synthesise, writing

AREAS, SEED = 1_000, 4
PUBLISHERS = (
    "census",
    "connections",
    "deprivation",
    "dwp",
    "education",
    "energy",
    "health",
    "jobs",
    "ons",
)
# Half of this dimension is known for whole authorities only, and says nothing of the differences
# within them.
LEAST = dict.fromkeys(DIMENSIONS, 0.92) | {"opportunity": 0.85}


@pytest.fixture(scope="module")
def nation() -> Nation:
    return make_nation(AREAS, SEED)


@pytest.fixture(scope="module")
def built(nation: Nation, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The measure of each area, with its planted need."""
    folder: Path = tmp_path_factory.mktemp("measure")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "MODULES", ("geography_files", *PUBLISHERS))
        synthesise(AREAS, SEED, folder / "data")
    definition = hyperlocal.load("hyperlocal-need-2025")
    hyperlocal.build(definition, folder / "data", folder / "results")
    planted = nation.planted().select("code", pl.exclude("code").name.prefix("planted_"))
    areas = pl.read_parquet(folder / "results" / "areas.parquet")
    return areas.join(planted, left_on="area_code", right_on="code", how="left")


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_dimensions_follow_the_planted_need(built, dimension):
    found = spearmanr(built[f"{dimension}_score"], built[f"planted_{dimension}"])[0]
    assert found > LEAST[dimension]


def test_the_measure_follows_the_planted_need_and_finds_its_hot_spots(built, nation):
    overall = "hyperlocal_need_2025_score"
    assert spearmanr(built[overall], built["planted_overall"])[0] > 0.95
    top = built.sort(overall, descending=True).head(20)["area_code"]
    hot = nation.hot_spots["lsoa21"]
    assert top.is_in(hot.to_list()).sum() > min(len(hot), 20) / 2


def test_small_counts_follow_it_better_once_they_are_shrunk(built):
    planted = built["planted_clean_energy"]
    raw, shrunk = (
        spearmanr(built[f"low_energy_efficiency_{what}"], planted)[0]
        for what in ("value", "shrunk")
    )
    assert shrunk > raw + 0.01


def test_the_one_small_island_is_left_out_and_counted(built, nation):
    assert built.height == nation.areas - 1
    assert "E01019077" not in built["area_code"]
    least_of_all = -23 * math.log(1 - (1 - math.exp(-100 / 23)) / AREAS)
    assert built["hyperlocal_need_2025_score"].min() == pytest.approx(least_of_all, rel=1e-9)
