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


def numbers(table: Table, column: str, marks: tuple[str, ...]) -> tuple[FloatArray, list[Problem]]:
    """Return a column as numbers, NaN where a cell is empty or holds a mark for missing.

    Parameters
    ----------
    table
        The table.
    column
        The column.
    marks
        The marks that stand for a missing value, such as ``*`` or ``..``.

    Returns
    -------
    tuple
        The numbers, and a problem for each cell (the first few) that is neither.
    """
    series = table.frame[column]
    wrong: list[int] = []
    raw = None
    if series.dtype in (pl.String, pl.Categorical, pl.Enum):
        raw, _ = texts(table, column)
        raw = raw.set(raw.is_in(list(marks)).fill_null(False), None) if marks else raw
        parsed = _parse(raw, table.form)
        wrong = (parsed.is_null() & raw.is_not_null()).arg_true().to_list()
    elif series.dtype.is_numeric() or series.dtype in (pl.Boolean, pl.Null):
        parsed = series.cast(pl.Float64)
    else:
        problem = table.problem(f"holds {series.dtype}, not numbers", column=column)
        return np.full(len(series), np.nan), [problem]
    numeric_marks = [float(mark) for mark in marks if re.fullmatch(r"[-+]?\d+(\.\d*)?", mark)]
    if numeric_marks:
        parsed = parsed.set(parsed.is_in(numeric_marks).fill_null(False), None)
    infinite = parsed.is_infinite().fill_null(False).arg_true().to_list()
    problems = [
        table.problem(f"{_short(raw[row])} is not a number", _hint(raw[row]), row, column)
        for row in wrong[:SHOWN]
        if raw is not None
    ]
    problems += [
        table.problem("the value is infinite", "mend it, or mark it as missing", row, column)
        for row in infinite[:SHOWN]
    ]
    more = len(wrong) + len(infinite) - len(problems)
    if more > 0:
        problems.append(table.problem(f"and {more:,} more such cells", column=column))
    return parsed.to_numpy().astype(float), problems


def column_numbers(
    table: Table, column: Column, marks: tuple[str, ...], missing_is_zero: bool = False
) -> tuple[FloatArray, list[Problem]]:
    """Return a column, or the sum of a run of columns, as numbers; see `numbers`.

    Parameters
    ----------
    table
        The table.
    column
        The column or columns.
    marks
        The marks that stand for a missing value.
    missing_is_zero
        Whether a missing cell counts as 0; else it makes the sum NaN.

    Returns
    -------
    tuple
        The numbers, and a problem for each cell (the first few of a column) that is none.
    """
    problems: list[Problem] = []
    total: FloatArray = np.zeros(table.frame.height)
    for name in table.runs.get(column.key, (column.key,)):
        values, wrong = numbers(table, name, marks)
        problems += wrong
        total = total + (np.nan_to_num(values, nan=0.0) if missing_is_zero else values)
    return total, problems


def _parse(text: pl.Series, form: Form) -> pl.Series:
    """Read text as numbers; null where it is none by the marks that the form states."""
    if form.thousands or form.decimal:
        decimal = re.escape(form.decimal or ".")
        whole = r"\d+"
        if form.thousands:
            whole = rf"(?:\d{{1,3}}(?:{re.escape(form.thousands)}\d{{3}})+|\d+)"
        pattern = rf"^[-+]?(?:{whole}(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][-+]?\d+)?$"
        text = text.set(~text.str.contains(pattern).fill_null(False), None)
        if form.thousands:
            text = text.str.replace_all(form.thousands, "", literal=True)
        text = text.str.replace(form.decimal or ".", ".", literal=True)
    parsed = text.cast(pl.Float64, strict=False)
    return parsed.set(parsed.is_nan().fill_null(False), None)


def _short(value: str) -> str:
    return repr(value if len(value) <= 40 else f"{value[:37]}...")


def _hint(value: str) -> str:
    if len(value) > 40:
        return _OTHER_HINT
    return next((hint for pattern, hint in _HINTS if re.match(pattern, value)), _OTHER_HINT)
