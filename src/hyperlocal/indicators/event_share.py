"""Events, such as crimes, shared among the areas near them, over the people or homes there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.kinds.event_share import EventShareIndicator, EventTypes
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError
from hyperlocal.indicators import rate
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering, RecordTable
from hyperlocal.indicators.measured import Kind
from hyperlocal.indicators.parts.chosen import NO_LOCATION
from hyperlocal.indicators.parts.larger_totals import constrain
from hyperlocal.methods import FloatArray

NOT_NEAR = "the record lies near no area"
NEAR_OTHERS = "no area that it lies near is in the index"
SHOWN, RECORDED = 20, 100
"""How many types a message names, and the provenance of those that do not count."""
UNTYPED = ""
"""Stands for the type of an event that has none."""
IntArray = NDArray[np.int64]


@dataclass
class EventsByType:
    """The events of a table, shared among areas, type by type.

    Parameters
    ----------
    areas
        How many areas have boundaries, those of the index first, and
    of_the_index
        how many of them are of the index.
    types
        The position of each type that was found.
    number
        How many events are of each type, and
    first_row
        the row of the first of each.
    left_out
        For each reason the events without an area: the position of their type, and their row.
    """

    areas: int
    of_the_index: int
    types: dict[str, int] = field(default_factory=dict)
    number: dict[str, int] = field(default_factory=dict)
    first_row: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    _totals: Any = None

    def add(self, batch: Batch, column: str, boundaries: Any, metres: float) -> None:
        """Share some events.

        Parameters
        ----------
        batch
            The events.
        column
            The column of their types; empty where all are of one.
        boundaries
            The boundaries of all areas.
        metres
            How far from an event an area may lie.
        """
        from hyperlocal.geography import share_events

        types = self._types(batch, column)
        x, y = batch.coordinates()
        found = share_events(x, y, boundaries, metres, types, len(self.types), self.of_the_index)
        if self._totals is not None:
            self._totals.resize(found.totals.shape)
        self._totals = found.totals if self._totals is None else self._totals + found.totals
        nowhere = np.isnan(x)
        for reason, rows in (
            (NO_LOCATION, nowhere),
            (NOT_NEAR, ~nowhere & (found.near == 0)),
            (NEAR_OTHERS, (found.near > 0) & ~found.inside),
        ):
            left = pl.DataFrame({"type": types, "row": batch.rows}).filter(pl.Series(rows))
            self.left_out.setdefault(reason, []).append(left)

    def totals(self, chosen: Sequence[str]) -> FloatArray:
        """Return the events of some types in each area, those of the index first."""
        rows = [self.types[name] for name in chosen]
        return np.asarray(self._totals[rows].sum(axis=0), np.float64)

    def tell_left_out(self, table: RecordTable, chosen: Sequence[str]) -> None:
        """Tell a table which events of some types have no area, of how many."""
        places = [self.types[name] for name in chosen]
        table.among(sum(self.number[name] for name in chosen))
        for reason, parts in self.left_out.items():
            for part in parts:
                rows = part.filter(pl.col("type").is_in(places))["row"]
                table.leave_out(reason, rows, allowed=reason == NEAR_OTHERS)

    def _types(self, batch: Batch, column: str) -> IntArray:
        """Return the position of the type of each event; types that are new are noted."""
        named = batch.frame[column] if column else pl.repeat(UNTYPED, len(batch.rows), eager=True)
        named = named.fill_null(UNTYPED)
        found = pl.DataFrame({"type": named, "row": batch.rows}).group_by(
            "type", maintain_order=True
        )
        for name, number, row in found.agg(pl.len(), pl.first("row")).iter_rows():
            self.types.setdefault(name, len(self.types))
            self.first_row.setdefault(name, row)
            self.number[name] = self.number.get(name, 0) + number
        if not self.types:  # none of the first events is one that is wanted
            return np.zeros(0, np.int64)
        positions = named.replace_strict(self.types, return_dtype=pl.Int64)
        return np.asarray(positions.to_numpy())


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, EventShareIndicator)
    table = gathering.records(written.records)
    events = _shared(gathering, table, written)
    chosen, others = _chosen(gathering, table, events, written.types)
    events.tell_left_out(table, chosen)
    counts = events.totals(chosen)
    outside = float(counts[events.of_the_index :].sum())
    record: dict[str, Any] = {
        "events": sum(events.number[name] for name in chosen),
        "shared_with_areas_outside_the_index": outside,
    }
    if written.types is not None:
        record["types"] = {name: events.number[name] for name in chosen}
        others = sorted(others, key=lambda name: -events.number[name])
        record["events_of_other_types"] = sum(events.number[name] for name in others)
        record["other_types"] = {name or "none": events.number[name] for name in others[:RECORDED]}
    counts = counts[: events.of_the_index]
    if written.constrain:
        table.refuse_left_out()  # or totals would be blamed that no event is left for
        found, record["constrained"] = constrain(gathering, counts, written.constrain)
        counts = np.asarray(found)
    denominators = {name: gathering.numbers(name) for name in written.columns()}
    return Gathered({"numerator": counts, **denominators}, record)


def _shared(gathering: Gathering, table: RecordTable, written: EventShareIndicator) -> EventsByType:
    """Share the events of a table; the types of one table are shared at once."""
    column = written.types.column if written.types is not None else ""
    key = repr(("event_share", written.records, written.where, written.within, column))
    if key not in gathering.cache:
        boundaries = gathering.boundaries()
        events = EventsByType(len(boundaries.codes), len(gathering.areas))
        texts = [column] if column else []
        for batch in table.batches(texts, where=written.where, located=True):
            events.add(batch, column, boundaries, written.within)
        gathering.cache[key] = events
    found: EventsByType = gathering.cache[key]
    return found


def _chosen(
    gathering: Gathering, table: RecordTable, events: EventsByType, types: EventTypes | None
) -> tuple[list[str], list[str]]:
    """Return the types in the table that count, and those that do not; refuse unknown ones."""
    if types is None:
        return list(events.types), []
    counted = frozenset(gathering.codes(types.list))
    known = counted.union(*(gathering.codes(name) for name in types.known))
    unknown = [name for name in events.types if name not in known]
    if unknown and types.other_types == "refuse":
        row = min(events.first_row[name] for name in unknown)
        shown = ", ".join(repr(name) if name else "none at all" for name in unknown[:SHOWN])
        more = f" and {len(unknown) - SHOWN:,} more" if len(unknown) > SHOWN else ""
        number = sum(events.number[name] for name in unknown)
        are = "event is of a type that is" if number == 1 else "events are of types that are"
        said = f"{number:,} {are} in no list: {shown}{more}"
        remedy = "mend them, name lists that hold them as 'known', or state 'other_types: drop'"
        raise DataError(table.problem(said, remedy, row, types.column))
    chosen = [name for name in events.types if name in counted]
    if not chosen:
        said = f"no event is of a type in the list {types.list!r}"
        found = ", ".join(map(repr, list(events.types)[:SHOWN]))
        raise DataError(table.problem(said, f"types in the table are {found}", None, types.column))
    return chosen, [name for name in events.types if name not in counted]


KIND = Kind(
    "event_share",
    rate.measure,
    rate.faults,
    rate.shrink,
    gather=_gather,
    meanings={rate.LESS: rate.KIND.meanings[rate.LESS]},
    among=rate.among,
    worked=rate.worked,
)
