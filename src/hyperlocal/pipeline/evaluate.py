"""The computation: from the columns of the inputs to the rank of every node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from hyperlocal.definition import Definition, ResolvedNode
from hyperlocal.definition.effect import added_up, standardisation
from hyperlocal.definition.settings import FactorAnalysisWeights
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators import REGISTRY
from hyperlocal.methods import (
    EXACT_CONSTANT,
    FloatArray,
    TieRanks,
    deciles,
    exponential_transform,
    normal_scores_of_ranks,
    rank_fraction,
    rescale_weights,
    tie_ranks,
    weighted_sum,
    z_scores,
)
from hyperlocal.pipeline.computation import NOTHING, NodeResult, Population, Variation
from hyperlocal.pipeline.weights import weigh

Report = Callable[[ResolvedNode], None]


def one_thread() -> threadpool_limits:
    """Limit numerical libraries to one thread while an index is computed.

    The matrices are small: threads would cost more than they bring, and change the last digits.
    """
    return threadpool_limits(limits=1)


def evaluate(
    definition: Definition,
    columns: Mapping[str, Mapping[str, FloatArray]],
    population: Population,
    report: Report = lambda node: None,
    *,
    publish: bool = True,
    known: Mapping[str, NodeResult] | None = None,
    variation: Variation = NOTHING,
) -> dict[str, NodeResult]:
    """Compute every node of a definition; to be called within `one_thread`.

    Parameters
    ----------
    definition
        The definition.
    columns
        For each indicator its input columns by what they are for, one number per area, NaN
        where missing.
    population
        The areas.
    report
        Called with each node as it is begun.
    publish
        Whether ranks and deciles are wanted that nothing above is made of.
    known
        Nodes that were computed before, which are taken as they are.
    variation
        What differs from the definition and the columns.

    Returns
    -------
    dict
        The result of each node by its id, children before their parents.

    Raises
    ------
    DataError
        Where the data do not bear a step, as a factor analysis that finds no common factor.
    """
    results: dict[str, NodeResult] = dict(known or {})
    problems: list[Problem] = []
    parts = added_up(definition.root)
    columns = {**columns, **variation.columns}
    for node in definition.nodes:
        if node.id in results or node.id in variation.without:
            continue
        parts_of_it = {child.id for child in (*node.children, *node.supplementary)}
        if not parts_of_it <= results.keys() | variation.without:
            continue  # what it is made of failed
        report(node)
        result = NodeResult()
        try:
            with np.errstate(invalid="ignore"):
                score = _score(node, columns, results, population, result, variation)
                if node.id not in parts:
                    _rank_and_raise(node, score, population, result, publish)
        except DataError as error:
            problems += [
                definition.source.problem(node.path, problem.message, problem.remedy)
                for problem in error.problems
            ]
            continue
        results[node.id] = result
    if problems:
        raise DataError(problems)
    return results


def _score(
    node: ResolvedNode,
    columns: Mapping[str, Mapping[str, FloatArray]],
    results: Mapping[str, NodeResult],
    population: Population,
    result: NodeResult,
    variation: Variation,
) -> FloatArray:
    """Return the score that a node is ranked by: measured, or combined from its children."""
    if not node.is_indicator:
        return _combine(node, results, result, variation)
    if node.id in variation.values:
        return oriented_values(node, variation.values[node.id])
    own = input_columns(node, columns, results)
    score = _measure(node, own, population, result)
    _refuse_missing(node, score, population)
    raw = [np.isnan(values) for values in columns[node.id].values()]
    result.missing = int(np.logical_or.reduce([*raw, np.isnan(score)]).sum())
    return score


def load_methods(definition: Definition) -> None:
    """Import what the methods of a definition need, which takes longer than most of them do."""
    if any(isinstance(node.scheme, FactorAnalysisWeights) for node in definition.nodes):
        import_module("scipy.optimize")
    if any(standardisation(node) == "normal_scores" for node in definition.nodes):
        import_module("scipy.special")


def input_columns(
    node: ResolvedNode,
    columns: Mapping[str, Mapping[str, FloatArray]],
    results: Mapping[str, NodeResult],
) -> dict[str, FloatArray]:
    """Return the columns of an indicator in its precision, with the sum of its counts."""
    precision = _precision(node)
    with np.errstate(over="ignore"):  # what single precision cannot hold is refused as infinite
        own = {
            name: values.astype(precision, copy=False) for name, values in columns[node.id].items()
        }
    if node.children and "numerator" not in own:
        own["numerator"] = weighted_sum(
            [results[child.id].columns["value"] for child in node.children],
            np.ones(len(node.children)),
        )
    return own


def oriented_values(node: ResolvedNode, values: FloatArray) -> FloatArray:
    """Return values so that a high one means more need."""
    return -values if node.settings.high_value == "less_need" else values


def constant_of(node: ResolvedNode) -> float:
    """Return the constant of a node's exponential transformation."""
    constant = node.settings.conventions.exponential
    return EXACT_CONSTANT if constant == "exact" else float(constant)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what a method refuses into a problem of the data."""
    try:
        yield
    except ValueError as error:
        raise DataError(Problem(str(error).rstrip("."))) from error


def _precision(node: ResolvedNode) -> type[np.floating[Any]]:
    single = node.settings.conventions.arithmetic == "single"
    return np.float32 if single else np.float64


def _refuse_missing(node: ResolvedNode, score: FloatArray, population: Population) -> None:
    """Refuse values that are missing for whatever reason, where the policy is to refuse."""
    if node.settings.missing_values in ("neutral", "unscored"):
        return
    missing = np.flatnonzero(np.isnan(score))
    if missing.size:
        first = ", ".join(str(population.codes[int(area)]) for area in missing[:5])
        more = f" and {missing.size - 5:,} more" if missing.size > 5 else ""
        raise DataError(
            Problem(
                f"has no value for {first}{more}",
                "its larger area has no data either: state 'missing_values'",
            )
        )


def _measure(
    node: ResolvedNode, own: Mapping[str, FloatArray], population: Population, result: NodeResult
) -> FloatArray:
    kind = REGISTRY[node.written.kind]
    measured = kind.measure(node, own)
    result.columns |= {**measured.behind, "value": measured.value}
    values = measured.value
    if kind.shrink is not None and node.settings.shrink_to != "none":
        larger = population.larger[node.settings.shrink_to]
        with _told():
            shrinkage = kind.shrink(node, measured, larger)
        if not (np.nan_to_num(shrinkage.variance, nan=0.0) > 0).any():
            said = "is not shrunk: its small samples scatter no more than its large ones, so "
            result.findings = (f"{said}nothing tells how unsure they are",)
        values = shrinkage.shrunk * values.dtype.type(getattr(node.written, "per", 1.0))
        if node.settings.zero_denominator != "larger_area":
            values = np.where(np.isnan(measured.value), np.nan, values)
        result.columns["shrunk"] = values
    return oriented_values(node, values)


def _combine(
    node: ResolvedNode,
    results: Mapping[str, NodeResult],
    result: NodeResult,
    variation: Variation,
) -> FloatArray:
    kept = tuple(child for child in node.children if child.id not in variation.without)
    children: list[FloatArray] = []
    for child in kept:
        upward = results[child.id].upward
        assert upward is not None
        children.append(upward.astype(_precision(node), copy=False))
    if node.id in variation.weights:
        return weighted_sum(children, variation.weights[node.id])
    result.weighing = weigh(replace(node, children=kept), children)
    result.findings = result.weighing.findings
    weights = result.weighing.weights
    if len(kept) < len(node.children) and node.scheme in ("stated", "as_stated"):
        total = sum(child.written.weight or 0.0 for child in node.children)
        with _told():
            weights = rescale_weights(weights) * total
    return weighted_sum(children, weights)


def _rank_and_raise(
    node: ResolvedNode,
    score: FloatArray,
    population: Population,
    result: NodeResult,
    publish: bool,
) -> None:
    """Rank a node, transform or standardise it, and set what goes up."""
    settings = node.settings
    conventions = settings.conventions
    result.score = score
    transforms = settings.transform == "exponential" and node.role != "index"
    if not publish and not transforms and standardisation(node) != "normal_scores":
        result.upward = None if node.role == "index" else _standardise(node, score, None, result)
        return
    ranks = tie_ranks(score)
    total = result.total = _number_among(node, ranks, population)
    columns = result.columns
    if transforms or (publish and settings.published_score == "transformed_rank"):
        columns["transformed"] = exponential_transform(
            rank_fraction(
                pick(ranks, conventions.ties).astype(score.dtype, copy=False),
                ranks.number,
                total,
                conventions.rank_fraction,
            ),
            constant_of(node),
        )
    if transforms:
        result.upward = columns["transformed"]
    elif node.role != "index":
        result.upward = _standardise(node, score, ranks, result)
    if publish:
        if node.is_indicator and _all_tied(ranks):
            said = "has the same value in all areas, and so tells none from another"
            result.findings = (*result.findings, said)
        _publish(node, score, ranks, total, columns)


def _number_among(node: ResolvedNode, ranks: TieRanks, population: Population) -> int:
    """Return N of a node's ranks."""
    if ranks.number == 0:
        raise DataError(Problem("no area has a value", "leave it out until there are data"))
    stated = node.settings.conventions.n
    total = ranks.number + population.counted if stated == "ranked" else int(stated)
    if total < ranks.number:
        raise DataError(
            Problem(
                f"{ranks.number:,} areas are ranked, more than the stated N of {total:,}",
                "mend 'conventions: n', or state 'n: ranked'",
            )
        )
    return total


def _all_tied(ranks: TieRanks) -> bool:
    return ranks.number > 1 and bool(np.nanmax(ranks.highest) == np.nanmin(ranks.highest))


def _standardise(
    node: ResolvedNode, score: FloatArray, ranks: TieRanks | None, result: NodeResult
) -> FloatArray:
    settings, method = node.settings, standardisation(node)
    if method == "none":
        return score
    if ranks is None or method == "z_scores":
        with _told():
            standardised = z_scores(score)
    else:
        formula = settings.conventions.normal_scores
        standardised = normal_scores_of_ranks(ranks.average, ranks.number, formula).astype(
            score.dtype, copy=False
        )
    if settings.missing_values == "neutral":
        standardised = np.nan_to_num(standardised, nan=0.0)
    result.columns["standardised"] = standardised
    return standardised


def _publish(
    node: ResolvedNode,
    score: FloatArray,
    ranks: TieRanks,
    total: int,
    columns: dict[str, FloatArray],
) -> None:
    conventions = node.settings.conventions
    if node.settings.published_score == "transformed_rank":
        if not node.is_indicator:
            columns["combined"] = score
        columns["score"] = columns["transformed"]
    elif not node.is_indicator:
        columns["score"] = score
    elif node.role != "indicators":
        columns["score"] = columns.get("shrunk", columns["value"])
    columns["rank"] = pick(ranks, conventions.published_ties)
    columns["decile"] = deciles(columns["rank"], total, conventions.deciles)


def pick(ranks: TieRanks, ties: str) -> FloatArray:
    """Return the rank that a convention gives to tied areas."""
    return ranks.average if ties == "average" else ranks.lowest
