"""Print the largest difference between the shares of two correspondences."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl


def largest_difference(first: Path, second: Path, second_codes: tuple[str, str]) -> float:
    """Return the largest difference of any pair of areas; a pair that one lacks has a share of 0.

    Parameters
    ----------
    first
        A correspondence that hyperlocal keeps.
    second
        A table of shares.
    second_codes
        The columns of its source and target codes.
    """
    ours = pl.read_parquet(first).drop_nulls("share").select("source_code", "target_code", "share")
    names = dict(zip(second_codes, ("source_code", "target_code"), strict=True))
    theirs = pl.read_parquet(second).rename(names).select("source_code", "target_code", "share")
    both = ours.join(theirs, on=["source_code", "target_code"], how="full", suffix="_2")
    difference = (pl.col("share").fill_null(0) - pl.col("share_2").fill_null(0)).abs().max()
    return float(both.select(difference).item())


if __name__ == "__main__":
    print(largest_difference(Path(sys.argv[1]), Path(sys.argv[2]), ("OA11CD", "OA21CD")))
