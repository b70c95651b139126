import math
from statistics import NormalDist

import numpy as np
import pytest

from hyperlocal.methods import (
    EXACT_CONSTANT,
    exponential_transform,
    normal_scores,
    normal_scores_of_ranks,
    z_scores,
)

NAN = float("nan")


class TestNormalScores:
    def test_three_values_by_hand(self) -> None:
        # n = 3: p = 1/4, 2/4, 3/4 and Φ⁻¹(3/4) = 0.6744897501960817
        np.testing.assert_allclose(
            normal_scores([30.0, 10.0, 20.0]),
            [0.6744897501960817, -0.6744897501960817, 0.0],
            rtol=1e-14,
        )

    @pytest.mark.parametrize(
        ("formula", "probabilities"),
        [
            ("r/(n+1)", [1 / 5, 2 / 5, 3 / 5, 4 / 5]),
            ("(r-1/2)/n", [1 / 8, 3 / 8, 5 / 8, 7 / 8]),
            ("(r-3/8)/(n+1/4)", [0.625 / 4.25, 1.625 / 4.25, 2.625 / 4.25, 3.625 / 4.25]),
        ],
    )
    def test_formulas(self, formula: str, probabilities: list[float]) -> None:
        expected = [NormalDist().inv_cdf(p) for p in probabilities]
        scores = normal_scores([1.0, 2.0, 3.0, 4.0], formula)  # type: ignore[arg-type]
        np.testing.assert_allclose(scores, expected, rtol=1e-9)

    def test_ties_at_the_middle_or_at_the_first_of_their_places(self) -> None:
        # From the lowest: 1 at place 1, then 5 and 5 at places 2 and 3, of n = 3.
        middle, first = NormalDist().inv_cdf(2.5 / 4), NormalDist().inv_cdf(3 / 4)
        low = NormalDist().inv_cdf(1 / 4)
        np.testing.assert_allclose(normal_scores([5.0, 1.0, 5.0]), [middle, low, middle])
        np.testing.assert_allclose(
            normal_scores([5.0, 1.0, 5.0], ties="minimum"), [first, low, first]
        )

    def test_missing_value_is_not_counted(self) -> None:
        np.testing.assert_array_equal(
            normal_scores([3.0, NAN, 1.0, 2.0]), np.insert(normal_scores([3.0, 1.0, 2.0]), 1, NAN)
        )

    def test_no_values(self) -> None:
        assert normal_scores([]).shape == (0,)
        assert np.isnan(normal_scores([NAN, NAN])).all()

    def test_all_values_equal_are_all_in_the_middle(self) -> None:
        np.testing.assert_array_equal(normal_scores([4.0, 4.0, 4.0, 4.0]), [0, 0, 0, 0])

    def test_far_tail_is_exact(self) -> None:
        # With n = 33,755 the first area has p = 33755/33756, 1 − p = 1/33756.
        top = normal_scores_of_ranks([1], 33755)[0]
        assert top == -normal_scores_of_ranks([33755], 33755)[0]
        assert top == pytest.approx(-NormalDist().inv_cdf(1 / 33756), rel=1e-10)

    def test_single_precision_is_the_double_result_rounded_once(self) -> None:
        values = np.array([2.0, 7.0, 5.0, 11.0])
        scores = normal_scores(values.astype(np.float32))
        assert scores.dtype == np.float32
        np.testing.assert_array_equal(scores, normal_scores(values).astype(np.float32))
        ranks = normal_scores_of_ranks(np.array([4, 2, 3, 1], np.float32), 4)
        assert ranks.dtype == np.float32
        np.testing.assert_array_equal(ranks, scores)

    def test_refusals(self) -> None:
        with pytest.raises(ValueError, match="formula must be one of"):
            normal_scores([1.0], "r/n")  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="ties must be one of 'average', 'minimum'"):
            normal_scores([1.0], ties="maximum")  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="not between 1 and 2"):
            normal_scores_of_ranks([3], 2)
        with pytest.raises(ValueError, match="At least one value"):
            normal_scores_of_ranks([], 0)
        with pytest.raises(ValueError, match="formula must be one of"):
            normal_scores_of_ranks([1], 1, "r/n")  # type: ignore[arg-type]


class TestZScores:
    def test_values_of_any_size(self) -> None:
        plain = z_scores([1.0, 2.0, 4.0])
        np.testing.assert_array_equal(z_scores([2.0**1000, 2.0**1001, 2.0**1002]), plain)
        np.testing.assert_array_equal(z_scores([2.0**-900, 2.0**-899, 2.0**-898]), plain)

    def test_by_hand(self) -> None:
        # mean 5, squared deviations 9 1 1 9, variance 20/4 = 5
        np.testing.assert_allclose(
            z_scores([2.0, 4.0, 6.0, 8.0]), np.array([-3, -1, 1, 3]) / math.sqrt(5)
        )

    def test_missing_value_stays_and_does_not_count(self) -> None:
        np.testing.assert_array_equal(z_scores([1.0, NAN, 3.0]), [-1, NAN, 1])

    def test_single_precision(self) -> None:
        scores = z_scores(np.array([1, 2, 4], np.float32))
        assert scores.dtype == np.float32
        np.testing.assert_array_equal(scores, z_scores([1.0, 2.0, 4.0]).astype(np.float32))

    @pytest.mark.parametrize("values", [[], [NAN], [3.0], [0.1] * 33, [2.0, NAN, 2.0]])
    def test_refuses_values_without_variance(self, values: list[float]) -> None:
        with pytest.raises(ValueError, match="at least two different values"):
            z_scores(values)

    def test_refuses_infinite_values(self) -> None:
        with pytest.raises(ValueError, match="infinite in 1 of 3"):
            z_scores([1.0, 2.0, math.inf])


class TestExponentialTransform:
    def test_by_hand(self) -> None:
        # exp(−100/23) = 0.0129349, so X(½) = −23 · ln(1 − ½ · 0.9870651) = −23 · ln 0.5064675
        assert exponential_transform([0.5])[0] == pytest.approx(
            -23 * math.log(0.50646745), abs=1e-6
        )
        # one tenth from the top: −23 · ln(1 − 0.9 · 0.9870651) = −23 · ln 0.1116414 = 50.4267
        assert exponential_transform([0.9])[0] == pytest.approx(50.4267, abs=1e-4)

    @pytest.mark.parametrize("constant", [1.0, 10.0, EXACT_CONSTANT, 23.0, 777.7, 10_000.0])
    @pytest.mark.parametrize("precision", [np.float32, np.float64])
    def test_ends_are_exact(self, constant: float, precision: type) -> None:
        score = exponential_transform(np.array([0, 1], precision), constant)
        assert score.tolist() == [0.0, 100.0]
        assert not np.signbit(score[0])
        assert score.dtype == precision

    def test_exact_constant_puts_the_first_tenth_at_fifty(self) -> None:
        assert pytest.approx(22.7559806) == EXACT_CONSTANT
        assert exponential_transform([0.9], EXACT_CONSTANT)[0] == pytest.approx(50, abs=1e-12)
        # R = 0.5: −50/ln 9 · ln(1 − 40/81) = −50 · ln(41/81)/ln 9
        assert exponential_transform([0.5], EXACT_CONSTANT)[0] == pytest.approx(
            -50 * math.log(41 / 81) / math.log(9), abs=1e-12
        )

    def test_near_the_top_it_agrees_with_fifty_digits(self) -> None:
        from decimal import Decimal, localcontext

        with localcontext(prec=50):
            fraction = Decimal(33754 / 33755)
            least = (Decimal(-100) / 23).exp()
            exact = float(-23 * (1 - fraction * (1 - least)).ln())
        assert exponential_transform([33754 / 33755])[0] == pytest.approx(exact, abs=3e-14)

    def test_missing_stays_missing(self) -> None:
        np.testing.assert_array_equal(exponential_transform([NAN, 1.0]), [NAN, 100.0])

    def test_refusals(self) -> None:
        with pytest.raises(ValueError, match="not between 0 and 1 in 2 of 3 places"):
            exponential_transform([1.1, 0.5, -0.1])
        for constant in (0.0, -23.0, math.inf, math.nan):
            with pytest.raises(ValueError, match="constant must be between"):
                exponential_transform([0.5], constant)
