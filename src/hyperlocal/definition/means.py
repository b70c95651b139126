"""What a mean or a change must state beyond the form of its parts."""

from __future__ import annotations

from hyperlocal.definition.findings import Findings
from hyperlocal.definition.models import ChangeIndicator, MeanIndicator
from hyperlocal.definition.resolve import ResolvedNode


def check_mean(findings: Findings, node: ResolvedNode, written: MeanIndicator) -> None:
    """Check what a mean is made of, and what says how reliable it is."""
    known = [written.standard_error is not None, written.sample_size is not None]
    if (written.column is None) == (written.total is None):
        findings.add(
            node.path,
            "states both 'column' and 'total'" if written.column else "has no column",
            "state 'column', the mean; or 'total' and 'sample_size'",
            [(*node.path, "column"), (*node.path, "total")],
        )
    if written.total is not None and written.sample_size is None:
        findings.add(
            node.path,
            "has nothing to divide the total by",
            "state 'sample_size', such as the population",
            [(*node.path, "sample_size")],
        )
    elif all(known) or (node.settings.shrink_to != "none" and not any(known)):
        findings.add(
            node.path,
            "needs either 'standard_error' or 'sample_size' to be shrunk",
            "state one of them",
            [
                (*node.path, "standard_error"),
                (*node.path, "sample_size"),
                *node.looked_up("shrink_to"),
            ],
        )
    if written.total is None and written.per != 1:
        findings.add((*node.path, "per"), "has no effect without 'total'", "delete it")
    _deviation(findings, node, written)


def check_change(findings: Findings, node: ResolvedNode, written: ChangeIndicator) -> None:
    """Check the two dates of a change, and what says how reliable it is."""
    keys = ("before_denominator", "after_denominator")
    if (written.before_denominator is None) != (written.after_denominator is None):
        findings.add(
            node.path,
            f"has {keys[0] if written.before_denominator else keys[1]!r} only",
            "state the denominators of both dates, or of none",
            [(*node.path, key) for key in keys],
        )
    if written.averaged_with is not None and written.before_denominator is not None:
        findings.add(
            (*node.path, "averaged_with"),
            "does not go with denominators: what is divided is shared out, not averaged",
            "delete it, or the denominators",
        )
    if node.settings.shrink_to != "none" and written.sample_size is None:
        findings.add(
            node.path,
            "needs 'sample_size' to be shrunk",
            "state the number of persons behind it, or 'shrink_to: none'",
            [(*node.path, "sample_size"), *node.looked_up("shrink_to")],
        )
    _deviation(findings, node, written)


def _deviation(
    findings: Findings, node: ResolvedNode, written: MeanIndicator | ChangeIndicator
) -> None:
    if written.standard_deviation is not None and written.sample_size is None:
        path = (*node.path, "standard_deviation")
        findings.add(path, "has no effect without 'sample_size'")
