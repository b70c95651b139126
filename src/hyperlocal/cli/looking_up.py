"""The command that finds the area, rank and decile of postcodes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hyperlocal.cli.common import ResultsArgument, number_of, progress, share_of_steps, show_table

if TYPE_CHECKING:
    import polars as pl

    from hyperlocal.analysis.lookup import KnownPostcodes, Matched
    from hyperlocal.analysis.postcode_lists import PostcodeList
    from hyperlocal.pipeline import Results

MEANS = {
    "live": "in use, in an area of the index",
    "terminated": "no longer in use: answered with the area that they lay in",
    "elsewhere": "in use, but in no area of the index",
    "unknown": "not in the directory",
    "invalid": "not written as a postcode is",
}
TABLES = (".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xlsb", ".xls", ".ods")


def lookup(
    results: ResultsArgument,
    postcodes: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|POSTCODE...",
            help="A file that lists postcodes (CSV, Parquet, Excel, ODS), or postcodes themselves.",
        ),
    ],
    directory: Annotated[
        str,
        typer.Option(
            "--directory",
            metavar="FILE|SITE",
            help="A directory of postcodes with their areas, such as the ONSPD; or a published "
            "site, which is faster.",
        ),
    ],
    column: Annotated[
        str,
        typer.Option("--column", metavar="NAME", help="The column of the postcodes; else found."),
    ] = "",
    node: Annotated[
        list[str] | None,
        typer.Option(
            "--node",
            metavar="ID",
            help="Also give the rank, decile and score of this node; may be repeated.",
        ),
    ] = None,
    columns: Annotated[
        str,
        typer.Option(
            "--columns",
            help="What is added: all; or basic, without names, larger areas and scores.",
        ),
    ] = "all",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write the list with what was added: .csv, .xlsx or .parquet.",
        ),
    ] = None,
) -> None:
    """Find the area, rank and decile of each postcode of a list."""
    if columns not in ("all", "basic"):
        raise typer.BadParameter(f"{columns!r} is neither all nor basic", param_hint="--columns")
    from hyperlocal.analysis.lookup import check_file, look_up
    from hyperlocal.analysis.measures import measures
    from hyperlocal.pipeline import Results

    check_file(out, directory, *postcodes)
    opened = Results.open(results)
    asked = _list(postcodes, column)
    measures(opened, node or [])  # refuses one that is not there before the directory is read
    with progress(False, share_of_steps) as report:
        report(f"Reading {Path(directory).name}", 0, 2)
        known = _directory(opened, directory)
        report("Looking up", 1, 2)
        matched = look_up(opened, asked, known, node or [], columns)  # type: ignore[arg-type]  # one of the two
    if asked.source:
        _show_tally(asked, matched)
    else:
        _show_each(matched.table)
    for note in matched.notes:
        typer.secho(f"note: {note}", fg=typer.colors.YELLOW, err=True)
    if out is not None:
        matched.write(out)
        typer.echo(f"\n{number_of(matched.table.height, 'row')} written to {out}")


def _list(given: list[str], column: str) -> PostcodeList:
    """Return the list that a file holds, or the postcodes that were typed."""
    from hyperlocal.analysis.postcode_lists import read_list, typed

    is_file = [Path(one).exists() or Path(one).suffix.lower() in TABLES for one in given]
    if len(given) == 1 and is_file[0]:
        return read_list(given[0], column)
    if any(is_file):
        raise typer.BadParameter("take one file alone, or postcodes", param_hint="FILE|POSTCODE...")
    if column:
        raise typer.BadParameter("is for a file", param_hint="--column")
    return typed(given)


def _directory(results: Results, given: str) -> KnownPostcodes:
    """Open a directory of postcodes: a file, or a site."""
    if Path(given).is_dir():
        from hyperlocal.explorer.postcode_table import site_directory

        return site_directory(results, given)
    from hyperlocal.analysis.lookup import directory_postcodes

    return directory_postcodes(results, given)


def _show_tally(asked: PostcodeList, matched: Matched) -> None:
    """Say how many rows there are of each status."""
    typer.echo(f"{number_of(matched.table.height, 'row')} of {asked.source}, by {asked.column!r}:")
    for status, rows, answered, examples in matched.tally.iter_rows():
        typer.echo(f"  {status:<10} {rows:>11,}  {MEANS[status]}")
        if status == "terminated" and answered < rows:
            typer.echo(f"{'':26}{rows - answered:,} of them in no area of the index")
        if status == "invalid" and matched.blank:
            typer.echo(f"{'':26}{matched.blank:,} of them blank")
        if rows and status != "live" and examples:
            typer.echo(f"{'':26}such as {examples}")


def _show_each(found: pl.DataFrame) -> None:
    """Show what is known of postcodes that were typed: a row for each column where it is one."""
    import polars as pl

    if found.height > 1:
        show_table(found)
        return
    width = max(map(len, found.columns))
    for name, value in found.row(0, named=True).items():
        number = isinstance(value, int | float)
        said = "-" if value is None else f"{value:,}" if number else str(value)
        if number and found.schema[name] == pl.Float64:
            said = f"{value:,.4f}"
        typer.echo(f"{name:<{width}}  {said}")
