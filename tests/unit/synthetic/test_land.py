"""The land: its polygons cover it exactly, and its postcodes lie where they say."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import shapely

from hyperlocal.synthetic import GEOGRAPHIES, Nation
from hyperlocal.synthetic.land import LAND_PER_LSOA
from hyperlocal.synthetic.mesh import make_mesh


@pytest.mark.parametrize("geography", GEOGRAPHIES)
def test_boundaries_cover_the_land_exactly(nation: Nation, geography: str) -> None:
    codes, shapes = nation.boundaries(geography)
    assert codes.equals(nation.places(geography)[0])
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    outline = shapely.coverage_union_all(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(outline.area, rel=1e-12)
    # No gap: the outline of all has no holes, and no other land than that of the Output Areas.
    assert all(not part.interiors for part in shapely.get_parts(outline))
    smallest = nation.boundaries("oa21")[1]
    assert outline.area == pytest.approx(shapely.area(smallest).sum(), rel=1e-12)


@pytest.mark.parametrize(
    ("child", "parent"), [("oa21", "lsoa21"), ("oa11", "lsoa11"), ("lsoa21", "ltla23")]
)
def test_larger_areas_share_the_corners_of_those_in_them(
    nation: Nation, child: str, parent: str
) -> None:
    codes, shapes = nation.boundaries(parent)
    smaller, parts = nation.boundaries(child)
    of_child = dict(nation.pieces.select(child, parent).unique().iter_rows())
    parents = np.array([of_child[code] for code in smaller])
    corners = {tuple(corner) for corner in shapely.get_coordinates(parts)}
    assert {tuple(corner) for corner in shapely.get_coordinates(shapes)} <= corners
    for code, shape in list(zip(codes, shapes, strict=True))[:40]:
        union = shapely.coverage_union_all(parts[parents == code])
        assert shapely.equals(union, shape)


def test_the_land_is_as_large_as_it_should_be_and_on_the_grid(nation: Nation) -> None:
    _, shapes = nation.boundaries("rgn23")
    assert shapely.area(shapes).sum() == pytest.approx(400 * LAND_PER_LSOA, rel=0.05)
    west, south, east, north = shapely.total_bounds(shapes)
    assert 80_000 < west < east < 620_000
    assert 10_000 < south < north < 1_000_000


def test_nearly_all_areas_are_in_one_part(nation: Nation) -> None:
    for geography, allowed in (("oa21", 0.002), ("lsoa21", 0.08), ("msoa21", 0.08)):
        _, shapes = nation.boundaries(geography)
        assert (shapely.get_num_geometries(shapes) > 1).mean() <= allowed


def test_the_isles_lie_apart_from_the_mainland(nation: Nation) -> None:
    codes, shapes = nation.boundaries("ltla23")
    isles = nation.names["ltla23"].filter(pl.col("name").str.starts_with("Isles of "))["code"][0]
    own = shapes[codes.to_list().index(isles)]
    rest = shapely.union_all(shapes[codes.to_numpy() != isles])
    assert shapely.distance(own, rest) > 500


def test_towns_are_dense_and_the_countryside_is_wide(nation: Nation) -> None:
    _, shapes = nation.boundaries("oa21")
    place = nation.places("oa21")[1]
    urban = np.zeros(len(shapes), dtype=bool)
    urban[place] = nation.pieces["urban"].to_numpy()
    assert 0.6 < urban.mean() < 0.9
    area = shapely.area(shapes)
    assert np.median(area[~urban]) > 8 * np.median(area[urban])


def test_a_point_inside_is_given_for_each_piece(nation: Nation) -> None:
    x, y = (nation.pieces[column].to_numpy() for column in ("easting", "northing"))
    for geography in ("oa11", "oa21"):
        shapes = nation.boundaries(geography)[1][nation.places(geography)[1]]
        assert shapely.contains_xy(shapes, x, y).all()


def test_postcodes_lie_in_their_areas(nation: Nation) -> None:
    piece = nation.postcodes["piece"].to_numpy()
    x, y = (nation.postcodes[c].cast(pl.Float64).to_numpy() for c in ("easting", "northing"))
    for geography in ("oa11", "oa21", "lsoa21", "ltla23"):
        shapes = nation.boundaries(geography)[1][nation.places(geography)[1][piece]]
        assert shapely.contains_xy(shapes, x, y).all()


def test_dwellings_of_postcodes_add_up_to_those_of_the_areas(nation: Nation) -> None:
    rows = nation.postcode_dwellings
    own = np.bincount(rows["piece"], weights=rows["dwellings"], minlength=nation.pieces.height)
    assert (own == nation.pieces["dwellings"].to_numpy()).all()
    assert rows["oa21"].equals(nation.pieces["oa21"].gather(rows["piece"]).alias("oa21"))
    assert rows["dwellings"].min() >= 1
    by_postcode = rows.group_by("postcode").agg(pl.col("dwellings").sum())
    stated = nation.postcodes.filter(pl.col("dwellings") > 0).select("postcode", "dwellings")
    assert by_postcode.sort("postcode").equals(stated.sort("postcode"))


def test_some_postcodes_straddle_two_output_areas(nation: Nation) -> None:
    spread = nation.postcode_dwellings.group_by("postcode").agg(pl.col("oa21").n_unique())["oa21"]
    assert set(spread) == {1, 2}
    assert 0.001 < (spread == 2).mean() < 0.01


def test_postcodes_are_as_many_and_as_written_as_real_ones(nation: Nation) -> None:
    postcodes = nation.postcodes
    live = postcodes["terminated"].is_null()
    assert 9 < live.sum() / nation.pieces["oa21"].n_unique() < 10.5
    assert 0.12 < (~live).sum() / live.sum() < 0.18
    assert postcodes["postcode"].is_unique().all()
    assert postcodes["postcode"].str.contains(r"^[A-Z]{2}[1-9][0-9]? [1-9][A-Z]{2}$").all()
    gone = postcodes.filter(~live)
    assert (gone["dwellings"] == 0).all()
    assert (gone["terminated"] > gone["introduced"]).all()
    months = pl.concat([postcodes["introduced"], gone["terminated"]]) % 100
    assert months.is_between(1, 12).all()


def test_cells_cover_the_plane_even_where_a_seed_cannot_see_a_border() -> None:
    # Seeds nearly on lines give triangles so flat that cells would not hold their seeds.
    rng = np.random.default_rng(1)
    x = np.repeat(np.arange(12.0), 12) * 5 + rng.random(144) * 0.01
    y = np.tile(np.arange(12.0), 12) + rng.random(144) * 4
    mesh = make_mesh(x, y)
    inner = (x > 12) & (x < 45) & (y > 4) & (y < 9)
    labels = np.where(inner, np.cumsum(inner) - 1, -1)
    shapes = mesh.outlines(labels, int(inner.sum()))
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.contains_xy(shapes, x[inner], y[inner]).all()


def test_outlines_have_holes_and_several_parts_where_areas_do() -> None:
    x, y = (values.ravel() for values in np.meshgrid(np.arange(14.0), np.arange(14.0)))
    rng = np.random.default_rng(2)
    mesh = make_mesh(x + 0.3 * rng.random(196), y + 0.3 * rng.random(196))
    block = (x > 1) & (x < 9) & (y > 1) & (y < 12)
    labels = np.where(block, 0, -1)
    labels[(x == 4) & (y == 5)] = 1  # lies in the first area
    labels[(x == 11) & (y > 3) & (y < 6)] = 0  # an island of the first area
    first, second = mesh.outlines(labels, 2)
    assert shapely.get_num_geometries(first) == 2
    assert sum(len(part.interiors) for part in shapely.get_parts(first)) == 1
    assert shapely.coverage_is_valid(np.array([first, second]))
    assert shapely.touches(first, second)
