"""The Department for Work and Pensions: tables of claimants as Stat-Xplore gives them out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.publishing import marked, write_csv
from hyperlocal.synthetic.signals import (
    FloatArray,
    IntArray,
    Signal,
    classes_of,
    people,
    places,
    shares_of,
)

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

CODES = "National - Regional - LA - OAs"
NIL, NOT_AVAILABLE = "-", ".."
_NOT_AVAILABLE_SHARE = 0.0005


@dataclass(frozen=True)
class Benefit:
    """A table of claimants.

    Parameters
    ----------
    title
        What is counted.
    month
        The month of the counts.
    geography
        The areas they are given for.
    ages
        The first and the last year of age of those who can claim.
    columns
        A signal for each column; they divide those who can claim, with the others left over.
    """

    title: str
    month: str
    geography: str
    ages: tuple[int, int]
    columns: dict[str, Signal]

    def draw(self, nation: Nation, rng: np.random.Generator) -> IntArray:
        """Draw the claimants of each piece, shape (pieces, columns)."""
        among = people(nation, *self.ages)
        return classes_of(nation, list(self.columns.values()), among, rng)[:, :-1]

    def expected(self, nation: Nation, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Return the claimants of each piece that are expected, from the chance of the file."""
        shares = shares_of(nation, list(self.columns.values()), rng)[:, :-1]
        numbers = people(nation, *self.ages)[:, None] * shares
        return dict(zip(self.columns, numbers.T, strict=True))

    def write(self, nation: Nation, rng: np.random.Generator, file: Path) -> None:
        """Write the table with what Stat-Xplore puts above and below it."""
        areas = places(nation, self.geography)
        claimants = areas.total(self.draw(nation, rng))
        perturbed = perturb(claimants.astype(np.int64), rng)
        columns = {
            name: as_shown(perturbed[:, number], rng) for number, name in enumerate(self.columns)
        }
        table = pl.DataFrame({CODES: areas.codes, **columns})
        total = {CODES: "Total", **dict(zip(self.columns, map(str, perturbed.sum(0)), strict=True))}
        above = (self.title, f"{CODES} by Month", f"Counting: {self.title}", "", "Filters:")
        below = (
            "",
            f"{NIL} nil or negligible",
            f"{NOT_AVAILABLE} not available",
            "Counts are adjusted at random, so that nobody can be recognised.",
        )
        whole = pl.concat([table, pl.DataFrame(total)])
        write_csv(file, whole, (*above, f"Month: {self.month}", ""), below)


def perturb(claimants: IntArray, rng: np.random.Generator) -> IntArray:
    """Adjust counts by one at most, up as often as down; nothing stays nothing."""
    moved = claimants + rng.integers(-1, 2, claimants.shape)
    return np.where(claimants > 1, moved, claimants)


def as_shown(claimants: IntArray, rng: np.random.Generator) -> pl.Series:
    """Write counts with the marks of the publisher."""
    shown = marked(pl.Series(claimants), claimants == 0, NIL)
    return marked(shown, rng.random(len(claimants)) < _NOT_AVAILABLE_SHARE, NOT_AVAILABLE)


def _work(level: float, slope: float = 0.45) -> Signal:
    return Signal("economic_growth", level, slope, smooth=0.3, local=0.25)


def _illness(level: float, slope: float = 0.35) -> Signal:
    return Signal("health", level, slope, smooth=0.35, local=0.3)


_CHILDREN = Signal("opportunity", 0.19, 0.5, smooth=0.15, local=0.12, shared=0.35)

BENEFITS = {
    "people_on_universal_credit_oa21_2024-09": Benefit(
        "People on Universal Credit",
        "September 2024",
        "oa21",
        (16, 64),
        {
            "Searching for work": _work(0.036),
            "Planning for work": _work(0.004),
            "Preparing for work": _work(0.010),
            "Working - with requirements": _work(0.030, 0.3),
            "No work requirements": _work(0.055),
            "Working - no requirements": _work(0.020, 0.3),
        },
    ),
    "incapacity_benefit_lsoa11_2024-02": Benefit(
        "Incapacity Benefit and Severe Disablement Allowance",
        "February 2024",
        "lsoa11",
        (35, 64),
        {"Incapacity Benefit": _work(0.0006), "Severe Disablement Allowance": _work(0.0004)},
    ),
    "income_support_lsoa11_2024-02": Benefit(
        "Income Support", "February 2024", "lsoa11", (16, 64), {"Income Support": _work(0.004)}
    ),
    "carers_allowance_lsoa11_2024-02": Benefit(
        "Carer's Allowance",
        "February 2024",
        "lsoa11",
        (16, 64),
        {"Carer's Allowance": _work(0.015)},
    ),
    "jobseekers_allowance_lsoa11_2024-09": Benefit(
        "Jobseeker's Allowance",
        "September 2024",
        "lsoa11",
        (18, 64),
        {"Jobseeker's Allowance": _work(0.0025)},
    ),
    "disability_living_allowance_lsoa11_2024-02": Benefit(
        "Disability Living Allowance (cases in payment)",
        "February 2024",
        "lsoa11",
        (0, 90),
        {"Disability Living Allowance": _illness(0.015)},
    ),
    "personal_independence_payment_oa21_2024-07": Benefit(
        "Personal Independence Payment (claims in payment)",
        "July 2024",
        "oa21",
        (16, 64),
        {"Personal Independence Payment": _illness(0.075, 0.45)},
    ),
    "attendance_allowance_lsoa11_2024-02": Benefit(
        "Attendance Allowance (cases in payment)",
        "February 2024",
        "lsoa11",
        (65, 90),
        {"Attendance Allowance": _illness(0.12, 0.2)},
    ),
    "children_in_low_income_families_oa21_2023": Benefit(
        "Children in low income families",
        "2023",
        "oa21",
        (0, 19),
        {"Relative low income": _CHILDREN},
    ),
}


def _writer(benefit: Benefit) -> Writer:
    return partial(Benefit.write, benefit)


FILES: dict[str, Writer] = {
    f"dwp/{name}.csv": _writer(benefit) for name, benefit in BENEFITS.items()
}
