"""A definition as lines of text: its tree with weights, or every setting and its origin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from hyperlocal.definition.load import Definition
from hyperlocal.definition.models import Group, RateIndicator
from hyperlocal.definition.resolve import IN_PARTS, NodeSettings, ResolvedNode
from hyperlocal.definition.settings import FactorAnalysisWeights
from hyperlocal.definition.source import dotted


def outline(definition: Definition) -> Iterator[str]:
    """Write a definition as a tree with the weight of every node.

    Parameters
    ----------
    definition
        The definition.

    Yields
    ------
    str
        One line each.
    """
    written = definition.written
    yield definition.title
    for about in (written.description, written.publisher, written.url):
        if about:
            yield about
    yield f"Areas: {written.areas.geography}"
    for exclusion in written.areas.exclude:
        yield f"Left out: {exclusion.code} ({exclusion.reason})"
    yield ""
    yield f"{definition.id}  [{_combination(definition.root)}]"
    yield from _branches(definition.root, "")


def settings_outline(definition: Definition) -> Iterator[str]:
    """Write every setting of every node with where it comes from.

    Parameters
    ----------
    definition
        The definition.

    Yields
    ------
    str
        One line each.
    """
    for node in definition.root.top_down():
        yield dotted(node.path)
        settings = node.settings
        rows = _weights(node) if isinstance(node.written, Group) else []
        rows += [
            (field.name, getattr(settings, field.name), field.name)
            for field in fields(NodeSettings)
            if field.name not in IN_PARTS
        ]
        rows += [
            (f"{key}.{name}", getattr(getattr(settings, key), name), f"{key}.{name}")
            for key, part in IN_PARTS.items()
            for name in part.model_fields
        ]
        width = max(len(name) for name, _, _ in rows)
        for name, value, origin in rows:
            shown = "-" if value is None else str(value)
            yield f"  {name:<{width}}  {shown:<20}  from {node.origins[origin]}"
        yield ""


def _weights(node: ResolvedNode) -> list[tuple[str, object, str]]:
    """Return the rows of the weights: name, value, and the setting that they come from."""
    if not isinstance(node.scheme, FactorAnalysisWeights):
        return [("weights", node.scheme, "weights")]
    analysis = node.scheme.factor_analysis
    rows: list[tuple[str, object, str]] = [
        ("weights", "factor_analysis", "weights"),
        ("weights.factor_analysis.weights_from", analysis.weights_from, "weights"),
        ("weights.factor_analysis.missing", analysis.missing, "weights"),
        ("weights.factor_analysis.accept", ", ".join(analysis.accept) or None, "weights"),
    ]
    caps = node.scheme.caps.items()
    return rows + [(f"weights.caps.{name}", f"{cap:g}", "weights") for name, cap in caps]


def _branches(node: ResolvedNode, indent: str) -> Iterator[str]:
    below = (*node.children, *node.supplementary)
    for place, child in enumerate(below):
        last = place == len(below) - 1
        yield f"{indent}{'└── ' if last else '├── '}{_line(node, child)}"
        yield from _branches(child, indent + ("    " if last else "│   "))


def _line(parent: ResolvedNode, child: ResolvedNode) -> str:
    kind = _combination(child) if isinstance(child.written, Group) else child.written.kind
    return f"{child.id}  {_weight(parent, child)}  {child.title}  [{kind}]"


def _weight(parent: ResolvedNode, child: ResolvedNode) -> str:
    if child.role == "supplementary":
        return "(beside)"
    if isinstance(parent.written, RateIndicator):
        return "(added up)"
    if isinstance(parent.scheme, FactorAnalysisWeights):
        cap = parent.scheme.caps.get(child.id)
        return "(estimated)" if cap is None else f"(estimated, at most {cap:g})"
    if parent.scheme == "equal":
        return f"1/{len(parent.children)}" if len(parent.children) > 1 else "1"
    weight = child.written.weight or 0.0
    if parent.scheme == "rescaled":
        total = sum(other.written.weight or 0.0 for other in parent.children)
        return f"{weight / total:.4g} ({weight:g} rescaled)"
    return f"{weight:g}"


def _combination(node: ResolvedNode) -> str:
    upward = {child.settings.transform for child in node.children}
    if upward == {"exponential"}:
        what = "transformed ranks"
    else:
        what = "scores" if upward == {"none"} else "scores and transformed ranks"
    return f"weighted sum of {what}, weights {_scheme(node)}"


def _scheme(node: ResolvedNode) -> str:
    if isinstance(node.scheme, FactorAnalysisWeights):
        return f"by factor analysis ({node.scheme.factor_analysis.weights_from})"
    return node.scheme
