"""Places and what is near them: civic assets, green spaces, dwellings, people by postcode."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.synthetic.dwellings import homes
from hyperlocal.synthetic.publishing import write_csv
from hyperlocal.synthetic.signals import (
    FloatArray,
    IntArray,
    Signal,
    events_of,
    moved_share,
    people,
    places,
    shift_of,
    shown,
)

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

PER_HEAD = 1e-5
_SLOPE = -0.9

ASSETS: dict[str, dict[str, float]] = {
    "community space": {
        "Public / Village Hall / Other Community Facility": 30,
        "Youth Recreational / Social Club": 8,
        "Church Hall / Religious Meeting Place / Hall": 12,
        "Community Service Centre / Office": 10,
        "Place Of Worship": 60,
    },
    "education": {
        "College": 2,
        "Further Education": 1.5,
        "Higher Education": 0.5,
        "Children's Nursery / Crèche": 40,
        "First School": 2,
        "Infant School": 4,
        "Junior School": 3,
        "Middle School": 0.5,
        "Primary School": 35,
        "Secondary School": 6,
        "University": 0.5,
        "Special Needs Establishment": 3,
        "Other Educational Establishment": 5,
    },
    "sport and leisure": {
        "Public House / Bar / Nightclub": 70,
        "Activity / Leisure / Sports Centre": 15,
        "Skateboarding Facility": 2,
        "Recreational / Social Club (Bingo)": 3,
    },
    "culture": {"Library": 6, "Reading Room": 0.5, "Museum / Gallery": 5},
    "green": {
        "Public Park / Garden": 20,
        "Public Open Space / Nature Reserve": 15,
        "Playground": 25,
        "Play Area": 20,
        "Paddling Pool": 0.5,
        "Picnic / Barbeque Site": 2,
        "Allotment": 10,
        "Playing Field": 15,
        "Recreation Ground": 8,
    },
    "retail": {
        "Post Office": 18,
        "Market": 2,
        "Restaurant / Cafeteria": 70,
        "Shop / Showroom": 450,
        "Garden Centre": 3,
    },
}
"""For each group of assets its classes, each with how many there are for 100,000 people."""
OTHERS = {"Office / Work Studio": 200.0, "Warehouse / Store / Storage Depot": 60.0}
"""Further premises, which no indicator asks for."""
ASSET = Signal("safe_streets", 1.0, _SLOPE, smooth=0.15, local=0.15)
COMMUNITY_OWNED = Signal("safe_streets", 12 * PER_HEAD, _SLOPE, smooth=0.15, local=0.15)
_KINDS_OWNED = ("Community centre", "Community land", "Pub", "Shop", "Village hall")

ACCESSIBLE = {
    "Public Park Or Garden": 0.5,
    "Playing Field": 0.25,
    "Play Space": 0.05,
    "Other Sports Facility": 0.05,
    "Open Country": 0.05,
    "Registered Common Land": 0.05,
    "Dedicated Forest": 0.05,
}
"""Green spaces that all may enter, by the share of each class."""
OTHER_GREEN = {
    "Golf Course": 0.15,
    "Allotments Or Community Growing Spaces": 0.4,
    "Cemetery": 0.3,
    "Bowling Green": 0.15,
}
"""Green spaces that are not counted as natural and open to all."""
GREEN = Signal("clean_energy", 0.55, -1.8, smooth=0.15, local=0.1)
"""Homes that lie near a green space that all may enter."""
RADIUS = 60.0
"""That of a green space, in metres."""
GREENNESS = Signal("clean_energy", 0.5, -0.07, smooth=0.3, local=0.3)
_OTHER_SHARE, _CORNERS, _NEAR, _ROUNDS = 0.03, 16, 300.0, 15


@lru_cache(maxsize=1)
def _homes_of_pieces(nation: Nation) -> tuple[IntArray, IntArray, IntArray]:
    """Return the homes in the order of their pieces, and the first and the number of each piece."""
    piece = homes(nation).piece
    number = np.bincount(piece, minlength=nation.pieces.height)
    return np.argsort(piece, kind="stable"), np.cumsum(number) - number, number


def _at_homes(nation: Nation, piece: IntArray, rng: np.random.Generator) -> tuple[IntArray, Any]:
    """Choose a home in each of some pieces; say also of which there is one."""
    order, first, number = _homes_of_pieces(nation)
    there = number[piece] > 0
    piece = piece[there]
    return order[first[piece] + rng.integers(0, number[piece])], there


def write_assets(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write civic assets, shops and other premises with their class and where they lie."""
    residents = people(nation)
    pieces, classes = [], []
    for group, levels in {**ASSETS, "other": OTHERS}.items():
        share = np.array(list(levels.values()))
        signal = Signal("safe_streets", share.sum() * PER_HEAD, 0.0 if group == "other" else _SLOPE)
        number = events_of(nation, _like(ASSET, signal), residents, rng)
        pieces.append(np.repeat(np.arange(len(number)), number))
        drawn = rng.choice(len(share), number.sum(), p=share / share.sum())
        classes.append(pl.Series(list(levels)).gather(drawn))
    home, there = _at_homes(nation, np.concatenate(pieces), rng)
    found = homes(nation)
    pl.DataFrame(
        {
            "uprn": 20_000_000_000 + np.arange(len(home)),
            "class": pl.concat(classes).filter(pl.Series(there)),
            "easting": np.round(found.easting[home] + rng.uniform(-20, 20, len(home)), 1),
            "northing": np.round(found.northing[home] + rng.uniform(-20, 20, len(home)), 1),
        }
    ).write_parquet(file)


def _like(signal: Signal, other: Signal) -> Signal:
    """Return a signal with the level and slope of another."""
    return Signal(signal.dimension, other.level, other.slope, signal.smooth, signal.local)


def write_community_owned(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the assets that communities own, of which only the postcode is known."""
    number = events_of(nation, COMMUNITY_OWNED, people(nation), rng)
    home, _ = _at_homes(nation, np.repeat(np.arange(len(number)), number), rng)
    postcode = homes(nation).postcode.gather(home)
    close = postcode.str.replace(" ", "").str.to_lowercase()  # as some who fill in forms write
    kind = pl.Series(_KINDS_OWNED).gather(rng.integers(0, len(_KINDS_OWNED), len(home)))
    table = pl.DataFrame(
        {
            "Asset": pl.select(pl.format("Asset {}", pl.int_range(1, len(home) + 1))).to_series(),
            "Type": kind,
            "Postcode": postcode.zip_with(pl.Series(rng.random(len(home)) < 0.95), close),
        }
    )
    write_csv(file, table, ("Assets owned by communities, 2021", ""))


def write_green_spaces(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the polygons of green spaces with their class and whether all may enter them."""
    import pyogrio
    import shapely

    ours = _green_spaces(nation, rng)
    others, _ = _at_homes(
        nation, np.flatnonzero(rng.random(nation.pieces.height) < _OTHER_SHARE), rng
    )
    found = homes(nation)
    theirs = np.column_stack([found.easting[others], found.northing[others], _radii(others, rng)])
    accessible = np.arange(len(ours) + len(theirs)) < len(ours)
    fields = {
        "id": pl.select(pl.format("G{}", pl.int_range(1, len(accessible) + 1))).to_series(),
        "function": pl.concat(
            [_drawn(ACCESSIBLE, len(ours), rng), _drawn(OTHER_GREEN, len(theirs), rng)]
        ),
        "accessible": pl.Series(np.where(accessible, "yes", "no")),
    }
    # the file says when it was written, and is to be the same each time
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2025-01-01T00:00:00.000Z"})
    try:
        pyogrio.raw.write(
            file,
            shapely.to_wkb(_blobs(np.concatenate([ours, theirs]), rng)),
            [values.to_numpy() for values in fields.values()],
            list(fields),
            layer="green_spaces",
            driver="GPKG",
            geometry_type="Polygon",
            crs="EPSG:27700",
        )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _green_spaces(nation: Nation, rng: np.random.Generator) -> FloatArray:
    """Return x, y and radius of green spaces such that fewer homes are near one where need is high.

    In each round every LSOA that has too few homes near a green space proposes one. It is made
    where it brings the LSOAs around it nearer to the share of homes that is planted in them.
    """
    from scipy.spatial import KDTree

    lsoas = places(nation, "lsoa11")
    wanted = moved_share(GREEN.level, shift_of(nation, GREEN, lsoas, rng))
    spots = nation.postcode_dwellings.join(
        nation.postcodes.select("postcode", "easting", "northing"), on="postcode", how="left",
        maintain_order="left",
    )  # fmt: skip
    place = spots.select("easting", "northing").to_numpy().astype(float)
    weight = spots["dwellings"].to_numpy().astype(float)
    area = lsoas.of_piece[spots["piece"].to_numpy()]
    total = np.bincount(area, weight, len(wanted))
    tree, near, made = KDTree(place), np.zeros(len(area), dtype=bool), []
    for _ in range(_ROUNDS):
        share = np.bincount(area, weight * near, len(wanted)) / np.maximum(total, 1)
        free = rng.permutation(np.flatnonzero(~near & (share < wanted)[area]))
        spot = free[np.unique(area[free], return_index=True)[1]]
        radius = _radii(spot, rng)
        turn, out = rng.uniform(0, 2 * np.pi, len(spot)), rng.uniform(0, 0.9, len(spot))
        aside = (out * (_NEAR + radius))[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
        reached = tree.query_ball_point(place[spot] + aside, _NEAR + radius)
        proposal = np.repeat(np.arange(len(spot)), [len(found) for found in reached])
        reach = np.concatenate([*reached, []]).astype(np.int64)
        proposal, reach = proposal[~near[reach]], reach[~near[reach]]
        pairs, of_pair = np.unique(proposal * len(wanted) + area[reach], return_inverse=True)
        of_proposal, there = np.divmod(pairs, len(wanted))
        gap = share[there] - wanted[there]
        change = (gap + np.bincount(of_pair, weight[reach]) / total[there]) ** 2 - gap**2
        better = np.bincount(of_proposal, change * total[there], len(spot)) < 0
        near[reach[better[proposal]]] = True
        made.append(np.column_stack([place[spot] + aside, radius])[better])
    return np.concatenate(made)


def _radii(of: IntArray, rng: np.random.Generator) -> FloatArray:
    radii: FloatArray = RADIUS * np.exp(0.4 * rng.standard_normal(len(of)))
    return radii


def _drawn(shares: dict[str, float], number: int, rng: np.random.Generator) -> pl.Series:
    return pl.Series(list(shares)).gather(rng.choice(len(shares), number, p=list(shares.values())))


def _blobs(circles: FloatArray, rng: np.random.Generator) -> NDArray[Any]:
    """Return rounded polygons about the size of some circles, given by x, y and radius."""
    import shapely

    turn = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    waves = 0.2 * np.cos(2 * turn + rng.uniform(0, 6, (len(circles), 1)))
    waves += 0.1 * np.cos(3 * turn + rng.uniform(0, 6, (len(circles), 1)))
    out = circles[:, [2]] * (1 + waves)
    x, y = circles[:, [0]] + out * np.cos(turn), circles[:, [1]] + out * np.sin(turn)
    shapes: NDArray[Any] = shapely.polygons(np.round(np.stack([x, y], axis=2), 1))
    return shapes


def write_dwellings(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write all dwellings: their areas, where they lie, and how green it is around them."""
    found = homes(nation)
    green = GREENNESS.level + shown(nation, GREENNESS, rng)[found.piece]
    green += 0.06 * rng.standard_normal(len(green))
    columns = {name: found.area(nation, name) for name in ("oa11", "lsoa11", "msoa11")}
    pl.DataFrame(
        {
            "uprn": found.uprn,
            "postcode": found.postcode,
            **columns,
            "easting": found.easting,
            "northing": found.northing,
            "ndvi": np.round(np.clip(green, -0.2, 0.95), 3),
        }
    ).write_parquet(file)


def write_headcounts(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the people of each postcode, all and of working age, with where it lies."""
    of = nation.postcode_dwellings.sort("piece", "postcode")
    piece, number = of["piece"].to_numpy(), of["dwellings"].to_numpy()
    table = of.select(
        "postcode",
        people=_divided(people(nation), piece, number),
        working_age=_divided(people(nation, 16, 64), piece, number),
    )
    located = nation.postcodes.select("postcode", "easting", "northing")
    table.group_by("postcode", maintain_order=True).sum().join(
        located, on="postcode", how="left", maintain_order="left"
    ).sort("postcode").write_parquet(file)


def _divided(total: IntArray, piece: IntArray, weight: IntArray) -> IntArray:
    """Divide the whole number of each piece among its parts, which stand together, by weight."""
    before = np.cumsum(weight) - weight
    of_piece = np.bincount(piece, weights=weight, minlength=len(total))
    first = np.cumsum(of_piece) - of_piece
    share = total[piece] / of_piece[piece]
    until = np.floor((before + weight - first[piece]) * share + 1e-6)
    since = np.floor((before - first[piece]) * share + 1e-6)
    divided: IntArray = (until - since).astype(np.int64)
    return divided


def write_centroids(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the point amid the homes of each LSOA of 2011."""
    found, areas = homes(nation), places(nation, "lsoa11")
    area = areas.of_piece[found.piece]
    number = np.bincount(area, minlength=len(areas.codes))
    middle = {
        name: np.round(np.bincount(area, values, len(areas.codes)) / np.maximum(number, 1), 1)
        for name, values in (("X", found.easting), ("Y", found.northing))
    }
    write_csv(file, pl.DataFrame({"LSOA11CD": areas.codes, **middle}).filter(pl.Series(number > 0)))


FILES: dict[str, Writer] = {
    "addressbase/assets.parquet": write_assets,
    "addressbase/dwellings.parquet": write_dwellings,
    "communities/community_owned_assets_2021.csv": write_community_owned,
    "geography/lsoa11_centroids.csv": write_centroids,
    "greenspace/green_spaces.gpkg": write_green_spaces,
    "ons/postcode_headcounts.parquet": write_headcounts,
}
