"""What many draws say of each area, and of the index."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.measures import Measure, rank_series
from hyperlocal.analysis.uncertainty.simulate import UNRANKED, Simulated
from hyperlocal.methods import FloatArray, deciles, most_deprived

SHARES = {"most_deprived_10": Fraction(1, 10), "most_deprived_20": Fraction(2, 10)}
ENDS = ("lower", "median", "upper")
BLOCK = 2048
SAFE = 0.95


def of_areas(measure: Measure, drawn: Simulated, interval: float, workers: int = 1) -> pl.DataFrame:
    """Summarise the draws of every area.

    Parameters
    ----------
    measure
        The index.
    drawn
        The draws.
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
    ranks, published = drawn.ranks, measure.rank
    draws, areas = ranks.shape
    decile_of, inside = _by_place(measure, drawn.parts)
    own = np.nan_to_num(measure.decile, nan=-1).astype(np.int8)
    names = (*ENDS, "mean_shift", *SHARES, "same_decile")
    columns = {name: np.full(areas, np.nan) for name in names}
    tails = [(1 - interval) / 2, 0.5, (1 + interval) / 2]
    at = [max(int(np.ceil(round(tail * draws, 9))) - 1, 0) for tail in tails]

    def summarise(first: int) -> None:
        block = slice(first, min(first + BLOCK, areas))
        mine = np.ascontiguousarray(ranks[:, block].T)
        mine.sort(axis=1, kind="stable")  # of 16-bit numbers: by their digits
        for name, place in zip(ENDS, at, strict=True):
            columns[name][block] = mine[:, place] / drawn.parts
        shift = np.abs(mine / drawn.parts - published[block, None])
        columns["mean_shift"][block] = shift.mean(axis=1)
        for name in SHARES:
            columns[name][block] = inside[name][mine].mean(axis=1)
        columns["same_decile"][block] = (decile_of[mine] == own[block, None]).mean(axis=1)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(summarise, range(0, areas, BLOCK)))
    unranked = np.isnan(published) | (ranks == UNRANKED).any(axis=0)
    table = measure.results.areas.select("area_code", "area_name").with_columns(
        rank=rank_series(published), decile=rank_series(measure.decile)
    )
    known = {name: np.where(unranked, np.nan, values) for name, values in columns.items()}
    whole = pl.Int32 if drawn.parts == 1 else pl.Float64
    table = table.with_columns(
        pl.Series(name, values, nan_to_null=True).cast(whole if name in ENDS else pl.Float64)
        for name, values in known.items()
    )
    return table.with_columns(_flag())


def _by_place(
    measure: Measure, parts: int
) -> tuple[NDArray[np.int8], dict[str, NDArray[np.bool_]]]:
    """Return the decile of each rank, and whether it is in each share; of 0, which is none, no."""
    number, rule = measure.number, measure.node.settings.conventions.deciles
    places = np.arange(parts, parts * number + 1) / parts
    below = np.zeros(parts, dtype=bool)
    decile_of = np.concatenate((below, deciles(places, number, rule))).astype(np.int8)
    inside = {
        name: np.concatenate((below, most_deprived(places, number, share, rule)))
        for name, share in SHARES.items()
    }
    return decile_of, inside


def _flag() -> pl.Expr:
    """Return how safe it is that an area is, or is not, in the most deprived tenth."""
    often, flagged = pl.col("most_deprived_10"), pl.col("decile") == 1
    return (
        pl.when(flagged & (often >= SAFE))
        .then(pl.lit("safe"))
        .when(flagged & (often < SAFE))
        .then(pl.lit("unsafe"))
        .when(often > 1 - SAFE)
        .then(pl.lit("possible"))
        .alias("flag")
    )


def of_index(table: pl.DataFrame, drawn: Simulated, published: FloatArray) -> pl.DataFrame:
    """Summarise the draws of the whole index.

    Parameters
    ----------
    table
        What `of_areas` returned.
    drawn
        The draws.
    published : shape (areas,)
        The ranks as published.

    Returns
    -------
    polars.DataFrame
        One row per figure: ``figure``, ``value``, ``what``.
    """
    known = table.drop_nulls("median")
    correlation = _mean_correlation(drawn, published)
    flags = dict(known.group_by("flag").len().iter_rows())
    safe, unsafe, likely = (flags.get(name, 0) for name in ("safe", "unsafe", "possible"))
    width = (known["upper"] - known["lower"]).mean()
    figures = [
        ("draws", drawn.ranks.shape[0], "draws"),
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


def _mean_correlation(drawn: Simulated, published: FloatArray) -> float:
    """Return the mean rank correlation of the draws with the published ranks.

    Areas that have no rank in any of them are left out.
    """
    there = ~np.isnan(published) & (drawn.ranks != UNRANKED).all(axis=0)
    if there.sum() < 2:
        return float("nan")
    centred = published[there] - published[there].mean()
    total = 0.0
    for row in drawn.ranks:
        own = row[there] - row[there].mean(dtype=np.float64)
        total += float(centred @ own / np.sqrt((centred @ centred) * (own @ own)))
    return total / len(drawn.ranks)
