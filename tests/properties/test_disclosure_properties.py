"""What must hold of any counts that are rounded and suppressed."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hyperlocal.methods.disclosure import disclose_rate, round_counts

relaxed = settings(deadline=None)
bases = st.integers(1, 50)
people = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda two: (min(two), max(two))),
    min_size=1,
    max_size=40,
)


@relaxed
@given(st.lists(st.integers(0, 10_000), min_size=1), bases)
def test_rounded_counts_are_near_multiples_in_the_same_order(counts: list[int], base: int) -> None:
    rounded = round_counts(counts, base)
    assert (rounded % base == 0).all()
    assert (np.abs(rounded - counts) <= base / 2).all()
    assert (np.diff(rounded[np.argsort(counts)]) >= 0).all()
    np.testing.assert_array_equal(round_counts(rounded, base), rounded)


@relaxed
@given(people, st.none() | bases, st.integers(2, 30))
def test_no_few_people_are_shown(counts: list[tuple[int, int]], base: int | None, few: int) -> None:
    numerator, denominator = np.array(counts, float).T
    shown = disclose_rate(
        numerator, denominator, "members", per=100, round_to=base, suppress_below=few
    )
    known = ~np.isnan(shown.value)
    for counted in (numerator, denominator, denominator - numerator):
        assert not (known & (counted > 0) & (counted < few)).any()
    assert ((shown.value[known] >= 0) & (shown.value[known] <= 100)).all()
    np.testing.assert_array_equal(np.isnan(shown.denominator), shown.denominator_hidden)
    np.testing.assert_array_equal(np.isnan(shown.numerator), shown.numerator_hidden)
    np.testing.assert_array_equal(shown.value_hidden, np.isnan(shown.value) & (denominator > 0))
    assert (shown.value_hidden | ~shown.numerator_hidden).all()  # no rate without its count


@relaxed
@given(people, bases, st.integers(2, 30))
def test_what_is_shown_depends_on_what_is_shown_alone(
    counts: list[tuple[int, int]], base: int, few: int
) -> None:
    """Where counts are shown, the rate is theirs and tells nothing more."""
    numerator, denominator = np.array(counts, float).T
    shown = disclose_rate(numerator, denominator, "members", round_to=base, suppress_below=few)
    known = ~np.isnan(shown.value)
    np.testing.assert_array_equal(
        shown.value[known], shown.numerator[known] / shown.denominator[known]
    )
