"""Areas are placed alone among others where computing the whole index again puts them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import hyperlocal
from hyperlocal.analysis.versions.placing import among_others, place_alone
from hyperlocal.methods import tie_ranks
from hyperlocal.pipeline.computation import Variation
from hyperlocal.pipeline.evaluate import pick
from hyperlocal.pipeline.replay import Replay

AREAS = 60
DEFINITION = """\
hyperlocal: 1
id: made_up
areas:
  geography: lsoa21
  table: {input: people}
  within: {ltla24: {input: people, column: district}}
inputs:
  people: {file: people.csv, geography: lsoa21, code: area}
defaults: {input: people, high_value: more_need, SHRINK}
index:
  domains:
    work:
      weights: factor_analysis
      indicators:
        out_of_work: {numerator: out_of_work, denominator: adults, per: 100}
        sick: {numerator: sick, denominator: adults, counts: events, standardise: z_scores}
        deaths: {observed: deaths, expected: expected, high_value: more_need}
        claims:
          kind: rate
          denominator: adults
          indicators:
            claims_a: {kind: count, column: claims_a}
            claims_b: {kind: count, column: claims_b}
    money:
      weights: equal
      indicators:
        income: {kind: mean, column: income, sample_size: asked, high_value: less_need}
        growth: {kind: change, before: jobs_before, after: jobs_after, high_value: less_need,
                 shrink_to: none}
        bills: {column: bills, shrink_to: none, missing_values: neutral}
"""


def table(rng: np.random.Generator) -> pl.DataFrame:
    need = rng.normal(size=AREAS)
    adults = rng.integers(300, 3000, AREAS)

    def share(level: float) -> np.ndarray:
        return level / (1 + np.exp(-need - 0.5 * rng.normal(size=AREAS)))

    expected = rng.integers(8, 40, AREAS)
    before = rng.integers(200, 900, AREAS)
    bills = (need + rng.normal(size=AREAS)).round(1)  # with ties
    return pl.DataFrame(
        {
            "area": [f"E{1000000 + row:08d}" for row in range(AREAS)],
            "district": [f"E0600000{row % 3}" for row in range(AREAS)],
            "adults": adults,
            "out_of_work": rng.binomial(adults, share(0.3)),
            "sick": rng.poisson(adults * share(0.4)),
            "claims_a": rng.binomial(adults, share(0.1)),
            "claims_b": rng.binomial(adults, share(0.2)),
            "expected": expected,
            "deaths": rng.poisson(expected * np.exp(0.3 * need)),
            "income": (25000 - 3000 * need + 2000 * rng.normal(size=AREAS)).round(),
            "asked": rng.integers(5, 200, AREAS),
            "jobs_before": before,
            "jobs_after": rng.poisson(before * np.exp(-0.1 * need)),
            "bills": [None if row in (7, 20) else float(bills[row]) for row in range(AREAS)],
        }
    )


@pytest.fixture(scope="module", params=["shrink_to: none", "shrink_to: ltla24"])
def replay(request, tmp_path_factory) -> Replay:
    folder = tmp_path_factory.mktemp("made_up")
    (folder / "index.yaml").write_text(DEFINITION.replace("SHRINK", request.param))
    table(np.random.default_rng(3)).write_csv(folder / "people.csv")
    return Replay.of(hyperlocal.build(folder / "index.yaml", folder, folder / "out"))


def ranks(replay: Replay, results: dict, name: str) -> np.ndarray:
    ties = replay.definition.by_id[name].settings.conventions.published_ties
    return pick(tie_ranks(results[name].score), ties)


def only(row: int, columns: dict, other: dict) -> dict:
    """The columns with those of one area replaced."""
    return {
        name: {
            purpose: np.where(np.arange(AREAS) == row, other[name][purpose], values)
            for purpose, values in held.items()
        }
        for name, held in columns.items()
    }


def test_a_score_is_placed_among_the_scores_of_the_others_by_hand():
    others = np.array([10.0, 20.0, 20.0, 40.0, np.nan])
    places = among_others(np.array([20.0, 15.0, 50.0, np.nan, 20.0]), others)
    # 20 among 20, 20, 40; 15 among 10, 20, 40; 50 among 10, 20, 40; none; 20 among all four
    np.testing.assert_array_equal(places.lowest, [2, 3, 1, np.nan, 2])
    np.testing.assert_array_equal(places.highest, [4, 3, 1, np.nan, 4])
    np.testing.assert_array_equal(places.number, [4, 4, 4, 3, 5])
    assert places.tied_with.tolist()[1:4] == [-1, -1, -1]
    assert {places.tied_with[0], places.tied_with[4]} <= {1, 2}


def test_areas_with_the_data_that_they_have_stand_where_they_are(replay):
    placed = place_alone(replay, replay.columns)
    for name, one in placed.items():
        np.testing.assert_array_equal(one.score, replay.base[name].score, err_msg=name)
        np.testing.assert_array_equal(one.rank, ranks(replay, replay.base, name), err_msg=name)


def test_each_area_stands_where_the_index_computed_again_puts_it(replay):
    """The whole index is computed again for each area with other data in that area's row alone.

    Without shrinkage indicators agree exactly: others do not move in what they are ranked by. Above
    them others do, each by a place at most, which is a rank or two where scores are close. With
    shrinkage the area also moves what its neighbours are drawn to.
    """
    rng = np.random.default_rng(11)
    mixed = rng.permutation(AREAS)
    other = {
        name: {purpose: values[mixed] for purpose, values in held.items()}
        for name, held in replay.columns.items()
    }
    shrunk = replay.definition.by_id["out_of_work"].settings.shrink_to != "none"
    placed = place_alone(replay, other)
    away: dict[str, list[float]] = {name: [] for name in placed}
    for row in range(0, AREAS, 3):
        again = replay.evaluate(Variation(columns=only(row, dict(replay.columns), other)))
        for name, one in placed.items():
            exact = ranks(replay, again, name)[row]
            assert np.isnan(exact) == np.isnan(one.rank[row]), (name, row)
            away[name].append(abs(np.nan_to_num(exact - one.rank[row])))
    for name, distance in away.items():
        node = replay.definition.by_id[name]
        if node.is_indicator and not shrunk:
            assert max(distance) == 0, name
        assert max(distance) <= (3 if shrunk else 2), (name, max(distance))
        assert np.mean(distance) <= (1.0 if shrunk else 0.6), (name, np.mean(distance))


def test_an_area_with_the_data_of_another_is_tied_with_it(tmp_path):
    (tmp_path / "index.yaml").write_text(DEFINITION.replace("SHRINK", "shrink_to: none"))
    table(np.random.default_rng(3)).write_csv(tmp_path / "people.csv")
    replay = Replay.of(hyperlocal.build(tmp_path / "index.yaml", tmp_path, tmp_path / "out"))
    model = 13
    copied = {
        name: {purpose: np.full(AREAS, values[model]) for purpose, values in held.items()}
        for name, held in replay.columns.items()
    }
    placed = place_alone(replay, copied)
    for name, one in placed.items():
        np.testing.assert_array_equal(one.score, replay.base[name].score[model], err_msg=name)


def test_single_precision_stays_single(tmp_path):
    text = DEFINITION.replace("SHRINK", "shrink_to: none")
    (tmp_path / "index.yaml").write_text(text + "conventions: {arithmetic: single}\n")
    table(np.random.default_rng(3)).write_csv(tmp_path / "people.csv")
    replay = Replay.of(hyperlocal.build(tmp_path / "index.yaml", tmp_path, tmp_path / "out"))
    placed = place_alone(replay, replay.columns)
    for name, one in placed.items():
        assert one.score.dtype == replay.base[name].score.dtype
        np.testing.assert_array_equal(one.score, replay.base[name].score)
