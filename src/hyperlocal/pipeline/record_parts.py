"""Files of records, a part at a time: Parquet, text files, layers of geometries, workbooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.inputs import Form
from hyperlocal.errors import DataError, Problem
from hyperlocal.pipeline.headings import Asked, match_columns
from hyperlocal.pipeline.text_files import TEXT_FILES, open_text
from hyperlocal.pipeline.text_parts import text_parts
from hyperlocal.pipeline.workbooks import WORKBOOKS, open_workbook

LAYERS = (".gpkg", ".geojson", ".json", ".shp", ".fgb")
LAYERS_SHOWN = 12
ANY_GEOMETRY = "geometry"
"""What a definition may call the geometry of a layer, whatever the file calls it."""


@dataclass(frozen=True)
class Part:
    """Some rows of a file, as they stand there.

    Parameters
    ----------
    frame
        The columns that are asked for, by their names in the definition.
    rows
        The row of the file that holds each, counted from 1.
    shapes
        Their geometries as well-known binary, where they are asked for.
    crs
        The coordinate reference system that the file states, if any.
    """

    frame: pl.DataFrame
    rows: pl.Series
    shapes: NDArray[Any] | None = None
    crs: str | None = None


def open_parts(
    file: Path, form: Form, asked: Mapping[str, Asked], shape: str, rows: int
) -> Iterator[Part]:
    """Read a file in parts.

    Parameters
    ----------
    file
        The file.
    form
        How it is read.
    asked
        The columns that are wanted.
    shape
        The column of the geometry; empty where it is not wanted.
    rows
        How many rows a part may have.

    Raises
    ------
    DataError
        Where the file cannot be read, or lacks what is asked for.
    """
    kind = file.suffix.lower()
    if kind == ".parquet":
        return _parts_of_parquet(file, form, asked, shape, rows)
    if kind in LAYERS:
        return _parts_of_layer(file, form, asked, shape, rows)
    if shape:
        message = f"files that end in {kind!r} have no geometry"
        raise DataError(Problem(message, "state 'x' and 'y' as its location", str(file)))
    if kind in TEXT_FILES:
        return _parts_of_text(file, form, asked, rows)
    if kind in WORKBOOKS:
        return _whole_workbook(file, form, asked)
    message = f"files that end in {kind!r} are not read"
    raise DataError(Problem(message, "save it as .parquet or .csv", str(file)))


def _parts_of_parquet(
    file: Path, form: Form, asked: Mapping[str, Asked], shape: str, at_once: int
) -> Iterator[Part]:
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
    batches = opened.iter_batches(at_once, columns=list(dict.fromkeys(wanted)))
    while True:
        try:
            batch = next(batches, None)
        except pa.ArrowException as error:
            raise DataError(unreadable(file, error)) from error
        if batch is None:
            return
        frame, rows = _frame(batch, found, headings, first)
        shapes = batch[shape].to_numpy(zero_copy_only=False) if shape else None
        yield Part(frame, rows, shapes, crs)
        first += batch.num_rows


def _parts_of_layer(
    file: Path, form: Form, asked: Mapping[str, Asked], shape: str, at_once: int
) -> Iterator[Part]:
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
            batch_size=at_once, use_pyarrow=True,
        ) as (meta, reader):  # fmt: skip
            geometry = meta["geometry_name"] or "wkb_geometry"
            if shape and shape not in (geometry, ANY_GEOMETRY):
                said = f"there is no geometry {shape!r}"
                raise DataError(Problem(said, f"it is called {geometry!r}", str(file)))
            first = 1
            for batch in reader:
                frame, rows = _frame(batch, found, headings, first)
                shapes = batch[geometry].to_numpy(zero_copy_only=False) if shape else None
                yield Part(frame, rows, shapes, information["crs"])
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


def _parts_of_text(
    file: Path, form: Form, asked: Mapping[str, Asked], at_once: int
) -> Iterator[Part]:
    headings = open_text(file, form).collect_schema().names()
    found, _ = match_columns(headings, asked, form, file)
    chosen = [pl.col(headings[place]).alias(name) for name, place in found.items()]
    first = (form.header_row or 1) + 1
    for frame in text_parts(file, form, at_once):
        rows = pl.int_range(first, first + frame.height, eager=True).alias("row")
        yield Part(frame.select(chosen), rows)
        first += frame.height


def _whole_workbook(file: Path, form: Form, asked: Mapping[str, Asked]) -> Iterator[Part]:
    sheet = open_workbook(file, form)
    found, _ = match_columns(sheet.headings, asked, form, file, sheet.hint)
    frame = sheet.read(found, {name for name, one in asked.items() if one.number})
    first = sheet.header_row + 1
    yield Part(frame, pl.int_range(first, first + frame.height, eager=True).alias("row"))


def unreadable(file: Path, error: Exception) -> Problem:
    """Say why a file cannot be read, as a library puts it."""
    reason, remedy = str(error).splitlines()[0][:200], ""
    if "found more fields than defined" in reason:
        reason = "a row has more values than there are headings"
        remedy = "mend the row; a value that holds the separator must stand in quotes"
    return Problem(f"cannot be read: {reason}", remedy, str(file))
