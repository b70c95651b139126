"""The blocks that a report is made of: headings, paragraphs, tables, formulas, pictures.

Each is a dictionary that the template sets according to its ``kind``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hyperlocal.present.citation import MADE_UP

Block = dict[str, Any]
Told = str | Sequence[str] | None
DEEPEST = 4
"""Headings that lie deeper are set like these."""


@dataclass(frozen=True)
class Picture:
    """A figure that a report shows.

    Parameters
    ----------
    name
        The name of its file, with its ending: ``map.svg`` or ``map.png``.
    alt
        What it shows, for those who cannot see it.
    caption
        What it is, in a line.
    content
        Its bytes: SVG or PNG.
    section
        Where it belongs: ``framework``, ``transformation``, ``quality``, ``results``,
        ``uncertainty`` or ``change``; or the id of a domain or of another part of the index.
    width
        The share of the width of the page that it takes. One of a part of the index stands below
        the heading of that part if it takes the whole width, else beside others in the results.
    """

    name: str
    alt: str
    caption: str
    content: bytes
    section: str = "results"
    width: float = 1.0


def heading(text: str, level: int = 1) -> Block:
    """Return a heading."""
    return {"kind": "heading", "text": text, "level": min(level, DEEPEST)}


def text(*paragraphs: str) -> list[Block]:
    """Return paragraphs; none for empty ones."""
    return [{"kind": "text", "text": one} for one in paragraphs if one]


def bullets(items: Sequence[str], numbered: bool = False) -> list[Block]:
    """Return a list; nothing for one without items."""
    return [{"kind": "list", "items": list(items), "numbered": numbered}] if items else []


def callout(title: str, *paragraphs: str) -> Block:
    """Return what must not be read over."""
    return {"kind": "callout", "title": title, "text": list(paragraphs)}


def key_figures(figures: Sequence[dict[str, str]]) -> Block:
    """Return numbers to be seen first, each with its ``value`` and ``label``."""
    return {"kind": "key_figures", "figures": list(figures)}


def facts(*groups: Sequence[tuple[str, Told]]) -> Block:
    """Return what is known of one thing, without what is not known.

    Parameters
    ----------
    *groups
        Pairs of what is told and the text; a group stays together on its page.
    """
    known = [[[name, _listed(told)] for name, told in pairs if told] for pairs in groups]
    return {"kind": "facts", "groups": [pairs for pairs in known if pairs]}


def _listed(told: Told) -> Told:
    return told if isinstance(told, str) or told is None else [one for one in told if one]


def table(shown: dict[str, Any], size: float = 9.0) -> list[Block]:
    """Return a table, as `hyperlocal.present.documents.shown` prepares it; nothing without rows.

    The source of every table of a report is the index that it is about: it is left out, unless
    data are made up, which is to be said wherever they stand.
    """
    said = str(shown.get("source", ""))
    without = {**shown, "source": said if said.startswith(MADE_UP) else ""}
    return [{"kind": "table", "table": without, "size": size}] if shown["rows"] else []


def own_table(
    caption: str,
    columns: Sequence[tuple[str, str] | tuple[str, str, float]],
    rows: Sequence[Sequence[str]],
    *,
    notes: Sequence[str] = (),
) -> list[Block]:
    """Return a table of texts that stands in the report alone.

    Parameters
    ----------
    caption
        What it shows.
    columns
        For each its heading, its kind (``text``, ``whole``, ``number``) and the share of the width.
    rows
        The cells, as they are shown.
    notes
        What stands below.

    Returns
    -------
    list
        The table, without columns that are empty in every row; nothing without rows.
    """
    filled = [place for place in range(len(columns)) if any(row[place] for row in rows)]
    columns = [columns[place] for place in filled]
    return table(
        {
            "caption": caption,
            "columns": [
                {
                    "heading": one[0],
                    "kind": one[1],
                    "share": one[2] if len(one) > 2 else None,
                    "names_row": place == 0 and one[1] == "text",
                }
                for place, one in enumerate(columns)
            ],
            "rows": [[row[place] for place in filled] for row in rows],
            "notes": list(notes),
            "shorthand": [],
            "source": "",
        }
    )


def formula(name: str, alt: str, **values: str) -> Block:
    """Return a formula of the template by its name, how it is read out, and its numbers."""
    return {"kind": "formula", "name": name, "alt": alt, "values": values}


def pictures(every: Sequence[Picture], section: str) -> list[Block]:
    """Return the pictures that belong to a section."""
    return [{"kind": "picture", **_picture(one)} for one in every if one.section == section]


def charts(every: Sequence[Picture], section: str) -> list[Block]:
    """Return the pictures of a part of the index that take the whole width."""
    return pictures([one for one in every if one.width >= 1], section)


def picture_grid(every: Sequence[Picture], sections: Sequence[str]) -> list[Block]:
    """Return the smaller pictures of parts of the index side by side, in the order of the parts."""
    small = [one for one in every if one.width < 1]
    found = [_picture(one) for name in sections for one in small if one.section == name]
    return [{"kind": "picture_grid", "pictures": found}] if found else []


def _picture(one: Picture) -> Block:
    return {"name": one.name, "alt": one.alt, "caption": one.caption, "width": one.width}


def all_pictures_so_far() -> Block:
    """Return the place that no picture before it may be set behind."""
    return {"kind": "all_pictures_so_far"}
