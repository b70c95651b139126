"""Tables of records, read in parts: Parquet, text files, GeoPackages and workbooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.inputs import Column, Form, Rows
from hyperlocal.definition.records import Location, Records
from hyperlocal.errors import DataError, GeographyError, Problem
from hyperlocal.indicators.gathering import Batch
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.cells import column_numbers, texts
from hyperlocal.pipeline.headings import Asked
from hyperlocal.pipeline.record_parts import open_parts, unreadable
from hyperlocal.pipeline.tables import Table, find_form, matching, no_rows, not_there

ROWS_AT_ONCE = 250_000
"""How many records are held at a time."""
X, Y = "x", "y"
CALLED = {"national_grid": "metres of the National Grid", "longitude_latitude": "degrees"}


@dataclass(frozen=True)
class RecordFile:
    """The file of a table of records, and how it is read.

    Parameters
    ----------
    written
        The table, as the definition states it.
    form
        The form of it that is there.
    file
        Its file.
    lists
        The codes of the definition's lists.
    place
        Where the definition speaks of it, for messages.
    """

    written: Records
    form: Form
    file: Path
    lists: Mapping[str, tuple[str, ...]]
    place: str

    def batches(
        self, texts_of: Sequence[str], numbers_of: Sequence[str], where: Rows, located: bool
    ) -> Iterator[Batch]:
        """Yield the records in parts; see `indicators.gathering.RecordTable.batches`."""
        location = self.written.location if located else None
        rows_wanted: Rows = {**self.form.where, **where}
        asked = {name: Asked(self.place, number=True) for name in numbers_of}
        asked |= {name: Asked(self.place) for name in (*texts_of, *rows_wanted)}
        if location is not None and not location.geometry:
            asked |= {name: Asked(self.place, number=True) for name in (location.x, location.y)}
        if located and self.written.area is not None:
            asked.setdefault(self.written.area.column, Asked(self.place))
        shape = location.geometry if location is not None else ""
        if location is not None and not location.geometry:
            self._refuse_shadowed(location, [*texts_of, *numbers_of])
        try:
            yield from self._read(asked, rows_wanted, texts_of, numbers_of, location, shape)
        except OSError as error:
            said = f"cannot be read: {error.strerror or error}"
            raise DataError(Problem(said, file=str(self.file))) from error
        except pl.exceptions.PolarsError as error:
            raise DataError(unreadable(self.file, error)) from error

    def _read(
        self,
        asked: Mapping[str, Asked],
        where: Rows,
        texts_of: Sequence[str],
        numbers_of: Sequence[str],
        location: Location | None,
        shape: str,
    ) -> Iterator[Batch]:
        first, chosen = None, 0
        for part in open_parts(self.file, self.form, asked, shape, ROWS_AT_ONCE):
            frame = _whole_numbers(part.frame, asked)
            table = Table(self.file, self.form, frame, part.rows, 0)
            first = first or table
            shapes = part.shapes
            if where:
                keep = matching(table, where, self.lists)
                chosen += int(keep.sum())
                table = table.selected(keep)
                shapes = None if shapes is None else shapes[keep.to_numpy()]
            columns = self._columns(table, texts_of, numbers_of, location)
            if shapes is not None and location is not None:
                shapes = self._shapes(table, shapes, part.crs, location)
            if self.written.area is not None and self.written.area.column in asked:
                columns |= self._columns(table, [self.written.area.column], [])
            yield Batch(pl.DataFrame(columns), table.rows, shapes)
        if where and first is not None and not chosen:
            raise DataError(no_rows(first, where, self.lists))

    def _columns(
        self,
        table: Table,
        texts_of: Sequence[str],
        numbers_of: Sequence[str],
        location: Location | None = None,
    ) -> dict[str, pl.Series]:
        """Return columns as text and as numbers, with the coordinates of the records if wanted.

        All that is wrong in the cells is refused at once.
        """
        columns: dict[str, pl.Series] = {}
        problems: list[Problem] = []
        for name in texts_of:
            text, wrong = texts(table, name)
            problems += wrong
            columns[name] = text.set(text.is_in(list(self.written.missing)), None).alias(name)
        for name in numbers_of:
            values, wrong = self._numbers(table, name)
            problems += wrong
            columns[name] = pl.Series(name, values, nan_to_null=True)
        places: list[FloatArray] = []
        for name in (location.x, location.y) if location and not location.geometry else ():
            values, wrong = self._numbers(table, name)
            problems += wrong
            places.append(values)
        if problems:
            raise DataError(list(dict.fromkeys(problems)))
        if location is not None and places:
            columns |= self._coordinates(places[0], places[1], table, location)
        return columns

    def _refuse_shadowed(self, location: Location, names: Sequence[str]) -> None:
        """Refuse another column that is called as the coordinates of a batch are."""
        for name, of_place in ((X, location.x), (Y, location.y)):
            if name in names and name != of_place:
                said = f"{name!r} is what the coordinates are called, and names another column here"
                remedy = f"give the column another name, as in 'columns: {{other: {name}}}'"
                raise DataError(Problem(said, remedy, str(self.file), place=name))

    def _numbers(self, table: Table, name: str) -> tuple[FloatArray, list[Problem]]:
        return column_numbers(table, Column(column=name), self.written.missing)

    def _coordinates(
        self, x: FloatArray, y: FloatArray, table: Table, location: Location
    ) -> dict[str, pl.Series]:
        """Return coordinates in the National Grid, null where either of them is missing."""
        from hyperlocal.geography import to_national_grid

        absent = np.isnan(x) | np.isnan(y)
        x[absent] = y[absent] = np.nan
        self._refuse_other_system(x, y, table, location)
        if location.coordinates == "longitude_latitude":
            x, y = to_national_grid(x, y)
        return {X: pl.Series(X, x, nan_to_null=True), Y: pl.Series(Y, y, nan_to_null=True)}

    def _refuse_other_system(
        self, x: FloatArray, y: FloatArray, table: Table, location: Location
    ) -> None:
        """Refuse coordinates that are not what the definition says they are."""
        from hyperlocal.geography import NATIONAL_GRID, likely_system, tell_system

        there = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not len(there):
            return
        system = likely_system(x, y)
        likely = "national_grid" if system == NATIONAL_GRID else "longitude_latitude"
        if likely != location.coordinates:
            first = int(there[0])
            said = f"the coordinates are stated as {CALLED[location.coordinates]}, and look like "
            said += f"{CALLED[likely]}: {x[first]:g}, {y[first]:g}"
            remedy = f"state 'coordinates: {likely}' of their location, or name other columns"
            raise DataError(Problem(said, remedy, str(self.file), int(table.rows[first])))
        tell_system(x, y, system, str(self.file), table.rows)  # refuses what lies elsewhere

    def _shapes(
        self, table: Table, wkb: NDArray[Any], crs: str | None, location: Location
    ) -> NDArray[Any]:
        import shapely

        from hyperlocal.geography import DEGREES, NATIONAL_GRID, to_national_grid

        try:
            shapes = shapely.from_wkb(wkb)
        except (shapely.errors.ShapelyError, TypeError) as error:
            said = f"holds geometries that cannot be read: {error}"
            raise GeographyError(Problem(said, file=str(self.file))) from error
        stated = DEGREES if location.coordinates == "longitude_latitude" else NATIONAL_GRID
        known = {"OGC:CRS84": DEGREES}.get(crs or "", crs)
        if known is not None and known != stated:
            raise GeographyError(
                Problem(
                    f"its coordinates are {known}, and the definition says {stated}",
                    "mend 'coordinates' of its location, or save it in that system",
                    str(self.file),
                )
            )
        corners = shapely.bounds(shapes)
        self._refuse_other_system(corners[:, 0], corners[:, 1], table, location)
        if stated == DEGREES:
            coordinates = shapely.get_coordinates(shapes)
            moved = to_national_grid(coordinates[:, 0], coordinates[:, 1])
            shapes = shapely.set_coordinates(shapes, np.column_stack(moved))
        invalid = ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
        if invalid.any():
            row = int(table.rows[int(np.argmax(invalid))])
            reason = shapely.is_valid_reason(shapes[int(np.argmax(invalid))])
            said = f"the geometry is not valid: {reason}"
            remedy = "mend it, for instance with shapely.make_valid, and look at the result"
            raise GeographyError(Problem(said, remedy, str(self.file), row))
        found: NDArray[Any] = shapes
        return found


def find_records(
    written: Records, folder: Path, lists: Mapping[str, tuple[str, ...]], place: str
) -> RecordFile:
    """Return the file of a table of records that is there.

    Parameters
    ----------
    written
        The table.
    folder
        The data folder.
    lists
        The codes of the definition's lists.
    place
        Where the definition speaks of it.

    Raises
    ------
    DataError
        Where none of its forms is there.
    """
    found = find_form(written, folder)
    if found is None:
        raise DataError(not_there(written, folder))
    return RecordFile(written, *found, lists, place)


def _whole_numbers(frame: pl.DataFrame, asked: Mapping[str, Asked]) -> pl.DataFrame:
    """Write numbers that are asked for as text as they are read: 1.0 as 1, whatever is beside it.

    Which numbers are whole must not depend on the batch that they come in.
    """
    floats = [
        name for name, one in asked.items() if not one.number and frame.schema[name].is_float()
    ]
    cells = pl.col(floats).fill_nan(None)
    whole = cells.cast(pl.Int64, strict=False)
    text = pl.when(whole == cells).then(whole.cast(pl.String)).otherwise(cells.cast(pl.String))
    return frame.with_columns(text.name.keep()) if floats else frame
