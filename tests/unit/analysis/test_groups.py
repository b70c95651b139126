"""Groups of areas from geographies, lookups, lists, polygons and postcodes, worked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely
import typer
from typer.testing import CliRunner

from hyperlocal.analysis.groups import Groups, file_and_columns, from_tables, within
from hyperlocal.analysis.groups.chosen import groups_for
from hyperlocal.analysis.groups.drawn import from_polygons
from hyperlocal.analysis.groups.lists import from_list
from hyperlocal.analysis.groups.lookups import groups_by
from hyperlocal.analysis.groups.postcodes import from_postcodes
from hyperlocal.cli.grouping import (
    BoundariesOption,
    DirectoryOption,
    PolygonsOption,
    PostcodesOption,
    chosen_groups,
)
from hyperlocal.geography import to_degrees

EAST, NORTH = 400_000, 300_000
AREAS = [f"E0100000{i}" for i in range(1, 7)]
NORTH_OF_ENGLAND, SOUTH_OF_ENGLAND = "E12000001", "E12000002"

# The six areas stand in a row from west to east, each a square of a kilometre with four postcodes;
# one more postcode of the first has ended, and one lies beyond the last, in no area of the index.
POSTCODES = {
    f"M{area + 1} {place}AA": (area, (area + 0.2 * place) * 1000 + EAST)
    for area in range(6)
    for place in range(1, 5)
}


def directory_text() -> str:
    rows = [
        f"{code},,{x:.0f},{NORTH + 500},{AREAS[area]},{10 * int(code[3])}"
        for code, (area, x) in POSTCODES.items()
    ]
    rows += [f"M1 9AA,201501,{EAST + 100},{NORTH + 500},E01000001,1"]
    rows += [f"CF1 1AA,,{EAST + 6100},{NORTH + 500},W01000001,1"]
    return "pcds,doterm,oseast1m,osnrth1m,lsoa21,dwellings\n" + "\n".join(rows) + "\n"


def strip(left: float, right: float) -> shapely.Polygon:
    """The ground between two places on the row, in kilometres, a little higher than the areas."""
    return shapely.box(EAST + 1000 * left, NORTH - 50, EAST + 1000 * right, NORTH + 1050)


def write_shapes(file: Path, shapes: list[shapely.Polygon], **columns: list[object]) -> Path:
    pyogrio.raw.write(
        file,
        shapely.to_wkb(np.array(shapes)),
        [np.array(values, dtype=object) for values in columns.values()],
        list(columns),
        geometry_type="Polygon",
        crs="EPSG:27700",
    )
    return file


def as_degrees(shape: shapely.Polygon) -> dict[str, object]:
    moved = shapely.transform(shape, lambda c: np.column_stack(to_degrees(c[:, 0], c[:, 1])))
    return json.loads(shapely.to_geojson(moved))


def linked(groups: Groups) -> list[tuple[str, str, float]]:
    """The last figure of an area, its group and its share there, one per link."""
    return [
        (AREAS[area][-1], groups.codes[int(group)], round(float(share), 6))
        for area, group, share in zip(groups.area, groups.group, groups.share, strict=True)
    ]


@pytest.fixture
def results(small):
    return small.build()


@pytest.fixture
def folder(small, results) -> Path:
    """A folder with a directory of postcodes, and boundaries of the areas."""
    (small.folder / "onspd.csv").write_text(directory_text())
    squares = [
        shapely.box(EAST + 1000 * i, NORTH, EAST + 1000 * (i + 1), NORTH + 1000) for i in range(7)
    ]
    codes = [*AREAS, "E01000099"]
    names = [f"Area {code[-1]}" for code in codes]
    write_shapes(small.folder / "areas.gpkg", squares, LSOA21CD=codes, LSOA21NM=names)
    return small.folder


# --- geographies and lookups


def test_within_a_geography_of_the_results(results):
    found = within(results, "ltla24")
    assert found.codes.to_list() == ["E06000001", "E06000002"]
    assert found.group.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.area.tolist() == [0, 1, 2, 3, 4, 5]
    assert found.share.tolist() == [1.0] * 6
    assert found.names.to_list() == [None, None]
    assert (found.by, found.notes, len(found)) == ("ltla24", (), 2)
    assert groups_for(results).group.tolist() == found.group.tolist()  # the first that is stated


def test_lookup_with_names_and_the_column_found(results, tmp_path):
    file = tmp_path / "wards.csv"
    rows = [f"{code},W{i % 2},Ward {i % 2},x" for i, code in enumerate(AREAS)]
    file.write_text("LSOA21CD,WD24CD,WD24NM,other\n" + "\n".join(rows))
    found = from_tables(results, [file])
    assert found.codes.to_list() == ["W0", "W1"]
    assert found.names.to_list() == ["Ward 0", "Ward 1"]
    assert found.group.tolist() == [0, 1, 0, 1, 0, 1]
    made = found.about()["made_of"][str(file)]
    assert (made["from"], made["to"], made["rows"]) == ("LSOA21CD", "WD24CD", 6)
    assert len(made["sha256"]) == 64


def test_lookups_lead_on_from_each_other_and_from_a_geography(results, tmp_path):
    districts = tmp_path / "districts.csv"
    rows = [f"{code},{'D1' if i < 2 else 'D2'}" for i, code in enumerate(AREAS)]
    districts.write_text("lsoa,district_code\n" + "\n".join(rows))
    regions = tmp_path / "regions.csv"
    regions.write_text("district_code,region_code\nD1,R1\nD2,R2\n")
    found = groups_by(results, [str(districts), f"{regions}:region_code"])
    assert linked(found)[:3] == [("1", "R1", 1.0), ("2", "R1", 1.0), ("3", "R2", 1.0)]
    assert list(found.made_of) == [str(districts), str(regions)]

    regions.write_text(
        f"ltla24,region24\nE06000001,{SOUTH_OF_ENGLAND}\nE06000002,{NORTH_OF_ENGLAND}\n"
    )
    found = groups_for(results, ["ltla24", f"{regions}:region24"])
    assert found.codes.to_list() == [NORTH_OF_ENGLAND, SOUTH_OF_ENGLAND]
    assert found.group.tolist() == [1, 1, 1, 0, 0, 0]


def test_areas_that_a_lookup_lacks_are_in_no_group_and_said(results, tmp_path):
    file = tmp_path / "wards.csv"
    file.write_text("lsoa,ward\n" + "\n".join(f"{code},W" for code in AREAS[:4]))
    found = from_tables(results, [file])
    assert found.area.tolist() == [0, 1, 2, 3]
    assert found.notes == ("2 of 6 areas lie in no group, such as E01000005, E01000006",)


def test_an_override_moves_an_area_and_is_told(results):
    found = within(results, "ltla24", {"E01000003": "E06000002"})
    assert found.group.tolist() == [0, 0, 1, 1, 1, 1]
    assert found.overrides == {"E01000003": "E06000002"}
    assert found.notes == ("E01000003 was put into E06000002 by an override",)


def test_an_override_decides_between_two_groups_and_keeps_the_name(results, tmp_path):
    file = tmp_path / "wards.csv"
    rows = [f"{code},V,Vale" for code in AREAS] + ["E01000002,W,Wood"]
    file.write_text("lsoa_code,ward_code,ward_name\n" + "\n".join(rows))
    found = from_tables(results, [file], {"E01000002": "W"})
    assert found.names.to_list() == ["Vale", "Wood"]
    assert found.group.tolist() == [0, 1, 0, 0, 0, 0]


def test_file_and_columns_are_parted_where_a_file_has_the_name(tmp_path):
    file = tmp_path / "a:b.csv"
    file.write_text("x")
    assert file_and_columns(file, 2) == (file, [])
    assert file_and_columns(f"{file}:one", 2) == (file, ["one"])
    assert file_and_columns(f"{file}::two", 2) == (file, ["", "two"])
    assert file_and_columns(f"{file}:Total: mid 2022", 1) == (file, ["Total: mid 2022"])
    assert file_and_columns("none.csv:one", 1) == (Path("none.csv"), ["one"])


# --- lists


@pytest.mark.parametrize("heading", ["area\n", ""])
def test_a_list_of_areas_is_one_group_with_or_without_a_heading(results, tmp_path, heading):
    file = tmp_path / "estate.txt"
    file.write_text(heading + "E01000002\nE01000006\nE01000002\n")
    found = groups_for(results, [str(file)])
    assert linked(found) == [("2", "estate", 1.0), ("6", "estate", 1.0)]
    assert found.notes[0] == "1 of the 3 rows of estate.txt repeat a code"
    assert found.notes[1].startswith("4 of 6 areas lie in no group")


def test_a_list_in_a_table_of_several_columns_is_named(results, tmp_path):
    file = tmp_path / "estate.csv"
    file.write_text("code,why\nE01000002,old\nE01000006,new\n")
    assert linked(groups_for(results, [f"{file}:code"])) == linked(from_list(results, file))
    assert groups_for(results, [f"{file}:why"]).codes.to_list() == ["new", "old"]  # a lookup


def test_an_override_adds_an_area_to_a_list(results, tmp_path):
    file = tmp_path / "estate.csv"
    file.write_text("code\nE01000002\n")
    found = from_list(results, file, {"E01000004": "estate"})
    assert linked(found) == [("2", "estate", 1.0), ("4", "estate", 1.0)]


# --- polygons


def test_polygons_share_areas_out_by_their_postcodes(results, folder):
    drawn = write_shapes(
        folder / "drawn.gpkg",
        [strip(0, 1.5), strip(1.5, 5.3)],
        site_code=["W", "E"],
        site_name=["West", "East"],
    )
    found = from_polygons(results, drawn, directory=folder / "onspd.csv")
    # two of the four postcodes of area 2 lie west of 1.5, and one of those of area 6 west of 5.3
    assert linked(found) == [
        ("1", "W", 1.0),
        ("2", "E", 0.5),
        ("2", "W", 0.5),
        ("3", "E", 1.0),
        ("4", "E", 1.0),
        ("5", "E", 1.0),
        ("6", "E", 0.25),
    ]
    assert found.names.to_list() == ["East", "West"]
    assert found.notes == (
        "1 area lies in several groups, with a share in each",
        "1 area lies partly in no group; that share is left out",
    )


def test_postcodes_count_as_a_stated_column_says(results, folder):
    drawn = write_shapes(folder / "drawn.gpkg", [strip(0, 1.5)], code=["W"])
    found = from_polygons(results, drawn, directory=f"{folder / 'onspd.csv'}:dwellings")
    assert linked(found) == [("1", "W", 1.0), ("2", "W", 0.3)]  # (10 + 20) of 100 dwellings


def test_polygons_share_areas_out_by_their_ground(results, folder):
    drawn = write_shapes(folder / "drawn.shp", [strip(0, 1.25), strip(6.5, 8)], code=["W", "far"])
    found = from_polygons(results, drawn, boundaries=folder / "areas.gpkg")
    assert linked(found) == [("1", "W", 1.0), ("2", "W", 0.25)]
    assert found.notes[0] == "1 of 2 polygons hold no area of the index: far"
    assert found.about()["made_of"][str(folder / "areas.gpkg")]["areas"] == 6


def test_a_polygon_that_lies_mostly_outside_the_index_is_told(results, folder):
    drawn = write_shapes(folder / "drawn.gpkg", [strip(5.7, 6.3)], code=["coast"])
    by_ground = from_polygons(results, drawn, boundaries=folder / "areas.gpkg")
    assert "inside are coast (45%)" in by_ground.notes[0]  # 0.3 of 0.6 km, 1 of 1.1 km high
    by_postcodes = from_polygons(results, drawn, directory=folder / "onspd.csv")
    assert "inside are coast (50%)" in by_postcodes.notes[0]  # one postcode of two


@pytest.mark.parametrize("wrapped", ["bare", "feature", "collection", "painted"])
def test_a_single_polygon_of_geojson_is_called_by_its_file(results, folder, wrapped):
    shape = as_degrees(strip(2, 4))
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    painted = {**feature, "properties": {"stroke": "#555555", "fill-opacity": 0.5}}
    whole = {
        "bare": shape,
        "feature": {**feature, "properties": None},
        "collection": {"type": "FeatureCollection", "features": [feature]},
        "painted": {"type": "FeatureCollection", "features": [painted]},
    }[wrapped]
    file = folder / "my patch.geojson"
    file.write_text(json.dumps(whole))
    for found in (
        from_polygons(results, file, directory=folder / "onspd.csv"),
        from_polygons(results, file, boundaries=folder / "areas.gpkg"),
    ):
        assert linked(found) == [("3", "my patch", 1.0), ("4", "my patch", 1.0)]


@pytest.mark.parametrize(
    ("columns", "group"),
    [
        ({"LAD24CD": ["D1", "D2"], "LAD24NM": ["a", "b"], "GlobalID": ["x", "y"]}, "D1"),
        ({"Name": ["a", "b"], "description": ["x", "y"]}, "a"),
        ({"catchment": ["a", "b"]}, "a"),
        ({"id": ["7", "8"], "colour": ["red", "blue"]}, "7"),
    ],
)
def test_the_column_of_polygons_is_found(results, folder, columns, group):
    drawn = write_shapes(folder / "drawn.gpkg", [strip(0, 2), strip(2, 4)], **columns)
    found = from_polygons(results, drawn, directory=folder / "onspd.csv")
    assert linked(found)[0] == ("1", group, 1.0)


def test_geoparquet_and_places_in_degrees(results, folder):
    geopandas = pytest.importorskip("geopandas")
    drawn = geopandas.GeoDataFrame(
        {"code": [7, 8]}, geometry=[strip(0, 1.5), strip(1.5, 3)], crs="EPSG:27700"
    )
    drawn.to_parquet(folder / "drawn.parquet")
    directory = pl.read_csv(folder / "onspd.csv", infer_schema=False)
    longitude, latitude = to_degrees(
        directory["oseast1m"].cast(float).to_numpy(), directory["osnrth1m"].cast(float).to_numpy()
    )
    directory = directory.drop("oseast1m", "osnrth1m", "doterm").with_columns(
        long=pl.Series(longitude), lat=pl.Series(latitude)
    )
    nowhere = pl.col("pcds") == "M1 1AA"
    directory = directory.with_columns(
        long=pl.when(nowhere).then(0.0).otherwise("long"),
        lat=pl.when(nowhere).then(99.999999).otherwise("lat"),
    )
    directory.write_parquet(folder / "directory.parquet")
    found = from_polygons(results, folder / "drawn.parquet", directory=folder / "directory.parquet")
    assert linked(found) == [("1", "7", 1.0), ("2", "7", 0.5), ("2", "8", 0.5), ("3", "8", 1.0)]
    assert "directory.parquet does not say which postcodes have ended: all count" in found.notes
    left_out = "1 postcode has no place in Great Britain, such as M1 1AA: left out"
    assert left_out in found.notes


def test_an_override_puts_an_area_wholly_into_a_polygon(results, folder):
    drawn = write_shapes(folder / "drawn.gpkg", [strip(0, 1.5), strip(1.5, 3)], code=["W", "E"])
    found = from_polygons(
        results, drawn, directory=folder / "onspd.csv", overrides={"E01000002": "W"}
    )
    assert linked(found) == [("1", "W", 1.0), ("2", "W", 1.0), ("3", "E", 1.0)]


# --- postcodes


def test_listed_postcodes_share_areas_out_and_the_others_are_counted(results, folder):
    file = folder / "patients.csv"
    file.write_text(
        "who,home\na,m1 1aa\nb,M11AA\nc,M1 2AA\nd,M4 1AA\ne,M1 9AA\nf,CF1 1AA\ng,ZZ9 9ZZ\nh,?\ni,\n"
    )
    found = from_postcodes(results, file, folder / "onspd.csv")
    assert linked(found) == [("1", "patients", 0.5), ("4", "patients", 0.25)]
    assert found.notes[0] == (
        "4 of the 7 postcodes of patients.csv do not count: 1 in use, but in no area of the index, "
        "such as CF1 1AA; 1 no longer in use, such as M1 9AA; 1 not in the directory, such as "
        "ZZ9 9ZZ; 1 not written as a postcode is, such as ?"
    )
    made = found.made_of[str(file)]
    counts = {name: made[name] for name in ("rows", "listed", "used", "elsewhere", "ended")}
    assert counts == {"rows": 8, "listed": 7, "used": 3, "elsewhere": 1, "ended": 1}
    assert (made["unknown"], made["invalid"], made["postcodes"]) == (1, 1, "home")
    weighed = from_postcodes(results, file, f"{folder / 'onspd.csv'}:dwellings")
    assert linked(weighed) == [("1", "patients", 0.3), ("4", "patients", 0.1)]


@pytest.mark.parametrize("named", ["home:practice", ":practice"])
def test_postcodes_in_groups(results, folder, named):
    file = folder / "patients.csv"
    file.write_text("practice,home\nA,M1 1AA\nB,M1 2AA\nB,M2 1AA\n")
    found = from_postcodes(results, f"{file}:{named}", folder / "onspd.csv")
    assert linked(found) == [("1", "A", 0.25), ("1", "B", 0.25), ("2", "B", 0.25)]


@pytest.mark.parametrize("heading", ["postcode\n", ""])
def test_a_bare_list_of_postcodes_with_or_without_a_heading(results, folder, heading):
    file = folder / "list.txt"
    file.write_text(heading + "M1 1AA\nM2 1AA\n")
    found = groups_for(results, postcodes=file, directory=folder / "onspd.csv")
    assert linked(found) == [("1", "list", 0.25), ("2", "list", 0.25)]


def test_all_postcodes_of_an_area_are_all_of_it(results, folder):
    file = folder / "list.csv"
    file.write_text("postcode\n" + "\n".join(POSTCODES))
    found = from_postcodes(results, file, folder / "onspd.csv")
    assert found.share.tolist() == [1.0] * 6
    assert found.notes == ()


def test_a_directory_without_some_areas_is_told_and_without_an_index_of_dates_too(results, folder):
    text = directory_text().replace("doterm,", "").replace(",,", ",").replace(",201501,", ",")
    text = "\n".join(row for row in text.splitlines() if "E01000006" not in row)
    (folder / "part.csv").write_text(text)
    (folder / "list.csv").write_text("postcode\nM1 9AA\n")
    found = from_postcodes(results, folder / "list.csv", folder / "part.csv")
    assert linked(found) == [("1", "list", 0.2)]
    assert "1 of 6 areas have no postcode in use in part.csv" in found.notes


# --- the options of commands


def test_the_options_of_commands_name_groups(results, folder):
    app = typer.Typer()

    @app.command()
    def count(
        by: list[str] | None = None,
        polygons: PolygonsOption = None,
        postcodes: PostcodesOption = None,
        boundaries: BoundariesOption = None,
        directory: DirectoryOption = None,
        override: list[str] | None = None,
    ) -> None:
        groups = chosen_groups(results, by, override, polygons, postcodes, boundaries, directory)
        typer.echo(f"{groups.codes.to_list()} {len(groups.area)}")

    drawn = write_shapes(folder / "drawn.gpkg", [strip(0, 1.5)], code=["W"])
    (folder / "list.csv").write_text("postcode\nM1 1AA\n")
    (folder / "own.csv").write_text("area\nE01000001\n")
    onspd = f"--directory={folder / 'onspd.csv'}"
    for arguments, said in (
        ([], "['E06000001', 'E06000002'] 6"),
        (["--by=ltla24", "--override=E01000001=E06000002"], "['E06000001', 'E06000002'] 6"),
        ([f"--by={folder / 'own.csv'}"], "['own'] 1"),
        ([f"--polygons={drawn}", onspd], "['W'] 2"),
        ([f"--polygons={drawn}", f"--boundaries={folder / 'areas.gpkg'}"], "['W'] 2"),
        ([f"--postcodes={folder / 'list.csv'}", onspd], "['list'] 1"),
    ):
        done = CliRunner().invoke(app, arguments)
        assert (done.exit_code, done.output.strip()) == (0, said), arguments
