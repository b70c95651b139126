"""A count, or the sum of several counts that do not overlap."""

from __future__ import annotations

from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.indicators.measured import Columns, Fault, Kind, Measured, negative


def _measure(node: ResolvedNode, columns: Columns) -> Measured:
    return Measured(columns["column"])


def _faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    return negative(columns, "column")


KIND = Kind("count", _measure, _faults, counts=("column",))
