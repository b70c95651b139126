"""Predicted probabilities made to add up to a total that is known."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import DoubleArray, doubles, refuse_where
from hyperlocal.methods.logistic import probabilities_of

Benchmarking = Literal["intercept", "proportional"]
MOST_STEPS = 200
_EXACT = 1e-14


def benchmark_probabilities(
    probabilities: ArrayLike, total: float, how: Benchmarking = "intercept"
) -> DoubleArray:
    """Change probabilities so that they add up to a total, and keep their order.

    Parameters
    ----------
    probabilities : array_like, shape (units,)
        p, from 0 to 1; none missing.
    total : float
        T, what they are to add up to.
    how : {'intercept', 'proportional'}
        Whether all log odds are moved by the same number, or all probabilities multiplied by it.

    Returns
    -------
    numpy.ndarray of float64, shape (units,)
        Probabilities that add up to T, within rounding.

    Raises
    ------
    ValueError
        If a probability is not from 0 to 1, or the total cannot be reached: what is certain (p = 1)
        or impossible (p = 0) stays so with 'intercept', what is impossible with 'proportional'.

    Notes
    -----
    With the d or the f that makes the sum T:

        intercept:      logit q = logit p + d
        proportional:   q = min(1, f p)

    The first is what another constant of the logistic regression would give, and leaves all ratios
    of odds as they are. Source: WIMD 2019, technical report, annex H, benchmarks to national totals
    and does not say how; the first is the usual way for logistic regressions.

    Examples
    --------
    The odds, 1/4 and 1, are multiplied by 2 (d = ln 2) so that the sum rises from 0.7 to 1.

    >>> benchmark_probabilities([0.2, 0.5], 1.0).round(6)
    array([0.333333, 0.666667])
    >>> benchmark_probabilities([0.2, 0.5], 1.4, "proportional")
    array([0.4, 1. ])
    """
    p = doubles(probabilities, "probabilities")
    refuse_where(~((p >= 0) & (p <= 1)), "The probability is not from 0 to 1")
    highest = int(np.count_nonzero(p))
    lowest = int(np.count_nonzero(p == 1)) if how == "intercept" else 0
    if not lowest <= total <= highest:
        raise ValueError(
            f"The total is {total:g}, and the probabilities can add up to {lowest:,} to "
            f"{highest:,} only."
        )
    if how == "proportional":
        return _scaled(p, total)
    with np.errstate(divide="ignore"):
        return _moved(np.log(p) - np.log1p(-p), p, total, lowest, highest)


def _scaled(p: DoubleArray, total: float) -> DoubleArray:
    """Multiply by what reaches the total; what would be above 1 stays at 1."""
    certain = np.zeros(len(p), dtype=bool)
    while True:
        rest = float(p[~certain].sum())
        factor = (total - float(certain.sum())) / rest if rest > 0 else 0.0
        above = ~certain & (factor * p >= 1)
        if not above.any():
            return np.where(certain, 1.0, factor * p)
        certain |= above


def _moved(
    log_odds: DoubleArray, p: DoubleArray, total: float, lowest: int, highest: int
) -> DoubleArray:
    """Move the log odds until the sum is the total: by Newton's method, kept between bounds."""
    if total in (lowest, highest):  # only an infinite move gets there
        return np.where(p > 0, 1.0, 0.0) if total == highest else np.where(p < 1, 0.0, 1.0)
    low, high, move = -np.inf, np.inf, 0.0
    for _ in range(MOST_STEPS):
        q = probabilities_of(log_odds + move)
        over = float(q.sum() - total)
        if abs(over) <= _EXACT * total:
            break
        low, high = (low, move) if over > 0 else (move, high)
        slope = float((q * (1 - q)).sum())
        step = np.clip(over / slope if slope > 0 else np.sign(over), -4.0, 4.0)
        further = move - step
        if not low < further < high:
            further = (low + high) / 2
        if further in (low, high):
            break
        move = further
    return q


def any_of(probabilities: ArrayLike, together: Literal["independent", "nested"]) -> DoubleArray:
    """Return the probability that at least one of several things is so.

    Parameters
    ----------
    probabilities : array_like, shape (units, things)
        p, from 0 to 1; NaN = missing.
    together : {'independent', 'nested'}
        Whether the things happen independently of each other, or one only where another does that
        is likelier: the two ends between which the truth lies, unless they exclude each other.

    Returns
    -------
    numpy.ndarray of float64, shape (units,)

    Notes
    -----
        independent:   1 − Π (1 − p_k)
        nested:        max p_k

    Examples
    --------
    >>> any_of([[0.1, 0.2]], "independent").round(6), any_of([[0.1, 0.2]], "nested")
    (array([0.28]), array([0.2]))
    """
    p = doubles(probabilities, "probabilities", 2)
    if together == "nested":
        return np.asarray(p.max(axis=1))
    return np.asarray(1 - np.prod(1 - p, axis=1))
