"""The folder of a publication: what belongs to it, and what must not be lost with it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from hyperlocal.errors import Problem, ResultsError
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.folder import check_replaceable, check_writable
from hyperlocal.pipeline.write import write_record

RECORD = "publication"
"""The record of what was written, which tells a publication from any other folder."""
LEFT_BY_READERS = re.compile(
    r".*\.gpkg(\.aux\.xml|-wal|-shm|-journal)|\.~lock\..*#|~\$.*|\.DS_Store|Thumbs\.db|desktop\.ini"
)
"""What QGIS, offices and desktops leave beside files that they open; nobody misses it."""
SHOWN = 5


def files_in(folder: Path) -> list[str]:
    """Return all files in a folder and the folders in it, by their names from there, sorted.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     (Path(folder) / "csv").mkdir()
    ...     _ = (Path(folder) / "csv" / "areas.csv").write_text("area_code")
    ...     files_in(Path(folder))
    ['csv/areas.csv']
    """
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def write_publication_record(folder: Path, about: Mapping[str, object]) -> None:
    """Write what was written, so that a later publication knows what it may replace.

    Parameters
    ----------
    folder
        The folder, whole but for the record.
    about
        What it was made from, and what a reader should know.
    """
    write_record(folder, RECORD, {**about, "files": [*files_in(folder), f"{RECORD}.json"]})


def publication_files(folder: Path) -> frozenset[str]:
    """Return the names in a folder that belong to a publication; none where there is none.

    A folder in it that holds anything else does not belong to it: the file would be lost.
    """
    written = _written(folder)
    strange = {name.split("/")[0] for name in _strange(folder, written)}
    return frozenset(name.split("/")[0] for name in (*written, *_left(folder))) - strange


def _written(folder: Path) -> frozenset[str]:
    """Return the files that a publication has written; none where there is no publication."""
    try:
        record = json.loads((folder / f"{RECORD}.json").read_text(encoding="utf-8"))
        record["results"]["index"]  # another program's file of that name has none
        return frozenset(map(str, record["files"]))
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def _left(folder: Path) -> list[str]:
    return [one for one in files_in(folder) if LEFT_BY_READERS.fullmatch(one.rpartition("/")[2])]


def _strange(folder: Path, written: frozenset[str]) -> list[str]:
    """Return the files in a folder that no publication wrote, and that somebody may miss."""
    return sorted(set(files_in(folder)) - written - set(_left(folder)))


def check_place(results: Results, out: Path) -> None:
    """Refuse, before any work is done, a folder that a publication cannot be written to.

    Raises
    ------
    ResultsError
        Where it is, holds or lies in the results folder, holds anything but an earlier
        publication, or cannot be written.
    """
    own, place = results.folder.resolve(), out.resolve()
    if own == place or own in place.parents or place in own.parents:
        said = "is, holds or lies in the results folder"
        raise ResultsError(Problem(said, "name another --out", str(out)))
    written = _written(out)
    if written and (strange := _strange(out, written)):
        said = f"holds files that are not of the publication and would be lost: {_some(strange)}"
        raise ResultsError(Problem(said, "move them, or name another --out", str(out)))
    check_replaceable(out, publication_files)
    check_writable(out)


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN} more"
