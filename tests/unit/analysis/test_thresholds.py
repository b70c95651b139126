"""The smallest change that moves an area into another decile does so, and nothing less does."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import hyperlocal
from hyperlocal.analysis.explaining.area import find_area
from hyperlocal.analysis.explaining.steps import shrinkage
from hyperlocal.analysis.explaining.thresholds import Search, leaves, thresholds
from hyperlocal.methods import shrink_proportions
from hyperlocal.pipeline.replay import Replay

AREAS = 60
AREAS_TRIED = ("E01000010", "E01000020", "E01000033", "E01000041")
DEFINITION = """\
hyperlocal: 1
id: index
title: An index
areas: {geography: lsoa21, table: {input: t}, within: {ltla24: {input: t, column: district}}}
inputs: {t: {file: t.csv, geography: lsoa21, code: area}}
defaults: {input: t, high_value: more_need SETTINGS}
index:
  domains:
    deep:
      weight: 0.6
      subdomains:
        first:
          indicators:
            rate: {numerator: r, denominator: n, per: 100, shrink_to: ltla24}
            few: {column: few, high_value: less_need}
        second: {indicators: {plain: {column: plain}, other: {column: other}}}
    score: {weight: 0.3, transform: none, indicators: {z: {column: z, standardise: z_scores}}}
    alone: {weight: 0.1, column: alone, high_value: less_need}
"""


def table(seed: int = 0) -> pl.DataFrame:
    generator = np.random.default_rng(seed)
    people = generator.integers(200, 900, AREAS)
    return pl.DataFrame(
        {
            "area": [f"E01{number:06}" for number in range(AREAS)],
            "district": [f"E0600000{number % 4}" for number in range(AREAS)],
            "r": generator.binomial(people, generator.beta(4, 20, AREAS)),
            "n": people,
            "few": generator.integers(0, 6, AREAS) * 10.0,
            "plain": generator.normal(50, 10, AREAS).round(3),
            "other": generator.normal(50, 10, AREAS).round(1),
            "z": generator.normal(50, 10, AREAS).round(2),
            "alone": generator.permutation(AREAS) + 1.0,
        }
    )


def build(folder, data: pl.DataFrame, settings: str = "") -> hyperlocal.Results:
    (folder / "index.yaml").write_text(DEFINITION.replace(" SETTINGS", settings))
    data.write_csv(folder / "t.csv")
    return hyperlocal.build(folder / "index.yaml", folder, folder / "out")


def decile_of(results: hyperlocal.Results, area: str) -> int:
    return int(results.areas.filter(pl.col("area_code") == area)["index_decile"][0])


def changed(data: pl.DataFrame, area: str, column: str, value: float) -> pl.DataFrame:
    here = pl.col("area") == area
    return data.with_columns(pl.when(here).then(value).otherwise(pl.col(column)).alias(column))


@pytest.mark.parametrize(
    "settings",
    [
        "",
        ", conventions: {published_ties: average, deciles: floor(10*(rank-1)/N)+1, ties: minimum}",
    ],
    ids=["england", "wales"],
)
def test_built_again_with_the_value_the_decile_is_another(tmp_path, settings):
    """From the table of inputs: with the value found, just beyond it and just short of it."""
    data = table()
    results = build(tmp_path, data, settings)
    tried, beyond = 0, []
    replay = Replay.of(results)
    found_of = {area: thresholds(results, area, replay) for area in AREAS_TRIED}
    for area, report in found_of.items():
        found = report.tables["thresholds"]
        values = found.filter(pl.col("node") != "rate", pl.col("needed_value").is_not_null())
        for row in values.iter_rows(named=True):
            tried += 1
            beyond.append(row["beyond"])
            more = 1 if row["direction"] == "more deprived" else -1
            way = more * (-1 if row["node"] in ("few", "alone") else 1)
            decile = {}
            for name, hair in (("short", -1e-7), ("at", 0.0), ("beyond", 1e-7)):
                value = row["needed_value"] + way * hair
                again = build(tmp_path, changed(data, area, row["node"], value), settings)
                decile[name] = decile_of(again, area)
            moves = {name: now != row["decile"] for name, now in decile.items()}
            if row["change"] == 0:  # it is tied: just short of it is the other way
                del moves["short"]
            expected = {"short": False, "at": not row["beyond"], "beyond": True}
            assert moves.items() <= expected.items(), row
            assert decile["beyond" if row["beyond"] else "at"] == row["to_decile"]
            better = row["to_decile"] > row["decile"]
            assert better == (row["direction"] == "less deprived")
    assert tried >= 8
    assert {True, False} == set(beyond)


@pytest.mark.parametrize("area", ["E01000003", "E01000021", "E01000048"])
def test_no_nearer_value_of_another_area_would_do(tmp_path, area):
    """Every value between the present one and the one found is tried, of every indicator.

    One that is ranked once only: none moves the area. One below sub-domains: only where the area
    comes within two places of the border, which others can push it over.
    """
    results = build(tmp_path, table(1))
    replay = Replay.of(results)
    search = Search(replay, find_area(results, area))
    row = search.area.row
    rows = thresholds(results, area).tables["thresholds"]
    tried = 0
    for leaf in leaves(replay):
        values = search.values(leaf.node)
        own = values[row]
        for found in rows.filter(pl.col("node") == leaf.node.id).iter_rows(named=True):
            more = found["direction"] == "more deprived"
            way = (1 if more else -1) * (-1 if leaf.node.settings.high_value == "less_need" else 1)
            nearer = values[(values - own) * way > 0]
            if found["needed_value"] is not None:
                nearer = nearer[(found["needed_value"] - nearer) * way > 0]
                tied = np.count_nonzero(values == own) - 1
                at_it = np.count_nonzero(values == found["needed_value"]) * found["beyond"]
                assert found["places"] == len(nearer) + tied + at_it * (found["change"] != 0)
            for value in np.unique(nearer):
                tried += 1
                score = search.score_with(leaf, float(value))
                rank = 1 + np.count_nonzero(score > score[row])
                decile = int(np.ceil(10 * rank / AREAS))
                if (decile < found["decile"]) if more else (decile > found["decile"]):
                    assert leaf.node.id not in ("alone", "z")
                    border = 6 * (found["decile"] - 1) if more else 6 * found["decile"] + 1
                    assert abs(rank - border) <= 1
    assert tried > 100
    assert set(rows["reason"].drop_nulls()) <= {"not by this indicator alone"}


def test_shrunk_rate_and_the_count_behind_it(tmp_path):
    results = build(tmp_path, table(2))
    replay = Replay.of(results)
    rows = []
    for area in results.areas["area_code"][:8]:
        found = thresholds(results, area, replay).tables["thresholds"]
        rows += (
            found.filter(pl.col("count_change").is_not_null())
            .with_columns(pl.lit(area).alias("area"))
            .to_dicts()
        )
    assert len(rows) > 5
    assert {row["node"] for row in rows} == {"rate"}
    assert {row["count_change"] > 0 for row in rows} == {True, False}
    for row in rows:
        here = find_area(results, row["area"])
        node = results.definition.by_id["rate"]
        shrunk = shrinkage(here, node)
        larger = float(shrunk.larger_estimate[here.row])
        between = float(shrunk.between_variance[here.row])
        people = here.value(node, "denominator")

        def value(count, larger=larger, between=between, people=people):
            own = np.log((count + 0.5) / (people - count + 0.5))
            spread = (people + 1) * (people + 2) / (people * (count + 1) * (people - count + 1))
            weight = between / (between + spread)
            return 100 / (1 + np.exp(-(weight * own + (1 - weight) * larger)))

        way = np.sign(row["count_change"])
        count = row["numerator"] + row["count_change"]
        assert value(row["numerator"]) == pytest.approx(row["value"])
        assert (value(count) - row["needed_value"]) * way > -1e-9
        assert (value(count - way) - row["needed_value"]) * way < 1e-9


def test_count_of_a_rate_that_is_not_shrunk(small):
    small.change(", shrink_to: ltla24", "")
    results = small.build()
    rows = thresholds(results, "E01000002").tables["thresholds"]
    more, less = (
        rows.filter(pl.col("node") == "out_of_work", pl.col("direction") == direction)
        for direction in ("more deprived", "less deprived")
    )
    # 30 of 310, 9.7%: second or third to 45 of 290, 15.5%, 64 of 400, 16%, and 12 of 300, 4%
    for row in (*more.iter_rows(named=True), *less.iter_rows(named=True)):
        if row["needed_value"] is None:
            continue
        count = row["numerator"] + row["count_change"]
        way = np.sign(row["count_change"])
        assert (100 * count / 310 - row["needed_value"]) * way >= 0
        assert (100 * (count - way) / 310 - row["needed_value"]) * way <= 0
    assert more["numerator"].to_list() == [30]


def test_a_smaller_count_that_says_too_little_is_not_taken(tmp_path):
    """Events: with a count near 0 the area would be drawn back to its district."""
    text = DEFINITION.replace("per: 100,", "counts: events, per: 100,").replace(" SETTINGS", "")
    (tmp_path / "index.yaml").write_text(text)
    table(2).write_csv(tmp_path / "t.csv")
    results = hyperlocal.build(tmp_path / "index.yaml", tmp_path, tmp_path / "out")
    replay = Replay.of(results)
    found = pl.concat(
        thresholds(results, area, replay).tables["thresholds"]
        for area in results.areas["area_code"][:8]
    ).filter(pl.col("node") == "rate", pl.col("needed_value").is_not_null())
    assert found["count_change"].null_count() < found.height
    for row in found.drop_nulls("count_change").iter_rows(named=True):
        assert np.sign(row["count_change"]) == np.sign(row["change"])
        assert row["numerator"] + row["count_change"] >= 0


def test_reasons_where_there_is_no_threshold(small):
    small.change_table("21000", "")
    small.change("high_value: less_need}", "high_value: less_need, missing_values: neutral}")
    results = small.build()
    rows = thresholds(results, "E01000002").tables["thresholds"]
    assert rows.filter(pl.col("node") == "income")["reason"].to_list() == 2 * [
        "it has no value here"
    ]
    last = results.areas.sort("small_rank")["area_code"][5]
    rows = thresholds(results, last).tables["thresholds"]
    less = rows.filter(pl.col("direction") == "less deprived")
    assert less["reason"].to_list() == 2 * ["no decile is less deprived"]
    assert less["decile"].to_list() == [10, 10]


def test_area_without_a_score(small):
    small.change_table("21000", "")
    small.change("high_value: less_need}", "high_value: less_need, missing_values: unscored}")
    with pytest.raises(hyperlocal.ResultsError, match="E01000002 has no score in small"):
        thresholds(small.build(), "E01000002")


def test_what_ties_is_told_apart_by_any_change(tmp_path):
    """An area that shares its value with others passes all of them by going just beyond it."""
    data = table(3).with_columns(pl.lit(0.0).alias("few"))
    data = changed(data, "E01000000", "few", 10.0)
    results = build(tmp_path, data)
    rows = thresholds(results, "E01000005").tables["thresholds"]
    few = rows.filter(pl.col("node") == "few", pl.col("needed_value").is_not_null())
    for row in few.iter_rows(named=True):
        if row["direction"] == "less deprived":  # a high value is less need
            assert (row["needed_value"], row["beyond"]) in [
                (0.0, True),
                (10.0, False),
                (10.0, True),
            ]
        else:
            assert (row["needed_value"], row["change"], row["beyond"]) == (0.0, 0.0, True)
            assert row["places"] == AREAS - 2


def test_shrinkage_in_the_tests_is_that_of_the_methods():
    """The formula written out above, against the method."""
    found = shrink_proportions([1, 30, 20], [10, 100, 100], ["A", "A", "A"])
    m = np.log((1 + 0.5) / (9 + 0.5))
    s2 = 11 * 12 / (10 * 2 * 10)
    weight = found.between_variance[0] / (found.between_variance[0] + s2)
    mixed = weight * m + (1 - weight) * found.larger_estimate[0]
    assert found.shrunk[0] == pytest.approx(1 / (1 + np.exp(-mixed)))
