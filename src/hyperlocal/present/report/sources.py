"""What the index was made of: files, conversions, licences, software; how to cite it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hyperlocal.present.citation import Credit
from hyperlocal.present.documents import shown
from hyperlocal.present.publication import Publication
from hyperlocal.present.report.blocks import (
    Block,
    bullets,
    facts,
    heading,
    own_table,
    text,
)
from hyperlocal.present.report.wording import CORRESPONDENCES
from hyperlocal.present.wording import counted, joined, percent
from hyperlocal.present.words import geography_called

CHECKSUM = 12
"""How many characters of a checksum are shown."""


def data(publication: Publication) -> Iterator[Block]:
    """Yield the files that were read, and how they came to the areas of the index."""
    provenance = publication.results.provenance
    every = publication.table("inputs")
    names = ["input", "title", "file", "rows_read", "rows_used", "sha256"]
    read = {**provenance["inputs"], **provenance.get("records", {})}
    rows, absent = [], []
    for row in shown(every, names)["rows"]:
        name, title, file, rows_read, rows_used, checksum = row
        called = title if title != "[x]" else name.replace("_", " ").capitalize()
        if name not in read:
            absent.append(called)
            continue
        dropped = read[name].get("rows_dropped", {})
        why = joined([f"{_plain(reason)} ({number:,})" for reason, number in dropped.items()])
        of_records = name in provenance.get("records", {})
        rows.append(
            [
                called,
                file,
                "" if of_records else rows_read,
                "" if of_records else rows_used,
                "records, see below" if of_records else why or "all were used",
                checksum[:CHECKSUM],
            ]
        )
    yield heading("Data")
    columns = (
        ("Input", "text", 1.5),
        ("File", "text", 1.5),
        ("Rows read", "whole"),
        ("Rows used", "whole"),
        ("Why rows were not used", "text", 1.4),
        ("SHA-256", "text", 0.85),
    )
    notes = [f"Of each SHA-256 the first {CHECKSUM} characters are shown."]
    yield from own_table("Files that the index was made of", columns, rows, notes=notes)
    if absent:
        yield from text(f"Optional, and not there: {joined(absent)}.")
    yield from _records(publication)
    yield from _conversions(publication)


def _records(publication: Publication) -> Iterator[Block]:
    """Yield how many records each indicator was gathered from."""
    titles = {node.id: node.title for node in publication.definition.nodes}
    stated = publication.definition.written.records
    used: dict[tuple[str, str, str], list[str]] = {}
    for node, known in publication.results.provenance.get("gathered", {}).items():
        for name, one in known.get("records", {}).items():
            why = joined([f"{reason} ({many:,})" for reason, many in one["left_out"].items()])
            called = stated[name].title if name in stated else ""
            table = (called or name.replace("_", " "), f"{one['records']:,}", why)
            used.setdefault(table, []).append(titles.get(node, node))
    rows = [[name, joined(nodes), many, why] for (name, many, why), nodes in used.items()]
    columns = (
        ("Records", "text", 1.6),
        ("For", "text", 2.0),
        ("Used", "whole"),
        ("Left out, and why", "text", 1.2),
    )
    yield from own_table("Records that indicators were gathered from", columns, rows)


def _plain(reason: str) -> str:
    """Return why rows were not used, with areas called as everyone calls them."""
    return re.sub(r"\b[a-z]+\d\d\b", lambda found: geography_called(found[0]), reason)


def _conversions(publication: Publication) -> Iterator[Block]:
    """Yield how inputs for other areas were converted, and what of their totals was placed."""
    provenance = publication.results.provenance
    known = provenance["correspondences"]
    if not known:
        return
    yield heading("Conversion between geographies", 2)
    yield from text(
        "Inputs for other areas than those of the index are brought to them by correspondences, "
        "which say what share of each area lies in which other. Counts are shared out; means are "
        "averaged."
    )
    columns = (
        ("From", "text", 0.9),
        ("To", "text", 0.9),
        ("How", "text", 1.8),
        ("Weighed by", "text", 1.2),
        ("Areas", "whole"),
        ("Not wholly placed", "whole"),
        ("Share not placed", "text", 0.7),
    )
    rows = [_correspondence(publication, one) for one in known.values()]
    yield from own_table("Correspondences between geographies", columns, rows)
    yield from _totals(publication)


def _correspondence(publication: Publication, one: dict[str, Any]) -> list[str]:
    how = CORRESPONDENCES.get(one["kind"], one["kind"].replace("_", " "))
    if one["fell_back"]:
        how += f"; {one['fell_back']:,} by a second lookup"
    return [
        geography_called(one["from"]),
        geography_called(one["to"]),
        how,
        one["weighted_by"],
        f"{one['sources']:,}",
        f"{one['sources_not_wholly_placed']:,}",
        percent(one["share_unplaced"], 2),
    ]


def _totals(publication: Publication) -> Iterator[Block]:
    """Yield what of the totals of converted columns was placed, where it was not all."""
    provenance = publication.results.provenance
    inputs = publication.definition.inputs
    rows, whole = [], 0
    for name, one in provenance["inputs"].items():
        for column, total in one["totals"].items():
            if not total["unplaced"] and not total["outside_the_index"]:
                whole += 1
                continue
            numbers = [total[part] for part in ("total", "placed", "outside_the_index", "unplaced")]
            title = inputs[name].title if name in inputs else name
            rows.append([title, column, *(f"{number:,.0f}" for number in numbers)])
    columns = (
        ("Input", "text", 1.4),
        ("Column", "text", 1.2),
        ("Total", "whole"),
        ("Placed", "whole"),
        ("Outside the index", "whole"),
        ("Not placed", "whole"),
    )
    yield from own_table("Totals of converted columns that were not placed whole", columns, rows)
    if whole:
        yield from text(
            f"{counted(whole, 'converted column').capitalize()} "
            f"{'was' if whole == 1 else 'were'} placed in areas of the index with "
            f"{'its' if whole == 1 else 'their'} whole total."
        )


def citing(publication: Publication, credit: Credit) -> Iterator[Block]:
    """Yield how to cite the index, the licences, what has to be said, and the software."""
    versions = publication.results.provenance["versions"]
    yield heading("Sources, licences and citation")
    yield heading("Sources and their licences", 2)
    if credit.unstated:
        number = counted(len(credit.unstated), "source")
        yield from text(f"The licence of {number} is not stated in the definition.")
    rows = [
        [one.title, one.publisher, one.licence.title if one.licence else "not stated", one.url]
        for one in credit.sources
    ]
    columns = (
        ("Source", "text", 1.4),
        ("Publisher", "text", 1.2),
        ("Licence", "text", 1.3),
        ("Address", "text", 1.5),
    )
    yield from own_table("What the index was made of, and under which licences", columns, rows)
    if credit.attributions:
        yield heading("What to say wherever these figures are published", 2)
        yield from bullets(credit.attributions)
    yield heading("How to cite", 2)
    yield facts(
        [
            ("Cite as", credit.citation),
            ("Licence", credit.licence_said),
            ("Address", credit.url),
            ("Computed", credit.day),
            ("Definition", Path(publication.results.provenance["definition"]).name),
            ("Software", joined([f"{name} {version}" for name, version in versions.items()])),
        ]
    )
