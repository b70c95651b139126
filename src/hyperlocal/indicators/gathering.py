"""What a kind of indicator is gathered from: records, boundaries, columns; and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.inputs import Rows
from hyperlocal.errors import Problem
from hyperlocal.methods import FloatArray

if TYPE_CHECKING:
    from hyperlocal.geography import Boundaries


@dataclass(frozen=True)
class Gathered:
    """The numbers of each area that an indicator is measured from, and how they came about.

    Parameters
    ----------
    columns
        For each name in `Indicator.measured_from` one number per area, in the order of the areas;
        NaN where it is not known.
    record
        What a reader should know of it, for the provenance: plain values that JSON can hold.
    """

    columns: Mapping[str, FloatArray]
    record: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """Some records of a table, one after the other.

    Parameters
    ----------
    frame
        A column of text (`String`) or numbers (`Float64`) for each that was asked for, by its name
        in the definition; null where missing. Where the table says where its records lie and that
        was asked for, also ``x`` and ``y`` in metres of the National Grid, null where missing.
    rows
        The row of the file that holds each, counted from 1.
    shapes
        Their geometries in the National Grid, where the table has geometries and they were asked
        for.
    """

    frame: pl.DataFrame
    rows: pl.Series
    shapes: NDArray[Any] | None = None

    def coordinates(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where each record lies in metres, NaN where missing; a point in each geometry."""
        if self.shapes is None:
            x, y = (self.frame[name].fill_null(np.nan).to_numpy() for name in ("x", "y"))
            return x, y
        import shapely

        there = ~(shapely.is_missing(self.shapes) | shapely.is_empty(self.shapes))
        inner = np.full(len(there), None, dtype=object)
        inner[there] = shapely.point_on_surface(self.shapes[there])
        return shapely.get_x(inner), shapely.get_y(inner)

    def chosen(self, keep: NDArray[np.bool_]) -> Batch:
        """Return some of the records, those where it is True."""
        if keep.all():
            return self
        mask = pl.Series(keep)
        shapes = None if self.shapes is None else self.shapes[keep]
        return Batch(self.frame.filter(mask), self.rows.filter(mask), shapes)


class RecordTable(Protocol):
    """One table of records, read for one indicator."""

    @property
    def name(self) -> str:
        """Its name in the definition."""

    @property
    def area_column(self) -> str:
        """The column of the area that its records belong to; empty where they have none."""

    def batches(
        self,
        texts: Sequence[str] = (),
        numbers: Sequence[str] = (),
        where: Rows | None = None,
        *,
        located: bool = False,
    ) -> Iterator[Batch]:
        """Read the records in parts, so that memory stays bounded.

        Parameters
        ----------
        texts, numbers
            The columns that are wanted, as text or as numbers. A cell that is no number raises
            DataError with its row.
        where
            Which rows are wanted, beside what the table itself says.
        located
            Whether it is wanted where they lie: by coordinates or by geometry.
        """

    def read(
        self,
        texts: Sequence[str] = (),
        numbers: Sequence[str] = (),
        where: Rows | None = None,
        *,
        located: bool = False,
    ) -> Batch:
        """Read all records at once, as `batches` does: for tables that are known to be small."""

    def totals(self, batch: Batch, values: FloatArray) -> FloatArray:
        """Add the numbers of records up over the areas of the index that they belong to.

        To be called once for each batch. A record belongs to the area that holds its location, or
        to that which its code names; a
        postcode that lies in several is shared among them. Those without a place are counted, and
        refused where they are more than the table allows once the indicator is gathered.

        Parameters
        ----------
        batch
            The records; read with ``located=True``.
        values : shape (records,) or (records, k)
            The numbers, none of them NaN.

        Returns
        -------
        numpy.ndarray, shape (areas,) or (areas, k)
        """

    def placeable(self, batch: Batch) -> NDArray[np.bool_]:
        """Say which records have a place: an area that is known, in the index or outside it.

        Parameters
        ----------
        batch
            The records; read with ``located=True``.
        """

    def leave_out(
        self,
        reason: str,
        rows: pl.Series,
        named: pl.Series | None = None,
        *,
        allowed: bool = False,
    ) -> None:
        """Count records that are left out, by the reason.

        Parameters
        ----------
        reason
            Why, as in "the record has no location".
        rows
            Their rows.
        named
            What each says of its place, such as a code that is not known.
        allowed
            Whether the definition says that they may be left out; else they count against
            `most_unplaced`.
        """

    def refuse_left_out(self) -> None:
        """Refuse records without a place, where they are more than the table allows.

        This is done once the indicator is gathered; a kind for which they would lead to something
        else that is wrong does it before.
        """

    def among(self, number: int) -> None:
        """Say of how many records those that are left out are a share; else it is of all read.

        Parameters
        ----------
        number
            The number of records that count for this indicator, where others were read with them,
            or were read for another indicator.
        """

    def problem(
        self, message: str, remedy: str = "", row: int | None = None, column: str = ""
    ) -> Problem:
        """Make a problem of this table, at a row of the file and a column."""


class Gathering(Protocol):
    """Gives a kind of indicator what it is gathered from."""

    @property
    def areas(self) -> pl.Series:
        """The codes of the areas of the index, sorted."""

    @property
    def cache(self) -> dict[Any, Any]:
        """What other indicators of the same build have worked out, by a key of the kind."""

    def within(self, geography: str) -> pl.Series:
        """Return the code of the larger area in which each area lies."""

    def numbers(self, purpose: str) -> FloatArray:
        """Return a column of the indicator, one number per area; NaN where missing.

        A missing count is 0 where `missing_values: zero` says so.
        """

    def codes(self, name: str) -> tuple[str, ...]:
        """Return the codes of one of the definition's lists."""

    def numbers_of_codes(self, name: str) -> Mapping[str, float]:
        """Return the number that each code of one of the definition's lists stands for."""

    def records(self, name: str) -> RecordTable:
        """Return a table of records."""

    def boundaries(self) -> Boundaries:
        """Return the boundaries of the areas, in their order and in the National Grid."""

    def tell(self, what: str) -> None:
        """Tell how far the work is."""
