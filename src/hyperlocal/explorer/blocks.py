"""All numbers of a few areas in a file each, so that an area is shown without loading the rest."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl

from hyperlocal.explorer.arrays import write_arrays
from hyperlocal.explorer.columns import withheld_columns
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline import Results

BLOCK = 256
WORKERS = 2


def write_blocks(folder: Path, results: Results, beside: Mapping[str, FloatArray]) -> int:
    """Write all columns of numbers that the definition lets out, in blocks of areas.

    Parameters
    ----------
    folder
        The data folder of the site.
    results
        The finished index.
    beside
        More columns by their names, one number per area: the ends of intervals.

    Returns
    -------
    int
        How many files there are.
    """
    withheld = withheld_columns(results.definition) & set(results.areas.columns)
    numbers = results.areas.select(
        (pl.selectors.numeric() - pl.selectors.by_name(*withheld))
        .cast(pl.Float64)
        .fill_null(float("nan"))
    ).with_columns(pl.Series(name, values, pl.Float64) for name, values in beside.items())
    names = numbers.columns
    rows = numbers.to_numpy(order="fortran") if names else np.empty((results.areas.height, 0))

    def write(number: int) -> None:
        block = rows[number * BLOCK : (number + 1) * BLOCK]
        arrays = {name: np.ascontiguousarray(block[:, at]) for at, name in enumerate(names)}
        write_arrays(folder / f"blocks/{number:04}.bin.gz", arrays)

    blocks = -(-results.areas.height // BLOCK)
    with ThreadPoolExecutor(WORKERS) as pool:  # compression does not hold the interpreter's lock
        list(pool.map(write, range(blocks)))
    return blocks
