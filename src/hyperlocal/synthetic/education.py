"""Childcare and schools: Ofsted and the Department for Education."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.synthetic.publishing import counts, marked, names_of, write_csv
from hyperlocal.synthetic.signals import (
    FloatArray,
    IntArray,
    Places,
    Signal,
    events_of,
    moved_share,
    people,
    places,
    shift_of,
    shown,
)
from hyperlocal.synthetic.workbooks import Sheet, write_xlsx

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

CHILDCARE = Signal("opportunity", 0.32, -0.4, smooth=0.2, local=0.15, shared=0.35)
GOOD_SCHOOLS = Signal("opportunity", 0.86, -1.0, smooth=0.1, local=0.0)
PUPILS_PER_SCHOOL = 350
_GENDERS = {"Boys": -0.06, "Girls": 0.06, "Total": 0.0}
_YEARS = {"202122": -0.04, "202223": 0.0}


@dataclass(frozen=True)
class Result:
    """A column of results.

    Parameters
    ----------
    heading
        Its heading.
    signal
        What it shows of need; the level of a score is 0, whatever the signal says.
    decimals
        How many are given.
    is_share
        Whether it is a share of pupils, in per cent, or a mean score.
    mark
        What stands where results are not given.
    """

    heading: str
    signal: Signal
    decimals: int
    is_share: bool
    mark: str

    def draw(self, shift: FloatArray, pupils: IntArray, rng: np.random.Generator) -> FloatArray:
        """Draw the result of districts, each of so many pupils."""
        if self.is_share:
            reached = rng.binomial(pupils, moved_share(self.signal.level, shift))
            value = 100 * reached / np.maximum(pupils, 1)
        else:
            value = shift + rng.standard_normal(len(pupils)) / np.sqrt(np.maximum(pupils, 1))
        return np.round(value, self.decimals)


@dataclass(frozen=True)
class Stage:
    """A table of the Department for Education: pupils at the end of a stage, by district.

    Parameters
    ----------
    age
        The age of the pupils.
    pupils
        The heading of their number.
    results
        The columns of results.
    """

    age: int
    pupils: str
    results: tuple[Result, ...]

    def write(self, nation: Nation, rng: np.random.Generator, file: Path) -> None:
        """Write a row for each year, gender and district, after those of England."""
        districts = places(nation, "ltla23")
        pupils = districts.total(people(nation, self.age, self.age)).astype(np.int64)
        shifts = [
            districts.mean(shown(nation, result.signal, rng), people(nation))
            for result in self.results
        ]
        blocks = []
        for year, earlier in _YEARS.items():
            for gender, apart in _GENDERS.items():
                known = pupils if gender == "Total" else (pupils + (gender == "Boys")) // 2
                drawn = [
                    result.draw(shift + apart + earlier, known, rng)
                    for result, shift in zip(self.results, shifts, strict=True)
                ]
                blocks += self._block(nation, districts, (year, gender), known, drawn)
        write_csv(file, pl.concat(blocks))

    def _block(
        self,
        nation: Nation,
        districts: Places,
        of: tuple[str, str],
        pupils: IntArray,
        drawn: list[FloatArray],
    ) -> list[pl.DataFrame]:
        """Return the row of England and those of districts, of one year and gender."""
        hidden = of_one_lsoa(nation, districts)
        results = {
            result.heading: marked(_text(values, result.decimals), hidden, result.mark)
            for result, values in zip(self.results, drawn, strict=True)
        }
        first = {"time_period": pl.lit(of[0]), "time_identifier": pl.lit("Academic year")}
        order = [*first, "geographic_level", "lad_code", "lad_name", "gender", self.pupils]
        rows = pl.DataFrame(
            {
                "lad_code": districts.codes,
                "lad_name": names_of(nation.names["ltla23"], districts.codes),
                self.pupils: marked(pl.Series(pupils), hidden, "c"),
                **results,
            }
        ).with_columns(
            geographic_level=pl.lit("Local authority district"), gender=pl.lit(of[1]), **first
        )
        england = rows[:1].with_columns(
            lad_code=pl.lit(""),
            lad_name=pl.lit(""),
            geographic_level=pl.lit("National"),
            **{self.pupils: pl.lit(str(pupils.sum()))},
            **{
                result.heading: _text(np.average(values, weights=pupils).reshape(1), 2)
                for result, values in zip(self.results, drawn, strict=True)
            },
        )
        columns = [*order, *results]
        return [england.select(columns), rows.select(columns)]


def of_one_lsoa(nation: Nation, areas: Places) -> NDArray[np.bool_]:
    """Return which areas are so small that they are one LSOA: no results of theirs are given."""
    lsoas = places(nation, "lsoa21").of_piece
    parts = np.unique(np.column_stack([areas.of_piece, lsoas]), axis=0)
    lone: NDArray[np.bool_] = np.bincount(parts[:, 0], minlength=len(areas.codes)) == 1
    return lone


def write_childcare(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the childcare places and the children of LSOAs."""
    areas = places(nation, "lsoa21")
    children = people(nation, 0, 7)
    codes = {"LSOA code": areas.codes, "LSOA name": names_of(nation.names["lsoa21"], areas.codes)}
    columns = {
        "Childcare places": areas.total(events_of(nation, CHILDCARE, children, rng)),
        "Children aged 7 and under": areas.total(children),
    }
    about = (
        "Childcare accessibility by neighbourhood, 2023",
        "Places of registered childcare, and the children who could take them.",
        "Source: Ofsted and Office for National Statistics",
    )
    table = Sheet(
        "Accessibility", (*about, "This sheet holds one table.", ""), counts(codes, columns)
    )
    write_xlsx(file, Sheet("Cover sheet", about), table)


def write_inspections(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write how schools were inspected, by upper-tier authority, with a line for England."""
    areas = places(nation, "utla23")
    schools = np.ceil(areas.total(people(nation, 5, 15)) / PUPILS_PER_SCHOOL).astype(np.int64)
    shift = shift_of(nation, GOOD_SCHOOLS, areas, rng)
    share = rng.binomial(schools, moved_share(GOOD_SCHOOLS.level, shift)) / schools
    hidden = of_one_lsoa(nation, areas)
    columns = {
        "% outstanding": share * 16,
        "% good": share * 84,
        "% good or outstanding": share * 100,
    }
    table = pl.DataFrame(
        {
            "Local authority code": areas.codes,
            "Local authority": names_of(nation.names["utla23"], areas.codes),
            "Schools inspected": marked(pl.Series(schools), hidden, ":"),
            **{name: marked(_text(value, 1), hidden, ":") for name, value in columns.items()},
        }
    )
    england = pl.DataFrame(
        [["E92000001"], ["England"], [str(schools.sum())]]
        + [[str(round(float(np.average(v, weights=schools)), 1))] for v in columns.values()],
        schema=table.schema,
    )
    about = (
        "State-funded schools: most recent inspections, at 31 August 2023",
        "Percentages by local authority",
    )
    notes = Sheet("Cover", (*about, "':' stands for figures that are not given."))
    sheet = Sheet("Local authorities", (*about, "", ""), pl.concat([england, table]))
    write_xlsx(file, notes, sheet)


def _text(values: FloatArray, decimals: int) -> pl.Series:
    """Write numbers with so many decimals."""
    rounded = pl.Series(np.round(values, decimals) + 0.0)
    return (rounded if decimals else rounded.cast(pl.Int64)).cast(pl.String)


KEY_STAGE_2 = Stage(
    10,
    "t_rwm_eligible_pupils",
    (
        Result(
            "pt_rwm_met_expected_standard",
            Signal("opportunity", 0.60, -0.4, smooth=0.1, local=0.0),
            decimals=0,
            is_share=True,
            mark="c",
        ),
    ),
)
KEY_STAGE_4 = Stage(
    15,
    "t_pupils",
    (
        Result(
            "pt_l2basics_95",
            Signal("opportunity", 0.45, -0.4, smooth=0.1, local=0.0),
            decimals=1,
            is_share=True,
            mark="x",
        ),
        Result(
            "avg_p8score",
            Signal("opportunity", 1.0, -0.35, smooth=0.1, local=0.0),
            decimals=2,
            is_share=False,
            mark="z",
        ),
    ),
)

FILES: dict[str, Writer] = {
    "ofsted/childcare_accessibility_lsoa21_2023.xlsx": write_childcare,
    "dfe/ks2_local_authority_district_2223.csv": partial(Stage.write, KEY_STAGE_2),
    "dfe/ks4_local_authority_district_2223.csv": partial(Stage.write, KEY_STAGE_4),
    "ofsted/state_funded_schools_inspections_utla23_2023.xlsx": write_inspections,
}
