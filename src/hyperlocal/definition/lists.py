"""The lists of codes that a definition selects rows by."""

from __future__ import annotations

import csv
from pathlib import Path

from hyperlocal.definition.inputs import CodeList
from hyperlocal.definition.source import Source
from hyperlocal.errors import Problem

SHOWN = 5
_BUNDLED = Path(__file__).parents[1] / "catalogue"


def read_lists(
    lists: dict[str, CodeList], source: Source
) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    """Return the codes of each list, in the order in which they are written.

    Parameters
    ----------
    lists
        The lists, as the definition states them.
    source
        The definition's file, beside which theirs stand; or they come with hyperlocal.

    Returns
    -------
    tuple
        The codes by the name of the list, and everything that is wrong with them.
    """
    found: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for name, written in lists.items():
        if written.codes or not written.file:
            found[name] = written.codes
            continue
        file = Path(source.file).parent / written.file
        bundled = _BUNDLED / written.file
        found[name], wrong = _read(written, bundled if not file.exists() else file)
        problems += wrong
    return found, problems


def _read(written: CodeList, file: Path) -> tuple[tuple[str, ...], list[Problem]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except FileNotFoundError:
        remedy = "put it beside the definition that names it, or write out its 'codes'"
        return (), [Problem(f"there is no list {written.file!r}", remedy, str(file.name))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return (), [Problem(f"cannot be read as a list: {error}", file=str(file))]
    if not rows or written.column not in rows[0]:
        headings = ", ".join(rows[0]) if rows else "none"
        remedy = f"the columns are: {headings}"
        return (), [Problem("there is no such column", remedy, str(file), 1, written.column)]
    codes = [(row[written.column] or "").strip() for row in rows]
    seen: set[str] = set()
    problems = []
    for line, code in enumerate(codes, start=2):
        if not code or code in seen:
            what = f"{code} stands in the list twice" if code else "the code is empty"
            problems.append(Problem(what, "delete the row", str(file), line, written.column))
        seen.add(code)
    return tuple(codes), problems[:SHOWN]
