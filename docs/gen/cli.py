"""Write the reference page of the command line from the command line itself."""

from __future__ import annotations

import re

import mkdocs_gen_files
import typer
from typer.cli import get_docs_for_click
from typer.core import TyperGroup

from hyperlocal.cli import app


def page() -> str:
    """Return the page in Markdown: a section for every command."""
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="hyperlocal")
    text = get_docs_for_click(obj=command, ctx=context, name="hyperlocal", title="Command line")
    text = re.sub(r"\{([A-Z]+)\}", r"\1", text)
    assert isinstance(command, TyperGroup)
    for name, subcommand in command.commands.items():
        text = with_whole_summary(text, name, subcommand.help or "")
    return text


def with_whole_summary(text: str, name: str, summary: str) -> str:
    """Put the whole summary of a command into the list of commands, where it is cut short."""
    whole = " ".join(summary.split("\n\n", 1)[0].split())
    line = re.compile(rf"^\* `{re.escape(name)}`: .*$", re.MULTILINE)
    return line.sub(lambda _: f"* [`{name}`](#hyperlocal-{name}): {whole}", text, count=1)


with mkdocs_gen_files.open("reference/cli.md", "w") as file:
    file.write(page())
