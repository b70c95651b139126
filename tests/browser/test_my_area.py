"""An area of one's own: drawn, picked or pasted, and its summaries."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
import shapely
from playwright.sync_api import expect

from hyperlocal.analysis import groups_for, populations
from hyperlocal.analysis.districts import district_table
from hyperlocal.analysis.measures import measures

LEEDS = "view=mine&at=10.20/53.80000/-1.64600"
CORNERS = [(-1.62, 53.84), (-1.48, 53.85), (-1.47, 53.77), (-1.55, 53.75), (-1.63, 53.78)]
HEADS = {
    "average_score": (3, ""),
    "average_rank": (1, ""),
    "proportion": (1, "%"),
    "extent": (1, "%"),
    "local_concentration": (0, ""),
}


def summaries(site, codes: list[str], tmp_path) -> dict[str, list[str]]:
    """Return what Python gives for a set of areas, as it is to be shown, by the node's title."""
    listed = tmp_path / "mine.csv"
    pl.DataFrame({"lsoa21_code": codes}).write_csv(listed)
    groups = groups_for(site.results, [str(listed)])
    root = site.results.definition.root
    nodes = [root.id, *(node.id for node in root.children)]
    table = district_table(
        measures(site.results, nodes), groups, populations(site.results), share=Fraction(1, 10)
    )
    inside = table.filter(pl.col("areas") == len(codes))
    titles = {node.id: node.title for node in site.results.definition.nodes}
    shown = {}
    for row in inside.iter_rows(named=True):
        cells = []
        for name, (digits, sign) in HEADS.items():
            value = row[name] * (100 if sign else 1)
            cells.append(f"{value:,.{digits}f}{sign}")
        shown[titles[row["measure"]]] = cells
    return shown


def chosen(page) -> pl.DataFrame:
    return page.csv(page.panel.get_by_role("button", name="Download CSV").last)


def test_a_drawn_polygon_takes_the_areas_whose_middle_is_inside(england, reader, tmp_path):
    import geopandas

    page = reader(england.address, LEEDS)
    page.button("Draw on the map").click()
    points = page.pixels(CORNERS)
    assert all(page.on_map(points))
    for x, y in points:
        page.page.mouse.move(x, y)
        page.page.mouse.click(x, y)
        page.page.wait_for_timeout(350)  # else two clicks could be a double one
    page.page.mouse.dblclick(*points[-1])
    page.panel.get_by_test_id("mine-areas").wait_for()
    expect(page.button("Draw on the map")).to_be_visible()
    found = set(chosen(page)["area_code"])
    frame = geopandas.read_parquet(england.files["boundaries"]).to_crs("EPSG:4326")
    ring = shapely.Polygon(CORNERS)
    codes = frame["lsoa21_code"].to_numpy()
    inside = set(codes[frame.within(ring.buffer(-0.001))])
    outside = set(codes[frame.disjoint(ring.buffer(0.001))])
    assert len(inside) > 100
    assert inside <= found
    assert not found & outside
    assert page.panel.get_by_test_id("mine-areas").inner_text() == f"{len(found):,}"

    sorted_codes = sorted(found)
    held = england.areas.filter(pl.col("area_code").is_in(sorted_codes))
    people = held["residents_population"].sum()
    expect(page.panel.locator("dl.facts")).to_contain_text(f"{people:,.0f}")
    counts = held[f"{england.index}_decile"].value_counts()
    by_decile = dict(counts.iter_rows())
    shown = page.panel.locator("ol.deciles .numbers").all_inner_texts()
    assert [int(one) for one in shown] == [by_decile.get(one, 0) for one in range(1, 11)]
    rows = page.table()
    known = summaries(england, sorted_codes, tmp_path)
    assert {row[0]: row[1:] for row in rows[1:]} == known
    saved = chosen(page).sort("area_code")
    assert saved["area_code"].to_list() == held.sort("area_code")["area_code"].to_list()
    for name in ("rank", "decile", "score"):
        column = f"{england.index}_{name}"
        np.testing.assert_array_equal(saved[column].cast(float), held.sort("area_code")[column])


def test_drawing_with_keys_and_cancelling(england, reader):
    page = reader(england.address, LEEDS)
    page.button("Draw on the map").click()
    page.canvas.focus()
    page.page.keyboard.press("Escape")
    expect(page.button("Draw on the map")).to_be_visible()
    expect(page.panel.get_by_test_id("mine-areas")).to_have_count(0)
    page.button("Draw on the map").click()
    page.canvas.focus()
    for step in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.page.keyboard.press("Space")
        page.moved(lambda step=step: page.page.keyboard.press(step))
    page.page.keyboard.press("Space")
    page.page.keyboard.press("Enter")
    page.panel.get_by_test_id("mine-areas").wait_for()
    assert int(page.panel.get_by_test_id("mine-areas").inner_text()) > 3


def test_picked_on_the_map_and_given_back(england, reader):
    page = reader(england.address, "view=mine&at=13.50/53.80000/-1.55000")
    page.button("Choose areas on the map").click()
    x, y = page.pixels([(-1.55, 53.80)])[0]
    page.page.mouse.click(x, y)
    expect(page.panel.get_by_test_id("mine-areas")).to_have_text("1")
    page.page.mouse.click(x + 150, y + 100)
    expect(page.panel.get_by_test_id("mine-areas")).to_have_text("2")
    page.page.wait_for_timeout(400)
    page.page.mouse.click(x, y)
    expect(page.panel.get_by_test_id("mine-areas")).to_have_text("1")
    page.settled()
    other = reader(england.static, page.page.url.partition("#")[2])
    expect(other.panel.get_by_test_id("mine-areas")).to_have_text("1")
    page.button("Clear").click()
    expect(page.panel.get_by_test_id("mine-areas")).to_have_count(0)


def test_pasted_postcodes(demo, reader, tmp_path):
    directory = pl.read_csv(demo.files["postcodes"], infer_schema=False)
    live = directory.filter(
        pl.col("doterm").fill_null("") == "",
        pl.col("lsoa21").is_in(demo.areas["area_code"].implode()),
    )
    some = live.gather_every(max(1, live.height // 150)).head(120)
    page = reader(demo.address, "view=mine")
    page.panel.locator("summary", has_text="Postcodes").click()
    page.panel.get_by_label("One per line").fill("\n".join([*some["pcds"], "ZZ99 9ZZ", "rubbish"]))
    page.button("Add their areas").click()
    codes = sorted(some["lsoa21"].unique())
    page.says(f"120 of 122 postcodes were found. Areas they lie in: {len(codes)}.")
    page.says("Not found: ZZ99 9ZZ, rubbish")
    saved = chosen(page)
    assert sorted(saved["area_code"]) == codes
    held = demo.areas.filter(pl.col("area_code").is_in(codes))
    expect(page.panel.locator("dl.facts")).to_contain_text(
        f"{held['residents_population'].sum():,.0f}"
    )
    assert {row[0]: row[1:] for row in page.table()[1:]} == summaries(demo, codes, tmp_path)


def test_a_whole_district_is_what_the_report_says(england, reader):
    page = reader(england.address, "view=mine&district=ltla24:E06000001")
    page.button("Add all of Hartlepool").click()
    groups = groups_for(england.results, [england.files["districts"]])
    table = district_table(
        measures(england.results, [england.index]), groups, populations(england.results)
    )
    row = table.row(by_predicate=pl.col("group_code") == "E06000001", named=True)
    assert page.table()[1][1:] == [
        f"{row['average_score']:,.3f}",
        f"{row['average_rank']:,.1f}",
        f"{row['proportion']:.1%}",
        f"{row['extent']:.1%}",
        f"{row['local_concentration']:,.0f}",
    ]
    assert page.panel.get_by_test_id("mine-areas").inner_text() == str(row["areas"])


@pytest.mark.parametrize("text", ["nothing here", ",,,;;\n\n", "CF10 1A", "<b>CF1</b>"])
def test_postcodes_that_are_none(demo, reader, text):
    page = reader(demo.address, "view=mine")
    page.panel.locator("summary", has_text="Postcodes").click()
    page.panel.get_by_label("One per line").fill(text)
    button = page.button("Add their areas")
    if button.is_enabled():
        button.click()
    expect(page.panel.get_by_test_id("mine-areas")).to_have_count(0)
