"""Make up dwellings in towns and green polygons among them, of the numbers of Wales."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl
import pyogrio
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

AREAS, TOWNS = 1_909, 200
DEFINITION = """\
hyperlocal: 1
id: benchmark
areas:
  geography: lsoa11
  table: {input: areas}
inputs:
  areas: {file: areas.csv, geography: lsoa11, code: code}
records:
  dwellings:
    file: dwellings.parquet
    location: {x: easting, y: northing}
    area: {column: lsoa11, geography: lsoa11}
  sites: {file: sites.gpkg, location: {geometry: geom}}
index:
  indicators:
    INDICATOR
"""
INDICATORS = {
    "proximity": "green: {kind: proximity, dwellings: dwellings, sites: sites, within: 300, "
    "high_value: less_need}",
    "distance": "green: {kind: distance, dwellings: dwellings, sites: sites, "
    "high_value: more_need}",
}


def scattered(
    towns: NDArray[np.float64], number: int, spread: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return places in and around towns, of which a few are large."""
    share = np.arange(1, len(towns) + 1) ** -0.9
    town = rng.choice(len(towns), number, p=share / share.sum())
    size = spread * np.sqrt(share[town] / share.mean())
    places: NDArray[np.float64] = towns[town] + rng.standard_normal((number, 2)) * size[:, None]
    return places


def polygon(middle: NDArray[np.float64], corners: int, rng: np.random.Generator) -> shapely.Polygon:
    """Return a polygon around a place, with an uneven edge."""
    turn = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radius = np.clip(np.exp(rng.normal(np.log(60), 0.8)), 10, 1_500)
    out = radius * (1 + 0.3 * np.cos(3 * turn + rng.uniform(0, 6)) + rng.normal(0, 0.05, corners))
    x, y = middle[0] + out * np.cos(turn), middle[1] + out * np.sin(turn)
    drawn = shapely.Polygon(np.column_stack([x, y]))
    return drawn if drawn.is_valid else shapely.buffer(drawn, 0)


def make(out: Path, dwellings: int, sites: int) -> None:
    """Write the dwellings, the sites, the areas and the definitions into a folder."""
    rng = np.random.default_rng(1)
    towns = rng.uniform((200e3, 180e3), (350e3, 390e3), (TOWNS, 2))
    homes = scattered(towns, dwellings, 1_500, rng)
    middles = KDTree(homes[rng.choice(dwellings, AREAS, replace=False)])
    area = middles.query(homes, workers=-1)[1]
    order = np.argsort(area, kind="stable")  # as registers are: by area
    codes = pl.Series([f"E0100{number:04}" for number in range(AREAS)])
    out.mkdir(parents=True, exist_ok=True)
    pl.DataFrame({"code": codes}).write_csv(out / "areas.csv")
    pl.DataFrame(
        {
            "lsoa11": codes.gather(area[order]),
            "easting": np.round(homes[order, 0], 1),
            "northing": np.round(homes[order, 1], 1),
        }
    ).write_parquet(out / "dwellings.parquet")
    corners = np.clip(rng.lognormal(np.log(40), 0.9, sites).astype(int), 6, 2_000)
    green = [
        polygon(middle, number, rng)
        for middle, number in zip(scattered(towns, sites, 2_500, rng), corners, strict=True)
    ]
    names = np.array([f"G{number}" for number in range(sites)], dtype=object)
    pyogrio.raw.write(
        out / "sites.gpkg", shapely.to_wkb(green), [names], ["id"], layer="sites", driver="GPKG",
        geometry_type="Unknown", crs="EPSG:27700",
    )  # fmt: skip
    for name, indicator in INDICATORS.items():
        (out / f"{name}.yaml").write_text(DEFINITION.replace("INDICATOR", indicator))


def main() -> None:
    """Make up the files."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.made_up_sites", description=__doc__)
    parser.add_argument("--dwellings", type=int, default=1_450_000)
    parser.add_argument("--sites", type=int, default=20_000)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    make(given.out, given.dwellings, given.sites)


if __name__ == "__main__":
    main()
