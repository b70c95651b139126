"""Which settings of a node have no effect there, and why."""

from __future__ import annotations

from collections.abc import Iterator

from hyperlocal.definition.models import (
    ChangeIndicator,
    CountIndicator,
    Group,
    MeanIndicator,
    RateIndicator,
    ValueIndicator,
)
from hyperlocal.definition.resolve import ResolvedNode

_OF_SCORES = ("high_value", "transform", "published_score", "standardise", "shrink_to", "publish")


def added_up(root: ResolvedNode) -> frozenset[str]:
    """Return the ids of the counts that a rate adds up: they have a value, and no score."""
    return frozenset(
        child.id
        for node in root.walk()
        if isinstance(node.written, RateIndicator)
        for child in node.children
    )


def standardisation(node: ResolvedNode) -> str:
    """Return how the score of a node is standardised before it goes up.

    Only indicators are (composite ones included), where their rank does not go up transformed.
    """
    stays = node.role in ("index", "supplementary") or node.settings.transform == "exponential"
    if stays or not (node.is_indicator or node.role == "indicators"):
        return "none"
    return node.settings.standardise


def without_effect(node: ResolvedNode, is_added_up: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the settings that have no effect at a node, with the reason and the remedy.

    Parameters
    ----------
    node
        The node.
    is_added_up
        Whether it is a count that a rate adds up.
    """
    if node.role == "index":
        yield "transform", "nothing stands above the index", "delete it"
    if is_added_up and isinstance(node.written, CountIndicator):
        for name in _OF_SCORES:
            yield name, "the counts of a rate are added up as they are", "state it at the rate"
    if isinstance(node.written, Group) or is_added_up:
        yield "accept", "only an indicator that is scored is judged", "state it there"
    if isinstance(node.written, Group):
        return  # what it states holds for the nodes below
    policy = node.settings.missing_values
    if policy == "neutral" and (is_added_up or node.role == "supplementary"):
        reason = "'neutral' is about scores that go up, and this one does not"
        yield "missing_values", reason, "state 'unscored'"
    if policy == "zero" and isinstance(
        node.written, ValueIndicator | MeanIndicator | ChangeIndicator
    ):
        reason = f"'zero' is about counts, and a {node.written.kind} has none"
        yield "missing_values", reason, "state 'refuse', 'neutral' or 'unscored'"


def missing_values_in_effect(node: ResolvedNode, is_added_up: bool) -> str:
    """Return what missing values do at a node, where its policy may not apply to it."""
    policy = node.settings.missing_values
    if any(name == "missing_values" for name, _, _ in without_effect(node, is_added_up)):
        return "unscored" if policy == "neutral" else "refuse"
    return policy
