"""Tables that stand beside a finished index: populations, lookups, lists of areas, ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from hyperlocal.definition.inputs import Column, Input
from hyperlocal.errors import DataError, Problem
from hyperlocal.pipeline.cells import column_numbers, texts
from hyperlocal.pipeline.headings import Asked
from hyperlocal.pipeline.tables import Table, headings_of, read_table

ANY = "any99"
MISSING = ("*", "..", "-", "c", "[c]", "[x]", "NA", "")
SAME = 0.5
SHOWN = 5


def read_beside(
    file: str | Path, text: Sequence[str] = (), numbers: Sequence[str] = ()
) -> tuple[pl.DataFrame, Table]:
    """Read columns of a table: CSV, Parquet, Excel or ODS.

    Parameters
    ----------
    file
        The file.
    text
        The headings of columns of text, such as codes: without white space around it, null where
        empty.
    numbers
        The headings of columns of numbers.

    Returns
    -------
    tuple
        The columns, and the table as read, which makes problems that name file and row.

    Raises
    ------
    DataError
        Where the file is missing or cannot be read, a column is missing, or a cell holds no number.
    """
    path = Path(file)
    headings_of(path)  # refuses a file that is not there
    wanted = [*dict.fromkeys([*text, *numbers])]
    asked = {name: Asked("the command", number=name in numbers) for name in wanted}
    written = Input(file=path.name, geography=ANY, code=wanted[0], missing=MISSING)
    try:
        table = read_table(written, asked, path.parent, {})
    except DataError as error:
        raise DataError([_without_settings(problem) for problem in error.problems]) from error
    assert table is not None
    columns: list[pl.Series] = []
    problems: list[Problem] = []
    for name in wanted:
        if name in numbers:
            values, wrong = column_numbers(table, Column(column=name), MISSING)
            columns.append(pl.Series(name, values, nan_to_null=True))
        else:
            series, wrong = texts(table, name)
            columns.append(series.alias(name))
        problems += wrong
    if problems:
        raise DataError(problems)
    return pl.DataFrame(columns), table


def _without_settings(problem: Problem) -> Problem:
    """Give another remedy where that for inputs of a definition names a setting."""
    if "state " not in problem.remedy:
        return problem
    return replace(problem, remedy="save it as UTF-8 CSV with commas and its headings in row 1")


def code_heading(file: str | Path, codes: pl.Series, what: str) -> str:
    """Return the heading of the column that holds the codes of known areas.

    Parameters
    ----------
    file
        The file.
    codes
        The codes that are known.
    what
        What they are codes of, for the error.

    Raises
    ------
    DataError
        Where no column holds any of them.
    """
    path = Path(file)
    known = codes.drop_nulls().unique()
    headings = [heading for heading in headings_of(path) if heading]
    held, _ = read_beside(path, text=headings)
    shares: dict[str, float] = {}
    met: dict[str, int] = {}
    for heading in headings:
        there = held[heading].drop_nulls().unique()
        met[heading] = len(there.filter(there.is_in(known.implode())))
        shares[heading] = met[heading] / max(min(len(there), len(known)), 1)
    likely = [heading for heading in headings if shares[heading] >= SAME]
    best = max(likely, key=lambda heading: met[heading], default="")
    if not best:
        few = ", ".join(known.sort().head(3))
        raise DataError(
            Problem(
                f"no column holds the codes of {what}, such as {few}",
                f"its columns are {', '.join(headings)}; are they of another vintage?",
                str(path),
            )
        )
    return best
