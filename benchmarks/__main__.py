"""Measure hyperlocal beside its targets and beside what an analyst would otherwise run."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks import analysis, explorer, shape
from benchmarks.choropleth import choropleth
from benchmarks.events import events
from benchmarks.geopackage import geopackage
from benchmarks.measure import ROOT, FailedError, Run, fastest, python, run
from benchmarks.national import national
from benchmarks.profiles import profiles
from benchmarks.proximity import proximity
from benchmarks.report import Figure, aligned, table
from benchmarks.workbook import workbook

FOLDER = ROOT / "build" / "bench"
DATA = Path(os.environ.get("HYPERLOCAL_DATA", ROOT.parent / "shared" / "data"))
TIMES = 5
SIZES = (shape.AREAS, 100_000, 300_000)
PACKAGES = (
    "geopandas",
    "hyperlocal",
    "matplotlib",
    "numpy",
    "pandas",
    "polars",
    "scipy",
    "statsmodels",
)


def build(definition: str | Path, data: Path, out: Path) -> list[str | Path]:
    """Return the command that builds an index."""
    return python("hyperlocal", "build", definition, "--data", data, "--out", out)


def timings(results: Path) -> dict[str, float]:
    """Return the seconds that the steps of the last build into a folder took."""
    provenance = json.loads((results / "provenance.json").read_text(encoding="utf-8"))
    return {step: float(seconds) for step, seconds in provenance["timings"].items()}


def largest_difference(results: Path, scores: Path) -> float:
    """Return the largest difference between the overall scores of hyperlocal and a baseline's."""
    ours = (results / "areas.parquet", f"{shape.INDEX}_score")
    return float(run(python("benchmarks.compare", *ours, scores, "score")).output)


def measured(
    commands: Mapping[str, Sequence[str | Path]], results: Path, times: int = TIMES
) -> tuple[dict[str, list[Run]], dict[str, float]]:
    """Run commands several times, in turn, so that none has the quiet moments to itself.

    Parameters
    ----------
    commands
        The commands by name, hyperlocal's among them.
    results
        Where hyperlocal's command writes its results.
    times
        How often each is run.

    Returns
    -------
    runs
        All runs of every command.
    steps
        The fewest seconds of each step of hyperlocal.
    """
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    steps: dict[str, float] = {}
    for _ in range(times):
        for name, command in commands.items():
            runs[name].append(run(command))
        for step, seconds in timings(results).items():
            steps[step] = min(seconds, steps.get(step, seconds))
    return runs, steps


def english_indices() -> Iterator[Figure]:
    """Measure the English Indices of Deprivation 2025, built from the published domains."""
    what = "English Indices 2025 from domains, 33,755 areas"
    data = DATA / "iod2025"
    if not data.is_dir():
        yield Figure(what, None, note=f"no folder {data}: set HYPERLOCAL_DATA")
        return
    out = FOLDER / "iod-2025-domains"
    runs, steps = measured({"hyperlocal": build("iod-2025-domains", data, out)}, out)
    best = fastest(runs["hyperlocal"])
    yield Figure(f"{what}: whole process", best.seconds, "s", at_most=1.5)
    peak = max(one.peak_megabytes for one in runs["hyperlocal"])
    yield Figure(f"{what}: peak memory", peak, "MB", at_most=400)
    yield Figure(f"{what}: computing only", steps["compute"], "s", at_most=0.25)
    yield from analysis.districts(out, DATA / "geography")
    yield from analysis.draws_of_weights(out, FOLDER, "iod_2025_domains")


def in_a_browser() -> Iterator[Figure]:
    """Measure the explorer of England, and the API of its site."""
    out, folder = FOLDER / "iod-2025-domains", FOLDER / "explorer"
    if not out.is_dir():
        yield Figure("explorer, England", None, note="the English indices are not there")
        return
    folder.mkdir()
    yield from explorer.explorer(out, DATA / "geography", FOLDER / "nation", folder)
    yield from explorer.api(folder / "site")


def shared_events() -> Iterator[Figure]:
    """Measure events that are shared among the areas near them, on real boundaries."""
    if not DATA.is_dir():
        yield Figure("events", None, note=f"no folder {DATA}: set HYPERLOCAL_DATA")
        return
    yield from events(DATA, FOLDER / "events")


def published() -> Iterator[Figure]:
    """Measure what is published of England: workbook, GeoPackage, map, profiles."""
    out, geography = FOLDER / "iod-2025-domains", DATA / "geography"
    yield from workbook(_made("workbook"))
    if not DATA.is_dir() or not out.is_dir():
        yield Figure("publishing England", None, note="the English indices are not there")
        return
    yield from geopackage(DATA, _made("geopackage"))
    yield from choropleth(DATA, _made("choropleth"))
    yield from profiles(out, geography, _made("profiles"))


def _made(name: str) -> Path:
    folder = FOLDER / name
    folder.mkdir()
    return folder


def synthetic(areas: int) -> Path:
    """Make the synthetic index with this many areas and return its folder."""
    folder = FOLDER / f"synthetic-{areas}"
    run(python("benchmarks.synthetic", "--areas", str(areas), "--out", folder))
    return folder


def side_by_side() -> Iterator[Figure]:
    """Measure hyperlocal, the numpy script and the pandas script on the same synthetic index."""
    data = synthetic(shape.AREAS)
    out, plain = data / "results", data / "numpy.parquet"
    parquet, csv = data / "pandas.parquet", data / "pandas.csv"
    runs, steps = measured(
        {
            "hyperlocal": build(data / shape.DEFINITION, data, out),
            "numpy": python("benchmarks.baseline_numpy", data, plain),
            "pandas to Parquet": python("benchmarks.baseline_pandas", data, parquet),
            "pandas to CSV": python("benchmarks.baseline_pandas", data, csv),
        },
        out,
    )
    best = {name: fastest(found).seconds for name, found in runs.items()}
    arithmetic = min(json.loads(one.output)["compute"] for one in runs["numpy"])

    what = f"synthetic index, {shape.AREAS:,} areas x {shape.INDICATORS} indicators"
    yield Figure(f"{what}: whole process", best["hyperlocal"], "s", at_most=2)
    peak = max(one.peak_megabytes for one in runs["hyperlocal"])
    yield Figure(f"{what}: peak memory", peak, "MB")
    yield Figure(f"{what}: computing only", steps["compute"], "s")
    yield Figure("numpy script: computing only, one core", arithmetic, "s")
    yield Figure("  hyperlocal's computing takes", steps["compute"] / arithmetic, "x", at_most=2)
    yield Figure("  largest difference in the scores", largest_difference(out, plain), "", 1e-6)
    yield Figure("pandas script to CSV: whole process", best["pandas to CSV"], "s")
    times_faster = best["pandas to CSV"] / best["hyperlocal"]
    yield Figure("  hyperlocal is faster by", times_faster, "x", at_least=5)
    yield Figure("  largest difference in the scores", largest_difference(out, csv), "", 1e-4)
    yield Figure("pandas script to Parquet: whole process", best["pandas to Parquet"], "s")
    times_faster = best["pandas to Parquet"] / best["hyperlocal"]
    yield Figure("  hyperlocal is faster by", times_faster, "x")


def demonstration() -> Path:
    """Make up a nation of 2,000 areas, build its Hyper-local Need and return the results."""
    nation, out = FOLDER / "demo-nation", FOLDER / "demo"
    run(python("hyperlocal", "synthesise", "--areas", "2000", "--out", nation))
    run(python("hyperlocal", "correspondences", "hyperlocal-need-2025", "--data", nation))
    run(build("hyperlocal-need-2025", nation, out))
    return out


def growth(rows: list[list[str]]) -> Iterator[Figure]:
    """Measure how the seconds grow with the number of areas; fill a table of them."""
    rows.append(["areas", "whole process", "per 10,000", "computing", "per 10,000"])
    per_area: dict[int, float] = {}
    for areas in SIZES:
        data = synthetic(areas)
        out = data / "results"
        runs, steps = measured({"hyperlocal": build(data / shape.DEFINITION, data, out)}, out, 3)
        whole, compute = fastest(runs["hyperlocal"]).seconds, steps["compute"]
        per_area[areas] = compute / areas
        figures = (whole, whole / areas * 1e4, compute, compute / areas * 1e4)
        rows.append([f"{areas:,}", *(f"{figure:.3f} s" for figure in figures)])
    ratio = per_area[SIZES[-1]] / per_area[SIZES[0]]
    what = f"computing per area, {SIZES[-1]:,} areas over {SIZES[0]:,}"
    yield Figure(what, ratio, "x", at_most=1.5)


def main() -> int:
    """Measure everything, print it and write it down; return 1 where a target is missed."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "packages": {name: version(name) for name in PACKAGES},
    }
    seconds_by_areas: list[list[str]] = []
    try:
        figures = [
            *english_indices(),
            *side_by_side(),
            *growth(seconds_by_areas),
            *national(FOLDER, TIMES),
            *analysis.draws_of_counts(FOLDER / "need", demonstration(), FOLDER),
            *in_a_browser(),
            *shared_events(),
            *proximity(FOLDER / "proximity"),
            *published(),
        ]
    except FailedError as error:
        print(error, file=sys.stderr)
        return 1
    results = {
        "machine": machine,
        "figures": [figure.as_dict() for figure in figures],
        "growth": seconds_by_areas,
    }
    path = FOLDER / "results.json"
    path.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")

    print(f"Python {machine['python']}, {machine['cores']} cores; best of {TIMES} runs\n")
    print(table(figures), aligned(seconds_by_areas), sep="\n\n")
    missed = sum(figure.missed for figure in figures)
    print(f"\n{missed} target(s) missed. Written to {path.relative_to(ROOT)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
