"""The numbers of all inputs, in the order of the areas of the index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition import Definition, ResolvedNode
from hyperlocal.definition.inputs import Column
from hyperlocal.definition.routes import counted, weight_of
from hyperlocal.definition.source import dotted
from hyperlocal.errors import DataError, Problem
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.area_list import AreaList
from hyperlocal.pipeline.cells import SHOWN, column_numbers
from hyperlocal.pipeline.correspondences import Correspondences
from hyperlocal.pipeline.joining import ABSENT, InputRecord
from hyperlocal.pipeline.reading import read_tables
from hyperlocal.pipeline.tables import Table, not_there, shown_rows
from hyperlocal.pipeline.used import used_columns
from hyperlocal.pipeline.views import RowsKey, View, Views, rows_key

ROUNDING = 1e-9


class Inputs:
    """All input tables of a definition, read and lined up with its areas.

    Parameters
    ----------
    definition
        The definition.
    folder
        The data folder.
    report
        Called with what is being done.

    Raises
    ------
    DataError
        Where the table of areas cannot be read; all else that is wrong is kept in `problems`.
    """

    def __init__(self, definition: Definition, folder: Path, report: Callable[[str], None]) -> None:
        self.definition = definition
        self.problems: list[Problem] = []
        self.correspondences = Correspondences(definition, folder)
        tables = self._read(folder, report)
        if definition.areas.table.input not in tables:
            raise DataError(self.problems)
        self.correspondences.tables = tables
        self._views = Views(definition, tables, self.correspondences)
        self.problems += self._views.problems
        self._rows: dict[tuple[str, str, RowsKey, bool], FloatArray] = {}
        self._converted: dict[tuple[object, ...], FloatArray] = {}
        self._unreadable: set[tuple[str, str]] = set()

    @property
    def areas(self) -> AreaList:
        """The areas of the index."""
        return self._views.areas

    @property
    def records(self) -> dict[str, InputRecord]:
        """What was read of each input."""
        return self._views.records

    @property
    def unplaced(self) -> pl.DataFrame:
        """The areas that conversion could not place; see `Views.unplaced`."""
        return self._views.unplaced()

    def refuse_problems(self) -> None:
        """Raise all problems that were found, if any."""
        if self.problems:
            raise DataError(list(dict.fromkeys(self.problems)))

    def _read(self, folder: Path, report: Callable[[str], None]) -> dict[str, Table]:
        """Read every table of which columns are used."""
        definition = self.definition
        for name in sorted(self.correspondences.lacks()):
            self.problems.append(not_there(definition.inputs[name], folder))
        used = used_columns(definition, frozenset(self.correspondences.kept))
        tables, problems = read_tables(used, definition, folder, report)
        self.problems += problems
        if self.correspondences.needed:
            report("Converting between geographies")
        return tables

    def _view(self, name: str, column: Column) -> View | None:
        return self._views.get(name, column)

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
            self._column(node, purpose, column, missing_is_zero)
            for column in node.columns()[purpose]
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
            table, row, column, part = found
            code = self.areas.codes[area]
            through = f" (from {part})" if part else ""
            about = f"{part or code} has no row" if row is None else f"{code}{through}: {message}"
            self.problems.append(table.problem(about, "" if shown else remedy, row, column))
            shown += 1

    def _cell(
        self, node: ResolvedNode, purpose: str, area: int
    ) -> tuple[Table, int | None, str, str] | None:
        """Find the cell of an area; None where something else is reported about it already."""
        columns = node.columns().get(purpose)
        if columns is None:  # a numerator that is added up from the children
            parts = [child for child in node.children if "column" in child.columns()]
            return self._cell(parts[0], "column", area) if parts else None
        found: tuple[Table, int | None, str, str] | None = None
        for column in columns:
            name = node.input_of(column) or ""
            view = self._view(name, column)
            if view is None or (name, column.key) in self._unreadable:
                return None
            place, part = area, ""
            if view.conversion is not None:
                place = self._part(name, column, view, area)
                if place == ABSENT:
                    return view.table, None, "", self.areas.codes[area]
                part = view.conversion.codes[place]
            row = int(view.alignment.rows[place])
            if row == ABSENT:
                refused = self.definition.inputs[name].absent_areas == "refuse"
                return None if refused else (view.table, None, "", part)
            found = view.table, row, column.headings[0], part
            values = self._of_rows(name, column, False)
            if len(columns) == 1 or np.isnan(view.alignment.numbers(values)[place]):
                break
        return found

    def _part(self, name: str, column: Column, view: View, area: int) -> int:
        """Return the source area that makes an area's value missing, else its first."""
        assert view.conversion is not None
        parts = view.conversion.parts(area)
        values = view.alignment.numbers(self._of_rows(name, column, False))[parts]
        missing = parts[np.isnan(values)]
        first = missing if len(missing) else parts
        return int(first[0]) if len(first) else ABSENT

    def _column(
        self, node: ResolvedNode, purpose: str, column: Column, missing_is_zero: bool
    ) -> FloatArray:
        name = node.input_of(column) or ""
        view = self._view(name, column)
        if view is None:
            return np.full(len(self.areas), np.nan)
        weight = None if purpose in counted(node.written) else weight_of(node.written)
        key = (name, column.key, rows_key(column), missing_is_zero, purpose, weight and weight.key)
        if key not in self._converted:
            values = view.alignment.numbers(self._of_rows(name, column, missing_is_zero))
            if missing_is_zero:
                values = np.nan_to_num(values, nan=0.0)
            if view.conversion is not None:
                values = self._convert(node, purpose, column, view, values)
            self._converted[key] = values
        return self._converted[key]

    def _convert(
        self, node: ResolvedNode, purpose: str, column: Column, view: View, values: FloatArray
    ) -> FloatArray:
        """Bring one number per source area to the areas of the index, as what it is."""
        assert view.conversion is not None
        name = node.input_of(column) or ""
        correspondence = view.conversion.correspondence
        if purpose in counted(node.written):
            self._add_totals(name, column, view, values)
            return correspondence.count(values)
        weight, weights = weight_of(node.written), None
        if weight is not None and not correspondence.one_source:
            of_weight = self._view(node.input_of(weight) or "", weight)
            if of_weight is None:
                return np.full(len(self.areas), np.nan)
            held = of_weight.alignment.numbers(
                self._of_rows(node.input_of(weight) or "", weight, False)
            )
            weights = self._same_sources(held, of_weight, view)
        if purpose == "standard_error":
            return view.conversion.standard_error(values, weights)
        if weights is None:
            return correspondence.copy(values)
        return correspondence.mean(values, weights, self.definition.inputs[name].least_known)

    @staticmethod
    def _same_sources(held: FloatArray, of_weight: View, view: View) -> FloatArray:
        """Return weights in the order of the areas of another view of the same geography."""
        assert view.conversion is not None
        assert of_weight.conversion is not None
        codes, known = view.conversion.codes, of_weight.conversion.codes
        if codes.equals(known):
            return held
        found = pl.DataFrame({"code": codes}).join(
            pl.DataFrame({"code": known, "weight": held}),
            on="code",
            how="left",
            maintain_order="left",
        )
        return found["weight"].to_numpy().astype(float)

    def _of_rows(self, name: str, column: Column, missing_is_zero: bool) -> FloatArray:
        """Return the numbers of a column, or of a run of them, one per row of its view."""
        key = (name, column.key, rows_key(column), missing_is_zero)
        if missing_is_zero and not np.isnan(complete := self._of_rows(name, column, False)).any():
            return complete
        if key not in self._rows:
            view, written = self._view(name, column), self.definition.inputs[name]
            assert view is not None
            values, problems = column_numbers(view.table, column, written.missing, missing_is_zero)
            if problems and (name, column.key) not in self._unreadable:
                self.problems += problems
                self._unreadable.add((name, column.key))
            self._rows[key] = values
        return self._rows[key]

    def _add_totals(self, name: str, column: Column, view: View, values: FloatArray) -> None:
        """Record what of a count is placed, and refuse it where too much of it is not."""
        assert view.conversion is not None
        known = np.nan_to_num(values, nan=0.0)
        of_unknown = float(np.nansum(self._of_rows(name, column, False)[view.unknown]))
        total = float(known.sum()) + of_unknown
        unplaced = float((known * view.conversion.unplaced).sum()) + of_unknown
        outside = float((known * view.conversion.elsewhere).sum())
        heading = column.key if not column.where else f"{column.key} where {_shown_rows(column)}"
        self._views.records[name].totals[heading] = {
            "total": total,
            "placed": total - unplaced - outside,
            "outside_the_index": outside,
            "unplaced": unplaced,
        }
        most = self.definition.inputs[name].most_unplaced
        if total > 0 and unplaced > (most + ROUNDING) * total:
            lost = view.conversion.codes.filter(pl.Series(view.conversion.unplaced * known > 0))
            lost = pl.concat([lost, view.codes.gather(view.unknown)], rechunk=True)
            self.problems.append(
                view.table.problem(
                    f"{unplaced / total:.2%} of the total cannot be placed in an area, more than "
                    f"{most:.2%}: {len(lost):,} areas lie in none, wholly or in part, such as "
                    f"{', '.join(lost.head(SHOWN))}",
                    f"mend the correspondence, or raise 'most_unplaced' of the input {name!r}",
                    column=column.headings[0],
                )
            )


def _shown_rows(column: Column) -> str:
    """Write which rows a column uses."""
    return " and ".join(f"{name} holds {shown_rows(rows)}" for name, rows in column.where.items())
