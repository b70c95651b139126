"""Health by age and sex, by LSOA of 2011: deaths, illness, admissions, births, and who is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.benefits_2012 import write_ages
from hyperlocal.synthetic.publishing import counts, write_csv
from hyperlocal.synthetic.signals import (
    FloatArray,
    IntArray,
    Numbers,
    Signal,
    count_of,
    people,
    places,
    shift_of,
)

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

BANDS = (*(f"{age}-{age + 4}" for age in range(0, 85, 5)), "85+")
"""Five-year groups of age."""
GROUPS = tuple(f"{sex}{band}" for sex in "FM" for band in BANDS)
"""The headings of the groups: females first."""
LSOA11, CODE = "lsoa11", "LSOA11CD"
BORDER_SHARE = 0.02
"""Share of the areas from which many residents are registered over the border."""

_FIRST = np.arange(0, 90, 5)
_AGES = np.arange(91)
_JAILED = np.interp(_AGES, (17, 18, 21, 30, 40, 55, 75, 90), (0, 0.3, 1, 1.5, 1.1, 0.5, 0.1, 0))


def _ill(slope: float, smooth: float = 0.2, local: float = 0.2) -> Signal:
    return Signal("health", 1.0, slope, smooth, local)


def _rising(least: float, most: float, middle: float, width: float) -> FloatArray:
    """Return a rate that rises with age from least to most, by single years."""
    curve: FloatArray = least + (most - least) / (1 + np.exp(-(_AGES - middle) / width))
    return curve


def _growing(level: float, growth: float, most: float) -> FloatArray:
    """Return a rate that grows by a share with each year of age, up to the most."""
    curve: FloatArray = np.minimum(level * np.exp(growth * _AGES), most)
    return curve


@dataclass(frozen=True)
class Condition:
    """What happens to people of some ages more than to others.

    Parameters
    ----------
    title
        What is counted.
    rates
        The rate of females at each year of age, where need is average: the share of them, or the
        events of a year for each of them.
    males
        That of males for each one of females.
    signal
        How it follows need.
    years
        How many years are pooled; 0 for a share at one time.
    grown
        The people then for each one of now.
    from_practices
        Whether practices know of it: not of prisoners, nor of those who are registered elsewhere.
    with_residents
        Whether the table gives all residents beside it, as the census does.
    """

    title: str
    rates: FloatArray
    males: float
    signal: Signal
    years: int = 0
    grown: float = 1.0
    from_practices: bool = False
    with_residents: bool = False

    def draw(self, nation: Nation, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
        """Draw the residents and those counted of each area, by sex and group of age."""
        residents = rng.binomial(by_age(nation), self.grown)
        at_risk = residents
        if self.from_practices:
            there = np.maximum(residents - _by_group_of_areas(nation, prisoners_by_age(nation)), 0)
            share = elsewhere(nation) / np.maximum(there.sum(axis=(1, 2)), 1)
            at_risk = rng.binomial(there, 1 - np.minimum(share, 1)[:, None, None])
        of_age = np.add.reduceat(self.rates[:90], _FIRST) / 5
        of_age[-1] = self.rates[88]
        rates = of_age * np.array([[1.0], [self.males]])
        shift = shift_of(nation, self.signal, places(nation, LSOA11), rng)
        true = rates * np.exp(shift)[:, None, None]
        if self.years:
            return residents, rng.poisson(at_risk * true * self.years)
        return residents, rng.binomial(at_risk, np.minimum(true, 0.95))

    def write(self, nation: Nation, rng: np.random.Generator, file: Path) -> None:
        """Write the table, with a column for each sex and group of age."""
        residents, found = self.draw(nation, rng)
        columns = dict(zip(GROUPS, found.reshape(len(found), -1).T, strict=True))
        if self.with_residents:
            everyone = residents.reshape(len(found), -1).T
            named = {f"All residents: {name}": n for name, n in zip(GROUPS, everyone, strict=True)}
            columns = {**named, **{f"{self.title}: {name}": n for name, n in columns.items()}}
        codes = {CODE: places(nation, LSOA11).codes}
        write_csv(file, counts(codes, columns), (self.title, "By sex (F, M) and age", ""))


@lru_cache(maxsize=1)
def by_age(nation: Nation) -> IntArray:
    """Return the residents of each LSOA of 2011 by sex and group of age, shape (areas, 2, 18)."""
    return _by_group_of_areas(nation, nation.ages)


def _by_group_of_areas(nation: Nation, ages: Numbers) -> IntArray:
    """Add people of pieces by sex and single year up over areas and groups of age."""
    of_group = np.add.reduceat(ages, np.append(_FIRST[:-1], 85), axis=2)
    areas = places(nation, LSOA11)
    total = areas.total(of_group.reshape(len(ages), -1)).astype(np.int64)
    return total.reshape(len(areas.codes), 2, len(BANDS))


@lru_cache(maxsize=1)
def prisoners_by_age(nation: Nation) -> Numbers:
    """Return the prisoners of each piece by sex and single year of age, men almost all.

    They are drawn from the residents of the ages of prisoners.
    """
    from hyperlocal.synthetic.nation import chance

    rng = chance(nation.seed, "prisoners by age")
    found = np.zeros(nation.ages.shape, dtype=np.int32)
    rows = np.flatnonzero(nation.prisoners)
    curve = _JAILED * np.array([[0.04], [0.96]])
    there, left = nation.ages[rows].astype(np.int64), nation.prisoners[rows].astype(np.int64)
    while left.any():  # until each is one of the residents
        likely = (there * curve).reshape(len(rows), -1)
        likely /= likely.sum(axis=1, keepdims=True)
        drawn = np.minimum(rng.multinomial(left, likely).reshape(there.shape), there)
        found[rows] += drawn
        there, left = there - drawn, left - drawn.sum(axis=(1, 2))
    return found


@lru_cache(maxsize=1)
def elsewhere(nation: Nation) -> IntArray:
    """Return the residents of each area who are registered with practices over the border.

    Many are where the border, in the east, is near; a few are anywhere.
    """
    from hyperlocal.synthetic.nation import chance

    rng = chance(nation.seed, "registered elsewhere")
    areas = places(nation, LSOA11)
    residents = by_age(nation).sum(axis=(1, 2))
    east = areas.mean(nation.pieces["easting"].to_numpy().astype(float), people(nation))
    near = np.argsort(-east, kind="stable")[: max(2, round(BORDER_SHARE * len(east)))]
    share = np.full(len(east), 0.002)
    share[near] = rng.uniform(0.1, 0.6, len(near))
    return rng.binomial(residents, share)


def write_population(nation: Nation, rng: np.random.Generator, file: Path, year: int) -> None:
    """Write residents, with prisoners, by sex and single year of age."""
    inside = prisoners_by_age(nation)
    grown = {2016: 0.96, 2018: 0.975}[year]
    write_ages(nation, rng.binomial(nation.ages - inside, grown) + inside, year, file)


def write_prisoners(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the prisoners of each area, by sex and group of age and in all."""
    inside = _by_group_of_areas(nation, prisoners_by_age(nation)).reshape(-1, len(GROUPS))
    columns = {"Prisoners": inside.sum(axis=1), **dict(zip(GROUPS, inside.T, strict=True))}
    codes = places(nation, LSOA11).codes
    held = counts({CODE: codes}, columns).filter(pl.col("Prisoners") > 0)
    above = ("Prison population by area of the prison", "Areas without a prison are left out.", "")
    write_csv(file, held, above)


def write_elsewhere(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the residents who are registered with practices over the border."""
    codes = {CODE: places(nation, LSOA11).codes}
    write_csv(file, counts(codes, {"Registered over the border": elsewhere(nation)}))


LOW_WEIGHT = Signal("health", 0.055, 0.28, smooth=0.2, local=0.15)
OBESE = Signal("health", 0.12, 0.28, smooth=0.2, local=0.15)


def write_births(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write single live births of ten years, and those of a low weight."""
    areas = places(nation, LSOA11)
    births = rng.poisson(people(nation, 16, 44, sex=0) * 0.6)
    columns = {
        "Live single births": areas.total(births),
        "Under 2.5 kg": areas.total(count_of(nation, LOW_WEIGHT, births, rng)),
    }
    write_csv(file, counts({CODE: areas.codes}, columns))


def write_measured(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the children of 4 and 5 years who were measured in five years, and the obese."""
    areas = places(nation, LSOA11)
    measured = rng.binomial(people(nation, 4, 8) + 1, 0.93)  # some wherever anybody lives
    columns = {
        "Children measured": areas.total(measured),
        "Obese": areas.total(count_of(nation, OBESE, measured, rng)),
    }
    write_csv(file, counts({CODE: areas.codes}, columns))


_DYING = _growing(0.00002, 0.098, 0.25)
CONDITIONS: dict[str, Condition] = {
    "ons/deaths_by_age_lsoa11_2009-2018.csv": Condition(
        "Deaths registered from 2009 to 2018", _DYING, 1.2, _ill(0.25), years=10, grown=0.95
    ),
    "ons/deaths_by_age_lsoa11_2008-2012.csv": Condition(
        "Deaths registered from 2008 to 2012", _DYING, 1.2, _ill(0.28), years=5, grown=0.92
    ),
    "wcisu/cancer_incidence_lsoa11_2007-2016.csv": Condition(
        "Malignant cancers registered from 2007 to 2016, other than of the skin",
        _growing(0.0001, 0.075, 0.03),
        1.1,
        _ill(0.15),
        years=10,
        grown=0.94,
    ),
    "nomis/census2011_limiting_illness_lsoa11.csv": Condition(
        "Limiting long-term illness",
        _rising(0.035, 0.75, 70, 12),
        1.0,
        _ill(0.25),
        grown=0.94,
        with_residents=True,
    ),
    "nwis/gp_chronic_conditions_lsoa11_2019.csv": Condition(
        "People with a chronic condition recorded by their practice, 31 March 2019",
        _rising(0.008, 0.62, 70, 11),
        1.15,
        _ill(0.2),
        from_practices=True,
    ),
    "nwis/gp_mental_health_conditions_lsoa11_2019.csv": Condition(
        "People with a mental health condition recorded by their practice, 31 March 2019",
        np.interp(_AGES, (0, 10, 20, 40, 60, 80, 90), (0.0, 0.01, 0.11, 0.19, 0.17, 0.16, 0.24)),
        0.65,
        _ill(0.25),
        from_practices=True,
    ),
    "dwp/illness_and_disability_benefits_lsoa11_2013.csv": Condition(
        "People on benefits for illness or disability, each counted once, 2013",
        _rising(0.03, 0.4, 72, 12),
        1.05,
        _ill(0.35),
        grown=0.93,
    ),
    "hes/emergency_admissions_lsoa11_2011-2013.csv": Condition(
        "Hospital spells that began as an emergency, 2011/12 and 2012/13",
        np.interp(_AGES, (0, 5, 15, 40, 65, 80, 90), (0.16, 0.06, 0.05, 0.06, 0.11, 0.25, 0.42)),
        1.05,
        _ill(0.25),
        years=2,
        grown=0.93,
    ),
}


def _writer(write: Callable[..., None], year: int) -> Writer:
    return partial(write, year=year)


FILES: dict[str, Writer] = {
    "ons/sape_mid2016_lsoa11.csv": _writer(write_population, 2016),
    "ons/sape_mid2018_lsoa11.csv": _writer(write_population, 2018),
    "moj/prisoners_lsoa11_2018.csv": write_prisoners,
    "nwis/registered_elsewhere_lsoa11_2018.csv": write_elsewhere,
    "ons/births_lsoa11_2009-2018.csv": write_births,
    "phw/child_measurement_lsoa11_2013-2018.csv": write_measured,
    **{path: partial(Condition.write, condition) for path, condition in CONDITIONS.items()},
}
