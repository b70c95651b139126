"""Groups of real areas by lookups and polygons, and three ways to the districts of a nation.

The figures are those of ../shared/data; see its README for their sources. It has no directory of
postcodes: those of the made-up nation stand in, whose districts are known.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import hyperlocal
from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.groups.chosen import groups_for
from hyperlocal.pipeline import Results
from hyperlocal.synthetic import synthesise

pytestmark = pytest.mark.oracle

WEST_NORTHAMPTONSHIRE, CHERWELL = "E06000062", "E07000177"
DISTRICTS = (
    "lookup_lsoa11_lsoa21_ltla22.parquet:ltla22_code",
    "lookup_ltla22_ltla23.parquet:ltla23_code",
)
OF_THE_NATION = """\
hyperlocal: 1
id: nation
title: Areas of the made-up nation
areas:
  geography: lsoa21
  table: {input: areas}
  within: {ltla23: {input: areas, column: LAD23CD, name: LAD23NM}}
defaults: {input: areas, high_value: more_need}
inputs: {areas: {file: geography/LSOA21_LAD23_EW_LU.csv, geography: lsoa21, code: LSOA21CD}}
index:
  domains:
    order: {indicators: {number: {column: ObjectId}}}
"""


@pytest.fixture(scope="module")
def lookups(published) -> Path:
    return published / "geography"


@pytest.fixture(scope="module")
def england(published, tmp_path_factory) -> Results:
    out = tmp_path_factory.mktemp("england") / "results"
    return hyperlocal.build("iod-2025-domains", published / "iod2025", out)


@pytest.fixture(scope="module")
def districts(england, lookups) -> Groups:
    return groups_for(england, [f"{lookups}/{one}" for one in DISTRICTS])


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """The files of a made-up nation of 150 areas."""
    folder = tmp_path_factory.mktemp("nation") / "data"
    synthesise(150, 1, folder)
    return folder


@pytest.fixture(scope="module")
def nation(data) -> Results:
    definition = data.parent / "index.yaml"
    definition.write_text(OF_THE_NATION)
    return hyperlocal.build(definition, data, data.parent / "results")


def group_of(groups: Groups, results: Results, area: str) -> str:
    row = results.areas["area_code"].index_of(area)
    (link,) = np.flatnonzero(groups.area == row)
    return groups.codes[int(groups.group[link])]


def links(groups: Groups) -> dict[tuple[int, str], float]:
    codes = groups.codes.gather(groups.group)
    return dict(zip(zip(groups.area.tolist(), codes, strict=True), groups.share, strict=True))


def people(groups: Groups, results: Results) -> dict[str, float]:
    residents = results.areas["residents_population"].to_numpy()[groups.area] * groups.share
    totals = np.bincount(groups.group, weights=residents, minlength=len(groups))
    return dict(zip(groups.codes, totals, strict=True))


def test_chained_lookups_give_the_districts_of_the_publisher(england, districts, published):
    stated = pl.read_parquet(published / "iod2025/published_districts.parquet")
    assert len(districts) == 296
    assert districts.codes.to_list() == sorted(stated["ltla24_code"])
    names = dict(zip(stated["ltla24_code"], stated["ltla24_name"], strict=True))
    assert districts.names.to_list() == [names[code] for code in districts.codes]
    assert districts.area.tolist() == list(range(33_755))
    assert districts.notes == ()
    counts = pl.read_parquet(published / "iod2025/district_population_denominators.parquet")
    number = next(name for name in counts.columns if "lsoa" in name)
    found = np.bincount(districts.group)
    assert dict(zip(districts.codes, found.tolist(), strict=True)) == dict(
        zip(counts["ltla24_code"], counts[number].to_list(), strict=True)
    )


def test_the_area_that_best_fit_puts_elsewhere(england, districts, lookups):
    assert group_of(districts, england, "E01027305") == WEST_NORTHAMPTONSHIRE
    by = [f"{lookups}/lookup_lsoa21_ward24_ltla24.parquet:ltla24_code"]
    best_fit = groups_for(england, by)
    assert group_of(best_fit, england, "E01027305") == CHERWELL
    mended = groups_for(england, by, {"E01027305": WEST_NORTHAMPTONSHIRE})
    assert mended.group.tolist() == districts.group.tolist()


@pytest.mark.parametrize(
    ("chain", "number", "name"),
    [
        (["lookup_lsoa21_ward24_ltla24.parquet:ward24_code"], 6784, None),
        (
            ["lookup_lsoa21_icb24.parquet:icb24_code"],
            42,
            "NHS Cheshire and Merseyside Integrated Care Board",
        ),
        ([*DISTRICTS, "lookup_ltla23_region23.parquet:region23_code"], 9, "North East"),
    ],
)
def test_wards_care_boards_and_regions_of_england(england, lookups, chain, number, name):
    found = groups_for(england, [f"{lookups}/{one}" for one in chain])
    assert (len(found), len(found.area), found.notes) == (number, 33_755, ())
    assert name in (None, found.names[0])


def test_health_boards_of_wales_with_the_wrong_area_put_right(published, lookups, tmp_path):
    wales = hyperlocal.build("wimd-2019-domains", published / "wimd2019", tmp_path / "results")
    by = [f"{lookups}/{one}" for one in ("lookup_lsoa11_ltla21.parquet:ltla21_code",
                                         "lookup_ltla21_lhb22.parquet")]  # fmt: skip
    wrong, right = groups_for(wales, by), groups_for(wales, by, {"W01000060": "W11000023"})
    assert wrong.names[:2].to_list() == [
        "Betsi Cadwaladr University Health Board",
        "Powys Teaching Health Board",
    ]
    assert np.bincount(wrong.group).tolist() == [422, 80, 229, 368, 293, 278, 239]
    assert np.bincount(right.group).tolist() == [423, 79, 229, 368, 293, 278, 239]


def test_districts_drawn_over_areas_give_nearly_the_same_districts(england, districts, lookups):
    """The layers were simplified apart, so that borders differ by a little ground."""
    drawn = groups_for(
        england,
        polygons=lookups / "boundaries_ltla24.parquet",
        boundaries=lookups / "boundaries_lsoa21.parquet",
    )
    assert set(districts.codes) <= set(drawn.codes)
    assert drawn.notes[0].startswith("59 of 361 polygons hold no area of the index")
    stated, found = people(districts, england), people(drawn, england)
    off = np.array([found[code] / stated[code] - 1 for code in stated])
    assert np.median(np.abs(off)) < 0.012
    assert (np.abs(off) > 0.05).sum() == 11  # small ones, such as the City of London
    residents = england.areas["residents_population"].to_numpy()
    assert sum(found.values()) / residents.sum() == pytest.approx(0.9965, abs=0.0001)
    own, both = links(districts), links(drawn)
    same = sum(
        share * residents[area] for (area, code), share in both.items() if (area, code) in own
    )
    assert same / residents.sum() == pytest.approx(0.9805, abs=0.0001)


def test_three_ways_to_the_districts_of_a_nation(nation, data):
    """Its postcodes and boundaries nest in its districts, so that all three must agree wholly."""
    geography = data / "geography"
    stated = groups_for(nation, ["ltla23"])
    drawn = geography / "lad23_boundaries.parquet"
    by_postcodes = groups_for(nation, polygons=drawn, directory=geography / "ONSPD.csv")
    by_ground = groups_for(
        nation, polygons=drawn, boundaries=geography / "lsoa21_boundaries.parquet"
    )
    assert len(stated) > 1
    assert links(by_postcodes) == links(stated)
    assert links(by_ground) == pytest.approx(links(stated), abs=1e-9)
    assert by_postcodes.names.to_list() == stated.names.to_list()


def test_postcodes_of_districts_are_their_areas_and_half_of_them_half(nation, data):
    directory = data / "geography/ONSPD.csv"
    held = pl.read_csv(directory, infer_schema=False, columns=["pcds", "doterm", "lsoa21"])
    lookup = pl.read_csv(data / "geography/LSOA21_LAD23_EW_LU.csv", infer_schema=False)
    held = held.join(lookup, left_on="lsoa21", right_on="LSOA21CD")
    every, half = data / "every.csv", data / "half.csv"
    held.select("pcds", "LAD23CD").write_csv(every)
    found = groups_for(nation, postcodes=f"{every}:pcds:LAD23CD", directory=directory)
    assert links(found) == links(groups_for(nation, ["ltla23"]))
    ended = int((held["doterm"] != "").fill_null(False).sum())
    assert ended > 0
    assert f"{ended:,} no longer in use" in " ".join(found.notes)

    live = held.filter(pl.col("doterm").fill_null("") == "").sort("lsoa21", "pcds")
    order = pl.int_range(pl.len()).over("lsoa21")
    live.filter(order % 2 == 0).select("pcds").write_csv(half)
    found = groups_for(nation, postcodes=half, directory=directory)
    sizes = live.group_by("lsoa21").len().sort("lsoa21")["len"].to_numpy()
    assert nation.areas["area_code"].to_list() == sorted(live["lsoa21"].unique())
    np.testing.assert_allclose(found.share, np.ceil(sizes / 2) / sizes)
