"""Estimates from survey cells, against statsmodels and against drawing the survey again."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.weightstats import DescrStatsW

from hyperlocal.methods.allocation import allocate, effective_answers

pytestmark = pytest.mark.oracle


def test_the_sampling_variance_is_that_of_surveys_drawn_again():
    """Where cells are alike, share (1 - share) / answers is how much estimates scatter."""
    rng = np.random.default_rng(7)
    people = np.array([[300.0, 100.0, 0.0], [50.0, 50.0, 400.0]])
    answers, share = np.array([40.0, 25.0, 80.0]), 0.3
    drawn = rng.binomial(answers.astype(int), share, (40_000, 3)) / answers
    scatter = (drawn @ (people / people.sum(axis=1, keepdims=True)).T).var(axis=0)
    found = allocate(people, np.full(3, share), answers)
    assert share * (1 - share) / found.answers == pytest.approx(scatter, rel=0.03)


def test_the_mean_is_a_weighted_mean_of_statsmodels():
    rng = np.random.default_rng(8)
    people, share = rng.random((5, 30)), rng.random(30)
    found = allocate(people, share, np.full(30, 10.0))
    for row, value in zip(people, found.share, strict=True):
        assert value == pytest.approx(DescrStatsW(share, row).mean)


def test_weights_scatter_estimates_as_kish_says():
    rng = np.random.default_rng(9)
    weights = rng.gamma(1.0, 1.0, 200)
    drawn = rng.random((40_000, 200)) < 0.3
    scatter = (drawn @ weights / weights.sum()).var()
    number = effective_answers([weights.sum()], [(weights**2).sum()])[0]
    assert 0.3 * 0.7 / number == pytest.approx(scatter, rel=0.03)
