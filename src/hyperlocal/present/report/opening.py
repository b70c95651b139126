"""What stands first in a report: the index in brief, what it says and does not, how it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from hyperlocal.definition import ResolvedNode
from hyperlocal.present.documents import shown
from hyperlocal.present.publication import Publication
from hyperlocal.present.report.blocks import (
    Block,
    Picture,
    bullets,
    callout,
    facts,
    heading,
    key_figures,
    own_table,
    pictures,
    table,
    text,
)
from hyperlocal.present.report.wording import sentence
from hyperlocal.present.wording import counted, joined
from hyperlocal.present.words import areas_called, geography_called, role_called


def summary(publication: Publication) -> Iterator[Block]:
    """Yield the index in brief."""
    root, words = publication.definition.root, publication.words
    areas = areas_called(publication.definition.areas.geography)
    ranked = number_ranked(publication)
    yield heading("Summary")
    yield from text(
        publication.definition.written.description,
        f"{publication.title} puts {ranked:,} {areas} in order, from 1, {words.most}, to "
        f"{highest_rank(publication)}. It is made of {parts_in_words(root)}.",
    )
    yield key_figures(
        [
            {"value": f"{ranked:,}", "label": "areas ranked", "note": areas},
            *({"value": str(number), "label": label} for number, label in parts(root)),
        ]
    )
    yield from text(
        "This report says what the index is made of, how it was computed and what came out. It "
        "was written from the definition of the index and from the record of its computation, so "
        "that each number in it is one that was used or published.",
    )


def what_it_says(publication: Publication) -> Iterator[Block]:
    """Yield what can be read from the index, and what cannot."""
    words = publication.words
    is_need = words.concept == "need"
    told = {
        "need": words.concept,
        "title": publication.title,
        "most": words.most,
        "tenth": words.tenth(),
        "most_areas": words.most_areas,
        "affected": "in need" if is_need else "deprived",
    }
    limits = [one.format(**told) for one in _paragraphs(LIMITS)]
    if transformed(publication):
        limits += [one.format(**told) for one in _paragraphs(OF_TRANSFORMED)]
    yield heading("What the index says, and what it does not")
    yield from bullets([one.format(**told) for one in _paragraphs(SAYS)])
    yield callout("Do not read more into it than is there", *limits)


SAYS = """
It ranks areas beside each other. Rank 1 is {most}; decile 1 is {tenth}.

It can show where the {most_areas} lie, which domains bring an area to its rank, and how an area
stands beside others of the same index.
"""
LIMITS = """
A rank is not a rate. It says which of two areas has more {need} as measured here, not how much
more: no area can be said to have so many times the {need} of another.

Areas are not people. Not everyone who lives in one of the {most_areas} is {affected}, and many
people who are {affected} live elsewhere.

Small differences of rank mean little. Areas that lie close together in the ranking, or on either
side of the border of two deciles, may differ by less than the data can tell.

Ranks of other nations, and of other versions, do not compare with these as numbers. {title} has
indicators, dates, areas and methods of its own.

A rank may differ from that of another version because other areas changed, or because the method
did. By itself it does not show that an area became better or worse.

Little {need} is not wealth. The index looks for {need}; at the other end of the ranking it does not
tell affluent areas from those that merely lack it.
"""
OF_TRANSFORMED = """
The exponential transformation stretches the scale where there is most {need}. The end of least
{need} is told apart less well.
"""


LEFT_OUT = "Indicators that were considered and left out stand in the appendix, with the reasons."


def _paragraphs(written: str) -> list[str]:
    return [" ".join(one.split()) for one in written.split("\n\n")]


def framework(publication: Publication, every: Sequence[Picture]) -> Iterator[Block]:
    """Yield the parts of the index with their weights."""
    root = publication.definition.root
    yield heading("How the index is made up")
    yield from text(
        f"The index combines {parts_in_words(root)}. Each part enters the one above it with the "
        "weight that is shown below; the sections that follow take the parts one by one.",
        LEFT_OUT if publication.has("considered") else "",
    )
    yield from pictures(every, "framework")
    yield from weights_of(publication, root, f"What {root.title} is made of")
    rows = [
        [node.title, part_called(node), node.written.description]
        for node in root.top_down()
        if node is not root and not node.is_indicator and node.written.description
    ]
    columns = (
        ("Part", "text", 1.0),
        ("What it is", "text", 0.7),
        ("What it measures", "text", 2.0),
    )
    yield from own_table("What each part measures", columns, rows)


def weights_of(publication: Publication, node: ResolvedNode, caption: str) -> Iterator[Block]:
    """Yield the published weights of the parts of a node; nothing where there is one part."""
    every = publication.table("weights")
    if len(node.children) < 2:
        return
    rows = every.rows.filter(pl.col("node") == node.id)
    estimated = rows.height and _is_estimated(rows)
    columns = ["child_title", "weight", "how"]
    if estimated:
        columns[2:2] = [name for name in ("estimated", "loading", "uniqueness") if name in rows]
    yield from table(
        shown(
            every,
            columns,
            rows,
            caption=caption,
            shares={"child_title": 1.2, "how": 1.2},
        )
    )


def _is_estimated(rows: pl.DataFrame) -> bool:
    return "loading" in rows.columns and rows["loading"].null_count() < rows.height


def the_areas(publication: Publication) -> Iterator[Block]:
    """Yield which areas are ranked, which are left out, and what they lie in."""
    written, provenance = publication.definition.areas, publication.results.provenance
    excluded = provenance["excluded"]
    yield heading("The areas")
    called = areas_called(written.geography)
    number = provenance["nodes"][publication.definition.id]["n"]
    among = "" if number == provenance["areas"] else f" Ranks are counted among {number:,}."
    yield from text(
        f"The index is computed for {provenance['areas']:,} {called}, "
        f"{geography_called(written.geography)}.{among}"
    )
    larger = [
        f"{len(one.groups):,} {areas_called(one.id, len(one.groups))}" for one in publication.larger
    ]
    within = [areas_called(name) for name in written.within]
    populations = publication.populations.titles.values()
    yield facts(
        [
            ("Lie in", joined(within)),
            ("Summarised for", joined(larger)),
            ("Weighed by", joined(list(populations)) if larger else ""),
            ("Left out", counted(len(excluded), "area")),
        ]
    )
    rows = [
        [one["code"], sentence(one["reason"]), "yes" if one.get("counts_in_n") else "no"]
        for one in excluded
    ]
    columns = (("Area", "text", 0.8), ("Why it is left out", "text", 3.0), ("In N", "text", 0.5))
    yield from own_table("Areas that are left out of the index", columns, rows)


def number_ranked(publication: Publication) -> int:
    """Return how many areas have a rank in the index."""
    ranks = publication.table("areas").rows[f"{publication.definition.id}_rank"]
    return ranks.len() - ranks.null_count()


def highest_rank(publication: Publication) -> str:
    """Return the last rank of the index, as it is shown."""
    areas = publication.table("areas")
    name = f"{publication.definition.id}_rank"
    last = areas.rows.sort(name, descending=True, nulls_last=True).head(1)
    return str(shown(areas, [name], last)["rows"][0][0])


def part_called(node: ResolvedNode) -> str:
    """Return what a part of an index is: a domain, an indicator, a composite indicator."""
    composite = node.role == "indicators" and not node.is_indicator
    return f"composite {role_called(node)}" if composite else role_called(node)


def parts(root: ResolvedNode) -> list[tuple[int, str]]:
    """Return how many parts of each sort an index has, and what they are called.

    Parameters
    ----------
    root
        The index. Counts that are only added up are no parts, nor is what stands beside it.
    """
    found: dict[str, int] = {}
    for node in _entering(root):
        found[part_called(node)] = found.get(part_called(node), 0) + 1
    return [(number, name if number == 1 else f"{name}s") for name, number in found.items()]


def _entering(node: ResolvedNode) -> Iterator[ResolvedNode]:
    """Yield what enters an index, down to the indicators."""
    for child in node.children:
        yield child
        if not child.is_indicator:
            yield from _entering(child)


def parts_in_words(root: ResolvedNode) -> str:
    """Say how many parts of each sort an index has.

    Parameters
    ----------
    root
        The index.
    """
    return joined([f"{number:,} {name}" for number, name in parts(root)])


def transformed(publication: Publication) -> list[ResolvedNode]:
    """Return the nodes whose ranks are exponentially transformed."""
    columns = publication.results.areas.columns
    nodes = publication.definition.root.top_down()
    return [node for node in nodes if f"{node.id}_transformed" in columns]
