"""Write the files for maps of an index and print the seconds that it takes, without reading."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from hyperlocal.analysis.supplied import Sources
from hyperlocal.pipeline import Results
from hyperlocal.present.citation import credit_for
from hyperlocal.present.map_files import map_layers, write_geopackage, write_map_files
from hyperlocal.present.publication import read_publication


def main() -> None:
    """Print the seconds of the GeoPackage alone, and of all files for maps."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.written_maps")
    parser.add_argument("results", type=Path)
    parser.add_argument("geography", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    folder = given.geography
    districts = f"{folder / 'lookup_lsoa21_ward24_ltla24.parquet'}:ltla24_code"
    regions = f"{folder / 'lookup_ltla24_region24.parquet'}:region24_code"
    boundaries = folder / "boundaries_lsoa21.parquet"
    supplied = Sources(boundaries=boundaries, districts=(districts,), regions=(regions,))
    publication = read_publication(Results.open(given.results), supplied)
    credit = credit_for(publication)
    given.out.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    write_geopackage(given.out / "alone.gpkg", map_layers(publication), credit.built)
    alone = time.perf_counter() - began
    began = time.perf_counter()
    write_map_files(given.out, publication, credit)
    print(alone, time.perf_counter() - began)


if __name__ == "__main__":
    main()
