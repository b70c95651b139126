"""Communities and connections about 2020: elections, firms, lending, grants, broadband, jobs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.barriers import write_census_households
from hyperlocal.synthetic.benefits_2012 import write_ages
from hyperlocal.synthetic.need import overall_need
from hyperlocal.synthetic.publishing import counts, names_of, write_csv
from hyperlocal.synthetic.signals import (
    FloatArray,
    Signal,
    count_of,
    events_of,
    mean_of,
    people,
    places,
    rate_of,
)
from hyperlocal.synthetic.wards import labour_markets, sectors, wards

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

QUARTERS = ("2019 Q3", "2019 Q4", "2020 Q1", "2020 Q2")
ROUNDED_JOBS = 5


def _engaged(level: float, slope: float, local: float = 0.25) -> Signal:
    return Signal("safe_streets", level, slope, smooth=0.25, local=local)


def _connected(level: float, slope: float) -> Signal:
    return Signal("clean_energy", level, slope, smooth=0.25, local=0.25)


TURNOUT = _engaged(0.42, -0.28)
LENDING = _engaged(1_900, -0.5, local=0.4)
SMALL_FIRMS = _engaged(0.031, -0.35)
GENERATIVE = _engaged(0.0025, -0.5)
TRUSTEES = _engaged(0.0105, -0.45)
LOTTERY = _engaged(190, -0.5, local=0.4)
NO_CAR = _connected(0.22, 0.4)
ALONE = _engaged(0.31, 0.22)
SPEEDS = {"download": _connected(62, -0.25), "upload": _connected(14, -0.22)}
JOBS = _connected(0.62, -0.45)
PARK_DISTANCE = _connected(385, 0.3)
PARK_AREA = _engaged(420_000, -0.45)


def write_population(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the mid-2020 population of LSOAs of 2011 by sex and single year of age."""
    write_ages(nation, rng.binomial(nation.ages, 0.99), 2020, file)


def write_turnout(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write who could vote for councils in 2017 and who did, by ward."""
    ward = wards(nation)
    electorate = rng.binomial(people(nation, 18), 0.93)
    able, votes = (
        ward.total(number) for number in (electorate, count_of(nation, TURNOUT, electorate, rng))
    )
    table = counts({"Ward code": ward.codes}, {"Electorate": able, "Valid votes": votes})
    turnout = pl.Series("Turnout (%)", np.round(100 * votes / np.maximum(able, 1), 1))
    above = ("Local council elections, May 2017: valid vote turnout", "")
    write_csv(file, table.with_columns(turnout), above)


def write_grants(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write what the National Lottery Community Fund granted in each ward, 2004 to 2021, in £."""
    ward = wards(nation)
    pounds = ward.total(people(nation) * rate_of(nation, LOTTERY, rng))
    pounds *= np.exp(0.15 * rng.standard_normal(len(pounds)))
    write_csv(file, counts({"Ward code": ward.codes}, {"Grants awarded (£)": pounds}))


def write_lending(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write what banks had lent to small firms by postcode sector, in £, in four quarters."""
    live = nation.postcodes.with_columns(sector=sectors(nation)).filter(
        pl.col("terminated").is_null()
    )
    pieces = nation.pieces.height
    postcodes = np.bincount(live["piece"].to_numpy(), minlength=pieces)
    per_postcode = people(nation, 16, 64) / np.maximum(postcodes, 1)
    lent = (per_postcode * rate_of(nation, LENDING, rng))[live["piece"].to_numpy()]
    table = live.select("sector").with_columns(lent=pl.Series(lent))
    table = table.group_by("sector").agg(pl.col("lent").sum()).sort("sector")
    quarters = {
        f"Outstanding lending {quarter} (£)": table["lent"].to_numpy()
        * np.exp(0.04 * rng.standard_normal(table.height))
        for quarter in QUARTERS
    }
    write_csv(file, counts({"Postcode sector": table["sector"]}, quarters))


def write_small_firms(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the local units of firms with up to four employees, by MSOA of 2011."""
    areas = places(nation, "msoa11")
    units = areas.total(events_of(nation, SMALL_FIRMS, people(nation), rng))
    larger = areas.total(rng.poisson(people(nation) * 0.008))
    codes = {"MSOA code": areas.codes, "MSOA name": names_of(nation.names["msoa11"], areas.codes)}
    columns = {"0 to 4 employees": units, "5 or more employees": larger}
    write_csv(file, counts(codes, columns), ("Local units in VAT and PAYE firms, 2020", ""))


def write_places(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write generative businesses and trustees of charities, by MSOA of 2011."""
    areas = places(nation, "msoa11")
    columns = {"Residents": areas.total(people(nation))}
    columns |= {
        name: areas.total(events_of(nation, signal, people(nation), rng))
        for name, signal in (
            ("Generative businesses", GENERATIVE),
            ("Trustees of charities", TRUSTEES),
        )
    }
    write_csv(file, counts({"msoa11_code": areas.codes}, columns))


def write_green_space(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write how far parks and playing fields are and how large those near by, by MSOA of 2011."""
    areas = places(nation, "msoa11")
    columns = {
        "Average distance to nearest Park, Public Garden, or Playing Field (m)": PARK_DISTANCE,
        "Average combined size of those within 1,000 m radius (m2)": PARK_AREA,
    }
    values = {
        name: np.round(mean_of(nation, signal, areas, rng), 2) for name, signal in columns.items()
    }
    homes = areas.total(nation.pieces["dwellings"].to_numpy()).astype(np.int64)
    table = pl.DataFrame({"MSOA code": areas.codes, "Addresses": homes, **values})
    write_csv(file, table, ("Access to public green space, April 2020", ""))


def write_broadband(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the speed of connections by live postcode that has dwellings."""
    live = nation.postcodes.filter(pl.col("terminated").is_null() & (pl.col("dwellings") > 0))
    piece = live["piece"].to_numpy()
    speeds = {
        f"Average {name} speed (Mbit/s)": rate_of(nation, signal, rng)[piece]
        * np.exp(0.3 * rng.standard_normal(len(piece)))
        for name, signal in SPEEDS.items()
    }
    connections = np.maximum(rng.binomial(live["dwellings"].to_numpy(), 0.82), 1)
    table = {"postcode": live["postcode"], "Number of connections": connections}
    rounded = {name: np.round(speed, 1) for name, speed in speeds.items()}
    pl.DataFrame({**table, **rounded}).sort("postcode").write_parquet(file)


def write_jobs(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the employees of LSOAs of 2011 and those of working age who live there."""
    areas = places(nation, "lsoa11")
    adults = areas.total(people(nation, 16, 64))
    jobs = rng.poisson(adults * mean_of(nation, JOBS, areas, rng, error=0.3))
    columns = {"Employees": ROUNDED_JOBS * np.rint(jobs / ROUNDED_JOBS), "Aged 16-64": adults}
    write_csv(file, counts({"LSOA11CD": areas.codes}, columns))


def write_jobs_of_markets(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the employees of Travel to Work Areas and those of working age who live there."""
    market = labour_markets(nation)
    adults = people(nation, 16, 64)
    jobs = market.total(rng.poisson(adults * rate_of(nation, JOBS, rng)))
    columns = {"Employees": jobs, "Aged 16-64": market.total(adults)}
    write_csv(file, counts({"TTWA11CD": market.codes}, columns))


def deprivation_score(nation: Nation, rng: np.random.Generator) -> FloatArray:
    """Return a score of LSOAs of 2011 as of an index of multiple deprivation, from 0 to 100.

    It is the planted need of all dimensions, each a little blurred, put together as overall need
    is.
    """
    areas = places(nation, "lsoa11")
    levels = np.column_stack([areas.mean(need, people(nation)) for need in nation.need.T])
    score: FloatArray = overall_need(levels + 0.2 * rng.standard_normal(levels.shape))
    return score


def write_deprivation(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the score and the rank of LSOAs of 2011 in the index of multiple deprivation."""
    areas = places(nation, "lsoa11")
    score = deprivation_score(nation, rng)
    rank = np.empty(len(score), dtype=np.int64)
    rank[np.argsort(-score, kind="stable")] = np.arange(1, len(score) + 1)
    residents = areas.total(people(nation)).astype(np.int64)
    pl.DataFrame(
        {
            "LSOA code": areas.codes,
            "WIMD 2019 score": np.round(score, 4),
            "WIMD 2019 rank": rank,
            "Population": residents,
        }
    ).write_csv(file)


FILES: dict[str, Writer] = {
    "ons/sape_mid2020_lsoa11.csv": write_population,
    "elections/council_turnout_ward_2017.csv": write_turnout,
    "national_lottery/grants_ward_2004-2021.csv": write_grants,
    "uk_finance/sme_lending_postcode_sector_2020.csv": write_lending,
    "idbr/local_units_msoa11_2020.csv": write_small_firms,
    "understanding_welsh_places/places_msoa11_2021.csv": write_places,
    "ons/public_green_space_msoa11_2020.csv": write_green_space,
    "ofcom/202009_fixed_postcode_performance.parquet": write_broadband,
    "nomis/bres_totals_lsoa11_2019.csv": write_jobs,
    "nomis/bres_totals_ttwa11_2019.csv": write_jobs_of_markets,
    "stats_wales/wimd2019_scores_lsoa11.csv": write_deprivation,
    "nomis/census2011_qs416ew_oa11.csv": partial(
        write_census_households,
        geography="oa11",
        everyone="Cars: All households; measures: Value",
        counted="Cars: No cars or vans in household; measures: Value",
        signal=NO_CAR,
    ),
    "nomis/census2011_qs113ew_oa11.csv": partial(
        write_census_households,
        geography="oa11",
        everyone="Household Composition: All households; measures: Value",
        counted="Household Composition: One person household; measures: Value",
        signal=ALONE,
    ),
}
