"""The environment of homes: the risk of floods, and what is in the air."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.dwellings import homes
from hyperlocal.synthetic.publishing import write_csv
from hyperlocal.synthetic.signals import FloatArray, IntArray, Signal, share_of, shown

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

BANDS = ("No risk", "Low", "Medium", "High")
SOURCES = {
    "rivers": Signal("clean_energy", 0.06, 1.0, smooth=0.25, local=0.15),
    "sea": Signal("clean_energy", 0.02, 1.0, smooth=0.25, local=0.15),
    "surface_water": Signal("clean_energy", 0.08, 1.0, smooth=0.25, local=0.15),
}
"""The share of homes at risk from each source of floods."""
_AT_RISK = np.cumsum((0.6, 0.25, 0.15))
"""Of the homes at risk, those at low, medium and high risk."""
CELL = 1_000
"""The side of a cell of the maps of pollutants, in metres."""
_MOST_ROWS = 10_000
_FOLLOWS = 0.35
"""How steeply concentrations follow need: logs for a standard deviation."""
_EMPTY = 0.55
"""The level of the air over land without homes, as a share of that where need is average."""
_SHOWN_AROUND = 2
"""How many cells the maps reach beyond the outermost homes."""


def write_flood_risk(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the band of risk of each dwelling from rivers, the sea and surface water."""
    all_homes = homes(nation)
    columns = {}
    for source, signal in SOURCES.items():
        share = share_of(nation, signal, rng)[all_homes.piece]
        draw = rng.random(len(share))
        band = np.where(draw < share, 1 + np.searchsorted(_AT_RISK, draw / share, "right"), 0)
        columns[source] = pl.Series(BANDS).gather(np.minimum(band, 3))
    table = pl.DataFrame(
        {"uprn": all_homes.uprn, "lsoa11": all_homes.area(nation, "lsoa11"), **columns}
    )
    table.write_parquet(file)


def write_pollutant(
    nation: Nation,
    rng: np.random.Generator,
    file: Path,
    *,
    pollutant: str,
    heading: str,
    level: float,
) -> None:
    """Write the annual mean of a pollutant by square kilometre, as DEFRA does.

    Parameters
    ----------
    nation
        The nation.
    rng
        The source of chance.
    file
        The file.
    pollutant
        What it is called.
    heading
        The column of its concentration.
    level
        Its concentration in micrograms per cubic metre where need is average.
    """
    column, row, need = cells_of_homes(nation, rng)
    wide, high = column.max() + _SHOWN_AROUND + 1, row.max() + _SHOWN_AROUND + 1
    first = (column.min() - _SHOWN_AROUND, row.min() - _SHOWN_AROUND)
    grid = np.full((high - first[1], wide - first[0]), np.nan)
    grid[row - first[1], column - first[0]] = level * np.exp(_FOLLOWS * need)
    land = np.zeros(grid.shape, bool)  # around every home there is land, with cleaner air
    for right in (-1, 0, 1):
        for up in (-1, 0, 1):
            land[row - first[1] + up, column - first[0] + right] = True
    noise = np.exp(0.05 * rng.standard_normal(grid.shape))
    grid = np.where(np.isnan(grid) & land, _EMPTY * level * noise, grid)
    y, x = (axis.ravel() for axis in np.indices(grid.shape))
    values = pl.Series(np.round(grid.ravel(), 3)).fill_nan(None).cast(pl.String)
    table = pl.DataFrame(
        {
            "gridcode": np.arange(1, grid.size + 1),
            "x": (x + first[0]) * CELL + CELL // 2,
            "y": (y + first[1]) * CELL + CELL // 2,
            heading: values.fill_null("MISSING"),
        }
    )
    notes = (f"Annual mean concentration of {pollutant}", "Units: ug m-3", "1 km grid", "")
    write_csv(file, table, notes)


def cells_of_homes(
    nation: Nation, rng: np.random.Generator
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the cells in which there are homes, and the need that the air shows there.

    Parameters
    ----------
    nation
        The nation.
    rng
        The source of chance.

    Returns
    -------
    tuple
        The column and row of each cell, counted from the origin of the National Grid, and the mean
        over its homes of what the signal shows.
    """
    signal = Signal("clean_energy", 1.0, 1.0, smooth=0.2, local=0.0)
    cell, of_home = _cells(nation)
    need = shown(nation, signal, rng)[homes(nation).piece]
    mean = np.bincount(of_home, need) / np.bincount(of_home)
    return cell // _MOST_ROWS, cell % _MOST_ROWS, mean


@lru_cache(maxsize=1)
def _cells(nation: Nation) -> tuple[IntArray, IntArray]:
    """Return the cells in which there are homes, and which of them each home is in."""
    all_homes = homes(nation)
    column, row = (
        np.floor(metres / CELL).astype(np.int64)
        for metres in (all_homes.easting, all_homes.northing)
    )
    cell, of_home = np.unique(column * _MOST_ROWS + row, return_inverse=True)
    return cell, of_home


POLLUTANTS = {  # the year, the name, the heading and the level of each
    "mapno22017.csv": ("nitrogen dioxide, 2017", "no22017", 14.0),
    "mappm102017g.csv": ("particles under 10 micrometres, 2017", "pm102017g", 12.0),
    "mappm252017g.csv": ("particles under 2.5 micrometres, 2017", "pm252017g", 8.0),
    "mapno22012.csv": ("nitrogen dioxide, 2012", "no22012", 17.0),
    "mappm102012g.csv": ("particles under 10 micrometres, 2012", "pm102012g", 15.0),
    "mapbz2012.csv": ("benzene, 2012", "bz2012", 0.6),
    "mapso22012.csv": ("sulphur dioxide, 2012", "so22012", 2.5),
}
FILES: dict[str, Writer] = {
    "nrw/flood_risk_dwellings_2019.parquet": write_flood_risk,
    **{
        f"defra/{file}": partial(write_pollutant, pollutant=name, heading=heading, level=level)
        for file, (name, heading, level) in POLLUTANTS.items()
    },
}
