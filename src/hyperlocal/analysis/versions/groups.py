"""Groups of areas in two versions: areas in the worst tenth, and district measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hyperlocal.analysis.counts import scales
from hyperlocal.analysis.districts import SUMMARIES, TENTH, district_table, profile_table
from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.measures import Measure
from hyperlocal.analysis.populations import Populations
from hyperlocal.errors import DataError, Problem
from hyperlocal.methods.ranks import HUNDRED
from hyperlocal.pipeline import Results

KEYS = ("measure", "group_code", "group_name", "version")


@dataclass(frozen=True, eq=False)
class Side:
    """A version with what its areas are grouped and weighed by.

    Parameters
    ----------
    label
        The version.
    results
        Its ranks.
    measures
        The measures of this version by the ids that the tables call them.
    groups
        The groups of its areas.
    populations
        What its areas are weighed by; None where nothing is known.
    counts
        Counts to add up over groups, by their names.
    """

    label: str
    results: Results
    measures: Mapping[str, Measure]
    groups: Groups
    populations: Populations | None
    counts: Mapping[str, str]


def worst_tenth_table(sides: Sequence[Side]) -> pl.DataFrame:
    """Count the areas of each group that are in the worst tenth, by measure and version.

    Parameters
    ----------
    sides
        The versions.

    Returns
    -------
    polars.DataFrame
        ``measure``, ``title``, ``group_code``, ``group_name``, ``version``, ``areas`` (that are
        ranked), ``worst_tenth`` (how many of them), ``share``.
    """
    frames = []
    for place, side in enumerate(sides):
        for order, (name, measure) in enumerate(side.measures.items()):
            table = profile_table([measure], side.groups, [TENTH])
            ranked = (~np.isnan(measure.rank[side.groups.area])).astype(np.float64)
            areas = np.bincount(
                side.groups.group, side.groups.share * ranked, minlength=len(side.groups)
            )
            frames.append(
                table.select(
                    pl.lit(name).alias("measure"),
                    pl.lit(sides[-1].measures[name].title).alias("title"),
                    "group_code",
                    "group_name",
                    pl.lit(side.label).alias("version"),
                    pl.Series("areas", areas),
                    pl.col("areas").alias("worst_tenth"),
                    pl.col("proportion").alias("share"),
                    pl.lit(order).alias("order"),
                    pl.lit(place).alias("place"),
                )
            )
    return pl.concat(frames).sort("order", "group_code", "place").drop("order", "place")


def districts_table(sides: Sequence[Side]) -> pl.DataFrame:
    """Put the district measures of the versions side by side.

    Parameters
    ----------
    sides
        The versions; those without populations are left out.

    Returns
    -------
    polars.DataFrame
        A row per measure, group and version with each summary, each count, and the rank of each
        among the groups (1 = most deprived).
    """
    frames = []
    for place, side in enumerate(sides):
        if side.populations is None:
            continue
        counted = _counted(side)
        for order, (name, measure) in enumerate(side.measures.items()):
            summaries = [
                one
                for one in SUMMARIES
                if (one != "average_score" or measure.score_column)
                and (one != "extent" or measure.number >= HUNDRED)
            ]
            table = district_table([measure], side.groups, side.populations, summaries)
            table = table.with_columns(measure=pl.lit(name), version=pl.lit(side.label))
            table = table.with_columns(order=pl.lit(order), place=pl.lit(place))
            if counted is not None:
                table = table.join(counted, on="group_code", how="left", maintain_order="left")
            frames.append(table)
    if not frames:
        return pl.DataFrame()
    joined = pl.concat(frames, how="diagonal").sort("order", "group_code", "place")
    return joined.select(*KEYS, pl.exclude(*KEYS, "order", "place"))


def _counted(side: Side) -> pl.DataFrame | None:
    """Return counts added up over groups, each with its rank, a column each."""
    if not side.counts:
        return None
    taken = {*KEYS, "areas", "population", *SUMMARIES, *(f"{one}_rank" for one in SUMMARIES)}
    if twice := [name for name in side.counts if name in taken]:
        remedy = "give it another name"
        raise DataError([Problem(f"a scale cannot be called {one!r}", remedy) for one in twice])
    table, _ = scales(side.results, side.groups, side.counts)
    wide = table.pivot("scale", index="group_code", values=["count", "rank"])
    names = {f"count_{name}": name for name in side.counts}
    names |= {f"rank_{name}": f"{name}_rank" for name in side.counts}
    if len(side.counts) == 1:
        (name,) = side.counts
        names = {"count": name, "rank": f"{name}_rank", **names}
    return wide.rename(names, strict=False)
