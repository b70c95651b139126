"""Indicators gathered from records: what their kinds are given, and what became of each record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.areas import Geography
from hyperlocal.definition import Definition, ResolvedNode
from hyperlocal.definition.inputs import Rows
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators.gathering import Batch, Gathered
from hyperlocal.indicators.measured import Kind
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.conversion import POSTCODE, Conversion
from hyperlocal.pipeline.inputs import Inputs
from hyperlocal.pipeline.records import RecordFile, find_records
from hyperlocal.pipeline.tables import checksum, find_form, not_there

if TYPE_CHECKING:
    from hyperlocal.geography import Boundaries

SHOWN = 5
NO_LOCATION = "the record has no location"
OUTSIDE = "the record lies in no area"
NO_AREA = "the record has no area"
UNKNOWN_AREA = "its area is not known"
NOT_OF_THE_INDEX = "its area is not in the index"


class Gatherer:
    """Gathers indicators from records.

    Parameters
    ----------
    definition
        The definition.
    folder
        The data folder.
    inputs
        Its input tables, lined up with the areas.
    report
        Called with what is being done.
    """

    def __init__(
        self, definition: Definition, folder: Path, inputs: Inputs, report: Callable[[str], None]
    ) -> None:
        self.definition = definition
        self.inputs = inputs
        self.report = report
        self.cache: dict[Any, Any] = {}
        self.gathered: dict[str, dict[str, Any]] = {}
        self.filled: dict[str, NDArray[np.bool_]] = {}
        self._folder = folder
        self._files: dict[str, RecordFile] = {}
        self._checksum = cache(checksum)

    def gather(self, node: ResolvedNode, kind: Kind) -> Mapping[str, FloatArray]:
        """Gather an indicator.

        Parameters
        ----------
        node
            The indicator.
        kind
            Its kind, which gathers.

        Returns
        -------
        dict
            The numbers of each area that it is measured from.

        Raises
        ------
        HyperlocalError
            With what is wrong in the records, the boundaries or the model.
        """
        assert kind.gather is not None
        work = _Work(self, node, kind)
        found: Gathered = kind.gather(node, work)
        problems = [problem for table in work.tables for problem in table.too_many_left_out()]
        if problems:
            raise DataError(problems)
        tables = {table.name: table.told() for table in work.tables}
        self.gathered[node.id] = {"records": tables, **found.record}
        self.filled[node.id] = work.filled
        return found.columns

    @property
    def files(self) -> dict[str, dict[str, str]]:
        """The files of records that were read, with their checksums."""
        return {
            name: {"file": str(found.file), "sha256": self._checksum(found.file)}
            for name, found in sorted(self._files.items())
        }

    def file_of(self, name: str) -> RecordFile:
        """Return the file of a table of records; raise DataError where it is not there."""
        if name not in self._files:
            written = self.definition.written.records[name]
            place = self.definition.source.place(("records", name))
            self._files[name] = find_records(written, self._folder, self.definition.lists, place)
        return self._files[name]

    @cached_property
    def boundaries(self) -> Boundaries:
        """The boundaries of the areas, and of the others in the file; in the National Grid."""
        from hyperlocal.geography import Boundaries, read_boundaries

        stated = self.definition.areas.boundaries
        if stated is None:
            said = "records are placed by their coordinates, and nothing says where the areas lie"
            raise DataError(Problem(said, "state 'boundaries' under 'areas'", place="areas"))
        written = self.definition.inputs[stated.input]
        found = find_form(written, self._folder)
        if found is None:
            raise DataError(not_there(written, self._folder))
        form, file = found
        code = form.columns.get(written.code, written.code)
        geography = Geography.from_name(written.geography)
        read = read_boundaries(file, geography, code, form.sheet).in_national_grid()
        areas = self.inputs.areas.codes
        absent = areas.filter(~areas.is_in(read.codes.implode()))
        if len(absent):
            shown = ", ".join(absent.head(SHOWN))
            more = f" and {len(absent) - SHOWN:,} more" if len(absent) > SHOWN else ""
            said = f"there is no boundary of {shown}{more}"
            raise DataError(Problem(said, "use boundaries of all areas of the index", str(file)))
        known = pl.DataFrame({"code": read.codes}).with_row_index("place")
        first = pl.DataFrame({"code": areas}).join(known, on="code", how="left")["place"]
        others = known.filter(~pl.col("code").is_in(areas.implode()))["place"]
        order = pl.concat([first, others], rechunk=True)
        return Boundaries(
            geography, read.codes.gather(order), read.shapes[order.to_numpy()], read.crs,
            read.file, read.sha256,
        )  # fmt: skip


class _Work:
    """What the kind of one indicator is given; see `indicators.gathering.Gathering`."""

    def __init__(self, gatherer: Gatherer, node: ResolvedNode, kind: Kind) -> None:
        self._gatherer = gatherer
        self._node = node
        self._kind = kind
        self.tables: list[_Table] = []
        self.filled: NDArray[np.bool_] = np.zeros(len(self.areas), dtype=bool)

    @property
    def areas(self) -> pl.Series:
        return self._gatherer.inputs.areas.codes

    @property
    def cache(self) -> dict[Any, Any]:
        return self._gatherer.cache

    def within(self, geography: str) -> pl.Series:
        return self._gatherer.inputs.areas.within[geography][0]

    def numbers(self, purpose: str) -> FloatArray:
        is_count = purpose.partition(".")[0] in self._kind.counts
        inputs, may_be_zero = self._gatherer.inputs, self._node.settings.missing_values == "zero"
        if is_count and may_be_zero:
            self.filled |= np.isnan(inputs.numbers(self._node, purpose, False))
        return inputs.numbers(self._node, purpose, is_count and may_be_zero)

    def codes(self, name: str) -> tuple[str, ...]:
        return self._gatherer.definition.lists[name]

    def numbers_of_codes(self, name: str) -> Mapping[str, float]:
        return self._gatherer.definition.numbers[name]

    def records(self, name: str) -> _Table:
        for table in self.tables:
            if table.name == name:
                return table
        self.tables.append(_Table(self._gatherer, name))
        return self.tables[-1]

    def boundaries(self) -> Boundaries:
        return self._gatherer.boundaries

    def tell(self, what: str) -> None:
        self._gatherer.report(what)


@dataclass
class _LeftOut:
    """Records that are left out for one reason."""

    number: float = 0
    allowed: bool = False
    first: list[int] = field(default_factory=list)


class _Table:
    """One table of records, read for one indicator; see `indicators.gathering.RecordTable`."""

    def __init__(self, gatherer: Gatherer, name: str) -> None:
        self.name = name
        self._gatherer = gatherer
        self._file = gatherer.file_of(name)
        self._written = self._file.written
        self._left_out: dict[str, _LeftOut] = {}
        self._read_rows = 0
        self._placed_rows = 0
        self._among: int | None = None

    @property
    def area_column(self) -> str:
        return "" if self._written.area is None else self._written.area.column

    def batches(
        self,
        texts: Sequence[str] = (),
        numbers: Sequence[str] = (),
        where: Rows | None = None,
        *,
        located: bool = False,
    ) -> Iterator[Batch]:
        rows = 0
        for batch in self._file.batches(texts, numbers, where or {}, located):
            rows += len(batch.rows)
            self._read_rows = max(self._read_rows, rows)
            yield batch
        if not rows:
            said = "no record is left" if where or self._file.form.where else "there are no records"
            remedy = "look at what 'where' asks for" if where or self._file.form.where else ""
            raise DataError(self.problem(said, remedy))

    def read(
        self,
        texts: Sequence[str] = (),
        numbers: Sequence[str] = (),
        where: Rows | None = None,
        *,
        located: bool = False,
    ) -> Batch:
        parts = list(self.batches(texts, numbers, where, located=located))
        shapes = None
        if parts[0].shapes is not None:
            shapes = np.concatenate([part.shapes for part in parts if part.shapes is not None])
        frames = pl.concat([part.frame for part in parts], rechunk=True)
        return Batch(frames, pl.concat([part.rows for part in parts], rechunk=True), shapes)

    def totals(self, batch: Batch, values: FloatArray) -> FloatArray:
        self._placed_rows += len(batch.rows)
        if self._written.area is not None:
            return self._totals_by_code(batch, values)
        areas = self._located(batch)
        inside = areas >= 0
        return _sums(areas[inside], values[inside], len(self._gatherer.inputs.areas))

    def leave_out(self, reason: str, rows: pl.Series, *, allowed: bool = False) -> None:
        if len(rows):
            left = self._left_out.setdefault(reason, _LeftOut(allowed=allowed))
            left.number += len(rows)
            left.first += rows.head(SHOWN).to_list()[: SHOWN - len(left.first)]

    def among(self, number: int) -> None:
        self._among = number

    def problem(
        self, message: str, remedy: str = "", row: int | None = None, column: str = ""
    ) -> Problem:
        heading = self._file.form.columns.get(column, column)
        return Problem(message, remedy, str(self._file.file), row, heading)

    def too_many_left_out(self) -> list[Problem]:
        """Return a problem for each reason, where more records have no place than is allowed."""
        refused = {why: left for why, left in self._left_out.items() if not left.allowed}
        number = sum(left.number for left in refused.values())
        most = self._written.most_unplaced
        among = max(self._placed_rows, self._read_rows, 1) if self._among is None else self._among
        if number <= most * among:
            return []
        remedy = (
            f"mend them, or state how large a share may be left out as 'most_unplaced' of the "
            f"records {self.name!r}: here {number / among:.2%} would be"
        )
        return [
            self.problem(
                f"{why}: {left.number:,.10g} of {among:,}, in rows "
                f"{', '.join(f'{row:,}' for row in left.first)}"
                + (" and more" if left.number > len(left.first) else ""),
                remedy,
            )
            for why, left in refused.items()
        ]

    def told(self) -> dict[str, Any]:
        """Return what became of the records, for the provenance."""
        return {
            "records": self._read_rows if self._among is None else self._among,
            "left_out": {why: left.number for why, left in self._left_out.items()},
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
        if self._written.area is None:
            return ~np.isnan(batch.coordinates()[0])
        codes, place = self._places_of_codes(batch)
        elsewhere = codes.is_in(self._elsewhere.implode()).fill_null(False)
        return np.asarray((place >= 0) | elsewhere.to_numpy())

    def _totals_by_code(self, batch: Batch, values: FloatArray) -> FloatArray:
        conversion = self._conversion
        codes, place = self._places_of_codes(batch)
        self._count_codes(batch, codes, place, conversion)
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
        known = pl.DataFrame({"code": self._sources}).with_row_index("place")
        found = pl.DataFrame({"code": codes}).join(
            known, on="code", how="left", maintain_order="left"
        )["place"]
        place: NDArray[np.int64] = found.cast(pl.Int64).fill_null(-1).to_numpy()
        return codes, place

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
        self.leave_out(UNKNOWN_AREA, batch.rows.filter(without & ~blank & ~outside))
        if conversion is not None:
            self._leave_parts_out(batch, place, conversion.unplaced, OUTSIDE)
            elsewhere = conversion.elsewhere
            self._leave_parts_out(batch, place, elsewhere, NOT_OF_THE_INDEX, allowed=True)

    def _leave_parts_out(
        self,
        batch: Batch,
        place: NDArray[np.int64],
        shares: FloatArray,
        reason: str,
        *,
        allowed: bool = False,
    ) -> None:
        """Count the parts of records that are placed in part; each counts with its share."""
        lost = np.zeros(len(place))
        lost[place >= 0] = shares[place[place >= 0]]
        rows = batch.rows.filter(pl.Series(lost > 0))
        self.leave_out(reason, rows, allowed=allowed)
        if len(rows):
            self._left_out[reason].number += float(lost.sum()) - len(rows)

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
