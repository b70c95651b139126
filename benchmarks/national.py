"""The Hyper-local Need measure of a made-up nation of the size of England."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks import shape
from benchmarks.measure import fastest, python, run
from benchmarks.report import Figure

INDEX = "hyperlocal-need-2025"
KEPT = Path("correspondences", "oa11_to_oa21.parquet")


def national(folder: Path, times: int) -> Iterator[Figure]:
    """Measure the correspondence of Output Areas beside geopandas, and the whole build.

    Parameters
    ----------
    folder
        Where the nation is made.
    times
        How often the build is run.
    """
    nation, out, shares = folder / "nation", folder / "need", folder / "geopandas.parquet"
    made = run(python("hyperlocal", "synthesise", "--areas", str(shape.AREAS), "--out", nation))
    what = f"a nation of {shape.AREAS:,} LSOAs"
    yield Figure(f"{what}: making it up", made.seconds, "s")

    ours = run(python("hyperlocal", "correspondences", INDEX, "--data", nation))
    theirs = run(python("benchmarks.baseline_geopandas", nation / "geography", shares))
    what = "Output Areas of 2011 and 2021 by postcodes"
    yield Figure(f"{what}: whole process", ours.seconds, "s", at_most=30)
    yield Figure(f"{what}: peak memory", ours.peak_megabytes, "MB", at_most=3000)
    yield Figure("geopandas script: whole process", theirs.seconds, "s")
    yield Figure("geopandas script: peak memory", theirs.peak_megabytes, "MB")
    yield Figure("  hyperlocal is faster by", theirs.seconds / ours.seconds, "x")
    compared = run(python("benchmarks.compare_shares", nation / KEPT, shares))
    yield Figure("  largest difference of the shares", float(compared.output), "", at_most=1e-12)

    build = python("hyperlocal", "build", INDEX, "--data", nation, "--out", out)
    runs = [run(build) for _ in range(times)]
    what = "Hyper-local Need, 41 indicators from publishers' files"
    yield Figure(f"{what}: whole process", fastest(runs).seconds, "s", at_most=6)
    yield Figure(f"{what}: peak memory", max(one.peak_megabytes for one in runs), "MB")
    steps = json.loads((out / "provenance.json").read_text(encoding="utf-8"))["timings"]
    yield Figure("  of the last run, reading and converting", steps["read"], "s")
    yield Figure("  of the last run, computing", steps["compute"], "s")
