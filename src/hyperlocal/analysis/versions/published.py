"""Published tables of ranks, read as versions of an index."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.analysis.beside import ANY, SHOWN, columns_of, read_beside
from hyperlocal.analysis.versions.version import HeldResults, Version
from hyperlocal.definition import Definition, parse_definition
from hyperlocal.errors import DataError, Problem
from hyperlocal.methods import DecileRule, FloatArray, deciles
from hyperlocal.pipeline.tables import Table, checksum

RANK = re.compile(r"^(?P<measure>.*\S)[ _]rank( \(.*\))?$", re.IGNORECASE)
CODE = re.compile(r"code|cd$", re.IGNORECASE)
RULES: tuple[DecileRule, ...] = ("ceil(10*rank/N)", "floor(10*(rank-1)/N)+1")
NAMES = (("code", "name"), ("CODE", "NAME"), ("Code", "Name"), ("CD", "NM"), ("cd", "nm"))
TABLE = "published_table_"  # no heading makes an id that ends so


@dataclass(frozen=True)
class Headings:
    """The columns of a measure in a published table.

    Parameters
    ----------
    id, title
        What the measure is called.
    rank
        The heading of the rank.
    score, decile
        The headings of the score and the decile; empty where there is none.
    """

    id: str
    title: str
    rank: str
    score: str
    decile: str


def read_published(
    file: Path, label: str, columns: Mapping[str, Sequence[str]], code: str = ""
) -> Version:
    """Read a published table of ranks.

    Parameters
    ----------
    file
        The file. A column whose heading is that of a measure and ends in ``rank`` (or ``Rank
        (where 1 is most deprived)``) holds its rank; ``score`` and ``decile`` in the place of
        ``rank`` tell those, where there are any.
    label
        What to call the version; else the name of the file.
    columns
        Measures by the ids that they get, each with the headings that its rank may have.
    code
        The heading of the codes.

    Raises
    ------
    DataError
        Where the table cannot be read, has no codes or ranks, an area stands twice, or a rank is
        not one of as many areas as the table has.
    """
    headings = columns_of(file)
    code = code or _code_heading(file, headings)
    found = _measures(file, headings, columns)
    if taken := [one.id for one in found if code in (one.rank, one.score, one.decile)]:
        message = f"the column of the codes, {code!r}, is taken for {taken[0]} too"
        raise DataError(Problem(message, "name another with --code or --measure", str(file)))
    name = _name_heading(code, headings)
    numbers = [heading for one in found for heading in (one.rank, one.score, one.decile) if heading]
    held, table = read_beside(file, text=[code, *([name] if name else [])], numbers=numbers)
    problems = _code_problems(held[code], table)
    for one in found:
        problems += _rank_problems(held, code, one, table)
    if problems:
        raise DataError(problems)
    areas = {
        "area_code": held[code],
        "area_name": held[name] if name else pl.Series([None] * held.height, dtype=pl.String),
    }
    rules, high, notes = {}, {}, []
    for one in found:
        rank = _array(held[one.rank])
        rules[one.id], tenth, said = _deciles(rank, held, one, label or file.stem)
        notes += said
        areas[f"{one.id}_rank"] = held[one.rank]
        areas[f"{one.id}_decile"] = pl.Series(tenth, nan_to_null=True)
        high[one.id] = "more_need"
        if one.score:
            areas[f"{one.id}_score"] = held[one.score]
            high[one.id] = _high_value(rank, _array(held[one.score]))
        if high[one.id] == "less_need":
            notes.append(
                f"{label or file.stem}: {one.id}: areas of rank 1 and after have the lower scores, "
                "so a low score is taken for more need. If rank 1 is the least deprived, turn the "
                "ranks round"
            )
    results = HeldResults(
        file,
        pl.DataFrame(areas),
        _definition(file, code, found, rules, high),
        {one.id: int(held[one.rank].count()) for one in found},
    )
    about = {
        "file": str(file),
        "sha256": checksum(file),
        "areas": held.height,
        "code": code,
        "ranks": {one.id: one.rank for one in found},
    }
    return Version(label or file.stem, results, about, tuple(notes))


def _code_heading(file: Path, headings: Sequence[str]) -> str:
    """Return the first column that has another text in each row; one called a code goes first."""
    for heading in sorted(headings, key=lambda one: CODE.search(one) is None):
        held, table = read_beside(file, text=[heading])
        texts = held[heading]
        if table.frame[heading].dtype == pl.String and texts.null_count() == 0:
            numbers = texts.cast(pl.Float64, strict=False)
            if texts.is_unique().all() and numbers.null_count():
                return heading
    raise DataError(
        Problem(
            "no column holds a code of its own for every area",
            "it must have a row per area, each area once; or name the column of the codes with "
            f"--code: there are {', '.join(headings)}",
            str(file),
        )
    )


def _measures(
    file: Path, headings: Sequence[str], columns: Mapping[str, Sequence[str]]
) -> list[Headings]:
    """Return the measures: those that are named, then those whose headings say what they are."""
    named = {
        heading: name for name, given in columns.items() for heading in given if heading in headings
    }
    found: dict[str, Headings] = {}
    problems: list[Problem] = []
    for heading in [*named, *(one for one in headings if one not in named)]:
        match = RANK.match(heading)
        if match is None and heading not in named:
            continue
        stem = match["measure"] if match else ""
        name = named.get(heading) or _id(stem)
        if name in found:
            if heading in named:
                problems.append(Problem(f"two columns are named {name}", "name one", str(file)))
            continue
        found[name] = Headings(
            name,
            stem.replace("_", " ") if stem else name,
            heading,
            _sibling(stem, "score", headings),
            _sibling(stem, "decile", headings),
        )
    if problems:
        raise DataError(problems)
    if not found:
        raise DataError(
            Problem(
                "no column holds a rank",
                "name it with --measure NAME=COLUMN, as in --measure imd='IMD rank 2019'; its "
                f"columns are {', '.join(headings)}",
                str(file),
            )
        )
    return list(found.values())


def _id(stem: str) -> str:
    """Make an id of a heading.

    >>> _id("Education, Skills and Training")
    'education_skills_and_training'
    """
    plain = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
    return plain if re.match(r"[a-z]", plain) else f"measure_{plain}"


def _sibling(stem: str, what: str, headings: Sequence[str]) -> str:
    if not stem:
        return ""
    wanted = re.compile(rf"{re.escape(stem)}[ _]{what}( \(.*)?$", re.IGNORECASE)
    return next((heading for heading in headings if wanted.match(heading)), "")


def _name_heading(code: str, headings: Sequence[str]) -> str:
    for end, name in NAMES:
        if end in code and (wanted := name.join(code.rsplit(end, 1))) in headings:
            return wanted
    return ""


def _array(numbers: pl.Series) -> FloatArray:
    values: FloatArray = numbers.fill_null(np.nan).to_numpy()
    return values


def _code_problems(codes: pl.Series, table: Table) -> list[Problem]:
    rows = pl.DataFrame({"code": codes}).with_row_index("row")
    wrong = rows.filter(pl.col("code").is_null() | pl.col("code").is_duplicated())
    problems = [
        table.problem(
            "the row has no code" if area is None else f"{area} stands twice",
            "leave one row for each area",
            row,
            codes.name,
        )
        for row, area in wrong.head(SHOWN).iter_rows()
    ]
    if wrong.height > SHOWN:
        problems.append(table.problem(f"{wrong.height - SHOWN:,} more rows are wrong"))
    return problems


def _rank_problems(held: pl.DataFrame, code: str, measure: Headings, table: Table) -> list[Problem]:
    """Refuse ranks that are none among the areas of the table."""
    number = held[measure.rank].count()
    if not number:
        return [table.problem("holds no rank", "name another column", column=measure.rank)]
    rank = pl.col(measure.rank)
    halves = (2 * rank) != (2 * rank).round()
    wrong = held.with_row_index("row").filter((rank < 1) | (rank > number) | halves)
    return [
        table.problem(
            f"{area} has the rank {given:g}, and {number:,} areas are ranked",
            "give the whole table, with the rank 1 for the most deprived area",
            row,
            measure.rank,
        )
        for row, area, given in wrong.select("row", code, measure.rank).head(1).iter_rows()
    ]


def _deciles(
    rank: FloatArray, held: pl.DataFrame, measure: Headings, label: str
) -> tuple[DecileRule, FloatArray, list[str]]:
    """Return the rule by which a ranking was cut into tenths, the tenths, and what to know."""
    number = int(np.count_nonzero(~np.isnan(rank)))
    cut = {rule: deciles(rank, number, rule) for rule in RULES}
    if not measure.decile:
        return RULES[0], cut[RULES[0]], []
    published = _array(held[measure.decile])
    differ = {rule: int((tenth != published)[~np.isnan(rank)].sum()) for rule, tenth in cut.items()}
    best = min(RULES, key=lambda rule: differ[rule])
    if not differ[best]:
        return best, cut[best], []
    said = (
        f"{label}: {measure.id}: the deciles of the table differ from those of its ranks in "
        f"{differ[best]:,} areas; those of the ranks are used ({best})"
    )
    return best, cut[best], [said]


def _high_value(rank: FloatArray, score: FloatArray) -> str:
    """Say what a high score means: whether the more deprived half has the higher scores."""
    known = ~(np.isnan(rank) | np.isnan(score))
    if not known.any():
        return "more_need"
    ordered = score[known][np.argsort(rank[known])]
    half = (ordered.size + 1) // 2
    return "more_need" if ordered[:half].mean() >= ordered[-half:].mean() else "less_need"


def _definition(
    file: Path,
    code: str,
    found: Sequence[Headings],
    rules: Mapping[str, DecileRule],
    high: Mapping[str, str],
) -> Definition:
    """Describe a table of ranks as a definition, of which each measure is a node."""
    nodes: dict[str, Any] = {
        one.id: {
            "title": one.title,
            "column": one.rank,
            "high_value": high[one.id],
            "conventions": {"deciles": rules[one.id]},
        }
        for one in found
    }
    described = {
        "hyperlocal": 1,
        "id": TABLE,
        "title": file.name,
        "areas": {"geography": ANY, "table": {"input": TABLE}},
        "inputs": {TABLE: {"file": file.name, "geography": ANY, "code": code}},
        "defaults": {"input": TABLE},
        "index": {"domains": nodes},
    }
    return parse_definition(json.dumps(described), str(file))


def refuse_unknown_headings(files: Sequence[Path], asked: Sequence[str]) -> None:
    """Refuse headings that none of the published tables has.

    Parameters
    ----------
    files
        The tables.
    asked
        The headings that were named.

    Raises
    ------
    DataError
        Naming each.
    """
    known = {heading for file in files for heading in columns_of(file)}
    unknown = [heading for heading in asked if heading not in known]
    if not unknown:
        return
    if not files:
        said = "columns are named, and both versions are results folders"
        raise DataError(Problem(said, f"leave out {', '.join(unknown)}"))
    where = " and ".join(map(str, files))
    columns = ", ".join(sorted(known))
    raise DataError(
        [
            Problem(f"there is no column {heading!r}", f"there are {columns}", where)
            for heading in unknown
        ]
    )
