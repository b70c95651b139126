"""Studies of uncertainty: what is drawn, what varies, and what is said of it."""

from __future__ import annotations

import signal
import subprocess
import time
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

import hyperlocal
from hyperlocal.analysis.measures import Measure
from hyperlocal.analysis.uncertainty import (
    Design,
    forget_draws,
    rate_intervals,
    read_design,
    study,
    usual_design,
)
from hyperlocal.analysis.uncertainty.draws import VariedIndex, spread_of
from hyperlocal.analysis.uncertainty.simulate import CHUNK, Simulated, simulate
from hyperlocal.analysis.uncertainty.summary import of_areas
from hyperlocal.methods import shrink_means, shrink_proportions, shrink_ratios
from hyperlocal.methods.resampling import draw_means, draw_posterior
from hyperlocal.pipeline.computation import Variation
from hyperlocal.pipeline.replay import Replay, without

DEFINITION = """\
hyperlocal: 1
id: made_up
areas:
  geography: lsoa21
  table: {input: people}
  within: {ltla24: {input: people, column: district}}
inputs:
  people: {file: people.csv, geography: lsoa21, code: area}
defaults: {input: people, high_value: more_need, shrink_to: ltla24}
index:
  domains:
    work:
      weight: 0.5
      indicators:
        out_of_work: {numerator: out_of_work, denominator: adults, per: 100}
        crimes: {numerator: crimes, denominator: adults, per: 1000, counts: events}
        admissions: {observed: observed, expected: expected, per: 100}
    money:
      weight: 0.3
      indicators:
        income: {kind: mean, column: income, standard_error: error, high_value: less_need}
        debt: {column: debt, shrink_to: none}
        claims:
          denominator: adults
          indicators:
            claims_a: {kind: count, column: claims_a}
            claims_b: {kind: count, column: claims_b}
    place:
      weight: 0.2
      shrink_to: none
      indicators:
        noise: {column: noise}
"""
AREAS = 120


def made_up_table(rng: np.random.Generator) -> pl.DataFrame:
    need = rng.standard_normal(AREAS)
    adults = rng.integers(40, 900, AREAS)
    share = 1 / (1 + np.exp(2 - 0.5 * need))
    return pl.DataFrame(
        {
            "area": [f"E0100{place:04}" for place in range(AREAS)],
            "district": [f"E0600000{place % 6}" for place in range(AREAS)],
            "adults": adults,
            "out_of_work": rng.binomial(adults, share),
            "crimes": rng.poisson(adults * 0.1 * np.exp(0.4 * need)),
            "expected": adults * 0.05,
            "observed": rng.poisson(adults * 0.05 * np.exp(0.3 * need)),
            "income": 30_000 * np.exp(-0.2 * need + 0.05 * rng.standard_normal(AREAS)),
            "error": 900_000 / adults,
            "debt": need + rng.standard_normal(AREAS),
            "claims_a": rng.binomial(adults, share / 4),
            "claims_b": rng.binomial(adults, share / 8),
            "noise": need + rng.standard_normal(AREAS),
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made_up")
    (folder / "index.yaml").write_text(DEFINITION)
    made_up_table(np.random.default_rng(1)).write_csv(folder / "people.csv")
    return folder


@pytest.fixture(scope="module")
def results(folder):
    return hyperlocal.build(folder / "index.yaml", folder, folder / "results")


def ranks_of(results, name="made_up"):
    return results.areas[f"{name}_rank"].to_numpy()


def design(**values) -> Design:
    return Design.model_validate({"hyperlocal_design": 1, "draws": 60, **values})


# --- computing an index again ------------------------------------------------------------------


def test_an_index_computed_again_is_the_same(results):
    again = Replay.of(results).base
    for node in results.definition.nodes:
        if not node.is_indicator:
            np.testing.assert_array_equal(again[node.id].score, results.areas[f"{node.id}_score"])


@pytest.mark.parametrize(
    ("setting", "value", "change"),
    [
        ("standardise", "z_scores", {"defaults.standardise": "z_scores"}),
        ("exponential", 15, {"conventions.exponential": 15}),
        ("exponential", "exact", {"conventions.exponential": "exact"}),
        ("normal_scores", "(r-1/2)/n", {"conventions.normal_scores": "(r-1/2)/n"}),
        ("ties", "minimum", {"conventions.ties": "minimum"}),
        ("shrink_to", "none", {"defaults.shrink_to": "none"}),
    ],
)
def test_a_choice_gives_what_a_build_with_that_setting_gives(
    folder, results, tmp_path, setting, value, change
):
    varied = VariedIndex(
        results, design(choices={"one": {"setting": setting, "values": ["as_stated", value]}})
    )
    built = hyperlocal.build(
        hyperlocal.load(folder / "index.yaml", change), folder, tmp_path / "results"
    )
    np.testing.assert_array_equal(varied.compute((1,), None, None), ranks_of(built))
    np.testing.assert_array_equal(varied.compute((0,), None, None), ranks_of(results))


def test_factor_analysis_instead_of_equal_weights(folder, results, tmp_path):
    values = ["as_stated", "factor_analysis"]
    varied = VariedIndex(results, design(choices={"w": {"setting": "weights", "values": values}}))
    text = (folder / "index.yaml").read_text()
    accept = "{factor_analysis: {accept: [heywood_case, negative_loading]}}"
    for domain in ("work", "money"):
        text = text.replace(f"    {domain}:\n", f"    {domain}:\n      weights: {accept}\n")
    (tmp_path / "index.yaml").write_text(text)
    built = hyperlocal.build(tmp_path / "index.yaml", folder, tmp_path / "results")
    np.testing.assert_array_equal(varied.compute((1,), None, None), ranks_of(built))


@pytest.mark.parametrize("name", ["crimes", "debt", "money", "noise"])
def test_leaving_out_gives_what_a_build_without_it_gives(folder, results, tmp_path, name):
    """Stated weights of the others are scaled; a domain that loses all it has goes too."""
    lines = (folder / "index.yaml").read_text().splitlines()
    if name == "money":
        start = lines.index("    money:")
        lines[start : lines.index("    place:")] = []
    elif name == "noise":
        lines[lines.index("    place:") :] = []
    else:
        lines = [line for line in lines if not line.strip().startswith(f"{name}:")]
    text = "\n".join(lines)
    if name in ("money", "noise"):
        text = text.replace("index:\n", "index:\n  weights: rescaled\n")
    (tmp_path / "index.yaml").write_text(text)
    built = hyperlocal.build(tmp_path / "index.yaml", folder, tmp_path / "results")
    replay = Replay.of(results)
    gone = without(results.definition, [name])
    score = replay.evaluate(Variation(without=gone))["made_up"].score
    assert score is not None
    np.testing.assert_allclose(score, built.areas["made_up_score"], rtol=1e-12)
    table = study(results, design(leave_out=[name])).tables["left_out"]
    shift = np.abs(ranks_of(built) - ranks_of(results))
    assert table["mean_shift"].item() == pytest.approx(shift.mean())
    assert table["largest_shift"].item() == shift.max()
    tenth, now = ranks_of(results) <= AREAS / 10, ranks_of(built) <= AREAS / 10
    assert table["entered"].item() == (now & ~tenth).sum()
    assert table["left"].item() == (tenth & ~now).sum()
    expected = np.corrcoef(ranks_of(results), ranks_of(built))[0, 1]
    assert table["rank_correlation"].item() == pytest.approx(expected)


def test_each_indicator_is_left_out_once(results):
    table = study(results, design(leave_out="indicators")).tables["left_out"]
    named = {"out_of_work", "crimes", "admissions", "income", "debt", "claims", "noise"}
    assert set(table["node"]) == named
    assert study(results, design(leave_out="domains")).tables["left_out"].height == 3


# --- draws -------------------------------------------------------------------------------------


def test_posterior_draws_have_the_posterior_mean_and_variance():
    rng = np.random.default_rng(3)
    areas = ["A"] * 5 + ["B"] * 3 + ["C"]
    size = np.array([20, 60, 100, 300, 0, 50, 80, 90, 70])
    counted = np.minimum(rng.poisson(size * 0.2), size)
    for shrinkage in (
        shrink_proportions(counted, size, areas),
        shrink_ratios(counted, size * 0.2, areas),
        shrink_means(rng.normal(10, 2, 9), areas, standard_error=np.linspace(0.5, 2, 9)),
    ):
        draws = np.array([draw_posterior(shrinkage, rng) for _ in range(20_000)])
        scale = {"logit": lambda p: np.log(p / (1 - p)), "log": np.log, "identity": np.asarray}
        on_scale = scale[shrinkage.scale](draws)
        spread = np.sqrt(shrinkage.posterior_variance)
        assert np.abs(on_scale.mean(axis=0) - shrinkage.posterior_mean).max() < 0.05 * spread.max()
        np.testing.assert_allclose(on_scale.std(axis=0), spread, rtol=0.03)
        # w·s² is the variance of a normal prior and a normal observation together
        both = np.isfinite(shrinkage.variance) & np.isfinite(shrinkage.between_variance)
        combined = 1 / (1 / shrinkage.variance + 1 / shrinkage.between_variance)
        np.testing.assert_allclose(shrinkage.posterior_variance[both], combined[both])


def test_an_area_without_people_is_as_unsure_as_areas_differ():
    shrinkage = shrink_proportions([2, 5, 9, 0], [20, 20, 20, 0], ["A"] * 4)
    assert shrinkage.posterior_variance[3] == shrinkage.between_variance[3]
    alone = shrink_proportions([2], [20], ["A"])
    assert alone.posterior_variance[0] == alone.variance[0]


def test_means_without_a_sample_draw_nothing():
    drawn = draw_means([1.0, 2.0], [np.inf, 0.0], np.random.default_rng(1))
    assert np.isnan(drawn[0])
    assert drawn[1] == 2.0


@pytest.mark.parametrize("method", ["posterior", "bootstrap"])
def test_figures_do_not_depend_on_the_number_of_threads_or_of_draws(results, method):
    asked = design(counts=method, weights={}, draws=2 * CHUNK + 5)
    one = simulate(VariedIndex(results, asked), 1, lambda *_: None).ranks
    several = simulate(VariedIndex(results, asked), 3, lambda *_: None).ranks
    np.testing.assert_array_equal(one, several)
    fewer = simulate(VariedIndex(results, asked.changed(draws=CHUNK + 1)), 2, lambda *_: None).ranks
    np.testing.assert_array_equal(fewer, one[: CHUNK + 1])
    other = simulate(VariedIndex(results, asked.changed(seed=2)), 2, lambda *_: None).ranks
    assert (other != one).any()


def test_a_stopped_study_goes_on_where_it_was(results, tmp_path):
    asked = design(counts="posterior", draws=5 * CHUNK)
    out = tmp_path / "report"

    def stop(what: str, done: int, of: int) -> None:
        if done >= 2 * CHUNK:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        study(results, asked, workers=1, out=out, report=stop)
    kept = list(tmp_path.glob(".report.draws-*/draws-*.npy"))
    assert 2 <= len(kept) < 5
    begun = []

    def note(what: str, done: int, of: int) -> None:
        if what == "Drawing":
            begun.append(done)

    report = study(results, asked, workers=1, out=out, report=note)
    assert begun[0] == CHUNK * len(kept)
    whole = study(results, asked, workers=1)
    assert report.tables["areas"].equals(whole.tables["areas"])
    report.write(out)
    forget_draws(out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report"]


def test_a_study_stopped_by_hand_goes_on_when_the_same_command_runs_again(
    results, tmp_path, hyperlocal_command
):
    command = [*hyperlocal_command, "uncertainty", str(results.folder), "--out", "report"]
    process = subprocess.Popen(
        [*command, "--draws", "100000"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 60
    while not list(tmp_path.glob(".report.draws-*/*.npy")) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped. The draws are kept beside report: the same command goes on." in said
    assert not (tmp_path / "report").exists()
    again = [*command, "--draws", str(2 * CHUNK)]
    subprocess.run(again, cwd=tmp_path, capture_output=True, check=True)
    figures = pl.read_csv(tmp_path / "report" / "index.csv")
    assert figures.filter(pl.col("figure") == "draws")["value"].to_list() == [2 * CHUNK]
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_kept_draws_of_another_design_are_not_taken(results, tmp_path):
    out = tmp_path / "report"
    first = study(results, design(counts="posterior"), out=out)
    second = study(results, design(counts="bootstrap"), out=out)
    assert not first.tables["areas"].equals(second.tables["areas"])
    damaged = next(tmp_path.glob(".report.draws-*/draws-*.npy"))
    damaged.write_bytes(damaged.read_bytes()[:100])
    again = [study(results, design(counts=one), out=out) for one in ("posterior", "bootstrap")]
    assert again[0].tables["areas"].equals(first.tables["areas"])
    assert again[1].tables["areas"].equals(second.tables["areas"])


class _Watched:
    """Notes the weights that an index is computed with."""

    def __init__(self, seen, compute) -> None:
        self.seen, self.inner = seen, compute

    def compute(self, variation, known):
        self.seen.append(variation.weights["made_up"])
        return self.inner(variation, known)


def test_weights_vary_around_what_is_stated(results):
    varied = VariedIndex(results, design(weights={"concentration": 50}))
    alpha, total = varied.spread["made_up"]
    np.testing.assert_allclose(alpha, 50 * np.array([0.5, 0.3, 0.2]))
    np.testing.assert_allclose(total, 1)
    drawn = []
    compute = varied.replay.compute
    object.__setattr__(varied.variants[()], "replay", _Watched(drawn, compute))
    for number in range(4_000):
        varied.draw(np.random.default_rng([1, number]))
    weights = np.array(drawn)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    np.testing.assert_allclose(weights.mean(axis=0), [0.5, 0.3, 0.2], atol=0.004)
    spread = np.sqrt(np.array([0.5 * 0.5, 0.3 * 0.7, 0.2 * 0.8]) / 51)
    np.testing.assert_allclose(weights.std(axis=0), spread, rtol=0.04)
    close = study(results, design(weights={"concentration": 1e14})).tables["areas"]
    assert close["mean_shift"].max() == 0


def test_only_what_is_named_varies(results):
    only = study(results, design(counts={"method": "posterior", "indicators": "crimes"}))
    assert any("stay as they are" in note for note in only.notes)
    every = study(results, design(counts="posterior"))
    shift = [one.tables["areas"]["mean_shift"].mean() for one in (only, every)]
    assert 0 < shift[0] < shift[1]


# --- what is said of the draws -----------------------------------------------------------------


def test_summary_against_plain_numpy(results):
    rng = np.random.default_rng(5)
    ranks = np.array([rng.permutation(AREAS) + 1 for _ in range(101)], dtype=np.uint16)
    table = of_areas(Measure(results, results.definition.root), Simulated(ranks, 1), 0.9)
    published = ranks_of(results)
    np.testing.assert_array_equal(table["median"], np.median(ranks, axis=0))
    ends = np.quantile(ranks, [0.05, 0.95], axis=0, method="inverted_cdf")
    np.testing.assert_array_equal(table["lower"], ends[0])
    np.testing.assert_array_equal(table["upper"], ends[1])
    np.testing.assert_allclose(table["mean_shift"], np.abs(ranks - published).mean(axis=0))
    np.testing.assert_allclose(table["most_deprived_10"], (ranks <= AREAS / 10).mean(axis=0))
    np.testing.assert_allclose(table["most_deprived_20"], (ranks <= AREAS / 5).mean(axis=0))
    decile = np.ceil(10 * ranks.astype(int) / AREAS)
    same = (decile == np.ceil(10 * published / AREAS)).mean(axis=0)
    np.testing.assert_allclose(table["same_decile"], same)


def test_figures_of_the_index(results):
    report = study(results, design(counts="posterior", weights={}))
    figures = dict(report.tables["index"].select("figure", "value").iter_rows())
    areas = report.tables["areas"]
    assert figures["areas"] == AREAS
    assert figures["mean_shift"] == pytest.approx(areas["mean_shift"].mean())
    tenth = areas.filter(pl.col("decile") == 1)
    assert figures["flagged"] == tenth.height == AREAS / 10
    assert figures["unsafe_flags"] == tenth.filter(pl.col("most_deprived_10") < 0.95).height
    assert (
        figures["possible_flags"]
        == areas.filter((pl.col("decile") > 1) & (pl.col("most_deprived_10") > 0.05)).height
    )
    assert figures["possible_flags"] > 0
    assert figures["mean_interval"] == pytest.approx((areas["upper"] - areas["lower"]).mean())
    asked = design(counts="posterior", weights={})
    drawn = simulate(VariedIndex(results, asked), 1, lambda *_: None).ranks
    correlations = [spearmanr(row, ranks_of(results)).statistic for row in drawn]
    assert figures["rank_correlation"] == pytest.approx(np.mean(correlations), abs=1e-6)
    flags = areas.group_by("flag").len()
    assert dict(flags.iter_rows())["possible"] == figures["possible_flags"]
    assert areas["most_deprived_10"].sum() == pytest.approx(AREAS / 10)


def test_intervals_of_rates(results):
    table = rate_intervals(results, ["out_of_work", "income", "claims"])
    assert table.height == 3 * AREAS
    assert (table["lower"] < table["value"]).all()
    assert (table["value"] < table["upper"]).all()
    ours = table.filter(pl.col("indicator") == "out_of_work")["value"]
    np.testing.assert_allclose(ours, results.areas["out_of_work_shrunk"])
    wider = rate_intervals(results, ["out_of_work"], level=0.99)
    assert (wider["upper"] > table.filter(pl.col("indicator") == "out_of_work")["upper"]).all()


def test_effects_equal_those_of_salib(results):
    """The same samples and outputs, put into the order that SALib expects."""
    from SALib.analyze import sobol as salib

    from hyperlocal.analysis.uncertainty import sobol

    asked = design(
        counts="posterior",
        weights={},
        choices={"shrinkage": {"setting": "shrink_to", "values": ["as_stated", "none"]}},
        sobol={"samples": 64},
    )
    varied = VariedIndex(results, asked)
    points = sobol.sample_points(asked)
    outputs = sobol.outputs_at(varied, points, 2, lambda *_: None)
    ours = sobol.estimate(asked, outputs)
    parts, samples = len(asked.varies), 64
    for place, output in enumerate(("mean_shift", "left")):
        first, second = outputs[place, :samples], outputs[place, samples : 2 * samples]
        mixed = outputs[place, 2 * samples :].reshape(parts, samples)
        in_order = np.column_stack([first, *mixed, second]).ravel()
        problem = {"num_vars": parts, "names": list(asked.varies), "bounds": [[0, 1]] * parts}
        theirs = salib.analyze(problem, in_order, calc_second_order=False, seed=1)
        mine = ours.filter(pl.col("output") == output)
        # SALib takes the mean of all outputs away before, we that of A and B alone
        ends = outputs[place, : 2 * samples]
        moved = outputs[place].mean() - ends.mean()
        centred = moved * (mixed - first).mean(axis=1) / ends.var()
        np.testing.assert_allclose(mine["first_order"], theirs["S1"] + centred, atol=1e-10)
        np.testing.assert_allclose(mine["total"], theirs["ST"], atol=1e-10)


def test_the_usual_design_varies_counts_and_weights(results):
    usual = usual_design(results)
    assert usual.varies == ("counts", "weights")


def test_a_design_is_read_from_yaml(tmp_path):
    file = tmp_path / "design.yaml"
    file.write_text(
        "hyperlocal_design: 1\ndraws: 50\ncounts: bootstrap\nweights: {concentration: 80}\n"
        "choices:\n  scale: {setting: standardise, values: [normal_scores, z_scores]}\n"
        "leave_out: indicators\nsobol: {samples: 32}\n"
    )
    read = read_design(file)
    assert read.varies == ("counts", "weights", "scale")
    assert read.counts is not None
    assert read.counts.method == "bootstrap"


# --- indices that are out of the ordinary ------------------------------------------------------


def test_ranks_that_tied_areas_share_can_be_halves(folder, tmp_path):
    text = (folder / "index.yaml").read_text()
    text = text.replace("index:\n", "conventions: {published_ties: average}\nindex:\n", 1)
    text = text[: text.index("  domains:")] + (
        "  domains:\n    rounded: {column: rounded, shrink_to: none}\n"
    )
    (tmp_path / "index.yaml").write_text(text)
    people = pl.read_csv(folder / "people.csv")
    people.with_columns((pl.col("income") / 5_000).round().alias("rounded")).write_csv(
        tmp_path / "people.csv"
    )
    tied = hyperlocal.build(tmp_path / "index.yaml", tmp_path, tmp_path / "results")
    constant = {"setting": "exponential", "values": [23, 24]}
    areas = study(tied, design(choices={"c": constant})).tables["areas"]
    assert (areas["rank"] % 1 == 0.5).any()
    assert areas["mean_shift"].max() == 0
    assert areas["rank"].equals(areas["median"], check_names=False)


def test_what_a_factor_analysis_finds_does_not_stop_a_study(folder, tmp_path):
    """The author accepted nothing, and the index was built: draws may find more."""
    text = (folder / "index.yaml").read_text()
    text = text.replace("    work:\n", "    work:\n      weights: factor_analysis\n")
    (tmp_path / "index.yaml").write_text(text)
    built = hyperlocal.build(tmp_path / "index.yaml", folder, tmp_path / "results")
    report = study(built, design(counts="bootstrap", draws=200))
    assert report.tables["areas"]["median"].null_count() == 0
    assert report.tables["index"]["value"][0] == 200


def test_negative_weights_keep_their_sign(results):
    replay = Replay.of(results)
    weights = np.array([0.7, 0.5, -0.2])
    replay.base["work"].weighing = replace(replay.base["work"].weighing, weights=weights)
    asked = design(weights={"nodes": ["work"], "concentration": 1e12})
    alpha, sizes = spread_of(replay, asked)["work"]
    drawn = np.random.default_rng(1).dirichlet(alpha) * sizes
    np.testing.assert_allclose(drawn, weights, atol=1e-4)


def test_an_area_without_people_keeps_a_rank_in_every_draw(folder, tmp_path):
    """It takes the value of its larger area, in which only one other area has people."""
    place = pl.int_range(pl.len())
    counts = ["adults", "out_of_work", "crimes", "claims_a", "claims_b"]
    people = pl.read_csv(folder / "people.csv").with_columns(
        pl.when(place < 2).then(pl.lit("E06000009")).otherwise("district").alias("district"),
        *(pl.when(place == 0).then(0).otherwise(name).alias(name) for name in counts),
        pl.when(place == 0).then(9e5).otherwise("error").alias("error"),
    )
    people.write_csv(tmp_path / "people.csv")
    text = (folder / "index.yaml").read_text()
    rates = "        {0}: {{zero_denominator: larger_area, "
    for name in ("out_of_work", "crimes"):
        text = text.replace(f"        {name}: {{", rates.format(name))
    text = text.replace(
        "          denominator: adults\n",
        "          denominator: adults\n          zero_denominator: larger_area\n",
    )
    (tmp_path / "index.yaml").write_text(text)
    built = hyperlocal.build(tmp_path / "index.yaml", tmp_path, tmp_path / "results")
    assert built.areas["made_up_rank"].null_count() == 0
    report = study(built, design(counts="posterior"))
    assert report.tables["areas"]["median"].null_count() == 0


def test_the_most_deprived_tenth_is_that_of_the_index(folder, tmp_path):
    """With a stated N the first decile is larger than a tenth of the areas."""
    text = (folder / "index.yaml").read_text()
    text = text.replace("index:\n", "conventions: {n: 150}\nindex:\n", 1)
    (tmp_path / "index.yaml").write_text(text)
    built = hyperlocal.build(tmp_path / "index.yaml", folder, tmp_path / "results")
    varied = VariedIndex(built, design(weights={}, leave_out=["crimes"]))
    first = (built.areas["made_up_decile"] == 1).to_numpy()
    assert first.sum() == 15
    np.testing.assert_array_equal(varied.in_worst_tenth(varied.ranks), first)
    left = study(built, design(leave_out=["crimes"])).tables["left_out"]
    without_crimes = varied.replay.evaluate(Variation(without=frozenset(["crimes"])))
    after = varied.ranks_of(without_crimes) <= 15
    assert left["entered"].item() == int((after & ~first).sum())


def test_means_that_seem_to_scatter_by_nothing_have_no_interval_and_are_named(folder, tmp_path):
    text = (folder / "index.yaml").read_text()
    (tmp_path / "index.yaml").write_text(
        text.replace("standard_error: error", "sample_size: adults")
    )
    people = pl.read_csv(folder / "people.csv")
    large, other = pl.col("adults") > 400, pl.int_range(pl.len()) // 6 % 2
    income = 32_000 + pl.when(large).then(4_000 * other - 2_000).otherwise(0)
    people.with_columns(income.alias("income")).write_csv(tmp_path / "people.csv")
    built = hyperlocal.build(tmp_path / "index.yaml", tmp_path, tmp_path / "results")
    table = rate_intervals(built, ["income"])
    assert table["lower"].null_count() == AREAS
    assert table["value"].null_count() == 0
    report = study(built, design(counts="posterior"))
    assert any("scatter no more" in note and "income" in note for note in report.notes)
