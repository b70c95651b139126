"""What is known of each dwelling, as the columns of a regression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.kinds.modelled_condition import ModelledConditionIndicator
from hyperlocal.methods import FloatArray

CONSTANT = "constant"
MISSING, UNSEEN = -1, -2
"""The place of a class that is missing, and of one that was not seen in the survey."""
_AND = " and "


@dataclass(frozen=True)
class Predictors:
    """The predictors of a model: numbers, and the classes of each classification.

    Parameters
    ----------
    classes
        For each classification its classes in the survey, that of most dwellings first: the
        reference, which the others are compared with.
    numbers
        The predictors that are numbers.
    """

    classes: Mapping[str, tuple[str, ...]]
    numbers: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The name of each column of the regression."""
        of_classes = [
            f"{name} = {one}" for name, classes in self.classes.items() for one in classes[1:]
        ]
        return [CONSTANT, *of_classes, *self.numbers]

    @property
    def of_columns(self) -> list[str]:
        """The predictor that each column of the regression belongs to."""
        of_classes = [name for name, classes in self.classes.items() for _ in classes[1:]]
        return [CONSTANT, *of_classes, *self.numbers]

    def places(self, frame: pl.DataFrame) -> NDArray[np.int64]:
        """Return the place of the class of each dwelling, for each classification.

        Parameters
        ----------
        frame
            The dwellings, with a column for each predictor.

        Returns
        -------
        numpy.ndarray of int64, shape (classifications, dwellings)
            `MISSING` and `UNSEEN` where it has none of the classes.
        """
        places = np.empty((len(self.classes), frame.height), dtype=np.int64)
        for row, (name, classes) in enumerate(self.classes.items()):
            found = frame[name].replace_strict(
                classes, range(len(classes)), default=UNSEEN, return_dtype=pl.Int64
            )
            places[row] = found.set(frame[name].is_null(), MISSING).to_numpy()
        return places

    def matrix(self, frame: pl.DataFrame) -> FloatArray:
        """Return the columns of the regression, shape (dwellings, columns); nothing is missing."""
        columns = [np.ones(frame.height)]
        for places, classes in zip(self.places(frame), self.classes.values(), strict=True):
            columns += [places == place for place in range(1, len(classes))]
        columns += [frame[name].to_numpy() for name in self.numbers]
        return np.column_stack(columns).astype(np.float64)

    def log_odds(
        self, places: NDArray[np.int64], frame: pl.DataFrame, coefficients: FloatArray
    ) -> FloatArray:
        """Return what models say of dwellings; NaN where a predictor is missing or unseen.

        Parameters
        ----------
        places
            The places of their classes.
        frame
            The dwellings, with the predictors that are numbers.
        coefficients : shape (columns, models)
            One column for each model.

        Returns
        -------
        numpy.ndarray, shape (dwellings, models)
        """
        found = np.tile(coefficients[0], (frame.height, 1))
        first = 1
        for row, classes in zip(places, self.classes.values(), strict=True):
            of_classes = coefficients[first : first + len(classes) - 1]
            reference = np.zeros((1, coefficients.shape[1]))
            unknown = np.full((1, coefficients.shape[1]), np.nan)
            found += np.vstack([reference, of_classes, unknown])[np.maximum(row, MISSING)]
            first += len(classes) - 1
        for place, name in enumerate(self.numbers):
            values = frame[name].fill_null(np.nan).to_numpy()
            found += values[:, None] * coefficients[first + place]
        return found


def together(frame: pl.DataFrame, written: ModelledConditionIndicator) -> pl.DataFrame:
    """Add a classification for each of the interactions of an indicator."""
    return frame.with_columns(
        pl.concat_str(list(columns), separator=_AND).alias(_AND.join(columns))
        for columns in written.interactions
    )


def learn(frame: pl.DataFrame, written: ModelledConditionIndicator) -> Predictors:
    """Return the predictors of an indicator with the classes that are in the survey.

    Parameters
    ----------
    frame
        The surveyed dwellings, with its interactions; nothing is missing.
    written
        The indicator.
    """
    names = [*written.categories, *(_AND.join(columns) for columns in written.interactions)]
    classes = {}
    for name in names:
        counted = frame.group_by(name).len().sort("len", name, descending=[True, False])
        classes[name] = tuple(counted[name])
    return Predictors(classes, written.numbers)


def columns_needed(written: ModelledConditionIndicator) -> list[str]:
    """Return the columns of text that the predictors of an indicator are made of."""
    return list(dict.fromkeys([*written.categories, *sum(written.interactions, ())]))
