"""A numerator over a denominator of which nothing is sampled: several kinds are measured so."""

from __future__ import annotations

from hyperlocal.definition.nodes import Quotient
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.indicators.measured import (
    Columns,
    Fault,
    Measured,
    negative,
    not_above_zero,
    over,
)


def measure(node: ResolvedNode, columns: Columns) -> Measured:
    """Divide the numerator by the denominator."""
    assert isinstance(node.written, Quotient)
    numerator, denominator = columns["numerator"], columns["denominator"]
    value = over(numerator, denominator, node.written.per)
    return Measured(value, {"numerator": numerator, "denominator": denominator})


def faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    """Find negative numbers, and denominators of 0."""
    found = negative(columns, "numerator", "denominator")
    return found + not_above_zero(node, columns, "denominator")
