"""The command that summarises need in districts, or in any other groups of areas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from hyperlocal.cli.common import (
    ByOption,
    FormOption,
    OverrideOption,
    PopulationOption,
    ReportOption,
    ResultsArgument,
    RowsOption,
    as_share,
    assignments,
    finish,
    show_table,
)
from hyperlocal.cli.grouping import (
    BoundariesOption,
    DirectoryOption,
    PolygonsOption,
    PostcodesOption,
    chosen_groups,
)

if TYPE_CHECKING:
    import polars as pl

    from hyperlocal.analysis import Report

SHORT = {
    "average_score": "av. score",
    "average_rank": "av. rank",
    "proportion": "proportion",
    "extent": "extent",
    "local_concentration": "local conc.",
}
DIGITS = {"average_score": 3, "average_rank": 2, "local_concentration": 2}


def districts(
    results: ResultsArgument,
    by: ByOption = None,
    node: Annotated[
        str | None, typer.Option("--node", help="What to show; else the index. --out has all.")
    ] = None,
    summary: Annotated[
        list[str] | None,
        typer.Option(
            "--summary",
            help="Which summaries: average_score, average_rank, proportion, extent, "
            "local_concentration; else all. May be repeated.",
        ),
    ] = None,
    share: Annotated[
        float, typer.Option("--share", help="The most deprived share that 'proportion' tells of.")
    ] = 0.1,
    scale: Annotated[
        list[str] | None,
        typer.Option(
            "--scale",
            metavar="NAME=COUNT",
            help="A count to add up: a population, an indicator or FILE:COLUMN. May be repeated.",
        ),
    ] = None,
    override: OverrideOption = None,
    polygons: PolygonsOption = None,
    postcodes: PostcodesOption = None,
    boundaries: BoundariesOption = None,
    directory: DirectoryOption = None,
    population: PopulationOption = None,
    sort: Annotated[
        str, typer.Option("--sort", help="The summary to sort by, the most deprived first.")
    ] = "average_score",
    rows: RowsOption = 20,
    out: ReportOption = None,
    form: FormOption = "csv",
) -> None:
    """Summarise need in districts or other groups: averages, extent, concentration, proportion."""
    from hyperlocal.analysis import check_out, populations
    from hyperlocal.analysis import districts as summarise
    from hyperlocal.analysis.districts import SUMMARIES
    from hyperlocal.pipeline import Results

    check_out(out, form)
    opened = Results.open(results)
    groups = chosen_groups(opened, by, override, polygons, postcodes, boundaries, directory)
    report = summarise(
        opened,
        groups,
        populations(opened, population or []),
        summaries=summary or SUMMARIES,
        share=as_share(share, "--share"),
        counts=assignments(scale, "--scale"),
    )
    shown = node or opened.definition.id
    if shown not in report.tables["districts"]["measure"]:
        known = ", ".join(report.tables["districts"]["measure"].unique(maintain_order=True))
        raise typer.BadParameter(f"{shown!r} is not summarised; there are {known}")
    for table in _shown(report, shown, sort):
        show_table(table, rows)
        typer.echo()
    finish(report, out, form)


def _shown(report: Report, node: str, sort: str) -> Iterator[pl.DataFrame]:
    """Write the summaries of a node as they are read: each with its rank behind it."""
    import polars as pl

    table = report.tables["districts"].filter(pl.col("measure") == node)
    there = [name for name in SHORT if name in table.columns]
    order = f"{sort if sort in there else there[0]}_rank"
    shared_out = (table["areas"] != table["areas"].round()).any()
    columns = [
        pl.col("group_code").alias("code"),
        pl.col("group_name").fill_null("").alias("name"),
        pl.col("areas").round(1) if shared_out else pl.col("areas").cast(pl.Int64),
        pl.col("population").round().cast(pl.Int64),
    ]
    for name in there:
        columns.append(pl.col(name).round(DIGITS.get(name, 4)).alias(SHORT[name]))
        columns.append(pl.col(f"{name}_rank").alias("rank" + " " * there.index(name)))
    yield table.sort(order, "group_code").select(columns)
    if "scales" in report.tables:
        yield report.tables["scales"].sort("scale", "rank", "group_code")
