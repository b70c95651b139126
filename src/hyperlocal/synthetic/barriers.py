"""Housing and the living environment about 2011: the census, homelessness, affordability, roads."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.census import write_table
from hyperlocal.synthetic.dwellings import homes
from hyperlocal.synthetic.publishing import counts, names_of, write_csv
from hyperlocal.synthetic.signals import Signal, count_of, mean_of, places, rate_of

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

YEARS = ("2011/12", "2012/13", "2013/14")


def _home(level: float, slope: float) -> Signal:
    return Signal("clean_energy", level, slope, smooth=0.25, local=0.2)


CROWDED = _home(0.085, 0.55)
UNHEATED = _home(0.03, 0.6)
HOMELESS = _home(0.0023, 0.5)
UNAFFORDABLE = {
    "Households unable to afford owner-occupation (%)": _home(52, 0.16),
    "Households unable to afford the private rental market (%)": _home(28, 0.25),
}
CASUALTIES = _home(0.011, 0.55)
"""Pedestrians and cyclists hurt in three years for each resident: more than in life, so that
small nations have enough of them."""
_OF_CARS = 1.4
_CASUALTY_CLASSES = {1: 0.62, 2: 0.38}


def write_census_households(
    nation: Nation,
    rng: np.random.Generator,
    file: Path,
    *,
    geography: str,
    everyone: str,
    counted: str,
    signal: Signal,
) -> None:
    """Write a table of Census 2011 of households, and how many of them are of one sort.

    Parameters
    ----------
    nation, rng, file
        The nation, the source of chance, and the file.
    geography
        The areas.
    everyone, counted
        The headings of all households, and of those that are counted.
    signal
        What the share of them shows of need.
    """
    households = nation.pieces["households"].to_numpy()
    columns = {everyone: households, counted: count_of(nation, signal, households, rng)}
    write_table(nation, geography, columns, file)


def write_homelessness(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the households accepted as homeless by districts in each of three years."""
    areas = places(nation, "ltla23")
    households = nation.pieces["households"].to_numpy()
    rate = rate_of(nation, HOMELESS, rng)
    columns = {f"Accepted {year}": areas.total(rng.poisson(households * rate)) for year in YEARS}
    codes = {"ONS code": areas.codes, "District": names_of(nation.names["ltla23"], areas.codes)}
    above = (
        "Statutory homelessness: households accepted as owed a main duty (P1E)",
        "By lower-tier authority",
        "",
    )
    write_csv(file, counts(codes, {"Households": areas.total(households), **columns}), above)


def write_affordability(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the modelled shares of households that can afford neither to buy nor to rent."""
    areas = places(nation, "lsoa11")
    columns = {
        name: np.round(np.minimum(mean_of(nation, signal, areas, rng), 99.9), 2)
        for name, signal in UNAFFORDABLE.items()
    }
    write_csv(file, pl.DataFrame({"LSOA code": areas.codes, **columns}))


def write_casualties(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write people hurt on roads, 2011 to 2013: where, and whether on foot, bicycle or by car.

    Each is placed near a dwelling of the piece of land; one in a thousand has no place.
    """
    at = homes(nation)
    per_home = nation.pieces["people"].to_numpy() / np.maximum(
        nation.pieces["dwellings"].to_numpy(), 1
    )
    rate = (per_home * rate_of(nation, CASUALTIES, rng))[at.piece]
    vulnerable = np.repeat(np.arange(len(rate)), rng.poisson(rate))
    others = rng.integers(0, len(rate), round(len(vulnerable) * _OF_CARS))
    home = np.concatenate([vulnerable, others])
    kind = rng.choice(list(_CASUALTY_CLASSES), len(vulnerable), p=list(_CASUALTY_CLASSES.values()))
    place = np.column_stack([at.easting, at.northing])[home]
    place = np.rint(place + rng.uniform(-40, 40, place.shape))
    place[rng.random(len(place)) < 0.001] = np.nan
    table = pl.DataFrame(
        {
            "accident_year": rng.integers(2011, 2014, len(home)),
            "location_easting_osgr": place[:, 0],
            "location_northing_osgr": place[:, 1],
            # 0 pedestrian, 1 cyclist, 9 occupant of a car, as in STATS19
            "casualty_type": np.concatenate([kind - 1, np.full(len(others), 9)]),
        },
        nan_to_null=True,
    )
    order = rng.permutation(table.height)
    table[order].with_columns(casualty=pl.int_range(1, pl.len() + 1)).write_parquet(file)


FILES: dict[str, Writer] = {
    "nomis/census2011_overcrowding_lsoa11.csv": partial(
        write_census_households,
        geography="lsoa11",
        everyone="Occupancy rating (rooms): All households",
        counted="Occupancy rating (rooms): -1 or less",
        signal=CROWDED,
    ),
    "nomis/census2011_ks403ew_oa11.csv": partial(
        write_census_households,
        geography="oa11",
        everyone="Central heating: All households",
        counted="Central heating: Does not have central heating",
        signal=UNHEATED,
    ),
    "clg/homelessness_acceptances_ltla_2011-2014.csv": write_homelessness,
    "clg/housing_affordability_lsoa11_2012.csv": write_affordability,
    "dft/road_casualties_2011-2013.parquet": write_casualties,
}
