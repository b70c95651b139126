"""Inputs of iod-2015 and wcri-2022 that are tables: what adds up in them, and what they show."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from hyperlocal.synthetic import (
    Nation,
    barriers,
    benefits_2012,
    community,
    crimes_2013,
    mood_2012,
    schooling_2012,
    wards,
)
from hyperlocal.synthetic.nation import chance
from hyperlocal.synthetic.signals import people, places

MODULES = (barriers, benefits_2012, community, crimes_2013, mood_2012, schooling_2012, wards)
FILES = {path: write for module in MODULES for path, write in module.FILES.items()}
NIL = benefits_2012.NIL


@pytest.fixture(scope="module")
def folder(nation: Nation, tmp_path_factory: pytest.TempPathFactory):
    """All of their files."""
    out = tmp_path_factory.mktemp("inputs")
    for path, write in FILES.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        write(nation, chance(3, path), out / path)
    return out


def _read(folder, path: str, header_row: int = 1) -> pl.DataFrame:
    table = pl.read_csv(folder / path, skip_lines=header_row - 1, null_values=[NIL])
    return table.filter(pl.any_horizontal(pl.col(pl.String).str.contains("^E0"))).fill_null(0)


def test_the_same_seed_writes_the_same_bytes(nation, folder, tmp_path):
    for path, write in FILES.items():
        again = tmp_path / "again"
        write(nation, chance(3, path), again)
        assert again.read_bytes() == (folder / path).read_bytes(), path
        again.unlink()


def test_nobody_is_in_two_families_and_children_and_older_people_are_part_of_all(nation):
    rng = chance(3, "families")
    drawn = benefits_2012.draw_families(nation, rng)
    everyone = np.sum([of["Adults and children"] for of in drawn.values()], axis=0)
    children = np.sum([of["Children 0-15"] for of in drawn.values()], axis=0)
    assert (everyone <= people(nation)).all()
    assert (children <= people(nation, 0, 15)).all()
    for of in drawn.values():
        assert (of["Children 0-15"] + of["Aged 60+"] <= of["Adults and children"]).all()


def test_claimants_of_a_quarter_are_of_working_age(nation):
    drawn = benefits_2012.draw_claimants(nation, chance(3, "claimants"))
    adults = people(nation, 18, 59, sex=0) + people(nation, 18, 64, sex=1)
    for quarter in benefits_2012.QUARTERS:
        of_it = [number for name, number in drawn.items() if name.endswith(quarter)]
        assert len(of_it) == 5
        assert (np.sum(of_it, axis=0) <= adults).all()


def test_wards_are_made_of_output_areas_of_one_district_and_not_of_msoas(nation, folder):
    lookup = pl.read_csv(folder / "geography/OA11_WD11_LAD11_EW_LU.csv", encoding="utf8-lossy")
    assert lookup["OA11CD"].n_unique() == lookup.height == nation.pieces["oa11"].n_unique()
    assert lookup["WD11CD"].n_unique() == len(wards.wards(nation).codes)
    per_ward = lookup.group_by("WD11CD").len()["len"]
    assert 14 < per_ward.mean() < 34
    of = lookup.join(nation.pieces.unique("oa11"), left_on="OA11CD", right_on="oa11")
    assert of.group_by("msoa11").agg(pl.col("WD11CD").n_unique())["WD11CD"].max() > 1
    districts = of.group_by("WD11CD").agg(pl.col("LAD11CD").n_unique())["LAD11CD"]
    assert (districts == 1).mean() > 0.95  # an Output Area of 2011 can lie across a border of now


def test_shares_of_postcode_sectors_add_up_to_one(nation):
    shares = wards.sector_shares(nation)
    total = shares.group_by("sector").agg(pl.col("share").sum())["share"]
    assert (total - 1).abs().max() < 1e-12
    assert shares["share"].min() > 0
    live = nation.postcodes.with_columns(sector=wards.sectors(nation))
    live = live.filter(pl.col("terminated").is_null())
    assert set(shares["sector"]) == set(live["sector"])


def test_every_crime_is_of_a_type_that_is_listed_or_of_another_that_is_known(folder):
    crimes = pl.read_parquet(folder / "police/recorded_crime_2013-14.parquet")
    listed = [set(crimes_2013.offences(kind)) for kind in crimes_2013.CRIMES]
    assert [len(codes) for codes in listed] == [4, 5, 8, 18]
    found = set(crimes["offence_code"])
    assert found == set.union(*listed) | set(crimes_2013.OTHERS)
    nowhere = crimes["easting"].null_count() / crimes.height
    assert 0 < nowhere < 0.005


SHOWN = (
    ("dwp/income_deprivation_families_lsoa11_2012-08.csv", 5, ": Adults and children",
     "economic_growth", 1),
    ("hscic/mood_and_anxiety_lsoa11_2012.csv", 1, "Adults with mood", "health", 1),
    ("dfe/secondary_absence_lsoa11_2010-2013.csv", 3, "Sessions missed", "opportunity", 1),
    ("nomis/census2011_overcrowding_lsoa11.csv", 1, "-1 or less", "clean_energy", 1),
    ("nomis/census2011_qs416ew_oa11.csv", 1, "No cars", "clean_energy", 1),
    ("idbr/local_units_msoa11_2020.csv", 3, "0 to 4 employees", "safe_streets", -1),
    ("understanding_welsh_places/places_msoa11_2021.csv", 1, "Trustees", "safe_streets", -1),
)  # fmt: skip


@pytest.mark.parametrize(("path", "header_row", "counted", "dimension", "sign"), SHOWN)
def test_numbers_per_head_show_the_planted_need(
    nation, folder, path, header_row, counted, dimension, sign
):
    table = _read(folder, path, header_row)
    geography = next(name for name in ("lsoa11", "msoa11", "oa11") if name in path)
    number = table.select(pl.sum_horizontal(pl.selectors.contains(counted))).to_series()
    areas = places(nation, geography)
    heads = areas.total(people(nation))
    planted = nation.planted(geography)[dimension]
    found = spearmanr(number / heads, planted).statistic
    assert sign * found > (0.5 if geography == "oa11" else 0.7)
