"""Answers to a survey by kind of place, given to the areas of that kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from hyperlocal.definition.kinds.survey_allocation import SurveyAllocationIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators import rate
from hyperlocal.indicators.gathering import Gathered, Gathering
from hyperlocal.indicators.measured import Kind
from hyperlocal.indicators.parts.answers import Answers, read_answers
from hyperlocal.indicators.parts.cells import Cells, answering_cells, read_cells
from hyperlocal.methods.allocation import Estimate, allocate, average, effective_answers, pool


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, SurveyAllocationIndicator)
    found: dict[str, list[Estimate]] = {name: [] for name in written.questions}
    record: dict[str, Any] = {name: {} for name in written.questions}
    problems: list[Problem] = []
    for name, source in written.sources.items():
        cells = read_cells(gathering.records(source.cells), source)
        answers = read_answers(gathering, written, name, cells)
        for question, own in answers.items():
            try:
                estimate, told = _estimate(written, question, own, cells, gathering.areas)
            except DataError as error:
                problems += error.problems
            else:
                found[question].append(estimate)
                record[question][name] = told
    if problems:
        raise DataError(problems)
    whole = average([pool(estimates) for estimates in found.values()])
    behind = np.where(np.isnan(whole.share), np.nan, whole.answers)
    columns = {"numerator": whole.share * behind, "denominator": behind}
    return Gathered(columns, {"questions": record})


def _estimate(
    written: SurveyAllocationIndicator,
    question: str,
    answers: Answers,
    cells: Cells,
    areas: pl.Series,
) -> tuple[Estimate, dict[str, Any]]:
    """Estimate the answers to a question in every area."""
    larger = written.empty_cell == "larger_cell"
    found, empty = answering_cells(cells.keys, answers.sums, written.fewest_answers, larger)
    if len(empty) and written.empty_cell != "missing":
        raise DataError(cells.empty_problems(question, empty, written, areas))
    sums = found.sums
    share = np.full(len(sums["weight"]), np.nan)
    np.divide(sums["yes"], sums["weight"], out=share, where=sums["weight"] > 0)
    behind = effective_answers(sums["weight"], sums["squares"])
    estimate = allocate(cells.people @ found.members, share, behind)
    number, weight, yes = answers.sums.select("answers", "weight", "yes").sum().row(0)
    return estimate, {
        "answers": int(number),
        "share": yes / weight,
        "cells": len(cells.keys),
        "fewest_answers_of_a_cell": int(sums["answers"].min()),
        "empty_cells": len(empty),
        "cells_by_larger_cell": found.larger,
    }


KIND = Kind("survey_allocation", rate.measure, rate.faults, rate.shrink, gather=_gather)
