"""Assets in and near areas, over the people in and near them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from hyperlocal.definition.chosen import PlacedRecords
from hyperlocal.definition.kinds.density import DensityIndicator, Places
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError
from hyperlocal.indicators import rate
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering
from hyperlocal.indicators.measured import Kind
from hyperlocal.indicators.parts.chosen import (
    NO_LOCATION,
    Classes,
    Located,
    counted_batches,
    located_batches,
)
from hyperlocal.methods import FloatArray

NOT_NEAR = "the record lies near no area"
NEAR_OTHERS = "no area that it lies near is in the index"
NO_PLACE = "the record names no place"
UNKNOWN_PLACE = "its place is not known"


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, DensityIndicator)
    classes = Classes(gathering, written.assets)
    numerator = _near(gathering, written, written.assets, classes)
    # the people are the same for many indicators
    key = repr(("people", written.people, written.places, written.within))
    if key not in gathering.cache:
        gathering.cache[key] = _near(gathering, written, written.people)
    columns = {"numerator": numerator, "denominator": gathering.cache[key]}
    return Gathered(columns, {"assets": classes.found})


def _near(
    gathering: Gathering,
    written: DensityIndicator,
    chosen: PlacedRecords,
    classes: Classes | None = None,
) -> FloatArray:
    """Add the numbers of records up over the areas that each lies in or near."""
    from hyperlocal.geography import areas_near

    boundaries, number = gathering.boundaries(), len(gathering.areas)
    total = np.zeros(len(boundaries.codes))
    for found in _batches(gathering, chosen, written.places, classes):
        point, area = areas_near(found.x, found.y, boundaries, written.within)
        total += np.bincount(area, found.number[point], len(total))
        lowest = np.full(len(found.x), len(total))  # those of the index stand first
        np.minimum.at(lowest, point, area)
        nowhere, elsewhere = lowest == len(total), (lowest >= number) & (lowest < len(total))
        rows = found.batch.rows
        found.table.leave_out(NOT_NEAR, rows.filter(pl.Series(nowhere)))
        found.table.leave_out(NEAR_OTHERS, rows.filter(pl.Series(elsewhere)), allowed=True)
    return total[:number]


def _batches(
    gathering: Gathering,
    chosen: PlacedRecords,
    places: Places | None,
    classes: Classes | None,
) -> Iterator[Located]:
    """Yield records with where they lie: as they say themselves, or at the place that they name."""
    if not chosen.place:
        yield from located_batches(gathering, chosen, classes)
        return
    assert places is not None
    known = _places(gathering, places)
    for table, batch, number in counted_batches(
        gathering, chosen, texts=[chosen.place], classes=classes
    ):
        names = _cleaned(batch.frame[chosen.place])
        found = names.to_frame("place").join(known, on="place", how="left", maintain_order="left")
        unnamed, unknown = names.is_null(), found["row"].is_null() & names.is_not_null()
        table.leave_out(NO_PLACE, batch.rows.filter(unnamed))
        table.leave_out(UNKNOWN_PLACE, batch.rows.filter(unknown))
        x, y = (found[name].fill_null(np.nan).to_numpy() for name in ("x", "y"))
        there = np.isfinite(x)
        table.leave_out(NO_LOCATION, batch.rows.filter(~pl.Series(there) & ~unnamed & ~unknown))
        yield Located(table, batch.chosen(there), x[there], y[there], number[there])


def _places(gathering: Gathering, places: Places) -> pl.DataFrame:
    """Return the places by their name, with ``x``, ``y`` and ``row``; refuse one that is twice."""
    key = repr(("places", places))
    if key in gathering.cache:
        known: pl.DataFrame = gathering.cache[key]
        return known
    table = gathering.records(places.records)
    parts = [
        _named_places(batch, places.column)
        for batch in table.batches(texts=[places.column], located=True)
    ]
    found = pl.concat(parts).drop_nulls("place")
    twice = found.filter(~pl.col("place").is_first_distinct())
    if twice.height:
        place, row = twice["place"][0], int(twice["row"][0])
        said = f"the place {place} stands in it twice; {twice.height:,} of its rows repeat one"
        raise DataError(table.problem(said, "delete the rows that repeat one", row, places.column))
    gathering.cache[key] = found
    return found


def _named_places(batch: Batch, column: str) -> pl.DataFrame:
    x, y = batch.coordinates()
    names = _cleaned(batch.frame[column])
    return pl.DataFrame({"place": names, "x": x, "y": y, "row": batch.rows})


def _cleaned(names: pl.Series) -> pl.Series:
    """Return names of places, those that are postcodes in one spelling."""
    from hyperlocal.geography import clean_postcodes

    return pl.select(pl.coalesce(clean_postcodes(names), names)).to_series()


KIND = Kind("density", rate.measure, rate.faults, rate.shrink, gather=_gather)
