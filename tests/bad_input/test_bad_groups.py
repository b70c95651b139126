"""Groups of areas that cannot be what is meant: each is refused, with what is wrong and where."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from hyperlocal.analysis.groups.chosen import groups_for
from hyperlocal.errors import DataError, GeographyError, HyperlocalError, ResultsError

EAST, NORTH = 400_000, 300_000
AREAS = [f"E0100000{i}" for i in range(1, 7)]
DIRECTORY = "pcds,doterm,oseast1m,osnrth1m,lsoa21,homes\n" + "".join(
    f"M{i + 1} 1AA,,{EAST + 1000 * i + 500},{NORTH + 500},{code},5\n"
    for i, code in enumerate(AREAS)
)


def strip(left: float, right: float) -> shapely.Polygon:
    return shapely.box(EAST + 1000 * left, NORTH, EAST + 1000 * right, NORTH + 1000)


def write_shapes(file: Path, shapes: list[shapely.Polygon], layer: str = "", **columns) -> Path:
    pyogrio.raw.write(
        file,
        shapely.to_wkb(np.array(shapes)),
        [np.array(values, dtype=object) for values in columns.values()],
        list(columns),
        geometry_type="Polygon",
        crs="EPSG:27700",
        **({"layer": layer, "append": file.exists()} if layer else {}),
    )
    return file


@pytest.fixture
def folder(small) -> Path:
    return small.folder


@pytest.fixture
def refused(small):
    """Return what is said when groups are refused."""
    results = small.build()
    (small.folder / "onspd.csv").write_text(DIRECTORY)

    def refused(error: type[HyperlocalError], *arguments, **named) -> str:
        with pytest.raises(error) as caught:
            groups_for(results, *arguments, **named)
        return str(caught.value)

    return refused


def table(folder: Path, text: str, name: str = "table.csv") -> Path:
    file = folder / name
    file.write_text(text)
    return file


# --- geographies, lookups and overrides


def test_a_geography_that_the_results_do_not_state(refused):
    said = refused(ResultsError, ["region24"])
    assert "the results do not say in which region24 areas lie; they have ltla24" in said
    assert "region24" in refused(ResultsError, ["ltla24", "region24"])


def test_results_without_a_larger_geography(small):
    small.change("  within: {ltla24: {input: people, column: district}}\n", "")
    small.change(", shrink_to: ltla24", "")
    with pytest.raises(ResultsError, match="name a lookup with --by"):
        groups_for(small.build())


def test_a_lookup_that_is_not_there(refused, folder):
    said = refused(DataError, [f"{folder / 'none.csv'}:ward"])
    assert said == f"{folder / 'none.csv'}: there is no such file"


def test_an_area_in_two_groups(refused, folder):
    rows = "".join(f"{code},{group}\n" for code in AREAS for group in "AB")
    said = refused(DataError, [str(table(folder, "lsoa,ward\n" + rows))]).splitlines()
    assert "table.csv: E01000001 is in several groups: A, B; keep one, or put it into" in said[0]
    assert said[-1].endswith("table.csv: 1 more areas are in several groups")
    assert len(said) == 6


def test_a_lookup_of_another_vintage(refused, folder):
    file = table(folder, "lsoa11,ward\nE01009001,A\nE01009002,A\nE01000003,A\n")
    said = refused(DataError, [str(file)])
    assert "no column holds the codes of the areas of the index, such as E01000001" in said
    assert "its columns are lsoa11, ward; are they of another vintage?" in said


def test_a_second_lookup_that_does_not_lead_on(refused, folder):
    file = table(folder, "district,region\nX1,R1\n")
    assert "no column holds the codes of ltla24" in refused(DataError, ["ltla24", str(file)])


@pytest.mark.parametrize("headings", ["lsoa,ward_code,icb_code", "lsoa,ward,icb"])
def test_a_lookup_without_a_clear_column(refused, folder, headings):
    file = table(folder, f"{headings}\n" + "".join(f"{code},A,B\n" for code in AREAS))
    said = refused(DataError, [str(file)])
    ward, icb = headings.split(",")[1:]
    assert "does not say which column holds the groups; name it as table.csv:COLUMN" in said
    assert f"its columns are {ward}, {icb}" in said


def test_an_override_of_no_area_and_one_into_no_group(refused):
    said = refused(DataError, ["ltla24"], {"E01000009": "E06000001", "E01000001": "E06000O02"})
    assert said.splitlines() == [
        "the override of 'E01000009' names no area of the index; mend the code",
        "the override puts E01000001 into 'E06000O02', which is no group; mend the code; there are "
        "E06000001, E06000002 and so on",
    ]


# --- lists of areas


def test_a_list_with_codes_that_are_no_areas(refused, folder):
    file = table(folder, "E01099999\nE01000002\nE01000003\nW01000001\n")
    said = refused(DataError, [str(file)]).splitlines()
    assert said[0].startswith(f"{file}:1: E01099999: E01099999 is no area of the index; mend it")
    assert said[1].startswith(f"{file}:4: E01099999: W01000001 is no area of the index")
    assert "the areas, of lsoa21, are such as E01000001, E01000002, E01000003 (LSOAs" in said[0]


def test_many_unknown_codes_are_counted(refused, folder):
    file = table(folder, "code\n" + "".join(f"W0100000{i}\n" for i in range(9)))
    said = refused(DataError, [str(file)])
    assert said.count("is no area of the index") == 5
    assert "4 more rows are refused for the same reason" in said


# --- polygons


@pytest.fixture
def onspd(folder) -> Path:
    return folder / "onspd.csv"


def test_polygons_need_one_of_directory_and_boundaries(refused, folder, onspd):
    drawn = write_shapes(folder / "drawn.gpkg", [strip(0, 2)], code=["W"])
    neither = refused(DataError, polygons=drawn)
    assert "--directory FILE" in neither
    assert "--boundaries FILE" in neither
    both = refused(DataError, polygons=drawn, directory=onspd, boundaries=drawn)
    assert ", not both" in both


def test_polygons_that_overlap(refused, folder, onspd):
    drawn = write_shapes(folder / "drawn.gpkg", [strip(0, 2), strip(1.5, 4)], code=["W", "E"])
    said = refused(GeographyError, polygons=drawn, directory=onspd)
    assert "W and E overlap by 25.00% of the smaller" in said


def test_polygons_that_hold_no_area(refused, folder, onspd):
    drawn = write_shapes(folder / "drawn.gpkg", [strip(50, 52)], code=["W"])
    squares = write_shapes(
        folder / "areas.gpkg", [strip(i, i + 1) for i in range(6)], lsoa21_code=AREAS
    )
    by_postcodes = refused(DataError, polygons=drawn, directory=onspd)
    assert by_postcodes == f"{drawn}: no area of the index lies in a group; name another table"
    by_ground = refused(GeographyError, polygons=drawn, boundaries=squares)
    assert f"{drawn}: the areas of lsoa21 and the polygons have no ground in common" in by_ground


def test_polygons_without_a_clear_column(refused, folder, onspd):
    shapes = [strip(0, 1), strip(1, 2)]
    two = write_shapes(folder / "two.gpkg", shapes, WD24CD=["a", "b"], LAD24CD=["x", "y"])
    said = refused(DataError, polygons=two, directory=onspd)
    assert "does not say what its 2 polygons are called" in said
    assert "two.gpkg:COLUMN; its columns are WD24CD, LAD24CD" in said
    none = folder / "none.geojson"
    feature = {"type": "Feature", "properties": {}}
    ring = [[-1.0, 52.0], [-0.9, 52.0], [-0.9, 52.1], [-1.0, 52.0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    none.write_text(
        json.dumps({"type": "FeatureCollection", "features": [{**feature, "geometry": shape}] * 2})
    )
    assert "none has a property yet" in refused(DataError, polygons=none, directory=onspd)
    none.write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    assert "holds no polygon" in refused(DataError, polygons=none, directory=onspd)


def test_polygons_that_share_a_code(refused, folder, onspd):
    drawn = write_shapes(folder / "drawn.gpkg", [strip(0, 1), strip(1, 2)], code=["W", "W"])
    said = refused(GeographyError, polygons=drawn, directory=onspd)
    assert "W has a second polygon; the first is in row 1; join the parts" in said


def test_files_that_are_no_boundaries(refused, folder, onspd):
    assert "is missing" in refused(GeographyError, polygons="x.geojson", directory=onspd)
    for name in ("bad.geojson", "bad.parquet", "bad.txt"):
        file = table(folder, '{"a": 1}', name)
        said = refused(GeographyError, polygons=file, directory=onspd)
        assert f"{file}: cannot be read as boundaries" in said
    layers = folder / "layers.gpkg"
    for layer in "ab":
        write_shapes(layers, [strip(0, 1)], layer, code=["W"])
    said = refused(GeographyError, polygons=layers, directory=onspd)
    assert "has several layers: a, b; save the one that is meant as a file of its own" in said


def test_boundaries_of_another_vintage(refused, folder):
    drawn = write_shapes(folder / "drawn.gpkg", [strip(0, 2)], code=["W"])
    squares = [strip(i, i + 1) for i in range(6)]
    old = write_shapes(folder / "old.gpkg", squares, lsoa11=[*AREAS[:5], "E01009999"])
    said = refused(GeographyError, polygons=drawn, boundaries=old)
    assert "lsoa11: 1 of 6 areas of the index have no boundary, such as E01000006" in said
    assert "same vintage (lsoa21)" in said
    other = write_shapes(folder / "other.gpkg", squares, lad=[f"X{i}" for i in range(6)])
    said = refused(GeographyError, polygons=drawn, boundaries=other)
    assert "no column holds the codes of the areas of the index" in said


# --- postcodes


def test_postcodes_need_a_directory(refused, folder):
    file = table(folder, "postcode\nM1 1AA\n")
    said = refused(DataError, postcodes=file)
    assert "postcodes need a directory" in said
    assert "--directory FILE" in said


def test_postcodes_of_which_none_is_known(refused, folder, onspd):
    file = table(folder, "postcode\nZZ9 9ZZ\nZZ9 9ZY\n?\n")
    said = refused(DataError, postcodes=file, directory=onspd)
    assert "postcode: none of its 3 postcodes is in use in an area of the index: " in said
    assert "2 not in the directory, such as ZZ9 9ZZ; 1 not written as a postcode is" in said


def test_lists_without_a_clear_column_of_postcodes(refused, folder, onspd):
    none = table(folder, "name,town\nAnn,Leeds\n")
    said = refused(DataError, postcodes=none, directory=onspd)
    assert "no column holds postcodes; name it as table.csv:COLUMN; its columns are name" in said
    two = table(folder, "home,practice\nM1 1AA,M2 1AA\nM3 1AA,M2 1AA\n")
    said = refused(DataError, postcodes=two, directory=onspd)
    assert "home and practice look like postcodes; name it as table.csv:COLUMN" in said


def test_postcodes_in_two_groups_or_in_none(refused, folder, onspd):
    two = table(folder, "postcode,group\nM1 1AA,A\nM2 1AA,A\nm11aa,B\n")
    said = refused(DataError, postcodes=f"{two}:postcode:group", directory=onspd)
    assert said == f"{two}:4: postcode: M1 1AA is listed in several groups: A, B; keep one"
    none = table(folder, "postcode,group\nM1 1AA,A\nM2 1AA,\n")
    said = refused(DataError, postcodes=f"{none}:postcode:group", directory=onspd)
    assert "1 postcode has no group, such as M2 1AA in row 3" in said
    bare = table(folder, "M1 1AA,A\nM2 1AA,B\n")
    said = refused(DataError, postcodes=f"{bare}:M1 1AA:A", directory=onspd)
    assert "the first row holds no headings; add them above it" in said


def test_directories_that_cannot_be_right(refused, folder):
    listed = table(folder, "postcode\nM1 1AA\n", "list.csv")

    def said(text: str, weight: str = "") -> str:
        file = table(folder, text, "bad.csv")
        return refused(DataError, postcodes=listed, directory=f"{file}{weight}")

    assert "has no column of postcodes" in said(DIRECTORY.replace("pcds", "code"))
    old = DIRECTORY.replace("lsoa21", "lsoa11").replace("E01000006", "E01000009")
    assert "it lacks 1 of the 6 areas, such as E01000006" in said(old)
    scots = DIRECTORY.replace("E010", "S010")
    assert "it lacks 6 of the 6 areas" in said(scots)
    assert "data zones of Scotland" in said(scots)
    twice = DIRECTORY + DIRECTORY.splitlines()[1] + "\n"
    assert "bad.csv:8: pcds: M1 1AA stands twice for E01000001; delete one" in said(twice)
    wrong = DIRECTORY.replace("E01000001,5", "E01000001,-5").replace("E01000002,5", "E01000002,")
    assert said(wrong, ":homes").splitlines() == [
        f"{folder / 'bad.csv'}:2: homes: M1 1AA has the weight -5; give a number that is not "
        "negative",
        f"{folder / 'bad.csv'}:3: homes: M2 1AA has no weight; give a number that is not negative",
    ]
    drawn = write_shapes(folder / "drawn.gpkg", [strip(0, 2)], code=["W"])
    nowhere = table(folder, DIRECTORY.replace("osnrth1m", "north"), "bad.csv")
    assert "has no column of coordinates: none of oseast1m and osnrth1m" in refused(
        DataError, polygons=drawn, directory=nowhere
    )


def test_options_that_do_not_go_together(refused, folder, onspd):
    drawn = write_shapes(folder / "drawn.gpkg", [strip(0, 2)], code=["W"])
    said = refused(DataError, ["ltla24"], polygons=drawn, postcodes=onspd, directory=onspd)
    assert said == "--by and --polygons and --postcodes name different groups; give one of them"
    said = refused(DataError, ["ltla24"], boundaries=drawn, directory=onspd).splitlines()
    assert "--boundaries has no use without --polygons" in said[0]
    assert "--directory has no use without --postcodes or --polygons" in said[1]
