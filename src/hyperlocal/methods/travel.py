"""Times of travel: there and back, averaged over departures, by public and by private transport."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import DoubleArray, doubles, refuse_where


def return_minutes(
    minutes: ArrayLike, homeward: ArrayLike | None = None, longest: float = math.inf
) -> DoubleArray:
    """Average the journeys of several departures each way, and add both ways up.

    Parameters
    ----------
    minutes : array_like, shape (origins, journeys)
        The time of each journey to or from the nearest service; NaN = missing.
    homeward : array_like of bool, shape (journeys,), optional
        Which journeys lead back. Without it all lead there, and take as long back.
    longest : float
        What a single journey is taken to last at the most.

    Returns
    -------
    numpy.ndarray of float64, shape (origins,)
        Minutes there and back; NaN where a journey is missing.

    Raises
    ------
    ValueError
        If a time is negative, the longest is not above 0, or there is no journey there, or back.

    Notes
    -----
        mean_d min(t_d, longest) over journeys there + the same over journeys back

    or, where only one way is known, twice its mean (seed 004 annex F: the mean of three journeys
    each way by public transport, twice the one journey by car; 90 minutes at the most).

    Examples
    --------
    Three journeys there and three back, of which one would take 100 minutes:

    >>> there_and_back = [[20, 30, 40, 25, 35, 100]]
    >>> back = [False, False, False, True, True, True]
    >>> return_minutes(there_and_back, back, longest=90)  # 30 + 50
    array([80.])
    >>> return_minutes([[12.5]])
    array([25.])
    """
    times = doubles(minutes, "minutes", 2)
    refuse_where(times < 0, "The time is negative")
    if not longest > 0:
        raise ValueError(f"longest must be above 0, not {longest}.")
    back = np.zeros(times.shape[1], bool) if homeward is None else np.asarray(homeward, bool)
    if len(back) != times.shape[1]:
        raise ValueError(f"there are {times.shape[1]} journeys and {len(back)} directions.")
    if back.all() or (homeward is not None and not back.any()):
        raise ValueError("there is no journey one of the two ways.")
    capped = np.minimum(times, longest)
    there = capped[:, ~back].mean(axis=1)
    home: DoubleArray = there if homeward is None else capped[:, back].mean(axis=1)
    both: DoubleArray = there + home
    return both


def share_by_car(cars: ArrayLike, adults: ArrayLike) -> DoubleArray:
    """Return the share of journeys that is taken to be made by car.

    Parameters
    ----------
    cars : array_like, shape (areas,)
        The cars and vans of the residents of each area.
    adults : array_like, shape (areas,)
        The residents who are old enough to drive.

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        min(cars / adults, 1); NaN where there are no adults.

    Raises
    ------
    ValueError
        If a number is negative.

    Notes
    -----
    Seed 004 section 8 takes the weights from car ownership and adults of 17 and over, and does not
    write the formula out. Cars for each adult, and never more than one, is what follows from both:
    an adult drives one car at a time.

    Examples
    --------
    >>> share_by_car([600, 1300], [1000, 1200])
    array([0.6, 1. ])
    """
    number, drivers = doubles(cars, "cars"), doubles(adults, "adults")
    refuse_where(number < 0, "The number of cars is negative")
    refuse_where(drivers < 0, "The number of adults is negative")
    share = np.full(number.shape, np.nan)
    np.divide(number, drivers, out=share, where=drivers > 0)
    capped: DoubleArray = np.minimum(share, 1.0)
    return capped


def weighted_minutes(public: ArrayLike, private: ArrayLike, by_car: ArrayLike) -> DoubleArray:
    """Average the times by public and by private transport.

    Parameters
    ----------
    public, private : array_like, shape (areas,)
        The minutes by each.
    by_car : array_like, shape (areas,)
        The share of journeys by private transport, from 0 to 1.

    Returns
    -------
    numpy.ndarray of float64, shape (areas,)
        by_car · private + (1 − by_car) · public.

    Raises
    ------
    ValueError
        If a share is not from 0 to 1.

    Examples
    --------
    >>> weighted_minutes([80.0], [25.0], [0.6])  # 0.6 x 25 + 0.4 x 80
    array([47.])
    """
    share = doubles(by_car, "by_car")
    refuse_where((share < 0) | (share > 1), "The share by car is not from 0 to 1")
    return share * doubles(private, "private") + (1 - share) * doubles(public, "public")
