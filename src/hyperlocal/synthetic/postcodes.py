"""Postcodes with their places and dwellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.synthetic.hierarchy import split
from hyperlocal.synthetic.mesh import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from hyperlocal.synthetic.land import Land
    from hyperlocal.synthetic.mesh import Mesh
    from hyperlocal.synthetic.vintages import Vintages

DWELLINGS_PER_POSTCODE = 14.2
TERMINATED_SHARE = 0.15
"""Terminated postcodes for each live one."""
STRADDLING_SHARE = 0.006
"""Share of live postcodes with dwellings in the next Output Area as well."""

# fmt: off
_REAL_AREAS = {
    "AB", "AL", "B", "BA", "BB", "BD", "BF", "BH", "BL", "BN", "BR", "BS", "BT", "BX", "CA", "CB",
    "CF", "CH", "CM", "CO", "CR", "CT", "CV", "CW", "DA", "DD", "DE", "DG", "DH", "DL", "DN", "DT",
    "DY", "E", "EC", "EH", "EN", "EX", "FK", "FY", "G", "GIR", "GL", "GU", "GX", "GY", "HA", "HD",
    "HG", "HP", "HR", "HS", "HU", "HX", "IG", "IM", "IP", "IV", "JE", "KA", "KT", "KW", "KY", "L",
    "LA", "LD", "LE", "LL", "LN", "LS", "LU", "M", "ME", "MK", "ML", "N", "NE", "NG", "NN", "NP",
    "NR", "NW", "OL", "OX", "PA", "PE", "PH", "PL", "PO", "PR", "QC", "RG", "RH", "RM", "S", "SA",
    "SE", "SG", "SK", "SL", "SM", "SN", "SO", "SP", "SR", "SS", "ST", "SW", "SY", "TA", "TD", "TF",
    "TN", "TQ", "TR", "TS", "TW", "UB", "W", "WA", "WC", "WD", "WF", "WN", "WR", "WS", "WV", "XX",
    "YO", "ZE",
}
# fmt: on
_UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def make_postcodes(
    land: Land, vintages: Vintages, dwellings: IntArray, towns: list[str], rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the postcodes, and the dwellings of each live one by piece.

    Parameters
    ----------
    land, vintages
        The land and its pieces.
    dwellings
        The dwellings of each piece.
    towns
        The names of the towns, from which the first letters are made.
    rng
        The source of chance.
    """
    live = np.maximum(2, rng.poisson(dwellings / DWELLINGS_PER_POSTCODE))
    gone = rng.poisson(live * TERMINATED_SHARE)
    piece = np.repeat(np.arange(len(live)), live + gone)
    place_in = np.arange(len(piece)) - np.repeat(np.cumsum(live + gone) - live - gone, live + gone)
    is_live = place_in < live[piece]
    x, y = _places(land, vintages, piece, rng)
    postcode = _written(land, vintages, piece, towns, rng)
    number = np.zeros(len(piece), dtype=np.int64)
    number[is_live] = _share_dwellings(dwellings, piece[is_live], rng)
    introduced, terminated = _dates(is_live, rng)
    shared = _straddle(land, vintages, piece, number, rng)
    written = pl.Series(postcode)
    table = pl.DataFrame(
        {
            "postcode": written,
            "piece": piece,
            "easting": x.astype(np.int64),
            "northing": y.astype(np.int64),
            "dwellings": np.bincount(shared[0], weights=shared[2], minlength=len(piece)).astype(
                int
            ),
            "introduced": introduced,
            "terminated": terminated,
        }
    )
    by_piece = pl.DataFrame(
        {"postcode": written.gather(shared[0]), "piece": shared[1], "dwellings": shared[2]}
    )
    return table.sort("postcode"), by_piece.sort("postcode", "piece")


def _places(
    land: Land, vintages: Vintages, piece: IntArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return a point inside the piece of each postcode, in whole metres.

    It is drawn in one of the triangles that a seed of the piece makes with the sides of its cell,
    and drawn again until it is inside after rounding.
    """
    mesh = land.mesh
    sides = np.flatnonzero(vintages.cell[mesh.left] >= 0)
    sides = sides[np.argsort(vintages.cell[mesh.left[sides]], kind="stable")]
    owner = vintages.cell[mesh.left[sides]]
    starts = np.searchsorted(owner, np.arange(int(owner.max()) + 2))
    x, y = np.empty(len(piece)), np.empty(len(piece))
    open_ = np.arange(len(piece))
    while len(open_):
        first, beyond = starts[piece[open_]], starts[piece[open_] + 1]
        side = sides[first + (rng.random(len(open_)) * (beyond - first)).astype(np.int64)]
        seed = mesh.left[side]
        one, other = rng.random((2, len(open_)))
        over = one + other > 1
        one, other = np.where(over, 1 - one, one), np.where(over, 1 - other, other)
        ax, ay, bx, by = mesh.arms(side)
        x[open_] = np.round(mesh.x[seed] + 0.9 * (one * ax + other * bx))
        y[open_] = np.round(mesh.y[seed] + 0.9 * (one * ay + other * by))
        inside = _is_inside(mesh, side, x[open_], y[open_])
        open_ = open_[~inside]
    return x, y


def _is_inside(mesh: Mesh, side: IntArray, x: FloatArray, y: FloatArray) -> BoolArray:
    """Return whether points lie in the triangles of the seeds and the sides, off the sides."""
    ax, ay, bx, by = mesh.arms(side)
    px, py = x - mesh.x[mesh.left[side]], y - mesh.y[mesh.left[side]]
    whole = ax * by - ay * bx
    one, other = (px * by - py * bx) / whole, (ax * py - ay * px) / whole
    inside: BoolArray = (one >= 0) & (other >= 0) & (one + other < 0.99)
    return inside


def _share_dwellings(dwellings: IntArray, piece: IntArray, rng: np.random.Generator) -> IntArray:
    """Share the dwellings of each piece out among its live postcodes."""
    weight = rng.gamma(2.2, size=len(piece))
    starts = np.searchsorted(piece, np.arange(len(dwellings)))
    share = weight / np.add.reduceat(weight, starts)[piece]
    upto = np.cumsum(share)
    upto -= (upto - share)[starts][piece]
    last = np.append(piece[1:] != piece[:-1], True)
    reached = np.where(last, dwellings[piece], np.floor(dwellings[piece] * np.minimum(upto, 1)))
    before = np.append(0, reached[:-1])
    before[starts] = 0
    shared: IntArray = (reached - before).astype(np.int64)
    return shared


def _straddle(
    land: Land,
    vintages: Vintages,
    piece: IntArray,
    number: IntArray,
    rng: np.random.Generator,
) -> tuple[IntArray, IntArray, IntArray]:
    """Let some postcodes have dwellings in two Output Areas: rows of postcode, piece, dwellings.

    What one postcode takes over in the next piece is taken from a postcode there.
    """
    postcodes = np.flatnonzero(number >= 6)
    postcodes = postcodes[rng.random(len(postcodes)) < STRADDLING_SHARE]
    one, other = land.mesh.neighbours(vintages.cell)
    apart = vintages.oa21[one] != vintages.oa21[other]
    one, other = one[apart], other[apart]
    starts = np.searchsorted(one, np.arange(len(vintages.oa21) + 1))
    near = starts[piece[postcodes] + 1] > starts[piece[postcodes]]
    postcodes = postcodes[near]
    beside = other[starts[piece[postcodes]]]
    largest = np.lexsort((-number, piece))
    giver = largest[np.searchsorted(piece[largest], beside)]
    _, first = np.unique(giver, return_index=True)
    postcodes, beside, giver = postcodes[first], beside[first], giver[first]
    taken = number[giver] // 4
    kept = taken > 0
    postcodes, beside, giver, taken = postcodes[kept], beside[kept], giver[kept], taken[kept]
    left = number.copy()
    np.subtract.at(left, giver, taken)
    there = np.flatnonzero(left > 0)
    return (
        np.concatenate((there, postcodes)),
        np.concatenate((piece[there], beside)),
        np.concatenate((left[there], taken)),
    )


def _written(
    land: Land, vintages: Vintages, piece: IntArray, towns: list[str], rng: np.random.Generator
) -> NDArray[np.str_]:
    """Return the postcodes in writing: area, district, sector and unit, such as MB12 3QF."""
    oa = np.arange(len(land.x))
    areas = max(2, round(len(oa) / 1_500))
    whole = np.zeros(len(oa), dtype=np.int64)
    area, found = split(land.x, land.y, whole, np.array([[areas, len(oa)]]), rng, (1, len(oa)))
    size = found[:, 1]
    tallies = np.column_stack((np.clip(np.round(size / 62), 1, 95).astype(np.int64), size))
    district, found = split(land.x, land.y, area, tallies, rng, (1, len(oa)))
    area_of_district = np.repeat(np.arange(areas), tallies[:, 0])
    number = np.arange(len(found)) - np.searchsorted(area_of_district, area_of_district) + 1
    size = found[:, 1]
    tallies = np.column_stack((np.clip(np.round(size / 15), 1, 9).astype(np.int64), size))
    sector, _ = split(land.x, land.y, district, tallies, rng, (1, len(oa)))
    first_sector = np.cumsum(tallies[:, 0]) - tallies[:, 0]
    letters = np.array(_area_letters(land, area, towns))
    of_oa = np.char.add(letters[area], number[district].astype(str))
    digit = (sector - first_sector[district] + 1).astype(str)
    of_oa = np.char.add(np.char.add(of_oa, " "), digit)
    units = [first + second for first in _UNIT_LETTERS for second in _UNIT_LETTERS]
    own = sector[vintages.oa21[piece]]
    order = np.argsort(own, kind="stable")
    starts = np.searchsorted(own[order], own[order])
    place = np.empty(len(piece), dtype=np.int64)
    place[order] = np.arange(len(piece)) - starts
    unit = np.array(units)[rng.permutation(len(units))][place]
    return np.char.add(of_oa[vintages.oa21[piece]], unit)


def _area_letters(land: Land, area: IntArray, towns: list[str]) -> list[str]:
    """Return two letters for each postcode area: of its largest town, and of no real one."""
    used = set(_REAL_AREAS)
    letters = []
    for place in range(int(area.max()) + 1):
        inside = land.town[(area == place) & (land.town >= 0)]
        name = towns[int(np.bincount(inside).argmax())] if len(inside) else towns[-1]
        tried = [name[0] + letter for letter in name[1:].upper() if letter.isalpha()]
        tried += [
            first + second
            for first in (name[0], *"ABCDEFGHKLMNOPRSTUWY")
            for second in "ABCDEFGHKLMNOPRSTUVWXY"
        ]
        chosen = next(pair for pair in tried if pair not in used)
        used.add(chosen)
        letters.append(chosen)
    return letters


def _dates(is_live: BoolArray, rng: np.random.Generator) -> tuple[IntArray, pl.Series]:
    """Return when each postcode came in and when it went, as yyyymm; null where it is in use."""
    count = len(is_live)
    old = rng.random(count) < 0.6
    came = np.where(old, 0, rng.integers(1, 12 * 43, count))
    stayed = rng.integers(6, 12 * 20, count)
    went = np.minimum(came + stayed, 12 * 44 + 5)
    gone = pl.Series(_yyyymm(went)).to_frame("month").with_columns(live=pl.Series(is_live))
    terminated = gone.select(pl.when(~pl.col("live")).then("month"))["month"]
    return _yyyymm(came), terminated


def _yyyymm(months: IntArray) -> IntArray:
    """Return months counted from January 1980 as yyyymm."""
    return (1980 + months // 12) * 100 + months % 12 + 1
