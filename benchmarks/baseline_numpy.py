"""The work of the synthetic index as a plain numpy script, on one core.

It holds nothing but the arithmetic: no checks, no provenance, no quality report. It is what the
computing part of hyperlocal is measured against.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from scipy.optimize import minimize, root  # noqa: E402
from scipy.special import ndtri  # noqa: E402

from benchmarks import shape  # noqa: E402

Array = NDArray[np.float64]


def shrink(events: Array, at_risk: Array, district: NDArray[np.intp]) -> Array:
    """Draw the rates of areas towards their districts', on the scale of logits."""
    logit = np.log((events + 0.5) / (at_risk - events + 0.5))
    variance = (at_risk + 1) * (at_risk + 2) / (at_risk * (events + 1) * (at_risk - events + 1))
    all_events, all_at_risk = np.bincount(district, events), np.bincount(district, at_risk)
    district_logit = np.log((all_events + 0.5) / (all_at_risk - all_events + 0.5))[district]
    between = np.bincount(district, (logit - district_logit) ** 2) / (np.bincount(district) - 1)
    weight = between[district] / (between[district] + variance)
    return 1 / (1 + np.exp(-(weight * logit + (1 - weight) * district_logit)))


def ranks(values: Array) -> Array:
    """Rank from 1 for the lowest value; tied values share their average rank."""
    order = np.argsort(values)
    ordered = values[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    end = np.r_[first[1:], values.size]
    ranked = np.empty(values.size)
    ranked[order] = np.repeat((first + 1 + end) / 2, end - first)
    return ranked


def loadings(correlation: Array) -> Array:
    """Fit one common factor by maximum likelihood.

    The deviance, concentrated on the uniquenesses, is minimised; then its gradient is brought to
    zero as far as double precision allows, so that a ranking does not hang on where a minimiser
    stopped.
    """

    def factor(uniqueness: Array) -> tuple[Array, Array]:
        scale = np.sqrt(uniqueness)
        values, vectors = np.linalg.eigh(correlation / np.outer(scale, scale))
        return values, scale * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0))

    def deviance(uniqueness: Array) -> float:
        rest = factor(uniqueness)[0][:-1]
        return float(np.sum(rest - np.log(rest) - 1))

    def gradient(uniqueness: Array) -> Array:
        loading = factor(uniqueness)[1]
        return np.asarray((loading**2 + uniqueness - 1) / uniqueness**2)

    start = 0.5 / np.diag(np.linalg.inv(correlation))
    near = minimize(
        deviance, start, jac=gradient, method="L-BFGS-B", bounds=[(0.005, 1)] * len(start)
    )
    loading = factor(root(gradient, near.x, tol=1e-14).x)[1]
    return np.asarray(loading * np.sign(loading.sum()))


def transform(scores: Array) -> Array:
    """Transform the ranks of scores exponentially, from 0 for the least need to 100."""
    fraction = ranks(scores) / scores.size
    return np.asarray(-23 * np.log(1 - fraction * (1 - np.exp(-100 / 23))))


def index(columns: dict[str, Array], district: NDArray[np.intp]) -> tuple[Array, Array]:
    """Compute the score and the rank (1 = most need) of every area."""
    overall = np.zeros(district.size)
    for members in shape.domains():
        normal = np.empty((district.size, len(members)))
        for position, number in enumerate(members):
            rate = shrink(
                columns[shape.numerator(number)], columns[shape.denominator(number)], district
            )
            normal[:, position] = ndtri(ranks(rate) / (district.size + 1))
        loading = loadings(np.corrcoef(normal, rowvar=False))
        overall += transform(normal @ (loading / loading.sum())) / len(shape.DOMAIN_SIZES)
    return overall, ranks(-overall)


def main() -> None:
    """Read the table, compute, write the scores; print the seconds of each step as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baseline_numpy")
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()

    began = time.perf_counter()
    table = pl.read_parquet(arguments.data / shape.TABLE)
    district = np.unique(table["district_code"].to_numpy(), return_inverse=True)[1]
    columns = {
        make(number): table[make(number)].to_numpy().astype(np.float64)
        for number in range(1, shape.INDICATORS + 1)
        for make in (shape.numerator, shape.denominator)
    }
    read = time.perf_counter()
    score, rank = index(columns, district)
    computed = time.perf_counter()
    pl.DataFrame({"area_code": table["area_code"], "score": score, "rank": rank}).write_parquet(
        arguments.out
    )
    written = time.perf_counter()
    print(
        json.dumps({"read": read - began, "compute": computed - read, "write": written - computed})
    )


if __name__ == "__main__":
    main()
