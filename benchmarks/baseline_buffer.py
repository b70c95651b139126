"""Share of dwellings within 300 m of a green site as an analyst with geopandas would take it."""

from __future__ import annotations

import argparse
from pathlib import Path

import geopandas as gpd
import pandas as pd


def shares(folder: Path, exact: bool) -> pd.DataFrame:
    """Return the share of the dwellings of each area that lie within 300 metres of a site.

    Parameters
    ----------
    folder
        Where `benchmarks.made_up_sites` wrote its files.
    exact
        Whether distances are measured. Else sites are buffered, which is what most would do; the
        polygon of a buffer lies up to 0.4 m inside the circle.
    """
    sites = gpd.read_file(folder / "sites.gpkg")
    if not exact:
        sites["geometry"] = sites.geometry.buffer(300)
    homes = pd.read_parquet(folder / "dwellings.parquet")
    geometry = gpd.points_from_xy(homes["easting"], homes["northing"])
    points = gpd.GeoDataFrame(homes[["lsoa11"]], geometry=geometry, crs="EPSG:27700")
    how = {"predicate": "dwithin", "distance": 300} if exact else {"predicate": "within"}
    joined = gpd.sjoin(points, sites[["geometry"]], **how)
    points["near"] = points.index.isin(joined.index)
    return points.groupby("lsoa11")["near"].mean().reset_index(name="score")


def main() -> None:
    """Write the table of shares."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baseline_buffer")
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--exact", action="store_true")
    given = parser.parse_args()
    found = shares(given.folder, given.exact).rename(columns={"lsoa11": "area_code"})
    found.to_parquet(given.out)


if __name__ == "__main__":
    main()
