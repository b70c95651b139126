"""The numbers of all inputs, in the order of the areas of the index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition import Definition, ResolvedNode
from hyperlocal.definition.inputs import Column
from hyperlocal.definition.nodes import Indicator
from hyperlocal.definition.source import dotted
from hyperlocal.errors import DataError, Problem
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.area_list import AreaList
from hyperlocal.pipeline.cells import SHOWN, column_numbers
from hyperlocal.pipeline.conversion import Conversion
from hyperlocal.pipeline.correspondences import Correspondences
from hyperlocal.pipeline.joining import ABSENT, InputRecord
from hyperlocal.pipeline.reading import read_tables
from hyperlocal.pipeline.tables import Table, not_there, shown_rows
from hyperlocal.pipeline.used import used_columns
from hyperlocal.pipeline.views import RowsKey, View, Views, rows_key

ROUNDING = 1e-9


@dataclass(frozen=True)
class Cell:
    """The cell of a table that an area's value comes from.

    Parameters
    ----------
    table
        The table.
    row
        Its row; None where there is none.
    column
        Its heading.
    about
        The area, with the one that it was converted from; or why there is no row.
    missing
        Whether it makes the value missing.
    """

    table: Table
    row: int | None
    column: str
    about: str
    missing: bool


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

    def conversion(self, name: str) -> Conversion | None:
        """Return how records become the areas of the index; None where they cannot, as reported."""
        found = self._views.conversion(name)
        if found is None:  # a problem that is told twice is shown once
            self.problems += [*self._views.problems, *self.correspondences.problems]
        return found

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
        if len(areas) and purpose not in node.columns() and not node.children:
            self._refuse_gathered(node, purpose, areas, message, remedy)
            return
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
            about = found.about if found.row is None else f"{found.about}: {message}"
            mend = "" if shown else remedy
            self.problems.append(found.table.problem(about, mend, found.row, found.column))
            shown += 1

    def _refuse_gathered(
        self,
        node: ResolvedNode,
        purpose: str,
        areas: NDArray[np.int64],
        message: str,
        remedy: str,
    ) -> None:
        """Add a problem for areas whose number is gathered from records, and in no one cell."""
        shown = ", ".join(self.areas.codes.gather(areas[:SHOWN]))
        more = f" and {len(areas) - SHOWN:,} more" if len(areas) > SHOWN else ""
        told = f"{purpose} of {shown}{more}: {message}"
        self.problems.append(self.definition.source.problem(node.path, told, remedy))

    def _cell(self, node: ResolvedNode, purpose: str, area: int) -> Cell | None:
        """Find the cell of an area; None where something else is reported about it already."""
        columns = node.columns().get(purpose)
        if columns is None:  # a numerator that is added up from the children
            parts = [child for child in node.children if "column" in child.columns()]
            return self._cell(parts[0], "column", area) if parts else None
        weight = _averaged_by(node, purpose)
        found: Cell | None = None
        for column in columns:
            found = self._cell_of(node, column, area)
            if found is None or found.row is None or found.missing:
                return found
            if weight is not None and column is not weight:
                of_weight = self._cell_of(node, weight, area)
                if of_weight is not None and of_weight.missing:
                    return of_weight
        return found

    def _cell_of(self, node: ResolvedNode, column: Column, area: int) -> Cell | None:
        """Find the cell of one column: the first that makes an area's value missing, if any."""
        name, code = node.input_of(column) or "", self.areas.codes[area]
        view = self._view(name, column)
        if view is None or (name, column.key) in self._unreadable:
            return None
        values = view.alignment.numbers(self._of_rows(name, column, False))
        place, about = area, code
        if view.conversion is not None:
            parts = view.conversion.parts(area)
            if not len(parts):
                geography = self.definition.inputs[name].geography
                return Cell(view.table, None, "", f"no {geography} lies in {code}", True)
            missing = parts[np.isnan(values[parts])]
            place = int((missing if len(missing) else parts)[0])
            about = f"{code} (from {view.conversion.codes[place]})"
        row = int(view.alignment.rows[place])
        if row == ABSENT:
            if self.definition.inputs[name].absent_areas == "refuse":
                return None
            whose = code if view.conversion is None else view.conversion.codes[place]
            return Cell(view.table, None, "", f"{whose} has no row", True)
        return Cell(view.table, row, column.headings[0], about, bool(np.isnan(values[place])))

    def _column(
        self, node: ResolvedNode, purpose: str, column: Column, missing_is_zero: bool
    ) -> FloatArray:
        name = node.input_of(column) or ""
        view = self._view(name, column)
        if view is None:
            return np.full(len(self.areas), np.nan)
        is_count = purpose in _indicator(node).counted()
        weight = _averaged_by(node, purpose)
        of_weight = weight and (node.input_of(weight), weight.key, rows_key(weight))
        column_key = (name, column.key, rows_key(column), missing_is_zero)
        key = (*column_key, is_count, purpose == "standard_error", of_weight)
        if key not in self._converted:
            values = view.alignment.numbers(self._of_rows(name, column, missing_is_zero))
            if missing_is_zero:
                values = np.nan_to_num(values, nan=0.0)
            if view.conversion is not None:
                values = self._convert(node, purpose, column, view, values)
                if missing_is_zero:
                    values = np.nan_to_num(values, nan=0.0)
            self._converted[key] = values
        return self._converted[key]

    def _convert(
        self, node: ResolvedNode, purpose: str, column: Column, view: View, values: FloatArray
    ) -> FloatArray:
        """Bring one number per source area to the areas of the index, as what it is."""
        conversion, name = view.conversion, node.input_of(column) or ""
        assert conversion is not None
        values = np.where(np.isinf(values), np.nan, values)  # an infinite one is reported already
        if purpose not in ("column", "total", "before", "after"):
            values = self._refuse_negative(column, view, values)
        written = self.definition.inputs[name]
        if purpose in _indicator(node).counted():
            self._add_totals(name, column, view, values)
            return conversion.count(values, 0.0 if written.absent_areas == "zero" else np.nan)
        weight, weights = _indicator(node).averaged_by(), None
        if weight is not None:
            of_weight = self._view(node.input_of(weight) or "", weight)
            if of_weight is None:
                return np.full(len(self.areas), np.nan)
            held = of_weight.alignment.numbers(
                self._of_rows(node.input_of(weight) or "", weight, False)
            )
            held = self._refuse_negative(weight, of_weight, held)
            weights = self._same_sources(held, of_weight, view)
        shares = np.ones(len(values)) if weights is None else np.nan_to_num(weights, nan=0.0)
        total, unplaced = float(shares.sum()), float((shares * conversion.unplaced).sum())
        if total > 0:
            self._refuse_unplaced(name, column, view, unplaced / total, shares)
        average = conversion.average if purpose != "standard_error" else conversion.standard_error
        return average(values, weights, written.least_known)

    def _refuse_negative(self, column: Column, view: View, values: FloatArray) -> FloatArray:
        """Refuse numbers of source areas that cannot be below 0, before they are added up."""
        wrong = np.flatnonzero(values < 0)
        for place in wrong[:SHOWN].tolist():
            row = int(view.alignment.rows[place])
            remedy = "mend it or mark it missing"
            self.problems.append(
                view.table.problem("the value is negative", remedy, row, column.headings[0])
            )
        return np.where(values < 0, np.nan, values) if len(wrong) else values

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
        self._views.records[name].totals.setdefault(
            heading,
            {
                "total": total,
                "placed": total - unplaced - outside,
                "outside_the_index": outside,
                "unplaced": unplaced,
            },
        )
        if total > 0:
            self._refuse_unplaced(name, column, view, unplaced / total, known)

    def _refuse_unplaced(
        self, name: str, column: Column, view: View, share: float, numbers: FloatArray
    ) -> None:
        """Refuse a column of which too large a share lies in no area."""
        assert view.conversion is not None
        most = self.definition.inputs[name].most_unplaced
        if share <= most + ROUNDING:
            return
        lost = view.conversion.codes.filter(pl.Series(view.conversion.unplaced * numbers > 0))
        lost = pl.concat([lost, view.codes.gather(view.unknown)], rechunk=True)
        self.problems.append(
            view.table.problem(
                f"{share:.2%} of the total cannot be placed in an area, more than "
                f"{most:.2%}: {len(lost):,} areas lie in none, wholly or in part, such as "
                f"{', '.join(lost.head(SHOWN))}",
                f"mend the correspondence, or raise 'most_unplaced' of the input {name!r}",
                column=column.headings[0],
            )
        )


def _indicator(node: ResolvedNode) -> Indicator:
    assert isinstance(node.written, Indicator)
    return node.written


def _averaged_by(node: ResolvedNode, purpose: str) -> Column | None:
    """Return the column that the values for a purpose are averaged with; None for counts."""
    written = _indicator(node)
    return None if purpose in written.counted() else written.averaged_by()


def _shown_rows(column: Column) -> str:
    """Write which rows a column uses."""
    return " and ".join(f"{name} holds {shown_rows(rows)}" for name, rows in column.where.items())
