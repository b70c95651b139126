"""Square grids: which cell a place lies in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from hyperlocal.errors import GeographyError
from hyperlocal.geography._arrays import ABSENT, BoolArray, FloatArray, IntArray
from hyperlocal.geography.codes import row_problems

_OFF = 1e-3
"""How far the middle of a cell may lie off the grid, in sides of a cell."""
_FAR = 1 << 31


@dataclass(frozen=True, eq=False)
class Grid:
    """Square cells of one size, side by side.

    Parameters
    ----------
    x, y
        The middle of each cell, in metres.
    side
        The side of a cell in metres.
    file
        The file that they were read from, for messages.
    rows
        The row of the file of each, counted from 1; None where they are in order.

    Raises
    ------
    GeographyError
        Where a middle is missing or off the grid that the first cell begins, or two are the same.

    Examples
    --------
    >>> grid = Grid([400_500, 401_500], [300_500, 300_500], side=1000)
    >>> grid.cells_at([400_999, 401_000, 402_000], [300_000, 300_999, 300_500])
    array([ 0,  1, -1])
    """

    x: FloatArray
    y: FloatArray
    side: float
    file: str = ""
    rows: pl.Series | None = None
    _known: IntArray = field(init=False, repr=False)
    _order: IntArray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("x", "y"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.float64))
        missing = np.isnan(self.x) | np.isnan(self.y)
        self._refuse(missing, "the cell has no place", "give the coordinates of its middle")
        column, row = self._steps(self.x, self.y)
        off = (np.abs(column - np.rint(column)) > _OFF) | (np.abs(row - np.rint(row)) > _OFF)
        remedy = f"give the middles of all cells, {self.side:g} metres apart, or state their side"
        self._refuse(off, "the middle of the cell is off the grid of the others", remedy)
        key = self._keys(column, row)
        order = np.argsort(key, kind="stable")
        twice = np.zeros(len(key), bool)
        twice[order[1:]] = np.diff(key[order]) == 0
        self._refuse(twice, "the cell is there twice", "delete one")
        object.__setattr__(self, "_known", key[order])
        object.__setattr__(self, "_order", order)

    def cells_at(self, x: ArrayLike, y: ArrayLike) -> IntArray:
        """Return the cell that each place lies in.

        Parameters
        ----------
        x, y
            The places in metres; NaN for one without coordinates.

        Returns
        -------
        numpy.ndarray
            The position of the cell; -1 where there is none. A place on the edge between two cells
            lies in the one to the east or north.
        """
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        if not len(self._known):
            return np.full(x.shape, ABSENT)
        given = ~(np.isnan(x) | np.isnan(y))
        column, row = self._steps(np.where(given, x, self.x[0]), np.where(given, y, self.y[0]))
        key = np.where(given, self._keys(np.floor(column + 0.5), np.floor(row + 0.5)), _FAR * _FAR)
        at = np.minimum(np.searchsorted(self._known, key), len(self._known) - 1)
        found: IntArray = np.where(self._known[at] == key, self._order[at], ABSENT)
        return found

    def _steps(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return how many cells each place lies east and north of the first."""
        if not len(self.x):
            return x, y
        return (x - self.x[0]) / self.side, (y - self.y[0]) / self.side

    @staticmethod
    def _keys(column: FloatArray, row: FloatArray) -> IntArray:
        keys: IntArray = np.rint(column).astype(np.int64) * _FAR + np.rint(row).astype(np.int64)
        return keys

    def _refuse(self, wrong: BoolArray, said: str, remedy: str) -> None:
        if wrong.any():
            places = np.flatnonzero(wrong).tolist()
            raise GeographyError(
                row_problems(places, lambda at: said, remedy, self.file, numbers=self.rows)
            )
