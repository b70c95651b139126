"""A made-up nation: its land, areas, postcodes, people and planted need."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from hyperlocal.synthetic.hierarchy import in_order, make_hierarchy
from hyperlocal.synthetic.land import make_land
from hyperlocal.synthetic.naming import (
    ISLES_DISTRICT,
    ISLES_LSOA,
    codes,
    district_codes,
    name_districts,
    name_small_areas,
    numbers_by_vintage,
    town_names,
)
from hyperlocal.synthetic.need import DIMENSIONS, make_need, need_of_pieces, overall_need
from hyperlocal.synthetic.people import People, make_people
from hyperlocal.synthetic.postcodes import make_postcodes
from hyperlocal.synthetic.vintages import Vintages, make_vintages

if TYPE_CHECKING:
    from hyperlocal.synthetic.hierarchy import Hierarchy
    from hyperlocal.synthetic.land import Land
    from hyperlocal.synthetic.mesh import FloatArray, IntArray, Mesh

GEOGRAPHIES = (
    "oa11", "lsoa11", "msoa11", "oa21", "lsoa21", "msoa21", "ltla23", "utla23", "rgn23",
)  # fmt: skip
"""The geographies of a nation, each a column of its pieces."""
FEWEST_AREAS, MOST_AREAS = 60, 40_000
"""The fewest LSOAs with which there are areas of all kinds, and the most that the grid holds."""


@dataclass(frozen=True, eq=False, repr=False)
class Nation:
    """All that is known of a made-up nation, by piece: what lies in one Output Area of each census.

    Every total for every geography is a sum over pieces.

    Parameters
    ----------
    seed
        The seed that it was made from.
    pieces
        A row per piece: the codes of its areas (`GEOGRAPHIES`), `easting` and `northing` of a point
        inside, whether it is `urban` and `coastal`, and its `dwellings`, `households` and `people`.
    ages : shape (pieces, 2, 91)
        Residents, with prisoners, by sex (female, male) and single year of age (last: 90 and over).
    prisoners : shape (pieces,)
        Residents who are prisoners.
    need : shape (pieces, 5)
        The planted need per dimension (`DIMENSIONS`), high for much need; its mean over the people
        of each LSOA of 2021 is standard normal over LSOAs.
    names
        For each geography but Output Areas a table of `code` and `name`, sorted.
    postcodes
        A row per postcode: `postcode`, `piece` (row of `pieces`), `easting`, `northing`,
        `dwellings`, `introduced` and `terminated` (yyyymm; null where it is in use).
    postcode_dwellings
        The dwellings of live postcodes by `postcode`, `piece` and `oa21`; a few have two rows.
    lsoa_changes
        Each pair of `lsoa11` and `lsoa21` that share land, with `change`: U (unchanged), S (split),
        M (merged) or X (redrawn).
    hot_spots
        The LSOAs of 2021 (`lsoa21`) with the most need and their `kind`: coastal or inner_city.
    towns
        The towns, largest first: `name`, `easting`, `northing`, `coastal`, `output_areas`.
    """

    seed: int
    pieces: pl.DataFrame
    ages: NDArray[np.int32]
    prisoners: NDArray[np.int32]
    need: NDArray[np.float64]
    names: dict[str, pl.DataFrame]
    postcodes: pl.DataFrame
    postcode_dwellings: pl.DataFrame
    lsoa_changes: pl.DataFrame
    hot_spots: pl.DataFrame
    towns: pl.DataFrame
    _mesh: Mesh
    _piece_of_cell: IntArray

    def __repr__(self) -> str:
        return f"Nation(areas={self.areas}, seed={self.seed})"

    @property
    def areas(self) -> int:
        """The number of LSOAs of 2021."""
        return self.names["lsoa21"].height

    def places(self, geography: str) -> tuple[pl.Series, IntArray]:
        """Return the codes of a geography, sorted, and for each piece which of them it lies in.

        Parameters
        ----------
        geography
            One of `GEOGRAPHIES`.

        Raises
        ------
        ValueError
            Where there is no such geography.
        """
        if geography not in GEOGRAPHIES:
            known = ", ".join(GEOGRAPHIES)
            raise ValueError(f"a nation has no geography {geography!r}; it has {known}")
        column = self.pieces[geography]
        found = column.unique().sort()
        place = column.replace_strict(found, pl.int_range(found.len(), eager=True)).to_numpy()
        return found.alias(geography), place.astype(np.int64)

    def total(self, values: ArrayLike, geography: str) -> tuple[pl.Series, FloatArray]:
        """Return the sums of values of pieces over the areas of a geography.

        Parameters
        ----------
        values : array_like, shape (pieces,) or (pieces, k)
            What to add up.
        geography
            One of `GEOGRAPHIES`.

        Returns
        -------
        tuple of polars.Series and numpy.ndarray
            The codes, sorted, and the sum for each.

        Raises
        ------
        ValueError
            Where there is no such geography, or not one value per piece.
        """
        found, place = self.places(geography)
        values = np.asarray(values, dtype=np.float64)
        if len(values) != len(place):
            raise ValueError(f"{len(values)} values for {len(place)} pieces")
        columns = values.reshape(len(place), -1)
        sums = np.empty((found.len(), columns.shape[1]))
        for column in range(columns.shape[1]):
            sums[:, column] = np.bincount(place, weights=columns[:, column], minlength=found.len())
        return found, sums.reshape(found.len(), *values.shape[1:])

    def boundaries(self, geography: str) -> tuple[pl.Series, NDArray[Any]]:
        """Return the polygons of the areas of a geography on the British National Grid.

        Areas that lie beside each other share the very same corners, in every geography.

        Parameters
        ----------
        geography
            One of `GEOGRAPHIES`.

        Returns
        -------
        tuple of polars.Series and numpy.ndarray
            The codes, sorted, and a shapely geometry for each, in metres (EPSG:27700).

        Raises
        ------
        ValueError
            Where there is no such geography.
        """
        found, place = self.places(geography)
        label = np.append(place, -1)[self._piece_of_cell]
        return found, self._mesh.outlines(label, found.len())

    def planted(self, geography: str = "lsoa21") -> pl.DataFrame:
        """Return the planted need of areas: the mean over their people, and overall.

        Parameters
        ----------
        geography
            One of `GEOGRAPHIES`.

        Returns
        -------
        polars.DataFrame
            `code`, a column per dimension, and `overall`: the weighted sum of the exponentially
            transformed ranks in the dimensions (see `hyperlocal.synthetic.need.overall_need`).

        Raises
        ------
        ValueError
            Where there is no such geography.
        """
        people = self.pieces["people"].to_numpy()
        found, sums = self.total(self.need * people[:, None], geography)
        levels = sums / self.total(people, geography)[1][:, None]
        columns = {name: levels[:, place] for place, name in enumerate(DIMENSIONS)}
        return pl.DataFrame({"code": found, **columns, "overall": overall_need(levels)})


def make_nation(areas: int = 2_000, seed: int = 1) -> Nation:
    """Make up a nation.

    Parameters
    ----------
    areas
        The number of LSOAs of 2021. England has 33,755.
    seed
        Another seed gives another nation; the same seed gives the same one, always.

    Raises
    ------
    ValueError
        If there are too few or too many areas, or the seed is negative.

    Examples
    --------
    >>> make_nation(areas=60, seed=1)
    Nation(areas=60, seed=1)
    """
    if not FEWEST_AREAS <= areas <= MOST_AREAS:
        raise ValueError(
            f"a nation cannot have {areas} LSOAs; ask for {FEWEST_AREAS} to {MOST_AREAS:,}"
        )
    if seed < 0:
        raise ValueError(f"the seed is {seed}; it must be 0 or more")
    land = make_land(areas, chance(seed, "land"))
    hierarchy = make_hierarchy(areas, land, chance(seed, "hierarchy"))
    land, hierarchy = in_order(land, hierarchy)
    vintages = make_vintages(land, hierarchy, chance(seed, "vintages"))
    people = make_people(land, hierarchy, vintages, chance(seed, "people"))
    towns = town_names(land.towns.coastal, 400, chance(seed, "names"))
    pieces, names = _coded(land, hierarchy, vintages, towns, chance(seed, "districts"))
    pieces = pieces.with_columns(**_facts(land, vintages, people))
    need = make_need(land, hierarchy, chance(seed, "need"))
    postcodes, dwellings = make_postcodes(
        land, vintages, people.dwellings, towns, chance(seed, "postcodes")
    )
    first = np.unique(vintages.lsoa21, return_index=True)[1]
    return Nation(
        seed=seed,
        pieces=pieces,
        ages=people.ages,
        prisoners=people.prisoners,
        need=need_of_pieces(need, vintages, pieces["people"].to_numpy(), chance(seed, "within")),
        names=names,
        postcodes=postcodes,
        postcode_dwellings=dwellings.with_columns(oa21=pieces["oa21"].gather(dwellings["piece"])),
        lsoa_changes=_changes(pieces),
        hot_spots=pl.DataFrame(
            {
                "lsoa21": pieces["lsoa21"].gather(first[need.hot]),
                "kind": np.where(need.coastal, "coastal", "inner_city"),
            }
        ).sort("lsoa21"),
        towns=pl.DataFrame(
            {
                "name": towns[: len(land.towns.x)],
                "easting": land.towns.x,
                "northing": land.towns.y,
                "coastal": land.towns.coastal,
                "output_areas": land.towns.size,
            }
        ),
        _mesh=land.mesh,
        _piece_of_cell=vintages.cell,
    )


def chance(seed: int, name: str) -> np.random.Generator:
    """Return the source of chance of one part of a nation, which no other part can disturb."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def _coded(
    land: Land,
    hierarchy: Hierarchy,
    vintages: Vintages,
    towns: list[str],
    rng: np.random.Generator,
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """Return the codes of the areas of each piece, and the names of all areas."""
    columns = {}
    for kind, prefix in (("oa", "E00"), ("lsoa", "E01"), ("msoa", "E02")):
        numbers = numbers_by_vintage(getattr(vintages, f"{kind}11"), getattr(vintages, f"{kind}21"))
        for vintage, number in zip(("11", "21"), numbers, strict=True):
            columns[kind + vintage] = codes(prefix, number)
    district = hierarchy.district[vintages.msoa21]
    tiers = ("ltla23", "utla23", "rgn23")
    coded = dict(zip(tiers, district_codes(hierarchy), strict=True))
    columns |= {tier: coded[tier].gather(district) for tier in tiers}
    on_isles = columns["ltla23"] == ISLES_DISTRICT
    columns |= {name: columns[name].set(on_isles, ISLES_LSOA) for name in ("lsoa11", "lsoa21")}
    named = name_districts(hierarchy, land, towns, rng)
    names = {
        tier: pl.DataFrame({"code": coded[tier], "name": own}).unique().sort("code")
        for tier, own in zip(tiers, named, strict=True)
    }
    pieces = pl.DataFrame(columns).select(GEOGRAPHIES)
    return pieces, name_small_areas(pieces, names["ltla23"]) | names


def _facts(land: Land, vintages: Vintages, people: People) -> dict[str, Any]:
    """Return the columns of pieces that are not codes."""
    seeds = np.flatnonzero(vintages.cell >= 0)
    own = vintages.cell[seeds]
    count = np.bincount(own)
    x, y = land.mesh.x[seeds], land.mesh.y[seeds]
    off = np.hypot(
        x - (np.bincount(own, weights=x) / count)[own],
        y - (np.bincount(own, weights=y) / count)[own],
    )
    order = np.lexsort((off, own))
    inside = seeds[order[np.cumsum(count) - count]]
    return {
        "easting": land.mesh.x[inside],
        "northing": land.mesh.y[inside],
        "urban": (land.out_of_town < 1.6)[vintages.oa21],
        "coastal": (land.to_sea < 2_500)[vintages.oa21],
        "dwellings": people.dwellings,
        "households": people.households,
        "people": people.ages.sum(axis=(1, 2), dtype=np.int64),
    }


def _changes(pieces: pl.DataFrame) -> pl.DataFrame:
    """Return each pair of LSOAs of the two censuses that share land, and what became of it."""
    pairs = pieces.select("lsoa11", "lsoa21").unique().sort("lsoa11", "lsoa21")
    pairs = pairs.with_columns(
        parts=pl.len().over("lsoa11"), origins=pl.len().over("lsoa21")
    ).with_columns(tangled=(pl.col("parts") > 1) & (pl.col("origins") > 1))
    # What hangs together with an LSOA that both gave and took land was redrawn as well.
    for lsoa in ("lsoa11", "lsoa21") * 2:
        pairs = pairs.with_columns(pl.col("tangled").any().over(lsoa))
    change = (
        pl.when("tangled")
        .then(pl.lit("X"))
        .when(pl.col("parts") > 1)
        .then(pl.lit("S"))
        .when(pl.col("origins") > 1)
        .then(pl.lit("M"))
        .otherwise(pl.lit("U"))
    )
    return pairs.select("lsoa11", "lsoa21", change=change)
