"""What every kind of indicator is measured into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.indicators.gathering import Gathered, Gathering
from hyperlocal.methods import FloatArray, LargerAreas, Shrinkage

Columns = Mapping[str, FloatArray]


@dataclass(frozen=True)
class Measured:
    """The values of an indicator, one per area, before shrinkage.

    Parameters
    ----------
    value
        The value in the unit of the indicator; NaN where missing.
    behind
        The columns that it was made of and that its reliability rests on, by their name in the
        results: ``numerator`` and ``denominator``, for example.
    """

    value: FloatArray
    behind: dict[str, FloatArray] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """Areas whose data cannot be right.

    Parameters
    ----------
    areas
        True for the areas concerned.
    purpose
        The column that is at fault, by what it is for.
    message
        What is wrong.
    remedy
        How to mend it.
    """

    areas: NDArray[np.bool_]
    purpose: str
    message: str
    remedy: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of indicator.

    Parameters
    ----------
    name
        The ``kind`` in the definition.
    measure
        Makes the values from the input columns.
    faults
        Finds what cannot be right in the input columns.
    shrink
        Shrinks the values to larger areas; None where the kind cannot be shrunk.
    counts
        The columns that are counts: a missing one may stand for 0.
    gather
        Makes what it is measured from out of records; None where that is its columns.
    meanings
        What the numbers mean that it leaves in the results beyond those that other kinds leave.
    among
        What its numerator (or observed count) is counted among, where that is not always its
        denominator (or expected count) as it stands; the value is the one over the other. None of
        an indicator whose value is not that of one count.
    worked
        Writes how the value of an area comes about with its numbers put in, where that is more than
        one number over another; empty where it is no more.
    """

    name: str
    measure: Callable[[ResolvedNode, Columns], Measured]
    faults: Callable[[ResolvedNode, Columns], list[Fault]]
    shrink: Callable[[ResolvedNode, Measured, LargerAreas], Shrinkage] | None = None
    counts: tuple[str, ...] = ()
    gather: Callable[[ResolvedNode, Gathering], Gathered] | None = None
    meanings: Mapping[str, str] = field(default_factory=dict)
    among: Callable[[ResolvedNode, Columns], FloatArray | None] | None = None
    worked: Callable[[ResolvedNode, Mapping[str, float]], str] | None = None


def negative(columns: Columns, *purposes: str) -> list[Fault]:
    """Return a fault for each of the columns that is negative somewhere."""
    return [
        Fault(columns[purpose] < 0, purpose, "the value is negative", "mend it or mark it missing")
        for purpose in purposes
        if (columns[purpose] < 0).any()
    ]


def not_above_zero(node: ResolvedNode, columns: Columns, purpose: str) -> list[Fault]:
    """Return a fault where a denominator is 0 and the definition does not say what that does."""
    zero = columns[purpose] == 0
    if node.settings.zero_denominator != "refuse" or not zero.any():
        return []
    return [
        Fault(
            zero,
            purpose,
            f"the {purpose} is 0",
            "state 'zero_denominator: missing', or 'larger_area' where it is shrunk",
        )
    ]


def without_zero(
    node: ResolvedNode, numerator: FloatArray, denominator: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return counts to shrink, missing where a denominator of 0 is to be missing."""
    if node.settings.zero_denominator != "missing":
        return numerator, denominator
    missing = np.asarray(np.nan, dtype=numerator.dtype)
    empty = denominator == 0
    return np.where(empty, missing, numerator), np.where(empty, missing, denominator)


def above_nothing(columns: Columns, numerator: str, denominator: str) -> list[Fault]:
    """Return a fault where something was counted and nothing was there to count it among."""
    wrong = (columns[denominator] == 0) & (columns[numerator] > 0)
    if not wrong.any():
        return []
    return [Fault(wrong, numerator, f"the {numerator} is above 0 where the {denominator} is 0")]


def over(numerator: FloatArray, denominator: FloatArray, per: float) -> FloatArray:
    """Return numerator over denominator, NaN where the denominator is 0 or either is missing."""
    value = np.full_like(numerator, np.nan)
    with np.errstate(over="ignore"):  # an infinite value is refused with its row
        np.divide(numerator, denominator, out=value, where=denominator > 0)
        return value * value.dtype.type(per)
