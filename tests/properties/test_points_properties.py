"""What holds of point scores whatever the pupils."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hyperlocal.methods.points import (
    best_of,
    pooled_standard_deviation,
    pupil_scores,
    years_alike,
)

POINTS = st.one_of(st.just(np.nan), st.floats(0, 60))
TABLES = hnp.arrays(float, st.tuples(st.integers(1, 8), st.integers(1, 5)), elements=POINTS)
YEARS = st.tuples(st.integers(1, 6), st.integers(1, 4))


@given(TABLES)
def test_a_score_lies_between_the_points_of_its_subjects(points) -> None:
    scores, best = pupil_scores(points), best_of(points)
    without = np.isnan(points).all(axis=1)
    np.testing.assert_array_equal(np.isnan(scores), without)
    np.testing.assert_array_equal(np.isnan(best), without)
    there = points[~without]
    assert (scores[~without] <= best[~without] + 1e-9).all()
    assert (scores[~without] >= np.nanmin(there, axis=1) - 1e-9).all()


@given(TABLES, st.randoms())
def test_the_order_of_subjects_does_not_matter(points, random) -> None:
    order = list(range(points.shape[1]))
    random.shuffle(order)
    for over in ("mean", "sum"):
        np.testing.assert_allclose(
            pupil_scores(points[:, order], over), pupil_scores(points, over), rtol=1e-12
        )


@given(st.data(), YEARS)
def test_years_of_the_same_size_or_mean_need_no_weighing(data, shape) -> None:
    size = data.draw(hnp.arrays(float, shape[0], elements=st.integers(1, 50)))[:, None]
    size = np.broadcast_to(size, shape)
    total = size * data.draw(hnp.arrays(float, shape, elements=st.floats(0, 60)))
    found, spread = years_alike(total, size)
    np.testing.assert_allclose(found, total.sum(axis=1), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(spread, 1)


@given(st.data(), YEARS)
def test_the_mean_of_years_lies_between_them_and_is_less_sure(data, shape) -> None:
    size = data.draw(hnp.arrays(float, shape, elements=st.integers(0, 50)))
    mean = data.draw(hnp.arrays(float, shape, elements=st.floats(0, 60)))
    found, spread = years_alike(size * mean, size)
    assert (spread >= 1 - 1e-12).all()
    there = size.sum(axis=1) > 0
    averaged = found[there] / size.sum(axis=1)[there]
    known = np.where(size > 0, mean, np.nan)[there]
    assert (averaged <= np.nanmax(known, axis=1, initial=0) + 1e-9).all()
    assert (averaged >= np.nanmin(known, axis=1, initial=60) - 1e-9).all()


@given(
    hnp.arrays(float, st.integers(2, 40), elements=st.floats(0, 60)), st.floats(-20, 20), st.data()
)
def test_the_deviation_moves_with_no_level(scores, level, data) -> None:
    area = data.draw(hnp.arrays(int, len(scores), elements=st.integers(0, 4)))

    def deviation(of):
        sums = (np.bincount(area, weights, 5) for weights in (of, of**2, np.ones(len(of))))
        return pooled_standard_deviation(*sums)

    own = deviation(scores)
    apart = np.array([level * (place + 1) for place in range(5)])[area]
    np.testing.assert_allclose(deviation(scores + apart), own, rtol=1e-6, atol=1e-4)
    np.testing.assert_allclose(deviation(2 * scores), 2 * own, rtol=1e-6, atol=1e-4)
