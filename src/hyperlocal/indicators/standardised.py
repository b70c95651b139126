"""Events by age and sex over what is expected of such people nationally."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hyperlocal.definition.kinds.standardised import StandardisedIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators.gathering import Gathered, Gathering
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
from hyperlocal.methods import FloatArray, LargerAreas, Shrinkage, shrink_ratios
from hyperlocal.methods.rates import coverage_scale
from hyperlocal.methods.standardisation import (
    IndirectStandardisation,
    byar_limits,
    expected_counts,
    standardise_indirectly,
    weighted_limits,
    years_lost,
)

SHOWN = 5


def _written(node: ResolvedNode) -> StandardisedIndicator:
    assert isinstance(node.written, StandardisedIndicator)
    return node.written


def among(node: ResolvedNode, columns: Columns) -> FloatArray:
    """Return what the observed events are over: those expected, of those who are covered.

    Of a rate it is the number of people of the nation's ages in whom so many would be expected.
    """
    expected = columns["expected"]
    if "scaled_by" in columns:
        expected = expected / columns["scaled_by"]
    if "crude_rate" not in columns:
        return expected
    people = np.full_like(expected, np.nan)
    crude = columns["crude_rate"]
    np.divide(expected, crude, out=people, where=crude > 0)
    return np.where(crude == 0, 0, people).astype(expected.dtype, copy=False)


def _measure(node: ResolvedNode, columns: Columns) -> Measured:
    value = over(columns["observed"], among(node, columns), _written(node).per)
    return Measured(value, dict(columns))


def _faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    people = among(node, columns)
    found = negative(columns, "observed") + not_above_zero(node, {"expected": people}, "expected")
    if node.settings.zero_denominator == "larger_area":
        counts = {"observed": columns["observed"], "expected": people}
        found += above_nothing(counts, "observed", "expected")
    return found


def _shrink(node: ResolvedNode, measured: Measured, larger_areas: LargerAreas) -> Shrinkage:
    """Shrink the ratio; years of life that are lost as so many deaths."""
    counts = without_zero(node, measured.behind["observed"], among(node, measured.behind))
    years = measured.behind.get("years_per_event")
    if years is not None:
        counts = (counts[0] / years, counts[1] / years)
    return shrink_ratios(*counts, larger_areas)


def _count_among(node: ResolvedNode, columns: Columns) -> FloatArray | None:
    """Return what the events are counted among; years of life are no count."""
    return None if _written(node).years_lost_before is not None else among(node, columns)


def _worked(node: ResolvedNode, numbers: Mapping[str, float]) -> str:
    written = _written(node)
    how = f"{numbers['observed']:.10g} / {numbers['expected']:.10g}"
    for name in ("scaled_by", "crude_rate"):
        if numbers.get(name, 1.0) != 1.0:
            how += f" x {numbers[name]:.10g}"
    return how + (f" x {written.per:.10g}" if written.per != 1 else "")


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written, groups = _written(node), _written(node).groups
    people = np.stack([gathering.numbers(f"residents.{group.label}") for group in groups])
    if written.residents_less is not None:
        less = np.stack([gathering.numbers(f"residents_less.{group.label}") for group in groups])
        said = "more is taken off than there are residents"
        _refuse(node, gathering, "residents_less", less > people, said)
        people = people - less
    of_events = (
        [f"observed.{group.label}" for group in groups]
        if written.observed_by_group
        else ["observed.all"]
    )
    events = np.stack([gathering.numbers(name) for name in of_events])
    _refuse(node, gathering, "residents", people < 0, "the value is negative")
    _refuse(node, gathering, "observed", events < 0, "the value is negative")
    found = _standardised(written, gathering, events, people)
    number = len(gathering.areas)
    columns: dict[str, FloatArray] = {"observed": found.observed, "expected": found.expected}
    if written.gives == "rate":
        columns["crude_rate"] = np.full(number, found.crude_rate / written.observed_years)
    if written.not_covered is not None:
        columns["scaled_by"] = _scale(node, gathering, people)
    if written.years_lost_before is not None:
        columns["years_per_event"] = np.full(number, _years_per_event(written, events))
    if written.limits is not None:
        names = ("lower_limit", "upper_limit")
        columns |= dict(zip(names, _limits(node, columns, events, written.limits), strict=True))
    known = [columns[name] for name in written.measured_from()]
    missing = np.logical_or.reduce([np.isnan(values) for values in known[:2]])
    return Gathered(
        {name: columns[name] for name in written.measured_from()},
        _record(written, columns, found, int(missing.sum())),
    )


def _standardised(
    written: StandardisedIndicator, gathering: Gathering, events: FloatArray, people: FloatArray
) -> IndirectStandardisation:
    """Return what is observed and expected, by the rates of all areas or by those stated."""
    if written.national_rates is None:
        try:
            return standardise_indirectly(events, people, _weights(written))
        except ValueError as error:
            said = str(error).rstrip(".")
            raise DataError(Problem(said, "look at the columns of both")) from error
    stated = written.national_rates
    known = gathering.numbers_of_codes(stated.list)
    absent = [group.label for group in written.groups if group.label not in known]
    if absent:
        shown = ", ".join(absent[:SHOWN]) + (" and more" if len(absent) > SHOWN else "")
        said = f"the list {stated.list!r} has no rate of {shown}"
        raise DataError(Problem(said, "its codes are the groups, as in 'F 0-4'"))
    weights = _weights(written)
    rates = np.array([known[group.label] for group in written.groups]) / stated.per
    observed = events[0] if not written.observed_by_group else weights @ events
    crude = np.nan if stated.crude is None else stated.crude / stated.per
    years = written.observed_years  # the events are of so many, the stated rates of one
    expected = expected_counts(people, weights * rates * years)
    return IndirectStandardisation(observed, expected, rates, crude * years)


def _weights(written: StandardisedIndicator) -> FloatArray:
    """Return what an event of each group counts: 1, or the years that a death loses."""
    if written.years_lost_before is None:
        return np.ones(len(written.groups))
    first, last = zip(*(group.years for group in written.groups), strict=True)
    return years_lost(first, [float(year or 0) for year in last], written.years_lost_before)


def _years_per_event(written: StandardisedIndicator, events: FloatArray) -> float:
    """Return by how much the variance of years of life exceeds them: sum of squares over sum."""
    weights = _weights(written)
    deaths = np.nansum(events, axis=1)
    years = float(weights @ deaths)
    return float(weights**2 @ deaths) / years if years > 0 else 1.0


def _scale(node: ResolvedNode, gathering: Gathering, people: FloatArray) -> FloatArray:
    """Return by how much areas are scaled up as some of their residents are not covered."""
    lost, residents = gathering.numbers("not_covered"), people.sum(axis=0)
    _refuse(node, gathering, "not_covered", lost < 0, "the value is negative")
    scale = coverage_scale(residents, lost, _written(node).scale_where_above)
    nobody = np.isnan(scale) & ~np.isnan(residents) & ~np.isnan(lost)
    _refuse(node, gathering, "not_covered", nobody, "no resident is covered")
    return scale


def _limits(
    node: ResolvedNode, columns: Columns, events: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return the confidence limits of the values, in their unit."""
    written, people = _written(node), among(node, columns)
    if written.years_lost_before is None:
        limits = byar_limits(columns["observed"], level)
    else:
        squares = _weights(written) ** 2 @ events
        limits = weighted_limits(columns["observed"], squares, events.sum(axis=0), level)
    lower, upper = (over(limit, people, written.per) for limit in limits)
    return lower, upper


def _record(
    written: StandardisedIndicator,
    columns: Columns,
    found: IndirectStandardisation,
    missing: int,
) -> dict[str, Any]:
    """Return what a reader should know of it: the national rates, and what they add up to."""
    observed, expected = columns["observed"], columns["expected"]
    known = ~(np.isnan(observed) | np.isnan(expected))
    total, norm = float(observed[known].sum()), float(expected[known].sum())
    record: dict[str, Any] = {
        "observed": total,
        "expected": norm,
        "national_ratio": total / norm if norm > 0 else None,
        "national_rates": {
            group.label: float(rate)
            for group, rate in zip(written.groups, found.rates, strict=True)
        },
        "areas_left_out_of_the_rates": missing,
    }
    if not np.isnan(found.crude_rate):
        record["crude_rate"] = found.crude_rate / written.observed_years
    if "scaled_by" in columns:
        record["areas_scaled_up"] = int((columns["scaled_by"] > 1).sum())
    return record


def _refuse(node: ResolvedNode, gathering: Gathering, purpose: str, wrong: Any, said: str) -> None:
    """Refuse numbers that cannot be right: by group and area, or by area."""
    if not wrong.any():
        return
    places = np.argwhere(np.atleast_2d(wrong))
    groups = _written(node).groups
    shown = [
        gathering.areas[int(area)] + (f" ({groups[group].label})" if wrong.ndim > 1 else "")
        for group, area in places[:SHOWN]
    ]
    more = f" and {len(places) - SHOWN:,} more" if len(places) > SHOWN else ""
    sources = getattr(_written(node), purpose)
    tables = dict.fromkeys(node.input_of(source) or "" for source in sources)
    told = f"{purpose} of {', '.join(shown)}{more}: {said}"
    raise DataError(Problem(told, f"look at {', '.join(tables)}", place=node.id))


KIND = Kind(
    "standardised",
    _measure,
    _faults,
    _shrink,
    counts=("observed",),
    gather=_gather,
    meanings={
        "crude_rate": "National rate of all ages together",
        "scaled_by": "Scaled up by this, as some residents are not covered",
        "years_per_event": "Years of life that count as one death where they are shrunk",
        "lower_limit": "Lower confidence limit of the value",
        "upper_limit": "Upper confidence limit of the value",
    },
    among=_count_among,
    worked=_worked,
)
