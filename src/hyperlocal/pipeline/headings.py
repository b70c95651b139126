"""The headings of a table, and which columns they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hyperlocal.definition.inputs import Form
from hyperlocal.errors import DataError, Problem
from hyperlocal.pipeline.text_files import TEXT_FILES
from hyperlocal.pipeline.workbooks import WORKBOOKS

HEADINGS_SHOWN = 12


@dataclass(frozen=True)
class Asked:
    """What a definition asks of a column.

    Parameters
    ----------
    place
        Where it asks for it: file, line and path.
    number
        Whether it holds numbers.
    run
        The first and the last heading, where it is a run of columns.
    """

    place: str
    number: bool = False
    run: tuple[str, str] | None = None


def plain_heading(heading: str) -> str:
    """Return a heading with its white space made plain."""
    return " ".join(heading.removeprefix("\ufeff").split())


def match_columns(
    headings: list[str], columns: Mapping[str, Asked], form: Form, file: Path, hint: str = ""
) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    """Find the place of each column by its heading, whatever white space that is written with."""
    single: dict[str, Asked] = {}
    for name, asked in columns.items():
        single |= dict.fromkeys(asked.run, asked) if asked.run else {name: asked}
    found = _places(headings, single, form, file, hint)
    runs: dict[str, tuple[str, ...]] = {}
    for name, asked in columns.items():
        if asked.run is None:
            continue
        first, last = (found[end] for end in asked.run)
        if first > last:
            message = f"{asked.run[1]!r} stands before {asked.run[0]!r}"
            raise DataError(Problem(message, f"turn them round in {asked.place}", str(file)))
        known = {place: column for column, place in found.items()}
        parts = {known.get(place, headings[place]): place for place in range(first, last + 1)}
        runs[name] = tuple(parts)
        found |= parts
    return found, runs


def _places(
    headings: list[str], columns: Mapping[str, Asked], form: Form, file: Path, hint: str
) -> dict[str, int]:
    places: dict[str, list[int]] = {}
    for place, heading in enumerate(headings):
        original = heading.partition("_duplicated_")[0]
        known = original if original in headings else heading
        places.setdefault(plain_heading(known), []).append(place)
    wanted = {name: plain_heading(form.columns.get(name, name)) for name in columns}
    if not set(wanted.values()) & set(places):
        raise DataError(_no_headings(list(places), wanted, form, file, hint))
    problems, found = [], {}
    for name, heading in wanted.items():
        at = places.get(heading, [])
        if not at:
            ask = f"{columns[name].place} asks for it; {_columns_are(heading, list(places))}"
            problems.append(Problem("there is no such column", ask, str(file), place=heading))
        elif len(at) > 1:
            problems.append(
                Problem("the heading stands twice", "rename one", str(file), place=heading)
            )
        else:
            found[name] = at[0]
    if problems:
        raise DataError(problems)
    return found


def _no_headings(
    headings: list[str], wanted: Mapping[str, str], form: Form, file: Path, hint: str
) -> Problem:
    """Say once that the headings are not where they should be, and where they seem to be."""
    row = form.header_row or 1
    if not hint and len(headings) == 1:
        marks = [mark for mark in ";\t|" if mark in headings[0]]
        hint = f"state separator: {marks[0]!r}" if marks else ""
    written = file.suffix.lower() in (*TEXT_FILES, *WORKBOOKS)
    hint = hint or ("state 'header_row' where notes stand above the headings" if written else "")
    asked = ", ".join(dict.fromkeys(wanted.values()))
    there = _columns_are("", headings) if any(headings) else "nothing stands there"
    where = f" in row {row}" if written else ""
    remedy = "; ".join(filter(None, (hint, there)))
    return Problem(f"none of the headings {asked} stands{where}", remedy, str(file))


def _columns_are(heading: str, headings: list[str]) -> str:
    named = [known for known in headings if known]
    near = [known for known in named if heading and heading.lower() in known.lower()]
    shown = list(dict.fromkeys([*near, *named]))
    more = len(shown) - HEADINGS_SHOWN
    end = f" and {more} more" if more > 0 else ""
    return f"columns are: {', '.join(shown[:HEADINGS_SHOWN])}{end}"
