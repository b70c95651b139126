"""Records that a correspondence is made without: counted, weighed and listed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from hyperlocal.geography._arrays import BoolArray, FloatArray

LISTED = 20


@dataclass(frozen=True)
class LeftOut:
    """Records that a correspondence was made without, such as points outside all boundaries.

    Parameters
    ----------
    reason
        What they are and why they were left out.
    number
        How many there are.
    weight
        Their weight: the number itself where they have none.
    first
        The labels of the first few.
    """

    reason: str
    number: int
    weight: float
    first: tuple[str, ...] = ()


def left_out(
    reason: str, labels: pl.Series, which: BoolArray, weights: FloatArray
) -> tuple[LeftOut, ...]:
    """Sum up the records that were left out for one reason; nothing where there are none.

    Parameters
    ----------
    reason
        What they are and why they were left out.
    labels
        The labels of all records.
    which
        Those that were left out.
    weights
        The weights of all records.
    """
    number = int(which.sum())
    if not number:
        return ()
    first = tuple(labels.filter(which).head(LISTED).cast(pl.String).fill_null("").to_list())
    return (LeftOut(reason, number, float(weights[which].sum()), first),)
