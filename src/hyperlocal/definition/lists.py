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
            twice = sorted({code for code in written.codes if written.codes.count(code) > 1})
            if twice:
                path = ("lists", name, "codes")
                problems.append(
                    source.problem(path, f"{twice[0]} stands in it twice", "delete one")
                )
            continue
        file = Path(source.file).parent / written.file
        bundled = _BUNDLED / written.file
        found[name], wrong = _read(written, bundled if not file.exists() else file)
        problems += wrong
    return found, problems


def _read(written: CodeList, file: Path) -> tuple[tuple[str, ...], list[Problem]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            rows = [(reader.line_num, row) for row in reader if row]
    except FileNotFoundError:
        remedy = "put it beside the definition that names it, or write out its 'codes'"
        return (), [Problem(f"there is no list {written.file!r}", remedy, str(file.name))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return (), [Problem(f"cannot be read as a list: {error}", file=str(file))]
    headings = [heading.strip() for heading in rows[0][1]] if rows else []
    if written.column not in headings:
        remedy = f"the columns are: {', '.join(headings) or 'none'}"
        return (), [Problem("there is no such column", remedy, str(file), 1, written.column)]
    at, codes, problems = headings.index(written.column), [], []
    for line, row in rows[1:]:
        code = row[at].strip() if at < len(row) else ""
        what = f"{code} stands in the list twice" if code in codes else ""
        if len(row) > len(headings):
            what = "the row has more values than there are headings"
        if what or not code:
            what = what or "the code is empty"
            problems.append(
                Problem(what, "mend or delete the row", str(file), line, written.column)
            )
        codes.append(code)
    return tuple(codes), problems[:SHOWN]
