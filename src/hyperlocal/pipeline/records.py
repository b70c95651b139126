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
from hyperlocal.pipeline.headings import Asked, match_columns
from hyperlocal.pipeline.tables import Table, matching
from hyperlocal.pipeline.text_files import TEXT_FILES, open_text
from hyperlocal.pipeline.workbooks import WORKBOOKS, open_workbook

ROWS_AT_ONCE = 250_000
"""How many records are held at a time."""
LAYERS = (".gpkg", ".geojson", ".json", ".shp", ".fgb")
LAYERS_SHOWN = 12
X, Y = "x", "y"


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
            raise DataError(_unreadable(self.file, error)) from error

    def _read(
        self,
        asked: Mapping[str, Asked],
        where: Rows,
        texts_of: Sequence[str],
        numbers_of: Sequence[str],
        location: Location | None,
        shape: str,
    ) -> Iterator[Batch]:
        for part in _open(self.file, self.form, asked, shape):
            frame = _whole_numbers(part.frame, asked)
            table = Table(self.file, self.form, frame, part.rows, 0)
            shapes = part.shapes
            if where:
                keep = matching(table, where, self.lists)
                table = table.selected(keep)
                shapes = None if shapes is None else shapes[keep.to_numpy()]
            columns = self._columns(table, texts_of, numbers_of)
            if location is not None and not location.geometry:
                columns |= self._coordinates(table, location)
            elif shapes is not None and location is not None:
                shapes = self._shapes(table, shapes, part.crs, location)
            if self.written.area is not None and self.written.area.column in asked:
                columns |= self._columns(table, [self.written.area.column], [])
            yield Batch(pl.DataFrame(columns), table.rows, shapes)

    def _columns(
        self, table: Table, texts_of: Sequence[str], numbers_of: Sequence[str]
    ) -> dict[str, pl.Series]:
        columns: dict[str, pl.Series] = {}
        for name in texts_of:
            text = _text(table, name)
            columns[name] = text.set(text.is_in(list(self.written.missing)), None)
        for name in numbers_of:
            columns[name] = pl.Series(name, self._numbers(table, name), nan_to_null=True)
        return columns

    def _refuse_shadowed(self, location: Location, names: Sequence[str]) -> None:
        """Refuse another column that is called as the coordinates of a batch are."""
        for name, of_place in ((X, location.x), (Y, location.y)):
            if name in names and name != of_place:
                said = f"{name!r} is what the coordinates are called, and names another column here"
                remedy = f"give the column another name, as in 'columns: {{other: {name}}}'"
                raise DataError(Problem(said, remedy, str(self.file), place=name))

    def _numbers(self, table: Table, name: str) -> FloatArray:
        values, problems = column_numbers(table, Column(column=name), self.written.missing)
        if problems:
            raise DataError(problems)
        return values

    def _coordinates(self, table: Table, location: Location) -> dict[str, pl.Series]:
        from hyperlocal.geography import DEGREES, NATIONAL_GRID, tell_system, to_national_grid

        x, y = (self._numbers(table, name) for name in (location.x, location.y))
        absent = np.isnan(x) | np.isnan(y)
        x[absent] = y[absent] = np.nan
        degrees = location.coordinates == "longitude_latitude"
        tell_system(x, y, DEGREES if degrees else NATIONAL_GRID, str(self.file), table.rows)
        if degrees:
            x, y = to_national_grid(x, y)
        return {X: pl.Series(X, x, nan_to_null=True), Y: pl.Series(Y, y, nan_to_null=True)}

    def _shapes(
        self, table: Table, wkb: NDArray[Any], crs: str | None, location: Location
    ) -> NDArray[Any]:
        import shapely

        from hyperlocal.geography import DEGREES, NATIONAL_GRID, tell_system, to_national_grid

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
        if np.isfinite(corners).all(axis=1).any():  # else none has a place
            tell_system(corners[:, 0], corners[:, 1], stated, str(self.file), table.rows)
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
    forms = written.accepted_forms()
    for form in forms:
        if (folder / form.file).is_file():
            return RecordFile(written, form, folder / form.file, lists, place)
    accepted = ", ".join(form.file for form in forms)
    what = f"{written.title!r} is not there" if written.title else "the file is not there"
    what += f"; accepted is one of {accepted}" if len(forms) > 1 else ""
    url = written.url or next((form.url for form in forms if form.url), "")
    remedy = f"it is published at {url}" if url else "put it there, or name another --data folder"
    raise DataError(Problem(what, remedy, str(folder / forms[0].file)))


def _unreadable(file: Path, error: Exception) -> Problem:
    reason, remedy = str(error).splitlines()[0][:200], ""
    if "found more fields than defined" in reason:
        reason = "a row has more values than there are headings"
        remedy = "mend the row; a value that holds the separator must stand in quotes"
    return Problem(f"cannot be read: {reason}", remedy, str(file))


@dataclass(frozen=True)
class _Part:
    """Some rows of a file, as they stand there."""

    frame: pl.DataFrame
    rows: pl.Series
    shapes: NDArray[Any] | None = None
    crs: str | None = None


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


def _text(table: Table, name: str) -> pl.Series:
    text, problems = texts(table, name)
    if problems:
        raise DataError(problems)
    return text.alias(name)


def _open(file: Path, form: Form, asked: Mapping[str, Asked], shape: str) -> Iterator[_Part]:
    kind = file.suffix.lower()
    if kind == ".parquet":
        return _parts_of_parquet(file, form, asked, shape)
    if kind in LAYERS:
        return _parts_of_layer(file, form, asked, shape)
    if shape:
        message = f"files that end in {kind!r} have no geometry"
        raise DataError(Problem(message, "state 'x' and 'y' as its location", str(file)))
    if kind in TEXT_FILES:
        return _parts_of_text(file, form, asked)
    if kind in WORKBOOKS:
        return _whole_workbook(file, form, asked)
    message = f"files that end in {kind!r} are not read"
    raise DataError(Problem(message, "save it as .parquet or .csv", str(file)))


def _parts_of_parquet(
    file: Path, form: Form, asked: Mapping[str, Asked], shape: str
) -> Iterator[_Part]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from hyperlocal.geography.boundary_files import crs_of_parquet

    try:
        opened = pq.ParquetFile(file)
    except pa.ArrowException as error:
        raise DataError(Problem(f"cannot be read: {error}", file=str(file))) from error
    headings = opened.schema_arrow.names
    if shape and shape not in headings:
        raise DataError(Problem("there is no such column", "", str(file), place=shape))
    found, _ = match_columns(headings, asked, form, file)
    wanted = [headings[place] for place in found.values()] + ([shape] if shape else [])
    crs = crs_of_parquet(opened.schema_arrow, shape) if shape else None
    first = 1
    batches = opened.iter_batches(ROWS_AT_ONCE, columns=list(dict.fromkeys(wanted)))
    while True:
        try:
            batch = next(batches, None)
        except pa.ArrowException as error:
            raise DataError(_unreadable(file, error)) from error
        if batch is None:
            return
        frame, rows = _frame(batch, found, headings, first)
        shapes = batch[shape].to_numpy(zero_copy_only=False) if shape else None
        yield _Part(frame, rows, shapes, crs)
        first += batch.num_rows


def _parts_of_layer(
    file: Path, form: Form, asked: Mapping[str, Asked], shape: str
) -> Iterator[_Part]:
    import pyogrio

    try:
        _refuse_layer(file, pyogrio.list_layers(file)[:, 0].tolist(), form.sheet)
        information = pyogrio.read_info(file, layer=form.sheet)
        if shape and information["geometry_type"] is None:
            said = "has no geometry"
            raise DataError(Problem(said, "state 'x' and 'y' as its location", str(file)))
        headings = information["fields"].tolist()
        found, _ = match_columns(headings, asked, form, file) if asked else ({}, {})
        names = [headings[place] for place in found.values()]
        with pyogrio.open_arrow(
            file, layer=form.sheet, columns=names, read_geometry=bool(shape),
            batch_size=ROWS_AT_ONCE, use_pyarrow=True,
        ) as (meta, reader):  # fmt: skip
            geometry = meta["geometry_name"] or "wkb_geometry"
            first = 1
            for batch in reader:
                frame, rows = _frame(batch, found, headings, first)
                shapes = batch[geometry].to_numpy(zero_copy_only=False) if shape else None
                yield _Part(frame, rows, shapes, information["crs"])
                first += batch.num_rows
    except pyogrio.errors.DataSourceError as error:
        raise DataError(Problem(f"cannot be read: {error}", file=str(file))) from error


def _refuse_layer(file: Path, layers: list[str], asked: str | None) -> None:
    """Refuse a layer that is not there, and a file of which nothing says which layer is meant."""
    there = f"it has {', '.join(layers[:LAYERS_SHOWN])}{' ...' * (len(layers) > LAYERS_SHOWN)}"
    if asked is None and len(layers) > 1:
        raise DataError(Problem("has several layers", f"name one as 'sheet': {there}", str(file)))
    if asked is not None and asked not in layers:
        raise DataError(Problem(f"has no layer {asked!r}", there, str(file)))


def _frame(
    batch: Any, found: Mapping[str, int], headings: list[str], first: int
) -> tuple[pl.DataFrame, pl.Series]:
    columns = {name: pl.Series(name, batch[headings[place]]) for name, place in found.items()}
    rows = pl.int_range(first, first + batch.num_rows, eager=True).alias("row")
    return pl.DataFrame(columns), rows


def _parts_of_text(file: Path, form: Form, asked: Mapping[str, Asked]) -> Iterator[_Part]:
    whole = open_text(file, form)
    headings = whole.collect_schema().names()
    found, _ = match_columns(headings, asked, form, file)
    chosen = [pl.col(headings[place]).alias(name) for name, place in found.items()]
    first = (form.header_row or 1) + 1
    # all columns are read: of some alone, a row with more values than headings goes unnoticed
    for frame in whole.collect_batches(chunk_size=ROWS_AT_ONCE, maintain_order=True):
        rows = pl.int_range(first, first + frame.height, eager=True).alias("row")
        yield _Part(frame.select(chosen), rows)
        first += frame.height


def _whole_workbook(file: Path, form: Form, asked: Mapping[str, Asked]) -> Iterator[_Part]:
    sheet = open_workbook(file, form)
    found, _ = match_columns(sheet.headings, asked, form, file, sheet.hint)
    frame = sheet.read(found, {name for name, one in asked.items() if one.number})
    first = sheet.header_row + 1
    yield _Part(frame, pl.int_range(first, first + frame.height, eager=True).alias("row"))
