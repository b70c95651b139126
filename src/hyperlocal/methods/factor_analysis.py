"""One-factor maximum-likelihood factor analysis, and the weights that it gives to indicators."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import BoolArray, DoubleArray, doubles, refuse_unknown

MissingPolicy = Literal["listwise", "pairwise", "neutral"]
"""What to do with an area of which an indicator is missing."""

WeightsFrom = Literal["loadings", "regression_scores", "bartlett_scores"]
"""Which result of a factor analysis the weights are made of."""

_SINGULAR = 1e-10
"""Smallest eigenvalue of a correlation matrix below which it counts as singular."""

_FLAT = 1e-6
"""Largest slope against ln ψ, within the bounds, at which the likelihood is at its maximum."""


@dataclass(frozen=True, eq=False)
class OneFactor:
    """A one-factor model fitted to a correlation matrix.

    Attributes
    ----------
    loadings : numpy.ndarray, shape (indicators,)
        λ, correlation of each indicator with the factor; they add to 0 or more.
    uniquenesses : numpy.ndarray, shape (indicators,)
        ψ, the share of each indicator's variance that the factor does not explain.
    regression_coefficients : numpy.ndarray, shape (indicators,)
        Coefficients of the standardised indicators in the regression (Thurstone) factor score.
    bartlett_coefficients : numpy.ndarray, shape (indicators,)
        Coefficients of the standardised indicators in the Bartlett factor score.
    converged : bool
        Whether the maximum of the likelihood was found; if not, do not use the rest.
    iterations : int
        How many steps that took, from all starts together.
    discrepancy : float
        ln|Σ| − ln|R| + trace(RΣ⁻¹) − indicators at the fitted model; 0 = perfect fit.
    heywood : numpy.ndarray of bool, shape (indicators,)
        Whether the uniqueness ended at the least value allowed: the model explains the indicator
        entirely, and would explain more than all of it if it could.
    negative_correlations : tuple of (int, int)
        Pairs of indicators that are negatively correlated.
    negative_loadings : tuple of int
        Indicators with a negative loading.
    """

    loadings: DoubleArray
    uniquenesses: DoubleArray
    regression_coefficients: DoubleArray
    bartlett_coefficients: DoubleArray
    converged: bool
    iterations: int
    discrepancy: float
    heywood: BoolArray
    negative_correlations: tuple[tuple[int, int], ...]
    negative_loadings: tuple[int, ...]


def correlation_matrix(standardised: ArrayLike, missing: MissingPolicy = "listwise") -> DoubleArray:
    """Correlate indicators over areas.

    Parameters
    ----------
    standardised : array_like, shape (areas, indicators)
        Standardised indicators, for instance normal scores; NaN = missing.
    missing : {"listwise", "pairwise", "neutral"}
        Use the areas that have all indicators; for each pair of indicators those that have both;
        or all areas, with 0, the mean of normal scores, for what is missing.

    Returns
    -------
    numpy.ndarray of float64, shape (indicators, indicators)
        Correlations: symmetric, with ones on the diagonal.

    Raises
    ------
    ValueError
        If the array is not two-dimensional, a value is infinite, the policy is unknown, or
        an indicator has no variance among the areas used.

    Notes
    -----
        r_ab = Σ (x_a − mean_a)(x_b − mean_b) / √(Σ (x_a − mean_a)² · Σ (x_b − mean_b)²)

    Sums, means and all are taken over the areas that the policy leaves; pairwise, over those of
    each pair. A pairwise matrix need not be positive definite, and `one_factor` refuses one that
    is not. Always in double precision.

    Examples
    --------
    >>> correlation_matrix([[1.0, 2.0], [2.0, 1.0], [3.0, 3.0], [4.0, float("nan")]])
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    refuse_unknown(missing, get_args(MissingPolicy), "missing")
    # one row per indicator: sums over areas then run along memory
    scores = np.array(doubles(standardised, "standardised", dimensions=2).T, order="C")
    if not np.isfinite(scores).all():
        present = ~np.isnan(scores)
        if np.isinf(scores).any():
            raise ValueError("standardised has infinite values.")
        if missing == "pairwise":
            return _pairwise(scores, present)
        if missing == "listwise":
            scores = scores.take(np.flatnonzero(present.all(axis=0)), axis=1)
        else:
            scores[~present] = 0.0
    if scores.shape[1] < 2:
        raise ValueError(f"A correlation needs at least two areas, not {scores.shape[1]}.")
    _refuse_constant(scores.min(axis=1) == scores.max(axis=1))
    scores -= scores.mean(axis=1, keepdims=True)
    return _unit_diagonal(scores @ scores.T)


def one_factor(correlation: ArrayLike, minimum_uniqueness: float = 0.005) -> OneFactor:
    """Fit one common factor to a correlation matrix by maximum likelihood.

    Parameters
    ----------
    correlation : array_like, shape (indicators, indicators)
        R: symmetric, ones on the diagonal, positive definite; at least three indicators.
    minimum_uniqueness : float
        Lower bound of every uniqueness, between 0 and 1.

    Returns
    -------
    OneFactor
        Loadings, uniquenesses, score coefficients and how the fit ended. An indicator whose
        uniqueness ends at the bound is marked in `heywood`; a fit that did not end has
        `converged` False.

    Raises
    ------
    ValueError
        If there are fewer than three indicators; the matrix is not square, has missing values, is
        not symmetric, has another diagonal, or is singular (as it is if two columns are duplicates
        or one is a sum of others); or the bound is not between 0 and 1.

    Notes
    -----
    The model is R ≈ Σ = λλᵀ + diag(ψ). With θ₁ ≥ … ≥ θ_k the eigenvalues of Ψ^-½ R Ψ^-½ and v
    the eigenvector of the first, the best loadings for given ψ and what remains to be minimised
    over ψ are:

        λ = Ψ^½ v √(θ₁ − 1)
        f(ψ) = Σ_{j>1} (θ_j − ln θ_j − 1)          ∂f/∂ψ_i = (λ_i² + ψ_i − 1)/ψ_i²

    Source: Jöreskog (1967), Psychometrika 32; Lawley and Maxwell (1971). The bound of 0.005 is the
    one of R's `factanal`. Where the second eigenvalue of R is 1 or more, the likelihood may have
    several maxima; the search then starts from four places and keeps the greatest. The coefficients
    of factor scores are:

        regression  Σ⁻¹λ = (λ/ψ)/(1 + Σ λ²/ψ)       Bartlett  (λ/ψ)/(Σ λ²/ψ)

    which with one factor differ by a constant only.

    Examples
    --------
    >>> factor = one_factor([[1.0, 0.72, 0.63], [0.72, 1.0, 0.56], [0.63, 0.56, 1.0]])
    >>> factor.loadings.round(4)
    array([0.9, 0.8, 0.7])
    >>> factor.converged
    True
    """
    matrix = _checked_correlation(correlation)
    if not 0 < minimum_uniqueness < 1:
        raise ValueError(f"minimum_uniqueness must be between 0 and 1, not {minimum_uniqueness}.")
    uniquenesses, iterations = _best_uniquenesses(matrix, minimum_uniqueness)
    discrepancy, gradient, loadings = _profile(uniquenesses, matrix)
    logs = np.log(uniquenesses)
    step = np.clip(logs - gradient * uniquenesses, np.log(minimum_uniqueness), 0.0) - logs
    if loadings.sum() < 0:
        loadings = -loadings
    precision = loadings / uniquenesses
    information = float(loadings @ precision)
    rows, columns = np.nonzero(np.triu(matrix < 0, 1))
    return OneFactor(
        loadings=loadings,
        uniquenesses=uniquenesses,
        regression_coefficients=precision / (1 + information),
        bartlett_coefficients=precision / information if information > 0 else precision,
        converged=bool(np.abs(step).max() <= _FLAT),
        iterations=iterations,
        discrepancy=discrepancy,
        heywood=uniquenesses <= minimum_uniqueness * (1 + 1e-9),
        negative_correlations=tuple(zip(rows.tolist(), columns.tolist(), strict=True)),
        negative_loadings=tuple(np.flatnonzero(loadings < 0).tolist()),
    )


def factor_weights(factor: OneFactor, weights_from: WeightsFrom = "loadings") -> DoubleArray:
    """Scale the results of a factor analysis to weights that add to 1.

    Parameters
    ----------
    factor : OneFactor
        A fitted model.
    weights_from : {"loadings", "regression_scores", "bartlett_scores"}
        The loadings (England) or the coefficients of a factor score (Wales, Scotland and Northern
        Ireland: regression scores).

    Returns
    -------
    numpy.ndarray of float64, shape (indicators,)
        Weights that add to 1; negative where the loading is.

    Raises
    ------
    ValueError
        If the fit did not converge, what the weights are made of does not add to more than 0, or
        `weights_from` is unknown.

    Notes
    -----
        weight_i = a_i / Σ a,    a = λ    or Σ⁻¹λ    or (λ/ψ)/(Σ λ²/ψ)

    With one factor, regression and Bartlett scores give the same weights.

    Examples
    --------
    >>> factor = one_factor([[1.0, 0.72, 0.63], [0.72, 1.0, 0.56], [0.63, 0.56, 1.0]])
    >>> factor_weights(factor).round(4)
    array([0.375 , 0.3333, 0.2917])
    >>> factor_weights(factor, "regression_scores").round(4)
    array([0.5685, 0.2667, 0.1647])
    """
    refuse_unknown(weights_from, get_args(WeightsFrom), "weights_from")
    if not factor.converged:
        raise ValueError("The factor analysis did not converge, so it gives no weights.")
    parts = {
        "loadings": factor.loadings,
        "regression_scores": factor.regression_coefficients,
        "bartlett_scores": factor.bartlett_coefficients,
    }[weights_from]
    total = float(parts.sum())
    if total <= _FLAT:
        raise ValueError(
            f"The factor's {weights_from.replace('_', ' ')} add to {total:.3g}, so they cannot be "
            "scaled to weights that add to 1: the indicators have no common factor."
        )
    return parts / total


def _pairwise(scores: DoubleArray, present: BoolArray) -> DoubleArray:
    """Correlate each pair of indicators (rows) over the areas (columns) that have both."""
    here = present.astype(np.float64)
    _refuse_constant(np.all(~present, axis=1))
    means = np.where(present, scores, 0.0).sum(axis=1) / here.sum(axis=1)
    centred = np.where(present, scores - means[:, np.newaxis], 0.0)
    both = here @ here.T
    sums = centred @ here.T
    with np.errstate(invalid="ignore", divide="ignore"):
        products = centred @ centred.T - sums * sums.T / both
        squares = (centred**2) @ here.T - sums**2 / both
        correlation: DoubleArray = products / np.sqrt(squares * squares.T)
    _refuse_constant(np.any((both < 2) | (squares <= 1e-12 * both), axis=1))
    np.clip(correlation, -1.0, 1.0, out=correlation)
    np.fill_diagonal(correlation, 1.0)
    return correlation


def _unit_diagonal(products: DoubleArray) -> DoubleArray:
    """Scale sums of products to correlations."""
    spread = np.sqrt(np.diag(products))
    correlation: DoubleArray = products / np.outer(spread, spread)
    correlation = np.clip((correlation + correlation.T) / 2, -1.0, 1.0)
    np.fill_diagonal(correlation, 1.0)
    return correlation


def _refuse_constant(constant: BoolArray) -> None:
    """Raise if an indicator does not vary."""
    if constant.any():
        columns = ", ".join(str(column) for column in np.flatnonzero(constant))
        raise ValueError(f"Indicators that do not vary have no correlation: column {columns}.")


def _checked_correlation(correlation: ArrayLike) -> DoubleArray:
    """Return a correlation matrix that has a likelihood."""
    matrix = doubles(correlation, "correlation", dimensions=2)
    number = len(matrix)
    if matrix.shape != (number, number):
        raise ValueError(f"The correlation matrix must be square, not {matrix.shape}.")
    if number < 3:
        raise ValueError(f"Factor analysis needs at least three indicators, not {number}.")
    if not np.isfinite(matrix).all():
        raise ValueError("The correlation matrix has missing or infinite values.")
    if np.abs(matrix - matrix.T).max() > 1e-8:
        raise ValueError("The correlation matrix is not symmetric.")
    if np.abs(np.diag(matrix) - 1).max() > 1e-8:
        raise ValueError("The correlation matrix does not have ones on its diagonal.")
    smallest, vector = np.linalg.eigh(matrix)
    if smallest[0] < _SINGULAR:
        involved = np.flatnonzero(np.abs(vector[:, 0]) > 1e-3).tolist()
        raise ValueError(
            "The correlation matrix is singular or not positive definite: among the indicators "
            f"{', '.join(map(str, involved))} one is a duplicate or a sum of others, or their "
            "correlations were not taken over the same areas."
        )
    return matrix


def _profile(
    uniquenesses: DoubleArray, correlation: DoubleArray
) -> tuple[float, DoubleArray, DoubleArray]:
    """Return f(ψ), its gradient and the best loadings for these uniquenesses."""
    scale = np.sqrt(uniquenesses)
    values, vectors = np.linalg.eigh(correlation / np.outer(scale, scale))
    rest = values[:-1]
    discrepancy = float(np.sum(rest - np.log(rest) - 1))
    loadings = scale * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0))
    gradient = (loadings**2 + uniquenesses - 1) / uniquenesses**2
    return discrepancy, gradient, loadings


def _best_uniquenesses(correlation: DoubleArray, minimum: float) -> tuple[DoubleArray, int]:
    """Return the uniquenesses of greatest likelihood, and how many steps it took to find them."""
    from scipy.optimize import minimize

    def in_logs(logs: DoubleArray) -> tuple[float, DoubleArray]:
        discrepancy, gradient, _ = _profile(np.exp(logs), correlation)
        return discrepancy, gradient * np.exp(logs)

    number = len(correlation)
    fits = [
        minimize(
            in_logs,
            np.log(np.clip(start, minimum, 1.0)),
            jac=True,
            method="L-BFGS-B",
            bounds=[(np.log(minimum), 0.0)] * number,
            options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000},
        )
        for start in _starts(correlation, minimum)
    ]
    best = min(fits, key=lambda fit: float(fit.fun))
    none = np.ones(number)
    if _profile(none, correlation)[0] <= best.fun + 1e-14:
        return none, 0  # no factor fits as well as any
    logs = _polished(best.x, correlation, np.log(minimum))
    return np.clip(np.exp(logs), minimum, 1.0), sum(int(fit.nit) for fit in fits)


def _polished(logs: DoubleArray, correlation: DoubleArray, lowest: float) -> DoubleArray:
    """Bring the gradient to zero as far as double precision allows.

    A minimiser stops where the likelihood no longer changes, with weights good to nine digits or
    so. Areas that are nearly tied would then change places with the starting point.
    """
    from scipy.optimize import root

    free = (logs > lowest + 1e-6) & (logs < -1e-9)

    def with_free(inner: DoubleArray) -> DoubleArray:
        changed = logs.copy()
        changed[free] = inner
        return changed

    def gradient(inner: DoubleArray) -> DoubleArray:
        uniquenesses = np.exp(with_free(inner))
        slopes: DoubleArray = _profile(uniquenesses, correlation)[1] * uniquenesses
        return slopes[free]

    if not free.any():
        return logs
    polished = with_free(root(gradient, logs[free], tol=1e-14).x)
    inside = np.all((polished >= lowest) & (polished <= 0.0))
    no_worse = (
        _profile(np.exp(polished), correlation)[0] <= _profile(np.exp(logs), correlation)[0] + 1e-12
    )
    return polished if inside and no_worse else logs


def _starts(correlation: DoubleArray, minimum: float) -> list[DoubleArray]:
    """Return the uniquenesses to start from: several if more than one factor might be there."""
    number = len(correlation)
    # Jöreskog's start: from the squared multiple correlation of each indicator with the others
    multiple = (1 - 0.5 / number) / np.diag(np.linalg.inv(correlation))
    values, vectors = np.linalg.eigh(correlation)
    if values[-2] < 1:
        return [multiple]
    principal = 1 - values[-1] * vectors[:, -1] ** 2
    # row i: the factor is indicator i itself
    alone = np.clip(1 - correlation**2, minimum, 1.0)
    fits = [_profile(row, correlation)[0] for row in alone]
    return [multiple, principal, *alone[np.argsort(fits, kind="stable")[:2]]]
