"""Indirect standardisation and its limits against other libraries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import chi2, poisson

from hyperlocal.methods.rates import average_rate
from hyperlocal.methods.standardisation import (
    byar_limits,
    standardise_indirectly,
    weighted_limits,
    years_lost,
)

GROUPS, AREAS = 36, 500


@pytest.fixture(scope="module")
def tables():
    """Events and people by group and area, of areas of very different ages."""
    rng = np.random.default_rng(11)
    people = rng.gamma(2.0, 20.0, (GROUPS, AREAS)).round()
    rates = 0.001 * np.exp(0.12 * np.arange(GROUPS))
    need = np.exp(0.3 * rng.standard_normal(AREAS))
    return rng.poisson(people * rates[:, None] * need).astype(float), people


def test_expected_counts_against_pandas(tables):
    """The same from a long table: group by age and sex, merge the rates, group by area."""
    events, people = tables
    long = pd.DataFrame(
        {
            "group": np.repeat(np.arange(GROUPS), AREAS),
            "area": np.tile(np.arange(AREAS), GROUPS),
            "events": events.ravel(),
            "people": people.ravel(),
        }
    )
    national = long.groupby("group")[["events", "people"]].sum()
    long = long.merge((national["events"] / national["people"]).rename("rate"), on="group")
    long["expected"] = long["people"] * long["rate"]
    by_area = long.groupby("area")[["events", "expected"]].sum()
    found = standardise_indirectly(events, people)
    np.testing.assert_allclose(found.expected, by_area["expected"], rtol=1e-12)
    ratio = by_area["events"] / by_area["expected"]
    np.testing.assert_allclose(found.ratio, ratio, rtol=1e-12)
    crude = long["events"].sum() / long["people"].sum()
    np.testing.assert_allclose(found.rate, ratio * crude, rtol=1e-12)


def test_ratios_are_those_of_a_poisson_model_with_an_offset(tables):
    """Groups within areas: e to the effect of the area, and √O/E as the delta method has it."""
    events, people = tables
    found, areas = standardise_indirectly(events, people), [3, 77, 400]
    expected = (people * found.rates[:, None])[:, areas]
    there = expected > 0
    model = sm.GLM(
        events[:, areas][there],
        np.broadcast_to(np.eye(3), (GROUPS, 3, 3))[there],
        family=sm.families.Poisson(),
        offset=np.log(expected[there]),
    )
    fit = model.fit(tol=1e-14)
    np.testing.assert_allclose(np.exp(fit.params), found.ratio[areas], rtol=1e-9)
    errors = fit.bse * np.exp(fit.params)
    np.testing.assert_allclose(errors, found.standard_error[areas], rtol=1e-7)


@pytest.mark.parametrize(("level", "close"), [(0.9, 0.005), (0.95, 0.005), (0.99, 0.02)])
def test_byar_is_near_the_exact_limits_of_a_poisson_count(level, close):
    """Exact limits by chi-square (Garwood 1936); scipy's own interval function agrees."""
    count = np.arange(10, 2_000, 7).astype(float)
    tail = (1 - level) / 2
    exact = chi2.ppf(tail, 2 * count) / 2, chi2.ppf(1 - tail, 2 * count + 2) / 2
    for own, other in zip(byar_limits(count, level), exact, strict=True):
        np.testing.assert_allclose(own, other, rtol=close)
    upper = byar_limits([25.0], level)[1][0]
    assert poisson.cdf(25, upper) == pytest.approx(tail, rel=0.02)


def test_published_limits_of_byar():
    """Of 4 and of 100 observed: 1.08 to 10.24, and 81.4 to 121.6, as tables of SMRs have them."""
    lower, upper = byar_limits([4.0, 100.0])
    assert lower.round(2).tolist() == [1.08, 81.36]
    assert upper.round(2).tolist() == [10.24, 121.63]


def test_limits_of_a_weighted_sum_hold_it_as_often_as_they_say():
    """Years of life lost, drawn 4,000 times: 95% limits hold the true number in 94 to 96.5%."""
    rng = np.random.default_rng(5)
    weights = years_lost(np.arange(0, 75, 5), np.arange(4, 75, 5))
    true = np.linspace(0.3, 9, 15)
    deaths = rng.poisson(true[:, None], (15, 4_000)).astype(float)
    lower, upper = weighted_limits(weights @ deaths, weights**2 @ deaths, deaths.sum(axis=0))
    held = (lower <= weights @ true) & (weights @ true <= upper)
    assert 0.94 < held.mean() < 0.965


def test_averages_of_years_against_pandas():
    rng = np.random.default_rng(1)
    people = rng.integers(50, 400, (3, 40))
    counted = rng.binomial(people, 0.2)
    expected = (pd.DataFrame(counted) / pd.DataFrame(people)).mean()
    np.testing.assert_allclose(average_rate(counted, people), expected, rtol=1e-14)
