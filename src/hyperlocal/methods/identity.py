"""Records of several registers that are of one organisation: joined by what they have in common."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

IntArray = NDArray[np.int64]
NONE = -1
"""Stands for a record without the key."""


def joined(keys: Sequence[ArrayLike]) -> IntArray:
    """Join records that share a key, and those that are joined with them, and so on.

    Parameters
    ----------
    keys : sequence of array_like of int, each of shape (records,)
        What may be shared, such as a charity number: records with the same number of one key share
        it; -1 = the record has none. At least one.

    Returns
    -------
    numpy.ndarray of int, shape (records,)
        The organisation of each record, numbered from 0 in the order of their first records.

    Raises
    ------
    ValueError
        If there is no key, or they differ in length.

    Notes
    -----
    Organisations are the connected components of the graph in which records are joined to the keys
    that they hold.

    Examples
    --------
    The first and the second share a charity number, the second and the fourth a company number.

    >>> joined([[7, 7, -1, -1], [-1, 3, 5, 3]])
    array([0, 0, 1, 0])
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    held = [np.asarray(key, dtype=np.int64) for key in keys]
    if len({len(key) for key in held}) != 1:
        raise ValueError("Give one or more keys of the same length.")
    number = len(held[0])
    rows: list[IntArray] = []
    nodes: list[IntArray] = []
    after = number
    for key in held:
        known = np.flatnonzero(key >= 0)
        found, place = np.unique(key[known], return_inverse=True)
        rows.append(known)
        nodes.append(after + place)
        after += len(found)
    ends = (np.concatenate(rows), np.concatenate(nodes))
    graph: Any = coo_array((np.ones(len(ends[0]), dtype=bool), ends), shape=(after, after))
    _, labels = connected_components(graph, directed=False)
    return _in_order(labels[:number])


def unless_contradicted(key: ArrayLike, numbers: Sequence[ArrayLike]) -> IntArray:
    """Take a weaker key away from records whose numbers say that they are of another organisation.

    Parameters
    ----------
    key : array_like of int, shape (records,)
        The weaker key, such as name and postcode; -1 = none.
    numbers : sequence of array_like of int, each of shape (records,)
        Stronger keys, such as the numbers of registers; -1 = none.

    Returns
    -------
    numpy.ndarray of int, shape (records,)
        The key without those records that hold another number of a register than the first one
        among the records with that key.

    Notes
    -----
    A record without a number takes those of the records that it shares another number with.

    Examples
    --------
    Three records of one name and postcode; the third has another charity number than the first.

    >>> unless_contradicted([4, 4, 4], [[1, -1, 2]])
    array([ 4,  4, -1])
    """
    kept = np.array(key, dtype=np.int64)
    held = [np.asarray(number, dtype=np.int64) for number in numbers]
    if not held:
        return kept
    entity = joined(held)
    original = kept.copy()
    for number in held:
        own = _first_of(entity, number)[entity]
        shared = np.where(original >= 0, original, kept.max(initial=NONE) + 1)
        first = _first_of(shared, np.where(original >= 0, own, NONE))[shared]
        kept[(original >= 0) & (own >= 0) & (own != first)] = NONE
    return kept


def firsts(groups: ArrayLike, eligible: ArrayLike) -> NDArray[np.bool_]:
    """Say which record is the first of its group among those that are eligible.

    Parameters
    ----------
    groups : array_like of int, shape (records,)
        The group of each record, numbered from 0.
    eligible : array_like of bool, shape (records,)
        Which records may be taken.

    Returns
    -------
    numpy.ndarray of bool, shape (records,)
        True for one record of each group; of a group without eligible ones its first record.

    Examples
    --------
    >>> firsts([0, 0, 1, 1], [False, True, False, False])
    array([False,  True,  True, False])
    """
    of, may = np.asarray(groups, dtype=np.int64), np.asarray(eligible, dtype=bool)
    place = np.arange(len(of))
    first = _first_of(of, place)
    able = _first_of(of, np.where(may, place, NONE))
    chosen = np.zeros(len(of), dtype=bool)
    chosen[np.where(able >= 0, able, first)] = True
    return chosen


def _first_of(groups: IntArray, values: IntArray) -> IntArray:
    """Return the first value of each group that is not -1; -1 where there is none."""
    first = np.full(int(groups.max(initial=NONE)) + 1, NONE)
    known = np.flatnonzero(values >= 0)[::-1]  # the first one is written last
    first[groups[known]] = values[known]
    return first


def _in_order(labels: NDArray[np.integer[Any]]) -> IntArray:
    """Give groups numbers from 0 in the order in which they are met."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    order = np.empty(len(first), dtype=np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    return order[inverse]
