"""What holds for all sites and points: order, moves, batches, and how distances go together."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hyperlocal.geography import Sites

places = st.tuples(st.integers(0, 3000), st.integers(0, 3000))
boxes = st.tuples(places, st.integers(1, 900), st.integers(1, 900))
metres = st.integers(0, 1500).map(float)


def made(corners):
    return np.array([shapely.box(x, y, x + wide, y + high) for (x, y), wide, high in corners])


def columns(points):
    return np.array(points, dtype=float).T.reshape(2, -1)


@settings(max_examples=60, deadline=None)
@given(st.lists(boxes, min_size=1, max_size=8), st.lists(places, min_size=1, max_size=30), metres)
def test_what_lies_within_is_what_is_no_further_away(corners, points, distance):
    sites, (x, y) = Sites(made(corners)), columns(points)
    near, away = sites.within(x, y, distance), sites.distances(x, y)
    clear = np.abs(away - distance) > 1e-6  # a last digit more or less decides nothing
    assert (near == (away <= distance))[clear].all()
    sizes = sites.sizes_within(x, y, distance)
    assert ((sizes > 0) == near).all()
    assert (sizes <= shapely.area(sites.shapes).sum() + 1e-6).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(boxes, min_size=2, max_size=8), st.lists(places, min_size=1, max_size=30), metres)
def test_more_sites_bring_nothing_further_away_and_sizes_add_up(corners, points, distance):
    (x, y), shapes = columns(points), made(corners)
    whole, first, rest = Sites(shapes), Sites(shapes[:1]), Sites(shapes[1:])
    nearest = np.minimum(first.distances(x, y), rest.distances(x, y))
    assert (whole.distances(x, y) == nearest).all()
    either = first.within(x, y, distance) | rest.within(x, y, distance)
    assert (whole.within(x, y, distance) == either).all()
    parts = first.sizes_within(x, y, distance) + rest.sizes_within(x, y, distance)
    np.testing.assert_allclose(whole.sizes_within(x, y, distance), parts, rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(boxes, min_size=1, max_size=8),
    st.lists(places, min_size=1, max_size=30),
    metres,
    st.integers(1, 40),
)
def test_neither_order_nor_place_nor_batches_change_anything(corners, points, distance, cut):
    (x, y), shapes = columns(points), made(corners)
    sites = Sites(shapes)
    again = Sites(shapely.transform(shapes[::-1], lambda at: at + np.array([1024.0, 4096.0])))
    for measure, other in (
        (lambda x, y: sites.within(x, y, distance), lambda x, y: again.within(x, y, distance)),
        (sites.distances, again.distances),
    ):
        whole = measure(x, y)
        assert (other(x + 1024.0, y + 4096.0) == whole).all()
        parts = [measure(x[:cut], y[:cut]), measure(x[cut:], y[cut:])]
        assert (np.concatenate(parts) == whole).all()
