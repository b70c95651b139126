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
        list[str] | None,
        typer.Option(
            "--node",
            metavar="ID",
            help="What to show; else the index. May be repeated. --out has all.",
        ),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            "--group",
            metavar="CODE|NAME",
            help="Show this group alone, ranked among all; may be repeated.",
        ),
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
        str | None,
        typer.Option("--sort", help="The summary to sort by; else the first that is shown."),
    ] = None,
    rows: RowsOption = 20,
    out: ReportOption = None,
    form: FormOption = "csv",
) -> None:
    """Summarise need in districts or other groups: averages, extent, concentration, proportion."""
    from hyperlocal.analysis import check_out, measures, populations
    from hyperlocal.analysis import districts as summarise
    from hyperlocal.analysis.districts import SUMMARIES
    from hyperlocal.pipeline import Results

    check_out(out, form)
    opened = Results.open(results)
    asked = summary or list(SUMMARIES)
    if sort is not None and sort not in asked:
        raise typer.BadParameter(
            f"{sort!r} is no summary; there are {', '.join(asked)}", param_hint="--sort"
        )
    shown = [one.id for one in measures(opened, node or [opened.definition.id])]
    usual = [one.id for one in measures(opened)]
    groups = chosen_groups(opened, by, override, polygons, postcodes, boundaries, directory)
    report = summarise(
        opened,
        groups,
        populations(opened, population or []),
        nodes=[*usual, *(name for name in shown if name not in usual)],
        summaries=asked,
        share=as_share(share, "--share"),
        counts=assignments(scale, "--scale"),
    )
    titles = {one.id: one.title for one in opened.definition.nodes}
    for title, table in _shown(report, shown, sort or asked[0], group or []):
        typer.echo(f"{titles.get(title, title)}\n")
        show_table(table, 0 if group else rows)
        typer.echo()
    finish(report, out, form)


def _shown(
    report: Report, nodes: list[str], sort: str, groups: list[str]
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Write the summaries of each node as they are read: each with its rank behind it."""
    import polars as pl

    table = report.tables["districts"]
    there = [name for name in SHORT if name in table.columns]
    table = _chosen(table, groups)
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
    for one in nodes:
        of_node = table.filter(pl.col("measure") == one).sort(f"{sort}_rank", "group_code")
        yield one, of_node.select(columns)
    if "scales" in report.tables:
        yield "Scales", _scales(_chosen(report.tables["scales"], groups))


def _scales(table: pl.DataFrame) -> pl.DataFrame:
    """Put scales side by side, each with its rank, by the first of them."""
    import polars as pl

    wide = None
    for place, name in enumerate(table["scale"].unique(maintain_order=True)):
        one = table.filter(pl.col("scale") == name).select(
            pl.col("group_code").alias("code"),
            pl.col("group_name").fill_null("").alias("name"),
            pl.col("count").alias(name),
            pl.col("rank").alias("rank" + " " * place),
        )
        wide = (
            one.sort("rank", "code")
            if wide is None
            else wide.join(one.drop("name"), on="code", how="left", maintain_order="left")
        )
    assert wide is not None
    return wide


def _chosen(table: pl.DataFrame, groups: list[str]) -> pl.DataFrame:
    """Return the rows of the groups that are named by code or name; all without any."""
    import polars as pl

    if not groups:
        return table
    is_one = pl.col("group_code").is_in(groups) | pl.col("group_name").is_in(groups)
    found = table.filter(is_one.fill_null(False))
    held = {*found["group_code"], *found["group_name"]}
    if absent := [name for name in groups if name not in held]:
        few = ", ".join(table["group_code"].unique(maintain_order=True).head(5))
        raise typer.BadParameter(
            f"there is no group {absent[0]!r}; groups are {few} and others", param_hint="--group"
        )
    return found
