"""The mean of a number over records."""

from __future__ import annotations

import numpy as np
import polars as pl

from hyperlocal.definition.kinds.average import AverageIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.indicators.gathering import Gathered, Gathering
from hyperlocal.indicators.measured import Columns, Fault, Kind, not_above_zero
from hyperlocal.indicators.parts import quotient
from hyperlocal.indicators.parts.chosen import counted_batches

NO_NUMBER = "the record has no number"


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, AverageIndicator)
    total = np.zeros((len(gathering.areas), 2))
    for table, batch, weight in counted_batches(gathering, written.records, [written.column]):
        value = batch.frame[written.column].fill_null(np.nan).to_numpy()
        known = ~np.isnan(value)
        table.leave_out(NO_NUMBER, batch.rows.filter(pl.Series(~known)))
        numbers = np.column_stack([value * weight, weight])[known]
        total += table.totals(batch.chosen(known), numbers)
    return Gathered({"numerator": total[:, 0], "denominator": total[:, 1]})


def faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    """Find areas without a record; a mean may well be negative."""
    return not_above_zero(node, columns, "denominator")


KIND = Kind("average", quotient.measure, faults, gather=_gather)
