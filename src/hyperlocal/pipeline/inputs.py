"""The areas of the index, and the columns of all inputs in the order of those areas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition import Definition, ResolvedNode
from hyperlocal.definition.models import Column
from hyperlocal.definition.source import Path as YamlPath
from hyperlocal.definition.source import dotted
from hyperlocal.errors import DataError, Problem
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.cells import SHOWN, numbers, texts
from hyperlocal.pipeline.joining import (
    ABSENT,
    Alignment,
    InputRecord,
    align,
    refuse_blank_codes,
    refuse_strange_codes,
)
from hyperlocal.pipeline.tables import Asked, Table, checksum, read_table


@dataclass(frozen=True)
class AreaList:
    """The areas of the index, in the order of their codes.

    Parameters
    ----------
    codes
        The codes, sorted.
    names
        The names; null where none are known.
    within
        For each larger geography the code (and the name, where known) of the larger area.
    excluded
        The codes of the areas that were left out.
    counted
        How many of those N counts all the same.
    """

    codes: pl.Series
    names: pl.Series
    within: dict[str, tuple[pl.Series, pl.Series | None]]
    excluded: pl.Series
    counted: int

    def __len__(self) -> int:
        return len(self.codes)


class Inputs:
    """All input tables of a definition, read and lined up with its areas.

    Parameters
    ----------
    definition
        The definition.
    folder
        The data folder.
    report
        Called with the title of each input before it is read.

    Raises
    ------
    DataError
        Where the table of areas cannot be read; all else that is wrong is kept in `problems`.
    """

    def __init__(self, definition: Definition, folder: Path, report: Callable[[str], None]) -> None:
        self.definition = definition
        self.problems: list[Problem] = []
        self.records: dict[str, InputRecord] = {}
        self.tables: dict[str, Table] = {}
        self._alignments: dict[str, Alignment] = {}
        self._columns: dict[tuple[str, str, bool], FloatArray] = {}
        self._unreadable: set[tuple[str, str]] = set()
        self._codes: dict[str, pl.Series] = {}
        for name, columns in used_columns(definition).items():
            report(definition.inputs[name].title or name)
            try:
                table = read_table(definition.inputs[name], columns, folder)
            except DataError as error:
                self.problems += error.problems
                continue
            if table is not None:
                self.tables[name] = table
        if definition.areas.table.input not in self.tables:
            raise DataError(self.problems)
        self.areas = self._area_list()
        hashed = cache(checksum)
        for name, table in self.tables.items():
            self._line_up(name, table, hashed)
        self._refuse_inputs_that_are_needed()
        self.areas = self._with_names(self.areas)

    def refuse_problems(self) -> None:
        """Raise all problems that were found, if any."""
        if self.problems:
            raise DataError(self.problems)

    def numbers(self, node: ResolvedNode, purpose: str, missing_is_zero: bool) -> FloatArray:
        """Return the sum of the columns that a node has for a purpose, one number per area.

        Parameters
        ----------
        node
            The indicator.
        purpose
            What the columns are for, such as ``numerator``.
        missing_is_zero
            Whether a missing cell counts as 0; else it makes the sum NaN.
        """
        columns = [
            self._column(node, column, missing_is_zero) for column in node.columns()[purpose]
        ]
        return columns[0] if len(columns) == 1 else np.sum(columns, axis=0)

    def refuse_areas(
        self,
        node: ResolvedNode,
        purpose: str,
        areas: NDArray[np.int64],
        message: str,
        remedy: str,
    ) -> None:
        """Add a problem for the first few areas whose value of an indicator cannot be right."""
        shown = 0
        for area in areas.tolist():
            found = self._cell(node, purpose, area)
            if found is None:
                continue
            if shown == SHOWN:
                self.problems.append(
                    Problem(
                        f"{message} in {len(areas) - SHOWN:,} more areas", place=dotted(node.path)
                    )
                )
                break
            table, row, column = found
            code = self.areas.codes[area]
            about = f"{code} has no row" if row is None else f"{code}: {message}"
            self.problems.append(table.problem(about, "" if shown else remedy, row, column))
            shown += 1

    def _cell(
        self, node: ResolvedNode, purpose: str, area: int
    ) -> tuple[Table, int | None, str] | None:
        """Find the cell of an area; None where something else is reported about it already."""
        columns = node.columns().get(purpose)
        if columns is None:  # a numerator that is added up from the children
            parts = [child for child in node.children if "column" in child.columns()]
            return self._cell(parts[0], "column", area) if parts else None
        for column in columns:
            name = node.input_of(column) or ""
            if name not in self._alignments or (name, column.column) in self._unreadable:
                return None
            row = int(self._alignments[name].rows[area])
            if row == ABSENT:
                written = self.definition.inputs[name]
                return None if written.absent_areas == "refuse" else (self.tables[name], None, "")
            if len(columns) == 1 or np.isnan(self._column(node, column, False)[area]):
                break
        return self.tables[name], row, column.column

    def _column(self, node: ResolvedNode, column: Column, missing_is_zero: bool) -> FloatArray:
        name = node.input_of(column) or ""
        if name not in self._alignments:
            return np.full(len(self.areas), np.nan)
        key = (name, column.column, missing_is_zero)
        if key not in self._columns:
            written = self.definition.inputs[name]
            values, problems = numbers(self.tables[name], column.column, written.missing)
            if problems and key[:2] not in self._unreadable:
                self.problems += problems
                self._unreadable.add(key[:2])
            if missing_is_zero:
                values = np.nan_to_num(values, nan=0.0)
            aligned = self._alignments[name].numbers(values)
            self._columns[key] = np.nan_to_num(aligned, nan=0.0) if missing_is_zero else aligned
        return self._columns[key]

    def _texts(self, name: str, column: str) -> pl.Series:
        text, problems = texts(self.tables[name], column)
        self.problems += problems
        return text

    def _code_column(self, name: str) -> str:
        table = self.definition.areas.table
        if name == table.input and table.code:
            return table.code
        return self.definition.inputs[name].code

    def _area_list(self) -> AreaList:
        areas = self.definition.areas
        name = areas.table.input
        table, column = self.tables[name], self._code_column(name)
        codes, problems = refuse_strange_codes(table, column, self._texts(name, column))
        self.problems += problems
        self._codes[name] = codes
        excluded = pl.Series([exclusion.code for exclusion in areas.exclude], dtype=pl.String)
        for code in excluded.filter(~excluded.is_in(codes.to_list())):
            self.problems.append(
                table.problem(f"the excluded area {code} is not in the table of areas")
            )
        kept = codes.drop_nulls()
        kept = kept.filter(~kept.is_in(excluded.to_list())).unique().sort()
        if kept.is_empty():
            excluded_all = table.problem("no area is left: all are excluded", column=column)
            raise DataError(self.problems or excluded_all)
        counted = sum(exclusion.counts_in_n for exclusion in areas.exclude)
        unnamed = pl.Series([None] * len(kept), dtype=pl.String)
        return AreaList(kept.alias("area_code"), unnamed, {}, excluded, counted)

    def _line_up(self, name: str, table: Table, hashed: Callable[[Path], str]) -> None:
        column = self._code_column(name)
        if name not in self._codes:
            self._codes[name] = self._texts(name, column)
            self.problems += refuse_blank_codes(table, column, self._codes[name])
        codes = self._codes[name]
        record = InputRecord(str(table.file), hashed(table.file), len(codes) + table.blank_rows)
        if table.blank_rows:
            record.rows_dropped["the row is blank"] = table.blank_rows
        raw = table.frame[column]
        if raw.dtype == pl.String:
            record.codes_trimmed = int((raw != codes).fill_null(False).sum())
        self.records[name] = record
        written = self.definition.inputs[name]
        self._alignments[name], problems = align(
            table, written, column, codes, self.areas.codes, self.areas.excluded, record
        )
        self.problems += problems

    def _refuse_inputs_that_are_needed(self) -> None:
        """Refuse an optional input that is not there where an indicator needs its values."""
        for node in self.definition.nodes:
            for purpose, columns in node.columns().items():
                for column in columns:
                    name = node.input_of(column) or ""
                    written = self.definition.inputs[name]
                    if written.optional and name not in self.tables:
                        self.problems.append(
                            self.definition.source.problem(
                                (*node.path, purpose),
                                f"needs the input {name!r}, which is optional and not there",
                                f"put {written.accepted_forms()[0].file} into the data folder",
                            )
                        )

    def _with_names(self, areas: AreaList) -> AreaList:
        written = self.definition.areas
        names = self._text(written.names.input, written.names.column) if written.names else None
        within: dict[str, tuple[pl.Series, pl.Series | None]] = {}
        for geography, place in written.within.items():
            codes = self._text(place.input, place.column)
            if codes is None:
                continue
            missing = codes.is_null().arg_true().to_list()
            for area in missing[:SHOWN]:
                row = int(self._alignments[place.input].rows[area])
                self.problems.append(
                    self.tables[place.input].problem(
                        f"{areas.codes[area]} has no {geography}",
                        "each area must lie in a larger one",
                        None if row == ABSENT else row,
                        place.column,
                    )
                )
            if len(missing) > SHOWN:
                more = f"{len(missing) - SHOWN:,} more areas have no {geography}"
                self.problems.append(self.tables[place.input].problem(more, column=place.column))
            name = self._text(place.input, place.name) if place.name else None
            within[geography] = (codes, name)
        shown = areas.names if names is None else names
        return AreaList(
            areas.codes, shown.alias("area_name"), within, areas.excluded, areas.counted
        )

    def _text(self, name: str, column: str) -> pl.Series | None:
        if name not in self._alignments:
            return None
        return self._alignments[name].texts(self._texts(name, column))


def used_columns(definition: Definition) -> dict[str, dict[str, Asked]]:
    """Return the columns that a definition uses of each input, the codes first.

    Parameters
    ----------
    definition
        The definition.

    Returns
    -------
    dict
        For each input its columns, each with the place in the definition that asks for it.
    """
    areas, source = definition.areas, definition.source
    used: dict[str, dict[str, Asked]] = {}

    def use(name: str, path: YamlPath, *columns: str | None, number: bool = False) -> None:
        code, at = definition.inputs[name].code, ("inputs", name, "code")
        if name == areas.table.input and areas.table.code:
            code, at = areas.table.code, ("areas", "table", "code")
        asked = used.setdefault(name, {code: Asked(source.place(at))})
        for column in columns:
            if column:
                asked.setdefault(column, Asked(source.place(path), number))

    use(areas.table.input, ("areas", "table"))
    if areas.names:
        use(areas.names.input, ("areas", "names"), areas.names.column)
    for geography, within in areas.within.items():
        use(within.input, ("areas", "within", geography), within.column, within.name)
    for node in definition.nodes:
        for purpose, columns in node.columns().items():
            for column in columns:
                path = (*node.path, purpose)
                use(node.input_of(column) or "", path, column.column, number=True)
    return used
