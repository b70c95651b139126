"""The command that says how sure the ranks of an index are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hyperlocal.cli.common import (
    FormOption,
    QuietOption,
    ReportOption,
    ResultsArgument,
    RowsOption,
    finish,
    progress,
    share_of_steps,
    show_table,
)

if TYPE_CHECKING:
    from hyperlocal.analysis import Report


def uncertainty(
    results: ResultsArgument,
    design: Annotated[
        Path | None,
        typer.Argument(
            metavar="DESIGN",
            help="A YAML file that says what varies; without it counts, where there are any, and "
            "the weights of the index.",
        ),
    ] = None,
    draws: Annotated[
        int | None, typer.Option("--draws", help="How many draws; else as the design says.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="The same seed gives the same figures.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, help="How many threads; the figures stay the same."),
    ] = None,
    rows: RowsOption = 10,
    out: ReportOption = None,
    form: FormOption = "csv",
    quiet: QuietOption = False,
) -> None:
    """Say how sure ranks are: vary counts, weights and methods, and compute the index anew."""
    from hyperlocal.analysis import check_out
    from hyperlocal.analysis.uncertainty import forget_draws, kept_draws, study, usual_design
    from hyperlocal.analysis.uncertainty import read_design as read
    from hyperlocal.pipeline import Results

    check_out(out, form)
    opened = Results.open(results)
    asked = usual_design(opened) if design is None else read(design)
    asked = asked.changed(draws=draws, seed=seed)
    if out is not None and kept_draws(out) and not quiet:
        typer.echo(f"Going on with the draws that are kept beside {out}.", err=True)
    try:
        with progress(quiet, share_of_steps, remaining=True) as told:
            report = study(opened, asked, workers=workers, out=out, report=told)
    except KeyboardInterrupt:
        if out is not None and kept_draws(out):
            kept = f"Stopped. The draws are kept beside {out}: the same command goes on."
            typer.echo(kept, err=True)
        raise typer.Exit(130) from None
    if not quiet:
        _show(report, rows)
    finish(report, out, form, quiet)
    if out is not None:
        forget_draws(out)


def _show(report: Report, rows: int) -> None:
    """Print the figures of the index, then the areas of most need."""
    import polars as pl

    for name in ("index", "left_out", "effects"):
        if name in report.tables:
            show_table(report.tables[name].with_columns(pl.col(pl.Float64).round(4)), 0)
            typer.echo()
    if "areas" in report.tables:
        areas = report.tables["areas"].sort("rank", "area_code", nulls_last=True)
        show_table(areas.with_columns(pl.col(pl.Float64).round(3)), rows)
