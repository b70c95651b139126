"""The average points of pupils, from a record of each or from counts by grade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.inputs import Rows
from hyperlocal.definition.kinds.points_score import GRADES, BestOf, PointsScoreIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators import mean
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering, RecordTable
from hyperlocal.indicators.measured import Kind
from hyperlocal.indicators.parts.chosen import numbers_of
from hyperlocal.methods import FloatArray
from hyperlocal.methods.points import (
    best_of,
    pooled_standard_deviation,
    pupil_scores,
    years_alike,
)

SHOWN = 5
ALL_YEARS = ""
TOTAL, SIZE, SQUARES = range(3)


@dataclass
class _Met:
    """What is met in the records that has no points: how often, and where first."""

    number: int = 0
    rows: list[int] = field(default_factory=list)

    def add(self, rows: pl.Series) -> None:
        self.number += len(rows)
        self.rows += rows.head(SHOWN).to_list()[: SHOWN - len(self.rows)]

    def __str__(self) -> str:
        more = " and more" if self.number > len(self.rows) else ""
        rows = ", ".join(f"{row:,}" for row in self.rows)
        return (
            f"{self.number:,} {'record' if self.number == 1 else 'records'}, in rows {rows}{more}"
        )


def scores_of_pupils(
    batch: Batch, written: PointsScoreIndicator, points: Mapping[str, float]
) -> FloatArray:
    """Return the score of each pupil, NaN for one without points in any subject.

    Parameters
    ----------
    batch
        The pupils, with a column of text for each subject.
    written
        The indicator.
    points
        The points of each outcome.
    """

    def of(subject: str) -> FloatArray:
        column = pl.col(subject)
        given = column.replace_strict(points, default=None, return_dtype=pl.Float64)
        if written.no_outcome == "zero":
            given = pl.when(column.is_null()).then(0.0).otherwise(given)
        return batch.frame.select(given).to_series().fill_null(np.nan).to_numpy()

    def best(subject: BestOf) -> FloatArray:
        return best_of(np.column_stack([of(one) for one in subject.best_of]))

    subjects = [best(one) if isinstance(one, BestOf) else of(one) for one in written.subjects]
    return pupil_scores(np.column_stack(subjects), written.over_subjects)


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, PointsScoreIndicator)
    points = _points(written, gathering)
    if written.records is None:
        sums, record = _of_grades(written, gathering, points)
    else:
        sums, record = _Pupils(written, gathering, points).sums()
    totals = np.nansum(sums, axis=2)
    number = sums[:, SIZE].sum(axis=1)
    known = ~np.isnan(sums).any(axis=(1, 2))
    deviation = written.standard_deviation
    if deviation is None:
        found = pooled_standard_deviation(*totals[known][:, [TOTAL, SQUARES, SIZE]].T)
        if np.isnan(found) and node.settings.shrink_to != "none":
            said = f"{node.id}: no area has two pupils, so that nothing tells how they differ"
            remedy = "state 'standard_deviation', or 'shrink_to: none'"
            raise DataError(Problem(said, remedy, place=".".join(map(str, node.path))))
        deviation = float(np.nan_to_num(found, nan=0.0)) * written.per
    spread = np.ones(len(number))
    total = sums[:, TOTAL].sum(axis=1)
    if written.years is not None and written.years.average == "yearly":
        total, spread = years_alike(sums[:, TOTAL], sums[:, SIZE])
    whole = float(totals[known, SIZE].sum())
    record |= {
        "pupils": whole,
        "mean": float(totals[known, TOTAL].sum()) / whole if whole else None,
        "standard_deviation": deviation,
    }
    columns = {"total": total, "sample_size": number, "standard_deviation": deviation * spread}
    return Gathered(columns, record)


def _points(written: PointsScoreIndicator, gathering: Gathering) -> dict[str, float]:
    """Return the points of each outcome, of all lists together."""
    points: dict[str, float] = {}
    for name in written.points:
        for outcome, number in gathering.numbers_of_codes(name).items():
            if points.setdefault(outcome, number) != number:
                said = f"{outcome!r} has {points[outcome]:g} points, and {number:g} by {name!r}"
                remedy = "take it out of one of the lists"
                raise DataError(Problem(said, remedy, place=f"lists.{name}"))
    return points


class _Pupils:
    """Adds the scores of pupils up, and keeps what has no points."""

    def __init__(
        self, written: PointsScoreIndicator, gathering: Gathering, points: Mapping[str, float]
    ) -> None:
        assert written.records is not None
        self.written = written
        self.points = points
        self.table: RecordTable = gathering.records(written.records)
        self.years: dict[str, FloatArray] = {}
        self.number = len(gathering.areas)
        self.unknown: dict[tuple[str, str], _Met] = {}
        self.empty: dict[str, _Met] = {}

    def sums(self) -> tuple[FloatArray, dict[str, Any]]:
        """Return points, pupils and squares by area and year, and what a reader should know."""
        for batch in self._batches():
            self._meet(batch)
            self._add(batch)
        self._refuse()
        years = sorted(self.years)
        of_years = [self.years[year] for year in years] or [np.zeros((self.number, 3))]
        record: dict[str, Any] = {
            "unknown_outcomes": {
                f"{subject}: {outcome}": met.number
                for (subject, outcome), met in self.unknown.items()
            },
            "without_outcome": {subject: met.number for subject, met in self.empty.items()},
        }
        if self.written.years is not None:
            pupils = {year: float(self.years[year][:, SIZE].sum()) for year in years}
            record["pupils_by_year"] = pupils
        return np.stack(of_years, axis=2), record

    @property
    def columns(self) -> list[str]:
        """The columns of outcomes."""
        named: list[str] = []
        for subject in self.written.subjects:
            named += subject.best_of if isinstance(subject, BestOf) else (subject,)
        return list(dict.fromkeys(named))

    def _batches(self) -> Iterator[Batch]:
        written = self.written
        where: Rows = dict(written.where)
        texts = self.columns
        if written.years is not None:
            texts = [*texts, written.years.column]
            if written.years.of:
                where[written.years.column] = written.years.of
        numbers = [written.pupils] if written.pupils else []
        yield from self.table.batches(texts, numbers, where, located=True)

    def _meet(self, batch: Batch) -> None:
        """Keep the outcomes that have no points, and where there are none."""
        for subject in self.columns:
            outcomes = batch.frame[subject]
            strange = ~outcomes.is_in(list(self.points)) & outcomes.is_not_null()
            for outcome in outcomes.filter(strange).unique(maintain_order=True):
                met = self.unknown.setdefault((subject, outcome), _Met())
                met.add(batch.rows.filter(outcomes == outcome))
        for one in self.written.subjects:
            parts = one.best_of if isinstance(one, BestOf) else (one,)
            absent = batch.frame.select(pl.all_horizontal(pl.col(parts).is_null())).to_series()
            if absent.any():
                self.empty.setdefault(" or ".join(parts), _Met()).add(batch.rows.filter(absent))

    def _add(self, batch: Batch) -> None:
        """Add the scores of a batch up over the areas."""
        scores = scores_of_pupils(batch, self.written, self.points)
        scored = ~np.isnan(scores)
        self.table.leave_out(
            "the pupil has no outcome", batch.rows.filter(pl.Series(~scored)), allowed=True
        )
        batch, scores = batch.chosen(scored), scores[scored]
        pupils = self._pupils(batch)
        values = np.column_stack([pupils * scores, pupils, pupils * scores**2])
        for year, of_year in self._years(batch):
            total = self.table.totals(batch.chosen(of_year), values[of_year])
            self.years[year] = self.years.get(year, 0.0) + total

    def _pupils(self, batch: Batch) -> FloatArray:
        """Return how many pupils each record stands for."""
        none = "a row of no pupils"
        return numbers_of(self.table, batch, self.written.pupils, "the number of pupils", none)

    def _years(self, batch: Batch) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield each year with the records that are of it."""
        if self.written.years is None:
            yield ALL_YEARS, np.ones(len(batch.rows), dtype=bool)
            return
        column = self.written.years.column
        years = batch.frame[column]
        if years.null_count():
            row = int(batch.rows.filter(years.is_null())[0])
            remedy = "fill it in, or leave the record out with 'where'"
            raise DataError(self.table.problem("the year is missing", remedy, row, column))
        for year in years.unique().sort():
            yield year, (years == year).to_numpy()

    def _refuse(self) -> None:
        """Refuse what the definition does not allow, all at once."""
        problems = []
        if self.written.unknown_outcome == "refuse":
            remedy = "add it to the list of points, or state 'unknown_outcome: leave_out'"
            problems += [
                self.table.problem(
                    f"there are no points for {outcome!r}: {met}", remedy, met.rows[0], subject
                )
                for (subject, outcome), met in self.unknown.items()
            ]
        if self.written.no_outcome == "refuse":
            remedy = "fill it in, or state 'no_outcome: leave_out' or 'no_outcome: zero'"
            problems += [
                self.table.problem(f"there is no outcome in {subject}: {met}", remedy, met.rows[0])
                for subject, met in self.empty.items()
            ]
        years = self.written.years
        if years is not None:
            problems += [
                self.table.problem(
                    f"there are no pupils of {year}", "look at 'years'", column=years.column
                )
                for year in years.of
                if year not in self.years
            ]
        if problems:
            raise DataError(problems)


def _of_grades(
    written: PointsScoreIndicator, gathering: Gathering, points: Mapping[str, float]
) -> tuple[FloatArray, dict[str, Any]]:
    """Return points, outcomes and squares by area, from the counts by outcome."""
    problems = [
        Problem(
            f"there are no points for {grade!r}",
            f"add it to the list, or take it out of 'grades'; known are {', '.join(points)}",
            place="grades",
        )
        for grade in written.grades
        if grade not in points
    ]
    counts = {grade: gathering.numbers(f"{GRADES}{grade}") for grade in written.grades}
    problems += [
        Problem(
            f"the count of {grade!r} is negative in {gathering.areas[int(np.argmax(number < 0))]}",
            "mend it or mark it missing",
            place="grades",
        )
        for grade, number in counts.items()
        if (number < 0).any()
    ]
    if problems:
        raise DataError(problems)
    number = np.column_stack(list(counts.values()))
    worth = np.array([points[grade] for grade in counts])
    sums = np.column_stack([number @ worth, number.sum(axis=1), number @ worth**2])
    without = [outcome for outcome in points if outcome not in counts]
    return sums[:, :, None], {"outcomes_without_a_column": without}


KIND = Kind(
    "points_score",
    mean.measure,
    mean.faults,
    mean.shrink,
    counts=("grades",),
    gather=_gather,
    meanings={
        "standard_deviation": "Standard deviation between those behind the mean, within one area"
    },
)
