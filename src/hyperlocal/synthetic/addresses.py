"""Postcodes of those who live somewhere, and the dwellings of postcodes by areas of 2011."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.signals import IntArray

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer


def postcodes_of(nation: Nation, piece: IntArray, rng: np.random.Generator) -> pl.Series:
    """Draw the postcode of each of those who live in pieces of land: of any dwelling there.

    Parameters
    ----------
    nation
        The nation.
    piece
        The row of `Nation.pieces` that each lives in.
    rng
        The source of chance.
    """
    postcodes, ends, before = _dwellings(nation)
    first, last = before[piece], before[piece + 1]
    dwelling = first + (rng.random(len(piece)) * (last - first)).astype(np.int64)
    return postcodes.gather(np.searchsorted(ends, dwelling, side="right"))


@lru_cache(maxsize=1)
def _dwellings(nation: Nation) -> tuple[pl.Series, IntArray, IntArray]:
    """Return the postcodes by piece, the dwellings up to each, and those before each piece."""
    table = nation.postcode_dwellings.sort("piece", "postcode")
    ends = table["dwellings"].cum_sum().cast(pl.Int64).to_numpy()
    number = np.bincount(
        table["piece"].to_numpy(), table["dwellings"].to_numpy(), nation.pieces.height
    )
    before = np.concatenate([[0], np.cumsum(number)]).astype(np.int64)
    return table["postcode"], ends, before


def write_postcode_dwellings(
    nation: Nation, rng: np.random.Generator, file: Path, *, geography: str
) -> None:
    """Write the dwellings of each live postcode by the areas that they lie in.

    Parameters
    ----------
    nation, rng, file
        The nation, the source of chance, and the file.
    geography
        The areas.
    """
    code = f"{geography.upper()}CD"
    area = nation.pieces[geography].gather(nation.postcode_dwellings["piece"])
    table = nation.postcode_dwellings.with_columns(area.alias(code))
    table = table.group_by("postcode", code).agg(pl.col("dwellings").sum())
    table.sort("postcode", code).write_csv(file)


FILES: dict[str, Writer] = {
    f"geography/postcode_dwellings_{geography}.csv": partial(
        write_postcode_dwellings, geography=geography
    )
    for geography in ("lsoa11", "msoa11")
}
