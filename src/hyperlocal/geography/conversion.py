"""Values of source areas turned into values of target areas: counts, means, parents' values."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography._arrays import BoolArray, FloatArray, numbers_of_areas, weights_of_areas
from hyperlocal.geography.codes import counted, listed


def share_out(by_target: Any, counts: ArrayLike, source_codes: pl.Series) -> FloatArray:
    """Share counts of source areas out among the target areas.

    Parameters
    ----------
    by_target
        The shares, a row per target area and a column per source area.
    counts
        One count, or one row of counts, per source area.
    source_codes
        The codes of the source areas.

    Returns
    -------
    numpy.ndarray
        NaN where a source of the target is NaN, and in a target that no source reaches.
    """
    given = numbers_of_areas(counts, source_codes, "counts")
    shared: FloatArray = by_target @ given
    shared[np.diff(by_target.indptr) == 0] = np.nan
    return shared


def average(
    by_target: Any,
    values: ArrayLike,
    weights: ArrayLike,
    least_known: float,
    source_codes: pl.Series,
) -> FloatArray:
    """Average values of source areas over the target areas.

    Parameters
    ----------
    by_target
        The shares, a row per target area and a column per source area.
    values
        One value per source area, NaN where unknown.
    weights
        One weight per source area: the denominator of the rate, or the number behind the mean.
    least_known
        The least share of a target's weight whose value must be known, above 0 and at most 1.
    source_codes
        The codes of the source areas.

    Returns
    -------
    numpy.ndarray
        One mean per target area; NaN where too little is known.
    """
    if not 0 < least_known <= 1:
        raise GeographyError(
            Problem(f"least_known is {least_known}", "state a share above 0 and at most 1")
        )
    value = numbers_of_areas(values, source_codes, "values")
    if value.ndim != 1:
        raise GeographyError(Problem("there is more than one value per area", "give one"))
    weight = weights_of_areas(weights, source_codes)
    unweighed = np.isnan(weight)
    weight = np.where(unweighed, 0.0, weight)
    known = ~np.isnan(value) & ~unweighed
    total = by_target @ weight
    known_total = by_target @ np.where(known, weight, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = by_target @ np.where(known, weight * value, 0.0) / known_total
        enough = known_total / total >= least_known
    lowest, highest, all_known = _extremes(by_target, value, weight, known, total == 0)
    mean = np.clip(mean, lowest, highest)  # a rounding error must not leave the range
    alike = (total == 0) & all_known & (lowest == highest)
    mean = np.where(enough & (known_total > 0), mean, np.where(alike, lowest, np.nan))
    undecided = by_target @ unweighed.astype(np.float64) > 0
    return np.where(undecided, np.nan, mean)


def _extremes(
    by_target: Any, value: FloatArray, weight: FloatArray, known: BoolArray, weightless: BoolArray
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return the lowest and highest known value that counts per target, and whether all are known.

    Values without weight count only where nothing in the target has any.
    """
    number = by_target.shape[0]
    lowest, highest = np.full(number, np.nan), np.full(number, np.nan)
    sizes = np.diff(by_target.indptr)
    reached = sizes > 0
    all_known = reached.copy()
    if not reached.any():
        return lowest, highest, all_known
    source = by_target.indices
    counts = known[source] & ((weight[source] > 0) | np.repeat(weightless, sizes))
    entry = np.where(counts, value[source], np.nan)
    starts = by_target.indptr[:-1][reached]
    lowest[reached] = np.fmin.reduceat(entry, starts)
    highest[reached] = np.fmax.reduceat(entry, starts)
    all_known[reached] = np.logical_and.reduceat(known[source], starts)
    return lowest, highest, all_known


def copy_to_parts(
    by_target: Any, values: ArrayLike, source_codes: pl.Series, target_codes: pl.Series
) -> FloatArray:
    """Give every target area the value of the one source area that it lies in.

    Parameters
    ----------
    by_target
        The shares, a row per target area and a column per source area.
    values
        One value, or one row of values, per source area.
    source_codes, target_codes
        The codes of the areas.

    Returns
    -------
    numpy.ndarray
        NaN in a target that no source reaches.

    Raises
    ------
    GeographyError
        Where a target area lies in more than one source area.
    """
    given = numbers_of_areas(values, source_codes, "values")
    sizes = np.diff(by_target.indptr)
    several = np.flatnonzero(sizes > 1)
    if len(several):
        first = int(several[0])
        within = by_target.indices[by_target.indptr[first] : by_target.indptr[first + 1]]
        areas = counted(len(several), "area lies", "areas lie")
        raise GeographyError(
            Problem(
                f"{areas} in more than one source area, so that no one value can be copied: "
                f"{listed(target_codes[several])}; {target_codes[first]} lies in "
                f"{listed(source_codes[within])}",
                "average the values with their denominator as weight instead",
            )
        )
    copied = np.full((len(target_codes), *given.shape[1:]), np.nan)
    copied[sizes == 1] = given[by_target.indices]
    return copied
