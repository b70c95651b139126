"""What many draws say of each area, and of the index."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import polars as pl

from hyperlocal.analysis.measures import Measure
from hyperlocal.analysis.uncertainty.simulate import UNRANKED, Ranks
from hyperlocal.methods import FloatArray, deciles, most_deprived

SHARES = (Fraction(1, 10), Fraction(2, 10))
BLOCK = 2048
SAFE = 0.95


def of_areas(measure: Measure, ranks: Ranks, interval: float, workers: int = 1) -> pl.DataFrame:
    """Summarise the draws of every area.

    Parameters
    ----------
    measure
        The index.
    ranks : shape (draws, areas)
        The rank of each area in each draw; 0 = none.
    interval
        The share of the draws that the interval holds.
    workers
        How many threads.

    Returns
    -------
    polars.DataFrame
        A row per area: ``area_code``, ``area_name``, ``rank`` and ``decile`` as published,
        ``median``, ``lower`` and ``upper`` (ends of the interval), ``mean_shift`` (mean absolute
        difference from the published rank), ``most_deprived_10`` and ``most_deprived_20``
        (probabilities), ``same_decile`` (share of the draws), ``flag``: ``safe`` or ``unsafe`` in
        the most deprived tenth, ``possible`` elsewhere, or null.

    Notes
    -----
    The ends of the interval are ranks that occur: the smallest with at least (1 − interval)/2 of
    the draws at or below it, and the smallest with at least (1 + interval)/2.
    """
    draws, areas = ranks.shape
    published = measure.rank
    # by rank: its decile, and whether it is in each share
    number = measure.number
    places = np.arange(1, number + 1, dtype=np.float64)
    rule = measure.node.settings.conventions.deciles
    decile_of = np.concatenate(([0.0], deciles(places, number, rule))).astype(np.int8)
    inside = [
        np.concatenate(([False], most_deprived(places, number, each, rule))) for each in SHARES
    ]
    own = np.nan_to_num(measure.decile, nan=-1).astype(np.int8)
    columns = {
        name: np.full(areas, np.nan)
        for name in ("median", "lower", "upper", "mean_shift", "most_deprived_10")
    }
    columns |= {name: np.full(areas, np.nan) for name in ("most_deprived_20", "same_decile")}
    tails = [(1 - interval) / 2, 0.5, (1 + interval) / 2]
    at = [max(int(np.ceil(round(tail * draws, 9))) - 1, 0) for tail in tails]

    def summarise(first: int) -> None:
        block = slice(first, min(first + BLOCK, areas))
        mine = np.ascontiguousarray(ranks[:, block].T)
        mine.sort(axis=1, kind="stable")  # of 16-bit numbers: by their digits
        for name, place in zip(("lower", "median", "upper"), at, strict=True):
            columns[name][block] = mine[:, place]
        columns["mean_shift"][block] = np.abs(mine - published[block, None]).mean(axis=1)
        for name, there in zip(("most_deprived_10", "most_deprived_20"), inside, strict=True):
            columns[name][block] = there[mine].mean(axis=1)
        columns["same_decile"][block] = (decile_of[mine] == own[block, None]).mean(axis=1)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(summarise, range(0, areas, BLOCK)))
    unranked = np.isnan(published) | (ranks == UNRANKED).any(axis=0)
    table = measure.results.areas.select("area_code", "area_name")
    table = table.with_columns(
        pl.Series("rank", published, nan_to_null=True).cast(pl.Int32),
        pl.Series("decile", measure.decile, nan_to_null=True).cast(pl.Int32),
    )
    table = table.with_columns(
        pl.Series(name, np.where(unranked, np.nan, values), nan_to_null=True).cast(
            pl.Int32 if name in ("median", "lower", "upper") else pl.Float64
        )
        for name, values in columns.items()
    )
    often = pl.col("most_deprived_10")
    flagged = pl.col("decile") == 1
    return table.with_columns(
        pl.when(flagged & (often >= SAFE))
        .then(pl.lit("safe"))
        .when(flagged & (often < SAFE))
        .then(pl.lit("unsafe"))
        .when(often > 1 - SAFE)
        .then(pl.lit("possible"))
        .alias("flag")
    )


def of_index(table: pl.DataFrame, ranks: Ranks, published: FloatArray) -> pl.DataFrame:
    """Summarise the draws of the whole index.

    Parameters
    ----------
    table
        What `of_areas` returned.
    ranks : shape (draws, areas)
        The ranks.
    published : shape (areas,)
        The ranks as published.

    Returns
    -------
    polars.DataFrame
        One row per figure: ``figure``, ``value``, ``what``.
    """
    known = table.drop_nulls("median")
    correlation = _mean_correlation(ranks, published)
    flags = dict(known.group_by("flag").len().iter_rows())
    safe, unsafe, likely = (flags.get(name, 0) for name in ("safe", "unsafe", "possible"))
    width = (known["upper"] - known["lower"]).mean()
    figures = [
        ("draws", ranks.shape[0], "draws"),
        ("areas", known.height, "areas with a rank in every draw"),
        (
            "mean_shift",
            known["mean_shift"].mean(),
            "mean absolute difference from the published rank",
        ),
        ("mean_interval", width, "mean width of the interval of a rank"),
        ("rank_correlation", correlation, "mean Spearman correlation with the published ranks"),
        ("same_decile", known["same_decile"].mean(), "share of areas in their published decile"),
        ("flagged", safe + unsafe, "areas in the most deprived tenth as published"),
        ("unsafe_flags", unsafe, f"of them, those in it in under {SAFE:.0%} of the draws"),
        ("possible_flags", likely, f"other areas in it in over {1 - SAFE:.0%} of the draws"),
    ]
    return pl.DataFrame(
        figures,
        schema={"figure": pl.String, "value": pl.Float64, "what": pl.String},
        orient="row",
        strict=False,
    )


def _mean_correlation(ranks: Ranks, published: FloatArray) -> float:
    """Return the mean rank correlation of the draws with the published ranks."""
    there = ~np.isnan(published)
    centred = published[there] - published[there].mean()
    total = 0.0
    for row in ranks:
        own = row[there] - row[there].mean(dtype=np.float64)
        total += float(centred @ own / np.sqrt((centred @ centred) * (own @ own)))
    return total / len(ranks)
