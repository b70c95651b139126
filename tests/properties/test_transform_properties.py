import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyperlocal.methods import (
    exponential_transform,
    normal_scores,
    normal_scores_of_ranks,
    rank_areas,
    rank_fraction,
    z_scores,
)

relaxed = settings(deadline=None)
formulas = st.sampled_from(["r/(n+1)", "(r-1/2)/n", "(r-3/8)/(n+1/4)"])
values = st.lists(
    st.one_of(st.integers(-1000, 1000).map(float), st.just(float("nan"))), min_size=1, max_size=60
)


@relaxed
@given(values, formulas, st.sampled_from(["average", "minimum"]))
def test_normal_scores_depend_on_the_order_alone(
    value: list[float], formula: str, ties: str
) -> None:
    array = np.array(value)
    scores = normal_scores(array, formula, ties)  # type: ignore[arg-type]
    np.testing.assert_array_equal(
        normal_scores(np.exp(array / 100), formula, ties),  # type: ignore[arg-type]
        scores,
    )
    np.testing.assert_array_equal(rank_areas(scores), rank_areas(array))


@relaxed
@given(st.integers(1, 3000), formulas)
def test_normal_scores_without_ties_are_antisymmetric_to_the_last_bit(
    number: int, formula: str
) -> None:
    scores = normal_scores(np.arange(number), formula)  # type: ignore[arg-type]
    np.testing.assert_array_equal(scores, -scores[::-1])
    assert (np.diff(scores) > 0).all()


@relaxed
@given(values, formulas)
def test_normal_scores_of_the_ranks_are_those_of_the_values(
    value: list[float], formula: str
) -> None:
    number = int(np.count_nonzero(~np.isnan(value)))
    if number:
        np.testing.assert_array_equal(
            normal_scores_of_ranks(rank_areas(value, "average"), number, formula),  # type: ignore[arg-type]
            normal_scores(value, formula),  # type: ignore[arg-type]
        )


@relaxed
@given(
    st.lists(st.integers(-1000, 1000), min_size=2, max_size=60).filter(lambda x: len(set(x)) > 1),
    st.floats(0.01, 100),
    st.floats(-100, 100),
)
def test_z_scores_are_standardised_and_have_no_unit(
    value: list[int], unit: float, origin: float
) -> None:
    scores = z_scores(value)
    assert scores.mean() == pytest.approx(0, abs=1e-12)
    assert scores.std() == pytest.approx(1)
    np.testing.assert_allclose(z_scores(unit * np.array(value) + origin), scores, atol=1e-8)


@relaxed
@given(st.integers(2, 40_000), st.floats(5, 500), st.sampled_from([np.float32, np.float64]))
def test_exponential_rises_from_nothing_to_a_hundred(
    number: int, constant: float, precision: type
) -> None:
    rank = np.arange(number, 0, -1).astype(precision)
    score = exponential_transform(rank_fraction(rank, number), constant)
    assert score.dtype == precision
    assert score[0] >= 0
    assert score[-1] == 100
    assert (np.diff(score) >= 0).all()
    if precision is np.float64:
        assert (np.diff(score) > 0).all()


@relaxed
@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.floats(5, 500))
def test_exponential_can_be_undone(fraction: list[float], constant: float) -> None:
    score = exponential_transform(fraction, constant)
    back = np.expm1(-score / constant) / np.expm1(-100 / constant)
    np.testing.assert_allclose(back, fraction, atol=1e-12)
