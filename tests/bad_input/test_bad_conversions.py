"""Boundaries, points, lookups and postcodes that cannot be right, as a build meets them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Polygon, box

import hyperlocal
from hyperlocal.errors import HyperlocalError
from hyperlocal.pipeline import build_correspondences

EAST, NORTH = 400_000, 300_000
DEFINITION = """\
hyperlocal: 1
id: overlaid
areas: {geography: oa21, table: {input: areas}}
inputs:
  areas: {file: areas.csv, geography: oa21, code: code}
  old: {file: old.csv, geography: oa11, code: code}
  pupils:
    {file: pupils.csv, geography: postcode24, code: postcode, duplicate_areas: sum,
     absent_areas: zero}
  oa11: {file: oa11.parquet, geography: oa11, code: OA11CD}
  oa21: {file: oa21.parquet, geography: oa21, code: OA21CD}
  postcodes: {file: postcodes.csv, geography: postcode24, code: pcds}
  dwellings: {file: dwellings.csv, geography: postcode24, code: pcds}
correspondences:
  oa11_to_oa21:
    kind: points
    between: [oa11, oa21]
    points: {input: postcodes, x: east, y: north}
  postcode_to_oa21:
    kind: dwellings
    input: dwellings
    column: oa21
    dwellings: dwellings
    to: oa21
    fallback: {input: postcodes, column: oa21}
defaults: {high_value: more_need}
index:
  indicators:
    unemployed: {kind: count, column: unemployed, input: old, standardise: none}
    absent: {kind: count, column: absent, input: pupils, standardise: none}
"""
TABLES = {
    "areas.csv": "code\nE00200001\nE00200002\n",
    "old.csv": "code,unemployed\nE00100001,30\nE00100002,12\n",
    "pupils.csv": "postcode,absent\nab1 1aa,1\nAB11AB,2\n ab1   1ae ,4\nAB1 1AA,8\n",
    "postcodes.csv": (
        "pcds,east,north,oa21\n"
        "AB1 1AA,400010,300010,E00200001\nAB1 1AB,400020,300020,E00200001\n"
        "AB1 1AE,400110,300030,E00200001\nAB1 1AD,400160,300040,E00200002\n"
    ),
    "dwellings.csv": (
        "pcds,oa21,dwellings\nAB1 1AA,E00200001,10\nAB1 1AB,E00200001,5\nAB1 1AB,E00200002,15\n"
    ),
}


def square(west: float, east: float) -> Polygon:
    """A strip of land, 100 metres from south to north."""
    return box(EAST + west, NORTH, EAST + east, NORTH + 100)


@pytest.fixture
def shapes() -> dict[str, dict[str, Polygon]]:
    """The boundaries of both censuses, to be spoilt."""
    return {
        "oa11": {"E00100001": square(0, 100), "E00100002": square(100, 200)},
        "oa21": {"E00200001": square(0, 150), "E00200002": square(150, 200)},
    }


@pytest.fixture
def overlaid(tmp_path: Path, index_folder, shapes):
    """A definition with boundaries, postcodes and tables, to be spoilt and built."""

    def draw(folder: Path) -> None:
        for name, areas in shapes.items():
            table = {f"{name.upper()}CD": list(areas)}
            frame = gpd.GeoDataFrame(table, geometry=list(areas.values()), crs="EPSG:27700")
            frame.to_parquet(folder / f"{name}.parquet")

    return index_folder(tmp_path, {**TABLES, "index.yaml": DEFINITION}, draw)


def test_postcodes_with_odd_spacing_and_case_are_accepted(overlaid):
    results = overlaid.build()
    # E00100002 has one postcode on either side of the new border
    assert results.areas["unemployed_value"].to_list() == [36, 6]
    # AB1 1AA 9, a quarter of AB1 1AB, AB1 1AE by the fall-back
    assert results.areas["absent_value"].to_list() == [9 + 0.5 + 4, 1.5]
    assert results.provenance["correspondences"]["oa11_to_oa21"]["links"] == 3


def test_an_unknown_postcode_is_counted_and_refused_above_a_stated_share(overlaid):
    overlaid.change("pupils.csv", "AB1 1AA,8\n", "AB1 1AA,8\nZZ9 9ZZ,1\n")
    assert "pupils.csv:6: postcode: ZZ9 9ZZ is not an area of postcode24" in overlaid.problems(
        HyperlocalError
    )
    overlaid.change("index.yaml", "code: postcode,", "code: postcode, extra_areas: drop,")
    said = overlaid.problems(HyperlocalError)
    assert "pupils.csv:6: postcode: 1 area is not known to the correspondence" in said
    overlaid.change("index.yaml", "extra_areas: drop,", "extra_areas: drop, most_unplaced: 0.2,")
    results = overlaid.build()
    assert results.provenance["inputs"]["pupils"]["totals"]["absent"]["unplaced"] == 1
    assert results.areas["absent_value"].sum() == 15


def test_codes_of_another_vintage(overlaid):
    overlaid.change("old.csv", "E00100001,30\nE00100002,12", "E00200001,30\nE00200002,12")
    said = overlaid.problems(HyperlocalError)
    assert "old.csv: code: 2 of the 2 areas of oa11 in the index have no row" in said
    assert "check the column, the geography and its vintage" in said


def test_codes_of_another_country(overlaid):
    overlaid.change("old.csv", "E00100001,30\nE00100002,12", "W00000001,30\nS00000002,12")
    assert "the codes here are W00000001, S00000002" in overlaid.problems(HyperlocalError)


def test_longitude_and_latitude_that_are_swapped(overlaid):
    overlaid.change("index.yaml", "y: north}", "y: north, coordinates: degrees}")
    for east, north in ((10, 10), (20, 20), (110, 30), (160, 40)):
        overlaid.change(
            "postcodes.csv", f"{EAST + east},{NORTH + north}", f"52.6{east},-1.9{north}"
        )
    said = overlaid.problems(HyperlocalError)
    assert "postcodes.csv" in said
    assert "swapped" in said or "swap" in said


def test_grid_references_stated_as_degrees(overlaid):
    overlaid.change("index.yaml", "y: north}", "y: north, coordinates: degrees}")
    said = overlaid.problems(HyperlocalError)
    assert "postcodes.csv" in said
    assert "degrees" in said


def test_polygons_that_are_invalid_or_empty_or_overlap(overlaid, shapes):
    bow = Polygon([(EAST, NORTH), (EAST + 90, NORTH + 90), (EAST + 90, NORTH), (EAST, NORTH + 90)])
    shapes["oa11"]["E00100001"] = bow
    shapes["oa21"]["E00200002"] = Polygon()
    said = overlaid.problems(HyperlocalError)
    assert "oa11.parquet" in said
    assert "E00100001" in said


def test_polygons_that_overlap(overlaid, shapes):
    shapes["oa21"]["E00200002"] = square(120, 200)
    said = overlaid.problems(HyperlocalError)
    assert "oa21.parquet" in said
    assert "E00200001" in said
    assert "E00200002" in said
    assert "overlap" in said


def test_boundaries_that_are_not_there(overlaid):
    overlaid.change("index.yaml", "file: oa11.parquet", "file: oa11.gpkg")
    assert "oa11.gpkg: the file is not there" in overlaid.problems(HyperlocalError)


def test_points_that_leave_an_area_without_any(overlaid, shapes):
    shapes["oa11"]["E00100003"] = square(200, 300)
    overlaid.change("old.csv", "E00100002,12", "E00100002,12\nE00100003,8")
    said = overlaid.problems(HyperlocalError)
    assert "correspondences.oa11_to_oa21.most_unplaced" in said
    assert "E00100003" in said
    overlaid.change(
        "index.yaml", "between: [oa11, oa21]", "between: [oa11, oa21]\n    most_unplaced: 0.4"
    )
    said = overlaid.problems(HyperlocalError)
    assert "16.00% of the total cannot be placed in an area, more than 0.00%" in said
    overlaid.change(
        "index.yaml",
        "geography: oa11, code: code}",
        "geography: oa11, code: code, most_unplaced: 0.2}",
    )
    results = overlaid.build()
    assert results.areas["unemployed_value"].to_list() == [36, 6]
    unplaced = (overlaid.folder / "out" / "unplaced.parquet").read_bytes()
    assert b"E00100003" in unplaced


def test_a_kept_correspondence_of_other_geographies(overlaid):
    overlaid.change("index.yaml", "y: north}", "y: north}\n    saved: kept.parquet")
    overlaid.build()
    build_correspondences(hyperlocal.load(overlaid.folder / "index.yaml"), overlaid.folder)
    (overlaid.folder / "oa11.parquet").unlink()
    index = hyperlocal.load(overlaid.folder / "index.yaml")
    again = hyperlocal.build(index, overlaid.folder, overlaid.folder / "again")
    assert again.areas["unemployed_value"].to_list() == [36, 6]
    record = again.provenance["correspondences"]["oa11_to_oa21"]
    assert record["file"] == str(overlaid.folder / "kept.parquet")
    for file, old, new in (
        ("index.yaml", "geography: oa11, code", "geography: oa12, code"),
        ("index.yaml", "x: east, y: north}", "x: east, y: north, weight: oa21}"),
        ("postcodes.csv", "400160,300040", "400140,300040"),
    ):
        text = (overlaid.folder / file).read_text()
        (overlaid.folder / file).write_text(text.replace(old, new))
        assert text != text.replace(old, new)
        said = "leads from oa11 to oa21, not from oa12" if "oa12" in new else "has changed"
        with pytest.raises(HyperlocalError, match=said):
            hyperlocal.build(
                overlaid.folder / "index.yaml", overlaid.folder, overlaid.folder / "no"
            )
        (overlaid.folder / file).write_text(text)
