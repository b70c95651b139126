"""Damages of floods: what a property that floods so often loses in a year, on average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import DoubleArray, doubles, refuse_where


@dataclass(frozen=True)
class DamageIntervals:
    """The strips that the area under a curve of damages is added up from, the most frequent first.

    Attributes
    ----------
    probability : numpy.ndarray, shape (k,)
        The width of each: how much more probable in a year the one flood is than the next.
    mean_damage : numpy.ndarray, shape (k,)
        Its mean height: half of the damage of the two floods together.
    annual_damage : numpy.ndarray, shape (k,)
        The one times the other.
    """

    probability: DoubleArray
    mean_damage: DoubleArray
    annual_damage: DoubleArray


def damage_at(
    return_period: ArrayLike, known_period: ArrayLike, known_damage: ArrayLike
) -> DoubleArray:
    """Read the damage of a flood off a curve, between the floods whose damage is known.

    Parameters
    ----------
    return_period : array_like, shape (n,)
        The return period of each flood that is asked for, in years.
    known_period, known_damage : array_like, shape (k,)
        Return periods in years, ascending, and the damage of a flood of each.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        The damages, on straight lines over the probability 1/T; beyond the floods that are known
        that of the last one.

    Raises
    ------
    ValueError
        If a return period is not above 0, or they do not ascend.

    Notes
    -----
    Wales draws the curve so: seed 004 annex I, tables 2 and 3, floods of 30 and of 75 years.

    Examples
    --------
    >>> damage_at([30, 75], [25, 50, 100], [19_716, 27_776, 30_877]).round()
    array([22403., 29843.])
    """
    period, damage = _curve(known_period, known_damage)
    asked = doubles(return_period, "return_period")
    refuse_where(~(asked > 0), "The return period is not above 0")
    return np.interp(1 / asked, 1 / period[::-1], damage[::-1])


def damage_intervals(
    return_period: ArrayLike, damage: ArrayLike, onset: float = 0.0
) -> DamageIntervals:
    """Divide the area under a curve of damages over probability into strips.

    Parameters
    ----------
    return_period, damage : array_like, shape (k,)
        Return periods in years, ascending, and the damage of a flood of each.
    onset : float
        The return period of the rarest flood that does no damage to the property: it is spared
        that one and all that are more frequent.

    Raises
    ------
    ValueError
        If a return period is not above 0, they do not ascend, a damage is negative or missing,
        or there are fewer than two floods.

    Examples
    --------
    >>> damage_intervals([2, 5, 10], [0, 9_500, 17_847]).annual_damage.round(2)
    array([1425.  , 1367.35])
    """
    period, damages = _curve(return_period, damage)
    spared = np.where(period <= onset, 0.0, damages)
    probability = -np.diff(1 / period)
    mean = (spared[1:] + spared[:-1]) / 2
    return DamageIntervals(probability, mean, probability * mean)


def annual_average_damage(return_period: ArrayLike, damage: ArrayLike, onset: float = 0.0) -> float:
    """Return what a property loses to floods in a year, on average.

    Parameters
    ----------
    return_period, damage : array_like, shape (k,)
        Return periods in years, ascending, and the damage of a flood of each.
    onset : float
        The return period of the rarest flood that does no damage to the property.

    Returns
    -------
    float
        In the unit of the damages.

    Raises
    ------
    ValueError
        As `damage_intervals`.

    Notes
    -----
    The weighted annual average damage is the area under the damage D over the probability
    p = 1/T that a flood of return period T or a rarer one comes in a year,

        Σ (p_i − p_{i+1}) (D_i + D_{i+1})/2,    D_i = 0 for T_i ≤ onset

    (seed 004 annex I). Where the onset is no flood of the curve, it is put there, with the damage
    that `damage_at` gives.

    Examples
    --------
    The properties that Wales puts into its band of medium risk, at up to 1 in 30 a year:

    >>> floods = [2, 5, 10, 25, 30, 50, 75, 100, 200, 1500]
    >>> damages = [0, 9500, 17847, 19716, 22403, 27776, 29843, 30877, 30877, 30877]
    >>> round(annual_average_damage(floods, damages, onset=30))
    767
    """
    period, damages = _curve(return_period, damage)
    if period[0] < onset < period[-1] and onset not in period:
        at = int(np.searchsorted(period, onset))
        damages = np.insert(damages, at, damage_at([onset], period, damages))
        period = np.insert(period, at, onset)
    return float(damage_intervals(period, damages, onset).annual_damage.sum())


def _curve(return_period: ArrayLike, damage: ArrayLike) -> tuple[DoubleArray, DoubleArray]:
    period, damages = doubles(return_period, "return_period"), doubles(damage, "damage")
    if len(period) != len(damages) or len(period) < 2:
        raise ValueError(
            f"a curve needs two floods or more, each with its damage, not {len(period)} return "
            f"periods and {len(damages)} damages."
        )
    refuse_where(~(period > 0), "The return period is not above 0")
    refuse_where(~(damages >= 0), "The damage is negative or missing")
    if (np.diff(period) <= 0).any():
        raise ValueError("the return periods do not ascend.")
    return period, damages
