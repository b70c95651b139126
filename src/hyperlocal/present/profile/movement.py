"""How the areas of a group moved between the deciles of two versions."""

from __future__ import annotations

from typing import Any

import numpy as np

from hyperlocal.present.profile.ground import BoolArray, Group
from hyperlocal.present.profile.wording import first_of
from hyperlocal.present.wording import EXACT, counted, number, percent

LISTED = 12
"""No more areas that moved one way are named."""


def movement(group: Group) -> dict[str, Any] | None:
    """Return how a group's areas moved between deciles of all areas; None without a version.

    Parameters
    ----------
    group
        The group.

    Returns
    -------
    dict
        ``says`` (sentences), ``moves`` (pairs: which way, and the areas that moved
        so; empty where none did), and ``title`` of the version.
    """
    ground = group.ground
    root = ground.root.id
    if ground.then is None or root not in ground.deciles_then:
        return None
    now, then = ground.deciles[root], ground.deciles_then[root]
    both = ~np.isnan(now) & ~np.isnan(then)
    all_of = group.count(both)
    if all_of < EXACT:
        return None
    title = ground.then.title
    more, less = group.count(both & (now < then)), group.count(both & (now > then))
    noun = ground.words.concept
    says = [
        f"Since {title}, {_ways(more, less, all_of, noun)}",
        _worst_tenth(group, then, now, title),
    ]
    return {"says": [one for one in says if one], "moves": _moves(group, now, then), "title": title}


def _ways(more: float, less: float, all_of: float, noun: str) -> str:
    """Say how many areas moved which way, to the end of the sentence."""
    same = all_of - more - less
    if same > all_of - EXACT:
        which = "its one area" if abs(all_of - 1) < EXACT else f"all {number(all_of)} areas"
        return f"{which} stayed in the same decile."
    if abs(all_of - 1) < EXACT:
        return f"its one area moved to a decile of {'more' if more else 'less'} {noun}."
    parts = [
        f"{counted(many, 'area')} ({percent(many / all_of)}) moved to a decile of {way} {noun}"
        for many, way in ((more, "more"), (less, "less"))
        if many > EXACT
    ]
    stayed = f"{counted(same, 'area')} stayed" if same > EXACT else "none stayed"
    return f"{', '.join(parts)} and {stayed} in the same one."


def _worst_tenth(group: Group, then: Any, now: Any, title: str) -> str:
    """Say how many areas came into and left the worst 10%."""
    into, out = group.count((now == 1) & (then > 1)), group.count((then == 1) & (now > 1))
    was, stayed = group.count(then == 1), group.count(now == 1)
    if was < EXACT and stayed < EXACT:
        return ""
    came, left = counted(into, "area"), counted(out, "area")
    return (
        f"{came[0].upper() + came[1:]} moved into the worst 10% and {left} out of it: "
        f"{counted(stayed, 'is', 'are')} in it now, and {counted(was, 'was', 'were')} in {title}."
    )


def _moves(group: Group, now: Any, then: Any) -> list[tuple[str, str]]:
    """Name the areas that came into or left the worst 10% and the next."""
    wanted: list[tuple[str, BoolArray]] = [
        ("Into the worst 10%", (now == 1) & (then > 1)),
        ("Out of the worst 10%", (then == 1) & (now > 1)),
        ("Into the worst 10 to 20%, from below", (now == 2) & (then > 2)),
        ("Out of the worst 10 to 20%, to below", (then == 2) & (now > 2)),
    ]
    rank = group.ground.ranks[group.ground.root.id]
    if not any(inside[group.rows].any() for _, inside in wanted):
        return []
    found = []
    for title, inside in wanted:
        rows = group.rows[inside[group.rows]]
        rows = rows[np.argsort(rank[rows], kind="stable")]
        many = counted(group.count(inside), "area")
        named = first_of(group.named(rows), LISTED)
        found.append((title, f"{many}: {named}" if len(rows) else "none"))
    return found
