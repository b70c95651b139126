"""Connections of an area: broadband (Ofcom) and the jobs within reach (Onward)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.publishing import names_of, write_csv
from hyperlocal.synthetic.signals import IntArray, Places, Signal, mean_of, places

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

SPEED = Signal("economic_growth", 95, -0.22, smooth=0.4, local=0.3)
REACH = Signal("economic_growth", 38, -0.3, smooth=0.45, local=0.3)
_NOT_GIVEN = 0.012


def draw_connections(
    nation: Nation, areas: Places, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Return the premises of areas, and draw how many of them are connected."""
    premises = areas.total(nation.pieces["dwellings"].to_numpy()).astype(np.int64)
    return premises, rng.binomial(premises, 0.82)


def write_broadband(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the speed of connections by Output Area; of some none is given."""
    areas = places(nation, "oa21")
    premises, connections = draw_connections(nation, areas, rng)
    speed = mean_of(nation, SPEED, areas, rng, error=0.06)
    not_given = (connections == 0) | (rng.random(len(connections)) < _NOT_GIVEN)
    speed[not_given] = np.nan
    table = pl.DataFrame(
        {
            "output_area": areas.codes,
            "All Premises": premises,
            "Number of connections": connections,
            "Average download speed (Mbit/s)": np.round(speed, 1),
            "Average upload speed (Mbit/s)": np.round(speed * 0.24, 1),
        },
        nan_to_null=True,
    )
    write_csv(file, table)


def write_jobs_access(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the jobs access score by LSOA of 2011."""
    areas = places(nation, "lsoa11")
    score = mean_of(nation, REACH, areas, rng)
    table = pl.DataFrame(
        {
            "lsoa11cd": areas.codes,
            "lsoa11nm": names_of(nation.names["lsoa11"], areas.codes),
            "jobs_access_score": np.round(score, 2),
        }
    )
    write_csv(file, table)


FILES: dict[str, Writer] = {
    "ofcom/202305_fixed_oa21_performance_r01.csv": write_broadband,
    "onward/jobs_access_lsoa11_2021.csv": write_jobs_access,
}
