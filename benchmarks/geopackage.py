"""The GeoPackage of England, beside geopandas."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import ROOT, Run, python, run
from benchmarks.report import Figure, table

TIMES = 3
INDEX = "iod-2025-domains"


def geopackage(data: Path, folder: Path, times: int = TIMES) -> Iterator[Figure]:
    """Measure writing areas, districts and regions of England for maps.

    Parameters
    ----------
    data
        The published data: real boundaries.
    folder
        Where files are written.
    times
        How often each is run.
    """
    results, geography, theirs = folder / "results", data / "geography", folder / "theirs.gpkg"
    run([*python("hyperlocal", "build", INDEX, "--data", data / "iod2025"), "--out", results])
    ours: list[Run] = []
    baseline: list[Run] = []
    for _ in range(times):
        theirs.unlink(missing_ok=True)
        ours.append(run(python("benchmarks.written_maps", results, geography, folder / "maps")))
        baseline.append(run(python("benchmarks.baseline_geopackage", results, geography, theirs)))
    alone, everything = (min(float(one.output.split()[at]) for one in ours) for at in (0, 1))
    their = min(float(one.output) for one in baseline)
    what = "GeoPackage of 33,755 areas, 296 districts and 9 regions"
    yield Figure(f"{what}, explained and styled", alone, "s", at_most=15)
    yield Figure("  with GeoParquet and styles beside it", everything, "s", at_most=15)
    yield Figure("geopandas to_file and dissolve, of plain columns", their, "s")
    yield Figure("  hyperlocal is faster by", their / alone, "x")
    peak = max(one.peak_megabytes for one in ours)
    yield Figure("  peak memory, with reading and making the tables", peak, "MB")
    yield Figure("  peak memory of geopandas", max(one.peak_megabytes for one in baseline), "MB")
    package = folder / "maps" / f"{INDEX.replace('-', '_')}.gpkg"
    yield Figure("  size of the GeoPackage", package.stat().st_size / 1e6, "MB")


def main() -> int:
    """Measure and print; return 1 where a target is missed."""
    data = Path(os.environ.get("HYPERLOCAL_DATA", ROOT.parent / "shared" / "data"))
    folder = ROOT / "build" / "bench-geopackage"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    figures = list(geopackage(data, folder))
    print(table(figures))
    return 1 if any(figure.missed for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
