"""Files of boundaries that stand beside a finished index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import polars as pl

from hyperlocal.analysis.beside import SAME
from hyperlocal.analysis.groups import file_and_column
from hyperlocal.areas import Geography
from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography import Boundaries, describe_codes, read_boundaries
from hyperlocal.geography.boundary_files import PARQUET
from hyperlocal.geography.codes import listed
from hyperlocal.geography.lookups import as_codes
from hyperlocal.pipeline import Results


class AreaBoundaries(NamedTuple):
    """The boundaries of the areas of an index.

    Attributes
    ----------
    own : Boundaries
        Those of its areas, in their order.
    column : str
        The column of the codes.
    others : int
        How many more areas the file holds.
    """

    own: Boundaries
    column: str
    others: int


def read_own_boundaries(results: Results, given: str | Path) -> AreaBoundaries:
    """Read the boundaries of the areas of an index.

    Parameters
    ----------
    results
        The finished index.
    given
        ``FILE`` or ``FILE:COLUMN`` with the column of the codes: GeoPackage, GeoJSON, Shapefile or
        GeoParquet. Without it the column that holds the most codes of the areas is taken.

    Raises
    ------
    GeographyError
        Where the file is missing or cannot be read, no column holds the codes, the boundaries are
        wrong, or they lack areas of the index.
    """
    codes, geography = results.areas["area_code"], results.definition.areas.geography
    file, column = file_and_column(given)
    column = column or _code_column(file, codes, geography)
    read = read_boundaries(file, Geography.from_name(geography), column)
    rows = pl.DataFrame({"code": read.codes}).with_row_index("row")
    found = pl.DataFrame({"code": codes}).join(rows, on="code", how="left", maintain_order="left")
    lost = found.filter(pl.col("row").is_null())["code"]
    if len(lost):
        raise GeographyError(
            Problem(
                f"{len(lost):,} of {len(codes):,} areas of the index have no boundary, such as "
                f"{describe_codes(lost)}",
                f"take boundaries of all its areas, of the same vintage ({geography})",
                read.file,
                place=column,
            )
        )
    own = replace(read, codes=codes, shapes=read.shapes[found["row"].to_numpy()])
    return AreaBoundaries(own, column, len(read.codes) - len(codes))


def _code_column(file: Path, codes: pl.Series, geography: str) -> str:
    """Return the column of a file of boundaries that holds the codes of the areas."""
    columns = read_columns(file)[0]
    there = {one.name: int(codes.is_in(one.implode()).sum()) for one in columns}
    best = max(there, key=lambda name: there[name], default="")
    if not best or there[best] < SAME * len(codes):
        raise GeographyError(
            Problem(
                f"no column holds the codes of the areas of the index, such as {listed(codes, 3)}",
                f"its columns are {listed(there, 12)}; take boundaries of {geography}",
                str(file),
            )
        )
    return best


def read_columns(file: Path) -> tuple[pl.DataFrame, int]:
    """Return the columns of a file of boundaries as text, and its number of rows.

    Parameters
    ----------
    file
        The file. Its geometry is not read, nor are columns that hold several values.

    Raises
    ------
    GeographyError
        Where it is missing or cannot be read, or has several layers.
    """
    if not file.is_file():
        raise GeographyError(Problem("is missing", "check the name of the file", str(file)))
    return _of_parquet(file) if file.suffix.lower() in PARQUET else _of_others(file)


def _of_parquet(file: Path) -> tuple[pl.DataFrame, int]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        held = pq.ParquetFile(file)
        kinds = {one.name: one.type for one in held.schema_arrow}
        plain = [
            name
            for name, kind in kinds.items()
            if not (pa.types.is_nested(kind) or pa.types.is_binary(kind))
        ]
        columns = {name: held.read([name])[name].to_pylist() for name in plain}
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(file, error) from error
    return _as_text(columns), int(held.metadata.num_rows)


def _of_others(file: Path) -> tuple[pl.DataFrame, int]:
    import pyogrio

    try:
        layers = pyogrio.list_layers(file)[:, 0].tolist()
        if len(layers) > 1:
            said = f"has several layers: {listed(layers, 12)}"
            remedy = "save the one that is meant as a file of its own"
            raise GeographyError(Problem(said, remedy, str(file)))
        held, rows, _, columns = pyogrio.raw.read(file, read_geometry=False, return_fids=True)
    except pyogrio.errors.DataSourceError as error:
        raise _unreadable(file, error) from error
    lists = [str(kind).startswith("list") for kind in held["dtypes"]]
    named = zip(held["fields"], columns, lists, strict=True)
    return _as_text({name: found.tolist() for name, found, many in named if not many}), len(rows)


def _as_text(columns: Mapping[str, Sequence[object]]) -> pl.DataFrame:
    found = (as_codes(pl.Series(name, held), name) for name, held in columns.items())
    return pl.DataFrame(list(found))


def _unreadable(file: Path, error: Exception) -> GeographyError:
    remedy = "name a GeoJSON, GeoPackage, GeoParquet or Shapefile"
    return GeographyError(Problem(f"cannot be read as boundaries: {error}", remedy, str(file)))
