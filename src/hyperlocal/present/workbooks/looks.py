"""How wide the columns of a sheet are, and how high its rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hyperlocal.present.tables.model import NOT_AVAILABLE, Column, Table
from hyperlocal.present.workbooks.cells import written
from hyperlocal.present.workbooks.sheets import Sheet

NARROWEST, WIDEST, COVER_WIDTH = 96, 480, 640
"""The widths of columns in pixels; longer text is wrapped."""
LINE, HIGHEST = 15.75, 409.0
"""The height of a line of letters of 12 points, and of the highest row, in points."""
HEADING_LINES = 3
WIDER, BOLD = 1.27, 1.1
"""How much wider Arial of 12 points is than the letters that xlsxwriter measures; and bold."""
LETTER = 7.5
"""The width in pixels that a letter has on average, where many are counted at once."""


@dataclass(frozen=True)
class Look:
    """How a column looks.

    Parameters
    ----------
    width
        Its width in pixels.
    wrapped
        Whether its text is broken into lines.
    decimals
        How many decimals its numbers have; None for text.
    """

    width: int
    wrapped: bool
    decimals: int | None


def looks(sheet: Sheet) -> tuple[Look, ...]:
    """Return how wide the columns of a sheet are, and how they show what they hold."""
    return tuple(
        _look(sheet.table, column, heading)
        for column, heading in zip(sheet.table.columns, sheet.headings, strict=True)
    )


def heading_height(sheet: Sheet, columns: Sequence[Look]) -> float:
    """Return the height of the row of headings, in points."""
    lines = (
        _lines(heading, look.width) for heading, look in zip(sheet.headings, columns, strict=True)
    )
    return LINE * max(lines)


def row_heights(sheet: Sheet, columns: Sequence[Look]) -> pl.Series | None:
    """Return the heights of the rows of a table in points; None where each has one line."""
    wrapped = [
        _counted(written(sheet.table, column), look.width)
        for column, look in zip(sheet.table.columns, columns, strict=True)
        if look.wrapped
    ]
    if not wrapped:
        return None
    lines = pl.DataFrame(wrapped).select(pl.max_horizontal(pl.all())).to_series()
    return (lines * LINE).clip(upper_bound=HIGHEST)


def paragraph_height(text: str, width: int, size: int = 12) -> float:
    """Return the height of a row with one text in letters of so many points, in points."""
    return LINE * size / 12 * _lines(text, width * 12 // size)


def _look(table: Table, column: Column, heading: str) -> Look:
    texts = written(table, column)
    broken = False
    if column.kind == "text":
        decimals = None
        broken = bool(texts.str.contains("\n").any())
        lines = texts.str.split("\n").explode() if broken else texts
        longest = lines.to_frame().unique().top_k(10, by=pl.all().str.len_chars()).to_series()
        widest = max(_pixels(one) for one in longest)
    else:
        decimals = 0 if column.kind == "whole" else column.decimals
        values = table.rows[column.name]
        ends = np.array([values.min() or 0, values.max() or 0], dtype=float)
        shown = [f"{end:,.{decimals}f}" for end in ends]
        widest = max(_pixels(one) for one in (*shown, NOT_AVAILABLE))
    headings = [*heading.split(), heading[: len(heading) // HEADING_LINES + 6]]
    needed = max(_pixels(one, bold=True) for one in headings)
    width = min(max(NARROWEST, widest, needed), WIDEST)
    return Look(width, wrapped=broken or widest > WIDEST, decimals=decimals)


def _pixels(text: str, *, bold: bool = False) -> int:
    """Return how wide a text is in pixels, with the room beside it."""
    from xlsxwriter.utility import cell_autofit_width

    return round(int(cell_autofit_width(text)) * WIDER * (BOLD if bold else 1))


def _lines(text: str, width: int) -> int:
    """Return in how many lines a bold text stands, broken between words."""
    lines, line = 1, ""
    for word in re.split(r"\s+", text):
        longer = f"{line} {word}".strip()
        if line and _pixels(longer, bold=True) > width:
            lines, line = lines + 1, word
        else:
            line = longer
    return lines


def _counted(texts: pl.Series, width: int) -> pl.Series:
    """Return in how many lines many texts stand, by their numbers of letters."""
    letters = max(width / LETTER - 2, 1)
    paragraphs = texts.str.split("\n").list.eval(
        (pl.element().str.len_chars() / letters).ceil().clip(lower_bound=1)
    )
    return paragraphs.list.sum()
