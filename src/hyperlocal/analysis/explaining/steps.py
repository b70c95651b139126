"""The steps of a computation for one area, each with its numbers put in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from hyperlocal.analysis.explaining.area import Area
from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.models import ChangeIndicator
from hyperlocal.definition.nodes import Indicator, Mean, Rate
from hyperlocal.indicators import REGISTRY, Measured
from hyperlocal.methods import (
    FloatArray,
    LargerAreas,
    Shrinkage,
    TieRanks,
    rank_fraction,
    tie_ranks,
)
from hyperlocal.pipeline.evaluate import constant_of, oriented_values, pick

BEHIND = (
    *("numerator", "denominator", "observed", "expected"),
    *("before", "before_denominator", "after", "after_denominator"),
    *("total", "standard_error", "sample_size"),
)
OVER = (("numerator", "denominator"), ("observed", "expected"), ("total", "sample_size"))


@dataclass(frozen=True)
class Step:
    """One step of the computation.

    Parameters
    ----------
    name
        What is computed.
    how
        The computation with its numbers put in; empty for what was read.
    result
        The number that came out; None where it is missing.
    note
        What to know of it.
    """

    name: str
    how: str
    result: float | None
    note: str = ""


def shown(number: float) -> str:
    """Write a number with up to ten significant digits.

    Examples
    --------
    >>> shown(1909.0), shown(86.63135728123)
    ('1909', '86.63135728')
    """
    return f"{number:.10g}"


def indicator_steps(area: Area, node: ResolvedNode, parts: frozenset[str]) -> Iterator[Step]:
    """Yield the steps of an indicator, from its columns to its rank.

    Parameters
    ----------
    area
        The area.
    node
        The indicator.
    parts
        The ids of the counts that a rate adds up, which have no rank.
    """
    used = "shrunk" if area.has(node, "shrunk") else "value"
    if area.value(node, "value") is None and area.value(node, used) is None:
        yield Step("value", "", None, _why_missing(area, node))
    else:
        yield from _measured_steps(area, node)
    if node.id in parts:
        return
    oriented = oriented_values(node, area.column(node, used))
    value = area.value(node, used)
    if node.settings.high_value == "less_need" and value is not None:
        how = f"-({shown(value)})"
        yield Step("oriented", how, float(oriented[area.row]) + 0.0, "a high value is less need")
    yield from _standing_steps(area, node, oriented)


def group_steps(area: Area, node: ResolvedNode, weights: dict[str, float]) -> Iterator[Step]:
    """Yield the steps of a node that combines its children.

    Parameters
    ----------
    area
        The area.
    node
        The node.
    weights
        The weights of its children, by their ids.
    """
    for child in node.children:
        upward = area.upward(child)
        if upward is None:
            yield Step(child.title, "", None)
        else:
            how = f"{shown(weights[child.id])} x {shown(upward)}"
            yield Step(child.title, how, weights[child.id] * upward)
    name = "combined" if area.has(node, "combined") else "score"
    combined = area.value(node, name)
    note = "the sum of the above"
    if combined is None:
        note = "without all of the above there is no score and no rank"
    yield Step("combined score", "", combined, note)
    yield from _standing_steps(area, node, area.column(node, name))


def _measured_steps(area: Area, node: ResolvedNode) -> Iterator[Step]:
    """Show what an indicator was made of, its value, and its shrinkage."""
    for purpose in behind(area, node):
        yield Step(purpose, "", area.value(node, purpose), _columns(area, node, purpose))
    yield _value_step(area, node)
    if not area.has(node, "shrunk"):
        return
    if area.value(node, "shrunk") is None:
        yield Step("shrunk value", "", None, "not enough is known to say how far to shrink it")
    else:
        yield from _shrinkage_steps(area, node)


def _value_step(area: Area, node: ResolvedNode) -> Step:
    value = area.value(node, "value")
    if value is None:
        return Step("value", "", None, _why_missing(area, node))
    if how := _worked(area, node):
        return Step("value", how, value)
    for over, under in OVER:
        above, below = _behind(area, node, over), _behind(area, node, under)
        if above is not None and below is not None:
            return Step("value", f"{shown(above)} / {shown(below)}{_per(node)}", value)
    if isinstance(node.written, ChangeIndicator):
        before, after = (_of_date(area, node, date) for date in ("before", "after"))
        return Step("value", f"({after} - {before}) / {before}{_per(node)}", value)
    return Step("value", "", value, _columns(area, node, "column"))


def _worked(area: Area, node: ResolvedNode) -> str:
    """Write the value out where its kind does so; empty where it is one number over another."""
    kind = REGISTRY[node.written.kind]
    if kind.worked is None:
        return ""
    numbers = {name: area.value(node, name) for name in behind(area, node)}
    return kind.worked(node, {name: one for name, one in numbers.items() if one is not None})


def _of_date(area: Area, node: ResolvedNode, date: str) -> str:
    """Write the number of one date, over its denominator where there is one."""
    number = shown(_behind(area, node, date) or 0.0)
    denominator = _behind(area, node, f"{date}_denominator")
    return number if denominator is None else f"({number} / {shown(denominator)})"


def _behind(area: Area, node: ResolvedNode, purpose: str) -> float | None:
    return area.value(node, purpose) if area.has(node, purpose) else None


def _per(node: ResolvedNode) -> str:
    per = float(getattr(node.written, "per", 1.0))
    return "" if per == 1.0 else f" x {shown(per)}"


def _columns(area: Area, node: ResolvedNode, purpose: str) -> str:
    """Name what a column of the results was read, gathered or added up from, and of which areas."""
    if isinstance(node.written, Indicator) and (told := node.written.told(purpose)):
        return told
    named, converted = [], []
    inputs = area.results.definition.inputs
    for column in node.columns().get(purpose, ()):
        name = node.input_of(column) or ""
        named.append(column.key)
        if area.results.definition.routes[name]:
            converted.append(inputs[name].geography)
    whence = f" (converted from {', '.join(dict.fromkeys(converted))})" if converted else ""
    return " + ".join(named or [child.id for child in node.children]) + whence


def _why_missing(area: Area, node: ResolvedNode) -> str:
    """Say which of the columns behind a value have none, or that it would be over 0."""
    for _, under in OVER:
        if _behind(area, node, under) == 0:
            return f"the {under} is 0"
    purposes = [pair for over in OVER for pair in over if area.has(node, pair)]
    purposes = purposes or behind(area, node) or ["column"]
    absent = [
        _columns(area, node, purpose)
        for purpose in purposes
        if purpose == "column" or area.value(node, purpose) is None
    ]
    return f"there is none in {' and '.join(absent)}" if absent else ""


_SCALES = {
    "logit": (
        "ln((r + 0.5) / (n - r + 0.5))",
        "(n + 1) (n + 2) / (n (r + 1) (n - r + 1))",
        "exp(m*) / (1 + exp(m*))",
    ),
    "log ratio": ("ln((r + 0.5) / n)", "1 / (r + 1)", "exp(m*)"),
    "mean": ("the value", "standard error^2", "m*"),
}


def _shrinkage_steps(area: Area, node: ResolvedNode) -> Iterator[Step]:
    """Show the shrinkage of an area: its own estimate, the larger area's, and the weight."""
    found, row = shrinkage(area, node), area.row
    written = node.written
    members = isinstance(written, Rate) and written.of_members
    is_mean = isinstance(written, Mean)
    scale = "logit" if members else "mean" if is_mean else "log ratio"
    own, spread, back = _SCALES[scale]
    if isinstance(written, Mean) and written.per != 1:
        own = f"the value / {shown(written.per)}"
    estimate, total = float(found.estimate[row]), float(found.larger_estimate[row])
    weight, variance = float(found.weight[row]), float(found.variance[row])
    group = int((found.group_labels == _larger_label(area, node)).argmax())
    number = int(found.group_areas[group])
    counted = "1 area" if number == 1 else f"{number} areas"
    among = f"of {_larger_name(area, node)}, {counted} with data"
    if np.isnan(estimate):
        yield _larger_step(found, group, scale, among)
        yield Step("weight w", "", weight, "nothing is known of the area itself")
        yield Step(f"shrunk {scale} m*", "", total, f"{scale} M")
    else:
        yield Step(f"{scale} m", own, estimate, "the area's own")
        if not np.isnan(total):
            yield _larger_step(found, group, scale, among)
        yield _variance_step(area, node, spread, variance)
        between = float(found.between_variance[row])
        if np.isnan(between):
            yield Step("weight w", "", weight, "no other area to compare with: it keeps its own")
        else:
            yield Step("variance t2", "sum of (m - M)^2 / (areas - 1)", between, among)
            how = "t2 / (t2 + s2)" if variance > 0 else ""
            yield Step("weight w", how, weight, "of the area's own")
        mixed = weight * estimate + (1 - weight) * total
        how = f"{shown(weight)} x {shown(estimate)} + (1 - {shown(weight)}) x {shown(total)}"
        yield Step(f"shrunk {scale} m*", how, mixed)
    yield Step("shrunk value", f"{back}{_per(node)}", area.value(node, "shrunk"))


def _larger_step(found: Shrinkage, group: int, scale: str, among: str) -> Step:
    """Show the estimate of the larger area."""
    numerator = float(found.group_numerator[group])
    denominator = float(found.group_denominator[group])
    above, below = f"({shown(numerator)} + 0.5)", shown(denominator)
    whole = {
        "logit": f"ln({above} / ({shown(denominator - numerator)} + 0.5))",
        "log ratio": f"ln({above} / {below})",
        "mean": f"{shown(numerator)} / {below}",
    }
    return Step(f"{scale} M", whole[scale], float(found.group_estimate[group]), among)


def _variance_step(area: Area, node: ResolvedNode, formula: str, variance: float) -> Step:
    """Show the sampling variance of the area's own estimate."""
    note = "of the area's own"
    if isinstance(node.written, Mean) and area.has(node, "sample_size"):
        formula = "standard deviation^2 / sample size"
        stated = node.written.standard_deviation
        stated = None if stated is None else stated / node.written.per
        size = area.value(node, "sample_size") or 0.0
        deviation = sqrt(variance * size) if stated is None else stated
        note = f"standard deviation {shown(deviation)}{', estimated' if stated is None else ''}"
    return Step("variance s2", formula, variance, note)


def behind(area: Area, node: ResolvedNode) -> list[str]:
    """Name the numbers of an indicator that its value was made of, as the results hold them.

    Parameters
    ----------
    area
        Any area of the results.
    node
        The indicator.
    """
    assert isinstance(node.written, Indicator)
    own = (*REGISTRY[node.written.kind].meanings, *node.written.measured_from())
    names = dict.fromkeys((*(name for name in own if name not in BEHIND), *BEHIND))
    return [name for name in names if area.has(node, name)]


def shrinkage(area: Area, node: ResolvedNode) -> Shrinkage:
    """Shrink an indicator as the build did, from the columns that the build left.

    Parameters
    ----------
    area
        Any area of the results.
    node
        The indicator.

    Returns
    -------
    Shrinkage
        The shrinkage of all areas, before it is multiplied by `per`.
    """
    kind = REGISTRY[node.written.kind]
    assert kind.shrink is not None
    own = {name: area.column(node, name) for name in behind(area, node)}
    labels = area.results.areas[f"{node.settings.shrink_to}_code"].to_numpy()
    measured = Measured(area.column(node, "value"), own)
    return kind.shrink(node, measured, LargerAreas.from_labels(labels))


def _larger_label(area: Area, node: ResolvedNode) -> str:
    return str(area.results.areas[f"{node.settings.shrink_to}_code"][area.row])


def _larger_name(area: Area, node: ResolvedNode) -> str:
    name = f"{node.settings.shrink_to}_name"
    known = area.results.areas.get_column(name, default=None)
    return _larger_label(area, node) if known is None else str(known[area.row])


def _standing_steps(area: Area, node: ResolvedNode, score: FloatArray) -> Iterator[Step]:
    """Show the rank of a node and what is made of it."""
    conventions = node.settings.conventions
    ranks = tie_ranks(score)
    if np.isnan(score[area.row]):
        if area.has(node, "standardised") and area.value(node, "standardised") is not None:
            neutral = area.value(node, "standardised")
            yield Step(_scale_of(node), "", neutral, "a missing value is neutral; it has no rank")
        return
    if area.has(node, "standardised"):
        yield from _standardised_steps(area, node, score, float(ranks.average[area.row]))
    if area.has(node, "transformed"):
        yield from _transformed_steps(area, node, ranks, score.dtype)
    published = area.value(node, "rank")
    yield Step("published rank", "", published, f"of {ranks.number:,}, 1 is the most need")
    total = area.results.provenance["nodes"][node.id]["n"]
    rule = f"{conventions.deciles}, N = {total:,}"
    yield Step("decile", "", area.value(node, "decile"), rule)
    if node.settings.published_score == "transformed_rank":
        yield Step("published score", "", area.value(node, "score"), "the transformed rank")


def _transformed_steps(
    area: Area, node: ResolvedNode, ranks: TieRanks, precision: np.dtype[Any]
) -> Iterator[Step]:
    conventions = node.settings.conventions
    rank = pick(ranks, conventions.ties).astype(precision)[area.row : area.row + 1]
    tied = ranks.highest[area.row] > ranks.lowest[area.row]
    which = f", the {conventions.ties} of the tied" if tied else ""
    yield Step("rank", "", float(rank[0]), f"of {ranks.number:,} from the most need{which}")
    top = ranks.number + (conventions.rank_fraction == "(N-rank+1)/N")
    total = area.results.provenance["nodes"][node.id]["n"]
    fraction = rank_fraction(rank, ranks.number, total, conventions.rank_fraction)
    how = f"({top} - {shown(float(rank[0]))}) / {total}"
    yield Step("rank fraction R", how, float(fraction[0]))
    constant = shown(constant_of(node))
    how = f"-{constant} ln(1 - R (1 - exp(-100 / {constant})))"
    yield Step("transformed X", how, area.value(node, "transformed"))


def _standardised_steps(
    area: Area, node: ResolvedNode, score: FloatArray, rank: float
) -> Iterator[Step]:
    result = area.value(node, "standardised")
    present = score[~np.isnan(score)].astype(float)
    if node.settings.standardise == "z_scores":
        with np.errstate(over="ignore"):  # shown as infinite
            mean, deviation = shown(float(present.mean())), shown(float(present.std()))
        how = f"({shown(float(score[area.row]))} - {mean}) / {deviation}"
        yield Step(_scale_of(node), how, result)
        return
    number = present.size
    from_below = shown(number - rank + 1)
    yield Step("rank r", "", number - rank + 1, f"of n = {number:,} from the least need")
    formula = node.settings.conventions.normal_scores.replace("r", from_below, 1)
    formula = formula.replace("n", str(number))
    yield Step(_scale_of(node), f"normal quantile of {formula}", result)


def _scale_of(node: ResolvedNode) -> str:
    return "z-score" if node.settings.standardise == "z_scores" else "normal score"
