"""Give the postcodes of a made-up nation to the areas of England, one for one; list 100,000.

python -m benchmarks.made_up_postcodes RESULTS DIRECTORY OUT LISTED
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

LISTED = 100_000


def made_up_postcodes(results: Path, directory: Path, out: Path, listed: Path) -> None:
    """Write a directory of postcodes for the areas of an index, and a list of some of them."""
    codes = pl.read_parquet(results / "areas.parquet", columns=["area_code"])["area_code"]
    known = pl.read_csv(directory, columns=["pcds", "doterm", "lsoa21"], infer_schema=False)
    made_up = known["lsoa21"].unique().drop_nulls().sort()
    pairs = pl.DataFrame(
        {"lsoa21": made_up.head(len(codes)), "own": codes.sort().head(len(made_up))}
    )
    known = known.join(pairs, on="lsoa21", how="inner", maintain_order="left")
    known.select("pcds", "doterm", lsoa21="own").write_csv(out)
    known.select(pl.col("pcds").sample(LISTED, seed=1, with_replacement=True)).with_columns(
        patient=pl.int_range(LISTED)
    ).write_csv(listed)


if __name__ == "__main__":
    made_up_postcodes(*map(Path, sys.argv[1:]))
