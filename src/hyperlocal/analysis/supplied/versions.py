"""Other versions of an index, brought to the areas of this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from hyperlocal.analysis.districts import SUMMARIES, district_table
from hyperlocal.analysis.measures import Measure
from hyperlocal.analysis.populations import Populations, populations
from hyperlocal.analysis.supplied.larger import LargerAreas, identifier
from hyperlocal.analysis.supplied.summaries import MANY, OF_SCORES, UNWEIGHTED
from hyperlocal.analysis.versions.carried import carry
from hyperlocal.analysis.versions.lookup import correspondence_of
from hyperlocal.analysis.versions.version import Version, open_version, pairs
from hyperlocal.definition.publishing import may_leave
from hyperlocal.errors import DataError, HyperlocalError, Problem, ResultsError
from hyperlocal.methods import FloatArray
from hyperlocal.methods.ranks import HUNDRED
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.write import population_column

REMEDIES = {
    "name a correspondence with --correspondence, or a lookup of old and new areas with --lookup": (
        "name a lookup of old and new areas with --version-lookup LABEL=FILE:OLD_COLUMN:NEW_COLUMN"
    ),
    "--lookup FILE": "--version-lookup LABEL=FILE",
    "--population-old FILE": "--version-population LABEL=FILE",
    "--match OLD=NEW": "--version-match OLD=NEW",
}
"""What remedies of `hyperlocal compare` are called by the commands that publish."""


@dataclass(frozen=True)
class VersionSource:
    """Where another version of an index is.

    Parameters
    ----------
    path
        A results folder, or the file of a published table.
    label
        What to call it; else its title, or the name of the file.
    lookup
        ``FILE:OLD_COLUMN:NEW_COLUMN``: which of its areas share ground with those of this index,
        where they are of another vintage.
    population
        ``FILE:COLUMN``: the people of its areas, where some were joined.
    match
        For measures that have another id there: that id, and the one in this index.
    same_areas
        Whether areas that only one of the two has were left out by the other.
    """

    path: str
    label: str = ""
    lookup: str = ""
    population: str = ""
    match: Mapping[str, str] = field(default_factory=dict)
    same_areas: bool = False


@dataclass(frozen=True, eq=False)
class OtherVersion:
    """Another version on the areas of this one.

    Parameters
    ----------
    id, title
        What it is called.
    measures
        What it ranks the areas by, by the ids of the nodes in this index.
    scores
        By the nodes of which it has scores that may leave: one number per area, NaN where there is
        none.
    """

    id: str
    title: str
    measures: Mapping[str, Measure]
    scores: Mapping[str, FloatArray]

    @cached_property
    def ranks(self) -> dict[str, FloatArray]:
        """By the nodes that it has: one rank per area, NaN where there is none."""
        return {name: one.rank for name, one in self.measures.items()}

    @cached_property
    def deciles(self) -> dict[str, FloatArray]:
        """By the nodes that it has: one decile per area, NaN where there is none."""
        return {name: one.decile for name, one in self.measures.items()}

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that it has, by their ids in this index."""
        return tuple(self.measures)

    def summaries(
        self, results: Results, larger: LargerAreas, weights: Populations | None
    ) -> tuple[dict[str, pl.DataFrame], list[str]]:
        """Summarise larger areas as they stood in this version, as far as that can be done.

        Parameters
        ----------
        results
            The finished index.
        larger
            The larger areas, with the areas of that index that lie in each.
        weights
            The people of its areas; None where nobody was counted.

        Returns
        -------
        tuple
            As of `hyperlocal.analysis.supplied.summaries`. A node without the score of an area
            that is ranked has no average score.
        """
        asked = UNWEIGHTED if weights is None else SUMMARIES
        tables: dict[str, pl.DataFrame] = {}
        notes: list[str] = []
        for name, one in self.measures.items():
            scores = self.scores.get(name)
            lacks = scores is None or bool((np.isnan(scores) & ~np.isnan(one.rank)).any())
            none = {OF_SCORES if lacks else "", MANY if one.number < HUNDRED else ""}
            possible = tuple(summary for summary in asked if summary not in none)
            node = results.definition.by_id[name]
            people = Populations(np.ones(one.rank.size) if weights is None else weights.of(node))
            try:
                table = district_table([one], larger.groups, people, possible)
            except DataError as error:
                said = "; ".join(problem.message for problem in error.problems)
                notes.append(f"{name} of {self.title} is not summarised by {larger.id}: {said}")
            else:
                tables[name] = table.with_columns(measure=pl.lit(name))
        return tables, notes


def read_version(
    results: Results, source: VersionSource, weights: Populations | None
) -> OtherVersion:
    """Bring another version to the areas of this index.

    Parameters
    ----------
    results
        The finished index.
    source
        Where the other version is.
    weights
        The people of the areas of this index, by which an area that was split is shared out.

    Raises
    ------
    HyperlocalError
        Where it cannot be read, has nothing in common with this index, or has other areas and no
        lookup says which.

    Examples
    --------
    The published table of an earlier index on older areas::

        source = VersionSource("imd2019.csv", "2019", lookup="lsoa11_21.csv:LSOA11CD:LSOA21CD")
        read_version(Results.open("results"), source, None).nodes
    """
    this = Version.of(results, "this index")
    if Path(source.path).is_dir() and Path(source.path).resolve() == results.folder.resolve():
        raise ResultsError(Problem("is the very index that is published", file=source.path))
    other = open_version(source.path, source.label)
    through = None
    if source.lookup:
        residents = weights.general if weights else None
        through = correspondence_of(source.lookup, other, this, residents)
    match = {old: new for old, new in source.match.items() if old in other.measures}
    paired = [
        pair
        for pair in pairs(other, this, match)
        if may_leave(pair.old.node, "rank") and may_leave(pair.new.node, "rank")
    ]
    wanted = list({pair.old.id: pair.old for pair in paired}.values())
    people = _people(other, source)
    carried = carry(other, this, wanted, through, people, same_areas=source.same_areas)
    measured = {pair.id: carried.version.measures[pair.old.id] for pair in paired}
    title = source.label or str(other.about.get("title") or other.label)
    named = identifier(source.label or Path(source.path).resolve().stem)
    may_score = {
        pair.id
        for pair in paired
        if may_leave(pair.old.node, "score") and may_leave(pair.new.node, "score")
    }
    scores = {
        name: one.score for name, one in measured.items() if one.score_column and name in may_score
    }
    return OtherVersion(named, title, measured, scores)


def _people(other: Version, source: VersionSource) -> FloatArray | None:
    """Return the people of the areas of another version; None where they are not known."""
    if source.population:
        return populations(other.results, source.population).general
    held = other.results.definition.populations
    if any(population_column(one.id) in other.results.areas.columns for one in held):
        return populations(other.results).general
    return None


def read_versions(
    results: Results, sources: Sequence[VersionSource], weights: Populations | None
) -> tuple[OtherVersion, ...]:
    """Bring other versions to the areas of this index; see `read_version`.

    Raises
    ------
    DataError
        With all that is wrong of all, or where several are called the same.

    Examples
    --------
    ::

        read_versions(Results.open("results"), [VersionSource("results-2019", "2019")], None)
    """
    found: list[OtherVersion] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            found.append(read_version(results, source, weights))
        except HyperlocalError as error:
            problems += [_of_version(problem, source) for problem in error.problems]
    names = [one.id for one in found]
    problems += [
        Problem(f"several versions are called {name!r}", "label them: --version LABEL=PATH")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if problems:
        raise DataError(problems)
    return tuple(found)


def _of_version(problem: Problem, source: VersionSource) -> Problem:
    """Say of which version a problem is, and name the options of this command."""
    remedy = problem.remedy
    for there, here in REMEDIES.items():
        remedy = remedy.replace(there, here)
    return replace(problem, file=problem.file or source.path, remedy=remedy)
