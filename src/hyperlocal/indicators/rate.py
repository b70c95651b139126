"""A numerator over a denominator."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hyperlocal.definition.nodes import Rate
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
from hyperlocal.methods import LargerAreas, Shrinkage, shrink_proportions, shrink_ratios

ROUNDING = 1e-9


def _written(node: ResolvedNode) -> Rate:
    assert isinstance(node.written, Rate)
    return node.written


def _above(columns: Columns) -> NDArray[np.bool_]:
    """Return where the numerator is above the denominator by more than rounding."""
    above: NDArray[np.bool_] = columns["numerator"] > columns["denominator"] * (1 + ROUNDING)
    return above


def measure(node: ResolvedNode, columns: Columns) -> Measured:
    """Divide the numerator by the denominator."""
    numerator, denominator = columns["numerator"], columns["denominator"]
    if _written(node).of_members:  # shared out, all of them can come to a last digit more
        all_of_them = (numerator > denominator) & ~_above(columns)
        numerator = np.where(all_of_them, denominator, numerator)
    value = over(numerator, denominator, _written(node).per)
    return Measured(value, {"numerator": numerator, "denominator": denominator})


def faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    """Find counts that cannot be right."""
    found = negative(columns, "numerator", "denominator")
    found += not_above_zero(node, columns, "denominator")
    above = _above(columns)
    if _written(node).of_members and above.any():
        found.append(
            Fault(
                above,
                "numerator",
                "the numerator is above the denominator",
                "mend it, or state 'counts: events' if it counts events, not members",
            )
        )
    elif node.settings.zero_denominator == "larger_area":
        found += above_nothing(columns, "numerator", "denominator")
    return found


def shrink(node: ResolvedNode, measured: Measured, larger_areas: LargerAreas) -> Shrinkage:
    """Shrink a rate as the proportion, or the ratio, that it is."""
    method = shrink_proportions if _written(node).of_members else shrink_ratios
    counts = without_zero(node, measured.behind["numerator"], measured.behind["denominator"])
    return method(*counts, larger_areas)


KIND = Kind("rate", measure, faults, shrink, counts=("numerator",))
