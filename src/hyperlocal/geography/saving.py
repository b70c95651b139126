"""Correspondences in Parquet files: the shares as a table, the rest as metadata."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from hyperlocal.areas import Geography
from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography._arrays import positions
from hyperlocal.geography.left_out import LeftOut

if TYPE_CHECKING:
    from hyperlocal.geography.correspondence import Correspondence

MARK = "hyperlocal.correspondence"
COLUMNS = ("source_code", "target_code", "share", "fell_back")


def save_correspondence(correspondence: Correspondence, path: Path) -> None:
    """Write a correspondence to a Parquet file that appears whole or not at all.

    Parameters
    ----------
    correspondence
        What to write.
    path
        The file.

    Raises
    ------
    GeographyError
        Where it cannot be written.

    Notes
    -----
    A source that is placed nowhere is a row without a target, and a target that no source reaches
    a row without a source.
    """
    import pyarrow.parquet as pq

    known = {
        "source": str(correspondence.source),
        "target": str(correspondence.target),
        "kind": correspondence.kind,
        "weighted_by": correspondence.weighted_by,
        "made_of": dict(correspondence.made_of),
        "left_out": [asdict(left) for left in correspondence.left_out],
    }
    table = _rows(correspondence).to_arrow()
    table = table.replace_schema_metadata({MARK: json.dumps(known, sort_keys=True).encode()})
    temporary = path.with_name(f".{path.name}.writing-{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, temporary, compression="zstd")
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise GeographyError(
            Problem(f"cannot be written: {reason}", "name another file", str(path))
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def _rows(correspondence: Correspondence) -> pl.DataFrame:
    placed = correspondence.to_frame()
    nowhere = correspondence.source_codes.filter(np.diff(correspondence.shares.indptr) == 0)
    rows = pl.concat(
        [
            placed,
            pl.DataFrame({"source_code": nowhere}),
            pl.DataFrame({"target_code": correspondence.unreached_codes}),
        ],
        how="diagonal",
    )
    fell_back = pl.col("source_code").is_in(correspondence.fell_back.implode()).fill_null(False)
    return rows.with_columns(fell_back=fell_back)


def load_fields(path: Path) -> dict[str, Any]:
    """Read what a correspondence consists of from a file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    dict
        The arguments of ``Correspondence``.

    Raises
    ------
    GeographyError
        Where the file is missing, cannot be read or holds something else.
    """
    from scipy import sparse

    try:
        known, rows = pl.read_parquet_metadata(path).get(MARK), pl.read_parquet(path)
    except FileNotFoundError as error:
        raise GeographyError(Problem("is missing", "build and save it first", str(path))) from error
    except (OSError, pl.exceptions.PolarsError) as error:
        raise GeographyError(
            Problem(f"cannot be read as Parquet: {error}", "build and save it again", str(path))
        ) from error
    if known is None or tuple(rows.columns) != COLUMNS:
        raise GeographyError(
            Problem("does not hold a saved correspondence", "name a file that was saved", str(path))
        )
    stated = json.loads(known)
    source_codes, target_codes = _codes(rows["source_code"]), _codes(rows["target_code"])
    placed = rows.drop_nulls()
    pairs = (
        positions(placed["source_code"], source_codes),
        positions(placed["target_code"], target_codes),
    )
    shape = (len(source_codes), len(target_codes))
    fell_back = rows.filter("fell_back")["source_code"]
    return {
        "source": Geography.from_name(stated["source"]),
        "target": Geography.from_name(stated["target"]),
        "source_codes": source_codes,
        "target_codes": target_codes,
        "shares": sparse.coo_array((placed["share"].to_numpy(), pairs), shape=shape).tocsr(),
        "kind": stated["kind"],
        "weighted_by": stated["weighted_by"],
        "made_of": stated["made_of"],
        "left_out": tuple(
            LeftOut(**{**left, "first": tuple(left["first"])}) for left in stated["left_out"]
        ),
        "fell_back": _codes(fell_back),
    }


def _codes(codes: pl.Series) -> pl.Series:
    return codes.drop_nulls().unique().sort().alias("code")
