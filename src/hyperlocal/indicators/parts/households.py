"""How many households a record stands for."""

from __future__ import annotations

from hyperlocal.indicators.gathering import Batch, RecordTable
from hyperlocal.indicators.parts.chosen import numbers_of
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
    return numbers_of(table, batch, column, "the number of households", "a home without any")
