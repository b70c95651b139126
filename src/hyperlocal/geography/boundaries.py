"""Boundaries of areas: read, checked, and brought to the National Grid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.areas import Geography
from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography._arrays import BoolArray
from hyperlocal.geography.codes import row_problems
from hyperlocal.geography.coordinates import (
    NATIONAL_GRID,
    system_of,
    tell_system,
    to_national_grid,
)
from hyperlocal.geography.lookups import as_codes
from hyperlocal.geography.overlapping import overlapping_pairs

MOST_OVERLAP = 1e-4
"""The share of the smaller of two polygons that may lie in the other.

Published boundaries that were simplified overlap by a few square metres here and there: by less
than 1 part in 100,000 of the smaller area in those of LSOAs. A polygon drawn over its neighbour
overlaps by far more.
"""


@dataclass(frozen=True, eq=False)
class Boundaries:
    """The polygons of all areas of a geography.

    Parameters
    ----------
    geography
        The geography.
    codes
        The code of each area.
    shapes
        Their polygons or multipolygons, as an array of shapely geometries.
    crs
        The coordinate reference system: ``EPSG:27700`` or ``EPSG:4326``. None = told by the size
        of the coordinates.
    file
        The file that they were read from, for messages.
    sha256
        Of the file.

    Raises
    ------
    GeographyError
        Where a code is missing or stands twice, a polygon is missing, empty, invalid or no polygon,
        or the coordinates are not what they are said to be; with all of these at once.

    Examples
    --------
    >>> import shapely
    >>> square = shapely.box(400_000, 300_000, 401_000, 301_000)
    >>> Boundaries(Geography("lsoa", 2021), ["a"], [square]).crs
    'EPSG:27700'
    """

    geography: Geography
    codes: pl.Series
    shapes: NDArray[Any]
    crs: str | None = None
    file: str = ""
    sha256: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", as_codes(self.codes))
        shapes = np.empty(len(self.shapes), dtype=object)
        shapes[:] = self.shapes
        object.__setattr__(self, "shapes", shapes)
        if len(shapes) != len(self.codes) or not len(shapes):
            said = f"there are {len(self.codes):,} codes and {len(shapes):,} polygons"
            raise GeographyError(Problem(said, "give one polygon for each code", self.file))
        problems = _problems_of_codes(self) + _problems_of_shapes(self)
        try:
            object.__setattr__(self, "crs", _system(self))
        except GeographyError as error:
            problems += error.problems
        if problems:
            raise GeographyError(problems)

    @property
    def made_of(self) -> dict[str, str]:
        """The file with its SHA-256, as correspondences keep it."""
        return {self.file: self.sha256} if self.file else {}

    def sorted(self) -> Boundaries:
        """Return the same boundaries in the order of their codes."""
        if self.codes.is_sorted():
            return self
        order = self.codes.arg_sort()
        return replace(self, codes=self.codes.gather(order), shapes=self.shapes[order.to_numpy()])

    def in_national_grid(self) -> Boundaries:
        """Return the boundaries in metres of the National Grid.

        Raises
        ------
        GeographyError
            Where a part lies outside the ground that the transformation covers.
        """
        if self.crs == NATIONAL_GRID:
            return self
        import shapely

        coordinates = shapely.get_coordinates(self.shapes)
        try:
            x, y = to_national_grid(coordinates[:, 0], coordinates[:, 1])
        except GeographyError as error:
            raise GeographyError([replace(p, file=self.file) for p in error.problems]) from error
        moved = shapely.set_coordinates(self.shapes.copy(), np.column_stack([x, y]))
        return replace(self, shapes=moved, crs=NATIONAL_GRID)

    def refuse_overlaps(self, most_overlap: float = MOST_OVERLAP) -> None:
        """Refuse polygons that lie on top of each other.

        Parameters
        ----------
        most_overlap
            The share of the smaller of two polygons that may lie in the other.

        Raises
        ------
        GeographyError
            Where two polygons overlap by more; it names the pairs.
        """
        first, second, share = overlapping_pairs(self.shapes)
        wrong = np.flatnonzero(share > most_overlap)
        if len(wrong):
            first, second, share = first[wrong], second[wrong], share[wrong]
            raise GeographyError(
                row_problems(
                    range(len(wrong)),
                    lambda pair: (
                        f"{self.codes[int(first[pair])]} and {self.codes[int(second[pair])]} "
                        f"overlap by {share[pair]:.2%} of the smaller"
                    ),
                    "correct the boundaries, or use a set in which areas do not overlap",
                    self.file,
                    numbers=pl.Series(first + 1),
                )
            )


def _problems_of_codes(given: Boundaries) -> list[Problem]:
    codes, file = given.codes, given.file
    first = (
        pl.DataFrame({"code": codes})
        .with_row_index("row")
        .select(pl.col("row").first().over("code"))["row"]
        .to_numpy()
    )
    again = (first != np.arange(len(first))) & codes.is_not_null().to_numpy()
    return row_problems(
        codes.is_null().arg_true().to_list(),
        lambda row: "the polygon has no code",
        "give it one",
        file,
        codes.name,
    ) + row_problems(
        np.flatnonzero(again).tolist(),
        lambda row: f"{codes[row]} has a second polygon; the first is in row {first[row] + 1}",
        "join the parts of an area into one multipolygon, or delete the row",
        file,
        codes.name,
    )


def _problems_of_shapes(given: Boundaries) -> list[Problem]:
    import shapely

    codes, shapes, file = given.codes, given.shapes, given.file
    missing: BoolArray = shapely.is_missing(shapes)
    kinds = shapely.get_type_id(shapes)
    strange = ~missing & (kinds != 3) & (kinds != 6)
    empty = shapely.is_empty(shapes) & ~strange
    invalid = ~missing & ~strange & ~empty & ~shapely.is_valid(shapes)

    def listed_rows(wrong: BoolArray, said: str, remedy: str) -> list[Problem]:
        rows = np.flatnonzero(wrong).tolist()
        return row_problems(rows, lambda row: f"{codes[row]} {said}", remedy, file)

    return (
        listed_rows(missing, "has no polygon", "add it or delete the row")
        + listed_rows(strange, "is not a polygon", "use the layer of areas")
        + listed_rows(empty, "has an empty polygon", "add its boundary or delete the row")
        + row_problems(
            np.flatnonzero(invalid).tolist(),
            lambda row: (
                f"{codes[row]} has an invalid polygon: {shapely.is_valid_reason(shapes[row])}"
            ),
            "mend it, for instance with shapely.make_valid, and look at the result",
            file,
        )
    )


def _system(given: Boundaries) -> str:
    import shapely

    corners = shapely.bounds(given.shapes)
    if np.isnan(corners).all():
        return system_of(given.crs or NATIONAL_GRID, given.file)
    x, y = corners[:, [0, 2]].ravel(), corners[:, [1, 3]].ravel()
    rows = pl.Series(np.repeat(np.arange(len(corners)) + 1, 2))
    return tell_system(x, y, given.crs, given.file, rows)


def read_boundaries(
    file: str | Path,
    geography: Geography,
    code: str,
    layer: str | None = None,
    crs: str | None = None,
    most_overlap: float = MOST_OVERLAP,
) -> Boundaries:
    """Read the boundaries of a geography and check them.

    Parameters
    ----------
    file
        A GeoPackage, GeoJSON file, Shapefile or GeoParquet file.
    geography
        The geography of its areas.
    code
        The column of their codes.
    layer
        The layer, where the file has several.
    crs
        The coordinate reference system, where the file does not state the right one.
    most_overlap
        The share of the smaller of two polygons that may lie in the other.

    Returns
    -------
    Boundaries
        As they stand in the file.

    Raises
    ------
    GeographyError
        Where the file cannot be read, or the boundaries cannot be right: with everything that is
        wrong at once.
    """
    from hyperlocal.geography.boundary_files import read_shapes

    found = read_shapes(Path(file), code, layer)
    boundaries = Boundaries(
        geography, found.codes, found.shapes, crs or found.crs, str(file), found.sha256
    )
    boundaries.refuse_overlaps(most_overlap)
    return boundaries
