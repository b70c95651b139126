"""Groups of areas: districts, regions, wards, or whatever a user draws or lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.beside import SHOWN, code_heading, read_beside
from hyperlocal.errors import DataError, Problem, ResultsError
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.tables import checksum, headings_of

IntArray = NDArray[np.intp]


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
    results: Results, by: Sequence[str], overrides: Mapping[str, str] | None = None
) -> Groups:
    """Group areas by a larger geography of the results, or by lookup files.

    Parameters
    ----------
    results
        The finished index.
    by
        One geography, or files of which each leads on from the one before; without any, the
        largest geography that the results state.
    overrides
        Areas that belong to another group than the source says.

    Raises
    ------
    ResultsError
        Where nothing is named and the results state no larger geography.
    """
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
    return from_tables(results, by, overrides)


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
    name = f"{geography}_name"
    names = (
        areas[name] if name in areas.columns else pl.Series([None] * areas.height, dtype=pl.String)
    )
    links = pl.DataFrame(
        {"area": areas["area_code"], "group": areas[f"{geography}_code"], "name": names}
    )
    return _groups(results, links, geography, overrides or {}, {})


def from_tables(
    results: Results,
    tables: Sequence[str | Path],
    overrides: Mapping[str, str] | None = None,
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

    Raises
    ------
    DataError
        Where a file cannot be read, no column holds the codes, the column of the groups is not
        clear, an area is in two groups, or an override names no area.
    """
    areas = results.areas["area_code"]
    links = pl.DataFrame({"area": areas, "group": areas})
    made_of: dict[str, Any] = {}
    for place, one in enumerate(tables):
        file, column = file_and_column(one)
        what = "the areas of the index" if place == 0 else "the groups of the table before"
        code = code_heading(file, links["group"].unique(), what)
        column = column or _group_heading(file, code)
        name = _name_heading(file, column)
        held, _ = read_beside(file, text=[code, column, *([name] if name else [])])
        made_of[str(file)] = {"from": code, "to": column, "rows": held.height, "sha256": checksum(file)}
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
    by = str(tables[-1])
    return _groups(results, links, by, overrides or {}, made_of)


def _groups(
    results: Results,
    links: pl.DataFrame,
    by: str,
    overrides: Mapping[str, str],
    made_of: Mapping[str, Any],
) -> Groups:
    """Check links of areas and groups (``area``, ``group``, ``name``) and put them in order."""
    codes = results.areas["area_code"]
    _refuse_overrides(codes, overrides)
    if overrides:
        moved = pl.DataFrame({"area": list(overrides), "group": list(overrides.values())})
        named = links.drop_nulls("group").unique("group").select("group", "name")
        moved = moved.join(named, on="group", how="left", maintain_order="left")
        stay = links.filter(~pl.col("area").is_in(list(overrides)))
        links = pl.concat([stay, moved.select("area", "group", "name")])
    placed = links.drop_nulls("group")
    twice = placed.filter(pl.col("area").is_duplicated())
    if twice.height:
        raise DataError(_in_two_groups(twice, by))
    lost = codes.filter(~codes.is_in(placed["area"].to_list()))
    groups = placed.group_by("group").agg(pl.col("name").drop_nulls().first()).sort("group")
    placed = placed.join(
        pl.DataFrame({"area": codes}).with_row_index("row"), on="area", maintain_order="left"
    ).join(groups.select("group").with_row_index("place"), on="group", maintain_order="left")
    notes = []
    if len(lost) == len(codes):
        raise DataError(Problem("no area of the index lies in a group", "name another table", by))
    if len(lost):
        few = ", ".join(lost.head(SHOWN))
        notes.append(f"{len(lost):,} of {len(codes):,} areas lie in no group, such as {few}")
    for area, group in overrides.items():
        notes.append(f"{area} was put into {group} by an override")
    return Groups(
        by,
        groups["group"],
        groups["name"],
        placed["row"].to_numpy().astype(np.intp),
        placed["place"].to_numpy().astype(np.intp),
        np.ones(placed.height),
        dict(overrides),
        made_of,
        tuple(notes),
    )


def _refuse_overrides(codes: pl.Series, overrides: Mapping[str, str]) -> None:
    known = set(codes)
    problems = [
        Problem(f"the override of {area!r} names no area of the index", "mend the code")
        for area in overrides
        if area not in known
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
    whole = Path(text)
    file, colon, column = str(text).rpartition(":")
    if whole.exists() or not colon or not file:
        return whole, ""
    return Path(file), column


def _group_heading(file: Path, code: str) -> str:
    """Return the column of the groups where only one can be meant."""
    others = [heading for heading in headings_of(file) if heading != code]
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


def _name_heading(file: Path, column: str) -> str:
    headings = headings_of(file)
    for end, name in (("_code", "_name"), (" code", " name"), ("cd", "nm"), ("CD", "NM")):
        if column.endswith(end) and (wanted := column.removesuffix(end) + name) in headings:
            return wanted
    return ""
