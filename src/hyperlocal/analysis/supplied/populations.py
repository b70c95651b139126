"""What areas are weighed by, and all else that is counted of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from hyperlocal.analysis.measures import column
from hyperlocal.analysis.populations import Populations, populations
from hyperlocal.analysis.supplied.larger import identifier
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.write import population_column


@dataclass(frozen=True, eq=False)
class KnownPopulations:
    """The populations that are known of the areas of an index.

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


def read_populations(results: Results, given: Sequence[str]) -> KnownPopulations:
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
        return KnownPopulations(None)
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
    return KnownPopulations(weights, titles, columns, of_node)
