"""Spatial statistics and coincidences agree with esda, libpysal and counting, on real areas.

The weights on the other side are libpysal's own, made by it from the boundaries.
"""

from __future__ import annotations

import warnings
from itertools import pairwise

import geopandas as gpd
import libpysal
import numpy as np
import polars as pl
import pytest
from esda import G_Local, Moran, Moran_Local
from scipy.stats import spearmanr
from statsmodels.stats.multitest import multipletests

import hyperlocal
from hyperlocal.analysis.clusters.neighbours import read_neighbours
from hyperlocal.analysis.clusters.spatial import QUADRANTS, spatial_statistics
from hyperlocal.analysis.clusters.study import ClusterSettings, clusters
from hyperlocal.analysis.measures import measures

pytestmark = pytest.mark.oracle
INDEX = "wimd_2019_domains"


@pytest.fixture(scope="module")
def wales(published, tmp_path_factory):
    out = tmp_path_factory.mktemp("wales") / "out"
    definition = hyperlocal.load("wimd-2019-domains")
    return hyperlocal.build(definition, published / "wimd2019", out)


@pytest.fixture(scope="module")
def england(published, tmp_path_factory):
    out = tmp_path_factory.mktemp("england") / "out"
    return hyperlocal.build(hyperlocal.load("iod-2025-domains"), published / "iod2025", out)


@pytest.fixture(scope="module")
def frame(wales, published):
    """The boundaries of the areas of the index in its order, in metres."""
    read = gpd.read_parquet(published / "geography/boundaries_lsoa11.parquet")
    return read.set_index("lsoa11_code").loc[wales.areas["area_code"].to_list()].to_crs(27700)


@pytest.fixture(scope="module")
def queen(frame):
    return libpysal.weights.Queen.from_dataframe(frame, use_index=False, silence_warnings=True)


@pytest.fixture(scope="module")
def neighbours(wales, published):
    return read_neighbours(wales, published / "geography/boundaries_lsoa11.parquet")


def theirs(y, weights, permutations=999, seed=1):
    """Run esda directly, without our code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        getis = G_Local(y, weights, transform="B", permutations=0, star=True)
        local = Moran_Local(y, weights, permutations=permutations, seed=seed)
        overall = Moran(y, weights, permutations=0)
    return getis, local, overall


def agree(ours, getis, local, overall):
    there = ours.connected
    np.testing.assert_allclose(ours.gi_z[there], getis.Zs[there], atol=1e-9)
    np.testing.assert_allclose(ours.gi_p[there], 2 * getis.p_norm[there], atol=1e-9)
    np.testing.assert_allclose(ours.moran[there], local.Is[there], atol=1e-9)
    np.testing.assert_allclose(
        ours.moran_p[there], np.minimum(1, 2 * local.p_sim[there]), atol=1e-9
    )
    assert (ours.quadrant[there] == local.q[there]).all()
    assert ours.overall["morans_i"] == pytest.approx(overall.I, abs=1e-9)
    assert ours.overall["z"] == pytest.approx(overall.z_rand, rel=1e-9)
    assert ours.overall["p"] == pytest.approx(overall.p_rand, abs=1e-9)


def test_neighbours_are_those_of_libpysal(neighbours, queen):
    links = set(zip(neighbours.first.tolist(), neighbours.second.tolist(), strict=True))
    assert links == {(own, other) for own, others in queen.neighbors.items() for other in others}
    assert neighbours.areas == 1909
    assert not neighbours.islands.any()


@pytest.mark.parametrize("node", [INDEX, "access", "environment"])
def test_statistics_are_those_of_esda(wales, neighbours, queen, node):
    y = wales.areas[f"{node}_score"].to_numpy()
    agree(spatial_statistics(y, neighbours, 999, 1), *theirs(y, queen))


def test_another_seed_and_number_of_permutations(wales, neighbours, queen):
    y = wales.areas[f"{INDEX}_score"].to_numpy()
    agree(spatial_statistics(y, neighbours, 199, 42), *theirs(y, queen, 199, 42))


def test_islands_stand_in_the_mean_and_have_no_statistics(england, published):
    """The Isles of Scilly beside Cornwall."""
    code = pl.col("area_code")
    names = england.areas.filter(
        pl.col("area_name").str.starts_with("Cornwall") | (code == "E01019077")
    )
    read = gpd.read_parquet(published / "geography/boundaries_lsoa21.parquet")
    frame = read.set_index("lsoa21_code").loc[names["area_code"].to_list()].to_crs(27700)
    weights = libpysal.weights.Queen.from_dataframe(frame, use_index=False, silence_warnings=True)
    assert [frame.index[place] for place in weights.islands] == ["E01019077"]
    from hyperlocal.analysis.clusters.neighbours import contiguity

    y = names["iod_2025_domains_score"].to_numpy()
    ours = spatial_statistics(y, contiguity(frame.geometry.to_numpy()))
    agree(ours, *theirs(y, weights))
    island = ours.connected.argmin()
    assert frame.index[island] == "E01019077"
    for values in (ours.gi_z, ours.gi_q, ours.moran, ours.moran_p):
        assert np.isnan(values).sum() == 1
        assert np.isnan(values[island])
    assert ours.clusters("gi_star", 0.05)[int(island)] == "island"


def test_clusters_are_those_under_control(wales, published, queen):
    report = clusters(
        wales, boundaries=published / "geography/boundaries_lsoa11.parquet", nodes=[INDEX]
    )
    areas = report.tables["areas"]
    getis, local, _ = theirs(wales.areas[f"{INDEX}_score"].to_numpy(), queen)
    found = multipletests(2 * getis.p_norm, method="fdr_bh", alpha=0.05)
    np.testing.assert_allclose(areas[f"{INDEX}_gi_star_q"].to_numpy(), found[1], atol=1e-12)
    label = np.where(found[0], np.where(getis.Zs > 0, "hot", "cold"), "none")
    assert areas[f"{INDEX}_gi_star_cluster"].to_list() == label.tolist()
    rejected = multipletests(np.minimum(1, 2 * local.p_sim), method="fdr_bh", alpha=0.05)[0]
    quadrant = np.array(QUADRANTS)[np.where(rejected, local.q, 0)]
    assert areas[f"{INDEX}_local_moran_cluster"].to_list() == quadrant.tolist()
    assert 0 < (label == "hot").sum() < (2 * getis.p_norm <= 0.05).sum()


def test_neighbours_of_all_of_england(england, published):
    found = read_neighbours(england, published / "geography/boundaries_lsoa21.parquet")
    codes = england.areas["area_code"]
    assert codes.filter(pl.Series(found.islands)).to_list() == ["E01019077"]
    assert found.areas == 33755
    assert 5 < found.number.mean() < 7
    assert any("1,917 areas that the index does not" in note for note in found.notes)


def test_coincidence_in_england_is_as_counted(england, published):
    report = clusters(england, ClusterSettings(types=3))
    source = pl.read_parquet(published / "iod2025/published_lsoa.parquet")
    domains = [one.id for one in measures(england)[1:]]
    inside = source.select(pl.col(f"{name}_decile") == 1 for name in domains).to_numpy()
    tables = report.tables
    for row in tables["coincidence"].iter_rows(named=True):
        one, other = (inside[:, domains.index(row[side])] for side in ("first", "second"))
        assert row["both"] == (one & other).sum()
        assert row["first_areas"] == one.sum() == 3375
        assert row["expected"] == pytest.approx(3375**2 / 33755)
    counts = tables["counts"]
    assert counts["areas"].to_list() == np.bincount(inside.sum(axis=1), minlength=8).tolist()
    for column in ("areas", "expected"):
        assert counts[column].sum() == pytest.approx(33755)
        assert (counts[column] * counts["domains"]).sum() == pytest.approx(7 * 3375)
    # pairs in each area add up to those in the table, and exact sets to the counts
    pairs = (counts["areas"] * counts["domains"] * (counts["domains"] - 1) / 2).sum()
    assert tables["coincidence"]["both"].sum() == pairs
    sets = tables["sets"]
    assert sets.height == 2**7 - 1 - 7
    exact = sets.group_by("size").agg(pl.col("exactly").sum(), pl.col("expected_exactly").sum())
    exact = exact.sort("size")
    assert exact["exactly"].to_list() == counts["areas"].to_list()[2:]
    assert exact["expected_exactly"].to_list() == pytest.approx(counts["expected"].to_list()[2:])
    assert report.tables["areas"]["worst"].to_list() == inside.sum(axis=1).tolist()


def test_correlations_and_types_of_england(england, published):
    report = clusters(england, ClusterSettings(types=3))
    source = pl.read_parquet(published / "iod2025/published_lsoa.parquet")
    found = report.tables["correlations"]
    for one, other in pairwise(["income", "health", "crime", "environment"]):
        row = found.filter(first=one, second=other)
        theirs = spearmanr(source[f"{one}_rank"], source[f"{other}_rank"]).statistic
        assert row["correlation"].item() == pytest.approx(theirs, abs=1e-12)
    types = report.tables["types"]
    assert types["areas"].sum() == 33755
    assert types["mean_rank"].is_sorted()
    mean = (types["areas"] * types["income"]).sum() / 33755
    assert mean == pytest.approx(0, abs=1e-9)
