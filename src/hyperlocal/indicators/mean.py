"""A mean or another estimate, with its standard error or the number behind it."""

from __future__ import annotations

from hyperlocal.definition.models import MeanIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.indicators.measured import (
    Columns,
    Fault,
    Kind,
    Measured,
    negative,
    not_above_zero,
)
from hyperlocal.methods import LargerAreas, Shrinkage, shrink_means


def _measure(node: ResolvedNode, columns: Columns) -> Measured:
    behind = {name: values for name, values in columns.items() if name != "column"}
    return Measured(columns["column"], behind)


def _faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    given = [name for name in ("standard_error", "sample_size") if name in columns]
    found = negative(columns, *given)
    if "sample_size" in columns:
        found += not_above_zero(node, columns, "sample_size")
    return found


def _shrink(node: ResolvedNode, measured: Measured, larger_areas: LargerAreas) -> Shrinkage:
    assert isinstance(node.written, MeanIndicator)
    return shrink_means(
        measured.value,
        larger_areas,
        standard_error=measured.behind.get("standard_error"),
        sample_size=measured.behind.get("sample_size"),
        standard_deviation=node.written.standard_deviation,
    )


KIND = Kind("mean", _measure, _faults, _shrink)
