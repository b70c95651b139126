"""Standardisation of scores: normal scores, z-scores and the exponential transformation."""

import math
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import (
    DoubleArray,
    FloatArray,
    doubles,
    precision_of,
    refuse_unknown,
    refuse_where,
)
from hyperlocal.methods.ranks import tie_ranks

NormalScoreFormula = Literal["r/(n+1)", "(r-1/2)/n", "(r-3/8)/(n+1/4)"]
"""The probability that stands for place r of n, counted from the lowest value."""

EXACT_CONSTANT = 50 / math.log(9)
"""The constant c of the exponential transformation with which R = 0.9 gives exactly 50."""

_OFFSETS: dict[str, float] = {"r/(n+1)": 0.0, "(r-1/2)/n": 0.5, "(r-3/8)/(n+1/4)": 0.375}


def normal_scores(
    values: ArrayLike,
    formula: NormalScoreFormula = "r/(n+1)",
    ties: Literal["average", "minimum"] = "average",
) -> FloatArray:
    """Replace values by the standard normal quantile of their place in the order.

    Parameters
    ----------
    values : array_like, shape (areas,)
        Values of an indicator; NaN = missing, not counted in n.
    formula : {"r/(n+1)", "(r-1/2)/n", "(r-3/8)/(n+1/4)"}
        The probability of place r of n.
    ties : {"average", "minimum"}
        Place of tied values: the middle of the places that they share, or the first of them counted
        from the highest value (which gives all of them the highest of the scores).

    Returns
    -------
    numpy.ndarray, shape (areas,)
        Normal scores, highest for the highest value; NaN where the value is missing. In single
        precision if `values` are.

    Raises
    ------
    ValueError
        If the values are not a one-dimensional array of real numbers, or a choice is unknown.

    Notes
    -----
        z = Φ⁻¹(p),    p = r/(n + 1)    or (r − ½)/n    or (r − ⅜)/(n + ¼)

    with r = 1 for the lowest value and Φ⁻¹ the standard normal quantile function. The three
    formulas are those of van der Waerden (1952), Hazen (1914) and Blom (1958). See
    `normal_scores_of_ranks` for a ranking that was made already.

    Examples
    --------
    >>> normal_scores([10.0, 30.0, 20.0]).round(4)
    array([-0.6745,  0.6745,  0.    ])
    >>> normal_scores([5.0, 5.0, float("nan")])
    array([ 0.,  0., nan])
    """
    refuse_unknown(ties, ("average", "minimum"), "ties")
    refuse_unknown(formula, get_args(NormalScoreFormula), "formula")
    ranks = tie_ranks(values)
    if ranks.number == 0:
        return ranks.lowest.astype(precision_of(values), copy=False)
    rank = ranks.average if ties == "average" else ranks.lowest
    return _quantiles(rank, ranks.number, formula).astype(precision_of(values), copy=False)


def normal_scores_of_ranks(
    rank: ArrayLike, number: int, formula: NormalScoreFormula = "r/(n+1)"
) -> FloatArray:
    """Replace ranks, 1 = highest value, by standard normal quantiles.

    Parameters
    ----------
    rank : array_like, shape (areas,)
        Ranks, 1 = highest value, halves allowed; NaN = missing.
    number : int
        How many values were ranked: the n of the formula.
    formula : {"r/(n+1)", "(r-1/2)/n", "(r-3/8)/(n+1/4)"}
        The probability of place r of n, where r = n + 1 − rank.

    Returns
    -------
    numpy.ndarray, shape (areas,)
        Normal scores, highest for rank 1; in single precision if `rank` is.

    Raises
    ------
    ValueError
        If a rank is below 1 or above `number`, or the formula is unknown.

    Notes
    -----
    All three formulas are symmetric, p(rank) = 1 − p(n + 1 − rank), so the quantile is taken in the
    lower tail and given its sign: the scores of rank and n + 1 − rank differ in nothing but that.

    Examples
    --------
    >>> normal_scores_of_ranks([1, 2, 3], number=3).round(4)
    array([ 0.6745,  0.    , -0.6745])
    >>> normal_scores_of_ranks([1, 2, 3], number=3, formula="(r-1/2)/n").round(4)
    array([ 0.9674,  0.    , -0.9674])
    """
    refuse_unknown(formula, get_args(NormalScoreFormula), "formula")
    if number < 1:
        raise ValueError(f"At least one value must be ranked, not {number}.")
    ranks = doubles(rank, "rank")
    refuse_where((ranks < 1) | (ranks > number), f"The rank is not between 1 and {number}")
    return _quantiles(ranks, number, formula).astype(precision_of(rank), copy=False)


def z_scores(values: ArrayLike) -> FloatArray:
    """Centre values at their mean and divide them by their standard deviation.

    Parameters
    ----------
    values : array_like, shape (areas,)
        Values of an indicator; NaN = missing.

    Returns
    -------
    numpy.ndarray, shape (areas,)
        Scores with mean 0 and standard deviation 1; NaN where the value is missing. In single
        precision if `values` are.

    Raises
    ------
    ValueError
        If a value is infinite, or there are no two different values.

    Notes
    -----
        z = (x − mean) / sd,    sd² = Σ(x − mean)² / n

    The divisor is n, not n − 1: the areas are all the areas there are, not a sample of them.

    Examples
    --------
    >>> z_scores([1.0, 3.0, float("nan")])
    array([-1.,  1., nan])
    """
    numbers = doubles(values, "values")
    refuse_where(np.isinf(numbers), "The value is infinite")
    present = numbers[~np.isnan(numbers)]
    if present.size == 0 or present.min() == present.max():
        raise ValueError("z-scores need at least two different values: the variance is zero.")
    # z-scores have no unit: a power of two, which is exact, keeps squares of any size finite.
    exponent = -int(np.frexp(np.abs(present).max())[1])
    numbers, present = np.ldexp(numbers, exponent), np.ldexp(present, exponent)
    scores: FloatArray = (numbers - present.mean()) / present.std()
    return scores.astype(precision_of(values), copy=False)


def exponential_transform(rank_fraction: ArrayLike, constant: float = 23.0) -> FloatArray:
    """Stretch ranks to an exponential distribution from 0 to 100.

    Parameters
    ----------
    rank_fraction : array_like, shape (areas,)
        R, from 0 to 1, 1 = most need; NaN = not ranked. See `rank_fraction`.
    constant : float
        c, from 1 to 10,000: 23 in England, Scotland and Wales, `EXACT_CONSTANT` in Northern
        Ireland.

    Returns
    -------
    numpy.ndarray, shape (areas,)
        Scores from 0 to 100: exactly 0 at R = 0 and exactly 100 at R = 1. In single precision if
        `rank_fraction` is.

    Raises
    ------
    ValueError
        If a fraction is below 0 or above 1, or the constant is out of range.

    Notes
    -----
        X = −c · ln(1 − R·(1 − exp(−100/c)))

    Source: English Indices of Deprivation (2000 and later). With c = 50/ln 9 it is the form
    of Northern Ireland, X = −50/ln 9 · ln(1 − R·80/81), and R = 0.9 gives exactly 50.

    It is evaluated as −c·ln((1 − R) + R·q) with q = exp(−100/c), which is the same and loses
    nothing where R is near 1. For fractions in single precision, q and the result are held in
    single precision and all between is double: so the published single-precision scores of the
    Wales Community Assets Index follow to the last bit.

    Examples
    --------
    >>> exponential_transform([0.0, 0.5, 1.0]).round(4)
    array([  0.    ,  15.6468, 100.    ])
    >>> exponential_transform([0.0, 0.9, 1.0], constant=EXACT_CONSTANT).round(12)
    array([  0.,  50., 100.])
    """
    if not 1 <= constant <= 10_000:
        raise ValueError(f"The constant must be between 1 and 10,000, not {constant}.")
    fraction = doubles(rank_fraction, "rank_fraction")
    refuse_where((fraction < 0) | (fraction > 1), "The rank fraction is not between 0 and 1")
    precision = precision_of(rank_fraction)
    tail = float(precision.type(math.exp(-100 / constant)))
    score = -constant * np.log((1 - fraction) + fraction * tail) + 0.0
    return np.where(fraction == 1, 100.0, score).astype(precision, copy=False)


def _quantiles(rank: FloatArray, number: int, formula: NormalScoreFormula) -> FloatArray:
    """Return Φ⁻¹ of the places `number` + 1 − `rank`, antisymmetric to the last bit."""
    doubled = 2 * rank
    if (doubled == np.rint(doubled)).all():  # whole ranks and halves: the usual case
        return _table_of_quantiles(number, formula)[doubled.astype(np.intp)]
    return _normal_quantiles(rank, number, formula)


@lru_cache(maxsize=8)
def _table_of_quantiles(number: int, formula: NormalScoreFormula) -> DoubleArray:
    """Return Φ⁻¹ of the places of the ranks 0, ½, 1, 1½, … `number`; those below 1 are unused."""
    ranks = np.maximum(np.arange(2 * number + 1) / 2, 1.0)
    return _normal_quantiles(ranks, number, formula)


def _normal_quantiles(rank: FloatArray, number: int, formula: NormalScoreFormula) -> DoubleArray:
    from scipy.special import ndtri

    offset = _OFFSETS[formula]
    other = (number + 1) - rank
    tail = (np.minimum(rank, other) - offset) / (number + 1 - 2 * offset)
    score: DoubleArray = np.copysign(ndtri(tail), other - rank)
    return score
