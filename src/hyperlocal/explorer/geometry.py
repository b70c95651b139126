"""The boundaries of a site: docs/explorer/files.md describes the files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperlocal.explorer.arrays import Array, write_arrays
from hyperlocal.explorer.simplify import neighbourly_order, simplified
from hyperlocal.explorer.topology import Arcs, IntArray, arcs_of, part_of, rings_of, used_once
from hyperlocal.geography import Boundaries, to_degrees

FORMAT = 1
GRID = 25
"""Coordinates count steps of 1/2^25 of the Web Mercator square: 0.7 m in Britain."""
POINTS = 600_000
"""The points of all polygons that one file holds at most, about."""
POINTS_OF_PART = 25_000
MOST_PARTS = 300
DETAIL_TOLERANCE = 2.0
"""Finer boundaries leave out corners of less than this, squared, in steps of the grid."""
NONE = 0xFFFFFFFF
PIXEL = 9
"""At zoom z a pixel is 2^(grid - 9 - z) steps wide: tiles have 512 pixels."""


class Detail(TypedDict):
    """Finer boundaries, as ``site.json`` tells of them."""

    path: str
    parts: int
    zoom: int


class GeometryWritten(NamedTuple):
    """What ``site.json`` says of boundaries.

    Attributes
    ----------
    bounds : tuple of float
        West, south, east and north of all areas, in degrees.
    detail : dict or None
        Where finer boundaries are: their path, how many parts, and from which zoom on.
    """

    bounds: tuple[float, float, float, float]
    detail: Detail | None


def write_geometry(
    folder: Path,
    boundaries: Boundaries,
    most_points: int = POINTS,
    tell: Callable[[str], None] = lambda what: None,
) -> GeometryWritten:
    """Write the boundaries of areas: ``geometry.bin.gz``, and ``detail/`` where they are heavy.

    Parameters
    ----------
    folder
        The folder of the data of a site.
    boundaries
        Of all areas, in their order.
    most_points
        How many points the polygons may have in the file of all areas. Those of heavier boundaries
        are simplified, and finer ones written in parts.
    tell
        Called with what is being done, where that takes long.

    Raises
    ------
    GeographyError
        Where a boundary lies outside the ground that the transformation into degrees covers.

    Examples
    --------
    >>> import shapely
    >>> from tempfile import TemporaryDirectory
    >>> from hyperlocal.areas import Geography
    >>> squares = [shapely.box(0, 51, 1, 52), shapely.box(1, 51, 2, 52)]
    >>> with TemporaryDirectory() as folder:
    ...     write_geometry(Path(folder), Boundaries(Geography("lsoa", 2021), ["a", "b"], squares))
    GeometryWritten(bounds=(0.0, 51.0, 2.0, 52.0), detail=None)
    """
    import shapely

    degrees = in_degrees(boundaries)
    shapes = shapely.transform(degrees, _on_grid)
    west, south, east, north = shapely.total_bounds(degrees).tolist()
    tell("Simplifying boundaries")
    overview, tolerance = simplified(shapes, most_points)
    tell("Writing boundaries")
    arcs = arcs_of(rings_of(overview))
    about = {"format": FORMAT, "grid": GRID, "areas": len(shapes), "tolerance": tolerance}
    if not tolerance:
        write_arrays(folder / "geometry.bin.gz", encoded(arcs, len(shapes)), about)
        return GeometryWritten((west, south, east, north), None)
    part = _parts(shapes)
    parts = int(part.max()) + 1
    arrays = {**encoded(arcs, len(shapes)), "part": part.astype(np.uint16)}
    write_arrays(folder / "geometry.bin.gz", arrays, {**about, "parts": parts})
    tell("Writing finer boundaries")
    _write_detail(folder, shapes, part)
    zoom = int(np.clip(np.floor(GRID - PIXEL - np.log2(tolerance)), 7, 14))
    return GeometryWritten(
        (west, south, east, north), Detail(path="detail", parts=parts, zoom=zoom)
    )


def in_degrees(boundaries: Boundaries) -> NDArray[Any]:
    """Return the polygons of boundaries in degrees."""
    import shapely

    if boundaries.crs == "EPSG:4326":
        return boundaries.shapes

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_degrees(points[:, 0], points[:, 1]))

    return np.asarray(shapely.transform(boundaries.shapes, moved))


def _on_grid(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(to_grid(points[:, 0], points[:, 1]))


def to_grid(
    longitude: ArrayLike, latitude: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Place degrees on the grid, in whole steps from the north-west of the Web Mercator square.

    Examples
    --------
    >>> to_grid([0.0], [0.0])
    (array([16777216.]), array([16777216.]))
    """
    steps = 2.0**GRID
    x = (np.asarray(longitude) + 180) / 360
    y = 0.5 - np.arctanh(np.sin(np.radians(latitude))) / (2 * np.pi)
    return np.rint(x * steps), np.rint(y * steps)


def from_grid(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the degrees of places on the grid.

    Examples
    --------
    >>> from_grid([2**24], [2**24])
    (array([0.]), array([0.]))
    """
    steps = 2.0**GRID
    longitude = np.asarray(x) / steps * 360 - 180
    latitude = np.degrees(np.arcsin(np.tanh((0.5 - np.asarray(y) / steps) * 2 * np.pi)))
    return longitude, latitude


def _parts(shapes: NDArray[Any]) -> IntArray:
    """Share areas out among parts of about equally many points, neighbours together."""
    import shapely

    points = shapely.get_num_coordinates(shapes)
    parts = int(np.clip(-(-points.sum() // POINTS_OF_PART), 1, MOST_PARTS))
    order = neighbourly_order(shapes)
    before = np.cumsum(points[order]) - points[order]
    part = np.empty(len(shapes), np.int64)
    part[order] = before * parts // points.sum()
    return np.unique(part, return_inverse=True)[1].astype(np.int64)


def _write_detail(folder: Path, shapes: NDArray[Any], part: IntArray) -> None:
    import shapely

    finer = arcs_of(rings_of(shapely.coverage_simplify(shapes, DETAIL_TOLERANCE)))
    about = {"format": FORMAT, "grid": GRID}
    for number in range(int(part.max()) + 1):
        areas = np.flatnonzero(part == number)
        arcs, beyond = part_of(finer, areas)
        arrays = encoded(arcs, len(areas))
        arrays["area"] = areas.astype(np.uint32)
        arrays["beyond"] = np.where(beyond < 0, NONE, beyond)[used_once(arcs)].astype(np.uint32)
        write_arrays(folder / "detail" / f"{number:04d}.bin.gz", arrays, about)


def encoded(arcs: Arcs, areas: int) -> dict[str, Array]:
    """Return the arrays of a file of boundaries.

    Parameters
    ----------
    arcs
        The arcs, numbered as the rings come upon them and run along first.
    areas
        How many areas there are.
    """
    first = np.append(True, np.diff(arcs.polygon) != 0)
    polygons = np.bincount(arcs.area[first], minlength=areas)
    rings = np.diff(np.append(np.flatnonzero(first), len(first)))
    number = np.where(arcs.ring_arcs < 0, -1 - arcs.ring_arcs, arcs.ring_arcs)
    new = np.zeros(len(number), np.bool_)
    new[np.unique(number, return_index=True)[1]] = True
    back: IntArray = np.cumsum(new) - number  # 1: the arc that was new last
    again = 2 * back - (arcs.ring_arcs < 0)
    return {
        "polygons": _small(polygons),
        "rings": _small(rings),
        "ring_arcs": _small(np.diff(arcs.ring_start)),
        "points": _small(np.diff(arcs.start)),
        **_bytes("arc", np.where(new, 0, again)),
        **_bytes("x", _zigzag(np.diff(arcs.x, prepend=0))),
        **_bytes("y", _zigzag(np.diff(arcs.y, prepend=0))),
    }


def _small(sizes: IntArray) -> Array:
    return sizes.astype(np.min_scalar_type(int(sizes.max(initial=0))))


def _zigzag(values: IntArray) -> IntArray:
    return (values << 1) ^ (values >> 63)


def _bytes(name: str, values: IntArray) -> dict[str, Array]:
    """Return the four bytes of numbers, the lowest first, each as an array: they pack better."""
    return {f"{name}{i}": (values >> 8 * i & 0xFF).astype(np.uint8) for i in range(4)}
