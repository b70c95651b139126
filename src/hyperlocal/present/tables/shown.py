"""Values of an indicator at the areas at which they may be shown, made from those of the index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.measures import column
from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.models import ChangeIndicator, CountIndicator
from hyperlocal.definition.nodes import Indicator, Mean, Quotient, Rate, Ratio
from hyperlocal.definition.publishing import counts_are_altered
from hyperlocal.indicators import REGISTRY
from hyperlocal.indicators.measured import over
from hyperlocal.indicators.rate import counted as counted_of_rate
from hyperlocal.indicators.standardised import among as among_expected
from hyperlocal.methods import FloatArray
from hyperlocal.methods.disclosure import Counted, disclose_rate, round_counts, small_counts
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.replay import OF_VALUE
from hyperlocal.pipeline.write import population_column

Evidence = Mapping[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Places:
    """The areas at which values are shown, and in which of them each area of the index lies.

    Parameters
    ----------
    geography
        Their geography.
    codes, names
        Their codes and names, in order; no names where none are known.
    of : shape (areas of the index,)
        The place of the one that each area lies in; -1 where it lies in none.
    own
        Whether they are the areas of the index.
    """

    geography: str
    codes: pl.Series
    names: pl.Series | None
    of: NDArray[np.int64]
    own: bool = False

    @classmethod
    def at(cls, results: Results, geography: str) -> Places:
        """Return the areas of the index, or the larger ones of a geography that it states."""
        areas = results.areas
        if geography == results.definition.areas.geography:
            of = np.arange(areas.height)
            return cls(geography, areas["area_code"], areas["area_name"], of, own=True)
        code, name = f"{geography}_code", f"{geography}_name"
        there = [one for one in (code, name) if one in areas.columns]
        listed = areas.select(there).unique(code, keep="first").drop_nulls(code).sort(code)
        place = areas[code].replace_strict(
            listed[code], np.arange(listed.height), default=-1, return_dtype=pl.Int64
        )
        names = listed[name] if name in there else None
        return cls(geography, listed[code], names, place.to_numpy())

    def sums(self, values: FloatArray) -> FloatArray:
        """Add the numbers of areas up; missing where that of one of them is."""
        if self.own:
            return values
        inside = self.of >= 0
        weights = values[inside].astype(np.float64)
        return np.bincount(self.of[inside], weights, len(self.codes)).astype(np.float64)

    @property
    def areas(self) -> FloatArray:
        """How many areas of the index lie in each."""
        return self.sums(np.ones(len(self.of)))


@dataclass(frozen=True, eq=False)
class Shown:
    """What is shown of an indicator.

    Parameters
    ----------
    value
        Its values, NaN where there is none to show.
    hidden
        Where there is one, and it is not shown.
    counts
        The counts behind it that are shown, by their names, each with where it is hidden.
    how
        How the values of larger areas are made, where that is not plain.
    """

    value: FloatArray
    hidden: NDArray[np.bool_]
    counts: Mapping[str, tuple[FloatArray, NDArray[np.bool_]]] = field(default_factory=dict)
    how: str = ""


@dataclass(frozen=True, eq=False)
class _Quotient:
    """A value as what is added up over larger areas: `per` times `top` over `bottom`."""

    top: FloatArray
    bottom: FloatArray
    per: float
    counted: Counted | None = None


def shown_values(results: Results, node: ResolvedNode, places: Places) -> Shown | None:
    """Return the values of an indicator at some areas as its definition lets them be shown.

    Parameters
    ----------
    results
        The finished index.
    node
        The indicator.
    places
        The areas.

    Returns
    -------
    Shown or None
        The values; None where they cannot be made for these areas.

    Notes
    -----
    What a value is made of is added up over the larger area, and measured as it was for the areas
    of the index. So a rate is the summed numerator over the summed denominator, a mean the summed
    total over the people behind it, and a ratio the observed over the expected. A value of which
    nothing is known but itself is averaged, weighted by the node's population. Where an area lacks
    one of these numbers, so does the larger area.
    """
    publish, evidence = node.settings.publish, _evidence(results, node)
    value = column(results, f"{node.id}_value")
    if places.own and not counts_are_altered(node):
        return Shown(value, np.zeros(value.size, bool))
    below = None if publish.suppress_below == "none" else publish.suppress_below
    base = None if publish.round_to == "none" else publish.round_to
    quotient = _quotient(node, evidence)
    if isinstance(node.written, CountIndicator):
        return _count(places.sums(value), base, below)
    if isinstance(node.written, ChangeIndicator) and node.written.averaged_with is None:
        return _change(node, evidence, places, below)
    if quotient is None:
        return _averaged(results, node, value, places)
    top, bottom = places.sums(quotient.top), places.sums(quotient.bottom)
    if quotient.counted is None or not counts_are_altered(node):
        few = _few(bottom, below)  # the people behind a mean
        of = over(top, bottom, quotient.per)
        return Shown(np.where(few, np.nan, of), few & ~np.isnan(of))
    found = disclose_rate(
        top, bottom, quotient.counted, per=quotient.per, round_to=base, suppress_below=below
    )
    counts = {"numerator": (found.numerator, found.numerator_hidden)}
    if quotient.counted == "expected":
        counts = {"observed": counts["numerator"]}
    else:
        counts["denominator"] = (found.denominator, found.denominator_hidden)
    return Shown(found.value, found.value_hidden, counts)


def _evidence(results: Results, node: ResolvedNode) -> dict[str, FloatArray]:
    """Return the numbers that an indicator was measured from."""
    assert isinstance(node.written, Indicator)
    names = [*node.written.measured_from(), *(["numerator"] if node.children else [])]
    return {
        name: column(results, f"{node.id}_{'value' if name == OF_VALUE else name}")
        for name in names
    }


def _quotient(node: ResolvedNode, evidence: Evidence) -> _Quotient | None:
    """Return what the value of an indicator is divided from; None where it is no quotient."""
    written = node.written
    if isinstance(written, Rate):
        counted: Counted = "members" if written.of_members else "events"
        return _Quotient(*counted_of_rate(node, evidence), written.per, counted)
    if isinstance(written, Ratio):
        standardised = written.kind == "standardised"
        expected = among_expected(node, evidence) if standardised else evidence["expected"]
        return _Quotient(evidence["observed"], expected, written.per, "expected")
    if isinstance(written, Quotient):
        return _Quotient(evidence["numerator"], evidence["denominator"], written.per)
    if isinstance(written, Mean) and "sample_size" in evidence and written.kind != "change":
        people = evidence["sample_size"]
        total = evidence["total"] if "total" in evidence else evidence[OF_VALUE] * people
        return _Quotient(total, people, written.per)
    return None


def _few(people: FloatArray, below: int | None) -> NDArray[np.bool_]:
    return np.zeros(people.size, bool) if below is None else small_counts(people, below)


def _count(total: FloatArray, base: int | None, below: int | None) -> Shown:
    few = _few(total, below)
    total = total if base is None else round_counts(total, base)
    return Shown(np.where(few, np.nan, total), few)


def _change(node: ResolvedNode, evidence: Evidence, places: Places, below: int | None) -> Shown:
    """Measure a change from what was before and after in the larger areas."""
    summed = {name: places.sums(values) for name, values in evidence.items()}
    value = REGISTRY[node.written.kind].measure(node, summed).value
    few = _few(summed.get("sample_size", np.full(value.size, np.nan)), below)
    return Shown(np.where(few, np.nan, value), few & ~np.isnan(value))


def _averaged(
    results: Results, node: ResolvedNode, value: FloatArray, places: Places
) -> Shown | None:
    """Average values by the population of the node; None where it is not known."""
    first = next((one.id for one in results.definition.populations), "")
    name = node.settings.population or first
    if population_column(name) not in results.areas.columns:
        return None
    people = column(results, population_column(name))
    weighed = np.where(people > 0, value * people, people)  # nobody weighs nothing
    title = next(one.title for one in results.definition.populations if one.id == name)
    mean = over(places.sums(weighed), places.sums(people), 1.0)
    return Shown(mean, np.zeros(mean.size, bool), how=f"averaged by {title}")
