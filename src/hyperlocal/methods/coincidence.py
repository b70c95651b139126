"""How often domains of need coincide in the same areas, against chance."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperlocal.methods._arrays import BoolArray, DoubleArray, doubles, refuse_where

CountArray = NDArray[np.int64]


class PairCoincidence(NamedTuple):
    """How often two domains coincide.

    Attributes
    ----------
    expected : numpy.ndarray of float64, shape (pairs,)
        The number of areas that would be in both by chance.
    p : numpy.ndarray of float64, shape (pairs,)
        Two-sided p-value of the number that is.
    """

    expected: DoubleArray
    p: DoubleArray


class SetCounts(NamedTuple):
    """How many areas are in sets of domains.

    Attributes
    ----------
    at_least : numpy.ndarray of int64, shape (sets,)
        Areas that are in all domains of the set, and perhaps in others.
    exactly : numpy.ndarray of int64, shape (sets,)
        Areas that are in all domains of the set and in no other.
    """

    at_least: CountArray
    exactly: CountArray


def pair_coincidence(
    first: ArrayLike, second: ArrayLike, both: ArrayLike, number: int
) -> PairCoincidence:
    """Compare how many areas are in two domains' worst with what chance would bring.

    Parameters
    ----------
    first, second : array_like, shape (pairs,)
        How many areas are in the worst of the first and of the second domain of each pair.
    both : array_like, shape (pairs,)
        How many are in both.
    number : int
        N, how many areas there are.

    Returns
    -------
    PairCoincidence
        The expected number and a p-value.

    Raises
    ------
    ValueError
        If a count is negative or more than the number, or the areas in both are more than in one
        or fewer than there must be.

    Notes
    -----
    If n₁ areas are drawn from N without regard to the n₂ that are in the other domain, the number
    X in both is hypergeometric:

        E(X) = n₁·n₂/N        P(X = x) = C(n₂, x)·C(N − n₂, n₁ − x) / C(N, n₁)

    The p-value doubles the smaller tail, min(1, 2·min(P(X ≤ x), P(X ≥ x))): domains may coincide
    more often than by chance, or less. It takes areas to be drawn one by one; in fact neighbours
    are alike, and so the p-values of real areas are too small.

    Examples
    --------
    Of 10 areas 4 and 3 are in the worst of two domains, all 3 in both: P(X = 3) = C(4,3)/C(10,3).

    >>> found = pair_coincidence([4], [3], [3], 10)
    >>> found.expected
    array([1.2])
    >>> found.p.round(6)
    array([0.066667])
    """
    one, other, common = doubles(first, "first"), doubles(second, "second"), doubles(both, "both")
    refuse_where((one < 0) | (one > number), f"The first count is not between 0 and {number}")
    refuse_where((other < 0) | (other > number), f"The second count is not between 0 and {number}")
    most, least = np.minimum(one, other), np.maximum(0, one + other - number)
    refuse_where((common > most) | (common < least), "The count in both cannot be")
    if number == 0:
        nothing = np.full(one.shape, np.nan)
        return PairCoincidence(nothing, nothing.copy())
    from scipy.stats import hypergeom

    below = hypergeom.cdf(common, number, other, one)
    above = hypergeom.sf(common - 1, number, other, one)
    return PairCoincidence(one * other / number, np.minimum(1, 2 * np.minimum(below, above)))


def set_counts(inside: BoolArray, sets: BoolArray) -> SetCounts:
    """Count the areas that are in all domains of each of several sets.

    Parameters
    ----------
    inside : numpy.ndarray of bool, shape (areas, domains)
        Whether an area is in the worst of a domain.
    sets : numpy.ndarray of bool, shape (sets, domains)
        Which domains make up each set.

    Returns
    -------
    SetCounts
        Areas in at least these domains, and in exactly these.

    Examples
    --------
    >>> inside = np.array([[True, True, True], [True, True, False], [True, False, False]])
    >>> set_counts(inside, np.array([[True, True, False], [True, True, True]]))
    SetCounts(at_least=array([2, 1]), exactly=array([1, 1]))
    """
    patterns, areas = np.unique(inside, axis=0, return_counts=True)
    size = sets.sum(axis=1)
    # far fewer patterns than areas, and products of small whole numbers are exact
    common = sets.astype(np.float64) @ patterns.T.astype(np.float64)
    holds = common == size[:, None]
    same = holds & (patterns.sum(axis=1) == size[:, None])
    return SetCounts(np.asarray(holds @ areas), np.asarray(same @ areas))


def expected_set_counts(
    shares: ArrayLike, sets: BoolArray, number: int
) -> tuple[DoubleArray, DoubleArray]:
    """Return how many areas would be in all domains of sets if domains were independent.

    Parameters
    ----------
    shares : array_like, shape (domains,)
        The share of areas in the worst of each domain.
    sets : numpy.ndarray of bool, shape (sets, domains)
        Which domains make up each set.
    number : int
        N, how many areas there are.

    Returns
    -------
    tuple of numpy.ndarray of float64, shape (sets,)
        Areas in at least these domains, and in exactly these.

    Notes
    -----
        at least    N·Π p_i                  i in the set
        exactly     N·Π p_i·Π (1 − p_j)      i in the set, j not

    Examples
    --------
    >>> at_least, exactly = expected_set_counts([0.1, 0.2], np.array([[True, False]]), 100)
    >>> at_least, exactly
    (array([10.]), array([8.]))
    """
    p = doubles(shares, "shares")
    at_least = number * np.where(sets, p, 1.0).prod(axis=1)
    exactly = number * np.where(sets, p, 1.0 - p).prod(axis=1)
    return at_least, exactly


def poisson_binomial(shares: ArrayLike) -> DoubleArray:
    """Return the probability of each number of successes of independent trials.

    Parameters
    ----------
    shares : array_like, shape (trials,)
        The probability of success of each trial, from 0 to 1: of domains, the share of areas in
        the worst of each.

    Returns
    -------
    numpy.ndarray of float64, shape (trials + 1,)
        The probability of 0, 1, … successes.

    Raises
    ------
    ValueError
        If a probability is not between 0 and 1.

    Notes
    -----
    The coefficients of Π ((1 − p_i) + p_i·x), multiplied out one factor after the other. With equal
    p it is the binomial distribution (Poisson 1837; Wang 1993).

    Examples
    --------
    >>> poisson_binomial([0.5, 0.5, 0.1])
    array([0.225, 0.475, 0.275, 0.025])
    """
    p = doubles(shares, "shares")
    refuse_where(~((p >= 0) & (p <= 1)), "The probability is not between 0 and 1")
    distribution = np.ones(1)
    for probability in p:
        distribution = np.convolve(distribution, [1 - probability, probability])
    return distribution


def false_discovery_rates(p: ArrayLike) -> DoubleArray:
    """Adjust the p-values of many tests so that the false discovery rate is controlled.

    Parameters
    ----------
    p : array_like, shape (tests,)
        p-values; NaN = no test was made.

    Returns
    -------
    numpy.ndarray of float64, shape (tests,)
        The q-value of each: the least false discovery rate at which the test is a discovery. NaN
        where there was no test, which does not count.

    Raises
    ------
    ValueError
        If a p-value is not between 0 and 1.

    Notes
    -----
    With m tests and p₍₁₎ ≤ … ≤ p₍ₘ₎ (Benjamini and Hochberg 1995):

        q₍ᵢ₎ = min over j ≥ i of  m·p₍ⱼ₎/j

    Taking all tests with q ≤ α as discoveries, at most a share α of them is expected to be false.

    Examples
    --------
    >>> false_discovery_rates([0.01, 0.04, float("nan"), 0.03, 0.5]).round(4)
    array([0.04  , 0.0533,    nan, 0.0533, 0.5   ])
    """
    values = doubles(p, "p")
    refuse_where((values < 0) | (values > 1), "The p-value is not between 0 and 1")
    made = ~np.isnan(values)
    adjusted = np.full(values.shape, np.nan)
    if made.any():
        from scipy.stats import false_discovery_control

        adjusted[made] = false_discovery_control(values[made])
    return adjusted
