"""The folder of a made-up nation: every file of every publisher, written whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hyperlocal.errors import Problem, ResultsError
from hyperlocal.progress import Progress, say_nothing

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation

Writer = Callable[["Nation", np.random.Generator, Path], None]
"""Writes one file: from the nation, with a source of chance of its own, to a path."""

MODULES = (
    "geography_files",
    "addresses",
    "barriers",
    "benefits_2012",
    "census",
    "community",
    "connections",
    "crime",
    "crimes_2013",
    "deprivation",
    "dwp",
    "education",
    "energy",
    "environment",
    "health",
    "health_by_age",
    "housing",
    "jobs",
    "mood_2012",
    "ons",
    "places",
    "practices",
    "prescriptions",
    "registers",
    "schooling_2012",
    "schools",
    "survey",
    "travel",
    "wales",
    "wards",
)
"""Modules of this package with a table ``FILES`` of writers by path; add further ones here."""
README, MARK = "README.txt", "made-up.txt"
"""What tells a reader of the nation, and what tells a build that its data are made up."""
KEPT = "correspondences"
"""Where definitions keep what they build of a nation; it goes with the nation."""
_FIRST_LINE = "Everything in this folder is made up."
_NOTHING_EXISTS = "No place, person or figure in it exists."


def files() -> dict[str, Writer]:
    """Return the writer of each file of a nation by its path in the folder."""
    found: dict[str, Writer] = {}
    for name in MODULES:
        own: dict[str, Writer] = import_module(f"hyperlocal.synthetic.{name}").FILES
        twice = sorted(found.keys() & own.keys())
        if twice:
            raise ValueError(f"{name} writes {twice[0]}, which another module writes as well")
        found |= own
    return found


def synthesise(areas: int, seed: int, out: str | Path, report: Progress = say_nothing) -> Nation:
    """Make up a nation and write every input that a definition can ask for.

    Parameters
    ----------
    areas
        The number of LSOAs of 2021.
    seed
        The seed; the same one gives the same files.
    out
        The folder to write. An earlier nation there is replaced once the new one is complete.
    report
        Called with what is being done, how many steps are done, and of how many.

    Returns
    -------
    Nation
        The nation.

    Raises
    ------
    ValueError
        If there cannot be a nation of so many areas, or the seed is negative.
    ResultsError
        If the folder holds anything else, or cannot be written.
    """
    from hyperlocal.synthetic.nation import chance, make_nation

    out = Path(out).resolve()
    _check_replaceable(out)
    writers = files()
    steps = len(writers) + 1
    report("Making up the nation", 0, steps)
    nation = make_nation(areas, seed)
    with _replaced_folder(out) as folder:
        for done, (path, write) in enumerate(writers.items(), start=1):
            report(f"Writing {path}", done, steps)
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            write(nation, chance(seed, path), target)
        (folder / MARK).write_text(f"{_FIRST_LINE} {_NOTHING_EXISTS}\n", encoding="utf-8")
        listed = [*writers, MARK]
        (folder / README).write_text(_readme(areas, seed, listed), encoding="utf-8")
    report("Done", steps, steps)
    return nation


def _readme(areas: int, seed: int, paths: list[str]) -> str:
    listed = "\n".join(f"  {path}" for path in sorted(paths))
    return (
        f"{_FIRST_LINE} {_NOTHING_EXISTS}\n\n"
        "It is a nation with the inputs of an index of need, in the forms in which such inputs\n"
        "are published, for demonstrations, tests and benchmarks. The need that was planted in it\n"
        "is in truth/.\n\n"
        f"areas (LSOA 2021): {areas}\nseed: {seed}\nhyperlocal: {version('hyperlocal')}\n\n"
        f"Files:\n{listed}\n"
    )


def _check_replaceable(out: Path) -> None:
    """Refuse a folder that holds anything but an earlier nation."""
    if not os.path.lexists(out):
        return
    if not out.is_dir():
        raise ResultsError(Problem("is not a folder", "name another --out", str(out)))
    there = {
        path.relative_to(out).as_posix()
        for path in out.rglob("*")
        if not path.is_dir() or path.is_symlink()
        if path.relative_to(out).parts[0] != KEPT
    }
    readme = out / README
    text = readme.read_text(encoding="utf-8", errors="replace") if readme.is_file() else ""
    own = {README, *(line.strip() for line in text.splitlines() if line.startswith("  "))}
    strange = sorted(there - own) if text.startswith(_FIRST_LINE) else sorted(there)
    if strange:
        more = f" and {len(strange) - 5} more" if len(strange) > 5 else ""
        raise ResultsError(
            Problem(
                "holds files that are not of a made-up nation and would be lost: "
                f"{', '.join(strange[:5])}{more}",
                "move them, or name another --out",
                str(out),
            )
        )


@contextmanager
def _replaced_folder(out: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``out`` that takes its place at the end."""
    token = secrets.token_hex(4)
    temporary, old = (out.with_name(f".{out.name}.{what}-{token}") for what in ("making", "old"))
    try:
        temporary.mkdir(parents=True)
        yield temporary
        if out.exists():
            out.rename(old)
        try:
            temporary.rename(out)
        except OSError:
            if old.exists():
                old.rename(out)
            raise
    except OSError as error:
        problem = Problem(
            f"cannot be written: {error.strerror or error}", "name another --out", str(out)
        )
        raise ResultsError(problem) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
