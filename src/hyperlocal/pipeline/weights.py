"""The weights of a node's children: equal, stated, or estimated by factor analysis."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.settings import FactorAnalysisWeights
from hyperlocal.errors import DataError, Problem
from hyperlocal.methods import (
    FloatArray,
    OneFactor,
    cap_weights,
    correlation_matrix,
    equal_weights,
    factor_weights,
    one_factor,
    rescale_weights,
)

LEAST_EXPLAINED = 0.5
"""The share of the variance of the children below which one factor is said to explain little."""
MOST_SECOND_EIGENVALUE = 1.0
"""The second eigenvalue from which there may be more than one factor (Kaiser 1960)."""
LEAST_LOADING = 0.3
"""The loading below which a child is said to have little in common with its siblings."""


@dataclass(frozen=True)
class Weighing:
    """The weights of the children of a node and how they came about.

    Parameters
    ----------
    weights
        One weight per child.
    how
        ``equal``, ``stated``, ``as_stated``, ``rescaled`` or ``factor_analysis``.
    factor
        The factor analysis, where there was one.
    estimated
        The weights of the factor analysis before caps.
    findings
        What a reader should know of the factor analysis, in words.
    """

    weights: FloatArray
    how: str
    factor: OneFactor | None = None
    estimated: FloatArray | None = None
    findings: tuple[str, ...] = field(default=())


def weigh(node: ResolvedNode, children: list[FloatArray]) -> Weighing:
    """Return the weights of the children of a node.

    Parameters
    ----------
    node
        The node.
    children
        What goes up from each of its children, one array of areas each.

    Raises
    ------
    DataError
        Where the data do not bear the factor analysis.
    """
    if isinstance(node.scheme, FactorAnalysisWeights):
        return _by_factor_analysis(node, node.scheme, children)
    if node.scheme == "equal":
        return Weighing(equal_weights(len(children)), "equal")
    stated = np.array([child.written.weight or 0.0 for child in node.children])
    weights = rescale_weights(stated) if node.scheme == "rescaled" else stated
    return Weighing(weights, str(node.scheme))


def _by_factor_analysis(
    node: ResolvedNode, scheme: FactorAnalysisWeights, children: list[FloatArray]
) -> Weighing:
    settings = scheme.factor_analysis
    try:
        correlation = correlation_matrix(
            np.column_stack(children).astype(float), missing=settings.missing
        )
        factor = one_factor(correlation)
        findings = _refuse_or_tell(node, factor, settings.accept)
        findings += _doubts(node, factor, correlation)
        estimated = factor_weights(factor, settings.weights_from)
        caps = np.array([scheme.caps.get(child.id, np.inf) for child in node.children])
        weights = cap_weights(estimated, caps) if scheme.caps else estimated
    except DataError:
        raise
    except ValueError as error:
        order = ", ".join(f"{place} is {child.id}" for place, child in enumerate(node.children))
        raise DataError(
            Problem(f"the factor analysis failed: {str(error).rstrip('.')} ({order})")
        ) from error
    return Weighing(weights, "factor_analysis", factor, estimated, findings)


def _refuse_or_tell(
    node: ResolvedNode, factor: OneFactor, accept: tuple[str, ...]
) -> tuple[str, ...]:
    names = [child.id for child in node.children]
    if not factor.converged:
        raise DataError(
            Problem(
                f"the factor analysis did not converge in {factor.iterations} iterations",
                "its weights would be arbitrary: state weights, or 'weights: equal'",
            )
        )
    found = {
        "heywood_case": (
            [name for name, at_bound in zip(names, factor.heywood, strict=True) if at_bound],
            "has next to no variance of its own (a Heywood case): the factor is little else",
        ),
        "negative_loading": (
            [names[place] for place in factor.negative_loadings],
            "loads negatively: it runs against its siblings (check 'high_value')",
        ),
    }
    problems, findings = [], []
    for kind, (concerned, what) in found.items():
        for name in concerned:
            findings.append(f"{name} {what}")
            if kind not in accept:
                remedy = f"leave it out, or state 'accept: [{kind}]' under factor_analysis"
                problems.append(Problem(f"{name} {what}", remedy))
    if problems:
        raise DataError(problems)
    for first, second in factor.negative_correlations:
        findings.append(f"{names[first]} and {names[second]} are negatively correlated")
    return tuple(findings)


def _doubts(node: ResolvedNode, factor: OneFactor, correlation: FloatArray) -> tuple[str, ...]:
    """Say where one factor is not what the children have in common, and weights mean little."""
    doubts = []
    explained = float(np.mean(factor.loadings**2))
    if explained < LEAST_EXPLAINED:
        doubts.append(
            f"the one factor explains {explained:.0%} of what its children show, less than half: "
            "they may not measure the same thing"
        )
    second = float(np.linalg.eigvalsh(correlation)[-2])
    if second >= MOST_SECOND_EIGENVALUE:
        doubts.append(
            f"more than one factor may lie behind its children: the second eigenvalue of their "
            f"correlations is {second:.2f}"
        )
    for child, loading in zip(node.children, factor.loadings, strict=True):
        if 0 <= loading < LEAST_LOADING:
            doubts.append(
                f"{child.id} has little in common with its siblings: it loads {loading:.2f}"
            )
    return tuple(doubts)
