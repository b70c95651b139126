"""What holds for shared events and constrained counts, whatever the places and numbers."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hyperlocal.areas import Geography
from hyperlocal.geography import Boundaries, share_events
from hyperlocal.methods.constraining import constrain_to_totals, differing_totals

SQUARES = [shapely.box(x * 500, y * 500, (x + 1) * 500, (y + 1) * 500) for x, y in np.ndindex(4, 4)]
AREAS = Boundaries(
    Geography("lsoa", 2011),
    [f"a{number:02}" for number in range(16)],
    [shapely.transform(square, lambda corners: corners + 400_000) for square in SQUARES],
    "EPSG:27700",
)
# many on borders and corners, some of them outside
coordinates = st.one_of(st.integers(-2, 10).map(lambda n: n * 250.0), st.floats(-400, 2400))
places = st.integers(1, 30).flatmap(lambda n: arrays(float, (n, 3), elements=coordinates))
distances = st.sampled_from([0.0, 1.0, 100.0, 250.0, 600.0])


def shared(events: np.ndarray, metres: float):
    x, y, kind = events[:, 0] + 4e5, events[:, 1] + 4e5, (events[:, 2] > 500).astype(int)
    return share_events(x, y, AREAS, metres, kind, 2, workers=1), kind


@settings(deadline=None)  # threads start when they can
@given(places, distances)
def test_every_event_near_an_area_counts_once(events, metres):
    found, kind = shared(events, metres)
    near = np.bincount(kind[found.near > 0], minlength=2)
    assert np.allclose(found.totals.sum(axis=1), near, rtol=0, atol=1e-9)
    inside = (events[:, :2] >= 0).all(axis=1) & (events[:, :2] <= 2000).all(axis=1)
    assert (found.near[inside] > 0).all()


@settings(deadline=None)
@given(places, distances, st.randoms())
def test_neither_order_nor_parts_matter(events, metres, random):
    found, _ = shared(events, metres)
    order = list(range(len(events)))
    random.shuffle(order)
    cut = random.randint(0, len(order))
    parts = [shared(events[rows], metres)[0].totals for rows in (order[:cut], order[cut:])]
    together = (parts[0] + parts[1]).toarray()
    assert np.allclose(found.totals.toarray(), together, rtol=0, atol=1e-9)


@settings(deadline=None)
@given(places)
def test_further_is_near_more_areas(events):
    near = [shared(events, metres)[0].near for metres in (0.0, 100.0, 600.0)]
    assert (np.diff(near, axis=0) >= 0).all()


# areas in 3 partnerships of 2 forces
FORCE, PARTNERSHIP = np.array([0, 0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 2, 2, 2])
above_zero = st.floats(0.01, 1e6)
at_least_zero = st.one_of(st.just(0.0), above_zero)


@given(arrays(float, 7, elements=above_zero), arrays(float, 3, elements=at_least_zero))
def test_nested_totals_are_met_and_shares_within_the_smallest_stay(counts, totals):
    forces = np.array([totals[0] + totals[1], totals[2]])
    found = constrain_to_totals(counts, [FORCE, PARTNERSHIP], [forces, totals])
    assert found.rounds <= 1
    sums = np.bincount(PARTNERSHIP, found.counts), np.bincount(FORCE, found.counts)
    assert np.allclose(sums[0], totals, rtol=1e-9, atol=0)
    assert np.allclose(sums[1], forces, rtol=1e-9, atol=0)
    before = counts / np.bincount(PARTNERSHIP, counts)[PARTNERSHIP]
    assert np.allclose(found.counts, before * totals[PARTNERSHIP], rtol=1e-9, atol=0)
    factors = found.factors[0][FORCE] * found.factors[1][PARTNERSHIP]
    assert np.allclose(found.counts, counts * factors, rtol=1e-9, atol=1e-300)


@given(
    arrays(float, (3, 4), elements=st.floats(1, 100)),
    arrays(float, (3, 4), elements=st.floats(1, 100)),
)
def test_crossing_totals_are_met_and_ratios_of_ratios_stay(counts, others):
    """The totals are those of some other table, so that there are counts that meet them."""
    rows, columns = (label.ravel() for label in np.indices((3, 4)))
    totals = [others.sum(axis=1), others.sum(axis=0)]
    assert not differing_totals(counts.ravel(), [rows, columns], totals)
    found = constrain_to_totals(counts.ravel(), [rows, columns], totals).counts.reshape(3, 4)
    assert np.allclose(found.sum(axis=1), totals[0], rtol=1e-9, atol=0)
    assert np.allclose(found.sum(axis=0), totals[1], rtol=1e-9, atol=0)
    ratio = [table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]) for table in (counts, found)]
    assert ratio[0] == pytest.approx(ratio[1], rel=1e-6)


@given(arrays(float, 3, elements=st.floats(1, 1e6)), st.sampled_from([0, 1]))
def test_a_contradiction_is_found_in_its_force_alone(totals, wrong):
    forces = np.array([totals[0] + totals[1], totals[2]])
    forces[wrong] *= 1.001
    found = differing_totals(np.ones(7), [FORCE, PARTNERSHIP], [forces, totals])
    assert [one.first.tolist() for one in found] == [[wrong]]
