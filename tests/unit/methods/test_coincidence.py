"""Coincidence against chance: by hand, by counting every case, and against other libraries."""

from __future__ import annotations

from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, fisher_exact
from statsmodels.stats.multitest import multipletests

from hyperlocal.methods.coincidence import (
    expected_set_counts,
    false_discovery_rates,
    pair_coincidence,
    poisson_binomial,
    set_counts,
)

shares = st.lists(st.floats(0, 1), min_size=1, max_size=6)


def test_a_pair_by_hand():
    # 2 and 3 of 6 areas: in both are 0, 1 or 2 with probability 3/15, 9/15, 3/15
    found = pair_coincidence([2, 2, 2], [3, 3, 3], [0, 1, 2], 6)
    assert found.expected == pytest.approx([1, 1, 1])
    assert found.p == pytest.approx([6 / 15, 1, 6 / 15])


@given(st.data())
def test_tails_are_those_of_fisher(data):
    number = data.draw(st.integers(1, 60))
    first, second = data.draw(st.integers(0, number)), data.draw(st.integers(0, number))
    both = data.draw(st.integers(max(0, first + second - number), min(first, second)))
    table = [[both, first - both], [second - both, number - first - second + both]]
    tails = [fisher_exact(table, alternative=side).pvalue for side in ("greater", "less")]
    found = pair_coincidence([first], [second], [both], number)
    assert found.p[0] == pytest.approx(min(1, 2 * min(tails)), rel=1e-9)
    swapped = pair_coincidence([second], [first], [both], number)
    assert swapped.p[0] == pytest.approx(found.p[0], rel=1e-9)


def test_large_numbers_against_exact_integers():
    number, first, second, both = 33_755, 3_375, 3_375, 358
    ways = sum(comb(second, x) * comb(number - second, first - x) for x in range(both, both + 400))
    exact = 2 * (ways * 10**30 // comb(number, first)) / 10**30
    assert pair_coincidence([first], [second], [both], number).p[0] == pytest.approx(exact)


@pytest.mark.parametrize(
    ("first", "second", "both", "said"),
    [
        (-1, 2, 0, "first count"),
        (3, 12, 3, "second count"),
        (3, 4, 4, "count in both"),
        (9, 8, 6, "count in both"),
    ],
)
def test_counts_that_cannot_be(first, second, both, said):
    with pytest.raises(ValueError, match=said):
        pair_coincidence([first], [second], [both], 10)


def test_sets_against_counting():
    generator = np.random.default_rng(3)
    inside = generator.random((200, 5)) < [0.5, 0.3, 0.2, 0.4, 0.1]
    chosen = [one for size in (2, 3, 4, 5) for one in combinations(range(5), size)]
    sets = np.array([[domain in one for domain in range(5)] for one in chosen])
    found = set_counts(inside, sets)
    rows = [frozenset(np.flatnonzero(row)) for row in inside]
    assert found.at_least.tolist() == [sum(row >= set(one) for row in rows) for one in chosen]
    assert found.exactly.tolist() == [sum(row == set(one) for row in rows) for one in chosen]


@given(shares)
def test_numbers_of_successes_against_every_case(p):
    found = poisson_binomial(p)
    brute = np.zeros(len(p) + 1)
    for case in product((0, 1), repeat=len(p)):
        brute[sum(case)] += np.prod(np.where(case, p, 1 - np.array(p)))
    assert found == pytest.approx(brute, abs=1e-12)
    assert found.sum() == pytest.approx(1)
    assert found @ np.arange(len(p) + 1) == pytest.approx(sum(p))


def test_equal_shares_are_binomial():
    assert poisson_binomial([0.1] * 7) == pytest.approx(binom.pmf(np.arange(8), 7, 0.1))
    with pytest.raises(ValueError, match="not between 0 and 1"):
        poisson_binomial([0.1, 1.1])


@given(shares)
def test_expected_sets_add_up_to_the_expected_numbers(p):
    sets = np.array(list(product((False, True), repeat=len(p))))
    at_least, exactly = expected_set_counts(p, sets, 1000)
    assert exactly.sum() == pytest.approx(1000)
    of_size = np.bincount(sets.sum(axis=1), weights=exactly, minlength=len(p) + 1)
    assert of_size == pytest.approx(1000 * poisson_binomial(p), abs=1e-9)
    assert (at_least >= exactly - 1e-9).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_discovery_rates_are_those_of_statsmodels(p):
    adjusted = multipletests(p, method="fdr_bh")[1]
    assert false_discovery_rates(p) == pytest.approx(adjusted, abs=1e-12)
    with_gaps = false_discovery_rates([np.nan, *p, np.nan])
    assert with_gaps[1:-1] == pytest.approx(adjusted, abs=1e-12)
    assert np.isnan(with_gaps[[0, -1]]).all()


def test_no_tests_and_no_p_values():
    assert np.isnan(false_discovery_rates([np.nan, np.nan])).all()
    with pytest.raises(ValueError, match="p-value"):
        false_discovery_rates([0.1, 1.2])
