"""Groups of areas that a user lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from hyperlocal.analysis.beside import SAME, code_heading, columns_of, read_beside
from hyperlocal.analysis.groups.lookups import Groups, file_and_column, of_links
from hyperlocal.errors import DataError
from hyperlocal.geography.codes import describe_codes, row_problems
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.tables import checksum


def is_list(results: Results, given: str | Path) -> bool:
    """Say whether a table lists areas: it has one column, or the one that is named holds them.

    Parameters
    ----------
    results
        The finished index.
    given
        The file, as ``FILE`` or ``FILE:COLUMN``.

    Raises
    ------
    DataError
        Where the file cannot be read.
    """
    file, column = file_and_column(given)
    if len(columns_of(file)) == 1:
        return True
    if not column:
        return False
    held, _ = read_beside(file, text=[column])
    there = held[column].drop_nulls().unique()
    known = there.is_in(results.areas["area_code"].implode())
    return bool(known.any()) and int(known.sum()) >= SAME * len(there)


def from_list(
    results: Results, given: str | Path, overrides: Mapping[str, str] | None = None
) -> Groups:
    """Make one group of the areas that a table lists, called by the name of the file.

    Parameters
    ----------
    results
        The finished index.
    given
        The file (CSV, text, Parquet, Excel, ODS), as ``FILE`` or ``FILE:COLUMN``. Where it has one
        column, that may be without a heading.
    overrides
        Areas that are added: code to the name of the group.

    Raises
    ------
    DataError
        Where the file cannot be read, the column is not clear, or a code is no area of the index.
    """
    known = results.areas["area_code"]
    file, column = file_and_column(given)
    headings = columns_of(file)
    if not column and len(headings) > 1:
        column = code_heading(file, known, "the areas of the index")
    column = column or headings[0]
    held, table = read_beside(file, text=[column])
    listed = pl.DataFrame({"area": held[column], "row": table.rows}).drop_nulls("area")
    if _form(column) == _form(known[0]):  # no heading: a code stands in its place
        first = pl.DataFrame({"area": [column.strip()], "row": [1]}, listed.schema)
        listed = pl.concat([first, listed])
    unknown = listed.filter(~pl.col("area").is_in(known.implode()))
    if unknown.height:
        geography = results.definition.areas.geography
        raise DataError(
            row_problems(
                range(unknown.height),
                lambda row: f"{unknown['area'][row]} is no area of the index",
                f"mend it; the areas, of {geography}, are such as {describe_codes(known)}",
                str(file),
                table.heading(column),
                unknown["row"],
            )
        )
    links = listed.select("area").unique(maintain_order=True)
    links = links.with_columns(group=pl.lit(file.stem), name=pl.lit(None, pl.String))
    notes = []
    if again := listed.height - links.height:
        notes.append(f"{again:,} of the {listed.height:,} rows of {file.name} repeat a code")
    made_of = {str(file): {"column": column, "rows": listed.height, "sha256": checksum(file)}}
    return of_links(results, links, str(given), overrides, made_of, notes)


def _form(code: str) -> str:
    """Return how a code is made up: its digits as 0, its letters as a."""
    return re.sub(r"[a-z]", "a", re.sub(r"[0-9]", "0", code.strip().lower()))
