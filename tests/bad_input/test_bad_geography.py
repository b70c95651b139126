"""Lookups, boundaries, points and postcodes that cannot be right, and what is said about them."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import polars as pl
import pytest
import shapely

from hyperlocal.areas import Geography
from hyperlocal.errors import GeographyError
from hyperlocal.geography import (
    AreaWeights,
    Boundaries,
    Correspondence,
    Lookup,
    Points,
    best_fit,
    changes,
    dwellings,
    nested,
    overlap,
    points_in_both,
    read_boundaries,
    weighted,
)

OA, LSOA, LTLA = Geography("oa", 2021), Geography("lsoa", 2021), Geography("ltla", 2023)
LSOA11, POSTCODE = Geography("lsoa", 2011), Geography("postcode", 2024)
BOTH = ["E01000001", "E01000002"]


def refusal(call: Callable[[], object]) -> list[str]:
    with pytest.raises(GeographyError) as caught:
        call()
    assert all(problem.message for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


def square(left: float, bottom: float = 0, side: float = 1000) -> shapely.Polygon:
    return shapely.box(4e5 + left, 3e5 + bottom, 4e5 + left + side, 3e5 + bottom + side)


# Codes of another vintage or country.


def test_codes_of_another_country():
    lookup = Lookup(["S01006506", "S01006507"], ["S12000033"] * 2, file="lookup.csv")
    assert refusal(lambda: nested(lookup, LSOA, LTLA, expected=pl.Series(BOTH))) == [
        "lookup.csv: child: none of the codes is an area of lsoa21: they are S01006506, S01006507 "
        "(data zones of Scotland), and those of lsoa21 are E01000001, E01000002 (LSOAs of England, "
        "all given by 2011); state the geography and vintage that the table has, and convert it "
        "through a correspondence"
    ]


def test_codes_of_northern_ireland():
    lookup = Lookup(["95GG01S1"], ["N09000001"])
    (said,) = refusal(lambda: nested(lookup, LSOA, LTLA, expected=pl.Series(BOTH)))
    assert "95GG01S1 (areas of Northern Ireland as coded in 2001 and 2011)" in said


def test_codes_of_another_vintage():
    """E01000003 was split in 2021: the lookup still has the old area."""
    children = pl.Series("lsoa", [*BOTH, "E01000003"])
    expected = pl.Series([*BOTH, "E01034000", "E01034001"])
    lookup = Lookup(children, ["E09000001"] * 3, file="lookup.csv")
    assert refusal(lambda: nested(lookup, LSOA, LTLA, expected=expected)) == [
        "lookup.csv: lsoa: 1 code is not an area of lsoa21: E01000003 (LSOAs of England, all given "
        "by 2011); check the vintage and the country of the table",
        "lookup.csv: lsoa: 2 areas of lsoa21 are missing: E01034000, E01034001 (LSOAs of England, "
        "first given in 2021); add what is missing, or use a table of the same vintage and country",
    ]


def test_vintages_are_not_mixed():
    first = nested(Lookup(["a"], ["A"]), OA, LSOA)
    second = nested(Lookup(["A"], ["D"]), LSOA11, LTLA)
    assert refusal(lambda: first.then(second)) == [
        "areas of lsoa21 are used where areas of lsoa11 are needed; state a correspondence from "
        "lsoa21 to lsoa11"
    ]


def test_chain_of_different_countries():
    first = nested(Lookup(["E00000001"], ["E01000001"]), OA, LSOA)
    second = nested(Lookup(["W01000003"], ["W06000001"]), LSOA, LTLA)
    (said,) = refusal(lambda: first.then(second))
    assert "E01000001 (LSOAs of England, all given by 2011)" in said
    assert "W01000003 (LSOAs of Wales, all given by 2011)" in said


# Lookups with a duplicate or missing child.


def test_child_with_two_parents():
    lookup = Lookup(["a", "b", "a"], ["A", "B", "B"], file="lookup.csv")
    assert refusal(lambda: nested(lookup, LSOA, LTLA)) == [
        "lookup.csv:3: child: a is in B here and in A in row 1; leave the one that is right; a "
        "nested lookup has one row for each area"
    ]
    assert "a best fit lookup has" in refusal(lambda: best_fit(lookup, LSOA, LTLA))[0]


def test_rows_of_the_file_are_named():
    lookup = Lookup(["a", "a"], ["A", "A"], file="lookup.xlsx", rows=pl.Series([9, 12]))
    assert refusal(lambda: nested(lookup, LSOA, LTLA)) == [
        "lookup.xlsx:12: child: a is in A again, as in row 9; delete one of the rows"
    ]


def test_child_without_parent_and_row_without_child():
    lookup = Lookup(pl.Series("oa", ["a", "b", None]), pl.Series("lsoa", ["A", " ", "A"]))
    assert refusal(lambda: nested(lookup, LSOA, LTLA)) == [
        "oa: the row has no code of an area; fill it in or delete the row",
        "lsoa: b has no area that it lies in; fill it in",
    ]


def test_missing_and_unexpected_child():
    lookup = Lookup(["E01000001", "E01000009"], ["E09000001"] * 2)
    assert refusal(lambda: nested(lookup, LSOA, LTLA, expected=pl.Series(BOTH))) == [
        "child: 1 code is not an area of lsoa21: E01000009; check the vintage and the country of "
        "the table",
        "child: 1 area of lsoa21 is missing: E01000002; add what is missing, or use a table of the "
        "same vintage and country",
    ]


def test_many_problems_are_shown_in_part():
    lookup = Lookup(["a"] * 9, [f"A{row}" for row in range(9)], file="lookup.csv")
    said = refusal(lambda: nested(lookup, LSOA, LTLA))
    assert len(said) == 6
    assert said[5] == "lookup.csv: child: 3 more rows are refused for the same reason"


def test_empty_lookup():
    (said,) = refusal(lambda: nested(Lookup([], []), LSOA, LTLA))
    assert said == "the lookup has no rows; give a row for each area"


def test_columns_of_different_lengths():
    assert "different lengths" in refusal(lambda: Lookup(["a", "b"], ["A"]))[0]


# Weights that do not add up.


def test_weights_that_do_not_add_up():
    lookup = Lookup(["a", "a", "b", "c"], ["A", "B", "B", "A"], [0.5, 0.4, 1, 1.00001], "w.csv")
    assert refusal(lambda: weighted(lookup, LSOA, LTLA)) == [
        "w.csv:1: weight: the weights of a add up to 0.9, not 1; correct them, or divide them by "
        "their sum if that is meant",
        "w.csv:4: weight: the weights of c add up to 1.00001, not 1; correct them, or divide them "
        "by their sum if that is meant",
    ]


def test_weights_that_are_no_shares():
    lookup = Lookup(["a", "a", "b", "c"], ["A", "B", "B", "A"], [1.5, -0.5, np.nan, np.inf])
    said = refusal(lambda: weighted(lookup, LSOA, LTLA))
    assert [text.split(";")[0] for text in said] == [
        "weight: the weight of a in B is -0.5",
        "weight: the weight of b in B is missing",
        "weight: the weight of c in A is inf",
    ]


def test_weighted_lookup_without_weights():
    assert "states no weights" in refusal(lambda: weighted(Lookup(["a"], ["A"]), LSOA, LTLA))[0]


# Changes between vintages.

PEOPLE = AreaWeights(["b", "c"], [10, 20], "residents", "people.csv")


def test_change_that_the_rows_contradict():
    lookup = Lookup(["a", "a", "d"], ["b", "c", "e"], file="changes.csv")
    said = refusal(lambda: changes(lookup, ["S", "U", "M"], LSOA11, LSOA, PEOPLE))
    assert said == [
        "changes.csv:2: change: a to c is stated as U, and the rows of these areas make it S "
        "(split: one area becomes several); correct the change, or add the rows that are missing",
        "changes.csv:3: change: d to e is stated as M, and the rows of these areas make it U "
        "(unchanged: one area stays one area); correct the change, or add the rows that are "
        "missing",
    ]


def test_change_that_is_unknown_or_missing():
    lookup = Lookup(["a", "d"], ["b", "e"])
    said = refusal(lambda: changes(lookup, ["Q", None], LSOA11, LSOA, PEOPLE))
    assert ["stated as Q" in said[0], "stated as None" in said[1]] == [True, True]


def test_part_of_a_split_area_without_residents():
    lookup = Lookup(["a", "a"], ["b", "x"], file="changes.csv")
    assert refusal(lambda: changes(lookup, ["S", "S"], LSOA11, LSOA, PEOPLE)) == [
        "people.csv: code: residents are missing in areas that a changed area is shared among: x; "
        "give them for every area that is not unchanged"
    ]


def test_residents_of_other_areas():
    lookup = Lookup(["E01000003"] * 2, ["E01034000", "E01034001"])
    scots = AreaWeights(["S01006506"], [800], "residents", "people.csv")
    (said,) = refusal(lambda: changes(lookup, ["S", "S"], LSOA11, LSOA, scots))
    assert said.startswith("people.csv: none of the codes is an area of lsoa21")
    assert "S01006506 (data zones of Scotland)" in said


def test_residents_that_cannot_be_right():
    said = refusal(lambda: AreaWeights(["a", "a", None], [1, -1, 2], "residents", "people.csv"))
    assert said == [
        "people.csv: code: a code is missing; fill it in",
        "people.csv: code: areas stand twice: a; leave one row for each",
        "people.csv: residents are negative or infinite in a; correct them",
    ]


# Coordinates.


def test_longitude_and_latitude_swapped():
    for crs in (None, "EPSG:4326"):
        said = refusal(lambda crs=crs: Points(["p"], [51.5], [-0.1], crs, file="points.csv"))
        assert said == [
            "points.csv: longitude and latitude are swapped: x is 51.5 and y is -0.1; give the "
            "longitude as x and the latitude as y"
        ]


def test_grid_references_as_degrees():
    said = refusal(lambda: Points(["p"], [530_000], [180_000], "EPSG:4326", file="points.csv"))
    assert said == [
        "points.csv: the coordinates are stated as degrees of longitude and latitude, and look "
        "like grid references (metres of the British National Grid): 530000, 180000; state "
        "EPSG:27700, or choose the columns that hold degrees of longitude and latitude"
    ]


def test_degrees_as_grid_references():
    (said,) = refusal(lambda: Points(["p"], [-0.1], [51.5], "EPSG:27700"))
    assert "stated as grid references" in said
    assert "look like degrees" in said


def test_boundaries_in_swapped_degrees():
    swapped = shapely.box(51.5, -0.1, 51.6, 0.1)
    assert "swapped" in refusal(lambda: Boundaries(LSOA, ["a"], [swapped], file="a.geojson"))[0]


def test_some_places_elsewhere():
    x, y = [530_000, 530_000, 900_000], [180_000, 1_800_000, 1]
    said = refusal(lambda: Points(["p", "q", "r"], x, y, file="points.csv"))
    assert [text.split(";")[0] for text in said] == [
        "points.csv:2: the place 530000, 1.8e+06 is not within the National Grid",
        "points.csv:3: the place 900000, 1 is not within the National Grid",
    ]


def test_some_rows_in_the_other_system():
    (said,) = refusal(lambda: Points(["p", "q", "r"], [53e4, 1.2, 53e4], [18e4, 52.1, 18e4]))
    assert "the place 1.2, 52.1 is not within the National Grid" in said


def test_other_reference_system():
    (said,) = refusal(lambda: Points(["p"], [-11_000], [6_700_000], "EPSG:3857"))
    assert said == (
        "the coordinate reference system is 'EPSG:3857'; transform the data to EPSG:27700 (British "
        "National Grid) or EPSG:4326 (WGS 84)"
    )


def test_half_a_coordinate_and_weights_of_points():
    said = refusal(lambda: Points(["p", "q"], [53e4, np.nan], [18e4, 18e4], weights=[-1, np.nan]))
    assert [text.split(";")[0] for text in said] == [
        "q has one coordinate only",
        "the weight of p is -1",
        "the weight of q is nan",
    ]


def test_points_of_another_country():
    given = Points(["p"], [325_000], [673_000], file="points.csv")
    old, new = (Boundaries(g, ["a"], [square(0)]) for g in (LSOA11, LSOA))
    (said,) = refusal(lambda: points_in_both(given, old, new))
    assert "none of the 1 points lies both in lsoa11 and in lsoa21" in said


# Polygons.


def test_all_that_is_wrong_with_boundaries_at_once():
    bow_tie = shapely.Polygon([(4e5, 3e5), (401e3, 301e3), (401e3, 3e5), (4e5, 301e3)])
    shapes = [square(0), bow_tie, shapely.Polygon(), None, shapely.Point(4e5, 3e5), square(5000)]
    codes = ["a", "b", "c", "d", "e", "a"]
    said = refusal(lambda: Boundaries(LSOA, codes, shapes, file="areas.gpkg"))
    assert [text.split(";")[0] for text in said] == [
        "areas.gpkg:6: code: a has a second polygon",
        "areas.gpkg:4: d has no polygon",
        "areas.gpkg:5: e is not a polygon",
        "areas.gpkg:3: c has an empty polygon",
        "areas.gpkg:2: b has an invalid polygon: Self-intersection[400500 300500]",
    ]


def test_polygon_without_code():
    (said,) = refusal(lambda: Boundaries(LSOA, ["a", None], [square(0), square(1000)]))
    assert said == "code: the polygon has no code; give it one"


def test_overlapping_polygons_of_a_file(tmp_path):
    file = tmp_path / "areas.gpkg"
    shapes = [square(0), square(900), square(5000)]
    gpd.GeoDataFrame({"code": ["a", "b", "c"]}, geometry=shapes, crs=27700).to_file(file)
    assert refusal(lambda: read_boundaries(file, LSOA, "code")) == [
        f"{file}:1: a and b overlap by 10.00% of the smaller; correct the boundaries, or use a set "
        "in which areas do not overlap"
    ]
    assert len(read_boundaries(file, LSOA, "code", most_overlap=0.1001).codes) == 3


def test_overlapping_polygons_seen_from_points():
    both = Boundaries(LSOA11, ["a", "b"], [square(0), square(500)], file="areas.gpkg")
    given = Points(["p", "q", "r"], [400_700, 400_800, 400_100], [300_500] * 3)
    new = Boundaries(LSOA, ["c"], [square(0, side=5000)])
    assert refusal(lambda: points_in_both(given, both, new)) == [
        "areas.gpkg: a and b overlap: 2 points lie inside both, such as p; correct the boundaries, "
        "or accept a share of points in two areas"
    ]


def test_overlapping_targets_of_an_overlay():
    old = Boundaries(LSOA11, ["z"], [square(0, side=2000)])
    new = Boundaries(LSOA, ["a", "b"], [square(0, side=2000), square(0)], file="areas.gpkg")
    (said,) = refusal(lambda: overlap(old, new))
    assert "areas of lsoa21 overlap: they cover more than the whole of z" in said


def test_boundaries_that_have_nothing_in_common():
    old, new = Boundaries(LSOA11, ["a"], [square(0)]), Boundaries(LSOA, ["b"], [square(9000)])
    assert "have no ground in common" in refusal(lambda: overlap(old, new))[0]
    assert "least_share is 0.5" in refusal(lambda: overlap(old, old, least_share=0.5))[0]


def test_files_that_are_no_boundaries(tmp_path):
    text = tmp_path / "areas.geojson"
    text.write_text("no boundaries")
    parquet = tmp_path / "areas.parquet"
    pl.DataFrame({"code": ["a"]}).write_parquet(parquet)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1")
    good = tmp_path / "areas.gpkg"
    gpd.GeoDataFrame({"code": ["a"]}, geometry=[square(0)], crs=27700).to_file(good)
    assert "is missing" in refusal(lambda: read_boundaries(tmp_path / "x.gpkg", LSOA, "code"))[0]
    assert "cannot be read" in refusal(lambda: read_boundaries(text, LSOA, "code"))[0]
    assert "cannot be read" in refusal(lambda: read_boundaries(broken, LSOA, "code"))[0]
    assert "no column of geometry" in refusal(lambda: read_boundaries(parquet, LSOA, "code"))[0]
    assert "no column 'other'" in refusal(lambda: read_boundaries(parquet, LSOA, "other"))[0]
    assert (
        "has no column 'other'; it has code"
        in (refusal(lambda: read_boundaries(good, LSOA, "other"))[0])
    )


# Postcodes.


def test_postcodes_of_a_lookup():
    given = Lookup(
        pl.Series("pcd", ["CF10 1AA", "cf101aa", "nowhere", "CF10 1AB"]),
        ["W1", "W1", "W1", "W2"],
        [1, 2, 3, -4],
        file="dwellings.csv",
    )
    nearest = Lookup(pl.Series("pcd", ["CF10 1AE", "CF101AE"]), ["W1", "W2"], file="nearest.csv")
    said = refusal(lambda: dwellings(given, nearest, POSTCODE, LSOA))
    assert [text.split(";")[0] for text in said] == [
        "dwellings.csv:3: pcd: 'nowhere' is no postcode",
        "dwellings.csv:2: pcd: CF10 1AA is in W1 again, as in row 1",
        "dwellings.csv:4: weight: the dwellings of CF10 1AB are -4",
        "nearest.csv: pcd: postcodes have more than one area in the fall-back lookup: CF10 1AE",
    ]


def test_dwellings_without_dwellings():
    lookup = Lookup(["CF10 1AA"], ["W1"])
    assert "states no dwellings" in refusal(lambda: dwellings(lookup, None, POSTCODE, LSOA))[0]


# Saved correspondences.


def test_files_that_are_no_correspondence(tmp_path):
    other, text = tmp_path / "other.parquet", tmp_path / "text.parquet"
    pl.DataFrame({"source_code": ["a"]}).write_parquet(other)
    text.write_text("text")
    for file, said in (
        (tmp_path / "none.parquet", "is missing"),
        (other, "does not hold a saved correspondence"),
        (text, "cannot be read as Parquet"),
    ):
        assert said in refusal(lambda file=file: Correspondence.load(file))[0]


def test_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    table = nested(Lookup(["a"], ["A"]), LSOA, LTLA)
    said = refusal(lambda: table.save(tmp_path / "file" / "table.parquet"))
    assert "cannot be written" in said[0]
