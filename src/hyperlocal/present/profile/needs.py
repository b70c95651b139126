"""The areas of a group that rank first, and how needs coincide in its areas."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from hyperlocal.methods import FloatArray
from hyperlocal.present.profile.ground import BoolArray, Group
from hyperlocal.present.profile.wording import grid
from hyperlocal.present.wording import EXACT, counted, number, percent

MOST, LARGE, MORE = 10, 100, 20
"""Of up to 100 areas the first 10 are listed, of more the first 20."""
PAIRS = 6
COUNTED_TO = 4
"""Areas that are in the worst 10% on so many domains or more are counted together."""


def first_areas(group: Group) -> dict[str, Any] | None:
    """Return the table of the areas of a group that rank first; None where none is ranked.

    Parameters
    ----------
    group
        The group.
    """
    ground = group.ground
    root = ground.root.id
    rank = ground.ranks[root]
    order = np.lexsort((group.rows, rank[group.rows]))
    rows = group.rows[order]
    share = dict(zip(group.rows.tolist(), group.share.tolist(), strict=True))
    rows = rows[~np.isnan(rank[rows])]
    if not len(rows):
        return None
    shown = rows[: MORE if len(rows) > LARGE else MOST]
    named = any(ground.names[row] not in (None, ground.codes[row]) for row in shown.tolist())
    longest = max(len(ground.names[row] or "") for row in shown.tolist())
    width = min(2.4, max(1.25, longest / 13))
    columns: list[tuple[str, float | None]] = [("Area", width)] if named else []
    columns += [("Code", 1.0), ("Rank", None)]
    scored = root in ground.scores
    columns += [("Score", None)] if scored else []
    columns += [("Decile", None)]
    columns += [("Share inside", None)] if group.parted else []
    columns += [("Domains in worst 10%", 3.6)] if ground.domains else []
    found = []
    for row in shown.tolist():
        name, code = ground.names[row], ground.codes[row]
        cells = [*([name or code] if named else []), code, number(rank[row])]
        cells += [_score(ground.scores[root][row])] if scored else []
        cells += [number(ground.deciles[root][row])]
        cells += [percent(share[row], 0)] if group.parted else []
        cells += [_worst_domains(group, row)] if ground.domains else []
        found.append(cells)
    if len(shown) == len(rows):
        caption = (
            f"All areas of {group.name}, by rank" if len(rows) > 1 else f"The area of {group.name}"
        )
    else:
        caption = f"The {len(shown)} {ground.words.most_areas} of {group.name}"
    notes = [f"Rank among {number(ground.number)} areas: 1 is {ground.words.most}."]
    return grid(caption, columns, found, notes)


def _score(score: float) -> str:
    return "–" if np.isnan(score) else number(score, 2)


def _worst_domains(group: Group, row: int) -> str:
    """Name the domains on which an area is in the worst 10%."""
    domains = group.ground.domains
    worst = [one.title for one in domains if group.ground.deciles[one.id][row] == 1]
    if len(worst) == len(domains) > 1:
        return f"all {len(domains)}"
    return "; ".join(worst) or "none"


def together(group: Group) -> dict[str, Any] | None:
    """Return on how many domains areas are in the worst 10%, beside all areas.

    Parameters
    ----------
    group
        The group.

    Returns
    -------
    dict or None
        ``says``, and the tables ``counts`` and ``pairs`` (None where no two coincide); None where
        the index has fewer than two domains, or hardly an area has a rank in each.
    """
    ground = group.ground
    if len(ground.domains) < 2:
        return None
    inside = np.column_stack([ground.deciles[one.id] == 1 for one in ground.domains])
    ranks = np.column_stack([ground.ranks[one.id] for one in ground.domains])
    complete: BoolArray = np.asarray(~np.isnan(ranks).any(axis=1))
    everywhere = complete.astype(np.float64)
    own = np.zeros(everywhere.size)
    np.add.at(own, group.rows, group.share)
    own *= everywhere
    if own.sum() < 1 + EXACT:
        return None
    counts = _counts(group, inside, own, everywhere)
    pairs = _pairs(group, inside, own, everywhere)
    return {
        "says": _together_said(group, inside, own, everywhere),
        "counts": counts,
        "pairs": pairs,
    }


def numbers_of_domains(inside: BoolArray, weight: FloatArray) -> FloatArray:
    """Return how many areas are in the worst of 0, 1, 2, … domains.

    Parameters
    ----------
    inside : shape (areas, domains)
        Whether an area is in the worst of a domain.
    weight : shape (areas,)
        What each area counts as: its share that lies in a group, 0 where it is not counted.

    Examples
    --------
    >>> inside = np.array([[True, True], [True, False], [False, False]])
    >>> numbers_of_domains(inside, np.array([1.0, 1.0, 0.5]))
    array([0.5, 1. , 1. ])
    """
    size = inside.shape[1] + 1
    found = np.bincount(inside.sum(axis=1), weights=weight, minlength=size)
    return found.astype(np.float64)


def _counts(
    group: Group, inside: BoolArray, own: FloatArray, everywhere: FloatArray
) -> dict[str, Any]:
    """Return the table of areas by the number of domains they are in the worst 10% of."""
    here, there = numbers_of_domains(inside, own), numbers_of_domains(inside, everywhere)
    last = min(COUNTED_TO, len(here) - 1)
    rows = []
    for many in range(last + 1):
        upto = many + 1 if many < last else len(here)
        label = f"{many} or more" if many == last < len(here) - 1 else f"{many}"
        found, all_of = here[many:upto].sum(), there[many:upto].sum()
        rows.append(
            [label, number(found), percent(found / own.sum()), percent(all_of / everywhere.sum())]
        )
    caption = f"Areas of {group.name} by the number of domains on which they are in the worst 10%"
    columns: list[tuple[str, float | None]] = [
        ("Domains", 1.0), ("Areas", None), ("Share of its areas", None),
        ("Share of all areas", None),
    ]  # fmt: skip
    return grid(caption, columns, rows)


def _pairs(
    group: Group, inside: BoolArray, own: FloatArray, everywhere: FloatArray
) -> dict[str, Any] | None:
    """Return the table of the pairs of domains that coincide in the most areas."""
    domains = group.ground.domains
    numbers = inside.astype(np.float64)
    here = numbers.T @ (numbers * own[:, None])
    there = numbers.T @ (numbers * everywhere[:, None])
    pairs = [(a, b) for a, b in combinations(range(len(domains)), 2) if here[a, b] > EXACT]
    pairs.sort(key=lambda pair: (-here[pair], pair))
    if not pairs:
        return None
    rows = [
        [
            f"{domains[a].title} + {domains[b].title}",
            number(here[a, b]),
            percent(here[a, b] / own.sum()),
            percent(there[a, b] / everywhere.sum()),
        ]
        for a, b in pairs[:PAIRS]
    ]
    caption = f"Pairs of domains that come together in the most areas of {group.name}"
    columns: list[tuple[str, float | None]] = [
        ("Both in the worst 10%", 1.0), ("Areas", None), ("Share of its areas", None),
        ("Share of all areas", None),
    ]  # fmt: skip
    rest = len(pairs) - len(rows)
    notes = [f"{counted(rest, 'more pair')} come together in its areas."] if rest > 1 else []
    return grid(caption, columns, rows, notes)


def _together_said(
    group: Group, inside: BoolArray, own: FloatArray, everywhere: FloatArray
) -> list[str]:
    """Say how many areas are in the worst 10% on several domains, and on none."""
    here, there = numbers_of_domains(inside, own), numbers_of_domains(inside, everywhere)
    domains = len(here) - 1
    at = min(3, domains)
    several, all_of = here[at:].sum(), own.sum()
    how = f"all {domains}" if at == domains else f"{('two', 'three')[at - 2]} or more"
    share = there[at:].sum() / everywhere.sum()
    if several < EXACT:
        is_in = f"No area of {group.name} is"
    else:
        is_in = f"{counted(several, 'area')} of {group.name} ({percent(several / all_of)}) "
        is_in += "is" if abs(several - 1) < EXACT else "are"
    on = f"in the worst 10% on {how} of {domains} domains"
    says = [f"{is_in} {on}; of all areas {percent(share)} are."]
    none = here[0] / all_of
    if here[0] > EXACT and all_of > 1:
        says.append(
            f"{percent(none)} of its areas are in the worst 10% on no domain, "
            f"of all areas {percent(there[0] / everywhere.sum())}."
        )
    return says
