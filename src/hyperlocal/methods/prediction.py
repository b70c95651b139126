"""How well predicted probabilities tell outcomes apart, and how true they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperlocal.methods._arrays import DoubleArray, doubles


@dataclass(frozen=True, eq=False)
class Calibration:
    """Outcomes that were predicted and that were there, by how likely they were.

    Attributes
    ----------
    units : numpy.ndarray of int64, shape (groups,)
        The units of each group, the least likely first.
    weight, expected, observed : numpy.ndarray of float64, shape (groups,)
        Their weight, and how much of it has the outcome: as predicted, and in fact.
    """

    units: NDArray[np.int64]
    weight: DoubleArray
    expected: DoubleArray
    observed: DoubleArray

    @property
    def hosmer_lemeshow(self) -> float:
        """Σ (observed − expected)² / (expected (1 − expected/weight)).

        Near the number of groups less 2 where the predictions are true.
        """
        spread = self.expected * (1 - self.expected / self.weight)
        there = spread > 0
        return float(np.sum((self.observed - self.expected)[there] ** 2 / spread[there]))


def area_under_curve(
    outcomes: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None = None
) -> float:
    """Return how often a unit with the outcome is predicted to be likelier than one without.

    Parameters
    ----------
    outcomes : array_like, shape (units,)
        y, 1 or 0.
    predicted : array_like, shape (units,)
        p, the predicted probabilities, or anything that orders the units as they do.
    weights : array_like, shape (units,), optional
        w, how many units each stands for; 1 if not given.

    Returns
    -------
    float
        From 0 to 1: 0.5 by chance, 1 where every pair is in the right order. NaN where all units
        have the same outcome.

    Notes
    -----
    Over all pairs of i with the outcome and j without, with W₁ and W₀ their weights:

        AUC = Σ w_i w_j ([p_i > p_j] + ½ [p_i = p_j]) / (W₁ W₀)

    It is the area under the receiver operating characteristic. Source: Hanley and McNeil (1982),
    Radiology 143.

    Examples
    --------
    Three of the four pairs are in the right order.

    >>> area_under_curve([1, 1, 0, 0], [0.8, 0.3, 0.4, 0.1])
    0.75
    """
    y, p = doubles(outcomes, "outcomes"), doubles(predicted, "predicted")
    w = np.ones(len(y)) if weights is None else doubles(weights, "weights")
    place = np.unique(p, return_inverse=True)[1]
    with_it = np.bincount(place, w * y)
    without = np.bincount(place, w * (1 - y))
    pairs = with_it.sum() * without.sum()
    if pairs == 0:
        return float("nan")
    below = np.cumsum(without) - without
    return float(with_it @ (below + without / 2) / pairs)


def calibration(
    outcomes: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None = None, groups: int = 10
) -> Calibration:
    """Compare predicted with real outcomes, in groups of units in the order of their probability.

    Parameters
    ----------
    outcomes : array_like, shape (units,)
        y, 1 or 0.
    predicted : array_like, shape (units,)
        p, the predicted probabilities.
    weights : array_like, shape (units,), optional
        w, how many units each stands for; 1 if not given.
    groups : int
        The number of groups of nearly as many units each; fewer where there are fewer units.

    Notes
    -----
    Of group g: expected = Σ w p and observed = Σ w y. Source: Hosmer and Lemeshow (1980),
    Communications in Statistics A 9.

    Examples
    --------
    >>> table = calibration([0, 0, 1, 1], [0.1, 0.3, 0.6, 0.8], groups=2)
    >>> table.expected.round(2), table.observed
    (array([0.4, 1.4]), array([0., 2.]))
    """
    y, p = doubles(outcomes, "outcomes"), doubles(predicted, "predicted")
    w = np.ones(len(y)) if weights is None else doubles(weights, "weights")
    number = min(groups, len(y))
    group = np.empty(len(y), dtype=np.int64)
    group[np.argsort(p, kind="stable")] = np.arange(len(y)) * number // max(len(y), 1)
    return Calibration(
        np.bincount(group, minlength=number).astype(np.int64),
        *(np.bincount(group, part, number).astype(np.float64) for part in (w, w * p, w * y)),
    )
