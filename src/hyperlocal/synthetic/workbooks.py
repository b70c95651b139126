"""Workbooks as publishers issue them: Excel (.xlsx) and OpenDocument (.ods).

The same tables give the same bytes each time.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import xlsxwriter

_MADE = datetime(2025, 1, 1, tzinfo=UTC)
_PLAIN = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet of an Excel workbook.

    Parameters
    ----------
    name
        Its name.
    above
        Lines above the headings: titles, notes, or empty.
    table
        The table, with its headings; a sheet of notes has none.
    below
        Lines below the table.
    """

    name: str
    above: tuple[str, ...] = ()
    table: pl.DataFrame | None = None
    below: tuple[str, ...] = ()


def write_xlsx(file: Path, *sheets: Sheet) -> None:
    """Write an Excel workbook.

    Parameters
    ----------
    file
        The file.
    sheets
        Its sheets, in their order.
    """
    with xlsxwriter.Workbook(file, _PLAIN) as book:
        book.set_properties({"created": _MADE})
        for sheet in sheets:
            rows: list[tuple[object, ...]] = [(line,) for line in sheet.above]
            if sheet.table is not None:
                rows += [tuple(sheet.table.columns), *sheet.table.rows()]
            rows += [(line,) for line in sheet.below]
            page = book.add_worksheet(sheet.name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)


def write_ods(file: Path, sheets: Mapping[str, pl.DataFrame]) -> None:
    """Write an OpenDocument spreadsheet.

    Parameters
    ----------
    file
        The file.
    sheets
        Its sheets by their names. Headings are in the first row: a sheet of notes is a column
        with the title as its heading.

    Notes
    -----
    GDAL begins a line at each tag and states when the file was made. The reader of workbooks takes
    such a line for the text of a row, so the line ends are left out, and the date is made the same.
    """
    from pyogrio import write_arrow

    for place, (name, table) in enumerate(sheets.items()):
        known = table.to_arrow(compat_level=pl.CompatLevel.oldest())  # GDAL has no string views
        write_arrow(known, file, layer=name, driver="ODS", geometry_name=None, append=place > 0)
    with zipfile.ZipFile(file) as archive:
        parts = [(entry, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(file, "w") as archive:
        for entry, part in parts:
            entry.date_time = _MADE.timetuple()[:6]
            archive.writestr(entry, part.replace(b">\n<", b"><"))
