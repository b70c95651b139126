"""The rows of a table lined up with the areas of the index; what does not fit is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.inputs import Input
from hyperlocal.errors import Problem
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.cells import SHOWN
from hyperlocal.pipeline.tables import Table

ABSENT = -1
MOST = 0.9


@dataclass
class InputRecord:
    """What was read of one input, for the provenance."""

    file: str
    sha256: str
    rows_read: int
    rows_used: int = 0
    rows_dropped: dict[str, int] = field(default_factory=dict)
    areas_without_row: int = 0
    codes_trimmed: int = 0
    conversion: list[str] = field(default_factory=list)
    totals: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """The areas that the rows of a table are looked up for.

    Parameters
    ----------
    codes
        Their codes, sorted.
    excluded
        The codes of areas that are left out.
    name
        What they are, as messages call them.
    needed
        Which of them cannot do without a row; all where None.
    """

    codes: pl.Series
    excluded: pl.Series
    name: str = "the index"
    needed: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Alignment:
    """Which row of a table belongs to which area.

    Parameters
    ----------
    areas
        For each row the position of its area; -1 where it has none.
    rows
        For each area its (first) row; -1 where it has none.
    add_up
        Whether several rows of an area are added up.
    absent
        The number of an area without a row.
    dropped
        The rows that are not used, by the reason.
    """

    areas: NDArray[np.int64]
    rows: NDArray[np.int64]
    add_up: bool
    absent: float = np.nan
    dropped: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    def numbers(self, values: FloatArray) -> FloatArray:
        """Return one number per area of one per row."""
        if not self.add_up:
            return np.where(self.rows == ABSENT, self.absent, values[self.rows])
        inside = self.areas != ABSENT
        sums = np.bincount(self.areas[inside], values[inside], minlength=len(self.rows))
        return np.where(self.rows == ABSENT, self.absent, sums)

    def texts(self, text: pl.Series) -> pl.Series:
        """Return one text per area of one per row, null for an area without a row."""
        rows = pl.Series(self.rows)
        return text.gather(rows.set(rows == ABSENT, None))


def align(
    table: Table, written: Input, column: str, codes: pl.Series, wanted: Wanted
) -> tuple[Alignment, list[Problem]]:
    """Find the row of every area in a table; count what does not fit and refuse it.

    Parameters
    ----------
    table
        The table.
    written
        The input, which says what rows and areas that do not fit do.
    column
        The column of the codes.
    codes
        The codes in it.
    wanted
        The areas.

    Returns
    -------
    tuple
        The alignment, and everything that is refused.
    """
    add_up, areas = written.duplicate_areas == "sum", wanted.codes
    absent_value = 0.0 if written.absent_areas == "zero" else np.nan
    if codes.equals(areas):
        every = np.arange(len(codes))
        return Alignment(every, every, add_up, absent_value), []
    found = _areas_of_rows(codes, areas)
    left_out = codes.is_in(wanted.excluded.to_list()).fill_null(False).to_numpy()
    left_out &= found == ABSENT
    extra = np.flatnonzero((found == ABSENT) & ~left_out & codes.is_not_null().to_numpy())
    inside = np.flatnonzero(found != ABSENT)
    rows = np.full(len(areas), ABSENT, dtype=np.int64)
    rows[found[inside][::-1]] = inside[::-1]
    repeated = inside[rows[found[inside]] != inside]
    without = rows == ABSENT
    absent = np.flatnonzero(without if wanted.needed is None else without & wanted.needed)
    dropped = {
        "area is excluded": np.flatnonzero(left_out),
        f"area is not in {wanted.name}": extra,
        "the row has no code": codes.is_null().arg_true().cast(pl.Int64).to_numpy(),
    }
    if written.duplicate_areas == "first":
        dropped["a later row of the same area"] = repeated
    alignment = Alignment(found, rows, add_up, absent_value, dropped)
    if not len(inside) or (len(absent) > MOST * len(areas) and written.absent_areas != "zero"):
        return alignment, [_other_codes(table, column, codes, wanted, len(absent))]
    problems: list[Problem] = []
    if len(extra) and written.extra_areas == "refuse":
        remedy = "state 'extra_areas: drop' for the input if that is meant"
        message = f"is not an area of {wanted.name}"
        problems += _refuse(table, column, extra, codes, message, remedy)
    if len(repeated) and written.duplicate_areas == "refuse":
        remedy = "state 'duplicate_areas: first' or 'sum' for the input if that is meant"
        problems += _refuse(table, column, repeated, codes, "has more than one row", remedy)
    if len(absent) and written.absent_areas == "refuse":
        shown = ", ".join(areas[int(area)] for area in absent[:SHOWN])
        more = f" and {len(absent) - SHOWN:,} more" if len(absent) > SHOWN else ""
        number = "1 area" if len(absent) == 1 else f"{len(absent):,} areas"
        have = "has" if len(absent) == 1 else "have"
        remedy = "add what is missing, or state 'absent_areas: missing' for the input"
        problems.append(
            table.problem(f"{number} of {wanted.name} {have} no row: {shown}{more}", remedy)
        )
    return alignment, problems


def refuse_blank_codes(table: Table, column: str, codes: pl.Series) -> list[Problem]:
    """Refuse the first few rows that hold values and no area code."""
    return [
        table.problem("the row has no area code", "fill it in or delete the row", row, column)
        for row in codes.is_null().arg_true().to_list()[:SHOWN]
    ]


def refuse_strange_codes(
    table: Table, column: str, codes: pl.Series
) -> tuple[pl.Series, list[Problem]]:
    """Refuse rows of the table of areas that are no areas: totals, notes, rows without a code.

    Parameters
    ----------
    table
        The table of areas.
    column
        The column of the codes.
    codes
        The codes in it.

    Returns
    -------
    tuple
        The codes, null where they are refused, and the problems.
    """
    given = codes
    problems = refuse_blank_codes(table, column, codes)
    numbered = (codes.str.contains(r"\d") & ~codes.str.contains(r"\s")).fill_null(True)
    like = codes.filter(numbered).drop_nulls().head(1).to_list()
    if like and numbered.sum() > len(codes) / 2:
        strange = (~numbered).arg_true().to_list()
        codes = codes.set(~numbered, None)
        problems += [
            table.problem(
                f"{str(given[row])[:40]!r} does not look like the code of an area, "
                f"such as {like[0]}",
                "delete the row: totals and notes do not belong into the table of areas",
                row,
                column,
            )
            for row in strange[:SHOWN]
        ]
    return codes, problems


def _areas_of_rows(codes: pl.Series, areas: pl.Series) -> NDArray[np.int64]:
    known = pl.DataFrame({"code": areas}).with_row_index("area")
    found = pl.DataFrame({"code": codes}).join(known, on="code", how="left", maintain_order="left")
    return found["area"].cast(pl.Int64).fill_null(ABSENT).to_numpy()


def _other_codes(
    table: Table, column: str, codes: pl.Series, wanted: Wanted, absent: int
) -> Problem:
    """Say once that the codes of a table are not those that are wanted, and why that may be."""
    first, areas = codes.drop_nulls().head(3).to_list(), wanted.codes
    remedy = "check the column, the geography and its vintage"
    folded = _areas_of_rows(codes.str.to_uppercase(), areas.str.to_uppercase())
    if (folded != ABSENT).sum() > (_areas_of_rows(codes, areas) != ABSENT).sum():
        remedy = "they differ in upper and lower case: write them as in the table of areas"
    elif all(re.fullmatch(r"\d+", code) for code in first):
        remedy = "they are numbers: name the column that holds the codes"
    message = (
        f"{absent:,} of the {len(areas):,} areas of {wanted.name} have no row: the codes here are "
        f"{', '.join(first)}, in {wanted.name} {', '.join(areas.head(3))}"
    )
    return table.problem(message, remedy, column=column)


def _refuse(
    table: Table,
    column: str,
    rows: NDArray[np.int64],
    codes: pl.Series,
    message: str,
    remedy: str,
) -> list[Problem]:
    problems = [
        table.problem(f"{codes[int(row)][:40]} {message}", remedy, int(row), column)
        for row in rows[:SHOWN]
    ]
    if len(rows) > SHOWN:
        problems.append(table.problem(f"and {len(rows) - SHOWN:,} more rows whose area {message}"))
    return problems
