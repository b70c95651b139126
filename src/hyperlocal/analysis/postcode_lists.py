"""Lists of postcodes, as their owners write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hyperlocal.analysis.beside import columns_of, read_beside
from hyperlocal.analysis.groups.postcodes import postcode_column
from hyperlocal.errors import DataError, Problem
from hyperlocal.geography import clean_postcodes
from hyperlocal.pipeline.tables import plain_text
from hyperlocal.pipeline.text_files import TEXT_FILES, open_text

ROW = "row of the file"


@dataclass(frozen=True, eq=False)
class PostcodeList:
    """A list of postcodes as its owner wrote it.

    Parameters
    ----------
    source
        The file; empty where the postcodes were typed.
    frame
        All its columns and rows.
    column
        The heading of the postcodes.
    first_row
        The row of the file that holds the first row of `frame`.
    """

    source: str
    frame: pl.DataFrame
    column: str
    first_row: int = 1

    @property
    def postcodes(self) -> pl.Series:
        """The postcodes as text, as they were written."""
        return plain_text(self.frame[self.column])


def typed(postcodes: Sequence[str]) -> PostcodeList:
    """Return postcodes that were typed as a list."""
    return PostcodeList("", pl.DataFrame({"postcode": list(postcodes)}), "postcode")


def read_list(given: str | Path, column: str = "") -> PostcodeList:
    """Read a list of postcodes with all its columns.

    Parameters
    ----------
    given
        The file (CSV, text, Parquet, Excel, ODS). A single column may be without a heading.
    column
        The heading of the postcodes; found where it is not named.

    Returns
    -------
    PostcodeList
        Text files as they are written; other files as they hold their cells.

    Raises
    ------
    DataError
        Where it cannot be read, has no such column, or it is not clear which holds postcodes.
    """
    file = Path(given)
    headings = columns_of(file)
    if column and column not in headings:
        near = f"its columns are {', '.join(headings[:12])}"
        raise DataError(Problem("there is no such column", near, str(file), place=column))
    frame, first_row = _whole(file, headings)
    if clean_postcodes(pl.Series(headings)).is_not_null().any():
        if len(headings) > 1:
            said = Problem("the first row holds no headings", "add them above it", str(file))
            raise DataError(said)
        top = pl.DataFrame({"postcode": headings})
        frame = pl.concat([top, frame.select(pl.all().cast(pl.String).alias("postcode"))])
        return PostcodeList(str(file), frame, "postcode", 1)
    if frame.is_empty():
        raise DataError(Problem("the table has no rows", file=str(file)))
    column = column or postcode_column(file, frame, "name it with --column")
    return PostcodeList(str(file), frame, column, first_row)


def _whole(file: Path, headings: Sequence[str]) -> tuple[pl.DataFrame, int]:
    """Return all columns of a file, and the row that holds the first of their cells."""
    try:
        if file.suffix.lower() == ".parquet":
            return pl.read_parquet(file), 1
        if file.suffix.lower() in TEXT_FILES:
            _, table = read_beside(file, text=headings[:1])  # finds what separates the cells
            return open_text(file, table.form).collect(), 2
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(Problem(f"cannot be read: {reason}", file=str(file))) from error
    held, table = read_beside(file, text=[heading for heading in headings if heading])
    first = int(table.rows[0])
    every = pl.DataFrame({ROW: pl.int_range(first, int(table.rows[-1]) + 1, eager=True)})
    numbered = held.with_columns(table.rows.alias(ROW))
    frame = every.join(numbered, on=ROW, how="left", maintain_order="left")
    return frame.drop(ROW), first
