"""Definitions that differ from that of the build in choices of method."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from pydantic import ValidationError

from hyperlocal.analysis.uncertainty.design import Choice
from hyperlocal.definition import Definition, ResolvedNode
from hyperlocal.definition.effect import standardisation
from hyperlocal.definition.settings import (
    Combination,
    Conventions,
    FactorAnalysisWeights,
    Treatment,
)
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.indicators import REGISTRY

AS_STATED = "as_stated"
FINDINGS = ("heywood_case", "negative_loading")
Change = Callable[[ResolvedNode], ResolvedNode]


def with_choice(definition: Definition, choice: Choice, value: str | float) -> Definition:
    """Return a definition in which a setting has another value wherever it has an effect.

    Parameters
    ----------
    definition
        The definition.
    choice
        The setting, and the nodes for which it varies.
    value
        Its value; ``as_stated`` for that of the definition.

    Raises
    ------
    ResultsError
        Where the value is none that the setting can have, a node is unknown, or the setting has
        no effect at any of the nodes.
    """
    if value == AS_STATED:
        return definition
    change, concerns = _change(definition, choice, value)
    inside = _inside(definition, choice.nodes)
    reached = [node.id for node in definition.nodes if node.id in inside and concerns(node)]
    if not reached:
        raise ResultsError(
            Problem(
                f"'{choice.setting}: {value}' changes nothing: no node of the index has that "
                "choice",
                "take it out of the design, or name other nodes",
            )
        )
    return replace(definition, root=_rebuilt(definition.root, change, frozenset(reached)))


def accepting(definition: Definition) -> Definition:
    """Return a definition in which factor analyses take what they find.

    What one finds, such as a negative loading, is for the author of an index to judge, who did so
    when it was built; nobody can judge it in each of many draws.
    """
    reached = frozenset(
        node.id for node in definition.nodes if isinstance(node.scheme, FactorAnalysisWeights)
    )

    def accept(node: ResolvedNode) -> ResolvedNode:
        assert isinstance(node.scheme, FactorAnalysisWeights)
        analysis = node.scheme.factor_analysis.model_copy(update={"accept": FINDINGS})
        return replace(node, scheme=node.scheme.model_copy(update={"factor_analysis": analysis}))

    return replace(definition, root=_rebuilt(definition.root, accept, reached))


def _change(
    definition: Definition, choice: Choice, value: str | float
) -> tuple[Change, Callable[[ResolvedNode], bool]]:
    """Return what a choice does to a node, and which nodes it concerns."""
    name = choice.setting
    try:
        if name in ("exponential", "normal_scores", "ties"):
            number = float(value) if isinstance(value, int) else value
            Conventions.model_validate({name: number})
            return _convention(name, number), lambda node: True
        if name == "weights":
            whatever = {"factor_analysis": {"accept": FINDINGS}}
            stated = whatever if value == "factor_analysis" else value
            scheme = Combination.model_validate({name: stated}).weights
            assert scheme is not None
            return lambda node: replace(node, scheme=scheme), _weighed
        Treatment.model_validate({name: value})
    except ValidationError as error:
        said = error.errors(include_url=False)[0]["msg"]
        message = f"{value!r} is no value of '{name}'"
        raise ResultsError(Problem(message, f"{said[0].lower()}{said[1:]}")) from error
    if name == "shrink_to":
        return _shrinkage(definition, str(value))
    return (
        lambda node: replace(node, settings=replace(node.settings, standardise=value)),
        lambda node: standardisation(node) != "none",
    )


def _convention(name: str, value: str | float) -> Change:
    def change(node: ResolvedNode) -> ResolvedNode:
        conventions = node.settings.conventions.model_copy(update={name: value})
        return replace(node, settings=replace(node.settings, conventions=conventions))

    return change


def _shrinkage(definition: Definition, value: str) -> tuple[Change, Callable[[ResolvedNode], bool]]:
    known = ("none", *definition.areas.within)
    if value not in known:
        raise ResultsError(
            Problem(f"{value!r} is no value of 'shrink_to'", f"known are: {', '.join(known)}")
        )

    def concerns(node: ResolvedNode) -> bool:
        can = node.is_indicator and REGISTRY[node.written.kind].shrink is not None
        return (
            can
            and node.settings.shrink_to != value
            and (value != "none" or node.settings.zero_denominator != "larger_area")
        )

    return lambda node: replace(node, settings=replace(node.settings, shrink_to=value)), concerns


def _weighed(node: ResolvedNode) -> bool:
    """Say whether a node weighs indicators, of which a factor analysis could be made."""
    return len(node.children) > 2 and all(child.role == "indicators" for child in node.children)


def _inside(definition: Definition, names: Collection[str]) -> frozenset[str]:
    """Return the nodes at and below the named ones; all where none is named."""
    if unknown := [name for name in names if name not in definition.by_id]:
        known = ", ".join(definition.by_id)
        raise ResultsError(
            [Problem(f"there is no node {name!r}", f"known are: {known}") for name in unknown]
        )
    tops = [definition.by_id[name] for name in names] or [definition.root]
    return frozenset(node.id for top in tops for node in top.walk())


def _rebuilt(node: ResolvedNode, change: Change, reached: frozenset[str]) -> ResolvedNode:
    """Return a branch with the nodes that are reached changed."""
    children = tuple(_rebuilt(child, change, reached) for child in node.children)
    beside = tuple(_rebuilt(child, change, reached) for child in node.supplementary)
    same = replace(node, children=children, supplementary=beside)
    return change(same) if node.id in reached else same
