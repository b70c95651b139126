"""The areas of the index, and the columns of all inputs in the order of those areas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
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
from hyperlocal.pipeline.tables import SHOWN, Table, checksum, numbers, read_table, texts

ABSENT = -1


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
        The areas that were left out, with the reason.
    counted
        How many of those N counts all the same.
    """

    codes: pl.Series
    names: pl.Series
    within: dict[str, tuple[pl.Series, pl.Series | None]]
    excluded: tuple[tuple[str, str], ...]
    counted: int

    def __len__(self) -> int:
        return len(self.codes)


@dataclass
class InputRecord:
    """What was read of one input, for the provenance."""

    file: str
    sha256: str
    rows_read: int
    rows_used: int = 0
    rows_dropped: dict[str, int] = field(default_factory=dict)
    areas_without_row: int = 0
    codes_trimmed: int = 0


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
        With everything that is wrong in the tables: files, columns, areas.
    """

    def __init__(self, definition: Definition, folder: Path, report: Callable[[str], None]) -> None:
        self.definition = definition
        self.problems: list[Problem] = []
        self.records: dict[str, InputRecord] = {}
        self.tables: dict[str, Table] = {}
        self._rows: dict[str, NDArray[np.int64]] = {}
        self._unreadable: set[tuple[str, str]] = set()
        for name, columns in used_columns(definition).items():
            report(definition.inputs[name].title or name)
            try:
                table = read_table(name, definition.inputs[name], columns, folder)
            except DataError as error:
                self.problems += error.problems
                continue
            if table is not None:
                self.tables[name] = table
        if definition.areas.table.input not in self.tables:
            raise DataError(self.problems)
        self.areas = self._area_list()
        for name in self.tables:
            self._line_up(name)
        self.areas = self._with_names(self.areas)

    def refuse_problems(self) -> None:
        """Raise all problems that were found, if any."""
        if self.problems:
            raise DataError(self.problems)

    def numbers(self, node: ResolvedNode, purpose: str) -> FloatArray:
        """Return the sum of the columns that a node has for a purpose, one number per area.

        NaN stands for a missing value. What is wrong in the cells is added to the problems.
        """
        total: FloatArray | None = None
        for column in node.columns()[purpose]:
            values = self._column(node, column)
            total = values if total is None else total + values
        assert total is not None
        return total

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
            about = f"{self.areas.codes[area]}: {message}"
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
            if name not in self._rows or (name, column.column) in self._unreadable:
                return None
            row = int(self._rows[name][area])
            if row == ABSENT:
                written = self.definition.inputs[name]
                return None if written.absent_areas == "refuse" else (self.tables[name], None, "")
            if len(columns) == 1 or np.isnan(self._column(node, column)[area]):
                break
        return self.tables[name], row, column.column

    def _column(self, node: ResolvedNode, column: Column) -> FloatArray:
        name = node.input_of(column) or ""
        empty = np.full(len(self.areas), np.nan)
        if name not in self.tables:
            return empty
        table, written = self.tables[name], self.definition.inputs[name]
        values, problems = numbers(table, column.column, written.missing)
        if problems and (name, column.column) not in self._unreadable:
            self.problems += problems
            self._unreadable.add((name, column.column))
        if name not in self._rows:
            return empty
        if written.duplicate_areas == "sum":
            found = self._areas_of_rows(name)
            inside = found != ABSENT
            sums = np.bincount(found[inside], values[inside], minlength=len(empty))
            return np.where(np.bincount(found[inside], minlength=len(empty)) > 0, sums, np.nan)
        rows = self._rows[name]
        return np.where(rows == ABSENT, np.nan, values[rows])

    def _codes(self, name: str) -> pl.Series:
        return texts(self.tables[name], self._code_column(name))

    def _code_column(self, name: str) -> str:
        table = self.definition.areas.table
        if name == table.input and table.code:
            return table.code
        return self.definition.inputs[name].code

    def _areas_of_rows(self, name: str) -> NDArray[np.int64]:
        areas = pl.DataFrame({"code": self.areas.codes}).with_row_index("area")
        found = pl.DataFrame({"code": self._codes(name)}).join(
            areas, on="code", how="left", maintain_order="left"
        )
        return found["area"].cast(pl.Int64).fill_null(ABSENT).to_numpy()

    def _area_list(self) -> AreaList:
        areas = self.definition.areas
        name = areas.table.input
        table, codes = self.tables[name], self._codes(name)
        self._refuse_blank(table, codes, self._code_column(name))
        excluded = {exclusion.code: exclusion for exclusion in areas.exclude}
        known = set(codes.filter(codes.is_in(list(excluded))).to_list()) if excluded else set()
        for code in excluded.keys() - known:
            self.problems.append(
                table.problem(f"the excluded area {code} is not in the table of areas")
            )
        kept = codes.drop_nulls()
        kept = kept.filter(~kept.is_in(list(excluded))) if excluded else kept
        return AreaList(
            kept.unique().sort().alias("area_code"),
            pl.Series("area_name", [], dtype=pl.String),
            {},
            tuple((code, exclusion.reason) for code, exclusion in excluded.items()),
            sum(exclusion.counts_in_n for exclusion in excluded.values()),
        )

    def _line_up(self, name: str) -> None:
        """Find the row of every area in a table; count what does not fit and refuse it."""
        table, written = self.tables[name], self.definition.inputs[name]
        codes, column = self._codes(name), self._code_column(name)
        if name != self.definition.areas.table.input:
            self._refuse_blank(table, codes, column)
        raw = table.frame[column].cast(pl.String)
        record = InputRecord(str(table.file), checksum(table.file), len(codes))
        record.codes_trimmed = int((raw != codes).fill_null(False).sum())
        self.records[name] = record
        if codes.equals(self.areas.codes):
            self._rows[name] = np.arange(len(codes))
            record.rows_used = len(codes)
            return
        found = self._areas_of_rows(name)
        left_out = pl.Series([code for code, _ in self.areas.excluded], dtype=pl.String)
        excluded = codes.is_in(left_out).fill_null(False).to_numpy()
        extra = np.flatnonzero((found == ABSENT) & ~excluded & codes.is_not_null().to_numpy())
        self._count(record, "area is excluded", int(excluded.sum()))
        self._count(record, "area is not in the index", len(extra))
        if len(extra) and written.extra_areas == "refuse":
            self._refuse(
                table,
                column,
                extra,
                codes,
                "is not an area of the index",
                "state 'extra_areas: drop' for the input if that is meant",
            )
        inside = np.flatnonzero(found != ABSENT)
        first = np.full(len(self.areas), ABSENT, dtype=np.int64)
        first[found[inside][::-1]] = inside[::-1]
        repeated = inside[first[found[inside]] != inside]
        if len(repeated) and written.duplicate_areas == "refuse":
            self._refuse(
                table,
                column,
                repeated,
                codes,
                "has more than one row",
                "state 'duplicate_areas: first' or 'sum' for the input if that is meant",
            )
        if written.duplicate_areas == "first":
            self._count(record, "a later row of the same area", len(repeated))
        absent = np.flatnonzero(first == ABSENT)
        record.areas_without_row = len(absent)
        if len(absent) and written.absent_areas == "refuse" and not written.optional:
            shown = ", ".join(self.areas.codes[int(area)] for area in absent[:SHOWN])
            more = f" and {len(absent) - SHOWN:,} more" if len(absent) > SHOWN else ""
            self.problems.append(
                table.problem(
                    f"{len(absent):,} areas of the index have no row: {shown}{more}",
                    "add them, or state 'absent_areas: missing' for the input",
                )
            )
        record.rows_used = len(codes) - sum(record.rows_dropped.values())
        self._rows[name] = first

    @staticmethod
    def _count(record: InputRecord, reason: str, number: int) -> None:
        if number:
            record.rows_dropped[reason] = number

    def _refuse_blank(self, table: Table, codes: pl.Series, column: str) -> None:
        blank = codes.is_null().arg_true().to_list()
        self.problems += [
            table.problem("the row has no area code", "fill it in or delete the row", row, column)
            for row in blank[:SHOWN]
        ]

    def _refuse(
        self,
        table: Table,
        column: str,
        rows: NDArray[np.int64],
        codes: pl.Series,
        message: str,
        remedy: str,
    ) -> None:
        for row in rows[:SHOWN]:
            self.problems.append(
                table.problem(f"{codes[int(row)]} {message}", remedy, int(row), column)
            )
        if len(rows) > SHOWN:
            self.problems.append(
                table.problem(f"and {len(rows) - SHOWN:,} more rows whose area {message}")
            )

    def _with_names(self, areas: AreaList) -> AreaList:
        written = self.definition.areas
        names = self._text(written.names.input, written.names.column) if written.names else None
        if names is None:
            names = pl.Series([None] * len(areas), dtype=pl.String)
        within: dict[str, tuple[pl.Series, pl.Series | None]] = {}
        for geography, place in written.within.items():
            codes = self._text(place.input, place.column)
            if codes is None:
                continue
            table = self.tables[place.input]
            for area in codes.is_null().arg_true().to_list()[:SHOWN]:
                if self._rows[place.input][area] != ABSENT:
                    row = int(self._rows[place.input][area])
                    message = f"{areas.codes[area]} has no {geography}"
                    self.problems.append(table.problem(message, "", row, place.column))
            within[geography] = (codes, self._text(place.input, place.name) if place.name else None)
        return AreaList(
            areas.codes, names.alias("area_name"), within, areas.excluded, areas.counted
        )

    def _text(self, name: str, column: str) -> pl.Series | None:
        if name not in self._rows:
            return None
        rows = pl.Series(self._rows[name])
        return texts(self.tables[name], column).gather(rows.set(rows == ABSENT, None))


def used_columns(definition: Definition) -> dict[str, dict[str, str]]:
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
    used: dict[str, dict[str, str]] = {}

    def use(name: str, path: YamlPath, *columns: str | None) -> None:
        code, at = definition.inputs[name].code, ("inputs", name, "code")
        if name == areas.table.input and areas.table.code:
            code, at = areas.table.code, ("areas", "table", "code")
        asked = used.setdefault(name, {code: source.place(at)})
        for column in columns:
            if column:
                asked.setdefault(column, source.place(path))

    use(areas.table.input, ("areas", "table"))
    if areas.names:
        use(areas.names.input, ("areas", "names"), areas.names.column)
    for geography, within in areas.within.items():
        use(within.input, ("areas", "within", geography), within.column, within.name)
    for node in definition.nodes:
        for purpose, columns in node.columns().items():
            for column in columns:
                use(node.input_of(column) or "", (*node.path, purpose), column.column)
    return used
