"""How many areas of a group are among the worst 10% of all, by domain, and over all tenths."""

from __future__ import annotations

from typing import Any

import numpy as np

from hyperlocal.methods import FloatArray
from hyperlocal.present.profile.ground import Group
from hyperlocal.present.profile.wording import beside_expected, expected, first_of, grid, worst
from hyperlocal.present.wording import EXACT, counted, joined, number, percent

TENTHS = range(1, 11)
FEW = 10
"""Of fewer areas no tenth can be expected to be among the worst 10%."""


def in_worst(group: Group, node: str) -> float:
    """How many areas of a group are in the first decile of a node."""
    return group.count(group.ground.deciles[node] == 1)


def headline(group: Group) -> str:
    """Say how many areas of a group are among the worst 10% of all, beside what is expected."""
    ground = group.ground
    root, areas = ground.root.id, group.areas
    found = in_worst(group, root)
    if areas < EXACT:
        return "None of its areas is ranked."
    tenth = worst(ground.words, 10, f"all {number(ground.number)} areas")
    if len(group.rows) == 1:
        rank, decile = ground.ranks[root][group.rows[0]], ground.deciles[root][group.rows[0]]
        inside = "is" if found else "is not"
        return (
            f"Its one area ranks {number(rank)} of {number(ground.number)} (decile {decile:.0f}): "
            f"it {inside} among {tenth}."
        )
    if areas < 1 + EXACT:
        return f"The parts of areas that lie in it make up {counted(areas, 'area')}."
    even = f"if {ground.words.concept} were spread evenly"
    many = expected(areas)
    if found < EXACT:
        return (
            f"None of its {number(areas)} areas is among {tenth}; {many} would be expected {even}."
        )
    who = "All" if found > areas - EXACT else f"{number(found)} of its"
    share = "" if who == "All" else f" ({percent(found / areas)})"
    who = f"All {number(areas)} areas" if who == "All" else f"{who} {number(areas)} areas{share}"
    verb = "is" if abs(found - 1) < EXACT and not who.startswith("All") else "are"
    return f"{who} {verb} among {tenth}{_than(found, areas, many, even)}"


def _than(found: float, areas: float, many: str, even: str) -> str:
    """Say how a number of areas stands beside what is expected, to the end of the sentence."""
    compared = beside_expected(found, areas)
    if compared == "as many":
        return f", as many as would be expected {even}."
    if many == "less than one":
        return f", where less than one would be expected {even}."
    return f", {compared} than the {many.removeprefix('about ')} that would be expected {even}."


def by_domain(group: Group) -> dict[str, Any]:
    """Return how many areas are in the worst 10% on the index and each domain, then and now.

    Parameters
    ----------
    group
        The group.

    Returns
    -------
    dict
        ``says`` (sentences) and ``table``, which tells rank and decile of a single area.
    """
    if len(group.rows) == 1:
        return {"says": _domains_said(group), "table": _of_one(group)}
    ground, then = group.ground, group.ground.then
    columns: list[tuple[str, float | None]] = [
        ("Measure", 2.2), ("In worst 10%", None), ("Share of its areas", None),
        ("Expected", None),
    ]  # fmt: skip
    before = {
        node.id: group.count(ground.deciles_then[node.id] == 1)
        for node in ground.nodes
        if node.id in ground.deciles_then
    }
    if then and before:
        columns += [(f"In {then.title}", None), ("Change", None)]
    rows = []
    for node in ground.nodes:
        found, areas = in_worst(group, node.id), group.ranked(node.id)
        share = found / areas if areas > EXACT else 0.0
        cells = [node.title, number(found), percent(share), number(areas / 10, 1)]
        if before:
            was = before.get(node.id)
            cells += ["not known", "–"] if was is None else [number(was), signed(found - was)]
        rows.append(cells)
    notes = [
        "Expected: a tenth of its areas, as if each measure were spread evenly over all areas."
    ]
    if before and then:
        notes.append(f"Each version has its own worst 10%; {then.title} is counted on these areas.")
    caption = f"Areas of {group.name} in the worst 10% of all areas"
    return {
        "says": _domains_said(group),
        "table": grid(caption, columns, rows, notes),
    }


def _of_one(group: Group) -> dict[str, Any]:
    """Return the table of the rank and decile of a single area on the index and each domain."""
    ground, row = group.ground, int(group.rows[0])
    columns: list[tuple[str, float | None]] = [("Measure", 2.2), ("Rank", None), ("Decile", None)]
    then = ground.then
    if then:
        columns.append((f"Decile in {then.title}", None))

    def told(values: FloatArray | None) -> str:
        return "–" if values is None or np.isnan(values[row]) else number(values[row])

    rows = []
    for node in ground.nodes:
        cells = [node.title, told(ground.ranks[node.id]), told(ground.deciles[node.id])]
        rows.append([*cells, told(ground.deciles_then.get(node.id))] if then else cells)
    notes = [f"Rank among {number(ground.number)} areas: 1 is {ground.words.most}."]
    return grid(f"The area of {group.name} on each measure", columns, rows, notes)


def signed(change: float) -> str:
    """Write a change with its sign.

    Examples
    --------
    >>> signed(3), signed(-14), signed(0), signed(-1.5)
    ('+3', '−14', '0', '−1.5')
    """
    if abs(change) < EXACT:
        return "0"
    return f"{'+' if change > 0 else '−'}{number(abs(change))}"


def _domains_said(group: Group) -> list[str]:
    """Say on which domains more areas, and on which fewer, are in the worst 10% than expected."""
    ground = group.ground
    if not ground.domains or group.areas < FEW:
        return _few_said(group)
    of: dict[str, list[tuple[float, str]]] = {"more": [], "fewer": [], "as many": []}
    for node in ground.domains:
        found, areas = in_worst(group, node.id), group.ranked(node.id)
        of[beside_expected(found, areas)].append((found, node.title))
    texts = {
        how: [
            f"{title} ({number(found)})" for found, title in sorted(them, key=lambda one: -one[0])
        ]
        for how, them in of.items()
    }
    tenth = expected(group.areas).removeprefix("about ")
    says = []
    if texts["more"]:
        says.append(
            f"More of its areas than the {tenth} expected are in the worst 10% for "
            f"{joined(texts['more'])}."
        )
    none = [f"{title}" for found, title in of["fewer"] if found < EXACT]
    some = [
        f"{title} ({number(found)})"
        for found, title in sorted(of["fewer"], reverse=True)
        if found > EXACT
    ]
    if some:
        than = "Fewer" if says else f"Fewer of its areas than the {tenth} expected"
        says.append(f"{than} are in the worst 10% for {joined(some)}.")
    if none:
        says.append(f"None of its areas is in the worst 10% for {joined(none, 'or')}.")
    if texts["as many"]:
        says.append(
            f"As many of its areas as expected are in the worst 10% for {joined(texts['as many'])}."
        )
    return says


def _few_said(group: Group) -> list[str]:
    """Say on which domains a few areas are in the worst 10%."""
    ground = group.ground
    held = [(node.title, in_worst(group, node.id)) for node in ground.domains]
    one = len(group.rows) == 1
    some = [
        title if one else f"{title} ({number(found)})" for title, found in held if found > EXACT
    ]
    if not held:
        return []
    if not some:
        who = "It is not" if one else f"No area of {group.name} is"
        return [f"{who} in the worst 10% on any domain."]
    return [f"{'It is' if one else 'Some of its areas are'} in the worst 10% for {joined(some)}."]


def spread(group: Group) -> dict[str, Any]:
    """Return how many areas of a group are in each decile of all areas.

    Returns
    -------
    dict
        ``says``, and ``table``: None where there are fewer than two areas.
    """
    ground = group.ground
    decile, all_of = ground.deciles[ground.root.id], group.areas
    if all_of < 2 - EXACT:
        return {"says": [], "table": None}
    areas = [group.count(decile == one) for one in TENTHS]
    half = sum(areas[:5])
    lie = "lies" if abs(half - 1) < EXACT else "lie"
    says = (
        f"{number(half)} of its {number(all_of)} ranked areas ({percent(half / all_of)}) {lie} in "
        f"the half of all areas with the most {ground.words.concept}: {number(areas[0])} in the "
        f"first decile. In the tenth {'lies' if abs(areas[-1] - 1) < EXACT else 'lie'} "
        f"{number(areas[-1]) if areas[-1] > EXACT else 'none'}."
    )
    rows = [
        ["Areas", *(number(one) for one in areas)],
        ["Share", *(percent(one / all_of, 0) for one in areas)],
    ]
    heading = f"Areas of {group.name} by decile of all areas"
    columns = [("Decile", 1.0), *((f"{one}", None) for one in TENTHS)]
    table = grid(heading, columns, rows, [f"Decile 1 is {ground.words.tenth()}."])
    return {"says": [says], "table": table}


def unranked(group: Group) -> str:
    """Say which areas of a group have no rank; empty where all have one."""
    rows = group.rows[np.isnan(group.ground.ranks[group.ground.root.id][group.rows])]
    if not len(rows):
        return ""
    many = counted(len(rows), "area has no rank and counts", "areas have no rank and count")
    return f"{many} nowhere: {first_of(group.named(rows))}."
