"""Boundaries, points and coordinates, on squares that can be checked by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyogrio
import pyproj
import pytest
import shapely

from hyperlocal.areas import Geography
from hyperlocal.errors import GeographyError
from hyperlocal.geography import (
    DEGREES,
    NATIONAL_GRID,
    Boundaries,
    Points,
    overlap,
    place_points,
    points_in_both,
    read_boundaries,
    tell_system,
    to_degrees,
    to_national_grid,
)
from hyperlocal.geography.overlapping import overlapping_pairs

OLD, NEW = Geography("oa", 2011), Geography("oa", 2021)
EAST, NORTH = 400_000, 300_000


def box(left: float, bottom: float, right: float, top: float) -> shapely.Polygon:
    """A rectangle in kilometres from a corner of the National Grid."""
    return shapely.box(
        EAST + 1000 * left, NORTH + 1000 * bottom, EAST + 1000 * right, NORTH + 1000 * top
    )


def areas(geography: Geography, **shapes: shapely.Geometry) -> Boundaries:
    return Boundaries(geography, list(shapes), list(shapes.values()))


def points(*places: tuple[float, float], **others: object) -> Points:
    x, y = (np.array(places).T * 1000) + [[EAST], [NORTH]]
    return Points([f"p{i}" for i in range(len(places))], x, y, **others)


# Two old squares side by side; the new areas are cut at 1.5, and one more lies to the north.
OLD_AREAS = areas(OLD, b=box(1, 0, 2, 1), a=box(0, 0, 1, 1))
NEW_AREAS = areas(NEW, c=box(0, 0, 1.5, 1), d=box(1.5, 0, 2, 1), e=box(0, 1, 1, 2))


def test_points_in_both_by_hand():
    given = points((0.2, 0.5), (0.7, 0.5), (1.2, 0.5), (1.6, 0.5), (1.7, 0.5), (1.8, 0.5))
    table = points_in_both(given, OLD_AREAS, NEW_AREAS, "postcodes")
    assert table.to_frame().rows() == [("a", "c", 1.0), ("b", "c", 0.25), ("b", "d", 0.75)]
    assert (table.kind, table.weighted_by, table.left_out) == ("points", "postcodes", ())
    assert table.unreached_codes.to_list() == ["e"]


def test_points_in_both_by_weights():
    given = points((1.2, 0.5), (1.6, 0.5), (1.7, 0.5), weights=[10, 30, 0])
    table = points_in_both(given, OLD_AREAS, NEW_AREAS, "dwellings")
    assert table.to_frame().rows() == [("b", "c", 0.25), ("b", "d", 0.75)]
    assert table.unplaced_areas().rows() == [("a", 1.0)]  # no point lies in it


def test_points_left_out_are_counted_and_listed():
    less = areas(NEW, c=box(0, 0, 1.5, 1), e=box(0, 1, 1, 2))
    given = points(
        (1.2, 0.5), (1.6, 0.5), (0.5, 1.5), (9, 9), (np.nan, np.nan), weights=[1, 3, 5, 7, 9]
    )
    table = points_in_both(given, OLD_AREAS, less)
    assert [(left.reason, left.number, left.weight, left.first) for left in table.left_out] == [
        ("points without coordinates", 1, 9, ("p4",)),
        ("points outside oa11 and oa21", 1, 7, ("p3",)),
        ("points outside oa11 only", 1, 5, ("p2",)),
        ("points outside oa21 only", 1, 3, ("p1",)),
    ]
    np.testing.assert_array_equal(table.unplaced, [1, 0.75])


def test_point_on_a_border_is_in_the_first_area_by_code():
    found = place_points(points((1, 0.5), (2, 0.5), (0, 0), (3, 3)), OLD_AREAS)
    assert found.codes.to_list() == ["a", "b"]
    assert found.areas.tolist() == [0, 1, 0, -1]
    assert found.on_border.tolist() == [True, False, False, False]
    assert found.outside.tolist() == [False, False, False, True]


def test_point_in_a_hole_is_in_the_area_that_fills_it():
    ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))
    found = place_points(
        points((1.5, 1.5), (0.5, 0.5), (1, 1.5)), areas(OLD, z=ring, y=box(1, 1, 2, 2))
    )
    assert found.codes.gather(found.areas).to_list() == ["y", "z", "y"]


def test_points_in_two_areas_are_accepted_up_to_a_share():
    both = areas(OLD, a=box(0, 0, 2, 1), b=box(1, 0, 3, 1))
    given = points((1.5, 0.5), (0.5, 0.5), (2.5, 0.5), (2.6, 0.5))
    with pytest.raises(GeographyError, match="a and b overlap: 1 point lies inside both, such as"):
        place_points(given, both)
    assert place_points(given, both, most_overlap=0.25).areas.tolist() == [0, 0, 1, 1]


def test_points_and_boundaries_in_degrees_give_the_same():
    given = points((0.2, 0.5), (0.7, 0.5), (1.2, 0.5), (1.6, 0.5), (1.7, 0.5), (1.8, 0.5))

    def moved(boundaries: Boundaries) -> Boundaries:
        shapes = shapely.transform(
            boundaries.shapes, lambda c: np.column_stack(to_degrees(c[:, 0], c[:, 1]))
        )
        return Boundaries(boundaries.geography, boundaries.codes, shapes)

    degrees = Points(given.labels, *to_degrees(given.x, given.y))
    old, new = moved(OLD_AREAS), moved(NEW_AREAS)
    assert (degrees.crs, old.crs) == (DEGREES, DEGREES)
    expected = points_in_both(given, OLD_AREAS, NEW_AREAS).to_frame()
    for mixed in ((degrees, OLD_AREAS, new), (given, old, NEW_AREAS), (degrees, old, new)):
        assert points_in_both(*mixed).to_frame().equals(expected)
    assert overlap(old, new).to_frame()["share"].to_list() == pytest.approx(
        overlap(OLD_AREAS, NEW_AREAS).to_frame()["share"].to_list(), abs=1e-5
    )  # to the millimetre along sides of 500 m and more


def test_overlap_by_hand():
    table = overlap(OLD_AREAS, NEW_AREAS)
    assert table.to_frame().rows() == [("a", "c", 1.0), ("b", "c", 0.5), ("b", "d", 0.5)]
    assert (table.kind, table.weighted_by) == ("overlap", "area")


def test_overlap_drops_slivers_and_enlarges_the_rest():
    old = areas(OLD, a=box(0, 0, 1, 1))
    new = areas(NEW, b=box(0, 0, 0.5, 1), c=box(0.5, 0, 0.995, 1), d=box(0.995, 0, 1, 1))
    table = overlap(old, new)
    np.testing.assert_allclose(table.shares.toarray(), [[0.5 / 0.995, 0.495 / 0.995, 0]])
    assert table.unplaced.tolist() == [0]
    every = overlap(old, new, least_share=0)
    np.testing.assert_allclose(every.shares.toarray(), [[0.5, 0.495, 0.005]])


def test_overlap_leaves_what_is_not_covered_unplaced():
    old = areas(OLD, a=box(0, 0, 1, 1), b=box(5, 5, 6, 6))
    new = areas(NEW, c=box(0, 0, 0.75, 1), d=box(0.75, 0, 0.755, 1))
    table = overlap(old, new)
    np.testing.assert_allclose(table.shares.toarray(), [[0.755, 0], [0, 0]])
    np.testing.assert_allclose(table.unplaced, [0.245, 1])
    # A remainder that is a sliver itself counts as covered.
    almost = areas(NEW, c=box(0, 0, 0.995, 1))
    assert overlap(old, almost).unplaced.tolist() == [0, 1]


def test_overlapping_pairs_are_found():
    ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))
    good = np.array([ring, box(1, 1, 2, 2), box(3, 0, 4, 1), box(3, 1, 4, 3)])
    assert len(overlapping_pairs(good)[0]) == 0
    for wrong, share in ((box(0.2, 0.2, 0.4, 0.4), 1), (box(3, 0, 4, 1), 1), (box(2, 0, 4, 1), 1)):
        _, second, found = overlapping_pairs(np.append(good, [wrong]))
        assert set(second.tolist()) == {4}
        assert found.max() == pytest.approx(share)


def test_whole_sets_on_top_of_each_other_are_found():
    """Every edge inside each set is matched; those around the smaller one are not."""
    large = [box(i, j, i + 1, j + 1) for i in range(6) for j in range(6)]
    small = [box(i + 0.5, j + 0.5, i + 1.5, j + 1.5) for i in range(1, 4) for j in range(1, 4)]
    first, second, share = overlapping_pairs(np.array(large + small))
    assert (first < 36).all()
    assert (second >= 36).all()
    assert len(share) >= 12
    np.testing.assert_allclose(share, 0.25)
    islands = shapely.multipolygons(
        [[large[0], box(9, 9, 10, 10)], [large[1], box(9.5, 9, 11, 10)]]
    )
    assert overlapping_pairs(islands)[2].tolist() == pytest.approx([0.5 / 2])
    twice = np.array(large + large)
    assert overlapping_pairs(twice)[2].max() == 1
    assert len(overlapping_pairs(np.array(large))[0]) == 0


def test_overlaps_are_found_as_by_comparing_all_pairs():
    generator = np.random.default_rng(2)
    for _ in range(50):
        left, bottom = generator.integers(0, 12, (2, 8))
        wide, high = generator.integers(1, 4, (2, 8))
        shapes = np.array(
            [box(*each) for each in zip(left, bottom, left + wide, bottom + high, strict=True)]
        )
        i, j = np.triu_indices(8, 1)
        every = shapely.area(shapely.intersection(shapes[i], shapes[j])) > 0
        first, second, _ = overlapping_pairs(shapes)
        found = set(zip(first.tolist(), second.tolist(), strict=True))
        assert found <= set(zip(i[every].tolist(), j[every].tolist(), strict=True))
        assert bool(found) == bool(every.any())


def test_unmatched_corners_are_no_overlap():
    """A neighbour with two sides where another has one: the borders meet all the same."""
    pieces = np.array([box(0, 0, 1, 2), box(1, 0, 2, 1), box(1, 1, 2, 2)])
    assert len(overlapping_pairs(pieces)[0]) == 0


@pytest.mark.parametrize("name", ["areas.gpkg", "areas.geojson", "areas.shp", "areas.parquet"])
def test_files_of_boundaries(tmp_path, name):
    import geopandas as gpd

    frame = gpd.GeoDataFrame(
        {"code": ["b", "a"], "other": [1, 2]}, geometry=OLD_AREAS.shapes, crs=27700
    )
    file = tmp_path / name
    if name.endswith("geojson"):
        frame = frame.to_crs(4326)
    if name.endswith("parquet"):
        frame.to_parquet(file)
    else:
        pyogrio.write_dataframe(frame, file)
    read = read_boundaries(file, OLD, "code")
    assert read.codes.to_list() == ["b", "a"]
    assert read.crs == (DEGREES if name.endswith("geojson") else NATIONAL_GRID)
    assert len(read.sha256) == 64
    np.testing.assert_allclose(shapely.area(read.in_national_grid().shapes), 1e6, rtol=1e-4)
    assert read.sorted().codes.to_list() == ["a", "b"]


def test_layer_of_a_file(tmp_path):
    import geopandas as gpd

    frame = gpd.GeoDataFrame({"code": ["b", "a"]}, geometry=OLD_AREAS.shapes, crs=27700)
    for layer in ("one", "two"):
        pyogrio.write_dataframe(frame, tmp_path / "areas.gpkg", layer=layer, append=layer == "two")
    assert len(read_boundaries(tmp_path / "areas.gpkg", OLD, "code", layer="two").codes) == 2
    with pytest.raises(GeographyError, match="has several layers; name one of one, two"):
        read_boundaries(tmp_path / "areas.gpkg", OLD, "code")
    with pytest.raises(GeographyError, match="has no layer 'three'; it has one, two"):
        read_boundaries(tmp_path / "areas.gpkg", OLD, "code", layer="three")


# Points of the Ordnance Survey's test of OSTN15: degrees of ETRS89, metres of the National Grid.
OSTN15 = [
    (-6.29977752014, 49.92226393730, 91492.146, 11318.804),
    (1.71607397, 52.65800783, 651409.804, 313177.450),
]


@pytest.mark.parametrize(("longitude", "latitude", "easting", "northing"), OSTN15)
def test_coordinates_of_the_ordnance_survey(longitude, latitude, easting, northing):
    """The first lies south of what the library accepts."""
    x, y = to_national_grid([longitude], [latitude])
    assert (x[0], y[0]) == pytest.approx((easting, northing), abs=0.0015)
    back = to_degrees([easting], [northing])
    assert (back[0][0], back[1][0]) == pytest.approx((longitude, latitude), abs=2e-8)


def test_coordinates_agree_with_the_usual_formula_within_its_error():
    generator = np.random.default_rng(7)
    longitude, latitude = generator.uniform(-5, 1, 2000), generator.uniform(50.5, 58, 2000)
    x, y = to_national_grid(longitude, latitude)
    usual = pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        "+step +proj=push +v_3 +step +proj=cart +ellps=WGS84 "
        "+step +inv +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 "
        "+s=-20.489 +convention=position_vector "
        "+step +inv +proj=cart +ellps=airy +step +proj=pop +v_3 "
        "+step +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
    )
    distance = np.hypot(*(np.array(usual.transform(longitude, latitude)) - (x, y)))
    assert distance.max() < 5
    assert np.median(distance) > 0.5  # it is the formula that is off


def test_there_and_back():
    generator = np.random.default_rng(8)
    x, y = generator.uniform(2e5, 6e5, 2000), generator.uniform(5e4, 9e5, 2000)
    again = to_national_grid(*to_degrees(x, y))
    assert np.abs(np.array(again) - (x, y)).max() < 0.002


def test_missing_coordinates_stay_missing():
    x, y = to_national_grid([-1.5, np.nan], [52.0, np.nan])
    assert np.isnan([x[1], y[1]]).all()
    assert np.isfinite([x[0], y[0]]).all()
    assert np.isnan(to_degrees([np.nan], [np.nan])).all()


@pytest.mark.parametrize(
    ("x", "y", "stated", "system"),
    [
        ([530_000], [180_000], None, NATIONAL_GRID),
        ([-0.1], [51.5], None, DEGREES),
        ([-0.1], [51.5], "OGC:CRS84", DEGREES),
        ([530_000, np.nan], [180_000, np.nan], "epsg:27700", NATIONAL_GRID),
        ([np.nan], [np.nan], None, NATIONAL_GRID),
        ([np.nan], [np.nan], "EPSG:4326", DEGREES),
        ([], [], None, NATIONAL_GRID),
        ([0], [0], None, DEGREES),
    ],
)
def test_systems_are_told_apart(x, y, stated, system):
    if (x, y) == ([0], [0]):
        with pytest.raises(GeographyError, match="0, 0 is not within the British Isles"):
            tell_system(x, y, stated)
    else:
        assert tell_system(x, y, stated) == system


def test_text_of_a_prj_file_is_understood():
    from hyperlocal.geography.coordinates import system_of

    assert system_of(pyproj.CRS(27700).to_wkt("WKT1_ESRI")) == NATIONAL_GRID
    assert system_of(pyproj.CRS(4326).to_wkt("WKT1_ESRI")) == DEGREES
    assert system_of(pyproj.CRS(27700).to_wkt()) == NATIONAL_GRID
    assert system_of(pyproj.CRS(4326).to_wkt()) == DEGREES


def test_results_are_the_same_from_run_to_run():
    generator = np.random.default_rng(3)
    given = points(*generator.uniform(0, 2, (5000, 2)), weights=generator.uniform(0, 9, 5000))
    one = points_in_both(given, OLD_AREAS, NEW_AREAS)
    two = points_in_both(given, OLD_AREAS, NEW_AREAS)
    assert one.shares.data.tobytes() == two.shares.data.tobytes()
    assert pl.Series(one.to_frame()["share"]).equals(two.to_frame()["share"])
