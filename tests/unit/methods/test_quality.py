import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyperlocal.methods import describe_values, rank_correlations

NAN = float("nan")
relaxed = settings(deadline=None)
whole = st.integers(-50, 50).map(float)
some_missing = st.one_of(whole, st.just(NAN))
tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(
        st.lists(some_missing, min_size=width, max_size=width), min_size=1, max_size=25
    ).map(np.array)
)


def test_by_hand() -> None:
    # 0 0 1 3 6: mean 2, deviations −2 −2 −1 1 4, squares 4 4 1 1 16 (26), cubes −8 −8 −1 1 64 (48),
    # fourth powers 16 16 1 1 256 (290); variance 26/5 = 5.2
    description = describe_values([0.0, 3.0, NAN, 0.0, 6.0, 1.0, math.inf])
    assert description["number"] == 5
    assert description["missing"] == 1
    assert description["infinite"] == 1
    assert description["zero_share"] == pytest.approx(2 / 5)
    assert description["at_minimum_share"] == pytest.approx(2 / 5)
    assert description["at_maximum_share"] == pytest.approx(1 / 5)
    assert description["distinct"] == 4
    assert description["minimum"] == 0
    assert description["maximum"] == 6
    assert description["mean"] == pytest.approx(2)
    assert description["standard_deviation"] == pytest.approx(math.sqrt(5.2))
    assert description["skewness"] == pytest.approx((48 / 5) / 5.2**1.5)
    assert description["excess_kurtosis"] == pytest.approx((290 / 5) / 5.2**2 - 3)


def test_upper_limit() -> None:
    description = describe_values([100.0, 100.0, 100.0, 50.0])
    assert description["at_maximum_share"] == 0.75
    assert description["at_minimum_share"] == 0.25
    assert description["zero_share"] == 0


def test_the_figures_are_plain_numbers() -> None:
    description = describe_values(np.array([1, 2, 4], np.float32))
    assert {type(value) for value in description.values()} == {int, float}
    assert json.loads(json.dumps(description)) == description


def test_equal_values_have_no_shape() -> None:
    description = describe_values([0.1] * 7)
    assert description["standard_deviation"] == 0
    assert description["mean"] == 0.1
    assert description["at_minimum_share"] == description["at_maximum_share"] == 1
    assert math.isnan(description["skewness"])
    assert math.isnan(description["excess_kurtosis"])


@pytest.mark.parametrize("values", [[], [NAN, NAN]])
def test_no_values(values: list[float]) -> None:
    description = describe_values(values)
    assert list(description) == list(describe_values([1.0, 2.0]))
    assert description["number"] == 0
    assert description["distinct"] == 0
    assert description["missing"] == len(values)
    assert math.isnan(description["mean"])
    assert math.isnan(description["zero_share"])


def test_refuses_a_table() -> None:
    with pytest.raises(ValueError, match="1 dimension"):
        describe_values([[1.0]])


@pytest.mark.parametrize("tied", [1, 3, 6, 7, 9])
def test_a_share_equals_the_number_that_it_is_written_as(tied: int) -> None:
    """So that a threshold of 0.3 is kept by 3 areas of 10."""
    highest = describe_values([100.0] * tied + list(range(10 - tied)))
    assert highest["at_maximum_share"] == float(f"0.{tied}")
    lowest = describe_values([-1.0] * tied + list(range(1, 11 - tied)))
    assert lowest["at_minimum_share"] == float(f"0.{tied}")


def test_quartiles_by_hand() -> None:
    # four values: the quartiles stand at places 1 + 0.25 x 3 = 1.75, 2.5 and 3.25
    description = describe_values([3.0, 0.0, NAN, 2.0, 1.0])
    assert description["lower_quartile"] == 0.75
    assert description["median"] == 1.5
    assert description["upper_quartile"] == 2.25


@pytest.mark.parametrize(("greatest", "outliers"), [(19.0, 0), (19.5, 1), (1e9, 1)])
def test_outliers_by_hand(greatest: float, outliers: int) -> None:
    # nine values: the quartiles are the third, 3, and the seventh, 7; the fences -9 and 19
    values = [0.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, greatest]
    assert describe_values(values)["outlier_share"] == outliers / 9
    assert describe_values([-value for value in values])["outlier_share"] == outliers / 9


def test_outliers_where_the_quartiles_are_equal() -> None:
    """The fences fall together: whatever differs stands apart."""
    assert describe_values([0.0] * 8 + [0.001, 5.0])["outlier_share"] == 0.2
    assert describe_values([0.1] * 7)["outlier_share"] == 0


def test_infinite_values_move_no_quartile() -> None:
    finite = describe_values([1.0, 2.0, 3.0, 4.0])
    assert describe_values([math.inf, 1.0, 2.0, 3.0, 4.0, -math.inf]) == {**finite, "infinite": 2}


def test_huge_values_are_described_without_overflow() -> None:
    small = [1.5, -1.5, 1.25, 1.5, 0.5, 1.0]
    huge = describe_values([value * 2.0**1023 for value in small])
    expected = describe_values(small)
    for name in ("lower_quartile", "median", "upper_quartile", "mean", "standard_deviation"):
        assert huge[name] == expected[name] * 2.0**1023
    for name in ("outlier_share", "skewness", "excess_kurtosis"):
        assert huge[name] == expected[name]


@relaxed
@given(st.lists(whole, min_size=1, max_size=40), st.integers(-9, 9), st.sampled_from([-4, 0.5, 8]))
def test_another_unit_makes_no_other_outliers(
    values: list[float], shift: int, factor: float
) -> None:
    # all of it is exact: whole numbers, quarters and powers of two
    changed = describe_values(np.array(values) * factor + shift)
    assert changed["outlier_share"] == describe_values(values)["outlier_share"]
    assert changed["distinct"] == describe_values(values)["distinct"]


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(5))
def test_outliers_against_pandas(seed: int) -> None:
    import pandas as pd

    generator = np.random.default_rng(seed)
    values = generator.standard_t(2, size=3001)
    values[generator.random(3001) < 0.1] = NAN
    described, column = describe_values(values), pd.Series(values)
    lower, middle, upper = column.quantile([0.25, 0.5, 0.75])
    ours = [described[name] for name in ("lower_quartile", "median", "upper_quartile")]
    assert ours == pytest.approx([lower, middle, upper], rel=1e-14)
    reach = 3 * (upper - lower)
    outside = ~column.dropna().between(lower - reach, upper + reach)
    assert outside.sum() > 10
    assert described["outlier_share"] == outside.sum() / outside.size


def test_rank_correlation_by_hand() -> None:
    # ranks 1 2 3 4 5 and 2 1 4 3 5: squared differences 1 1 1 1 0, so 1 - 6 x 4 / (5 x 24) = 0.8
    # ranks 1 2 3 4 5 and 1.5 1.5 3 4.5 4.5: deviations -2 -1 0 1 2 and -1.5 -1.5 0 1.5 1.5,
    # products 3 1.5 0 1.5 3 (9), squares 10 and 9, so 9 / sqrt(90)
    values = np.array(
        [
            [1.0, 20.0, -7.0],
            [2.0, 10.0, -7.0],
            [3.0, 40.0, 0.0],
            [40.0, 30.0, 9.0],
            [500.0, 50.0, 9.0],
        ]
    )
    correlations = rank_correlations(values)
    assert correlations[0, 1] == pytest.approx(0.8, rel=1e-15)
    assert correlations[0, 2] == pytest.approx(9 / math.sqrt(90), rel=1e-15)
    np.testing.assert_array_equal(np.diagonal(correlations), 1)


def test_ranks_are_taken_among_the_areas_that_have_both() -> None:
    # without the second area the order is the same; with it, it would not be
    values = [[1.0, 1.0], [3.0, NAN], [2.0, 2.0], [4.0, 3.0], [NAN, 0.0]]
    np.testing.assert_array_equal(rank_correlations(values), np.ones((2, 2)))


def test_undefined_rank_correlations() -> None:
    values = np.array([[1.0, 5.0, NAN], [2.0, 5.0, NAN], [NAN, 5.0, 1.0], [NAN, 5.0, 2.0]])
    expected = [[1.0, NAN, NAN], [NAN, NAN, NAN], [NAN, NAN, 1.0]]
    np.testing.assert_array_equal(rank_correlations(values), expected)
    assert np.isnan(rank_correlations(np.empty((0, 2)))).all()
    assert rank_correlations(np.empty((5, 0))).shape == (0, 0)


def test_infinite_values_are_first_and_last() -> None:
    values = [[-math.inf, 1.0], [0.0, 2.0], [math.inf, 3.0]]
    np.testing.assert_array_equal(rank_correlations(values), np.ones((2, 2)))


def test_rank_correlations_refuse_a_single_indicator() -> None:
    with pytest.raises(ValueError, match="2 dimensions"):
        rank_correlations([1.0, 2.0])


@relaxed
@given(tables)
def test_rank_correlations_are_symmetric_and_bounded(values: np.ndarray) -> None:
    correlations = rank_correlations(values)
    np.testing.assert_array_equal(correlations, correlations.T)
    assert np.nanmax(np.abs(correlations), initial=0) <= 1
    diagonal = np.diagonal(correlations)
    assert set(diagonal[~np.isnan(diagonal)]) <= {1.0}


@relaxed
@given(tables)
def test_only_the_order_of_values_matters(values: np.ndarray) -> None:
    correlations = rank_correlations(values)
    np.testing.assert_array_equal(rank_correlations(values**3 + 7), correlations)
    sign = np.where(np.arange(values.shape[1]) == 0, -1, 1)
    turned = rank_correlations(values * sign)
    np.testing.assert_array_equal(turned, correlations * np.outer(sign, sign))
    np.testing.assert_array_equal(rank_correlations(values[::-1]), correlations)


@pytest.mark.oracle
@relaxed
@given(tables)
def test_rank_correlations_against_pandas(values: np.ndarray) -> None:
    import pandas as pd

    expected = pd.DataFrame(values).corr("spearman", min_periods=2).to_numpy()
    np.testing.assert_allclose(rank_correlations(values), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(3))
def test_rank_correlations_against_scipy(seed: int) -> None:
    from scipy.stats import spearmanr

    generator = np.random.default_rng(seed)
    values = generator.poisson(3, size=(2000, 5)) + generator.poisson(2, size=(2000, 1))
    expected = spearmanr(values).statistic
    np.testing.assert_allclose(rank_correlations(values), expected, rtol=1e-12)
