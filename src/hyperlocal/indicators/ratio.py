"""Observed over expected."""

from __future__ import annotations

from hyperlocal.definition.models import RatioIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.indicators.measured import (
    Columns,
    Fault,
    Kind,
    Measured,
    negative,
    not_above_zero,
    over,
)
from hyperlocal.methods import LargerAreas, Shrinkage, shrink_ratios


def _measure(node: ResolvedNode, columns: Columns) -> Measured:
    assert isinstance(node.written, RatioIndicator)
    value = over(columns["observed"], columns["expected"], node.written.per)
    return Measured(value, {"observed": columns["observed"], "expected": columns["expected"]})


def _faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    return negative(columns, "observed", "expected") + not_above_zero(node, columns, "expected")


def _shrink(node: ResolvedNode, measured: Measured, larger_areas: LargerAreas) -> Shrinkage:
    return shrink_ratios(measured.behind["observed"], measured.behind["expected"], larger_areas)


KIND = Kind("ratio", _measure, _faults, _shrink, counts=("observed",))
