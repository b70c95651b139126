"""The records of a table for one indicator: read, placed in areas, counted where they are not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.areas import Geography
from hyperlocal.definition.inputs import Rows
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators.gathering import Batch
from hyperlocal.indicators.parts.chosen import NO_LOCATION
from hyperlocal.indicators.parts.keys import Keys
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.conversion import POSTCODE, Conversion
from hyperlocal.pipeline.left_out import Tally
from hyperlocal.pipeline.records import X

if TYPE_CHECKING:
    from hyperlocal.pipeline.gathering import Gatherer

OUTSIDE = "the record lies in no area"
NO_AREA = "the record has no area"
UNKNOWN_AREA = "its area is not known"
NOT_OF_THE_INDEX = "its area is not in the index"
FAR = 5_000
"""How far a record may lie from the box around the area that it names, in metres."""
FAR_OFF = f"its location is more than {FAR:,} metres from the area that it names"


class RecordsOfOne:
    """One table of records, read for one indicator; see `indicators.gathering.RecordTable`."""

    def __init__(self, gatherer: Gatherer, name: str) -> None:
        self.name = name
        self._gatherer = gatherer
        self._file = gatherer.file_of(name)
        self._written = self._file.written
        self._left_out = Tally()
        self._read_rows = 0
        self._placed_rows = 0
        self._among: int | None = None

    @property
    def area_column(self) -> str:
        """The column of the area that each record names; empty where it names none."""
        return "" if self._written.area is None else self._written.area.column

    def batches(
        self,
        texts: Sequence[str] = (),
        numbers: Sequence[str] = (),
        where: Rows | None = None,
        *,
        located: bool = False,
    ) -> Iterator[Batch]:
        """Read the records in parts."""
        rows = 0
        for batch in self._file.batches(texts, numbers, where or {}, located):
            rows += len(batch.rows)
            self._read_rows = max(self._read_rows, rows)
            yield batch
        if not rows:
            raise DataError(self.problem("there are no records"))

    def read(
        self,
        texts: Sequence[str] = (),
        numbers: Sequence[str] = (),
        where: Rows | None = None,
        *,
        located: bool = False,
    ) -> Batch:
        """Read all records at once."""
        parts = list(self.batches(texts, numbers, where, located=located))
        shapes = None
        if parts[0].shapes is not None:
            shapes = np.concatenate([part.shapes for part in parts if part.shapes is not None])
        frames = pl.concat([part.frame for part in parts], rechunk=True)
        return Batch(frames, pl.concat([part.rows for part in parts], rechunk=True), shapes)

    def totals(self, batch: Batch, values: FloatArray) -> FloatArray:
        """Add the numbers of records up over the areas that they belong to."""
        self._placed_rows += len(batch.rows)
        if self._written.area is not None:
            return self._totals_by_code(batch, values)
        areas = self._located(batch)
        inside = areas >= 0
        return _sums(areas[inside], values[inside], len(self._gatherer.inputs.areas))

    def leave_out(
        self,
        reason: str,
        rows: pl.Series,
        named: pl.Series | None = None,
        *,
        allowed: bool = False,
    ) -> None:
        """Count records that are left out, by the reason."""
        self._left_out.add(reason, rows, named, allowed=allowed)

    def among(self, number: int) -> None:
        """Say of how many records those that are left out are a share."""
        self._among = number

    def problem(
        self, message: str, remedy: str = "", row: int | None = None, column: str = ""
    ) -> Problem:
        """Make a problem of this table, at a row of the file and a column."""
        heading = self._file.form.columns.get(column, column)
        return Problem(message, remedy, str(self._file.file), row, heading)

    def refuse_left_out(self) -> None:
        """Refuse records without a place, where they are more than the table allows."""
        if problems := self.too_many_left_out():
            raise DataError(problems)

    def too_many_left_out(self) -> list[Problem]:
        """Return a problem for each reason, where more records have no place than is allowed."""
        refused = self._left_out.refused
        number = sum(left.number for left in refused.values())
        most = self._written.most_unplaced
        among = max(self._placed_rows, self._read_rows, 1) if self._among is None else self._among
        if number <= most * among:
            return []
        remedy = (
            f"mend them, or state how large a share may be left out as 'most_unplaced' of the "
            f"records {self.name!r}: here {math.ceil(number / among * 1e4) / 1e4:.2%} would be"
        )
        return [
            self.problem(
                f"{why}: {left.number:,.10g} of {among:,}, {left.shown}",
                remedy,
            )
            for why, left in refused.items()
        ]

    def told(self) -> dict[str, Any]:
        """Return what became of the records, for the provenance."""
        return {
            "records": self._read_rows if self._among is None else self._among,
            "left_out": self._left_out.told(),
        }

    def _located(self, batch: Batch) -> NDArray[np.int64]:
        """Return the place of the area of each record in the index; -1 where it has none."""
        from hyperlocal.geography import NATIONAL_GRID, Points, place_points

        boundaries, number = self._gatherer.boundaries, len(self._gatherer.inputs.areas)
        x, y = batch.coordinates()
        labels = batch.rows.cast(pl.String)
        points = Points(labels, x, y, NATIONAL_GRID, file=str(self._file.file), rows=batch.rows)
        placement = place_points(points, boundaries)
        order = boundaries.codes.arg_sort().to_numpy().astype(np.int64)  # placed by sorted codes
        areas = np.where(placement.areas >= 0, order[placement.areas], -1)
        absent = np.isnan(x)
        self.leave_out(NO_LOCATION, batch.rows.filter(pl.Series(absent)))
        self.leave_out(OUTSIDE, batch.rows.filter(pl.Series(~absent & (areas < 0))))
        others = pl.Series(areas >= number)
        self.leave_out(NOT_OF_THE_INDEX, batch.rows.filter(others), allowed=True)
        areas[areas >= number] = -1
        return areas

    def placeable(self, batch: Batch) -> NDArray[np.bool_]:
        """Say which records have a place, in the index or outside it."""
        if self._written.area is None:
            return ~np.isnan(batch.coordinates()[0])
        codes, place = self._places_of_codes(batch)
        elsewhere = codes.is_in(self._elsewhere.implode()).fill_null(False)
        return np.asarray((place >= 0) | elsewhere.to_numpy())

    def _totals_by_code(self, batch: Batch, values: FloatArray) -> FloatArray:
        conversion = self._conversion
        codes, place = self._places_of_codes(batch)
        self._count_codes(batch, codes, place, conversion)
        if conversion is None:
            far = self._far_off(batch, place)
            self.leave_out(FAR_OFF, batch.rows.filter(pl.Series(far)), codes.filter(pl.Series(far)))
            place = np.where(far, -1, place)
        inside = place >= 0
        sums = _sums(place[inside], values[inside], len(self._sources))
        return sums if conversion is None else conversion.correspondence.by_target @ sums

    @property
    def _sources(self) -> pl.Series:
        """The codes that records can be placed by."""
        conversion = self._conversion
        return self._gatherer.inputs.areas.codes if conversion is None else conversion.codes

    @property
    def _elsewhere(self) -> pl.Series:
        """The codes that are known to lie outside the index."""
        conversion = self._conversion
        return self._gatherer.inputs.areas.excluded if conversion is None else conversion.known

    def _places_of_codes(self, batch: Batch) -> tuple[pl.Series, NDArray[np.int64]]:
        """Return the code of each record, and its position among the sources; -1 where unknown."""
        area = self._written.area
        assert area is not None
        codes = batch.frame[area.column]
        if Geography.from_name(area.geography).kind == POSTCODE:
            from hyperlocal.geography import clean_postcodes

            codes = pl.select(pl.coalesce(clean_postcodes(codes), codes)).to_series()
        return codes, self._keys.positions(codes)

    @cached_property
    def _keys(self) -> Keys:
        """Finds the codes that records can be placed by."""
        return Keys(self._sources)

    def _far_off(self, batch: Batch, place: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say which records lie far from the area that they name, where both are known."""
        without = self._gatherer.definition.areas.boundaries is None
        located = batch.shapes is not None or X in batch.frame.columns
        if without or self._written.location is None or not located:
            return np.zeros(len(place), dtype=bool)
        x, y = batch.coordinates()
        left, bottom, right, top = self._gatherer.bounds[place].T
        off = np.fmax(np.fmax(left - x, x - right), np.fmax(bottom - y, y - top))
        return np.asarray((place >= 0) & (off > FAR))

    def _count_codes(
        self,
        batch: Batch,
        codes: pl.Series,
        place: NDArray[np.int64],
        conversion: Conversion | None,
    ) -> None:
        """Count the records whose code leads to no area of the index."""
        without = pl.Series(place < 0)
        outside = codes.is_in(self._elsewhere.implode()).fill_null(False) & without
        blank = codes.is_null()
        self.leave_out(NOT_OF_THE_INDEX, batch.rows.filter(outside), allowed=True)
        self.leave_out(NO_AREA, batch.rows.filter(blank))
        unknown = without & ~blank & ~outside
        self.leave_out(UNKNOWN_AREA, batch.rows.filter(unknown), codes.filter(unknown))
        if conversion is not None:  # what lies there in part counts with that part
            rows, inside = batch.rows.filter(~without), place[place >= 0]
            self._left_out.add_parts(OUTSIDE, rows, conversion.unplaced[inside])
            elsewhere = conversion.elsewhere[inside]
            self._left_out.add_parts(NOT_OF_THE_INDEX, rows, elsewhere, allowed=True)

    @cached_property
    def _conversion(self) -> Conversion | None:
        """How the codes lead to the areas of the index; None where they are theirs."""
        if not self._gatherer.definition.routes[self.name]:
            return None
        conversion = self._gatherer.inputs.conversion(self.name)
        if conversion is None:
            raise DataError([])  # that there is none is reported already
        return conversion


def _sums(places: NDArray[np.int64], values: FloatArray, number: int) -> FloatArray:
    """Add values up by place; each column of them alone."""
    if values.ndim == 1:
        return np.bincount(places, values, number).astype(np.float64)
    columns = [np.bincount(places, column, number) for column in values.T]
    return np.column_stack(columns) if columns else np.zeros((number, 0))
