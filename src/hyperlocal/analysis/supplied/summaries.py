"""What larger areas are summarised by: the tables that `hyperlocal districts` gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.districts import SUMMARIES, district_table
from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.measures import PARTS, measures
from hyperlocal.analysis.populations import Populations
from hyperlocal.analysis.supplied.larger import LargerAreas
from hyperlocal.definition.publishing import may_leave
from hyperlocal.errors import DataError
from hyperlocal.methods import FloatArray
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
            notes.append(
                f"{one.title} is not summarised: the definition does not let out its ranks"
            )
            continue
        few = one.number < HUNDRED
        if few and MANY in asked:
            notes.append(f"{one.title} ranks under {HUNDRED} areas, and has no extent")
        none = {MANY if few else "", "" if may_leave(one.node, "score") else OF_SCORES}
        possible = tuple(name for name in asked if name not in none)
        groups, empty = _with_people(larger.groups, ~np.isnan(one.rank), weights.of(one.node))
        if empty:
            notes.append(f"{', '.join(empty)}: nobody lives in areas that {one.title} ranks")
        try:
            tables[one.id] = district_table([one], groups, weights, possible)
        except DataError as error:
            said = "; ".join(problem.message for problem in error.problems)
            notes.append(f"{one.title} is not summarised by {larger.id}: {said}")
    return tables, notes


def _with_people(
    groups: Groups, ranked: NDArray[np.bool_], people: FloatArray
) -> tuple[Groups, list[str]]:
    """Return the groups in whose ranked areas somebody lives, and the codes of the others."""
    counted = np.nan_to_num(people[groups.area]) * groups.share * ranked[groups.area]
    lived_in = np.bincount(groups.group, weights=counted, minlength=len(groups)) > 0
    if lived_in.all() or not lived_in.any():
        return groups, []
    kept = lived_in[groups.group]
    place = np.cumsum(lived_in) - 1
    inside = replace(
        groups,
        codes=groups.codes.filter(pl.Series(lived_in)),
        names=groups.names.filter(pl.Series(lived_in)),
        area=groups.area[kept],
        group=place[groups.group[kept]],
        share=groups.share[kept],
    )
    return inside, groups.codes.filter(pl.Series(~lived_in)).to_list()
