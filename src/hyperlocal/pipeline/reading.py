"""All tables that a definition uses, several of them read at the same time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hyperlocal.definition import Definition
from hyperlocal.errors import DataError, Problem
from hyperlocal.pipeline.headings import Asked
from hyperlocal.pipeline.tables import Table, read_table
from hyperlocal.pipeline.used import boundary_inputs

AT_ONCE = 2
"""How many tables are read at the same time: more gain little, and each takes memory."""


def read_tables(
    columns: Mapping[str, Mapping[str, Asked]],
    definition: Definition,
    folder: Path,
    report: Callable[[str], None],
) -> tuple[dict[str, Table], list[Problem]]:
    """Read the columns of inputs that are used; boundaries are not read as tables.

    Parameters
    ----------
    columns
        For each input the names of its columns, that of the codes first.
    definition
        The definition.
    folder
        The data folder.
    report
        Called with what is being done, in the order of the inputs.

    Returns
    -------
    tuple
        The tables, without optional ones that are not there, and all that is wrong in the others;
        both in the order of the inputs.
    """
    inputs, boundaries = definition.inputs, boundary_inputs(definition)
    tables: dict[str, Table] = {}
    problems: list[Problem] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = {
            name: pool.submit(read_table, inputs[name], used, folder, definition.lists)
            for name, used in columns.items()
            if name not in boundaries
        }
        for name, reading in found.items():
            report(f"Reading {inputs[name].title or name}")
            try:
                table = reading.result()
            except DataError as error:
                problems += error.problems
            else:
                tables |= {name: table} if table is not None else {}
    return tables, problems


def data_folder(data: str | Path) -> Path:
    """Return the folder of the inputs; raise DataError where there is none."""
    folder = Path(data)
    if not folder.is_dir():
        raise DataError(
            Problem(
                "there is no such folder", "name the folder of the inputs with --data", str(data)
            )
        )
    return folder
