"""What the commands share: their arguments, progress, and how things are said."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hyperlocal.definition import Definition

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
    quiet: bool, share_done: Callable[[int, int], float]
) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that shows progress on a terminal, and does nothing in a pipe."""
    if quiet or not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    description = TextColumn("{task.description}", markup=False)  # titles may hold brackets
    columns = (description, BarColumn(), TimeElapsedColumn())
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
