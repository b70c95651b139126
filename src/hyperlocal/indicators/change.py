"""The change between two dates in per cent, per head where denominators are given."""

from __future__ import annotations

from hyperlocal.definition.models import ChangeIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.indicators.mean import shrink
from hyperlocal.indicators.measured import (
    Columns,
    Fault,
    Kind,
    Measured,
    negative,
    not_above_zero,
    over,
)
from hyperlocal.methods import FloatArray


def _per_head(columns: Columns, date: str) -> FloatArray:
    denominator = f"{date}_denominator"
    if denominator not in columns:
        return columns[date]
    return over(columns[date], columns[denominator], 1.0)


def _measure(node: ResolvedNode, columns: Columns) -> Measured:
    assert isinstance(node.written, ChangeIndicator)
    before, after = _per_head(columns, "before"), _per_head(columns, "after")
    return Measured(over(after - before, before, node.written.per), dict(columns))


def _faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    found = negative(columns, *(name for name in columns if name != "after"))
    for name in ("before", "before_denominator", "after_denominator", "sample_size"):
        if name in columns:
            found += not_above_zero(node, columns, name)
    return found


KIND = Kind("change", _measure, _faults, shrink)
