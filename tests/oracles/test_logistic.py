"""Logistic regression and what is told of it, against statsmodels, scikit-learn and scipy."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import zscore
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from hyperlocal.methods.benchmarking import benchmark_probabilities
from hyperlocal.methods.logistic import logistic_regression, probabilities_of
from hyperlocal.methods.prediction import area_under_curve, calibration
from hyperlocal.methods.prescribing import prescription_index

pytestmark = pytest.mark.oracle


@pytest.fixture(scope="module", params=[1, 2, 3])
def survey(request):
    """Surveyed dwellings: outcomes, predictors of very different size, and weights."""
    rng = np.random.default_rng(request.param)
    number = 2_000
    area, old, rented = rng.normal(9e4, 2e4, number), rng.random(number), rng.random(number) < 0.3
    x = np.column_stack([np.ones(number), area, old, rented * 1e-4, old * rented])
    y = (rng.random(number) < expit(-4 + area / 4e4 + 2 * old - 0.7 * rented)).astype(float)
    return y, x, rng.gamma(2.0, 1.5, number)


@pytest.mark.parametrize("weighted", [False, True])
def test_coefficients_errors_and_likelihood_are_those_of_statsmodels(survey, weighted):
    y, x, w = survey
    weights = w if weighted else np.ones(len(y))
    fit = logistic_regression(y, x, weights)
    found = sm.GLM(y, x, family=sm.families.Binomial(), freq_weights=weights).fit(tol=1e-14)
    null = sm.GLM(y, x[:, :1], family=sm.families.Binomial(), freq_weights=weights).fit(tol=1e-14)
    assert fit.coefficients == pytest.approx(found.params, rel=1e-6)
    assert fit.standard_errors == pytest.approx(found.bse, rel=1e-6)
    assert fit.log_likelihood == pytest.approx(found.llf, rel=1e-9)
    assert fit.deviance == pytest.approx(found.deviance, rel=1e-9)
    assert fit.null_log_likelihood == pytest.approx(null.llf, rel=1e-9)
    if not weighted:
        size = np.abs(x).max(axis=0)  # without which statsmodels does not converge here
        other = sm.Logit(y, x / size).fit(disp=False, method="newton", tol=1e-12)
        assert fit.coefficients == pytest.approx(other.params / size, rel=1e-6)
        assert fit.standard_errors == pytest.approx(other.bse / size, rel=1e-6)


def test_probabilities_are_those_of_scikit_learn(survey):
    y, x, w = survey
    scaled = x[:, 1:] / x[:, 1:].std(axis=0)
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=5_000)
    other = model.fit(scaled, y, sample_weight=w).predict_proba(scaled)[:, 1]
    own = probabilities_of(x @ logistic_regression(y, x, w).coefficients)
    assert own == pytest.approx(other, abs=1e-5)


@pytest.mark.parametrize("weighted", [False, True])
def test_area_under_the_curve_is_that_of_scikit_learn(survey, weighted):
    y, x, w = survey
    chance = np.round(x[:, 2], 2)  # with many ties
    weights = w if weighted else None
    expected = roc_auc_score(y, chance, sample_weight=weights)
    assert area_under_curve(y, chance, weights) == pytest.approx(expected, abs=1e-12)


def test_hosmer_and_lemeshow(survey):
    """Written out group by group."""
    y, x, _ = survey
    chance = probabilities_of(x @ logistic_regression(y, x).coefficients)
    table = calibration(y, chance)
    expected = 0.0
    for rows in np.array_split(np.argsort(chance, kind="stable"), 10):
        mean = chance[rows].mean()
        expected += (y[rows].sum() - chance[rows].sum()) ** 2 / (len(rows) * mean * (1 - mean))
    assert table.hosmer_lemeshow == pytest.approx(expected)


def test_the_benchmark_is_the_root_that_scipy_finds():
    chance = np.random.default_rng(5).beta(1, 6, 10_000)
    move = brentq(lambda d: expit(logit(chance) + d).sum() - 2_500, -10, 10, xtol=1e-14)
    found = benchmark_probabilities(chance, 2_500)
    assert found == pytest.approx(expit(logit(chance) + move), abs=1e-12)


def test_the_prescription_index_is_a_sum_of_scipys_scores():
    shares = np.random.default_rng(6).dirichlet(np.ones(5), 400)
    assert prescription_index(shares) == pytest.approx(zscore(shares, axis=0).sum(axis=1))
