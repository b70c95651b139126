"""Maps of the LSOAs of England by decile, beside geopandas with matplotlib."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import ROOT, Run, fastest, python, run
from benchmarks.report import Figure, table

if TYPE_CHECKING:
    import polars as pl

    from hyperlocal.present.figures import Subject

TIMES = 3
BOUNDARIES = Path("geography", "boundaries_lsoa21.parquet")
DISTRICTS = Path("geography", "lookup_lsoa21_ward24_ltla24.parquet")
DECILES = Path("iod2025", "published_lsoa.parquet")
CODE, DECILE = "lsoa21_code", "imd_decile"


def choropleth(data: Path, folder: Path, times: int = TIMES) -> Iterator[Figure]:
    """Measure the map of England, from its files to the picture, and a map of each district.

    Parameters
    ----------
    data
        The published data.
    folder
        Where the pictures are written.
    times
        How often each is run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kinds = ["england", *(["geopandas"] if find_spec("matplotlib") else [])]
    runs: dict[str, list[Run]] = {kind: [] for kind in kinds}
    for _ in range(times):
        for kind, found in runs.items():
            found.append(run(python("benchmarks.choropleth", kind, data, folder)))
    ours = fastest(runs["england"])
    what = "a map of the 33,755 LSOAs of England, PNG"
    yield Figure(f"{what}: whole process", ours.seconds, "s", at_most=8)
    peak = max(one.peak_megabytes for one in runs["england"])
    yield Figure(f"{what}: peak memory", peak, "MB", at_most=1500)
    theirs = runs.get("geopandas")
    note = "" if theirs else "matplotlib is not installed"
    seconds = fastest(theirs).seconds if theirs else None
    yield Figure("geopandas and matplotlib, as large: whole process", seconds, "s", note=note)
    if seconds:
        yield Figure("  hyperlocal is faster by", seconds / ours.seconds, "x")
    each = run(python("benchmarks.choropleth", "districts", data, folder))
    what = "a map of each of 296 districts, PNG: one of them"
    yield Figure(what, float(each.output), "s", at_most=0.5)
    svg = (folder / "england.svg").stat().st_size / 1e6
    yield Figure("the map of England as SVG", svg, "MB")


def _areas(data: Path) -> tuple[Any, pl.DataFrame]:
    """Return the boundaries of the LSOAs of England, and their deciles and districts."""
    import polars as pl

    from hyperlocal.areas import Geography
    from hyperlocal.geography import read_boundaries

    deciles = pl.read_parquet(data / DECILES, columns=[CODE, DECILE])
    lookup = pl.read_parquet(data / DISTRICTS, columns=[CODE, "ltla24_name"])
    read = read_boundaries(
        data / BOUNDARIES, Geography.from_name("lsoa21"), CODE
    ).in_national_grid()
    areas = pl.DataFrame({CODE: read.codes}).with_row_index("place")
    areas = areas.join(deciles, on=CODE, maintain_order="left").join(
        lookup, on=CODE, how="left", maintain_order="left"
    )
    return read.shapes[areas["place"].to_numpy()], areas


def _subject(place: str) -> Subject:
    from hyperlocal.present.figures import Subject

    title = "English Indices of Deprivation 2025"
    return Subject("map", title, place, "England", "LSOAs", "Open Government Licence v3.0.")


def england(data: Path, folder: Path) -> None:
    """Draw England."""
    from hyperlocal.present.figures import decile_map, lay_out

    shapes, areas = _areas(data)
    figure = decile_map(lay_out(shapes, areas["ltla24_name"]), areas[DECILE], _subject("England"))
    (folder / "england.png").write_bytes(figure.png())
    (folder / "england.svg").write_text(figure.svg(), encoding="utf-8")


def districts(data: Path, folder: Path) -> None:
    """Draw every district and print the seconds that one takes on average."""
    from hyperlocal.present.figures import decile_map, lay_out

    shapes, areas = _areas(data)
    parts = areas.with_row_index("row").partition_by("ltla24_name", as_dict=True)
    first = decile_map(lay_out(shapes[:1]), areas[DECILE][:1], _subject("England"))
    first.png()  # what is paid once: fonts, the program that draws
    began = time.perf_counter()
    for (name,), part in parts.items():
        ground = lay_out(shapes[part["row"].to_numpy()])
        picture = decile_map(ground, part[DECILE], _subject(str(name))).png()
        (folder / "district.png").write_bytes(picture)
    print((time.perf_counter() - began) / len(parts))


def geopandas(data: Path, folder: Path) -> None:
    """Draw England as an analyst with geopandas would, with borders of districts."""
    import geopandas as gpd
    import matplotlib as mpl
    import pandas as pd

    mpl.use("Agg")
    shapes = gpd.read_parquet(data / BOUNDARIES, columns=[CODE, "geometry"])
    deciles = pd.read_parquet(data / DECILES, columns=[CODE, DECILE])
    areas = shapes.merge(deciles, on=CODE).to_crs(27700)
    options = {"cmap": "viridis", "categorical": True, "legend": True, "linewidth": 0}
    axes = areas.plot(DECILE, figsize=(7, 8), **options)
    axes.set_axis_off()
    axes.set_title("English Indices of Deprivation 2025: LSOAs in England by decile")
    axes.figure.savefig(folder / "geopandas.png", dpi=192)


KINDS = {"england": england, "districts": districts, "geopandas": geopandas}


def main() -> int:
    """Measure and print, or draw one kind of map; return 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.choropleth")
    parser.add_argument("kind", nargs="?", choices=KINDS)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("folder", nargs="?", type=Path)
    given = parser.parse_args()
    if given.kind:
        KINDS[given.kind](given.data, given.folder)
        return 0
    data = Path(os.environ.get("HYPERLOCAL_DATA", ROOT.parent / "shared" / "data"))
    folder = ROOT / "build" / "bench-choropleth"
    shutil.rmtree(folder, ignore_errors=True)
    figures = list(choropleth(data, folder))
    print(table(figures))
    return 1 if any(figure.missed for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
