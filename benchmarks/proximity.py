"""Dwellings near green space: exact distances beside buffers that are joined to points."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import ROOT, Run, fastest, python, run
from benchmarks.report import Figure, table

DWELLINGS, SITES = 1_450_000, 20_000


def built(data: Path, name: str, times: int) -> list[Run]:
    """Build one of the indices of a folder several times."""
    out = data / f"results-{name}"
    command = python("hyperlocal", "build", data / f"{name}.yaml", "--data", data, "--out", out)
    return [run(command) for _ in range(times)]


def proximity(folder: Path, times: int = 3) -> Iterator[Figure]:
    """Measure the share of dwellings within 300 metres of a site, and the mean distance.

    Parameters
    ----------
    folder
        Where the files are made.
    times
        How often each build is run.
    """
    runs = {}
    for number in (DWELLINGS // 4, DWELLINGS):
        data = folder / f"sites-{number}"
        sizes = ("--dwellings", str(number), "--sites", str(SITES))
        run(python("benchmarks.made_up_sites", *sizes, "--out", data))
        runs[number] = built(data, "proximity", times)
    what = f"{DWELLINGS:,} dwellings within 300 m of {SITES:,} sites"
    ours, fewer = fastest(runs[DWELLINGS]), fastest(runs[DWELLINGS // 4])
    peak, less = (max(one.peak_megabytes for one in found) for found in reversed(runs.values()))
    yield Figure(f"{what}: whole process", ours.seconds, "s", at_most=20)
    yield Figure(f"{what}: peak memory", peak, "MB", at_most=2_000)
    yield Figure("  4 x the dwellings take", ours.seconds / fewer.seconds, "x", at_most=4)
    yield Figure("  4 x the dwellings need memory", peak / less, "x", at_most=1.5)
    shares = data / "geopandas.parquet"
    theirs = run(python("benchmarks.baseline_buffer", data, shares))
    yield Figure("geopandas, buffer and sjoin: whole process", theirs.seconds, "s")
    yield Figure("geopandas, buffer and sjoin: peak memory", theirs.peak_megabytes, "MB")
    yield Figure("  hyperlocal is faster by", theirs.seconds / ours.seconds, "x", at_least=5)
    measured = run(python("benchmarks.baseline_buffer", data, shares, "--exact"))
    yield Figure("geopandas, sjoin within a distance: whole process", measured.seconds, "s")
    yield Figure("  hyperlocal is faster by", measured.seconds / ours.seconds, "x")
    areas = (data / "results-proximity" / "areas.parquet", "green_value")
    compared = run(python("benchmarks.compare", *areas, shares, "score"))
    yield Figure("  largest difference of a share", float(compared.output), "", 1e-12)
    nearest = fastest(built(data, "distance", 1))
    yield Figure("mean distance to the nearest site: whole process", nearest.seconds, "s")


def main() -> None:
    """Measure this part alone."""
    folder = ROOT / "build" / "bench" / "proximity"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(table(list(proximity(folder))))


if __name__ == "__main__":
    main()
