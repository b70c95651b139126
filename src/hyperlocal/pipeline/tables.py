"""Input tables from CSV, Parquet, Excel and ODS files: only the columns that are used."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from hyperlocal.definition.models import Form, Input
from hyperlocal.errors import DataError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHOWN = 5
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", *WORKBOOKS)


@dataclass(frozen=True)
class Table:
    """The used columns of one input, as read.

    Parameters
    ----------
    name
        The id of the input in the definition.
    file
        The file that was read.
    form
        How it was read.
    frame
        The columns, by the names that the definition uses.
    first_row
        The row of the file that holds the first row of `frame`, counted from 1.
    """

    name: str
    file: Path
    form: Form
    frame: pl.DataFrame
    first_row: int

    def problem(
        self, message: str, remedy: str = "", row: int | None = None, column: str = ""
    ) -> Problem:
        """Make a problem of this table, at a row of `frame` (from 0) and a column."""
        line = None if row is None else self.first_row + row
        return Problem(message, remedy, str(self.file), line, self.heading(column))

    def heading(self, column: str) -> str:
        """Return the heading in the file of a column of the definition."""
        return self.form.columns.get(column, column)


def find_form(name: str, table: Input, folder: Path) -> tuple[Form, Path] | None:
    """Return the first accepted form whose file is there, or None.

    Parameters
    ----------
    name
        The id of the input.
    table
        The input.
    folder
        The data folder.
    """
    for form in table.accepted_forms():
        path = folder / form.file
        if path.is_file():
            return form, path
    return None


def read_table(name: str, table: Input, columns: Mapping[str, str], folder: Path) -> Table | None:
    """Read the columns of an input that are used.

    Parameters
    ----------
    name
        The id of the input.
    table
        The input.
    columns
        The names of the columns, as the definition uses them, each with the place in the
        definition that asks for it.
    folder
        The data folder.

    Returns
    -------
    Table or None
        None where an optional input is not there.

    Raises
    ------
    DataError
        Where the file is missing, cannot be read, or lacks columns.
    """
    found = find_form(name, table, folder)
    if found is None:
        if table.optional:
            return None
        raise DataError(_not_there(table, folder))
    form, file = found
    try:
        whole = _open(file, form)
        frame = whole.select(_match(whole.collect_schema().names(), columns, form, file)).collect()
    except OSError as error:
        raise DataError(
            Problem(f"cannot be read: {error.strerror or error}", file=str(file))
        ) from error
    except pl.exceptions.NoDataError as error:
        raise DataError(Problem("the file is empty", file=str(file))) from error
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0][:200]
        raise DataError(
            Problem(f"cannot be read as a {file.suffix} table: {reason}", file=str(file))
        ) from error
    if frame.height == 0:
        raise DataError(Problem("the table has no rows", file=str(file)))
    first_row = 1 if file.suffix.lower() == ".parquet" else (form.header_row or 1) + 1
    return Table(name, file, form, frame, first_row)


def checksum(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _not_there(table: Input, folder: Path) -> Problem:
    files = [form.file for form in table.accepted_forms()]
    url = table.url or next((form.url for form in table.accepted_forms() if form.url), "")
    what = f"{table.title!r} is not there" if table.title else "the file is not there"
    if len(files) > 1:
        what += f"; accepted is one of {', '.join(files)}"
    remedy = f"it is published at {url}" if url else "put it there, or name another --data folder"
    return Problem(what, remedy, str(folder / files[0]))


def _open(file: Path, form: Form) -> pl.LazyFrame:
    kind = file.suffix.lower()
    if kind == ".parquet":
        return pl.scan_parquet(file)
    return _open_workbook(file, form) if kind in WORKBOOKS else _open_csv(file, form)


def _open_csv(file: Path, form: Form) -> pl.LazyFrame:
    raw = file.read_bytes()
    if not raw.strip():
        raise DataError(Problem("the file is empty", file=str(file)))
    encoding = form.encoding or "utf-8"
    try:
        text = raw if codecs.lookup(encoding).name == "utf-8" else raw.decode(encoding).encode()
        raw.decode(encoding)
    except LookupError as error:
        raise DataError(
            Problem(f"unknown encoding {encoding!r}", "such as utf-8 or cp1252", str(file))
        ) from error
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DataError(
            Problem(
                f"is not {encoding} text",
                "state its encoding in the definition, such as 'encoding: cp1252'",
                str(file),
                line,
            )
        ) from error
    return pl.scan_csv(
        text,
        separator=form.separator or ("\t" if file.suffix.lower() == ".tsv" else ","),
        skip_lines=(form.header_row or 1) - 1,
        infer_schema=False,
    )


def _open_workbook(file: Path, form: Form) -> pl.LazyFrame:
    import fastexcel

    try:
        book = fastexcel.read_excel(file)
        if form.sheet is not None and form.sheet not in book.sheet_names:
            sheets = ", ".join(book.sheet_names)
            raise DataError(
                Problem(f"has no sheet {form.sheet!r}", f"its sheets are: {sheets}", str(file))
            )
        sheet = book.load_sheet(
            form.sheet if form.sheet is not None else 0,
            header_row=(form.header_row or 1) - 1,
            dtypes="string",
        )
        frame: pl.DataFrame = sheet.to_polars()
    except fastexcel.FastExcelError as error:
        reason = str(error).splitlines()[0][:200]
        raise DataError(
            Problem(f"cannot be read as a workbook: {reason}", file=str(file))
        ) from error
    return frame.lazy()


def _plain(heading: str) -> str:
    return " ".join(heading.removeprefix("\ufeff").split())


def _match(
    headings: list[str], columns: Mapping[str, str], form: Form, file: Path
) -> list[pl.Expr]:
    """Find the columns by their headings, whatever white space these are written with."""
    actual: dict[str, str] = {}
    for heading in headings:
        actual.setdefault(_plain(heading), heading)
    problems, found = [], []
    for column, asked_for in columns.items():
        heading = form.columns.get(column, column)
        at = actual.get(_plain(heading))
        if at is None:
            shown = [_plain(known) for known in headings[:30]]
            near = [known for known in shown if heading.lower() in known.lower()]
            hint = f"{asked_for} asks for it; columns are: {', '.join((near or shown)[:12])}"
            problems.append(Problem("there is no such column", hint, str(file), place=heading))
        elif f"{at}_duplicated_0" in headings:
            problems.append(
                Problem("the heading stands twice", "rename one", str(file), place=heading)
            )
        else:
            found.append(pl.col(at).alias(column))
    if problems:
        raise DataError(problems)
    return found


def texts(table: Table, column: str) -> pl.Series:
    """Return a column as text without white space around it; empty cells are null."""
    series = table.frame[column].cast(pl.String).str.strip_chars()
    return series.set(series == "", None)


def numbers(
    table: Table, column: str, marks: tuple[str, ...]
) -> tuple[NDArray[Any], list[Problem]]:
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
    if series.dtype == pl.String:
        raw = texts(table, column)
        raw = raw.set(raw.is_in(list(marks)).fill_null(False), None) if marks else raw
        plain = raw
        if table.form.thousands:
            plain = raw.str.replace_all(table.form.thousands, "", literal=True)
        parsed = plain.cast(pl.Float64, strict=False)
        wrong = (parsed.is_null() & raw.is_not_null()).arg_true().to_list()
        problems = [
            table.problem(
                f"{_short(raw[row])} is not a number", _number_hint(raw[row]), row, column
            )
            for row in wrong[:SHOWN]
        ]
    elif series.dtype.is_numeric() or series.dtype in (pl.Boolean, pl.Null):
        parsed, problems, wrong = series.cast(pl.Float64), [], []
        numeric_marks = [value for value in map(_as_number, marks) if value is not None]
        if numeric_marks:
            parsed = parsed.set(parsed.is_in(numeric_marks).fill_null(False), None)
    else:
        problem = table.problem(f"holds {series.dtype}, not numbers", column=column)
        return series.to_physical().cast(pl.Float64, strict=False).to_numpy(), [problem]
    infinite = parsed.is_infinite().fill_null(False).arg_true().to_list()
    problems += [
        table.problem("the value is infinite", "mend it, or mark it as missing", row, column)
        for row in infinite[:SHOWN]
    ]
    more = len(wrong) + len(infinite) - len(problems)
    if more > 0:
        problems.append(table.problem(f"and {more:,} more such cells", column=column))
    return parsed.to_numpy().astype(float), problems


def _as_number(mark: str) -> float | None:
    try:
        return float(mark)
    except ValueError:
        return None


def _short(value: str) -> str:
    return repr(value if len(value) <= 40 else f"{value[:37]}...")


def _number_hint(value: str) -> str:
    if "," in value and _as_number(value.replace(",", "")) is not None:
        return "if the comma parts thousands, state \"thousands: ','\" for the input"
    return "mend it, or state the mark under 'missing' of the input"
