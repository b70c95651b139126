"""What the weights of a node's children must satisfy."""

from __future__ import annotations

import math

from hyperlocal.definition.findings import Findings
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.definition.settings import FactorAnalysisWeights
from hyperlocal.definition.source import ROLES, Path

FEWEST_FOR_FACTOR_ANALYSIS = 3
WEIGHT_TOLERANCE = 1e-9


def check_weights(findings: Findings, node: ResolvedNode) -> None:
    """Find what does not fit in the weights of a node that has children.

    Parameters
    ----------
    findings
        Where problems are added.
    node
        The node.
    """
    if isinstance(node.scheme, FactorAnalysisWeights):
        _without_effect(findings, node, "estimated by factor analysis")
        _factor_analysis(findings, node, node.scheme)
    elif node.scheme == "equal":
        _without_effect(findings, node, "equal")
    elif not findings.lost_children(node):
        _stated_weights(findings, node)


def _place(node: ResolvedNode) -> Path:
    """Return where the weights of the children are stated: the scheme, or the children."""
    if "weights" in node.written.model_fields_set:
        return (*node.path, "weights")
    return node.children[0].path[:-1]


def _without_effect(findings: Findings, node: ResolvedNode, how: str) -> None:
    for child in node.children:
        if child.written.weight is not None:
            findings.add(
                (*child.path, "weight"),
                f"has no effect: the weights of {node.id} are {how}",
                "delete it, or state 'weights: stated' above",
                node.looked_up("weights"),
            )


def _stated_weights(findings: Findings, node: ResolvedNode) -> None:
    place = _place(node)
    reads = [*((*child.path, "weight") for child in node.children), *node.looked_up("weights")]
    without = [child for child in node.children if child.written.weight is None]
    if len(without) == len(node.children):
        findings.add(
            place,
            f"the weights of {node.id} are {node.scheme}, and none of its children states any",
            "give each a 'weight', or state 'weights: equal'",
            reads,
        )
        return
    for child in without:
        findings.add(child.path, "has no weight while its siblings have", "state 'weight'", reads)
    if without:
        return
    total = math.fsum(child.written.weight or 0.0 for child in node.children)
    if total <= 0:
        findings.add(place, "the weights add to 0", "at least one must be above 0", reads)
    elif node.scheme == "stated" and abs(total - 1) > WEIGHT_TOLERANCE:
        findings.add(
            place,
            f"the weights of the children of {node.id} add to {total:.10g}, not 1",
            "mend them, or state 'weights: as_stated' or 'weights: rescaled' if that is meant",
            reads,
        )


def _factor_analysis(findings: Findings, node: ResolvedNode, scheme: FactorAnalysisWeights) -> None:
    reads = node.looked_up("weights")
    if len(node.children) < FEWEST_FOR_FACTOR_ANALYSIS and not findings.lost_children(node):
        findings.add(
            _place(node),
            f"factor analysis needs at least {FEWEST_FOR_FACTOR_ANALYSIS} children, and "
            f"{node.id} has {len(node.children)}",
            "state 'weights: equal' or give each a weight",
            reads,
        )
    origin = node.origin("weights") or _place(node)
    children = {child.id for child in node.children}
    for name in scheme.caps:
        if name not in children:
            findings.add(
                (*origin, "caps", name),
                f"{name} is not a child of {node.id}",
                f"its children are {', '.join(sorted(children))}",
                [(*node.path, role, name) for role in ROLES],
            )
    if children <= set(scheme.caps) and math.fsum(scheme.caps.values()) < 1:
        findings.add((*origin, "caps"), "the caps leave less than 1 to share out")
    if scheme.caps and "negative_loading" in scheme.factor_analysis.accept:
        findings.add(
            (*origin, "caps"),
            "does not go together with 'accept: [negative_loading]': a negative weight cannot "
            "be capped",
            "delete one of the two",
        )
