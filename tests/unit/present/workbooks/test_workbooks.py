"""The Excel workbook, the OpenDocument spreadsheet and the CSV files hold the same cells."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import warnings
from zipfile import ZipFile

import fastexcel
import pandas as pd
import polars as pl
import pytest

from hyperlocal.present.csv_files import write_csvs
from hyperlocal.present.workbooks import write_ods, write_workbook
from hyperlocal.present.workbooks.cells import is_number
from hyperlocal.present.workbooks.cells import written as written_cells
from hyperlocal.present.workbooks.looks import looks
from hyperlocal.present.workbooks.sheets import plan

WRITERS = {"xlsx": write_workbook, "ods": write_ods}
NAMES = ["Cover", "Contents", "Notes", "Columns", "areas", "indicators_by_middle_layer_supe"]
NAMES += ["history_2"]


@pytest.fixture(scope="module")
def written(tmp_path_factory, tables, cover):
    folder = tmp_path_factory.mktemp("workbooks")
    return {end: write(folder / f"{end}.{end}", tables, cover) for end, write in WRITERS.items()}


@pytest.fixture(scope="module")
def parts(written):
    """The parts of both packages as text."""
    found = {}
    for end, path in written.items():
        with ZipFile(path) as package:
            assert package.testzip() is None
            found[end] = {name: package.read(name).decode() for name in package.namelist()}
    return found


@pytest.mark.parametrize("end", WRITERS)
def test_every_cell_reads_back(end, written, tables, read, same_cells):
    sheets = read(written[end])
    assert list(sheets) == NAMES
    for sheet in plan(tables):
        found = sheets[sheet.name]
        lines = [text for _, text in sheet.lines]
        assert found.to_series(0).to_list()[: len(lines)] == lines
        assert found.row(sheet.heading_row) == sheet.headings
        same_cells(sheet.table, found[sheet.heading_row + 1 :])


def test_both_say_the_same(written, read):
    ours, theirs = (read(path) for path in written.values())
    assert list(ours) == list(theirs)
    for name, cells in ours.items():
        if name not in {"areas", NAMES[5]}:  # compared with their tables: numbers are spelt apart
            assert cells.equals(theirs[name]), name


@pytest.mark.parametrize("end", WRITERS)
def test_numbers_are_numbers_and_text_is_text(end, written, tables):
    book = fastexcel.read_excel(str(written[end]))
    kinds = {"text": pl.String, "whole": pl.Float64, "number": pl.Float64}
    for sheet in plan(tables):
        if any(
            table.rows[one.name].null_count() for table in [sheet.table] for one in table.columns
        ):
            continue  # marks make text of a column; their cells are looked at below
        found = book.load_sheet(sheet.name, header_row=sheet.heading_row).to_polars()
        expected = [kinds[one.kind] for one in sheet.table.columns]
        assert found.dtypes == expected, sheet.name


def test_every_cell_of_excel_is_a_number_or_text_as_it_should(parts, tables):
    sheet = plan(tables)[3]
    assert sheet.name == "areas"
    part = parts["xlsx"]["xl/worksheets/sheet5.xml"]
    cells = re.findall(r'<c r="([C-D]\d+)" s="\d+"( t="inlineStr")?>', part)
    first = sheet.heading_row + 2
    missing = {f"C{first + 2}", f"C{first + 5}", f"D{first + 2}"}
    assert {cell for cell, text in cells if text} == missing
    assert len(cells) == 12


def test_nothing_is_computed_merged_or_hidden(parts):
    for name, part in parts["xlsx"].items():
        assert not re.search(r"<f[ >]|<mergeCell|hidden=|autoFilter|t=\"b\"", part), name
    content = parts["ods"]["content.xml"]
    assert not re.search(r"table:formula|number-columns-spanned|covered-table-cell", content)


def test_links_lead_to_sheets_and_text_is_no_link(parts, written):
    contents = parts["xlsx"]["xl/worksheets/sheet2.xml"]
    linked = re.findall(r"location=\"'([^']+)'!A1\"", contents)
    assert linked == NAMES[2:]
    others = [part for name, part in parts["xlsx"].items() if "sheet" in name and "2" not in name]
    assert sum(part.count("<hyperlink ") for part in others) == 1  # the address on the cover
    relations = parts["xlsx"]["xl/worksheets/_rels/sheet1.xml.rels"]
    assert 'Target="https://example.org/a?b=1&amp;c=(2)"' in relations
    links = re.findall(r'xlink:href="([^"]+)"', parts["ods"]["content.xml"])
    assert links == ["https://example.org/a?b=1&amp;c=(2)", *(f"#{name}.A1" for name in linked)]


def test_tables_are_marked_with_all_their_rows(parts, tables):
    for number, sheet in enumerate(plan(tables), start=1):
        table = parts["xlsx"][f"xl/tables/table{number}.xml"]
        rows = sheet.heading_row + 1, sheet.heading_row + 1 + sheet.table.rows.height
        last = "ABCD"[len(sheet.headings) - 1]
        assert f'ref="A{rows[0]}:{last}{rows[1]}"' in table
        assert f'name="table_{sheet.name}"' in table
        page = parts["xlsx"][f"xl/worksheets/sheet{number + 1}.xml"]
        assert f'<dimension ref="A1:{last}{rows[1]}"/>' in page
        assert f'<row r="{rows[1]}"' in page
        assert f'<row r="{rows[1] + 1}"' not in page


def test_headings_stay_in_view(parts, tables):
    sheet = plan(tables)[3]
    page = parts["xlsx"]["xl/worksheets/sheet5.xml"]
    assert f'<pane xSplit="1" ySplit="{sheet.heading_row + 1}"' in page
    settings = parts["ods"]["settings.xml"]
    view = settings[settings.index('config:name="areas"') :].split(
        "</config:config-item-map-entry>"
    )[0]
    items = dict(re.findall(r'config:name="(\w+)" config:type="\w+">(\w+)<', view))
    assert items["VerticalSplitMode"] == items["HorizontalSplitMode"] == "2"
    assert items["VerticalSplitPosition"] == str(sheet.heading_row + 1)
    assert parts["ods"]["content.xml"].count("<table:table-header-rows>") == len(NAMES) - 1


def test_documents_say_what_they_are(parts):
    core = parts["xlsx"]["docProps/core.xml"]
    meta = parts["ods"]["meta.xml"]
    for said in (core, meta):
        assert "<dc:title>A small index &amp; its parts</dc:title>" in said
        assert "<dc:creator>A publisher</dc:creator>" in said
        assert "<dc:language>cy-GB</dc:language>" in said
        assert "2025-10-30T09:30:00" in said
    assert 'fo:language="cy"' in parts["ods"]["styles.xml"]
    assert "fr-FR" not in "".join(parts["ods"].values())


def test_decimals_are_those_of_the_column(parts):
    assert 'formatCode="#,##0.00"' in parts["xlsx"]["xl/styles.xml"]
    assert 'number:decimal-places="2"' in parts["ods"]["content.xml"]
    assert "<v>-1e-6</v>" in parts["xlsx"]["xl/worksheets/sheet5.xml"]  # stored in full


def test_notes_and_shorthand_are_explained(tables):
    contents, notes, columns, areas, counts, texts = plan(tables)
    assert contents.table.rows["sheet"].to_list() == NAMES[2:]
    assert notes.table.rows["text"].to_list() == [
        "Scores are relative.",
        "Areas are those of 2021.",
        "Numbers below 5 are not shown.",
    ]
    assert areas.title == "Scores, ranks and deciles of six areas [note 1] [note 2]"
    assert counts.title == "Children [note 1] [note 3]"
    assert areas.about.endswith("see the report (https://example.org).")
    assert areas.legend == "Shorthand: [x] means not available."
    assert counts.legend.startswith("Shorthand: [x] means not available; [c] means confidential")
    assert (texts.legend, texts.source) == ("", "")
    assert areas.instructions.endswith("Notes are on the worksheet Notes.")
    assert texts.instructions == "This worksheet contains one table."
    assert "Need: score (points)" in areas.headings
    assert ("areas", "Need: rank", "1 is the most need", "need_rank") in columns.table.rows.rows()


def test_long_text_is_wrapped_and_large_numbers_have_room(tables):
    *_, areas, _, texts = plan(tables)
    widths = [look.width for look in looks(areas)]
    assert all(look.wrapped is False for look in looks(areas))
    assert widths[3] > 130  # 999,999,999,999,999
    assert [look.wrapped for look in looks(texts)] == [False, True]


def test_gptables_alone_finds_nothing_to_object_to(tables, tmp_path):
    """All cells of all tables, given to gptables as they are; it refuses what is not accessible."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", ResourceWarning)
        from gptables import GPTable
        from gptables import write_workbook as by_gptables

        given = {}
        for sheet in plan(tables):
            columns = {
                heading: [
                    float(cell) if number else re.sub(r"[$\[\]()]", " ", cell)  # no links, no notes
                    for cell, number in zip(
                        written_cells(sheet.table, column),
                        is_number(sheet.table, column),
                        strict=True,
                    )
                ]
                for heading, column in zip(sheet.headings, sheet.table.columns, strict=True)
            }
            frame = pd.DataFrame(columns).astype(object)
            given[sheet.name] = GPTable(
                frame,
                f"table_{sheet.name}",
                sheet.title,
                subtitles=[sheet.about] if sheet.about else [],
                instructions=sheet.instructions,
                legend=[sheet.legend] if sheet.legend else [],
                source=sheet.source or None,
                index_columns={},
            )
        warnings.filterwarnings("ignore", "No note text provided")
        by_gptables(str(tmp_path / "plain.xlsx"), given)


def test_the_same_tables_give_the_same_files(written, tables, cover, tmp_path):
    for end, write in WRITERS.items():
        again = write(tmp_path / f"again.{end}", tables, cover)
        assert again.read_bytes() == written[end].read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.ods", "again.xlsx"]


def test_csv_files_hold_every_cell(tables, tmp_path, same_cells):
    paths = write_csvs(tmp_path / "csv", tables)
    assert [path.name for path in paths] == [f"{one.name}.csv" for one in tables]
    for table, path in zip(tables, paths, strict=True):
        with path.open(newline="", encoding="utf-8") as file:
            head, *rows = csv.reader(file, strict=True)
        assert head == [one.name for one in table.columns]
        same_cells(table, pl.DataFrame(rows, orient="row"))
    assert len(list((tmp_path / "csv").iterdir())) == len(tables)


def test_csv_is_exact_to_the_byte(tables, tmp_path):
    areas = write_csvs(tmp_path, tables)[0]
    assert areas.read_bytes() == (
        b"area_code,area_name,need_score,need_rank\r\n"
        b"E01000000,City 001A,12.25,1\r\n"
        b"E01000001,Y Fro,-1e-6,2\r\n"
        b"E01000002,[x],[x],[x]\r\n"
        b"E01000003,+Plus,1234567.891235,999999999999999\r\n"
        b"E01000004,[x],0.0,0\r\n"
        b"E01000005,=Is,[x],-5\r\n"
    )


def test_libreoffice_reads_every_cell(written, tables, read, same_cells, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        reason = "LibreOffice (soffice) is not installed"
        if os.environ.get("HYPERLOCAL_CI") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "out"]
    subprocess.run([*command, *written.values()], check=True, capture_output=True, timeout=120)
    for end in WRITERS:
        sheets = read(tmp_path / "out" / f"{end}.xlsx")
        assert list(sheets) == NAMES
        for sheet in plan(tables):
            same_cells(sheet.table, sheets[sheet.name][sheet.heading_row + 1 :])
