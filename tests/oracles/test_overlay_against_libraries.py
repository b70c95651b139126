"""Overlaps and points in areas agree with tobler and geopandas."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import polars as pl
import pytest
import shapely
from tobler.area_weighted import area_interpolate

from hyperlocal.areas import Geography
from hyperlocal.geography import (
    Boundaries,
    Correspondence,
    Points,
    overlap,
    points_in_both,
    read_boundaries,
)

pytestmark = pytest.mark.oracle

LSOA11, LSOA21 = Geography("lsoa", 2011), Geography("lsoa", 2021)


def frame(boundaries: Boundaries) -> gpd.GeoDataFrame:
    columns = {"code": boundaries.codes.to_list()}
    return gpd.GeoDataFrame(columns, geometry=boundaries.shapes, crs=27700)


def squares(geography: Geography, side: float, number: int, letter: str) -> Boundaries:
    """A grid of squares, `number` a side, in metres from a corner of the National Grid."""
    left, bottom = (side * axis.ravel() for axis in np.mgrid[:number, :number])
    shapes = shapely.box(4e5 + left, 3e5 + bottom, 4e5 + left + side, 3e5 + bottom + side)
    return Boundaries(geography, [f"{letter}{i:03d}" for i in range(len(shapes))], shapes)


# tobler keeps areas in single precision: each is rounded by up to 6e-8 of it, and for a mean its
# share, the sum of a row and their quotient are rounded as well.
SINGLE = 2.0**-24


def agree_with_tobler(
    table: Correspondence, old: Boundaries, new: Boundaries, tolerance: float
) -> None:
    """Our counts and means are those of tobler, area by area."""
    generator = np.random.default_rng(5)
    people = generator.integers(1000, 3000, len(old.codes)).astype(float)
    rate = generator.uniform(0, 1, len(old.codes))
    source = frame(old).assign(people=people, rate=rate)
    theirs = area_interpolate(
        source,
        frame(new),
        extensive_variables=["people"],
        intensive_variables=["rate"],
        allocate_total=False,
        n_jobs=1,
    )
    reached = ~np.isnan(table.count(people))
    ours = table.count(people)[reached]
    np.testing.assert_allclose(ours, theirs["people"].to_numpy()[reached], rtol=tolerance)
    # tobler weighs a rate by area: the area is the denominator there.
    means = table.mean(rate, shapely.area(old.shapes))[reached]
    covered = theirs["rate"].to_numpy()[reached]
    np.testing.assert_allclose(means, covered, rtol=4 * tolerance)


def agree_with_geopandas(table: Correspondence, old: Boundaries, new: Boundaries) -> None:
    """Our shares are the areas of geopandas' overlay."""
    pieces = gpd.overlay(
        frame(old).rename(columns={"code": "old"}),
        frame(new).rename(columns={"code": "new"}),
        how="intersection",
        keep_geom_type=True,
    )
    area = pl.DataFrame({"old": old.codes, "whole": shapely.area(old.shapes)})
    theirs = (
        pl.DataFrame({"old": pieces["old"], "new": pieces["new"], "part": pieces.area})
        .join(area, on="old")
        .select("old", "new", share=pl.col("part") / pl.col("whole"))
    )
    both = table.to_frame().join(
        theirs, left_on=["source_code", "target_code"], right_on=["old", "new"], how="full"
    )
    difference = (both["share"].fill_null(0) - both["share_right"].fill_null(0)).abs()
    assert difference.max() < 1e-9


def test_exact_squares():
    """Squares of 300 m over squares of 200 m: quarters and halves, by hand and by library."""
    old, new = squares(LSOA11, 300, 2, "a"), squares(LSOA21, 200, 3, "b")
    table = overlap(old, new)
    # The first old square holds a whole new one, halves of two, and a quarter of the fourth.
    assert table.to_frame().filter(source_code="a000").rows() == [
        ("a000", "b000", pytest.approx(4 / 9)),
        ("a000", "b001", pytest.approx(2 / 9)),
        ("a000", "b003", pytest.approx(2 / 9)),
        ("a000", "b004", pytest.approx(1 / 9)),
    ]
    agree_with_tobler(table, old, new, tolerance=1e-12)
    agree_with_geopandas(table, old, new)


@pytest.fixture(scope="module")
def region(published) -> tuple[Boundaries, Boundaries]:
    """The LSOAs of 2011 and of 2021 of Leeds and Bradford, in metres."""
    lookup = pl.read_parquet(published / "geography/lookup_lsoa11_lsoa21_ltla22.parquet")
    lookup = lookup.filter(pl.col("ltla22_code").is_in(["E08000035", "E08000032"]))

    def part(name: str, geography: Geography) -> Boundaries:
        file = published / f"geography/boundaries_{name}.parquet"
        every = read_boundaries(file, geography, f"{name}_code").in_national_grid().sorted()
        inside = every.codes.is_in(lookup[f"{name}_code"].unique().implode())
        return Boundaries(geography, every.codes.filter(inside), every.shapes[inside.to_numpy()])

    return part("lsoa11", LSOA11), part("lsoa21", LSOA21)


def test_real_lsoas(region):
    old, new = region
    assert (len(old.codes), len(new.codes)) == (792, 800)
    table = overlap(old, new, least_share=0)
    agree_with_geopandas(table, old, new)
    agree_with_tobler(table, old, new, tolerance=SINGLE)


def test_points_against_sjoin():
    old, new = squares(LSOA11, 300, 8, "a"), squares(LSOA21, 200, 13, "b")
    generator = np.random.default_rng(11)
    x, y = 4e5 + generator.uniform(-50, 2550, 20_000), 3e5 + generator.uniform(-50, 2550, 20_000)
    weight = generator.integers(0, 40, 20_000).astype(float)
    table = points_in_both(Points(np.arange(20_000), x, y, weights=weight), old, new)
    places = gpd.GeoDataFrame({"weight": weight}, geometry=gpd.points_from_xy(x, y), crs=27700)
    joined = places.sjoin(frame(old), predicate="within", how="inner")
    joined = joined.rename(columns={"code": "old"}).drop(columns="index_right")
    joined = joined.sjoin(frame(new), predicate="within", how="left")
    sums = joined.groupby(["old", "code"])["weight"].sum()
    theirs = (sums / joined.groupby("old")["weight"].sum()).reset_index()
    theirs = theirs[theirs["weight"] > 0]
    ours = table.to_frame()
    assert ours["source_code"].to_list() == theirs["old"].to_list()
    assert ours["target_code"].to_list() == theirs["code"].to_list()
    np.testing.assert_allclose(ours["share"], theirs["weight"], rtol=1e-12)
    outside = len(places) - len(places.sjoin(frame(old), predicate="within"))
    assert sum(left.number for left in table.left_out if "lsoa11" in left.reason) == outside
