"""Further geographies of a nation: areas of 2011, wards, Travel to Work Areas, postcode sectors."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.publishing import names_of
from hyperlocal.synthetic.signals import Places, people, places

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

_OUTPUT_AREAS = 22
"""About how many Output Areas make a ward: some 7,000 people."""
_FIRST_NUMBER = 900_000


@lru_cache(maxsize=1)
def wards(nation: Nation) -> Places:
    """Return the electoral wards: Output Areas of 2011 that lie together in a district.

    Each district is cut into strips from west to east, and each strip from south to north. Wards
    are made of whole Output Areas and, as in life, not of whole LSOAs or MSOAs.

    Parameters
    ----------
    nation
        The nation.
    """
    number, length = pl.int_range(pl.len()), pl.len()
    areas = (
        nation.pieces.group_by("oa11", maintain_order=True)
        .agg(pl.col("ltla23").first(), pl.col("easting", "northing").mean())
        .sort("ltla23", "easting", "oa11")
        .with_columns(strips=(length.over("ltla23") / _OUTPUT_AREAS).sqrt().round().clip(1))
        .with_columns(strip=(number * pl.col("strips") / length).over("ltla23").floor())
        .sort("ltla23", "strip", "northing", "oa11")
        .with_columns(cuts=(length / _OUTPUT_AREAS).over("ltla23", "strip").round().clip(1))
        .with_columns(cut=(number * pl.col("cuts") / length).over("ltla23", "strip").floor())
        .with_columns(ward=pl.struct("ltla23", "strip", "cut").rank("dense"))
    )
    ward = nation.pieces["oa11"].replace_strict(areas["oa11"], areas["ward"]).to_numpy()
    codes = pl.Series("ward", np.unique(ward)).cast(pl.Int64) + _FIRST_NUMBER
    return Places("E05" + codes.cast(pl.String), ward.astype(np.int64) - 1)


@lru_cache(maxsize=1)
def labour_markets(nation: Nation) -> Places:
    """Return the Travel to Work Areas: here each is an upper-tier authority.

    Parameters
    ----------
    nation
        The nation.
    """
    authorities = places(nation, "utla23")
    codes = pl.int_range(len(authorities.codes), eager=True) + _FIRST_NUMBER
    return Places("E30" + codes.cast(pl.String), authorities.of_piece)


def sectors(nation: Nation) -> pl.Series:
    """Return the sector of each postcode: all of it but the last two letters.

    Parameters
    ----------
    nation
        The nation.
    """
    return nation.postcodes["postcode"].str.head(-2)


def sector_shares(nation: Nation) -> pl.DataFrame:
    """Return how much of each postcode sector lies in each Output Area of 2011.

    The adults of working age of an Output Area are shared out evenly over its live postcodes, so
    that an Output Area counts in a sector by its postcodes there and by its adults.

    Parameters
    ----------
    nation
        The nation.

    Returns
    -------
    polars.DataFrame
        `sector`, `oa11` and `share`, which adds to 1 for each sector.
    """
    areas = places(nation, "oa11")
    adults = pl.DataFrame({"oa11": areas.codes, "adults": areas.total(people(nation, 16, 64))})
    live = nation.postcodes.with_columns(sector=sectors(nation)).filter(
        pl.col("terminated").is_null()
    )
    return (
        live.with_columns(oa11=nation.pieces["oa11"].gather(live["piece"]))
        .group_by("sector", "oa11")
        .agg(postcodes=pl.len())
        .join(adults, on="oa11")
        .sort("sector", "oa11")  # sums of floats depend on their order
        .with_columns(of_area=pl.col("postcodes").sum().over("oa11"))
        .with_columns(held=pl.col("postcodes") * (pl.col("adults") + 1) / pl.col("of_area"))
        .with_columns(share=pl.col("held") / pl.col("held").sum().over("sector"))
        .select("sector", "oa11", "share")
    )


def write_areas(
    nation: Nation, rng: np.random.Generator, file: Path, *, geography: str, kind: str
) -> None:
    """Write areas with their names and the district that most of their land lies in.

    Parameters
    ----------
    nation, rng, file
        The nation, the source of chance, and the file.
    geography
        The areas.
    kind
        What their headings begin with, such as LSOA11.
    """
    own = nation.pieces.group_by(geography).agg(pl.col("ltla23").mode().sort().first())
    own = own.sort(geography)
    pl.DataFrame(
        {
            f"{kind}CD": own[geography],
            f"{kind}NM": names_of(nation.names[geography], own[geography]),
            "LADCD": own["ltla23"],  # districts kept their codes
            "LADNM": names_of(nation.names["ltla23"], own["ltla23"]),
        }
    ).write_csv(file, include_bom=True)


def write_lsoas(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the MSOA of each LSOA of 2011."""
    rows = nation.pieces.select(LSOA11CD="lsoa11", MSOA11CD="msoa11")
    rows.unique("LSOA11CD").sort("LSOA11CD").write_csv(file, include_bom=True)


def write_wards(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the ward and the district of each Output Area of 2011."""
    ward = wards(nation)
    rows = nation.pieces.select(
        OA11CD="oa11", WD11CD=ward.codes.gather(ward.of_piece), LAD11CD="ltla23"
    )
    rows.unique("OA11CD").sort("OA11CD").write_csv(file, include_bom=True)


def write_labour_markets(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the Travel to Work Area of each LSOA of 2011."""
    market = labour_markets(nation)
    rows = nation.pieces.select(
        LSOA11CD="lsoa11",
        TTWA11CD=market.codes.gather(market.of_piece),
        TTWA11NM=names_of(nation.names["utla23"], nation.pieces["utla23"]),
    )
    rows.unique("LSOA11CD").sort("LSOA11CD").write_csv(file, include_bom=True)


def write_sector_shares(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write how postcode sectors lie in Output Areas of 2011."""
    sector_shares(nation).rename({"sector": "Postcode sector", "oa11": "OA11CD"}).write_csv(file)


FILES: dict[str, Writer] = {
    "geography/LSOA11_LAD_EN_LU.csv": partial(write_areas, geography="lsoa11", kind="LSOA11"),
    "geography/MSOA11_LAD_WA_LU.csv": partial(write_areas, geography="msoa11", kind="MSOA11"),
    "geography/LSOA11_MSOA11_WA_LU.csv": write_lsoas,
    "geography/OA11_WD11_LAD11_EW_LU.csv": write_wards,
    "geography/LSOA11_TTWA11_UK_LU.csv": write_labour_markets,
    "geography/PCDSECTOR_OA11_shares.csv": write_sector_shares,
}
