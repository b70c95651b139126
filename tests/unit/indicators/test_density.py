"""Assets in and near areas over the people in and near them, worked by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

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
  exclude: [{code: E01000003, reason: an island, counts_in_n: true}]
inputs:
  areas: {file: areas.csv, geography: lsoa11, code: code}
  shapes: {file: shapes.parquet, geography: lsoa11, code: code}
lists:
  culture: {codes: [library, museum, reading_room]}
records:
  assets: {file: assets.csv, location: {x: x, y: y}}
  people: {file: people.csv, location: {x: x, y: y}}
index:
  high_value: less_need
  indicators:
    cultural:
      kind: density
      assets: {records: assets, where: {class: {list: culture}}}
      people: {records: people, number: people}
      within: 1000
      per: 100000
"""
# Two squares of 3 km beside each other, and an island 5 km east of them that is left out.
ASSETS = """\
class,jobs,x,y
library,5,401500,301500
library,7,402000,301500
museum,11,403000,301500
museum,13,404001,301500
shop,1,401500,301500
museum,17,411500,301500
"""
PEOPLE = """\
people,x,y
100,401000,301000
50,402500,301000
30,406500,304000
8,411500,301500
"""


def prepare(folder):
    edges = ((400, 403), (403, 406), (411, 412))
    squares = [shapely.box(west * 1000, 3e5, east * 1000, 303e3) for west, east in edges]
    codes = ["E01000001", "E01000002", "E01000003"]
    gpd.GeoDataFrame({"code": codes}, geometry=squares, crs=27700).to_parquet(
        folder / "shapes.parquet"
    )


@pytest.fixture
def index(tmp_path, index_folder):
    texts = {
        "index.yaml": DEFINITION,
        "areas.csv": "code\nE01000001\nE01000002\nE01000003\n",
        "assets.csv": ASSETS,
        "people.csv": PEOPLE,
    }
    return index_folder(tmp_path, texts, prepare)


def numbers(results, node: str = "cultural") -> tuple[list[float], list[float]]:
    areas = results.areas
    return areas[f"{node}_numerator"].to_list(), areas[f"{node}_denominator"].to_list()


def test_what_is_near_several_areas_counts_in_each(index):
    """One in the first alone; one 1,000 metres from the border; one on it; one 1,001 away.

    Of the people, 100 are 2,000 metres from the second area, 50 are 500 from it, and 30 are
    north-east of its corner, 500 and 500 metres: 707 away.
    """
    index.change("people.csv", "30,406500,304000", "30,406500,303500")
    results = index.build()
    assert numbers(results) == ([3, 3], [150, 80])
    assert results.areas["cultural_value"].to_list() == [3 / 150 * 1e5, 3 / 80 * 1e5]
    gathered = results.provenance["gathered"]["cultural"]
    assert gathered["assets"] == {"class": {"library": 2, "museum": 3, "reading_room": 0}}
    left_out = {"no area that it lies near is in the index": 1}
    assert gathered["records"]["assets"]["left_out"] == left_out


def test_the_distance_is_round_at_corners(index):
    """The 30 lie 500 metres east and 1,000 north of the corner: 1,118 metres away."""
    message = index.problems(Exception)
    assert "the record lies near no area: 1 of 4, in rows 4" in message
    index.change("index.yaml", "{file: people.csv,", "{file: people.csv, most_unplaced: 0.25,")
    assert numbers(index.build()) == ([3, 3], [150, 50])


def test_with_no_distance_only_what_is_inside_or_on_the_border_counts(index):
    index.change("people.csv", "30,406500,304000", "30,406000,303000")
    index.change("index.yaml", "within: 1000", "within: 0")
    assert numbers(index.build()) == ([3, 2], [150, 30])


def test_a_number_can_be_added_up(index):
    index.change("people.csv", "30,406500,304000", "30,406500,303500")
    index.change("index.yaml", "{list: culture}}}", "{list: culture}}, number: jobs}")
    assert numbers(index.build()) == ([5 + 7 + 11, 7 + 11 + 13], [150, 80])


def test_records_without_coordinates_are_located_by_the_place_that_they_name(index):
    index.change("people.csv", "30,406500,304000", "30,406500,303500")
    index.texts["assets.csv"] = (
        "class,Postcode\nlibrary,AB1 1AA\nmuseum,ab11ab\nlibrary,AB11AB\nshop,AB1 1AA\n"
    )
    index.texts["postcodes.csv"] = "pcds,east,north\nAB1 1AA,401500,301500\nAB1 1AB,403000,301500\n"
    index.change(
        "index.yaml",
        "  assets: {file: assets.csv, location: {x: x, y: y}}\n",
        "  assets: {file: assets.csv}\n"
        "  postcodes: {file: postcodes.csv, location: {x: east, y: north}}\n",
    )
    index.change("index.yaml", "culture}}}", "culture}}, place: Postcode}")
    index.change(
        "index.yaml",
        "within: 1000",
        "within: 1000\n      places: {records: postcodes, column: pcds}",
    )
    assert numbers(index.build()) == ([3, 2], [150, 80])


def test_the_people_are_added_up_once_for_many_indicators(index):
    index.change("people.csv", "30,406500,304000", "30,406500,303500")
    more = (
        "    shops:\n      kind: density\n      assets: {records: assets, where: {class: shop}}\n"
        "      people: {records: people, number: people}\n      within: 1000\n"
    )
    index.texts["index.yaml"] += more
    results = index.build()
    assert numbers(results, "shops") == ([1, 0], [150, 80])
    assert list(results.provenance["gathered"]["shops"]["records"]) == ["assets"]


@pytest.mark.parametrize("at_once", [1, 2])
def test_what_is_read_at_once_changes_nothing(index, monkeypatch, at_once):
    index.change("people.csv", "30,406500,304000", "30,406500,303500")
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", at_once)
    assert numbers(index.build()) == ([3, 3], [150, 80])


def test_results_explain_the_numbers_and_compute_them_again(index):
    index.change("people.csv", "30,406500,304000", "30,406500,303500")
    results = index.build()
    text = "\n".join(as_text(explain(results, "E01000001")))
    assert "assets (class in culture), in the area or within 1000 metres of it" in text
    assert "people of people, in the area or within 1000 metres of it" in text
    again = Replay.of(results).base["cultural"].columns["value"]
    assert np.array_equal(again, results.areas["cultural_value"])
    resolved = load_definition(results.folder / "definition.yaml")
    assert resolved.by_id["cultural"].written == results.definition.by_id["cultural"].written
