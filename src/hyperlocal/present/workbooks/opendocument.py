"""The same workbook as OpenDocument, by odfdo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from hyperlocal.present.tables.model import Table
from hyperlocal.present.workbooks.check import check_sheets
from hyperlocal.present.workbooks.cover import Cover
from hyperlocal.present.workbooks.looks import COVER_WIDTH, Look, looks
from hyperlocal.present.workbooks.package import write_package
from hyperlocal.present.workbooks.rows import OpenDocumentRows, rows_as_xml
from hyperlocal.present.workbooks.sheets import COVER, Sheet, one_line, plan

if TYPE_CHECKING:
    from odfdo import Document

PLAIN, BOLD = 'fo:font-size="12pt"', 'fo:font-weight="bold"'
LETTERS = {
    "title": f'fo:font-size="16pt" {BOLD}',
    "subtitle": 'fo:font-size="14pt"',
    "text": PLAIN,
    "cover_title": f'fo:font-size="16pt" {BOLD}',
    "cover_subtitle": f'fo:font-size="14pt" {BOLD}',
    "cover_text": PLAIN,
    "link": f'{PLAIN} fo:color="#0000ff" style:text-underline-style="solid"',
}
"""How the texts beside the cells of tables look, as in the theme of gptables."""
WRAPPED = {"cover_title", "cover_subtitle", "cover_text"}
TEMPLATE_ONLY = ("Configurations", "Thumbnails")
LEFT, RIGHT = 'fo:text-align="start"', 'fo:text-align="end" fo:margin-left="0.1in"'
PAGES = (
    """<style:page-layout style:name="wide"><style:page-layout-properties
 style:print-orientation="landscape" fo:page-width="29.7cm" fo:page-height="21cm"
 fo:margin-top="1.5cm" fo:margin-bottom="1.5cm" fo:margin-left="1.5cm" fo:margin-right="1.5cm"
 style:scale-to-X="1" style:scale-to-Y="0"/></style:page-layout>""",
    '<style:master-page style:name="Default" style:page-layout-name="wide"/>',
)
"""Sheets are printed on A4, as wide as the page."""
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-settings
 xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0"
 xmlns:ooo="http://openoffice.org/2004/office"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.4">
<office:settings><config:config-item-set config:name="ooo:view-settings">
<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>
<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>
<config:config-item-map-named config:name="Tables">{sheets}</config:config-item-map-named>
<config:config-item config:name="ActiveTable" config:type="string">{first}</config:config-item>
</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>
</office:settings></office:document-settings>"""


def write_ods(path: str | Path, tables: Sequence[Table], cover: Cover) -> Path:
    """Write tables as an OpenDocument spreadsheet, sheet by sheet what `write_workbook` writes.

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
    """
    path = Path(path)
    check_sheets(tables, cover.texts())
    sheets = plan(tables)
    columns = [looks(sheet) for sheet in sheets]
    package = _without_rows(sheets, columns, cover)
    rows = [
        (
            _room(number),
            rows_as_xml(sheet.table, OpenDocumentRows([_style(look) for look in found])),
        )
        for number, (sheet, found) in enumerate(zip(sheets, columns, strict=True))
        if not sheet.links
    ]
    write_package(path, package, {"content.xml": rows})
    return path


def _without_rows(
    sheets: Sequence[Sheet], columns: Sequence[Sequence[Look]], cover: Cover
) -> bytes:
    """Return the document with an empty row where the rows of each table will stand."""
    from odfdo import Element

    document = _empty()
    _describe(document, cover)
    for style in _styles(sorted({look for found in columns for look in found}, key=str)):
        document.insert_style(style, automatic=True)
    document.body.append(Element.from_tag(_cover(cover)))
    for number, (sheet, found) in enumerate(zip(sheets, columns, strict=True)):
        document.body.append(Element.from_tag(_sheet(sheet, found, number)))
    document.set_part("settings.xml", _settings(sheets).encode())
    held = BytesIO()
    document.save(held, pretty=False)
    return held.getvalue()


def _empty() -> Document:
    """Return a spreadsheet without sheets, and without the looks and pictures of its template."""
    from odfdo import Document

    document = Document("spreadsheet")
    document.body.clear()
    document.delete_styles()
    for part in document.parts:
        if part.startswith(TEMPLATE_ONLY):
            document.del_part(part)
    for entry in document.manifest.get_paths():
        if entry.startswith(TEMPLATE_ONLY):
            document.manifest.del_full_path(entry)
    for style in PAGES:
        document.insert_style(style)
    return document


def _describe(document: Document, cover: Cover) -> None:
    """State the properties of the document."""
    document.set_language(cover.language)
    meta = document.meta
    meta.title = cover.title
    meta.description = cover.citation
    meta.initial_creator = meta.creator = cover.publisher
    meta.creation_date = meta.date = cover.made.replace(tzinfo=None)
    meta.generator = "hyperlocal"


def _styles(found: Sequence[Look]) -> Iterator[str]:
    """Yield the styles of sheets, rows, columns and cells as XML."""
    yield (
        '<style:style style:name="sheet" style:family="table" style:master-page-name="Default">'
        '<style:table-properties table:display="true"/></style:style>'
    )
    yield (
        '<style:style style:name="row" style:family="table-row">'
        '<style:table-row-properties style:use-optimal-row-height="true"/></style:style>'
    )
    for width in sorted({COVER_WIDTH, *(look.width for look in found)}):
        inches = f"{width / 96:.3f}in"
        yield (
            f'<style:style style:name="width-{width}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{inches}"/></style:style>'
        )
    for name, letters in LETTERS.items():
        yield _cell_style(name, _wrap(name in WRAPPED), letters)
    line = 'fo:border-bottom="0.5pt solid #000000"'
    for name, number in (("heading", False), ("heading-number", True)):
        cell = f"{_wrap(True)} {line}"
        yield _cell_style(name, cell, f"{PLAIN} {BOLD}", number=number)
    for decimals in sorted({look.decimals for look in found if look.decimals is not None}):
        yield (
            f'<number:number-style style:name="decimals-{decimals}">'
            f'<number:number number:decimal-places="{decimals}" '
            f'number:min-decimal-places="{decimals}" number:min-integer-digits="1" '
            'number:grouping="true"/></number:number-style>'
        )
    for name, look in {_style(look): look for look in found}.items():
        number = look.decimals is not None
        shown = f' style:data-style-name="decimals-{look.decimals}"' if number else ""
        yield _cell_style(name, _wrap(look.wrapped), PLAIN, shown, number=number)


def _cell_style(
    name: str, cell: str, letters: str, shown: str = "", *, number: bool = False
) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-cell"{shown}>'
        f'<style:table-cell-properties style:vertical-align="top" {cell}/>'
        f"<style:paragraph-properties {RIGHT if number else LEFT}/>"
        f'<style:text-properties style:font-name="Arial" fo:font-family="Arial" {letters}/>'
        "</style:style>"
    )


def _heading(look: Look) -> str:
    """Return the name of the style of the heading of a column."""
    return "heading" if look.decimals is None else "heading-number"


def _wrap(wrapped: bool) -> str:
    return f'fo:wrap-option="{"wrap" if wrapped else "no-wrap"}"'


def _style(look: Look) -> str:
    """Return the name of the style of the cells of a column."""
    if look.decimals is not None:
        return f"number-{look.decimals}"
    return "wrapped" if look.wrapped else "plain"


def _cover(cover: Cover) -> str:
    """Return the first sheet as XML."""
    lines = [("cover_title", one_line(cover.title), "")]
    for heading, paragraphs in cover.parts():
        lines.append(("cover_subtitle", heading, ""))
        lines += [
            ("link", said, said) if said == cover.url else ("cover_text", one_line(said), "")
            for said in paragraphs
        ]
    rows = (_row(_cell(style, text, link)) for style, text, link in lines)
    return _table(COVER, [COVER_WIDTH], "".join(rows))


def _sheet(sheet: Sheet, found: Sequence[Look], number: int) -> str:
    """Return a sheet as XML, with an empty row for those of its table."""
    before = "".join(_row(_cell(what, text)) for what, text in sheet.lines)
    headed = zip(sheet.headings, found, strict=True)
    headings = _row("".join(_cell(_heading(look), said) for said, look in headed))
    rows = _room(number)
    if sheet.links:
        cells = [sheet.table.rows[one.name] for one in sheet.table.columns]
        rows = "".join(
            _row(
                _cell("link", name, _address(name))
                + "".join(_cell("wrapped", one) for one in texts)
            )
            for name, *texts in zip(*cells, strict=True)
        )
    head = f"<table:table-header-rows>{headings}</table:table-header-rows>"
    return _table(sheet.name, [look.width for look in found], f"{before}{head}{rows}")


def _address(name: str) -> str:
    """Return the address of the first cell of a sheet."""
    return f"#{name}.A1" if name.isidentifier() else f"#'{name}'.A1"


def _table(name: str, widths: Sequence[int], rows: str) -> str:
    columns = "".join(f'<table:table-column table:style-name="width-{one}"/>' for one in widths)
    opened = f'<table:table table:name={quoteattr(name)} table:style-name="sheet">'
    return f"{opened}{columns}{rows}</table:table>"


def _room(number: int) -> str:
    """Return the row in whose place the rows of a table are put."""
    return f'<table:table-row table:style-name="rows-{number}"/>'


def _row(cells: str) -> str:
    return f'<table:table-row table:style-name="row">{cells}</table:table-row>'


def _cell(style: str, text: str, link: str = "") -> str:
    said = escape(text)
    if link:
        said = f'<text:a xlink:type="simple" xlink:href={quoteattr(link)}>{said}</text:a>'
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">'
        f"<text:p>{said}</text:p></table:table-cell>"
    )


def _settings(sheets: Sequence[Sheet]) -> str:
    """Return the settings: no lines of a grid, and of each table the headings stay in view."""
    views = [_view(COVER, {"ShowGrid": ("boolean", "false")})]
    for sheet in sheets:
        row, column = str(sheet.heading_row + 1), str(sheet.frozen_columns)
        frozen = "2" if sheet.frozen_columns else "0"
        views.append(
            _view(
                sheet.name,
                {
                    "HorizontalSplitMode": ("short", frozen),
                    "VerticalSplitMode": ("short", "2"),
                    "HorizontalSplitPosition": ("int", column),
                    "VerticalSplitPosition": ("int", row),
                    "ActiveSplitRange": ("short", "3" if sheet.frozen_columns else "2"),
                    "PositionRight": ("int", column),
                    "PositionBottom": ("int", row),
                    "ShowGrid": ("boolean", "false"),
                },
            )
        )
    return SETTINGS.format(sheets="".join(views), first=COVER)


def _view(name: str, items: Mapping[str, tuple[str, str]]) -> str:
    one = "config:config-item"
    said = "".join(
        f'<{one} config:name="{item}" config:type="{kind}">{value}</{one}>'
        for item, (kind, value) in items.items()
    )
    entry = f"{one}-map-entry"
    return f"<{entry} config:name={quoteattr(name)}>{said}</{entry}>"
