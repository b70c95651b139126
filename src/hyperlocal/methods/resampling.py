"""What areas could as well have been, as far as their counts tell: draws of rates and counts."""

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import DoubleArray, doubles, refuse_where
from hyperlocal.methods.shrinkage import Shrinkage

__all__ = [
    "draw_events",
    "draw_means",
    "draw_members",
    "draw_posterior",
    "posterior_interval",
]


def draw_posterior(shrinkage: Shrinkage, rng: np.random.Generator) -> DoubleArray:
    """Draw the value of every area from what is believed of it.

    Parameters
    ----------
    shrinkage : Shrinkage
        The shrinkage of the areas, which holds m* and v.
    rng : numpy.random.Generator
        Where the randomness comes from: one normal number per area is taken.

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        Proportions, ratios or means; NaN where the shrunk value is missing.

    Notes
    -----
        z = back(m* + √v · ε),    ε ~ Normal(0, 1)

    with m* and v on the scale of the shrinkage (logits, logs, or as they are), independent between
    areas. Source: the empirical Bayes posterior of Clayton and Kaldor (1987) in the normal form
    that the shrinkage of the English Indices of Deprivation implies.

    Examples
    --------
    >>> from hyperlocal.methods import shrink_proportions
    >>> shrinkage = shrink_proportions([1, 30, 20], [10, 100, 100], ["A", "A", "A"])
    >>> draw_posterior(shrinkage, np.random.default_rng(1)).round(3)
    array([0.23 , 0.33 , 0.222])
    """
    noise = rng.standard_normal(shrinkage.posterior_mean.size)
    spread = np.sqrt(shrinkage.posterior_variance)
    return shrinkage.back(shrinkage.posterior_mean + spread * noise)


def posterior_interval(shrinkage: Shrinkage, level: float = 0.9) -> tuple[DoubleArray, DoubleArray]:
    """Return the interval that holds the value of each area with a given probability.

    Parameters
    ----------
    shrinkage : Shrinkage
        The shrinkage of the areas.
    level : float
        The probability, between 0 and 1.

    Returns
    -------
    tuple of numpy.ndarray of float64, each of shape (areas,)
        The lower and the upper end; NaN where the shrunk value is missing.

    Raises
    ------
    ValueError
        If the level is not between 0 and 1.

    Notes
    -----
        back(m* ± Φ⁻¹((1 + level)/2)·√v)

    Examples
    --------
    >>> from hyperlocal.methods import shrink_proportions
    >>> shrinkage = shrink_proportions([1, 30, 20], [10, 100, 100], ["A", "A", "A"])
    >>> lower, upper = posterior_interval(shrinkage)
    >>> lower.round(3), upper.round(3)
    (array([0.106, 0.23 , 0.154]), array([0.355, 0.368, 0.277]))
    """
    if not 0 < level < 1:
        raise ValueError(f"The level must be between 0 and 1, not {level}.")
    from scipy.special import ndtri

    reach = float(ndtri((1 + level) / 2)) * np.sqrt(shrinkage.posterior_variance)
    mean = shrinkage.posterior_mean
    return shrinkage.back(mean - reach), shrinkage.back(mean + reach)


def draw_members(
    denominator: ArrayLike, proportion: ArrayLike, rng: np.random.Generator
) -> DoubleArray:
    """Draw how many members of each area are counted, if each is with the same probability.

    Parameters
    ----------
    denominator : array_like, shape (areas,)
        n, the members of each area, 0 or more; NaN = missing. One that is not whole is rounded for
        the draw, and what is drawn is scaled back.
    proportion : array_like, shape (areas,)
        p, between 0 and 1; NaN = missing.
    rng : numpy.random.Generator
        Where the randomness comes from.

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        Draws of Binomial(n, p), at most n; NaN where either is missing.

    Raises
    ------
    ValueError
        If a denominator is negative, or a proportion is not between 0 and 1.

    Examples
    --------
    >>> draw_members([100, 1000, 0], [0.1, 0.1, 0.5], np.random.default_rng(1))
    array([ 10., 128.,   0.])
    """
    members, chance = doubles(denominator, "denominator"), doubles(proportion, "proportion")
    refuse_where(members < 0, "The denominator is negative")
    refuse_where((chance < 0) | (chance > 1), "The proportion is not between 0 and 1")
    missing = np.isnan(members) | np.isnan(chance)
    whole = np.where(missing, 0, np.rint(members)).astype(np.int64)
    drawn = rng.binomial(whole, np.where(missing, 0.0, chance)).astype(np.float64)
    scaled = np.divide(members * drawn, whole, out=np.zeros(members.size), where=whole > 0)
    return np.where(missing, np.nan, scaled)


def draw_events(expected: ArrayLike, rng: np.random.Generator) -> DoubleArray:
    """Draw how many events happen in each area, if they happen at random.

    Parameters
    ----------
    expected : array_like, shape (areas,)
        How many are expected, 0 or more; NaN = missing.
    rng : numpy.random.Generator
        Where the randomness comes from.

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        Draws of Poisson(expected); NaN where it is missing.

    Raises
    ------
    ValueError
        If an expected number is negative or infinite.

    Examples
    --------
    >>> draw_events([0.0, 10.0, float("nan")], np.random.default_rng(1))
    array([ 0.,  8., nan])
    """
    mean = doubles(expected, "expected")
    refuse_where((mean < 0) | np.isinf(mean), "The expected number is negative or infinite")
    missing = np.isnan(mean)
    drawn = rng.poisson(np.where(missing, 0.0, mean)).astype(np.float64)
    return np.where(missing, np.nan, drawn)


def draw_means(mean: ArrayLike, variance: ArrayLike, rng: np.random.Generator) -> DoubleArray:
    """Draw the mean that a sample in each area could have had.

    Parameters
    ----------
    mean : array_like, shape (areas,)
        The true mean; NaN = missing.
    variance : array_like, shape (areas,)
        The sampling variance of the mean; infinite = nothing was sampled, which draws NaN.
    rng : numpy.random.Generator
        Where the randomness comes from.

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        Draws of Normal(mean, variance).

    Raises
    ------
    ValueError
        If a variance is negative.

    Examples
    --------
    >>> draw_means([10.0, 20.0], [0.0, 4.0], np.random.default_rng(1)).round(2)
    array([10.  , 21.64])
    """
    centre, spread = doubles(mean, "mean"), doubles(variance, "variance")
    refuse_where(spread < 0, "The variance is negative")
    noise = rng.standard_normal(centre.size)
    finite = np.where(np.isfinite(spread), spread, np.nan)
    return centre + np.sqrt(finite) * noise
