"""The lists of codes that a definition selects rows by, or takes numbers such as points from."""

from __future__ import annotations

import csv
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from hyperlocal.definition.inputs import CodeList
from hyperlocal.definition.source import Source
from hyperlocal.errors import Problem

SHOWN = 5
_BUNDLED = Path(__file__).parents[1] / "catalogue"


def read_lists(
    lists: dict[str, CodeList], source: Source
) -> tuple[dict[str, tuple[str, ...]], dict[str, dict[str, float]], list[Problem]]:
    """Return the codes of each list, in the order in which they are written, and their numbers.

    Parameters
    ----------
    lists
        The lists, as the definition states them.
    source
        The definition's file, beside which theirs stand; or they come with hyperlocal.

    Returns
    -------
    tuple
        The codes by the name of the list; of each list with numbers the number of each code; and
        everything that is wrong with them.
    """
    found: dict[str, tuple[str, ...]] = {}
    numbers: dict[str, dict[str, float]] = {}
    problems: list[Problem] = []
    for name, written in lists.items():
        if written.numbers and not written.file:
            found[name], numbers[name] = tuple(written.numbers), dict(written.numbers)
            continue
        if written.codes or not written.file:
            found[name] = written.codes
            twice = sorted(code for code, number in Counter(written.codes).items() if number > 1)
            if twice:
                path = ("lists", name, "codes")
                problems.append(
                    source.problem(path, f"{twice[0]} stands in it twice", "delete one")
                )
            continue
        file = Path(source.file).parent / written.file
        bundled = _BUNDLED / written.file
        rows, wrong = _rows(written, bundled if not file.exists() else file)
        found[name], refused = _codes(written, rows)
        wrong += refused
        if written.number:
            numbers[name], refused = _numbers(written, rows, found[name])
            wrong += refused
        problems += wrong[:SHOWN]
    return found, numbers, problems


@dataclass(frozen=True)
class _Rows:
    """The rows of a file, each with its line, and its headings."""

    file: Path
    headings: list[str]
    rows: list[tuple[int, list[str]]]

    def cell(self, row: list[str], column: str) -> str:
        """Return the cell of a row without white space around it; empty where there is none."""
        at = self.headings.index(column)
        return row[at].strip() if at < len(row) else ""


def _rows(written: CodeList, file: Path) -> tuple[_Rows, list[Problem]]:
    nothing = _Rows(file, [written.column, written.number], [])
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            rows = [(reader.line_num, row) for row in reader if row]
    except FileNotFoundError:
        remedy = "put it beside the definition that names it, or write out its 'codes'"
        return nothing, [Problem(f"there is no list {written.file!r}", remedy, str(file.name))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return nothing, [Problem(f"cannot be read as a list: {error}", file=str(file))]
    headings = [heading.strip() for heading in rows[0][1]] if rows else []
    remedy = f"the columns are: {', '.join(headings) or 'none'}"
    absent = [
        Problem("there is no such column", remedy, str(file), 1, column)
        for column in filter(None, (written.column, written.number))
        if column not in headings
    ]
    return (nothing, absent) if absent else (_Rows(file, headings, rows[1:]), [])


def _codes(written: CodeList, rows: _Rows) -> tuple[tuple[str, ...], list[Problem]]:
    codes: list[str] = []
    seen: set[str] = set()
    problems: list[Problem] = []
    for line, row in rows.rows:
        code = rows.cell(row, written.column)
        what = f"{code} stands in the list twice" if code in seen else ""
        if len(row) > len(rows.headings):
            what = "the row has more values than there are headings"
        if what or not code:
            what = what or "the code is empty"
            remedy = "mend or delete the row"
            problems.append(Problem(what, remedy, str(rows.file), line, written.column))
        codes.append(code)
        seen.add(code)
    return tuple(codes), problems


def _numbers(
    written: CodeList, rows: _Rows, codes: tuple[str, ...]
) -> tuple[dict[str, float], list[Problem]]:
    numbers: dict[str, float] = {}
    problems: list[Problem] = []
    for code, (line, row) in zip(codes, rows.rows, strict=True):
        text = rows.cell(row, written.number)
        try:
            numbers[code] = float(text)
        except ValueError:
            numbers[code] = math.nan
        if not math.isfinite(numbers[code]):
            what = f"{text!r} is not a number"
            problems.append(Problem(what, "mend it", str(rows.file), line, written.number))
    return numbers, problems
