"""Overlay 2011 and 2021 Output Areas with postcodes as an analyst with geopandas would."""

from __future__ import annotations

import argparse
from pathlib import Path

import geopandas as gpd
import pandas as pd


def areas_of_points(points: gpd.GeoDataFrame, boundaries: Path, code: str) -> pd.Series[str]:
    """Return the area of each point: the first by its code where it lies on a border."""
    shapes = gpd.read_parquet(boundaries, columns=[code, "geometry"])
    joined = gpd.sjoin(points, shapes, how="inner", predicate="intersects")
    return joined.sort_values(code)[code].groupby(level=0).first()


def overlay(folder: Path) -> pd.DataFrame:
    """Return the share of the postcodes of each 2011 area that lie in each 2021 area.

    Parameters
    ----------
    folder
        The folder ``geography`` of a synthetic nation.
    """
    table = pd.read_csv(folder / "ONSPD.csv", usecols=["usertype", "oseast1m", "osnrth1m"])
    table = table[table["usertype"] == 0]  # small users: homes, as in the definition
    geometry = gpd.points_from_xy(table["oseast1m"], table["osnrth1m"])
    points = gpd.GeoDataFrame(geometry=geometry, crs="EPSG:27700")
    old = areas_of_points(points, folder / "oa11_boundaries.parquet", "OA11CD")
    new = areas_of_points(points, folder / "oa21_boundaries.parquet", "OA21CD")
    both = pd.concat([old, new], axis=1, join="inner")
    counts = both.groupby(["OA11CD", "OA21CD"]).size().rename("number").reset_index()
    totals = counts.groupby("OA11CD")["number"].transform("sum")
    counts["share"] = counts["number"] / totals
    return counts


def main() -> None:
    """Write the table of shares."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baseline_geopandas")
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    overlay(given.folder).to_parquet(given.out)


if __name__ == "__main__":
    main()
