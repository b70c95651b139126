"""The rows of large tables as XML, made a column at a time.

Libraries that write one cell at a time need half a minute for a million cells, or hold a
gigabyte of elements. The cells of a column differ in nothing but what they say, so that one
expression writes them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from hyperlocal.present.tables.model import Table
from hyperlocal.present.workbooks.cells import is_number, written

AT_ONCE = 8192
"""So many rows are text at a time."""
ROW = "row"
"""The column that counts the rows of a table from 0."""


class Dialect(Protocol):
    """How a kind of file writes rows and cells."""

    def opened(self) -> pl.Expr:
        """Return what stands before the cells of a row."""

    def number(self, column: int, value: pl.Expr) -> pl.Expr:
        """Return the cells of a column that hold numbers."""

    def text(self, column: int, value: pl.Expr) -> pl.Expr:
        """Return the cells of a column that hold text."""

    @property
    def closed(self) -> str:
        """What stands after the cells of a row."""


def rows_as_xml(table: Table, dialect: Dialect) -> Iterator[str]:
    """Yield the rows of a table as XML, many at a time.

    Parameters
    ----------
    table
        The table, checked.
    dialect
        The kind of file.
    """
    columns = {str(at): written(table, one) for at, one in enumerate(table.columns)}
    numbers = {at: is_number(table, one) for at, one in enumerate(table.columns)}
    mixed = {at: kept for at, kept in numbers.items() if kept.any() and not kept.all()}
    cells = []
    for at, kept in numbers.items():
        value = pl.col(str(at))
        as_number, as_text = dialect.number(at, value), dialect.text(at, value)
        if at in mixed:
            cells.append(pl.when(pl.col(f"{at}?")).then(as_number).otherwise(as_text))
        else:
            cells.append(as_number if kept.all() else as_text)
    marked = {f"{at}?": kept for at, kept in mixed.items()}
    frame = pl.DataFrame({**columns, **marked}).with_row_index(ROW)
    line = pl.concat_str(dialect.opened(), *cells, pl.lit(dialect.closed))
    for part in frame.iter_slices(AT_ONCE):
        yield part.select(line.str.join("")).item()


def escaped(text: pl.Expr) -> pl.Expr:
    """Return text as it stands between the tags of XML.

    Examples
    --------
    >>> frame = pl.DataFrame({"said": ["R&D < 3"]})
    >>> frame.select(escaped(pl.col("said"))).item()
    'R&amp;D &lt; 3'
    """
    return text.str.replace_many(["&", "<", ">"], ["&amp;", "&lt;", "&gt;"])


@dataclass(frozen=True)
class ExcelRows:
    """Rows of Office Open XML.

    Parameters
    ----------
    first
        The row of the sheet at which they begin, counted from 0.
    styles
        The number of the style of each column.
    heights
        The height of each row in points; None where all have one line.
    """

    first: int
    styles: Sequence[str]
    heights: pl.Series | None = None

    closed = "</row>"

    def opened(self) -> pl.Expr:
        """Return what stands before the cells of a row."""
        if self.heights is None:
            return pl.format('<row r="{}">', self._number())
        height = pl.lit(self.heights).gather(pl.col(ROW))
        return pl.format('<row r="{}" ht="{}" customHeight="1">', self._number(), height)

    def number(self, column: int, value: pl.Expr) -> pl.Expr:
        """Return cells with numbers."""
        return pl.format(f"{self._cell(column)}><v>{{}}</v></c>", self._number(), value)

    def text(self, column: int, value: pl.Expr) -> pl.Expr:
        """Return cells with text; text that looks like an escape of Excel's is escaped."""
        said = escaped(value.str.replace_all(r"_(x[0-9a-fA-F]{4}_)", "_x005F_$1"))
        cell = f'{self._cell(column)} t="inlineStr"><is><t xml:space="preserve">{{}}</t></is></c>'
        return pl.format(cell, self._number(), said)

    def _cell(self, column: int) -> str:
        from xlsxwriter.utility import xl_col_to_name

        return f'<c r="{xl_col_to_name(column)}{{}}" s="{self.styles[column]}"'

    def _number(self) -> pl.Expr:
        """Return the number of the row, counted from 1."""
        return (pl.col(ROW) + self.first + 1).cast(pl.String)


@dataclass(frozen=True)
class OpenDocumentRows:
    """Rows of OpenDocument.

    Parameters
    ----------
    styles
        The name of the style of each column.
    """

    styles: Sequence[str]

    closed = "</table:table-row>"

    def opened(self) -> pl.Expr:
        """Return what stands before the cells of a row."""
        return pl.lit('<table:table-row table:style-name="row">')

    def number(self, column: int, value: pl.Expr) -> pl.Expr:
        """Return cells with numbers."""
        cell = f'<table:table-cell table:style-name="{self.styles[column]}"'
        cell += (
            ' office:value-type="float" office:value="{}"><text:p>{}</text:p></table:table-cell>'
        )
        return pl.format(cell, value, value)

    def text(self, column: int, value: pl.Expr) -> pl.Expr:
        """Return cells with text: a paragraph a line, blanks that would be lost as elements."""
        blank = value.str.contains(r"(?m)^ | $|  ")
        said = escaped(value)
        said = pl.when(blank).then(said.str.replace_all(" ", "<text:s/>")).otherwise(said)
        said = said.str.replace_all("\n", "</text:p><text:p>", literal=True)
        cell = f'<table:table-cell table:style-name="{self.styles[column]}"'
        cell += ' office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        return pl.format(cell, said)
