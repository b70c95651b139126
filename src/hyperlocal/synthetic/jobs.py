"""Jobs by industry: the Business Register and Employment Survey, as Nomis gives it out."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.publishing import names_of, write_csv
from hyperlocal.synthetic.signals import (
    FloatArray,
    IntArray,
    Places,
    Signal,
    mean_of,
    moved_share,
    people,
    places,
    shift_of,
)

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

JOBS = Signal("economic_growth", 0.6, -0.55, smooth=0.5, local=1.0)
HIGH_GROWTH = Signal("economic_growth", 0.2, -0.45, smooth=0.35, local=0.4)
_ROUNDED_TO = 5
_OTHERS = {
    "01500": "Mixed farming",
    "10710": "Manufacture of bread",
    "13920": "Manufacture of made-up textile articles",
    "16230": "Manufacture of builders' carpentry",
    "18129": "Printing",
    "22230": "Manufacture of builders' ware of plastic",
    "25110": "Manufacture of metal structures",
    "25620": "Machining",
    "31090": "Manufacture of furniture",
    "38110": "Collection of waste",
    "41202": "Construction of domestic buildings",
    "43210": "Electrical installation",
    "43220": "Plumbing and heating",
    "43390": "Building completion",
    "45112": "Sale of used cars",
    "45200": "Repair of motor vehicles",
    "46390": "Wholesale of food",
    "46900": "Wholesale trade",
    "47110": "Supermarkets and food shops",
    "47190": "Other shops",
    "47710": "Clothing shops",
    "47730": "Chemists",
    "49410": "Freight by road",
    "52103": "Warehousing",
    "53100": "Postal activities",
    "53201": "Couriers",
    "55100": "Hotels",
    "56101": "Restaurants",
    "56103": "Take-away food shops",
    "56302": "Public houses and bars",
    "68209": "Letting of real estate",
    "68310": "Estate agencies",
    "81210": "Cleaning of buildings",
    "84110": "General public administration",
    "84240": "Public order and safety",
    "85100": "Pre-primary education",
    "85200": "Primary education",
    "85310": "Secondary education",
    "86101": "Hospitals",
    "86210": "General practices",
    "87300": "Residential care",
    "88910": "Child day-care",
    "96020": "Hairdressing",
}


def draw_jobs(
    nation: Nation, areas: Places, rng: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    """Return the jobs expected in each area for every adult of working age, and draw the jobs."""
    expected = mean_of(nation, JOBS, areas, rng, error=0.4)
    return expected, rng.poisson(areas.total(people(nation, 16, 64)) * expected)


def high_growth_share(nation: Nation, areas: Places, rng: np.random.Generator) -> FloatArray:
    """Return the true share of the jobs of each area that are in industries of high growth."""
    return moved_share(HIGH_GROWTH.level, shift_of(nation, HIGH_GROWTH, areas, rng))


def write_employees(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write a row for each industry of each LSOA of 2011, without those of nothing."""
    areas = places(nation, "lsoa11")
    _, jobs = draw_jobs(nation, areas, rng)
    high = rng.binomial(jobs, high_growth_share(nation, areas, rng))
    rows = pl.concat(
        [
            _by_industry(high, high_growth_industries(), 9, rng),
            _by_industry(jobs - high, _OTHERS, 19, rng),
        ]
    ).sort("area", "INDUSTRY_CODE")
    names = names_of(nation.names["lsoa11"], areas.codes)
    table = rows.select(
        DATE=pl.lit("2023"),
        GEOGRAPHY_CODE=areas.codes.gather(rows["area"]),
        GEOGRAPHY_NAME=names.gather(rows["area"]),
        INDUSTRY_CODE="INDUSTRY_CODE",
        INDUSTRY_NAME="INDUSTRY_NAME",
        EMPLOYMENT_STATUS_NAME=pl.lit("Employees"),
        OBS_VALUE="OBS_VALUE",
    )
    write_csv(file, table)


def high_growth_industries() -> dict[str, str]:
    """Return the industries of the definition's list of high growth, by their codes."""
    lists = files("hyperlocal.catalogue") / "lists"
    text = (lists / "high_growth_industries_sic2007.csv").read_bytes()
    table = pl.read_csv(text, infer_schema=False)
    return dict(zip(table["code"], table["industry"], strict=True))


def _by_industry(
    jobs: IntArray, industries: dict[str, str], most: int, rng: np.random.Generator
) -> pl.DataFrame:
    """Divide the jobs of each area among some industries, and round them."""
    number, known = len(jobs), len(industries)
    first = rng.integers(0, known, (number, 1))
    step = rng.choice([step for step in range(1, known) if np.gcd(step, known) == 1], (number, 1))
    industry = (first + step * np.arange(most)) % known  # no industry twice in an area
    share: FloatArray = rng.standard_exponential((number, most)) ** 2
    divided = rng.multinomial(jobs, share / share.sum(axis=1, keepdims=True))
    rounded = _ROUNDED_TO * np.rint(divided / _ROUNDED_TO).astype(np.int64)
    area, place = np.nonzero(rounded)
    chosen = pl.Series(industry[area, place])
    return pl.DataFrame(
        {
            "area": area,
            "INDUSTRY_CODE": pl.Series(list(industries)).gather(chosen),
            "INDUSTRY_NAME": pl.Series(list(industries.values())).gather(chosen),
            "OBS_VALUE": rounded[area, place],
        }
    )


FILES: dict[str, Writer] = {"nomis/bres_lsoa11_2023.csv": write_employees}
