"""What is asked of finished indices: district summaries, and many draws of uncertainty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks import shape
from benchmarks.measure import Run, fastest, python, run
from benchmarks.report import Figure

COINR_PER_DRAW, COINR_AREAS = 0.4, 1909
"""Seconds that COINr's get_sensitivity takes for a draw, at these areas and 40 indicators."""

WEIGHTS = "hyperlocal_design: 1\ndraws: {draws}\nweights: {{concentration: 100}}\n"
COUNTS = "hyperlocal_design: 1\ndraws: {draws}\ncounts: {method}\n"


def _draw(results: Path, folder: Path, design: str) -> Run:
    file = folder / "design.yaml"
    file.write_text(design, encoding="utf-8")
    return run(python("hyperlocal", "uncertainty", results, file, "--rows", "1"))


def districts(results: Path, geography: Path) -> Iterator[Figure]:
    """Measure all summaries of the districts of England.

    Parameters
    ----------
    results
        The English indices, built.
    geography
        The folder of the lookups.
    """
    by = (
        f"{geography}/lookup_lsoa11_lsoa21_ltla22.parquet:ltla22_code",
        f"{geography}/lookup_ltla22_ltla23.parquet:ltla23_code",
    )
    command = python("hyperlocal", "districts", results, "--by", by[0], "--by", by[1])
    best = fastest([run(command) for _ in range(3)])
    what = "296 districts x 8 measures, all summaries"
    yield Figure(f"{what}: whole process", best.seconds, "s", at_most=1)
    yield Figure(f"{what}: peak memory", best.peak_megabytes, "MB")


def draws_of_weights(results: Path, folder: Path, index: str) -> Iterator[Figure]:
    """Measure 1,000 draws of the weights of seven domains, beside a plain numpy script."""
    ours = [_draw(results, folder, WEIGHTS.format(draws=1000)) for _ in range(3)]
    fewer = [_draw(results, folder, WEIGHTS.format(draws=200)) for _ in range(3)]
    plain = [run(python("benchmarks.baseline_draws", results, index)) for _ in range(3)]
    what = f"1,000 draws of weights, {shape.AREAS:,} areas x 7 domains"
    best = fastest(ours).seconds
    yield Figure(f"{what}: whole process", best, "s", at_most=3)
    peak = max(one.peak_megabytes for one in ours)
    yield Figure(f"{what}: peak memory", peak, "MB", at_most=1000)
    arithmetic = min(json.loads(one.output)["compute"] for one in plain)
    yield Figure("numpy script: computing only, one core", arithmetic, "s")
    per_draw = (best - fastest(fewer).seconds) / 800
    yield Figure("  hyperlocal, each further draw", per_draw, "s")
    yield Figure("  the script takes for each", arithmetic / 1000, "s")


def draws_of_counts(national: Path, demo: Path, folder: Path) -> Iterator[Figure]:
    """Measure draws of the full chain, for a nation of the size of England and a small one.

    Parameters
    ----------
    national
        The Hyper-local Need measure of a nation of the size of England, built.
    demo
        The same of 2,000 areas.
    folder
        Where designs are written.
    """
    for method in ("posterior", "bootstrap"):
        found = _draw(national, folder, COUNTS.format(draws=500, method=method))
        what = f"500 draws of counts ({method}), {shape.AREAS:,} areas x 41 indicators"
        yield Figure(f"{what}: whole process", found.seconds, "s", at_most=60)
        yield Figure(f"{what}: peak memory", found.peak_megabytes, "MB", at_most=2000)
        fewer = _draw(national, folder, COUNTS.format(draws=100, method=method))
        per_draw = (found.seconds - fewer.seconds) / 400
        yield Figure("  each further draw", per_draw, "s")
        yield Figure("  areas x draws per second", shape.AREAS / per_draw, "")
        in_hundred = (fewer.seconds, found.seconds)
        small = [
            _draw(demo, folder, COUNTS.format(draws=draws, method=method)).seconds
            for draws in (100, 500)
        ]
        each = (small[1] - small[0]) / 400
        growth = (per_draw / shape.AREAS) / (each / 1999)
        yield Figure("  a draw per area, England's size over 2,000 areas", growth, "x", at_most=1.5)
        ratio = in_hundred[1] / in_hundred[0]
        yield Figure("  500 draws over 100", ratio, "x", at_most=5.5)
    coinr = COINR_AREAS / COINR_PER_DRAW
    yield Figure("COINr get_sensitivity, as stated: areas x draws per second", coinr, "")
