"""Dwellings and the sites near them: shares, distances, sizes and means, worked by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import polars as pl
import pytest
import shapely

import hyperlocal
from hyperlocal.analysis import as_text, explain
from hyperlocal.definition import load_definition
from hyperlocal.pipeline import records as reading
from hyperlocal.pipeline.replay import Replay

DEFINITION = """\
hyperlocal: 1
id: top
areas:
  geography: lsoa11
  table: {input: areas}
  boundaries: {input: shapes}
inputs:
  areas: {file: areas.csv, geography: lsoa11, code: code}
  shapes: {file: shapes.parquet, geography: lsoa11, code: code}
lists:
  natural: {codes: [park, wood]}
records:
  homes: {file: homes.csv, location: {x: x, y: y}}
  green: {file: green.gpkg, location: {geometry: geom}}
index:
  high_value: less_need
  indicators:
    near:
      kind: proximity
      dwellings: {records: homes, number: households}
      sites: {records: green, where: {class: {list: natural}}}
      within: 300
      per: 100
    away: {kind: distance, dwellings: homes, sites: green, high_value: more_need}
    size: {kind: area_within, dwellings: homes, sites: green, within: 100}
    leaves: {kind: average, records: {records: homes, number: households}, column: ndvi}
"""
Y = 300_500
HOMES = """\
x,y,households,ndvi
400100,300500,1,0.2
400500,300500,2,-0.4
400501,300500,4,0.1
401100,300500,1,0.5
401900,300500,1,0.3
"""
# park: 400,000 to 400,200 and 100 high; wood: beyond the eastern border of all areas; links: golf
SITES = {
    "park": shapely.box(400_000, 300_450, 400_200, 300_550),
    "wood": shapely.box(402_050, 300_400, 402_150, 300_600),
    "links": shapely.box(401_150, 300_450, 401_250, 300_550),
}


@pytest.fixture
def index(tmp_path, index_folder):
    def prepare(folder):
        squares = [shapely.box(x, 3e5, x + 1000, 301e3) for x in (400e3, 401e3)]
        shapes = gpd.GeoDataFrame({"code": ["E01000001", "E01000002"]}, geometry=squares, crs=27700)
        shapes.to_parquet(folder / "shapes.parquet")
        green = gpd.GeoDataFrame({"class": list(SITES)}, geometry=list(SITES.values()), crs=27700)
        green.to_file(folder / "green.gpkg")

    texts = {
        "index.yaml": DEFINITION,
        "areas.csv": "code\nE01000001\nE01000002\n",
        "homes.csv": HOMES,
    }
    return index_folder(tmp_path, texts, prepare)


def numbers(results: hyperlocal.Results, node: str) -> tuple[list[float], list[float]]:
    areas = results.areas
    return areas[f"{node}_numerator"].to_list(), areas[f"{node}_denominator"].to_list()


def test_the_share_of_households_near_a_site_of_the_classes_that_count(index):
    """In the park, 300 metres from it (it counts), 301 metres; 850 and 150 from the wood."""
    results = index.build()
    assert numbers(results, "near") == ([1 + 2, 1], [1 + 2 + 4, 1 + 1])
    assert results.areas["near_value"].to_list() == [100 * 3 / 7, 50]
    gathered = results.provenance["gathered"]["near"]
    assert gathered["sites"] == {"number": 2, "class": {"park": 1, "wood": 1}}


def test_the_mean_distance_is_to_the_nearest_of_all_sites(index):
    """By hand: 0, 300 and 301 metres to the park; 50 to the links and 150 to the wood."""
    results = index.build()
    assert numbers(results, "away") == ([0 + 300 + 301, 50 + 150], [3, 2])
    assert results.areas["away_value"].to_list() == [601 / 3, 100]


def test_the_size_of_a_site_counts_whole_however_little_of_it_is_near(index):
    """Park: 200 x 100; links: 100 x 100, 50 metres from the fourth home; the wood is too far."""
    results = index.build()
    assert numbers(results, "size") == ([20_000, 10_000], [3, 2])


def test_a_mean_is_weighed_by_what_each_record_counts_for(index):
    results = index.build()
    numerator, denominator = numbers(results, "leaves")
    assert numerator == pytest.approx([0.2 - 0.8 + 0.4, 0.8])
    assert denominator == [7, 2]
    assert results.areas["leaves_value"].to_list() == pytest.approx([-0.2 / 7, 0.4])


@pytest.mark.parametrize("at_once", [1, 2, 250_000])
def test_what_is_read_at_once_changes_nothing(index, monkeypatch, at_once):
    expected = index.build().areas
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", at_once)
    again = index.build().areas
    for name in expected.columns[1:]:
        assert again[name].to_list() == pytest.approx(expected[name].to_list()), name


def test_sites_may_be_points_and_dwellings_may_name_their_area(index):
    """Distances from the points are 100, 300 and 0 metres; the first area has two homes."""
    index.texts["parks.csv"] = "x,y\n400000,300500\n400500,300800\n"
    index.texts["homes.csv"] = (
        "x,y,lsoa\n400100,300500,E01000001\n400500,300500,E01000001\n400500,300800,E01000002\n"
    )
    area = "location: {x: x, y: y}, area: {column: lsoa, geography: lsoa11}"
    index.texts["index.yaml"] = DEFINITION.partition("lists:")[0].replace(
        "  boundaries: {input: shapes}\n", ""
    ).replace("  shapes: {file: shapes.parquet, geography: lsoa11, code: code}\n", "") + (
        f"records:\n  homes: {{file: homes.csv, {area}}}\n"
        "  parks: {file: parks.csv, location: {x: x, y: y}}\n"
        "index:\n  indicators:\n"
        "    away: {kind: distance, dwellings: homes, sites: parks, high_value: more_need}\n"
    )
    assert numbers(index.build(), "away") == ([400, 0], [2, 1])


def test_a_share_can_be_shrunk_to_a_larger_area(index):
    index.texts["areas.csv"] = "code,district\nE01000001,E06000001\nE01000002,E06000001\n"
    index.change(
        "index.yaml",
        "  boundaries:",
        "  within: {ltla11: {input: areas, column: district}}\n  boundaries:",
    )
    index.change(
        "index.yaml", "      within: 300\n", "      within: 300\n      shrink_to: ltla11\n"
    )
    areas = index.build().areas
    assert areas["near_value"].to_list() == [100 * 3 / 7, 50]
    assert areas["near_shrunk"].null_count() == 0


def test_results_explain_the_numbers_and_compute_them_again(index):
    results = index.build()
    text = "\n".join(as_text(explain(results, "E01000001")))
    assert "households of homes within 300 metres of green (class in natural)" in text
    assert "homes x metres to the nearest of green" in text
    assert "homes x square metres of green within 100 metres" in text
    assert "ndvi x households of homes" in text
    base = Replay.of(results).base
    for name in ("near", "away", "size", "leaves"):
        assert np.array_equal(base[name].columns["value"], results.areas[f"{name}_value"])
    resolved = load_definition(results.folder / "definition.yaml")
    for name in ("near", "away", "size", "leaves"):
        assert resolved.by_id[name].written == results.definition.by_id[name].written


def test_records_without_a_number_are_left_out_of_a_mean_where_so_many_may_be(index):
    index.change("homes.csv", "401900,300500,1,0.3", "401900,300500,1,")
    assert "the record has no number: 1 of 5, in rows 6" in index.problems(hyperlocal.DataError)
    index.change("index.yaml", "{file: homes.csv,", "{file: homes.csv, most_unplaced: 0.2,")
    results = index.build()
    assert results.areas["leaves_value"].to_list() == pytest.approx([-0.2 / 7, 0.5])
    left = results.provenance["gathered"]["leaves"]["records"]["homes"]["left_out"]
    assert left == {"the record has no number": 1}
    assert pl.Series(numbers(results, "near")[1]).to_list() == [7, 2]
