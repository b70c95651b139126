"""What holds for times of travel whatever the minutes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hyperlocal.indicators.parts.keys import Keys
from hyperlocal.indicators.travel_time import ShortestTimes
from hyperlocal.methods.travel import return_minutes, share_by_car, weighted_minutes

minutes = st.floats(0, 500).map(lambda value: round(value, 3))
journeys = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda ways: st.tuples(
        arrays(float, (5, sum(ways)), elements=minutes),
        st.just([False] * ways[0] + [True] * ways[1]),
    )
)


@given(journeys, st.floats(1, 200), st.floats(1, 200))
def test_a_longest_time_bounds_the_return_and_a_longer_one_never_shortens_it(given_, one, other):
    times, homeward = given_
    lower, higher = sorted((one, other))
    at_lower, at_higher = (return_minutes(times, homeward, most) for most in (lower, higher))
    assert (at_lower <= at_higher + 1e-9).all()
    assert (at_higher <= 2 * higher + 1e-9).all()
    assert (at_higher <= return_minutes(times, homeward) + 1e-9).all()


@given(journeys)
def test_there_and_back_can_be_exchanged_and_one_way_is_doubled(given_):
    times, homeward = given_
    other_way = [not home for home in homeward]
    assert return_minutes(times, homeward) == pytest.approx(return_minutes(times, other_way))
    assert return_minutes(times) == pytest.approx(2 * times.mean(axis=1))


@given(arrays(float, (3, 6), elements=st.floats(0, 1000).map(lambda value: round(value, 3))))
def test_the_weighted_time_lies_between_public_and_private(numbers):
    public, private = numbers[0], numbers[1]
    share = share_by_car(numbers[2], numbers[2] + 1)
    found = weighted_minutes(public, private, share)
    assert (found >= np.minimum(public, private) - 1e-9).all()
    assert (found <= np.maximum(public, private) + 1e-9).all()


rows = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), minutes), min_size=1, max_size=30
)


@given(rows, st.integers(1, 7), st.randoms())
def test_the_shortest_times_do_not_depend_on_order_or_on_how_rows_are_parted(table, part, random):
    shuffled = list(table)
    random.shuffle(shuffled)
    one, other = (ShortestTimes(Keys(pl.Series(["a", "b", "c"])), {}) for _ in range(2))
    _add(one, table)
    for first in range(0, len(shuffled), part):
        _add(other, shuffled[first : first + part])
    assert one.by_journey.keys() == other.by_journey.keys()
    for journey, times in one.by_journey.items():
        assert np.array_equal(times, other.by_journey[journey])
        for place, origin in enumerate("abc"):
            own = [row[2] for row in table if (row[0], row[1]) == (origin, journey[1])]
            assert times[place] == min(own, default=np.inf)


def _add(times: ShortestTimes, table: list) -> None:
    origin, departure, took = (list(column) for column in zip(*table, strict=True))
    named = times.keys.positions(pl.Series(origin))
    frame = pl.DataFrame({"direction": ["to_service"] * len(table), "departure": departure})
    times.add(named, frame, np.array(took))
