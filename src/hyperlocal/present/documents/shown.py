"""Published tables as documents show them: text, cut to the columns and rows that are wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from hyperlocal.present.tables.model import SHORTHAND, Column, Table


def shown(
    table: Table,
    columns: Sequence[str] | None = None,
    rows: pl.DataFrame | None = None,
    *,
    caption: str = "",
    headings: Mapping[str, str] | None = None,
    shares: Mapping[str, float] | None = None,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a published table, or a part of it, as the templates' ``published-table`` takes it.

    Parameters
    ----------
    table
        The published table: every number that is shown is one of its cells.
    columns
        The names of the columns to show, in order; all of them where none are named.
    rows
        The keys of the rows to show, in order, a column for each key of the table; all where none
        are given.
    caption
        Its caption; the title of the table where none is given.
    headings
        By the name of a column: another heading than the table's.
    shares
        By the name of a text column: its share of the width that numbers leave.
    notes
        Notes in addition to those of the table.

    Returns
    -------
    dict
        ``caption``, ``columns`` (``heading``, ``kind``, ``share``, ``names_row``), ``rows`` of
        text, ``notes``, ``shorthand`` (``mark``, ``meaning``) and ``source``.
    """
    by_name = {one.name: one for one in table.columns}
    wanted = [by_name[name] for name in columns or by_name]
    at = _places(table, rows)
    cells = pl.DataFrame([cell_texts(table, one, at) for one in wanted])
    marks = {mark for name in cells.columns for mark in SHORTHAND if mark in set(cells[name])}
    return {
        "caption": caption or table.title,
        "columns": [
            {
                "heading": (headings or {}).get(one.name, one.heading),
                "kind": one.kind,
                "share": (shares or {}).get(one.name),
                "names_row": index == 0 and one.kind == "text",
            }
            for index, one in enumerate(wanted)
        ],
        "rows": [list(row) for row in cells.iter_rows()],
        "notes": [*table.notes, *notes],
        "shorthand": [
            {"mark": mark, "meaning": meaning}
            for mark, meaning in SHORTHAND.items()
            if mark in marks
        ],
        "source": table.source,
    }


def cell_texts(table: Table, column: Column, at: pl.Series | None = None) -> pl.Series:
    """Return the cells of a column as they are shown, with marks where there is no number.

    Parameters
    ----------
    table
        The published table.
    column
        One of its columns.
    at
        The places of the rows that are wanted, counted from 0; all where none are given.
    """
    values, marks = table.rows[column.name], table.mark(column.name)
    if at is not None:
        values, marks = values.gather(at), marks.gather(at)
    if column.kind != "text":
        values = pl.Series([number(value, column) for value in values], dtype=pl.String)
    return values.fill_null(marks).alias(column.name)


def _places(table: Table, rows: pl.DataFrame | None) -> pl.Series | None:
    """Return the places of the rows of which the keys are given, in the order of the keys."""
    if rows is None:
        return None
    keys = list(table.keys)
    places = table.rows.select(keys).with_row_index("place")
    found = rows.select(keys).join(places, on=keys, how="left", maintain_order="left")
    return found["place"]


def number(value: float | None, column: Column) -> str | None:
    """Return a number as a document shows it: ``12,345`` or ``0.123``; nothing for nothing.

    Examples
    --------
    >>> number(12345, Column("n", "n", "", "whole"))
    '12,345'
    >>> number(-0.0004, Column("x", "x", "", "number", decimals=3))
    '0.000'
    """
    if value is None:
        return None
    decimals = 0 if column.kind == "whole" else column.decimals
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text
