"""A numerator over a denominator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hyperlocal.definition.kinds.rate import (
    BY_YEAR,
    MOST_YEARS,
    RateOfCounts,
    RateOverYears,
)
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
from hyperlocal.methods import FloatArray, LargerAreas, Shrinkage, shrink_proportions, shrink_ratios
from hyperlocal.methods.rates import average_rate, coverage_scale

ROUNDING = 1e-9
LESS, NOT_COVERED, SCALED_BY = "denominator_less", "not_covered", "scaled_by"


@dataclass(frozen=True)
class _Year:
    """What is divided, of one year or of all of them.

    Parameters
    ----------
    numerator
        The name of the column of the numerator, and
    denominator
        that of the denominator.
    less
        That of what is taken off the denominator; empty where nothing is.
    """

    numerator: str
    denominator: str
    less: str = ""

    def residents(self, columns: Columns) -> FloatArray:
        """Return the denominator without what is taken off it; what is below 0 is a fault."""
        whole = columns[self.denominator]
        return np.maximum(whole - columns[self.less], 0) if self.less else whole


def _written(node: ResolvedNode) -> Rate:
    assert isinstance(node.written, Rate)
    return node.written


def _years(columns: Columns) -> list[_Year]:
    """Return what is divided of each year; of all years at once where they are pooled."""
    if "denominator" in columns:
        return [_Year("numerator", "denominator", LESS if LESS in columns else "")]
    number = sum(name.startswith("numerator_") for name in columns)

    def of(purpose: str, year: int) -> str:
        return next((name for name in (f"{purpose}_{year}", f"{purpose}_1") if name in columns), "")

    return [
        _Year(of("numerator", year), of("denominator", year), of(LESS, year))
        for year in range(1, number + 1)
    ]


def _scale(written: Rate, columns: Columns) -> FloatArray | None:
    """Return by how much the rate is scaled up; None where everybody is covered."""
    if not isinstance(written, RateOfCounts) or NOT_COVERED not in columns:
        return None
    years = [year.residents(columns) for year in _years(columns)]
    residents = years[0] if len(years) == 1 else np.mean(years, axis=0)
    lost = np.maximum(columns[NOT_COVERED], 0)
    scale = coverage_scale(residents, lost, written.scale_where_above)
    return scale.astype(residents.dtype, copy=False)


def _among(written: Rate, year: _Year, columns: Columns) -> FloatArray:
    """Return what the numerator is counted among: residents who are covered, in person-years."""
    residents, scale = year.residents(columns), _scale(written, columns)
    if scale is not None:
        residents = residents / scale
    years = written.numerator_years if isinstance(written, RateOverYears) else 1.0
    return residents if years == 1 else residents * residents.dtype.type(years)


def among(node: ResolvedNode, columns: Columns) -> FloatArray | None:
    """Return what the numerator is counted among; None where the rates of years are averaged."""
    years = _years(columns)
    return _among(_written(node), years[0], columns) if len(years) == 1 else None


def counted(node: ResolvedNode, columns: Columns) -> tuple[FloatArray, FloatArray]:
    """Return the count and what it is counted among, whose quotient the rate is.

    Where the rates of years are averaged, it is the count that would give the average among the
    person-years of all of them.
    """
    written, years = _written(node), _years(columns)
    parts = [(columns[year.numerator], _among(written, year, columns)) for year in years]
    if len(parts) == 1:
        return parts[0]
    whole = np.sum([people for _, people in parts], axis=0)
    known = ~np.isnan(np.sum([count for count, _ in parts], axis=0) + whole)
    empty = known & np.logical_or.reduce([people == 0 for _, people in parts])
    rates = average_rate([count for count, _ in parts], [people for _, people in parts])
    rates = np.where(empty, 0, rates).astype(whole.dtype, copy=False)
    whole = np.where(empty, whole.dtype.type(0), whole)
    return rates * whole, whole


def _above(numerator: FloatArray, denominator: FloatArray) -> NDArray[np.bool_]:
    """Return where the numerator is above the denominator by more than rounding."""
    above: NDArray[np.bool_] = numerator > denominator * (1 + ROUNDING)
    return above


def measure(node: ResolvedNode, columns: Columns) -> Measured:
    """Divide the numerator by the denominator."""
    written, behind = _written(node), dict(columns)
    numerator, denominator = counted(node, columns)
    if written.of_members:  # shared out, all of them can come to a last digit more
        all_of_them = (numerator > denominator) & ~_above(numerator, denominator)
        numerator = np.where(all_of_them, denominator, numerator)
    if "numerator" in behind:
        behind["numerator"] = numerator
    scale = _scale(written, columns)
    if scale is not None:
        behind[SCALED_BY] = scale
    return Measured(over(numerator, denominator, written.per), behind)


def faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    """Find counts that cannot be right."""
    written = _written(node)
    found = negative(columns, *columns)
    for year in _years(columns):
        found += _faults_of_residents(written, year, columns)
        denominator = _among(written, year, columns)
        numerator = columns[year.numerator]
        zero = not_above_zero(node, {year.denominator: denominator}, year.denominator)
        found += zero
        above = _above(numerator, denominator)
        if written.of_members and above.any():
            found.append(
                Fault(
                    above,
                    year.numerator,
                    "the numerator is above the denominator",
                    "mend it, or state 'counts: events' if it counts events, not members",
                )
            )
        elif node.settings.zero_denominator == "larger_area":
            among_none = {year.numerator: numerator, year.denominator: denominator}
            found += above_nothing(among_none, year.numerator, year.denominator)
    return found


def _faults_of_residents(written: Rate, year: _Year, columns: Columns) -> list[Fault]:
    """Find areas where more is taken off the denominator, or not covered, than there is."""
    found = []
    if year.less:
        below = columns[year.less] > columns[year.denominator]
        said = "more is taken off than the denominator has"
        found.append(Fault(below, year.less, said, "use numbers of the same date and definition"))
    residents, scale = year.residents(columns), _scale(written, columns)
    if scale is not None:
        nobody = np.isnan(scale) & ~np.isnan(residents) & ~np.isnan(columns[NOT_COVERED])
        said = "no resident is covered"
        found.append(Fault(nobody, NOT_COVERED, said, "leave the area out, or mend the number"))
    return [fault for fault in found if fault.areas.any()]


def shrink(node: ResolvedNode, measured: Measured, larger_areas: LargerAreas) -> Shrinkage:
    """Shrink a rate as the proportion, or the ratio, that it is."""
    method = shrink_proportions if _written(node).of_members else shrink_ratios
    counts = without_zero(node, *counted(node, measured.behind))
    return method(*counts, larger_areas)


def worked(node: ResolvedNode, numbers: Mapping[str, float]) -> str:
    """Write the rate of an area out, where more is in it than a numerator and a denominator."""
    written = _written(node)
    if not isinstance(written, RateOverYears):
        return ""
    years = _years({name: np.empty(0) for name in numbers})
    scale = numbers.get(SCALED_BY, 1.0)
    if len(years) == 1 and scale == written.numerator_years == 1 and not years[0].less:
        return ""
    rates = []
    for year in years:
        below = f"{numbers[year.denominator]:.10g}"
        if year.less:
            below = f"({below} - {numbers[year.less]:.10g})"
        rates.append(f"{numbers[year.numerator]:.10g} / {below}")
    how = rates[0] if len(rates) == 1 else f"({' + '.join(rates)}) / {len(rates)}"
    how += f" / {written.numerator_years:.10g} years" if written.numerator_years != 1 else ""
    how += f" x {scale:.10g}" if scale != 1 else ""
    return how + (f" x {written.per:.10g}" if written.per != 1 else "")


_OF_YEARS = {
    f"{name}_{year}": f"{said} of year {year} of those that are averaged"
    for year in range(1, MOST_YEARS + 1)
    for name, said in zip(
        BY_YEAR, ("Numerator", "Denominator", "Taken off the denominator"), strict=True
    )
}

KIND = Kind(
    "rate",
    measure,
    faults,
    shrink,
    counts=("numerator", *(name for name in _OF_YEARS if name.startswith("numerator"))),
    meanings={
        **_OF_YEARS,
        LESS: "Taken off the denominator",
        NOT_COVERED: "Residents of whom nothing is known",
        SCALED_BY: "Scaled up by this, as some residents are not covered",
    },
    among=among,
    worked=worked,
)
