"""Files of boundaries: GeoPackage, GeoJSON, Shapefile and GeoParquet."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography.codes import listed
from hyperlocal.geography.lookups import as_codes

PARQUET = (".parquet", ".geoparquet")


@dataclass(frozen=True, eq=False)
class Shapes:
    """What a file of boundaries holds.

    Parameters
    ----------
    codes
        The code of each row.
    shapes
        The geometry of each row; None where it has none.
    crs
        The coordinate reference system that the file states, if any.
    sha256
        Of the file.
    """

    codes: pl.Series
    shapes: NDArray[Any]
    crs: str | None
    sha256: str


def read_shapes(file: Path, code: str, layer: str | None) -> Shapes:
    """Read codes and geometries as they stand in a file.

    Parameters
    ----------
    file
        The file.
    code
        The column of the codes.
    layer
        The layer, where the file has several.

    Raises
    ------
    GeographyError
        Where the file is missing or cannot be read, or has no such column or layer.
    """
    if not file.is_file():
        raise GeographyError(Problem("is missing", "check the name of the file", str(file)))
    with file.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    if file.suffix.lower() in PARQUET:
        codes, shapes, crs = _read_parquet(file, code)
    else:
        codes, shapes, crs = _read_with_gdal(file, code, layer)
    return Shapes(codes, shapes, crs, sha256)


def _no_column(file: Path, code: str, columns: list[str]) -> GeographyError:
    return GeographyError(
        Problem(f"has no column {code!r}", f"it has {listed(columns, 12)}", str(file))
    )


def _unreadable(file: Path, error: Exception) -> GeographyError:
    return GeographyError(
        Problem(f"cannot be read as boundaries: {error}", "check the file", str(file))
    )


def _read_parquet(file: Path, code: str) -> tuple[pl.Series, NDArray[Any], str | None]:
    import pyarrow as pa
    import pyarrow.parquet as pq
    import shapely

    try:
        schema = pq.read_schema(file)
        known = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
        geometry = known.get("primary_column", "geometry")
        if code not in schema.names:
            raise _no_column(file, code, [name for name in schema.names if name != geometry])
        if geometry not in schema.names:
            raise GeographyError(Problem("has no column of geometry", "use GeoParquet", str(file)))
        table = pq.read_table(file, columns=[code, geometry])
        shapes = shapely.from_wkb(table[geometry].to_numpy())
    except (OSError, pa.ArrowException, shapely.errors.ShapelyError, TypeError) as error:
        raise _unreadable(file, error) from error
    codes = pl.Series(code, table[code].to_pylist())
    return as_codes(codes), shapes, crs_of_parquet(schema, geometry)


def crs_of_parquet(schema: Any, geometry: str) -> str | None:
    """Return the coordinate reference system that a GeoParquet file states for a column.

    Parameters
    ----------
    schema
        The schema of the file, from pyarrow.
    geometry
        The column.

    Returns
    -------
    str or None
        None where it states none.
    """
    known = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
    column = known.get("columns", {}).get(geometry)
    return None if column is None else _crs_of_geoparquet(column)


def _crs_of_geoparquet(column: dict[str, Any]) -> str | None:
    """Return what a GeoParquet column states; it means WGS 84 where it says nothing."""
    if "crs" not in column:
        return "OGC:CRS84"
    stated = column["crs"]
    if stated is None:
        return None
    known = stated.get("id")
    return f"{known['authority']}:{known['code']}" if known else str(stated.get("name"))


def _read_with_gdal(
    file: Path, code: str, layer: str | None
) -> tuple[pl.Series, NDArray[Any], str | None]:
    import pyogrio
    import shapely

    try:
        layers = pyogrio.list_layers(file)[:, 0].tolist()
        if layer is None and len(layers) > 1:
            raise GeographyError(
                Problem("has several layers", f"name one of {listed(layers, 12)}", str(file))
            )
        if layer is not None and layer not in layers:
            raise GeographyError(
                Problem(f"has no layer {layer!r}", f"it has {listed(layers, 12)}", str(file))
            )
        information = pyogrio.read_info(file, layer=layer)
        if code not in information["fields"]:
            raise _no_column(file, code, information["fields"].tolist())
        meta, _, shapes, (codes,) = pyogrio.raw.read(
            file, layer=layer, columns=[code], force_2d=True
        )
        shapes = shapely.from_wkb(shapes)
    except (pyogrio.errors.DataSourceError, shapely.errors.ShapelyError) as error:
        raise _unreadable(file, error) from error
    return pl.Series(code, np.asarray(codes).tolist()).cast(pl.String), shapes, meta["crs"]
