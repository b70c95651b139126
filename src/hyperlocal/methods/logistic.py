"""Logistic regression: how likely an outcome is, given what is known of each unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import DoubleArray, doubles, refuse_where

MOST_STEPS = 100
_CONVERGED = 1e-12
_SEPARATED = 1e-4
_DEPENDENT = 1e-9


@dataclass(frozen=True, eq=False)
class LogisticFit:
    """A logistic regression.

    Attributes
    ----------
    coefficients : numpy.ndarray of float64, shape (predictors,)
        The change of the log odds for one more of each predictor.
    standard_errors : numpy.ndarray of float64, shape (predictors,)
        Their standard errors.
    log_likelihood : float
        The logarithm of the likelihood, weighted.
    null_log_likelihood : float
        That of the same share for all.
    steps : int
        The steps that it took.
    """

    coefficients: DoubleArray
    standard_errors: DoubleArray
    log_likelihood: float
    null_log_likelihood: float
    steps: int

    @property
    def deviance(self) -> float:
        """Twice what the log likelihood is below that of a perfect prediction, which is 0."""
        return -2 * self.log_likelihood


def logistic_regression(
    outcomes: ArrayLike, predictors: ArrayLike, weights: ArrayLike | None = None
) -> LogisticFit:
    """Fit the probability of an outcome by maximum likelihood.

    Parameters
    ----------
    outcomes : array_like, shape (units,)
        y, 1 where the outcome is there and 0 where it is not.
    predictors : array_like, shape (units, predictors)
        x, one column each; a column of ones for the constant.
    weights : array_like, shape (units,), optional
        w, how many units each stands for; standard errors are those of Σ w units. 1 if not given.

    Returns
    -------
    LogisticFit
        In double precision.

    Raises
    ------
    ValueError
        If an outcome is neither 0 nor 1, an array has another length, a number is missing or
        infinite, a weight is negative, predictors depend on each other, or there is no maximum
        because the predictors tell the outcomes apart: see `separating_direction`.

    Notes
    -----
    With p_i = 1/(1 + exp(−x_i·β)), β maximises

        log L = Σ w_i (y_i ln p_i + (1 − y_i) ln(1 − p_i))

    by Newton's method, which is the same as iteratively reweighted least squares, halving steps
    that lead down. The covariance of β is the inverse of the information X'WX with the weights
    W_i = w_i p_i (1 − p_i). Source: McCullagh and Nelder, Generalized Linear Models (1989),
    chapters 2 and 4; WIMD 2019, technical report, annex H, models housing condition by it.

    Examples
    --------
    Of ten old dwellings five are in disrepair, of ten new ones two: the odds are 1 and 1/4.

    >>> old = np.repeat([1.0, 0.0], 10)
    >>> disrepair = np.r_[np.repeat([1.0, 0.0], 5), np.repeat([1.0, 0.0], [2, 8])]
    >>> fit = logistic_regression(disrepair, np.column_stack([np.ones(20), old]))
    >>> np.exp(fit.coefficients).round(6)
    array([0.25, 4.  ])
    """
    y, x = doubles(outcomes, "outcomes"), doubles(predictors, "predictors", 2)
    w = np.ones(len(y)) if weights is None else doubles(weights, "weights")
    if not len(y) == len(x) == len(w):
        raise ValueError(f"There are {len(y)} outcomes, {len(x)} predictors, {len(w)} weights.")
    refuse_where((y != 0) & (y != 1), "The outcome is neither 0 nor 1")
    refuse_where(np.asarray(~np.isfinite(x).all(axis=1)), "A predictor is missing or infinite")
    refuse_where(~(np.isfinite(w) & (w >= 0)), "The weight is not a number from 0 up")
    if dependent_columns(x):
        raise ValueError("The predictors depend on each other: one of them can be made of others.")
    size = np.abs(x).max(axis=0)
    coefficients, information, found, steps = _maximum(y, x / size, w)
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    share = float(np.average(y, weights=w))
    null = float(w.sum() * sum(part * np.log(part) for part in (share, 1 - share) if part > 0))
    return LogisticFit(coefficients / size, errors / size, found, null, steps)


def _maximum(
    y: DoubleArray, x: DoubleArray, w: DoubleArray
) -> tuple[DoubleArray, DoubleArray, float, int]:
    """Return the coefficients, the information, the log likelihood and the number of steps."""
    beta = np.zeros(x.shape[1])
    likelihood, information, gradient = _likelihood(beta, y, x, w)
    for steps in range(1, MOST_STEPS + 1):
        step = np.linalg.lstsq(information, gradient, rcond=None)[0]
        rise = float(gradient @ step)
        for _ in range(MOST_STEPS):
            further, bent, slope = _likelihood(beta + step, y, x, w)
            if further >= likelihood - _CONVERGED * (1 + abs(likelihood)):
                break
            step = step / 2
        beta, likelihood, information, gradient = beta + step, further, bent, slope
        if rise <= _CONVERGED * (1 + abs(likelihood)):
            return beta, information, likelihood, steps
    raise ValueError(
        f"There is no maximum within {MOST_STEPS} steps: the predictors tell the outcomes apart."
    )


def _likelihood(
    beta: DoubleArray, y: DoubleArray, x: DoubleArray, w: DoubleArray
) -> tuple[float, DoubleArray, DoubleArray]:
    """Return the log likelihood, its information and its gradient."""
    linear = x @ beta
    chance = probabilities_of(linear)
    likelihood = float(w @ (y * linear - np.logaddexp(0.0, linear)))
    information = (x * (w * chance * (1 - chance))[:, None]).T @ x
    return likelihood, information, x.T @ (w * (y - chance))


def probabilities_of(log_odds: ArrayLike) -> DoubleArray:
    """Return the probability for each log odds, 1/(1 + exp(−log odds)).

    Parameters
    ----------
    log_odds : array_like
        Numbers, also infinite ones; NaN = missing.

    Examples
    --------
    >>> probabilities_of([0.0, np.log(3.0), -np.inf])
    array([0.5 , 0.75, 0.  ])
    """
    from scipy.special import expit

    return np.asarray(expit(np.asarray(log_odds, dtype=np.float64)))


def dependent_columns(predictors: ArrayLike) -> list[int]:
    """Return the columns that can be made of the others: those too many, in their order.

    Parameters
    ----------
    predictors : array_like, shape (units, predictors)
        One column for each predictor. Of columns that depend on each other the last ones are named.

    Examples
    --------
    >>> dependent_columns([[1, 0, 1], [1, 1, 0], [1, 0, 1]])
    [2]
    """
    x = doubles(predictors, "predictors", 2)
    size = np.linalg.norm(x, axis=0)
    triangle = np.linalg.qr(x / np.where(size > 0, size, 1.0), mode="r")
    own = np.abs(np.diag(triangle))  # what of each column the columns before it do not explain
    few = np.concatenate([own, np.zeros(x.shape[1] - len(own))])
    return [int(column) for column in np.flatnonzero(few < _DEPENDENT)]


def separating_direction(outcomes: ArrayLike, predictors: ArrayLike) -> DoubleArray | None:
    """Find a mixture of predictors that tells outcomes apart, so that no regression can be fitted.

    Parameters
    ----------
    outcomes : array_like, shape (units,)
        y, 1 or 0.
    predictors : array_like, shape (units, predictors)
        x, one column each, none of which depends on others.

    Returns
    -------
    numpy.ndarray of float64, shape (predictors,), or None
        A direction in which the likelihood never falls: not 0 for the predictors that tell the
        outcomes apart. None where there is none, and the likelihood has a maximum.

    Notes
    -----
    The likelihood has no maximum exactly where some β other than 0 keeps (2y_i − 1) x_i·β ≥ 0 for
    all units: it then rises for ever as β grows, strictly so where one of them is above 0. With all
    of them above 0 the outcomes are separated completely, with some of them quasi-completely, as
    by a class in which nobody has the outcome. The linear programme

        maximise Σ (2y_i − 1) x_i·β    with    (2y_i − 1) x_i·β ≥ 0    and    −1 ≤ β_j ≤ 1

    finds such a β, in units of the greatest of each predictor, if there is one. Source: Albert and
    Anderson (1984), Biometrika 71; Konis (2007),
    Linear programming algorithms for detecting separated data, chapter 4.

    Examples
    --------
    No dwelling of the second kind is in disrepair.

    >>> kinds = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    >>> separating_direction([1, 0, 0, 0], kinds)
    array([ 0., -1.])
    >>> separating_direction([1, 0, 0, 1], kinds) is None
    True
    """
    from scipy.optimize import linprog

    y, x = doubles(outcomes, "outcomes"), doubles(predictors, "predictors", 2)
    size = np.abs(x).max(axis=0)
    size = np.where(size > 0, size, 1.0)
    signed = (2 * y - 1)[:, None] * (x / size)
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(y)), bounds=(-1, 1))
    if not found.success:  # β = 0 is always there
        raise ValueError(f"Whether the outcomes are separated cannot be told: {found.message}")
    if -found.fun <= _SEPARATED:
        return None
    direction: DoubleArray = np.where(np.abs(found.x) < _SEPARATED, 0.0, found.x) / size
    return direction
