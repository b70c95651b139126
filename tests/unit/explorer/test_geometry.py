"""The files of boundaries hold the boundaries that were given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from tests.unit.explorer.test_topology import polygons_of

from hyperlocal.areas import Geography
from hyperlocal.explorer.arrays import read_arrays
from hyperlocal.explorer.geometry import from_grid, to_grid, write_geometry
from hyperlocal.explorer.simplify import neighbourly_order, simplified
from hyperlocal.explorer.topology import Arcs
from hyperlocal.geography import Boundaries, to_degrees

NONE = 0xFFFFFFFF


def boundaries(shapes: list[shapely.Geometry]) -> Boundaries:
    codes = [f"E{i:08d}" for i in range(len(shapes))]
    return Boundaries(Geography("lsoa", 2021), codes, shapes)


def whole(arrays: dict[str, np.ndarray], name: str) -> np.ndarray:
    return sum(arrays[f"{name}{i}"].astype(np.int64) << 8 * i for i in range(4))


def decoded(file: Path) -> tuple[Arcs, dict[str, np.ndarray], dict[str, object]]:
    """Read a file as docs/explorer/files.md describes it."""
    arrays, about = read_arrays(file)
    ring_arcs, following = [], 0
    for code in whole(arrays, "arc").tolist():
        if code == 0:
            ring_arcs.append(following)
            following += 1
        else:
            arc = following - (code + 1) // 2
            ring_arcs.append(-1 - arc if code % 2 else arc)
    x, y = (
        np.cumsum((value >> 1) ^ -(value & 1)) for value in (whole(arrays, "x"), whole(arrays, "y"))
    )
    starts = {
        name: np.append(0, np.cumsum(arrays[name].astype(np.int64)))
        for name in ("points", "ring_arcs", "rings", "polygons")
    }
    polygon = np.repeat(np.arange(len(arrays["rings"])), arrays["rings"])
    area_of_polygon = np.repeat(np.arange(len(arrays["polygons"])), arrays["polygons"])
    arcs = Arcs(
        x, y, starts["points"], np.array(ring_arcs), starts["ring_arcs"], polygon,
        area_of_polygon[polygon],
    )  # fmt: skip
    return arcs, arrays, about


def in_degrees(shapes: list[shapely.Geometry]) -> list[shapely.Geometry]:
    return list(shapely.transform(shapes, lambda p: np.column_stack(from_grid(p[:, 0], p[:, 1]))))


def wavy(columns: int, rows: int, points: int) -> list[shapely.Geometry]:
    """Areas beside each other with winding borders, in metres of the National Grid."""
    side = 2_000.0

    def bent(p: np.ndarray) -> np.ndarray:
        waves = 40 * np.sin(p[:, ::-1] / 90) + 4 * np.sin(p[:, ::-1] / 11)
        return p + waves + [400_000, 300_000]

    squares = [
        shapely.segmentize(shapely.box(side * i, side * j, side * (i + 1), side * (j + 1)),
                           4 * side / points)
        for j in range(rows) for i in range(columns)
    ]  # fmt: skip
    return list(shapely.transform(squares, bent))


def test_boundaries_come_back_within_half_a_step(tmp_path: Path) -> None:
    given = wavy(6, 5, 80)
    written = write_geometry(tmp_path, boundaries(given))
    assert written.detail is None
    assert [file.name for file in tmp_path.iterdir()] == ["geometry.bin.gz"]
    arcs, _, about = decoded(tmp_path / "geometry.bin.gz")
    assert about == {"format": 1, "grid": 25, "areas": 30, "tolerance": 0}
    back = in_degrees(polygons_of(arcs, 30))
    wanted = shapely.transform(given, lambda p: np.column_stack(to_degrees(p[:, 0], p[:, 1])))
    half = 0.5 * 360 / 2**25 * 2**0.5
    assert max(shapely.hausdorff_distance(back, wanted)) < half
    west, south, east, north = shapely.total_bounds(wanted)
    assert written.bounds == (west, south, east, north)


def test_holes_and_islands_come_back(tmp_path: Path) -> None:
    ring = shapely.box(0, 51, 0.3, 51.3).difference(shapely.box(0.1, 51.1, 0.2, 51.2))
    islands = shapely.MultiPolygon([shapely.box(1, 51, 1.1, 51.1), shapely.box(1.2, 51, 1.3, 51.1)])
    given = [ring, shapely.box(0.1, 51.1, 0.2, 51.2), islands]
    write_geometry(tmp_path, boundaries(given))
    arcs, arrays, _ = decoded(tmp_path / "geometry.bin.gz")
    assert arrays["polygons"].tolist() == [1, 1, 2]
    assert arrays["rings"].tolist() == [2, 1, 1, 1]
    back = in_degrees(polygons_of(arcs, 3))
    np.testing.assert_allclose(shapely.area(back), shapely.area(given), rtol=1e-3)
    assert [len(p.interiors) for p in back[0].geoms] == [1]


def test_the_same_boundaries_give_the_same_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_geometry(tmp_path / name, boundaries(wavy(3, 3, 40)))
    first, second = ((tmp_path / name / "geometry.bin.gz").read_bytes() for name in ("a", "b"))
    assert first == second


def test_heavy_boundaries_are_written_twice(tmp_path: Path) -> None:
    given = wavy(14, 14, 600)
    told: list[str] = []
    written = write_geometry(tmp_path, boundaries(given), most_points=12_000, tell=told.append)
    assert told == [
        "Simplifying boundaries",
        "Writing boundaries",
        "Writing finer boundaries",
    ]
    assert written.detail is not None
    parts = sorted((tmp_path / "detail").iterdir())
    assert len(parts) == written.detail["parts"] > 1
    arcs, arrays, about = decoded(tmp_path / "geometry.bin.gz")
    overview = in_degrees(polygons_of(arcs, 196))
    assert shapely.get_num_coordinates(overview).sum() < 1.2 * 12_000
    assert about["tolerance"] > 0
    assert about["parts"] == len(parts)
    wanted = np.array(
        shapely.transform(given, lambda p: np.column_stack(to_degrees(p[:, 0], p[:, 1])))
    )
    np.testing.assert_allclose(shapely.area(overview), shapely.area(wanted), rtol=0.05)
    seen = np.zeros(196, int)
    for number, file in enumerate(parts):
        finer, held, _ = decoded(file)
        areas = held["area"].astype(np.int64)
        assert (arrays["part"][areas] == number).all()
        seen[areas] += 1
        back = in_degrees(polygons_of(finer, len(areas)))
        step = 360 / 2**25
        assert max(shapely.hausdorff_distance(back, wanted[areas])) < 5 * step
        beyond = held["beyond"].astype(np.int64)
        assert not np.isin(beyond[beyond != NONE], areas).any()
        assert (beyond[beyond != NONE] < 196).all()
    assert (seen == 1).all()


def test_simplifying_keeps_neighbours_together() -> None:
    shapes = np.array(wavy(6, 6, 400))
    shapes = shapely.transform(shapes, np.round)
    found = simplified(shapes, 3_000)
    assert found.tolerance > 0
    assert 1_000 < shapely.get_num_coordinates(found.shapes).sum() <= 3_300
    assert shapely.coverage_is_valid(found.shapes)
    assert shapely.union_all(found.shapes).geom_type == "Polygon"


def test_light_boundaries_are_left_as_they_are() -> None:
    shapes = np.array(wavy(2, 2, 20))
    found = simplified(shapes, 1_000)
    assert found.tolerance == 0
    assert found.shapes is shapes


def test_neighbours_follow_each_other() -> None:
    shapes = np.array([shapely.box(i, j, i + 1, j + 1) for i in (0, 90) for j in (0, 90)] * 2)
    order = neighbourly_order(shapes).tolist()
    pairs = {frozenset(order[i : i + 2]) for i in range(0, 8, 2)}
    assert pairs == {frozenset((i, i + 4)) for i in range(4)}


@pytest.mark.parametrize(("longitude", "latitude"), [(-0.1276, 51.5072), (-6.3, 49.9), (1.7, 55.8)])
def test_the_grid_is_that_of_web_mercator(longitude: float, latitude: float) -> None:
    x, y = to_grid(longitude, latitude)
    radius = 6_378_137.0  # of the sphere of Web Mercator, whose square is 2 pi radius wide
    step = 2 * np.pi * radius / 2**25
    metres_east = np.radians(longitude) * radius
    metres_north = np.log(np.tan(np.pi / 4 + np.radians(latitude) / 2)) * radius
    assert abs((float(x) - 2**24) * step - metres_east) <= step / 2 + 1e-6
    assert abs((2**24 - float(y)) * step - metres_north) <= step / 2 + 1e-6
    back = from_grid(x, y)
    np.testing.assert_allclose(back, (longitude, latitude), atol=360 / 2**25)


FIXTURES = Path(__file__).parents[3] / "explorer" / "tests" / "fixtures" / "map"


def fixture_boundaries() -> Boundaries:
    """What the tests of the browser read: squares of 0.1 degrees, a hole, islands, a gap."""
    ring = shapely.box(0, 51, 0.3, 51.3).difference(shapely.box(0.1, 51.1, 0.2, 51.2))
    holed = shapely.box(0.3, 51, 0.6, 51.3).difference(shapely.box(0.4, 51.1, 0.5, 51.2))
    islands = shapely.MultiPolygon([shapely.box(1, 51, 1.1, 51.1), shapely.box(1.2, 51, 1.3, 51.1)])
    core, wide = shapely.box(0.1, 51.1, 0.2, 51.2), shapely.box(0, 51.3, 0.6, 51.4)
    return boundaries(list(shapely.segmentize([ring, core, holed, islands, wide], 0.01)))


def test_the_browser_is_tested_with_what_is_written(tmp_path: Path) -> None:
    write_geometry(tmp_path / "light", fixture_boundaries())
    write_geometry(tmp_path / "heavy", fixture_boundaries(), most_points=200)
    files = sorted(file.relative_to(tmp_path) for file in tmp_path.rglob("*.gz"))
    assert files == sorted(file.relative_to(FIXTURES) for file in FIXTURES.rglob("*.gz"))
    for file in files:
        made, about = read_arrays(tmp_path / file)
        held, told = read_arrays(FIXTURES / file)
        assert about == told
        assert made.keys() == held.keys()
        for name, values in made.items():
            np.testing.assert_array_equal(values, held[name], err_msg=f"{file}: {name}")
