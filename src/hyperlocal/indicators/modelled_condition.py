"""The share of dwellings in poor condition, modelled from a survey and benchmarked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.kinds.modelled_condition import ModelledConditionIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering, RecordTable
from hyperlocal.indicators.measured import Kind
from hyperlocal.indicators.parts import quotient
from hyperlocal.indicators.parts.condition_models import Model, fit_models
from hyperlocal.indicators.parts.predictors import UNSEEN, columns_needed, together
from hyperlocal.methods import FloatArray
from hyperlocal.methods.benchmarking import any_of, benchmark_probabilities
from hyperlocal.methods.logistic import probabilities_of

SHOWN = 5
MISSING = "a predictor is missing"
UNSEEN_CLASS = "its class is not in the survey"


@dataclass(frozen=True)
class _Known:
    """What the nation is known to have: dwellings that show each component, and any of them."""

    totals: dict[str, float]
    any: float | None


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, ModelledConditionIndicator)
    model = None
    if written.survey is not None:
        gathering.tell(f"Modelling {node.title}")
        model = fit_models(gathering.records(written.survey.records), written)
    dwellings = gathering.records(written.dwellings)
    chances = np.concatenate(list(_chances(dwellings, written, model)))
    known = ~np.isnan(chances[:, 0])
    if not known.any():
        raise DataError(dwellings.problem("no dwelling has all predictors", "fill them in"))
    told: dict[str, Any] = {} if model is None else model.record
    chance, benchmarked = _benchmarked(gathering, dwellings, written, chances[known])
    told = {"dwellings": int(known.sum()), **told, "benchmarked": benchmarked}
    any_component = np.full(len(known), np.nan)
    any_component[known] = chance
    return Gathered(_totals(gathering, dwellings, any_component), told)


def _chances(
    dwellings: RecordTable, written: ModelledConditionIndicator, model: Model | None
) -> Iterator[FloatArray]:
    """Yield the probability of each component for each dwelling; NaN for those left out."""
    rules = [one.rule for one in written.components.values() if one.rule is not None]
    numbers = list(dict.fromkeys([*written.numbers, *(rule.column for rule in rules)]))
    unseen: dict[tuple[str, str], int] = {}
    for batch in dwellings.batches(texts=columns_needed(written), numbers=numbers):
        frame = together(batch.frame, written)
        places = np.empty((0, frame.height), dtype=np.int64)
        if model is not None:
            places = model.predictors.places(frame)
            _note_unseen(unseen, batch, frame, places, model)
        chances = chances_of(frame, places, written, model)
        strange = (places == UNSEEN).any(axis=0)
        allowed = written.unseen == "leave_out"
        dwellings.leave_out(UNSEEN_CLASS, batch.rows.filter(pl.Series(strange)), allowed=allowed)
        absent = np.isnan(chances).any(axis=1)
        chances[absent] = np.nan
        dwellings.leave_out(MISSING, batch.rows.filter(pl.Series(absent & ~strange)))
        yield chances
    if unseen and written.unseen == "refuse":
        raise DataError(_unseen_problems(dwellings, unseen))


def chances_of(
    frame: pl.DataFrame,
    places: NDArray[np.int64],
    written: ModelledConditionIndicator,
    model: Model | None,
) -> FloatArray:
    """Return how likely each component is in each dwelling: what is done with every batch.

    Parameters
    ----------
    frame
        The dwellings, with their predictors.
    places
        The places of their classes, as `Predictors.places` gives them.
    written
        The indicator.
    model
        What the survey says; None where every component has a rule.

    Returns
    -------
    numpy.ndarray, shape (dwellings, components)
        NaN where a predictor is missing or unseen.
    """
    chances = np.empty((frame.height, len(written.components)))
    if model is not None:
        modelled = [place for place, one in enumerate(written.components.values()) if one.outcome]
        log_odds = model.predictors.log_odds(places, frame, model.coefficients)
        chances[:, modelled] = probabilities_of(log_odds)
    for place, one in enumerate(written.components.values()):
        if one.rule is not None:
            values = frame[one.rule.column].fill_null(np.nan).to_numpy()
            shows = np.where(values < one.rule.below, 1.0, 0.0)
            chances[:, place] = np.where(np.isnan(values), np.nan, shows)
    return chances


def _note_unseen(
    unseen: dict[tuple[str, str], int],
    batch: Batch,
    frame: pl.DataFrame,
    places: NDArray[np.int64],
    model: Model,
) -> None:
    """Keep of each class that the survey has not seen the first row."""
    for row, name in zip(places, model.predictors.classes, strict=True):
        if (row == UNSEEN).any():
            strange = pl.DataFrame({"class": frame[name], "row": batch.rows})
            strange = strange.filter(pl.Series(row == UNSEEN)).unique("class", keep="first")
            for one, first in strange.sort("row").iter_rows():
                unseen.setdefault((name, one), first)


def _unseen_problems(dwellings: RecordTable, unseen: dict[tuple[str, str], int]) -> list[Problem]:
    remedy = "name it as in the survey, or state 'unseen: leave_out'"
    problems = []
    for name in dict.fromkeys(name for name, _ in unseen):
        strange = [(one, row) for (of, one), row in unseen.items() if of == name]
        shown = ", ".join(repr(one) for one, _ in strange[:SHOWN])
        more = f" and {len(strange) - SHOWN} more" if len(strange) > SHOWN else ""
        said = f"no surveyed dwelling is of the class {shown}{more}"
        problems.append(dwellings.problem(said, remedy, strange[0][1], name))
    return problems


def _benchmarked(
    gathering: Gathering,
    dwellings: RecordTable,
    written: ModelledConditionIndicator,
    chances: FloatArray,
) -> tuple[FloatArray, dict[str, Any]]:
    """Return the probability of any component, in agreement with the nation; and what changed."""
    known = _known(gathering, written, len(chances)) if written.benchmark else _Known({}, None)
    scaling = written.benchmark.scaling if written.benchmark else "intercept"
    told: dict[str, Any] = {}
    problems: list[Problem] = []

    def agree(name: str, chance: FloatArray, how: Any) -> FloatArray:
        total = known.any if name == "any" else known.totals.get(name)
        agreed: FloatArray = chance
        if total is not None:
            try:
                agreed = benchmark_probabilities(chance, total, how)
            except ValueError as error:
                remedy = "mend the national figure, or scale it otherwise ('scaling')"
                said = f"{name} cannot be made to agree with the nation: {error}"
                problems.append(dwellings.problem(said, remedy))
        told[name] = {
            "modelled": float(chance.sum()),
            "national": total,
            "benchmarked": float(agreed.sum()),
        }
        return agreed

    agreed = [
        agree(name, chances[:, place], one.scaling or scaling)
        for place, (name, one) in enumerate(written.components.items())
    ]
    any_component: FloatArray = any_of(np.column_stack(agreed), written.together)
    if not problems:
        any_component = agree("any", any_component, scaling)
    if problems:
        raise DataError(problems)
    return any_component, told


def _known(gathering: Gathering, written: ModelledConditionIndicator, number: int) -> _Known:
    """Read the national figures."""
    benchmark = written.benchmark
    assert benchmark is not None
    table = gathering.records(benchmark.records)
    column = benchmark.total or benchmark.share
    read = table.read(texts=[benchmark.row_column], numbers=[column])
    problems: list[Problem] = []

    def figure(name: str) -> float:
        rows = np.flatnonzero((read.frame[benchmark.row_column] == name).fill_null(False))
        if len(rows) != 1:
            said = f"there is no row {name!r}" if not len(rows) else f"{name!r} has several rows"
            remedy = "name it by 'row', or state 'scaling: none' for the component"
            row = int(read.rows[int(rows[1])]) if len(rows) else None
            problems.append(table.problem(said, remedy, row, benchmark.row_column))
            return np.nan
        value, row = read.frame[column][int(rows[0])], int(read.rows[int(rows[0])])
        total = value
        if value is not None and benchmark.share:
            total = value * number / benchmark.share_per  # of 100 per cent exactly all
        if value is None or value < 0 or total > number:
            said = f"the figure of {name!r} is {'missing' if value is None else f'{value:g}'}"
            remedy = f"there are {number:,} dwellings; mend it"
            problems.append(table.problem(said, remedy, row, column))
            return np.nan
        return float(total)

    totals = {
        name: figure(one.row or name)
        for name, one in written.components.items()
        if one.scaling != "none"
    }
    of_any = figure(benchmark.any_row) if benchmark.any_row else None
    if problems:
        raise DataError(problems)
    return _Known(totals, of_any)


def _totals(
    gathering: Gathering, dwellings: RecordTable, chances: FloatArray
) -> dict[str, FloatArray]:
    """Add up over the areas; the dwellings are read again for where they lie."""
    total, first = np.zeros((len(gathering.areas), 2)), 0
    for batch in dwellings.batches(located=True):
        own = chances[first : first + len(batch.rows)]
        first += len(batch.rows)
        known = ~np.isnan(own)
        values = np.column_stack([own[known], np.ones(int(known.sum()))])
        total += dwellings.totals(batch.chosen(known), values)
    return {"numerator": total[:, 0], "denominator": total[:, 1]}


KIND = Kind("modelled_condition", quotient.measure, quotient.faults, gather=_gather)
