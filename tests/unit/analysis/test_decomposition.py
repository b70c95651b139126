"""What nodes bring to a score adds up to it, at every level, for every kind of index."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hyperlocal
from hyperlocal.analysis import groups_for
from hyperlocal.analysis.explaining.decomposition import as_lines, contributions, decompose
from hyperlocal.definition import load_definition
from hyperlocal.methods.decomposition import pair_slopes, path_shares
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.computation import Population
from hyperlocal.pipeline.replay import Replay
from hyperlocal.synthetic import synthesise

INDEX = """\
hyperlocal: 1
id: random
title: A random index
areas: {geography: lsoa21, table: {input: t}}
inputs: {t: {file: t.csv, geography: lsoa21, code: area}}
defaults: {input: t, high_value: more_need, missing_values: neutral CONVENTIONS}
index:
  INDEX
  domains:
    nested:
      weight: 0.5
      subdomains:
        first:
          standardise: z_scores
          indicators: {a: {column: a}, b: {column: b, high_value: less_need}, c: {column: c}}
        second:
          indicators:
            d: {column: d}
            both: {standardise: z_scores, indicators: {e: {column: e}, f: {column: f}}}
    plain:
      weight: 0.3
      transform: none
      indicators: {g: {column: g, weight: 0.9}, h: {column: h, weight: 0.1}}
    alone: {weight: 0.2, column: i, missing_values: unscored}
"""
LEAVES = tuple("abcdefgh")
VARIANTS = [
    ("", ""),
    ("published_score: transformed_rank", ", conventions: {ties: minimum}"),
    ("combine: scores", ", standardise: z_scores"),
    ("", ", conventions: {rank_fraction: (N-rank)/N, normal_scores: r/(n+1)}"),
    ("", ", conventions: {arithmetic: single}"),
]
NAMES = ["plain", "published", "scores", "scotland", "single"]


@pytest.fixture(scope="module", params=VARIANTS, ids=NAMES)
def definition(request, tmp_path_factory):
    index, conventions = request.param
    file = tmp_path_factory.mktemp("random") / "index.yaml"
    file.write_text(INDEX.replace("INDEX", index).replace(" CONVENTIONS", conventions))
    return load_definition(file)


def replay_of(definition, table: np.ndarray) -> Replay:
    names = [node.id for node in definition.nodes if node.is_indicator]
    columns = {name: {"column": values} for name, values in zip(names, table, strict=True)}
    codes = [f"E{number:08}" for number in range(table.shape[1])]
    return Replay(definition, columns, Population(codes))


def random_table(seed: int, areas: int, different: int, missing: float) -> np.ndarray:
    """Nine indicators of a few different values, some of them missing; none of them constant."""
    generator = np.random.default_rng(seed)
    table = generator.integers(0, different, (9, areas)) * 0.1
    table[generator.random(table.shape) < missing] = np.nan
    table[:, :2] = [0.0, 0.1]
    return table


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(3, 130), st.integers(2, 2000), st.sampled_from([0, 0.2]))
def test_contributions_add_up_at_every_level(definition, seed, areas, different, missing):
    replay = replay_of(definition, random_table(seed, areas, different, missing))
    score = replay.base["random"].score.astype(float)
    scored = np.flatnonzero(~np.isnan(score))
    for row in (scored[0], scored[-1]):
        for references in (scored, scored[::3]):
            found = contributions(replay, int(row), references)
            assert found["random"] == pytest.approx(score[row] - score[references].mean(), abs=1e-9)
            for node in definition.nodes:
                if node.children:
                    below = sum(found[child.id] for child in node.children)
                    assert found[node.id] == pytest.approx(below, abs=1e-9), node.id
            leaves = sum(found[name] for name in (*LEAVES, "alone"))
            assert leaves + score[references].mean() == pytest.approx(score[row], abs=1e-9)
            assert all(np.isfinite(brought) for brought in found.values())


@pytest.mark.parametrize("definition", VARIANTS[:4], ids=NAMES[:4], indirect=True)
@pytest.mark.parametrize("seed", range(3))
def test_shares_are_those_of_the_formula_pair_by_pair(definition, seed):
    """Below a hundred areas the slopes are those between the pairs: written out as a loop."""
    table = np.random.default_rng(seed).normal(size=(9, 40))
    replay = replay_of(definition, table)
    base, row = replay.base, 7
    expected = dict.fromkeys((*LEAVES, "alone"), 0.0)

    def split(node, share: float, other: int) -> None:
        """Part what a node brings over one pair by the formula of the documentation."""
        if node.is_indicator:
            expected[node.id] += share / 40
            return
        result = base[node.id]
        apart = result.score[row] - result.score[other]
        for child, weight in zip(node.children, result.weighing.weights, strict=True):
            upward = base[child.id].upward
            split(child, share * weight * (upward[row] - upward[other]) / apart, other)

    for other in set(range(40)) - {row}:
        split(definition.root, base["random"].score[row] - base["random"].score[other], other)
    found = contributions(replay, row, np.arange(40))
    for name, brought in expected.items():
        assert found[name] == pytest.approx(brought, rel=1e-6, abs=1e-6), name


def test_one_pair_by_hand():
    # a and r: s = 0.5·4 + 0.5·2 = 3 and 0.5·0 + 0.5·4 = 2, X = 40 and 10
    moved = np.array([[0.5 * (4 - 0)], [0.5 * (2 - 4)]])
    rise, run = pair_slopes([3.0, 2.0], [40.0, 10.0], 0, np.array([1]))
    assert (rise[0], run[0]) == (30, 1)
    assert (moved * path_shares(moved, [30.0], rise, run)).ravel().tolist() == [60, -30]


def test_areas_that_are_nearly_tied_do_not_blow_up():
    """Two areas next to each other, as good as tied, differ by a step of the ranking all the same.

    The slope between the two alone would bring a trillion points; over four places it is moderate.
    """
    score = np.array([0.0, 1.0, 1.0 + 1e-13, 2.0, 3.0])
    upward = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
    moved = np.array([[-1.0], [1.0 + 1e-13]])
    rise, run = pair_slopes(score, upward, 2, np.array([1]), places=3)
    assert (rise[0], run[0]) == (30, 2)
    brings = moved * path_shares(moved, [10.0], rise, run)
    assert brings.sum() == pytest.approx(10)
    assert np.abs(brings).max() < 25
    alone = pair_slopes(score, upward, 2, np.array([1]))
    brings = moved * path_shares(moved, [10.0], *alone)
    np.testing.assert_allclose(brings.ravel(), [5, 5])  # the quotient of rounding is not taken


def test_stretch_ends_with_the_ranking():
    score = np.array([5.0, np.nan, 4.0, 3.0, 1.0])
    rise, run = pair_slopes(score, 10 * score, 0, np.array([2, 4, 0]), places=3)
    assert run.tolist() == [2, 4, 2]
    assert rise.tolist() == [20, 40, 20]


def test_table_of_a_small_index(small):
    results = small.build()
    report = decompose(results, "e01000006", groups_for(results, []))
    table = report.tables["decomposition"]
    assert table["node"].to_list() == ["small", "work", "out_of_work", "money", "income"]
    assert table["level"].to_list() == [0, 1, 2, 1, 2]
    assert table["parent"].to_list() == [None, "small", "work", "small", "money"]
    row = {name["node"]: name for name in table.iter_rows(named=True)}
    areas = results.areas
    score = areas["small_score"]
    assert row["small"]["points"] == score[5]
    assert row["small"]["against_nation"] == pytest.approx(score[5] - score.mean(), abs=1e-12)
    assert row["small"]["against_group"] == pytest.approx(score[5] - score[3:].mean(), abs=1e-12)
    assert row["money"]["points"] == 0.5 * areas["money_transformed"][5]
    half = 0.5 * areas["money_transformed"]
    assert row["money"]["group_points"] == pytest.approx(half[3:].mean())
    # one indicator is all of its domain
    assert row["income"]["against_nation"] == pytest.approx(half[5] - half.mean())
    assert row["income"]["value"] == 15500
    assert row["income"]["nation_value"] == pytest.approx(140500 / 6)
    assert row["out_of_work"]["value"] == areas["out_of_work_shrunk"][5]
    assert row["out_of_work"]["upward"] == areas["out_of_work_standardised"][5]
    assert report.about["references"]["group"] == {
        "code": "E06000002",
        "name": "E06000002",
        "areas": 3,
        "areas_without_score": 0,
    }
    lines = list(as_lines(report))
    assert lines[0].split() == [
        *["weight", "value", "rank", "points", "against", "all", "areas", "against"],
        "E06000002",
    ]
    assert lines[5].split()[:4] == ["Income", "1.0000", "15,500", "1"]


def test_areas_without_a_score_are_left_out_and_counted(small):
    small.change_table("21000", "")
    small.change("high_value: less_need}", "high_value: less_need, missing_values: unscored}")
    results = small.build()
    report = decompose(results, "E01000001", groups_for(results, []))
    score = results.areas["small_score"]
    top = report.tables["decomposition"].row(0, named=True)
    assert top["nation_points"] == pytest.approx(score.mean())
    assert top["against_group"] == pytest.approx(score[0] - (score[0] + score[2]) / 2)
    assert report.notes == (
        "1 more area has no score in all areas: not in its mean",
        "1 more area has no score in E06000001: not in its mean",
    )
    with pytest.raises(hyperlocal.ResultsError, match="E01000002 has no score in small"):
        decompose(results, "E01000002")


def test_published_score_that_is_a_transformed_rank(small):
    small.change("index:\n", "index:\n  published_score: transformed_rank\n")
    results = small.build()
    table = decompose(results, "E01000003").tables["decomposition"]
    combined, published = results.areas["small_combined"], results.areas["small_score"]
    top = table.row(0, named=True)
    assert top["points"] == combined[2]
    assert top["published_against_nation"] == pytest.approx(published[2] - published.mean())
    for column, whole in itertools.product(("against_nation", "published_against_nation"), (1, 2)):
        assert table.filter(pl.col("level") == whole)[column].sum() == pytest.approx(top[column])


def test_group_that_the_area_is_not_in(small, tmp_path):
    results = small.build()
    lookup = tmp_path / "lookup.csv"
    rows = [f"E0100000{number},G{number % 2}\n" for number in range(1, 6)]
    lookup.write_text("area,place\n" + "".join(rows))
    groups = groups_for(results, [f"{lookup}:place"])
    with pytest.raises(hyperlocal.ResultsError, match=r"E01000006 lies in no group; .*--override"):
        decompose(results, "E01000006", groups)
    assert decompose(results, "E01000002", groups).about["references"]["group"]["areas"] == 2


def test_unknown_area(small):
    small.build()
    with pytest.raises(hyperlocal.ResultsError, match="there is no area 'E09'"):
        decompose(Results.open(small.out), "E09")


def test_every_area_of_a_made_up_nation_adds_up(tmp_path):
    """Thirty-two indicators on up to four levels, against the nation and the district."""
    synthesise(150, 2, tmp_path / "nation")
    definition = hyperlocal.load("hyperlocal-need-2025")
    results = hyperlocal.build(definition, tmp_path / "nation", tmp_path / "results")
    replay, groups = Replay.of(results), groups_for(results, [])
    score = results.areas["hyperlocal_need_2025_combined"].to_numpy()
    published = results.areas["hyperlocal_need_2025_score"].to_numpy()
    parents = pl.col("node").is_in(pl.col("parent").drop_nulls().implode())
    for row, area in enumerate(results.areas["area_code"]):
        table = decompose(results, area, groups, replay).tables["decomposition"]
        domains = table.filter(pl.col("level") == 1)
        leaves = table.filter(~parents)
        assert leaves.height == 32
        assert domains["points"].sum() == pytest.approx(score[row], abs=1e-9)
        mean = table["nation_points"][0]
        assert leaves["against_nation"].sum() + mean == pytest.approx(score[row], abs=1e-9)
        mean = table["group_points"][0]
        assert leaves["against_group"].sum() + mean == pytest.approx(score[row], abs=1e-9)
        whole = leaves["published_against_nation"].sum() + published.mean()
        assert whole == pytest.approx(published[row], abs=1e-9)
