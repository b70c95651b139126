"""Groups of areas: districts, regions, wards, or whatever a user draws or lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.beside import (
    SHOWN,
    code_heading,
    columns_of,
    read_beside,
    refuse_other_vintage,
)
from hyperlocal.errors import DataError, Problem, ResultsError
from hyperlocal.geography.codes import counted
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.tables import checksum

IntArray = NDArray[np.intp]

ROUNDING = 1e-9
"""How far from 1 the shares of an area that lies wholly in groups may add up."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Which areas lie in which group, and with what share.

    Parameters
    ----------
    by
        What they are called: ``ltla24``, or the file that they were read from.
    codes
        The codes of the groups, sorted.
    names
        Their names; null where none is known.
    area
        The row of an area in the results, one per link.
    group
        The row of its group in `codes`, one per link.
    share
        The share of the area that lies in the group, above 0 and at most 1, one per link.
    overrides
        The areas that were put into another group than the source says, with that group.
    made_of
        The files, with what was read of them.
    notes
        What a reader should know.
    """

    by: str
    codes: pl.Series
    names: pl.Series
    area: IntArray
    group: IntArray
    share: FloatArray
    overrides: Mapping[str, str] = field(default_factory=dict)
    made_of: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.codes)

    def about(self) -> dict[str, Any]:
        """Return what the groups are, for the record of a report."""
        return {
            "by": self.by,
            "groups": len(self),
            "made_of": dict(self.made_of),
            "overrides": dict(self.overrides),
        }


def groups_by(
    results: Results, by: str | Sequence[str], overrides: Mapping[str, str] | None = None
) -> Groups:
    """Group areas by a larger geography of the results, or by lookup files.

    Parameters
    ----------
    results
        The finished index.
    by
        One geography; or files of which each leads on from the one before, the first from a
        geography that stands before it or else from the areas. Without any, the first geography
        that the results state.
    overrides
        Areas that belong to another group than the source says.

    Raises
    ------
    ResultsError
        Where nothing is named and the results state no larger geography, or a geography is named
        that they do not state.
    """
    by = [by] if isinstance(by, str) else by
    known = list(results.definition.areas.within)
    if not by and not known:
        raise ResultsError(
            Problem(
                "the results do not say in which districts areas lie",
                "name a lookup with --by FILE:COLUMN",
                str(results.folder),
            )
        )
    if not by or (len(by) == 1 and by[0] in known):
        return within(results, by[0] if by else known[0], overrides)
    start, files = (by[0], by[1:]) if by[0] in known else ("", by)
    for one in files:
        if not file_and_column(one)[0].suffix:  # it can only be meant as a geography
            _refuse_geography(results, one)
    return from_tables(results, files, overrides, start)


def within(results: Results, geography: str, overrides: Mapping[str, str] | None = None) -> Groups:
    """Group areas by a larger geography that the results state.

    Parameters
    ----------
    results
        The finished index.
    geography
        One of its `areas.within`, such as ``ltla24``.
    overrides
        Areas that belong to another group than the results say.

    Raises
    ------
    ResultsError
        Where the results do not know the geography.
    DataError
        Where an override names no area.
    """
    areas = results.areas
    _refuse_geography(results, geography)
    name = f"{geography}_name"
    names = (
        areas[name] if name in areas.columns else pl.Series([None] * areas.height, dtype=pl.String)
    )
    links = pl.DataFrame(
        {"area": areas["area_code"], "group": areas[f"{geography}_code"], "name": names}
    )
    return of_links(results, links, geography, overrides)


def _refuse_geography(results: Results, geography: str) -> None:
    """Refuse a larger geography that the results do not state."""
    known = list(results.definition.areas.within)
    if geography not in known:
        have = f"they have {', '.join(known)}" if known else "they have none"
        raise ResultsError(
            Problem(
                f"the results do not say in which {geography} areas lie",
                f"{have}; or name a lookup file",
                str(results.folder),
            )
        )


def from_tables(
    results: Results,
    tables: Sequence[str | Path],
    overrides: Mapping[str, str] | None = None,
    start: str = "",
) -> Groups:
    """Group areas by a lookup, or by several of which each leads on from the one before.

    Parameters
    ----------
    results
        The finished index.
    tables
        Files (CSV, Parquet, Excel, ODS), each ``FILE`` or ``FILE:COLUMN`` with the heading of the
        column of the groups. The column of the codes that it leads on from is found by its codes;
        names stand in the column of the same heading with ``_name`` for ``_code`` (``nm`` for
        ``cd``).
    overrides
        Areas that belong to another group than the tables say: code to code.
    start
        The larger geography of the results that the first table leads on from; the areas
        themselves where none is named.

    Raises
    ------
    DataError
        Where a file cannot be read, no column holds the codes, the column of the groups is not
        clear, an area is in two groups, or an override names no area.
    """
    areas = results.areas["area_code"]
    first = results.areas[f"{start}_code"] if start else areas
    links = pl.DataFrame({"area": areas, "group": first})
    made_of: dict[str, Any] = {}
    for place, one in enumerate(tables):
        file, column = file_and_column(one)
        what = "the groups of the table before" if place else start or "the areas of the index"
        code = code_heading(file, links["group"].unique(), what)
        column = column or _group_heading(file, code)
        name = name_heading(columns_of(file), column)
        held, _ = read_beside(file, text=[code, column, *([name] if name else [])])
        refuse_other_vintage(links["group"], held[code], file)
        made_of[str(file)] = {
            "from": code,
            "to": column,
            "rows": held.height,
            "sha256": checksum(file),
        }
        named = pl.col(name) if name else pl.lit(None, dtype=pl.String)
        step = held.select(
            pl.col(code).alias("group"), pl.col(column).alias("next"), named.alias("name")
        )
        step = step.drop_nulls(["group", "next"]).unique(["group", "next"], maintain_order=True)
        links = links.select("area", "group").join(
            step, on="group", how="left", maintain_order="left"
        )
        links = links.select("area", pl.col("next").alias("group"), "name")
        links = links.unique(["area", "group"], maintain_order=True)
    return of_links(results, links, str(tables[-1]), overrides, made_of)


def of_links(
    results: Results,
    links: pl.DataFrame,
    by: str,
    overrides: Mapping[str, str] | None = None,
    made_of: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
) -> Groups:
    """Check links of areas and groups, and put them in order.

    Parameters
    ----------
    results
        The finished index.
    links
        A row per area and group: ``area`` and ``group`` (codes; a null group is none), ``name`` (of
        the group, or null), and ``share`` of the area in the group; without it, all of the area.
    by
        What the groups are called.
    overrides
        Areas that lie wholly in one group, whatever the links say.
    made_of
        The files, with what was read of them.
    notes
        What a reader should know already.

    Raises
    ------
    DataError
        Where the shares of an area add up to more than 1, no area lies in a group, or an override
        names no area or no group.
    """
    codes = results.areas["area_code"]
    overrides = overrides or {}
    if "share" not in links.columns:
        links = links.with_columns(share=pl.lit(1.0))
    _refuse_overrides(codes, links["group"], overrides)
    placed = _moved(links, overrides).drop_nulls("group")
    in_all = placed.group_by("area").agg(pl.col("share").sum(), pl.len())
    twice = placed.join(in_all.filter(pl.col("share") > 1 + ROUNDING), on="area", how="semi")
    if twice.height:
        raise DataError(_in_two_groups(twice, by))
    if not placed.height:
        raise DataError(Problem("no area of the index lies in a group", "name another table", by))
    groups = placed.group_by("group").agg(pl.col("name").drop_nulls().first()).sort("group")
    placed = placed.join(
        pl.DataFrame({"area": codes}).with_row_index("row"), on="area", maintain_order="left"
    ).join(groups.select("group").with_row_index("place"), on="group", maintain_order="left")
    placed = placed.sort("row", "place")
    return Groups(
        by,
        groups["group"],
        groups["name"],
        placed["row"].to_numpy().astype(np.intp),
        placed["place"].to_numpy().astype(np.intp),
        placed["share"].clip(upper_bound=1.0).to_numpy(),
        dict(overrides),
        made_of or {},
        (*notes, *_notes(codes, in_all, overrides)),
    )


def _moved(links: pl.DataFrame, overrides: Mapping[str, str]) -> pl.DataFrame:
    """Put areas wholly into one group each, whatever their links were."""
    links = links.select("area", "group", "name", "share")
    if not overrides:
        return links
    moved = pl.DataFrame({"area": list(overrides), "group": list(overrides.values())})
    named = links.drop_nulls("group").unique("group", keep="first").select("group", "name")
    moved = moved.join(named, on="group", how="left", maintain_order="left")
    stay = links.filter(~pl.col("area").is_in(list(overrides)))
    return pl.concat([stay, moved.with_columns(share=pl.lit(1.0))])


def _notes(codes: pl.Series, in_all: pl.DataFrame, overrides: Mapping[str, str]) -> list[str]:
    """Say which areas are in no group, in several or partly in none, and which were moved."""
    notes = []
    lost = codes.filter(~codes.is_in(in_all["area"].implode()))
    if len(lost):
        few = ", ".join(lost.head(SHOWN))
        notes.append(f"{len(lost):,} of {len(codes):,} areas lie in no group, such as {few}")
    if parted := in_all.filter(pl.col("len") > 1).height:
        many = counted(parted, "area lies", "areas lie")
        notes.append(f"{many} in several groups, with a share in each")
    if partly := in_all.filter(pl.col("share") < 1 - ROUNDING).height:
        many = counted(partly, "area lies", "areas lie")
        notes.append(f"{many} partly in no group; that share is left out")
    return notes + [
        f"{area} was put into {group} by an override" for area, group in overrides.items()
    ]


def _refuse_overrides(codes: pl.Series, groups: pl.Series, overrides: Mapping[str, str]) -> None:
    known, there = set(codes), set(groups.drop_nulls())
    problems = [
        Problem(f"the override of {area!r} names no area of the index", "mend the code")
        for area in overrides
        if area not in known
    ]
    problems += [
        Problem(
            f"the override puts {area} into {group!r}, which is no group",
            f"mend the code; there are {', '.join(sorted(there)[:SHOWN])} and so on",
        )
        for area, group in overrides.items()
        if group not in there
    ]
    if problems:
        raise DataError(problems)


def _in_two_groups(twice: pl.DataFrame, by: str) -> list[Problem]:
    """Say which areas are in several groups."""
    found = twice.group_by("area", maintain_order=True).agg(pl.col("group"))
    problems = [
        Problem(
            f"{area} is in several groups: {', '.join(groups)}",
            "keep one, or put it into one with an override",
            by,
        )
        for area, groups in found.head(SHOWN).iter_rows()
    ]
    if found.height > SHOWN:
        problems.append(
            Problem(f"{found.height - SHOWN:,} more areas are in several groups", file=by)
        )
    return problems


def file_and_column(text: str | Path) -> tuple[Path, str]:
    """Part ``FILE:COLUMN``; a file of that whole name is taken as it is."""
    file, columns = file_and_columns(text, 1)
    return file, "".join(columns)


def file_and_columns(text: str | Path, most: int) -> tuple[Path, list[str]]:
    """Part ``FILE:COLUMN:COLUMN`` with as many columns, after the first part that is a file.

    The last heading may hold colons itself, as publishers' do. Where nothing is a file, all but the
    last colons belong to its name.
    """
    parts = str(text).split(":")
    for end in range(1, len(parts) + 1):
        if Path(file := ":".join(parts[:end])).exists():
            columns = ":".join(parts[end:]).split(":", most - 1) if end < len(parts) else []
            return Path(file), columns
    file, *columns = str(text).rsplit(":", most)
    return Path(file), columns


def _group_heading(file: Path, code: str) -> str:
    """Return the column of the groups where only one can be meant."""
    others = [heading for heading in columns_of(file) if heading != code]
    coded = [heading for heading in others if heading.lower().endswith(("_code", "cd", " code"))]
    left = coded or [one for one in others if not one.lower().endswith(("_name", "nm", " name"))]
    if len(left) == 1:
        return left[0]
    raise DataError(
        Problem(
            "does not say which column holds the groups",
            f"name it as {file.name}:COLUMN; its columns are {', '.join(others)}",
            str(file),
        )
    )


def name_heading(headings: Sequence[str], column: str) -> str:
    """Return the heading of the names of what a column holds the codes of; empty without one."""
    for end, name in (("_code", "_name"), (" code", " name"), ("cd", "nm"), ("CD", "NM")):
        if column.endswith(end) and (wanted := column.removesuffix(end) + name) in headings:
            return wanted
    return ""
