"""What the map and the tables show of each node: rank, decile and score of every area."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hyperlocal.analysis.measures import Measure
from hyperlocal.definition import Definition
from hyperlocal.definition.publishing import may_leave
from hyperlocal.explorer.arrays import Array, write_arrays
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.write import ends_of

FEW = np.iinfo(np.uint16).max


def as_ranks(ranks: FloatArray) -> Array:
    """Return ranks in the smallest type that holds them exactly; 0 where there is none.

    Examples
    --------
    >>> as_ranks(np.array([2.0, np.nan])), as_ranks(np.array([1.5, 70_000.0]))
    (array([2, 0], dtype=uint16), array([1.5e+00, 7.0e+04]))
    """
    known = np.nan_to_num(ranks, nan=0.0)
    if (known % 1).any():
        return known.astype(np.float64)
    return known.astype(np.uint16 if known.max(initial=0) <= FEW else np.uint32)


def as_deciles(deciles: FloatArray) -> NDArray[np.uint8]:
    """Return deciles as small numbers; 0 where there is none.

    Examples
    --------
    >>> as_deciles(np.array([10.0, np.nan]))
    array([10,  0], dtype=uint8)
    """
    return np.nan_to_num(deciles, nan=0.0).astype(np.uint8)


def as_places(places: NDArray[np.integer], number: int) -> Array:
    """Return places of areas in the smallest type that holds them; -1 becomes its largest number.

    Parameters
    ----------
    places
        The places, -1 where there is none.
    number
        How many areas there are.

    Examples
    --------
    >>> as_places(np.array([3, -1]), 4)
    array([    3, 65535], dtype=uint16)
    """
    kind = np.uint16 if number <= FEW else np.uint32
    return np.where(places < 0, np.iinfo(kind).max, places).astype(kind)


def column_file(node: str) -> str:
    """Return the name of the column file of a node.

    Examples
    --------
    >>> column_file("crime")
    'columns/crime.bin.gz'
    """
    return f"columns/{node}.bin.gz"


def withheld_columns(definition: Definition) -> frozenset[str]:
    """Return the names of all columns of results that a definition does not let out.

    Parameters
    ----------
    definition
        The definition.

    Examples
    --------
    >>> import hyperlocal
    >>> "obese_children_value" in withheld_columns(hyperlocal.load("wimd-2019"))
    True
    """
    return frozenset(
        f"{node.id}_{end}"
        for node in definition.nodes
        for end in ends_of(node)
        if not may_leave(node, end)
    )


def write_columns(folder: Path, ranked: Sequence[Measure]) -> None:
    """Write a file for every ranked node; one whose scores may not leave has none in it.

    Parameters
    ----------
    folder
        The data folder of the site.
    ranked
        The nodes.
    """
    for one in ranked:
        score = one.score.astype(np.float64)
        if not may_leave(one.node, "score"):
            score = np.full_like(score, np.nan)
        arrays = {
            "rank": as_ranks(one.rank),
            "decile": as_deciles(one.decile),
            "score": score,
        }
        write_arrays(folder / column_file(one.id), arrays)
