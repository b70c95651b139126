"""The command line: arguments in, text out."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hyperlocal.definition import Definition
    from hyperlocal.definition.models import Input
    from hyperlocal.pipeline import Results

DEBUG = "HYPERLOCAL_DEBUG"
READING, WRITING = 0.5, 0.1
"""The shares of reading and writing in the time of a build, about; the rest is computing."""
PLAIN_LINES = str.maketrans({"├": "|", "└": "`", "│": "|", "─": "-"})

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

    with _progress(quiet, len(index.inputs)) as report:
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
    nodes = _number(len(index.nodes), "node")
    typer.echo(f"{index.title}: the definition is in order ({nodes}).")
    _show_inputs(index, data)
    if data is None:
        typer.echo("The inputs were not looked at: name their folder with --data.")
    else:
        _check_inputs(index, data)
    for what in _left_to_the_build(index):
        typer.echo(f"Only a build can tell {what}.")


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
        if changes or resolved:
            raise typer.BadParameter(
                "it shows the text as it is written; leave out --set and --resolved",
                param_hint="--yaml",
            )
        typer.echo(_text(definition).encode(), nl=False)  # as UTF-8, whatever the terminal has
        return
    from hyperlocal.definition.outline import outline, settings_outline

    index = _load(definition, changes)
    for line in settings_outline(index) if resolved else outline(index):
        typer.echo(line if _can_be_shown("├└│─") else line.translate(PLAIN_LINES))


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

        found = explanation.as_dict()
        text = json.dumps(found, indent=2, ensure_ascii=False)
        typer.echo(text if _can_be_shown(text) else json.dumps(found, indent=2))
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
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        app()
    except HyperlocalError as error:
        for problem in error.problems:
            _show_error(str(problem))
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - the last resort: a user is never left with a traceback
        if os.environ.get(DEBUG):
            import traceback

            traceback.print_exc()
        text = " ".join(str(error).split())
        said = f"{type(error).__name__}: {text}" if text else type(error).__name__
        _show_error(f"this is a fault of hyperlocal, not of your files: {said}; please report it")
        sys.exit(1)


def _show_error(text: str) -> None:
    typer.secho("error: ", fg=typer.colors.RED, nl=False, err=True)
    typer.echo(text, err=True)


def _can_be_shown(text: str) -> bool:
    """Say whether standard output can hold a text in its encoding."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _number(number: int, what: str) -> str:
    """Count things in words: 1 area, 2 areas."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _load(definition: str, changes: list[str] | None) -> Definition:
    from hyperlocal.catalogue import load

    settings = {}
    for change in changes or []:
        path, equals, value = change.partition("=")
        if not equals or not path:
            raise typer.BadParameter(f"{change!r} is not PATH=VALUE", param_hint="--set")
        settings[path] = value
    return load(definition, settings)


def _text(definition: str) -> str:
    """Read the text of a definition, with the ordinary errors where it cannot be read."""
    from hyperlocal.catalogue import find, load

    file = find(definition)
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        load(file)  # says what is wrong
        raise


@contextmanager
def _progress(quiet: bool, inputs: int) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that shows progress on a terminal, and does nothing in a pipe."""
    if quiet or not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    description = TextColumn("{task.description}", markup=False)  # titles may hold brackets
    columns = (description, BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=1.0)

        def report(what: str, done: int, of: int) -> None:
            progress.update(task, description=what, completed=_share_done(done, of, inputs))

        yield report


def _share_done(done: int, of: int, inputs: int) -> float:
    """Return the share of a build that is done: some inputs, then the nodes, then the writing."""
    if done >= of:
        return 1.0
    if done < inputs:
        return READING * done / inputs
    nodes = max(of - inputs - 1, 1)
    return READING + (1 - READING - WRITING) * (done - inputs) / nodes


def _summarise(index: Definition, results: Results, top: int) -> None:
    provenance = results.provenance
    typer.echo(
        f"{index.title}: {_number(provenance['areas'], 'area')} ({index.areas.geography}) in "
        f"{sum(provenance['timings'].values()):.2f} s. Results are in {results.folder}"
    )
    for excluded in provenance["excluded"]:
        typer.echo(f"Left out: {excluded['code']} ({excluded['reason']})")
    for name, missing in provenance["missing_values"].items():
        areas = _number(missing["areas"], "area")
        typer.echo(f"Missing in {name}: {areas} ({missing['policy']})")
    first = results.most_need(top)
    if first.is_empty():
        return
    shown = "area" if first.height == 1 else f"{first.height:,} areas"
    typer.echo(f"\nThe {shown} of most need:\n")
    typer.echo(f"{'Rank':>6}  {'Area':<10}  {'Score':>10}  Name")
    for rank, code, name, score, _ in first.iter_rows():
        typer.echo(f"{rank:>6.10g}  {code:<10}  {score:>10.4f}  {name or ''}".rstrip())


def _check_inputs(index: Definition, data: Path) -> None:
    """Read the inputs and say whether they are in order."""
    from hyperlocal.errors import HyperlocalError
    from hyperlocal.pipeline import prepare

    try:
        areas = len(prepare(index, data).inputs.areas)
    except HyperlocalError as error:
        found = _number(len(error.problems), "problem")
        typer.echo(f"{found} in the inputs, to be settled before building:", err=True)
        raise
    found = _number(areas, "area")
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
    from hyperlocal.pipeline.inputs import used_columns

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
    typer.echo("")


def _state(table: Input, data: Path | None, found: bool) -> str:
    if data is None:
        return ""
    if found:
        return "  there"
    return "  not there" if table.optional else "  NOT THERE"
