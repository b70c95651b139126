"""Indicators gathered from records: what their kinds are given, and what became of each record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition import Definition, ResolvedNode
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators.gathering import Gathered
from hyperlocal.indicators.measured import Kind
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.boundaries import boundaries_of
from hyperlocal.pipeline.inputs import Inputs
from hyperlocal.pipeline.left_out import SHOWN
from hyperlocal.pipeline.placing import RecordsOfOne
from hyperlocal.pipeline.records import RecordFile, find_records
from hyperlocal.pipeline.tables import checksum, not_there

if TYPE_CHECKING:
    from hyperlocal.geography import Boundaries


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
        stated = self.definition.areas.boundaries
        if stated is None:
            said = "records are placed by their coordinates, and nothing says where the areas lie"
            raise DataError(Problem(said, "state 'boundaries' under 'areas'", place="areas"))
        written = self.definition.inputs[stated.input]
        found = boundaries_of(written, self._folder)
        if found is None:
            raise DataError(not_there(written, self._folder))
        read = found.in_national_grid()
        areas = self.inputs.areas.codes
        absent = areas.filter(~areas.is_in(read.codes.implode()))
        if len(absent):
            shown = ", ".join(absent.head(SHOWN))
            more = f" and {len(absent) - SHOWN:,} more" if len(absent) > SHOWN else ""
            said = f"there is no boundary of {shown}{more}"
            raise DataError(Problem(said, "use boundaries of all areas of the index", read.file))
        known = pl.DataFrame({"code": read.codes}).with_row_index("place")
        first = pl.DataFrame({"code": areas}).join(
            known, on="code", how="left", maintain_order="left"
        )["place"]
        others = known.filter(~pl.col("code").is_in(areas.implode()))["place"]
        order = pl.concat([first, others], rechunk=True)
        return replace(read, codes=read.codes.gather(order), shapes=read.shapes[order.to_numpy()])

    @cached_property
    def bounds(self) -> FloatArray:
        """The box around each area of the index: left, bottom, right, top."""
        import shapely

        found: FloatArray = shapely.bounds(self.boundaries.shapes[: len(self.inputs.areas)])
        return found


class _Work:
    """What the kind of one indicator is given; see `indicators.gathering.Gathering`."""

    def __init__(self, gatherer: Gatherer, node: ResolvedNode, kind: Kind) -> None:
        self._gatherer = gatherer
        self._node = node
        self._kind = kind
        self.tables: list[RecordsOfOne] = []
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

    def records(self, name: str) -> RecordsOfOne:
        for table in self.tables:
            if table.name == name:
                return table
        self.tables.append(RecordsOfOne(self._gatherer, name))
        return self.tables[-1]

    def boundaries(self) -> Boundaries:
        return self._gatherer.boundaries

    def tell(self, what: str) -> None:
        self._gatherer.report(what)
