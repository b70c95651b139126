"""Records: read in parts from every form of file, placed in areas, counted where they are not."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import polars as pl
import pytest
import shapely

import hyperlocal
from hyperlocal.analysis import as_text, explain
from hyperlocal.definition import load_definition
from hyperlocal.definition.inputs import Form
from hyperlocal.errors import DataError
from hyperlocal.geography import to_degrees
from hyperlocal.indicators import Batch
from hyperlocal.pipeline import records as reading
from hyperlocal.pipeline import text_parts
from hyperlocal.pipeline.left_out import Tally
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
records:
  homes: RECORDS
index:
  high_value: more_need
  indicators:
    floods:
      kind: flood_risk
      records: homes
      bands: {rivers: rivers, sea: sea}
      band_weights: {high: 24, medium: 4, low: 1}
      no_risk: none
"""
BY_PLACE = "{file: FILE, location: {x: easting, y: northing}}"
HOMES = pl.DataFrame(
    {
        "easting": [400_100, 400_200, 400_300, 401_300, 401_400, 402_400],
        "northing": [300_100] * 6,
        "lsoa": ["E01000001"] * 3 + ["E01000002"] * 2 + ["E01000003"],
        "rivers": ["high", "none", "low", "low", "none", "high"],
        "sea": ["low", None, "medium", "none", "none", "none"],
    }
)
WEIGHED, HOUSEHOLDS = [24 + 0 + 4, 1 + 0], [3, 2]
"""By hand: the worst band of each home; the third area is left out of the index."""


@pytest.fixture
def folder(tmp_path):
    pl.DataFrame({"code": ["E01000001", "E01000002", "E01000003"]}).write_csv(
        tmp_path / "areas.csv"
    )
    squares = [shapely.box(x, 3e5, x + 1000, 301e3) for x in (402e3, 400e3, 401e3)]
    codes = ["E01000003", "E01000001", "E01000002"]  # not in the order of the areas
    shapes = gpd.GeoDataFrame({"code": codes}, geometry=squares, crs=27700)
    shapes.to_parquet(tmp_path / "shapes.parquet")
    return tmp_path


def build(folder, records: str, definition: str = DEFINITION) -> hyperlocal.Results:
    (folder / "index.yaml").write_text(definition.replace("RECORDS", records))
    return hyperlocal.build(folder / "index.yaml", folder, folder / "out")


def found(results: hyperlocal.Results) -> tuple[list[float], list[float]]:
    areas = results.areas
    return areas["floods_numerator"].to_list(), areas["floods_denominator"].to_list()


def with_points(homes: pl.DataFrame) -> gpd.GeoDataFrame:
    points = gpd.points_from_xy(homes["easting"], homes["northing"])
    return gpd.GeoDataFrame(
        homes.drop("easting", "northing").to_pandas(), geometry=points, crs=27700
    )


def write(folder, kind: str) -> str:
    """Write the homes as one kind of file; return the table of records that reads it."""
    if kind == "csv":
        HOMES.write_csv(folder / "homes.csv")
    elif kind == "parquet":
        HOMES.write_parquet(folder / "homes.parquet")
    elif kind == "xlsx":
        HOMES.write_excel(folder / "homes.xlsx")
    elif kind == "gpkg":
        with_points(HOMES).to_file(folder / "homes.gpkg")
        return "{file: homes.gpkg, location: {geometry: geometry}}"
    elif kind == "geoparquet":
        with_points(HOMES).to_parquet(folder / "homes.parquet")
        return "{file: homes.parquet, location: {geometry: geometry}}"
    return BY_PLACE.replace("FILE", f"homes.{kind}")


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx", "gpkg", "geoparquet"])
@pytest.mark.parametrize("at_once", [250_000, 2])
def test_every_form_of_file_gives_the_same_totals_whatever_is_read_at_once(
    folder, monkeypatch, kind, at_once
):
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", at_once)
    results = build(folder, write(folder, kind))
    assert found(results) == (WEIGHED, HOUSEHOLDS)
    told = results.provenance["gathered"]["floods"]["records"]["homes"]
    assert told == {"records": 6, "left_out": {"its area is not in the index": 1}}
    assert list(results.provenance["records"]) == ["homes"]


def test_records_that_are_left_out_count_with_their_part():
    tally = Tally()
    tally.add("lost", pl.Series([3, 4]))
    tally.add_parts("lost", pl.Series([5, 6, 7]), np.array([0.25, 0.0, 0.5]))
    tally.add("elsewhere", pl.Series(range(10, 20)), allowed=True)
    tally.add_parts("nothing", pl.Series([8]), np.array([0.0]))
    assert tally.told() == {"lost": 2.75, "elsewhere": 10}
    assert tally.refused["lost"].first == [3, 4, 5, 7]
    assert tally.reasons["elsewhere"].first == [10, 11, 12, 13, 14]
    assert list(tally.refused) == ["lost"]


def test_an_excluded_area_may_stand_before_the_others(folder):
    definition = DEFINITION.replace("{code: E01000003, ", "{code: E01000001, ")
    assert found(build(folder, write(folder, "csv"), definition)) == ([1 + 0, 24], [2, 1])


@pytest.mark.parametrize("kind", ["csv", "parquet", "gpkg"])
@pytest.mark.parametrize("at_once", [250_000, 2])
def test_a_record_is_named_by_its_row_whatever_is_read_at_once(folder, monkeypatch, kind, at_once):
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", at_once)
    stated = write(folder, kind)
    definition = DEFINITION.replace("medium: 4, low: 1}", "low: 1}\n      no_risk: [none, medium]")
    definition = definition.replace("      no_risk: none\n", "").replace("{high: 24, ", "{")
    with pytest.raises(DataError) as caught:
        build(folder, stated.replace("}}", "}, where: {sea: none}}"), definition)
    row = 6 + (kind == "csv")  # the heading is a row of a text file
    assert f"homes.{kind}:{row}: rivers: there is no band 'high'" in str(caught.value)


def test_marks_for_a_missing_value_stand_for_no_text(folder):
    definition = DEFINITION.replace("      no_risk: none\n", "")
    HOMES.write_csv(folder / "homes.csv")
    records = BY_PLACE.replace("FILE", "homes.csv").replace("}}", "}, missing: none}")
    assert found(build(folder, records, definition)) == (WEIGHED, HOUSEHOLDS)


def test_geometries_go_with_the_rows_that_are_asked_for(folder):
    records = write(folder, "gpkg").replace("}}", "}, where: {rivers: [low, none]}}")
    assert found(build(folder, records)) == ([0 + 4, 1 + 0], [2, 2])


def test_a_part_of_a_batch_keeps_its_geometries():
    shapes = shapely.points([[1.0, 2], [3, 4], [5, 6]])
    batch = Batch(pl.DataFrame({"a": ["p", "q", "r"]}), pl.Series([7, 8, 9]), shapes)
    part = batch.chosen(np.array([False, True, True]))
    assert part.frame["a"].to_list() == ["q", "r"]
    assert part.rows.to_list() == [8, 9]
    assert [ends.tolist() for ends in part.coordinates()] == [[3, 5], [4, 6]]


@pytest.mark.parametrize("block", [7, 1 << 20])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_text_file_is_the_same_in_blocks_of_any_size(tmp_path, monkeypatch, block, start):
    monkeypatch.setattr(text_parts, "BLOCK", block)
    rows = 'a,"b\nc",d\n1,"x, ""y""\nz",2\n3,é,4\n,,\n5,"",6'
    (tmp_path / "t.csv").write_text(start + rows, encoding="utf-8", newline="")
    parts = list(text_parts.text_parts(tmp_path / "t.csv", Form(file="t.csv"), 2))
    assert max(part.height for part in parts) <= 2
    assert parts[0].columns == ["a", "b\nc", "d"]
    read = pl.concat(parts).select(pl.all().replace("", None))
    assert read.rows() == [
        ("1", 'x, "y"\nz', "2"), ("3", "é", "4"), (None, None, None), ("5", None, "6")
    ]  # fmt: skip


def test_titles_above_the_headings_are_left_out(folder):
    text = "Homes\n\n" + HOMES.write_csv()
    (folder / "homes.csv").write_text(text)
    records = BY_PLACE.replace("FILE", "homes.csv").replace("{file", "{header_row: 3, file")
    assert found(build(folder, records)) == (WEIGHED, HOUSEHOLDS)


def test_degrees_are_brought_to_the_national_grid(folder):
    longitude, latitude = to_degrees(HOMES["easting"].to_numpy(), HOMES["northing"].to_numpy())
    HOMES.with_columns(easting=longitude, northing=latitude).write_csv(folder / "homes.csv")
    places = "location: {x: easting, y: northing, coordinates: longitude_latitude}"
    assert found(build(folder, f"{{file: homes.csv, {places}}}")) == (WEIGHED, HOUSEHOLDS)


def test_codes_name_the_area_and_those_of_excluded_areas_are_left_out(folder):
    HOMES.write_csv(folder / "homes.csv")
    results = build(folder, "{file: homes.csv, area: {column: lsoa, geography: lsoa11}}")
    assert found(results) == (WEIGHED, HOUSEHOLDS)
    told = results.provenance["gathered"]["floods"]["records"]["homes"]
    assert told["left_out"] == {"its area is not in the index": 1}


def test_postcodes_are_shared_among_areas_by_their_dwellings(folder):
    """Three quarters of one postcode lie in the first area, a quarter in the second."""
    lookup = (
        "postcode,lsoa,dwellings\nDR1 1AA,E01000001,3\nDR1 1AA,E01000002,1\nDR1 1AB,E01000002,5\n"
    )
    (folder / "postcodes.csv").write_text(lookup)
    homes = "postcode,rivers,sea\ndr11aa,high,\nDR1 1AB,low,none\nDR1 1AA,none,none\n"
    (folder / "homes.csv").write_text(homes)
    definition = DEFINITION.replace(
        "records:\n",
        "  postcodes: {file: postcodes.csv, geography: postcode21, code: postcode}\n"
        "correspondences:\n  by_dwellings: {kind: dwellings, input: postcodes, column: lsoa, "
        "dwellings: dwellings, to: lsoa11}\nrecords:\n",
    )
    results = build(
        folder, "{file: homes.csv, area: {column: postcode, geography: postcode21}}", definition
    )
    weighed, households = found(results)
    assert weighed == pytest.approx([0.75 * 24, 0.25 * 24 + 1], rel=1e-15)
    assert households == pytest.approx([0.75 * 2, 0.25 * 2 + 1], rel=1e-15)
    lookup = lookup.replace("DR1 1AA,E01000001,3", "DR1 1AA,E01000001,2\nDR1 1AA,E01000003,1")
    (folder / "postcodes.csv").write_text(lookup)
    partly = build(
        folder, "{file: homes.csv, area: {column: postcode, geography: postcode21}}", definition
    )
    assert found(partly)[1] == pytest.approx([0.5 * 2, 0.25 * 2 + 1], rel=1e-15)
    told = partly.provenance["gathered"]["floods"]["records"]["homes"]["left_out"]
    assert told == {"its area is not in the index": pytest.approx(0.25 * 2)}


def test_records_without_a_place_are_counted_where_so_many_are_allowed(folder):
    homes = HOMES.with_columns(
        pl.Series("easting", [None, 400_200, 400_300, 401_300, 401_400, 409_000])
    )
    homes.write_csv(folder / "homes.csv")
    allowed = BY_PLACE.replace("FILE", "homes.csv").replace("}}", "}, most_unplaced: 0.34}")
    results = build(folder, allowed)
    assert found(results) == ([4, 1], [2, 2])
    told = results.provenance["gathered"]["floods"]["records"]["homes"]["left_out"]
    assert told == {"the record has no location": 1, "the record lies in no area": 1}


@pytest.mark.parametrize("kind", ["gpkg", "parquet"])
def test_a_record_with_an_empty_geometry_has_no_location(folder, kind):
    places = [
        shapely.Point(400100, 300100),
        shapely.Point(),
        None,
        shapely.Point(401300, 300100, 7),
    ]
    bands = ["high", "high", "high", "low"]
    homes = gpd.GeoDataFrame({"rivers": bands, "sea": bands}, geometry=places, crs=27700)
    save = homes.to_file if kind == "gpkg" else homes.to_parquet
    save(folder / f"homes.{kind}")
    stated = f"{{file: homes.{kind}, location: {{geometry: geometry}}, most_unplaced: 0.5}}"
    results = build(folder, stated)
    assert found(results) == ([24, 1], [1, 1])
    told = results.provenance["gathered"]["floods"]["records"]["homes"]
    assert told == {"records": 4, "left_out": {"the record has no location": 2}}


@pytest.mark.parametrize("at_once", [250_000, 2])
def test_numbers_that_are_codes_are_the_same_text_whatever_is_read_with_them(
    folder, monkeypatch, at_once
):
    """A class of 2.5 beside one of 1, or a missing one, does not make the 1 a 1.0."""
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", at_once)
    classes = [1.0, 2.5, float("nan"), 1.0, 1.0, 1.0]
    HOMES.with_columns(type=pl.Series(classes)).write_parquet(folder / "homes.parquet")
    records = BY_PLACE.replace("FILE", "homes.parquet").replace("}}", "}, where: {type: 1}}")
    assert found(build(folder, records)) == ([24, 1], [1, 2])


def test_results_describe_the_numbers_by_what_they_are_gathered_from(folder):
    results = build(folder, write(folder, "csv"))
    package = json.loads((results.folder / "datapackage.json").read_text())
    fields = {field["name"]: field for field in package["resources"][0]["schema"]["fields"]}
    assert "households of homes at risk" in fields["floods_numerator"]["description"]


def test_a_home_on_a_border_counts_once_in_the_first_of_its_areas(folder):
    homes = HOMES.with_columns(
        easting=pl.Series([400_100, 400_200, 400_300, 401_000, 401_400, 402_400])
    )
    homes.write_csv(folder / "homes.csv")
    assert found(build(folder, BY_PLACE.replace("FILE", "homes.csv"))) == ([28 + 1, 0], [4, 1])


def test_only_rows_that_are_asked_for_count(folder):
    HOMES.write_csv(folder / "homes.csv")
    records = "{file: homes.csv, location: {x: easting, y: northing}, where: {sea: none}}"
    definition = DEFINITION.replace(
        "no_risk: none", "no_risk: none\n      zero_denominator: missing"
    )
    definition = definition.replace("high_value:", "missing_values: unscored\n  high_value:")
    assert found(build(folder, records, definition)) == ([0, 1], [0, 2])


def test_results_explain_the_numbers_and_compute_them_again(folder):
    results = build(folder, write(folder, "csv"))
    text = "\n".join(as_text(explain(results, "E01000001")))
    assert "numerator       28  (households of homes at risk: high x 24, medium x 4" in text
    assert "28 / 3 = 9.333333333" in text
    again = Replay.of(results).base["floods"].columns["value"]
    assert np.array_equal(again, results.areas["floods_value"].to_numpy())
    resolved = load_definition(results.folder / "definition.yaml")
    assert resolved.by_id["floods"].written == results.definition.by_id["floods"].written
    assert resolved.written.records["homes"].location is not None


def test_numbers_of_a_list_are_read_from_its_file_and_written_out(tmp_path):
    (tmp_path / "points.csv").write_text("grade,points\nA,52\nB,46.5\n")
    text = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: areas}}
inputs: {areas: {file: areas.csv, geography: lsoa11, code: code, where: {grade: {list: gcse}}}}
lists: {gcse: {file: points.csv, column: grade, number: points}}
index: {high_value: more_need, input: areas, indicators: {a: {column: x}}}
"""
    (tmp_path / "index.yaml").write_text(text)
    index = load_definition(tmp_path / "index.yaml")
    assert index.lists == {"gcse": ("A", "B")}
    assert index.numbers == {"gcse": {"A": 52.0, "B": 46.5}}
    (tmp_path / "index.yaml").write_text(
        text.replace("file: points.csv, column: grade, number: points", "numbers: {A: 52, B: 46.5}")
    )
    assert load_definition(tmp_path / "index.yaml").numbers == index.numbers
