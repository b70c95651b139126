"""One area explained: every step to its rank, and how it stands beside the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from hyperlocal.analysis.explaining.area import Area, find_area
from hyperlocal.analysis.explaining.decomposition import decompose
from hyperlocal.analysis.explaining.similar import similar_areas
from hyperlocal.analysis.explaining.steps import Step, group_steps, indicator_steps, shown
from hyperlocal.analysis.explaining.thresholds import thresholds
from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.report import Report
from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.effect import added_up
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.replay import Replay

PARTS = ("decomposition", "similar", "thresholds")


@dataclass(frozen=True)
class Explanation:
    """How a node of an index came out for one area.

    Parameters
    ----------
    area_code, area_name
        The area; the name is None where none is known.
    id, title, role
        The node.
    weight
        Its weight in its parent; None for the index and what stands beside it.
    steps
        The steps at this node, after those of its children.
    children
        The nodes that it is made of.
    """

    area_code: str
    area_name: str | None
    id: str
    title: str
    role: str
    weight: float | None
    steps: tuple[Step, ...]
    children: tuple[Explanation, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the same as nested dictionaries, for JSON."""
        return asdict(self)


def explain(results: Results, area: str) -> Explanation:
    """Explain the rank of one area, step by step.

    Parameters
    ----------
    results
        The finished index.
    area
        The code of the area, or its name, in any case.

    Returns
    -------
    Explanation
        The index, with its domains and indicators below it.

    Raises
    ------
    ResultsError
        Where there is no such area, more than one of that name, or where it was left out.
    """
    here = find_area(results, area)
    parts = added_up(results.definition.root)
    return _node(here, results.definition.root, None, parts)


def explain_by(
    results: Results,
    area: str,
    parts: Sequence[str] = PARTS,
    *,
    similar: int = 5,
    groups: Groups | None = None,
) -> Report:
    """Explain one area beside the others: what sets it apart, who is like it, what would move it.

    Parameters
    ----------
    results
        The finished index.
    area
        The code of the area, or its name.
    parts
        The tables that are wanted: ``decomposition``, ``similar``, ``thresholds``.
    similar
        How many similar areas.
    groups
        The groups, such as districts, of which the area's own is compared with.

    Returns
    -------
    Report
        The tables; see `decompose`, `similar_areas` and `thresholds`.

    Raises
    ------
    ResultsError
        Where there is no such table or area, or what is asked for does not exist for it.

    Examples
    --------
    ``explain_by(results, "E01000001").tables["decomposition"]`` takes its score apart.
    """
    if unknown := [part for part in parts if part not in PARTS]:
        known = ", ".join(PARTS)
        raise ResultsError(
            [Problem(f"there is no table {name!r}", f"there are {known}") for name in unknown]
        )
    replay = Replay.of(results)
    made: dict[str, Callable[[], Report]] = {
        "decomposition": lambda: decompose(results, area, groups, replay),
        "similar": lambda: similar_areas(results, area, similar, groups=groups),
        "thresholds": lambda: thresholds(results, area, replay),
    }
    reports = [made[part]() for part in parts]
    return Report(
        "explain",
        {name: table for report in reports for name, table in report.tables.items()},
        {name: said for report in reports for name, said in report.about.items()},
        tuple(dict.fromkeys(note for report in reports for note in report.notes)),
    )


def as_text(explanation: Explanation) -> Iterator[str]:
    """Write an explanation as lines of text, the parts before the whole.

    Parameters
    ----------
    explanation
        The explanation.

    Yields
    ------
    str
        One line each.
    """
    name = f" {explanation.area_name}" if explanation.area_name else ""
    yield f"{explanation.area_code}{name}"
    yield ""
    yield from _lines(explanation, "")


def _lines(explanation: Explanation, indent: str) -> Iterator[str]:
    for child in explanation.children:
        yield from _lines(child, indent + "  ")
        yield ""
    weight = "" if explanation.weight is None else f" (weight {shown(explanation.weight)})"
    yield f"{indent}{explanation.title}{weight}"
    width = max((len(step.name) for step in explanation.steps), default=0)
    for step in explanation.steps:
        result = "missing" if step.result is None else shown(step.result)
        how = f"{step.how} = {result}" if step.how else result
        note = f"  ({step.note})" if step.note else ""
        yield f"{indent}  {step.name:<{width}}  {how}{note}"


def _node(
    area: Area, node: ResolvedNode, weight: float | None, parts: frozenset[str]
) -> Explanation:
    weights = area.results.weights.filter(pl.col("node") == node.id)
    by_child = dict(zip(weights["child"], weights["weight"], strict=True))
    children = [_node(area, child, by_child.get(child.id), parts) for child in node.children]
    beside = [_node(area, child, None, parts) for child in node.supplementary]
    if node.is_indicator:
        steps = list(indicator_steps(area, node, parts))
    else:
        steps = list(group_steps(area, node, by_child))
    return Explanation(
        area.results.areas["area_code"][area.row],
        area.results.areas["area_name"][area.row],
        node.id,
        node.title,
        node.role,
        weight,
        tuple(steps),
        (*children, *beside),
    )
