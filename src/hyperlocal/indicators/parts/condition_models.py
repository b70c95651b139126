"""Models of the condition of dwellings, learnt from those that were surveyed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.definition.kinds.modelled_condition import ModelledConditionIndicator
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators.gathering import Batch, RecordTable
from hyperlocal.indicators.parts.predictors import (
    CONSTANT,
    Predictors,
    columns_needed,
    learn,
    together,
)
from hyperlocal.methods import FloatArray
from hyperlocal.methods.logistic import (
    LogisticFit,
    dependent_columns,
    logistic_regression,
    probabilities_of,
    separating_direction,
)
from hyperlocal.methods.prediction import area_under_curve, calibration

INCOMPLETE = "a predictor, an outcome or the weight is missing"
SHOWN = 5
SURELY = 1e-6
"""How far from the border, of the furthest, a dwelling lies that is told apart."""


@dataclass(frozen=True)
class Model:
    """What a survey says of the components that it looked at.

    Parameters
    ----------
    predictors
        What is known of each dwelling.
    coefficients : shape (columns, components)
        Those of each component that is modelled, in their order.
    record
        How the models came about and how good they are, for the provenance.
    """

    predictors: Predictors
    coefficients: FloatArray
    record: dict[str, Any]


def fit_models(survey: RecordTable, written: ModelledConditionIndicator) -> Model:
    """Fit a logistic regression for each component that has an outcome.

    Parameters
    ----------
    survey
        The surveyed dwellings.
    written
        The indicator.

    Raises
    ------
    DataError
        With all that keeps the components from being modelled.
    """
    assert written.survey is not None
    weight_column = written.survey.weight_column
    outcomes = {name: one.outcome for name, one in written.components.items() if one.outcome}
    numbers = [*written.numbers, *outcomes.values(), *([weight_column] if weight_column else [])]
    read = survey.read(columns_needed(written), list(dict.fromkeys(numbers)))
    _refuse_strange(survey, read, list(outcomes.values()), weight_column)
    incomplete = read.frame.select(pl.any_horizontal(pl.all().is_null())).to_series()
    survey.leave_out(INCOMPLETE, read.rows.filter(incomplete))
    frame = together(read.frame.filter(~incomplete), written)
    if frame.is_empty():
        raise DataError(survey.problem(f"in every row {INCOMPLETE}", "fill them in"))
    weights = frame[weight_column].to_numpy() if weight_column else np.ones(frame.height)
    weights = weights / weights.mean()
    predictors = learn(frame, written)
    columns = predictors.matrix(frame)
    problems = _dependent(survey, predictors, columns)
    fits: dict[str, LogisticFit] = {}
    for name, column in {} if problems else outcomes.items():
        outcome = frame[column].to_numpy()
        found = _unfit(survey, written, predictors, columns, (column, outcome))
        problems += found
        if not found:
            fits[name] = logistic_regression(outcome, columns, weights)
    if problems:
        raise DataError(problems)
    told = {
        name: _told(predictors, fit, columns, frame[outcomes[name]].to_numpy(), weights)
        for name, fit in fits.items()
    }
    coefficients = np.column_stack([fit.coefficients for fit in fits.values()])
    reference = {name: classes[0] for name, classes in predictors.classes.items()}
    return Model(
        predictors,
        coefficients,
        {"surveyed": frame.height, "reference_classes": reference, "models": told},
    )


def _refuse_strange(survey: RecordTable, read: Batch, outcomes: list[str], weight: str) -> None:
    """Refuse outcomes that are neither 0 nor 1, and weights that are not above 0."""
    problems = []
    for column in [*outcomes, *([weight] if weight else [])]:
        values = read.frame[column]
        strange = (values <= 0) if column == weight else ~values.is_in([0.0, 1.0])
        strange = strange.fill_null(False)
        if strange.any():
            at = int(strange.arg_max() or 0)
            what = "a weight must be above 0" if column == weight else "an outcome must be 0 or 1"
            said = f"{what}, and it is {values[at]:g}"
            problems.append(survey.problem(said, "mend it", int(read.rows[at]), column))
    if problems:
        raise DataError(problems)


def _dependent(survey: RecordTable, predictors: Predictors, columns: FloatArray) -> list[Problem]:
    """Find predictors that others say already."""
    remedy = "leave it out of the predictors"
    names = [predictors.names[place] for place in dependent_columns(columns)]
    same = "it is the same for all, or follows from the predictors before it"
    found = [survey.problem(f"{name} tells nothing: {same}", remedy) for name in names]
    alone = [name for name, classes in predictors.classes.items() if len(classes) == 1]
    return found + [
        survey.problem(f"{name} is the same for all surveyed dwellings", remedy, None, name)
        for name in alone
    ]


def _unfit(
    survey: RecordTable,
    written: ModelledConditionIndicator,
    predictors: Predictors,
    columns: FloatArray,
    outcome_of: tuple[str, FloatArray],
) -> list[Problem]:
    """Find what keeps an outcome from being modelled: too few of them, or perfect separation."""
    column, outcome = outcome_of
    events = int(outcome.sum())
    number, needed = columns.shape[1], written.fewest_events * columns.shape[1]
    if min(events, len(outcome) - events) < max(needed, 1):
        return [
            survey.problem(
                f"{events:,} of {len(outcome):,} surveyed dwellings show it, and {number} "
                f"coefficients need {needed:g} that do and {needed:g} that do not",
                "use fewer predictors or classes, or state 'fewest_events'",
                None,
                column,
            )
        ]
    if separating_direction(outcome, columns) is None:
        return []
    return [
        survey.problem(*_separated(predictors, columns, outcome, owners), None, column)
        for owners in _separating(predictors, columns, outcome)
    ]


def _separating(
    predictors: Predictors, columns: FloatArray, outcome: FloatArray
) -> list[list[str]]:
    """Return the predictors that separate an outcome alone; else those that do so together."""
    owners = np.array(predictors.of_columns)
    names = list(dict.fromkeys(predictors.of_columns[1:]))
    alone = [
        [name]
        for name in names
        if separating_direction(outcome, columns[:, np.isin(owners, (CONSTANT, name))]) is not None
    ]
    if alone:
        return alone
    direction = separating_direction(outcome, columns)
    assert direction is not None
    return [[name for name in names if (direction[owners == name] != 0).any()]]


def _separated(
    predictors: Predictors, columns: FloatArray, outcome: FloatArray, named: list[str]
) -> tuple[str, str]:
    """Say how many dwellings predictors tell apart, in which classes, and what to do."""
    own = columns[:, np.isin(predictors.of_columns, (CONSTANT, *named))]
    direction = separating_direction(outcome, own)
    assert direction is not None
    margin = (2 * outcome - 1) * (own @ direction)
    told = int((margin > SURELY * np.abs(margin).max()).sum())
    tell = "tells" if len(named) == 1 else "tell"
    said = (
        f"{' and '.join(named)} {tell} without fail whether {told:,} of {len(outcome):,} surveyed "
        "dwellings show it, so that no logistic regression can be fitted"
    )
    remedy = f"leave {' or '.join(named)} out, or merge classes of it"
    return said + _alike(predictors, columns, outcome, named), remedy


def _alike(
    predictors: Predictors, columns: FloatArray, outcome: FloatArray, named: list[str]
) -> str:
    """Say in which classes all dwellings have the same outcome."""
    found, first = [], 1
    for name, classes in predictors.classes.items():
        others = columns[:, first : first + len(classes) - 1]
        first += len(classes) - 1
        members = [others.sum(axis=1) == 0, *(others.T == 1)]
        for one, inside in zip(classes, members, strict=True):
            if name in named and outcome[inside].min() == outcome[inside].max():
                which = "all" if outcome[inside].max() else "none"
                found.append(f"{which} of {int(inside.sum()):,} with {name} = {one!r}")
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f": it is shown by {', '.join(found[:SHOWN])}{more}" if found else ""


def _told(
    predictors: Predictors,
    fit: LogisticFit,
    columns: FloatArray,
    outcome: FloatArray,
    weights: FloatArray,
) -> dict[str, Any]:
    """Return how a model came about and how good it is."""
    chance = probabilities_of(columns @ fit.coefficients)
    groups = calibration(outcome, chance, weights)
    return {
        "surveyed": len(outcome),
        "events": int(outcome.sum()),
        "coefficients": {
            name: {"estimate": float(estimate), "standard_error": float(error)}
            for name, estimate, error in zip(
                predictors.names, fit.coefficients, fit.standard_errors, strict=True
            )
        },
        "log_likelihood": fit.log_likelihood,
        "deviance": fit.deviance,
        "null_deviance": -2 * fit.null_log_likelihood,
        "steps": fit.steps,
        "area_under_curve": area_under_curve(outcome, chance, weights),
        "hosmer_lemeshow": groups.hosmer_lemeshow,
        "calibration": [
            {
                "dwellings": int(groups.units[place]),
                "weight": float(groups.weight[place]),
                "expected": float(groups.expected[place]),
                "observed": float(groups.observed[place]),
            }
            for place in range(len(groups.units))
        ],
    }
