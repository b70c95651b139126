"""How much of the spread of an index is due to each part that varies."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.uncertainty.design import Design
from hyperlocal.analysis.uncertainty.draws import VariedIndex
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.evaluate import one_thread
from hyperlocal.progress import Progress

DRAWS = 4096
"""Among how many draws of counts, or of weights, a sample chooses."""

RESAMPLES = 500
OUTPUTS = ("mean_shift", "left")


def effects(varied: VariedIndex, workers: int, report: Progress) -> pl.DataFrame:
    """Return the first-order and the total effect of every part that varies.

    Parameters
    ----------
    varied
        The index with all that varies.
    workers
        How many threads.
    report
        Called with what is being done, how many samples are done, and of how many.

    Returns
    -------
    polars.DataFrame
        A row per output and part: ``output`` (``mean_shift``: the mean absolute difference from the
        published ranks; ``left``: the share of the most deprived tenth that leave it), ``part``,
        ``first_order``, ``total``, and the 90% interval of each by the bootstrap.

    Notes
    -----
    For a part i of an output Y:

        first order  S_i  = Var(E(Y | i)) / Var(Y)
        total        S_Ti = E(Var(Y | all but i)) / Var(Y)

    estimated from Sobol' sequences by the formulas of Saltelli and others (2010) as scipy's
    `sobol_indices` has them, with n·(parts + 2) computations. The draws of counts are one part:
    each number between 0 and 1 stands for one of many draws; so do those of weights. A choice
    divides the numbers between 0 and 1 equally among its values.
    """
    design = varied.design
    return estimate(design, outputs_at(varied, sample_points(design), workers, report))


def sample_points(design: Design) -> NDArray[np.float64]:
    """Return the points at which the index is computed, shape (n·(parts + 2), parts).

    They are n points A, n points B, and for each part the points A with that part of B.
    """
    from scipy.stats import qmc

    assert design.sobol is not None
    samples, size = design.sobol.samples, len(design.varies)
    rng = np.random.default_rng([design.seed, DRAWS])
    points = qmc.Sobol(2 * size, rng=rng).random(samples)
    first, second = points[:, :size], points[:, size:]
    mixed = np.repeat(first[None], size, axis=0)
    for part in range(size):
        mixed[part, :, part] = second[:, part]
    return np.concatenate([first, second, mixed.reshape(-1, size)])


def estimate(design: Design, outputs: NDArray[np.float64]) -> pl.DataFrame:
    """Return the effects of the parts, from the outputs (2, n·(parts + 2)) at the sample points."""
    assert design.sobol is not None
    samples, parts = design.sobol.samples, design.varies
    first, second = outputs[:, :samples], outputs[:, samples : 2 * samples]
    mixed = outputs[:, 2 * samples :].reshape(len(OUTPUTS), len(parts), samples).transpose(1, 0, 2)
    rng = np.random.default_rng([design.seed, samples])
    found = _indices(first, second, mixed)
    again = [
        _indices(first[:, rows], second[:, rows], mixed[:, :, rows])
        for rows in rng.integers(samples, size=(RESAMPLES, samples))
    ]
    ends = np.quantile(np.array(again), [0.05, 0.95], axis=0)
    rows_of_table = []
    for place, output in enumerate(OUTPUTS):
        for number, part in enumerate(parts):
            row: dict[str, str | float] = {"output": output, "part": part}
            for kind, name in enumerate(("first_order", "total")):
                row |= {
                    name: float(found[kind, place, number]),
                    f"{name}_lower": float(ends[0, kind, place, number]),
                    f"{name}_upper": float(ends[1, kind, place, number]),
                }
            rows_of_table.append(row)
    return pl.DataFrame(rows_of_table).with_columns(pl.col(pl.Float64).fill_nan(None))


def _indices(
    first: NDArray[np.float64], second: NDArray[np.float64], mixed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return first-order and total indices, shape (2, outputs, parts)."""
    from scipy.stats import sobol_indices

    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        warnings.simplefilter("ignore")  # of an output that does not vary, which has no effects
        found = sobol_indices(func={"f_A": first, "f_B": second, "f_AB": mixed}, n=first.shape[1])
    return np.array([found.first_order, found.total_order])


def outputs_at(
    varied: VariedIndex, points: NDArray[np.float64], workers: int, report: Progress
) -> NDArray[np.float64]:
    """Return the outputs (2, points) of the index at points of the unit cube."""
    published, tenth = varied.ranks, varied.in_worst_tenth(varied.ranks)

    def compute(point: NDArray[np.float64]) -> tuple[float, float]:
        ranks = _at(varied, point)
        left = float(np.mean(~varied.in_worst_tenth(ranks)[tenth]))
        return float(np.nanmean(np.abs(ranks - published))), left

    found = []
    with one_thread(), ThreadPoolExecutor(workers) as pool:
        for place, one in enumerate(pool.map(compute, points)):
            found.append(one)
            report("Telling the parts apart", place + 1, len(points))
    return np.array(found, dtype=np.float64).T


def _at(varied: VariedIndex, point: NDArray[np.float64]) -> FloatArray:
    """Return the ranks at a point of the unit cube: one number for each part that varies."""
    design = varied.design
    at = dict(zip(design.varies, point, strict=True))
    levels = tuple(
        min(int(at[name] * len(choice.values)), len(choice.values) - 1)
        for name, choice in design.choices.items()
    )
    streams = [
        np.random.default_rng([design.seed, DRAWS, place, int(at[name] * DRAWS)])
        if name in at
        else None
        for place, name in enumerate(("weights", "counts"))
    ]
    return varied.compute(levels, streams[0], streams[1])
