"""What a publisher supplies for a site, read and checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hyperlocal.analysis.supplied import (
    Intervals,
    KnownPopulations,
    LargerAreas,
    OtherVersion,
    Reading,
    Sources,
    Supplied,
    Tell,
    read_supplied,
)
from hyperlocal.errors import DataError, Problem
from hyperlocal.explorer.geometry import GeometryWritten, write_geometry
from hyperlocal.explorer.places import Places, read_places
from hyperlocal.explorer.postcodes import write_postcodes
from hyperlocal.explorer.welsh import read_welsh
from hyperlocal.pipeline import Results


@dataclass(frozen=True)
class SiteSources(Sources):
    """What a publisher supplies beside the results. Everything may be left out.

    Parameters
    ----------
    boundaries, districts, regions, groups, populations, versions, uncertainty
        As of `hyperlocal.analysis.supplied.Sources`.
    postcodes
        A directory of postcodes, such as the ONSPD.
    places
        A table of named places.
    welsh
        Tables of Welsh names by code or id.
    """

    postcodes: str | Path | None = None
    places: str | Path | None = None
    welsh: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Material:
    """All that a site is made of beside the results, read and found right.

    Parameters
    ----------
    supplied
        What any publication is made of: larger areas, people, boundaries, versions, intervals.
    ground
        What was written of the boundaries of the areas, or None.
    postcodes
        What was written of the directory of postcodes, or None.
    places
        Named places, or None.
    welsh
        Welsh names by code or id.
    """

    supplied: Supplied
    ground: GeometryWritten | None
    postcodes: Mapping[str, Any] | None
    places: Places | None
    welsh: Mapping[str, str]

    @property
    def larger(self) -> tuple[LargerAreas, ...]:
        """The kinds of larger areas, the smallest first."""
        return self.supplied.larger

    @property
    def populations(self) -> KnownPopulations:
        """What areas are weighed by."""
        return self.supplied.populations

    @property
    def versions(self) -> tuple[OtherVersion, ...]:
        """Other versions of the index."""
        return self.supplied.versions

    @property
    def intervals(self) -> Intervals | None:
        """How sure ranks are, or None."""
        return self.supplied.intervals


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
    tried = Reading(tell)
    supplied = read_supplied(results, given, tried)
    known = _names(results, supplied.larger)
    ground = tried("Simplifying boundaries", lambda: _ground(folder, supplied, tell))
    postcodes = tried("Reading postcodes", lambda: _postcodes(folder, results, given))
    places = tried("Reading places", lambda: _places(given))
    welsh = tried("Reading names", lambda: read_welsh(given.welsh, known))
    tried.refuse()
    return Material(supplied, ground, postcodes, places, welsh or {})


def _ground(folder: Path, supplied: Supplied, tell: Tell) -> GeometryWritten | None:
    """Write the boundaries of the areas for the map."""
    if supplied.boundaries is None:
        return None
    return write_geometry(folder, supplied.boundaries, tell=tell)


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


def _names(results: Results, larger: Sequence[LargerAreas]) -> set[str]:
    """Return all that can have a Welsh name: codes of areas, and ids of nodes."""
    codes = [results.areas["area_code"], *(one.groups.codes for one in larger)]
    return {*results.definition.by_id, *(code for some in codes for code in some)}
