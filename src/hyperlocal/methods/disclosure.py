"""Counts and rates as they may be shown: rounded, and suppressed where few are behind them."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import BoolArray, DoubleArray, doubles, refuse_where

NEXT_TO_NOTHING = 1e-9
"""Counts that were shared out miss a whole number by less than this."""

Counted = Literal["members", "events", "expected"]


class Disclosed(NamedTuple):
    """A rate as it may be shown.

    Attributes
    ----------
    numerator, denominator, value : shape (areas,)
        What is shown; NaN where nothing is, for whatever reason.
    numerator_hidden, denominator_hidden, value_hidden : shape (areas,)
        Where something is known and not shown.
    """

    numerator: DoubleArray
    denominator: DoubleArray
    value: DoubleArray
    numerator_hidden: BoolArray
    denominator_hidden: BoolArray
    value_hidden: BoolArray


def round_counts(counts: ArrayLike, base: int) -> DoubleArray:
    """Round counts to the nearest multiple of a base.

    Parameters
    ----------
    counts : array_like, shape (areas,)
        Counts, 0 or more; NaN = missing.
    base : int
        The base, 1 or more.

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        Multiples of the base; NaN where missing.

    Raises
    ------
    ValueError
        If a count is negative or the base below 1.

    Notes
    -----
        rounded = base · ⌊count/base + 1/2⌋

    A count in the middle is rounded up. Among whole numbers there is none with an odd base such as
    5, the usual one. Each count is rounded by itself, so that rounded parts need not add up to
    their rounded sum.

    Examples
    --------
    >>> round_counts([0, 2, 3, 12, 13], 5)
    array([ 0.,  0.,  5., 10., 15.])
    >>> round_counts([5, 15], 10)
    array([10., 20.])
    """
    if base < 1:
        raise ValueError(f"Counts cannot be rounded to {base}.")
    values = doubles(counts, "counts")
    refuse_where(values < 0, "A count is negative")
    rounded: DoubleArray = base * np.floor(values / base + 0.5)
    return rounded


def small_counts(counts: ArrayLike, below: int) -> BoolArray:
    """Say which counts are above 0 and below a number.

    Parameters
    ----------
    counts : array_like, shape (areas,)
        Counts, 0 or more; NaN = missing, and not small.
    below : int
        The smallest count that is not small.

    Returns
    -------
    numpy.ndarray of bool, shape (areas,)
        True for the small ones.

    Notes
    -----
    0 is not small: it is the custom of official tables to show it, for it tells of nobody.

    Examples
    --------
    >>> small_counts([0, 1, 4, 5, float("nan")], 5)
    array([False,  True,  True, False, False])
    """
    values = doubles(counts, "counts")
    small: BoolArray = (values > NEXT_TO_NOTHING) & (values < below - NEXT_TO_NOTHING)
    return small


def disclose_rate(
    numerator: ArrayLike,
    denominator: ArrayLike,
    counted: Counted,
    *,
    per: float = 1.0,
    round_to: int | None = None,
    suppress_below: int | None = None,
) -> Disclosed:
    """Return a numerator, a denominator and their rate as they may be shown.

    Parameters
    ----------
    numerator : array_like, shape (areas,)
        Counts, 0 or more; NaN = missing.
    denominator : array_like, shape (areas,)
        What they are counted among, 0 or more; NaN = missing.
    counted : {"members", "events", "expected"}
        Whether the numerator counts members of the denominator; events among people; or events
        over those that are expected, a number that is no count and is neither rounded nor small.
    per : float
        The rate is given per this many.
    round_to : int or None
        What both counts are rounded to; None = not at all.
    suppress_below : int or None
        Counts from 1 up to, but without, this are suppressed; None = none are.

    Returns
    -------
    Disclosed
        What is shown and what is hidden.

    Raises
    ------
    ValueError
        If the arrays differ in length or a number is negative.

    Notes
    -----
    With k = `suppress_below`, by the exact counts:

    * a denominator in 1..k−1 hides everything;
    * a numerator in 1..k−1 hides itself and the rate;
    * of members, denominator − numerator in 1..k−1 does so too: those who are left are as few.

    Then both counts are rounded, and the rate is computed from what is left:
    per · rounded numerator / rounded denominator. It tells no more than the counts do. Where the
    denominator is rounded to 0 the rate is hidden.

    The rules are those of single cells. Nothing else is hidden so that a cell cannot be had by
    subtraction from a sum (*secondary suppression*): none is needed where no sum over the areas is
    published beside them.

    Sources: GSS/GSR, *Disclosure control guidance for tables produced from administrative sources*
    (2014); Hundepool et al., *Statistical Disclosure Control* (2012), chapter 5.

    Examples
    --------
    Obese children of those measured. In the second area they are 3, in the third all but 2.

    >>> shown = disclose_rate([12, 3, 58, 0], [61, 80, 60, 23], "members", per=100, round_to=5,
    ...                       suppress_below=5)
    >>> shown.numerator, shown.denominator
    (array([10., nan, nan,  0.]), array([60., 80., 60., 25.]))
    >>> shown.value.round(2), shown.value_hidden
    (array([16.67,   nan,   nan,  0.  ]), array([False,  True,  True, False]))
    """
    count, among = doubles(numerator, "numerator"), doubles(denominator, "denominator")
    if count.shape != among.shape:
        raise ValueError(
            f"numerator and denominator differ in length: {count.size} and {among.size}."
        )
    refuse_where(count < 0, "A numerator is negative")
    refuse_where(among < 0, "A denominator is negative")
    few, none = np.zeros(count.shape, bool), np.zeros(count.shape, bool)
    if suppress_below is not None:
        none = none if counted == "expected" else small_counts(among, suppress_below)
        few = none | small_counts(count, suppress_below)
        if counted == "members":
            few |= small_counts(np.maximum(among - count, 0), suppress_below)
    if round_to is not None:
        count = round_counts(count, round_to)
        among = among if counted == "expected" else round_counts(among, round_to)
    value = np.full(count.shape, np.nan)
    np.divide(per * count, among, out=value, where=(among > 0) & ~few)
    known = ~np.isnan(count) & (doubles(denominator, "denominator") > 0)
    return Disclosed(
        np.where(few, np.nan, count),
        np.where(none, np.nan, among),
        value,
        few & ~np.isnan(count),
        none,
        known & np.isnan(value),
    )
