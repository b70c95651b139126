"""Summaries of larger areas: how need lies in the small areas that they are made of.

Every function takes one entry per link between a small area and a larger area: most small areas
lie in one larger area and have one link; one that is shared out has several.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperlocal.methods._arrays import DoubleArray, doubles, refuse_where


@dataclass(frozen=True)
class ExtentWeights:
    """How much the population of an area counts in the extent, by its percentile.

    Attributes
    ----------
    whole : int
        Up to this percentile people count in full.
    until : int
        Up to this percentile they count in part, beyond it not at all.
    first, last : float
        What counts in the first and the last percentile that counts in part.
    """

    whole: int = 10
    until: int = 30
    first: float = 0.95
    last: float = 0.05

    def of(self, percentile: ArrayLike) -> DoubleArray:
        """Return the weight of each percentile, 1 = most deprived; NaN stays NaN.

        Notes
        -----
            1                                                     p ≤ whole
            first − (first − last)/(until − whole − 1)·(p − whole − 1)   whole < p ≤ until
            0                                                     p > until

        Examples
        --------
        >>> ExtentWeights().of([1, 10, 11, 12, 30, 31]).round(4)
        array([1.    , 1.    , 0.95  , 0.9026, 0.05  , 0.    ])
        """
        group = doubles(percentile, "percentile")
        step = (self.first - self.last) / (self.until - self.whole - 1)
        sliding = self.first - step * (group - self.whole - 1)
        in_part = np.where(group <= self.until, sliding, 0.0)
        weight: DoubleArray = np.where(group <= self.whole, 1.0, in_part)
        return np.where(np.isnan(group), np.nan, weight)


def weighted_average(
    values: ArrayLike, weights: ArrayLike, group: NDArray[np.intp], groups: int
) -> DoubleArray:
    """Average a value of small areas over larger areas.

    Parameters
    ----------
    values : array_like, shape (links,)
        The value of each small area, without missing ones.
    weights : array_like, shape (links,)
        Its population that lies in the larger area, 0 or more.
    group : numpy.ndarray of int, shape (links,)
        The larger area, counted from 0.
    groups : int
        How many larger areas there are.

    Returns
    -------
    numpy.ndarray of float64, shape (groups,)
        Σ weight·value / Σ weight; NaN where the weights add to 0.

    Raises
    ------
    ValueError
        If the arrays differ in length, a value is missing, or a weight is negative or missing.

    Examples
    --------
    >>> weighted_average([10.0, 20.0, 7.0], [1, 3, 5], np.array([0, 0, 1]), 2)
    array([17.5,  7. ])
    """
    value, weight = _of_links(values, weights, group)
    total = np.bincount(group, weights=weight, minlength=groups)
    summed = np.bincount(group, weights=weight * value, minlength=groups)
    return _over(summed, total)


def local_concentration(
    reversed_rank: ArrayLike,
    weights: ArrayLike,
    group: NDArray[np.intp],
    groups: int,
    share: float = 0.1,
) -> DoubleArray:
    """Average the ranks of the most deprived areas that hold a share of the population.

    Parameters
    ----------
    reversed_rank : array_like, shape (links,)
        Ranks counted from the least deprived: N = most deprived.
    weights : array_like, shape (links,)
        The population of each small area that lies in the larger area.
    group : numpy.ndarray of int, shape (links,)
        The larger area, counted from 0.
    groups : int
        How many larger areas there are.
    share : float
        The share of the population, above 0 and at most 1.

    Returns
    -------
    numpy.ndarray of float64, shape (groups,)
        The population-weighted mean of the reversed ranks of the most deprived areas of the
        larger area that hold exactly this share of its population; NaN without population.

    Raises
    ------
    ValueError
        As `weighted_average`; or if the share is out of range.

    Notes
    -----
    Areas are taken from the most deprived on until they hold the share; the one that straddles
    the limit counts with the part of its population that is still wanted:

        Σ taken_j·r_j / (share·P),    taken_j = min(P_j, max(0, share·P − Σ P of those before))

    Source: English Indices of Deprivation, higher-level summaries.

    Examples
    --------
    Of 1,000 people the 100 in the most deprived areas are 60 of rank 9 and 40 of rank 5:

    >>> local_concentration([9, 5, 1], [60, 240, 700], np.array([0, 0, 0]), 1)
    array([7.4])
    """
    if not 0 < share <= 1:
        raise ValueError(f"The share must be above 0 and at most 1, not {share}.")
    rank, weight = _of_links(reversed_rank, weights, group)
    order = np.lexsort((-rank, group))
    rank, weight, of = rank[order], weight[order], group[order]
    total = np.bincount(of, weights=weight, minlength=groups)
    before = np.cumsum(weight) - weight
    starts = np.concatenate(([0.0], np.cumsum(total)))[of]
    taken = np.clip(share * total[of] - (before - starts), 0.0, weight)
    summed = np.bincount(of, weights=taken * rank, minlength=groups)
    wanted = np.bincount(of, weights=taken, minlength=groups)
    return _over(summed, wanted)


def _over(summed: NDArray[Any], total: NDArray[Any]) -> DoubleArray:
    """Divide sums of larger areas; NaN where there is nothing to divide by."""
    average = np.full(total.size, np.nan)
    np.divide(summed, total, out=average, where=total > 0)
    return average


def _of_links(
    values: ArrayLike, weights: ArrayLike, group: NDArray[np.intp]
) -> tuple[DoubleArray, DoubleArray]:
    """Return values and weights, one each per link."""
    value, weight = doubles(values, "values"), doubles(weights, "weights")
    if not value.size == weight.size == group.size:
        raise ValueError(
            f"There are {value.size} values, {weight.size} weights and {group.size} links."
        )
    refuse_where(np.isnan(value), "The value is missing")
    refuse_where(~(weight >= 0), "The weight is negative or missing")
    return value, weight
