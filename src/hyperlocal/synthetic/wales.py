"""What the Welsh Index of Multiple Deprivation 2019 counts: claimants, adults, rooms, broadband."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.benefits_2012 import write_ages
from hyperlocal.synthetic.census import write_table
from hyperlocal.synthetic.health_by_age import GROUPS, by_age, prisoners_by_age, write_prisoners
from hyperlocal.synthetic.publishing import counts, names_of, write_csv
from hyperlocal.synthetic.signals import (
    FloatArray,
    IntArray,
    Signal,
    classes_of,
    count_of,
    people,
    places,
)

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

ADULTS, CHILDREN, WORKING_AGE = (19, 90), (0, 18), (16, 64)
QUALIFICATION_AGES = {
    "Age 25 to 34": (25, 34, 0.09),
    "Age 35 to 49": (35, 49, 0.13),
    "Age 50 to 64": (50, 64, 0.26),
}
"""Age groups of the census: the first and the last year, and the share without qualifications."""
UNSERVED = Signal("clean_energy", 0.06, 0.9, smooth=0.4, local=0.4)
"""Premises that cannot have broadband of 30 Mbit/s."""
OVERCROWDED = Signal("clean_energy", 0.05, 0.5, smooth=0.25, local=0.2)
_ROOMIER = Signal("clean_energy", 0.70, -0.15, smooth=0.25, local=0.2)
_CENSUS_2011 = 0.94
"""People at the census for each one of now."""


@dataclass(frozen=True)
class Counts:
    """A table of people by LSOA of 2011, with a note above it.

    Parameters
    ----------
    title
        What is counted.
    period
        When.
    columns
        For each heading the signal, whose level is a share, and the first and the last year of age
        of those it is a share of. Prisoners are not among them.
    """

    title: str
    period: str
    columns: Mapping[str, tuple[Signal, tuple[int, int]]]

    def write(self, nation: Nation, rng: np.random.Generator, file: Path) -> None:
        """Write the table; people counted in one column are in no other of the same ages."""
        areas = places(nation, "lsoa11")
        numbers: dict[str, FloatArray] = {}
        for ages in dict.fromkeys(ages for _, ages in self.columns.values()):
            signals = {name: of for name, (of, own) in self.columns.items() if own == ages}
            drawn = classes_of(nation, list(signals.values()), _free(nation, ages), rng)
            numbers |= dict(zip(signals, areas.total(drawn[:, :-1]).T, strict=True))
        codes = {
            "LSOA code": areas.codes,
            "LSOA name": names_of(nation.names["lsoa11"], areas.codes),
        }
        columns = {name: numbers[name] for name in self.columns}
        write_csv(file, counts(codes, columns), (self.title, self.period, ""))


def _free(nation: Nation, ages: tuple[int, int]) -> IntArray:
    """Return the people of each piece in a range of ages who are not in prison."""
    found = people(nation, *ages)
    return found if ages == CHILDREN else np.maximum(found - nation.prisoners, 0)


def _poor(level: float, slope: float = 0.45, local: float = 0.2) -> Signal:
    return Signal("economic_growth", level, slope, smooth=0.2, local=local)


INCOME_BENEFITS = Counts(
    "Income-related benefits: claimants and partners, and their dependent children",
    "Financial year 2016/17, each person counted once",
    {
        "Claimants and partners": (_poor(0.105), ADULTS),
        "Dependent children": (_poor(0.13, 0.5), CHILDREN),
    },
)
TAX_CREDITS = Counts(
    "Working and Child Tax Credit: families with less than 60% of the median income",
    "31 August 2015, before housing costs",
    {"Adults": (_poor(0.025, 0.4), ADULTS), "Children": (_poor(0.07, 0.4), CHILDREN)},
)
ASYLUM_SEEKERS = Counts(
    "Asylum seekers supported under section 95, and their dependants",
    "30 June 2017",
    {"Supported": (_poor(0.0006, 0.9, local=1.0), (0, 90))},
)
UNIVERSAL_CREDIT = Counts(
    "People on Universal Credit by conditionality regime, and their dependent children",
    "Financial year 2016/17",
    {
        "Searching for work": (_poor(0.006), WORKING_AGE),
        "Planning for work": (_poor(0.0004), WORKING_AGE),
        "Preparing for work": (_poor(0.0006), WORKING_AGE),
        "Working - with requirements": (_poor(0.003, 0.35), WORKING_AGE),
        "No work requirements": (_poor(0.001), WORKING_AGE),
        "Working - no requirements": (_poor(0.002, 0.2), WORKING_AGE),
        "Dependent children": (_poor(0.004), CHILDREN),
    },
)
OUT_OF_WORK = Counts(
    "Employment-related benefits: people entitled",
    "Financial year 2016/17, each person counted once",
    {
        "Jobseeker's Allowance": (_poor(0.016), WORKING_AGE),
        "Employment and Support Allowance": (_poor(0.075, 0.45), WORKING_AGE),
        "Incapacity Benefit": (_poor(0.003, 0.35), WORKING_AGE),
        "Universal Credit, not in employment": (_poor(0.007), WORKING_AGE),
    },
)


def write_qualifications(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the adults of Census 2011 by age and whether they have a qualification (LC5102EW)."""
    columns: dict[str, IntArray] = {}
    for name, (first, last, level) in QUALIFICATION_AGES.items():
        adults = rng.binomial(people(nation, first, last), _CENSUS_2011)
        signal = Signal("opportunity", level, 0.45, smooth=0.25, local=0.2)
        for classified, numbers in (
            ("All categories: Highest level of qualification", adults),
            ("No qualifications", count_of(nation, signal, adults, rng)),
        ):
            columns[f"Age: {name}; Highest Level of Qualification: {classified}"] = numbers
    write_table(nation, "lsoa11", columns, file)


def write_occupancy(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the people of Census 2011 in households by their occupancy rating (bedrooms)."""
    housed = rng.binomial(np.maximum(people(nation) - nation.prisoners, 0), 0.92)
    rated = classes_of(nation, [_ROOMIER, OVERCROWDED], housed, rng)
    names = ("+1 or more", "-1 or less", "0")
    columns = {"All people in households": housed}
    columns |= {f"Rating {name}": rated[:, names.index(name)] for name in sorted(names)}
    named = {f"Occupancy Rating (Bedrooms): {name}": values for name, values in columns.items()}
    write_table(nation, "lsoa11", named, file)


def write_broadband(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the premises of each LSOA of 2011 and how fast their broadband could be."""
    areas = places(nation, "lsoa11")
    homes = nation.pieces["dwellings"].to_numpy()
    premises = homes + rng.binomial(homes, 0.06)  # small businesses
    slow = count_of(nation, UNSERVED, premises, rng)
    columns = {
        "All Premises": areas.total(premises),
        "Number of premises with 30Mbit/s or higher": areas.total(premises - slow),
        "Number of premises unable to receive 30Mbit/s": areas.total(slow),
    }
    write_csv(file, counts({"lsoa": areas.codes}, columns))


def write_population(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the residents of mid-2017, with prisoners, by sex and single year of age."""
    inside = prisoners_by_age(nation)
    write_ages(nation, rng.binomial(nation.ages - inside, 0.97) + inside, 2017, file)


def write_average(
    nation: Nation, rng: np.random.Generator, file: Path, years: str, grown: float
) -> None:
    """Write the mean of the residents of ten years by sex and group of age."""
    residents = (by_age(nation) * grown).round(1).reshape(-1, len(GROUPS))
    codes = {"LSOA11CD": places(nation, "lsoa11").codes}
    table = pl.DataFrame({**codes, **dict(zip(GROUPS, residents.T, strict=True))})
    above = (f"Population estimates: mean of mid-{years}", "By sex (F, M) and age", "")
    write_csv(file, table, above)


def _writer(table: Counts) -> Writer:
    return partial(Counts.write, table)


FILES: dict[str, Writer] = {
    "dwp/income_related_benefits_lsoa11_2016-17.csv": _writer(INCOME_BENEFITS),
    "hmrc/tax_credits_lsoa11_2015-08.csv": _writer(TAX_CREDITS),
    "homeoffice/section_95_support_lsoa11_2017-06.csv": _writer(ASYLUM_SEEKERS),
    "dwp/people_on_universal_credit_lsoa11_2016-17.csv": _writer(UNIVERSAL_CREDIT),
    "dwp/employment_benefits_lsoa11_2016-17.csv": _writer(OUT_OF_WORK),
    "ons/sape_mid2017_lsoa11.csv": write_population,
    "ons/sape_mean_2007-2016_lsoa11.csv": partial(write_average, years="2007 to 2016", grown=0.94),
    "ons/sape_mean_2008-2017_lsoa11.csv": partial(write_average, years="2008 to 2017", grown=0.95),
    "moj/prisoners_lsoa11_2016.csv": write_prisoners,
    "moj/prisoners_lsoa11_2017.csv": write_prisoners,
    "nomis/census2011_lc5102ew_lsoa11.csv": write_qualifications,
    "nomis/census2011_occupancy_bedrooms_lsoa11.csv": write_occupancy,
    "ofcom/201901_fixed_lsoa11_coverage.csv": write_broadband,
}
