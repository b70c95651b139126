"""Grants to the organisations of an area, per head."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.kinds.grants import Awards, GrantsIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering, RecordTable
from hyperlocal.indicators.measured import Columns, Fault, Kind
from hyperlocal.indicators.parts import quotient
from hyperlocal.methods import FloatArray

SHOWN = 5
NO_AMOUNT = "the grant has no amount"
BELOW = "the amount is below 0"
ABOVE = "the amount is above the largest that counts"
REPEATED = "the grant stands there before"


@dataclass
class _Grants:
    """Adds grants up, and keeps what is left out or refused.

    Parameters
    ----------
    written
        The indicator.
    seen
        The identifiers that were met.
    problems
        What is refused.
    record
        What a reader should know.
    """

    written: GrantsIndicator
    seen: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.String))
    problems: list[Problem] = field(default_factory=list)
    record: dict[str, Any] = field(default_factory=dict)

    def total(self, name: str, awards: Awards, gathering: Gathering) -> FloatArray:
        """Return the amounts of one table by area."""
        table = gathering.records(awards.records)
        texts = [awards.identifier] if awards.identifier else []
        total: FloatArray = np.zeros(len(gathering.areas))
        told = {"grants": 0, "amount": 0.0, "above": 0, "amount_above": 0.0}
        for batch in table.batches(texts, [awards.amount], awards.where, located=True):
            amount = batch.frame[awards.amount].fill_null(np.nan).to_numpy()
            keep = self._judge(table, batch, awards, amount)
            most = self.written.most_amount
            if most is not None:
                above = keep & (amount > most)
                table.leave_out(ABOVE, batch.rows.filter(pl.Series(above)), allowed=True)
                told["above"] += int(above.sum())
                told["amount_above"] += float(amount[above].sum())
                keep &= ~above
            told["grants"] += int(keep.sum())
            told["amount"] += float(amount[keep].sum())
            total = total + table.totals(batch.chosen(keep), amount[keep])
        self.record[name] = told
        return total

    def _judge(
        self, table: RecordTable, batch: Batch, awards: Awards, amount: FloatArray
    ) -> NDArray[np.bool_]:
        """Say which grants have an amount that counts, and did not count before."""
        written = self.written
        keep = np.ones(len(amount), dtype=bool)
        cases = [
            (np.isnan(amount), written.no_amount, NO_AMOUNT, "no_amount: leave_out"),
            (amount < 0, written.negative_amount, BELOW, "negative_amount: leave_out"),
        ]
        column = awards.amount
        for wrong, policy, reason, setting in cases:
            keep &= ~wrong | (policy == "count")
            if policy == "refuse":
                self._refuse(table, batch, wrong, reason, (setting, column))
            elif policy == "leave_out":
                table.leave_out(reason, batch.rows.filter(pl.Series(wrong)), allowed=True)
        if awards.identifier:
            again = self._again(batch.frame[awards.identifier], keep)
            keep &= ~again
            if written.repeated == "refuse":
                said = ("repeated: first", awards.identifier)
                self._refuse(table, batch, again, REPEATED, said)
            else:
                table.leave_out(REPEATED, batch.rows.filter(pl.Series(again)), allowed=True)
        return keep

    def _again(self, identifiers: pl.Series, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say which grants that are kept were met before; one without an identifier never was."""
        identifiers = identifiers.set(pl.Series(~keep), None)
        known = identifiers.is_not_null()
        before = identifiers.is_in(self.seen.implode()).fill_null(False)
        again = before | ~identifiers.is_first_distinct()
        self.seen = pl.concat([self.seen, identifiers.filter(~again & known)], rechunk=True)
        return np.asarray((again & known).to_numpy())

    def _refuse(
        self,
        table: RecordTable,
        batch: Batch,
        wrong: NDArray[np.bool_],
        reason: str,
        said: tuple[str, str],
    ) -> None:
        setting, column = said
        rows = batch.rows.filter(pl.Series(wrong))
        remedy = f"mend it, or state '{setting}'"
        self.problems += [
            table.problem(reason, remedy, row, column) for row in rows.head(SHOWN).to_list()
        ]
        if len(rows) > SHOWN:
            more = f"and {len(rows) - SHOWN:,} more such grants"
            self.problems.append(table.problem(more, remedy, column=column))


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, GrantsIndicator)
    grants = _Grants(written)
    total: FloatArray = np.zeros(len(gathering.areas))
    for name, awards in written.awards.items():
        total = total + grants.total(name, awards, gathering)
    if grants.problems:
        raise DataError(grants.problems)
    columns = {"numerator": total, "denominator": gathering.numbers("denominator")}
    return Gathered(columns, {"awards": grants.record})


def _faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    """Find what cannot be right; where amounts below 0 count, a total may be below 0."""
    assert isinstance(node.written, GrantsIndicator)
    faults = quotient.faults(node, columns)
    if node.written.negative_amount != "count":
        return faults
    return [fault for fault in faults if fault.purpose != "numerator"]


KIND = Kind("grants", quotient.measure, _faults, gather=_gather)
