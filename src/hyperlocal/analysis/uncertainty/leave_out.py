"""What single indicators and domains do: the index without each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from hyperlocal.analysis.uncertainty.draws import Varied
from hyperlocal.errors import DataError, Problem, ResultsError
from hyperlocal.methods import tie_ranks
from hyperlocal.pipeline.evaluate import Variation
from hyperlocal.pipeline.replay import without


def one_at_a_time(varied: Varied, names: str | Sequence[str]) -> tuple[pl.DataFrame, list[str]]:
    """Compute the index without one node at a time.

    Parameters
    ----------
    varied
        The index.
    names
        ``indicators``, ``domains``, or the ids of nodes.

    Returns
    -------
    tuple
        A row per node: ``node``, ``title``, ``mean_shift`` and ``largest_shift`` of the ranks,
        ``entered`` and ``left`` (areas, of the most deprived tenth), ``rank_correlation``; and what
        could not be left out, with the reason.

    Raises
    ------
    ResultsError
        Where a node is unknown or is the index itself.
    """
    definition = varied.replay.definition
    rows, notes = [], []
    before = varied.ranks
    ranked = int(np.sum(~np.isnan(before)))
    tenth = before <= ranked / 10
    for name in _chosen(varied, names):
        node = definition.by_id[name]
        gone = without(definition, [name])
        try:
            found = varied.replay.evaluate(Variation(without=gone))
        except DataError as error:
            notes.append(f"the index was not computed without {name}: {error.problems[0].message}")
            continue
        score = found[varied.root].score
        assert score is not None
        after = tie_ranks(score).lowest
        both = ~np.isnan(before) & ~np.isnan(after)
        shift = np.abs(after - before)[both]
        now = after <= ranked / 10
        rows.append(
            {
                "node": name,
                "title": node.title,
                "mean_shift": float(shift.mean()),
                "largest_shift": int(shift.max()),
                "entered": int(np.sum(now & ~tenth)),
                "left": int(np.sum(tenth & ~now)),
                "rank_correlation": float(np.corrcoef(before[both], after[both])[0, 1]),
            }
        )
    kinds = {"node": pl.String, "title": pl.String, "mean_shift": pl.Float64}
    more = {"largest_shift": pl.Int64, "entered": pl.Int64, "left": pl.Int64}
    table = pl.DataFrame(rows, schema={**kinds, **more, "rank_correlation": pl.Float64})
    return table.sort("mean_shift", descending=True), notes


def _chosen(varied: Varied, names: str | Sequence[str]) -> list[str]:
    definition = varied.replay.definition
    enter = [
        node
        for node in definition.root.top_down()
        if varied.root in varied.replay.reached_by([node.id]) and node.id != varied.root
    ]
    known = [node.id for node in enter if not _is_added_up(varied, node.id)]
    if names == "indicators":
        return [node.id for node in enter if node.is_indicator and node.id in known]
    if names == "domains":
        return [node.id for node in enter if node.role == "domains"]
    if unknown := [name for name in names if name not in known]:
        raise ResultsError(
            [
                Problem(f"there is no node {name!r} to leave out", f"known are: {', '.join(known)}")
                for name in unknown
            ]
        )
    return list(names)


def _is_added_up(varied: Varied, name: str) -> bool:
    """Say whether a node is a count of which a rate is made: it cannot be left out alone."""
    return varied.replay.base[name].score is None
