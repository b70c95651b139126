"""How a group stands among the others: the summaries of its need, with ranks and their change."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from hyperlocal.analysis.populations import Populations
from hyperlocal.present.profile.ground import Group, IntArray
from hyperlocal.present.profile.wording import grid, ordinal
from hyperlocal.present.tables.districts import averages_of_ranks, weighed_by
from hyperlocal.present.wording import counted, joined, number, percent
from hyperlocal.present.words import AREAS, areas_called, kind_of

TITLES = {
    "average_score": "Average score",
    "average_rank": "Average rank",
    "proportion": "Areas in worst 10%",
    "extent": "Extent",
    "local_concentration": "Local concentration",
}
HEADINGS = {**TITLES, "proportion": "In worst 10%"}
BACKWARDS = ("average_rank", "local_concentration")
"""The summaries of ranks that are counted so that a high one is more need."""
BY = {
    "average_score": "average score",
    "average_rank": "average rank",
    "proportion": "the share of its areas in the worst 10%",
    "extent": "extent",
    "local_concentration": "local concentration",
}
MOST_BESIDE, NEAREST = 25, 20
"""Up to 25 groups are all shown beside each other; of more the 20 that rank nearest."""
LEAST_BESIDE = 3
"""A group is shown beside those of the next larger area that holds so many."""


def groups_called(larger_id: str, many: int = 2) -> str:
    """Return what the larger areas of a kind are called: ``groups`` where that is not known.

    Examples
    --------
    >>> groups_called("ltla24"), groups_called("our_estates", 1)
    ('local authority districts', 'group')
    """
    if kind_of(larger_id) in AREAS:
        return areas_called(larger_id, many)
    return "group" if many == 1 else "groups"


def value(name: str, found: float) -> str:
    """Write a summary as it is read."""
    if name in ("proportion", "extent"):
        return percent(found)
    return f"{found:,.2f}" if name == "average_score" else f"{found:,.0f}"


def ranked_by(group: Group) -> list[tuple[str, int, bool]]:
    """Return the rank of a group on each summary of the index, and whether it shares it."""
    own = group.summary(group.ground.root.id)
    rows = group.ground.districts.filter(measure=group.ground.root.id)
    return [
        (name, int(rank), int((rows[f"{name}_rank"] == rank).sum()) > 1)
        for name in group.ground.summaries
        if isinstance(rank := own.get(f"{name}_rank"), int | float)
    ]


def standing(group: Group) -> dict[str, Any]:
    """Return what the summaries of a group tell: sentences and tables.

    Parameters
    ----------
    group
        The group.

    Returns
    -------
    dict
        ``title``, ``says`` (sentences), ``summaries``, ``by_measure``, ``scales`` and ``beside``
        (tables, None where there is nothing to show). Ranks stand only where there are several
        groups.
    """
    ground = group.ground
    several = len(ground.larger.groups) > 1
    then = ground.districts_then
    return {
        "title": f"Among all {groups_called(ground.larger.id)}" if several else "Summaries",
        "says": [_ranks(group)] if several and ranked_by(group) else [],
        "summaries": _summaries(group, then, several),
        "by_measure": _by_measure(group) if several else None,
        "scales": _scales(group, several),
        "beside": _beside(group, then) if several else None,
    }


def _ranks(group: Group) -> str:
    """Say in a sentence how the group ranks on each summary."""
    said = joined(
        [
            f"{'joint ' if shared else ''}{ordinal(rank)} by {BY[name]}"
            for name, rank, shared in ranked_by(group)
        ]
    )
    many = len(group.ground.larger.groups)
    first = group.ground.words.most
    called = groups_called(group.ground.larger.id)
    return f"Of {number(many)} {called} it ranks {said}, where 1st is {first}."


def _summaries(group: Group, then: pl.DataFrame, several: bool) -> dict[str, Any] | None:
    """Return the table of a group's summaries of the index."""
    ground = group.ground
    own = group.summary(ground.root.id)
    held = [name for name in ground.summaries if own.get(name) is not None]
    if not held:
        return None
    before = _row(then, ground.root.id, group.code)
    columns: list[tuple[str, float | None]] = [("Measure", 2.2), ("Value", None)]
    if several:
        columns.append((f"Rank of {number(len(ground.larger.groups))}", None))
    if before and several and ground.then:
        columns += [(f"Rank in {ground.then.title}", None), ("Change of rank", 1.6)]
    rows = []
    for name in held:
        cells = [TITLES[name], value(name, float(own[name]))]
        if several:
            cells.append(number(own[f"{name}_rank"]))
        if before and several:
            rank = before.get(f"{name}_rank")
            cells += (
                ["not known", "–"]
                if rank is None
                else [number(rank), _moved(own[f"{name}_rank"] - rank, ground.words.concept)]
            )
        rows.append(cells)
    notes = [f"In ranks, 1 is {ground.words.most}."] if several else []
    if backwards := [TITLES[name] for name in held if name in BACKWARDS]:
        concept = ground.words.concept
        said = joined(backwards)
        notes.append(f"{said} count the other way: a high value is more {concept}.")
    notes += [f"{one}." for one in weighed_by(ground.publication.results, _weights(group))]
    notes.append("What each measure means stands at the end.")
    if before and several and ground.then:
        notes.append(
            f"The ranks in {ground.then.title} are computed from its ranks and scores of areas, on "
            "the areas and with the people of today; what was published then may differ."
        )
    return grid(f"{ground.root.title}: summaries of {group.name}", columns, rows, notes)


def _weights(group: Group) -> Populations | None:
    return group.ground.publication.populations.weights


def _moved(places: int, concept: str) -> str:
    """Say how far a rank moved, and which way."""
    if not places:
        return "none"
    return f"{abs(places):,} towards {'more' if places < 0 else 'less'} {concept}"


def _row(table: pl.DataFrame, node: str, code: str) -> dict[str, Any]:
    """Return the summaries of a group; empty where there are none."""
    if not table.height:
        return {}
    found = table.filter(measure=node, group_code=code)
    return found.row(0, named=True) if found.height else {}


def _by_measure(group: Group) -> dict[str, Any] | None:
    """Return the table of the ranks of a group on each summary, for the index and its domains."""
    ground = group.ground
    rows: list[list[str]] = []
    shown: list[str] = []
    for node in ground.nodes:
        own = group.summary(node.id)
        if not own:
            continue
        ranks = [own.get(f"{name}_rank") for name in ground.summaries]
        shown.append(node.id)
        rows.append([node.title, *("–" if rank is None else number(rank) for rank in ranks)])
    if len(rows) < 2:
        return None
    called = groups_called(ground.larger.id)
    return grid(
        f"Rank of {group.name} among {number(len(ground.larger.groups))} {called}",
        [("Measure", 2.0), *((HEADINGS[name], None) for name in ground.summaries)],
        rows,
        [
            f"Rank 1 is {ground.words.most}.",
            *(f"{one}." for one in averages_of_ranks(ground.publication.results, shown)),
        ],
    )


def _scales(group: Group, several: bool) -> dict[str, Any] | None:
    """Return the table of how many are counted in a group; None where nobody is."""
    ground = group.ground
    own = ground.scales.filter(group_code=group.code)
    if not own.height:
        return None
    called = groups_called(ground.larger.id)
    columns: list[tuple[str, float | None]] = [("Measure", 1.0), ("Who or what is counted", 2.6)]
    columns += [("Number", None)]
    columns += [(f"Rank of {number(len(ground.larger.groups))}", None)] if several else []
    rows, lacking = [], 0
    for row in own.iter_rows(named=True):
        told = [
            "–" if row[name] is None else number(round(row[name])) for name in ("count", "rank")
        ]
        rows.append([row["measure_title"], row["counted"], *told[: 1 + several]])
        lacking = max(lacking, row["areas_missing"])
    notes = []
    if several:
        notes.append(
            f"Rank 1 is the largest number: {called} where many live rank high, whatever the share "
            "of their people."
        )
    if lacking:
        said = counted(lacking, "area has no number and is", "areas have no number and are")
        notes.append(f"{said} not in the sum.")
    return grid(f"How many are counted in {group.name}", columns, rows, notes)


def _beside(group: Group, then: pl.DataFrame) -> dict[str, Any] | None:
    """Return the table of a group beside those of its region, or those that rank nearest."""
    ground = group.ground
    node = ground.root.id
    table = ground.districts.filter(measure=node)
    if not ground.summaries or not table.height:
        return None
    first = f"{ground.summaries[0]}_rank"
    places, parent = _siblings(group)
    codes = ground.larger.groups.codes.gather(places)
    of = f" of {parent}" if parent else ""
    shown = table.filter(pl.col("group_code").is_in(codes.implode())).sort(first, "group_code")
    many, called = shown.height, groups_called(ground.larger.id)
    if many > MOST_BESIDE:
        at = int(shown["group_code"].index_of(group.code) or 0)
        start = min(max(0, at - NEAREST // 2), many - NEAREST)
        shown = shown.slice(start, NEAREST)
        said = f"{group.name} beside the {called}{of} that rank nearest to it"
    else:
        said = f"{group.name} beside the other {called}{of}"
    rows = []
    for row in shown.iter_rows(named=True):
        before = _row(then, node, row["group_code"])
        cells = [_ranks_then(row, before, name) for name in ground.summaries]
        name = row["group_name"] or row["group_code"]
        own = " (this profile)" if row["group_code"] == group.code else ""
        rows.append([f"{name}{own}", number(row["areas"]), *cells])
    notes = [f"Ranks among all {number(len(ground.larger.groups))}; 1 is {ground.words.most}."]
    if then.height and ground.then:
        notes.append(f"In brackets the rank in {ground.then.title}, where it is known.")
    if many > MOST_BESIDE:
        notes.append(f"{NEAREST} of {number(many)} are shown, by {BY[ground.summaries[0]]}.")
    columns: list[tuple[str, float | None]] = [
        ("Name", 2.0),
        ("Areas", None),
        *((HEADINGS[name], None) for name in ground.summaries),
    ]
    return grid(said, columns, rows, notes)


def _ranks_then(row: dict[str, Any], before: dict[str, Any], name: str) -> str:
    rank = row[f"{name}_rank"]
    if rank is None:
        return "–"
    was = before.get(f"{name}_rank")
    return number(rank) if was is None else f"{number(rank)} ({number(was)})"


def _siblings(group: Group) -> tuple[IntArray, str]:
    """Return the groups that lie in the same larger area as this one, and what that is called.

    The next larger kind is taken in which that area holds several groups; all groups without one.
    """
    ground = group.ground
    for kind, of in ground.parents:
        own = of[group.place]
        places = np.flatnonzero(of == own)
        if own >= 0 and len(places) >= LEAST_BESIDE:
            name = kind.groups.names[int(own)] or kind.groups.codes[int(own)]
            return places, str(name)
    return np.arange(len(ground.larger.groups)), ""


def people(group: Group) -> tuple[str, str]:
    """Return the people of a group and what they are called; empty where they are not known."""
    ground = group.ground
    own = group.summary(ground.root.id)
    if ground.publication.populations.weights is None or own.get("population") is None:
        return "", ""
    known = ground.publication.populations
    named = known.titles.get(known.weighing(ground.root.id) or "")
    return number(round(float(own["population"]))), named or "People"
