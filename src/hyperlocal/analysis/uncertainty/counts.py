"""The counts behind indicators, drawn anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hyperlocal.analysis.uncertainty.design import Counts
from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.models import ChangeIndicator
from hyperlocal.definition.nodes import Mean, Rate
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.indicators import REGISTRY, Measured
from hyperlocal.methods import (
    FloatArray,
    LargerAreas,
    Shrinkage,
    sampling_standard_deviation,
    shrink_means,
)
from hyperlocal.methods.resampling import draw_events, draw_means, draw_members, draw_posterior
from hyperlocal.pipeline.computation import Variation
from hyperlocal.pipeline.evaluate import input_columns
from hyperlocal.pipeline.replay import Replay


@dataclass(frozen=True, eq=False)
class Counted:
    """An indicator with the counts that it rests on, and what they say of each area.

    Parameters
    ----------
    node
        The indicator.
    own
        Its columns.
    measured
        The values before shrinkage.
    shrinkage
        The shrinkage that the definition states; of one that is not shrunk, that of areas which
        each keep their own value.
    missing
        The areas without a value.
    """

    node: ResolvedNode
    own: Mapping[str, FloatArray]
    measured: FloatArray
    shrinkage: Shrinkage
    missing: NDArray[np.bool_]

    @property
    def is_sure(self) -> bool:
        """Whether nothing varies: where the scatter of a sample is estimated as 0."""
        variance = self.shrinkage.posterior_variance
        return not (np.nan_to_num(variance, nan=0.0) > 0).any()

    @property
    def has_count(self) -> bool:
        """Whether the value is that of one count, or of a sample, which can be drawn.

        What a change is made of is not known to be a count, and an average of years is not one.
        """
        if isinstance(self.node.written, ChangeIndicator):
            return False
        return isinstance(self.node.written, Mean) or (
            counted_among(self.node, self.own) is not None
        )

    @property
    def per(self) -> float:
        """What a rate is given per."""
        return float(getattr(self.node.written, "per", 1.0))

    @property
    def published(self) -> FloatArray:
        """The values as they are published: shrunk where the definition says so."""
        if self.node.settings.shrink_to == "none":
            return self.measured
        return np.where(self.missing, np.nan, self.shrinkage.shrunk * self.per)

    def value(self, rng: np.random.Generator) -> FloatArray:
        """Draw the values of all areas around their shrunk values."""
        values = draw_posterior(self.shrinkage, rng) * self.per
        return np.where(self.missing, np.nan, values)

    def columns(self, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Draw the counts of all areas as if their shrunk values were true."""
        true = self.shrinkage.shrunk.astype(np.float64)
        own, written = dict(self.own), self.node.written
        of = counted_among(self.node, own)
        if isinstance(written, Rate):
            assert of is not None
            members = written.of_members
            own["numerator"] = (
                draw_members(of, true, rng) if members else draw_events(of * true, rng)
            )
        elif of is not None:
            own["observed"] = draw_events(of * true, rng)
        else:
            drawn = draw_means(true, self.shrinkage.variance, rng)
            own["total" if "total" in own else "column"] = (
                drawn * own["sample_size"] if "total" in own else drawn * self.per
            )
        return own


def counted_among(node: ResolvedNode, own: Mapping[str, FloatArray]) -> FloatArray | None:
    """Return what the count of an indicator is counted among; None where it has no such count.

    Parameters
    ----------
    node
        The indicator.
    own
        Its columns.
    """
    among = REGISTRY[node.written.kind].among
    if among is not None:
        return among(node, own)
    return own.get("denominator", own.get("expected"))


def can_vary(node: ResolvedNode) -> bool:
    """Say whether an indicator rests on counts, or on a sample, that tell how sure it is."""
    written = node.written
    if isinstance(written, Mean):
        return bool({"standard_error", "sample_size"} & set(written.measured_from()))
    return node.is_indicator and REGISTRY[written.kind].shrink is not None


def counts_of(replay: Replay, node: ResolvedNode) -> Counted:
    """Return the counts behind an indicator, and the shrinkage that they bear.

    Parameters
    ----------
    replay
        The index.
    node
        An indicator for which `can_vary`.
    """
    kind = REGISTRY[node.written.kind]
    own = input_columns(node, replay.columns, replay.base)
    measured = kind.measure(node, own)
    geography = node.settings.shrink_to
    if geography == "none":
        shrinkage = _unshrunk(node, measured)
    else:
        assert kind.shrink is not None
        shrinkage = kind.shrink(node, measured, replay.population.larger[geography])
    missing = np.isnan(shrinkage.shrunk)
    if geography == "none" or node.settings.zero_denominator != "larger_area":
        missing |= np.isnan(measured.value)
    return Counted(node, own, measured.value, shrinkage, missing)


def _unshrunk(node: ResolvedNode, measured: Measured) -> Shrinkage:
    """Return the shrinkage of areas that each are a larger area: they keep their own value."""
    kind, size = REGISTRY[node.written.kind], measured.behind.get("sample_size")
    places = np.arange(measured.value.size, dtype=np.intp)
    alone = LargerAreas(codes=places, labels=places)
    written = node.written
    known = "standard_deviation" in measured.behind
    if not isinstance(written, Mean) or size is None or known:
        assert kind.shrink is not None
        return kind.shrink(node, measured, alone)
    values, deviation = measured.value / written.per, written.standard_deviation
    if deviation is None:  # from all areas together: in one of its own none has another beside it
        together = LargerAreas(codes=np.zeros_like(places), labels=np.zeros(1))
        spread = sampling_standard_deviation(values, size, together)
    else:
        spread = deviation / written.per
    return shrink_means(values, alone, sample_size=size, standard_deviation=spread)


class Resampling:
    """The counts of an index, to be drawn again and again.

    Parameters
    ----------
    replay
        The index.
    counts
        Which indicators vary, and how.
    known
        What was worked out of indicators before, by their id and the larger areas that they are
        shrunk to: the same under every other choice, and large.

    Raises
    ------
    ResultsError
        Where no indicator has counts, or one that is named has none.
    """

    def __init__(
        self, replay: Replay, counts: Counts, known: dict[tuple[str, str], Counted]
    ) -> None:
        self.method = counts.method
        self._counted: dict[str, Counted] = {}
        for node in indicators_with_counts(replay, counts.indicators):
            key = (node.id, node.settings.shrink_to)
            if key not in known:
                known[key] = counts_of(replay, node)
            if not known[key].is_sure:
                self._counted[node.id] = known[key]

    @property
    def varies(self) -> tuple[str, ...]:
        """The indicators whose counts vary."""
        return tuple(self._counted)

    def draw(self, rng: np.random.Generator) -> Variation:
        """Draw the counts, or the values, of every indicator that varies."""
        values: dict[str, FloatArray] = {}
        columns: dict[str, dict[str, FloatArray]] = {}
        for name, one in self._counted.items():
            if self.method == "posterior" or not one.has_count:
                values[name] = one.value(rng)
            else:
                columns[name] = one.columns(rng)
        return Variation(columns=columns, values=values)


def indicators_with_counts(replay: Replay, names: Sequence[str]) -> list[ResolvedNode]:
    """Return the indicators whose counts vary.

    Parameters
    ----------
    replay
        The index.
    names
        Their ids; without any, all that have counts and enter the index.

    Raises
    ------
    ResultsError
        Where no indicator has counts, or one that is named has none or is unknown.
    """
    by_id = replay.definition.by_id
    problems = []
    for name in names:
        if name not in by_id:
            problems.append(Problem(f"there is no indicator {name!r} whose counts could vary"))
        elif not can_vary(by_id[name]):
            kind = by_id[name].written.kind
            message = f"{name} is of kind {kind}, which says nothing of how sure it is"
            problems.append(Problem(message, "take it out of the design"))
    if problems:
        raise ResultsError(problems)
    root = replay.definition.id
    enter = [node for node in replay.definition.nodes if root in replay.reached_by([node.id])]
    found = [by_id[name] for name in names] or [node for node in enter if can_vary(node)]
    if not found:
        raise ResultsError(
            Problem(
                "no indicator of the index has counts that could vary",
                "take 'counts' out of the design: its indicators are values, as published",
            )
        )
    return found
