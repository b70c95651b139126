"""The dwellings of a nation, each at a place of its own: what lists of addresses are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation

SCATTER = 30.0
"""How far a dwelling lies from the place of its postcode at the most, in metres each way."""


@dataclass(frozen=True, eq=False)
class Homes:
    """All dwellings of a nation, in the order of their postcodes.

    Parameters
    ----------
    uprn
        The number of each.
    postcode
        Its postcode.
    piece
        The row of `Nation.pieces` that it lies in.
    easting, northing
        Where it lies, in metres of the National Grid: by the place of its postcode, or by one in
        its own area where its postcode is placed in another.
    """

    uprn: NDArray[np.int64]
    postcode: pl.Series
    piece: NDArray[np.int64]
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]

    def area(self, nation: Nation, geography: str) -> pl.Series:
        """Return the code of the area of a geography that each lies in."""
        return nation.pieces[geography].gather(self.piece)


@lru_cache(maxsize=1)
def homes(nation: Nation) -> Homes:
    """Return the dwellings of a nation; the same ones each time.

    Parameters
    ----------
    nation
        The nation.
    """
    from hyperlocal.synthetic.nation import chance

    rng = chance(nation.seed, "dwellings")
    of = nation.postcode_dwellings.join(
        nation.postcodes.select("postcode", "easting", "northing", at="piece"),
        on="postcode",
        how="left",
        maintain_order="left",
    )
    inside = nation.pieces.select("easting", "northing")[of["piece"]]
    elsewhere = of["piece"] != of["at"]  # the part of a postcode that lies in another area
    of = of.with_columns(
        pl.when(elsewhere).then(inside[name]).otherwise(pl.col(name)).alias(name)
        for name in ("easting", "northing")
    )
    number = of["dwellings"].to_numpy()
    row = np.repeat(np.arange(of.height), number)
    moved = rng.uniform(-SCATTER, SCATTER, (2, len(row)))
    return Homes(
        uprn=10_000_000_000 + np.arange(len(row), dtype=np.int64),
        postcode=of["postcode"].gather(row),
        piece=of["piece"].to_numpy()[row].astype(np.int64),
        easting=np.round(of["easting"].to_numpy()[row] + moved[0], 1),
        northing=np.round(of["northing"].to_numpy()[row] + moved[1], 1),
    )
