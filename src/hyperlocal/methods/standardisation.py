"""Indirect standardisation by age and sex: expected counts, ratios, rates and their limits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import DoubleArray, doubles, refuse_where


@dataclass(frozen=True, eq=False)
class IndirectStandardisation:
    """What is observed and expected in each area.

    Attributes
    ----------
    observed, expected : numpy.ndarray of float64, shape (areas,)
        O and E, the events counted and those expected at the national rates; NaN = missing.
    rates : numpy.ndarray of float64, shape (groups,)
        The national rate of each group; 0 where the nation has nobody in it.
    crude_rate : float
        All events of the nation over all its people; NaN where there is nobody.
    """

    observed: DoubleArray
    expected: DoubleArray
    rates: DoubleArray
    crude_rate: float

    @property
    def ratio(self) -> DoubleArray:
        """The standardised ratio O/E; NaN where nothing is expected."""
        found = np.full(self.expected.shape, np.nan)
        np.divide(self.observed, self.expected, out=found, where=self.expected > 0)
        return found

    @property
    def rate(self) -> DoubleArray:
        """The standardised rate: the ratio times the crude rate of the nation."""
        return self.ratio * self.crude_rate

    @property
    def standard_error(self) -> DoubleArray:
        """The standard error of the ratio, √O/E, if events are independent of each other."""
        found = np.full(self.expected.shape, np.nan)
        np.divide(np.sqrt(self.observed), self.expected, out=found, where=self.expected > 0)
        return found


def standardise_indirectly(
    observed: ArrayLike, population: ArrayLike, weights: ArrayLike | None = None
) -> IndirectStandardisation:
    """Standardise events by the rates that all areas together have in each group.

    Parameters
    ----------
    observed : array_like, shape (groups, areas)
        o, the events of each group of age and sex, 0 or more; NaN = missing.
    population : array_like, shape (groups, areas)
        n, the people of each group, 0 or more; NaN = missing.
    weights : array_like, shape (groups,), optional
        w, what an event of each group counts, such as the years of life that are lost; else 1.

    Returns
    -------
    IndirectStandardisation
        An area that lacks a number is missing, and is not among those that make the rates.

    Raises
    ------
    ValueError
        If the arrays differ in shape, a number is negative, or events were observed in a group of
        which there is nobody.

    Notes
    -----
    For group g and area i, with sums over the areas of which all is known:

        rate_g = w_g · Σ_i o_gi / Σ_i n_gi
        E_i    = Σ_g n_gi · rate_g            O_i = Σ_g w_g · o_gi
        ratio  = O_i / E_i                    crude rate = Σ O_i / Σ n_gi
        rate   = ratio · crude rate

    It follows that ΣO = ΣE: the ratio of the whole nation is 1. Source: annex D of the technical
    report of the Welsh Index of Multiple Deprivation 2019.

    Examples
    --------
    Two groups, two areas. 4 of 200 young and 30 of 300 old people: rates of 0.02 and 0.1. The
    first area has 100 of each, so that 0.02 · 100 + 0.1 · 100 = 12 are expected.

    >>> found = standardise_indirectly([[1, 3], [14, 16]], [[100, 100], [100, 200]])
    >>> found.expected
    array([12., 22.])
    >>> found.ratio.round(4), round(found.crude_rate, 3)
    (array([1.25  , 0.8636]), 0.068)
    """
    events, people = doubles(observed, "observed", 2), doubles(population, "population", 2)
    if events.shape != people.shape:
        raise ValueError(
            f"observed and population differ in shape: {events.shape} and {people.shape}."
        )
    counts = np.ones(len(events)) if weights is None else doubles(weights, "weights")
    refuse_where((events < 0).ravel() | (people < 0).ravel(), "A number is negative")
    known = ~(np.isnan(events) | np.isnan(people)).any(axis=0)
    of_group, in_group = events[:, known].sum(axis=1), people[:, known].sum(axis=1)
    refuse_where((in_group == 0) & (of_group > 0), "Events were observed and nobody is there")
    rates = np.zeros(len(events))
    np.divide(counts * of_group, in_group, out=rates, where=in_group > 0)
    whole = float(in_group.sum())
    crude = float((counts * of_group).sum()) / whole if whole > 0 else np.nan
    return IndirectStandardisation(
        counts @ events, expected_counts(people, rates), rates, float(crude)
    )


def expected_counts(population: ArrayLike, rates: ArrayLike) -> DoubleArray:
    """Return the events that areas would have at given rates of each group.

    Parameters
    ----------
    population : array_like, shape (groups, areas)
        n, the people of each group; NaN = missing.
    rates : array_like, shape (groups,)
        The events for each of them.

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        Σ_g n_g · rate_g; NaN where a number is missing.

    Examples
    --------
    >>> expected_counts([[100, 100], [100, 200]], [0.02, 0.1])
    array([12., 22.])
    """
    expected: DoubleArray = doubles(rates, "rates") @ doubles(population, "population", 2)
    return expected


def byar_limits(observed: ArrayLike, level: float = 0.95) -> tuple[DoubleArray, DoubleArray]:
    """Return confidence limits of counts of independent events, by Byar's approximation.

    Parameters
    ----------
    observed : array_like, shape (areas,)
        O, 0 or more; NaN = missing.
    level : float
        The confidence, between 0 and 1.

    Returns
    -------
    tuple of numpy.ndarray of float64, each of shape (areas,)
        The lower and the upper limit; those of a ratio are these over the expected count.

    Raises
    ------
    ValueError
        If a count is negative, or the level is not between 0 and 1.

    Notes
    -----
    With z = Φ⁻¹((1 + level)/2):

        lower = O (1 − 1/(9O) − z/(3√O))³
        upper = (O + 1) (1 − 1/(9(O + 1)) + z/(3√(O + 1)))³

    and 0 below for O = 0. From O = 10 on those of 95% are within 0.5% of the exact ones of a
    Poisson count. Source: Breslow and Day (1987), Statistical Methods in Cancer Research, volume
    II, p. 69.

    Examples
    --------
    >>> lower, upper = byar_limits([0, 10, 100])
    >>> lower.round(2), upper.round(2)
    (array([ 0.  ,  4.79, 81.36]), array([  3.67,  18.39, 121.63]))
    """
    if not 0 < level < 1:
        raise ValueError(f"The level must be between 0 and 1, not {level}.")
    from scipy.special import ndtri

    count = doubles(observed, "observed")
    refuse_where(count < 0, "The count is negative")
    z = float(ndtri((1 + level) / 2))
    some = np.maximum(count, 1e-9)  # below 1/9 nothing is left of the lower limit
    lower = some * np.maximum(1 - 1 / (9 * some) - z / (3 * np.sqrt(some)), 0.0) ** 3
    more = count + 1
    upper = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    return lower, upper


def weighted_limits(
    total: ArrayLike, squares: ArrayLike, observed: ArrayLike, level: float = 0.95
) -> tuple[DoubleArray, DoubleArray]:
    """Return confidence limits of a sum in which each event counts what its group says.

    Parameters
    ----------
    total : array_like, shape (areas,)
        T = Σ w·o over groups, such as all years of life that were lost; NaN = missing.
    squares : array_like, shape (areas,)
        Σ w²·o, the variance of T.
    observed : array_like, shape (areas,)
        O = Σ o, the number of events.
    level : float
        The confidence, between 0 and 1.

    Returns
    -------
    tuple of numpy.ndarray of float64, each of shape (areas,)
        The lower and the upper limit; both are T where O = 0, as nothing tells how far T could be
        off.

    Notes
    -----
        T + √(Σw²o / O) · (limit of O − O)

    with Byar's limits of O. Source: Dobson, Kuulasmaa, Eberle and Scherer (1991), Statistics in
    Medicine 10, 457-462. Where all events count 1, they are Byar's limits.

    Examples
    --------
    Four deaths at which 10 years each were lost: ten times Byar's limits of 4.

    >>> lower, upper = weighted_limits([40], [400], [4])
    >>> lower.round(1), upper.round(1)
    (array([10.8]), array([102.4]))
    """
    events, number = doubles(total, "total"), doubles(observed, "observed")
    spread = np.zeros_like(number)
    np.divide(doubles(squares, "squares"), number, out=spread, where=number > 0)
    lower, upper = byar_limits(number, level)
    factor = np.sqrt(spread)
    return events + factor * (lower - number), events + factor * (upper - number)


def years_lost(first: ArrayLike, last: ArrayLike, before: float = 75) -> DoubleArray:
    """Return the years of life that are lost by a death in each group, up to a given age.

    Parameters
    ----------
    first, last : array_like, shape (groups,)
        The first and the last year of age of each group.
    before : float
        A death at this age or later loses nothing.

    Returns
    -------
    numpy.ndarray of float64, shape (groups,)
        The years from the middle of the group.

    Notes
    -----
        years = before − (first + last + 1)/2, or 0

    Deaths are taken to be spread evenly over the years of a group.

    Examples
    --------
    >>> years_lost([0, 70, 75], [4, 74, 79])
    array([72.5,  2.5,  0. ])
    """
    middle = (doubles(first, "first") + doubles(last, "last") + 1) / 2
    return np.maximum(before - middle, 0.0)
