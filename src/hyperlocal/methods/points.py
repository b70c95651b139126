"""Average point scores: of pupils over subjects, of areas over years, and how pupils differ."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import DoubleArray, doubles

OverSubjects = Literal["mean", "sum"]


def pupil_scores(points: ArrayLike, over_subjects: OverSubjects = "mean") -> DoubleArray:
    """Return the score of each pupil over the subjects that have points.

    Parameters
    ----------
    points : array_like, shape (pupils, subjects)
        The points of each pupil in each subject; NaN = none, which does not count.
    over_subjects : {"mean", "sum"}
        Whether the points are averaged over the subjects that have some, or added up.

    Returns
    -------
    numpy.ndarray, shape (pupils,)
        NaN for a pupil without points in any subject.

    Notes
    -----
        score = Σ points / subjects with points        or        score = Σ points

    The Welsh Index of Multiple Deprivation 2019 (technical report, section 7) averages the points
    of pupils in core subjects.

    Examples
    --------
    >>> pupil_scores([[27, 21, 33], [40, np.nan, 46], [np.nan, np.nan, np.nan]])
    array([27., 43., nan])
    """
    of_subjects = doubles(points, "points", dimensions=2)
    known = ~np.isnan(of_subjects)
    taken = known.sum(axis=1)
    total = np.where(known, of_subjects, 0.0).sum(axis=1)
    scores = np.full(len(total), np.nan)
    divisor = taken if over_subjects == "mean" else np.ones_like(taken)
    np.divide(total, divisor, out=scores, where=taken > 0)
    return scores


def best_of(points: ArrayLike) -> DoubleArray:
    """Return the most points of each pupil in any of several subjects, such as two languages.

    Parameters
    ----------
    points : array_like, shape (pupils, subjects)
        The points; NaN = none.

    Returns
    -------
    numpy.ndarray, shape (pupils,)
        NaN for a pupil without points in any of them.

    Notes
    -----
    The Welsh Index of Multiple Deprivation 2019 (technical report, section 7) takes the higher of
    English and Welsh, as not every pupil is assessed in Welsh as a first language.

    Examples
    --------
    >>> best_of([[27, 33], [np.nan, 21], [np.nan, np.nan]])
    array([33., 21., nan])
    """
    of_subjects = doubles(points, "points", dimensions=2)
    best: DoubleArray = np.fmax.reduce(of_subjects, axis=1)
    return best


def years_alike(total: ArrayLike, size: ArrayLike) -> tuple[DoubleArray, DoubleArray]:
    """Weigh the pupils of each year so that the mean over pupils is the mean of the yearly means.

    Parameters
    ----------
    total : array_like, shape (areas, years)
        The points of all pupils of each area and year.
    size : array_like, shape (areas, years)
        The number of pupils.

    Returns
    -------
    total : numpy.ndarray, shape (areas,)
        The points of all years, so weighed: over all pupils they give the mean of the means of
        those years that have pupils.
    spread : numpy.ndarray, shape (areas,)
        By how much the standard error is larger than that of as many pupils who count alike, 1 or
        more; 1 where there are none.

    Notes
    -----
    With T_y points of n_y pupils in each of Y years, and n = Σ n_y:

        mean   = (1/Y) Σ T_y/n_y
        total  = n · mean
        spread = √( n · Σ 1/n_y ) / Y          as  var(mean) = sd² · Σ 1/n_y / Y²

    Examples
    --------
    Ten pupils with 300 points and forty with 800: 25 is the mean of 30 and 20, where all pupils
    together have 22.

    >>> total, spread = years_alike([[300.0, 800.0]], [[10.0, 40.0]])
    >>> total / 50, spread
    (array([25.]), array([1.25]))
    """
    points, pupils = doubles(total, "total", 2), doubles(size, "size", 2)
    there = pupils > 0
    years = np.maximum(there.sum(axis=1), 1)
    inverse = np.divide(1.0, pupils, out=np.zeros_like(pupils), where=there)
    number = pupils.sum(axis=1)
    mean = (points * inverse).sum(axis=1) / years
    spread = np.sqrt(number * inverse.sum(axis=1)) / years
    return number * mean, np.where(there.any(axis=1), spread, 1.0)


def pooled_standard_deviation(total: ArrayLike, squares: ArrayLike, size: ArrayLike) -> float:
    """Return the standard deviation between the pupils of one area, pooled over all areas.

    Parameters
    ----------
    total : array_like, shape (areas,)
        The sum of the scores of each area's pupils; NaN = missing, not used.
    squares : array_like, shape (areas,)
        The sum of their squares.
    size : array_like, shape (areas,)
        The number of pupils; need not be whole, where some are shared among areas.

    Returns
    -------
    float
        NaN where no area has more than one pupil.

    Notes
    -----
        sd² = Σ (Q_j − T_j²/n_j) / Σ max(n_j − 1, 0)

    One area's own standard deviation would be a poor guide: with two or three pupils it can be 0 by
    chance, and the area would then pass for perfectly known.

    Examples
    --------
    Scores of 10 and 14 in one area, of 20, 22 and 24 in another: (8 + 8) / (1 + 2).

    >>> pooled_standard_deviation([24, 66], [296, 1460], [2, 3]) ** 2
    5.333333333333333
    """
    sums, of_squares = doubles(total, "total"), doubles(squares, "squares")
    number = doubles(size, "size")
    use = (number > 0) & ~np.isnan(sums + of_squares + number)
    within = of_squares[use] - sums[use] ** 2 / number[use]
    freedom = float(np.maximum(number[use] - 1, 0).sum())
    return float(np.sqrt(max(within.sum(), 0.0) / freedom)) if freedom > 0 else float("nan")
