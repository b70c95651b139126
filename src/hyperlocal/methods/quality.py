"""Figures that show whether an indicator is fit to enter an index."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperlocal.methods._arrays import BoolArray, DoubleArray, doubles

FENCE = 3.0
"""How many times the distance between the quartiles lie the outer fences outside them."""

_HUGE = 1e270
_SCALE_OF_HUGE = 2.0**-100  # a power of two changes no digit


def describe_values(values: ArrayLike) -> dict[str, int | float]:
    """Describe the distribution of an indicator.

    Parameters
    ----------
    values : array_like, shape (areas,)
        Values of an indicator in its unit; NaN = missing.

    Returns
    -------
    dict of str to int or float
        number
            How many values are neither missing nor infinite; the rest describes these.
        missing, infinite
            How many are.
        zero_share, at_minimum_share, at_maximum_share
            Share of them, from 0 to 1, that are 0, the least and the greatest value.
        distinct
            How many different values there are.
        minimum, maximum, lower_quartile, median, upper_quartile, mean, standard_deviation
            In the unit of the values.
        outlier_share
            Share of them that lie outside Tukey's outer fences.
        skewness, excess_kurtosis
            Without unit; 0 for a normal distribution.

        What is undefined (all of it for no values, the last two for equal values) is NaN.

    Raises
    ------
    ValueError
        If the values are not a one-dimensional array of real numbers.

    Notes
    -----
    With the population moments m_p = Σ(x − mean)^p / n:

        standard_deviation = √m₂    skewness = m₃/m₂^(3/2)    excess_kurtosis = m₄/m₂² − 3

    The quartiles interpolate between neighbours in order: the p-quantile of n values stands at
    place 1 + p(n − 1). With Q₁ and Q₃ the quartiles, an outlier is a value

        x < Q₁ − 3 (Q₃ − Q₁)    or    x > Q₃ + 3 (Q₃ − Q₁)

    Where the quartiles are equal, the fences fall together and every other value is an outlier:
    at least half of the areas are alike then, and the share says how many stand apart.

    The report of the Hyper-local Need measure names the checks behind the shares: many zeros, or
    many areas at the upper limit (100%), distort an index that is built on ranks.

    Examples
    --------
    >>> description = describe_values([0.0, 0.0, 3.0, float("nan")])
    >>> description["number"], description["missing"], description["mean"]
    (3, 1, 1.0)
    >>> round(description["zero_share"], 4)
    0.6667
    """
    numbers = doubles(values, "values")
    present = numbers[np.isfinite(numbers)]
    number = present.size
    missing = int(np.count_nonzero(np.isnan(numbers)))
    counts: dict[str, int | float] = {
        "number": number,
        "missing": missing,
        "infinite": numbers.size - number - missing,
    }
    if number == 0:
        return {
            **counts,
            **dict.fromkeys(_SHARES, math.nan),
            "distinct": 0,
            **dict.fromkeys(_MEASURES, math.nan),
        }
    ordered = np.sort(present)
    least, greatest = ordered[0], ordered[-1]
    huge = max(-least, greatest) > _HUGE  # sums and fences of these could overflow
    scale = _SCALE_OF_HUGE if huge else 1.0
    scaled = ordered * scale if huge else ordered
    measures = {**_quartiles(scaled), **_moments(scaled)}
    return {
        **counts,
        "zero_share": float(np.count_nonzero(present == 0) / number),
        "at_minimum_share": float(np.searchsorted(ordered, least, side="right") / number),
        "at_maximum_share": float((number - np.searchsorted(ordered, greatest)) / number),
        "distinct": 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1])),
        "minimum": float(least),
        "maximum": float(greatest),
        **{
            name: measure if name in _WITHOUT_UNIT else measure / scale
            for name, measure in measures.items()
        },
    }


_SHARES = ("zero_share", "at_minimum_share", "at_maximum_share")
_WITHOUT_UNIT = ("outlier_share", "skewness", "excess_kurtosis")
_MEASURES = (
    "minimum",
    "maximum",
    "lower_quartile",
    "median",
    "upper_quartile",
    "outlier_share",
    "mean",
    "standard_deviation",
    "skewness",
    "excess_kurtosis",
)


def rank_correlations(values: ArrayLike) -> DoubleArray:
    """Correlate the ranks of indicators over areas, pair by pair (Spearman).

    Parameters
    ----------
    values : array_like, shape (areas, indicators)
        Indicators in their units; NaN = missing.

    Returns
    -------
    numpy.ndarray of float64, shape (indicators, indicators)
        Rank correlations: symmetric. NaN where undefined: one of the two has the same value in
        all areas that have both, or no area has both. The diagonal is 1, or NaN likewise.

    Raises
    ------
    ValueError
        If the values are not a two-dimensional array of real numbers.

    Notes
    -----
    With u and v the ranks of two indicators among the n areas that have both, ties at the
    average of the places that they share, and deviations from the mean rank (n + 1)/2:

        ρ = Σ (u − (n+1)/2)(v − (n+1)/2) / √( Σ (u − (n+1)/2)² · Σ (v − (n+1)/2)² )

    The sums are exact for up to some 300,000 areas, so that indicators in the same order
    correlate by exactly 1.

    Examples
    --------
    >>> rank_correlations([[1.0, 30.0], [2.0, 20.0], [2.0, 10.0], [4.0, float("nan")]]).round(3)
    array([[ 1.   , -0.866],
           [-0.866,  1.   ]])
    """
    # one row per indicator: sorting then runs along memory
    table = np.ascontiguousarray(doubles(values, "values", dimensions=2).T)
    present = ~np.isnan(table)
    numbers = present.sum(axis=1)
    orders = [np.argsort(row)[:number] for row, number in zip(table, numbers, strict=True)]
    whole = [
        _centred_ranks(row, order, mask)
        for row, order, mask in zip(table, orders, present, strict=True)
    ]
    correlations = np.full((len(table), len(table)), np.nan)
    for first in range(len(table)):
        for second in range(first, len(table)):
            both = present[first] & present[second]
            number = np.count_nonzero(both)
            own, other = (
                whole[place]
                if number == numbers[place]
                else _centred_ranks(table[place], orders[place], both)
                for place in (first, second)
            )
            spread = np.sqrt(_product(own, own) * _product(other, other))
            if spread > 0:
                correlation = min(max(_product(own, other) / spread, -1.0), 1.0)
                correlations[first, second] = correlations[second, first] = correlation
    return correlations


def _centred_ranks(values: DoubleArray, order: NDArray[np.intp], among: BoolArray) -> DoubleArray:
    """Rank the areas of a mask from the lowest, ties at their average; 0 is the mean, and out.

    `order` sorts the values that are there; sorting once serves every mask.
    """
    chosen = order[among[order]]
    number = chosen.size
    ordered = values[chosen]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))[:number])
    sizes = np.diff(starts, append=number)
    ranks = np.zeros(values.size)
    ranks[chosen] = np.repeat(starts + (sizes - number) / 2, sizes)
    return ranks


def _product(own: DoubleArray, other: DoubleArray) -> float:
    """Return the sum of products, in one thread: more would cost more than they bring."""
    return float(np.einsum("a,a->", own, other))


def _quartiles(ordered: DoubleArray) -> dict[str, float]:
    """Return the quartiles of ordered values, and the share outside the outer fences."""
    lower, middle, upper = np.quantile(ordered, (0.25, 0.5, 0.75))
    reach = FENCE * (upper - lower)
    below = np.searchsorted(ordered, lower - reach, side="left")
    above = ordered.size - np.searchsorted(ordered, upper + reach, side="right")
    return {
        "lower_quartile": float(lower),
        "median": float(middle),
        "upper_quartile": float(upper),
        "outlier_share": float((below + above) / ordered.size),
    }


def _moments(values: DoubleArray) -> dict[str, float]:
    """Return the mean, standard deviation, skewness and excess kurtosis."""
    mean = float(values.mean())
    if values[0] == values[-1]:
        return {
            "mean": float(values[0]),
            "standard_deviation": 0.0,
            "skewness": math.nan,
            "excess_kurtosis": math.nan,
        }
    deviation = values - mean
    largest = float(np.abs(deviation).max())
    deviation = deviation / largest  # so that no power overflows or vanishes
    squares = deviation * deviation
    second = float(squares.mean())
    return {
        "mean": mean,
        "standard_deviation": largest * math.sqrt(second),
        "skewness": float((squares * deviation).mean()) / second**1.5,
        "excess_kurtosis": float((squares * squares).mean()) / second**2 - 3,
    }
