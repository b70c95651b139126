"""A numerator over a denominator."""

from __future__ import annotations

from hyperlocal.definition.models import RateIndicator
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


def _written(node: ResolvedNode) -> RateIndicator:
    assert isinstance(node.written, RateIndicator)
    return node.written


def _measure(node: ResolvedNode, columns: Columns) -> Measured:
    numerator, denominator = columns["numerator"], columns["denominator"]
    value = over(numerator, denominator, _written(node).per)
    return Measured(value, {"numerator": numerator, "denominator": denominator})


def _faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    found = negative(columns, "numerator", "denominator")
    found += not_above_zero(node, columns, "denominator")
    above = columns["numerator"] > columns["denominator"]
    if _written(node).counts == "members" and above.any():
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


def _shrink(node: ResolvedNode, measured: Measured, larger_areas: LargerAreas) -> Shrinkage:
    shrink = shrink_proportions if _written(node).counts == "members" else shrink_ratios
    counts = without_zero(node, measured.behind["numerator"], measured.behind["denominator"])
    return shrink(*counts, larger_areas)


KIND = Kind("rate", _measure, _faults, _shrink, counts=("numerator",))
