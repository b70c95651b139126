"""Areas within areas: Output Areas to regions, by cutting the land in two again and again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hyperlocal.synthetic.land import ISLES_OAS, noise_at
from hyperlocal.synthetic.mesh import SEA, FloatArray, IntArray

if TYPE_CHECKING:
    from hyperlocal.synthetic.land import Land

FEWEST, MOST = 4, 6
"""Output Areas in an LSOA, and LSOAs in an MSOA."""

SHIRE, UNITARY, METROPOLITAN, CAPITAL, ISLES = range(5)
"""Kinds of district."""

Links = tuple[IntArray, IntArray]
"""Pairs of points that lie beside each other."""


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Which area lies in which: numbers from 0, in an order in which neighbours are near.

    Parameters
    ----------
    lsoa
        The LSOA of each Output Area.
    msoa
        The MSOA of each LSOA.
    district
        The district of each MSOA.
    kind
        The kind of each district.
    county
        The upper-tier authority of each district; it is one of its own unless it is a shire's.
    region
        The region of each district.
    city
        The town that a district is, -1 where it is more than one town.
    """

    lsoa: IntArray
    msoa: IntArray
    district: IntArray
    kind: IntArray
    county: IntArray
    region: IntArray
    city: IntArray


def split(
    x: FloatArray,
    y: FloatArray,
    group: IntArray,
    tallies: IntArray,
    rng: np.random.Generator,
    bounds: tuple[int, int] = (FEWEST, MOST),
    links: Links | None = None,
) -> tuple[IntArray, IntArray]:
    """Cut groups of points across, again and again, until each is of one part.

    Parameters
    ----------
    x, y
        The points.
    group
        The group of each, from 0 up.
    tallies : shape (groups, levels)
        For each group into how many parts it is to be cut, how many smaller areas of each kind are
        to lie in it and, last, how many points there are in it.
    rng
        The source of chance, for sizes that are not quite equal.
    bounds
        The fewest and the most of each level that one of the level above may hold.
    links
        The points that lie beside each other, both ways round: with them nearly all parts of a
        group that hangs together hang together as well.

    Returns
    -------
    tuple of numpy.ndarray
        The part of each point, and the tallies of each part, which is 1 in the first column.
    """
    while (tallies[:, 0] > 1).any():
        near, lowest, highest = _halve(tallies, rng, bounds)
        order, along = _along_longest(x, y, group, len(tallies), links)
        rank = np.empty(len(x), dtype=np.int64)
        starts = np.cumsum(tallies[:, -1]) - tallies[:, -1]
        rank[order] = np.arange(len(x)) - starts[group[order]]
        if links is not None:
            cut = tallies[:, 0] > 1
            at = _between(along[order], rank[order], starts, (near[:, -1], lowest, highest))
            near[cut, -1] = at[cut]
        beyond = rank >= near[group, -1]
        halves = np.stack((near, tallies - near), axis=1).reshape(-1, tallies.shape[1])
        there = halves[:, 0] > 0
        group = (np.cumsum(there) - 1)[2 * group + beyond]
        tallies = halves[there]
    return group, tallies


def _halve(
    tallies: IntArray, rng: np.random.Generator, bounds: tuple[int, int]
) -> tuple[IntArray, IntArray, IntArray]:
    """Return the tallies of the near half of each group, and the fewest and most points in it.

    A group of one part stays whole.
    """
    near = tallies.copy()
    cut = tallies[:, 0] > 1
    near[cut, 0] = (tallies[cut, 0] + rng.integers(0, 2, int(cut.sum()))) // 2
    fewest, most = bounds
    for level in range(1, tallies.shape[1]):
        whole, above = tallies[:, level], tallies[:, level - 1]
        near_above, far_above = near[:, level - 1], above - near[:, level - 1]
        wanted = whole * near_above / above
        spare = 0.09 * np.sqrt(wanted) * np.sqrt(whole / above)
        wanted = wanted + spare * rng.standard_normal(len(whole))
        lowest = np.maximum(fewest * near_above, whole - most * far_above)
        highest = np.minimum(most * near_above, whole - fewest * far_above)
        near[:, level] = np.where(cut, np.clip(np.round(wanted), lowest, highest), whole)
    return near, lowest, highest


def _between(
    along: FloatArray,
    rank: IntArray,
    starts: IntArray,
    limits: tuple[IntArray, IntArray, IntArray],
) -> IntArray:
    """Return where to cut each group so as to part no points that are equally near both poles.

    Parameters
    ----------
    along, rank
        The place of each point along its group and its number in it, in that order.
    starts
        The first point of each group.
    limits
        How many points are wanted in the near half, the fewest and the most.
    """
    wanted, lowest, highest = (
        np.repeat(limit, np.diff(starts, append=len(rank))) for limit in limits
    )
    off = np.abs(rank - wanted) + 1_000 * (along == np.roll(along, 1))
    off = np.where((rank < lowest) | (rank > highest), 100_000, off)
    best = np.minimum.reduceat(off * 1_000_000 + rank, starts)
    found: IntArray = np.where(best < 100_000 * 1_000_000, best % 1_000_000, limits[0])
    return found


def _along_longest(
    x: FloatArray, y: FloatArray, group: IntArray, groups: int, links: Links | None
) -> tuple[IntArray, FloatArray]:
    """Return the points in order along the length of each group, and how far along they are."""
    count = np.maximum(np.bincount(group, minlength=groups), 1)
    dx, dy = (
        values - (np.bincount(group, weights=values, minlength=groups) / count)[group]
        for values in (x, y)
    )
    xx, yy, xy = (
        np.bincount(group, weights=product, minlength=groups)
        for product in (dx * dx, dy * dy, dx * dy)
    )
    angle = (0.5 * np.arctan2(2 * xy, xx - yy))[group]
    along = dx * np.cos(angle) + dy * np.sin(angle)
    order = np.lexsort((along, group))
    if links is None:
        return order, along
    ends = np.cumsum(np.bincount(group, minlength=groups))
    first, last = order[np.append(0, ends[:-1])], order[ends - 1]
    nearer = _nearer(x, y, group, (first, last), links)
    return np.lexsort((along, nearer, group)), nearer


def _nearer(
    x: FloatArray, y: FloatArray, group: IntArray, poles: Links, links: Links
) -> FloatArray:
    """Return how much nearer each point is to the first pole of its group than to the second.

    Distances go from point to point over links within the group. All points up to some difference
    then hang together with the first pole, and all others with the second: the way of a point to
    its pole leads over points that are nearer still.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    inner = group[links[0]] == group[links[1]]
    one, other = links[0][inner], links[1][inner]
    length = np.hypot(x[one] - x[other], y[one] - y[other]) + 1.0
    graph = csr_array((length, (one, other)), shape=(len(x), len(x)))
    ways = [dijkstra(graph, indices=pole, min_only=True) for pole in poles]
    straight = [np.hypot(x - x[pole][group], y - y[pole][group]) for pole in poles]
    difference: FloatArray = np.where(
        np.isfinite(ways[0]) & np.isfinite(ways[1]),
        np.subtract(*np.nan_to_num(ways, posinf=0.0)),
        np.subtract(*straight),
    )
    rounded: FloatArray = np.round(difference, 3).astype(np.float64)
    return rounded


def _share_out(total: int, weights: IntArray) -> IntArray:
    """Share whole things out in proportion to weights."""
    exact = total * weights / weights.sum()
    shared: IntArray = np.floor(exact).astype(np.int64)
    most_left = np.argsort(shared - exact, kind="stable")[: total - int(shared.sum())]
    shared[most_left] += 1
    return shared


def make_hierarchy(areas: int, land: Land, rng: np.random.Generator) -> Hierarchy:
    """Return the areas of all kinds on some land: so many LSOAs, of which the last is the isles.

    Parameters
    ----------
    areas
        The number of LSOAs.
    land
        The land with its Output Areas, those of the isles last.
    rng
        The source of chance.
    """
    oas = len(land.x) - ISLES_OAS
    x, y = _bent(land.x[:oas], land.y[:oas], rng)
    one, other = land.mesh.neighbours(land.oa)
    dry = (one < oas) & (other < oas)
    links = one[dry], other[dry]
    district, kind, city = _make_districts(areas, land, (x, y), links, rng)
    size = np.bincount(district)
    lsoas = _share_out(areas - 1, size)
    tallies = np.column_stack((np.round(lsoas / 5).astype(np.int64), lsoas, size))
    msoa, msoa_tallies = split(x, y, district, tallies, rng, links=links)
    msoa_district = np.repeat(np.arange(len(lsoas)), tallies[:, 0])
    lsoa, _ = split(x, y, msoa, msoa_tallies[:, 1:], rng, links=links)
    lsoa_msoa = np.repeat(np.arange(len(msoa_tallies)), msoa_tallies[:, 1])
    middles = np.bincount(district, weights=x) / size, np.bincount(district, weights=y) / size
    beside = links_between(district, links)
    region = _make_regions(areas, kind, middles, beside, rng)
    kind, county = _make_counties(kind, region, middles, beside, rng)
    nearest = np.hypot(x - land.x[-1], y - land.y[-1]).argmin()
    return Hierarchy(
        np.append(lsoa, np.full(ISLES_OAS, areas - 1)),
        np.append(lsoa_msoa, len(msoa_district)),
        np.append(msoa_district, len(kind)),
        np.append(kind, ISLES),
        np.append(county, county.max() + 1),
        np.append(region, region[district[nearest]]),
        np.append(city, -1),
    )


def in_order(land: Land, hierarchy: Hierarchy) -> tuple[Land, Hierarchy]:
    """Return the same with the Output Areas numbered in the order of the LSOAs."""
    order = np.argsort(hierarchy.lsoa, kind="stable")
    number = np.append(np.argsort(order), SEA)  # the last stands for the sea, -1
    own = {name: getattr(land, name)[order] for name in ("x", "y", "town")}
    return (
        replace(land, oa=number[land.oa], **own),
        replace(hierarchy, lsoa=hierarchy.lsoa[order]),
    )


def _bent(x: FloatArray, y: FloatArray, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return the points as on a sheet bent a little, so that straight cuts come out winding."""
    length = float(np.ptp(x)) / 7
    return (
        x + 0.16 * length * noise_at(x, y, length, rng),
        y + 0.16 * length * noise_at(x, y, length, rng),
    )


def _make_districts(
    areas: int,
    land: Land,
    points: tuple[FloatArray, FloatArray],
    links: Links,
    rng: np.random.Generator,
) -> tuple[IntArray, IntArray, IntArray]:
    """Return the district of each Output Area, and the kind and the city of each district."""
    x, y = points
    # About 115 LSOAs each in England; small nations have some districts of all kinds as well.
    wanted = max(min(8, areas // 14), round(areas / (100 + areas / 2_250)) - 1)
    usual = len(x) / wanted
    towns = land.towns
    cities = np.flatnonzero(towns.size > 0.45 * usual)[: max(1, wanted // 2)]
    reach = np.stack(
        [np.hypot(land.x[: len(x)] - towns.x[c], land.y[: len(x)] - towns.y[c]) for c in cities]
    ) / (1.45 * towns.radius[cities, None])
    own = np.where(reach.min(axis=0) < 1, reach.argmin(axis=0), len(cities))
    size = np.bincount(own, minlength=len(cities) + 1)
    large = np.append(size[:-1] > max(0.4 * usual, 50), True)
    own, size = np.where(large[own], own, len(cities)), size * large
    size[-1] += len(x) - size.sum()
    parts = np.maximum(1, np.round(size / (1.25 * usual))).astype(np.int64) * large
    parts[-1] = max(2, wanted - parts[:-1].sum())
    kept = np.flatnonzero(parts)
    own = np.searchsorted(kept, own)
    fewest = max(11 * 5, int(0.5 * usual))
    tallies = np.column_stack((parts[kept], size[kept]))
    district, found = split(x, y, own, tallies, rng, (fewest, len(x)), links)
    of_city = np.append(cities, -1)[kept].repeat(parts[kept])
    kind = np.select(
        [of_city == 0, of_city < 0, found[:, 1] > 0.75 * usual],
        [CAPITAL, SHIRE, METROPOLITAN],
        UNITARY,
    )
    return district, kind, of_city


def links_between(parent: IntArray, links: Links) -> Links:
    """Return the pairs of larger areas that lie beside each other, both ways round, sorted."""
    one, other = parent[links[0]], parent[links[1]]
    size = int(parent.max()) + 1
    pairs = np.unique((one * size + other)[one != other])
    return pairs // size, pairs % size


def _make_regions(
    areas: int,
    kind: IntArray,
    middles: tuple[FloatArray, FloatArray],
    beside: Links,
    rng: np.random.Generator,
) -> IntArray:
    """Return the region of each district; a capital of many districts is a region of its own."""
    count = int(np.clip(round(np.sqrt(areas / 400)), 3, 9))
    capital = kind == CAPITAL
    if capital.sum() < 8:
        capital[:] = False
        tallies = np.array([[count, len(kind)]])
    else:
        tallies = np.array([[count - 1, int((~capital).sum())], [1, int(capital.sum())]])
    group = capital.astype(np.int64)
    region, _ = split(*middles, group, tallies, rng, (1, len(kind)), beside)
    return region


def _make_counties(
    kind: IntArray,
    region: IntArray,
    middles: tuple[FloatArray, FloatArray],
    beside: Links,
    rng: np.random.Generator,
) -> tuple[IntArray, IntArray]:
    """Return the kinds of districts and the upper-tier authority of each.

    The shire districts of a region are shared out among counties; one alone becomes unitary.
    """
    shires = np.flatnonzero(kind == SHIRE)
    size = np.bincount(region[shires], minlength=region.max() + 1)
    kind = kind.copy()
    kind[shires[size[region[shires]] == 1]] = UNITARY
    shires = np.flatnonzero(kind == SHIRE)
    county = np.arange(len(kind))
    if len(shires):
        regions, own = np.unique(region[shires], return_inverse=True)
        size = np.bincount(own, minlength=len(regions))
        tallies = np.column_stack((np.maximum(1, np.round(size / 5)).astype(np.int64), size))
        number = np.full(len(kind), -1)
        number[shires] = np.arange(len(shires))
        one, other = number[beside[0]], number[beside[1]]
        both = (one >= 0) & (other >= 0)
        x, y = middles[0][shires], middles[1][shires]
        grouped, _ = split(x, y, own, tallies, rng, (2, 12), (one[both], other[both]))
        county[shires] = len(kind) + grouped
    return kind, np.unique(county, return_inverse=True)[1]
