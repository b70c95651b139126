import math

import numpy as np
import pytest

from hyperlocal.methods import correlation_matrix, factor_weights, one_factor
from hyperlocal.methods.factor_analysis import OneFactor

NAN = float("nan")


def implied(loadings: list[float]) -> np.ndarray:
    """Return the correlations that a one-factor model with these loadings implies."""
    matrix = np.outer(loadings, loadings)
    np.fill_diagonal(matrix, 1.0)
    return matrix


class TestCorrelationMatrix:
    def test_by_hand(self) -> None:
        # Deviations of x: −1 0 1 and of y: 0 −1 1; products add to 1, squares to 2 and 2: r = ½.
        np.testing.assert_allclose(
            correlation_matrix([[1.0, 2.0], [2.0, 1.0], [3.0, 3.0]]), [[1, 0.5], [0.5, 1]]
        )

    table = np.array(
        [[1.0, 2.0, 5.0], [2.0, 1.0, NAN], [3.0, 3.0, 6.0], [NAN, 4.0, 9.0], [0.0, NAN, 7.0]]
    )

    def test_listwise_uses_the_areas_that_have_all(self) -> None:
        # Only the first and the third area have all three, and two points lie on a line.
        np.testing.assert_allclose(correlation_matrix(self.table), np.ones((3, 3)))

    def test_pairwise_uses_the_areas_that_have_both(self) -> None:
        matrix = correlation_matrix(self.table, "pairwise")
        # x and y: areas 1 to 3, as above. x and z: areas 1, 3, 5 with deviations
        # −1/3 5/3 −4/3 and −1 0 1: r = −1/√(42/9 · 2). y and z: areas 1, 3, 4 with deviations
        # −1 0 1 and −5/3 −2/3 7/3: r = 4/√(2 · 78/9).
        assert matrix[0, 1] == pytest.approx(0.5)
        assert matrix[0, 2] == pytest.approx(-1 / math.sqrt(42 / 9 * 2))
        assert matrix[1, 2] == pytest.approx(4 / math.sqrt(2 * 78 / 9))
        np.testing.assert_array_equal(matrix, matrix.T)
        np.testing.assert_array_equal(np.diag(matrix), [1, 1, 1])

    def test_neutral_puts_zero_in_the_place_of_what_is_missing(self) -> None:
        filled = np.where(np.isnan(self.table), 0.0, self.table)
        np.testing.assert_array_equal(
            correlation_matrix(self.table, "neutral"), correlation_matrix(filled)
        )

    @pytest.mark.parametrize("missing", ["listwise", "pairwise", "neutral"])
    def test_policies_agree_where_nothing_is_missing(self, missing: str) -> None:
        table = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 3.0]])
        np.testing.assert_allclose(
            correlation_matrix(table, missing),  # type: ignore[arg-type]
            correlation_matrix(table),
        )

    @pytest.mark.parametrize("order", ["C", "F"])
    def test_does_not_change_its_argument(self, order: str) -> None:
        table = np.array(self.table, order=order)  # type: ignore[call-overload]
        correlation_matrix(table, "neutral")
        np.testing.assert_array_equal(table, self.table)
        whole = np.array([[1.0, 2.0], [2.0, 1.0]], order=order)  # type: ignore[call-overload]
        correlation_matrix(whole)
        np.testing.assert_array_equal(whole, [[1, 2], [2, 1]])

    def test_single_precision_scores_give_double_precision_correlations(self) -> None:
        table = np.array([[1, 2], [2, 1], [3, 3]], np.float32)
        assert correlation_matrix(table).dtype == np.float64

    @pytest.mark.parametrize(
        ("table", "missing", "message"),
        [
            ([1.0, 2.0], "listwise", "2 dimensions, not 1"),
            ([[1.0, math.inf], [2.0, 1.0]], "listwise", "infinite"),
            ([[1.0, NAN], [2.0, NAN]], "listwise", "at least two areas, not 0"),
            ([[1.0, NAN], [2.0, NAN]], "pairwise", "do not vary have no correlation: column 1"),
            ([[1.0, NAN], [2.0, NAN]], "neutral", "column 1"),
            ([[1.0, 3.0], [2.0, NAN]], "pairwise", "column 0, 1"),
            ([[1.0, 0.1], [2.0, 0.1], [3.0, 0.1]], "listwise", "column 1"),
            ([[1.0, 0.1], [2.0, 0.1], [NAN, 0.1]], "pairwise", "column 1"),
            ([[1.0, 1.0], [2.0, 3.0]], "omit", "missing must be one of"),
        ],
    )
    def test_refusals(self, table: object, missing: str, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            correlation_matrix(table, missing)  # type: ignore[arg-type]


class TestOneFactor:
    def test_three_indicators_by_hand(self) -> None:
        # Three correlations determine three loadings: λ₁² = r₁₂ r₁₃/r₂₃ = 0.72 · 0.63/0.56 = 0.81,
        # λ₂² = 0.72 · 0.56/0.63 = 0.64, λ₃² = 0.63 · 0.56/0.72 = 0.49.
        factor = one_factor([[1.0, 0.72, 0.63], [0.72, 1.0, 0.56], [0.63, 0.56, 1.0]])
        np.testing.assert_allclose(factor.loadings, [0.9, 0.8, 0.7], rtol=1e-6)
        np.testing.assert_allclose(factor.uniquenesses, [0.19, 0.36, 0.51], rtol=1e-6)
        assert factor.discrepancy == pytest.approx(0, abs=1e-12)
        assert factor.converged
        assert factor.iterations > 0
        assert not factor.heywood.any()
        assert factor.negative_correlations == ()
        assert factor.negative_loadings == ()
        # λ/ψ = 4.73684, 2.22222, 1.37255; Σ λ²/ψ = 4.26316 + 1.77778 + 0.96078 = 7.00172
        ratio = np.array([0.9 / 0.19, 0.8 / 0.36, 0.7 / 0.51])
        np.testing.assert_allclose(factor.bartlett_coefficients, ratio / 7.00172, rtol=1e-5)
        np.testing.assert_allclose(factor.regression_coefficients, ratio / 8.00172, rtol=1e-5)

    def test_regression_coefficients_solve_the_normal_equations(self) -> None:
        matrix = implied([0.9, 0.8, 0.7, 0.3])
        matrix[0, 1] = matrix[1, 0] = 0.8
        factor = one_factor(matrix)
        np.testing.assert_allclose(
            matrix @ factor.regression_coefficients, factor.loadings, rtol=1e-6
        )

    def test_discrepancy_is_that_of_the_fitted_model(self) -> None:
        matrix = implied([0.9, 0.8, 0.7, 0.3])
        matrix[0, 1] = matrix[1, 0] = 0.8
        factor = one_factor(matrix)
        fitted = np.outer(factor.loadings, factor.loadings) + np.diag(factor.uniquenesses)
        expected = (
            np.linalg.slogdet(fitted)[1]
            - np.linalg.slogdet(matrix)[1]
            + np.trace(matrix @ np.linalg.inv(fitted))
            - 4
        )
        assert factor.discrepancy == pytest.approx(expected, abs=1e-9)
        np.testing.assert_allclose(factor.loadings**2 + factor.uniquenesses, 1, atol=1e-7)

    def test_negative_indicator_is_reported_and_signs_add_to_more_than_zero(self) -> None:
        factor = one_factor(implied([0.9, 0.8, -0.7, 0.6]))
        np.testing.assert_allclose(factor.loadings, [0.9, 0.8, -0.7, 0.6], rtol=1e-5)
        assert factor.negative_loadings == (2,)
        assert factor.negative_correlations == ((0, 2), (1, 2), (2, 3))

    def test_heywood_case_is_held_at_the_bound_and_reported(self) -> None:
        # λ₁² would be 0.9 · 0.9/0.5 = 1.62, more than the whole variance.
        matrix = [[1.0, 0.9, 0.9], [0.9, 1.0, 0.7], [0.9, 0.7, 1.0]]
        factor = one_factor(matrix)
        assert factor.converged
        assert factor.heywood.tolist() == [True, False, False]
        assert factor.uniquenesses[0] == pytest.approx(0.005)
        wider = one_factor(matrix, minimum_uniqueness=0.05)
        assert wider.uniquenesses[0] == pytest.approx(0.05)
        assert wider.heywood.tolist() == [True, False, False]

    def test_nearly_duplicated_indicators_are_a_heywood_case(self) -> None:
        matrix = implied([0.9, 0.9, 0.7, 0.6])
        matrix[0, 1] = matrix[1, 0] = 0.9999
        factor = one_factor(matrix)
        assert factor.converged
        assert factor.heywood.any()

    def test_uncorrelated_indicators_have_no_factor(self) -> None:
        factor = one_factor(np.eye(4))
        assert factor.converged
        assert factor.loadings.tolist() == [0, 0, 0, 0]
        with pytest.raises(ValueError, match="no common factor"):
            factor_weights(factor)

    def test_the_greater_of_two_maxima_is_found(self) -> None:
        # Two unrelated pairs and a fifth: the likelihood has a maximum at either pair.
        matrix = np.eye(5)
        matrix[0, 1] = matrix[1, 0] = 0.6
        matrix[2, 3] = matrix[3, 2] = 0.7
        factor = one_factor(matrix)
        assert set(np.flatnonzero(np.abs(factor.loadings) > 0.1)) == {2, 3}

    def test_a_search_that_is_cut_short_is_reported(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "hyperlocal.methods.factor_analysis._best_uniquenesses",
            lambda correlation, minimum: (np.full(len(correlation), 0.5), 1),
        )
        factor = one_factor(implied([0.9, 0.8, 0.7]))
        assert not factor.converged
        with pytest.raises(ValueError, match="did not converge"):
            factor_weights(factor)

    @pytest.mark.parametrize(
        ("matrix", "message"),
        [
            (np.ones((3, 2)), r"must be square, not \(3, 2\)"),
            (np.eye(2), "at least three indicators, not 2"),
            (np.where(np.eye(3) == 0, NAN, 1.0), "missing or infinite"),
            (np.array([[1, 0.5, 0.5], [0.4, 1, 0.5], [0.5, 0.5, 1]]), "not symmetric"),
            (2 * np.eye(3), "ones on its diagonal"),
            (implied([0.9, 1.0, 1.0]), "among the indicators 1, 2 one is a duplicate"),
            (np.array([[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]]), "not positive definite"),
            (np.ones(3), "2 dimensions"),
        ],
    )
    def test_refuses_what_has_no_likelihood(self, matrix: np.ndarray, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            one_factor(matrix)

    @pytest.mark.parametrize("bound", [0.0, 1.0, -0.1, NAN])
    def test_refuses_a_bound_outside_zero_and_one(self, bound: float) -> None:
        with pytest.raises(ValueError, match="minimum_uniqueness"):
            one_factor(np.eye(3), minimum_uniqueness=bound)

    def test_duplicated_columns_of_data_are_refused(self) -> None:
        score = np.random.default_rng(1).normal(size=(500, 3))
        with pytest.raises(ValueError, match="among the indicators 0, 3 one is a duplicate"):
            one_factor(correlation_matrix(np.column_stack([score, score[:, 0]])))


class TestFactorWeights:
    factor = one_factor(implied([0.9, 0.8, 0.7]))

    def test_loadings(self) -> None:
        np.testing.assert_allclose(
            factor_weights(self.factor), np.array([0.9, 0.8, 0.7]) / 2.4, rtol=1e-6
        )

    def test_regression_and_bartlett_scores_give_the_same_weights(self) -> None:
        ratio = np.array([0.9 / 0.19, 0.8 / 0.36, 0.7 / 0.51])
        for choice in ("regression_scores", "bartlett_scores"):
            np.testing.assert_allclose(
                factor_weights(self.factor, choice),  # type: ignore[arg-type]
                ratio / ratio.sum(),
                rtol=1e-5,
            )

    def test_refuses_an_unknown_choice(self) -> None:
        with pytest.raises(ValueError, match="weights_from must be one of"):
            factor_weights(self.factor, "scores")  # type: ignore[arg-type]

    def test_refuses_coefficients_that_add_to_less_than_zero(self) -> None:
        factor = one_factor(implied([0.4, 0.4, 0.4, 0.4, -0.99]))
        assert isinstance(factor, OneFactor)
        assert factor.loadings.sum() > 0
        with pytest.raises(ValueError, match="regression scores add to -"):
            factor_weights(factor, "regression_scores")
