"""The command line: arguments in, text out."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hyperlocal.definition import Definition
    from hyperlocal.pipeline import Results

app = typer.Typer(
    help="Build, check and explain small-area indices of need and deprivation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

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


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"hyperlocal {version('hyperlocal')}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Build, check and explain small-area indices of need and deprivation."""


@app.command()
def build(
    definition: DefinitionArgument,
    data: DataOption,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="The results folder; replaced when complete."),
    ],
    changes: SetOption = None,
    top: Annotated[
        int, typer.Option(min=0, help="How many areas of most need to show; 0 for none.")
    ] = 10,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show nothing but errors.")] = False,
) -> None:
    """Build an index: read its inputs, compute every node, write a results folder."""
    index = _load(definition, changes)
    from hyperlocal.pipeline import build as build_index

    with _progress(quiet) as report:
        results = build_index(index, data, out, report)
    for warning in results.provenance["warnings"]:
        typer.secho(f"note: {warning}", fg=typer.colors.YELLOW, err=True)
    if not quiet:
        _summarise(index, results, top)


@app.command()
def check(
    definition: DefinitionArgument,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Check the inputs in this folder as well."),
    ] = None,
    changes: SetOption = None,
) -> None:
    """Check a definition, and with --data its input tables, without building."""
    index = _load(definition, changes)
    nodes = len(index.nodes)
    typer.echo(f"{index.title}: the definition is in order ({nodes} nodes).")
    _show_inputs(index, data)
    if data is not None:
        from hyperlocal.pipeline import prepare

        areas = len(prepare(index, data).inputs.areas)
        typer.echo(f"The inputs are in order: {areas:,} areas ({index.areas.geography}).")


@app.command("list")
def list_definitions() -> None:
    """List the bundled definitions."""
    from hyperlocal.catalogue import load, names

    width = max(map(len, names()))
    for name in names():
        written = load(name).written
        typer.echo(f"{name:<{width}}  {written.title}. {written.description}")


@app.command()
def show(
    definition: DefinitionArgument,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Every setting of every node and its origin.")
    ] = False,
    yaml: Annotated[
        bool, typer.Option("--yaml", help="The definition itself, to copy and change.")
    ] = False,
    changes: SetOption = None,
) -> None:
    """Show a definition: its tree with weights, its settings, or its text."""
    if yaml:
        from hyperlocal.catalogue import find

        typer.echo(find(definition).read_text(encoding="utf-8"), nl=False)
        return
    from hyperlocal.definition.outline import outline, settings_outline

    index = _load(definition, changes)
    for line in settings_outline(index) if resolved else outline(index):
        typer.echo(line)


@app.command()
def explain(
    results: ResultsArgument,
    area: Annotated[str, typer.Argument(metavar="AREA", help="An area's code, or its name.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, at full precision.")] = False,
) -> None:
    """Show every step from the raw values of one area to its overall rank."""
    from hyperlocal.analysis import as_text
    from hyperlocal.analysis import explain as explain_area
    from hyperlocal.pipeline import Results

    opened = Results.open(results)
    explanation = explain_area(opened, area)
    if as_json:
        import json

        typer.echo(json.dumps(explanation.as_dict(), indent=2, ensure_ascii=False))
        return
    for line in as_text(explanation):
        typer.echo(line)


@app.command()
def schema() -> None:
    """Print the JSON Schema of definitions, for editors that check YAML while it is written."""
    import json

    from hyperlocal.definition import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


def main() -> None:
    """Run the command line; exit with 2 for what the user can mend and 1 for our own faults."""
    from hyperlocal.errors import HyperlocalError

    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        app()
    except HyperlocalError as error:
        for problem in error.problems:
            typer.secho("error: ", fg=typer.colors.RED, nl=False, err=True)
            typer.echo(str(problem), err=True)
        sys.exit(2)


def _load(definition: str, changes: list[str] | None) -> Definition:
    from hyperlocal.catalogue import load

    settings = {}
    for change in changes or []:
        path, equals, value = change.partition("=")
        if not equals or not path:
            raise typer.BadParameter(f"{change!r} is not PATH=VALUE", param_hint="--set")
        settings[path] = value
    return load(definition, settings)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that shows progress on a terminal, and does nothing in a pipe."""
    if quiet or not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)

        def report(what: str, done: int, of: int) -> None:
            progress.update(task, description=what, completed=done, total=of)

        yield report


def _summarise(index: Definition, results: Results, top: int) -> None:
    provenance = results.provenance
    typer.echo(
        f"{index.title}: {provenance['areas']:,} areas ({index.areas.geography}) in "
        f"{sum(provenance['timings'].values()):.2f} s. Results are in {results.folder}"
    )
    for excluded in provenance["excluded"]:
        typer.echo(f"Left out: {excluded['code']} ({excluded['reason']})")
    for name, missing in provenance["missing_values"].items():
        typer.echo(f"Missing in {name}: {missing['areas']:,} areas ({missing['policy']})")
    if not top:
        return
    typer.echo(f"\nThe {top} areas of most need:\n")
    typer.echo(f"{'Rank':>6}  {'Area':<10}  {'Score':>10}  Name")
    for rank, code, name, score, _ in results.most_need(top).iter_rows():
        typer.echo(f"{rank:>6g}  {code:<10}  {score:>10.4f}  {name or ''}".rstrip())


def _show_inputs(index: Definition, data: Path | None) -> None:
    """List each input: its file, whether it is there, its columns, and who issues it."""
    from hyperlocal.pipeline.inputs import used_columns
    from hyperlocal.pipeline.tables import find_form

    used = used_columns(index)
    for name, table in index.inputs.items():
        forms = table.accepted_forms()
        found = find_form(name, table, data) if data is not None else None
        state = "" if data is None else "  there" if found else "  NOT THERE"
        optional = "  (optional)" if table.optional else ""
        typer.echo(f"\n{name}: {table.title or name}{optional}")
        for form in forms:
            here = state if found is None or found[0] == form else ""
            typer.echo(f"  file     {form.file}{here}")
        shown = found[0] if found else forms[0]
        headings = [shown.columns.get(column, column) for column in used.get(name, [])]
        typer.echo(f"  columns  {', '.join(headings)}")
        for url in dict.fromkeys([table.url, *(form.url for form in forms)]):
            if url:
                typer.echo(f"  from     {url}")
    typer.echo("")
