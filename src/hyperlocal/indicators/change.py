"""The change between two dates in per cent, per head where denominators are given."""

from __future__ import annotations

from hyperlocal.definition.models import ChangeIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.indicators.measured import (
    Columns,
    Fault,
    Kind,
    Measured,
    deviation,
    negative,
    not_above_zero,
    over,
)
from hyperlocal.methods import FloatArray, LargerAreas, Shrinkage, shrink_means


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


def _shrink(node: ResolvedNode, measured: Measured, larger_areas: LargerAreas) -> Shrinkage:
    assert isinstance(node.written, ChangeIndicator)
    per = measured.value.dtype.type(node.written.per)  # the value is multiplied by it afterwards
    return shrink_means(
        measured.value / per,
        larger_areas,
        sample_size=measured.behind.get("sample_size"),
        standard_deviation=deviation(node.written),
    )


KIND = Kind("change", _measure, _faults, _shrink)
