"""How sure the rates of single indicators are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from hyperlocal.analysis.uncertainty.counts import counts_of, indicators_with_counts
from hyperlocal.methods.resampling import posterior_interval
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.replay import Replay


def rate_intervals(
    results: Results, indicators: Sequence[str] = (), level: float = 0.9
) -> pl.DataFrame:
    """Return the interval that holds each area's value with a given probability.

    Parameters
    ----------
    results
        The finished index.
    indicators
        The ids of the indicators; without any, all that have counts.
    level
        The probability.

    Returns
    -------
    polars.DataFrame
        A row per indicator and area: ``indicator``, ``area_code``, ``value`` (shrunk, where it is
        shrunk), ``lower``, ``upper``. Null where there is no value; the ends also where the scatter
        of a sample is estimated as 0, so that nothing tells how sure a value is.

    Raises
    ------
    ResultsError
        Where an indicator is unknown, or has no counts.

    Notes
    -----
    See `hyperlocal.methods.resampling.posterior_interval`. An indicator that is not shrunk has an
    interval around what the formulas of shrinkage take an area for, (r + ½)/(n + 1) of a
    proportion, which differs from its value where few are counted and need not hold it.
    """
    replay = Replay.of(results)
    frames = []
    for node in indicators_with_counts(replay, indicators):
        one = counts_of(replay, node)
        nothing = np.full(one.missing.size, np.nan)
        ends = (nothing, nothing) if one.is_sure else posterior_interval(one.shrinkage, level)
        lower, upper = (np.where(one.missing, np.nan, end * one.per) for end in ends)
        frames.append(
            pl.DataFrame(
                {
                    "indicator": [node.id] * one.missing.size,
                    "area_code": results.areas["area_code"],
                    "value": one.published,
                    "lower": lower,
                    "upper": upper,
                }
            )
        )
    return pl.concat(frames).with_columns(pl.col("value", "lower", "upper").fill_nan(None))
