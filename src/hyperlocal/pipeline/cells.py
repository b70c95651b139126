"""The cells of a column as text or as numbers, and what is wrong with them."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from hyperlocal.definition.inputs import Column, Form
from hyperlocal.errors import Problem
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.tables import Table, plain_text

SHOWN = 5
_HINTS = (
    (r"^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$", "if the comma parts thousands, state \"thousands: ','\""),
    (r"^[-+]?\d{1,3}( \d{3})+$", "if the space parts thousands, state \"thousands: ' '\""),
    (r"^[-+]?\d*,\d+$", "if the comma stands before decimals, state \"decimal: ','\""),
    (r"^[-+]?[\d.,]+\s*%$", "take the percent signs away in the file"),
    (r"^\([\d.,]+\)$", "write a negative number with a minus sign"),
    (r"^#", "mend the formula, or state the mark under 'missing' of the input"),
)
_OTHER_HINT = "mend it, or state the mark under 'missing' of the input"


def texts(table: Table, column: str) -> tuple[pl.Series, list[Problem]]:
    """Return a column as text without white space around it; empty cells are null.

    Parameters
    ----------
    table
        The table.
    column
        The column.

    Returns
    -------
    tuple
        The text, and a problem where the column holds something else.
    """
    series = table.frame[column]
    if series.dtype.is_nested() or series.dtype == pl.Binary:
        problem = table.problem(f"holds {series.dtype}, not text", column=column)
        return pl.Series([None] * len(series), dtype=pl.String), [problem]
    return plain_text(series), []


def column_numbers(
    table: Table, column: Column, marks: tuple[str, ...], missing_is_zero: bool = False
) -> tuple[FloatArray, list[Problem]]:
    """Return a column, or the sum of a run of columns, as numbers.

    Parameters
    ----------
    table
        The table.
    column
        The column or columns.
    marks
        The marks that stand for a missing value, such as ``*`` or ``..``.
    missing_is_zero
        Whether a missing cell, which is empty or holds a mark, counts as 0; else it is NaN, and
        makes the sum NaN.

    Returns
    -------
    tuple
        The numbers, and a problem for each cell (the first few of a column) that is none.
    """
    problems: list[Problem] = []
    total: FloatArray = np.zeros(table.frame.height)
    cells = table.frame.select(table.runs.get(column.key, (column.key,)))
    cells = cells.select(_plain(series, marks) for series in cells)
    parsed = cells.select(_parse(series, table.form) for series in cells)
    for cell, number in zip(cells, parsed, strict=True):
        values, wrong = _numbers(table, cell, number, marks)
        problems += wrong
        total = total + (np.nan_to_num(values, nan=0.0) if missing_is_zero else values)
    return total, problems


def _numbers(
    table: Table, cells: pl.Series, parsed: pl.Series, marks: tuple[str, ...]
) -> tuple[FloatArray, list[Problem]]:
    """Return the numbers of a column, and a problem for each cell that is neither that nor missing.

    Parameters
    ----------
    table
        The table.
    cells
        The cells without white space and marks.
    parsed
        The numbers in them.
    marks
        The marks that stand for a missing value.
    """
    column = cells.name
    if parsed.dtype != pl.Float64:
        problem = table.problem(f"holds {cells.dtype}, not numbers", column=column)
        return np.full(len(cells), np.nan), [problem]
    values = parsed.to_numpy().astype(float)
    numeric_marks = [float(mark) for mark in marks if re.fullmatch(r"[-+]?\d+(\.\d*)?", mark)]
    values[np.isin(values, numeric_marks)] = np.nan
    wrong: list[int] = []
    if parsed.null_count() > cells.null_count():
        wrong = (parsed.is_null() & cells.is_not_null()).arg_true().to_list()
    infinite = np.flatnonzero(np.isinf(values)).tolist()
    problems = [
        table.problem(f"{_short(cells[row])} is not a number", _hint(cells[row]), row, column)
        for row in wrong[:SHOWN]
    ]
    problems += [
        table.problem("the value is infinite", "mend it, or mark it as missing", row, column)
        for row in infinite[:SHOWN]
    ]
    more = len(wrong) + len(infinite) - len(problems)
    if more > 0:
        problems.append(table.problem(f"and {more:,} more such cells", column=column))
    return values, problems


def _plain(cells: pl.Series, marks: tuple[str, ...]) -> pl.Expr:
    """Take the white space and the marks for missing values away from cells of text."""
    column = pl.col(cells.name)
    if cells.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return column
    text = column.cast(pl.String).str.strip_chars()
    return pl.when(~text.is_in(["", *marks])).then(text)


def _parse(cells: pl.Series, form: Form) -> pl.Expr:
    """Read cells as numbers; null where one is none by the marks that the form states."""
    text = pl.col(cells.name)
    if cells.dtype != pl.String:
        number = cells.dtype.is_numeric() or cells.dtype in (pl.Boolean, pl.Null)
        return text.cast(pl.Float64) if number else text
    if form.thousands or form.decimal:
        decimal = re.escape(form.decimal or ".")
        whole = r"\d+"
        if form.thousands:
            whole = rf"(?:\d{{1,3}}(?:{re.escape(form.thousands)}\d{{3}})+|\d+)"
        pattern = rf"^[-+]?(?:{whole}(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][-+]?\d+)?$"
        text = pl.when(text.str.contains(pattern)).then(text)
        if form.thousands:
            text = text.str.replace_all(form.thousands, "", literal=True)
        text = text.str.replace(form.decimal or ".", ".", literal=True)
    parsed = text.cast(pl.Float64, strict=False)
    return pl.when(parsed.is_not_nan()).then(parsed)


def _short(value: str) -> str:
    return repr(value if len(value) <= 40 else f"{value[:37]}...")


def _hint(value: str) -> str:
    if len(value) > 40:
        return _OTHER_HINT
    return next((hint for pattern, hint in _HINTS if re.match(pattern, value)), _OTHER_HINT)
