"""How many people are concerned: counts added up over groups."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.measures import column
from hyperlocal.analysis.populations import counts_from_file
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.methods import FloatArray, tie_ranks
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.write import population_column

COUNTED = ("numerator", "observed", "total")


def scales(
    results: Results, groups: Groups, counts: Mapping[str, str]
) -> tuple[pl.DataFrame, list[str]]:
    """Add counts up over groups.

    Parameters
    ----------
    results
        The finished index.
    groups
        The groups.
    counts
        The counts by the names that they get: the id of a population or of an indicator (its
        numerator), or ``FILE:COLUMN``.

    Returns
    -------
    tuple
        A row per count and group: ``scale``, ``group_code``, ``group_name``, ``count``, ``rank``
        (1 = the largest), ``areas_missing``; and what a reader should know.

    Raises
    ------
    ResultsError
        Where a count is unknown.
    DataError
        Where a file cannot be read.
    """
    frames, notes = [], []
    for name, source in counts.items():
        values = _count(results, source)
        frames.append(added_up_over(groups, name, values))
        absent = np.isnan(values)
        if absent[groups.area].any():
            lost = int(absent[np.unique(groups.area)].sum())
            notes.append(
                f"{name}: {lost:,} areas have no number (suppressed, perhaps) and "
                "are not in the sums"
            )
    return pl.concat(frames), notes


def added_up_over(groups: Groups, name: str, values: FloatArray) -> pl.DataFrame:
    """Add one count up over groups, as `scales` does.

    Parameters
    ----------
    groups
        The groups.
    name
        What the count is called.
    values : shape (areas,)
        The count of every area, NaN where it is not known.
    """
    missing = np.isnan(values)[groups.area]
    known = np.nan_to_num(values, nan=0.0)[groups.area] * groups.share
    total = np.bincount(groups.group, weights=known, minlength=len(groups))
    without = np.bincount(groups.group, weights=missing, minlength=len(groups))
    return pl.DataFrame(
        {
            "scale": [name] * len(groups),
            "group_code": groups.codes,
            "group_name": groups.names,
            "count": total,
            "rank": tie_ranks(total).lowest.astype(np.int32),
            "areas_missing": without.astype(np.int32),
        }
    )


def _count(results: Results, source: str) -> FloatArray:
    """Return a count of every area, NaN where it is not known."""
    held = results.areas.columns
    if population_column(source) in held:
        return column(results, population_column(source))
    node = results.definition.by_id.get(source)
    if node is not None:
        ends = ("value",) if node.written.kind == "count" else COUNTED
        for end in ends:
            if f"{source}_{end}" in held:
                return column(results, f"{source}_{end}")
        raise ResultsError(
            Problem(f"{source} is of kind {node.written.kind} and counts nothing", "name another")
        )
    if "." not in source:
        known = [one.id for one in results.definition.populations]
        known += [one.id for one in results.definition.nodes if one.written.kind == "count"]
        raise ResultsError(
            Problem(
                f"there is no count {source!r}",
                f"name a population or an indicator ({', '.join(known) or 'none here'}), or "
                "FILE:COLUMN",
                str(results.folder),
            )
        )
    return counts_from_file(results, source)[0]
