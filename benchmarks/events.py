"""Events shared among the areas near them, beside geopandas; and how it grows."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import ROOT, Run, fastest, python, run
from benchmarks.report import Figure, table

MILLION = 1_000_000
SIZES = (MILLION // 4, MILLION // 2, MILLION, 4 * MILLION)
TIMES = 3


def events(data: Path, folder: Path, times: int = TIMES) -> Iterator[Figure]:
    """Measure a build of one indicator whose events are shared among the LSOAs of England.

    Parameters
    ----------
    data
        The published data: real boundaries.
    folder
        Where the events are made.
    times
        How often each build is run.
    """
    runs: dict[int, list[Run]] = {size: [] for size in SIZES}
    folders = {size: folder / f"events-{size}" for size in SIZES}
    for size, made in folders.items():
        run(python("benchmarks.made_up_events", data, str(size), made))
    theirs, shares = [], folder / "shares.parquet"
    alone: dict[int, list[float]] = {MILLION: [], 4 * MILLION: []}
    for _ in range(times):
        for size, made in folders.items():
            results = made / "results"
            command = python("hyperlocal", "build", made / "index.yaml", "--data", made)
            runs[size].append(run([*command, "--out", results]))
        theirs.append(run(python("benchmarks.baseline_events", folders[MILLION], shares)))
        for size, seconds in alone.items():
            seconds.append(float(run(python("benchmarks.sharing", folders[size])).output))
    best = {size: fastest(found).seconds for size, found in runs.items()}
    peak = {size: max(one.peak_megabytes for one in found) for size, found in runs.items()}

    what = "1 million events x 33,755 LSOAs, within 100 metres"
    yield Figure(f"{what}: whole process", best[MILLION], "s", at_most=20)
    yield Figure(f"{what}: peak memory", peak[MILLION], "MB", at_most=2000)
    yield Figure("geopandas buffer and sjoin: whole process", fastest(theirs).seconds, "s")
    highest = max(one.peak_megabytes for one in theirs)
    yield Figure("geopandas buffer and sjoin: peak memory", highest, "MB")
    faster = fastest(theirs).seconds / best[MILLION]
    yield Figure("  hyperlocal's whole process is faster by", faster, "x", at_least=5)
    joining = min(float(one.output) for one in theirs)
    sharing = {size: min(seconds) for size, seconds in alone.items()}
    yield Figure("sharing alone, without reading and checking the files", sharing[MILLION], "s")
    yield Figure("geopandas buffer and sjoin alone", joining, "s")
    yield Figure("  hyperlocal is faster by", joining / sharing[MILLION], "x", at_least=5)
    ours = folders[MILLION] / "results" / "areas.parquet"
    compared = run(python("benchmarks.compare", ours, "shared_numerator", shares, "events"))
    note = "events of one area; its circles have 64 corners"
    yield Figure("  largest difference of an area", float(compared.output), "", note=note)
    for size in SIZES:
        yield Figure(f"{size:,} events: whole process", best[size], "s")
        yield Figure(f"{size:,} events: peak memory", peak[size], "MB")
    more = sharing[4 * MILLION] / sharing[MILLION] / 4
    yield Figure("  sharing alone per event, 4 million over 1", more, "x", at_most=1.25)
    flat = peak[4 * MILLION] / peak[SIZES[0]]
    yield Figure("  peak memory, 4 million over a quarter", flat, "x", at_most=1.5)


def main() -> int:
    """Measure and print; return 1 where a target is missed."""
    data = Path(os.environ.get("HYPERLOCAL_DATA", ROOT.parent / "shared" / "data"))
    folder = ROOT / "build" / "bench-events"
    shutil.rmtree(folder, ignore_errors=True)
    figures = list(events(data, folder))
    print(table(figures))
    return 1 if any(figure.missed for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
