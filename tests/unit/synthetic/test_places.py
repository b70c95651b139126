"""Assets, green spaces, dwellings and people by postcode of a made-up nation."""

from __future__ import annotations

import csv
from importlib.resources import files

import geopandas as gpd
import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from hyperlocal.areas import Geography
from hyperlocal.geography import Sites, areas_near
from hyperlocal.geography.boundaries import Boundaries
from hyperlocal.synthetic import Nation
from hyperlocal.synthetic.nation import chance
from hyperlocal.synthetic.places import ACCESSIBLE, ASSETS, FILES, OTHER_GREEN, OTHERS

LISTS = {
    "community space": "community_space_assets",
    "education": "educational_assets",
    "sport and leisure": "sport_and_leisure_assets",
    "culture": "cultural_assets",
    "green": "green_assets",
    "retail": "retail_assets",
}


@pytest.fixture(scope="module")
def folder(nation: Nation, tmp_path_factory):
    out = tmp_path_factory.mktemp("places")
    for path, write in FILES.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        write(nation, chance(nation.seed, path), out / path)
    return out


def test_assets_are_of_the_classes_of_the_bundled_lists(folder):
    for group, name in LISTS.items():
        text = (files("hyperlocal.catalogue") / "lists" / f"{name}.csv").read_text("utf-8")
        assert [row["class"] for row in csv.DictReader(text.splitlines())] == list(ASSETS[group])
    found = pl.read_parquet(folder / "addressbase/assets.parquet")
    known = {name for group in (*ASSETS.values(), OTHERS) for name in group}
    assert set(found["class"]) <= known
    assert found["uprn"].n_unique() == found.height


def test_there_are_fewer_assets_near_areas_of_much_need(nation, folder):
    codes, shapes = nation.boundaries("msoa11")
    areas = Boundaries(Geography("msoa", 2011), codes, shapes)

    def near(path: str, number: str = "") -> np.ndarray:
        table = pl.read_parquet(folder / path)
        point, area = areas_near(table["easting"], table["northing"], areas, 1000)
        weight = table[number].to_numpy() if number else np.ones(table.height)
        return np.bincount(area, weight[point], len(codes))

    density = near("addressbase/assets.parquet") / near("ons/postcode_headcounts.parquet", "people")
    assert spearmanr(density, nation.planted("msoa11")["safe_streets"]).statistic < -0.7


def test_green_space_is_rarer_where_need_is_high(nation, folder):
    sites = gpd.read_file(folder / "greenspace/green_spaces.gpkg")
    assert sites.geometry.is_valid.all()
    assert sites.crs.to_epsg() == 27700
    assert set(sites["function"]) == {*ACCESSIBLE, *OTHER_GREEN}
    assert (sites["function"].isin(list(ACCESSIBLE)) == (sites["accessible"] == "yes")).all()
    homes = pl.read_parquet(folder / "addressbase/dwellings.parquet")
    ours = Sites(sites.geometry[sites["accessible"] == "yes"].to_numpy())
    near = ours.within(homes["easting"].to_numpy(), homes["northing"].to_numpy(), 300)
    share = homes.select("lsoa11", near=pl.Series(near)).group_by("lsoa11").mean().sort("lsoa11")
    planted = nation.planted("lsoa11").filter(pl.col("code").is_in(share["lsoa11"].implode()))
    assert spearmanr(share["near"], planted["clean_energy"]).statistic < -0.6
    assert 0.4 < share["near"].mean() < 0.8


def test_dwellings_have_areas_and_greenness(nation, folder):
    homes = pl.read_parquet(folder / "addressbase/dwellings.parquet")
    assert homes.height == nation.postcode_dwellings["dwellings"].sum()
    assert homes["ndvi"].is_between(-0.2, 0.95).all()
    green = homes.group_by("lsoa11").agg(pl.col("ndvi").mean()).sort("lsoa11")
    planted = nation.planted("lsoa11").filter(pl.col("code").is_in(green["lsoa11"].implode()))
    assert spearmanr(green["ndvi"], planted["clean_energy"]).statistic < -0.8


def test_all_people_live_at_a_postcode(nation, folder):
    table = pl.read_parquet(folder / "ons/postcode_headcounts.parquet")
    homes = nation.postcode_dwellings.group_by("piece").agg(pl.col("dwellings").sum())
    lived_in = homes.filter(pl.col("dwellings") > 0)["piece"].to_numpy()
    assert table["people"].sum() == nation.pieces["people"].to_numpy()[lived_in].sum()
    assert (table["people"] >= 0).all()
    assert (table["working_age"] >= 0).all()
    assert table["postcode"].is_unique().all()
    assert not table["easting"].is_null().any()


def test_owned_assets_name_a_postcode_and_centroids_lie_amid_homes(nation, folder):
    owned = pl.read_csv(folder / "communities/community_owned_assets_2021.csv", skip_rows=2)
    assert owned["Postcode"].str.contains(r"^[a-zA-Z]{2}\d").all()
    middle = pl.read_csv(folder / "geography/lsoa11_centroids.csv")
    homes = pl.read_parquet(folder / "addressbase/dwellings.parquet")
    mean = homes.group_by("lsoa11").agg(pl.col("easting").mean()).sort("lsoa11")
    assert middle["LSOA11CD"].to_list() == mean["lsoa11"].to_list()
    np.testing.assert_allclose(middle["X"], mean["easting"], atol=0.1)
