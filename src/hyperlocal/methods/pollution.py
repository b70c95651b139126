"""Several pollutants made into one number: each over its objective, and their mean."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import DoubleArray, doubles, refuse_where


def pollution_score(
    concentrations: ArrayLike, objectives: ArrayLike, power: float = 1.0
) -> DoubleArray:
    """Divide the concentration of each pollutant by its objective, and average over pollutants.

    Parameters
    ----------
    concentrations : array_like, shape (areas, pollutants)
        The mean concentration of each pollutant in each area; NaN = missing.
    objectives : array_like, shape (pollutants,)
        The concentration of each that is not to be exceeded, in the same unit.
    power : float
        The power of the mean, 1 or more: 1 is the plain mean, 2 the root of the mean square;
        infinity is the highest.

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        1 where every pollutant just meets its objective; NaN where one is missing.

    Raises
    ------
    ValueError
        If a concentration is negative, an objective is not above 0, the power is below 1, or the
        shapes do not match.

    Notes
    -----
        ( (1/k) Σ_p (c_p / o_p)^m )^(1/m)

    with the concentration c and the objective o of k pollutants p and the power m (seed 004
    section 11, which names the factor and the average; the power is left to the definition). No
    ratio is below 0, so that a low one takes nothing away from the others, as it would in an
    average of z-scores. It still draws the plain mean down; the higher the power, the less: the
    score is never below the highest ratio over k^(1/m).

    Examples
    --------
    An area with twice the objective of one pollutant and none of the other, and one with both at
    the objective:

    >>> area = [[80.0, 0.0], [40.0, 25.0]]
    >>> pollution_score(area, [40, 25])
    array([1., 1.])
    >>> pollution_score(area, [40, 25], power=2).round(3)
    array([1.414, 1.   ])
    """
    found = doubles(concentrations, "concentrations", 2)
    objective = doubles(objectives, "objectives")
    if found.shape[1] != len(objective) or not len(objective):
        raise ValueError(
            f"there are {found.shape[1]} pollutants and {len(objective)} objectives: give one each."
        )
    refuse_where(~(objective > 0), "The objective is not above 0")
    refuse_where(found < 0, "The concentration is negative")
    if not power >= 1:
        raise ValueError(f"power must be 1 or more, not {power}.")
    ratio = found / objective
    highest: DoubleArray = ratio.max(axis=1)
    if math.isinf(power):
        return highest
    scale = np.where(highest > 0, highest, 1.0)  # so that no power of a ratio is infinite
    relative = ratio / scale[:, None]
    score: DoubleArray = scale * np.mean(relative**power, axis=1) ** (1 / power)
    return score
