"""Write the reference page of the command line from the command line itself."""

from __future__ import annotations

import mkdocs_gen_files
import typer
from typer.cli import get_docs_for_click

from hyperlocal.cli import app


def page() -> str:
    """Return the page in Markdown: a section for every command."""
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="hyperlocal")
    return get_docs_for_click(obj=command, ctx=context, name="hyperlocal", title="Command line")


with mkdocs_gen_files.open("reference/cli.md", "w") as file:
    file.write(page())
