"""Records that an indicator chooses: where they lie, and what each of them counts for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hyperlocal.definition.chosen import ChosenRecords, CountedRecords
from hyperlocal.definition.inputs import Beginning, FromList
from hyperlocal.errors import DataError
from hyperlocal.indicators.gathering import Batch, Gathering, RecordTable
from hyperlocal.methods import FloatArray

NO_LOCATION = "the record has no location"
COUNTED = "the number that the record counts for"
NOTHING = "a record that counts for nothing"


@dataclass(frozen=True)
class Located:
    """Records that lie somewhere.

    Parameters
    ----------
    table
        Their table.
    batch
        The records.
    x, y
        Where they lie, in metres of the National Grid.
    number
        What each counts for.
    """

    table: RecordTable
    batch: Batch
    x: FloatArray
    y: FloatArray
    number: FloatArray


class Classes:
    """How many of the chosen records are of each class that was asked for.

    A class that none is of may be a code that is written wrongly, so the provenance tells.

    Parameters
    ----------
    gathering
        Knows the codes of lists.
    chosen
        The records; the classes are the values that its ``where`` asks for.

    Attributes
    ----------
    found
        For each column of ``where`` the number of records by class, 0 where there is none.
    """

    def __init__(self, gathering: Gathering, chosen: ChosenRecords) -> None:
        self.found: dict[str, dict[str, int]] = {}
        for column, wanted in chosen.where.items():
            if not isinstance(wanted, Beginning):
                codes = gathering.codes(wanted.list) if isinstance(wanted, FromList) else wanted
                self.found[column] = dict.fromkeys(codes, 0)

    def count(self, batch: Batch) -> None:
        """Count the records of a batch."""
        for column, found in self.found.items():
            values = batch.frame[column].str.strip_chars().value_counts()
            for value, number in values.iter_rows():
                found[value] = found.get(value, 0) + number


def counted_batches(
    gathering: Gathering,
    chosen: CountedRecords,
    numbers: Sequence[str] = (),
    texts: Sequence[str] = (),
    classes: Classes | None = None,
) -> Iterator[tuple[RecordTable, Batch, FloatArray]]:
    """Yield chosen records in parts, with their table and the number that each counts for.

    Parameters
    ----------
    gathering
        Gives the records.
    chosen
        The records.
    numbers, texts
        Further columns that are wanted, as numbers or as text.
    classes
        Counts the records by class, where that is wanted.

    Raises
    ------
    DataError
        Where the number of a record is missing or negative.
    """
    table = gathering.records(chosen.records)
    wanted = list(dict.fromkeys(filter(None, (*numbers, chosen.number))))
    named = list(dict.fromkeys((*texts, *(classes.found if classes else ()))))
    for batch in table.batches(named, wanted, chosen.where, located=True):
        if classes is not None:
            classes.count(batch)
        yield table, batch, numbers_of(table, batch, chosen.number, COUNTED, NOTHING)


def located_batches(
    gathering: Gathering, chosen: CountedRecords, classes: Classes | None = None
) -> Iterator[Located]:
    """Yield chosen records in parts, with where they lie.

    Those that lie nowhere are left out, and count among the ones that are not placed.

    Parameters
    ----------
    gathering
        Gives the records.
    chosen
        The records.
    classes
        Counts the records by class, where that is wanted.
    """
    for table, batch, number in counted_batches(gathering, chosen, classes=classes):
        x, y = batch.coordinates()
        there = np.isfinite(x)
        table.leave_out(NO_LOCATION, batch.rows.filter(pl.Series(~there)))
        yield Located(table, batch.chosen(there), x[there], y[there], number[there])


def numbers_of(table: RecordTable, batch: Batch, column: str, what: str, none: str) -> FloatArray:
    """Return the number that each record counts for: that of a column, or 1.

    Parameters
    ----------
    table
        The table of the records.
    batch
        The records, with the column as numbers.
    column
        The column; empty where each counts once.
    what, none
        What is counted, and what has 0, for messages.

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
        more = int(wrong.sum()) - 1
        found = "missing" if np.isnan(number[first]) else f"{number[first]:g}, which is negative"
        said = f"{what} is {found}"
        said += f"; {more:,} more are missing or negative" if more else ""
        raise DataError(
            table.problem(said, f"mend it; {none} has 0", int(batch.rows[first]), column)
        )
    return number
