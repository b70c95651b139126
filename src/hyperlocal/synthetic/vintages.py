"""The areas of 2011, as those of 2021 with a few split, merged and redrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hyperlocal.synthetic.hierarchy import Hierarchy, Links, links_between, split
from hyperlocal.synthetic.mesh import IntArray

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hyperlocal.synthetic.land import Land

SPLIT_LSOAS, MERGED_LSOAS, REDRAWN_LSOAS = 0.03, 0.01, 0.001
"""Shares of the LSOAs of 2011 that were split, merged with another, or redrawn, by 2021."""
CHANGED_OAS = 0.01
"""Share of Output Areas that changed within LSOAs that did not."""
SPLIT_MSOAS, MERGED_MSOAS, REDRAWN_MSOAS = 0.008, 0.004, 0.002


@dataclass(frozen=True, eq=False)
class Vintages:
    """The areas of 2011 and 2021 by piece: what lies in one Output Area of each.

    A number of 2011 that equals that of 2021 means that the area is unchanged.

    Parameters
    ----------
    cell
        The piece of each cell of the land, or `SEA`.
    oa11, lsoa11, msoa11, oa21, lsoa21, msoa21
        The area of each piece, by number.
    """

    cell: IntArray
    oa11: IntArray
    lsoa11: IntArray
    msoa11: IntArray
    oa21: IntArray
    lsoa21: IntArray
    msoa21: IntArray


class _Past:
    """The areas of 2011 of each cell, undone step by step from those of 2021."""

    def __init__(self, land: Land, hierarchy: Hierarchy, rng: np.random.Generator) -> None:
        self.land, self.hierarchy, self.rng = land, hierarchy, rng
        self.dry = np.flatnonzero(land.oa >= 0)
        self.oa21 = land.oa[self.dry]
        self.lsoa21 = hierarchy.lsoa[self.oa21]
        self.msoa21 = hierarchy.msoa[self.lsoa21]
        self.oa, self.lsoa, self.msoa = self.oa21.copy(), self.lsoa21.copy(), self.msoa21.copy()
        self.by_oa = np.argsort(self.oa21, kind="stable")
        self.oa_ends = np.searchsorted(self.oa21[self.by_oa], np.arange(len(land.x) + 1))
        self.oa_links = land.mesh.neighbours(land.oa)
        self.changed_lsoas = np.zeros(len(hierarchy.msoa), dtype=bool)
        self.changed_lsoas[-1] = True  # the isles stay as they are
        self.changed_msoas = np.zeros(len(hierarchy.district), dtype=bool)
        self.changed_msoas[-1] = True

    def cells_of(self, oa: int) -> IntArray:
        """Return the places of the cells of an Output Area of 2021."""
        return self.by_oa[self.oa_ends[oa] : self.oa_ends[oa + 1]]

    def oas_in(self, lsoas: Iterable[int]) -> IntArray:
        """Return the Output Areas of 2021 in some LSOAs of 2021."""
        return np.flatnonzero(np.isin(self.hierarchy.lsoa, list(lsoas)))

    def halve(self, oas: IntArray) -> None:
        """Say that Output Areas were two each in 2011."""
        oas = oas[np.diff(self.oa_ends)[oas] > 1]
        if not len(oas):
            return
        cells = np.flatnonzero(np.isin(self.oa21, oas))
        places = self.dry[cells]
        group = np.searchsorted(oas, self.oa21[cells])
        tallies = np.column_stack((np.full(len(oas), 2), np.bincount(group)))
        half, _ = split(
            self.land.mesh.x[places],
            self.land.mesh.y[places],
            group,
            tallies,
            self.rng,
            (1, len(cells)),
            self._cell_links(places),
        )
        self.oa[cells] = self.oa.max() + 1 + half

    def _cell_links(self, places: IntArray) -> Links:
        number = np.full(len(self.land.oa), -1)
        number[places] = np.arange(len(places))
        mesh = self.land.mesh
        one, other = number[mesh.left], number[mesh.right]
        kept = (one >= 0) & (other >= 0)
        return one[kept], other[kept]

    def join(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Say that pairs of Output Areas were one each in 2011."""
        for one, other in pairs:
            new = np.full(len(self.cells_of(one)) + len(self.cells_of(other)), self.oa.max() + 1)
            self.oa[np.concatenate((self.cells_of(one), self.cells_of(other)))] = new


def make_vintages(land: Land, hierarchy: Hierarchy, rng: np.random.Generator) -> Vintages:
    """Return the areas of 2011 that lie behind those of 2021.

    Parameters
    ----------
    land
        The land with its cells and Output Areas of 2021.
    hierarchy
        The areas of 2021.
    rng
        The source of chance.
    """
    past = _Past(land, hierarchy, rng)
    areas = len(hierarchy.msoa)
    _redraw_lsoas(past, max(2, round(REDRAWN_LSOAS * areas)))
    _unsplit_lsoas(past, max(1, round(SPLIT_LSOAS * areas)))
    _unmerge_lsoas(past, max(1, round(MERGED_LSOAS * areas)))
    _change_oas(past, max(2, round(CHANGED_OAS * len(land.x))))
    _change_msoas(past)
    return _pieces(past)


def _pairs(
    links: Links, allowed: IntArray, wanted: int, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Return random pairs among the links of which no two share an area."""
    chosen: list[tuple[int, int]] = []
    taken: set[int] = set()
    for place in rng.permutation(np.flatnonzero(allowed)):
        one, other = int(links[0][place]), int(links[1][place])
        if len(chosen) == wanted:
            break
        if one not in taken and other not in taken:
            taken |= {one, other}
            chosen.append((one, other))
    return chosen


def _lsoa_pairs(past: _Past, wanted: int) -> list[tuple[int, int]]:
    """Return pairs of unchanged LSOAs beside each other in one MSOA, and mark them as changed."""
    one, other = links_between(past.hierarchy.lsoa, past.oa_links)
    free = ~(past.changed_lsoas[one] | past.changed_lsoas[other])
    allowed = free & (past.hierarchy.msoa[one] == past.hierarchy.msoa[other])
    pairs = _pairs((one, other), allowed, wanted, past.rng)
    past.changed_lsoas[np.array(pairs, dtype=np.int64).ravel()] = True
    return pairs


def _redraw_lsoas(past: _Past, wanted: int) -> None:
    """Give part of an Output Area to the LSOA across the border: to the nearest one in it."""
    one, other = past.oa_links
    for first, second in _lsoa_pairs(past, wanted):
        lsoa = past.hierarchy.lsoa
        crossing = np.flatnonzero((lsoa[one] == first) & (lsoa[other] == second))
        sizes = np.diff(past.oa_ends)[one[crossing]]
        place = crossing[int(sizes.argmax())]
        giver, taker = int(one[place]), int(other[place])
        past.lsoa[past.lsoa21 == first] = past.lsoa.max() + 1
        past.lsoa[past.lsoa21 == second] = past.lsoa.max() + 1
        cells = past.cells_of(giver)
        places = past.dry[cells]
        gaps = np.hypot(
            past.land.mesh.x[places] - past.land.x[taker],
            past.land.mesh.y[places] - past.land.y[taker],
        )
        given = cells[np.argsort(gaps, kind="stable")[: len(cells) // 2]]
        past.oa[cells] = past.oa.max() + 1
        taken = np.concatenate((given, past.cells_of(taker)))
        past.oa[taken] = past.oa.max() + 1
        past.lsoa[given] = past.lsoa[past.cells_of(taker)[0]]


def _unsplit_lsoas(past: _Past, wanted: int) -> None:
    """Make one LSOA of each of some pairs, and one Output Area of about half of those in them."""
    pairs = _lsoa_pairs(past, wanted)
    parent = np.full(len(past.hierarchy.msoa), -1)
    parent[np.array(pairs, dtype=np.int64).T] = past.lsoa.max() + 1 + np.arange(len(pairs))
    past.lsoa = np.where(parent[past.lsoa21] >= 0, parent[past.lsoa21], past.lsoa)
    of_oa = parent[past.hierarchy.lsoa]
    one, other = past.oa_links
    allowed = (of_oa[one] >= 0) & (of_oa[one] == of_oa[other])
    allowed &= past.rng.random(len(one)) < 0.2
    past.join(_pairs(past.oa_links, allowed, -1, past.rng))


def _unmerge_lsoas(past: _Past, wanted: int) -> None:
    """Make two LSOAs of each of some, and two Output Areas of most of those in them."""
    free = np.flatnonzero(~past.changed_lsoas)
    chosen = np.sort(past.rng.choice(free, min(wanted, len(free)), replace=False))
    past.changed_lsoas[chosen] = True
    oas = past.oas_in(chosen)
    group = np.searchsorted(chosen, past.hierarchy.lsoa[oas])
    tallies = np.column_stack((np.full(len(chosen), 2), np.bincount(group)))
    half, _ = split(past.land.x[oas], past.land.y[oas], group, tallies, past.rng, (2, len(oas)))
    of_oa = np.full(len(past.land.x), -1)
    of_oa[oas] = past.lsoa.max() + 1 + half
    past.lsoa = np.where(of_oa[past.oa21] >= 0, of_oa[past.oa21], past.lsoa)
    past.halve(oas[past.rng.random(len(oas)) < 0.6])


def _change_oas(past: _Past, wanted: int) -> None:
    """Join or halve Output Areas of LSOAs that did not change."""
    lsoa = past.hierarchy.lsoa
    one, other = past.oa_links
    free = ~past.changed_lsoas[lsoa]
    pairs = _pairs(past.oa_links, free[one] & (lsoa[one] == lsoa[other]), wanted // 2, past.rng)
    past.join(pairs)
    free[np.array(pairs, dtype=np.int64).ravel()] = False
    rest = np.flatnonzero(free)
    past.halve(np.sort(past.rng.choice(rest, min(wanted - wanted // 2, len(rest)), replace=False)))


def _change_msoas(past: _Past) -> None:
    """Join, halve and redraw a few MSOAs along LSOAs that did not change."""
    count = len(past.hierarchy.district)
    for first, second in _msoa_pairs(past, max(1, round(SPLIT_MSOAS * count))):
        past.msoa[np.isin(past.msoa21, (first, second))] = past.msoa.max() + 1
    lsoa_msoa = past.hierarchy.msoa
    for first, second in _msoa_pairs(past, max(1, round(REDRAWN_MSOAS * count))):
        lsoas = np.flatnonzero((lsoa_msoa == first) & ~past.changed_lsoas)
        one, other = links_between(past.hierarchy.lsoa, past.oa_links)
        beside = np.intersect1d(lsoas, one[lsoa_msoa[other] == second])
        if not len(beside):
            continue
        moved = past.lsoa21 == beside[0]
        past.msoa[(past.msoa21 == first) & ~moved] = past.msoa.max() + 1
        past.msoa[(past.msoa21 == second) | moved] = past.msoa.max() + 1
    whole = np.bincount(lsoa_msoa, weights=past.changed_lsoas, minlength=count) == 0
    free = np.flatnonzero(whole & ~past.changed_msoas)
    wanted = min(max(1, round(MERGED_MSOAS * count)), len(free))
    for msoa in past.rng.choice(free, wanted, replace=False):
        lsoas = np.flatnonzero(lsoa_msoa == msoa)
        half = np.isin(past.lsoa21, lsoas[: len(lsoas) // 2])
        past.msoa[past.msoa21 == msoa] = past.msoa.max() + 1
        past.msoa[half] = past.msoa.max() + 1


def _msoa_pairs(past: _Past, wanted: int) -> list[tuple[int, int]]:
    """Return pairs of unchanged MSOAs beside each other in one district, and mark them."""
    hierarchy = past.hierarchy
    one, other = links_between(hierarchy.msoa[hierarchy.lsoa], past.oa_links)
    free = ~(past.changed_msoas[one] | past.changed_msoas[other])
    allowed = free & (hierarchy.district[one] == hierarchy.district[other])
    pairs = _pairs((one, other), allowed, wanted, past.rng)
    past.changed_msoas[np.array(pairs, dtype=np.int64).ravel()] = True
    return pairs


def _pieces(past: _Past) -> Vintages:
    """Return the pieces, in the order of the Output Areas of 2021."""
    size = int(past.oa.max()) + 1
    _, first, piece = np.unique(past.oa21 * size + past.oa, return_index=True, return_inverse=True)
    cell = np.full(len(past.land.oa), -1)
    cell[past.dry] = piece
    return Vintages(
        cell,
        past.oa[first],
        past.lsoa[first],
        past.msoa[first],
        past.oa21[first],
        past.lsoa21[first],
        past.msoa21[first],
    )
