"""Ranks of areas (1 = highest score = most need), fractions of the ranking and deciles."""

import math
from fractions import Fraction
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperlocal.methods._arrays import (
    BoolArray,
    DoubleArray,
    FloatArray,
    doubles,
    precision_of,
    refuse_unknown,
    refuse_where,
)

TieMethod = Literal["minimum", "average", "maximum"]
"""The rank of tied areas: the first, the middle or the last of the places that they share."""

RankFractionFormula = Literal["(N-rank+1)/N", "(N-rank)/N"]
"""How a rank becomes a fraction of the ranking."""

DecileRule = Literal["ceil(10*rank/N)", "floor(10*(rank-1)/N)+1"]
"""How a ranking is cut into ten groups."""


PercentileRule = Literal["ceil(100*rank/N)", "floor(100*(rank-1)/N)+1", "near_equal"]
"""How a ranking is cut into a hundred groups."""

HUNDRED = 100
"""As few areas as can be cut into so many groups."""


class TieRanks(NamedTuple):
    """The first and the last place that each area could take, and how many areas were ranked.

    Attributes
    ----------
    lowest : numpy.ndarray of float64, shape (areas,)
        First of the places shared by the areas tied with this one (1, 2, 2, 4); NaN if missing.
    highest : numpy.ndarray of float64, shape (areas,)
        Last of those places (1, 3, 3, 4); NaN if missing.
    number : int
        How many areas have a score.
    """

    lowest: DoubleArray
    highest: DoubleArray
    number: int

    @property
    def average(self) -> DoubleArray:
        """Middle of the shared places (1, 2.5, 2.5, 4), shape (areas,)."""
        return (self.lowest + self.highest) / 2


def tie_ranks(score: ArrayLike) -> TieRanks:
    """Rank areas from the highest score down, keeping the first and last place of every tie.

    Parameters
    ----------
    score : array_like, shape (areas,)
        Scores; a higher score is more need. NaN = not ranked.

    Returns
    -------
    TieRanks
        Ranks in double precision, 1 = highest score. NaN where the score is missing.

    Raises
    ------
    ValueError
        If the scores are not a one-dimensional array of real numbers.

    Notes
    -----
        lowest_j  = 1 + number of areas with a score greater than that of j
        highest_j = number of areas with a score at least that of j
        average_j = (lowest_j + highest_j) / 2

    Two scores are tied only if they are equal to the last bit. One sort gives all three, so that an
    area's published rank and the rank that is transformed may follow different conventions.

    Examples
    --------
    >>> ranks = tie_ranks([5.0, 7.0, 5.0, float("nan"), 1.0])
    >>> ranks.lowest
    array([ 2.,  1.,  2., nan,  4.])
    >>> ranks.average
    array([2.5, 1. , 2.5, nan, 4. ])
    >>> ranks.number
    4
    """
    values = doubles(score, "score")
    number = values.size - int(np.count_nonzero(np.isnan(values)))
    order = np.argsort(-values)[:number]
    ordered = values[order]
    lowest = np.full(values.size, np.nan)
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))[:number])
    if starts.size == number:
        lowest[order] = np.arange(1.0, number + 1)
        return TieRanks(lowest, lowest.copy(), number)
    highest = np.full(values.size, np.nan)
    sizes = np.diff(starts, append=number)
    lowest[order] = np.repeat(starts + 1.0, sizes)
    highest[order] = np.repeat(starts + sizes.astype(np.float64), sizes)
    return TieRanks(lowest, highest, number)


def rank_areas(score: ArrayLike, ties: TieMethod = "minimum") -> DoubleArray:
    """Rank areas from the highest score down under one convention for ties.

    Parameters
    ----------
    score : array_like, shape (areas,)
        Scores; a higher score is more need. NaN = not ranked.
    ties : {"minimum", "average", "maximum"}
        Rank of tied areas: the first place that they share (1, 2, 2, 4), the middle of the places
        (1, 2.5, 2.5, 4) or the last (1, 3, 3, 4).

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        Ranks, 1 = highest score; NaN where the score is missing.

    Raises
    ------
    ValueError
        If the scores are not a one-dimensional array of real numbers, or `ties` is unknown.

    Notes
    -----
    See `tie_ranks` for the formulas. Official indices publish the minimum.

    Examples
    --------
    >>> rank_areas([0.1, 0.9, 0.9, 0.2])
    array([4., 1., 1., 3.])
    >>> rank_areas([0.1, 0.9, 0.9, 0.2], ties="average")
    array([4. , 1.5, 1.5, 3. ])
    """
    refuse_unknown(ties, get_args(TieMethod), "ties")
    ranks = tie_ranks(score)
    if ties == "minimum":
        return ranks.lowest
    return ranks.highest if ties == "maximum" else ranks.average


def rank_fraction(
    rank: ArrayLike,
    number_ranked: int,
    total: int | None = None,
    formula: RankFractionFormula = "(N-rank+1)/N",
) -> FloatArray:
    """Turn ranks into the fraction R that the exponential transformation takes.

    Parameters
    ----------
    rank : array_like, shape (areas,)
        Ranks, 1 = most need; halves are allowed. NaN = not ranked.
    number_ranked : int
        How many areas were ranked: the rank of the area with least need.
    total : int, optional
        The N that divides, if it is stated to be other than the number ranked; not smaller.
    formula : {"(N-rank+1)/N", "(N-rank)/N"}
        England and Wales use the first, Scotland the second.

    Returns
    -------
    numpy.ndarray, shape (areas,)
        Fractions from 0 to 1, 1 = most need; in single precision if `rank` is.

    Raises
    ------
    ValueError
        If a rank is below 1 or above the number ranked, no area was ranked, `total` is smaller than
        the number ranked, or the formula is unknown.

    Notes
    -----
        (N-rank+1)/N :  R = (number_ranked − rank + 1) / total      from 1/N to 1
        (N-rank)/N   :  R = (number_ranked − rank) / total          from 0 to (N − 1)/N

    The first is that of the English Indices of Deprivation, where areas are counted upwards from
    the least deprived, R = 1/N, to the most deprived, R = N/N. An index that leaves an area out of
    its ranking and still divides by the number of all areas gives its first area less than 1.

    Examples
    --------
    >>> rank_fraction([1, 2, 4], number_ranked=4)
    array([1.  , 0.75, 0.25])
    >>> rank_fraction([1, 2, 4], number_ranked=4, total=5)
    array([0.8, 0.6, 0.2])
    >>> rank_fraction([1, 2, 4], number_ranked=4, formula="(N-rank)/N")
    array([0.75, 0.5 , 0.  ])
    """
    refuse_unknown(formula, get_args(RankFractionFormula), "formula")
    ranks = _checked_ranks(rank, number_ranked)
    divisor = number_ranked if total is None else total
    if divisor < number_ranked:
        raise ValueError(
            f"total ({divisor}) must not be smaller than number_ranked ({number_ranked})."
        )
    first = number_ranked + 1 if formula == "(N-rank+1)/N" else number_ranked
    return ((first - ranks) / divisor).astype(precision_of(rank), copy=False)


def deciles(
    rank: ArrayLike, number: int, rule: DecileRule = "ceil(10*rank/N)", groups: int = 10
) -> DoubleArray:
    """Cut a ranking into ten groups of nearly equal size, 1 = most need.

    Parameters
    ----------
    rank : array_like, shape (areas,)
        Ranks, 1 = most need; whole numbers or halves. NaN = not ranked.
    number : int
        How many areas were ranked.
    rule : {"ceil(10*rank/N)", "floor(10*(rank-1)/N)+1"}
        Which groups are the larger ones where the number does not divide; see the notes.
    groups : int
        How many groups; it stands in the place of the 10 of the rules.

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        Whole numbers from 1 to `groups`; NaN where the rank is missing.

    Raises
    ------
    ValueError
        If a rank is below 1, above `number` or neither whole nor a half, or the rule is unknown.

    Notes
    -----
        ceil(10*rank/N)           England 2025: the larger groups stand in turn with the smaller
        floor(10*(rank-1)/N)+1    Wales 2019: the same with the larger groups first in their turn

    Twice the rank is a whole number, so that all of it is exact integer arithmetic: an area on the
    border of two groups does not depend on how a division is rounded.

    Examples
    --------
    >>> deciles([1, 3375, 3376, 33755], number=33755)
    array([ 1.,  1.,  2., 10.])
    >>> deciles([1, 3376, 3377, 33755], number=33755, rule="floor(10*(rank-1)/N)+1")
    array([ 1.,  1.,  2., 10.])
    """
    refuse_unknown(rule, get_args(DecileRule), "rule")
    if groups < 1:
        raise ValueError(f"groups must be at least 1, not {groups}.")
    ranks = _checked_ranks(rank, number)
    missing = np.isnan(ranks)
    doubled = np.where(missing, 2.0, 2.0 * ranks)
    refuse_where(doubled != np.rint(doubled), "The rank is neither a whole number nor a half")
    twice: NDArray[np.int64] = doubled.astype(np.int64)
    if rule == "ceil(10*rank/N)":
        group = -((-groups * twice) // (2 * number))
    else:
        group = (groups * (twice - 2)) // (2 * number) + 1
    return np.where(missing, np.nan, group)


def percentiles(
    rank: ArrayLike, number: int, rule: PercentileRule = "ceil(100*rank/N)"
) -> DoubleArray:
    """Cut a ranking into a hundred groups of nearly equal size, 1 = most need.

    Parameters
    ----------
    rank : array_like, shape (areas,)
        Ranks, 1 = most need; whole numbers or halves. NaN = not ranked.
    number : int
        How many areas were ranked; at least 100.
    rule : {"ceil(100*rank/N)", "floor(100*(rank-1)/N)+1", "near_equal"}
        Which groups are the larger ones where the number does not divide; see the notes.

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        Whole numbers from 1 to 100; NaN where the rank is missing.

    Raises
    ------
    ValueError
        If fewer than 100 areas are ranked, so that some groups would be empty; else as `deciles`.

    Notes
    -----
    The first two are the rules of `deciles` with 100 in the place of 10. With `near_equal` groups
    are cut off one after the other in the order of the ranks, the first N mod 100 of them with
    one area more than the others (the `ntile` of databases).

    Examples
    --------
    >>> percentiles([1, 337, 338, 33755], number=33755)
    array([  1.,   1.,   2., 100.])
    >>> percentiles([20, 21, 180, 181, 199, 200], number=1909, rule="near_equal")
    array([ 1.,  2.,  9., 10., 10., 11.])
    """
    refuse_unknown(rule, get_args(PercentileRule), "rule")
    if number < HUNDRED:
        raise ValueError(f"Percentiles need at least {HUNDRED} ranked areas, not {number}.")
    if rule != "near_equal":
        as_deciles: DecileRule = (
            "ceil(10*rank/N)" if rule == "ceil(100*rank/N)" else "floor(10*(rank-1)/N)+1"
        )
        return deciles(rank, number, as_deciles, groups=100)
    ranks = _checked_ranks(rank, number)
    size, larger = divmod(number, 100)
    within_larger = np.ceil(ranks / (size + 1))
    beyond = larger + np.ceil((ranks - larger * (size + 1)) / size)
    return np.where(ranks <= larger * (size + 1), within_larger, beyond)


def most_deprived(
    rank: ArrayLike, number: int, share: Fraction, rule: DecileRule = "ceil(10*rank/N)"
) -> BoolArray:
    """Tell which areas are in the most deprived share of a ranking.

    Parameters
    ----------
    rank : array_like, shape (areas,)
        Ranks, 1 = most need. NaN = not ranked, and in no share.
    number : int
        N, how many areas were ranked.
    share : fractions.Fraction
        The share, above 0 and at most 1.
    rule : {"ceil(10*rank/N)", "floor(10*(rank-1)/N)+1"}
        As for `deciles`: whether an area that the limit falls on is outside or inside.

    Returns
    -------
    numpy.ndarray of bool, shape (areas,)
        Whether the area is in the share.

    Raises
    ------
    ValueError
        If the share is not above 0 and at most 1, a rank is below 1 or above N, or the rule is
        unknown.

    Notes
    -----
        ceil(10*rank/N)           rank ≤ share·N
        floor(10*(rank-1)/N)+1    rank − 1 < share·N

    so that the most deprived tenth is decile 1 under either rule.

    Examples
    --------
    >>> most_deprived([190, 191, 192], 1909, Fraction(1, 10))
    array([ True, False, False])
    >>> most_deprived([190, 191, 192], 1909, Fraction(1, 10), "floor(10*(rank-1)/N)+1")
    array([ True,  True, False])
    """
    refuse_unknown(rule, get_args(DecileRule), "rule")
    if not 0 < share <= 1:
        raise ValueError(f"The share must be above 0 and at most 1, not {share}.")
    ranks = _checked_ranks(rank, number)
    limit = share * number
    if rule == "ceil(10*rank/N)":
        return ranks <= math.floor(2 * limit) / 2
    return ranks - 1 < math.ceil(2 * limit) / 2


def _checked_ranks(rank: ArrayLike, number: int) -> DoubleArray:
    """Return ranks in double precision after checking that they lie between 1 and `number`."""
    if number < 1:
        raise ValueError(f"At least one area must be ranked, not {number}.")
    ranks = doubles(rank, "rank")
    refuse_where((ranks < 1) | (ranks > number), f"The rank is not between 1 and {number}")
    return ranks
