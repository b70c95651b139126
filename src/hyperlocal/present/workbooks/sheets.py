"""What stands on each sheet of a workbook, whatever program is to open it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from hyperlocal.present.citation import MADE_UP
from hyperlocal.present.tables.model import SHORTHAND, Column, Table
from hyperlocal.present.workbooks.cells import shorthand

COVER, CONTENTS, NOTES, COLUMNS = "Cover", "Contents", "Notes", "Columns"
RESERVED = (COVER, CONTENTS, NOTES, COLUMNS, "History")
"""Names that a table's sheet cannot have: those of other sheets, and one that Excel keeps."""
LONGEST_NAME = 31
ONE_TABLE = "This worksheet contains one table."
LINK = re.compile(r"\[([^\]]*)\]\(([^()]*)\)")

What = Literal["title", "subtitle", "text"]


@dataclass(frozen=True)
class Sheet:
    """One sheet with one table.

    Parameters
    ----------
    name
        What its tab says.
    table
        Its table.
    title
        Its title, with the marks of its notes.
    about
        What a reader should know of it.
    instructions
        How to read the sheet.
    legend
        What the shorthand on it means.
    source
        Who is to be named. These texts stand between title and table, a cell each; those that are
        empty are left out.
    links
        Whether the cells of the first column are names of sheets, and lead there.
    """

    name: str
    table: Table
    title: str
    about: str
    instructions: str
    legend: str
    source: str
    links: bool = False

    @property
    def lines(self) -> tuple[tuple[What, str], ...]:
        """The texts before the table in their order, those that are not empty."""
        texts: tuple[tuple[What, str], ...] = (
            ("title", self.title),
            ("subtitle", self.about),
            ("text", self.instructions),
            ("text", self.legend),
            ("text", self.source),
        )
        return tuple((what, text) for what, text in texts if text)

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of the columns, with their units."""
        return tuple(headed(one) for one in self.table.columns)

    @property
    def heading_row(self) -> int:
        """The row of the headings, counted from 0."""
        return len(self.lines)

    @property
    def frozen_columns(self) -> int:
        """How many columns stay in view: those at the left that tell the rows apart."""
        names = [one.name for one in self.table.columns]
        found = [name in self.table.keys for name in names]
        leading = found.index(False) if False in found else len(found)
        return min(leading, len(names) - 1, 2)


def plan(tables: Sequence[Table]) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook after its cover: contents, notes, columns, the tables.

    Parameters
    ----------
    tables
        The tables, checked, in the order of their sheets.

    Returns
    -------
    tuple of Sheet
        The notes of all tables are numbered in the order in which they come, a note that several
        tables have once, and the titles of their sheets refer to them.
    """
    names = sheet_names([one.name for one in tables])
    notes = list(dict.fromkeys(note for one in tables for note in one.notes))
    sheets = [
        _sheet(name, one, sorted({notes.index(note) + 1 for note in one.notes}))
        for name, one in zip(names, tables, strict=True)
    ]
    about = [_notes(notes)] if notes else []
    about.append(_columns(sheets))
    return (_contents([*about, *sheets]), *about, *sheets)


def sheet_names(wanted: Sequence[str]) -> tuple[str, ...]:
    """Return names for sheets: unique, allowed by Excel, at most 31 characters.

    Parameters
    ----------
    wanted
        The names of the tables.

    Examples
    --------
    >>> sheet_names(["areas", "history", "a/b", "a?b"])
    ('areas', 'history_2', 'a_b', 'a_b_2')
    >>> sheet_names(["indicators_by_middle_layer_super_output_area"])
    ('indicators_by_middle_layer_supe',)
    """
    taken = {name.casefold() for name in RESERVED}
    names = []
    for one in wanted:
        plain = re.sub(r"[^\w.-]", "_", one) or "table"
        name, number = plain[:LONGEST_NAME], 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain[: LONGEST_NAME - len(str(number)) - 1]}_{number}"
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def one_line(text: str) -> str:
    r"""Return a text as it stands outside tables: one line, with links written out.

    Examples
    --------
    >>> one_line("See [the report](https://example.org/a)\nand $$ 3.")
    'See the report (https://example.org/a) and $ $ 3.'
    """
    text = LINK.sub(r"\1 (\2)", " ".join(text.split()))
    return text.replace("](", "] (").replace("$$", "$ $")


def headed(column: Column) -> str:
    """Return the heading of a column with its unit."""
    unit = column.unit
    known = not unit or f"({unit})" in column.heading
    return column.heading if known else f"{column.heading} ({unit})"


def _sheet(name: str, table: Table, notes: Sequence[int]) -> Sheet:
    marks = shorthand(table)
    said = "; ".join(f"{mark} means {SHORTHAND[mark]}" for mark in marks)
    refers = f" Notes are on the worksheet {NOTES}." if notes else ""
    return Sheet(
        name,
        table,
        " ".join([one_line(table.title), *(f"[note {number}]" for number in notes)]),
        one_line(table.about),
        f"{ONE_TABLE}{refers}",
        f"Shorthand: {said}." if marks else "",
        _source(one_line(table.source)),
    )


def _source(said: str) -> str:
    """Return the line that names the source; that data are made up stands in place of the word."""
    return said if not said or said.startswith(MADE_UP) else f"Source: {said}"


def _contents(sheets: Sequence[Sheet]) -> Sheet:
    rows = {
        "sheet": [one.name for one in sheets],
        "table": [one_line(one.table.title) for one in sheets],
    }
    columns = Column("sheet", "Sheet name", ""), Column("table", "What it holds", "")
    table = Table("contents", "Contents", "", columns, pl.DataFrame(rows), ("sheet",))
    return Sheet(CONTENTS, table, table.title, "", ONE_TABLE, "", "", links=True)


def _notes(notes: Sequence[str]) -> Sheet:
    rows = {"note": [f"[note {number + 1}]" for number in range(len(notes))], "text": notes}
    columns = Column("note", "Note", ""), Column("text", "What it says", "")
    table = Table("notes", "Notes", "", columns, pl.DataFrame(rows), ("note",))
    return Sheet(NOTES, table, table.title, "", ONE_TABLE, "", "")


def _columns(sheets: Iterable[Sheet]) -> Sheet:
    """Describe every column of every table: what a machine calls it, what it holds."""
    found = [(sheet.name, one) for sheet in sheets for one in sheet.table.columns]
    rows = {
        "sheet": [name for name, _ in found],
        "heading": [one.heading for _, one in found],
        "meaning": [one_line(one.meaning) or one.heading for _, one in found],
        "name": [one.name for _, one in found],
    }
    columns = (
        Column("sheet", "Sheet name", ""),
        Column("heading", "Heading", ""),
        Column("meaning", "What the column holds", ""),
        Column("name", "Name in the CSV file", ""),
    )
    table = Table("columns", "What the columns hold", "", columns, pl.DataFrame(rows), ("sheet",))
    return Sheet(COLUMNS, table, table.title, "", ONE_TABLE, "", "")
