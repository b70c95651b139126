"""The planted need: five levels for every area, known before anything is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hyperlocal.synthetic.hierarchy import CAPITAL, METROPOLITAN, UNITARY
from hyperlocal.synthetic.land import noise_at, spread
from hyperlocal.synthetic.mesh import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from hyperlocal.synthetic.hierarchy import Hierarchy
    from hyperlocal.synthetic.land import Land
    from hyperlocal.synthetic.vintages import Vintages

DIMENSIONS = ("economic_growth", "clean_energy", "safe_streets", "opportunity", "health")
"""The dimensions of need, in the order of the columns."""
WEIGHTS = (0.225, 0.1, 0.225, 0.225, 0.225)
"""What each dimension weighs in the overall need."""
HOT_SHARE = 0.02
"""Share of LSOAs in hot spots."""

_SHARED = 0.56
_HOT_LIFT = (3.6, 2.8, 3.6, 3.6, 3.6)
_WITHIN = 0.15
_OF_AUTHORITIES = {"opportunity": 1.8}
"""How far apart authorities are in what is a dimension's own; the rest of that varies by 1."""


@dataclass(frozen=True, eq=False)
class Need:
    """What is planted.

    Parameters
    ----------
    levels : shape (lsoas, 5)
        The need of each LSOA of 2021 per dimension: mean 0, standard deviation 1, normal.
    hot
        The LSOAs in hot spots.
    coastal
        Whether each of them is in a coastal town; it is in an inner city otherwise.
    """

    levels: FloatArray
    hot: IntArray
    coastal: BoolArray


def make_need(land: Land, hierarchy: Hierarchy, rng: np.random.Generator) -> Need:
    """Return the need of each LSOA of 2021.

    Parameters
    ----------
    land, hierarchy
        The land and its areas.
    rng
        The source of chance.

    Notes
    -----
    For LSOA i and dimension d, with all terms standardised over LSOAs,

        z_id = sqrt(0.56) c_i + sqrt(0.44) s_id + h_d 1[i in a hot spot]

    where c is made of a smooth field, the inner city, the coast and noise, and s of a smooth field
    of its own and noise; in opportunity also of what an authority's schools have in common, with
    1.8 times the standard deviation of the rest of s. The need is the normal score of the place of
    z_id in its order.
    """
    from scipy.stats import norm, rankdata

    lsoa = hierarchy.lsoa
    count = np.bincount(lsoa)
    x, y, to_sea, centrality = (
        np.bincount(lsoa, weights=values) / count
        for values in (land.x, land.y, land.to_sea, _centrality(land))
    )
    hot, coastal = _hot_spots(land, hierarchy, rng)
    length = float(np.sqrt(np.ptp(x) * np.ptp(y))) / 7
    shared = spread(
        0.70 * noise_at(x, y, length, rng)
        + 0.65 * spread(centrality)
        + 0.25 * np.exp(-to_sea / 3_000)
        + 0.50 * rng.standard_normal(len(x))
    )
    district = hierarchy.district[hierarchy.msoa]
    of_authorities = rng.spawn(1)[0]  # a source of its own, so that it moves no other dimension
    levels = np.empty((len(x), len(DIMENSIONS)))
    for place, lift in enumerate(_HOT_LIFT):
        own = spread(0.8 * noise_at(x, y, 0.7 * length, rng) + 0.6 * rng.standard_normal(len(x)))
        if more := _OF_AUTHORITIES.get(DIMENSIONS[place]):
            own = spread(own + more * of_authorities.standard_normal(district.max() + 1)[district])
        level = np.sqrt(_SHARED) * shared + np.sqrt(1 - _SHARED) * own
        level[hot] += lift
        score = norm.ppf((rankdata(level) - 0.5) / len(level))
        levels[:, place] = spread(score)
    return Need(levels, hot, coastal)


def _centrality(land: Land) -> FloatArray:
    """Return how much of an inner city each Output Area is: more so in large towns."""
    size = np.log(land.towns.size / land.towns.size.min() + 1)[land.town]
    centrality: FloatArray = size * np.exp(-((np.minimum(land.out_of_town, 9.0) / 0.9) ** 2))
    return centrality


def _hot_spots(
    land: Land, hierarchy: Hierarchy, rng: np.random.Generator
) -> tuple[IntArray, BoolArray]:
    """Return the LSOAs at the hearts of some coastal towns and cities, and which are coastal."""
    areas = len(hierarchy.msoa)
    wanted = max(4, round(HOT_SHARE * areas))
    towns = land.towns
    in_city = np.isin(hierarchy.kind, (CAPITAL, METROPOLITAN, UNITARY)) & (hierarchy.city >= 0)
    cities = np.unique(hierarchy.city[in_city])
    inland = cities[~towns.coastal[cities]]
    seaside = np.flatnonzero(towns.coastal & (towns.size >= 30))
    if not len(seaside):
        seaside = np.flatnonzero(towns.coastal)[:1]
    if not len(inland):
        inland = np.flatnonzero(~towns.coastal)[:1]
    per_spot = 6 if areas > 1_000 else 3
    count = max(1, round(wanted / 2 / per_spot))
    seaside = rng.permutation(seaside)[:count]
    inland = inland[:count]
    taken = np.zeros(areas, dtype=bool)
    taken[-1] = True  # the isles
    spots = [
        _nearest_lsoas(land, hierarchy, towns_, number, taken)
        for towns_, number in ((seaside, wanted // 2), (inland, wanted - wanted // 2))
    ]
    hot = np.concatenate(spots)
    order = np.argsort(hot)
    return hot[order], (np.arange(len(hot)) < len(spots[0]))[order]


def _nearest_lsoas(
    land: Land, hierarchy: Hierarchy, towns: IntArray, wanted: int, taken: BoolArray
) -> IntArray:
    """Take the LSOAs nearest to the middle of each of some towns, so many in all."""
    count = np.bincount(hierarchy.lsoa)
    x, y = (np.bincount(hierarchy.lsoa, weights=values) / count for values in (land.x, land.y))
    found = []
    for place, town in enumerate(towns):
        number = (wanted * (place + 1)) // len(towns) - (wanted * place) // len(towns)
        gaps = np.hypot(x - land.towns.x[town], y - land.towns.y[town])
        gaps[taken] = np.inf
        nearest = np.argsort(gaps, kind="stable")[:number]
        taken[nearest] = True
        found.append(nearest)
    return np.concatenate(found)


def need_of_pieces(
    need: Need, vintages: Vintages, people: IntArray, rng: np.random.Generator
) -> FloatArray:
    """Return the need of each piece: that of its LSOA, and a little more or less.

    The mean over the people of an LSOA of 2021 is exactly that of the LSOA.
    """
    lsoa = vintages.lsoa21
    more = _WITHIN * rng.standard_normal((len(lsoa), len(DIMENSIONS)))
    weight = np.bincount(lsoa, weights=people)
    for place in range(len(DIMENSIONS)):
        more[:, place] -= (np.bincount(lsoa, weights=more[:, place] * people) / weight)[lsoa]
    return need.levels[lsoa] + more


def overall_need(levels: FloatArray) -> FloatArray:
    """Return the overall need of areas from that in each dimension.

    Parameters
    ----------
    levels : shape (areas, 5)
        The need per dimension, high for much need.

    Notes
    -----
        X = -23 ln(1 - R (1 - exp(-100/23))),    R = (N - rank + 1)/N

    with rank 1 for the most need; the overall need is the sum over dimensions of X times `WEIGHTS`.
    """
    from scipy.stats import rankdata

    share = rankdata(levels, axis=0) / len(levels)
    transformed = -23 * np.log(1 - share * (1 - np.exp(-100 / 23)))
    overall = np.zeros(len(levels))
    for place, weight in enumerate(WEIGHTS):
        overall += weight * transformed[:, place]
    return overall
