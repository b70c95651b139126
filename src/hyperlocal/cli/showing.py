"""The commands that show things: definitions, explanations, the fitness of indicators."""

from __future__ import annotations

from typing import Annotated

import typer

from hyperlocal.cli.common import (
    DefinitionArgument,
    ResultsArgument,
    SetOption,
    can_be_shown,
    load_changed,
)

PLAIN_LINES = str.maketrans({"├": "|", "└": "`", "│": "|", "─": "-"})


def list_definitions() -> None:
    """List the bundled definitions."""
    from hyperlocal.catalogue import load, names

    width = max(map(len, names()))
    for name in names():
        written = load(name).written
        typer.echo(f"{name:<{width}}  {written.title}. {written.description}")


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

    index = load_changed(definition, changes)
    for line in settings_outline(index) if resolved else outline(index):
        typer.echo(line if can_be_shown("├└│─") else line.translate(PLAIN_LINES))


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
        typer.echo(text if can_be_shown(text) else json.dumps(found, indent=2))
        return
    for line in as_text(explanation):
        typer.echo(line)


def quality(results: ResultsArgument) -> None:
    """Show how fit each indicator is: its distribution, and the checks that it failed."""
    from hyperlocal.analysis import quality_lines
    from hyperlocal.pipeline import Results

    for line in quality_lines(Results.open(results)):
        typer.echo(line if can_be_shown(line) else line.translate(PLAIN_LINES))


def schema() -> None:
    """Print the JSON Schema of definitions, for editors that check YAML while it is written."""
    import json

    from hyperlocal.definition import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


def _text(definition: str) -> str:
    """Read the text of a definition, with the ordinary errors where it cannot be read."""
    from hyperlocal.catalogue import find, load

    file = find(definition)
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        load(file)  # says what is wrong
        raise
