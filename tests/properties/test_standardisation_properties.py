"""What holds of standardised ratios and rates whatever the numbers are."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hyperlocal.methods.rates import average_rate, coverage_scale
from hyperlocal.methods.standardisation import (
    byar_limits,
    standardise_indirectly,
    weighted_limits,
)

SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 8))
COUNTS = st.integers(0, 500)


@st.composite
def tables(draw):
    """Events and people by group and area; in every group there is somebody."""
    shape = draw(SHAPES)
    people = draw(arrays(np.int64, shape, elements=st.integers(1, 5_000))).astype(float)
    return draw(arrays(np.int64, shape, elements=COUNTS)).astype(float), people


@given(tables())
def test_the_national_ratio_is_one(table):
    """As many are expected as are observed, over all areas together."""
    found = standardise_indirectly(*table)
    np.testing.assert_allclose(found.expected.sum(), found.observed.sum(), rtol=1e-12, atol=1e-12)


@given(tables(), st.floats(0.1, 50))
def test_the_ratio_does_not_depend_on_how_many_years_are_pooled(table, years):
    events, people = table
    once, more = (
        standardise_indirectly(events, people),
        standardise_indirectly(events * years, people),
    )
    np.testing.assert_allclose(more.ratio, once.ratio, rtol=1e-9)
    np.testing.assert_allclose(more.rate, once.rate * years, rtol=1e-9)


@given(tables())
def test_splitting_a_group_into_two_alike_changes_nothing(table):
    events, people = table
    halves = [np.repeat(part, 2, axis=0) / 2 for part in (events, people)]
    one, two = standardise_indirectly(events, people), standardise_indirectly(*halves)
    np.testing.assert_allclose(two.ratio, one.ratio, rtol=1e-9)


@given(tables(), st.randoms(use_true_random=False))
def test_order_of_groups_does_not_matter(table, random):
    events, people = table
    order = list(range(len(events)))
    random.shuffle(order)
    one = standardise_indirectly(events, people)
    other = standardise_indirectly(events[order], people[order])
    np.testing.assert_allclose(other.ratio, one.ratio, rtol=1e-9)


@given(tables())
def test_areas_of_the_same_ages_have_ratios_in_proportion_to_their_crude_rates(table):
    """Where all areas have the same people, standardising changes nothing but the scale."""
    events, people = table
    alike = np.repeat(people[:, :1], events.shape[1], axis=1)
    found = standardise_indirectly(events, alike)
    assume(found.observed.any())
    np.testing.assert_allclose(
        found.ratio * found.observed.mean(), found.observed, rtol=1e-9, atol=1e-9
    )


@given(arrays(np.float64, 5, elements=st.floats(0, 1e6)), st.floats(0.5, 0.999))
def test_limits_hold_the_count_and_widen_with_confidence(counts, level):
    lower, upper = byar_limits(counts, level)
    wider = byar_limits(counts, (1 + level) / 2)
    assert (lower <= counts).all()
    assert (counts <= upper).all()
    assert (wider[0] <= lower).all()
    assert (wider[1] >= upper).all()


@given(arrays(np.int64, 5, elements=COUNTS), st.floats(0.5, 80))
def test_limits_of_events_that_count_alike_are_those_of_byar(counts, weight):
    counts = counts.astype(float)
    own = weighted_limits(weight * counts, weight**2 * counts, counts)
    for found, limit in zip(own, byar_limits(counts), strict=True):
        known = counts > 0
        np.testing.assert_allclose(found[known], weight * limit[known], rtol=1e-9, atol=1e-9)


@given(
    arrays(np.float64, 6, elements=st.floats(1, 5_000)),
    arrays(np.float64, 6, elements=st.floats(0, 0.9)),
    st.floats(0, 500),
)
def test_scaling_never_lowers_and_leaves_areas_below_the_threshold(residents, share, above):
    lost = residents * share
    scale = coverage_scale(residents, lost, above)
    assert (scale >= 1).all()
    assert (scale[lost <= above] == 1).all()
    np.testing.assert_allclose((scale * (residents - lost))[lost > above], residents[lost > above])


@given(tables())
def test_an_average_of_years_lies_between_them(table):
    events, people = table
    rates = events / people
    found = average_rate(events, people)
    close = 1e-12 * (1 + rates.max(axis=0))
    assert (found >= rates.min(axis=0) - close).all()
    assert (found <= rates.max(axis=0) + close).all()
