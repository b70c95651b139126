"""The answers to the questions of a survey, added up by cell."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from hyperlocal.definition.kinds.survey_allocation import (
    ALL,
    AnswerSource,
    Question,
    SurveyAllocationIndicator,
)
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators.gathering import Batch, Gathering, RecordTable
from hyperlocal.indicators.parts.cells import SUMS, Cells

NO_CELL = "the respondent has no cell or no weight"
STRANGE_CELL = "no area is of the cell of the respondent"
YEAR, WEIGHT, ANSWER = "year", "weight", "answer"
SHOWN = 5


@dataclass(frozen=True)
class Answers:
    """The answers to a question in one source.

    Parameters
    ----------
    sums
        A row for each cell with answers: what makes it, and `cells.SUMS`.
    years
        The years of the answers; empty where the source does not say them.
    """

    sums: pl.DataFrame
    years: frozenset[str]


def read_answers(
    gathering: Gathering, written: SurveyAllocationIndicator, name: str, cells: Cells
) -> dict[str, Answers]:
    """Add up the answers of a source, for each question that it asked.

    Parameters
    ----------
    gathering
        What the indicator is gathered from.
    written
        The indicator.
    name
        The source.
    cells
        Its cells.

    Raises
    ------
    DataError
        Where an answer is not known, or nobody answered in a year.
    """
    source = written.sources[name]
    asked = {
        question: each
        for question, each in written.questions.items()
        if written.asked(each, name) is not None
    }
    parts: dict[str, list[pl.DataFrame]] = {question: [] for question in asked}
    problems: list[Problem] = []
    table = gathering.records(source.answers[0])
    for records in source.answers:
        table = gathering.records(records)
        columns = [*source.cell, *(each.column for each in asked.values())]
        texts = list(dict.fromkeys([*columns, *filter(None, [source.year])]))
        numbers = [source.weight_column] if source.weight_column else []
        for batch in table.batches(texts, numbers):
            known = _complete(table, batch, source, cells)
            for question, each in asked.items():
                problems += _strange_answers(table, known, source, each)
                parts[question].append(sums_of(known.frame, source, each, name))
        if problems:
            raise DataError(problems)
    answers = {question: _added_up(source, own) for question, own in parts.items()}
    for question, own in answers.items():
        problems += _silent_years(table, written, name, question, own)
    if problems:
        raise DataError(problems)
    return answers


def sums_of(
    frame: pl.DataFrame, source: AnswerSource, question: Question, name: str
) -> pl.DataFrame:
    """Add up the answers to a question by cell and year: what is done with every batch.

    Parameters
    ----------
    frame
        The respondents.
    source
        Their source.
    question
        The question.
    name
        The name of the source.

    Returns
    -------
    polars.DataFrame
        The columns of the cell, ``year``, and `cells.SUMS`.
    """
    weight = pl.col(source.weight_column) if source.weight_column else pl.lit(1.0)
    year = pl.col(source.year) if source.year else pl.lit("")
    kept = frame.filter(pl.col(question.column).is_in([*question.yes, *question.no]))
    years = question.asked.get(name, ALL)
    if years != ALL:
        kept = kept.filter(pl.col(source.year).is_in(list(years)))
    counted = kept.select(
        *source.cell,
        year.alias(YEAR),
        weight.alias(WEIGHT),
        pl.col(question.column).is_in(list(question.yes)).alias(ANSWER),
    )
    return counted.group_by([*source.cell, YEAR], maintain_order=True).agg(
        answers=pl.len().cast(pl.Float64),
        weight=pl.col(WEIGHT).sum(),
        squares=(pl.col(WEIGHT) ** 2).sum(),
        yes=(pl.col(WEIGHT) * pl.col(ANSWER)).sum(),
    )


def _added_up(source: AnswerSource, parts: list[pl.DataFrame]) -> Answers:
    every = pl.concat(parts)
    sums = every.group_by(list(source.cell), maintain_order=True).agg(pl.col(SUMS).sum())
    return Answers(sums.sort(list(source.cell)), frozenset(every[YEAR].drop_nulls()))


def _complete(table: RecordTable, batch: Batch, source: AnswerSource, cells: Cells) -> Batch:
    """Leave out respondents of whom it is not known where they live, or whom they stand for."""
    needed = [*source.cell, *filter(None, [source.weight_column])]
    if source.weight_column:
        weights = batch.frame[source.weight_column]
        wrong = (weights <= 0).fill_null(False)
        if wrong.any():
            said = f"a weight must be above 0, and it is {weights.filter(wrong)[0]:g}"
            row = int(batch.rows.filter(wrong)[0])
            raise DataError(table.problem(said, "mend it", row, source.weight_column))
    absent = batch.frame.select(pl.any_horizontal(pl.col(needed).is_null())).to_series()
    known = batch.frame.select(list(source.cell)).join(
        cells.every.with_columns(known=True), on=list(source.cell), how="left",
        maintain_order="left",
    )["known"]  # fmt: skip
    strange = known.is_null() & ~absent
    table.leave_out(NO_CELL, batch.rows.filter(absent))
    table.leave_out(STRANGE_CELL, batch.rows.filter(strange))
    return batch.chosen(~(absent | strange).to_numpy())


def _strange_answers(
    table: RecordTable, batch: Batch, source: AnswerSource, question: Question
) -> list[Problem]:
    """Find answers that count neither as yes nor as no."""
    answers = batch.frame[question.column]
    strange = ~answers.is_in([*question.yes, *question.no]).fill_null(True)
    if not strange.any():
        return []
    different = answers.filter(strange).unique(maintain_order=True)
    shown = ", ".join(map(repr, different.head(SHOWN)))
    more = f" and {len(different) - SHOWN} more" if len(different) > SHOWN else ""
    remedy = "state it under 'yes' or 'no', or under 'missing' of the records where it is no answer"
    row = int(batch.rows.filter(strange)[0])
    said = f"the question has no answer {shown}{more}"
    return [table.problem(said, remedy, row, question.column)]


def _silent_years(
    table: RecordTable,
    written: SurveyAllocationIndicator,
    name: str,
    question: str,
    answers: Answers,
) -> list[Problem]:
    """Find years in which nobody answered a question that was asked."""
    each = written.questions[question]
    stated = each.asked.get(name, ALL)
    years = [] if stated == ALL else [year for year in stated if year not in answers.years]
    if not years and answers.sums.height:
        return []
    when = f" in {', '.join(years)}" if years else ""
    said = f"there is no answer to {question}{when}"
    remedy = f"look at its 'column' and at what is 'asked' of {name}"
    return [table.problem(said, remedy, None, each.column)]
