"""Input tables from CSV, Parquet, Excel and ODS files: only the columns that are used."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from hyperlocal.definition.inputs import (
    Beginning,
    Filed,
    Form,
    FromList,
    Input,
    Rows,
    Wanted,
)
from hyperlocal.errors import DataError, Problem
from hyperlocal.pipeline.headings import Asked, match_columns
from hyperlocal.pipeline.text_files import TEXT_FILES, open_text
from hyperlocal.pipeline.workbooks import WORKBOOKS, open_workbook

VALUES_SHOWN = 12


@dataclass(frozen=True)
class Table:
    """The used columns of one input, as read.

    Parameters
    ----------
    file
        The file that was read.
    form
        How it was read.
    frame
        The columns, by the names that the definition uses, without the rows that are wholly blank.
    rows
        The row of the file that holds each row of `frame`, counted from 1.
    blank_rows
        How many rows were wholly blank.
    other_rows
        How many rows are not those that `where` asks for.
    runs
        The columns of each run of columns.
    """

    file: Path
    form: Form
    frame: pl.DataFrame
    rows: pl.Series
    blank_rows: int
    other_rows: int = 0
    runs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def selected(self, keep: pl.Series) -> Table:
        """Return the table with the rows alone that are to be kept."""
        return replace(self, frame=self.frame.filter(keep), rows=self.rows.filter(keep))

    def problem(
        self, message: str, remedy: str = "", row: int | None = None, column: str = ""
    ) -> Problem:
        """Make a problem of this table, at a row of `frame` (from 0) and a column."""
        line = None if row is None else int(self.rows[row])
        return Problem(message, remedy, str(self.file), line, self.heading(column))

    def heading(self, column: str) -> str:
        """Return the heading in the file of a column of the definition."""
        return self.form.columns.get(column, column)


def find_form(table: Filed, folder: Path) -> tuple[Form, Path] | None:
    """Return the first accepted form whose file is there, or None.

    Parameters
    ----------
    table
        The input, or the table of records.
    folder
        The data folder.
    """
    for form in table.accepted_forms():
        path = folder / form.file
        if path.is_file():
            return form, path
    return None


def read_table(
    table: Input,
    columns: Mapping[str, Asked],
    folder: Path,
    lists: Mapping[str, tuple[str, ...]],
) -> Table | None:
    """Read the columns of an input that are used.

    Parameters
    ----------
    table
        The input.
    columns
        The names of the columns, as the definition uses them, that of the codes first.
    folder
        The data folder.
    lists
        The codes of the definition's lists, by which rows may be chosen.

    Returns
    -------
    Table or None
        None where an optional input is not there.

    Raises
    ------
    DataError
        Where the file is missing, cannot be read, or lacks columns.
    """
    found = find_form(table, folder)
    if found is None:
        if table.optional:
            return None
        raise DataError(not_there(table, folder))
    form, file = found
    columns = {**columns, **{name: Asked("'where'") for name in form.where if name not in columns}}
    try:
        frame, runs, first_row = _read(file, form, columns)
    except OSError as error:
        raise DataError(
            Problem(f"cannot be read: {error.strerror or error}", file=str(file))
        ) from error
    except pl.exceptions.NoDataError as error:
        remedy = f"row {form.header_row} should hold the headings" if form.header_row else ""
        raise DataError(Problem("the file is empty from there on", remedy, str(file))) from error
    except pl.exceptions.PolarsError as error:
        raise DataError(_unreadable(file, error)) from error
    if table.nil:
        frame = _nil_as_zero(frame, columns, runs, table.nil)
    blank = _blank_rows(frame, next(iter(columns)))
    rows = pl.int_range(first_row, first_row + frame.height, eager=True)
    if blank:
        keep = ~rows.is_in([first_row + row for row in blank])
        frame, rows = frame.filter(keep), rows.filter(keep)
    if frame.is_empty():
        raise DataError(Problem("the table has no rows", file=str(file)))
    read = Table(file, form, frame, rows, len(blank), runs=runs)
    if not form.where:
        return read
    kept = read.selected(matching(read, form.where, lists))
    if kept.frame.is_empty():
        raise DataError(no_rows(read, form.where, lists))
    return replace(kept, other_rows=frame.height - kept.frame.height)


def checksum(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _nil_as_zero(
    frame: pl.DataFrame,
    columns: Mapping[str, Asked],
    runs: Mapping[str, tuple[str, ...]],
    marks: tuple[str, ...],
) -> pl.DataFrame:
    """Write 0 in the place of the marks that stand for it, in columns of numbers."""
    numbers = [
        part
        for name, asked in columns.items()
        if asked.number
        for part in runs.get(name, (name,))
        if frame.schema[part] == pl.String
    ]
    if not numbers:
        return frame
    is_nil = pl.col(numbers).str.strip_chars().is_in(list(marks))
    return frame.with_columns(
        pl.when(is_nil).then(pl.lit("0")).otherwise(pl.col(numbers)).name.keep()
    )


def _blank_rows(frame: pl.DataFrame, code: str) -> list[int]:
    """Return the rows in which nothing stands: looked for among those without a code."""
    if frame[code].dtype not in (pl.String, pl.Null):
        return []
    without = (frame[code].cast(pl.String).str.strip_chars().fill_null("") == "").arg_true()
    if without.is_empty():
        return []
    text = frame[without].select(pl.col(pl.String).str.strip_chars())
    other = frame[without].select(pl.exclude(pl.String))
    filled = [(series != "").fill_null(False) for series in text]
    filled += [series.is_not_null() for series in other]
    stands = pl.DataFrame(filled).select(pl.any_horizontal(pl.all())).to_series()
    return without.filter(~stands).to_list()


def _read(
    file: Path, form: Form, columns: Mapping[str, Asked]
) -> tuple[pl.DataFrame, dict[str, tuple[str, ...]], int]:
    """Return the columns, those of each run, and the row that holds the first of their cells."""
    if file.suffix.lower() in WORKBOOKS:
        sheet = open_workbook(file, form)
        found, runs = match_columns(sheet.headings, columns, form, file, sheet.hint)
        numeric = {name for name, asked in columns.items() if asked.number}
        numeric = {part for name in numeric for part in runs.get(name, (name,))}
        return sheet.read(found, numeric), runs, sheet.header_row + 1
    whole, first_row = _open(file, form)
    headings = whole.collect_schema().names()
    found, runs = match_columns(headings, columns, form, file)
    chosen = [pl.col(headings[place]).alias(name) for name, place in found.items()]
    if (
        file.suffix.lower() in TEXT_FILES
    ):  # of some columns alone, a row with too many goes unnoticed
        return whole.collect().select(chosen), runs, first_row
    return whole.select(chosen).collect(), runs, first_row


def _open(file: Path, form: Form) -> tuple[pl.LazyFrame, int]:
    """Open a file that is no workbook; return the row of the first of its cells with it."""
    kind = file.suffix.lower()
    if kind == ".parquet":
        return pl.scan_parquet(file), 1
    if kind in TEXT_FILES:
        return open_text(file, form), (form.header_row or 1) + 1
    message = f"files that end in {kind!r} are not read"
    raise DataError(Problem(message, "save it as .csv or .xlsx", str(file)))


def headings_of(file: Path, separator: str | None = None) -> list[str]:
    """Return the headings of a table; `separator` is what is between them, where no comma.

    Raises
    ------
    DataError
        Where the file is missing, or cannot be read.
    """
    form = Form(file=file.name, separator=separator)
    try:
        if file.suffix.lower() in WORKBOOKS:
            return open_workbook(file, form).headings
        return _open(file, form)[0].collect_schema().names()
    except FileNotFoundError as error:
        raise DataError(Problem("there is no such file", file=str(file))) from error
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise DataError(Problem(message, file=str(file))) from error
    except pl.exceptions.PolarsError as error:
        raise DataError(_unreadable(file, error)) from error


def not_there(table: Filed, folder: Path) -> Problem:
    """Say that none of the files of a table is there, and where it is published."""
    files = [form.file for form in table.accepted_forms()]
    url = table.url or next((form.url for form in table.accepted_forms() if form.url), "")
    what = f"{table.title!r} is not there" if table.title else "the file is not there"
    if len(files) > 1:
        what += f"; accepted is one of {', '.join(files)}"
    remedy = f"it is published at {url}" if url else "put it there, or name another --data folder"
    return Problem(what, remedy, str(folder / files[0]))


def _unreadable(file: Path, error: Exception) -> Problem:
    reason = str(error).splitlines()[0][:200]
    remedy = ""
    if "found more fields than defined" in reason:
        reason = "a row has more values than there are headings"
        remedy = "mend the row; a value that holds the separator must stand in quotes"
    return Problem(f"cannot be read as a {file.suffix} table: {reason}", remedy, str(file))


def matching(table: Table, where: Rows, lists: Mapping[str, tuple[str, ...]]) -> pl.Series:
    """Return which rows of a table hold what is asked for in every column.

    Parameters
    ----------
    table
        The table.
    where
        For each column the values that it may hold.
    lists
        The codes of the definition's lists.
    """
    keep = pl.repeat(True, table.frame.height, eager=True)
    for heading, wanted in where.items():
        keep &= _held(plain_text(table.frame[heading]), wanted, lists)
    return keep


def _held(text: pl.Series, wanted: Wanted, lists: Mapping[str, tuple[str, ...]]) -> pl.Series:
    """Return which cells hold what is asked for."""
    if isinstance(wanted, Beginning):
        return text.str.starts_with(wanted.begins_with).fill_null(False)
    values = lists[wanted.list] if isinstance(wanted, FromList) else wanted
    return text.is_in(list(values)).fill_null(False)


def shown_rows(wanted: Wanted) -> str:
    """Write what a column must hold for its row to be used."""
    if isinstance(wanted, FromList):
        return f"one of the list {wanted.list}"
    if isinstance(wanted, Beginning):
        return f"{wanted.begins_with!r} at the beginning"
    return ", ".join(map(repr, wanted[:3])) + (" ..." if wanted[3:] else "")


def plain_text(series: pl.Series) -> pl.Series:
    """Return a column as text without white space around it; empty cells are null."""
    if series.dtype.is_float() and (series.is_null() | (series == series.round())).all():
        series = series.cast(pl.Int64)
    text = pl.first().cast(pl.String).str.strip_chars()
    return series.to_frame().select(pl.when(text != "").then(text)).to_series()


def no_rows(table: Table, where: Rows, lists: Mapping[str, tuple[str, ...]]) -> list[Problem]:
    """Say what a table holds in the columns by which none of its rows was chosen.

    Parameters
    ----------
    table
        The table.
    where
        For each column what it had to hold.
    lists
        The codes of the definition's lists.
    """
    problems = []
    for heading, wanted in where.items():
        held = plain_text(table.frame[heading]).drop_nulls().unique(maintain_order=True)
        if _held(held, wanted, lists).any() and len(where) > 1:
            continue
        shown = ", ".join(repr(text) for text in held.head(VALUES_SHOWN))
        message = f"no row holds {shown_rows(wanted)}"
        problems.append(table.problem(message, f"there stands: {shown}", column=heading))
    return problems or [table.problem("no row holds all that 'where' asks for")]
