"""The areas of the index."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class AreaList:
    """The areas of the index, in the order of their codes.

    Parameters
    ----------
    codes
        The codes, sorted.
    names
        The names; null where none are known.
    within
        For each larger geography the code (and the name, where known) of the larger area.
    excluded
        The codes of the areas that were left out.
    counted
        How many of those N counts all the same.
    """

    codes: pl.Series
    names: pl.Series
    within: dict[str, tuple[pl.Series, pl.Series | None]]
    excluded: pl.Series
    counted: int

    def __len__(self) -> int:
        return len(self.codes)
