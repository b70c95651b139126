"""Share events among areas as an analyst with geopandas would: buffers, joined to the areas."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import geopandas as gpd
import pandas as pd

METRES = 100


def shared(folder: Path) -> tuple[pd.DataFrame, float]:
    """Return the events of each area, and the seconds that it took without reading the files.

    See `made_up_events` for the folder.
    """
    table = pd.read_parquet(folder / "events.parquet")
    areas = gpd.read_parquet(folder / "shapes.parquet")
    areas = areas[["lsoa21_code", "geometry"]]
    began = time.perf_counter()
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(table["x"], table["y"]), crs=27700)
    buffers = points.set_geometry(points.buffer(METRES))
    joined = gpd.sjoin(buffers, areas, how="inner", predicate="intersects")["lsoa21_code"]
    share = 1 / joined.groupby(level=0).transform("size")
    totals = share.groupby(joined).sum().rename("events").reset_index()
    seconds = time.perf_counter() - began
    index = pd.read_parquet(folder / "areas.parquet", columns=["lsoa21_code"])
    found = index.merge(totals, how="left").fillna({"events": 0.0})
    return found.rename(columns={"lsoa21_code": "area_code"}), seconds


def main() -> None:
    """Write the events of each area, and print the seconds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baseline_events")
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    table, seconds = shared(given.folder)
    table.to_parquet(given.out)
    print(seconds)


if __name__ == "__main__":
    main()
