"""Concentrations of pollutants where people live, each over its objective."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.kinds.air_quality import (
    CONCENTRATION,
    AirQualityIndicator,
    Pollutant,
)
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError, GeographyError
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering, RecordTable
from hyperlocal.indicators.measured import Columns, Fault, Kind, Measured
from hyperlocal.indicators.parts.households import households_of
from hyperlocal.methods import FloatArray
from hyperlocal.methods.pollution import pollution_score

if TYPE_CHECKING:
    from hyperlocal.geography import Grid

NO_LOCATION = "the dwelling has no location"


@dataclass(frozen=True)
class PollutionMap:
    """The concentration of one pollutant in every cell of a grid."""

    grid: Grid
    concentration: FloatArray

    def at(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return the concentration at places in metres; NaN where there is no cell."""
        cell = self.grid.cells_at(x, y)
        return np.where(cell >= 0, self.concentration[cell], np.nan)


def concentrations_at(batch: Batch, maps: Sequence[PollutionMap]) -> FloatArray:
    """Return the concentration of each pollutant at each dwelling.

    Parameters
    ----------
    batch
        The dwellings, with their places.
    maps
        One for each pollutant.

    Returns
    -------
    numpy.ndarray, shape (dwellings, pollutants)
        NaN where a dwelling lies in no cell.
    """
    x, y = batch.coordinates()
    return np.column_stack([one.at(x, y) for one in maps])


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, AirQualityIndicator)
    maps = {
        name: _read(gathering.records(pollutant.records), pollutant, written.cell)
        for name, pollutant in written.pollutants.items()
    }
    homes = gathering.records(written.dwellings)
    numbers = [written.households] if written.households else []
    total = np.zeros((len(gathering.areas), len(maps) + 1))
    for batch in homes.batches(numbers=numbers, located=True):
        found = concentrations_at(batch, list(maps.values()))
        known = _known(homes, batch, found, list(maps))
        lived_in, found = batch.chosen(known), found[known]
        households = households_of(homes, lived_in, written.households)[:, None]
        total += homes.totals(lived_in, np.hstack([found * households, households]))
    mean = np.full((len(total), len(maps)), np.nan)
    np.divide(total[:, :-1], total[:, -1:], out=mean, where=total[:, -1:] > 0)
    columns = {CONCENTRATION + name: mean[:, place] for place, name in enumerate(maps)}
    record = {
        "cells": {name: len(one.concentration) for name, one in maps.items()},
        "objectives": {name: one.objective for name, one in written.pollutants.items()},
    }
    return Gathered(columns, record)


def _known(
    homes: RecordTable, batch: Batch, found: FloatArray, names: Sequence[str]
) -> NDArray[np.bool_]:
    """Say which dwellings have all concentrations; count each other for the first it lacks."""
    absent = np.isnan(found)
    lacks = np.where(absent.any(axis=1), absent.argmax(axis=1), -1)
    nowhere = np.isnan(batch.coordinates()[0])
    homes.leave_out(NO_LOCATION, batch.rows.filter(pl.Series(nowhere)))
    for place, name in enumerate(names):
        rows = batch.rows.filter(pl.Series((lacks == place) & ~nowhere))
        homes.leave_out(f"there is no concentration of {name} where it lies", rows)
    known: NDArray[np.bool_] = lacks < 0
    return known


def _read(table: RecordTable, pollutant: Pollutant, side: float) -> PollutionMap:
    """Read the grid of a pollutant, without the cells that have no concentration."""
    from hyperlocal.geography import Grid

    cells = table.read(numbers=[pollutant.column], located=True)
    found = cells.frame[pollutant.column].fill_null(np.nan).to_numpy()
    if (found < 0).any():
        row = int(cells.rows[int(np.argmax(found < 0))])
        said, remedy = "the concentration is negative", "mend it or mark it missing"
        raise DataError(table.problem(said, remedy, row, pollutant.column))
    given = cells.chosen(~np.isnan(found))
    if not len(given.rows):
        remedy = "look at its columns, and at what is 'missing'"
        raise DataError(
            table.problem("no cell has a concentration", remedy, None, pollutant.column)
        )
    x, y = given.coordinates()
    try:
        grid = Grid(x, y, side, rows=given.rows)
    except GeographyError as error:
        file = table.problem("").file
        raise GeographyError([replace(one, file=file) for one in error.problems]) from error
    return PollutionMap(grid, found[~np.isnan(found)])


def _measure(node: ResolvedNode, columns: Columns) -> Measured:
    """Divide each concentration by its objective, and average."""
    written = node.written
    assert isinstance(written, AirQualityIndicator)
    means = np.column_stack(list(columns.values()))
    objectives = [pollutant.objective for pollutant in written.pollutants.values()]
    score = pollution_score(means, objectives, written.exponent)
    return Measured(score.astype(means.dtype, copy=False), dict(columns))


def _faults(node: ResolvedNode, columns: Columns) -> list[Fault]:
    return []  # negative concentrations are refused with their row


def _worked(node: ResolvedNode, numbers: Mapping[str, float]) -> str:
    """Write the mean of the ratios with the numbers of an area put in."""
    written = node.written
    assert isinstance(written, AirQualityIndicator)
    ratios = [
        f"{numbers[CONCENTRATION + name]:.10g} / {pollutant.objective:g}"
        for name, pollutant in written.pollutants.items()
    ]
    if len(ratios) == 1:
        return ratios[0]
    if written.power == "highest":
        return f"the highest of {', '.join(ratios)}"
    if written.exponent == 1:
        return f"({' + '.join(ratios)}) / {len(ratios)}"
    added = " + ".join(f"({ratio})^{written.exponent:g}" for ratio in ratios)
    return f"(({added}) / {len(ratios)})^(1/{written.exponent:g})"


KIND = Kind("air_quality", _measure, _faults, gather=_gather, worked=_worked)
