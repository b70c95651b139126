"""Profiles typeset: one, or all of a kind with a page that leads to each."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from hyperlocal.errors import Problem, ResultsError
from hyperlocal.pipeline.folder import check_replaceable, replaced_folder
from hyperlocal.present.documents import Typeset, typeset
from hyperlocal.present.profile.draft import Draft
from hyperlocal.present.profile.ground import Ground, Group
from hyperlocal.present.profile.naming import choose, file_names
from hyperlocal.present.profile.standing import groups_called
from hyperlocal.present.workers import processes
from hyperlocal.progress import Progress, say_nothing

if TYPE_CHECKING:
    from hyperlocal.present.publication import Publication

MARK, INDEX = "profiles.json", "index.html"
ALONE = 3
"""So few profiles are typeset in this process: others would take longer to start."""
WAITING = 2
"""So many drafts for each worker are made ahead."""


@dataclass(frozen=True)
class ProfilesWritten:
    """What was written.

    Parameters
    ----------
    folder
        The folder.
    names
        What the files of each group are called, without an ending, by the code of the group.
    bytes
        The size of all files.
    """

    folder: Path
    names: dict[str, str]
    bytes: int


def profile(publication: Publication, larger_id: str, group_code: str) -> Typeset:
    """Typeset the profile of one group.

    The same results always give the same bytes.

    Parameters
    ----------
    publication
        What is published.
    larger_id
        The kind of larger areas, such as ``ltla24``.
    group_code
        The code of the group; `choose` finds it by a name.

    Returns
    -------
    Typeset
        A tagged PDF and a web page.

    Raises
    ------
    ResultsError
        Where there is no such kind or no such group.
    DocumentError
        Where a name has letters that no font of ours holds.

    Examples
    --------
    ::

        Path("kirklees.pdf").write_bytes(profile(publication, "ltla24", "E08000034").pdf)
    """
    return Draft.of(Group.of(Ground.of(publication, larger_id), group_code)).typeset()


def write_profile(
    publication: Publication, larger_id: str, group_code: str, folder: str | Path
) -> tuple[Path, Path]:
    """Write the profile of one group into a folder, which may hold other files.

    Parameters
    ----------
    publication
        What is published.
    larger_id
        The kind of larger areas, such as ``ltla24``.
    group_code
        The code of the group; `find_group` finds both by a name.
    folder
        The folder, which is made where it is not there.

    Returns
    -------
    tuple of Path
        ``<code>-<name>.pdf`` and ``.html``; what had these names is replaced.

    Raises
    ------
    ResultsError
        Where there is no such kind or no such group, or the files cannot be written.
    DocumentError
        Where a name has letters that no font of ours holds.

    Examples
    --------
    ::

        write_profile(publication, *find_group(publication.larger, "kirklees"), "profiles")
    """
    out = Path(folder)
    _check_place(publication, out)
    ground = Ground.of(publication, larger_id)
    made = Draft.of(Group.of(ground, group_code)).typeset()
    groups = ground.larger.groups
    stem = dict(zip(groups.codes, file_names(groups), strict=True))[group_code]
    pdf, page = out / f"{stem}.pdf", out / f"{stem}.html"
    parts = {pdf: made.pdf, page: made.html.encode()}
    unfinished = {file: file.with_name(f".{file.name}.part") for file in parts}
    try:
        out.mkdir(parents=True, exist_ok=True)
        if folder_there := next((file for file in parts if file.is_dir()), None):
            raise IsADirectoryError(errno.EISDIR, f"{folder_there.name} is a folder")
        for file, content in parts.items():
            unfinished[file].write_bytes(content)
        for file, part in unfinished.items():
            part.replace(file)
    except OSError as error:
        said = f"cannot be written: {error.strerror or error}"
        raise ResultsError(Problem(said, "name another --out", str(folder))) from error
    finally:
        for part in unfinished.values():
            with suppress(OSError):
                part.unlink()
    return pdf, page


def _check_place(publication: Publication, out: Path) -> None:
    """Refuse, before any work is done, what is no folder, and the results folder or one in it."""
    if out.exists() and not out.is_dir():
        raise ResultsError(Problem("is not a folder", "name another --out", str(out)))
    own, place = publication.results.folder.resolve(), out.resolve()
    if own == place or own in place.parents:
        said = "is the results folder, or lies in it: it would not be one any more"
        raise ResultsError(Problem(said, "name another --out", str(out)))


def write_profiles(
    publication: Publication,
    larger_id: str,
    folder: str | Path,
    groups: Sequence[str] | None = None,
    report: Progress = say_nothing,
    workers: int | None = None,
) -> ProfilesWritten:
    """Write the profiles of all groups of a kind, and a page that leads to each.

    Parameters
    ----------
    publication
        What is published.
    larger_id
        The kind of larger areas, such as ``ltla24``.
    folder
        The folder. Earlier profiles there are replaced once the new ones are complete.
    groups
        The groups, by their codes or names; None = all.
    report
        Called with what is being done, how many profiles are done, and of how many.
    workers
        How many processes typeset; None = as many as there are cores. They are started anew, so
        that a script that calls this needs ``if __name__ == "__main__":``.

    Returns
    -------
    ProfilesWritten
        Which files were written: ``<code>-<name>.pdf`` and ``.html`` of each group,
        ``index.html``, and ``profiles.json``, which lists them.

    Raises
    ------
    ResultsError
        Where there is no such kind, a group is not there, or the folder holds something else.
    DocumentError
        Where a name has letters that no font of ours holds.

    Examples
    --------
    ::

        write_profiles(publication, "ltla24", "profiles", ["Kirklees", "Leeds"])
    """
    out = Path(folder)
    _check_place(publication, out)
    check_replaceable(out, profile_files)
    ground = Ground.of(publication, larger_id)
    codes = _chosen(ground, groups)
    stems = dict(zip(ground.larger.groups.codes, file_names(ground.larger.groups), strict=True))
    names = {code: stems[code] for code in codes}
    if workers is None:
        workers = os.cpu_count() or 1
    with replaced_folder(out, profile_files) as temporary:
        drafts = ((Draft.of(Group.of(ground, code)), stem) for code, stem in names.items())
        alone = workers < 2 or len(codes) <= ALONE
        written = _alone(drafts, temporary) if alone else _shared(drafts, temporary, workers)
        report("Profiles", 0, len(codes))
        for done, name in enumerate(written, 1):
            report(name, done, len(codes))
        _write_index(ground, names, temporary)
        size = sum(file.stat().st_size for file in temporary.iterdir())
    return ProfilesWritten(out, names, size)


def profile_files(folder: Path) -> frozenset[str]:
    """Return the names of the files that `write_profiles` left in a folder; none in any other."""
    try:
        listed = json.loads((folder / MARK).read_text(encoding="utf-8"))["profiles"]
        stems = [str(one["file"]) for one in listed]
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
    return frozenset({MARK, INDEX, *(f"{stem}.{end}" for stem in stems for end in ("pdf", "html"))})


def _chosen(ground: Ground, asked: Sequence[str] | None) -> list[str]:
    """Return the codes of the groups that are asked for, in their order; all without any."""
    groups = ground.larger.groups
    if asked is None:
        return groups.codes.to_list()
    found: set[str] = set()
    problems: list[Problem] = []
    for one in asked:
        try:
            found.add(choose(groups, one))
        except ResultsError as error:
            problems += error.problems
    if problems:
        raise ResultsError(problems)
    return [code for code in groups.codes if code in found]


def _alone(drafts: Iterator[tuple[Draft, str]], folder: Path) -> Iterator[str]:
    """Typeset profiles one after the other."""
    for draft, stem in drafts:
        draft.write(folder, stem)
        yield str(draft.told["name"])


def _shared(drafts: Iterator[tuple[Draft, str]], folder: Path, number: int) -> Iterator[str]:
    """Typeset profiles in several processes, a few drafts ahead."""
    pending: dict[Future[object], str] = {}
    with processes(number) as submit:
        for draft, stem in drafts:
            pending[submit(draft.write, folder, stem)] = str(draft.told["name"])
            if len(pending) >= number * (1 + WAITING):
                yield from _finished(pending)
        while pending:
            yield from _finished(pending)


def _finished(pending: dict[Future[object], str]) -> Iterator[str]:
    """Wait until profiles are done, take them out and yield their names."""
    for one in wait(pending, return_when=FIRST_COMPLETED).done:
        name = pending.pop(one)
        one.result()
        yield name


def _write_index(ground: Ground, names: dict[str, str], folder: Path) -> None:
    """Write the page that leads to each profile, and the list of them."""
    groups = ground.larger.groups
    titles = dict(zip(groups.codes, groups.names, strict=True))
    listed = [
        {"code": code, "name": titles[code] or code, "file": stem} for code, stem in names.items()
    ]
    listed.sort(key=lambda one: (one["name"].casefold(), one["code"]))
    called = groups_called(ground.larger.id)
    index = ground.publication.definition.title
    told = {
        "title": index,
        "subtitle": f"Profiles of {called}",
        "lines": [index, *ground.credit.lines],
        "profiles": listed,
        "citation": ground.credit.citation,
        "licence": ground.credit.licence_said,
    }
    page = typeset(
        files(__package__).joinpath("index.typ").read_text(encoding="utf-8"),
        told,
        {},
        ground.credit.titled(f"{index}: profiles of {called}"),
        author=ground.credit.publisher,
        made=ground.credit.built,
    )
    (folder / INDEX).write_bytes(page.html.encode())
    record = {"index": index, "larger_areas": ground.larger.id, "profiles": listed}
    text = json.dumps(record, indent=2, ensure_ascii=False)
    (folder / MARK).write_bytes(f"{text}\n".encode())
