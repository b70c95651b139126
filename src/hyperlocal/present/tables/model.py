"""What a published table is: rows, what columns mean, what stands where there is no number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

NOT_AVAILABLE, CONFIDENTIAL, NOT_APPLICABLE = "[x]", "[c]", "[z]"
SHORTHAND = {
    NOT_AVAILABLE: "not available",
    CONFIDENTIAL: "confidential: suppressed, so that no person can be known from it",
    NOT_APPLICABLE: "not applicable",
}
"""What stands in a cell without a number, as the Government Analysis Function has it."""

Kind = Literal["text", "whole", "number"]
KINDS: Mapping[Kind, pl.DataType | type[pl.DataType]] = {
    "text": pl.String,
    "whole": pl.Int64,
    "number": pl.Float64,
}
DECIMALS = 6
"""Numbers are published with so many decimals; what is shown of them has fewer."""


def kind_of_numbers(values: pl.Series) -> Kind:
    """Return ``whole`` where all numbers that are there are whole, else ``number``.

    Examples
    --------
    >>> kind_of_numbers(pl.Series([1.0, None])), kind_of_numbers(pl.Series([1.5, 2.0]))
    ('whole', 'number')
    """
    known = values.cast(pl.Float64).fill_nan(None).drop_nulls()
    return "whole" if bool((known % 1 == 0).all()) else "number"


@dataclass(frozen=True)
class Column:
    """One column of a published table.

    Parameters
    ----------
    name
        Its name in files for machines: ``imd_rank``.
    heading
        Its heading for people, one of a kind in its table.
    meaning
        What it holds, in a sentence.
    kind
        ``text``, ``whole`` (numbers) or ``number``.
    unit
        The unit of its numbers; empty where there is none.
    decimals
        How many decimals are shown of a ``number``.
    node
        The id of the node of the definition that it is about; empty where it is about none.
    """

    name: str
    heading: str
    meaning: str
    kind: Kind = "text"
    unit: str = ""
    decimals: int = 3
    node: str = ""


@dataclass(frozen=True, eq=False)
class Table:
    """One published table.

    Parameters
    ----------
    name
        What its file is called, without an ending: lower-case letters, digits and ``_``.
    title
        Its title, which says what it holds, where and when.
    about
        What a reader should know of it in a sentence or two.
    columns
        Its columns, in order.
    rows
        The values: a column for each, by its name, of the type of its kind (`KINDS`). A value that
        is not there is null.
    keys
        The names of the columns that tell the rows apart.
    marks
        By the name of a column: what stands in each row instead of a number, null where the number
        stands. A null without a mark is not available.
    notes
        What concerns this table alone.
    source
        Who is to be named for the numbers.
    """

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: pl.DataFrame
    keys: tuple[str, ...]
    marks: Mapping[str, pl.Series] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        kinds = {one.name: KINDS[one.kind] for one in self.columns}
        rows = self.rows.select(pl.col(name).cast(kind) for name, kind in kinds.items())
        object.__setattr__(self, "rows", rows.with_columns(pl.col(pl.Float64).round(DECIMALS)))

    def mark(self, column: str) -> pl.Series:
        """Return what stands in each row of a column instead of a value, null where one stands."""
        rows = self.rows.height
        given = self.marks.get(column, pl.repeat(None, rows, dtype=pl.String, eager=True))
        marked = given.fill_null(NOT_AVAILABLE)
        return marked.set(self.rows[column].is_not_null(), None).alias(column)

    @property
    def shorthand(self) -> tuple[str, ...]:
        """The marks that stand anywhere in the table, in the order of `SHORTHAND`."""
        found: set[str] = set()
        for one in self.columns:
            if self.rows[one.name].null_count():
                found |= set(self.mark(one.name).drop_nulls().unique())
        return tuple(mark for mark in SHORTHAND if mark in found)
