"""Whether indicators are fit to enter an index: described, judged by its thresholds, recorded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from hyperlocal.definition import Definition, ResolvedNode
from hyperlocal.definition.effect import added_up
from hyperlocal.definition.settings import Check
from hyperlocal.definition.source import path_of
from hyperlocal.definition.years import different_years
from hyperlocal.errors import Problem
from hyperlocal.methods import FloatArray, describe_values, rank_correlations
from hyperlocal.pipeline.computation import NodeResult
from hyperlocal.pipeline.evaluate import oriented_values

CHECKS: tuple[Check, ...] = get_args(Check)
FIGURES: Mapping[str, str] = {
    "most_zeros": "zero_share",
    "most_at_lowest": "at_minimum_share",
    "most_at_highest": "at_maximum_share",
    "most_missing": "missing_share",
    "least_distinct": "distinct",
    "most_skewness": "skewness",
    "most_kurtosis": "excess_kurtosis",
    "most_outliers": "outlier_share",
    "least_correlation": "lowest_correlation",
}
"""The figure that each check is about."""

SHARES = ("most_zeros", "most_at_lowest", "most_at_highest", "most_missing", "most_outliers")
INFINITE = "infinite"

MOST_BY_CHANCE = 0.1
"""How far below 0 a rank correlation of indicators lies at the most without being told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one check of an indicator.

    Parameters
    ----------
    check
        The check: a threshold of ``quality``, or ``infinite``, which no threshold can allow.
    value
        The figure of the indicator; NaN where it is undefined.
    threshold
        What it is held against.
    stated_at
        Where the threshold is stated, as a path of the definition.
    passed
        Whether it keeps the threshold. An undefined figure does not.
    accepted
        The reason for which the indicator need not keep it; empty where none is stated.
    """

    check: str
    value: float
    threshold: float
    stated_at: str
    passed: bool
    accepted: str = ""

    @property
    def stops(self) -> bool:
        """Whether it stops the build."""
        return not self.passed and not self.accepted


@dataclass(frozen=True, slots=True)
class Assessment:
    """How fit an indicator is to enter the index.

    Parameters
    ----------
    figures
        What `hyperlocal.methods.describe_values` says of its values before shrinkage;
        ``missing_share`` of all areas; ``areas_without_data``; and ``lowest_correlation``, the
        lowest of `correlations`, NaN where there is none.
    correlations
        Its rank correlation with each indicator of the same parent, both oriented so that high
        is more need; NaN where undefined. One with the same value everywhere is left out.
    findings
        The checks whose threshold is stated.
    judged
        Whether it is: counts that are only added up into a rate are described and not judged.
    """

    figures: Mapping[str, int | float]
    correlations: Mapping[str, float]
    findings: tuple[Finding, ...]
    judged: bool

    @property
    def lowest_with(self) -> str | None:
        """The indicator with which it correlates least; None where there is none."""
        defined = {name: r for name, r in self.correlations.items() if not math.isnan(r)}
        return min(defined, key=defined.__getitem__, default=None)


def assess(
    definition: Definition,
    values: Mapping[str, FloatArray],
    areas_without_data: Mapping[str, int],
) -> dict[str, Assessment]:
    """Describe every indicator and hold it against its thresholds.

    Parameters
    ----------
    definition
        The definition.
    values
        The values of each indicator as measured, before shrinkage and not oriented, one per area
        of the index; NaN where missing.
    areas_without_data
        In how many areas the inputs have nothing for an indicator, whatever was put in the place
        of that; where an indicator is not named, those whose value is missing.

    Returns
    -------
    dict
        The assessment of each indicator by its id, in the order of the definition.
    """
    indicators = [node for node in definition.root.top_down() if node.is_indicator]
    parts = added_up(definition.root)
    described = {node.id: describe_values(values[node.id]) for node in indicators}
    varied = frozenset(name for name, figures in described.items() if figures["distinct"] > 1)
    correlations = _correlations(definition, values, varied)
    assessments: dict[str, Assessment] = {}
    for node in indicators:
        own, beside = described[node.id], correlations.get(node.id, {})
        figures = {
            **own,
            "missing_share": own["missing"] / max(values[node.id].size, 1),
            "areas_without_data": areas_without_data.get(node.id, int(own["missing"])),
            "lowest_correlation": min(
                (r for r in beside.values() if not math.isnan(r)), default=math.nan
            ),
        }
        judged = node.id not in parts
        found = tuple(_judge(node, figures, bool(beside))) if judged else ()
        assessments[node.id] = Assessment(figures, beside, found, judged)
    return assessments


def refusals(definition: Definition, assessments: Mapping[str, Assessment]) -> list[Problem]:
    """Return a problem for each check that an indicator fails without accepting it."""
    problems: list[Problem] = []
    for name, assessment in assessments.items():
        node = definition.by_id[name]
        for finding in assessment.findings:
            if finding.stops:
                reads = [path_of(finding.stated_at)] if finding.stated_at else []
                said, remedy = _said(assessment, finding), _remedy(finding.check)
                problems.append(definition.source.problem(node.path, said, remedy, reads))
    return problems


def flags(assessments: Mapping[str, Assessment]) -> list[str]:
    """Return, in words, each pair of indicators that run against each other.

    A correlation that is nearer to 0 than chance brings about among so many areas (two standard
    errors, 2 / √(areas - 1)), and than `MOST_BY_CHANCE`, says nothing and is not told.
    """
    pairs: dict[frozenset[str], str] = {}
    for name, assessment in assessments.items():
        chance = 2 / math.sqrt(max(assessment.figures["number"] - 1, 1))
        for other, correlation in assessment.correlations.items():
            if correlation < -min(MOST_BY_CHANCE, chance):
                pairs.setdefault(
                    frozenset((name, other)),
                    f"{name}: is negatively correlated with {other} (rank correlation "
                    f"{correlation:.2g}, both oriented so that high is more need): "
                    "check 'high_value', and that they belong together",
                )
    return list(pairs.values())


def notes(definition: Definition, assessments: Mapping[str, Assessment]) -> list[str]:
    """Return, in words, tables whose years differ, and each `accept` that is not needed."""
    said = list(different_years(definition))
    for name, assessment in assessments.items():
        outcomes = {finding.check: finding.passed for finding in assessment.findings}
        for check in definition.by_id[name].written.accept:
            if outcomes.get(check, True):
                why = "the check is passed" if check in outcomes else "nothing asks for it"
                said.append(f"{name}: accept.{check} is not needed: {why}")
    return said


def quality_record(
    definition: Definition,
    results: Mapping[str, NodeResult],
    assessments: Mapping[str, Assessment],
) -> dict[str, Any]:
    """Return what ``quality.json`` holds.

    Parameters
    ----------
    definition
        The definition.
    results
        The result of each node, of which the factor analyses are taken.
    assessments
        The assessment of each indicator.

    Returns
    -------
    dict
        indicators
            By id: the figures; ``lowest_correlation_with``; ``correlations`` by sibling;
            ``judged``; and ``checks``, by name ``value``, ``threshold``, ``stated_at``,
            ``passed`` and ``accepted`` (the reason, or null).
        flags, notes
            What `flags` and `notes` say.
        factor_analyses
            By node: ``children``, ``loadings``, ``uniquenesses``, ``converged``,
            ``iterations``, ``discrepancy``, ``findings``.

        Figures that are undefined are null.
    """
    return {
        "indicators": {name: _recorded(found) for name, found in assessments.items()},
        "flags": flags(assessments),
        "notes": notes(definition, assessments),
        "factor_analyses": _factor_analyses(definition, results),
    }


def _correlations(
    definition: Definition, values: Mapping[str, FloatArray], varied: frozenset[str]
) -> dict[str, dict[str, float]]:
    """Correlate the indicators of each parent, oriented."""
    found: dict[str, dict[str, float]] = {}
    for parent in definition.nodes:
        siblings = [child for child in parent.children if child.is_indicator]
        if parent.is_indicator or len(siblings) < 2:
            continue
        oriented = np.column_stack([oriented_values(node, values[node.id]) for node in siblings])
        matrix = rank_correlations(oriented)
        for row, node in zip(matrix, siblings, strict=True):
            found[node.id] = {
                other.id: float(correlation)
                for other, correlation in zip(siblings, row, strict=True)
                if other is not node and other.id in varied
            }
    return found


def _judge(
    node: ResolvedNode, figures: Mapping[str, int | float], has_siblings: bool
) -> Iterator[Finding]:
    """Yield what comes of each check whose threshold is stated."""
    if figures["infinite"]:
        yield Finding(INFINITE, figures["infinite"], 0, "", False)
    for check in CHECKS:
        threshold = getattr(node.settings.quality, check)
        if threshold is None or (check == "least_correlation" and not has_siblings):
            continue
        value = figures[FIGURES[check]]
        yield Finding(
            check,
            value,
            threshold,
            node.origins[f"quality.{check}"],
            _keeps(check, value, threshold),
            node.written.accept.get(check, ""),
        )


def _keeps(check: str, value: float, threshold: float) -> bool:
    """Say whether a figure keeps its threshold; NaN keeps none."""
    if check.startswith("least_"):
        return value >= threshold
    return (abs(value) if check == "most_skewness" else value) <= threshold


def _said(assessment: Assessment, finding: Finding) -> str:
    """Say what is wrong."""
    figures, check = assessment.figures, finding.check
    of = (
        f"of the {figures['number']:,} areas with a value" if figures["missing"] else "of the areas"
    )
    if check == INFINITE:
        number = int(finding.value)
        return f"{number:,} {'area has' if number == 1 else 'areas have'} an infinite value"
    what = {
        "most_zeros": f"{of} have the value 0",
        "most_at_lowest": f"{of} share the lowest value, {figures['minimum']:.10g}",
        "most_at_highest": f"{of} share the highest value, {figures['maximum']:.10g}",
        "most_missing": "of the areas have no value",
        "most_outliers": f"{of} lie outside the quartiles by more than three times the distance "
        "between them",
        "least_distinct": "is its number of different values",
        "most_skewness": "is its skewness",
        "most_kurtosis": "is its excess kurtosis",
        "least_correlation": f"is its rank correlation with {assessment.lowest_with}",
    }[check]
    if math.isnan(finding.value):
        why = "the areas that also have a value of an indicator beside it are all alike"
        if figures["distinct"] < 2:
            why = "all areas have the same value" if figures["number"] else "no area has a value"
        return f"{finding.stated_at} cannot be judged: {why}"
    value, limit = told_apart(finding.value, finding.threshold, check)
    beyond = "less" if check.startswith("least_") else "more"
    if check == "most_skewness" and finding.value < 0:
        beyond = "further from 0"
    return f"{value} {what}, {beyond} than the {limit} of {finding.stated_at}"


def _remedy(check: str) -> str:
    if check == INFINITE:
        return "mend the data"
    first = "check 'high_value'" if check == "least_correlation" else "mend the data"
    return f"{first}, leave it out, or state 'accept: {{{check}: <the reason>}}'"


def told_apart(value: float, threshold: float, check: str) -> tuple[str, str]:
    """Write a figure and its threshold with as many digits as tell them apart.

    Parameters
    ----------
    value, threshold
        The figure and the threshold.
    check
        The check; shares are written in per cent.

    Examples
    --------
    >>> told_apart(0.625, 0.5, "most_zeros")
    ('62.5%', '50%')
    >>> told_apart(0.500004, 0.5, "most_zeros")
    ('50.0004%', '50%')
    """
    factor, sign = (100, "%") if check in SHARES else (1, "")
    written = ("", "")
    for digits in range(3, 18):
        figure, limit = (
            f"{factor * number:.{max(digits, len(str(int(factor * abs(number)))))}g}{sign}"
            for number in (value, threshold)
        )
        written = (figure, limit)
        if figure != limit or value == threshold:
            break
    return written


def _recorded(assessment: Assessment) -> dict[str, Any]:
    return {
        **{name: _or_null(figure) for name, figure in assessment.figures.items()},
        "lowest_correlation_with": assessment.lowest_with,
        "correlations": {name: _or_null(r) for name, r in assessment.correlations.items()},
        "judged": assessment.judged,
        "checks": {
            finding.check: {
                "value": _or_null(finding.value),
                "threshold": finding.threshold,
                "stated_at": finding.stated_at,
                "passed": finding.passed,
                "accepted": finding.accepted or None,
            }
            for finding in assessment.findings
        },
    }


def _or_null(figure: float) -> float | None:
    return figure if math.isfinite(figure) else None


def _factor_analyses(
    definition: Definition, results: Mapping[str, NodeResult]
) -> dict[str, dict[str, Any]]:
    analyses = {}
    for node in definition.root.top_down():
        weighing = results[node.id].weighing
        if weighing is not None and weighing.factor is not None:
            factor = weighing.factor
            analyses[node.id] = {
                "children": [child.id for child in node.children],
                "loadings": factor.loadings.tolist(),
                "uniquenesses": factor.uniquenesses.tolist(),
                "converged": factor.converged,
                "iterations": factor.iterations,
                "discrepancy": factor.discrepancy,
                "findings": list(weighing.findings),
            }
    return analyses
