"""Spatial clusters on a grid with a planted cluster, an island and gaps."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
import shapely
import typer
from typer.testing import CliRunner

from hyperlocal.analysis import groups_for, populations
from hyperlocal.analysis.clusters.neighbours import contiguity, joined, read_neighbours
from hyperlocal.analysis.clusters.spatial import spatial_statistics
from hyperlocal.analysis.clusters.study import ClusterSettings, clusters
from hyperlocal.analysis.measures import measures
from hyperlocal.cli.clustering import cluster

SIDE = 12
INDEX = """\
hyperlocal: 1
id: grid
title: A grid
areas:
  geography: lsoa21
  table: {input: t}
  within: {ltla24: {input: t, column: district}}
populations: {people: {input: t, column: people, title: People}}
inputs: {t: {file: t.csv, geography: lsoa21, code: area}}
defaults: {input: t, high_value: more_need, missing_values: unscored}
index:
  domains:
    work: {column: work}
    pay: {column: pay, high_value: less_need}
    noise: {column: noise}
"""


def squares() -> np.ndarray:
    """A grid of squares of 1 km, and an island 20 km off."""
    left, bottom = (1000.0 * axis.ravel() for axis in np.mgrid[:SIDE, :SIDE])
    grid = shapely.box(4e5 + left, 3e5 + bottom, 4e5 + left + 1000, 3e5 + bottom + 1000)
    return np.append(grid, shapely.box(4.4e5, 3e5, 4.41e5, 3.01e5))


def write_boundaries(file, codes, shapes) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"the area {code}", "code": code},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for code, shape in zip(codes, shapes, strict=True)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    file.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))


@pytest.fixture
def grid(index_folder, tmp_path):
    """The corner of 3 by 3 squares has high need, the opposite one low need."""
    generator = np.random.default_rng(7)
    row, column = (axis.ravel() for axis in np.mgrid[:SIDE, :SIDE])
    planted = 6.0 * ((row < 3) & (column < 3)) - 6.0 * ((row > 8) & (column > 8))
    need = np.append(planted, 0.0) + generator.normal(0, 1, SIDE**2 + 1)
    codes = [f"E01000{place:03d}" for place in range(SIDE**2 + 1)]
    content = pl.DataFrame(
        {
            "area": codes,
            "district": [f"E0600000{place}" for place in np.append(row // 3, 3)],
            "people": generator.integers(1000, 3000, need.size),
            "work": need.round(6),
            "pay": (-need + generator.normal(0, 0.3, need.size)).round(6),
            "noise": generator.normal(0, 1, need.size).round(6),
        }
    ).write_csv()
    made = index_folder(tmp_path, {"index.yaml": INDEX, "t.csv": content})
    made.file = tmp_path / "areas.geojson"
    others = ["W01000001", "W01000002"]
    shapes = np.append(squares(), shapely.box([5e5, 5.1e5], 1e5, [5.1e5, 5.2e5], 1.1e5))
    order = generator.permutation(len(shapes))
    write_boundaries(made.file, np.array([*codes, *others])[order], shapes[order])
    return made


def test_contiguity_is_by_border_or_corner():
    found = contiguity(squares())
    inner, edge, corner = (SIDE - 2) ** 2, 4 * (SIDE - 2), 4
    numbers = dict(zip(*np.unique(found.number, return_counts=True), strict=True))
    assert numbers == {8: inner, 5: edge, 3: corner, 0: 1}
    matrix = found.among(np.ones(SIDE**2 + 1, bool))
    assert (matrix != matrix.T).nnz == 0
    assert matrix.diagonal().sum() == 0


def test_borders_rounded_apart_still_touch_and_a_river_does_not():
    shapes = shapely.box([0, 100.4, 203], 0, [100, 200, 300], 100)
    assert contiguity(shapes).number.tolist() == [1, 1, 0]


def test_islands_are_joined_to_the_nearest():
    shapes = squares()
    found = joined(contiguity(shapes), shapes, 2)
    island = SIDE**2
    assert found.number[island] == 2
    others = np.sort(found.second[found.first == island])
    lower_right = (SIDE - 1) * SIDE
    assert others.tolist() == [lower_right, lower_right + 1]
    assert found.islands.sum() == 1
    matrix = found.among(np.ones(SIDE**2 + 1, bool))
    assert (matrix != matrix.T).nnz == 0
    assert matrix.max() == 1


def test_planted_clusters_are_found(grid):
    results = grid.build()
    report = clusters(results, ClusterSettings(types=3), boundaries=grid.file)
    areas = report.tables["areas"]
    where = pl.Series("place", np.arange(SIDE**2 + 1))
    areas = areas.with_columns(where // SIDE, (where % SIDE).alias("column"))
    high = areas.filter((pl.col("place") < 2) & (pl.col("column") < 2))
    low = areas.filter((pl.col("place").is_in([10, 11])) & (pl.col("column") > 9))
    assert high.height == low.height == 4
    for node in ("work", "pay"):  # pay is need where it is low
        assert (high[f"{node}_gi_star_cluster"] == "hot").all()
        assert (low[f"{node}_gi_star_cluster"] == "cold").all()
        assert (high[f"{node}_quadrant"] == "high-high").all()
        assert (low[f"{node}_quadrant"] == "low-low").all()
        assert (high[f"{node}_local_moran_cluster"] == "high-high").all()
        assert (high[f"{node}_hot_spot"]).all()
        assert not (low[f"{node}_hot_spot"]).any()
    noise = areas["noise_gi_star_cluster"].value_counts(sort=True).rows()
    assert noise == [("none", SIDE**2), ("island", 1)]
    spatial = report.tables["spatial"]
    by_node = {row["measure"]: row for row in spatial.iter_rows(named=True)}
    assert by_node["work"]["morans_i"] > 0.4
    assert by_node["work"]["p"] < 1e-6
    assert by_node["noise"]["p"] > 0.01
    for node, row in by_node.items():
        assert row["areas"] == SIDE**2 + 1
        assert row["islands"] == 1
        assert row["hot_spots"] == (SIDE**2 + 1) // 5
        assert row["hot"] == (areas[f"{node}_gi_star_cluster"] == "hot").sum()
        assert row["low_low"] == (areas[f"{node}_local_moran_cluster"] == "low-low").sum()


def test_an_island_has_no_statistics_and_is_never_a_cluster(grid):
    results = grid.build()
    report = clusters(results, boundaries=grid.file, nodes=["work"])
    island = report.tables["areas"][-1].to_dicts()[0]
    assert island["neighbours"] == 0
    assert island["work_gi_star_cluster"] == island["work_local_moran_cluster"] == "island"
    for name in ("gi_star_z", "gi_star_p", "gi_star_q", "local_moran", "quadrant"):
        assert island[f"work_{name}"] is None
    for name in ("local_moran_p", "local_moran_q"):
        assert island[f"work_{name}"] is None
    assert any("1 area touches no other" in note and "E01000144" in note for note in report.notes)
    assert any("2 areas that the index does not" in note for note in report.notes)
    joined_to = clusters(
        results, ClusterSettings(join_islands=3), boundaries=grid.file, nodes=["work"]
    )
    island = joined_to.tables["areas"][-1].to_dicts()[0]
    assert island["neighbours"] == 3
    assert island["work_gi_star_z"] is not None
    assert island["work_local_moran_cluster"] in ("none", "low-low", "high-high", "low-high")
    assert joined_to.tables["spatial"]["islands"].item() == 0
    assert any("joined to the nearest 3" in note for note in joined_to.notes)
    assert joined_to.about["boundaries"]["islands"] == ["E01000144"]


def test_an_area_without_a_score_is_no_neighbour_and_is_counted(grid):
    """Only the corner's three neighbours are without: it is left without neighbours."""
    table = pl.read_csv(grid.texts["t.csv"].encode())
    gone = [1, SIDE, SIDE + 1]
    work = table["work"].to_list()
    for place in gone:
        work[place] = None
    grid.texts["t.csv"] = table.with_columns(pl.Series("work", work)).write_csv()
    results = grid.build()
    report = clusters(results, boundaries=grid.file, nodes=["work", "noise"])
    areas = report.tables["areas"]
    assert areas["work_gi_star_cluster"].is_null().arg_true().to_list() == gone
    assert areas["work_local_moran_cluster"].is_null().arg_true().to_list() == gone
    assert areas["work_hot_spot"].is_null().arg_true().to_list() == gone
    assert areas["work_gi_star_cluster"][0] == "island"
    assert areas["work_gi_star_z"][0] is None
    assert areas["noise_gi_star_z"].null_count() == 1
    assert any("3 areas have no score in work" in note for note in report.notes)
    assert any("1 area has neighbours, but none with a score" in note for note in report.notes)
    # the others are as if the three were not on the map
    kept = np.setdiff1d(np.arange(SIDE**2 + 1), gone)
    need = areas["work_gi_star_z"].to_numpy()
    work = measures(results, ["work"])[0]
    score = work.oriented(work.score)[kept]
    alone = spatial_statistics(score, contiguity(squares()[kept]), 0)
    np.testing.assert_allclose(need[kept], alone.gi_z, atol=1e-12)


def test_scores_may_be_moved_and_turned():
    neighbours = contiguity(squares())
    need = np.random.default_rng(1).normal(0, 1, SIDE**2 + 1)
    found = spatial_statistics(need, neighbours, 99)
    moved = spatial_statistics(need * 3 - 50, neighbours, 99)
    np.testing.assert_allclose(found.gi_z, moved.gi_z, atol=1e-9)
    np.testing.assert_allclose(found.moran, moved.moran, atol=1e-9)
    turned = spatial_statistics(-need, neighbours, 99)
    np.testing.assert_allclose(found.gi_z, -turned.gi_z, atol=1e-9)
    assert found.overall["morans_i"] == pytest.approx(turned.overall["morans_i"])


def test_permutations_are_reproducible_and_leave_the_generator_alone():
    neighbours = contiguity(squares())
    need = np.random.default_rng(1).normal(0, 1, SIDE**2 + 1)
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    first, again, other = (spatial_statistics(need, neighbours, 99, seed) for seed in (3, 3, 4))
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002
    np.testing.assert_array_equal(first.moran_p, again.moran_p)
    assert (first.moran_p != other.moran_p).any()


def test_moments_and_permutations_tell_the_same():
    """The normal approximation is near the permutations where scores are normal."""
    neighbours = contiguity(squares())
    need = np.random.default_rng(1).normal(0, 1, SIDE**2 + 1)
    permuted = spatial_statistics(need, neighbours, 9999).moran_p
    moments = spatial_statistics(need, neighbours, 0).moran_p
    there = ~np.isnan(moments)
    assert there.sum() == SIDE**2
    assert np.abs(permuted - moments)[there].max() < 0.06
    assert np.abs(permuted - moments)[there].mean() < 0.02


@pytest.mark.parametrize("need", [np.full(SIDE**2 + 1, 2.0), np.full(SIDE**2 + 1, np.nan)])
def test_without_differences_nothing_is_said(need):
    found = spatial_statistics(need, contiguity(squares()))
    assert np.isnan(found.gi_z).all()
    assert not found.overall
    assert not found.clusters("gi_star", 0.05).is_in(["hot", "cold"]).any()


def test_too_few_permutations_are_noted(grid):
    report = clusters(
        grid.build(), ClusterSettings(permutations=19), boundaries=grid.file, nodes=["work"]
    )
    assert any("19 permutations are too few" in note for note in report.notes)


def test_hot_spots_of_larger_areas(grid):
    results = grid.build()
    report = clusters(
        results,
        ClusterSettings(hot_spots=Fraction(1, 4)),
        groups=groups_for(results, ["ltla24"]),
        populations=populations(results),
        nodes=["pay"],
    )
    found = report.tables["group_hot_spots"]
    areas = results.areas
    for row in found.iter_rows(named=True):
        inside = areas.filter(ltla24_code=row["group_code"])
        people = inside["people_population"].to_numpy()
        average = (inside["pay_value"].to_numpy() * people).sum() / people.sum()
        assert row["average_score"] == pytest.approx(average)
        assert row["population"] == people.sum()
    assert found["rank"].to_list() == [1, 2, 3, 4]
    assert found["hot_spot"].to_list() == [True, False, False, False]
    assert found["average_score"].is_sorted()  # the lowest pay is the most need
    assert found["group_code"][0] == "E06000000"


def test_the_column_of_codes_is_found_in_every_form(grid):
    results = grid.build()
    import geopandas as gpd

    frame = gpd.read_file(grid.file)
    base = read_neighbours(results, grid.file)
    for name in ("areas.parquet", "areas.gpkg"):
        file = grid.folder / name
        frame.to_parquet(file) if name.endswith("parquet") else frame.to_file(file)
        found = read_neighbours(results, file)
        assert found.made_of["column"] == "code"
        assert (found.number == base.number).all()
        assert (read_neighbours(results, f"{file}:code").number == base.number).all()


def test_command_line(grid, tmp_path):
    grid.build()
    app = typer.Typer()
    app.command()(cluster)
    folder, out = str(grid.folder / "out"), tmp_path / "report"
    options = [folder, "--boundaries", str(grid.file), "--by", "ltla24", "--permutations", "99"]
    options += ["--types", "3", "--hot-spots", "0.25"]
    found = CliRunner().invoke(app, [*options, "--out", str(out)])
    assert found.exit_code == 0, found.output
    for said in (
        "and if these were independent",
        "Pairs of domains that coincide",
        "Rank correlations",
        "Types of areas",
        "Spatial clusters",
        "1 of 4 groups are hot spots of grid",
        "8 tables written",
    ):
        assert said in found.output, said
    written = json.loads((out / "about.json").read_text())
    assert written["settings"]["permutations"] == 99
    assert written["boundaries"]["touching_within_metres"] == 1.0
    areas = pl.read_csv(out / "areas.csv")
    assert areas.height == SIDE**2 + 1
    assert areas["grid_gi_star_z"].null_count() == 1
    quiet = CliRunner().invoke(app, [*options, "--quiet"])
    assert "Types of areas" not in quiet.output


def test_progress_is_shown_on_a_terminal(grid):
    grid.build()
    code = "import typer; from hyperlocal.cli.clustering import cluster; typer.run(cluster)"
    main, terminal = pty.openpty()
    started = subprocess.Popen(
        [sys.executable, "-c", code, str(grid.folder / "out"), "--boundaries", str(grid.file)],
        stdout=subprocess.DEVNULL,
        stderr=terminal,
    )
    os.close(terminal)
    shown = b""
    try:
        while part := os.read(main, 4096):
            shown += part
    except OSError:  # the other end is closed
        pass
    os.close(main)
    assert started.wait() == 0
    assert b"Neighbours" in shown or b"Types" in shown
