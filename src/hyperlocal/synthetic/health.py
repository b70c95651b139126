"""Health: travel times (DfT), appointments (NHS England), deaths and life expectancy (ONS)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.publishing import names_of, with_thousands, write_csv
from hyperlocal.synthetic.signals import (
    FloatArray,
    IntArray,
    Signal,
    events_of,
    mean_of,
    people,
    places,
    shift_of,
)
from hyperlocal.synthetic.workbooks import write_ods

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

APPOINTMENTS = Signal("health", 0.48, -0.14, smooth=0.3, local=0.3)
YEARS_OF_LIFE = {
    "Female": Signal("health", 83.2, -0.019, smooth=0.2, local=0.0),
    "Male": Signal("health", 79.5, -0.024, smooth=0.2, local=0.0),
}
DEATHS = Signal("health", 1.0, 0.17, smooth=0.2, local=0.0)
PERIOD = 5
_ENGLAND = "E92000001"


@dataclass(frozen=True)
class Journey:
    """A table of travel times.

    Parameters
    ----------
    number, service
        The number of the table, and what is travelled to.
    heading
        The heading of the time by public transport or on foot.
    signal
        What the time shows of need.
    """

    number: str
    service: str
    heading: str
    signal: Signal

    def write(self, nation: Nation, rng: np.random.Generator, file: Path) -> None:
        """Write the times of LSOAs of 2011 into a sheet named by the year."""
        areas = places(nation, "lsoa11")
        minutes = mean_of(nation, self.signal, areas, rng)
        table = pl.DataFrame({"LSOA_code": areas.codes, self.heading: np.round(minutes, 1)})
        title = f"Table {self.number}: travel time to the nearest {self.service}, LSOA, 2019"
        about = (
            "Minutes, average over the area",
            f"{self.heading}: by public transport or on foot",
        )
        write_ods(file, {"Contents": pl.DataFrame({title: about}), "2019": table})


def patients(nation: Nation) -> IntArray:
    """Return the patients who are registered in each piece: some more than live there."""
    registered: IntArray = np.rint(people(nation) * 1.04).astype(np.int64)
    return registered


def write_appointments(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write patients and their appointments by LSOA, with commas between thousands."""
    areas = places(nation, "lsoa21")
    registered = patients(nation)
    appointments = events_of(nation, APPOINTMENTS, registered, rng)
    table = pl.DataFrame(
        {
            "EFFECTIVE_MONTH": pl.Series(["2022-10"] * len(areas.codes)),
            "LSOA_CODE": areas.codes,
            "NUMBER_OF_PATIENTS": with_thousands(areas.total(registered)),
            "APPOINTMENTS": with_thousands(areas.total(appointments)),
        }
    )
    write_csv(file, table)


def write_life_expectancy(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write life expectancy by sex and MSOA of 2011, after that of England."""
    areas = places(nation, "msoa11")
    blocks = []
    for sex, (name, signal) in enumerate(YEARS_OF_LIFE.items()):
        residents = areas.total(people(nation, sex=sex)) * PERIOD
        expected = mean_of(nation, signal, areas, rng)
        error = 75 / np.sqrt(np.maximum(residents, 1))  # a year where there are some 5,600
        value = expected + error * rng.standard_normal(len(error))
        interval = (value - 1.96 * error, value + 1.96 * error)
        about = ("Life expectancy at birth", name, "All ages", "2016 - 19")
        blocks.append(_fingertips(nation, about, value, interval, None, residents))
    write_csv(file, pl.concat(blocks))


def expected_deaths(nation: Nation) -> FloatArray:
    """Return the deaths in each piece in a year, at England's rates by age."""
    rate = np.minimum(0.00005 * np.exp(0.098 * np.arange(nation.ages.shape[2])), 0.25)
    expected: FloatArray = nation.ages.sum(axis=1) @ rate
    return expected


def write_deaths(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write deaths, observed and expected, by MSOA of 2011, after those of England."""
    areas = places(nation, "msoa11")
    expected = areas.total(expected_deaths(nation)) * PERIOD
    shift = shift_of(nation, DEATHS, areas, rng)
    observed = rng.poisson(expected * np.exp(shift)).astype(np.float64)
    ratio = 100 * observed / np.maximum(expected, 1e-9)
    margin = 196 * np.sqrt(observed + 1) / np.maximum(expected, 1e-9)
    about = ("Deaths from all causes, all ages", "Persons", "All ages", "2016 - 20")
    write_csv(
        file,
        _fingertips(nation, about, ratio, (ratio - margin, ratio + margin), observed, expected),
    )


def _fingertips(
    nation: Nation,
    about: tuple[str, str, str, str],
    value: FloatArray,
    interval: tuple[FloatArray, FloatArray],
    count: FloatArray | None,
    denominator: FloatArray,
) -> pl.DataFrame:
    """Return the rows of an indicator, as Fingertips lays them out: England, then MSOAs."""
    codes = places(nation, "msoa11").codes
    rows = pl.DataFrame(
        {
            "Indicator Name": pl.repeat(about[0], len(codes), eager=True),
            "Area Code": codes,
            "Area Name": names_of(nation.names["msoa11"], codes),
            "Area Type": pl.repeat("MSOA", len(codes), eager=True),
            "Sex": pl.repeat(about[1], len(codes), eager=True),
            "Age": pl.repeat(about[2], len(codes), eager=True),
            "Time period": pl.repeat(about[3], len(codes), eager=True),
            "Value": np.round(value, 4),
            "Lower CI 95.0 limit": np.round(interval[0], 4),
            "Upper CI 95.0 limit": np.round(interval[1], 4),
            "Count": np.full(len(codes), np.nan) if count is None else count,
            "Denominator": np.round(denominator, 3),
        },
        nan_to_null=True,
    )
    england = rows[:1].with_columns(
        pl.lit(_ENGLAND).alias("Area Code"),
        pl.lit("England").alias("Area Name"),
        pl.lit("England").alias("Area Type"),
        pl.lit(float(np.round(np.average(value, weights=denominator), 4))).alias("Value"),
        pl.lit(rows["Count"].sum() if count is not None else None, pl.Float64).alias("Count"),
        pl.lit(rows["Denominator"].sum()).alias("Denominator"),
    )
    return pl.concat([england, rows])


HOSPITAL = Journey("JTS0506", "hospital", "HospPTt", Signal("health", 42, 0.25, 0.3, 0.25))
PRACTICE = Journey("JTS0505", "GP", "GPPTt", Signal("health", 12, 0.25, 0.3, 0.3))

FILES: dict[str, Writer] = {
    "dft/jts0506_hospital_lsoa11_2019.ods": partial(Journey.write, HOSPITAL),
    "dft/jts0505_gp_lsoa11_2019.ods": partial(Journey.write, PRACTICE),
    "nhs/gp_appointments_lsoa21_2022-10.csv": write_appointments,
    "fingertips/life_expectancy_at_birth_msoa11.csv": write_life_expectancy,
    "fingertips/deaths_from_all_causes_msoa11.csv": write_deaths,
}
