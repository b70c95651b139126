"""What is written in the cells of a table: numbers in full, and a mark where there is none."""

from __future__ import annotations

import polars as pl

from hyperlocal.present.tables.model import NOT_AVAILABLE, SHORTHAND, Column, Table

BLANK = r"^\s*$"


def written(table: Table, column: Column) -> pl.Series:
    r"""Return a column as it is written, all of it text.

    Parameters
    ----------
    table
        The table.
    column
        One of its columns.

    Returns
    -------
    polars.Series
        Numbers in the fewest digits that read back as the same number; text as it is, with line
        breaks as ``\n`` and tabs, which LibreOffice loses, as blanks; where there is no value, or
        only blanks, the mark that stands for it. Never null.

    Examples
    --------
    >>> crime = Column("crime_score", "Crime: score", "The score", "number")
    >>> rows = pl.DataFrame({"crime_score": [-0.25, None, 12.0]})
    >>> table = Table("areas", "Areas", "", (crime,), rows, ())
    >>> written(table, crime).to_list()
    ['-0.25', '[x]', '12.0']
    """
    values = table.rows[column.name]
    if column.kind == "text":
        values = values.str.replace_all(r"\r\n?", "\n").str.replace_all("\t", " ")
        values = values.set(values.str.contains(BLANK), None)
    else:
        zero = 0 if column.kind == "whole" else 0.0
        values = values.set(values == 0, zero).cast(pl.String)  # no minus before a nought
    if not values.null_count():
        return values
    marks = table.mark(column.name)
    return values.fill_null(marks).fill_null(NOT_AVAILABLE)


def is_number(table: Table, column: Column) -> pl.Series:
    """Return whether each cell of a column holds a number, not text or a mark."""
    values = table.rows[column.name]
    if column.kind == "text":
        return pl.repeat(False, len(values), dtype=pl.Boolean, eager=True).alias(column.name)
    return values.is_not_null()


def shorthand(table: Table) -> tuple[str, ...]:
    """Return the marks that stand in the table, in the order of `SHORTHAND`."""
    blank = any(
        table.rows[one.name].str.contains(BLANK).any()
        for one in table.columns
        if one.kind == "text"
    )
    found = {*table.shorthand, NOT_AVAILABLE} if blank else set(table.shorthand)
    return tuple(mark for mark in SHORTHAND if mark in found)
