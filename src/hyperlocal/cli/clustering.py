"""The command that tells how needs cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from hyperlocal.cli.common import (
    ByOption,
    FormOption,
    OverrideOption,
    PopulationOption,
    QuietOption,
    ReportOption,
    ResultsArgument,
    RowsOption,
    as_share,
    assignments,
    finish,
    progress,
    share_of_steps,
    show_table,
)

if TYPE_CHECKING:
    import polars as pl

    from hyperlocal.analysis import Report

SETS = ("set", "size", "at_least", "exactly", "expected_exactly", "ratio_exactly")
SPATIAL = (
    "measure",
    "areas",
    "morans_i",
    "hot_spots",
    "hot",
    "cold",
    "high_high",
    "low_low",
    "high_low",
    "low_high",
)


def cluster(
    results: ResultsArgument,
    boundaries: Annotated[
        str | None,
        typer.Option(
            "--boundaries",
            metavar="FILE[:CODE_COLUMN]",
            help="The boundaries of the areas, for spatial clusters.",
        ),
    ] = None,
    node: Annotated[
        list[str] | None,
        typer.Option(
            "--node",
            metavar="ID",
            help="What hot spots and spatial clusters are told of; else the index and its "
            "domains. May be repeated.",
        ),
    ] = None,
    most_deprived: Annotated[
        float, typer.Option("--most-deprived", help="The share that is the worst of a domain.")
    ] = 0.1,
    types: Annotated[
        int | None,
        typer.Option(
            "--types", help="How many types of areas; else 3 to 8, by the best silhouette."
        ),
    ] = None,
    hot_spots: Annotated[
        float, typer.Option("--hot-spots", help="The share of areas that are hot spots.")
    ] = 0.2,
    alpha: Annotated[
        float, typer.Option("--alpha", help="The false discovery rate of spatial clusters.")
    ] = 0.05,
    permutations: Annotated[
        int, typer.Option("--permutations", help="Of local Moran's I; 0 for its moments.")
    ] = 999,
    seed: Annotated[int, typer.Option("--seed", help="Of the types and permutations.")] = 1,
    join_islands: Annotated[
        int,
        typer.Option(
            "--join-islands",
            metavar="N",
            help="Join areas that touch no other to the N nearest; 0 leaves them alone.",
        ),
    ] = 0,
    by: ByOption = None,
    override: OverrideOption = None,
    population: PopulationOption = None,
    rows: RowsOption = 10,
    out: ReportOption = None,
    form: FormOption = "csv",
    quiet: QuietOption = False,
) -> None:
    """Tell how needs cluster: domains that coincide, types of areas, clusters on the map."""
    from hyperlocal.analysis import check_out, groups_for, populations
    from hyperlocal.analysis.clusters.study import ClusterSettings, clusters
    from hyperlocal.pipeline import Results

    if not by and (override or population):
        raise typer.BadParameter("--override and --population say something of groups: add --by")
    check_out(out, form)
    settings = ClusterSettings(
        as_share(most_deprived, "--most-deprived"),
        types,
        as_share(hot_spots, "--hot-spots"),
        alpha,
        permutations,
        seed,
        join_islands,
    )
    opened = Results.open(results)
    groups = groups_for(opened, by, assignments(override, "--override")) if by else None
    weighed_by = populations(opened, population or []) if by else None
    with progress(quiet, share_of_steps) as report_progress:
        report = clusters(
            opened,
            settings,
            nodes=node or (),
            boundaries=boundaries,
            groups=groups,
            populations=weighed_by,
            progress=report_progress,
        )
    if not quiet:
        for title, table, shown in _shown(report, rows):
            typer.echo(f"{title}\n")
            show_table(table, shown)
            typer.echo()
    finish(report, out, form, quiet)


def _shown(report: Report, rows: int) -> Iterator[tuple[str, pl.DataFrame, int]]:
    """Yield what is printed of a report: a title, a table, and how many of its rows."""
    import polars as pl

    tables = report.tables
    share = 100 * report.about["settings"]["most_deprived"]
    rounded = [pl.selectors.float().round(3)]
    yield (
        f"Areas in the worst {share:.4g}% of so many domains, and if these were independent",
        tables["counts"].with_columns(rounded),
        0,
    )
    yield (
        "Pairs of domains that coincide",
        tables["coincidence"].select(pl.exclude("p", "q")).with_columns(rounded),
        rows,
    )
    sets = tables["sets"].filter(pl.col("size") > 2).sort("exactly", descending=True)
    if sets.height:
        title = "Sets of three domains or more, by the areas in exactly these"
        yield title, sets.select(SETS).with_columns(rounded), rows
    correlations = tables["correlations"].with_columns(rounded)
    yield "Rank correlations", correlations, rows
    types = tables["types"].select("type", "areas", "share", "mean_rank", "name")
    yield "Types of areas", types.with_columns(rounded), 0
    if "spatial" in tables:
        spatial = tables["spatial"].select(SPATIAL)
        yield "Spatial clusters", spatial.with_columns(rounded), 0
    if "group_hot_spots" in tables:
        groups = tables["group_hot_spots"]
        first = groups["measure"][0]
        hot = groups.filter(pl.col("hot_spot"), measure=first).select(
            "rank", pl.col("group_code").alias("code"), "group_name", "areas", "average_score"
        )
        title = f"{hot.height} of {groups['group_code'].n_unique()} groups are hot spots of {first}"
        yield title, hot.with_columns(rounded), rows
