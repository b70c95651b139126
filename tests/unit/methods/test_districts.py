"""Formulas of district summaries: worked by hand, and against plain sums area by area."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperlocal.methods import deciles, most_deprived, percentiles
from hyperlocal.methods.districts import ExtentWeights, local_concentration, weighted_average


def test_extent_weights_are_those_of_the_english_indices():
    """From 0.95 in the eleventh percentile down to 0.05 in the thirtieth, by equal steps."""
    weights = ExtentWeights().of(np.arange(1, 101))
    assert weights[:10].tolist() == [1.0] * 10
    np.testing.assert_allclose(weights[10:30], np.linspace(0.95, 0.05, 20))
    assert weights[30:].tolist() == [0.0] * 70


def test_local_concentration_by_hand():
    """Of 1,000 people 100 are wanted: 30 of rank 40, 50 of rank 30, and 20 of 400 of rank 20."""
    rank, people = [20, 40, 30, 10], [400, 30, 50, 520]
    group = np.zeros(4, dtype=np.intp)
    by_hand = (30 * 40 + 50 * 30 + 20 * 20) / 100
    assert local_concentration(rank, people, group, 1).tolist() == [by_hand]


def test_local_concentration_of_one_large_area_is_its_rank():
    assert local_concentration([7, 3], [900, 100], np.zeros(2, dtype=np.intp), 1).tolist() == [7.0]


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 500), st.integers(0, 900)),
        min_size=1,
        max_size=40,
    ),
    st.floats(0.05, 1.0),
)
def test_local_concentration_against_a_loop(rows, share):
    group, rank, people = (np.array(column) for column in zip(*rows, strict=True))
    found = local_concentration(rank, people, group, 4, share)
    for place in range(4):
        mine = sorted(((r, p) for g, r, p in rows if g == place), key=lambda one: -one[0])
        wanted = left = share * sum(p for _, p in mine)
        if not wanted:
            assert np.isnan(found[place])
            continue
        total = 0.0
        for r, p in mine:
            taken = min(p, left)
            total += taken * r
            left -= taken
        assert found[place] == pytest.approx(total / wanted, rel=1e-9)
    average = weighted_average(rank, people, group, 4)
    whole = local_concentration(rank, people, group, 4, 1.0)
    np.testing.assert_allclose(whole, average, rtol=1e-9)
    assert (~(found < average * (1 - 1e-9))).all()  # the worst areas are not better than all


@pytest.mark.parametrize("rule", ["ceil(10*rank/N)", "floor(10*(rank-1)/N)+1"])
@pytest.mark.parametrize("number", [10, 99, 1909, 33755])
def test_the_most_deprived_tenth_is_the_first_decile(rule, number):
    ranks = np.arange(1, number + 1)
    first = deciles(ranks, number, rule) == 1
    np.testing.assert_array_equal(most_deprived(ranks, number, Fraction(1, 10), rule), first)
    half = np.concatenate([ranks[:-1] + 0.5, [1.0]])
    first = deciles(half, number, rule) == 1
    np.testing.assert_array_equal(most_deprived(half, number, Fraction(1, 10), rule), first)


def test_near_equal_percentiles_of_wales():
    """1,909 areas: nine groups of 20, then 91 of 19."""
    group = percentiles(np.arange(1, 1910), 1909, "near_equal")
    sizes = np.bincount(group.astype(int))[1:]
    assert sizes.tolist() == [20] * 9 + [19] * 91
    assert (np.diff(group) >= 0).all()


@pytest.mark.parametrize("rule", ["ceil(100*rank/N)", "floor(100*(rank-1)/N)+1", "near_equal"])
@pytest.mark.parametrize("number", [100, 137, 410, 1909])
def test_percentiles_are_a_hundred_groups_that_differ_by_one(rule, number):
    sizes = np.bincount(percentiles(np.arange(1, number + 1), number, rule).astype(int))[1:]
    assert len(sizes) == 100
    assert sizes.max() - sizes.min() <= 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: percentiles([1], 99), "at least 100"),
        (lambda: percentiles([1], 200, "equal"), "rule must be one of"),
        (lambda: most_deprived([1], 10, Fraction(0)), "above 0 and at most 1"),
        (lambda: local_concentration([1], [1], np.array([0]), 1, 0.0), "above 0"),
        (lambda: weighted_average([1.0], [-1.0], np.array([0]), 1), "weight is negative"),
        (lambda: weighted_average([np.nan], [1.0], np.array([0]), 1), "value is missing"),
        (lambda: weighted_average([1.0], [1.0, 2.0], np.array([0]), 1), "1 values, 2 weights"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
