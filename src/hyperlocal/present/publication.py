"""A publication: a finished index with all tables that leave the building, made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
from hyperlocal.definition import Definition
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.geography import Boundaries
from hyperlocal.pipeline import Results
from hyperlocal.present.citation import credit_of
from hyperlocal.present.tables.about import (
    considered_table,
    inputs_table,
    measures_table,
    quality_table,
    weights_table,
)
from hyperlocal.present.tables.areas import (
    areas_table,
    changes_table,
    populations_table,
    transformed_table,
)
from hyperlocal.present.tables.districts import districts_table, districts_then_table
from hyperlocal.present.tables.indicators import indicator_tables, left_out_of_indicators
from hyperlocal.present.tables.intervals import intervals_table
from hyperlocal.present.tables.model import Table
from hyperlocal.present.tables.scales import scales_table
from hyperlocal.present.words import Words


@dataclass(frozen=True, eq=False)
class Publication:
    """A finished index, what was supplied beside it, and the tables that are published.

    Parameters
    ----------
    results
        The finished index.
    supplied
        Larger areas, people, boundaries, other versions, intervals.
    tables
        The tables, in the order in which a workbook shows them.
    notes
        What a reader should know.
    geography_source
        Whom to name for the boundaries and lookups that were supplied.
    publisher
        Who publishes it; empty where nobody says so.
    """

    results: Results
    supplied: Supplied
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    geography_source: str = ""
    publisher: str = ""

    @property
    def definition(self) -> Definition:
        """The definition."""
        return self.results.definition

    @property
    def title(self) -> str:
        """The title of the index."""
        return self.definition.title

    @property
    def words(self) -> Words:
        """The words in which the index is spoken of."""
        return Words.of(self.definition)

    @property
    def built(self) -> str:
        """When the index was built: a date and time as of ISO 8601."""
        return str(self.results.provenance["built"])

    @property
    def larger(self) -> tuple[LargerAreas, ...]:
        """The kinds of larger areas, the smallest first."""
        return self.supplied.larger

    @property
    def populations(self) -> KnownPopulations:
        """What areas are weighed by."""
        return self.supplied.populations

    @property
    def boundaries(self) -> Boundaries | None:
        """The boundaries of the areas, in the order of the results; or None."""
        return self.supplied.boundaries

    @property
    def versions(self) -> tuple[OtherVersion, ...]:
        """Other versions of the index."""
        return self.supplied.versions

    @property
    def intervals(self) -> Intervals | None:
        """How sure ranks are, or None."""
        return self.supplied.intervals

    def has(self, name: str) -> bool:
        """Say whether there is a table of a name."""
        return any(one.name == name for one in self.tables)

    def table(self, name: str) -> Table:
        """Return the table of a name.

        Raises
        ------
        ResultsError
            Where there is none.
        """
        found = next((one for one in self.tables if one.name == name), None)
        if found is None:
            known = ", ".join(one.name for one in self.tables)
            raise ResultsError(Problem(f"there is no table {name!r}", f"known are: {known}"))
        return found


def read_publication(
    results: Results,
    given: Sources | None = None,
    tell: Tell = lambda what: None,
    geography_source: str = "",
    publisher: str = "",
) -> Publication:
    """Read what is supplied beside a finished index, and make its tables.

    Parameters
    ----------
    results
        The finished index.
    given
        What is supplied; everything may be left out.
    tell
        Called with what is being done.
    geography_source
        Whom to name for boundaries and lookups, as their licence asks.
    publisher
        Who publishes the tables; nobody is claimed to where none is named.

    Returns
    -------
    Publication
        The tables, and what they are about.

    Raises
    ------
    DataError
        With everything that is wrong in all files that are supplied.
    ResultsError
        Where the results lack something.

    Examples
    --------
    ::

        given = Sources(boundaries="lsoa21.gpkg", districts=("lookup.csv:LAD24CD",))
        read_publication(Results.open("results"), given).table("areas").rows
    """
    tried = Reading(tell)
    supplied = read_supplied(results, given or Sources(), tried)
    tried.refuse()
    tell("Making tables")
    notes = [f"{one['code']} is left out: {one['reason']}" for one in _excluded(results)]
    notes += [*supplied.notes, *left_out_of_indicators(results)]
    of_larger, said = _of_larger_areas(results, supplied)
    notes += said
    made = (
        areas_table(results, supplied.larger),
        *indicator_tables(results),
        *of_larger,
        transformed_table(results),
        populations_table(results, supplied.populations),
        *(changes_table(results, one) for one in supplied.versions),
        intervals_table(results, supplied.intervals),
        weights_table(results),
        measures_table(results),
        considered_table(results),
        inputs_table(results),
        quality_table(results),
    )
    source = credit_of(results, publisher=publisher).source
    tables = [replace(one, source=source) for one in made if one is not None]
    _refuse_same_names(tables)
    notes = list(dict.fromkeys(notes))
    return Publication(results, supplied, tuple(tables), tuple(notes), geography_source, publisher)


def _of_larger_areas(results: Results, supplied: Supplied) -> tuple[list[Table], list[str]]:
    """Return the tables of larger areas, those of each kind together, and what is to be known."""
    weights = supplied.populations.weights
    tables: list[Table] = []
    notes: list[str] = []
    for kind in supplied.larger:
        made = [
            districts_table(results, kind, weights),
            *(districts_then_table(results, kind, weights, one) for one in supplied.versions),
            scales_table(results, kind),
        ]
        tables += [table for table, _ in made if table is not None]
        notes += [note for _, said in made for note in said]
    return tables, notes


def _refuse_same_names(tables: Sequence[Table]) -> None:
    """Refuse tables of the same name: one would take the place of the other."""
    names = [one.name for one in tables]
    remedy = "give the version another label, or its larger areas another name"
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ResultsError([Problem(f"two tables are called {name!r}", remedy) for name in twice])


def _excluded(results: Results) -> list[dict[str, str]]:
    return list(results.provenance["excluded"])
