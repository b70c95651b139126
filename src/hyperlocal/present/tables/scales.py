"""The tables with how many are counted in larger areas: the scales of an index."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from hyperlocal.analysis.counts import added_up_over
from hyperlocal.analysis.measures import column
from hyperlocal.analysis.supplied import LargerAreas
from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.kinds.rate import RateOfCounts
from hyperlocal.definition.publishing import may_leave
from hyperlocal.pipeline import Results
from hyperlocal.present.tables.model import Column, Table, kind_of_numbers
from hyperlocal.present.words import areas_called, geography_called

COUNT = "numerator"
PARTS = ("domains", "subdomains")


def counted(results: Results) -> Iterator[tuple[ResolvedNode, ResolvedNode]]:
    """Yield the domains and sub-domains that count members of a population, with the indicator.

    A domain counts where it is an indicator itself, or has one alone; where that is a share of
    members (people, households), a high share is more need, the count is in the results, and its
    exact values may be shown.

    Parameters
    ----------
    results
        The finished index.

    Examples
    --------
    Income and employment, of the English Indices of Deprivation 2015::

        [domain.id for domain, indicator in counted(Results.open("results"))]
    """
    held = results.areas.columns
    for node in results.definition.root.top_down():
        if node.role not in PARTS:
            continue
        own = node if node.is_indicator else node.children[0]
        alone = node.is_indicator or (len(node.children) == 1 and own.is_indicator)
        if alone and f"{own.id}_{COUNT}" in held and may_leave(own, COUNT) and _of_members(own):
            yield node, own


def _of_members(node: ResolvedNode) -> bool:
    """Say whether an indicator counts members of a population that are in need."""
    rate = node.written
    if not isinstance(rate, RateOfCounts) or not rate.of_members:
        return False
    # several columns over one are parts of a count; over several they may be its years
    once = rate.numerator is None or len(rate.numerator) == 1 or len(rate.denominator) == 1
    return once and rate.years == "pooled" and node.settings.high_value == "more_need"


def _times(node: ResolvedNode) -> float:
    """How many times over an indicator counts those whom it counts."""
    return node.written.numerator_years if isinstance(node.written, RateOfCounts) else 1.0


def _who(node: ResolvedNode) -> str:
    """Say whom an indicator counts."""
    said = (node.written.description or node.title).rstrip(".")
    return said if _times(node) == 1 else f"{said} (the mean of {_times(node):g} counts)"


def scales_table(results: Results, larger: LargerAreas) -> tuple[Table | None, list[str]]:
    """Return how many are counted in the larger areas of one kind.

    Parameters
    ----------
    results
        The finished index.
    larger
        The larger areas.

    Returns
    -------
    tuple
        The table ``scales_<id>``, with a row per measure and larger area: ``count`` (of a numerator
        that adds several years or quarters up, their mean), ``rank`` (1 = the largest) and
        ``areas_missing``; None where the index counts nobody. And what a reader should know.
    """
    chosen = list(counted(results))
    if not chosen:
        return None, []
    groups = larger.groups
    rows = pl.concat(_added_up(results, larger, node, own) for node, own in chosen)
    notes = [
        f"{own.title}: those of whom nothing can be known are in no number, though in the rate"
        for _, own in chosen
        if isinstance(own.written, RateOfCounts) and own.written.not_covered is not None
    ]
    lacking = rows.group_by("measure_title", maintain_order=True).agg(pl.sum("areas_missing"))
    notes += [
        f"{title}: areas that have no number and are not in the sums of {larger.id}: {areas:,}"
        for title, areas in lacking.iter_rows()
        if areas
    ]
    among, several = f"{len(groups):,}", areas_called(larger.id)
    table = Table(
        name=f"scales_{larger.id}",
        title=f"{results.definition.title}: numbers counted in {several}",
        about=f"One row for each measure that counts people or the like, and each of the {among} "
        f"{several}. In every rank, 1 is the largest number: where many live, many are counted, "
        "whatever their share.",
        columns=_columns(rows, larger),
        rows=rows,
        keys=("measure", "group_code"),
        notes=tuple(dict.fromkeys([*notes, *groups.notes])),
        source=results.definition.written.publisher,
    )
    return table, notes


def _added_up(
    results: Results, larger: LargerAreas, node: ResolvedNode, own: ResolvedNode
) -> pl.DataFrame:
    """Add up over larger areas whom the indicator of a domain counts."""
    groups = larger.groups
    found = added_up_over(groups, node.id, column(results, f"{own.id}_{COUNT}") / _times(own))
    areas = np.bincount(groups.group, minlength=len(groups))
    known = pl.col("areas_missing") < pl.Series(areas)
    return found.select(
        pl.col("scale").alias("measure"),
        pl.lit(node.title).alias("measure_title"),
        pl.lit(_who(own)).alias("counted"),
        "group_code",
        "group_name",
        *(pl.when(known).then(name).alias(name) for name in ("count", "rank")),
        "areas_missing",
    )


def _columns(rows: pl.DataFrame, larger: LargerAreas) -> tuple[Column, ...]:
    called = geography_called(larger.id)
    return (
        Column("measure", "Measure id", "In which part of the index, by its id"),
        Column("measure_title", "Measure", "In which part of the index"),
        Column("counted", "What is counted", "Who or what the number counts"),
        Column("group_code", f"{called} code", "The code of the larger area"),
        Column("group_name", f"{called} name", "The name of the larger area"),
        Column(
            "count",
            "Number counted",
            "How many are counted in its areas together",
            kind_of_numbers(rows["count"]),
            decimals=1,
        ),
        Column(
            "rank",
            "Number counted: rank",
            f"Its rank among {len(larger.groups):,} by this number; 1 is the largest number",
            "whole",
        ),
        Column(
            "areas_missing",
            "Areas without a number",
            "How many of its areas have no number, and are not in the sum",
            "whole",
        ),
    )
