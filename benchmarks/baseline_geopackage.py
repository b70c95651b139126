"""Write areas, districts and regions with their scores as an analyst with geopandas would."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import geopandas as gpd
import pandas as pd

INDEX = "iod_2025_domains"
PUBLISHED = ("_score", "_rank", "_decile")


def outlined(results: Path, geography: Path) -> gpd.GeoDataFrame:
    """Return the areas with their outlines and scores, and the larger areas that they lie in."""
    scores = pd.read_parquet(results / "areas.parquet")
    kept = [name for name in scores.columns if name.endswith(PUBLISHED)]
    shapes = gpd.read_parquet(geography / "boundaries_lsoa21.parquet")
    shapes = shapes[["lsoa21_code", "geometry"]].rename(columns={"lsoa21_code": "area_code"})
    lookup = pd.read_parquet(geography / "lookup_lsoa21_ward24_ltla24.parquet")
    regions = pd.read_parquet(geography / "lookup_ltla24_region24.parquet")
    larger = lookup.merge(regions[["ltla24_code", "region24_code", "region24_name"]])
    larger = larger.rename(columns={"lsoa21_code": "area_code"})
    named = ["area_code", "ltla24_code", "ltla24_name", "region24_code", "region24_name"]
    return shapes.merge(scores[["area_code", "area_name", *kept]]).merge(larger[named])


def main() -> None:
    """Write the GeoPackage, and print the seconds that it took without reading the files."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baseline_geopackage")
    parser.add_argument("results", type=Path)
    parser.add_argument("geography", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    areas = outlined(given.results, given.geography)
    began = time.perf_counter()
    areas.to_file(given.out, layer="areas", driver="GPKG")
    score = f"{INDEX}_score"
    for kind in ("ltla24", "region24"):
        by = [f"{kind}_code", f"{kind}_name"]
        larger = areas[[*by, score, "geometry"]].dissolve(by, {score: "mean"}, as_index=False)
        larger.to_file(given.out, layer=kind, driver="GPKG")
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
