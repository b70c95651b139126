"""Rates over several years, and of residents of whom a part is not covered by what is counted."""

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import DoubleArray, doubles, refuse_where


def average_rate(numerator: ArrayLike, denominator: ArrayLike) -> DoubleArray:
    """Average the rates of several years, each year alike.

    Parameters
    ----------
    numerator, denominator : array_like, shape (years, areas)
        The counts of each year, 0 or more; NaN = missing.

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        The rates; NaN where a year is missing, or has a denominator of 0.

    Raises
    ------
    ValueError
        If the arrays differ in shape, or a denominator is negative.

    Notes
    -----
        rate = (r_1/n_1 + … + r_k/n_k) / k

    Pooling the years, Σr/Σn, gives a year of a larger population more weight. Averages of yearly
    figures are what the Welsh Index of Multiple Deprivation 2019 takes for its pupils, and the
    English Indices of Deprivation 2015 for homelessness.

    Examples
    --------
    Two years, 1 of 10 and 4 of 20: pooled 5/30 = 0.167, averaged (0.1 + 0.2)/2.

    >>> average_rate([[1], [4]], [[10], [20]]).round(6)
    array([0.15])
    """
    counted = doubles(numerator, "numerator", 2)
    among = doubles(denominator, "denominator", 2)
    if counted.shape != among.shape:
        raise ValueError(
            f"numerator and denominator differ in shape: {counted.shape} and {among.shape}."
        )
    refuse_where((among < 0).ravel(), "The denominator is negative")
    rates = np.full(counted.shape, np.nan)
    np.divide(counted, among, out=rates, where=among > 0)
    mean: DoubleArray = rates.mean(axis=0)
    return mean


def coverage_scale(
    residents: ArrayLike, not_covered: ArrayLike, where_above: float = 0.0
) -> DoubleArray:
    """Return by how much to scale a rate up, where what is counted leaves out some residents.

    Parameters
    ----------
    residents : array_like, shape (areas,)
        R, all residents; NaN = missing.
    not_covered : array_like, shape (areas,)
        u, those of them of whom nothing is known, 0 or more; NaN = missing.
    where_above : float
        Areas with no more of them than this are left as they are.

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        The factor, 1 or more; NaN where either is missing, or where nobody is covered.

    Raises
    ------
    ValueError
        If a number is negative, or the arrays differ in length.

    Notes
    -----
        factor = R / (R − u) where u > where_above, else 1

    as if those who are not covered were counted at the same rate as those who are. The Welsh Index
    of Multiple Deprivation 2019 (annex E) does so for the 25 areas with more than 100 residents
    who are registered with practices in England.

    Examples
    --------
    >>> coverage_scale([1500, 1500, 1500], [0, 90, 300], where_above=100)
    array([1.  , 1.  , 1.25])
    """
    whole, lost = doubles(residents, "residents"), doubles(not_covered, "not_covered")
    if whole.shape != lost.shape:
        raise ValueError(f"residents has {whole.size} areas, not_covered {lost.size}.")
    refuse_where((whole < 0) | (lost < 0), "A number is negative")
    taken = np.where(lost > where_above, lost, 0.0 * lost)
    factor = np.where(taken == 0, 1.0 + 0.0 * whole, np.nan)
    np.divide(whole, whole - taken, out=factor, where=(taken > 0) & (whole > taken))
    return factor
