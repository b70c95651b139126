"""An indicator that is taken from a column as it is."""

from __future__ import annotations

from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.indicators.measured import Columns, Fault, Kind, Measured


def _measure(node: ResolvedNode, columns: Columns) -> Measured:
    return Measured(columns["column"])


def _faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    return []


KIND = Kind("value", _measure, _faults)
