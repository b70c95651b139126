"""The Office for National Statistics: populations, incomes, value added, digital propensity."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.publishing import counts, names_of, write_csv
from hyperlocal.synthetic.signals import Signal, count_of, mean_of, people, places
from hyperlocal.synthetic.workbooks import Sheet, write_xlsx

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

YEARS = (2012, 2017, 2022)
INCOME = Signal("economic_growth", 26_000, -0.14, smooth=0.3, local=0.0)
VALUE_ADDED = Signal("economic_growth", 22_000, -0.55, smooth=0.5, local=0.9)
GROWTH = Signal("economic_growth", 1.32, -0.08, smooth=0.4, local=0.5)
ONLINE = Signal("economic_growth", 0.89, -0.4, smooth=0.35, local=0.3)
_PERCENTILES = {10: 0.55, 25: 0.73, 50: 1.0, 75: 1.38, 90: 1.82}


def write_population(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the mid-2022 population of LSOAs by sex and single year of age."""
    areas = places(nation, "lsoa21")
    ages = nation.ages.reshape(nation.pieces.height, -1)
    names = [f"{sex}{age}" for sex in "FM" for age in range(nation.ages.shape[2])]
    columns = {"Total": areas.total(people(nation))}
    columns |= dict(zip(names, areas.total(ages).T, strict=True))
    codes = {
        "LSOA 2021 Code": areas.codes,
        "LSOA 2021 Name": names_of(nation.names["lsoa21"], areas.codes),
    }
    above = (
        "Population estimates for Lower layer Super Output Areas, mid-2022",
        "Residents by sex and single year of age; F90 and M90 are 90 and over.",
        "",
    )
    write_csv(file, counts(codes, columns), above)


def write_population_2011(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the populations of mid-2012 and mid-2020 of LSOAs of 2011, as Nomis gives them out."""
    areas = places(nation, "lsoa11")
    residents = {
        year: areas.total(rng.binomial(people(nation), share))
        for year, share in (("2012", 0.93), ("2020", 0.99))
    }
    names = names_of(nation.names["lsoa11"], areas.codes)
    codes = {"2011 super output area - lower layer": names, "mnemonic": areas.codes}
    above = (
        "Population estimates - small area based",
        "",
        "measure: Total",
        "age: All ages",
        "gender: Total",
        "",
    )
    below = ("", "Estimates are for the middle of the year.")
    write_csv(file, counts(codes, residents), above, below)


def write_income(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write percentiles of household income by MSOA of 2011."""
    areas = places(nation, "msoa11")
    median = mean_of(nation, INCOME, areas, rng, error=0.03)
    occupied = rng.binomial(nation.pieces["households"].to_numpy(), 0.9)
    columns = {"Occupied addresses": areas.total(occupied)}
    for percentile, ratio in _PERCENTILES.items():
        columns[f"{percentile}th percentile"] = np.round(median * ratio, -2)
    codes = {
        "MSOA code": areas.codes,
        "MSOA name": names_of(nation.names["msoa11"], areas.codes),
    }
    about = (
        "Income from Pay As You Earn and benefits, tax year ending 2016",
        "Net, equivalised, in £ a year, by household.",
        "Official statistics in development.",
    )
    below = ("", "Incomes are rounded to the nearest £100.")
    sheet = Sheet("Net equivalised income", (*about, ""), counts(codes, columns), below)
    write_xlsx(file, Sheet("Cover sheet", about), sheet)


def write_value_added(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the gross value added of LSOAs of 2011, in £ million, in some years."""
    areas = places(nation, "lsoa11")
    residents = areas.total(people(nation))
    after = mean_of(nation, VALUE_ADDED, areas, rng, error=0.3) * residents
    growth = mean_of(nation, GROWTH, areas, rng, error=0.08) / 0.93
    share = (np.array(YEARS) - YEARS[0]) / (YEARS[-1] - YEARS[0])
    values = np.round(after[:, None] / 1e6 * growth[:, None] ** (share - 1), 2)
    columns = {str(year): values[:, place] for place, year in enumerate(YEARS)}
    table = pl.DataFrame(
        {
            "LSOA code": areas.codes,
            "LSOA name": names_of(nation.names["lsoa11"], areas.codes),
            **columns,
        }
    )
    about = (
        "Small area gross value added estimates, 2012, 2017 and 2022",
        "Gross value added (balanced) in current prices, £ million.",
    )
    write_xlsx(file, Sheet("Cover sheet", about), Sheet("Table 1", (*about, ""), table))


def write_digital_propensity(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the share of households that answered the census online, by LSOA."""
    areas = places(nation, "lsoa21")
    households = nation.pieces["households"].to_numpy()
    online = areas.total(count_of(nation, ONLINE, households, rng))
    table = pl.DataFrame(
        {
            "LSOA code": areas.codes,
            "LSOA name": names_of(nation.names["lsoa21"], areas.codes),
            "Digital propensity score": np.round(100 * online / areas.total(households), 1),
        }
    )
    about = ("Digital Propensity Index, Census 2021", "Online share of the returned forms, in %.")
    write_xlsx(file, Sheet("Notes", about), Sheet("DPI", (*about, ""), table))


FILES: dict[str, Writer] = {
    "ons/sapelsoasyoa_mid2022_lsoa21.csv": write_population,
    "nomis/population_estimates_lsoa11.csv": write_population_2011,
    "ons/admin_based_income_msoa11_2016.xlsx": write_income,
    "ons/small_area_gva_lsoa11_2022.xlsx": write_value_added,
    "ons/digital_propensity_index_lsoa21.xlsx": write_digital_propensity,
}
