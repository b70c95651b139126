"""Tables that a file cannot hold as they are: refused before a file is written, all at once."""

from __future__ import annotations

import polars as pl
import pytest

from hyperlocal.errors import ResultsError
from hyperlocal.present.csv_files import write_csvs
from hyperlocal.present.tables.model import Column, Table
from hyperlocal.present.workbooks import Cover, write_ods, write_workbook
from hyperlocal.present.workbooks.check import check_sheets
from hyperlocal.present.workbooks.sheets import sheet_names

CODE = Column("area_code", "Area code", "The code")


def table(name="areas", columns=(CODE,), marks=None, **values) -> Table:
    values = values or {"area_code": ["E01000001", "E01000002"]}
    title = f"What {name} hold"
    return Table(name, title, "", tuple(columns), pl.DataFrame(values), (), marks or {})


def refused(tmp_path, *tables, cover=None) -> list[str]:
    """Return what is said by both workbooks; neither leaves a file, nor touches an older one."""
    said = []
    for end, write in {"xlsx": write_workbook, "ods": write_ods}.items():
        path = tmp_path / f"index.{end}"
        path.write_text("older")
        with pytest.raises(ResultsError) as caught:
            write(path, tables, cover or Cover("An index"))
        said.append([str(problem) for problem in caught.value.problems])
        assert path.read_text() == "older"
    assert len(list(tmp_path.iterdir())) == 2
    assert said[0] == said[1]
    return said[0]


def csv_refused(tmp_path, *tables) -> list[str]:
    with pytest.raises(ResultsError) as caught:
        write_csvs(tmp_path / "csv", tables)
    assert not (tmp_path / "csv").exists()
    return [str(problem) for problem in caught.value.problems]


def test_nothing_and_empty_tables(tmp_path):
    assert refused(tmp_path) == ["there are no tables to write; give at least one"]
    empty = table(area_code=pl.Series([], dtype=pl.String))
    assert refused(tmp_path, empty) == ["areas: the table is empty; leave it out"]
    assert csv_refused(tmp_path, empty) == ["areas: the table is empty; leave it out"]


def test_names_that_are_there_twice_or_lead_elsewhere(tmp_path):
    for said in (refused, csv_refused):
        assert said(tmp_path, table(), table(), table("../areas")) == [
            "2 tables are named 'areas'; name them apart",
            "'../areas' cannot name a table; use lower-case letters, digits and _ without spaces",
        ]


def test_sheet_names_that_excel_refuses():
    wanted = ["a" * 40, "a" * 31, "HISTORY", "o'clock", "[x]:*?/\\", "cover", "", "notes"]
    names = sheet_names(wanted)
    assert names == (
        "a" * 31,
        "a" * 29 + "_2",
        "HISTORY_2",
        "o_clock",
        "_x______",
        "cover_2",
        "table",
        "notes_2",
    )
    assert max(map(len, names)) == 31


def test_more_rows_columns_and_letters_than_a_worksheet_has(tmp_path):
    rows = table(area_code=pl.repeat("E01000001", 1_048_576, eager=True))
    wide = [Column(f"c{number}", f"Column {number}", "") for number in range(16_385)]
    columns = table("wide", wide, **{one.name: ["a"] for one in wide})
    long = table("long", area_code=["a", "𝒜" * 16_384, "b" * 32_768])
    room = table("room", area_code=["𝒜" * 16_383, "ŵ" * 32_767])
    assert refused(tmp_path, rows, columns, long, room) == [
        "areas: 1,048,576 rows; a worksheet has room for 1,048,570; "
        "leave it out of the workbook; it can be written as CSV",
        "wide: 16,385 columns; a worksheet has room for 16,384; "
        "leave it out of the workbook; it can be written as CSV",
        "long:2: area_code: the cell is longer than 32,767 characters (and in 1 more rows); "
        "shorten it or leave it out",
    ]
    assert write_csvs(tmp_path / "csv", [long])


def test_control_characters_wherever_they_stand(tmp_path):
    bad = table(area_code=["a", "b\x00", "c\x1b", "d￾"])
    titled = Table("titled", "A\x07", "", (CODE,), table().rows, ())
    cell = "areas:2: area_code: the text holds a control character (and in 2 more rows); remove it"
    title = "titled: a text holds a control character: 'A\\x07'; remove it"
    assert csv_refused(tmp_path, bad, titled) == [cell, title]
    said = refused(tmp_path, bad, titled, cover=Cover("An index", notes=("\x0b",)))
    assert said == [cell, title, "a text holds a control character: '\\x0b'; remove it"]


def test_cells_that_nobody_can_read(tmp_path):
    kinds = {"text": ["%", "-", "Ελλάδα", "…"], "whole": [1, 10**15, None, 2]}
    columns = [Column(name, name, "", name) for name in kinds]
    assert refused(tmp_path, table("cells", columns, **kinds)) == [
        "cells:1: text: the cell holds nothing but signs (and in 2 more rows); "
        "say it in words, such as 'per cent'",
        "cells:2: whole: a spreadsheet keeps 15 digits of a whole number; publish it as text",
    ]


def test_numbers_that_are_none_and_marks_without_meaning(tmp_path):
    score = Column("score", "Score", "", "number")
    marks = {"score": pl.Series([None, None, "[q]"])}
    bad = table("scores", [score], marks, score=[float("nan"), float("inf"), None])
    expected = [
        "scores:3: score: the mark '[q]' is not explained; use [x]",
        "scores:1: score: the cell is not a number (and in 1 more rows); leave it empty",
    ]
    assert refused(tmp_path, bad) == expected
    assert csv_refused(tmp_path, bad) == expected


def test_headings(tmp_path):
    columns = [
        Column("a", "Rank", ""),
        Column("b", "RANK", ""),
        Column("c", " ", ""),
        Column("d", "x" * 250, "", unit="years"),
    ]
    bad = table("headed", columns, **{one.name: ["a"] for one in columns})
    assert refused(tmp_path, bad) == [
        "headed: a: the heading 'Rank' is there twice; head the columns apart",
        "headed: b: the heading 'RANK' is there twice; head the columns apart",
        "headed: c: the heading is empty; say what it holds",
        "headed: d: the heading is longer than 255 characters; shorten it",
    ]


def test_places_that_cannot_be_written(tmp_path):
    held = tmp_path / "file"
    held.write_text("a file, not a folder")
    for write in (write_workbook, write_ods):
        with pytest.raises(ResultsError, match=r"cannot be written: .*; name another file"):
            write(held / "index.xlsx", [table()], Cover("An index"))
    with pytest.raises(ResultsError, match=r"cannot be written: .*; name another folder"):
        write_csvs(held, [table()])
    with pytest.raises(ResultsError, match="cannot be written: Is a directory"):
        write_workbook(tmp_path, [table()], Cover("An index"))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_table_with_as_many_rows_as_fit():
    rows = table(area_code=pl.repeat("E01000001", 1_048_570, eager=True))
    check_sheets([rows], ())
