"""The command that flags areas by the rules of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hyperlocal.cli.common import FormOption, ReportOption, RowsOption, finish, show_table

if TYPE_CHECKING:
    import polars as pl

    from hyperlocal.analysis import Report


def flag(
    flags: Annotated[
        Path, typer.Argument(metavar="FLAGS", help="A YAML file of flags, such as left behind.")
    ],
    results: Annotated[
        list[str] | None,
        typer.Option(
            "--results",
            metavar="INDEX=DIR",
            help="The results folder of an index of the file; once for each.",
        ),
    ] = None,
    lookup: Annotated[
        list[str] | None,
        typer.Option(
            "--lookup",
            metavar="INDEX=FILE[:COLUMN]",
            help="In which area the small areas of an index lie; several files lead on from each "
            "other.",
        ),
    ] = None,
    override: Annotated[
        list[str] | None,
        typer.Option(
            "--override",
            metavar="INDEX=AREA=GROUP",
            help="Put a small area into another area than the lookup says; may be repeated.",
        ),
    ] = None,
    population: Annotated[
        list[str] | None,
        typer.Option(
            "--population",
            metavar="INDEX=[NODE=]FILE:COLUMN",
            help="What the small areas of an index are weighed by; else as the file of flags says.",
        ),
    ] = None,
    rows: RowsOption = 10,
    out: ReportOption = None,
    form: FormOption = "csv",
) -> None:
    """Flag areas by rules over one index or several, and combine indices into new measures."""
    from hyperlocal.analysis.flags.areas import flag_areas
    from hyperlocal.analysis.flags.file import load_flags
    from hyperlocal.analysis.report import check_out
    from hyperlocal.cli.common import assignments
    from hyperlocal.pipeline import Results

    check_out(out, form)
    folders = _by_index(results, "--results")
    if twice := [name for name, given in folders.items() if len(given) > 1]:
        raise typer.BadParameter(f"{twice[0]} has two folders", param_hint="--results")
    moved = _by_index(override, "--override")
    report = flag_areas(
        load_flags(flags),
        {name: Results.open(given[0]) for name, given in folders.items()},
        lookups=_by_index(lookup, "--lookup"),
        overrides={name: assignments(given, "--override") for name, given in moved.items()},
        weigh_by=_by_index(population, "--population"),
    )
    for line, table in _shown(report):
        typer.echo(line)
        if table.height:
            show_table(table, rows)
        typer.echo()
    finish(report, out, form)


def _by_index(given: list[str] | None, option: str) -> dict[str, list[str]]:
    """Read arguments of the form INDEX=A, any number of them for each index."""
    found: dict[str, list[str]] = {}
    for one in given or []:
        name, equals, value = one.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise typer.BadParameter(f"{one!r} is not INDEX=...", param_hint=option)
        found.setdefault(name.strip(), []).append(value.strip())
    return found


def _shown(report: Report) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield for each flag what it is, and its areas with what they are ranked by."""
    areas = report.tables["areas"]
    for each in report.tables["flags"].iter_rows(named=True):
        columns = each["because_of"].split()
        ranks = [name for name in columns if name.endswith("_rank")]
        flagged = areas.filter(areas[each["flag"]].fill_null(False)).sort(
            columns, descending=[name not in ranks for name in columns]
        )
        table = flagged.select("area_code", "area_name", *columns)
        table = table.rename({name: name.removesuffix("_rank") for name in ranks})
        of = f"{each['flagged']:,} of {each['areas']:,} areas"
        yield f"{each['title']}: {of}\n  {each['rule']}", table
