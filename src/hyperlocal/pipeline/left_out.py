"""Records that are left out when an indicator is gathered: how many, why, and the first of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from hyperlocal.methods import FloatArray

SHOWN = 5


@dataclass
class LeftOut:
    """Records that are left out for one reason.

    Parameters
    ----------
    number
        How many; of those that lie in areas in part alone, the part that is left out counts.
    allowed
        Whether the definition says that they may be.
    first
        The rows of the first of them.
    named
        What the first of them say of their place, such as a code that is not known.
    """

    number: float = 0
    allowed: bool = False
    first: list[int] = field(default_factory=list)
    named: list[str] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """The rows of the first of them, and what those say of their place."""
        rows = ", ".join(map(str, self.first))
        more = " and more" if self.number > len(self.first) else ""
        names = f" ({', '.join(dict.fromkeys(self.named))})" if self.named else ""
        return f"in rows {rows}{more}{names}"


class Tally:
    """Counts the records of a table that are left out, by the reason."""

    def __init__(self) -> None:
        self.reasons: dict[str, LeftOut] = {}

    def add(
        self,
        reason: str,
        rows: pl.Series,
        named: pl.Series | None = None,
        *,
        allowed: bool = False,
    ) -> None:
        """Count records that are left out whole, of which the rows of the file are given."""
        self.add_parts(reason, rows, np.ones(len(rows), np.int64), allowed=allowed)
        if named is not None and len(named):
            left = self.reasons[reason]
            left.named += named.head(SHOWN - len(left.named)).to_list()

    def add_parts(
        self, reason: str, rows: pl.Series, shares: FloatArray, *, allowed: bool = False
    ) -> None:
        """Count records that are left out in part, each with its share; 0 where it is not."""
        there = rows.filter(pl.Series(shares > 0))
        if len(there):
            left = self.reasons.setdefault(reason, LeftOut(allowed=allowed))
            left.number += shares.sum().item()
            left.first += there.head(SHOWN - len(left.first)).to_list()

    @property
    def refused(self) -> dict[str, LeftOut]:
        """Those that the definition does not allow to be left out."""
        return {why: left for why, left in self.reasons.items() if not left.allowed}

    def told(self) -> dict[str, float]:
        """Return how many there are for each reason, for the provenance."""
        return {why: left.number for why, left in self.reasons.items()}
