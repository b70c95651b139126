"""A nation as a whole: its areas nest, its counts add up, and a seed always gives the same one."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from hyperlocal.synthetic import GEOGRAPHIES, Nation, make_nation

CODES = {
    "oa11": "E00",
    "lsoa11": "E01",
    "msoa11": "E02",
    "oa21": "E00",
    "lsoa21": "E01",
    "msoa21": "E02",
    "ltla23": "E06|E07|E08|E09",
    "utla23": "E06|E08|E09|E10",
    "rgn23": "E12",
}


@pytest.mark.parametrize("areas", [60, 61, 97, 150, 400])
def test_a_nation_has_exactly_the_areas_asked_for(areas: int, nation: Nation) -> None:
    made = nation if areas == 400 else make_nation(areas, seed=areas)
    assert made.areas == made.pieces["lsoa21"].n_unique() == areas
    assert made.names["rgn23"].height >= 3


@pytest.mark.parametrize("vintage", ["11", "21"])
@pytest.mark.parametrize(("child", "parent"), [("oa", "lsoa"), ("lsoa", "msoa"), ("msoa", "ltla")])
def test_areas_nest_in_both_vintages(nation: Nation, vintage: str, child: str, parent: str) -> None:
    larger = "ltla23" if parent == "ltla" else parent + vintage
    pairs = nation.pieces.select(child + vintage, larger).unique()
    assert pairs[child + vintage].is_unique().all()


def test_districts_nest_in_upper_tier_and_region(nation: Nation) -> None:
    tiers = nation.pieces.select("ltla23", "utla23", "rgn23").unique()
    assert tiers["ltla23"].is_unique().all()
    assert tiers.select("utla23", "rgn23").unique()["utla23"].is_unique().all()
    # Shire districts lie in counties of several; all others are their own upper tier.
    shire = tiers["ltla23"].str.starts_with("E07")
    assert tiers.filter(~shire).select((pl.col("ltla23") == pl.col("utla23")).all()).item()
    assert tiers.filter(shire)["utla23"].str.starts_with("E10").all()
    assert tiers.filter(shire).group_by("utla23").len()["len"].min() >= 2


@pytest.mark.parametrize("geography", GEOGRAPHIES)
def test_codes_look_like_real_ones_and_are_none(nation: Nation, geography: str) -> None:
    codes = nation.places(geography)[0]
    scilly = codes.is_in(["E01019077", "E06000053"])  # the isles, left out as those are
    assert scilly.sum() == (geography[:4] in ("lsoa", "ltla", "utla"))
    codes = codes.filter(~scilly)
    assert codes.str.contains(rf"^({CODES[geography]})[79][0-9]{{5}}$").all()


def test_small_areas_have_the_sizes_of_real_ones(nation: Nation) -> None:
    pieces = nation.pieces.filter(~pl.col("ltla23").is_in(_isles(nation)["ltla23"].implode()))
    oas = pieces.group_by("lsoa21").agg(pl.col("oa21").n_unique())["oa21"]
    lsoas = pieces.group_by("msoa21").agg(pl.col("lsoa21").n_unique())["lsoa21"]
    assert set(oas) == {4, 5, 6}
    assert set(lsoas) <= {4, 5, 6}
    assert nation.total(nation.pieces["people"], "oa21")[1].min() >= 100
    assert nation.total(nation.pieces["people"], "oa21")[1].max() <= 625
    assert nation.total(nation.pieces["people"], "lsoa21")[1].min() >= 1_000
    assert nation.total(nation.pieces["people"], "lsoa21")[1].max() <= 3_000


def test_the_isles_are_one_lsoa_and_both_tiers(nation: Nation) -> None:
    isles = _isles(nation)
    assert isles["lsoa21"].n_unique() == isles["msoa21"].n_unique() == 1
    assert isles["lsoa11"].to_list() == isles["lsoa21"].to_list()
    assert isles["utla23"].to_list() == isles["ltla23"].to_list()
    assert nation.pieces.filter(pl.col("utla23") == isles["utla23"][0]).height == isles.height


def test_people_add_up(nation: Nation) -> None:
    people = nation.pieces["people"].to_numpy()
    assert nation.ages.shape == (nation.pieces.height, 2, 91)
    assert nation.ages.min() >= 0
    assert (nation.ages.sum(axis=(1, 2)) == people).all()
    for geography in GEOGRAPHIES:
        codes, sums = nation.total(nation.ages.reshape(len(people), -1), geography)
        assert codes.is_sorted()
        assert (sums.sum(axis=0) == nation.ages.sum(axis=0).ravel()).all()
    assert (nation.pieces["households"] <= nation.pieces["dwellings"]).all()
    assert (nation.pieces["households"] < nation.pieces["people"]).all()
    mean_size = nation.pieces["people"].sum() / nation.pieces["households"].sum()
    assert 2.2 < mean_size < 2.6


def test_prisoners_are_mostly_men_of_working_age_among_the_residents(nation: Nation) -> None:
    inside = nation.prisoners > 0
    assert 2 <= inside.sum() <= 5
    assert (nation.prisoners <= nation.pieces["people"].to_numpy()).all()
    men = nation.ages[inside, 1].sum(axis=1)
    women = nation.ages[inside, 0].sum(axis=1)
    assert (men > 1.5 * women).all()
    # Prisoners live in no household.
    assert (nation.pieces["households"].to_numpy()[inside] < 120).all()


def test_the_coast_is_older_and_some_areas_are_full_of_students(nation: Nation) -> None:
    years = np.arange(91)
    mean_age = (nation.ages.sum(axis=1) * years).sum(axis=1) / nation.pieces["people"].to_numpy()
    coastal = nation.pieces["coastal"].to_numpy()
    assert mean_age[coastal].mean() > mean_age[~coastal].mean() + 2
    students = nation.ages[:, :, 18:24].sum(axis=(1, 2)) / nation.pieces["people"].to_numpy()
    assert students.max() > 0.5
    assert (students > 0.3).mean() < 0.06


def test_names_are_invented_and_follow_the_district(nation: Nation) -> None:
    districts = dict(nation.names["ltla23"].iter_rows())
    of_msoa = dict(nation.pieces.select("msoa21", "ltla23").unique().iter_rows())
    of_lsoa = dict(nation.pieces.select("lsoa21", "msoa21").unique().iter_rows())
    msoas = dict(nation.names["msoa21"].iter_rows())
    assert all(name[:-4] == districts[of_msoa[code]] for code, name in msoas.items())
    lsoas = dict(nation.names["lsoa21"].iter_rows())
    assert all(name[:-1] == msoas[of_lsoa[code]] for code, name in lsoas.items())
    for geography, table in nation.names.items():
        assert table["code"].equals(nation.places(geography)[0].alias("code"))
        assert table["name"].is_unique().all()
        assert table["name"].str.contains("^[A-Za-z0-9 -]+$").all()


def test_unchanged_areas_keep_their_names(nation: Nation) -> None:
    unchanged = nation.lsoa_changes.filter(pl.col("change") == "U")
    assert (unchanged["lsoa11"] == unchanged["lsoa21"]).all()
    same_msoa = nation.pieces.filter(pl.col("msoa11") == pl.col("msoa21"))
    kept = unchanged.filter(pl.col("lsoa21").is_in(same_msoa["lsoa21"].implode()))["lsoa21"]
    names = [
        nation.names[kind].filter(pl.col("code").is_in(kept.implode()))["name"]
        for kind in ("lsoa11", "lsoa21")
    ]
    assert names[0].equals(names[1])


def test_a_seed_always_gives_the_same_nation() -> None:
    one, same, other = make_nation(80, 5), make_nation(80, 5), make_nation(80, 6)
    assert one.pieces.equals(same.pieces)
    assert one.postcodes.equals(same.postcodes)
    assert (one.need == same.need).all()
    assert (one.ages == same.ages).all()
    assert not one.pieces.equals(other.pieces)


def test_threads_change_nothing() -> None:
    script = (
        "from hyperlocal.synthetic import make_nation; n = make_nation(80, 5); "
        "print(n.pieces.hash_rows(1).sum(), n.postcodes.hash_rows(1).sum(), n.need.tobytes().hex()"
        "[:400], n.ages.sum(axis=0).tobytes().hex()[:400])"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "POLARS_MAX_THREADS": threads, "OMP_NUM_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    ]
    assert printed[0] == printed[1]


@pytest.mark.parametrize("areas", [-1, 0, 59, 40_001])
def test_a_nation_of_too_few_or_too_many_areas_is_refused(areas: int) -> None:
    with pytest.raises(ValueError, match="ask for 60 to 40,000"):
        make_nation(areas)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="seed is -1"):
        make_nation(60, -1)


def test_what_a_nation_does_not_know_is_refused(nation: Nation) -> None:
    with pytest.raises(ValueError, match="no geography 'ward23'; it has oa11"):
        nation.boundaries("ward23")
    with pytest.raises(ValueError, match="3 values for"):
        nation.total([1, 2, 3], "lsoa21")


def _isles(nation: Nation) -> pl.DataFrame:
    """Return the pieces of the isles."""
    isles = nation.names["ltla23"].filter(pl.col("name").str.starts_with("Isles of "))["code"]
    return nation.pieces.filter(pl.col("ltla23") == isles[0])
