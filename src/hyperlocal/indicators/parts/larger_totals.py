"""Counts of areas made to add up to the totals of larger areas, which are tables of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.kinds.event_share import Constraint
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators.gathering import Gathering, RecordTable
from hyperlocal.methods import FloatArray
from hyperlocal.methods.constraining import (
    Difference,
    constrain_to_totals,
    differing_totals,
    without_counts,
)

SHOWN = 5
IntArray = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class LargerTotals:
    """The totals of the larger areas of one geography.

    Parameters
    ----------
    within
        The geography.
    table
        Where they stand.
    codes
        The larger areas that areas of the index lie in, sorted.
    labels
        The position of the larger area of each area.
    totals
        Their totals.
    """

    within: str
    table: RecordTable
    codes: pl.Series
    labels: IntArray
    totals: FloatArray

    def named(self, which: IntArray) -> str:
        """Name some of the larger areas."""
        shown = ", ".join(self.codes.gather(which[:SHOWN]))
        more = f" and {len(which) - SHOWN:,} more" if len(which) > SHOWN else ""
        return f"{shown}{more} ({self.within})"


def constrain(
    gathering: Gathering, counts: FloatArray, stated: Sequence[Constraint]
) -> tuple[FloatArray, dict[str, Any]]:
    """Make the counts of the areas add up to totals of larger areas.

    Parameters
    ----------
    gathering
        Gives the tables of totals, and the larger area of each area.
    counts
        The counts.
    stated
        Which totals they are to add up to.

    Returns
    -------
    tuple
        The counts, and for the provenance what each larger area was multiplied by.

    Raises
    ------
    DataError
        Where totals cannot be read, contradict each other or cannot be met.
    """
    sets = [_totals(gathering, one) for one in stated]
    problems = [problem for one in sets for problem in _refused_empty(one, counts)]
    if not problems:
        for one, other in combinations(sets, 2):
            apart = differing_totals(counts, [one.labels, other.labels], [one.totals, other.totals])
            problems += _refused_differences(one, other, apart)
    if problems:
        raise DataError(problems)
    try:
        found = constrain_to_totals(
            counts, [one.labels for one in sets], [one.totals for one in sets]
        )
    except ValueError as error:
        names = " and ".join(one.within for one in sets)
        said = f"the totals of {names} cannot all be met: {str(error).rstrip('.')}"
        remedy = "constrain to one of them, or look for areas without events"
        raise DataError(sets[-1].table.problem(said, remedy)) from error
    record = {
        one.within: {
            "scaled_by": dict(zip(one.codes.to_list(), factor.tolist(), strict=True)),
            "total": float(one.totals.sum()),
        }
        for one, factor in zip(sets, found.factors, strict=True)
    }
    return found.counts, {"rounds": found.rounds, **record}


def _totals(gathering: Gathering, stated: Constraint) -> LargerTotals:
    """Read the total of each larger area; refuse what has none, and totals of others."""
    larger = gathering.within(stated.within)
    if larger.null_count():
        raise DataError([])  # that an area lies in none is reported already
    codes = larger.unique().sort()
    table = gathering.records(stated.records)
    batch = table.read([stated.area], [stated.number], stated.where)
    rows = batch.frame.select(
        pl.col(stated.area).alias("code"), pl.col(stated.number).alias("total"), row=batch.rows
    )
    problems = [
        *_refused_rows(table, rows.filter(pl.col("code").is_null()), "there is no code", stated),
        *_refused_rows(
            table,
            rows.filter(pl.col("total").is_null() | (pl.col("total") < 0)),
            "the total is missing or negative",
            stated,
        ),
        *_refused_rows(
            table,
            rows.filter(pl.col("code").is_not_null() & ~pl.col("code").is_in(codes.implode())),
            f"no area of the index lies in this {stated.within}",
            stated,
            "choose the rows of the larger areas of the index by 'where'",
        ),
    ]
    sums = rows.group_by("code").agg(pl.col("total").sum())
    found = pl.DataFrame({"code": codes}).join(sums, on="code", how="left", maintain_order="left")
    absent = found.filter(pl.col("total").is_null())["code"]
    if len(absent):
        shown = ", ".join(absent.head(SHOWN))
        more = f" and {len(absent) - SHOWN:,} more" if len(absent) > SHOWN else ""
        said = f"there is no total of {shown}{more} ({stated.within})"
        problems.append(
            table.problem(said, "add it, with 0 where there was none", None, stated.area)
        )
    if problems:
        raise DataError(problems)
    places = pl.DataFrame({"code": larger}).join(
        codes.to_frame("code").with_row_index("place"), on="code", how="left", maintain_order="left"
    )["place"]
    labels = places.to_numpy().astype(np.intp)
    return LargerTotals(stated.within, table, codes, labels, found["total"].to_numpy())


def _refused_rows(
    table: RecordTable, rows: pl.DataFrame, said: str, stated: Constraint, remedy: str = "mend it"
) -> list[Problem]:
    if rows.is_empty():
        return []
    code = rows["code"][0]
    about = f"{code}: {said}" if code is not None else said
    more = f", and so in {rows.height - 1:,} more rows" if rows.height > 1 else ""
    column = stated.number if "total" in said else stated.area
    return [table.problem(about + more, remedy, int(rows["row"][0]), column)]


def _refused_empty(one: LargerTotals, counts: FloatArray) -> list[Problem]:
    empty = without_counts(counts, one.labels, one.totals)
    if not empty.size:
        return []
    said = (
        f"{one.named(empty)}: the total is {one.totals[empty].sum():,.10g}, and no event lies near "
        "any of its areas that could be scaled to it"
    )
    remedy = "look whether its events are in the table and have a location; else correct the total"
    return [one.table.problem(said, remedy)]


def _refused_differences(
    one: LargerTotals, other: LargerTotals, apart: Sequence[Difference]
) -> list[Problem]:
    remedy = "the totals of both must be of the same events: correct them, or constrain to one"
    return [
        other.table.problem(
            f"{one.named(of.first)} has a total of {of.first_total:,.10g}, and "
            f"{other.named(of.second)} have {of.second_total:,.10g}",
            remedy,
        )
        for of in apart[:SHOWN]
    ]
