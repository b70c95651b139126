"""Correspondences that are built anew and kept, so that later builds find them."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from hyperlocal.definition import Definition
from hyperlocal.errors import DataError
from hyperlocal.pipeline.correspondences import Correspondences, Made
from hyperlocal.pipeline.reading import data_folder, read_tables
from hyperlocal.pipeline.tables import not_there
from hyperlocal.pipeline.used import boundary_inputs, saved_file, used_by_correspondences
from hyperlocal.progress import Progress, say_nothing


def build_correspondences(
    definition: Definition,
    data: str | Path,
    report: Progress = say_nothing,
) -> dict[str, Made]:
    """Build the correspondences that a definition needs anew, and keep those that say where.

    Parameters
    ----------
    definition
        The definition.
    data
        The data folder, into which they are written.
    report
        Called with what is being done, how many steps are done, and of how many.

    Returns
    -------
    dict
        Each correspondence with its record, by its name.

    Raises
    ------
    HyperlocalError
        With everything that is wrong in what they are made of; nothing is written then.
    """
    folder = data_folder(data)
    found = Correspondences(definition, folder, anew=True)
    used, boundaries = used_by_correspondences(definition), boundary_inputs(definition)
    steps, done = len(used) - len(boundaries & set(used)) + len(found.needed), count()

    def tell(what: str) -> None:
        report(what, next(done), steps)

    problems = [not_there(definition.inputs[name], folder) for name in sorted(found.lacks())]
    found.tables, unreadable = read_tables(used, definition, folder, tell)
    for name in found.needed:
        tell(f"Building {name}")
        found.make(name)
    problems += unreadable + found.problems
    if problems:
        raise DataError(list(dict.fromkeys(problems)))
    for name, made in found.made.items():
        file = saved_file(definition.written.correspondences[name])
        if file is not None:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            made.correspondence.save(folder / file)
            made.record["file"] = str(folder / file)
    report("Done", steps, steps)
    return found.made
