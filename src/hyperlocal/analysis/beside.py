"""Tables that stand beside a finished index: populations, lookups, lists of areas, ranks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from hyperlocal.definition.inputs import Column, Input
from hyperlocal.errors import DataError, Problem
from hyperlocal.geography.codes import describe_codes, listed
from hyperlocal.pipeline.cells import column_numbers, texts
from hyperlocal.pipeline.headings import Asked
from hyperlocal.pipeline.tables import Table, headings_of, read_table

ANY = "any99"
MISSING = ("*", "..", "-", "c", "[c]", "[x]", "NA", "")
SAME = 0.5
FEW = 0.001
ODD = 0.01
KIND = 3
SEPARATORS = ";\t|"
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
    mark = _separator(path)
    written = Input(file=path.name, geography=ANY, code=wanted[0], missing=MISSING, separator=mark)
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


def columns_of(file: str | Path) -> list[str]:
    """Return the headings of a table beside the results, whatever separates them."""
    path = Path(file)
    mark = _separator(path)
    return headings_of(path) if mark is None else headings_of(path, mark)


def _separator(path: Path) -> str | None:
    """Return what separates the headings, where it is no comma."""
    headings = headings_of(path)
    alone = headings[0] if len(headings) == 1 else ""
    return next((mark for mark in SEPARATORS if mark in alone), None)


def _without_settings(problem: Problem) -> Problem:
    """Take out of a remedy what only the author of a definition can do."""
    if "state " not in problem.remedy:
        return problem
    rest = re.sub(r"(if [^;]*, )?state [^;]*(; )?", "", problem.remedy).strip()
    return replace(problem, remedy=rest or "save it as UTF-8 CSV with its headings in row 1")


def refuse_other_vintage(
    codes: pl.Series, there: pl.Series, file: str | Path, few: float = FEW
) -> None:
    """Refuse a table for other areas of the same kind, as of another vintage.

    Parameters
    ----------
    codes
        The codes of the areas.
    there
        The codes that the table holds.
    file
        The table, for the error.
    few
        The share of the areas that a right table may lack.

    Raises
    ------
    DataError
        Where more areas are missing from the table than that, and it holds others
        whose codes begin alike. A table for some of the areas alone is none of another vintage.
    """
    codes, there = codes.drop_nulls().unique(), there.drop_nulls().unique()
    lost = codes.filter(~codes.is_in(there.implode()))
    kinds = codes.str.slice(0, KIND).unique()
    alike = there.filter(there.str.slice(0, KIND).is_in(kinds.implode()))
    others = alike.filter(~alike.is_in(codes.implode()))
    if len(lost) == len(codes):
        others = there
    if not len(others) or len(lost) <= few * len(codes):
        return
    lacks = f"{len(lost):,} of the {len(codes):,} areas, such as {describe_codes(lost)}"
    message = f"it lacks {lacks}, and holds others, such as {describe_codes(others)}"
    if len(others) <= ODD * len(alike):
        message = f"no area has the code {listed(others.sort().head(SHOWN))}, and it lacks {lacks}"
    raise DataError(
        Problem(message, "take a table of the same areas and vintage, or mend it", str(file))
    )


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
    headings = [heading for heading in columns_of(path) if heading]
    held = _texts(path, headings)
    shares: dict[str, float] = {}
    met: dict[str, int] = {}
    for heading in held.columns:
        there = held[heading].drop_nulls().unique()
        met[heading] = len(there.filter(there.is_in(known.implode())))
        shares[heading] = met[heading] / max(min(len(there), len(known)), 1)
    likely = [heading for heading in held.columns if shares[heading] >= SAME]
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


def _texts(path: Path, headings: Sequence[str]) -> pl.DataFrame:
    """Return all columns as text, but for those that cannot be, such as shapes."""
    try:
        return read_beside(path, text=headings)[0]
    except DataError:
        if len(headings) == 1:
            return pl.DataFrame()
        return pl.concat([_texts(path, [one]) for one in headings], how="horizontal")
