"""How much more than usual practices prescribe for conditions, where their patients live."""

from __future__ import annotations

import numpy as np
import polars as pl

from hyperlocal.definition.kinds.prescription_index import PrescriptionIndexIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators import mean
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering, RecordTable
from hyperlocal.indicators.measured import Kind
from hyperlocal.methods import FloatArray
from hyperlocal.methods.prescribing import prescription_index

NO_PRACTICE = "it names no practice, or a number is missing"
NO_ITEMS = "the practice has no items"
UNKNOWN_PRACTICE = "the practice is not among those that prescribe"
PRACTICE, INDEX, ITEMS, ROW = "practice", "index", "items", "row"


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, PrescriptionIndexIndicator)
    prescribing = gathering.records(written.prescribing.records)
    practices = _practices(prescribing, written)
    with_items = practices.filter(pl.col(ITEMS) > 0)
    prescribing.leave_out(NO_ITEMS, practices.filter(pl.col(ITEMS) == 0)[ROW])
    shares = with_items.select(pl.col(name) / pl.col(ITEMS) for name in written.conditions)
    _refuse_alike(prescribing, shares, written)
    index = prescription_index(shares.to_numpy())
    of_practice = with_items.select(PRACTICE, pl.Series(INDEX, index))
    columns, patients = _patients(gathering, written, of_practice, set(practices[PRACTICE]))
    return Gathered(
        columns,
        {
            "practices": with_items.height,
            "practices_with_patients": patients,
            "conditions": {
                name: {
                    "mean_share": float(shares[name].to_numpy().mean()),
                    "standard_deviation": float(shares[name].to_numpy().std()),
                }
                for name in written.conditions
            },
            "index": {"least": float(index.min()), "most": float(index.max())},
        },
    )


def _practices(table: RecordTable, written: PrescriptionIndexIndicator) -> pl.DataFrame:
    """Return the items of each practice, for each condition and in all."""
    named, items = written.prescribing.practice, written.prescribing.items
    columns = list(dict.fromkeys([items, *sum(written.conditions.values(), ())]))
    parts = []
    for batch in table.batches([named], columns):
        _refuse_negative(table, batch, columns)
        absent = batch.frame.select(pl.any_horizontal(pl.all().is_null())).to_series()
        table.leave_out(NO_PRACTICE, batch.rows.filter(absent))
        known = batch.chosen(~absent.to_numpy())
        counts = known.frame.select(
            pl.col(named).alias(PRACTICE),
            pl.col(items).alias(ITEMS),
            *(pl.sum_horizontal(own).alias(name) for name, own in written.conditions.items()),
            known.rows.alias(ROW),
        )
        parts.append(_by_practice(counts))
    practices = _by_practice(pl.concat(parts)).sort(PRACTICE)
    problems = [
        table.problem(
            f"the practice {practice} has {part:g} items for {name} and {whole:g} in all",
            "mend them: items for a condition are among all items",
            row,
        )
        for name in written.conditions
        for practice, part, whole, row in practices.filter(pl.col(name) > pl.col(ITEMS))
        .select(PRACTICE, name, ITEMS, ROW)
        .head(3)
        .iter_rows()
    ]
    if problems:
        raise DataError(problems)
    return practices


def _by_practice(counts: pl.DataFrame) -> pl.DataFrame:
    """Add up the rows of each practice."""
    return counts.group_by(PRACTICE, maintain_order=True).agg(
        pl.exclude(PRACTICE, ROW).sum(), pl.col(ROW).min()
    )


def _refuse_negative(table: RecordTable, batch: Batch, columns: list[str]) -> None:
    problems: list[Problem] = []
    for column in columns:
        negative = (batch.frame[column] < 0).fill_null(False)
        if negative.any():
            said = f"a number is {batch.frame[column].filter(negative)[0]:g}"
            row = int(batch.rows.filter(negative)[0])
            problems.append(table.problem(said, "mend it", row, column))
    if problems:
        raise DataError(problems)


def _refuse_alike(
    table: RecordTable, shares: pl.DataFrame, written: PrescriptionIndexIndicator
) -> None:
    """Refuse conditions whose share is the same in all practices: there is no z-score."""
    problems = [
        table.problem(
            f"the share of items for {name} is the same in all {shares.height} practices",
            "look at the column, or leave the condition out",
            None,
            written.conditions[name][0],
        )
        for name in written.conditions
        if shares[name].n_unique() < 2
    ]
    if problems:
        raise DataError(problems)


def _patients(
    gathering: Gathering,
    written: PrescriptionIndexIndicator,
    index: pl.DataFrame,
    known: set[str],
) -> tuple[dict[str, FloatArray], int]:
    """Carry the index of the practices to the areas; count the practices that have patients."""
    patients = written.patients
    table = gathering.records(patients.records)
    total = np.zeros((len(gathering.areas), 2))
    seen: set[str] = set()
    for batch in table.batches([patients.practice], [patients.number], located=True):
        _refuse_negative(table, batch, [patients.number])
        names = batch.frame[patients.practice]
        of_patients = pl.DataFrame({PRACTICE: names}).join(
            index, on=PRACTICE, how="left", maintain_order="left"
        )[INDEX]
        absent = names.is_null() | batch.frame[patients.number].is_null()
        without = of_patients.is_null() & ~absent
        idle = names.is_in(known).fill_null(False)
        table.leave_out(NO_PRACTICE, batch.rows.filter(absent))
        table.leave_out(NO_ITEMS, batch.rows.filter(without & idle))
        table.leave_out(UNKNOWN_PRACTICE, batch.rows.filter(without & ~idle))
        kept = ~(absent | without)
        number = batch.frame[patients.number].filter(kept).to_numpy()
        values = np.column_stack([number * of_patients.filter(kept).to_numpy(), number])
        total += table.totals(batch.chosen(kept.to_numpy()), values)
        seen |= set(names.filter(kept))
    return {"total": total[:, 0], "sample_size": total[:, 1]}, len(seen)


KIND = Kind("prescription_index", mean.measure, mean.faults, mean.shrink, gather=_gather)
