"""Weights of the children of a domain or index, and the weighted sum."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import DoubleArray, FloatArray, doubles, precision_of

_ROUNDING = 1e-12
"""Share of a total by which two totals may differ through rounding."""


def equal_weights(number: int) -> DoubleArray:
    """Give every child the same weight.

    Parameters
    ----------
    number : int
        How many children there are.

    Returns
    -------
    numpy.ndarray of float64, shape (children,)
        1/number each.

    Raises
    ------
    ValueError
        If there are no children.

    Notes
    -----
        weight = 1/k

    Examples
    --------
    >>> equal_weights(4)
    array([0.25, 0.25, 0.25, 0.25])
    """
    if number < 1:
        raise ValueError(f"Weights need at least one child, not {number}.")
    return np.full(number, 1 / number)


def rescale_weights(weights: ArrayLike) -> DoubleArray:
    """Scale weights in proportion so that they add to 1.

    Parameters
    ----------
    weights : array_like, shape (children,)
        Weights of 0 or more.

    Returns
    -------
    numpy.ndarray of float64, shape (children,)
        Weights that add to 1.

    Raises
    ------
    ValueError
        If a weight is negative, missing or infinite, or all are 0.

    Notes
    -----
        weight_i / Σ weight

    Some published weights are rounded and meant as they stand: those of the English Indices of
    Deprivation 2025 add to 0.999, and rescaling them would change every score.

    Examples
    --------
    >>> rescale_weights([3.0, 1.0])
    array([0.75, 0.25])
    """
    given = _checked_weights(weights)
    total = given.sum()
    if total == 0:
        raise ValueError("Weights that are all 0 cannot be scaled to add to 1.")
    scaled: DoubleArray = given / total
    return scaled


def cap_weights(weights: ArrayLike, caps: ArrayLike) -> DoubleArray:
    """Hold weights down to their caps and share the excess out among the others.

    Parameters
    ----------
    weights : array_like, shape (children,)
        Weights of 0 or more.
    caps : array_like, shape (children,)
        The most that each weight may be, in the same unit; infinite = no cap.

    Returns
    -------
    numpy.ndarray of float64, shape (children,)
        Weights with the same total, none above its cap.

    Raises
    ------
    ValueError
        If there are not as many caps as weights, one of them is negative or missing, the caps add
        to less than the weights, or those that could take the excess all have weight 0.

    Notes
    -----
        capped:    weight = cap
        others:    weight · (total − Σ caps of the capped) / Σ weights of the others

    repeated with those that this lifts above their cap, until there are none. Wales caps the weight
    of adults without qualifications at 16% in this manner.

    Examples
    --------
    >>> cap_weights([0.5, 0.3, 0.2], [0.2, float("inf"), float("inf")])
    array([0.2 , 0.48, 0.32])
    """
    given = _checked_weights(weights)
    limits = doubles(caps, "caps")
    if limits.shape != given.shape:
        raise ValueError(f"There are {limits.size} caps for {given.size} weights.")
    if not (limits >= 0).all():
        raise ValueError("A cap is negative or missing; a weight without a cap has the cap inf.")
    total = float(given.sum())
    if limits.sum() < total * (1 - _ROUNDING):
        raise ValueError(
            f"The caps add to {limits.sum():.6g}, less than the weights, which add to {total:.6g}."
        )
    result, capped = given.copy(), np.zeros(given.size, dtype=bool)
    while (over := ~capped & (result > limits)).any():
        capped |= over
        result[capped] = limits[capped]
        left, others = total - float(limits[capped].sum()), float(given[~capped].sum())
        if left <= total * _ROUNDING:
            left = 0.0
        if left > 0 and others == 0:
            raise ValueError(
                "The excess over the caps cannot be shared out: all other weights are 0."
            )
        result[~capped] = given[~capped] * (left / others if others > 0 else 0.0)
    return result


def weighted_sum(children: Sequence[ArrayLike] | FloatArray, weights: ArrayLike) -> FloatArray:
    """Add up scores, each times its weight.

    Parameters
    ----------
    children : sequence of array_like, each of shape (areas,)
        The scores of each child; NaN = missing.
    weights : array_like, shape (children,)
        One weight per child, used as they stand.

    Returns
    -------
    numpy.ndarray, shape (areas,)
        Weighted sums; NaN where any child is missing, even one of weight 0. In single precision
        if all children are.

    Raises
    ------
    ValueError
        If there are no children, their lengths differ, there are not as many weights, or a weight
        is missing or infinite.

    Notes
    -----
        S_j = weight_1 · x_1j + weight_2 · x_2j + …

    added in this order for every area, so that areas with equal scores have equal sums to the last
    bit and stay tied. (A matrix product does not promise that.)

    Examples
    --------
    >>> weighted_sum([[10.0, 20.0], [30.0, 40.0]], [0.75, 0.25])
    array([15., 25.])
    """
    factors = doubles(weights, "weights")
    if len(children) == 0 or len(children) != factors.size:
        raise ValueError(
            f"There are {factors.size} weights for {len(children)} children; "
            "a weighted sum needs one each, and at least one."
        )
    if not np.isfinite(factors).all():
        raise ValueError("A weight is missing or infinite.")
    scores = [doubles(child, f"child {index}") for index, child in enumerate(children)]
    sizes = sorted({child.size for child in scores})
    if len(sizes) > 1:
        raise ValueError(f"The children have different numbers of areas: {sizes}.")
    total: DoubleArray = scores[0] * factors[0]
    for child, factor in zip(scores[1:], factors[1:], strict=True):
        total += child * factor
    return total.astype(precision_of(*children), copy=False)


def _checked_weights(weights: ArrayLike) -> DoubleArray:
    """Return weights, refusing any that is negative, missing or infinite."""
    given = doubles(weights, "weights")
    if not (np.isfinite(given) & (given >= 0)).all():
        raise ValueError("A weight is negative, missing or infinite.")
    return given
