"""The censuses of 2011 and 2021, as Nomis gives their tables out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.publishing import counts, names_of, write_csv
from hyperlocal.synthetic.signals import (
    FloatArray,
    IntArray,
    Numbers,
    Signal,
    classes_of,
    people,
    places,
    shares_of,
)

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer


@dataclass(frozen=True)
class Topic:
    """A table of Census 2021: residents from an age up, divided into classes.

    Parameters
    ----------
    name
        What the headings begin with.
    total
        The heading of all residents.
    youngest
        The first year of age.
    classes
        The signal of each class; one has none and takes the residents that are left.
    sums
        Headings of several classes together, each with those classes.
    """

    name: str
    total: str
    youngest: int
    classes: dict[str, Signal | None]
    sums: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def draw(self, nation: Nation, rng: np.random.Generator) -> dict[str, IntArray]:
        """Draw the residents of each piece by class."""
        signals, names = self._signals()
        drawn = classes_of(nation, signals, people(nation, self.youngest), rng)
        numbers = dict(zip(names, drawn.T, strict=True))
        return {name: numbers[name] for name in self.classes}

    def shares(self, nation: Nation, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Return the true shares of the classes in each piece, from the chance of the file."""
        signals, names = self._signals()
        return dict(zip(names, shares_of(nation, signals, rng).T, strict=True))

    def _signals(self) -> tuple[list[Signal], list[str]]:
        """Return the signals in their order, and the classes in that of what is drawn."""
        signals = {name: signal for name, signal in self.classes.items() if signal is not None}
        (rest,) = self.classes.keys() - signals.keys()
        return list(signals.values()), [*signals, rest]

    def write(self, nation: Nation, rng: np.random.Generator, file: Path) -> None:
        """Write the table by Output Areas of 2021."""
        drawn = self.draw(nation, rng)
        columns: dict[str, Numbers] = {self.total: people(nation, self.youngest)}
        for name, parts in self.sums.items():
            columns[name] = np.sum([drawn[part] for part in parts], axis=0)
        columns |= drawn
        write_table(
            nation,
            "oa21",
            {f"{self.name}: {name}": numbers for name, numbers in columns.items()},
            file,
        )


def write_table(nation: Nation, geography: str, columns: Mapping[str, Numbers], file: Path) -> None:
    """Write numbers of pieces by area, with the first columns that Nomis gives a census table.

    Parameters
    ----------
    nation
        The nation.
    geography
        The areas, with the year of the census as their vintage.
    columns
        The numbers of each piece, by their headings.
    file
        The file.
    """
    areas = places(nation, geography)
    named = areas.codes  # Output Areas have no names
    if geography in nation.names:
        named = names_of(nation.names[geography], areas.codes)
    year = pl.Series([f"20{geography[-2:]}"] * len(named), dtype=pl.String)
    first = {"date": year, "geography": named, "geography code": areas.codes}
    write_csv(file, counts(first, {name: areas.total(values) for name, values in columns.items()}))


def _jobs(level: float, slope: float) -> Signal:
    return Signal("economic_growth", level, slope)


def _health(level: float, slope: float) -> Signal:
    return Signal("health", level, slope, smooth=0.3, local=0.25)


_DISABLED = "Disabled under the Equality Act"
LIMITED = {
    f"{_DISABLED}: Day-to-day activities limited a lot": _health(0.073, 0.35),
    f"{_DISABLED}: Day-to-day activities limited a little": _health(0.100, 0.2),
}
_OTHERS = {
    "Not disabled under the Equality Act": None,
}

HEALTH = Topic(
    "General health",
    "Total: All usual residents",
    0,
    {
        "Very good health": None,
        "Good health": _health(0.335, 0.05),
        "Fair health": _health(0.127, 0.2),
        "Bad health": _health(0.041, 0.4),
        "Very bad health": _health(0.012, 0.45),
    },
)
DISABILITY = Topic(
    "Disability",
    "Total: All usual residents",
    0,
    {**LIMITED, **_OTHERS},
    {_DISABLED: tuple(LIMITED)},
)
OCCUPATIONS = Topic(
    "National Statistics Socio-economic Classification (NS-SEC)",
    "Total: All usual residents aged 16 years and over",
    16,
    {
        "L1, L2 and L3: Higher managerial, administrative and professional occupations": _jobs(
            0.131, -0.4
        ),
        "L4, L5 and L6: Lower managerial, administrative and professional occupations": _jobs(
            0.199, -0.2
        ),
        "L7: Intermediate occupations": None,
        "L8 and L9: Small employers and own account workers": _jobs(0.106, -0.1),
        "L10 and L11: Lower supervisory and technical occupations": _jobs(0.053, 0.1),
        "L12: Semi-routine occupations": _jobs(0.113, 0.2),
        "L13: Routine occupations": _jobs(0.120, 0.25),
        "L14.1 and L14.2: Never worked and long-term unemployed": _jobs(0.085, 0.4),
        "L15: Full-time students": _jobs(0.077, 0.0),
    },
)
QUALIFICATIONS = Topic(
    "Highest level of qualification",
    "Total: All usual residents aged 16 years and over",
    16,
    {
        "No qualifications": _jobs(0.181, 0.4),
        "Level 1 and entry level qualifications": _jobs(0.097, 0.15),
        "Level 2 qualifications": None,
        "Apprenticeship": _jobs(0.053, 0.05),
        "Level 3 qualifications": _jobs(0.169, -0.2),
        "Level 4 qualifications and above": _jobs(0.339, -0.35),
        "Other qualifications": _jobs(0.028, 0.1),
    },
)


def write_households(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the number of households (TS041) by LSOA of 2021."""
    households = nation.pieces["households"].to_numpy()
    write_table(nation, "lsoa21", {"Number of households": households}, file)


def write_residents_2011(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the usual residents (KS101EW) by Output Area of 2011: fewer than there are now."""
    residents = rng.binomial(people(nation), 0.94)
    communal = rng.binomial(residents, 0.018)
    columns = {
        "All usual residents": residents,
        "Lives in a household": residents - communal,
        "Lives in a communal establishment": communal,
    }
    headings = {f"Variable: {name}; measures: Value": values for name, values in columns.items()}
    write_table(nation, "oa11", headings, file)


FILES: dict[str, Writer] = {
    "nomis/census2011_ks101ew_oa11.csv": write_residents_2011,
    "nomis/census2021-ts041-lsoa.csv": write_households,
    "nomis/census2021-ts037-oa.csv": partial(Topic.write, HEALTH),
    "nomis/census2021-ts038-oa.csv": partial(Topic.write, DISABILITY),
    "nomis/census2021-ts062-oa.csv": partial(Topic.write, OCCUPATIONS),
    "nomis/census2021-ts067-oa.csv": partial(Topic.write, QUALIFICATIONS),
}
