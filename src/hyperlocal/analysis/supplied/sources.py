"""All that is supplied beside a finished index, read and checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hyperlocal.analysis.boundaries import read_own_boundaries
from hyperlocal.analysis.supplied.intervals import Intervals, read_intervals
from hyperlocal.analysis.supplied.larger import LargerAreas, read_kinds_of_larger_areas
from hyperlocal.analysis.supplied.populations import KnownPopulations, read_populations
from hyperlocal.analysis.supplied.reading import Reading
from hyperlocal.analysis.supplied.versions import OtherVersion, VersionSource, read_versions
from hyperlocal.geography import Boundaries
from hyperlocal.pipeline import Results


@dataclass(frozen=True)
class Sources:
    """Where that is which a publisher supplies beside the results. Everything may be left out.

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
    overrides
        Areas that lie in another district than the lookup says: area to district.
    populations
        ``FILE:COLUMN`` or the id of a population: what summaries are weighed by; ``NODE=`` before
        it for a single node.
    versions
        Other versions of the index.
    uncertainty
        The folder that ``hyperlocal uncertainty --out`` wrote.
    """

    boundaries: str | Path | None = None
    districts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)
    populations: tuple[str, ...] = ()
    versions: tuple[VersionSource, ...] = ()
    uncertainty: str | Path | None = None


@dataclass(frozen=True, eq=False)
class Supplied:
    """What is supplied, read and found right.

    Parameters
    ----------
    larger
        The kinds of larger areas, the smallest first.
    populations
        What areas are weighed by.
    boundaries
        The boundaries of the areas, in their order; or None.
    versions
        Other versions of the index.
    intervals
        How sure ranks are, or None.
    """

    larger: tuple[LargerAreas, ...]
    populations: KnownPopulations
    boundaries: Boundaries | None
    versions: tuple[OtherVersion, ...]
    intervals: Intervals | None

    @property
    def notes(self) -> list[str]:
        """What a reader should know of it."""
        notes = [f"{one.id}: {note}" for one in self.larger for note in one.groups.notes]
        weights = self.populations.weights
        if weights is None:
            notes.append("no population is known: there are no averages of larger areas")
        else:
            notes += weights.notes
        if self.boundaries is None:
            notes.append("no boundaries are given: there is no map")
        return notes


def read_supplied(results: Results, given: Sources, tried: Reading) -> Supplied:
    """Read all that is supplied.

    Parameters
    ----------
    results
        The finished index.
    given
        What is supplied.
    tried
        Tells what is read, and keeps what is wrong: call its ``refuse`` when all is read.

    Returns
    -------
    Supplied
        What is right of it.

    Examples
    --------
    Of an index and its boundaries, telling each step::

        tried = Reading(print)
        supplied = read_supplied(Results.open("results"), Sources(boundaries="lsoa21.gpkg"), tried)
        tried.refuse()
    """

    def larger() -> list[LargerAreas]:
        return read_kinds_of_larger_areas(
            results, given.districts, given.regions, given.groups, given.overrides
        )

    def people() -> KnownPopulations:
        return read_populations(results, given.populations)

    def boundaries() -> Boundaries | None:
        if given.boundaries is None:
            return None
        return read_own_boundaries(results, given.boundaries).own

    def versions() -> tuple[OtherVersion, ...]:
        return read_versions(results, given.versions, populations.weights)

    def intervals() -> Intervals | None:
        return None if given.uncertainty is None else read_intervals(results, given.uncertainty)

    kinds = tried("Reading larger areas", larger)
    populations = tried("Reading populations", people) or KnownPopulations(None)
    return Supplied(
        tuple(kinds or ()),
        populations,
        tried("Reading boundaries", boundaries),
        tried("Reading versions", versions) or (),
        tried("Reading uncertainty", intervals),
    )
