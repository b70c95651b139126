"""People by single year of age and sex, households and dwellings, for every piece of land."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hyperlocal.synthetic.land import spread
from hyperlocal.synthetic.mesh import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from hyperlocal.synthetic.hierarchy import Hierarchy
    from hyperlocal.synthetic.land import Land
    from hyperlocal.synthetic.vintages import Vintages

AGES = 91
"""Single years of age: 0 to 89, and 90 and over."""
LSOAS_PER_PRISON = 280

_KNOTS = (0, 5, 10, 18, 25, 35, 45, 55, 65, 75, 85, 89)
_ORDINARY = (1.02, 1.15, 1.25, 1.18, 1.24, 1.36, 1.27, 1.38, 1.10, 0.92, 0.38, 0.20)
_CENTRAL = (1.05, 0.95, 0.85, 0.95, 2.40, 2.30, 1.35, 1.05, 0.70, 0.45, 0.18, 0.10)
_SEASIDE = (0.75, 0.85, 0.95, 0.95, 0.85, 0.95, 1.05, 1.45, 1.75, 1.80, 0.80, 0.45)
_CHUNK = 20_000


@dataclass(frozen=True, eq=False)
class People:
    """Residents, households and dwellings by piece.

    Parameters
    ----------
    ages : shape (pieces, 2, 91)
        Residents by sex (female, male) and single year of age; the last is 90 and over.
    prisoners
        Residents who are prisoners.
    households, dwellings
        Households and the dwellings of which they occupy most.
    """

    ages: NDArray[np.int32]
    prisoners: NDArray[np.int32]
    households: IntArray
    dwellings: IntArray


def make_people(
    land: Land, hierarchy: Hierarchy, vintages: Vintages, rng: np.random.Generator
) -> People:
    """Return who lives in each piece.

    An LSOA has 1,000 to 3,000 residents and an Output Area 100 to 625. Town centres are younger,
    the coast older; a few areas are full of students, and a few have a prison.

    Parameters
    ----------
    land, hierarchy, vintages
        The land and its areas.
    rng
        The source of chance.
    """
    student_share = _student_share(land, rng)
    prison = _prisons(hierarchy, student_share, rng)
    people = _people_of_oas(hierarchy, prison, rng)
    oa = vintages.oa21
    cells = np.bincount(vintages.cell[vintages.cell >= 0]).astype(np.float64)
    civilians = _shared_within(people, oa, cells)
    prisoners = np.where(_largest_of(oa, cells), prison[oa], 0)
    ages = _draw_ages(civilians, _profiles(land, student_share)[oa], rng)
    ages += _draw_ages(prisoners, np.tile([0.0, 0, 0, 0, 1], (len(oa), 1)), rng)
    size = 2.36 + 0.14 * rng.standard_normal(len(oa))
    size += 0.35 * student_share[oa] - 0.18 * (land.to_sea < 2_500)[oa]
    households = np.maximum(1, np.round(civilians / np.clip(size, 1.7, 3.2))).astype(np.int64)
    empty = 0.035 + 0.05 * (land.to_sea < 2_500)[oa]
    dwellings = households + rng.binomial(households, empty)
    return People(ages, prisoners.astype(np.int32), households, dwellings)


def _student_share(land: Land, rng: np.random.Generator) -> FloatArray:
    """Return the share of students among the people of each Output Area: near universities."""
    count = max(1, len(land.towns.x) // 12)
    town = np.sort(rng.choice(min(len(land.towns.x), 3 * count), count, replace=False))
    share = np.zeros(len(land.x))
    for place in town:
        radius = land.towns.radius[place]
        angle = rng.random() * 2 * np.pi
        far = np.hypot(
            land.x - land.towns.x[place] - 0.4 * radius * np.cos(angle),
            land.y - land.towns.y[place] - 0.4 * radius * np.sin(angle),
        )
        share = np.maximum(share, 0.75 * np.exp(-((far / (0.22 * radius + 250)) ** 2)))
    return np.where(share > 0.05, share, 0.0)


def _prisons(hierarchy: Hierarchy, student_share: FloatArray, rng: np.random.Generator) -> IntArray:
    """Return the prisoners of each Output Area."""
    areas = len(hierarchy.msoa)
    count = max(2, round(areas / LSOAS_PER_PRISON))
    lsoas = rng.choice(areas - 1, count, replace=False)
    firsts = np.searchsorted(hierarchy.lsoa, np.sort(lsoas))
    prisoners = np.zeros(len(student_share), dtype=np.int64)
    prisoners[firsts] = rng.integers(180, 430, count)
    return prisoners


def _people_of_oas(hierarchy: Hierarchy, prison: IntArray, rng: np.random.Generator) -> IntArray:
    """Return the residents of each Output Area who are not prisoners."""
    lsoa = hierarchy.lsoa
    areas = len(hierarchy.msoa)
    wanted = np.clip(np.exp(7.41 + 0.17 * rng.standard_normal(areas)), 1_180, 2_450)
    weight = np.clip(np.exp(0.16 * rng.standard_normal(len(lsoa))), 0.7, 1.4)
    weight *= np.where(prison > 0, 0.6, 1.0)
    total = np.bincount(lsoa, weights=weight, minlength=areas)
    people = np.round(wanted[lsoa] * weight / total[lsoa])
    within: IntArray = np.clip(people, 105, np.where(prison > 0, 190, 620)).astype(np.int64)
    return within


def _shared_within(totals: IntArray, owner: IntArray, weights: FloatArray) -> IntArray:
    """Share the total of each owner out among its pieces, which stand beside each other."""
    share = weights / np.bincount(owner, weights=weights)[owner]
    upto = np.cumsum(share)
    starts = np.searchsorted(owner, np.arange(len(totals)))
    upto -= (upto - share)[starts][owner]
    last = np.append(owner[1:] != owner[:-1], True)
    reached = np.where(last, totals[owner], np.floor(totals[owner] * upto + 0.5).astype(np.int64))
    before = np.append(0, reached[:-1])
    before[starts] = 0
    return np.asarray(reached - before, dtype=np.int64)


def _largest_of(owner: IntArray, weights: FloatArray) -> BoolArray:
    """Return whether each piece is the one of its owner that has the most weight."""
    order = np.lexsort((-weights, owner))
    first = np.append(True, owner[order][1:] != owner[order][:-1])
    largest = np.zeros(len(owner), dtype=bool)
    largest[order[first]] = True
    return largest


def _profiles(land: Land, student_share: FloatArray) -> FloatArray:
    """Return the share of the ordinary, central, seaside and student ages in each Output Area."""
    central = 0.75 * np.exp(-((np.minimum(land.out_of_town, 9.0) / 0.45) ** 2))
    central *= np.clip(0.35 + 0.35 * spread(np.log(land.towns.size)), 0.1, 1.0)[land.town]
    seaside = 0.8 * np.exp(-land.to_sea / 4_000) * (1 - central)
    rest = 1 - student_share
    ordinary = 1 - central - seaside
    nobody = np.zeros(len(land.x))
    return np.column_stack((ordinary * rest, central * rest, seaside * rest, student_share, nobody))


def _age_curves() -> FloatArray:
    """Return the shares of each sex and age in five kinds of place, each adding up to 1."""
    years = np.arange(AGES)
    curves = np.empty((5, 2, AGES))
    for kind, knots in enumerate((_ORDINARY, _CENTRAL, _SEASIDE)):
        curve = np.interp(years, _KNOTS, knots)
        curve[-1] = curve[-2] * 4.2
        women = 0.487 + 0.16 * np.clip((years - 55) / 40, 0, 1) ** 1.5
        curves[kind] = curve * np.stack((women, 1 - women))
    curves[3] = np.exp(-(((years - 20) / 1.9) ** 2)) * (years >= 18) * np.array([[0.53], [0.47]])
    jailed = np.interp(years, (17, 18, 21, 30, 40, 55, 75, 90), (0, 0.3, 1, 1.5, 1.1, 0.5, 0.1, 0))
    curves[4] = jailed * np.array([[0.04], [0.96]])
    shares: FloatArray = curves / curves.sum(axis=(1, 2), keepdims=True)
    return shares


def _draw_ages(
    people: IntArray, profiles: FloatArray, rng: np.random.Generator
) -> NDArray[np.int32]:
    """Draw the sex and the age of all people, by piece."""
    curves = _age_curves().reshape(5, -1)
    ages = np.zeros((len(people), 2 * AGES), dtype=np.int32)
    there = np.flatnonzero(people)
    for start in range(0, len(there), _CHUNK):
        rows = there[start : start + _CHUNK]
        chances = np.zeros((len(rows), 2 * AGES))
        for kind in range(5):  # one by one: the same sum whatever the machine
            chances += profiles[rows, kind, None] * curves[kind]
        chances /= chances.sum(axis=1, keepdims=True)
        ages[rows] = rng.multinomial(people[rows], chances)
    return ages.reshape(-1, 2, AGES)
