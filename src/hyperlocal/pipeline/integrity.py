"""Whether a results folder is whole and as its build left it.

``datapackage.json`` is written last and holds the SHA-256 of every other file, and its own: that
of its bytes with this one checksum left empty. It tells a file that was lost, cut short, edited
or mixed up with another build. It is no signature: who changes a file can write its checksum anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hyperlocal.errors import DefinitionError, Problem, ResultsError
from hyperlocal.pipeline import tables
from hyperlocal.pipeline.folder import FILES
from hyperlocal.pipeline.results import Results
from hyperlocal.pipeline.write import write_record

PACKAGE, DEFINITION, UNPLACED = "datapackage.json", "definition.yaml", "unplaced.parquet"
ALWAYS = FILES - {UNPLACED}  # that one is written where inputs are converted
_AGAIN = "build it again"
_SHOWN = len("sha256:") + 12


def write_checksums(folder: Path, package: Mapping[str, Any]) -> None:
    """Write ``datapackage.json`` with the checksums of all files, when all others are written.

    Parameters
    ----------
    folder
        The folder with the other files.
    package
        What describes them, from `data_package`.
    """
    resources = [
        resource | {"hash": checksum(folder / resource["path"])}
        for resource in package["resources"]
    ]
    record = {**package, "resources": resources, "hash": ""}
    write_record(folder, "datapackage", record)
    write_record(folder, "datapackage", record | {"hash": checksum(folder / PACKAGE)})


def checksum(file: Path) -> str:
    """Return the SHA-256 of a file as Frictionless writes it; it is read in parts."""
    return f"sha256:{tables.checksum(file)}"


def open_verified(folder: str | Path) -> tuple[Results, tuple[str, ...]]:
    """Open a results folder that is to be handed on: whole, and as its build left it.

    Parameters
    ----------
    folder
        The folder that ``hyperlocal build --out`` wrote.

    Returns
    -------
    tuple
        The results, and what `verify` notes.

    Raises
    ------
    ResultsError
        Where it is not one, or with everything that is wrong with it.
    """
    path = Path(folder)
    if not any((path / name).exists() for name in ALWAYS):
        return Results.open(folder), ()  # which refuses it
    results = Results(path)
    return results, verify(results)


def verify(results: Results) -> tuple[str, ...]:
    """Refuse results that are incomplete, or not as their build left them.

    Parameters
    ----------
    results
        The results. Only the checksums of their tables are taken; they are not decoded.

    Returns
    -------
    tuple
        What is worth a note and wrong in nothing: that another version of hyperlocal built them,
        that other files lie beside them. Sentences without a full stop.

    Raises
    ------
    ResultsError
        With every file that is missing, changed, or not of this build; where there are no
        checksums at all, as in results of an earlier version; where the definition cannot be
        read, or is of another index than the results.

    Examples
    --------
    ``verify(Results.open("results/wimd"))`` is ``()`` where all is well.
    """
    folder = results.folder
    missing = [name for name in sorted(ALWAYS) if not (folder / name).is_file()]
    problems = [Problem("is missing", _AGAIN, str(folder / name)) for name in missing]
    built = _built_by(results)
    if PACKAGE not in missing:
        try:
            recorded = _recorded(folder, built)
        except ResultsError as error:
            problems += error.problems
        else:
            problems += _differences(folder, recorded, missing)
    if DEFINITION not in missing:
        problems += _of_another(results, unchanged=not problems)
    if problems:
        raise ResultsError(problems)
    return tuple(_notes(folder, built))


def _recorded(folder: Path, built: str) -> dict[str, str]:
    """Return the checksum of every file by its name, where the record of them can be trusted."""
    file = folder / PACKAGE
    try:
        raw = file.read_bytes()
        package = json.loads(raw)
        own = str(package.get("hash", "none"))
        recorded = {one["path"]: one.get("hash") for one in package["resources"]}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no data package"
        raise ResultsError(Problem(f"cannot be read: {reason}", _AGAIN, str(file))) from error
    if own == "none" and not any(recorded.values()):
        message = f"was built by an earlier hyperlocal ({built}), which kept no checksums"
        raise ResultsError(Problem(message, _AGAIN, str(folder)))
    found = f"sha256:{hashlib.sha256(raw.replace(own.encode(), b'')).hexdigest()}"
    if own != found:
        raise ResultsError(_changed(file, found, own))
    return recorded


def _differences(
    folder: Path, recorded: Mapping[str, str], missing: list[str]
) -> Iterator[Problem]:
    """Give what is wrong with the files that are not told to be missing already."""
    for name in sorted(FILES - {PACKAGE, *missing}):
        file, noted = folder / name, recorded.get(name)
        if noted is not None:
            yield from _compared(file, noted)
        elif file.exists():
            message = f"is not of this build: {PACKAGE} does not name it"
            yield Problem(message, _AGAIN, str(file))


def _compared(file: Path, noted: str) -> Iterator[Problem]:
    """Give how a file differs from what was noted of it."""
    if not file.is_file():
        yield Problem("is missing", _AGAIN, str(file))
        return
    try:
        found = checksum(file)
    except OSError as error:
        yield Problem(f"cannot be read: {error.strerror}", "see to its permissions", str(file))
    else:
        if found != noted:
            yield _changed(file, found, noted)


def _changed(file: Path, found: str, noted: str) -> Problem:
    message = f"was changed after the build: it is {found[:_SHOWN]}, and was {noted[:_SHOWN]}"
    return Problem(message, _AGAIN, str(file))


def _of_another(results: Results, unchanged: bool) -> Iterator[Problem]:
    """Give that the definition is not that of these results, or cannot be read."""
    file, index = str(results.folder / DEFINITION), _provenance(results).get("index")
    try:
        definition = results.definition
    except DefinitionError as error:
        if unchanged:  # else it is told already
            message = f"cannot be read by hyperlocal {version('hyperlocal')}: {error.problems[0]}"
            yield Problem(message, _AGAIN, file)
        return
    if index is not None and definition.id != index:
        message = f"is the definition of {definition.id!r}, and the results are of {index!r}"
        yield Problem(message, _AGAIN, file)


def _notes(folder: Path, built: str) -> Iterator[str]:
    if built != (now := version("hyperlocal")):
        yield f"These results were built by hyperlocal {built}, and published by hyperlocal {now}"
    if others := sorted(path.name for path in folder.iterdir() if path.name not in FILES):
        yield f"Other files in the results folder are left alone: {', '.join(others[:5])}"


def _built_by(results: Results) -> str:
    """Return the version of hyperlocal that built the results."""
    try:
        return str(_provenance(results)["versions"]["hyperlocal"])
    except (LookupError, TypeError):
        return "of unknown version"


def _provenance(results: Results) -> dict[str, Any]:
    """Return the provenance; nothing where it cannot be read, as its checksum tells."""
    try:
        return results.provenance
    except ResultsError:
        return {}
