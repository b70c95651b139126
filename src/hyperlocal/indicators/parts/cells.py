"""The cells of a survey: kinds of places by which answers are estimated, and who lives in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.kinds.survey_allocation import AnswerSource, SurveyAllocationIndicator
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators.gathering import Batch, RecordTable
from hyperlocal.methods import FloatArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

NO_CELL = "its cell or its people are missing"
CELL, PEOPLE, ROW = "cell", "people", "row"
SUMS = ("answers", "weight", "squares", "yes")
"""What is added up of the answers of each cell; see `Answering`."""
SHOWN = 5
AT_ONCE = 10_000
"""How many records are added up at a time, with a column for each of their cells."""


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells that the people of the index live in.

    Parameters
    ----------
    table
        The table that they come from.
    keys
        What makes each cell: a row for each, named by the columns of the answers.
    people : shape (areas, cells)
        The people of each area of the index in each cell.
    rows
        The first row of the table with people in each cell.
    every
        What makes each cell, with those that lie outside the index.
    """

    table: RecordTable
    keys: pl.DataFrame
    people: csr_array
    rows: pl.Series
    every: pl.DataFrame

    def empty_problems(
        self,
        question: str,
        empty: NDArray[np.int64],
        written: SurveyAllocationIndicator,
        areas: pl.Series,
    ) -> list[Problem]:
        """Return a problem for each of the first cells without answers, with its areas."""
        fewest = written.fewest_answers
        few = "no answer" if fewest == 1 else f"fewer than {fewest:,} answers"
        remedy = "state 'empty_cell: larger_cell' or 'empty_cell: missing'"
        if written.empty_cell == "larger_cell":
            remedy = "no larger cell has enough of them: look at the answers"
        rest = len(empty) - SHOWN
        problems = []
        for cell in empty[:SHOWN].tolist():
            made_of = self.keys.row(cell, named=True)
            key = ", ".join(f"{name} {value}" for name, value in made_of.items())
            said = f"the cell of {key} has {few} to {question}, and people of "
            said += _some(areas.filter(pl.Series(self.people[:, [cell]].toarray()[:, 0] > 0)))
            said += f" live in it; {rest:,} more cells are empty" if rest > 0 else " live in it"
            problems.append(self.table.problem(said, remedy, int(self.rows[cell])))
        return problems


def _some(codes: pl.Series) -> str:
    more = f" and {len(codes) - SHOWN:,} more areas" if len(codes) > SHOWN else ""
    return ", ".join(codes.head(SHOWN)) + more


def read_cells(table: RecordTable, source: AnswerSource) -> Cells:
    """Read which cells the people of each area live in.

    Parameters
    ----------
    table
        The table of cells: a row for each small area, with its people.
    source
        The source, which names its columns.
    """
    names = list(source.cell)
    keys: list[pl.DataFrame] = []
    people: list[FloatArray] = []
    for batch in table.batches(list(source.cell.values()), [source.people], located=True):
        whole = _complete(table, batch, source)
        for first in range(0, len(whole.rows), AT_ONCE):
            inside = np.zeros(len(whole.rows), dtype=bool)
            inside[first : first + AT_ONCE] = True
            own, sums = people_by_cell(table, whole.chosen(inside), source)
            keys.append(own)
            people.append(sums)
    return _joined(table, names, keys, people)


def people_by_cell(
    table: RecordTable, batch: Batch, source: AnswerSource
) -> tuple[pl.DataFrame, FloatArray]:
    """Add up the people of each area by cell: what is done with every batch.

    Parameters
    ----------
    table
        The table of cells.
    batch
        Some of its records, complete.
    source
        The source, which names its columns.

    Returns
    -------
    tuple
        What makes each cell that people live in, with its first row; and the people of each area
        in each, shape (areas, cells).
    """
    names = list(source.cell)
    frame = batch.frame.select(
        *(pl.col(column).alias(name) for name, column in source.cell.items()),
        pl.col(source.people).alias(PEOPLE),
        batch.rows.alias(ROW),
    )
    lived_in = frame.filter(pl.col(PEOPLE) > 0)
    keys = lived_in.group_by(names, maintain_order=True).agg(pl.col(ROW).first())
    numbered = keys.drop(ROW).with_row_index(CELL)
    cell = frame.join(numbered, on=names, how="left", maintain_order="left")[CELL]
    record = cell.is_not_null().arg_true().to_numpy()
    values = np.zeros((frame.height, keys.height))
    values[record, cell.drop_nulls().to_numpy()] = frame[PEOPLE].to_numpy()[record]
    return keys, table.totals(batch, values)


def _complete(table: RecordTable, batch: Batch, source: AnswerSource) -> Batch:
    """Leave out records without a cell; refuse people that cannot be."""
    people = batch.frame[source.people]
    negative = (people < 0).fill_null(False)
    if negative.any():
        row = int(batch.rows.filter(negative)[0])
        said = f"the number of people is {people.filter(negative)[0]:g}"
        raise DataError(table.problem(said, "mend it", row, source.people))
    needed = [*source.cell.values(), source.people]
    absent = batch.frame.select(pl.any_horizontal(pl.col(needed).is_null())).to_series()
    table.leave_out(NO_CELL, batch.rows.filter(absent))
    return batch.chosen(~absent.to_numpy())


def _joined(
    table: RecordTable,
    names: list[str],
    keys: list[pl.DataFrame],
    people: list[FloatArray],
) -> Cells:
    """Put the cells of all batches together."""
    from scipy.sparse import csr_array, hstack

    stacked = pl.concat(keys)
    every = stacked.group_by(names).agg(pl.col(ROW).min()).sort(names)
    numbered = every.drop(ROW).with_row_index(CELL)
    cell = stacked.join(numbered, on=names, how="left", maintain_order="left")[CELL].to_numpy()
    own = (np.ones(len(cell)), (np.arange(len(cell)), cell))
    apart = hstack([csr_array(one) for one in people], format="csr")
    whole = csr_array(apart @ csr_array(own, shape=(len(cell), every.height)))
    there = np.flatnonzero(whole.sum(axis=0) > 0)  # the others lie outside the index
    here = every[there]
    return Cells(table, here.drop(ROW), whole[:, there], here[ROW], every.drop(ROW))


@dataclass(frozen=True, eq=False)
class Answering:
    """The cells whose answers are taken: those of the survey, or larger ones.

    Parameters
    ----------
    members : shape (cells, answering cells)
        1 where a cell takes the answers of an answering cell.
    sums
        What `SUMS` names, of each answering cell: the number of answers, the sum of their weights
        and of the squares of these, and the weight of those that say yes; 0 for an empty cell.
    larger
        How many cells take the answers of a larger one.
    """

    members: csr_array
    sums: dict[str, FloatArray]
    larger: int


def answering_cells(
    cells: pl.DataFrame, sums: pl.DataFrame, fewest: int, larger: bool
) -> tuple[Answering, NDArray[np.int64]]:
    """Find for each cell the answers that are taken for it.

    Parameters
    ----------
    cells
        What makes each cell, a column each, the broadest first.
    sums
        The same columns, and `SUMS`: the answers of each cell that has any.
    fewest
        A cell with fewer answers is empty.
    larger
        Whether an empty cell takes the answers of the larger cell without its last column, and so
        on; in the end those of all.

    Returns
    -------
    tuple
        The answering cells, and the places of the cells that stay empty.
    """
    from scipy.sparse import csr_array

    names = cells.columns
    left = cells.with_row_index("cell")
    taken: list[pl.DataFrame] = []
    for depth in range(len(names), -1 if larger else len(names) - 1, -1):
        keys = names[:depth]
        totals = pl.col(SUMS).sum()
        known = (
            sums.group_by(keys, maintain_order=True).agg(totals) if keys else sums.select(totals)
        )
        known = known.filter(pl.col("answers") >= fewest)
        joined = (
            left.join(known, on=keys, maintain_order="left")
            if keys
            else left.join(known, how="cross")
        )
        answering = pl.concat_str([pl.lit(str(depth)), *keys], separator="\n")
        taken.append(joined.select("cell", answering.alias("of"), *SUMS, own=depth == len(names)))
        left = left.join(joined.select("cell"), on="cell", how="anti", maintain_order="left")
    found = pl.concat(taken)
    of = found.unique("of", keep="first", maintain_order=True).with_row_index("place")
    linked = found.join(of.select("of", "place"), on="of", how="left", maintain_order="left")
    empty = left["cell"].to_numpy().astype(np.int64)
    rows = np.concatenate([linked["cell"].to_numpy(), empty])
    columns = np.concatenate([linked["place"].to_numpy(), of.height + np.arange(len(empty))])
    shape = (cells.height, of.height + len(empty))
    nothing = np.zeros(len(empty))
    return (
        Answering(
            csr_array((np.ones(len(rows)), (rows, columns)), shape=shape),
            {name: np.concatenate([of[name].to_numpy(), nothing]) for name in SUMS},
            int((~found["own"]).sum()),
        ),
        np.sort(empty),
    )
