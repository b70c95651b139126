"""What is known of a postcode that somebody asks for."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

STATUSES = ("live", "terminated", "elsewhere", "unknown", "invalid")
"""In use, in an area of the index; no longer in use; in use, but in no area of the index; not in
the directory; not written as a postcode is."""
IN_USE = -1
"""Stands for the month in which a postcode ended, where it did not."""
NOWHERE = -1
"""Stands for the place of an area, where a postcode is in no area of the index."""

IntArray = NDArray[np.int32]


def found_postcodes(
    clean: pl.Series, known: NDArray[np.bool_], place: IntArray, month: IntArray
) -> pl.DataFrame:
    """Return what is known of each postcode, as a table.

    Parameters
    ----------
    clean
        The postcodes as `geography.clean_postcodes` leaves them.
    known
        Whether each is in the directory.
    place
        The place of its area, or `NOWHERE`.
    month
        12 times the year in which it ended plus the month from 0; 0 where that is not known, and
        `IN_USE` where it has not ended.

    Returns
    -------
    polars.DataFrame
        A row per postcode: ``postcode`` (null for what is none), ``status`` (one of `STATUSES`),
        ``terminated`` (the month, such as 2024-06, or null) and ``area`` (the place, or -1).

    Examples
    --------
    >>> given = pl.Series(["CF10 1AA", "CF10 1AB"])
    >>> known, month = np.array([True, True]), np.array([IN_USE, 24293], np.int32)
    >>> found_postcodes(given, known, np.array([7, 7], np.int32), month).rows()
    [('CF10 1AA', 'live', None, 7), ('CF10 1AB', 'terminated', '2024-06', 7)]
    """
    ended = known & (month != IN_USE)
    status = np.select(
        [clean.is_null().to_numpy(), ~known, ended, place == NOWHERE],
        [4, 3, 1, 2],
        0,
    )
    dated = pl.Series(month).set(pl.Series(~ended | (month == 0)), None)
    frame = pl.DataFrame(
        {
            "postcode": clean,
            "status": pl.Series(STATUSES)[pl.Series(status, dtype=pl.UInt32)],
            "month": dated,
            "area": np.where(known, place, NOWHERE).astype(np.int32),
        }
    )
    year, of_year = pl.col("month") // 12, pl.col("month") % 12 + 1
    text = pl.format(
        "{}-{}",
        year.cast(pl.String).str.zfill(4),
        of_year.cast(pl.String).str.zfill(2),
    )
    dates = pl.when(pl.col("month").is_not_null()).then(text).alias("terminated")
    return frame.select("postcode", "status", dates, "area")
