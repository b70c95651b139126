"""The command line: arguments in, text out."""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import Annotated

import typer

from hyperlocal.cli import (
    building,
    checking,
    clustering,
    comparing,
    drawing,
    exploring,
    flagging,
    looking_up,
    presenting,
    publishing,
    showing,
    summarising,
)

DEBUG = "HYPERLOCAL_DEBUG"

app = typer.Typer(
    help="Build, check and explain small-area indices of need and deprivation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (
    building.build,
    checking.check,
    showing.list_definitions,
    showing.show,
    showing.explain,
    showing.quality,
    summarising.districts,
    flagging.flag,
    comparing.compare,
    clustering.cluster,
    drawing.uncertainty,
    exploring.explore,
    publishing.publish_site,
    presenting.publish,
    presenting.profile,
    looking_up.lookup,
    building.correspondences,
    building.synthesise,
    showing.schema,
):
    app.command("list" if command is showing.list_definitions else None)(command)


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
