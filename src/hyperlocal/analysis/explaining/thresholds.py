"""The smallest change of each indicator that would move an area into another decile."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import isnan
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.analysis.explaining.area import Area, find_area
from hyperlocal.analysis.explaining.decomposition import score_of
from hyperlocal.analysis.explaining.steps import OVER, behind, shrinkage
from hyperlocal.analysis.measures import Measure
from hyperlocal.analysis.report import Report, made_from
from hyperlocal.analysis.uncertainty.counts import counted_among
from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.effect import standardisation
from hyperlocal.definition.nodes import Rate, Ratio
from hyperlocal.indicators import REGISTRY
from hyperlocal.methods import FloatArray, LargerAreas, deciles
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.computation import Variation
from hyperlocal.pipeline.replay import Replay

DIRECTIONS = {"more deprived": 1, "less deprived": -1}
ALONE = "not by this indicator alone"
ROUNDING = 1e-9
MOST = 1e7
CLOSE = 1e-12


@dataclass(frozen=True)
class Crossing:
    """The value at which an area comes into another decile.

    Parameters
    ----------
    value
        The value, in the unit of the indicator.
    beyond
        Whether it must be passed, by however little; else it is enough to reach it.
    decile
        The decile that the area then is in.
    way
        1 where the value must rise, -1 where it must fall.
    """

    value: float
    beyond: bool
    decile: int
    way: int


@dataclass(frozen=True)
class Leaf:
    """An indicator with the way up to the index.

    Parameters
    ----------
    node
        The indicator.
    above
        The nodes that it goes up through, the index first.
    sign
        1 where a score of more need makes the index higher, -1 where it makes it lower (by a
        negative weight), 0 where it has no weight.
    """

    node: ResolvedNode
    above: tuple[str, ...]
    sign: int


def thresholds(results: Results, area: str, replay: Replay | None = None) -> Report:
    """Find the smallest change of each indicator that moves an area into another decile.

    Parameters
    ----------
    results
        The finished index.
    area
        The code of the area, or its name.
    replay
        The index computed again, where it was before.

    Returns
    -------
    Report
        ``thresholds``: for each indicator two rows, towards more and towards less deprived, those
        that have to pass the fewest other areas first.

    Raises
    ------
    ResultsError
        Where there is no such area, or it has no score.

    Notes
    -----
    One value of one area is changed at a time, and the index is computed again with it: the
    values of all other areas stay, and so do all weights, estimated ones too; what other areas
    score moves as far as the one value moves it. The value is that which is ranked, after
    shrinkage. It is searched from the present value to just past the last of the other areas:
    beyond what any area has, nothing is claimed.

    The stretch is halved until one step is left, across which the decile changes. That is the
    nearest such step where the decile only falls as the value rises. Where ranks are combined more
    than once, each area that is passed gives up a place, which can lift a third one past the area
    under study: within a place or two of the border, a nearer step can exist.
    """
    replay = replay or Replay.of(results)
    here = find_area(results, area)
    score_of(replay, here)
    search = Search(replay, here)
    rows = [row for leaf in leaves(replay) for row in _rows(search, leaf)]
    table = pl.DataFrame(rows, schema=SCHEMA).sort(
        "direction", "places", descending=[True, False], nulls_last=True, maintain_order=True
    )
    about = {
        "results": made_from(results),
        "area": results.areas["area_code"][here.row],
        "decile": search.decile_now,
        "held": "the values of all other areas, and all weights",
    }
    return Report("explain", {"thresholds": table}, about)


SCHEMA = {
    "direction": pl.String,
    "decile": pl.Int64,
    "to_decile": pl.Int64,
    "node": pl.String,
    "title": pl.String,
    "parent": pl.String,
    "unit": pl.String,
    "value": pl.Float64,
    "needed_value": pl.Float64,
    "change": pl.Float64,
    "beyond": pl.Boolean,
    "places": pl.Int64,
    "numerator": pl.Float64,
    "count_change": pl.Int64,
    "reason": pl.String,
}


def leaves(replay: Replay) -> Iterator[Leaf]:
    """Yield the indicators that enter an index, each with its way up."""

    def walk(node: ResolvedNode, above: tuple[str, ...], sign: int) -> Iterator[Leaf]:
        if node.is_indicator:
            yield Leaf(node, above, sign)
            return
        weighing = replay.base[node.id].weighing
        assert weighing is not None
        for child, weight in zip(node.children, weighing.weights, strict=True):
            yield from walk(child, (*above, node.id), sign * int(np.sign(weight)))

    yield from walk(replay.definition.root, (), 1)


@dataclass(frozen=True, eq=False)
class Search:
    """The search for the values at which one area comes into another decile.

    Parameters
    ----------
    replay
        The index.
    area
        The area, which has a score.
    """

    replay: Replay
    area: Area

    @cached_property
    def decile_now(self) -> int:
        """The decile that the area is in."""
        return self._decile_in(self.replay.base[self.replay.definition.root.id].score)

    def values(self, node: ResolvedNode) -> FloatArray:
        """Return the values of an indicator that are ranked, shrunk where they are."""
        columns = self.replay.base[node.id].columns
        return columns.get("shrunk", columns["value"])

    def decile_with(self, leaf: Leaf, value: float) -> int:
        """Return the decile of the area if an indicator had another value there."""
        return self._decile_in(self.score_with(leaf, value))

    def score_with(self, leaf: Leaf, value: float) -> FloatArray | None:
        """Return the score of all areas if an indicator of the one had another value."""
        values = self.values(leaf.node).copy()
        values[self.area.row] = value
        base = self.replay.base
        held = {name: base[name].weighing for name in leaf.above}
        weights = {name: found.weights for name, found in held.items() if found is not None}
        found = self.replay.evaluate(Variation(values={leaf.node.id: values}, weights=weights))
        return found[self.replay.definition.root.id].score

    def crossing(self, leaf: Leaf, direction: int) -> Crossing | None:
        """Find the value nearest to the present one that brings the area into another decile.

        Parameters
        ----------
        leaf
            The indicator, which has a value and a weight.
        direction
            1 towards more deprived, -1 towards less deprived.
        """
        settings = leaf.node.settings
        rises = direction * leaf.sign * (-1 if settings.high_value == "less_need" else 1)
        values = self.values(leaf.node) * rises  # so that it is to go up
        own = float(values[self.area.row])
        others = np.unique(np.delete(values, self.area.row))
        others = others[others >= own]  # none of those missing

        def value_at(place: int) -> float:
            """Return the value that equals that of another area, or just passes it, in turn."""
            other = others[place // 2]
            return float(np.nextafter(other, np.inf, dtype=other.dtype) if place % 2 else other)

        def crosses(value: float) -> bool:
            return (self.decile_now - self.decile_with(leaf, value * rises)) * direction > 0

        places = range(int(others.size > 0 and others[0] == own), 2 * others.size)
        if not places or not crosses(value_at(places[-1])):
            return None
        at = places[bisect_left(places, True, key=lambda place: crosses(value_at(place)))]
        ranked = settings.transform == "exponential" or standardisation(leaf.node) == (
            "normal_scores"
        )
        if ranked:
            found, beyond = value_at(at), at % 2 == 1
            value = float(others[at // 2])
        else:
            before = own if at == places[0] else value_at(at - 1)
            value = found = _between(before, value_at(at), crosses)
            beyond = False
        return Crossing(value * rises, beyond, self.decile_with(leaf, found * rises), rises)

    def _decile_in(self, score: FloatArray | None) -> int:
        """Return the decile of the area among the scores of all."""
        assert score is not None
        root = Measure(self.area.results, self.replay.definition.root)
        conventions = root.node.settings.conventions
        above = int(np.count_nonzero(score > score[self.area.row]))
        tied = int(np.count_nonzero(score == score[self.area.row]))
        middle = conventions.published_ties == "average"
        rank = above + (1 + tied) / 2 if middle else above + 1
        return int(deciles([rank], root.number, conventions.deciles)[0])


def _between(before: float, after: float, crosses: Callable[[float], bool]) -> float:
    """Halve a stretch to the first value that crosses, where any value makes a difference."""
    while after - before > CLOSE * max(abs(before), abs(after)):
        middle = (before + after) / 2
        if not before < middle < after:
            break
        before, after = (before, middle) if crosses(middle) else (middle, after)
    return after


def _rows(search: Search, leaf: Leaf) -> Iterator[dict[str, Any]]:
    """Yield what is found for an indicator, in either direction."""
    node = leaf.node
    value = float(search.values(node)[search.area.row])
    for name, direction in DIRECTIONS.items():
        reason = _impossible(search, leaf, direction, value)
        crossing = None if reason else search.crossing(leaf, direction)
        row = {
            "direction": name,
            "decile": search.decile_now,
            "node": node.id,
            "title": node.title,
            "parent": leaf.above[-1],
            "unit": node.written.unit or None,
            "value": None if isnan(value) else value,
        }
        if crossing is None:
            yield {**row, "reason": reason or ALONE}
            continue
        numerator, change = count_change(search.area, node, crossing)
        yield {
            **row,
            "to_decile": crossing.decile,
            "needed_value": crossing.value,
            "change": crossing.value - value,
            "beyond": crossing.beyond,
            "places": _passed(search, leaf, crossing),
            "numerator": numerator,
            "count_change": change,
        }


def _impossible(search: Search, leaf: Leaf, direction: int, value: float) -> str:
    if isnan(value):
        return "it has no value here"
    if leaf.sign == 0:
        return "it has no weight"
    if search.decile_now == (1 if direction > 0 else 10):
        return f"no decile is {'more' if direction > 0 else 'less'} deprived"
    return ""


def _passed(search: Search, leaf: Leaf, crossing: Crossing) -> int:
    """Count the other areas whose value is passed, those that it leaves behind among them."""
    values = search.values(leaf.node)
    own = values[search.area.row]
    others = np.delete(values, search.area.row)
    low, high = sorted((float(own), crossing.value))
    end = others == crossing.value
    between = (others >= low) & (others <= high) & (crossing.beyond | ~end)
    return int(np.count_nonzero(between))


def count_change(
    area: Area, node: ResolvedNode, crossing: Crossing
) -> tuple[float | None, int | None]:
    """Return the count behind a rate or a ratio, and how far it must change for a value.

    Parameters
    ----------
    area
        The area.
    node
        The indicator.
    crossing
        The value that is needed.

    Returns
    -------
    tuple
        The numerator now, and by how many whole counts it must rise (or fall, negative) with the
        denominator as it is. None where there is none, or where no count would do.

    Notes
    -----
    A shrunk value is shrunk again with each count, and so with its new weight. The value of the
    larger area, M, and the variance within it, t², stay as they are. The first count that comes to
    the value is taken: a smaller count can say so little that it is drawn further back to M.
    """
    over, under = ("observed", "expected") if area.has(node, "observed") else OVER[0]
    is_count = isinstance(node.written, Rate | Ratio)
    if not (is_count and area.has(node, over) and area.has(node, under)):
        return None, None
    own = {name: area.column(node, name)[[area.row]] for name in behind(area, node)}
    among = counted_among(node, own)
    now, denominator = area.value(node, over), 0.0 if among is None else float(among[0])
    if now is None or not denominator > 0:
        return now, None
    members = isinstance(node.written, Rate) and node.written.of_members
    most = now if crossing.way < 0 else denominator - now if members else MOST
    close = ROUNDING * max(1.0, abs(crossing.value)) * (1 if crossing.beyond else -1)
    reach = 0
    while reach <= most:
        reach = min(max(1000 * reach, 1000), int(most) + 1)
        changes = np.arange(1 if crossing.beyond else 0, min(reach, int(most)) + 1)
        counts = {name: np.repeat(held, changes.size) for name, held in own.items()}
        counts[over] = now + crossing.way * changes
        values = _values_with(area, node, counts)
        there = np.flatnonzero((values - crossing.value) * crossing.way >= close)
        if there.size:
            return now, crossing.way * int(changes[there[0]])
    return now, None


def _values_with(area: Area, node: ResolvedNode, counts: Mapping[str, FloatArray]) -> FloatArray:
    """Return the values of an area with other counts, shrunk where they are."""
    kind = REGISTRY[node.written.kind]
    measured = kind.measure(node, counts)
    if not area.has(node, "shrunk"):
        return measured.value
    assert kind.shrink is not None
    found = shrinkage(area, node)
    alone = LargerAreas(np.zeros(measured.value.size, np.intp), np.zeros(1))
    own = kind.shrink(node, measured, alone)
    larger, between = found.larger_estimate[area.row], found.between_variance[area.row]
    weight = np.where(np.isnan(between), 1.0, between / (between + own.variance))
    own = replace(own, weight=weight, larger_estimate=np.full_like(weight, larger))
    return own.back(own.posterior_mean) * float(getattr(node.written, "per", 1.0))
