"""A finished index as files for the web: the explorer, and all that it knows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from hyperlocal.definition.publishing import withheld_in_words
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.explorer.areas import write_areas
from hyperlocal.explorer.blocks import write_blocks
from hyperlocal.explorer.columns import write_columns
from hyperlocal.explorer.combinations import write_upward
from hyperlocal.explorer.manifest import FORMAT, manifest
from hyperlocal.explorer.places import write_places
from hyperlocal.explorer.similar import write_similar
from hyperlocal.explorer.sources import SiteSources, read_sources
from hyperlocal.explorer.summaries import ranked_nodes, write_populations, write_summaries
from hyperlocal.explorer.versions import write_version
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.folder import check_replaceable, check_writable, replaced_folder
from hyperlocal.progress import Progress, say_nothing

ASSETS = Path(__file__).with_name("assets")
DATA = "data"
MANIFEST = "site.json"
BUILT_FROM = "built-from"
"""The file beside the built explorer that says what it was built from: for builders alone."""
STARTS = "index.html"
STEPS = 24
"""About how many steps are told."""


@dataclass(frozen=True)
class SiteWritten:
    """What was written.

    Parameters
    ----------
    folder
        The folder.
    files
        How many files it holds.
    size
        How many bytes all take.
    sizes
        How many of them each part takes, such as ``blocks`` and ``postcodes``.
    notes
        What a reader should know.
    """

    folder: Path
    files: int
    size: int
    sizes: dict[str, int]
    notes: tuple[str, ...]


def write_site(
    results: Results,
    out: str | Path,
    sources: SiteSources | None = None,
    report: Progress = say_nothing,
) -> SiteWritten:
    """Write the explorer of a finished index, which any web host can serve.

    Parameters
    ----------
    results
        The finished index.
    out
        The folder. An earlier site there is replaced once the new one is complete.
    sources
        What is supplied beside the results: boundaries, postcodes and so on.
    report
        Called with what is being done, how many steps are done, and of how many.

    Returns
    -------
    SiteWritten
        What was written.

    Raises
    ------
    DataError
        With everything that is wrong in all files that are supplied.
    ResultsError
        Where the folder holds something else or cannot be written, or the explorer was not built.

    Examples
    --------
    A site with a map::

        write_site(Results.open("results"), "site", SiteSources(boundaries="lsoa21.gpkg"))
    """
    path = Path(out)
    refuse_unbuilt()
    check_place(results, path)
    done = count()

    def tell(what: str) -> None:
        report(what, min(next(done), STEPS - 1), STEPS)

    with replaced_folder(path, site_files) as folder:
        left_out = shutil.ignore_patterns(BUILT_FROM)
        shutil.copytree(ASSETS, folder, ignore=left_out, dirs_exist_ok=True)
        notes = write_data(folder / DATA, results, sources or SiteSources(), tell)
        sizes = _sizes(folder)
    report("Done", STEPS, STEPS)
    files = sum(number for number, _ in sizes.values())
    by_part = {name: size for name, (_, size) in sizes.items()}
    return SiteWritten(path, files, sum(by_part.values()), by_part, tuple(notes))


def write_data(
    folder: Path,
    results: Results,
    sources: SiteSources,
    tell: Callable[[str], None] = lambda what: None,
) -> list[str]:
    """Write the data of a site.

    Parameters
    ----------
    folder
        The folder to write into.
    results
        The finished index.
    sources
        What is supplied beside it.
    tell
        Called with what is being done.

    Returns
    -------
    list of str
        What a reader should know.

    Raises
    ------
    DataError
        With everything that is wrong in all files that are supplied.

    Examples
    --------
    The numbers alone, without the explorer::

        write_data(Path("site/data"), Results.open("results"), SiteSources(), print)
    """
    folder.mkdir(parents=True, exist_ok=True)
    material = read_sources(results, sources, folder, tell)
    tell("Writing areas")
    write_areas(folder, results, material.larger, material.welsh)
    write_populations(folder, material.populations)
    tell("Writing ranks")
    write_columns(folder, ranked_nodes(results))
    write_upward(folder, results)
    tell("Finding similar areas")
    write_similar(folder, results)
    tell("Writing all numbers of all areas")
    write_blocks(folder, results, material.intervals.named if material.intervals else {})
    notes = [*_excluded(results), *withheld_in_words(results.definition), *material.supplied.notes]
    for one in material.larger:
        tell(f"Summarising {one.id}")
        notes += write_summaries(folder, results, one, material.populations)
    for version in material.versions:
        write_version(folder, version)
    if material.places is not None:
        write_places(folder, material.places)
    said = manifest(results, material, list(dict.fromkeys(notes)))
    said["made"]["explorer"] = built_files()  # so that a later version knows what it may replace
    text = json.dumps(said, ensure_ascii=False, allow_nan=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return list(said["notes"])


def _excluded(results: Results) -> list[str]:
    """Say which areas the index leaves out."""
    return [f"{one['code']} is left out: {one['reason']}" for one in results.provenance["excluded"]]


def refuse_unbuilt() -> None:
    """Refuse to write a site where the explorer was not built."""
    if not (ASSETS / STARTS).is_file():
        raise ResultsError(
            Problem(
                "the explorer was not built: this copy of hyperlocal comes from a clone without it",
                "install Node.js 20 or later and run 'npm ci && npm run build' in explorer/ (see "
                "README.md), or install a wheel",
                str(ASSETS),
            )
        )


def built_files() -> list[str]:
    """Return the names of the files and folders of the built explorer; none where there is none."""
    names = {path.name for path in ASSETS.iterdir()} if ASSETS.is_dir() else set()
    return sorted(names - {BUILT_FROM})


def check_place(results: Results, out: Path) -> None:
    """Refuse, before any work is done, a folder that a site cannot be written to."""
    own, place = results.folder.resolve(), out.resolve()
    if own == place or own in place.parents or place in own.parents:
        said = "is, holds or lies in the results folder"
        raise ResultsError(Problem(said, "name another --out", str(out)))
    check_replaceable(out, site_files)
    check_writable(out)


def site_files(folder: Path) -> frozenset[str]:
    """Return the names in a folder that belong to a site; none where there is no site.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     site_files(Path(folder))
    frozenset()
    """
    try:
        said = json.loads((folder / DATA / MANIFEST).read_text(encoding="utf-8"))
        if said["format"] != FORMAT or "nodes" not in said:
            return frozenset()
        return frozenset({DATA, *built_files(), *said["made"]["explorer"]})
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def _sizes(folder: Path) -> dict[str, tuple[int, int]]:
    """Return how many files each part of a site has, and how many bytes they take."""
    sizes: dict[str, tuple[int, int]] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        inside = path.relative_to(folder).parts
        part = inside[1].partition(".")[0] if inside[0] == DATA else "explorer"
        number, size = sizes.get(part, (0, 0))
        sizes[part] = number + 1, size + path.stat().st_size
    return sizes
