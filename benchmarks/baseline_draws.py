"""Draws of weights as a plain numpy script, on one core: weighted sums, sorting, and no more.

It holds nothing but the arithmetic: no checks, no summary of the draws.
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


def main() -> None:
    """Rank the areas of a results folder under many weights, and print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("index")
    parser.add_argument("--draws", type=int, default=1000)
    asked = parser.parse_args()
    weights = pl.read_parquet(asked.results / "weights.parquet").filter(
        pl.col("node") == asked.index
    )
    areas = pl.read_parquet(asked.results / "areas.parquet")
    scores = areas.select(f"{child}_transformed" for child in weights["child"]).to_numpy()
    rng = np.random.default_rng(1)
    begun = time.perf_counter()
    drawn = rng.dirichlet(100 * weights["weight"].to_numpy(), asked.draws)
    ranks = np.empty((asked.draws, areas.height), dtype=np.int32)
    places = np.arange(1, areas.height + 1, dtype=np.int32)
    for row, weight in zip(ranks, drawn, strict=True):
        row[np.argsort(-(scores @ weight))] = places
    print(json.dumps({"compute": time.perf_counter() - begun, "first": int(ranks[0, 0])}))


if __name__ == "__main__":
    main()
