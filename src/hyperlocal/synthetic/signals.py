"""Planted need made visible: what people, homes and firms of each piece of land show of it.

A *signal* says how an indicator follows one dimension of need. What it shows of a piece of land is

    x = slope · (need + smooth · S + local · L)

with the planted need, a smooth surface S and chance L of each LSOA: both standard normal and drawn
anew for each signal, so that indicators of one dimension go together without being the same. A
share is then `level` moved by x on the logit scale, and every other number is `level` · exp(x). A
negative slope makes a number that is low where need is high.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.synthetic.need import DIMENSIONS

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Numbers = NDArray[Any]
"""Whole numbers or others."""

_WAVES = 32
_FURTHEST = 5.0


@dataclass(frozen=True)
class Signal:
    """How an indicator follows need.

    Parameters
    ----------
    dimension
        The dimension of need that it follows.
    level
        The share or number where need is average.
    slope
        How steeply it follows: logits of a share, logs of another number, for a standard deviation.
    smooth, local
        How much else there is in it: a smooth surface of its own, and chance of each LSOA.
    shared
        How much it shows of the need that a whole district shares; of the rest it shows all.
    """

    dimension: str
    level: float
    slope: float
    smooth: float = 0.4
    local: float = 0.4
    shared: float = 1.0


@dataclass(frozen=True, eq=False)
class Places:
    """The areas of one geography that the pieces of a nation lie in.

    Parameters
    ----------
    codes
        The codes, sorted.
    of_piece
        The position of the area of each piece.
    """

    codes: pl.Series
    of_piece: IntArray

    def total(self, values: Numbers) -> FloatArray:
        """Add up the values of the pieces of each area, shape (pieces,) or (pieces, k)."""
        columns = [
            np.bincount(self.of_piece, column, minlength=len(self.codes))
            for column in np.atleast_2d(values.T)
        ]
        sums = np.column_stack(columns).astype(np.float64)
        return sums if values.ndim > 1 else sums[:, 0]

    def mean(self, values: FloatArray, weights: Numbers) -> FloatArray:
        """Average the values of the pieces of each area; the plain mean where nobody lives."""
        heavy = weights + 1e-9
        return self.total(values * heavy) / self.total(heavy)


def places(nation: Nation, geography: str) -> Places:
    """Return the areas of a geography that the pieces of a nation lie in.

    Parameters
    ----------
    nation
        The nation.
    geography
        Its name, such as ``lsoa21``.
    """
    return Places(*nation.places(geography))


def people(nation: Nation, first: int = 0, last: int = 90, sex: int | None = None) -> IntArray:
    """Return the people of each piece from the first to the last year of age.

    Parameters
    ----------
    nation
        The nation.
    first, last
        Years of age; 90 stands for 90 and over.
    sex
        0 for females, 1 for males; both where it is not given.
    """
    ages = nation.ages[:, :, first : last + 1]
    of_sex = ages if sex is None else ages[:, [sex]]
    number: IntArray = of_sex.sum(axis=(1, 2), dtype=np.int64)
    return number


def shown(nation: Nation, signal: Signal, rng: np.random.Generator) -> FloatArray:
    """Return what a signal shows of each piece, in its slope: x of the formula above.

    Parameters
    ----------
    nation
        The nation.
    signal
        The signal.
    rng
        The source of chance.
    """
    need = nation.need[:, DIMENSIONS.index(signal.dimension)]
    if signal.shared != 1:
        districts = places(nation, "ltla23")
        common = districts.mean(need, people(nation))[districts.of_piece]
        need = need - (1 - signal.shared) * common
    lsoas = places(nation, "lsoa21")
    local = rng.standard_normal(len(lsoas.codes))[lsoas.of_piece]
    moved = need + signal.smooth * surface(nation, rng) + signal.local * local
    return signal.slope * np.clip(moved, -_FURTHEST, _FURTHEST)


def surface(nation: Nation, rng: np.random.Generator) -> FloatArray:
    """Return a smooth surface over the land: at each piece a number, standard normal over all.

    Parameters
    ----------
    nation
        The nation.
    rng
        The source of chance.
    """
    place = nation.pieces.select("easting", "northing").to_numpy().astype(float)
    extent = float(np.ptp(place, axis=0).max()) or 1.0
    direction = rng.uniform(0, 2 * np.pi, _WAVES)
    frequency = 2 * np.pi * rng.uniform(2, 10, _WAVES) / extent
    waves = np.vstack([np.cos(direction), np.sin(direction)]) * frequency
    phase = rng.uniform(0, 2 * np.pi, _WAVES)
    heights = np.cos(place @ waves + phase).sum(axis=1)
    standard: FloatArray = (heights - heights.mean()) / (heights.std() or 1.0)
    return standard


def moved_share(level: float, shift: FloatArray) -> FloatArray:
    """Move a share on the logit scale.

    Examples
    --------
    >>> moved_share(0.5, np.array([0.0, 1.0])).round(3)
    array([0.5  , 0.731])
    """
    odds = level / (1 - level) * np.exp(shift)
    share: FloatArray = odds / (1 + odds)
    return share


def share_of(nation: Nation, signal: Signal, rng: np.random.Generator) -> FloatArray:
    """Return the true share of those at risk in each piece who are counted.

    Parameters
    ----------
    nation
        The nation.
    signal
        The signal; its level is a share.
    rng
        The source of chance.
    """
    return moved_share(signal.level, shown(nation, signal, rng))


def rate_of(nation: Nation, signal: Signal, rng: np.random.Generator) -> FloatArray:
    """Return the true number of events in each piece for each one at risk.

    Parameters
    ----------
    nation
        The nation.
    signal
        The signal; its level is the number for each one at risk.
    rng
        The source of chance.
    """
    rate: FloatArray = np.exp(shown(nation, signal, rng))
    return signal.level * rate


def shares_of(nation: Nation, signals: list[Signal], rng: np.random.Generator) -> FloatArray:
    """Return the true shares of classes in each piece.

    Parameters
    ----------
    nation
        The nation.
    signals
        One for each class; its level is a share, and what is left makes one more class.
    rng
        The source of chance.

    Returns
    -------
    numpy.ndarray, shape (pieces, classes + 1)
        The share of each class, the remaining one last.
    """
    weights = [rate_of(nation, signal, rng) for signal in signals]
    rest = np.full(nation.pieces.height, 1 - sum(signal.level for signal in signals))
    share = np.column_stack([*weights, rest])
    shares: FloatArray = share / share.sum(axis=1, keepdims=True)
    return shares


def count_of(nation: Nation, signal: Signal, among: IntArray, rng: np.random.Generator) -> IntArray:
    """Draw how many of those at risk in each piece are counted.

    Parameters
    ----------
    nation
        The nation.
    signal
        The signal; its level is a share.
    among
        Those at risk.
    rng
        The source of chance.
    """
    return rng.binomial(among, share_of(nation, signal, rng))


def events_of(nation: Nation, signal: Signal, among: Numbers, rng: np.random.Generator) -> IntArray:
    """Draw how many events there are in each piece.

    Parameters
    ----------
    nation
        The nation.
    signal
        The signal; its level is the number for each one at risk.
    among
        Those at risk.
    rng
        The source of chance.
    """
    events: IntArray = rng.poisson(among * signal.level * np.exp(shown(nation, signal, rng)))
    return events


def classes_of(
    nation: Nation, signals: list[Signal], among: IntArray, rng: np.random.Generator
) -> IntArray:
    """Draw how those in each piece divide into classes.

    Parameters
    ----------
    nation
        The nation.
    signals
        One for each class; its level is a share, and what is left makes one more class.
    among
        Those who divide.
    rng
        The source of chance.

    Returns
    -------
    numpy.ndarray, shape (pieces, classes + 1)
        The number in each class, the remaining one last.
    """
    return rng.multinomial(among, shares_of(nation, signals, rng))


def mean_of(
    nation: Nation, signal: Signal, where: Places, rng: np.random.Generator, error: float = 0.0
) -> FloatArray:
    """Return a number of each area that is not counted, such as an income or a time.

    Parameters
    ----------
    nation
        The nation.
    signal
        The signal; its level is the number.
    where
        The areas.
    rng
        The source of chance.
    error
        The standard error of the log where a thousand people are behind it.
    """
    shift = shift_of(nation, signal, where, rng)
    thousands = np.maximum(where.total(people(nation)), 1) / 1000
    noise = rng.standard_normal(len(shift)) * error / np.sqrt(thousands)
    value: FloatArray = signal.level * np.exp(shift + noise)
    return value


def shift_of(nation: Nation, signal: Signal, where: Places, rng: np.random.Generator) -> FloatArray:
    """Return what a signal shows of each area: the mean over its people.

    Parameters
    ----------
    nation
        The nation.
    signal
        The signal.
    where
        The areas.
    rng
        The source of chance.
    """
    return where.mean(shown(nation, signal, rng), people(nation))
