"""What holds for every model, benchmark, allocation and index of prescribing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hyperlocal.methods.allocation import Estimate, allocate, average, effective_answers, pool
from hyperlocal.methods.benchmarking import any_of, benchmark_probabilities
from hyperlocal.methods.logistic import (
    logistic_regression,
    probabilities_of,
    separating_direction,
)
from hyperlocal.methods.prediction import area_under_curve, calibration
from hyperlocal.methods.prescribing import prescription_index

CHANCES = arrays(float, st.integers(2, 60), elements=st.floats(1e-6, 1 - 1e-6))
SEEDS = st.integers(0, 2**32 - 1)


@given(CHANCES, st.floats(0.001, 0.999), st.sampled_from(["intercept", "proportional"]))
def test_benchmarked_probabilities_add_up_and_keep_their_order(chance, share, how):
    total = share * len(chance)
    found = benchmark_probabilities(chance, total, how)
    assert found.sum() == pytest.approx(total, rel=1e-9)
    assert ((found >= 0) & (found <= 1)).all()
    order = np.argsort(chance, kind="stable")
    assert (np.diff(found[order]) >= -1e-12).all()


@given(CHANCES, st.sampled_from(["intercept", "proportional"]))
def test_what_agrees_already_stays(chance, how):
    assert benchmark_probabilities(chance, chance.sum(), how) == pytest.approx(chance, abs=1e-9)


@given(CHANCES, st.floats(0.05, 0.95))
def test_the_intercept_keeps_ratios_of_odds(chance, share):
    found = benchmark_probabilities(chance, share * len(chance))
    moved = np.log(found / (1 - found)) - np.log(chance / (1 - chance))
    # near 0 and 1 the last digit of a probability moves its odds
    near = 1 / found + 1 / (1 - found) + 1 / chance + 1 / (1 - chance)
    unsure = 1e-9 + 2 * np.finfo(float).eps * near
    assert (np.abs(moved - moved[0]) <= unsure + unsure[0]).all()


@given(arrays(float, (20, 3), elements=st.floats(0, 1)))
def test_any_component_is_at_least_as_likely_as_each_and_at_most_as_all(chances):
    nested, independent = (any_of(chances, how) for how in ("nested", "independent"))
    assert (nested >= chances.max(axis=1)).all()
    assert (independent >= nested - 1e-12).all()
    assert (independent <= np.minimum(1, chances.sum(axis=1)) + 1e-12).all()


def _drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(60), rng.standard_normal((60, 2)), rng.random(60) < 0.4])
    y = (rng.random(60) < probabilities_of(x @ [-0.3, 0.8, -0.5, 0.6])).astype(float)
    return y, x, rng.gamma(3.0, 1.0, 60)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_a_fitted_model_predicts_as_many_as_there_are(seed):
    """The gradient is 0: also within each class and over each number."""
    y, x, w = _drawn(seed)
    assume(separating_direction(y, x) is None)
    chance = probabilities_of(x @ logistic_regression(y, x, w).coefficients)
    assert x.T @ (w * (chance - y)) == pytest.approx(np.zeros(4), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.floats(1e-3, 1e3))
def test_the_unit_of_a_predictor_and_of_the_weights_is_of_no_matter(seed, unit):
    y, x, w = _drawn(seed)
    assume(separating_direction(y, x) is None)
    one = logistic_regression(y, x, w)
    other = logistic_regression(y, x * [1, unit, 1, 1], w * unit)
    assert other.coefficients * [1, unit, 1, 1] == pytest.approx(one.coefficients, abs=1e-6)
    assert other.log_likelihood == pytest.approx(unit * one.log_likelihood, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_what_separates_is_found(seed):
    """A direction is drawn; those on one side have the outcome, those on it have either."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(40), rng.integers(-3, 4, (40, 2))]).astype(float)
    side = x @ [0.0, 1.0, -1.0]
    y = np.where(side == 0, rng.random(40) < 0.5, side > 0).astype(float)
    direction = separating_direction(y, x)
    assert direction is not None
    assert ((2 * y - 1) * (x @ direction) >= -1e-6).all()


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_nothing_separates_where_every_kind_has_both_outcomes(seed):
    rng = np.random.default_rng(seed)
    kinds = np.column_stack([np.ones(30), rng.standard_normal((30, 3))])
    both = np.concatenate([np.ones(30), np.zeros(30)])
    assert separating_direction(both, np.vstack([kinds, kinds])) is None


@given(CHANCES, SEEDS)
def test_calibration_loses_no_dwelling(chance, seed):
    rng = np.random.default_rng(seed)
    y, w = (rng.random(len(chance)) < chance).astype(float), rng.random(len(chance)) + 0.1
    table = calibration(y, chance, w)
    assert table.units.sum() == len(chance)
    assert table.expected.sum() == pytest.approx(w @ chance)
    assert table.observed.sum() == pytest.approx(w @ y)
    assert (np.diff(table.expected / table.weight) >= -1e-9).all()


@given(CHANCES, SEEDS)
def test_the_area_under_the_curve_only_knows_the_order(chance, seed):
    y = (np.random.default_rng(seed).random(len(chance)) < 0.5).astype(float)
    assume(0 < y.sum() < len(y))
    found = area_under_curve(y, chance)
    assert found == area_under_curve(y, chance * 2)
    assert found + area_under_curve(1 - y, chance) == pytest.approx(1)


PEOPLE = arrays(float, (4, 6), elements=st.floats(1, 1e4))
SHARES = arrays(float, 6, elements=st.floats(0, 1))
ANSWERS = arrays(float, 6, elements=st.floats(1, 1e4))


@given(PEOPLE, SHARES, ANSWERS)
def test_allocation_keeps_the_share_of_all_people_and_the_bounds(people, share, answers):
    found = allocate(people, share, answers)
    total = people.sum(axis=1) @ found.share
    assert total == pytest.approx(people.sum(axis=0) @ share)
    assert (found.share >= share.min() - 1e-9).all()
    assert (found.share <= share.max() + 1e-9).all()
    assert (found.answers <= answers.sum() * (1 + 1e-9)).all()
    assert (found.answers >= answers.min() * (1 - 1e-9)).all()


@given(arrays(float, 20, elements=st.floats(0.01, 100)))
def test_weights_never_make_answers_more(weights):
    found = effective_answers([weights.sum()], [(weights**2).sum()])[0]
    assert 1 - 1e-9 <= found <= 20 + 1e-9


@given(SHARES, ANSWERS, SHARES, ANSWERS)
def test_pooled_and_averaged_estimates_lie_between(first, of_first, second, of_second):
    estimates = [Estimate(first, of_first), Estimate(second, of_second)]
    low, high = np.minimum(first, second), np.maximum(first, second)
    for found in (pool(estimates), average(estimates)):
        assert (found.share >= low - 1e-9).all()
        assert (found.share <= high + 1e-9).all()
        assert (found.answers <= (of_first + of_second) * (1 + 1e-9)).all()


@given(SEEDS, st.floats(0.1, 10))
def test_the_prescription_index_has_mean_0_and_no_unit(seed, unit):
    shares = np.random.default_rng(seed).random((30, 4))
    found = prescription_index(shares)
    assert found.mean() == pytest.approx(0, abs=1e-9)
    assert prescription_index(shares * unit + 3) == pytest.approx(found, abs=1e-9)
