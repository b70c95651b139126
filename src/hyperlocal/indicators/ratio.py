"""Observed over expected."""

from __future__ import annotations

from hyperlocal.definition.nodes import Ratio
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.indicators.measured import (
    Columns,
    Fault,
    Kind,
    Measured,
    above_nothing,
    negative,
    not_above_zero,
    over,
    without_zero,
)
from hyperlocal.methods import LargerAreas, Shrinkage, shrink_ratios


def measure(node: ResolvedNode, columns: Columns) -> Measured:
    """Divide the observed by the expected count."""
    assert isinstance(node.written, Ratio)
    value = over(columns["observed"], columns["expected"], node.written.per)
    return Measured(value, {"observed": columns["observed"], "expected": columns["expected"]})


def faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    """Find counts that cannot be right."""
    found = negative(columns, "observed", "expected") + not_above_zero(node, columns, "expected")
    if node.settings.zero_denominator == "larger_area":
        found += above_nothing(columns, "observed", "expected")
    return found


def shrink(node: ResolvedNode, measured: Measured, larger_areas: LargerAreas) -> Shrinkage:
    """Shrink the ratio."""
    counts = without_zero(node, measured.behind["observed"], measured.behind["expected"])
    return shrink_ratios(*counts, larger_areas)


KIND = Kind("ratio", measure, faults, shrink, counts=("observed",))
