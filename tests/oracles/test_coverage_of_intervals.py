"""Do intervals hold the truth? On a made-up nation, where it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

import hyperlocal
from hyperlocal.analysis.uncertainty import Design, rate_intervals, study
from hyperlocal.analysis.uncertainty.counts import counts_of
from hyperlocal.analysis.uncertainty.design import Choice
from hyperlocal.analysis.uncertainty.variants import with_choice
from hyperlocal.methods import shrink_proportions, tie_ranks
from hyperlocal.methods.resampling import posterior_interval
from hyperlocal.pipeline.computation import Variation
from hyperlocal.pipeline.replay import Replay
from hyperlocal.synthetic import synthesise, true_rates

AREAS, SEED = 1_500, 1
LEVEL = 0.9
EXACT = ("oa21", "lsoa21")
pytestmark = [pytest.mark.oracle, pytest.mark.xdist_group("coverage")]


@dataclass(frozen=True)
class Known:
    """An index of a made-up nation, and the true rates behind it."""

    results: hyperlocal.Results
    truth: pl.DataFrame

    def counts(self, *, exact: bool) -> list[str]:
        """Return the rates whose numbers are for areas of 2021, or those that are converted."""
        by_id = self.results.definition.by_id
        known = self.truth.unique("indicator", maintain_order=True)
        return [
            name
            for name, granularity in known.select("indicator", "granularity").iter_rows()
            if by_id[name].written.kind == "rate" and (granularity in EXACT) is exact
        ]

    def true(self, indicator: str) -> np.ndarray:
        """Return the true rates of the areas of the index."""
        codes = self.results.areas.select("area_code")
        own = self.truth.filter(indicator=indicator)
        found = codes.join(own, on="area_code", how="left", maintain_order="left")
        return found["true_rate"].to_numpy()


def known(areas: int, seed: int, folder) -> Known:
    nation = synthesise(areas, seed, folder / "nation")
    results = hyperlocal.build("hyperlocal-need-2025", folder / "nation", folder / "results")
    return Known(results, true_rates(nation))


@pytest.fixture(scope="module")
def need(tmp_path_factory) -> Known:
    return known(AREAS, SEED, tmp_path_factory.mktemp("coverage"))


# --- rates -------------------------------------------------------------------------------------


def shrunk(need: Known, indicators: Sequence[str], level: float = LEVEL) -> pl.DataFrame:
    """Return the intervals of rates, as they are shrunk."""
    return judged(need, rate_intervals(need.results, indicators, level))


def unshrunk(need: Known, indicators: Sequence[str], level: float = LEVEL) -> pl.DataFrame:
    """Return the intervals that the same definition gives if nothing is shrunk."""
    none = Choice(setting="shrink_to", values=("as_stated", "none"))
    replay = Replay.of(need.results, with_choice(need.results.definition, none, "none"))
    frames = []
    for name in indicators:
        one = counts_of(replay, replay.definition.by_id[name])
        lower, upper = posterior_interval(one.shrinkage, level)
        columns = {"value": one.shrinkage.shrunk, "lower": lower, "upper": upper}
        frames.append(
            pl.DataFrame(
                {
                    "indicator": [name] * len(lower),
                    "area_code": need.results.areas["area_code"],
                    **{column: values * one.per for column, values in columns.items()},
                }
            )
        )
    return judged(need, pl.concat(frames))


def judged(need: Known, intervals: pl.DataFrame) -> pl.DataFrame:
    """Say of each interval whether it holds the truth, its score, and if the area is small.

    The score of Gneiting and Raftery (2007) is the width, and 2/α times the distance to the truth
    where that lies outside: the less the better, in the unit of the rate. Small is the fifth of the
    areas with the smallest denominators.
    """
    known = intervals.join(need.truth, on=["indicator", "area_code"], how="left")
    assert known["true_rate"].null_count() == 0
    sizes = pl.concat(
        need.results.areas.select(
            pl.lit(name).alias("indicator"),
            "area_code",
            (pl.col(f"{name}_denominator").rank("ordinal") * 5 / (pl.len() + 1))
            .floor()
            .alias("fifth"),
        )
        for name in known["indicator"].unique()
    )
    below, above = pl.col("lower") - pl.col("true_rate"), pl.col("true_rate") - pl.col("upper")
    return known.join(sizes, on=["indicator", "area_code"]).with_columns(
        holds=(below <= 0) & (above <= 0),
        score=pl.col("upper") - pl.col("lower") + 2 / (1 - LEVEL) * (below.clip(0) + above.clip(0)),
    )


def by_indicator(table: pl.DataFrame) -> pl.DataFrame:
    """Return the share of intervals that hold the truth, and the mean score, by indicator."""
    means = table.group_by("indicator", maintain_order=True).agg(pl.col("holds", "score").mean())
    return means.sort("indicator")


def test_intervals_hold_the_true_rates_of_nine_areas_in_ten(need):
    """Ten indicators whose counts are published for Output Areas or LSOAs of 2021."""
    names = need.counts(exact=True)
    assert len(names) == 10
    found = by_indicator(shrunk(need, names))
    assert 0.88 < found["holds"].mean() < 0.92
    assert found["holds"].is_between(0.85, 0.95).all()


def test_intervals_of_converted_counts_hold_the_true_rates_as_well(need):
    names = need.counts(exact=False)
    assert names == [
        "worklessness_benefits",
        "jobs_density",
        "high_growth_jobs",
        "disability_benefits",
    ]
    assert by_indicator(shrunk(need, names))["holds"].is_between(0.85, 0.95).all()


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_intervals_of_other_levels_are_as_good(need, level):
    holds = shrunk(need, need.counts(exact=True), level)["holds"].mean()
    assert holds == pytest.approx(level, abs=0.02)


def test_unshrunk_intervals_of_small_areas_are_worse(need):
    """By their score: wider, or further from the truth, by less the larger the counts."""
    names = need.counts(exact=True)
    with_, without = (
        by_indicator(table(need, names).filter(fifth=0)) for table in (shrunk, unshrunk)
    )
    ratio = without["score"] / with_["score"]
    assert (ratio > 1).sum() >= 8
    assert ratio.mean() > 1.05
    assert without["holds"].mean() < with_["holds"].mean() - 0.01


def test_shrinkage_mends_what_hidden_counts_do_to_small_areas(need):
    """One or two certificates are hidden, and count as none: unshrunk intervals miss the truth."""
    name = "low_energy_efficiency"
    holds = {
        table.__name__: table(need, [name]).filter(fifth=0)["holds"].mean()
        for table in (shrunk, unshrunk)
    }
    assert holds["unshrunk"] < 0.8
    assert 0.85 < holds["shrunk"] < 0.95
    # with nothing hidden the unshrunk intervals hold the truth as well
    share = need.true(name) / 100
    of = need.results.areas[f"{name}_denominator"].to_numpy()
    drawn = np.random.default_rng(1).binomial(of.astype(int), share)
    alone = shrink_proportions(drawn.astype(float), of, np.arange(len(of)))
    lower, upper = posterior_interval(alone, LEVEL)
    assert 0.87 < ((lower <= share) & (share <= upper)).mean() < 0.93


def test_each_indicator_measures_its_true_rate(need):
    """Also where the rates are means, or of larger areas: which intervals cannot tell."""
    for name in need.truth["indicator"].unique():
        own = need.results.areas[f"{name}_shrunk"].to_numpy()
        true = need.true(name)
        assert spearmanr(own, true).statistic > 0.8, name
        assert own.mean() == pytest.approx(true.mean(), rel=0.04), name


# --- ranks -------------------------------------------------------------------------------------


def rank_coverage(need: Known, method: str, names: Sequence[str], vary: Sequence[str]) -> float:
    """Return the share of areas whose true rank lies in its interval.

    The true index is computed from the true rates of some indicators, the others as they are.
    """
    replay = Replay.of(need.results)
    true = replay.evaluate(Variation(values={name: need.true(name) for name in names}))
    ranks = tie_ranks(true[replay.definition.id].score).lowest
    counts = {"method": method, "indicators": vary}
    design = Design(hyperlocal_design=1, draws=200, counts=counts, interval=LEVEL)
    areas = study(need.results, design).tables["areas"]
    return float(((areas["lower"] <= ranks) & (areas["upper"] >= ranks)).mean())


@pytest.mark.parametrize(
    ("method", "least", "most"), [("posterior", 0.88, 0.93), ("bootstrap", 0.85, 0.92)]
)
def test_rank_intervals_hold_the_true_ranks(need, method, least, most):
    """Where the study varies exactly what is left to chance: the counts of 14 indicators.

    The bands are what was measured, and guard it; nothing promises 90%. The bootstrap shrinks what
    was drawn from shrunk rates, and so moves ranks towards the middle: it holds fewer.
    """
    names = need.counts(exact=True) + need.counts(exact=False)
    assert least < rank_coverage(need, method, names, names) < most
