"""What the commands share: their arguments, progress, and how things are said."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fractions import Fraction

    import polars as pl

    from hyperlocal.analysis import Report
    from hyperlocal.definition import Definition
    from hyperlocal.progress import Progress

READING, WRITING = 0.5, 0.1
"""The shares of reading and writing in the time of a build, about; the rest is computing."""

DefinitionArgument = Annotated[
    str, typer.Argument(metavar="DEFINITION", help="A YAML file, or a bundled definition's name.")
]
DataOption = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="The folder that holds the input tables.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change a setting, as in domains.crime.weight=0.2; may be repeated.",
    ),
]
ResultsArgument = Annotated[
    Path, typer.Argument(metavar="RESULTS", help="A results folder that 'build' wrote.")
]
OutOption = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", help="The results folder; replaced when complete."),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Show nothing but errors.")]


ReportOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Also write all tables into this folder."),
]
FormOption = Annotated[
    str, typer.Option("--form", help="What --out writes: csv, parquet or xlsx (one workbook).")
]
ByOption = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        metavar="GEOGRAPHY|FILE[:COLUMN]",
        help="The groups: a larger geography of the results, a lookup file, of which several lead "
        "on from each other, or a file that lists areas.",
    ),
]
OverrideOption = Annotated[
    list[str] | None,
    typer.Option(
        "--override",
        metavar="AREA=GROUP",
        help="Put an area into another group than the source says; may be repeated.",
    ),
]
PopulationOption = Annotated[
    list[str] | None,
    typer.Option(
        "--population",
        metavar="[NODE=]FILE:COLUMN",
        help="What areas are weighed by; else a population of the definition. May be repeated.",
    ),
]
RowsOption = Annotated[
    int, typer.Option("--rows", min=0, help="How many rows of a table to show; 0 for all.")
]


def assignments(given: list[str] | None, option: str) -> dict[str, str]:
    """Read arguments of the form A=B."""
    found = {}
    for one in given or []:
        name, equals, value = one.partition("=")
        if not equals or not name or not value:
            raise typer.BadParameter(f"{one!r} is not of the form A=B", param_hint=option)
        if name.strip() in found:
            raise typer.BadParameter(f"{name.strip()!r} is given twice", param_hint=option)
        found[name.strip()] = value.strip()
    return found


def as_share(number: float, option: str) -> Fraction:
    """Return a share as it was typed; refuse what is none."""
    if not 0 < number <= 1:
        raise typer.BadParameter(f"{number:g} is not above 0 and at most 1", param_hint=option)
    from fractions import Fraction

    return Fraction(str(number))


def show_table(table: pl.DataFrame, rows: int = 0) -> None:
    """Print a table in columns, as many rows of it as asked; 0 for all."""
    import polars as pl

    shown = _whole_where_it_is(table.head(rows) if rows else table)
    with pl.Config(
        tbl_rows=-1,
        tbl_cols=-1,
        tbl_width_chars=10_000,
        fmt_str_lengths=60,
        tbl_formatting="NOTHING",
        tbl_hide_column_data_types=True,
        tbl_hide_dataframe_shape=True,
        tbl_cell_numeric_alignment="RIGHT",
        thousands_separator=",",
        fmt_float="full",
    ):
        text = str(shown).replace(" null ", "    - ")
    for line in text.splitlines():
        typer.echo(line.rstrip())
    if shown.height < table.height:
        typer.echo(f"... and {number_of(table.height - shown.height, 'more row')} (see --rows)")


def _whole_where_it_is(table: pl.DataFrame) -> pl.DataFrame:
    """Write columns of numbers that all are whole without decimals."""
    import polars as pl

    whole = [
        column.name
        for column in table.select(pl.col(pl.Float64))
        if column.is_finite().all() and (column == column.round()).all()
    ]
    return table.with_columns(pl.col(whole).cast(pl.Int64))


def finish(report: Report, out: Path | None, form: str, quiet: bool = False) -> None:
    """Say what is to be known of a report, and write it where that is asked for."""
    for note in report.notes if not quiet else ():
        typer.secho(f"note: {note}", fg=typer.colors.YELLOW, err=True)
    if out is not None:
        report.write(out, form)  # type: ignore[arg-type]  # an unknown form is refused
    if out is not None and not quiet:
        typer.echo(f"\n{number_of(len(report.tables), 'table')} written to {out}")


def can_be_shown(text: str) -> bool:
    """Say whether standard output can hold a text in its encoding."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def number_of(number: int, what: str) -> str:
    """Count things in words: 1 area, 2 areas."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def load_changed(definition: str, changes: list[str] | None) -> Definition:
    """Load a definition with the settings that are changed on the command line."""
    from hyperlocal.catalogue import load

    settings = {}
    for change in changes or []:
        path, equals, value = change.partition("=")
        if not equals or not path:
            raise typer.BadParameter(f"{change!r} is not PATH=VALUE", param_hint="--set")
        settings[path] = value
    return load(definition, settings)


@contextmanager
def progress(
    quiet: bool, share_done: Callable[[int, int], float], remaining: bool = False
) -> Iterator[Progress]:
    """Give a function that shows progress on a terminal, and does nothing in a pipe.

    With `remaining` it also shows an estimate of the time left.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    description = TextColumn("{task.description}", markup=False)  # titles may hold brackets
    columns: list[ProgressColumn] = [description, BarColumn(), TimeElapsedColumn()]
    if remaining:
        columns += [TextColumn("left:"), TimeRemainingColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def report(what: str, done: int, of: int) -> None:
            bar.update(task, description=what, completed=share_done(done, of))

        yield report


def share_of_build(done: int, of: int, inputs: int) -> float:
    """Return the share of a build that is done: some inputs, then the nodes, then the writing."""
    if done >= of:
        return 1.0
    if done < inputs:
        return READING * done / inputs
    nodes = max(of - inputs - 1, 1)
    return READING + (1 - READING - WRITING) * (done - inputs) / nodes


def share_of_steps(done: int, of: int) -> float:
    """Return the share of steps that is done."""
    return done / max(of, 1)
