"""Records that cannot be right, or have no place: each is refused with its file, row and remedy."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import polars as pl
import pyogrio
import pytest
import shapely

import hyperlocal
from hyperlocal.errors import DataError, DefinitionError, HyperlocalError

DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: areas}, boundaries: {input: shapes}}
inputs:
  areas: {file: areas.csv, geography: lsoa11, code: code}
  shapes: {file: shapes.parquet, geography: lsoa11, code: code}
records:
  homes: {file: homes.csv, location: {x: x, y: y}}
index:
  high_value: more_need
  indicators:
    floods: {kind: flood_risk, records: homes, bands: {rivers: band}, band_weights: {high: 24}}
"""
GOOD = ["400100,300100,high,E01000001", "401100,300100,,E01000002"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "areas.csv").write_text("code\nE01000001\nE01000002\n")
    squares = [shapely.box(x, 3e5, x + 1000, 301e3) for x in (400e3, 401e3)]
    shapes = gpd.GeoDataFrame({"code": ["E01000001", "E01000002"]}, geometry=squares, crs=27700)
    shapes.to_parquet(tmp_path / "shapes.parquet")
    return tmp_path


def refused(folder, rows: list[str], definition: str = DEFINITION) -> str:
    """Build with these records; return what is said, all of it, and that nothing was written."""
    (folder / "homes.csv").write_text("\n".join(["x,y,band,lsoa", *rows, ""]))
    (folder / "index.yaml").write_text(definition)
    with pytest.raises(HyperlocalError) as caught:
        hyperlocal.build(folder / "index.yaml", folder, folder / "out")
    assert not (folder / "out").exists()
    return "\n".join(map(str, caught.value.problems))


def by_code(definition: str = DEFINITION) -> str:
    area = "area: {column: lsoa, geography: lsoa11}"
    return definition.replace("location: {x: x, y: y}", area)


def test_no_location(folder):
    said = refused(folder, [*GOOD, ",300100,high,", "400100,,high,"])
    assert "homes.csv: the record has no location: 2 of 4, in rows 4, 5" in said
    assert "'most_unplaced'" in said
    assert "50.00%" in said


def test_outside_all_areas(folder):
    said = refused(folder, [*GOOD, "405000,300100,high,"])
    assert "the record lies in no area: 1 of 3, in rows 4" in said


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("400100,300100,high,E01999999", "its area is not known: 1 of 3, in rows 4"),
        ("400100,300100,high,", "the record has no area: 1 of 3, in rows 4"),
    ],
)
def test_a_code_that_leads_nowhere(folder, row, what):
    assert what in refused(folder, [*GOOD, row], by_code())


def test_a_row_with_more_values_than_headings(folder):
    """Also where the values beyond are in no column that is used: all behind it may be shifted."""
    said = refused(folder, [*GOOD, "400100,300100,high,The Grange, Mold,E01000001"])
    assert "homes.csv: cannot be read: a row has more values than there are headings" in said


def test_a_column_that_is_called_as_the_coordinates_are(folder):
    (folder / "homes.csv").write_text("x,easting,y\nhigh,400100,300100\n,401100,300100\n")
    stated = DEFINITION.replace("{x: x, y: y}", "{x: easting, y: y}")
    (folder / "index.yaml").write_text(stated.replace("rivers: band", "rivers: x"))
    with pytest.raises(DataError, match="'x' is what the coordinates are called"):
        hyperlocal.build(folder / "index.yaml", folder, folder / "out")


def test_a_location_far_from_the_area_that_is_named(folder):
    """Swapped coordinates lie within the National Grid all the same: only the area tells."""
    both = DEFINITION.replace("y: y}", "y: y}, area: {column: lsoa, geography: lsoa11}")
    said = refused(folder, [GOOD[0], "300100,401100,,E01000002"], both)
    assert "its location is more than 5,000 metres from the area that it names: 1 of 2" in said
    assert "in rows 3 (E01000002)" in said
    assert hyperlocal.load(folder / "index.yaml").written.records["homes"].area is not None


def test_codes_that_are_not_known_are_named(folder):
    said = refused(folder, [*GOOD, "1,1,high,E01999999", "1,1,high,E01999998"], by_code())
    assert "its area is not known: 2 of 4, in rows 4, 5 (E01999999, E01999998)" in said


def test_numbers_of_several_columns_are_refused_at_once(folder):
    said = refused(folder, [GOOD[0], "4o1100,30o100,high,"])
    assert "'4o1100' is not a number" in said
    assert "'30o100' is not a number" in said


def test_a_geometry_that_a_layer_does_not_have(folder):
    homes = gpd.GeoDataFrame({"band": ["high"]}, geometry=[shapely.Point(4e5, 3e5)], crs=27700)
    homes.to_file(folder / "homes.gpkg")
    stated = by_geometry("homes.gpkg").replace("geometry: geometry", "geometry: shape")
    assert "there is no geometry 'shape'; it is called 'geom'" in refused(folder, GOOD, stated)


def test_degrees_where_metres_are_stated(folder):
    said = refused(folder, ["-1.9,52.6,high,", "-1.8,52.6,high,"])
    assert "homes.csv" in said
    assert "look like" in said


def test_metres_where_degrees_are_stated(folder):
    stated = DEFINITION.replace("y: y}", "y: y, coordinates: longitude_latitude}")
    assert "look like" in refused(folder, GOOD, stated)


def test_a_file_in_another_system_than_is_stated(folder):
    points = gpd.points_from_xy([-1.9, -1.8], [52.6, 52.6])
    homes = gpd.GeoDataFrame({"band": ["high", "high"]}, geometry=points, crs=4326)
    homes.to_file(folder / "homes.gpkg")
    stated = DEFINITION.replace("homes.csv", "homes.gpkg")
    stated = stated.replace("{x: x, y: y}", "{geometry: geometry}")
    assert "its coordinates are EPSG:4326, and the definition says EPSG:27700" in refused(
        folder, GOOD, stated
    )


def by_geometry(file: str, more: str = "") -> str:
    """Return the definition with homes of a file that has a geometry."""
    stated = DEFINITION.replace("homes.csv", f"{file}{more}")
    return stated.replace("{x: x, y: y}", "{geometry: geometry}")


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("", "homes.gpkg: has several layers; name one as 'sheet': it has north, south"),
        (", sheet: west", "homes.gpkg: has no layer 'west'; it has north, south"),
    ],
)
def test_a_layer_that_is_not_named_or_not_there(folder, more, what):
    homes = gpd.GeoDataFrame(
        {"band": ["high"]}, geometry=[shapely.Point(400100, 300100)], crs=27700
    )
    for layer in ("north", "south"):
        homes.to_file(folder / "homes.gpkg", layer=layer)
    assert what in refused(folder, GOOD, by_geometry("homes.gpkg", more))


def test_a_layer_without_geometry(folder):
    pyogrio.write_dataframe(pd.DataFrame({"band": ["high"]}), folder / "homes.gpkg")
    assert "homes.gpkg: has no geometry" in refused(folder, GOOD, by_geometry("homes.gpkg"))


@pytest.mark.parametrize(
    ("x", "y", "stated", "what"),
    [
        (52.6, -1.9, "longitude_latitude", "longitude and latitude are swapped"),
        (400100.0, 300100.0, "longitude_latitude", "look like metres of the National Grid"),
        (-1.9, 52.6, "national_grid", "look like degrees"),
    ],
)
def test_geometries_in_another_system_of_a_file_that_states_none(folder, x, y, stated, what):
    homes = gpd.GeoDataFrame({"band": ["high"]}, geometry=[shapely.Point(x, y)])
    homes.to_parquet(folder / "homes.parquet")
    definition = by_geometry("homes.parquet").replace(
        "geometry}", f"geometry, coordinates: {stated}}}"
    )
    said = refused(folder, GOOD, definition)
    assert "homes.parquet:" in said
    assert what in said


def test_coordinates_that_are_neither(folder):
    said = refused(folder, ["1,2,high,"])
    assert "homes.csv:2: the coordinates are stated as metres of the National Grid" in said
    assert "look like degrees: 1, 2" in said


def test_a_coordinate_that_is_no_number(folder):
    said = refused(folder, [GOOD[0], "4o1100,300100,high,"])
    assert "homes.csv:3" in said
    assert "'4o1100' is not a number" in said


def test_a_column_that_is_not_there(folder):
    said = refused(folder, GOOD, DEFINITION.replace("rivers: band", "rivers: bande"))
    assert "there is no such column" in said
    assert "columns are: " in said


def test_a_band_that_is_not_known(folder):
    said = refused(folder, [GOOD[0], "401100,300100,severe,"])
    assert "there is no band 'severe'" in said
    assert "homes.csv:3" in said


def test_no_record_at_all(folder):
    assert "there are no records" in refused(folder, [])
    assert "no row holds 'low'; there stands: 'high'" in refused(
        folder, GOOD, DEFINITION.replace("y: y}}", "y: y}, where: {band: low}}")
    )


def test_a_file_that_is_not_there(folder):
    said = refused(folder, GOOD, DEFINITION.replace("homes.csv,", "houses.csv, title: Homes,"))
    assert "'Homes' is not there" in said


def test_no_boundary_of_an_area(folder):
    (folder / "areas.csv").write_text("code\nE01000001\nE01000002\nE01000009\n")
    assert "there is no boundary of E01000009" in refused(folder, GOOD)


def test_a_geometry_that_crosses_itself(folder):
    bow = shapely.Polygon([(400100, 300100), (400200, 300200), (400200, 300100), (400100, 300200)])
    gpd.GeoDataFrame({"band": ["high"]}, geometry=[bow], crs=27700).to_parquet(
        folder / "homes.parquet"
    )
    stated = DEFINITION.replace("homes.csv", "homes.parquet")
    said = refused(folder, GOOD, stated.replace("{x: x, y: y}", "{geometry: geometry}"))
    assert "homes.parquet:1: the geometry is not valid: Self-intersection" in said


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("records: homes,", "records: house,", "there is no table of records 'house'"),
        ("  homes:", "  others: {file: o.csv}\n  homes:", "records.others: is not used"),
        ("  homes:", "  areas: {file: o.csv}\n  homes:", "is the name of an input as well"),
        (
            "location: {x: x, y: y}",
            "location: {x: x}",
            "a mapping is not allowed here; it must name 'x' and 'y', or 'geometry'",
        ),
        ("file: homes.csv, ", "", "records.homes: has no 'file'"),
        (", band_weights: {high: 24}", "", "weighs no band"),
        (", location: {x: x, y: y}", "", "nothing says in which area the records 'homes' lie"),
        (", boundaries: {input: shapes}", "", "the boundaries of the areas are needed to place"),
    ],
)
def test_a_definition_that_does_not_hold(folder, old, new, what):
    changed = DEFINITION.replace(old, new)
    assert changed != DEFINITION
    (folder / "index.yaml").write_text(changed)
    with pytest.raises(DefinitionError) as caught:
        hyperlocal.load(folder / "index.yaml")
    assert what in "\n".join(map(str, caught.value.problems))


def test_a_list_whose_numbers_are_none(tmp_path):
    (tmp_path / "points.csv").write_text("grade,points\nA,many\nB,46\n")
    (tmp_path / "index.yaml").write_text(
        DEFINITION.replace(
            "records:\n",
            "lists: {l: {file: points.csv, column: grade, number: points}}\nrecords:\n",
            1,
        )
    )
    with pytest.raises(DefinitionError) as caught:
        hyperlocal.load(tmp_path / "index.yaml")
    assert "points.csv:2" in str(caught.value)
    assert "'many' is not a number" in str(caught.value)


def test_several_problems_at_once(folder):
    """What is wrong with records and with inputs is told together."""
    (folder / "areas.csv").write_text("code\nE01000001\nE01000002\nTotal\n")
    said = refused(folder, [*GOOD, ",300100,high,"], by_code())
    assert "does not look like the code of an area" in said
    assert pl.Series([said]).str.contains("the record has no area")[0]
