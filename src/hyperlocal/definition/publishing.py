"""The rules of publishing: what of a node may be shown, where, and how exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hyperlocal.definition.effect import added_up
from hyperlocal.definition.kinds.rate import RateOfCounts
from hyperlocal.definition.kinds.standardised import StandardisedIndicator
from hyperlocal.definition.models import CountIndicator, WrittenDefinition
from hyperlocal.definition.nodes import Mean, Rate, Ratio
from hyperlocal.definition.resolve import ResolvedNode, WrittenNode

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.load import Definition

NOWHERE = "none"
OF_RANKS = ("rank", "decile", "transformed")
"""The columns that say no more of a node than its rank does."""
_SUMMARIES = ("index", "domains", "subdomains")


def shown_at(definition: Definition, node: ResolvedNode) -> str | None:
    """Return the geography at which the values of an indicator may be shown.

    Parameters
    ----------
    definition
        The definition.
    node
        One of its indicators.

    Returns
    -------
    str or None
        That of the index or one of ``areas.within``; None where they may be shown nowhere.

    Examples
    --------
    >>> import hyperlocal
    >>> wimd = hyperlocal.load("wimd-2019")
    >>> shown_at(wimd, wimd.by_id["low_birth_weight"]), shown_at(wimd, wimd.by_id["obese_children"])
    ('lsoa11', 'msoa11')
    """
    geography = node.settings.publish.geography
    if geography == NOWHERE:
        return None
    return geography or definition.areas.geography


def counts_are_altered(node: ResolvedNode) -> bool:
    """Say whether counts behind an indicator are rounded or suppressed before they are shown.

    Parameters
    ----------
    node
        The indicator.
    """
    publish = node.settings.publish
    return publish.round_to != "none" or publish.suppress_below != "none"


def restricted(node: ResolvedNode) -> bool:
    """Say whether the exact values of an indicator may not be shown at the areas of the index.

    Parameters
    ----------
    node
        The node. Nodes that combine others have no values, and are not restricted in themselves.

    Examples
    --------
    >>> import hyperlocal
    >>> wimd = hyperlocal.load("wimd-2019")
    >>> [node.id for node in wimd.nodes if restricted(node)]
    ['obese_children']
    """
    altered = node.settings.publish.geography is not None or counts_are_altered(node)
    return node.is_indicator and altered


def may_leave(node: ResolvedNode, column: str) -> bool:
    """Say whether a column of a node may be shown at the areas of the index, exactly as it is.

    Parameters
    ----------
    node
        The node.
    column
        The end of its name in the results: ``value``, ``score``, ``rank`` and so on.

    Returns
    -------
    bool
        False for all columns of a restricted indicator; where it is a domain or sub-domain, its
        rank, its decile and its transformed rank may leave all the same. False for the scores of
        a node that adds up what may not leave of a child: with the other children published, what
        is lacking is the difference. Its ranks may leave, unless those of no child may and it is
        neither the index nor a domain or sub-domain.

    Examples
    --------
    >>> import hyperlocal
    >>> wimd = hyperlocal.load("wimd-2019").by_id
    >>> may_leave(wimd["obese_children"], "rank"), may_leave(wimd["health"], "rank")
    (False, True)
    >>> may_leave(wimd["health"], "combined"), may_leave(wimd["health"], "score")
    (False, True)
    """
    if not (restricted(node) if node.is_indicator else adds_up_withheld(node)):
        return True
    below = () if node.is_indicator else node.children
    if node.role not in _SUMMARIES and not any(may_leave(child, "rank") for child in below):
        return False
    is_rank = column == "score" and node.settings.published_score == "transformed_rank"
    return is_rank or column.startswith(OF_RANKS)


def adds_up_withheld(node: ResolvedNode) -> bool:
    """Say whether what goes up of a child of a node may not be shown at the areas of the index.

    Parameters
    ----------
    node
        A node that combines others.
    """
    return any(not may_leave(child, _goes_up(child)) for child in node.children)


def _goes_up(node: ResolvedNode) -> str:
    return "transformed" if node.settings.transform == "exponential" else "standardised"


def withheld_in_words(definition: Definition) -> list[str]:
    """Say what is not shown at the areas of the index.

    Parameters
    ----------
    definition
        The definition.

    Returns
    -------
    list of str
        A sentence for each node of which something is not shown.
    """
    notes, parts = [], added_up(definition.root)
    for node in definition.root.top_down():
        if restricted(node) and node.id not in parts:
            notes.append(f"{node.title}: not published for {definition.areas.geography}")
        elif not node.is_indicator and not may_leave(node, "score"):
            notes.append(f"{node.title}: no scores, which would give away what is not published")
    return notes


def can_be_rounded(written: WrittenNode) -> bool:
    """Say whether the value of an indicator is made of counts that can be rounded.

    Parameters
    ----------
    written
        The indicator. Years of life that are lost are no count, nor is the mean of yearly rates
        made of one.
    """
    if isinstance(written, RateOfCounts):
        return written.years == "pooled"
    if isinstance(written, StandardisedIndicator):
        return written.years_lost_before is None
    return isinstance(written, Rate | Ratio | CountIndicator)


def can_be_suppressed(written: WrittenNode) -> bool:
    """Say whether a count tells when the value of an indicator rests on few people or events.

    Parameters
    ----------
    written
        The indicator: one that can be rounded, or a mean of which the number behind it is known.
    """
    known = isinstance(written, Mean) and "sample_size" in written.measured_from()
    return known or can_be_rounded(written)


def check_publish(findings: Findings, node: ResolvedNode, written: WrittenDefinition) -> None:
    """Find rules of publishing that an indicator cannot follow.

    Parameters
    ----------
    findings
        What is found is added to them.
    node
        The indicator.
    written
        The definition.
    """
    publish, areas = node.settings.publish, written.areas
    kind, places = node.written.kind, node.looked_up("publish")
    if publish.geography not in (None, NOWHERE, *areas.within):
        known = ", ".join([areas.geography, *areas.within])
        findings.add(
            node.origin("publish.geography") or node.path,
            f"{publish.geography!r} is neither the geography of the index nor in 'areas.within'",
            f"state one of {known}; or none, where no value may be shown",
            [("areas", "within"), *((*place, "geography") for place in places)],
            node,
        )
    lacks = (
        ("round_to", can_be_rounded, "is not made of counts that could be rounded"),
        ("suppress_below", can_be_suppressed, "has no count that tells when few are behind it"),
    )
    for name, possible, said in lacks:
        if getattr(publish, name) != "none" and not possible(node.written):
            findings.add(
                node.path,
                f"a {kind} such as this {said}",
                f"state 'publish: {{{name}: none}}', and a larger geography if need be",
                [(*place, name) for place in places],
            )
