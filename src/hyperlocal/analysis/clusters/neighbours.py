"""Which areas are neighbours: contiguity told from their boundaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.boundaries import read_own_boundaries
from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography.codes import counted, listed
from hyperlocal.pipeline import Results

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

NEAR = 1.0
"""Metres within which areas touch: common borders may be rounded apart, rivers are wider."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Which areas are neighbours.

    Parameters
    ----------
    areas
        How many areas there are.
    first, second
        The rows of two neighbours, each pair both ways.
    islands
        Whether an area touches no other, shape (areas,); also where it was joined to some.
    made_of
        The boundaries.
    notes
        What a reader should know.
    """

    areas: int
    first: IntArray
    second: IntArray
    islands: BoolArray
    made_of: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def number(self) -> IntArray:
        """How many neighbours each area has."""
        return np.bincount(self.first, minlength=self.areas)

    def among(self, kept: BoolArray) -> csr_array:
        """Return the matrix of neighbours among some of the areas, 1 where they are neighbours."""
        from scipy.sparse import csr_array

        ones = np.ones(self.first.size)
        whole = csr_array((ones, (self.first, self.second)), shape=(self.areas, self.areas))
        return whole[kept][:, kept]


def read_neighbours(results: Results, boundaries: str | Path, join_islands: int = 0) -> Neighbours:
    """Read the boundaries of the areas of an index and tell which areas are neighbours.

    Parameters
    ----------
    results
        The finished index.
    boundaries
        As `read_own_boundaries` takes them.
    join_islands
        Join each area that touches no other to so many nearest ones, by their centroids; 0 leaves
        it alone.

    Raises
    ------
    GeographyError
        Where the boundaries cannot be read or lack areas of the index, or there are not so many
        others to join an island to.
    """
    own, column, others = read_own_boundaries(results, boundaries)
    shapes = own.in_national_grid().shapes
    found = contiguity(shapes)
    notes = []
    if others:
        notes.append(
            f"the boundaries hold {counted(others, 'area', 'areas')} that the index does not: "
            "what lies beside them has fewer neighbours"
        )
    if few := own.codes.filter(pl.Series(found.islands)).to_list():
        done = f"joined to the nearest {join_islands}" if join_islands else "in no cluster"
        said = counted(len(few), "area touches no other and is", "areas touch no other and are")
        notes.append(f"{said} {done}: {listed(few)}")
    if join_islands:
        found = joined(found, shapes, join_islands)
    made_of = {
        "file": own.file,
        "sha256": own.sha256,
        "column": column,
        "touching_within_metres": NEAR,
        "islands": few,
        "islands_joined_to": join_islands,
    }
    return Neighbours(found.areas, found.first, found.second, found.islands, made_of, tuple(notes))


def contiguity(shapes: NDArray[Any]) -> Neighbours:
    """Tell which polygons touch: along a border or at a corner (queen contiguity).

    Parameters
    ----------
    shapes
        Polygons in metres.

    Examples
    --------
    >>> import shapely
    >>> row = shapely.box([0, 9, 40], [0, 9, 0], [9, 18, 50], [9, 18, 9])
    >>> found = contiguity(row)
    >>> found.number, found.islands
    (array([1, 1, 0]), array([False, False,  True]))
    """
    import shapely

    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=NEAR)
    other = first != second
    first, second = first[other].astype(np.intp), second[other].astype(np.intp)
    number = len(shapes)
    return Neighbours(number, first, second, np.bincount(first, minlength=number) == 0)


def joined(neighbours: Neighbours, shapes: NDArray[Any], number: int) -> Neighbours:
    """Join islands to the nearest other areas, as neighbours of each other.

    Parameters
    ----------
    neighbours
        The neighbours.
    shapes
        The polygons.
    number
        To how many areas each island is joined.

    Raises
    ------
    GeographyError
        Where there are not so many others.
    """
    import shapely
    from scipy.spatial import KDTree

    islands = np.flatnonzero(neighbours.islands)
    if not 0 < number < neighbours.areas:
        raise GeographyError(
            Problem(
                f"islands cannot be joined to {number} of {neighbours.areas - 1} other areas",
                "ask for fewer (--join-islands)",
            )
        )
    places = shapely.get_coordinates(shapely.centroid(shapes))
    _, nearest = KDTree(places).query(places[islands], k=number + 1)
    island, other = np.repeat(islands, number + 1), nearest.ravel().astype(np.intp)
    island, other = island[island != other], other[island != other]
    links = np.column_stack([neighbours.first, neighbours.second])
    both_ways = np.concatenate(
        [links, np.column_stack([island, other]), np.column_stack([other, island])]
    )
    first, second = np.unique(both_ways, axis=0).T
    return Neighbours(neighbours.areas, first, second, neighbours.islands)
