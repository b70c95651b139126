"""What larger areas are summarised by: the tables that `hyperlocal districts` gives."""

from __future__ import annotations

import numpy as np
import polars as pl

from hyperlocal.analysis.districts import SUMMARIES, district_table
from hyperlocal.analysis.measures import PARTS, measures
from hyperlocal.analysis.populations import Populations
from hyperlocal.analysis.supplied.larger import LargerAreas
from hyperlocal.definition.publishing import may_leave
from hyperlocal.errors import DataError
from hyperlocal.methods.ranks import HUNDRED
from hyperlocal.pipeline import Results

UNWEIGHTED = ("proportion",)
"""The summaries that count areas, and need nobody to be weighed by."""
MANY = "extent"
OF_SCORES = "average_score"
SUMMARISED = (*PARTS, "supplementary")


def summaries(
    results: Results, larger: LargerAreas, weights: Populations | None
) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """Summarise one kind of larger areas, as far as that can be done.

    Parameters
    ----------
    results
        The finished index.
    larger
        The larger areas.
    weights
        What areas are weighed by. Without it there are only summaries that count areas.

    Returns
    -------
    tuple
        The table of each node by its id (see `hyperlocal.analysis.districts`), and what a reader
        should know.

    Examples
    --------
    ::

        for larger in read_larger_areas(results, []):
            tables, notes = summaries(results, larger, populations(results))
    """
    asked = UNWEIGHTED if weights is None else SUMMARIES
    weights = weights or Populations(np.ones(results.areas.height))
    tables: dict[str, pl.DataFrame] = {}
    notes: list[str] = []
    for one in measures(results, roles=SUMMARISED):
        if not may_leave(one.node, "rank"):
            notes.append(f"{one.id} is not summarised: the definition does not let out its ranks")
            continue
        few = one.number < HUNDRED
        if few and MANY in asked:
            notes.append(f"{one.id} ranks under {HUNDRED} areas, and has no extent")
        none = {MANY if few else "", "" if may_leave(one.node, "score") else OF_SCORES}
        possible = tuple(name for name in asked if name not in none)
        try:
            tables[one.id] = district_table([one], larger.groups, weights, possible)
        except DataError as error:
            said = "; ".join(problem.message for problem in error.problems)
            notes.append(f"{one.id} is not summarised by {larger.id}: {said}")
    return tables, notes
