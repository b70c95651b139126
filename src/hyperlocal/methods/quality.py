"""Figures that show whether an indicator is fit to enter an index."""

import math

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import doubles


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
        minimum, maximum, mean, standard_deviation
            In the unit of the values.
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
        undefined = ("minimum", "maximum", "mean", "standard_deviation", "skewness")
        shares = ("zero_share", "at_minimum_share", "at_maximum_share")
        return {
            **counts,
            **dict.fromkeys(shares, math.nan),
            "distinct": 0,
            **dict.fromkeys((*undefined, "excess_kurtosis"), math.nan),
        }
    ordered = np.sort(present)
    least, greatest = ordered[0], ordered[-1]
    return {
        **counts,
        "zero_share": float(np.count_nonzero(present == 0) / number),
        "at_minimum_share": float(np.searchsorted(ordered, least, side="right") / number),
        "at_maximum_share": float(1 - np.searchsorted(ordered, greatest) / number),
        "distinct": 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1])),
        "minimum": float(least),
        "maximum": float(greatest),
        **_moments(ordered),
    }


def _moments(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> dict[str, float]:
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
