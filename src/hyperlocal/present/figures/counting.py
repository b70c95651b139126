"""Numbers as figures take them, and as their alternative texts tell them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.errors import DataError, Problem
from hyperlocal.present import wording

FloatArray = NDArray[np.float64]
Values = NDArray[Any] | Sequence[float | None] | pl.Series
TOLD = 3


def numbers(values: Values, what: str, many: int | None = None) -> FloatArray:
    """Return numbers as an array, NaN where there is none.

    Parameters
    ----------
    values
        The numbers: an array, a list or a column.
    what
        What they are, for the message.
    many
        How many there must be.

    Raises
    ------
    DataError
        Where there are more or fewer.

    Examples
    --------
    >>> numbers(pl.Series([1, None]), "ranks").tolist()
    [1.0, nan]
    """
    series = values if isinstance(values, pl.Series) else pl.Series("values", values)
    found = series.cast(pl.Float64).to_numpy()
    if many is not None and len(found) != many:
        said = f"{len(found):,} {what} were given for {many:,} areas"
        raise DataError(Problem(said, "give one for each area, in the same order"))
    return found


def deciles_of(values: Values, many: int | None = None) -> FloatArray:
    """Return deciles as an array, NaN where there is none.

    Raises
    ------
    DataError
        Where there is not one for each area, or one is not a whole number from 1 to 10.
    """
    found = numbers(values, "deciles", many)
    wrong = ~(np.isnan(found) | np.isin(found, np.arange(1, 11)))
    if wrong.any():
        said = f"{int(wrong.sum()):,} deciles are not whole numbers from 1 to 10"
        raise DataError(Problem(said, f"the first is {found[wrong][0]:g}"))
    return found


def percent(part: float, whole: float) -> str:
    """Return a share as text.

    Examples
    --------
    >>> percent(35, 259), percent(0, 0)
    ('13.5%', '0%')
    """
    return wording.percent(part / whole if whole else 0.0)


def part_of(part: int, whole: int) -> str:
    """Return a count with its share.

    Examples
    --------
    >>> part_of(3375, 33755)
    '3,375 (10.0%)'
    """
    return f"{part:,} ({percent(part, whole)})"


def quantity(value: float, decimals: int = 0) -> str:
    """Return a number as text; a minus is a minus, not a hyphen.

    Examples
    --------
    >>> quantity(-1234.56, 1)
    '−1,234.6'
    >>> quantity(-0.001, 2)
    '0.00'
    """
    return f"{value:z,.{decimals}f}".replace("-", "−")


def signed(value: float, decimals: int = 0) -> str:
    """Return a number with its sign; the minus is a minus, not a hyphen.

    Examples
    --------
    >>> signed(2), signed(-0.25, 2), signed(0)
    ('+2', '−0.25', '0')
    """
    text = quantity(value, decimals)
    return f"+{text}" if round(value, decimals) > 0 else text


def most_by_group(marked: NDArray[np.bool_], groups: pl.Series | None, what: str) -> str:
    """Tell which groups have the most of the areas that are marked.

    Parameters
    ----------
    marked
        Of each area, whether it counts.
    groups
        The name of the group of each area; None = there are no groups.
    what
        What marked areas are: ``in decile 1``.

    Returns
    -------
    str
        A sentence, or nothing where there are fewer than two groups or no area is marked.

    Examples
    --------
    >>> most_by_group(np.array([True, True, False]), pl.Series(["a", "b", "b"]), "in decile 1")
    'Most in decile 1: a (1 of 1), b (1 of 2).'
    """
    if groups is None or groups.n_unique() < 2 or not marked.any():
        return ""
    counts = (
        pl.DataFrame({"group": groups, "marked": marked})
        .drop_nulls("group")
        .group_by("group")
        .agg(pl.col("marked").sum(), pl.len().alias("all"))
        .filter(pl.col("marked") > 0)
        .sort(["marked", "group"], descending=[True, False])
        .head(TOLD)
    )
    told = [f"{name} ({part:,} of {whole:,})" for name, part, whole in counts.iter_rows()]
    return f"Most {what}: {', '.join(told)}." if told else ""


def no_data(values: FloatArray) -> str:
    """Tell how many areas have no number, where there are any."""
    missing = int(np.isnan(values).sum())
    return f"No data: {missing:,}." if missing else ""


def paragraph(*sentences: str) -> str:
    """Return sentences as one text; empty ones are left out."""
    return " ".join(filter(None, sentences))
