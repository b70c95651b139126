"""Why one area scores more than another: exact shares of the scores that were combined.

A combined score s = Σ w_i·z_i is often not what goes up, but X = f(s) with a rising f: the
exponential transformation of the rank of s. What a child contributes to a difference of X between
two areas is then its part of the difference of s, times the slope of f between the two.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperlocal.methods._arrays import DoubleArray, doubles

LEAST_SHARE = 1e-4
"""The smallest part of all that the children moved that must be left over for a slope to count."""


def pair_slopes(
    score: ArrayLike, upward: ArrayLike, area: int, references: NDArray[np.intp], places: int = 0
) -> tuple[DoubleArray, DoubleArray]:
    """Measure how steeply what goes up rises with the score, between one area and each of others.

    Parameters
    ----------
    score : array_like, shape (areas,)
        s, the combined score; NaN = missing, in none of the areas that are compared.
    upward : array_like, shape (areas,)
        X = f(s), which rises with the score or stays; equal where the scores are.
    area : int
        The area.
    references : numpy.ndarray of int, shape (pairs,)
        The areas that it is compared with.
    places : int
        Over how many places of the order of scores at least; 0 = between the two, however near.

    Returns
    -------
    rise, run : numpy.ndarray of float64, shape (pairs,)
        The difference of X and that of s over the same stretch; both are 0 or above.

    Notes
    -----
    Two areas next to each other in the order can have scores that are nearly equal, while X
    differs by a whole step of the ranking. The slope between just these two says little; it is
    taken from about as many places below the lower as above the higher instead, until there are
    `places` of them.

    Examples
    --------
    >>> rise, run = pair_slopes([0.0, 1.0, 3.0], [0.0, 10.0, 20.0], 0, np.array([1, 2]))
    >>> rise / run
    array([10.        ,  6.66666667])
    """
    scores, above = doubles(score, "score"), doubles(upward, "upward")
    last = int(np.count_nonzero(~np.isnan(scores))) - 1
    order = np.argsort(scores, kind="stable")
    place = np.empty(scores.size, dtype=np.intp)
    place[order] = np.arange(scores.size)
    low = np.minimum(place[area], place[references])
    high = np.maximum(place[area], place[references])
    wider = np.maximum(places - (high - low) + 1, 0) // 2
    low, high = order[np.maximum(low - wider, 0)], order[np.minimum(high + wider, last)]
    return above[high] - above[low], scores[high] - scores[low]


def path_shares(
    moved: ArrayLike, change: ArrayLike, rise: ArrayLike, run: ArrayLike
) -> DoubleArray:
    """Return by what to multiply the moves of the children, so that they add to the change of X.

    Parameters
    ----------
    moved : array_like, shape (children, pairs)
        w_i·(z_i(a) − z_i(r)), how far each child moves the combined score of a from that of r.
    change : array_like, shape (pairs,)
        X(a) − X(r).
    rise, run : array_like, shape (pairs,)
        The slope of X over s between the two, or about them; see `pair_slopes`.

    Returns
    -------
    numpy.ndarray of float64, shape (children, pairs)
        Factors with Σ_i moved_i·factor_i = change in every pair, to the rounding of the sum.

    Notes
    -----
        factor_i = k + sign(moved_i)·(change − k·Σ moved)/Σ|moved|,      k = rise/run

    Where the slope is that between the two areas themselves, k·Σ moved is the change, the second
    term is nothing, and the shares are those of Aumann and Shapley (1974) along the straight line
    from r to a, which for a function of one linear combination do not depend on the function:

        contribution_i = (X(a) − X(r))·w_i·(z_i(a) − z_i(r))/(s(a) − s(r))

    Otherwise the rest, a part of a step of the ranking, is shared out by how far each child moved
    either way. Where the children nearly cancel out, so that the run is less than 1/10,000 of what
    they moved, k is 0: a quotient of rounding errors says nothing.

    Sources: R. J. Aumann and L. S. Shapley, Values of Non-Atomic Games (1974); E. J. Friedman,
    Paths and consistency in additive cost sharing (2004). The stretch is an extension of this
    package.

    Examples
    --------
    >>> moved = np.array([[3.0], [-1.0]])
    >>> factor = path_shares(moved, [10.0], [10.0], [2.0])
    >>> (moved * factor).ravel()
    array([15., -5.])
    """
    moves = doubles(moved, "moved", dimensions=2)
    target = doubles(change, "change")
    rises, runs = doubles(rise, "rise"), doubles(run, "run")
    gross = np.abs(moves).sum(axis=0)
    slope = np.zeros_like(target)
    np.divide(rises, runs, out=slope, where=(runs > 0) & (runs >= LEAST_SHARE * gross))
    left = np.zeros_like(target)
    np.divide(target - slope * moves.sum(axis=0), gross, out=left, where=gross > 0)
    factors: DoubleArray = slope + np.sign(moves) * left
    return factors
