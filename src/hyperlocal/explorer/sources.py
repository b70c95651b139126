"""What a publisher supplies beside a finished index, read and checked as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from hyperlocal.analysis.boundaries import read_own_boundaries
from hyperlocal.errors import DataError, HyperlocalError, Problem
from hyperlocal.explorer.areas import LargerAreas, leading_on, read_larger_areas
from hyperlocal.explorer.geometry import GeometryWritten, write_geometry
from hyperlocal.explorer.intervals import Intervals, read_intervals
from hyperlocal.explorer.places import Places, read_places
from hyperlocal.explorer.postcodes import write_postcodes
from hyperlocal.explorer.summaries import SitePopulations, read_populations
from hyperlocal.explorer.versions import OtherVersion, VersionSource, read_versions
from hyperlocal.explorer.welsh import read_welsh
from hyperlocal.pipeline import Results

Read = TypeVar("Read")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class SiteSources:
    """What a publisher supplies beside the results. Everything may be left out.

    Parameters
    ----------
    boundaries
        ``FILE`` or ``FILE:COLUMN``: the boundaries of the areas; without them there is no map.
    districts
        Lookups, ``FILE`` or ``FILE:COLUMN``, each leading on from the one before.
    regions
        The same of regions; they may lead on from districts.
    groups
        More kinds of larger areas, a lookup each, from the areas or from districts.
    postcodes
        A directory of postcodes, such as the ONSPD.
    places
        A table of named places.
    populations
        ``FILE:COLUMN`` or the id of a population: what summaries are weighed by; ``NODE=`` before
        it for a single node.
    versions
        Other versions of the index.
    uncertainty
        The folder that ``hyperlocal uncertainty --out`` wrote.
    welsh
        Tables of Welsh names by code or id.
    """

    boundaries: str | Path | None = None
    districts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    postcodes: str | Path | None = None
    places: str | Path | None = None
    populations: tuple[str, ...] = ()
    versions: tuple[VersionSource, ...] = ()
    uncertainty: str | Path | None = None
    welsh: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Material:
    """All that a site is made of beside the results, read and found right.

    Parameters
    ----------
    larger
        The kinds of larger areas, the smallest first.
    populations
        What areas are weighed by.
    ground
        What was written of the boundaries of the areas, or None.
    postcodes
        What was written of the directory of postcodes, or None.
    places
        Named places, or None.
    versions
        Other versions of the index.
    intervals
        How sure ranks are, or None.
    welsh
        Welsh names by code or id.
    """

    larger: tuple[LargerAreas, ...]
    populations: SitePopulations
    ground: GeometryWritten | None
    postcodes: Mapping[str, Any] | None
    places: Places | None
    versions: tuple[OtherVersion, ...]
    intervals: Intervals | None
    welsh: Mapping[str, str]

    @property
    def notes(self) -> list[str]:
        """What a reader should know of it."""
        notes = [f"{one.id}: {note}" for one in self.larger for note in one.groups.notes]
        weights = self.populations.weights
        if weights is None:
            notes.append("no population is known: there are no averages of larger areas")
        else:
            notes += weights.notes
        if self.ground is None:
            notes.append("no boundaries are given: there is no map")
        return notes


def read_sources(results: Results, given: SiteSources, folder: Path, tell: Tell) -> Material:
    """Read all that is supplied; what is large is written as it is read.

    Parameters
    ----------
    results
        The finished index.
    given
        What is supplied.
    folder
        The data folder of the site, into which boundaries and postcodes are written.
    tell
        Called with what is read.

    Raises
    ------
    DataError
        With everything that is wrong in all files.

    Examples
    --------
    Of an index and its boundaries, telling each step::

        given = SiteSources(boundaries="lsoa21.gpkg")
        read_sources(Results.open("results"), given, Path("site/data"), print)
    """
    tried = _Reading(tell)
    larger = tried("Reading larger areas", lambda: _larger(results, given)) or []
    populations = tried(
        "Reading populations", lambda: read_populations(results, given.populations)
    ) or SitePopulations(None)
    weights, known = populations.weights, _names(results, larger)
    ground = tried("Reading boundaries", lambda: _ground(folder, results, given, tell))
    postcodes = tried("Reading postcodes", lambda: _postcodes(folder, results, given))
    places = tried("Reading places", lambda: _places(given))
    versions = tried("Reading versions", lambda: read_versions(results, given.versions, weights))
    intervals = tried("Reading uncertainty", lambda: _intervals(results, given))
    welsh = tried("Reading names", lambda: read_welsh(given.welsh, known))
    tried.refuse()
    return Material(
        tuple(larger),
        populations,
        ground,
        postcodes,
        places,
        versions or (),
        intervals,
        welsh or {},
    )


class _Reading:
    """Reads things, and keeps what is wrong with any of them to the end."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.problems: list[Problem] = []

    def __call__(self, what: str, read: Callable[[], Read]) -> Read | None:
        """Return what is read; None where it is wrong."""
        self.tell(what)
        try:
            return read()
        except HyperlocalError as error:
            self.problems += error.problems
            return None

    def refuse(self) -> None:
        """Raise all that was wrong."""
        if self.problems:
            raise DataError(list(dict.fromkeys(self.problems)))


def _larger(results: Results, given: SiteSources) -> list[LargerAreas]:
    """Read each kind of larger areas that is stated or named."""
    first = list(given.districts) or list(results.definition.areas.within)[:1]
    others = [given.regions, *((one,) for one in given.groups)]
    chains = [leading_on(results, chain, first) for chain in others]
    return read_larger_areas(results, [list(given.districts), *chains])


def _ground(
    folder: Path, results: Results, given: SiteSources, tell: Tell
) -> GeometryWritten | None:
    """Read the boundaries of the areas, and write them for the map."""
    if given.boundaries is None:
        return None
    own = read_own_boundaries(results, given.boundaries).own
    return write_geometry(folder, own, tell=tell)


def _postcodes(folder: Path, results: Results, given: SiteSources) -> dict[str, Any] | None:
    if given.postcodes is None:
        return None
    return write_postcodes(folder, results, given.postcodes)


def _places(given: SiteSources) -> Places | None:
    if given.places is None:
        return None
    places = read_places(given.places)
    if given.boundaries is None:
        said = "places have no use without --boundaries: they are found on the map"
        raise DataError(Problem(said, "give both, or neither", str(given.places)))
    return places


def _intervals(results: Results, given: SiteSources) -> Intervals | None:
    return None if given.uncertainty is None else read_intervals(results, given.uncertainty)


def _names(results: Results, larger: Sequence[LargerAreas]) -> set[str]:
    """Return all that can have a Welsh name: codes of areas, and ids of nodes."""
    codes = [results.areas["area_code"], *(one.groups.codes for one in larger)]
    return {*results.definition.by_id, *(code for some in codes for code in some)}
