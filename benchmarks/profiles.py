"""Profiles of England's districts: one as a whole process, and all 296.

    python -m benchmarks.profiles

measures them alone. ``python -m benchmarks.profiles RESULTS GEOGRAPHY OUT [GROUP ...]`` is the
process that is measured: it reads the results, the boundaries and the lookups, and writes profiles.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import ROOT, fastest, python, run
from benchmarks.report import Figure, table

ONE, ALL = "E08000034", 296
ONE_AT_MOST, ALL_AT_MOST = 6, 12 * 60
"""Seconds."""


def profiles(results: Path, geography: Path, folder: Path, times: int = 3) -> Iterator[Figure]:
    """Measure one profile, and those of all districts of England with their maps.

    Parameters
    ----------
    results
        The results of ``iod-2025-domains``.
    geography
        The folder of boundaries and lookups.
    folder
        Where the profiles are written.
    times
        How often the one profile is made.
    """
    command = python("benchmarks.profiles", results, geography)
    one = [run([*command, folder / "one", ONE]) for _ in range(times)]
    yield Figure(
        "profile of Kirklees: whole process", fastest(one).seconds, "s", at_most=ONE_AT_MOST
    )
    peak = max(each.peak_megabytes for each in one)
    yield Figure("profile of Kirklees: peak memory", peak, "MB")
    every = run([*command, folder / "all"])
    what = f"profiles of {ALL} districts, {os.cpu_count()} cores"
    yield Figure(f"{what}: whole process", every.seconds, "s", at_most=ALL_AT_MOST)
    written = [file.stat().st_size for file in (folder / "all").iterdir()]
    yield Figure(f"{what}: files", len(written))
    yield Figure(f"{what}: size", sum(written) / 1e6, "MB")


def write(results: str, geography: str, out: str, *groups: str) -> None:
    """Write the profiles of some districts; of all where none is named."""
    from hyperlocal.analysis.supplied import Sources
    from hyperlocal.pipeline import Results
    from hyperlocal.present.profile import write_profiles
    from hyperlocal.present.publication import read_publication

    folder = Path(geography)
    given = Sources(
        boundaries=folder / "boundaries_lsoa21.parquet",
        districts=(f"{folder / 'lookup_lsoa21_ward24_ltla24.parquet'}:ltla24_code",),
        regions=(f"{folder / 'lookup_ltla24_region24.parquet'}:region24_code",),
    )
    publication = read_publication(Results.open(results), given)
    write_profiles(publication, "ltla24", out, groups or None)


def main() -> None:
    """Measure this part alone, on results that are built first."""
    data = Path(os.environ.get("HYPERLOCAL_DATA", ROOT.parent / "shared" / "data"))
    folder = ROOT / "build" / "bench" / "profiles"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    results = folder / "results"
    run(
        python(
            "hyperlocal", "build", "iod-2025-domains", "--data", data / "iod2025", "--out", results
        )
    )
    print(table(list(profiles(results, data / "geography", folder))))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write(*sys.argv[1:])
    else:
        main()
