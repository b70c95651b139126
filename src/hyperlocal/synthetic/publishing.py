"""CSV files as publishers issue them: with notes around the table, and marks for what is hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray


def write_csv(
    file: Path, table: pl.DataFrame, above: Sequence[str] = (), below: Sequence[str] = ()
) -> None:
    """Write a table as CSV, with lines of notes above and below it.

    Parameters
    ----------
    file
        The file.
    table
        The table.
    above, below
        Notes; an empty one makes an empty line.
    """
    notes = [_quoted(lines) for lines in (above, below)]
    with file.open("wb") as stream:
        stream.write(notes[0].encode())
        table.write_csv(stream)
        stream.write(notes[1].encode())


def counts(
    codes: Mapping[str, pl.Series], columns: Mapping[str, NDArray[np.generic]]
) -> pl.DataFrame:
    """Make a table of whole numbers by area.

    Parameters
    ----------
    codes
        The codes of the areas, and their names where the publisher gives them, by their headings.
    columns
        The numbers by their headings.
    """
    numbers = {name: np.rint(values).astype(np.int64) for name, values in columns.items()}
    return pl.DataFrame({**codes, **numbers})


def names_of(names: pl.DataFrame, codes: pl.Series) -> pl.Series:
    """Return the names of areas, in the order of their codes.

    Parameters
    ----------
    names
        A table of `code` and `name`.
    codes
        The codes.
    """
    return codes.to_frame("code").join(names, on="code", how="left", maintain_order="left")["name"]


def marked(values: pl.Series, hidden: NDArray[np.bool_], mark: str) -> pl.Series:
    """Write numbers as text, with a mark where they are hidden.

    Parameters
    ----------
    values
        The numbers, or text that holds other marks.
    hidden
        True where the mark stands instead.
    mark
        The mark, such as ``*``.
    """
    return values.cast(pl.String).set(pl.Series(hidden), mark)


def with_thousands(values: NDArray[np.float64], decimals: int = 0) -> pl.Series:
    """Write numbers with commas between thousands.

    Parameters
    ----------
    values
        The numbers, from 0 to less than a million.
    decimals
        How many decimals are written.

    Examples
    --------
    >>> with_thousands(np.array([950.0, 12004.26]), decimals=1).to_list()
    ['950.0', '12,004.3']
    """
    scaled = pl.Series(np.rint(values * 10**decimals)).cast(pl.Int64)
    whole = scaled // 10**decimals
    thousands, rest = whole // 1000, (whole % 1000).cast(pl.String)
    long = pl.select(pl.format("{},{}", thousands, rest.str.zfill(3))).to_series()
    text = long.zip_with(thousands > 0, rest)
    if not decimals:
        return text
    fraction = (scaled % 10**decimals).cast(pl.String).str.zfill(decimals)
    return pl.select(pl.format("{}.{}", text, fraction)).to_series()


def _quoted(lines: Sequence[str]) -> str:
    return "".join(f'"{line}"\n' if line else "\n" for line in lines)
