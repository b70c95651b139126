"""Make up events all over England, and the index that shares them among its areas."""

from __future__ import annotations

import argparse
from pathlib import Path

import geopandas as gpd
import numpy as np
import polars as pl

SEED = 20_250_601
AREAS = "iod2025/published_lsoa.parquet"
BOUNDARIES = "geography/boundaries_lsoa21.parquet"
RESIDENTS = "population/census2021_lsoa21.parquet"
DEFINITION = """\
hyperlocal: 1
id: events
areas:
  geography: lsoa21
  table: {input: areas}
  boundaries: {input: shapes}
defaults: {inputs: {extra_areas: drop}}
inputs:
  areas: {file: areas.parquet, geography: lsoa21, code: lsoa21_code}
  shapes: {file: shapes.parquet, geography: lsoa21, code: lsoa21_code}
  residents: {file: residents.parquet, geography: lsoa21, code: lsoa21_code}
records:
  events: {file: events.parquet, location: {x: x, y: y}, most_unplaced: 0.1}
index:
  high_value: more_need
  indicators:
    shared:
      kind: event_share
      records: events
      within: 100
      denominator: {input: residents, column: usual_residents}
"""


def events(shapes: gpd.GeoDataFrame, number: int) -> pl.DataFrame:
    """Return places of events: one in the box around an area, each as likely as all others.

    No two are the same, so that nothing is gained by measuring a place once.
    """
    english = shapes[shapes["lsoa21_code"].str.startswith("E")]
    west, south, east, north = english.bounds.to_numpy().T
    rng = np.random.default_rng(SEED)
    area = rng.integers(0, len(west), number)
    x = rng.uniform(west[area], east[area])
    return pl.DataFrame({"x": x, "y": rng.uniform(south[area], north[area])})


def main() -> None:
    """Write the folder of an index."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.made_up_events")
    parser.add_argument("data", type=Path)
    parser.add_argument("number", type=int)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    given.out.mkdir(parents=True)
    shapes = gpd.read_parquet(given.data / BOUNDARIES).to_crs(27700)  # once, for all who use them
    shapes.to_parquet(given.out / "shapes.parquet")
    events(shapes, given.number).write_parquet(given.out / "events.parquet")
    for name, file in (("areas", AREAS), ("residents", RESIDENTS)):
        (given.out / f"{name}.parquet").symlink_to((given.data / file).resolve())
    (given.out / "index.yaml").write_text(DEFINITION, encoding="utf-8")


if __name__ == "__main__":
    main()
