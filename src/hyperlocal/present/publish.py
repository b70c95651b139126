"""All that is published of an index, written into one folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path, PureWindowsPath
from typing import Any

import yaml

from hyperlocal.analysis.report import made_from
from hyperlocal.analysis.supplied import Sources
from hyperlocal.errors import HyperlocalError, Problem, ResultsError
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.folder import replaced_folder
from hyperlocal.pipeline.integrity import DEFINITION, verify
from hyperlocal.present.citation import PUBLISHED_BY, Credit, credit_for
from hyperlocal.present.csv_files import write_csvs
from hyperlocal.present.folder import (
    check_place,
    publication_files,
    write_publication_record,
)
from hyperlocal.present.gallery import Drawn, draw, for_report, write_gallery
from hyperlocal.present.landing import write_landing_page
from hyperlocal.present.map_files import write_map_files
from hyperlocal.present.metadata import write_metadata
from hyperlocal.present.profile import write_profiles
from hyperlocal.present.publication import Publication, read_publication
from hyperlocal.present.report import write_report
from hyperlocal.present.tables.indicators import small_counts_shown
from hyperlocal.present.workbooks import Cover, write_ods, write_workbook
from hyperlocal.present.workers import processes
from hyperlocal.progress import Progress, say_nothing

PARTS = ("workbook", "ods", "geography", "figures", "report")
"""What can be left out. CSV files and what describes them are always written."""
WHOLE_PATH = re.compile(r"[/\\~]|[A-Za-z]:")
"""How the name of a file begins that says where on this machine it is."""
STEPS = 30
"""About how many steps are told."""


@dataclass(frozen=True)
class Wanted:
    """What of a publication is written, and what is said of what was supplied for it.

    Parameters
    ----------
    without
        The parts that are left out: of `PARTS`.
    profiles
        The kind of larger areas of which each gets a profile; empty for none.
    geography_source
        Whom to name for boundaries and lookups, as their licence asks.
    publisher
        Who publishes it; nobody is claimed to where none is named.
    """

    without: tuple[str, ...] = ()
    profiles: str = ""
    geography_source: str = ""
    publisher: str = ""

    def __contains__(self, part: str) -> bool:
        return part not in self.without


@dataclass(frozen=True)
class Published:
    """What was written.

    Parameters
    ----------
    folder
        The folder.
    files
        How many files it holds.
    sizes
        How many bytes each file and each folder in it takes, by its name.
    notes
        What a reader should know.
    """

    folder: Path
    files: int
    sizes: dict[str, int]
    notes: tuple[str, ...]


def publish(
    results: Results,
    out: str | Path,
    given: Sources | None = None,
    wanted: Wanted | None = None,
    report: Progress = say_nothing,
) -> Published:
    """Write everything that is published of a finished index.

    Parameters
    ----------
    results
        The finished index.
    out
        The folder. An earlier publication there is replaced once the new one is complete.
    given
        What is supplied beside the results: boundaries, districts and so on.
    wanted
        What is written; everything but profiles without it.
    report
        Called with what is being done, how many steps are done, and of how many.

    Returns
    -------
    Published
        What was written.

    Raises
    ------
    ResultsError
        Where the results are incomplete or were changed, a part is unknown, or the folder holds
        something else or cannot be written.
    DataError
        With everything that is wrong in all files that are supplied.

    Notes
    -----
    The spreadsheets are written by a process of their own, which is started anew, so that a script
    that calls this needs ``if __name__ == "__main__":``.

    Examples
    --------
    England with maps and a page for each of its districts::

        given = Sources(boundaries="lsoa21.gpkg", districts=("lookup.csv:LAD24CD",))
        publish(Results.open("results"), "published", given, Wanted(profiles="lad24"))
    """
    path, wanted = Path(out), wanted or Wanted()
    notes = list(verify(results))
    _refuse_unknown_parts(wanted)
    check_place(results, path)
    done = count()

    def tell(what: str) -> None:
        report(what, min(next(done), STEPS - 1), STEPS)

    publication = read_publication(results, given, tell, wanted.geography_source, wanted.publisher)
    _refuse_unknown_profiles(publication, wanted)
    credit = credit_for(publication)
    known = [*credit.notes, *publication.notes]
    notes += [*known, *credit.questions, *small_counts_shown(results)]
    with replaced_folder(path, publication_files) as folder, _told_as(path, folder):
        _write(publication, credit, wanted, folder, tell, report)
        write_publication_record(folder, {"results": _made_from(results), "notes": known})
        sizes = _sizes(folder)
        files = sum(1 for file in folder.rglob("*") if file.is_file())
    report("Done", STEPS, STEPS)
    return Published(path, files, sizes, tuple(dict.fromkeys(notes)))


@contextmanager
def _told_as(path: Path, folder: Path) -> Iterator[None]:
    """Tell what goes wrong in the folder that is written as of the one that was asked for."""
    try:
        yield
    except HyperlocalError as error:
        named = [
            replace(one, file=one.file.replace(str(folder), str(path))) for one in error.problems
        ]
        raise type(error)(named) from error


def _write(
    publication: Publication,
    credit: Credit,
    wanted: Wanted,
    folder: Path,
    tell: Callable[[str], None],
    report: Progress,
) -> None:
    """Write all parts into an empty folder."""
    tell("Writing CSV files")
    write_csvs(folder / "csv", publication.tables)
    definition = (publication.results.folder / DEFINITION).read_text(encoding="utf-8")
    (folder / DEFINITION).write_text(without_folders(definition), encoding="utf-8")
    drawn: list[Drawn] = []
    with _beside(_spreadsheets(publication, credit, wanted, folder)):
        if "geography" in wanted and publication.boundaries is not None:
            tell("Writing map files")
            (folder / "geography").mkdir()
            write_map_files(folder / "geography", publication, credit)
        if "figures" in wanted or "report" in wanted:
            drawn = draw(publication, credit, tell)
        if "figures" in wanted:
            tell("Drawing figures")
            write_gallery(drawn, folder / "figures", tell)
        if "report" in wanted:
            tell("Typesetting the report")
            write_report(publication, folder, for_report(drawn), credit)
        tell("Finishing the spreadsheets")
    if wanted.profiles:
        write_profiles(publication, wanted.profiles, folder / "profiles", report=report)
    tell("Describing all files")
    write_landing_page(publication, credit, drawn, folder)
    write_metadata(folder, publication.tables, credit)


Spreadsheet = Callable[[], Path]


def _spreadsheets(
    publication: Publication, credit: Credit, wanted: Wanted, folder: Path
) -> Iterator[Spreadsheet]:
    """Yield what writes the spreadsheets that are wanted."""
    cover, tables = _cover(publication, credit), publication.tables
    stem = publication.definition.id
    if "workbook" in wanted:
        yield partial(write_workbook, folder / f"{stem}.xlsx", tables, cover)
    if "ods" in wanted:
        yield partial(write_ods, folder / f"{stem}.ods", tables, cover)


@contextmanager
def _beside(work: Iterator[Spreadsheet]) -> Iterator[None]:
    """Do work in a process of its own while the block runs; on one core, after it."""
    tasks = list(work)
    if (os.cpu_count() or 1) < 2 or not tasks:
        yield
        for task in tasks:
            task()
        return
    with processes(1) as submit:
        pending = [submit(task) for task in tasks]
        yield
        for one in pending:
            one.result()


def _cover(publication: Publication, credit: Credit) -> Cover:
    """Return what the spreadsheets say of themselves."""
    texts = (credit.description, _reading(publication), credit.changed)
    lines = [line for line in credit.lines if not line.startswith(PUBLISHED_BY)]
    return Cover(
        title=credit.titled(publication.title),
        introduction=(*lines, *filter(None, texts)),
        publisher=credit.publisher,
        licence=credit.licence_said,
        citation=credit.citation,
        url=credit.url if credit.is_of_its_maker else "",
        notes=credit.attributions,
        made=credit.built,
    )


def _reading(publication: Publication) -> str:
    """Say how ranks are to be read."""
    words = publication.words
    return (
        f"Rank 1 is {words.most}. A rank tells the order of areas, not how far apart they are, and "
        "nothing of any one person there. Ranks of different nations, and of indices made in "
        "different ways, do not compare."
    )


def without_folders(definition: str) -> str:
    r"""Return a definition in which no input is told with its folder on this machine.

    Parameters
    ----------
    definition
        The text of the definition. It is written anew only where a file is told with its whole
        path; folders beside the definition stay.

    Examples
    --------
    >>> without_folders("file: /home/me/people.csv"), without_folders("file: ../people.csv")
    ('file: people.csv\n', 'file: ../people.csv')
    """
    told = yaml.safe_load(definition)
    found = list(_whole_paths(told))
    for part in found:
        part["file"] = PureWindowsPath(part["file"]).name  # which knows both kinds of slashes
    if not found:
        return definition
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=100)


def _whole_paths(part: Any) -> Iterator[dict[str, Any]]:
    """Yield what names a file by its whole path."""
    if isinstance(part, dict):
        file = part.get("file")
        if isinstance(file, str) and WHOLE_PATH.match(file):
            yield part
    if isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _whole_paths(inner)


def _made_from(results: Results) -> dict[str, object]:
    """Return which finished index it was made from, without the folders of this machine."""
    made = made_from(results)
    return {**made, "folder": results.folder.name, "definition": Path(made["definition"]).name}


def _refuse_unknown_parts(wanted: Wanted) -> None:
    problems = [
        Problem(f"there is no part {name!r} to leave out", f"parts are {', '.join(PARTS)}")
        for name in wanted.without
        if name not in PARTS
    ]
    if problems:
        raise ResultsError(problems)


def _refuse_unknown_profiles(publication: Publication, wanted: Wanted) -> None:
    known = [one.id for one in publication.larger]
    if wanted.profiles and wanted.profiles not in known:
        said = f"there are no larger areas {wanted.profiles!r} to write profiles of"
        remedy = f"known are {', '.join(known) or 'none'}; name others with --districts FILE:COLUMN"
        raise ResultsError(Problem(said, remedy))


def _sizes(folder: Path) -> dict[str, int]:
    """Return the size of each file and folder in a folder."""
    return {
        path.name: path.stat().st_size
        if path.is_file()
        else sum(one.stat().st_size for one in path.rglob("*") if one.is_file())
        for path in sorted(folder.iterdir())
    }
