"""Rounding and suppression: worked by hand, and against decimal arithmetic cell by cell."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

from hyperlocal.methods.disclosure import disclose_rate, round_counts, small_counts

NONE = np.nan


def test_rounding_against_decimal_arithmetic():
    for base in (1, 2, 3, 5, 10, 100):
        counts = np.arange(0, 500) / 2
        by_hand = [
            base * int((Decimal(str(one)) / base).quantize(Decimal(1), ROUND_HALF_UP))
            for one in counts
        ]
        assert round_counts(counts, base).tolist() == by_hand, base


def test_small_counts():
    counts = [0, 1e-12, 0.5, 1, 4, 4.999999999999, 5, 6, NONE]
    expected = [False, False, True, True, True, False, False, False, False]
    assert small_counts(counts, 5).tolist() == expected


def test_members_by_hand():
    """A row each: plain; few; none; few others; no others; few in all; nobody; unknown."""
    numerator = [12, 3, 0, 58, 60, 2, 0, NONE]
    denominator = [61, 80, 23, 60, 60, 4, 0, 30]
    shown = disclose_rate(numerator, denominator, "members", per=100, suppress_below=5)
    expected = [100 * 12 / 61, NONE, 0, NONE, 100, NONE, NONE, NONE]
    np.testing.assert_allclose(shown.value, expected)
    np.testing.assert_array_equal(shown.numerator, [12, NONE, 0, NONE, 60, NONE, 0, NONE])
    np.testing.assert_array_equal(shown.denominator, [61, 80, 23, 60, 60, NONE, 0, 30])
    assert shown.value_hidden.tolist() == [False, True, False, True, False, True, False, False]
    assert shown.numerator_hidden.tolist() == shown.value_hidden.tolist()
    assert shown.denominator_hidden.tolist() == [False] * 5 + [True, False, False]


def test_events_are_not_the_rest_of_anybody():
    shown = disclose_rate([58, 90, 4], [60, 60, 60], "events", suppress_below=5)
    np.testing.assert_allclose(shown.value, [58 / 60, 1.5, NONE])


def test_expected_counts_stay_as_they_are():
    shown = disclose_rate([12, 3, 0], [2.4, 7.1, 1.3], "expected", round_to=5, suppress_below=5)
    np.testing.assert_array_equal(shown.denominator, [2.4, 7.1, 1.3])
    np.testing.assert_allclose(shown.value, [10 / 2.4, NONE, 0])
    assert not shown.denominator_hidden.any()


def test_the_rate_is_that_of_rounded_counts():
    shown = disclose_rate([12, 13], [61, 63], "members", per=100, round_to=5)
    np.testing.assert_allclose(shown.value, [100 * 10 / 60, 100 * 15 / 65])


def test_a_denominator_that_is_rounded_to_nothing_hides_the_rate():
    shown = disclose_rate([1, 0], [2, 0], "members", round_to=5)
    assert shown.value_hidden.tolist() == [True, False]
    np.testing.assert_array_equal(shown.denominator, [0, 0])


def test_without_rules_nothing_changes():
    shown = disclose_rate([1, 3], [4, 7], "members", per=100)
    np.testing.assert_allclose(shown.value, [25, 300 / 7])
    assert not (shown.value_hidden | shown.numerator_hidden | shown.denominator_hidden).any()


def test_what_is_refused():
    with pytest.raises(ValueError, match="A count is negative in 1 of 2 places"):
        round_counts([1, -1], 5)
    with pytest.raises(ValueError, match="cannot be rounded to 0"):
        round_counts([1], 0)
    with pytest.raises(ValueError, match="differ in length: 2 and 1"):
        disclose_rate([1, 2], [3], "members")
    with pytest.raises(ValueError, match="A numerator is negative"):
        disclose_rate([-1], [3], "members")
    with pytest.raises(ValueError, match="A denominator is negative"):
        disclose_rate([1], [-3], "members")
