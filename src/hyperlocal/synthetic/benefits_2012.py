"""Benefits of 2012 and 2013 by LSOA of 2011: income and employment deprivation, and residents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.publishing import counts, marked, names_of, write_csv
from hyperlocal.synthetic.signals import IntArray, Signal, classes_of, people, places, shares_of

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

QUARTERS = ("May 2012", "August 2012", "November 2012", "February 2013")
AGE_GROUPS = {"Adults and children": (0, 90), "Children 0-15": (0, 15), "Aged 60+": (60, 90)}
NIL = "-"
_ADULTS, _CHILDREN, _OLDER = (16, 59), (0, 15), (60, 90)
_GROWN_SINCE = 0.93


def _poor(level: float, slope: float = 0.5) -> Signal:
    return Signal("economic_growth", level, slope, smooth=0.3, local=0.25)


FAMILIES: dict[str, dict[tuple[int, int], Signal]] = {
    "Income Support": {_CHILDREN: _poor(0.075), _ADULTS: _poor(0.03), _OLDER: _poor(0.001)},
    "Income-based Jobseeker's Allowance": {
        _CHILDREN: _poor(0.04),
        _ADULTS: _poor(0.028),
        _OLDER: _poor(0.002),
    },
    "Income-based Employment and Support Allowance": {
        _CHILDREN: _poor(0.015),
        _ADULTS: _poor(0.02),
        _OLDER: _poor(0.006),
    },
    "Pension Credit (Guarantee)": {
        _CHILDREN: _poor(0.002),
        _ADULTS: _poor(0.003),
        _OLDER: _poor(0.13, 0.4),
    },
    "Tax credits, income below 60 per cent of the median": {
        _CHILDREN: _poor(0.07, 0.4),
        _ADULTS: _poor(0.03, 0.4),
        _OLDER: _poor(0.001),
    },
    "Asylum seekers in receipt of support": {
        _CHILDREN: _poor(0.0015),
        _ADULTS: _poor(0.001),
        _OLDER: _poor(0.0001),
    },
}
"""For each benefit the share of three ages in families on it, where need is average."""
CLAIMANTS = {
    "Jobseeker's Allowance": _poor(0.038),
    "Employment and Support Allowance": _poor(0.035),
    "Incapacity Benefit": _poor(0.016),
    "Severe Disablement Allowance": _poor(0.003),
    "Carer's Allowance": _poor(0.011),
}
"""For each benefit the share of those of working age who claim it, where need is average."""


def write_population(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the mid-2012 population of LSOAs of 2011 by sex and single year of age."""
    write_ages(nation, rng.binomial(nation.ages, _GROWN_SINCE), 2012, file)


def write_ages(nation: Nation, ages: IntArray, year: int, file: Path) -> None:
    """Write residents of LSOAs of 2011 by sex and single year of age, as Nomis lays them out.

    Parameters
    ----------
    nation
        The nation.
    ages : shape (pieces, 2, 91)
        The residents of each piece by sex and single year of age.
    year
        The year of the estimates.
    file
        The file.
    """
    areas = places(nation, "lsoa11")
    by_age = areas.total(ages.reshape(len(ages), -1))
    names = [f"{sex}{age}" for sex in "FM" for age in range(ages.shape[2])]
    codes = {"LSOA11CD": areas.codes, "LSOA11NM": names_of(nation.names["lsoa11"], areas.codes)}
    columns = {"All Ages": by_age.sum(axis=1), **dict(zip(names, by_age.T, strict=True))}
    above = (
        f"Lower layer Super Output Area population estimates, mid-{year}",
        "Residents by sex and single year of age; F90 and M90 are 90 and over.",
        "",
    )
    write_csv(file, counts(codes, columns), above)


def draw_families(nation: Nation, rng: np.random.Generator) -> dict[str, dict[str, IntArray]]:
    """Draw the people of each piece in families on each benefit; none is in two of them.

    Returns
    -------
    dict
        By benefit, then by age group, the number of people in each piece.
    """
    drawn = {
        ages: classes_of(nation, [of[ages] for of in FAMILIES.values()], people(nation, *ages), rng)
        for ages in (_CHILDREN, _ADULTS, _OLDER)
    }
    found = {}
    for place, benefit in enumerate(FAMILIES):
        numbers = {ages: drawn[ages][:, place] for ages in drawn}
        everyone = numbers[_CHILDREN] + numbers[_ADULTS] + numbers[_OLDER]
        parts = (everyone, numbers[_CHILDREN], numbers[_OLDER])
        found[benefit] = dict(zip(AGE_GROUPS, parts, strict=True))
    return found


def write_families(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write who lives in a family on a benefit that depends on income, in August 2012."""
    areas = places(nation, "lsoa11")
    columns = {
        f"{benefit}: {age}": areas.total(number).astype(np.int64)
        for benefit, ages in draw_families(nation, rng).items()
        for age, number in ages.items()
    }
    above = (
        "People in families that depend on benefits for a low income, August 2012",
        "Every family is counted under one benefit only.",
        "Tax credits: HM Revenue and Customs. Asylum support: Home Office, 2012.",
        "",
    )
    write_csv(file, _with_nil(areas.codes, columns), above, ("", f"{NIL} nil or negligible"))


def draw_claimants(nation: Nation, rng: np.random.Generator) -> dict[str, IntArray]:
    """Draw the claimants of each piece, women from 18 to 59 and men to 64, by benefit and quarter.

    What one quarter shows of need the others show too; who claims is drawn for each.
    """
    adults = people(nation, 18, 59, sex=0) + people(nation, 18, 64, sex=1)
    shares = shares_of(nation, list(CLAIMANTS.values()), rng)
    found: dict[str, IntArray] = {}
    for quarter in QUARTERS:
        drawn = rng.multinomial(adults, shares)
        found |= {f"{name}, {quarter}": drawn[:, k] for k, name in enumerate(CLAIMANTS)}
    return found


def write_claimants(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the claimants of benefits for those out of work, in each of four quarters."""
    areas = places(nation, "lsoa11")
    drawn = draw_claimants(nation, rng)
    columns = {name: areas.total(number).astype(np.int64) for name, number in drawn.items()}
    above = (
        "Working-age client group: claimants of benefits for those out of work",
        "Women aged 18 to 59 and men aged 18 to 64, May 2012 to February 2013",
        "Nobody is counted under two benefits in a quarter.",
        "",
    )
    write_csv(file, _with_nil(areas.codes, columns), above, ("", f"{NIL} nil or negligible"))


def _with_nil(codes: pl.Series, columns: dict[str, IntArray]) -> pl.DataFrame:
    """Return a table of counts in which a mark stands for none."""
    shown = {name: marked(pl.Series(n), n == 0, NIL) for name, n in columns.items()}
    return pl.DataFrame({"LSOA code": codes, **shown})


FILES: dict[str, Writer] = {
    "ons/sape_mid2012_lsoa11.csv": write_population,
    "dwp/income_deprivation_families_lsoa11_2012-08.csv": write_families,
    "dwp/working_age_client_group_lsoa11_2012-13.csv": write_claimants,
}
