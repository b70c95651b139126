"""Points in areas, and the overlap of two sets of boundaries weighted by the points in both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography._arrays import (
    ABSENT,
    BoolArray,
    FloatArray,
    IntArray,
    shares_of_rows,
)
from hyperlocal.geography.boundaries import Boundaries
from hyperlocal.geography.codes import counted, row_problems
from hyperlocal.geography.coordinates import DEGREES, NATIONAL_GRID, tell_system, to_national_grid
from hyperlocal.geography.correspondence import Correspondence
from hyperlocal.geography.left_out import LeftOut, left_out
from hyperlocal.geography.lookups import as_codes


@dataclass(frozen=True, eq=False)
class Points:
    """Places, such as postcodes or dwellings, each with a weight.

    Parameters
    ----------
    labels
        What each is called, such as the postcode.
    x
        Eastings or longitudes; NaN for a place without coordinates.
    y
        Northings or latitudes.
    crs
        The coordinate reference system: ``EPSG:27700`` or ``EPSG:4326``. None = told by the size
        of the coordinates.
    weights
        How much each stands for, such as its dwellings or people. None = each counts as 1.
    file
        The file that they were read from, for messages.
    rows
        The row of the file of each, counted from 1; None where they are in order.
    sha256
        Of the file.

    Raises
    ------
    GeographyError
        Where a weight is negative, infinite or missing, one coordinate of a place is missing, or
        the coordinates are not what they are said to be.

    Examples
    --------
    >>> Points(["SW1A 1AA"], x=[529090], y=[179645]).crs
    'EPSG:27700'
    """

    labels: pl.Series
    x: FloatArray
    y: FloatArray
    crs: str | None = None
    weights: FloatArray | None = None
    file: str = ""
    rows: pl.Series | None = None
    sha256: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", as_codes(self.labels, "point"))
        number = len(self.labels)
        weights = np.ones(number) if self.weights is None else self.weights
        for name, given in (("x", self.x), ("y", self.y), ("weights", weights)):
            array = np.asarray(given, np.float64)
            if array.shape != (number,):
                said = f"there are {number:,} points and {array.size:,} numbers in {name}"
                raise GeographyError(Problem(said, "give one for each point", self.file))
            object.__setattr__(self, name, array)
        problems = self._problems()
        try:
            system = tell_system(self.x, self.y, self.crs, self.file, self.rows)
            object.__setattr__(self, "crs", system)
        except GeographyError as error:
            problems += error.problems
        if problems:
            raise GeographyError(problems)

    @property
    def made_of(self) -> dict[str, str]:
        """The file with its SHA-256, as correspondences keep it."""
        return {self.file: self.sha256} if self.file else {}

    @property
    def weight(self) -> FloatArray:
        """The weight of each point."""
        assert self.weights is not None
        return self.weights

    def in_national_grid(self) -> Points:
        """Return the points in metres of the National Grid.

        Raises
        ------
        GeographyError
            Where one lies outside the ground that the transformation covers.
        """
        if self.crs != DEGREES:
            return self
        try:
            x, y = to_national_grid(self.x, self.y)
        except GeographyError as error:
            raise GeographyError([replace(p, file=self.file) for p in error.problems]) from error
        return replace(self, x=x, y=y, crs=NATIONAL_GRID)

    def _problems(self) -> list[Problem]:
        half = np.isnan(self.x) != np.isnan(self.y)
        wrong = ~(np.isfinite(self.weight) & (self.weight >= 0))
        return row_problems(
            np.flatnonzero(half).tolist(),
            lambda row: f"{self.labels[row]} has one coordinate only",
            "give both or neither",
            self.file,
            numbers=self.rows,
        ) + row_problems(
            np.flatnonzero(wrong).tolist(),
            lambda row: f"the weight of {self.labels[row]} is {self.weight[row]:g}",
            "give a number that is not negative",
            self.file,
            numbers=self.rows,
        )


@dataclass(frozen=True, eq=False)
class Placement:
    """Which area each point lies in.

    Parameters
    ----------
    codes
        The codes of the areas, sorted.
    areas
        For each point the position of its area in `codes`; -1 where it is in none.
    on_border
        For each point whether it lies on the border of two or more areas; it was given to the
        first of them by code.
    """

    codes: pl.Series
    areas: IntArray
    on_border: BoolArray

    @property
    def outside(self) -> BoolArray:
        """For each point whether it lies in no area."""
        return np.asarray(self.areas == ABSENT)


def place_points(points: Points, boundaries: Boundaries, most_overlap: float = 0.0) -> Placement:
    """Find the area that each point lies in.

    Parameters
    ----------
    points
        The points.
    boundaries
        The areas, in the same coordinate reference system or the other one.
    most_overlap
        The largest share of the points that may lie inside two areas at once. Each of them is given
        to the first of its areas by code.

    Returns
    -------
    Placement
        A point on a border that areas share is in the first of them by code.

    Raises
    ------
    GeographyError
        Where more points lie inside two areas; it names the pairs.

    Examples
    --------
    >>> import shapely
    >>> from hyperlocal.areas import Geography
    >>> squares = [shapely.box(x, 3e5, x + 1000, 301e3) for x in (400e3, 401e3)]
    >>> areas = Boundaries(Geography("lsoa", 2021), ["a", "b"], squares)
    >>> points = Points(["p", "q", "r"], [400_500, 401_000, 402_500], [300_500] * 3)
    >>> place_points(points, areas).areas
    array([ 0,  0, -1])
    """
    placed = points.in_national_grid()
    return _place(placed, _Tree.of(placed), boundaries, most_overlap)


@dataclass(frozen=True, eq=False)
class _Tree:
    """A tree of the points that have coordinates, and the positions of those."""

    tree: Any
    located: IntArray

    @classmethod
    def of(cls, points: Points) -> _Tree:
        import shapely

        located = np.flatnonzero(~np.isnan(points.x))
        places = shapely.points(points.x[located], points.y[located])
        return cls(shapely.STRtree(places), located)


def _place(points: Points, tree: _Tree, boundaries: Boundaries, most_overlap: float) -> Placement:
    # Of the ways that were tried on 1.7 million points and 178,000 + 189,000 areas of 20 corners
    # each, on two cores, a tree of the points that is asked for each area took 5 s and 0.4 GB,
    # duckdb's spatial join 6 s and 0.6 GB, a tree of the areas that is asked for each point 9 s,
    # and geopandas 7 s. This one also runs on one thread, so that its order is always the same.
    areas = boundaries.in_national_grid().sorted()
    number = len(points.x)
    area, point = tree.tree.query(areas.shapes, predicate="intersects")
    point = tree.located[point]
    first = np.full(number, len(areas.codes), dtype=np.int64)
    np.minimum.at(first, point, area)
    first[first == len(areas.codes)] = ABSENT
    several = np.bincount(point, minlength=number) > 1
    if several.any():
        pairs = several[point]
        _refuse_overlaps(points, areas, point[pairs], area[pairs], most_overlap)
    return Placement(areas.codes, first, several)


def _refuse_overlaps(
    points: Points, areas: Boundaries, point: IntArray, area: IntArray, most_overlap: float
) -> None:
    """Refuse areas that lie on top of each other, seen from points inside two of them."""
    import shapely

    places = shapely.points(points.x[point], points.y[point])
    inside = shapely.contains_properly(areas.shapes[area], places)
    pairs = pl.DataFrame({"point": point[inside], "area": area[inside]}).sort("point", "area")
    both = (
        pairs.group_by("point", maintain_order=True)
        .agg("area")
        .filter(pl.col("area").list.len() > 1)
    )
    if both.height <= most_overlap * len(points.x):
        return
    codes = both.with_columns(
        first=areas.codes.gather(both["area"].list.get(0)),
        second=areas.codes.gather(both["area"].list.get(1)),
    )
    found = codes.group_by("first", "second", maintain_order=True).agg(
        pl.len(), pl.col("point").first()
    )
    labels = points.labels
    raise GeographyError(
        row_problems(
            range(found.height),
            lambda row: (
                f"{found['first'][row]} and {found['second'][row]} overlap: "
                f"{counted(found['len'][row], 'point lies', 'points lie')} inside both, such as "
                f"{labels[found['point'][row]]}"
            ),
            "correct the boundaries, or accept a share of points in two areas",
            areas.file,
            numbers=pl.repeat(None, found.height, eager=True),
        )
    )


def points_in_both(
    points: Points,
    source_boundaries: Boundaries,
    target_boundaries: Boundaries,
    weighted_by: str = "points",
    most_overlap: float = 0.0,
) -> Correspondence:
    """Weigh the overlap of two sets of boundaries by the points that lie in both.

    Parameters
    ----------
    points
        The points with their weights.
    source_boundaries, target_boundaries
        The areas to convert from and to.
    weighted_by
        What the weights count, in words, such as "postcodes" or "dwellings".
    most_overlap
        The largest share of the points that may lie inside two areas of one set at once.

    Returns
    -------
    Correspondence
        The share of source s in target t is the weight of the points in both divided by that of all
        points in s. Points outside the targets are part of the latter, so that their share of s is
        unplaced; a source without points is unplaced as a whole. Points outside the sources and
        points without coordinates are counted and listed in ``left_out``, and so are points in a
        source that lie outside the targets.

    Raises
    ------
    GeographyError
        Where the areas of one set overlap, or no point lies in both.

    Examples
    --------
    >>> import shapely
    >>> from hyperlocal.areas import Geography
    >>> old = Boundaries(Geography("oa", 2011), ["a"], [shapely.box(4e5, 3e5, 402e3, 301e3)])
    >>> halves = [shapely.box(x, 3e5, x + 1000, 301e3) for x in (400e3, 401e3)]
    >>> new = Boundaries(Geography("oa", 2021), ["b", "c"], halves)
    >>> postcodes = Points(["p", "q", "r"], [400_100, 401_100, 401_900], [300_500] * 3)
    >>> points_in_both(postcodes, old, new, "postcodes").count([6])
    array([2., 4.])
    """
    points = points.in_national_grid()
    tree = _Tree.of(points)
    source = _place(points, tree, source_boundaries, most_overlap)
    target = _place(points, tree, target_boundaries, most_overlap)
    inside = ~source.outside
    if not (inside & ~target.outside).any():
        raise GeographyError(
            Problem(
                f"none of the {len(points.x):,} points lies both in {source_boundaries.geography} "
                f"and in {target_boundaries.geography}",
                "use points and boundaries of the same country",
                points.file,
            )
        )
    shares = shares_of_rows(
        source.areas[inside],
        target.areas[inside],
        points.weight[inside],
        (len(source.codes), len(target.codes)),
    )
    return Correspondence(
        source_boundaries.geography,
        target_boundaries.geography,
        source.codes,
        target.codes,
        shares,
        "points",
        weighted_by,
        points.made_of | source_boundaries.made_of | target_boundaries.made_of,
        _left_out(points, source, target, source_boundaries, target_boundaries),
    )


def _left_out(
    points: Points,
    source: Placement,
    target: Placement,
    source_boundaries: Boundaries,
    target_boundaries: Boundaries,
) -> tuple[LeftOut, ...]:
    nowhere = np.isnan(points.x)
    old, new = source_boundaries.geography, target_boundaries.geography
    reasons = (
        ("points without coordinates", nowhere),
        (f"points outside {old} and {new}", source.outside & target.outside & ~nowhere),
        (f"points outside {old} only", source.outside & ~target.outside),
        (f"points outside {new} only", target.outside & ~source.outside),
    )
    return tuple(
        found
        for reason, which in reasons
        for found in left_out(reason, points.labels, which, points.weight)
    )
