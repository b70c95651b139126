"""Print the largest difference between the scores of two tables of the same areas."""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl


def largest_difference(first: pl.DataFrame, second: pl.DataFrame) -> float:
    """Return the largest absolute difference between two columns of scores.

    Parameters
    ----------
    first, second
        Tables with the columns ``area_code`` and ``score``, in any order of rows.

    Raises
    ------
    ValueError
        Where the tables do not hold the same areas, or an area has no score.

    Examples
    --------
    >>> first = pl.DataFrame({"area_code": ["a", "b"], "score": [1.0, 2.0]})
    >>> second = pl.DataFrame({"area_code": ["b", "a"], "score": [2.5, 1.0]})
    >>> largest_difference(first, second)
    0.5
    """
    joined = first.join(second, on="area_code", how="inner", suffix="_of_second")
    if not first.height == second.height == joined.height:
        raise ValueError("the tables do not hold the same areas")
    difference = (joined["score"] - joined["score_of_second"]).abs()
    largest = difference.max()
    if difference.null_count() or difference.is_nan().any() or not isinstance(largest, float):
        raise ValueError("an area has no score")
    return largest


def scores(path: Path, column: str) -> pl.DataFrame:
    """Read the codes and the scores of a Parquet or CSV file."""
    read = pl.scan_csv if path.suffix == ".csv" else pl.scan_parquet
    return read(path).select("area_code", score=pl.col(column)).collect()


def main() -> None:
    """Compare two files; each is given as a path and the name of its column of scores."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("first_column")
    parser.add_argument("second", type=Path)
    parser.add_argument("second_column")
    given = parser.parse_args()
    print(
        largest_difference(
            scores(given.first, given.first_column), scores(given.second, given.second_column)
        )
    )


if __name__ == "__main__":
    main()
