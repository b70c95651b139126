"""Schools: the outcomes of pupils by postcode, absenteeism and what became of school leavers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.synthetic.addresses import postcodes_of
from hyperlocal.synthetic.publishing import counts, write_csv
from hyperlocal.synthetic.signals import (
    FloatArray,
    IntArray,
    Places,
    Signal,
    people,
    places,
    share_of,
    shown,
)

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

YEARS = ("2015/16", "2016/17", "2017/18")
LEAVING_YEARS = ("2011/12", "2012/13", "2013/14", "2014/15")
EARLIER_YEARS = ("2010/11", "2011/12", "2012/13")
OF_THE_PUPIL, OF_THE_SUBJECT = 0.75, 0.45
"""How far pupils differ, and the subjects of one of them, where areas differ by 0.5."""
IN_WELSH = 0.22
"""Share of the pupils who are assessed in Welsh as a first language too."""
IN_ENGLAND = 0.03
"""Share of the pupils at Key Stage 4 who have grades from 9 to 1."""
NO_POSTCODE = 0.0005


def _learning(level: float, slope: float) -> Signal:
    return Signal("opportunity", level, slope, smooth=0.2, local=0.2)


ABSENTEEISM = _learning(0.045, 0.45)
HIGHER_EDUCATION = _learning(0.33, -0.5)


@dataclass(frozen=True)
class Assessment:
    """A table of pupils with the outcome of each in several subjects.

    Parameters
    ----------
    age
        Their age.
    subjects
        The columns of subjects that all pupils take.
    languages
        Those of English, which all take as well, and of Welsh.
    outcomes
        The outcomes from the lowest, each with the share of pupils who reach no more.
    others
        The outcomes of pupils who are assessed in England, where they are others.
    """

    age: int
    subjects: tuple[str, ...]
    languages: tuple[str, str]
    outcomes: Mapping[str, float]
    others: Mapping[str, float] | None = None

    def write(self, nation: Nation, rng: np.random.Generator, file: Path) -> None:
        """Write a row for each pupil of three years, in no order."""
        number = np.tile(people(nation, self.age, self.age), len(YEARS))
        piece = np.tile(np.arange(nation.pieces.height), len(YEARS))
        year = np.repeat(YEARS, nation.pieces.height)
        rows = rng.permutation(np.repeat(np.arange(len(number)), number))
        of_area = shown(nation, _learning(1.0, -0.5), rng)[piece[rows]]
        ability = of_area + OF_THE_PUPIL * rng.standard_normal(len(rows))
        elsewhere = rng.random(len(rows)) < (IN_ENGLAND if self.others else 0)
        columns = {
            subject: self._outcomes(ability, elsewhere, rng)
            for subject in (*self.subjects, *self.languages)
        }
        table = pl.DataFrame(
            {
                "academic_year": year[rows],
                "postcode": postcodes_of(nation, piece[rows], rng),
                **columns,
            }
        )
        welsh = self.languages[1]
        without, nowhere = rng.random((2, len(rows))) < [[1 - IN_WELSH], [NO_POSTCODE]]
        table = table.with_columns(
            pl.when(pl.Series(~without & ~elsewhere)).then(welsh).alias(welsh),
            pl.when(pl.Series(~nowhere)).then("postcode").alias("postcode"),
        )
        table.write_parquet(file)

    def _outcomes(
        self, ability: FloatArray, elsewhere: NDArray[np.bool_], rng: np.random.Generator
    ) -> pl.Series:
        """Draw the outcome of each pupil in a subject."""
        level = ability + OF_THE_SUBJECT * rng.standard_normal(len(ability))
        rank = level / np.sqrt(0.5**2 + OF_THE_PUPIL**2 + OF_THE_SUBJECT**2)
        reached = _reached(rank, self.outcomes)
        if self.others is None:
            return reached
        return reached.zip_with(pl.Series(~elsewhere), _reached(rank, self.others))


def _reached(rank: FloatArray, outcomes: Mapping[str, float]) -> pl.Series:
    """Return the outcome of each pupil by where they stand, standard normal over all."""
    from scipy.special import ndtri

    limits = ndtri(np.array(list(outcomes.values())[:-1]))
    names = pl.Series(list(outcomes))
    return names.gather(np.searchsorted(limits, rank))


def _levels(name: str, shares: Mapping[int, float]) -> dict[str, float]:
    return {f"{name} {level}": share for level, share in shares.items()}


FOUNDATION_PHASE = Assessment(
    6,
    ("mathematical_development", "personal_and_social_development"),
    ("language_english", "language_welsh"),
    {
        "Disapplied": 0.002,
        "Absent": 0.003,
        "Not awarded": 0.005,
        "Working towards FP outcomes": 0.007,
        "Foundation Phase Outcome Bronze": 0.009,
        "Foundation Phase Outcome Silver": 0.011,
        "Foundation Phase Outcome Gold": 0.014,
        **_levels("Foundation Phase Outcome", {1: 0.02, 2: 0.035, 3: 0.08, 4: 0.16, 5: 0.63}),
        "Foundation Phase Outcome 6": 0.995,
        "Performance Above Foundation Phase Outcome 6": 1.0,
    },
)
KEY_STAGE_2 = Assessment(
    10,
    ("mathematics", "science"),
    ("english", "welsh"),
    {
        "Disapplied": 0.003,
        "Absent": 0.005,
        "Level N": 0.006,
        **_levels("National Curriculum Outcome", {1: 0.008, 2: 0.010, 3: 0.014}),
        **_levels(
            "National Curriculum Level",
            {1: 0.018, 2: 0.035, 3: 0.12, 4: 0.56, 5: 0.985, 6: 0.9995, 7: 0.9998, 8: 0.9999},
        ),
        "Exceptional Performance": 1.0,
    },
)
KEY_STAGE_4 = Assessment(
    15,
    ("mathematics", "science"),
    ("english", "welsh"),
    dict(zip("UGFEDCBA", (0.015, 0.035, 0.08, 0.17, 0.36, 0.66, 0.83, 0.94), strict=True))
    | {"A*": 1.0},
    dict(zip("123456789", (0.05, 0.13, 0.3, 0.5, 0.68, 0.82, 0.91, 0.97, 1.0), strict=True)),
)


def _by_year(
    nation: Nation,
    rng: np.random.Generator,
    signal: Signal,
    among: IntArray,
    years: tuple[str, ...],
    headings: tuple[str, str],
) -> tuple[Places, dict[str, FloatArray]]:
    """Draw how many are counted in each year, with the same true shares, and among how many."""
    areas, share = places(nation, "lsoa11"), share_of(nation, signal, rng)
    columns: dict[str, FloatArray] = {}
    for year in years:
        number = rng.binomial(among, 0.98)
        columns[f"{headings[0]} {year}"] = areas.total(rng.binomial(number, share))
        columns[f"{headings[1]} {year}"] = areas.total(number)
    return areas, columns


def write_absenteeism(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the pupils who missed more than 15 per cent of the sessions, by LSOA of 2011."""
    headings = ("Missed more than 15%", "Pupils")
    pupils = people(nation, 5, 15)
    areas, columns = _by_year(nation, rng, ABSENTEEISM, pupils, YEARS, headings)
    above = ("Repeat absenteeism: pupils of statutory school age in maintained schools", "")
    write_csv(file, counts({"LSOA code": areas.codes}, columns), above)


def write_leavers(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write who left Key Stage 4 and who of them entered higher education, by LSOA of 2011."""
    headings = ("Entered higher education", "Key Stage 4 leavers")
    leavers = people(nation, 15, 15)
    areas, columns = _by_year(nation, rng, HIGHER_EDUCATION, leavers, LEAVING_YEARS, headings)
    above = ("Key Stage 4 leavers who entered higher education within three years", "")
    write_csv(file, counts({"LSOA code": areas.codes}, columns), above)


def write_points(
    nation: Nation, rng: np.random.Generator, file: Path, *, age: int, mean: float, spread: float
) -> None:
    """Write the points of all pupils of a stage in England, by LSOA of 2011 and year.

    Parameters
    ----------
    nation, rng, file
        The nation, the source of chance, and the file.
    age
        The age of the pupils.
    mean
        The points of one pupil where need is average.
    spread
        The standard deviation between pupils; areas differ by a third of it.
    """
    areas = places(nation, "lsoa11")
    pupils = people(nation, age, age)
    level = mean + spread * shown(nation, _learning(1.0, -0.35), rng)
    points: dict[str, FloatArray] = {}
    number: dict[str, FloatArray] = {}
    for year in EARLIER_YEARS:
        took = rng.binomial(pupils, 0.97)
        total = took * level + spread * np.sqrt(took) * rng.standard_normal(len(took))
        points[f"Points {year}"] = areas.total(np.maximum(total, 0))
        number[f"Pupils {year}"] = areas.total(took)
    write_csv(file, counts({"LSOA code": areas.codes}, {**points, **number}))


FILES: dict[str, Writer] = {
    "welsh_government/foundation_phase_pupils_2016-2018.parquet": partial(
        Assessment.write, FOUNDATION_PHASE
    ),
    "welsh_government/key_stage_2_pupils_2016-2018.parquet": partial(Assessment.write, KEY_STAGE_2),
    "welsh_government/key_stage_4_pupils_2016-2018.parquet": partial(Assessment.write, KEY_STAGE_4),
    "welsh_government/repeat_absenteeism_lsoa11_2015-2018.csv": write_absenteeism,
    "welsh_government/key_stage_4_leavers_lsoa11_2011-2015.csv": write_leavers,
    "dfe/key_stage_2_points_lsoa11_2010-2013.csv": partial(
        write_points, age=10, mean=27.5, spread=5.0
    ),
    "dfe/key_stage_4_points_lsoa11_2010-2013.csv": partial(
        write_points, age=15, mean=335.0, spread=75.0
    ),
}
