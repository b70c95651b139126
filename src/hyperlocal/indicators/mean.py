"""A mean or another estimate, with its standard error or the number behind it."""

from __future__ import annotations

from hyperlocal.definition.nodes import Mean
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
from hyperlocal.methods import LargerAreas, Shrinkage, shrink_means


def measure(node: ResolvedNode, columns: Columns) -> Measured:
    """Take the mean, or divide the total by the number behind it."""
    assert isinstance(node.written, Mean)
    behind = {name: values for name, values in columns.items() if name != "column"}
    if "total" in columns:
        value = over(columns["total"], columns["sample_size"], node.written.per)
        return Measured(value, behind)
    return Measured(columns["column"], behind)


def faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    """Find standard errors and numbers that cannot be right."""
    given = [name for name in ("standard_error", "sample_size") if name in columns]
    found = negative(columns, *given)
    if "sample_size" in columns:
        found += not_above_zero(node, columns, "sample_size")
    return found


def shrink(node: ResolvedNode, measured: Measured, larger_areas: LargerAreas) -> Shrinkage:
    """Shrink a mean, or what is like one, before it is multiplied by its `per`."""
    written = node.written
    assert isinstance(written, Mean)
    deviation = measured.behind.get("standard_deviation", written.standard_deviation)
    return shrink_means(
        measured.value / measured.value.dtype.type(written.per),
        larger_areas,
        standard_error=measured.behind.get("standard_error"),
        sample_size=measured.behind.get("sample_size"),
        standard_deviation=None if deviation is None else deviation / written.per,
    )


KIND = Kind("mean", measure, faults, shrink)
