"""Observed over expected."""

from __future__ import annotations

from hyperlocal.definition.models import RatioIndicator
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


def _measure(node: ResolvedNode, columns: Columns) -> Measured:
    assert isinstance(node.written, RatioIndicator)
    value = over(columns["observed"], columns["expected"], node.written.per)
    return Measured(value, {"observed": columns["observed"], "expected": columns["expected"]})


def _faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    found = negative(columns, "observed", "expected") + not_above_zero(node, columns, "expected")
    if node.settings.zero_denominator == "larger_area":
        found += above_nothing(columns, "observed", "expected")
    return found


def _shrink(node: ResolvedNode, measured: Measured, larger_areas: LargerAreas) -> Shrinkage:
    counts = without_zero(node, measured.behind["observed"], measured.behind["expected"])
    return shrink_ratios(*counts, larger_areas)


KIND = Kind("ratio", _measure, _faults, _shrink, counts=("observed",))
