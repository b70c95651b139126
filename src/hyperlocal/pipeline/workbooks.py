"""Sheets of Excel and ODS workbooks: their headings, and columns with numbers in full."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from hyperlocal.definition.inputs import Form
from hyperlocal.errors import DataError, Problem

if TYPE_CHECKING:
    import fastexcel

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
ROWS_LOOKED_AT = 60
_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook.

    Parameters
    ----------
    reader
        The open workbook.
    name
        The sheet.
    texts
        All cells as text.
    header_row
        The row of the headings, counted from 1.
    headings
        The headings, by column; empty where a column has none.
    hint
        Where the headings seem to be, if not in that row.
    first_column
        The place of the first heading in the sheet, counted from 0.
    """

    reader: fastexcel.ExcelReader
    name: str
    texts: pl.DataFrame
    header_row: int
    headings: list[str]
    hint: str
    first_column: int

    def read(self, places: dict[str, int], numeric: set[str]) -> pl.DataFrame:
        """Return columns as text, numbers in it to the last digit.

        Parameters
        ----------
        places
            The place of each column in the sheet.
        numeric
            The columns that hold numbers. An error such as ``#DIV/0!`` in them is kept as text.
        """
        texts = self.texts[self.header_row :].select(
            pl.nth(place).alias(str(place)) for place in set(places.values())
        )
        wanted = sorted({places[name] for name in numeric})
        if wanted:
            numbers, errors = self._numbers(wanted).to_arrow_with_errors()
            for column, series in zip(wanted, pl.DataFrame(numbers), strict=True):
                text = texts[str(column)]
                both = series.cast(pl.String).zip_with(series.is_not_null(), text)
                texts = texts.with_columns(both.alias(str(column)))
            texts = _with_errors(texts, wanted, errors)
        return texts.select(pl.col(str(place)).alias(name) for name, place in places.items())

    def _numbers(self, places: list[int]) -> fastexcel.ExcelSheet:
        columns = [self.first_column + place for place in places]
        return self.reader.load_sheet(
            self.name,
            header_row=None,
            skip_rows=self.header_row,
            use_columns=columns,
            dtypes=dict.fromkeys(columns, "float"),
        )


def open_workbook(file: Path, form: Form) -> Sheet:
    """Open the sheet that a form names, and find its headings.

    Parameters
    ----------
    file
        The workbook.
    form
        How it is read.

    Raises
    ------
    DataError
        Where the workbook cannot be read, or has no such sheet, or the sheet is empty.
    """
    import fastexcel

    try:
        reader = fastexcel.read_excel(file)
    except fastexcel.FastExcelError as error:
        head = file.read_bytes()[:64].lstrip()
        what = "it is a web page" if head.startswith(b"<") else "it is damaged or of another kind"
        raise DataError(
            Problem(
                f"cannot be read as a workbook: {what}",
                "open it in a spreadsheet program and save it as .xlsx",
                str(file),
            )
        ) from error
    names = reader.sheet_names
    name = form.sheet if form.sheet is not None else names[0]
    if name not in names:
        near = [known for known in names if known.lower() == name.lower()]
        remedy = f"did you mean {near[0]!r}?" if near else f"its sheets are: {', '.join(names)}"
        raise DataError(Problem(f"has no sheet {name!r}", remedy, str(file)))
    try:
        sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        texts, columns = sheet.to_polars(), sheet.available_columns()
    except fastexcel.FastExcelError:
        texts, columns = pl.DataFrame(), []
    rows = texts.head(max(ROWS_LOOKED_AT, form.header_row or 0)).fill_null("").rows()
    filled = [number for number, row in enumerate(rows) if any(cell.strip() for cell in row)]
    if not filled:
        others = ", ".join(other for other in names if other != name) or "none"
        raise DataError(
            Problem(f"the sheet {name!r} is empty", f"its other sheets are: {others}", str(file))
        )
    header = form.header_row or filled[0] + 1
    headings = list(rows[header - 1]) if header <= len(rows) else []
    first_column = columns[0].absolute_index if columns else 0
    hint = _hint(name, rows, header, form)
    return Sheet(reader, name, texts, header, headings, hint, first_column)


def _hint(name: str, rows: list[tuple[str, ...]], header: int, form: Form) -> str:
    """Say in which row the headings seem to be: the first of the widest ones."""
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    likely = widths.index(max(widths)) + 1
    sheet = "" if form.sheet is not None else f"the sheet {name!r} was read; "
    return f"{sheet}state 'header_row: {likely}'" if likely != header else sheet.rstrip("; ")


def _with_errors(texts: pl.DataFrame, columns: list[int], errors: Any) -> pl.DataFrame:
    """Put the text of spreadsheet errors where their cells are."""
    marked: dict[int, dict[int, str]] = {}
    for error in errors.errors if errors is not None else ():
        found = re.search(r"Error\((\w+)\)", error.detail)
        if found:
            row, place = error.offset_position
            marked.setdefault(place, {})[row] = _ERRORS.get(found[1], f"#{found[1]}")
    for place, cells in marked.items():
        series = texts[str(place)].to_frame().with_row_index("row")
        put = pl.DataFrame({"row": list(cells), "error": list(cells.values())}).with_columns(
            pl.col("row").cast(pl.UInt32)
        )
        joined = series.join(put, on="row", how="left", maintain_order="left")
        texts = texts.with_columns(
            joined.select(pl.coalesce("error", str(place)).alias(str(place))).to_series()
        )
    return texts
