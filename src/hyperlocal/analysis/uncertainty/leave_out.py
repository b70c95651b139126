"""What single indicators and domains do: the index without each of them."""

from __future__ import annotations

import numpy as np
import polars as pl

from hyperlocal.analysis.uncertainty.draws import VariedIndex
from hyperlocal.analysis.uncertainty.fit import left_out
from hyperlocal.errors import DataError
from hyperlocal.pipeline.computation import Variation
from hyperlocal.pipeline.replay import without


def one_at_a_time(varied: VariedIndex) -> tuple[pl.DataFrame, list[str]]:
    """Compute the index without one node at a time.

    Parameters
    ----------
    varied
        The index, with a design that leaves nodes out.

    Returns
    -------
    tuple
        A row per node: ``node``, ``title``, ``mean_shift`` and ``largest_shift`` of the ranks,
        ``entered`` and ``left`` (areas, of the most deprived tenth), ``rank_correlation``; and what
        could not be left out, with the reason.
    """
    rows, notes = [], []
    before, tenth = varied.ranks, varied.in_worst_tenth(varied.ranks)
    for node in left_out(varied.replay, varied.design):
        gone = without(varied.replay.definition, [node.id])
        try:
            after = varied.ranks_of(varied.replay.evaluate(Variation(without=gone)))
        except DataError as error:
            reason = error.problems[0].message
            notes.append(f"the index could not be computed without {node.id}: {reason}")
            continue
        both = ~np.isnan(before) & ~np.isnan(after)
        shift = np.abs(after - before)[both]
        now = varied.in_worst_tenth(after)
        rows.append(
            {
                "node": node.id,
                "title": node.title,
                "mean_shift": float(shift.mean()),
                "largest_shift": float(shift.max()),
                "entered": int(np.sum(now & ~tenth)),
                "left": int(np.sum(tenth & ~now)),
                "rank_correlation": float(np.corrcoef(before[both], after[both])[0, 1]),
            }
        )
    numbers = dict.fromkeys(("mean_shift", "largest_shift"), pl.Float64)
    areas = dict.fromkeys(("entered", "left"), pl.Int64)
    kinds = {"node": pl.String, "title": pl.String, **numbers, **areas}
    table = pl.DataFrame(rows, schema={**kinds, "rank_correlation": pl.Float64})
    return table.sort("mean_shift", descending=True), notes
