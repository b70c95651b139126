"""Events shared among the areas near them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography._arrays import BoolArray, IntArray
from hyperlocal.geography.boundaries import Boundaries
from hyperlocal.geography.near import areas_near


@dataclass(frozen=True, eq=False)
class SharedEvents:
    """Some events, shared among areas.

    Parameters
    ----------
    totals : scipy.sparse.csr_array, shape (types, areas)
        The events of each type in each area. Those of two batches of events can be added.
    near : numpy.ndarray of int64, shape (events,)
        Among how many areas each event was shared; 0 where it lies near none, or nowhere.
    inside : numpy.ndarray of bool, shape (events,)
        Whether one of them is among the first areas that were asked for.
    """

    totals: Any
    near: IntArray
    inside: BoolArray


def share_events(
    x: ArrayLike,
    y: ArrayLike,
    boundaries: Boundaries,
    metres: float,
    types: ArrayLike | None = None,
    number_of_types: int = 1,
    first_areas: int | None = None,
    workers: int | None = None,
) -> SharedEvents:
    """Share each event equally among all areas that lie within a distance of it.

    It depends on nothing but what it is given, and keeps nothing: batches of events can be shared
    in any order, in other processes or on other machines (its arguments and its result can be
    pickled), and their totals added.

    Parameters
    ----------
    x, y : shape (events,)
        Where the events lie, in metres of the National Grid; NaN where that is not known.
    boundaries
        The areas, in the National Grid.
    metres
        The distance; an area that the circle around an event only touches has a share.
    types : shape (events,)
        The type of each event, counted from 0; None = all are of one.
    number_of_types
        How many types there are.
    first_areas
        How many areas, from the first on, count as inside; None = all.
    workers
        How many threads to use; None = as many as there are processors. The result is the same.

    Returns
    -------
    SharedEvents
        Its totals add up to the number of events that lie near any area.

    Raises
    ------
    GeographyError
        Where the arrays differ in length, a type is not one of those there are, or the distance is
        negative.

    Notes
    -----
        total_a = Σ over events e near a of 1 / (number of areas near e)

    Police records are snapped to points on streets and to postcodes, and many points stand on
    borders: a share for each area near the point keeps an event out of the wrong one. Source: WIMD
    2019, technical report, section 10 and annex C, with 100 metres.

    Examples
    --------
    Two squares of a kilometre; the second event lies 50 metres from the border between them.

    >>> import shapely
    >>> from hyperlocal.areas import Geography
    >>> squares = [shapely.box(x, 3e5, x + 1000, 301e3) for x in (400e3, 401e3)]
    >>> areas = Boundaries(Geography("lsoa", 2021), ["a", "b"], squares)
    >>> share_events([400_500, 400_950], [300_500, 300_500], areas, 100).totals.toarray()
    array([[1.5, 0.5]])
    """
    from scipy import sparse

    event, area = areas_near(x, y, boundaries, metres, workers)
    events, areas = np.size(x), len(boundaries.codes)
    near = np.bincount(event, minlength=events)
    of_type = _types(types, events, number_of_types)
    shape = (number_of_types, areas)
    totals = sparse.coo_array((1.0 / near[event], (of_type[event], area)), shape=shape).tocsr()
    inside = np.zeros(events, np.bool_)
    inside[event[area < (areas if first_areas is None else first_areas)]] = True
    return SharedEvents(totals, near, inside)


def _types(types: ArrayLike | None, events: int, number: int) -> IntArray:
    if types is None:
        return np.zeros(events, np.int64)
    given = np.asarray(types, np.int64)
    if given.shape != (events,):
        said = f"there are {events:,} events and {given.size:,} types"
        raise GeographyError(Problem(said, "give one for each event"))
    if events and not (given.min() >= 0 and given.max() < number):
        raise GeographyError(
            Problem(f"a type is not from 0 to {number - 1}", "mend it, or 'number_of_types'")
        )
    return given
