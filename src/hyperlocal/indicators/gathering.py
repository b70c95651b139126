"""What a kind of indicator is gathered from: records, boundaries, columns; and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

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


class RecordTable(Protocol):
    """One table of records, read for one indicator."""

    @property
    def name(self) -> str:
        """Its name in the definition."""

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

    def leave_out(self, reason: str, rows: pl.Series, *, allowed: bool = False) -> None:
        """Count records that are left out, by the reason.

        Parameters
        ----------
        reason
            Why, as in "the record has no location".
        rows
            Their rows.
        allowed
            Whether the definition says that they may be left out; else they count against
            `most_unplaced`.
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
        """Return a column of the indicator, one number per area; NaN where missing."""

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
