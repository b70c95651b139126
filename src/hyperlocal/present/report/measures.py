"""A section for each domain, with what is known of each of its indicators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import polars as pl

from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.inputs import Column
from hyperlocal.definition.models import CountIndicator
from hyperlocal.definition.nodes import Indicator
from hyperlocal.definition.publishing import restricted, shown_at
from hyperlocal.definition.resolve import records_of
from hyperlocal.present.documents import cell_texts, shown
from hyperlocal.present.publication import Publication
from hyperlocal.present.report.blocks import (
    Block,
    Picture,
    charts,
    facts,
    heading,
    own_table,
    text,
)
from hyperlocal.present.report.naming import in_words
from hyperlocal.present.report.opening import part_called, weights_of
from hyperlocal.present.report.wording import (
    KINDS,
    MISSING,
    PURPOSES,
    ZERO_DENOMINATOR,
    figure,
)
from hyperlocal.present.tables.indicators import was_shrunk
from hyperlocal.present.wording import counted, joined
from hyperlocal.present.words import areas_called, geography_called

FEW = 6
"""So many columns are told one by one."""


def domains(publication: Publication, every: Sequence[Picture]) -> Iterator[Block]:
    """Yield a section for each part of the index, and one for what stands beside it."""
    root = publication.definition.root
    for node in root.children:
        yield from _part(publication, node, root, 1, every)
    if root.supplementary:
        yield heading("Supplementary measures")
        yield from text("These are computed beside the index and do not enter it.")
        for node in root.supplementary:
            yield from _part(publication, node, root, 2, every)


def _part(
    publication: Publication,
    node: ResolvedNode,
    parent: ResolvedNode,
    level: int,
    every: Sequence[Picture],
) -> Iterator[Block]:
    """Yield what is to be said of a node, and below it of its children."""
    yield heading(node.title, level)
    written = node.written
    if node.is_indicator:
        yield from _indicator(publication, node, parent)
        return
    why = f"Reason for inclusion: {written.inclusion}" if written.inclusion else ""
    weight = _weight(publication, node, parent)
    yield from text(written.description, why, weight, written.caveats)
    yield from charts(every, node.id)
    yield from weights_of(publication, node, f"{node.title}: its parts and their weights")
    for child in node.children:
        yield from _part(publication, child, node, level + 1, every)
    for child in node.supplementary:
        yield from _part(publication, child, node, level + 1, every)


def _weight(publication: Publication, node: ResolvedNode, parent: ResolvedNode) -> str:
    """Say with what weight a node enters its parent."""
    if node.role == "supplementary" or node not in parent.children:
        return f"It stands beside {parent.title} and does not enter it."
    if len(parent.children) == 1:
        return f"It is all that {parent.title} is made of."
    return f"Its weight in {parent.title} is {_own_weight(publication, node, parent)}."


def _own_weight(publication: Publication, node: ResolvedNode, parent: ResolvedNode) -> str:
    """Return the weight of a node as it is published, and how it was set."""
    weights = publication.table("weights")
    at = weights.rows.with_row_index("place").filter(node=parent.id, child=node.id)["place"]
    columns = {one.name: one for one in weights.columns}
    weight, how = (cell_texts(weights, columns[name], at)[0] for name in ("weight", "how"))
    return f"{weight} ({how})"


def _indicator(
    publication: Publication, node: ResolvedNode, parent: ResolvedNode
) -> Iterator[Block]:
    """Yield what is known of an indicator, as the reports of official indices show it."""
    written = node.written
    what = [
        ("What it measures", written.description),
        ("Reason for inclusion", written.inclusion),
        ("Part of", _belongs(publication, node, parent)),
        ("How it is measured", _measured(node)),
        ("Unit", written.unit),
        ("Source", written.source or _stated(publication, node, "title")),
        ("Publisher", written.publisher or _stated(publication, node, "publisher")),
        ("Date or period", written.date or _stated(publication, node, "date")),
        ("Published for", written.granularity or _published_for(publication, node)),
        ("Caveats", written.caveats),
    ]
    treated = [
        *_made_of(publication, node),
        ("A high value means", _high(publication, node)),
        ("Brought to the areas", _converted(publication, node)),
        ("Shrinkage", _shrunk(publication, node)),
        ("Missing values", _missing(publication, node)),
        ("A denominator of 0", _zero_denominator(node)),
        ("Values are shown", _may_be_shown(publication, node)),
        ("Values found", _found(publication, node)),
        ("Checks", _checks(publication, node)),
        ("In the tables", f"Its columns begin with {node.id}."),
    ]
    yield facts(what, treated)
    counts = [child for child in node.children if isinstance(child.written, CountIndicator)]
    yield from _counts(publication, node, counts)


def _belongs(publication: Publication, node: ResolvedNode, parent: ResolvedNode) -> str:
    """Say what an indicator is a part of, and with what weight."""
    said = f"{parent.title} ({part_called(parent)})"
    if node.role == "supplementary" or node not in parent.children:
        return f"{said}, which it stands beside and does not enter"
    if len(parent.children) == 1:
        return f"{said}; it is all that this is made of"
    return f"{said}, with the weight {_own_weight(publication, node, parent)}"


def _high(publication: Publication, node: ResolvedNode) -> str:
    said = (node.settings.high_value or "").replace("_", " ")
    return said.replace("need", publication.words.concept)


def _measured(node: ResolvedNode) -> str:
    """Say in words how an indicator is measured."""
    written = node.written
    said = KINDS.get(written.kind) or (type(written).__doc__ or "").splitlines()[0]
    if node.children:
        said = f"{said} Its numerator adds up {counted(len(node.children), 'count')}, shown below."
    per = getattr(written, "per", 1.0)
    return f"{said} Given per {figure(per)}." if per != 1.0 else said


def _made_of(publication: Publication, node: ResolvedNode) -> list[tuple[str, list[str]]]:
    """Return the numerator, the denominator and so on, and where they come from."""
    written = node.written
    told: dict[str, list[str]] = {}
    columns: dict[str, list[Column]] = {}
    if not isinstance(written, Indicator):
        return []
    for name in dict.fromkeys([*written.measured_from(), *node.columns()]):
        purpose = name.partition(".")[0]
        called = PURPOSES.get(purpose, purpose.replace("_", " ").capitalize())
        told.setdefault(called, [])
        if words := written.told(name):
            told[called].append(in_words(publication, words))
        columns.setdefault(called, []).extend(node.columns().get(name, ()))
    return [
        (called, [*words, *_columns(publication, node, columns[called])])
        for called, words in told.items()
    ]


def _columns(
    publication: Publication, node: ResolvedNode, columns: Sequence[Column]
) -> Iterator[str]:
    """Name columns of inputs; of many of one input, the first and the last."""
    for name, of_input in groupby(columns, lambda one: node.input_of(one) or ""):
        several = list(of_input)
        given = publication.definition.inputs[name]
        title = given.title or name.replace("_", " ")
        if len(several) > FEW:
            yield f"{len(several)} columns, {several[0].key} to {several[-1].key}. {title}"
        else:
            yield from (f"{_column(publication, one)}. {title}" for one in several)


def _column(publication: Publication, column: Column) -> str:
    """Name a column of an input, and the rows of it that are used."""
    said = column.key.replace("…", " to ") if column.first else column.key
    chosen = column.where.items()
    rows = "; ".join(f"{key} is {_wanted(publication, wanted)}" for key, wanted in chosen)
    return f"{said}, the rows where {rows}" if rows else said


def _wanted(publication: Publication, wanted: Any) -> str:
    """Say in words what a column must hold."""
    if isinstance(wanted, tuple):
        return joined(wanted, "or")
    if hasattr(wanted, "begins_with"):
        return f"a code that begins with {wanted.begins_with}"
    of_list = publication.definition.written.lists[wanted.list]
    return f"one of the list {of_list.title or wanted.list}"


def _inputs(publication: Publication, node: ResolvedNode) -> list[Any]:
    """Return the tables that an indicator is made of, as the definition states them."""
    definition = publication.definition
    names = [node.input_of(one) for every in node.columns().values() for one in every]
    tables: list[Any] = [definition.inputs[name] for name in names if name]
    tables += [definition.written.records[name] for _, name in records_of(node)]
    for child in node.children:
        tables += _inputs(publication, child)
    return tables


def _stated(publication: Publication, node: ResolvedNode, what: str) -> list[str]:
    """Return what the inputs of an indicator state, each once."""
    said = (str(getattr(one, what, "")) for one in _inputs(publication, node))
    return list(dict.fromkeys(one for one in said if one))


def _published_for(publication: Publication, node: ResolvedNode) -> str:
    names = (getattr(one, "geography", "") for one in _inputs(publication, node))
    return joined([geography_called(name) for name in dict.fromkeys(names) if name])


def _converted(publication: Publication, node: ResolvedNode) -> str:
    """Say through which correspondences the inputs of an indicator came to the areas."""
    columns = node.columns().values()
    names = dict.fromkeys(node.input_of(one) for every in columns for one in every)
    read = publication.results.provenance["inputs"]
    through = [way for name in names if name in read for way in read[name]["conversion"]]
    ends = [way.partition(" (")[0].split(" to ") for way in through]
    ways = [" to ".join(map(geography_called, each)) for each in ends]
    ways += [said for child in node.children if (said := _converted(publication, child))]
    return joined(list(dict.fromkeys(ways)))


def _shrunk(publication: Publication, node: ResolvedNode) -> str:
    to = node.settings.shrink_to
    if to == "none" or not was_shrunk(publication.results, node):
        return "none"
    return f"towards the value of the {areas_called(to, 1)} that the area lies in"


def _missing(publication: Publication, node: ResolvedNode) -> str:
    """Say what missing values do, and how many there were."""
    found = publication.results.provenance["missing_values"].get(node.id)
    if not found:
        return "none"
    return f"{counted(found['areas'], 'area')} without a value; {MISSING[found['policy']]}"


def _zero_denominator(node: ResolvedNode) -> str:
    policy = node.settings.zero_denominator
    return "" if policy == "refuse" else ZERO_DENOMINATOR[policy]


def _may_be_shown(publication: Publication, node: ResolvedNode) -> str:
    """Say for which areas values may be shown, and how exactly."""
    publish = node.settings.publish
    geography = shown_at(publication.definition, node)
    if geography is None:
        return "nowhere: only ranks above it are published"
    exactly = publish.round_to == "none" and publish.suppress_below == "none"
    if exactly and geography == publication.definition.areas.geography:
        return ""  # as all others
    said = f"for {areas_called(geography)}, {geography_called(geography)}"
    if publish.round_to != "none":
        said += f"; counts are rounded to {publish.round_to}"
    if publish.suppress_below != "none":
        said += f"; counts below {publish.suppress_below} are suppressed"
    return said


def _found(publication: Publication, node: ResolvedNode) -> str:
    """Say how the values lie, unless they may not be shown."""
    known = publication.results.quality["indicators"].get(node.id)
    if known is None or restricted(node) or not known["number"]:
        return ""
    unit = f" ({node.written.unit})" if node.written.unit else ""
    return (
        f"{counted(known['number'], 'area')}; lowest {figure(known['minimum'])}, "
        f"median {figure(known['median'])}, highest {figure(known['maximum'])}{unit}"
    )


def _checks(publication: Publication, node: ResolvedNode) -> list[str] | str:
    """Say what came of the checks of an indicator."""
    if not publication.has("quality"):
        return ""
    checks = publication.table("quality").rows.filter(pl.col("indicator") == node.id)
    if not checks.height:
        return ""
    passed = checks.filter(outcome="passed").height
    said = [f"{passed} of {counted(checks.height, 'check')} passed"]
    said += [
        f"{one['check_title']}: not passed, and accepted: {one['accepted']}"
        for one in checks.filter(pl.col("outcome") != "passed").iter_rows(named=True)
    ]
    return said


def _counts(
    publication: Publication, node: ResolvedNode, counts: Sequence[ResolvedNode]
) -> Iterator[Block]:
    """Yield the counts that an indicator adds up, with their sources."""
    if not counts:
        return
    measures = publication.table("measures")
    keys = pl.DataFrame({"id": [child.id for child in counts]})
    made = shown(measures, ["title", "description", "source", "date", "granularity"], keys)
    caveats = [f"{one.title}: {one.written.caveats}" for one in counts if one.written.caveats]
    columns = (
        ("Count", "text", 1.2),
        ("What it counts", "text", 2.2),
        ("Source", "text", 1.1),
        ("Date", "text", 0.8),
        ("Published for", "text", 0.9),
    )
    rows = [["" if cell == "[x]" else cell for cell in row] for row in made["rows"]]
    yield from own_table(f"Counts that {node.title} adds up", columns, rows, notes=caveats)
