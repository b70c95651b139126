"""The lie of the land: a coast, towns of many sizes, and where the Output Areas are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hyperlocal.synthetic.mesh import SEA, BoolArray, FloatArray, IntArray, Mesh, make_mesh

if TYPE_CHECKING:
    from collections.abc import Sequence

LAND_PER_LSOA = 130_000e6 / 33_755
"""Square metres of land per LSOA: those of England."""
OAS_PER_LSOA = 5.27
ISLES_OAS = 5
_LAND_SHARE = 0.36
_CENTRE = (350_000.0, 400_000.0)
_TOWN_LAND_PER_OA = 75_000.0
_PLOTS_PER_OA = 5
_LEAST_GAP = 5.0


@dataclass(frozen=True, eq=False)
class Grid:
    """Squares that cover the land and the sea around it.

    Parameters
    ----------
    west, south
        The corner of the grid, in metres.
    step
        The side of a square, in metres.
    mainland, isles
        Whether each square is land of the mainland or of the isles; rows go from south to north.
    to_sea
        The distance of each square to the nearest sea, in metres.
    """

    west: float
    south: float
    step: float
    mainland: BoolArray
    isles: BoolArray
    to_sea: FloatArray

    def at(self, values: FloatArray | BoolArray, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return the values of the squares in which points lie."""
        rows, columns = self.mainland.shape
        column = np.clip(((x - self.west) // self.step).astype(np.int64), 0, columns - 1)
        row = np.clip(((y - self.south) // self.step).astype(np.int64), 0, rows - 1)
        return np.asarray(values[row, column], dtype=np.float64)

    def points_in(
        self, squares: BoolArray, count: int, rng: np.random.Generator
    ) -> tuple[FloatArray, FloatArray]:
        """Return points spread evenly over some squares."""
        rows, columns = np.nonzero(squares)
        chosen = rng.integers(len(rows), size=count)
        x = self.west + (columns[chosen] + rng.random(count)) * self.step
        y = self.south + (rows[chosen] + rng.random(count)) * self.step
        return x, y


@dataclass(frozen=True, eq=False)
class Towns:
    """Towns and cities, the largest first.

    Parameters
    ----------
    x, y
        Their centres, in metres.
    radius
        Within which most of their people live, in metres.
    size
        The number of Output Areas that were to be in each.
    coastal
        Whether each lies on the coast.
    """

    x: FloatArray
    y: FloatArray
    radius: FloatArray
    size: IntArray
    coastal: BoolArray


@dataclass(frozen=True, eq=False)
class Land:
    """The land as it was before anyone drew areas on it but Output Areas.

    Parameters
    ----------
    grid
        The coast.
    towns
        Towns and cities.
    mesh
        The cells of which all areas are made.
    oa
        The Output Area of each cell, or `SEA`.
    x, y
        The centre of each Output Area, in metres. Those of the isles come last.
    town
        The town of each Output Area, -1 in the countryside.
    """

    grid: Grid
    towns: Towns
    mesh: Mesh
    oa: IntArray
    x: FloatArray
    y: FloatArray
    town: IntArray

    @property
    def to_sea(self) -> FloatArray:
        """The distance of each Output Area to the sea, in metres."""
        return self.grid.at(self.grid.to_sea, self.x, self.y)

    @property
    def out_of_town(self) -> FloatArray:
        """The distance of each Output Area to the centre of its town, in radiuses of the town."""
        towns, own = self.towns, np.maximum(self.town, 0)
        distance = np.hypot(self.x - towns.x[own], self.y - towns.y[own]) / towns.radius[own]
        return np.where(self.town >= 0, distance, np.inf)


def smooth_noise(
    shape: tuple[int, int], length: float, roughness: float, rng: np.random.Generator
) -> FloatArray:
    """Return noise in which near squares are alike, with mean 0 and standard deviation 1.

    Parameters
    ----------
    shape
        Rows and columns.
    length
        The distance, in squares, beyond which they are no longer alike.
    roughness
        How the power falls with the frequency; near 3 gives coasts, more than 5 gives smooth hills.
    """
    white = np.fft.rfft2(rng.standard_normal(shape))
    frequency = np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None, :])
    white *= (1.0 + (frequency * length) ** 2) ** (-roughness / 2)
    noise = np.fft.irfft2(white, s=shape)
    return np.asarray((noise - noise.mean()) / noise.std())


def noise_at(x: FloatArray, y: FloatArray, length: float, rng: np.random.Generator) -> FloatArray:
    """Return smooth noise at points: alike within a distance of ``length`` metres."""
    from scipy.ndimage import map_coordinates

    step = length / 6
    columns, rows = ((np.ptp(values) / step).astype(int) + 8 for values in (x, y))
    noise = smooth_noise((int(rows), int(columns)), 6.0, 5.0, rng)
    places = np.stack(((y - y.min()) / step + 3, (x - x.min()) / step + 3))
    return np.asarray(map_coordinates(noise, places, order=1), dtype=np.float64)


def make_land(areas: int, rng: np.random.Generator) -> Land:
    """Return land for so many LSOAs, of which one is the isles.

    Parameters
    ----------
    areas
        The number of LSOAs; it sets the size of the land and the number of Output Areas.
    rng
        The source of chance.
    """
    grid = _make_grid(areas, rng)
    oas = round((areas - 1) * OAS_PER_LSOA)
    towns = _make_towns(areas, oas, grid, rng)
    x, y, town = _settle(oas, grid, towns, rng)
    isles_x, isles_y = grid.points_in(grid.isles, ISLES_OAS * 40, rng)
    isles_x, isles_y = _spread_out(isles_x, isles_y, ISLES_OAS)
    x, y = np.append(x, isles_x), np.append(y, isles_y)
    town = np.append(town, np.full(ISLES_OAS, -1))
    mesh, oa = _make_plots(x, y, grid, rng)
    return Land(grid, towns, mesh, oa, x, y, town)


def _make_grid(areas: int, rng: np.random.Generator) -> Grid:
    from scipy import ndimage

    box = areas * LAND_PER_LSOA / _LAND_SHARE
    width, height = np.sqrt(box * 0.72), np.sqrt(box / 0.72)
    step = float(np.clip(np.sqrt(box) / 900, 100, 700))
    shape = (int(height / step), int(width / step))
    down, across = np.meshgrid(
        np.linspace(-1, 1, shape[0]), np.linspace(-1, 1, shape[1]), indexing="ij"
    )
    shelf = (np.abs(down + 0.12) / 0.68) ** 2.4 + (np.abs(across - 0.08 * down) / 0.66) ** 2.4
    lift = 0.42 * smooth_noise(shape, shape[1] / 4, 2.5, rng) - shelf
    lift[(np.abs(down) > 0.92) | (np.abs(across) > 0.9)] = -np.inf
    wanted = round(areas * LAND_PER_LSOA / step**2)
    level = np.partition(lift.ravel(), -wanted)[-wanted]
    named, _ = ndimage.label(lift >= level)
    sizes = np.bincount(named.ravel())
    sizes[0] = 0
    mainland = ndimage.binary_fill_holes(ndimage.binary_opening(named == sizes.argmax()))
    named, _ = ndimage.label(mainland)
    sizes = np.bincount(named.ravel())
    sizes[0] = 0
    mainland = named == sizes.argmax()
    isles = _make_isles(mainland, step, rng)
    to_sea = ndimage.distance_transform_edt(mainland | isles) * step
    west, south = (
        np.round(centre - size / 2, -3)
        for centre, size in zip(_CENTRE, (width, height), strict=True)
    )
    return Grid(float(west), float(south), step, mainland, isles, to_sea)


def _make_isles(mainland: BoolArray, step: float, rng: np.random.Generator) -> BoolArray:
    """Return the squares of two islets off the west coast."""
    from scipy import ndimage

    from_land = ndimage.distance_transform_edt(~mainland) * step
    rows, columns = np.indices(mainland.shape)
    width = mainland.shape[1] * step
    offing = max(14 * step, min(9_000.0, 0.05 * width))
    radius = max(4 * step, min(2_000.0, 0.016 * width)) / step
    edge = 3.5 * radius
    inside = (
        (np.minimum(columns, mainland.shape[1] - columns) > edge)
        & (np.minimum(rows, mainland.shape[0] - rows) > edge)
        & ~mainland
    )
    at_rows, at_columns = np.nonzero(inside)
    amiss = np.abs(from_land[inside] - offing) / step
    chosen = int(np.argmin(30 * amiss + at_columns + 0.6 * at_rows))
    row, column = at_rows[chosen], at_columns[chosen]
    ragged = 1 + 0.2 * smooth_noise(mainland.shape, radius, 4.0, rng)
    far = np.hypot(rows - row, columns - column) * ragged
    away = np.hypot(rows - row - 1.9 * radius, columns - column - 0.6 * radius) * ragged
    return np.asarray((far < radius) | (away < 0.5 * radius))


def _make_towns(areas: int, oas: int, grid: Grid, rng: np.random.Generator) -> Towns:
    count = max(6, round(areas / 12))
    size = (np.arange(count) + 1.6) ** -0.92
    size = np.maximum(8, np.round(size / size.sum() * 0.8 * oas)).astype(np.int64)
    coastal = rng.random(count) < 0.3
    coastal[[0, 1, 3, 5]] = False, True, False, True
    radius = np.sqrt(size * _TOWN_LAND_PER_OA / np.pi) * np.where(coastal, 1.35, 1.0)
    x, y = np.zeros(count), np.zeros(count)
    on_coast = grid.mainland & (grid.to_sea < 1_500)
    for town in range(count):
        squares = on_coast if coastal[town] else grid.mainland & (grid.to_sea > radius[town])
        squares = squares if squares.any() else grid.mainland
        tried_x, tried_y = grid.points_in(squares, 40, rng)
        gaps = np.hypot(tried_x[:, None] - x[:town], tried_y[:, None] - y[:town])
        room = gaps / (radius[town] + radius[:town])
        nearest = room.min(axis=1, initial=np.inf)
        roomy = np.flatnonzero(nearest > 1.7)
        best = roomy[0] if len(roomy) else int(np.argmax(nearest))
        x[town], y[town] = tried_x[best], tried_y[best]
    return Towns(x, y, radius, size, coastal)


def _settle(
    oas: int, grid: Grid, towns: Towns, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return the centre of each Output Area of the mainland and the town that it is in."""
    town = np.repeat(np.arange(len(towns.size)), towns.size)[: int(0.85 * oas)]
    x, y = np.zeros(len(town)), np.zeros(len(town))
    sought = np.arange(len(town))
    for _ in range(12):
        far = towns.radius[town[sought]] * 0.62
        x[sought] = towns.x[town[sought]] + far * rng.standard_normal(len(sought))
        y[sought] = towns.y[town[sought]] + far * rng.standard_normal(len(sought))
        sought = sought[grid.at(grid.mainland, x[sought], y[sought]) == 0]
    settled = np.setdiff1d(np.arange(len(town)), sought)
    rural = oas - len(settled)
    rural_x, rural_y = grid.points_in(grid.mainland, rural, rng)
    x, y = np.append(x[settled], rural_x), np.append(y[settled], rural_y)
    town = np.append(town[settled], np.full(rural, -1))
    x, y = _drawn_apart(x, y, grid, rng)
    gaps = np.hypot(x - towns.x[town], y - towns.y[town])
    return x, y, np.where(gaps > 2.2 * towns.radius[town], -1, town)


def _drawn_apart(
    x: FloatArray, y: FloatArray, grid: Grid, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return the centres moved towards the middle of the land around each, twice."""
    from scipy.spatial import cKDTree

    for _ in range(2):
        centres = np.column_stack((x, y))
        reach = cKDTree(centres).query(centres, k=5)[0][:, 1:].mean(axis=1)
        cloud = centres.repeat(6, axis=0) + reach.repeat(6)[:, None] * (
            rng.random((6 * len(x), 2)) * 2 - 1
        )
        _, nearest = cKDTree(centres).query(cloud)
        own = np.maximum(np.bincount(nearest, minlength=len(x)), 1)
        moved_x, moved_y = (
            np.bincount(nearest, weights=cloud[:, axis], minlength=len(x)) / own for axis in (0, 1)
        )
        dry = grid.at(grid.mainland, moved_x, moved_y) > 0
        x, y = np.where(dry, moved_x, x), np.where(dry, moved_y, y)
    return x, y


def _spread_out(x: FloatArray, y: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Return those of the points that lie far from each other."""
    chosen = [0]
    for _ in range(count - 1):
        gaps = np.hypot(x[:, None] - x[chosen], y[:, None] - y[chosen]).min(axis=1)
        chosen.append(int(gaps.argmax()))
    return x[chosen], y[chosen]


def _make_plots(
    x: FloatArray, y: FloatArray, grid: Grid, rng: np.random.Generator
) -> tuple[Mesh, IntArray]:
    """Return cells for the land and the sea along it, and the Output Area of each cell.

    The first cells are those of the centres of the Output Areas.
    """
    from scipy.spatial import cKDTree

    centres = np.column_stack((x, y))
    tree = cKDTree(centres)
    reach = tree.query(centres, k=4)[0][:, 1:].mean(axis=1) * 0.75
    around = centres.repeat(_PLOTS_PER_OA - 1, axis=0)
    around = around + reach.repeat(_PLOTS_PER_OA - 1)[:, None] * (rng.random(around.shape) * 2 - 1)
    land = grid.mainland | grid.isles
    around = around[grid.at(land, around[:, 0], around[:, 1]) > 0]
    shore, wet = _make_shore(grid, rng)
    seeds = np.concatenate((centres, around, shore))
    squares = np.floor(seeds / _LEAST_GAP).astype(np.int64)
    _, first = np.unique(squares[:, 0] * 10_000_000 + squares[:, 1], return_index=True)
    kept = np.union1d(np.arange(len(x)), first)
    seeds = seeds[kept]
    is_wet = np.concatenate((np.zeros(len(centres) + len(around), dtype=bool), wet))[kept]
    mesh = make_mesh(seeds[:, 0], seeds[:, 1])
    oa = np.where(is_wet, SEA, tree.query(seeds)[1])
    oa[: len(x)] = np.arange(len(x))
    return mesh, mesh.connected(oa, np.arange(len(x)))


def _make_shore(grid: Grid, rng: np.random.Generator) -> tuple[FloatArray, BoolArray]:
    """Return points along both sides of the coast and far out at sea, and which are in the sea."""
    from scipy import ndimage

    land = grid.mainland | grid.isles
    beach = land & ~ndimage.binary_erosion(land, iterations=1)
    water = ndimage.binary_dilation(land, iterations=2) & ~land
    rows, columns = np.nonzero(beach | water)
    jitter = rng.random((len(rows), 2)) * 0.7 + 0.15
    x = grid.west + (columns + jitter[:, 0]) * grid.step
    y = grid.south + (rows + jitter[:, 1]) * grid.step
    height, width = (size * grid.step for size in land.shape)
    frame_x, frame_y = np.meshgrid(
        np.linspace(grid.west - width / 4, grid.west + width * 1.25, 9),
        np.linspace(grid.south - height / 4, grid.south + height * 1.25, 9),
    )
    rim = np.ones((9, 9), dtype=bool)
    rim[1:-1, 1:-1] = False
    points = np.concatenate(
        (np.column_stack((x, y)), np.column_stack((frame_x[rim], frame_y[rim])))
    )
    wet = np.append(water[rows, columns], np.ones(int(rim.sum()), dtype=bool))
    return points, wet


def spread(values: Sequence[float] | FloatArray) -> FloatArray:
    """Return values less their mean, in standard deviations."""
    values = np.asarray(values, dtype=np.float64)
    return np.asarray((values - values.mean()) / values.std())
