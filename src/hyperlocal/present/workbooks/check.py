"""Everything that would keep tables from being written as they are, found before a file is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from hyperlocal.errors import Problem, ResultsError
from hyperlocal.present.tables.model import SHORTHAND, Column, Table
from hyperlocal.present.workbooks.cells import written

MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS, MOST_IN_HEADING = 1_048_576, 16_384, 32_767, 255
"""What a worksheet of Excel holds; LibreOffice holds as many rows and columns."""
BEFORE = 6
"""So many rows of a sheet may stand before those of its table: texts and headings."""
WHOLE_DIGITS = 999_999_999_999_999
"""The largest whole number that a spreadsheet keeps: 15 digits."""
CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
"""Characters that XML cannot hold."""
CONTROL = re.compile(CONTROLS.replace(r"\x{fffe}\x{ffff}", "\ufffe\uffff"))
NAME = re.compile(r"[a-z0-9_]+")
SIGNS_ONLY = r"^[^\p{L}\p{N}]+$"
"""Cells that gptables refuses: a screen reader says nothing of use where only signs stand."""
LEAVE_OUT = "leave it out of the workbook; it can be written as CSV"


def check_files(tables: Sequence[Table]) -> None:
    """Refuse tables that cannot be written as files of text.

    Parameters
    ----------
    tables
        The tables.

    Raises
    ------
    ResultsError
        Where a table has no rows, its name is none for a file or is there twice, a mark is
        unknown, a number is infinite or not a number, or text holds control characters; all that
        is wrong at once.
    """
    problems = [*_names(tables), *(problem for one in tables for problem in _contents(one))]
    if problems:
        raise ResultsError(problems)


def check_sheets(tables: Sequence[Table], texts: Iterable[str]) -> None:
    """Refuse tables that a spreadsheet cannot hold, or that nobody could read with one.

    Parameters
    ----------
    tables
        The tables.
    texts
        The texts that stand outside tables.

    Raises
    ------
    ResultsError
        Where the tables are refused as files, are larger than a worksheet, have headings that are
        empty, too long or there twice, or hold cells that are too long, are nothing but signs, or
        whole numbers of more than 15 digits; all that is wrong at once.
    """
    problems = list(_names(tables))
    for one in tables:
        problems += list(_size(one)) or [*_contents(one), *_headings(one), *_cells(one)]
    problems += [
        Problem(f"a text holds a control character: {text!r}", "remove it")
        for text in texts
        if CONTROL.search(text)
    ]
    if problems:
        raise ResultsError(problems)


def _names(tables: Sequence[Table]) -> Iterator[Problem]:
    if not tables:
        yield Problem("there are no tables to write", "give at least one")
    for name, times in Counter(one.name for one in tables).items():
        if not NAME.fullmatch(name):
            yield Problem(
                f"{name!r} cannot name a table",
                "use lower-case letters, digits and _ without spaces",
            )
        if times > 1:
            yield Problem(f"{times} tables are named {name!r}", "name them apart")


def _contents(table: Table) -> Iterator[Problem]:
    if not table.rows.height or not table.columns:
        yield Problem("the table is empty", "leave it out", table.name)
        return
    texts = [table.title, table.about, table.source, *table.notes]
    texts += [text for one in table.columns for text in (one.name, one.heading, one.meaning)]
    for text in texts:
        if CONTROL.search(text):
            yield Problem(f"a text holds a control character: {text!r}", "remove it", table.name)
    for column in table.columns:
        values, mark = table.rows[column.name], table.mark(column.name)
        unknown = mark.filter(~mark.is_in(list(SHORTHAND)))
        for said in unknown.drop_nulls().unique().sort():
            yield _at(table, column, mark == said, f"the mark {said!r} is not explained", "use [x]")
        if column.kind == "text":
            found = values.str.contains(CONTROLS)
            yield from _where(table, column, found, "the text holds a control character")
        elif column.kind == "number":
            found = values.is_nan() | values.is_infinite()
            yield from _where(table, column, found, "the cell is not a number", "leave it empty")


def _size(table: Table) -> Iterator[Problem]:
    for number, most, what in (
        (table.rows.height, MOST_ROWS - BEFORE, "rows"),
        (table.rows.width, MOST_COLUMNS, "columns"),
    ):
        if number > most:
            said = f"{number:,} {what}; a worksheet has room for {most:,}"
            yield Problem(said, LEAVE_OUT, table.name)


def _headings(table: Table) -> Iterator[Problem]:
    headings = Counter(one.heading.casefold() for one in table.columns)
    for one in table.columns:
        if not one.heading.strip():
            yield Problem("the heading is empty", "say what it holds", table.name, place=one.name)
        if len(one.heading) + len(one.unit) + 3 > MOST_IN_HEADING:
            said = f"the heading is longer than {MOST_IN_HEADING} characters"
            yield Problem(said, "shorten it", table.name, place=one.name)
        if headings[one.heading.casefold()] > 1:
            said = f"the heading {one.heading!r} is there twice"
            yield Problem(said, "head the columns apart", table.name, place=one.name)


def _cells(table: Table) -> Iterator[Problem]:
    for column in table.columns:
        values = table.rows[column.name]
        if column.kind == "text":
            signs = written(table, column).str.contains(SIGNS_ONLY)
            remedy = "say it in words, such as 'per cent'"
            yield from _where(table, column, signs, "the cell holds nothing but signs", remedy)
            found = values.str.len_bytes() > MOST_CHARACTERS
            if found.any():
                found = values.map_elements(_units, pl.Int64) > MOST_CHARACTERS
                said = f"the cell is longer than {MOST_CHARACTERS:,} characters"
                yield from _where(table, column, found, said, "shorten it or leave it out")
        elif column.kind == "whole":
            found = (values > WHOLE_DIGITS) | (values < -WHOLE_DIGITS)
            said = "a spreadsheet keeps 15 digits of a whole number"
            yield from _where(table, column, found, said, "publish it as text")


def _units(text: str) -> int:
    """Count a text as Excel does: a character outside the basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


def _where(
    table: Table, column: Column, found: pl.Series, said: str, remedy: str = "remove it"
) -> Iterator[Problem]:
    if found.any():
        yield _at(table, column, found, said, remedy)


def _at(table: Table, column: Column, found: pl.Series, said: str, remedy: str) -> Problem:
    """Name the first row of all in which something is wrong."""
    rows = found.fill_null(value=False).arg_true()
    also = f" (and in {len(rows) - 1:,} more rows)" if len(rows) > 1 else ""
    return Problem(f"{said}{also}", remedy, table.name, int(rows[0]) + 1, column.name)
