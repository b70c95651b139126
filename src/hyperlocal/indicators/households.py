"""How many households a record stands for."""

from __future__ import annotations

import numpy as np

from hyperlocal.errors import DataError
from hyperlocal.indicators.gathering import Batch, RecordTable
from hyperlocal.methods import FloatArray


def households_of(table: RecordTable, batch: Batch, column: str) -> FloatArray:
    """Return the number of households of each record: that of a column, or 1.

    Parameters
    ----------
    table
        The table of the records.
    batch
        The records, with the column as numbers.
    column
        The column; empty where each record is one household.

    Raises
    ------
    DataError
        Where a number is missing or negative.
    """
    if not column:
        return np.ones(len(batch.rows))
    number = batch.frame[column].fill_null(np.nan).to_numpy()
    wrong = ~(number >= 0)
    if wrong.any():
        first = int(np.argmax(wrong))
        what = "missing" if np.isnan(number[first]) else "negative"
        more = int(wrong.sum()) - 1
        said = f"the number of households is {what}" + (f", and {more:,} more" if more else "")
        remedy = "mend it; a home without a household has 0"
        raise DataError(table.problem(said, remedy, int(batch.rows[first]), column))
    return number
