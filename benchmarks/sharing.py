"""Share made-up events among areas and print the seconds that it takes, without reading files."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import polars as pl

from hyperlocal.areas import Geography
from hyperlocal.geography import read_boundaries, share_events
from hyperlocal.pipeline.records import ROWS_AT_ONCE

METRES = 100


def main() -> None:
    """Share the events of a folder in batches, as a build does; see `made_up_events`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sharing")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    areas = read_boundaries(folder / "shapes.parquet", Geography("lsoa", 2021), "lsoa21_code")
    events = pl.read_parquet(folder / "events.parquet")
    began = time.perf_counter()
    parts = [
        share_events(part["x"].to_numpy(), part["y"].to_numpy(), areas, METRES).totals
        for part in events.iter_slices(ROWS_AT_ONCE)
    ]
    sum(parts[1:], start=parts[0])
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
