"""Numbers per area: their types, and the checks that every conversion makes."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography.codes import listed

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

ABSENT = -1
WHOLE = 1e-9
"""How far from 1 the shares of an area that is wholly placed may add up."""


def positions(codes: pl.Series, among: pl.Series) -> IntArray:
    """Return the position of each code among unique codes, -1 for one that is not there.

    Parameters
    ----------
    codes
        The codes to look up; null is nowhere.
    among
        Unique codes.
    """
    if codes.equals(among):
        return np.arange(len(codes), dtype=np.int64)
    known = pl.DataFrame({"code": among}).with_row_index("position")
    given = pl.DataFrame({"code": codes})
    found = given.join(known, on="code", how="left", maintain_order="left")
    return found["position"].cast(pl.Int64).fill_null(ABSENT).to_numpy()


def numbers_of_areas(values: ArrayLike, codes: pl.Series, what: str) -> FloatArray:
    """Return one number (or one row of numbers) per area in double precision.

    Parameters
    ----------
    values
        The numbers, NaN where unknown, aligned with `codes`.
    codes
        The codes of the areas.
    what
        What the error calls the numbers.

    Raises
    ------
    GeographyError
        Where there is not one per area, or one is infinite.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or len(array) != len(codes):
        given = "1 number" if array.ndim == 0 else f"{len(array):,}"
        raise GeographyError(
            Problem(
                f"there are {len(codes):,} areas and not as many {what}, but {given}",
                "give one for each code, in the order of the codes",
            )
        )
    infinite: BoolArray = np.isinf(array).reshape(len(array), -1).any(axis=1)  # type: ignore[assignment]
    if infinite.any():
        raise GeographyError(
            Problem(f"{what} are infinite in {listed(codes.filter(infinite))}", "correct them")
        )
    return array


def weights_of_areas(weights: ArrayLike, codes: pl.Series) -> FloatArray:
    """Return one weight per area: not negative, not infinite, NaN where unknown.

    Parameters
    ----------
    weights
        The weights, aligned with `codes`.
    codes
        The codes of the areas.

    Raises
    ------
    GeographyError
        Where there is not one per area, or one is negative or infinite.
    """
    array = numbers_of_areas(weights, codes, "weights")
    if array.ndim != 1:
        raise GeographyError(Problem("there is more than one weight per area", "give one"))
    if (array < 0).any():
        raise GeographyError(
            Problem(f"weights are negative in {listed(codes.filter(array < 0))}", "correct them")
        )
    return array


def shares_of_rows(sources: IntArray, targets: IntArray, weights: FloatArray, shape: Any) -> Any:
    """Return the sparse table of shares that weights of pairs of areas amount to.

    Parameters
    ----------
    sources, targets
        The positions of the two areas of each pair. A target of -1 is a weight that lies in no
        target area.
    weights
        The weight of each pair. Pairs that occur twice are added up.
    shape
        The number of source and of target areas.

    Returns
    -------
    scipy.sparse.csr_array
        The weight of each pair divided by all the weight of its source. A source without weight
        has no shares.
    """
    from scipy import sparse

    totals = np.bincount(sources, weights=weights, minlength=shape[0])
    placed = (targets != ABSENT) & (weights > 0)
    sources, targets, weights = sources[placed], targets[placed], weights[placed]
    table = sparse.coo_array((weights, (sources, targets)), shape=shape).tocsr()
    table.sum_duplicates()
    table.data /= np.repeat(totals, np.diff(table.indptr))
    return tidied(table)


def tidied(shares: Any) -> Any:
    """Return shares in standard order, without zeros, and none above 1 by a rounding error."""
    shares.sum_duplicates()
    shares.eliminate_zeros()
    np.minimum(shares.data, 1.0, out=shares.data)
    return shares
