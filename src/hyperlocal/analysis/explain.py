"""Every step from the raw values of an area to its overall rank, as the build computed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.models import RateIndicator
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.indicators import REGISTRY, Measured
from hyperlocal.methods import FloatArray, LargerAreas, Shrinkage, rank_fraction, tie_ranks
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.evaluate import added_up, constant_of, oriented_values, pick

BEHIND = ("numerator", "denominator", "observed", "expected", "standard_error", "sample_size")


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


@dataclass(frozen=True)
class _Area:
    """One area of a results folder."""

    results: Results
    row: int

    def has(self, node: ResolvedNode, name: str) -> bool:
        return f"{node.id}_{name}" in self.results.areas.columns

    def column(self, node: ResolvedNode, name: str) -> FloatArray:
        values = self.results.areas[f"{node.id}_{name}"]
        if not values.dtype.is_float():
            values = values.cast(pl.Float64)
        return values.to_numpy()

    def value(self, node: ResolvedNode, name: str) -> float | None:
        found = self.results.areas[f"{node.id}_{name}"][self.row]
        return None if found is None else float(found)

    def upward(self, node: ResolvedNode) -> float | None:
        """Return what went up from a node into its parent."""
        if node.settings.transform == "exponential":
            return self.value(node, "transformed")
        if self.has(node, "standardised"):
            return self.value(node, "standardised")
        if not node.is_indicator:
            return self.value(node, "combined" if self.has(node, "combined") else "score")
        name = "shrunk" if self.has(node, "shrunk") else "value"
        value = self.value(node, name)
        return -value if value is not None and node.settings.high_value == "less_need" else value


def explain(results: Results, area: str) -> Explanation:
    """Explain the rank of one area, step by step.

    Parameters
    ----------
    results
        The finished index.
    area
        The code of the area, or its name.

    Returns
    -------
    Explanation
        The index, with its domains and indicators below it.

    Raises
    ------
    ResultsError
        Where there is no such area, or more than one of that name.
    """
    here = _Area(results, _row_of(results, area))
    parts = added_up(results.definition)
    return _node(here, results.definition.root, None, parts)


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


def shown(number: float) -> str:
    """Write a number with up to ten significant digits.

    Examples
    --------
    >>> shown(1909.0), shown(86.63135728123)
    ('1909', '86.63135728')
    """
    return f"{number:.10g}"


def _row_of(results: Results, area: str) -> int:
    areas = results.areas
    for column in ("area_code", "area_name"):
        rows = (areas[column] == area).fill_null(False).arg_true().to_list()
        if len(rows) == 1:
            return int(rows[0])
        if rows:
            codes = ", ".join(areas["area_code"][row] for row in rows[:5])
            raise ResultsError(
                Problem(f"{len(rows)} areas are called {area!r}", f"name one of {codes}")
            )
    near = areas.filter(
        pl.col("area_code").str.starts_with(area.upper()[:8])
        | pl.col("area_name").str.to_lowercase().str.contains(area.lower(), literal=True)
    )["area_code"].head(5)
    hint = f"near are {', '.join(near)}" if len(near) else "name it by its code or its full name"
    raise ResultsError(Problem(f"there is no area {area!r}", hint, str(results.folder)))


def _node(
    area: _Area, node: ResolvedNode, weight: float | None, parts: frozenset[str]
) -> Explanation:
    weights = area.results.weights.filter(pl.col("node") == node.id)
    by_child = dict(zip(weights["child"], weights["weight"], strict=True))
    children = [_node(area, child, by_child.get(child.id), parts) for child in node.children]
    beside = [_node(area, child, None, parts) for child in node.supplementary]
    if node.is_indicator:
        steps = list(_indicator_steps(area, node, parts))
    else:
        steps = list(_group_steps(area, node, by_child))
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


def _indicator_steps(area: _Area, node: ResolvedNode, parts: frozenset[str]) -> Iterator[Step]:
    columns = node.columns()
    for purpose in BEHIND:
        if area.has(node, purpose):
            from_columns = columns.get(purpose, ())
            how = " + ".join(column.column for column in from_columns) or " + ".join(
                child.id for child in node.children
            )
            yield Step(purpose, "", area.value(node, purpose), how)
    yield _value_step(area, node)
    if area.has(node, "shrunk"):
        yield from _shrinkage_steps(area, node)
    if node.id in parts:
        return
    used = "shrunk" if area.has(node, "shrunk") else "value"
    oriented = oriented_values(node, area.column(node, used))
    if node.settings.high_value == "less_need":
        result = _number(oriented[area.row])
        how = f"-({_shown(area.value(node, used))})"
        yield Step("oriented", how, result, "a high value is less need")
    yield from _standing_steps(area, node, oriented)


def _value_step(area: _Area, node: ResolvedNode) -> Step:
    per = float(getattr(node.written, "per", 1.0))
    times = "" if per == 1.0 else f" x {shown(per)}"
    for over, under in (("numerator", "denominator"), ("observed", "expected")):
        if area.has(node, over):
            how = f"{_shown(area.value(node, over))} / {_shown(area.value(node, under))}{times}"
            return Step("value", how, area.value(node, "value"))
    how = " + ".join(column.column for column in node.columns()["column"])
    return Step("value", "", area.value(node, "value"), how)


_SCALES = {
    "logit": (
        "ln((r + 0.5) / (n - r + 0.5))",
        "(n + 1) (n + 2) / (n (r + 1) (n - r + 1))",
        "exp(m*) / (1 + exp(m*))",
    ),
    "log ratio": ("ln((r + 0.5) / n)", "1 / (r + 1)", "exp(m*)"),
    "mean": ("the value", "the squared standard error", "m*"),
}


def _shrinkage_steps(area: _Area, node: ResolvedNode) -> Iterator[Step]:
    """Show the shrinkage of an area: its own estimate, the larger area's, and the weight."""
    found, row = _shrinkage(area, node), area.row
    written = node.written
    members = isinstance(written, RateIndicator) and written.counts == "members"
    scale = "logit" if members else "mean" if written.kind == "mean" else "log ratio"
    own, spread, back = _SCALES[scale]
    group = int((found.group_labels == _larger_label(area, node)).argmax())
    numerator, denominator = found.group_numerator[group], found.group_denominator[group]
    estimate, total = _number(found.estimate[row]), _number(found.larger_estimate[row])
    weight, between = _number(found.weight[row]), _number(found.between_variance[row])
    among = f"of {_larger_name(area, node)}, {found.group_areas[group]} areas with data"
    if scale == "mean":
        whole = f"{shown(numerator)} / {shown(denominator)}"
    else:
        whole = own.replace("n - r", shown(denominator - numerator))
        whole = whole.replace("(r ", f"({shown(numerator)} ").replace(
            "/ n)", f"/ {shown(denominator)})"
        )
    yield Step(f"{scale} m", own, estimate, "the area's own")
    yield Step(f"{scale} M", whole, total, among)
    yield Step("variance s2", spread, _finite(found.variance[row]), "of the area's own")
    yield Step("variance t2", "sum of (m - M)^2 / (areas - 1)", between, among)
    yield Step("weight w", "t2 / (t2 + s2)", weight, "of the area's own")
    if weight is not None and total is not None:
        mixed = total if estimate is None else weight * estimate + (1 - weight) * total
        how = f"{shown(weight)} x {_shown(estimate)} + (1 - {shown(weight)}) x {shown(total)}"
        yield Step(f"shrunk {scale} m*", how, mixed)
    per = float(getattr(written, "per", 1.0))
    times = "" if per == 1.0 else f" x {shown(per)}"
    yield Step("shrunk value", f"{back}{times}", area.value(node, "shrunk"))


def _shrinkage(area: _Area, node: ResolvedNode) -> Shrinkage:
    """Shrink the indicator as the build did, from the columns that the build left."""
    kind = REGISTRY[node.written.kind]
    assert kind.shrink is not None
    behind = {name: area.column(node, name) for name in BEHIND if area.has(node, name)}
    labels = area.results.areas[f"{node.settings.shrink_to}_code"].to_numpy()
    measured = Measured(area.column(node, "value"), behind)
    return kind.shrink(node, measured, LargerAreas.from_labels(labels))


def _larger_label(area: _Area, node: ResolvedNode) -> str:
    return str(area.results.areas[f"{node.settings.shrink_to}_code"][area.row])


def _larger_name(area: _Area, node: ResolvedNode) -> str:
    name = f"{node.settings.shrink_to}_name"
    known = area.results.areas.get_column(name, default=None)
    return _larger_label(area, node) if known is None else str(known[area.row])


def _group_steps(area: _Area, node: ResolvedNode, weights: dict[str, float]) -> Iterator[Step]:
    for child in node.children:
        upward = area.upward(child)
        product = None if upward is None else weights[child.id] * upward
        yield Step(child.title, f"{shown(weights[child.id])} x {_shown(upward)}", product)
    name = "combined" if area.has(node, "combined") else "score"
    yield Step("combined score", "", area.value(node, name), "the sum of the above")
    yield from _standing_steps(area, node, area.column(node, name))


def _standing_steps(area: _Area, node: ResolvedNode, score: FloatArray) -> Iterator[Step]:
    """Show the rank of a node and what is made of it."""
    settings, conventions = node.settings, node.settings.conventions
    ranks = tie_ranks(score)
    total = area.results.provenance["nodes"][node.id]["n"]
    rank = _number(pick(ranks, conventions.ties)[area.row])
    if area.has(node, "standardised"):
        yield from _standardised_steps(area, node, score, _number(ranks.average[area.row]))
    if area.has(node, "transformed") and rank is not None:
        tied = ranks.highest[area.row] > ranks.lowest[area.row]
        which = f", the {conventions.ties} of the tied" if tied else ""
        yield Step("rank", "", rank, f"of {ranks.number:,} from the most need{which}")
        top = ranks.number + (conventions.rank_fraction == "(N-rank+1)/N")
        fraction = rank_fraction(
            np.array([rank], dtype=score.dtype), ranks.number, total, conventions.rank_fraction
        )
        yield Step("rank fraction R", f"({top} - {shown(rank)}) / {total}", _number(fraction[0]))
        constant = shown(constant_of(node))
        how = f"-{constant} ln(1 - R (1 - exp(-100 / {constant})))"
        yield Step("transformed X", how, area.value(node, "transformed"))
    published = area.value(node, "rank")
    yield Step("published rank", "", published, f"of {ranks.number:,}, 1 is the most need")
    yield Step("decile", "", area.value(node, "decile"), conventions.deciles)
    if settings.published_score == "transformed_rank":
        yield Step("published score", "", area.value(node, "score"), "the transformed rank")


def _standardised_steps(
    area: _Area, node: ResolvedNode, score: FloatArray, rank: float | None
) -> Iterator[Step]:
    result = area.value(node, "standardised")
    if node.settings.standardise == "z_scores":
        mean, deviation = shown(float(np.nanmean(score))), shown(float(np.nanstd(score)))
        yield Step("z-score", f"({shown(score[area.row])} - {mean}) / {deviation}", result)
    elif rank is None:
        yield Step("normal score", "", result, "a missing value is neutral")
    else:
        number = int((~np.isnan(score)).sum())
        from_below = shown(number - rank + 1)
        yield Step("rank r", "", number - rank + 1, f"of n = {number:,} from the least need")
        formula = node.settings.conventions.normal_scores.replace("r", from_below, 1)
        formula = formula.replace("n", str(number))
        yield Step("normal score", f"normal quantile of {formula}", result)


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _finite(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _shown(value: float | None) -> str:
    return "missing" if value is None else shown(value)
