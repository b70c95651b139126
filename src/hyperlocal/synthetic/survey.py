"""A national survey of people: their answers, and the kinds of places that they are given by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.synthetic.publishing import write_csv
from hyperlocal.synthetic.signals import (
    FloatArray,
    Places,
    Signal,
    people,
    places,
    share_of,
    shift_of,
    surface,
)

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

ADULTS = 16
"""The youngest who are asked."""
SUPERGROUPS, GROUPS, SUBGROUPS = 8, 3, 3
QUINTILES = 5
FEWEST = 15
"""The fewest respondents of a cell in a year."""
DO_NOT_KNOW = "Don't know"
OWN_TO_CELLS = 0.45
"""How far a cell is from what need alone says, on the logit scale, in each question."""
_SILENT = 0.02
YES, NO = ("Yes",), ("No",)
AGREE = ("Strongly agree", "Tend to agree")
DISAGREE = ("Neither agree nor disagree", "Tend to disagree", "Strongly disagree")


def _community(level: float, slope: float = -0.5) -> Signal:
    return Signal("safe_streets", level, slope, smooth=0.12, local=0.1)


@dataclass(frozen=True)
class Question:
    """A question of the survey.

    Parameters
    ----------
    years
        The years in which it is asked.
    signal
        What the share of those who say yes shows of need.
    yes, no
        The answers.
    """

    years: tuple[str, ...]
    signal: Signal
    yes: tuple[str, ...] = YES
    no: tuple[str, ...] = NO


EARLIER = ("2012-13", "2013-14", "2014-15")
LATER = ("2016-17", "2017-18", "2018-19", "2019-20")
QUESTIONS = {
    "volunteers": Question(("2016-17", "2019-20"), _community(0.28)),
    "can_influence_decisions": Question(("2018-19",), _community(0.20), AGREE, DISAGREE),
    "contacted_councillor": Question(("2014-15", "2016-17", "2018-19"), _community(0.16)),
    "can_take_part_in_decisions": Question(
        ("2017-18", "2019-20"), _community(0.34), AGREE, DISAGREE
    ),
    "people_can_be_trusted": Question(("2016-17",), _community(0.60), AGREE, DISAGREE),
    "belongs_to_area": Question(
        ("2012-13", "2013-14", "2016-17", "2018-19"), _community(0.75), AGREE, DISAGREE
    ),
    "backgrounds_get_on": Question(
        ("2012-13", "2013-14", "2016-17", "2018-19"), _community(0.72), AGREE, DISAGREE
    ),
    "respect_each_other": Question(
        ("2012-13", "2013-14", "2016-17", "2018-19"), _community(0.76), AGREE, DISAGREE
    ),
    "physically_active": Question(("2017-18", "2018-19", "2019-20"), _community(0.59)),
    "visited_art": Question(("2014-15",), _community(0.32)),
    "visited_museum": Question(("2014-15",), _community(0.38)),
    "visited_heritage": Question(("2014-15",), _community(0.55)),
    "lonely": Question(("2016-17", "2019-20"), _community(0.17, 0.55)),
}


@lru_cache(maxsize=1)
def classification(nation: Nation) -> pl.Series:
    """Return the kind of each Output Area of 2011, such as 3b2: by safety, then age, then chance.

    Parameters
    ----------
    nation
        The nation.
    """
    from hyperlocal.synthetic.nation import chance

    rng = chance(nation.seed, "classification")
    areas = places(nation, "oa11")
    alike = shift_of(nation, Signal("safe_streets", 0, 1, smooth=0.1, local=0.1), areas, rng)
    old = areas.total(people(nation, 65)) / np.maximum(areas.total(people(nation)), 1)
    coast = areas.mean(surface(nation, rng), people(nation))
    supergroup = _groups(alike, SUPERGROUPS)
    group, subgroup = _groups(old, GROUPS), _groups(coast, SUBGROUPS)
    table = pl.DataFrame({"one": supergroup + 1, "two": group, "three": subgroup + 1})
    letters = pl.col("two").replace_strict(dict(enumerate("abc")), return_dtype=pl.String)
    return table.select(pl.format("{}{}{}", "one", letters, "three")).to_series()


@lru_cache(maxsize=1)
def quintiles(nation: Nation) -> NDArray[np.int64]:
    """Return the fifth of deprivation of each LSOA of 2011, 1 the most deprived.

    Parameters
    ----------
    nation
        The nation.
    """
    from hyperlocal.synthetic.nation import chance

    areas, rng = places(nation, "lsoa11"), chance(nation.seed, "quintiles")
    signal = Signal("safe_streets", 0, 1, smooth=0.25, local=0.25)
    return _groups(-shift_of(nation, signal, areas, rng), QUINTILES) + 1


def _groups(values: FloatArray, number: int) -> NDArray[np.int64]:
    """Divide areas into groups of as many areas each, from the lowest value up."""
    group = np.empty(len(values), dtype=np.int64)
    group[np.argsort(values, kind="stable")] = np.arange(len(values)) * number // len(values)
    return group


def write_classification(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the kind of each Output Area, and its people."""
    areas = places(nation, "oa11")
    kinds = classification(nation)
    table = pl.DataFrame(
        {
            "OA11CD": areas.codes,
            "OAC supergroup": kinds.str.head(1),
            "OAC group": kinds.str.head(2),
            "OAC subgroup": kinds,
            "Residents": areas.total(people(nation)).astype(np.int64),
        }
    )
    write_csv(file, table)


def write_quintiles(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the authority and the fifth of deprivation of each LSOA, and its people."""
    areas = places(nation, "lsoa11")
    table = pl.DataFrame(
        {
            "LSOA11CD": areas.codes,
            "LTLA23CD": _largest_authority(nation, areas),
            "Deprivation quintile": quintiles(nation),
            "Residents": areas.total(people(nation)).astype(np.int64),
        }
    )
    write_csv(file, table)


def _largest_authority(nation: Nation, areas: Places) -> pl.Series:
    """Return the authority of each area: that of its first piece."""
    first = np.unique(areas.of_piece, return_index=True)[1]
    return nation.pieces["ltla23"].gather(first)


def write_answers(
    nation: Nation, rng: np.random.Generator, file: Path, years: tuple[str, ...], number: int
) -> None:
    """Write the respondents of some years with their weights, their cells and their answers."""
    by_class = years == EARLIER
    areas = places(nation, "oa11" if by_class else "lsoa11")
    if by_class:
        cells = pl.DataFrame({"oac_subgroup": classification(nation)})
    else:
        authority, fifth = _largest_authority(nation, areas), quintiles(nation)
        cells = pl.DataFrame({"authority": authority, "deprivation_quintile": fifth})
    cell = cells.select(pl.struct(pl.all()).rank("dense") - 1).to_series().to_numpy()
    cell_of_piece = cell.astype(np.int64)[areas.of_piece]
    adults = people(nation, ADULTS).astype(float)
    share = {
        name: _own_to_cells(share_of(nation, question.signal, rng), cell_of_piece, rng)
        for name, question in QUESTIONS.items()
        if set(question.years) & set(years)
    }
    tables = []
    for year in years:
        piece, weight = _respondents(adults, cell_of_piece, number, rng)
        columns = {"year": pl.repeat(year, len(piece), eager=True)}
        columns |= cells[areas.of_piece[piece]].to_dict()
        columns["weight"] = pl.Series(np.round(weight, 4))
        for name, own in share.items():
            asked = year in QUESTIONS[name].years
            columns[name] = (
                _answers(QUESTIONS[name], own[piece], rng)
                if asked
                else pl.repeat(None, len(piece), dtype=pl.String, eager=True)
            )
        tables.append(pl.DataFrame(columns))
    write_csv(file, pl.concat(tables))


def _own_to_cells(
    share: FloatArray, cell: NDArray[np.int64], rng: np.random.Generator
) -> FloatArray:
    """Move the share of yes in all pieces of a cell alike: no two questions tell quite the same."""
    odds = share / (1 - share) * np.exp(OWN_TO_CELLS * rng.standard_normal(cell.max() + 1))[cell]
    moved: FloatArray = odds / (1 + odds)
    return moved


def _respondents(
    adults: FloatArray, cell: NDArray[np.int64], number: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], FloatArray]:
    """Draw respondents: by the adults of each cell, but some from every cell; with weights."""
    in_cell = np.bincount(cell, adults)
    wanted = np.where(in_cell > 0, np.maximum(number * in_cell / in_cell.sum(), FEWEST), 0)
    chance = np.cumsum((wanted / np.maximum(in_cell, 1))[cell] * adults)
    piece = np.searchsorted(chance, rng.random(round(chance[-1])) * chance[-1])
    weight = (in_cell / np.maximum(wanted, 1e-9))[cell[piece]]
    return piece, weight / weight.mean() * np.exp(0.2 * rng.standard_normal(len(piece)))


def _answers(question: Question, share: FloatArray, rng: np.random.Generator) -> pl.Series:
    """Draw an answer for each respondent from the share of yes where they live."""
    yes = rng.random(len(share)) < share
    answers = [*question.yes, *question.no, DO_NOT_KNOW]
    code = np.where(
        yes,
        rng.integers(0, len(question.yes), len(share)),
        len(question.yes) + rng.integers(0, len(question.no), len(share)),
    )
    code[rng.random(len(share)) < _SILENT] = len(answers) - 1
    return pl.Series(answers).gather(code)


FILES: dict[str, Writer] = {
    "survey/output_area_classification_2011.csv": write_classification,
    "survey/deprivation_quintiles_lsoa11.csv": write_quintiles,
    "survey/national_survey_2012-15.csv": partial(write_answers, years=EARLIER, number=14_000),
    "survey/national_survey_2016-20.csv": partial(write_answers, years=LATER, number=11_500),
}
