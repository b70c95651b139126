"""Counts of areas made to add up to totals of larger areas that are known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperlocal.methods._arrays import DoubleArray, doubles, refuse_where

IndexArray = NDArray[np.intp]

MOST_ROUNDS = 10_000
TOLERANCE = 1e-10
"""How far from its total a sum may stay, as a share of the total."""


@dataclass(frozen=True)
class Constrained:
    """Counts that add up to totals.

    Parameters
    ----------
    counts : numpy.ndarray of float64, shape (areas,)
        The counts.
    factors : tuple of numpy.ndarray
        For each set of larger areas the factor of each of them: a count is multiplied by those of
        the larger areas that it lies in.
    rounds : int
        How often all sets were scaled in turn: once at the most where they are nested.
    """

    counts: DoubleArray
    factors: tuple[DoubleArray, ...]
    rounds: int


def constrain_to_totals(
    counts: ArrayLike,
    labels: Sequence[ArrayLike],
    totals: Sequence[ArrayLike],
    most_rounds: int = MOST_ROUNDS,
) -> Constrained:
    """Scale counts so that they add up to the totals of one or more sets of larger areas.

    Parameters
    ----------
    counts : array_like, shape (areas,)
        c, 0 or more; none missing.
    labels : sequence of array_like, each of shape (areas,)
        For each set the larger area g that each area lies in, counted from 0. Sets may be nested,
        such as districts in counties, or cross each other.
    totals : sequence of array_like, each of shape (larger areas,)
        For each set the total T_g of each larger area, 0 or more.
    most_rounds : int
        How often the sets are scaled in turn at the most.

    Returns
    -------
    Constrained
        All sums keep to their totals within 1e-10 of them.

    Raises
    ------
    ValueError
        If a count or total is negative or missing, a larger area has a total above 0 and no
        counts (see `without_counts`), the totals of two sets contradict each other (see
        `differing_totals`), or there are no counts of this pattern that meet all totals.

    Notes
    -----
    One set is met by proportional scaling,

        c_a <- c_a T_g / Σ_{b in g} c_b

    and several by scaling to one after the other until all are met: iterative proportional fitting
    (Deming and Stephan 1940), which changes the counts least of all that meet the totals. Where one
    set is nested in another, the first round ends it. Where they cross, and what they have in
    common differs a thousandfold and more, rounds come nearer so slowly that the fit is given up
    with an error. Source: WIMD 2019, technical report, section 10: counts of recorded crime
    constrained to police forces and community safety partnerships.

    Examples
    --------
    Forces of 2 and 1 areas with 12 and 5 offences, and partnerships of 1, 1 and 1 areas:

    >>> found = constrain_to_totals(
    ...     [4, 6, 4], [[0, 0, 1], [0, 1, 2]], [[12, 5], [5, 7, 5]]
    ... )
    >>> found.counts, found.rounds
    (array([5., 7., 5.]), 1)
    >>> found.factors[0]
    array([1.2 , 1.25])
    """
    scaled = _counts(counts).copy()
    sets = [_Set.of(*pair, scaled.size) for pair in zip(labels, totals, strict=True)]
    for number, one in enumerate(sets):
        if (empty := without_counts(scaled, one.labels, one.totals)).size:
            raise ValueError(
                f"larger area {empty[0]} of set {number} has a total of "
                f"{one.totals[empty[0]]:g} and no counts."
            )
    factors = [np.ones(one.totals.size) for one in sets]
    for done in range(most_rounds):
        if all(one.met_by(scaled) for one in sets):
            return Constrained(scaled, tuple(factors), done)
        for number, one in enumerate(sets):
            step = one.step(scaled)
            factors[number] *= step
            scaled *= step[one.labels]
    if all(one.met_by(scaled) for one in sets):
        return Constrained(scaled, tuple(factors), most_rounds)
    raise ValueError(f"no counts were found in {most_rounds:,} rounds that meet all totals.")


def without_counts(counts: ArrayLike, labels: ArrayLike, totals: ArrayLike) -> IndexArray:
    """Find larger areas that have a total above 0 and nothing that could be scaled to it.

    Parameters
    ----------
    counts : array_like, shape (areas,)
        The counts, 0 or more.
    labels : array_like, shape (areas,)
        The larger area that each area lies in, counted from 0.
    totals : array_like, shape (larger areas,)
        Their totals.

    Returns
    -------
    numpy.ndarray of intp
        Those larger areas, in order.

    Examples
    --------
    >>> without_counts([1, 0, 0], [0, 1, 2], [5, 5, 0])
    array([1])
    """
    one = _Set.of(labels, totals, np.size(counts))
    return np.flatnonzero((one.sums(_counts(counts)) == 0) & (one.totals > 0))


@dataclass(frozen=True)
class Difference:
    """Larger areas of two sets that hold the same counts and state different totals.

    Parameters
    ----------
    first, second : numpy.ndarray of intp
        The larger areas of the first and of the second set.
    first_total, second_total : float
        What the totals of each add up to.
    """

    first: IndexArray
    second: IndexArray
    first_total: float
    second_total: float


def differing_totals(
    counts: ArrayLike, labels: Sequence[ArrayLike], totals: Sequence[ArrayLike]
) -> list[Difference]:
    """Find where the totals of two sets of larger areas contradict each other.

    Parameters
    ----------
    counts : array_like, shape (areas,)
        The counts, 0 or more.
    labels, totals : sequences of two
        Of each set, as in `constrain_to_totals`.

    Returns
    -------
    list of Difference
        One for each part of the country whose two sums differ by more than rounding, the parts
        being the smallest that cut no larger area with counts in two: a force with its
        partnerships where they are nested.

    Examples
    --------
    The first force has 12 offences, and its two partnerships have 5 + 6:

    >>> found = differing_totals([4, 6, 4], [[0, 0, 1], [0, 1, 2]], [[12, 5], [5, 6, 5]])
    >>> [(of.first.tolist(), of.second.tolist(), of.first_total, of.second_total) for of in found]
    [([0], [0, 1], 12.0, 11.0)]
    """
    from scipy import sparse

    counted = _counts(counts) > 0
    one, other = (_Set.of(*pair, counted.size) for pair in zip(labels, totals, strict=True))
    number = one.totals.size + other.totals.size
    ends = (one.labels[counted], one.totals.size + other.labels[counted])
    links = sparse.coo_array((np.ones(ends[0].size), ends), shape=(number, number))
    parts, part = sparse.csgraph.connected_components(links.tocsr(), directed=False)
    of_one, of_other = part[: one.totals.size], part[one.totals.size :]
    sums = np.bincount(of_one, one.totals, parts), np.bincount(of_other, other.totals, parts)
    apart = np.abs(sums[0] - sums[1]) > TOLERANCE * np.maximum(*sums)
    return [
        Difference(
            np.flatnonzero(of_one == part), np.flatnonzero(of_other == part),
            float(sums[0][part]), float(sums[1][part]),
        )
        for part in np.flatnonzero(apart)
    ]  # fmt: skip


@dataclass(frozen=True)
class _Set:
    """A set of larger areas: which of them each area lies in, and their totals."""

    labels: IndexArray
    totals: DoubleArray

    @classmethod
    def of(cls, labels: ArrayLike, totals: ArrayLike, areas: int) -> "_Set":
        found, stated = np.asarray(labels, np.intp), doubles(totals, "totals")
        if found.shape != (areas,):
            raise ValueError(f"there are {areas} counts and {found.size} labels.")
        if areas and not (found.min() >= 0 and found.max() < stated.size):
            raise ValueError(f"labels must be from 0 to {stated.size - 1}.")
        refuse_where(~(np.isfinite(stated) & (stated >= 0)), "A total is negative or missing")
        return cls(found, stated)

    def sums(self, counts: DoubleArray) -> DoubleArray:
        return np.bincount(self.labels, counts, self.totals.size).astype(np.float64, copy=False)

    def met_by(self, counts: DoubleArray) -> bool:
        away = np.abs(self.sums(counts) - self.totals)
        return bool((away <= TOLERANCE * self.totals).all())

    def step(self, counts: DoubleArray) -> DoubleArray:
        """Return what each larger area is to be multiplied by."""
        sums, step = self.sums(counts), np.ones(self.totals.size)
        np.divide(self.totals, sums, out=step, where=sums > 0)
        return step


def _counts(counts: ArrayLike) -> DoubleArray:
    found = doubles(counts, "counts")
    refuse_where(~(np.isfinite(found) & (found >= 0)), "A count is negative or missing")
    return found
