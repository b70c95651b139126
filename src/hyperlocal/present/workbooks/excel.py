"""The accessible Excel workbook, by gptables."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape
from zipfile import ZipFile

from hyperlocal.present.tables.model import Table
from hyperlocal.present.workbooks.check import check_sheets
from hyperlocal.present.workbooks.cover import ABOUT, CONTACT, INTRODUCTION, Cover
from hyperlocal.present.workbooks.looks import (
    COVER_WIDTH,
    LINE,
    Look,
    heading_height,
    looks,
    paragraph_height,
    row_heights,
)
from hyperlocal.present.workbooks.package import write_package
from hyperlocal.present.workbooks.rows import ExcelRows, rows_as_xml
from hyperlocal.present.workbooks.sheets import COVER, Sheet, one_line, plan

if TYPE_CHECKING:
    from gptables import GPTable, GPWorkbook
    from gptables.core.wrappers import GPWorksheet

AS_GIVEN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Text stays text, whatever it looks like."""
TITLE_SIZE, SUBTITLE_SIZE = 16, 14
SIZES = {"title": TITLE_SIZE, "subtitle": SUBTITLE_SIZE, "text": 12}
"""The sizes of the letters in the theme of gptables, in points."""
A4 = 9
CORE = "docProps/core.xml"


def write_workbook(path: str | Path, tables: Sequence[Table], cover: Cover) -> Path:
    """Write tables as an accessible Excel workbook.

    Parameters
    ----------
    path
        The file; one that is there is replaced when the new one is complete.
    tables
        The tables in the order of their sheets.
    cover
        What the first sheet says.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ResultsError
        Where a table cannot be written as it is, or the file not at all; all that is wrong at
        once, and no file is left.

    Notes
    -----
    The workbook follows the guidance of the Government Analysis Function for spreadsheets:
    a cover, contents with links, notes, one table per sheet that begins in the first column, marked
    as a table, one row of headings, no merged or empty cells, shorthand that is explained. gptables
    makes the sheets and checks titles, headings and names; each table has one specimen row from it,
    in whose styles all rows are then put in. What gptables checks of cells, that none is empty or
    nothing but signs, is checked of all rows beforehand.

    References
    ----------
    Government Analysis Function: Releasing statistics in spreadsheets.
    https://analysisfunction.civilservice.gov.uk/policy-store/releasing-statistics-in-spreadsheets/
    """
    path = Path(path)
    check_sheets(tables, cover.texts())
    sheets = plan(tables)
    package = _with_specimens(sheets, cover)
    write_package(path, package, _rows(package, sheets, cover))
    return path


def _with_specimens(sheets: Sequence[Sheet], cover: Cover) -> bytes:
    """Return the workbook with one row of each table."""
    held = BytesIO()
    with warnings.catch_warnings():
        # gptables uses what pandas is about to drop, and leaves the file of its theme open.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", ResourceWarning)
        from gptables import GPWorkbook, gptheme

        theme = deepcopy(gptheme)
        theme.update_cover_text_format({"valign": "top"})
        with GPWorkbook(held, AS_GIVEN) as book:
            book.set_theme(theme)
            _describe(book, cover)
            _write_cover(book, cover)
            for sheet in sheets:
                _write_sheet(book, sheet)
    return held.getvalue()


def _describe(book: GPWorkbook, cover: Cover) -> None:
    """State the properties of the document."""
    book.set_properties(
        {
            "title": cover.title,
            "author": cover.publisher,
            "company": cover.publisher,
            "comments": cover.citation,
            "created": cover.made.replace(tzinfo=None),
        }
    )


def _write_cover(book: GPWorkbook, cover: Cover) -> None:
    import gptables

    parts = {
        heading: [{said: said} if said == cover.url else one_line(said) for said in paragraphs]
        for heading, paragraphs in cover.parts()
    }
    first = gptables.Cover(
        one_line(cover.title),
        intro=parts.get(INTRODUCTION),
        about=parts.get(ABOUT),
        contact=parts.get(CONTACT),
        cover_label=COVER,
    )
    page = book.add_worksheet(first.cover_label)
    page.write_cover(first)
    page.set_column_pixels(0, 0, COVER_WIDTH)
    _print_wide(page)
    heights = [paragraph_height(cover.title, COVER_WIDTH, TITLE_SIZE)]
    for heading, paragraphs in cover.parts():
        heights.append(paragraph_height(heading, COVER_WIDTH, SUBTITLE_SIZE))
        heights += [paragraph_height(said, COVER_WIDTH) for said in paragraphs]
    for row, height in enumerate(heights):
        page.set_row(row, height)


def _write_sheet(book: GPWorkbook, sheet: Sheet) -> None:
    """Add a sheet: its texts, its headings, and of its table one row for all."""
    from xlsxwriter.utility import xl_range

    page = book.add_worksheet(sheet.name)
    columns = looks(sheet)
    page.write_gptable(_gptable(sheet, columns), auto_width=False)
    page.set_default_row(LINE)
    for row, (what, _) in enumerate(sheet.lines):
        page.set_row(row, LINE * SIZES[what] / 12)
    page.set_row(sheet.heading_row, heading_height(sheet, columns))
    for at, look in enumerate(columns):
        page.set_column_pixels(at, at, look.width)
    heights = row_heights(sheet, columns) if sheet.links else None
    for row, height in enumerate(() if heights is None else heights, sheet.heading_row + 1):
        page.set_row(row, height)
    first, last = sheet.heading_row + 1, sheet.heading_row + sheet.table.rows.height
    page.freeze_panes(first, sheet.frozen_columns)
    page.repeat_rows(sheet.heading_row)
    _print_wide(page)
    texts = [at for at, look in enumerate(columns) if look.decimals is None]
    if texts:  # codes of digits alone are text on purpose
        ranges = " ".join(xl_range(first, at, last, at) for at in texts)
        page.ignore_errors({"number_stored_as_text": ranges})


def _print_wide(page: GPWorksheet) -> None:
    """Print a sheet on A4, as wide as the page."""
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)


def _gptable(sheet: Sheet, columns: Sequence[Look]) -> GPTable:
    import gptables
    import pandas as pd

    class OneForAll(gptables.GPTable):  # type: ignore[misc]
        """A table that gives one row and takes the room of all of them."""

        def _set_data_range(self) -> None:
            super()._set_data_range()
            self.data_range[2] += sheet.table.rows.height - len(self.table)

    if sheet.links:
        names, *others = (sheet.table.rows[one.name] for one in sheet.table.columns)
        links = [{name: f"internal:'{name}'!A1"} for name in names]
        given = pd.DataFrame(list(zip(links, *others, strict=True)), columns=list(sheet.headings))
    else:
        given = pd.DataFrame([[1] * len(columns)], columns=list(sheet.headings))
    top = any(look.wrapped for look in columns)
    return OneForAll(
        given,
        table_name=f"table_{sheet.name}",
        title=sheet.title,
        subtitles=[sheet.about] if sheet.about else [],
        instructions=sheet.instructions,
        legend=[sheet.legend] if sheet.legend else [],
        source=sheet.source or None,
        index_columns={},
        additional_formatting=[
            {"column": {"columns": [at], "format": shown, "include_names": names}}
            for at, look in enumerate(columns)
            for names, shown in ((True, _aligned(look)), (False, _format(look, top=top)))
        ],
    )


def _aligned(look: Look) -> dict[str, Any]:
    """Return how a column is aligned, its heading too: text at the left, numbers at the right."""
    return {"align": "left"} if look.decimals is None else {"align": "right", "indent": 1}


def _format(look: Look, *, top: bool) -> dict[str, Any]:
    """Return the format of the cells of a column."""
    found: dict[str, Any] = {"text_wrap": look.wrapped}
    if top:
        found["valign"] = "top"
    if look.decimals is not None:
        decimals = f".{'0' * look.decimals}" if look.decimals else ""
        found["num_format"] = f"#,##0{decimals}"
    return found


def _rows(
    package: bytes, sheets: Sequence[Sheet], cover: Cover
) -> dict[str, list[tuple[str, Iterable[str]]]]:
    """Return what takes the place of the specimen rows, and the language of the document."""
    end = "</cp:coreProperties>"
    language = f"<dc:language>{escape(cover.language)}</dc:language>{end}"
    found: dict[str, list[tuple[str, Iterable[str]]]] = {CORE: [(end, [language])]}
    with ZipFile(BytesIO(package)) as parts:
        for number, sheet in enumerate(sheets, start=2):  # the cover is the first
            if sheet.links:
                continue
            part, row = f"xl/worksheets/sheet{number}.xml", sheet.heading_row + 2
            text = parts.read(part).decode()
            specimen = text[text.index(f'<row r="{row}"') : text.index("</sheetData>")]
            styles = re.findall(r'<c r="[A-Z]+\d+" s="(\d+)">', specimen)
            heights = row_heights(sheet, looks(sheet))
            dialect = ExcelRows(row - 1, styles, heights)
            size = re.search(r'<dimension ref="A1:[A-Z]+\d+"/>', text)
            assert size is not None
            last = f'{row - 1 + sheet.table.rows.height}"/>'
            found[part] = [
                (size[0], [re.sub(r'\d+"/>$', last, size[0])]),
                (specimen, rows_as_xml(sheet.table, dialect)),
            ]
    return found
