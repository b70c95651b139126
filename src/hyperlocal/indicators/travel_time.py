"""Minutes to the nearest service and back, by public and by private transport."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.kinds.travel_time import GivenTimes, Origins, TravelTimeIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering, RecordTable
from hyperlocal.indicators.measured import Columns, Fault, Kind, Measured, negative, not_above_zero
from hyperlocal.indicators.parts.households import households_of
from hyperlocal.indicators.parts.keys import ABSENT, Keys
from hyperlocal.methods import FloatArray
from hyperlocal.methods.travel import return_minutes, share_by_car, weighted_minutes

SHOWN = 5
MOST_JOURNEYS = 200
"""How many different journeys each origin may have; more are a column that was mistaken."""
TO, FROM = "to_service", "from_service"
MEANINGS = {
    "public": "Minutes there and back by public transport",
    "private": "Minutes there and back by private transport",
    "cars": "Cars and vans of the residents",
    "adults": "Residents who may drive",
}
Journey = tuple[str, str]


@dataclass
class ShortestTimes:
    """The shortest time of each journey from each origin, filled as rows are read.

    Parameters
    ----------
    keys
        What the rows call the origins.
    by_journey
        For each direction and departure the minutes to the nearest service; infinite where no row
        tells.
    """

    keys: Keys
    by_journey: dict[Journey, FloatArray]

    def add(self, origin: NDArray[np.int64], journeys: pl.DataFrame, minutes: FloatArray) -> None:
        """Take in some rows, of which each names a known origin.

        Parameters
        ----------
        origin
            The position of the origin of each.
        journeys
            Its ``direction`` and ``departure``.
        minutes
            The time.
        """
        known = journeys.with_columns(origin=pl.Series(origin), minutes=pl.Series(minutes))
        for journey, rows in known.partition_by(
            "direction", "departure", as_dict=True, include_key=False
        ).items():
            named = (str(journey[0]), str(journey[1]))
            if named not in self.by_journey:
                self.by_journey[named] = np.full(len(self.keys), np.inf)
            shortest = self.by_journey[named]
            np.minimum.at(shortest, rows["origin"].to_numpy(), rows["minutes"].to_numpy())


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, TravelTimeIndicator)
    origins = written.origins
    table = None if origins is None else gathering.records(origins.records)
    keys = Keys(gathering.areas if origins is None else _names(table, origins))
    minutes: dict[str, FloatArray] = {}
    record: dict[str, Any] = {"origins": len(keys)}
    for way, times in written.times().items():
        found = _shortest(gathering.records(times.records), times, keys)
        minutes[way], record[way] = _there_and_back(
            written, found, gathering.records(times.records), way
        )
    columns = minutes
    if origins is not None:
        assert table is not None
        columns = _averaged(table, origins, minutes, len(gathering.areas))
    numbers = {
        name: gathering.numbers(name) for name in ("cars", "adults") if getattr(written, name)
    }
    return Gathered({**columns, **numbers}, record)


def _names(table: RecordTable | None, origins: Origins) -> pl.Series:
    """Return what each origin is called; refuse one that is there twice, or has no name."""
    assert table is not None
    parts = [(batch.frame[origins.key], batch.rows) for batch in table.batches([origins.key])]
    keys = pl.concat([part for part, _ in parts], rechunk=True)
    rows = pl.concat([part for _, part in parts], rechunk=True)
    unnamed = keys.is_null()
    if unnamed.any():
        row = int(rows.filter(unnamed)[0])
        said = f"{int(unnamed.sum()):,} origins have no name"
        raise DataError(table.problem(said, "mend or delete the rows", row, origins.key))
    twice = ~keys.is_first_distinct()
    if twice.any():
        row = int(rows.filter(twice)[0])
        said = f"the origin {keys.filter(twice)[0]} is there twice"
        more = f", and so are {int(twice.sum()) - 1:,} more" if twice.sum() > 1 else ""
        raise DataError(table.problem(said + more, "leave one row of each", row, origins.key))
    return keys


def _shortest(table: RecordTable, times: GivenTimes, keys: Keys) -> ShortestTimes:
    """Read the times of one way of travel: of each journey that to the nearest service."""
    found = ShortestTimes(keys, {})
    texts = [times.origin, times.departure, times.direction.column if times.direction else ""]
    used = 0
    for batch in table.batches([name for name in texts if name], [times.minutes], times.where):
        minutes = _minutes(table, batch, times)
        origin = keys.positions(batch.frame[times.origin])
        unnamed, known = batch.frame[times.origin].is_null(), origin != ABSENT
        table.leave_out("it names no origin", batch.rows.filter(unnamed))
        others = batch.rows.filter(~unnamed & ~pl.Series(known))
        table.leave_out("its origin is none of the origins", others, allowed=True)
        used += int(known.sum())
        journeys = _journeys(table, batch, times, known).filter(pl.Series(known))
        minutes = np.where(np.isnan(minutes), np.inf, minutes)  # there is no way
        found.add(origin[known], journeys, minutes[known])
        if len(found.by_journey) > MOST_JOURNEYS:
            said = f"there are more than {MOST_JOURNEYS} different departures"
            remedy = "name the column of the departure, which is the same for all origins"
            raise DataError(table.problem(said, remedy, None, times.departure))
    if not used:
        said = f"no row names an origin, such as {', '.join(map(repr, keys.texts.head(SHOWN)))}"
        remedy = "look at how the origins are written in both tables"
        raise DataError(table.problem(said, remedy, None, times.origin))
    return found


def _minutes(table: RecordTable, batch: Batch, times: GivenTimes) -> FloatArray:
    minutes = batch.frame[times.minutes].fill_null(np.nan).to_numpy()
    if (minutes < 0).any():
        row = int(batch.rows[int(np.argmax(minutes < 0))])
        said, remedy = "the time is negative", "mend it or mark it missing"
        raise DataError(table.problem(said, remedy, row, times.minutes))
    return minutes


def _journeys(
    table: RecordTable, batch: Batch, times: GivenTimes, known: NDArray[np.bool_]
) -> pl.DataFrame:
    """Return the direction and the departure of each row; a known origin must have both."""
    departure = pl.lit("")
    if times.departure:
        departure = pl.col(times.departure)
        unsaid = batch.frame[times.departure].is_null() & pl.Series(known)
        if unsaid.any():
            row = int(batch.rows.filter(unsaid)[0])
            said, remedy = "the journey has no departure", "mend it, or delete the row"
            raise DataError(table.problem(said, remedy, row, times.departure))
    if times.direction is None:
        direction = pl.lit(TO)
    else:
        stated, column = times.direction, times.direction.column
        ways = {**dict.fromkeys(stated.to_service, TO), **dict.fromkeys(stated.from_service, FROM)}
        strange = batch.frame[column].is_in(list(ways)).not_().fill_null(True)
        if strange.any():
            marks = batch.frame[column].filter(strange).unique(maintain_order=True).head(SHOWN)
            said = f"there is no direction {', '.join(repr(mark or '') for mark in marks)}"
            remedy = f"known are {', '.join(map(repr, ways))}: state it under 'direction'"
            row = int(batch.rows.filter(strange)[0])
            raise DataError(table.problem(said, remedy, row, column))
        direction = pl.col(column).replace_strict(ways, return_dtype=pl.String)
    return batch.frame.select(direction.alias("direction"), departure.alias("departure"))


def _there_and_back(
    written: TravelTimeIndicator, found: ShortestTimes, table: RecordTable, way: str
) -> tuple[FloatArray, dict[str, Any]]:
    """Return the minutes of each origin there and back, and what became of those without."""
    journeys = sorted(found.by_journey)
    timed = {one for one, times in found.by_journey.items() if (times < np.inf).any()}
    there = {direction for direction, _ in timed}
    both = written.times()[way].direction is not None
    if not timed or (both and len(there) < 2):
        said = "no row holds a time" if not timed else "all journeys lead one way"
        remedy = "look at the minutes" if not timed else "leave 'direction' out to double them"
        raise DataError(table.problem(said, remedy))
    minutes = np.column_stack([found.by_journey[journey] for journey in journeys])
    lacking = np.isinf(minutes)
    absent = np.asarray(lacking.any(axis=1))
    if absent.any() and written.absent == "refuse":
        raise DataError(_absent(found, lacking, table, way))
    if written.absent == "longest":
        assert written.longest is not None
        minutes[lacking] = written.longest
    minutes[np.isinf(minutes)] = np.nan
    homeward = [direction == FROM for direction, _ in journeys] if both else None
    longest = math.inf if written.longest is None else written.longest
    told = {
        "journeys": len(journeys),
        "origins_without_all_times": int(absent.sum()),
        "times_above_the_longest": int((minutes > longest).sum()),
    }
    return return_minutes(minutes, homeward, longest), told


def _absent(
    found: ShortestTimes, lacking: NDArray[np.bool_], table: RecordTable, way: str
) -> Problem:
    """Say how many origins lack a time, and name some."""
    absent = np.asarray(lacking.any(axis=1))
    number, names = int(absent.sum()), found.keys.texts.filter(pl.Series(absent))
    shown = ", ".join(names.head(SHOWN)) + (f" and {number - SHOWN:,} more" * (number > SHOWN))
    in_part = int((absent & ~lacking.all(axis=1)).sum())
    partly = f"; {in_part:,} of them have some departures" if in_part else ""
    said = f"the {way} times miss {number:,} of {len(absent):,} origins, such as {shown}{partly}"
    remedy = (
        "add their rows, or state 'absent: longest' where it takes longer than the longest time, "
        "or 'absent: leave_out'"
    )
    return table.problem(said, remedy)


def _averaged(
    table: RecordTable,
    origins: Origins,
    minutes: Mapping[str, FloatArray],
    areas: int,
) -> dict[str, FloatArray]:
    """Average the minutes of origins over the areas that they lie in."""
    total = np.zeros((areas, 2 * len(minutes)))
    first = 0
    numbers = [origins.households] if origins.households else []
    for batch in table.batches(numbers=numbers, located=True):
        rows = slice(first, first + len(batch.rows))
        first = rows.stop
        households = households_of(table, batch, origins.households)
        columns = []
        for times in minutes.values():
            known = ~np.isnan(times[rows])
            columns += [np.where(known, times[rows], 0) * households, known * households]
        total += table.totals(batch, np.column_stack(columns))
    means = {}
    for place, way in enumerate(minutes):
        weighed, weight = total[:, 2 * place], total[:, 2 * place + 1]
        means[way] = np.full(areas, np.nan)
        np.divide(weighed, weight, out=means[way], where=weight > 0)
    return means


def _measure(node: ResolvedNode, columns: Columns) -> Measured:
    """Weigh the times by public and by private transport by the cars of the area."""
    if "adults" not in columns:
        (minutes,) = columns.values()
        return Measured(minutes, dict(columns))
    cars, adults = (np.maximum(columns[name], 0) for name in ("cars", "adults"))  # see _faults
    share = share_by_car(cars, adults)
    value = weighted_minutes(columns["public"], columns["private"], np.nan_to_num(share))
    value[np.isnan(share)] = np.nan
    return Measured(value.astype(columns["public"].dtype, copy=False), dict(columns))


def _faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    """Find negative numbers of cars and adults, and areas without adults."""
    if "adults" not in columns:
        return []
    return negative(columns, "cars", "adults") + not_above_zero(node, columns, "adults")


def _worked(node: ResolvedNode, numbers: Mapping[str, float]) -> str:
    """Write how public and private times are weighed, with the numbers of an area put in."""
    if "adults" not in numbers:
        return ""
    public, private, cars, adults = (f"{numbers[name]:.10g}" for name in MEANINGS)
    by_car = f"min({cars} / {adults}, 1)"
    return f"{by_car} x {private} + (1 - {by_car}) x {public}"


KIND = Kind("travel_time", _measure, _faults, gather=_gather, worked=_worked, meanings=MEANINGS)
