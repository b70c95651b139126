"""The command that checks a definition and its inputs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hyperlocal.cli.common import DefinitionArgument, SetOption, load_changed, number_of

if TYPE_CHECKING:
    from hyperlocal.definition import Definition
    from hyperlocal.definition.inputs import Input
    from hyperlocal.definition.records import Records


def check(
    definition: DefinitionArgument,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Check the inputs in this folder as well."),
    ] = None,
    changes: SetOption = None,
) -> None:
    """Check a definition, and with --data its input tables, without building."""
    index = load_changed(definition, changes)
    nodes = number_of(len(index.nodes), "node")
    typer.echo(f"{index.title}: the definition is in order ({nodes}).")
    _show_inputs(index, data)
    if data is None:
        typer.echo("The inputs were not looked at: name their folder with --data.")
    else:
        _check_inputs(index, data)
    for what in _left_to_the_build(index):
        typer.echo(f"Only a build can tell {what}.")


def _check_inputs(index: Definition, data: Path) -> None:
    """Read the inputs and say whether they are in order."""
    from hyperlocal.errors import HyperlocalError
    from hyperlocal.pipeline import prepare

    try:
        areas = len(prepare(index, data).inputs.areas)
    except HyperlocalError as error:
        found = number_of(len(error.problems), "problem")
        typer.echo(f"{found} in the inputs, to be settled before building:", err=True)
        raise
    found = number_of(areas, "area")
    typer.echo(f"The inputs are in order: {found} ({index.areas.geography}).")


def _left_to_the_build(index: Definition) -> Iterator[str]:
    """Say what a check cannot find out, because it takes the computation itself."""
    from hyperlocal.definition.models import MeanIndicator
    from hyperlocal.definition.settings import FactorAnalysisWeights

    by_factor = [
        node.title for node in index.nodes if isinstance(node.scheme, FactorAnalysisWeights)
    ]
    if by_factor:
        yield f"whether the data bear the factor analysis of {', '.join(by_factor)}"
    estimated = [
        node.title
        for node in index.nodes
        if isinstance(node.written, MeanIndicator)
        and node.settings.shrink_to != "none"
        and node.written.sample_size is not None
        and node.written.standard_deviation is None
    ]
    if estimated:
        yield f"whether the standard deviation of {', '.join(estimated)} can be estimated"


def _show_inputs(index: Definition, data: Path | None) -> None:
    """List each input: its file, whether it is there, its columns, and who issues it."""
    from hyperlocal.pipeline.used import used_columns

    used = used_columns(index)
    for name, table in index.inputs.items():
        forms = table.accepted_forms()
        there = [data is not None and (data / form.file).is_file() for form in forms]
        first = there.index(True) if any(there) else None
        optional = "  (optional)" if table.optional else ""
        typer.echo(f"\n{name}: {table.title or name}{optional}")
        for place, form in enumerate(forms):
            state = "" if first not in (None, place) else _state(table, data, first is not None)
            typer.echo(f"  file     {form.file}{state}")
        shown = forms[first or 0]
        headings = [shown.columns.get(column, column) for column in used.get(name, [])]
        typer.echo(f"  columns  {', '.join(headings)}")
        for url in dict.fromkeys([table.url, *(form.url for form in forms)]):
            if url:
                typer.echo(f"  from     {url}")
    for name, records in index.written.records.items():
        _show_records(name, records, data)
    typer.echo("")


def _show_records(name: str, table: Records, data: Path | None) -> None:
    """Show a table of records: its files, whether one is there, and who issues it."""
    typer.echo(f"\n{name}: {table.title or name}  (records)")
    forms = table.accepted_forms()
    there = [data is not None and (data / form.file).is_file() for form in forms]
    for form, found in zip(forms, there, strict=True):
        state = "" if data is None or any(there) > found else "  there" if found else "  NOT THERE"
        typer.echo(f"  file     {form.file}{state}")
    columns = [table.area.column] if table.area is not None else []
    if table.location is not None:
        location = table.location
        columns += [location.geometry] if location.geometry else [location.x, location.y]
    if columns:
        typer.echo(f"  placed by  {', '.join(columns)}")
    for url in dict.fromkeys([table.url, *(form.url for form in forms)]):
        if url:
            typer.echo(f"  from     {url}")


def _state(table: Input, data: Path | None, found: bool) -> str:
    if data is None:
        return ""
    if found:
        return "  there"
    return "  not there" if table.optional else "  NOT THERE"
