"""A directory of postcodes: the area and the place of each one that is in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from hyperlocal.analysis.beside import (
    SHOWN,
    code_heading,
    columns_of,
    read_beside,
    refuse_other_vintage,
)
from hyperlocal.analysis.groups.lookups import file_and_column
from hyperlocal.errors import DataError, Problem
from hyperlocal.geography import clean_postcodes
from hyperlocal.geography.codes import counted, listed
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.tables import Table, checksum

POSTCODES = ("pcds", "pcd", "pcd7", "pcd8", "pcd2", "postcode")
ENDED = ("doterm", "date of termination")
GRID = (("oseast1m", "osnrth1m"), ("east1m", "north1m"), ("easting", "northing"))
DEGREES = (("long", "lat"), ("longitude", "latitude"))
NO_LATITUDE = 99.0
"""The latitude that stands for none: the directory of the ONS writes 99.999999."""
LOST = 0.01
"""The share of the areas of an index that may be absent from a directory that has others."""
MONTHS = (
    r"^(?<year>\d{4})-?(?<month>\d{2})",
    r"^\d{1,2}/(?<month>\d{1,2})/(?<year>\d{4})",
)
"""How dates of termination are written: 202406, 2024-06-30, 30/06/2024."""


@dataclass(frozen=True, eq=False)
class PostcodeDirectory:
    """The postcodes of a directory that are in use, and those that have ended.

    Parameters
    ----------
    file
        The file.
    live
        A row per postcode and area: ``line`` (of the file), ``postcode``, ``area`` (the code of its
        area where that is an area of the index, else null), ``weight``, and ``x`` and ``y`` where
        they were asked for.
    ended
        A row per postcode that is no longer in use, and area: ``postcode``, ``area`` (as above) and
        ``month`` in which it ended, as 12 times the year plus the month from 0; 0 where that is
        not known.
    crs
        The system of the coordinates.
    weighted_by
        What each postcode counts as.
    made_of
        The file, with what was read of it.
    notes
        What a reader should know.
    """

    file: str
    live: pl.DataFrame
    ended: pl.DataFrame
    crs: str
    weighted_by: str
    made_of: dict[str, Any]
    notes: tuple[str, ...]


def read_directory(results: Results, given: str | Path, places: bool = False) -> PostcodeDirectory:
    """Read a directory of postcodes, such as the ONS Postcode Directory.

    Parameters
    ----------
    results
        The finished index, whose areas one column of the directory holds.
    given
        The file (CSV, Parquet, Excel), as ``FILE``, or ``FILE:COLUMN`` with a column of what each
        postcode counts as, such as its dwellings; without it each counts as 1.
    places
        Whether to read where each postcode is.

    Returns
    -------
    PostcodeDirectory
        Without the postcodes that have a date of termination.

    Raises
    ------
    DataError
        Where the file cannot be read or lacks a column, it is of another vintage than the index,
        a postcode in use stands twice for one area, or a weight is missing or negative.
    """
    file, weight = file_and_column(given)
    headings = _headings(results, file, places)
    rows, table = _read_rows(results, file, headings, weight)
    in_use = pl.col("month").is_null()
    live = rows.filter(in_use & pl.col("postcode").is_not_null())
    _refuse_rows(table, live, headings.postcode, weight)
    notes = []
    if not headings.ended:
        notes.append(f"{file.name} does not say which postcodes have ended: all count")
    codes = results.areas["area_code"]
    if lost := codes.filter(
        ~codes.is_in(live.filter(pl.col("weight") > 0)["area"].implode())
    ).len():
        notes.append(f"{lost:,} of {len(codes):,} areas have no postcode in use in {file.name}")
    made_of = {
        "postcode": headings.postcode,
        "area": headings.area,
        "weight": weight,
        "rows": rows.height,
        "in_use": live.height,
        "in_areas_of_the_index": live["area"].count(),
        "sha256": checksum(file),
    }
    return PostcodeDirectory(
        str(file),
        live.drop("row", "month"),
        rows.filter(~in_use & pl.col("postcode").is_not_null()).select("postcode", "area", "month"),
        headings.crs,
        weight or "postcodes",
        made_of,
        tuple(notes),
    )


class _Headings(NamedTuple):
    """The columns of a directory, empty where there is none, and the system of the coordinates."""

    postcode: str
    area: str
    ended: str
    x: str
    y: str
    crs: str


def _headings(results: Results, file: Path, places: bool) -> _Headings:
    headings = columns_of(file)
    postcode = _one_of(headings, POSTCODES)
    if not postcode:
        raise _lacks(file, headings, "postcodes", POSTCODES)
    area = _area_heading(results, file, headings)
    x, y, crs = _place_headings(file, headings) if places else ("", "", "")
    return _Headings(postcode, area, _one_of(headings, ENDED), x, y, crs)


def _read_rows(
    results: Results, file: Path, headings: _Headings, weight: str
) -> tuple[pl.DataFrame, Table]:
    """Read all rows of a directory; ``area`` is null where it is no area of the index."""
    postcode, area, ended, x, y, crs = headings
    texts, numbers = (postcode, area, ended), (x, y, weight)
    held, table = read_beside(file, list(filter(None, texts)), list(filter(None, numbers)))
    codes = results.areas["area_code"]
    refuse_other_vintage(codes, held[area], file, LOST)
    rows = held.select(
        pl.int_range(pl.len()).alias("row"),
        table.rows.alias("line"),
        clean_postcodes(held[postcode]).alias("postcode"),
        pl.when(pl.col(area).is_in(codes.implode())).then(area).alias("area"),
        _months(held[ended]) if ended else pl.lit(None, pl.Int32).alias("month"),
        (pl.col(weight) if weight else pl.lit(1.0)).alias("weight"),
        *(pl.col(name).alias(short) for name, short in ((x, "x"), (y, "y")) if name),
    )
    return _without_places(rows) if crs == "EPSG:4326" else rows, table


def _months(ended: pl.Series) -> pl.Series:
    """Return months as numbers: null without a date, 0 where the date cannot be read."""
    parts = [ended.str.extract_groups(pattern).struct for pattern in MONTHS]
    year, month = (
        pl.select(pl.coalesce(part.field(name) for part in parts)).to_series().cast(pl.Int32)
        for name in ("year", "month")
    )
    read = pl.when(year.is_between(1900, 2700) & month.is_between(1, 12)).then(
        12 * year + month - 1
    )
    return pl.select(
        pl.when(ended.is_not_null()).then(pl.coalesce(read, pl.lit(0))).alias("month")
    ).to_series()


def _one_of(headings: Sequence[str], wanted: Sequence[str]) -> str:
    """Return the first heading that is wanted, whatever its case; empty without any."""
    there = {heading.strip().lower(): heading for heading in reversed(headings)}
    return next((there[name] for name in wanted if name in there), "")


def _lacks(file: Path, headings: Sequence[str], what: str, wanted: Sequence[str]) -> DataError:
    return DataError(
        Problem(
            f"has no column of {what}: none of {', '.join(wanted)}",
            f"rename the one that is meant; its columns are {listed(headings, 12)}",
            str(file),
        )
    )


def _area_heading(results: Results, file: Path, headings: Sequence[str]) -> str:
    """Return the column of the areas: by the name of their geography, or else by their codes."""
    name = results.definition.areas.geography
    named = _one_of(headings, [name, *(name + end for end in ("cd", "_code", " code"))])
    return named or code_heading(file, results.areas["area_code"], "the areas of the index")


def _place_headings(file: Path, headings: Sequence[str]) -> tuple[str, str, str]:
    for pairs, crs in ((GRID, "EPSG:27700"), (DEGREES, "EPSG:4326")):
        for east, north in pairs:
            x, y = _one_of(headings, [east]), _one_of(headings, [north])
            if x and y:
                return x, y, crs
    wanted = [" and ".join(pair) for pair in (*GRID, *DEGREES)]
    raise _lacks(file, headings, "coordinates", wanted)


def _without_places(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave the coordinates blank where the latitude stands for none."""
    there = pl.col("y") < NO_LATITUDE
    return rows.with_columns(pl.when(there).then(name).alias(name) for name in ("x", "y"))


def _refuse_rows(table: Table, live: pl.DataFrame, postcode: str, weight: str) -> None:
    """Refuse postcodes that stand twice for one area, and weights that are none."""
    counted = live.drop_nulls("area")
    again = counted.filter(pl.struct("postcode", "area").is_duplicated())
    wrong = counted.filter(~(pl.col("weight") >= 0).fill_null(False) | pl.col("weight").is_nan())
    problems = [
        table.problem(f"{code} stands twice for {area}", "delete one", row, postcode)
        for row, code, area in again.select("row", "postcode", "area").head(SHOWN).iter_rows()
    ]
    problems += [
        table.problem(
            f"{code} has the weight {number:g}" if number is not None else f"{code} has no weight",
            "give a number that is not negative",
            row,
            weight,
        )
        for row, code, number in wrong.select("row", "postcode", "weight").head(SHOWN).iter_rows()
    ]
    more = again.height + wrong.height - len(problems)
    if more > 0:
        problems.append(table.problem(f"{more:,} more rows are refused for the same reasons"))
    if problems:
        raise DataError(problems)


def one_area_each(directory: PostcodeDirectory) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return each postcode of a directory once, with the area that it is in.

    Parameters
    ----------
    directory
        The directory.

    Returns
    -------
    tuple
        A row per postcode: ``postcode``, ``area`` (null where that is no area of the index) and
        ``month`` (null where it is in use); and notes. A postcode of several areas is in that of
        the greatest weight, the first of those. One that has ended and is in use again is in use;
        one that has ended several times did so the last time.
    """
    live = directory.live.select(
        "postcode", "area", "weight", pl.lit(None, pl.Int32).alias("month")
    )
    ended = directory.ended.select("postcode", "area", pl.lit(0.0).alias("weight"), "month")
    rows = pl.concat([live, ended])
    notes = []
    if undated := ended.filter(pl.col("month") == 0).height:
        said = counted(undated, "postcode has", "postcodes have")
        notes.append(f"{said} ended at a date that cannot be read")
    again = rows["postcode"].is_duplicated()
    if not again.any():
        return rows.drop("weight"), tuple(notes)
    twice = rows.filter(again)
    several = twice.filter(pl.col("month").is_null()).group_by("postcode").agg(pl.len())
    if parted := several.filter(pl.col("len") > 1).height:
        said = counted(parted, "postcode of several areas is", "postcodes of several areas are")
        notes.append(f"{said} taken to be in the one of most weight")
    once = twice.sort("month", "weight", descending=True, nulls_last=False, maintain_order=True)
    once = once.unique("postcode", keep="first", maintain_order=True)
    return pl.concat([rows.filter(~again), once]).drop("weight"), tuple(notes)
