"""What holds for the columns of published tables, told from their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from hyperlocal.present.tables.model import SHORTHAND, Column, Table

MISSING = ("", *SHORTHAND)
"""What stands in a CSV file where there is no value."""
REFERRED: Mapping[str, tuple[str, str]] = {
    "area_code": ("areas", "area_code"),
    "measure": ("measures", "id"),
    "node": ("measures", "id"),
    "child": ("measures", "id"),
    "indicator": ("measures", "id"),
}
"""Columns that refer to another table: the table, and its column."""
DECILES = 10


@dataclass(frozen=True)
class Reference:
    """A column whose values all stand in a column of another table.

    Parameters
    ----------
    column
        The column.
    table
        The name of the table that it refers to.
    to
        The column there, which tells the rows of that table apart.
    """

    column: str
    table: str
    to: str


def references(table: Table, tables: Sequence[Table]) -> Iterator[Reference]:
    """Return the columns of a table that refer to others: all of their values are found there.

    Parameters
    ----------
    table
        The table.
    tables
        All tables that are published with it.
    """
    known = {one.name: one for one in tables}
    for column in table.rows.columns:
        name, to = REFERRED.get(column, ("", ""))
        other = known.get(name)
        if other is None or other.keys != (to,) or name == table.name:
            continue
        values = table.rows[column]
        if not values.null_count() and values.is_in(other.rows[to].implode()).all():
            yield Reference(column, name, to)


def is_complete(table: Table, column: Column) -> bool:
    """Say whether every row of a column has a value; blanks are none."""
    values = table.rows[column.name]
    blank = column.kind == "text" and bool((values.str.strip_chars() == "").any())
    return not values.null_count() and not blank


def bounds(table: Table, column: Column) -> tuple[int | None, int | None]:
    """Return the least and the greatest number that can stand in a column; None where any can.

    Ranks and deciles begin at 1, and deciles end at 10.

    Parameters
    ----------
    table
        The table.
    column
        One of its columns.
    """
    values = table.rows[column.name]
    if column.kind == "text" or not column.name.endswith(("_rank", "_decile")):
        return None, None
    lowest, highest = values.min(), values.max()
    if lowest is None or highest is None or pl.select(pl.lit(lowest) < 1).item():
        return None, None
    deciles = column.name.endswith("_decile") and pl.select(pl.lit(highest) <= DECILES).item()
    return 1, DECILES if deciles else None
