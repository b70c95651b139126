"""The map: its colours are those of the results, and it answers to mouse and keyboard."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from PIL import Image
from playwright.sync_api import expect

LONDON = "at=12.60/51.51/-0.06"
MOVING = {"reduced_motion": "no-preference"}
INSIDE = 7  # pixels of one colour around a place that is looked at
SOURCE = Path(__file__).parents[2] / "explorer" / "src" / "map" / "palette.ts"
NODE = "crime"


def palette_of(theme: str) -> list[str]:
    """Return the colours of the deciles, no data first, as the explorer's source has them."""
    source = SOURCE.read_text(encoding="utf-8").partition("DECILES")[2]
    found = re.search(rf"{theme}: \[([^\]]+)\]", source)
    assert found
    colours = re.findall(r"#[0-9a-f]{6}", found[1])
    assert len(colours) == 11
    return colours


def degrees(file: str) -> pl.DataFrame:
    """Return the polygons of areas in degrees, with a place inside each."""
    import geopandas

    frame = geopandas.read_parquet(file).to_crs("EPSG:4326")
    code = next(name for name in frame.columns if name.lower() in ("lsoa21_code", "lsoa21cd"))
    middle = frame.representative_point()
    return pl.DataFrame(
        {
            "area_code": frame[code].astype(str).to_list(),
            "longitude": middle.x.to_numpy(),
            "latitude": middle.y.to_numpy(),
            "shape": list(shapely.to_wkb(frame.geometry.to_numpy())),
        }
    )


@pytest.fixture(scope="module")
def ground(england) -> pl.DataFrame:
    """All areas of England with a place inside each, and their numbers."""
    return degrees(england.files["boundaries"]).join(england.areas, on="area_code")


def in_sight(page, ground):
    """Return the areas that are drawn large enough to be looked at, and where on the page."""
    lng, lat = -0.06, 51.51
    near = ground.filter(
        (pl.col("longitude") - lng).abs() < 0.12, (pl.col("latitude") - lat).abs() < 0.06
    )
    shapes = shapely.from_wkb(near["shape"].to_list())
    points = shapely.points(near["longitude"].to_numpy(), near["latitude"].to_numpy())
    step = 360 / (512 * 2**12.6)
    roomy = shapely.distance(shapely.boundary(shapes), points) > INSIDE * step
    near = near.filter(pl.Series(roomy))
    at = page.pixels(near.select("longitude", "latitude").iter_rows())
    seen = page.on_map(at)
    return near.filter(pl.Series(seen)), [one for one, there in zip(at, seen, strict=True) if there]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_areas_have_the_colours_of_their_deciles(england, ground, reader, theme):
    page = reader(england.address, LONDON, dark=theme == "dark")
    areas, at = in_sight(page, ground)
    assert len(at) > 50
    palette = palette_of(theme)
    for node in (england.index, NODE):
        if node == NODE:
            page.page.get_by_label("Show").first.select_option(NODE)
            page.settled()
        wanted = [palette[decile] for decile in areas[f"{node}_decile"]]
        assert page.colours(at) == wanted, node


def test_areas_have_the_colours_of_their_scores(england, ground, reader):
    page = reader(england.address, f"{LONDON}&show={NODE}")
    page.button("Score").click()
    page.settled()
    areas, at = in_sight(page, ground)
    scores = england.areas[f"{NODE}_score"].sort().to_numpy()
    low, high = scores[len(scores) // 100], scores[-(len(scores) // 100) - 1]
    steps = np.floor((areas[f"{NODE}_score"].to_numpy() - low) / (high - low) * 10)
    classes = 10 - np.clip(steps, 0, 9).astype(int)
    palette = palette_of("light")
    assert page.colours(at) == [palette[one] for one in classes]


def test_hot_spots_alone_keep_their_colour(england, ground, reader):
    page = reader(england.address, LONDON)
    page.button("Worst 10%").click()
    page.settled()
    areas, at = in_sight(page, ground)
    palette = palette_of("light")
    deciles = areas[f"{england.index}_decile"].to_list()
    for decile, colour in zip(deciles, page.colours(at), strict=True):
        if decile == 1:
            assert colour == palette[1]
        else:
            assert colour != palette[decile]
    assert 1 in deciles


def test_the_pointer_tells_and_a_click_selects(england, ground, reader):
    page = reader(england.address, LONDON, **MOVING)
    areas, at = in_sight(page, ground)
    for row, (x, y) in list(zip(areas.iter_rows(named=True), at, strict=True))[::20][:4]:
        page.page.mouse.move(x, y)
        tip = page.page.locator(".tip")
        rank = f"{row[england.index + '_rank']:,}"
        expect(tip).to_contain_text(row["area_name"])
        expect(tip).to_contain_text(f"Rank {rank} · decile {row[england.index + '_decile']}")
        page.page.mouse.click(x, y)
        expect(page.panel.get_by_role("heading", level=2)).to_have_text(row["area_name"])
        page.says(f"Rank {rank} of 33,755")
    assert page.link["area"] == row["area_code"]
    assert page.link["at"] == "12.60/51.51000/-0.06000"  # a click does not move the map


def test_with_the_keyboard_alone(england, ground, reader):
    page = reader(england.address, LONDON, **MOVING)
    for _ in range(40):
        page.page.keyboard.press("Tab")
        if page.page.evaluate("document.activeElement.tagName") == "CANVAS":
            break
    expect(page.canvas).to_be_focused()
    page.moved(lambda: page.page.keyboard.press("ArrowRight"))
    at = page.moved(lambda: page.page.keyboard.press("ArrowDown"))["at"]
    _, latitude, longitude = map(float, at.split("/"))
    assert longitude > -0.06
    assert latitude < 51.51
    page.page.keyboard.press("Enter")
    here = shapely.Point(longitude, latitude)
    shapes = shapely.from_wkb(ground["shape"].to_list())
    found = ground.filter(pl.Series(shapely.contains(shapes, here)))
    expect(page.panel.get_by_role("heading", level=2)).to_have_text(found["area_name"].item())
    page.canvas.focus()
    at = page.moved(lambda: page.page.keyboard.press("+"))["at"]
    assert float(at.split("/")[0]) > 12.6


def test_buttons_zoom_and_show_the_whole_map(england, reader):
    page = reader(england.address, LONDON, **MOVING)
    zoom = float(page.moved(page.button("Zoom in").click)["at"].split("/")[0])
    assert zoom == pytest.approx(13.6, abs=0.01)
    page.moved(page.button("Zoom out").click)
    zoom = float(page.moved(page.button("Zoom out").click)["at"].split("/")[0])
    assert zoom == pytest.approx(11.6, abs=0.01)
    at = page.moved(page.button("Whole map").click)["at"]
    zoom, latitude, longitude = map(float, at.split("/"))
    assert 4 < zoom < 7
    assert 52 < latitude < 54
    assert -7 < longitude < -1  # what the controls cover is kept free


def test_outlines_of_districts_are_drawn(england, reader):
    """Along the border of two districts the map is darker than any class: a line is there."""
    import geopandas

    page = reader(england.address, LONDON)
    frame = geopandas.read_parquet(england.files["boundaries"]).to_crs("EPSG:4326")
    near = frame.cx[-0.12:0.0, 51.47:51.55]
    lookup = pl.read_parquet(england.files["districts"].rpartition(":")[0])
    of = dict(lookup.select("lsoa21_code", "ltla24_code").iter_rows())
    districts = near.dissolve(by=near["lsoa21_code"].map(of))
    hackney, tower_hamlets = districts.geometry["E09000012"], districts.geometry["E09000030"]
    shared = shapely.line_merge(hackney.intersection(tower_hamlets.boundary))
    places = [shared.interpolate(part / 60, normalized=True) for part in range(61)]
    at = page.pixels((place.x, place.y) for place in places)
    seen = [point for point, there in zip(at, page.on_map(at), strict=True) if there]
    assert len(seen) > 20
    picture = Image.open(io.BytesIO(page.page.screenshot())).convert("RGB")

    def darkest(x: float, y: float) -> tuple[int, int, int]:
        around = [(round(x) + i, round(y) + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        return min((picture.getpixel(place) for place in around), key=max)

    on_line = [darkest(x, y) for x, y in seen]
    lines = sum(max(colour) < 90 for colour in on_line)
    assert lines > 0.8 * len(on_line), on_line


def test_names_of_districts_are_drawn_in_the_language(england, reader):
    """Where one name alone is Welsh, the picture changes with the language, and there only."""
    link = "at=11.00/54.68000/-1.25000"
    english, welsh = (
        reader(england.address, f"{link}&lang={language}").canvas.screenshot()
        for language in ("en", "cy")
    )
    assert english != welsh


def test_a_picture_of_the_map_is_saved(demo, reader):
    page = reader(demo.address)
    saved = page.saved(page.button("Picture (PNG)"))
    assert saved.suggested_filename == f"{demo.index}.png"
    picture = Image.open(saved.path()).convert("RGB")
    box = page.page.get_by_test_id("map").bounding_box()
    assert picture.size[0] == round(box["width"])
    assert picture.size[1] > round(box["height"])  # a title and a legend stand above the map
    colours = {f"#{r:02x}{g:02x}{b:02x}" for _, (r, g, b) in picture.getcolors(10**7)}
    assert set(palette_of("light")[1:]) <= colours


def test_with_reduced_motion_the_map_jumps(england, reader):
    page = reader(england.address, LONDON, reduced_motion="reduce")
    page.button("Whole map").click()
    page.page.wait_for_timeout(100)
    first = page.canvas.screenshot()
    page.page.wait_for_timeout(500)
    assert page.canvas.screenshot() == first
    turning = "() => document.getAnimations().filter((one) => one.playState === 'running').length"
    assert page.page.evaluate(turning) == 0
