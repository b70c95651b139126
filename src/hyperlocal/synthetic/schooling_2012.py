"""Absence, staying on, higher education and adult skills about 2012, by LSOA of 2011."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hyperlocal.synthetic.census import write_table
from hyperlocal.synthetic.publishing import counts, write_csv
from hyperlocal.synthetic.signals import (
    FloatArray,
    IntArray,
    Signal,
    classes_of,
    people,
    places,
    share_of,
)

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

SESSIONS = 300
"""Half days of school in a year."""


def _learning(level: float, slope: float) -> Signal:
    return Signal("opportunity", level, slope, smooth=0.2, local=0.2)


ABSENCE = _learning(0.065, 0.3)
LEAVING = _learning(0.2, 0.5)
NO_HIGHER_EDUCATION = _learning(0.64, 0.5)
SKILLS = [_learning(0.33, 0.4), _learning(0.012, 0.45)]
"""No or low qualifications; no English to speak of, among those who have qualifications."""


def pupils(nation: Nation) -> IntArray:
    """Return the pupils of secondary schools of each piece."""
    return people(nation, 11, 15)


def _cohort(nation: Nation) -> IntArray:
    """Return those in the year of age above 16 of each piece."""
    return people(nation, 17, 17)


def _young(nation: Nation) -> IntArray:
    """Return those of each piece who could enter higher education before they are 21."""
    return people(nation, 18, 20)


@dataclass(frozen=True)
class Yearly:
    """A table of how many are counted among how many in each of several years.

    Parameters
    ----------
    title
        What stands above the table.
    years
        The years, each with two columns.
    counted, everyone
        What the headings begin with.
    among
        Returns those in each piece who could be counted.
    signal
        What the share of them shows of need, in every year the same.
    of_each
        How often a year each can be counted.
    """

    title: str
    years: tuple[str, ...]
    counted: str
    everyone: str
    among: Callable[[Nation], IntArray]
    signal: Signal
    of_each: int = 1

    def write(self, nation: Nation, rng: np.random.Generator, file: Path) -> None:
        """Write the table by LSOA of 2011."""
        areas = places(nation, "lsoa11")
        share = share_of(nation, self.signal, rng)
        could = self.among(nation) * self.of_each
        columns: dict[str, FloatArray] = {}
        for year in self.years:
            columns[f"{self.counted} {year}"] = areas.total(rng.binomial(could, share))
            columns[f"{self.everyone} {year}"] = areas.total(could)
        write_csv(file, counts({"LSOA code": areas.codes}, columns), (self.title, ""))


def write_skills(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write women from 25 to 59 and men to 64 by qualifications and English, Census 2011."""
    adults = people(nation, 25, 59, sex=0) + people(nation, 25, 64, sex=1)
    drawn = classes_of(nation, SKILLS, adults, rng)
    columns = {
        "All women aged 25 to 59 and men aged 25 to 64": adults,
        "No or low qualifications": drawn[:, 0],
        "Qualified, cannot speak English or not well": drawn[:, 1],
    }
    write_table(nation, "lsoa11", columns, file)


TABLES = {
    "dfe/secondary_absence_lsoa11_2010-2013.csv": Yearly(
        "Absence from maintained secondary schools, by where pupils live",
        ("2010/11", "2011/12", "2012/13"),
        "Sessions missed",
        "Possible sessions",
        pupils,
        ABSENCE,
        SESSIONS,
    ),
    "hmrc/child_benefit_aged_17_lsoa11_2010-2012.csv": Yearly(
        "Young people for whom Child Benefit was paid at 15, and no longer at 17",
        ("2010", "2011", "2012"),
        "Not staying on",
        "Young people",
        _cohort,
        LEAVING,
    ),
    "hesa/entry_to_higher_education_lsoa11_2009-2013.csv": Yearly(
        "Young people aged under 21 who did not enter higher education, by home address",
        ("2009/10", "2010/11", "2011/12", "2012/13"),
        "Not entering",
        "Aged under 21",
        _young,
        NO_HIGHER_EDUCATION,
    ),
}


def _writer(table: Yearly) -> Writer:
    return partial(Yearly.write, table)


FILES: dict[str, Writer] = {
    **{path: _writer(table) for path, table in TABLES.items()},
    "nomis/census2011_adult_skills_lsoa11.csv": write_skills,
}
