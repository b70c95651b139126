"""What larger areas are summarised by: the tables that `hyperlocal districts` gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.analysis.districts import SUMMARIES, district_table
from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.measures import PARTS, Measure, column, measures
from hyperlocal.analysis.populations import Populations, populations
from hyperlocal.errors import DataError
from hyperlocal.explorer.areas import LargerAreas, identifier
from hyperlocal.explorer.arrays import write_arrays, write_json
from hyperlocal.methods import FloatArray
from hyperlocal.methods.ranks import HUNDRED
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.write import population_column

UNWEIGHTED = ("proportion",)
"""The summaries that count areas, and need nobody to be weighed by."""
MANY = "extent"
SUMMARISED = (*PARTS, "supplementary")


@dataclass(frozen=True, eq=False)
class SitePopulations:
    """The populations of a site.

    Parameters
    ----------
    weights
        What summaries are weighed by; None where nothing is known.
    titles
        The title of each population by its id, the one that weighs first.
    columns
        Each by its id, one number per area, NaN where it is not known.
    of_node
        The id of the one that weighs a node.
    """

    weights: Populations | None
    titles: dict[str, str] = field(default_factory=dict)
    columns: dict[str, FloatArray] = field(default_factory=dict)
    of_node: dict[str, str] = field(default_factory=dict)

    def weighing(self, node: str) -> str | None:
        """Return the id of the population that weighs a node."""
        return self.of_node.get(node, next(iter(self.titles), None))


def read_populations(results: Results, given: Sequence[str]) -> SitePopulations:
    """Read what areas are weighed by, and all populations that the results hold.

    Parameters
    ----------
    results
        The finished index.
    given
        As of `hyperlocal.analysis.populations`.

    Raises
    ------
    HyperlocalError
        Where a file is wrong or lacks areas.

    Examples
    --------
    People who are supplied, and others for one domain::

        read_populations(Results.open("results"), ["people.csv:all", "health=people.csv:adults"])
    """
    held = {
        one.id: one.title
        for one in results.definition.populations
        if population_column(one.id) in results.areas.columns
    }
    if not held and not given:
        return SitePopulations(None)
    weights = populations(results, given)
    titles: dict[str, str] = {}
    columns: dict[str, FloatArray] = {}

    def add(source: str, values: FloatArray) -> str:
        if source in held:
            name, title = source, held[source]
        else:
            title = source.rpartition(": ")[2]
            name = identifier(title)
            while name in held or (name in columns and not np.array_equal(columns[name], values)):
                name += "_given"
        titles[name], columns[name] = title, values
        return name

    add(str(weights.made_of["general"]), weights.general)
    of_node = {node: add(str(weights.made_of[node]), own) for node, own in weights.of_node.items()}
    for name in held:
        if name not in columns:
            add(name, column(results, population_column(name)))
    return SitePopulations(weights, titles, columns, of_node)


def write_populations(folder: Path, found: SitePopulations) -> None:
    """Write the populations into the data folder of a site, where there are any."""
    if found.columns:
        write_arrays(folder / "populations.bin.gz", found.columns)


def write_summaries(
    folder: Path, results: Results, larger: LargerAreas, found: SitePopulations
) -> list[str]:
    """Write the summaries of one kind of larger areas.

    Parameters
    ----------
    folder
        The data folder of the site.
    results
        The finished index.
    larger
        The larger areas.
    found
        What areas are weighed by. Without it there are only summaries that count areas.

    Returns
    -------
    list of str
        What a reader should know.

    Examples
    --------
    ::

        for larger in read_larger_areas(results, []):
            write_summaries(Path("site/data"), results, larger, read_populations(results, []))
    """
    groups, weights = larger.groups, found.weights
    summaries = UNWEIGHTED if weights is None else SUMMARIES
    weights = weights or Populations(np.ones(results.areas.height))
    tables: dict[str, pl.DataFrame] = {}
    notes: list[str] = []
    for one in measures(results, roles=SUMMARISED):
        few = one.number < HUNDRED
        asked = tuple(name for name in summaries if not (few and name == MANY))
        if few and MANY in summaries:
            notes.append(f"{one.id} ranks under {HUNDRED} areas, and has no extent")
        try:
            tables[one.id] = district_table([one], groups, weights, asked)
        except DataError as error:
            said = "; ".join(problem.message for problem in error.problems)
            notes.append(f"{one.id} is not summarised by {larger.id}: {said}")
    content = {
        "codes": groups.codes.to_list(),
        "names": groups.names.to_list(),
        "areas": _counted(groups, np.ones(results.areas.height)),
        "population": None if found.weights is None else _counted(groups, found.weights.general),
        "measures": {name: _columns(table) for name, table in tables.items()},
    }
    write_json(folder / larger.file, content)
    return notes


def _counted(groups: Groups, values: FloatArray) -> list[float]:
    """Add up areas or their people over groups."""
    known = values[groups.area] * groups.share
    total = np.bincount(groups.group, weights=known, minlength=len(groups))
    if (total == total.round()).all():
        return [int(number) for number in total]
    return [float(number) for number in total]


def _columns(table: pl.DataFrame) -> dict[str, Any]:
    named = ("measure", "group_code", "group_name", "areas", "population")
    return {
        name: table[name].fill_nan(None).to_list()
        if table[name].dtype.is_float()
        else table[name].to_list()
        for name in table.columns
        if name not in named
    }


def ranked_nodes(results: Results) -> list[Measure]:
    """Return all nodes that areas are ranked by, parents before their children."""
    return measures(results, roles=(*SUMMARISED, "indicators"))
