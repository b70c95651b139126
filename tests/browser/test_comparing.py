"""Comparing: two areas, an area with its district, and two versions of the index."""

from __future__ import annotations

import polars as pl
import pytest
from playwright.sync_api import expect

from hyperlocal import Results

FIRST, SECOND = "E01011950", "E01016028"


def number(text: str) -> float:
    return float(text.replace(",", "").replace("\u2212", "-").replace("+", ""))


def shown_nodes(site) -> list[str]:
    return [site.index, *(node.id for node in site.results.definition.root.children)]


def test_two_areas_side_by_side(england, reader):
    page = reader(england.address, f"area={FIRST}")
    page.button("Compare", page.panel).click()
    field = page.panel.get_by_role("combobox").nth(1)
    field.press_sequentially("medway 028c")
    expect(page.panel.get_by_role("option").first).to_be_visible()
    page.page.keyboard.press("Enter")
    page.panel.locator("table").first.wait_for()
    rows = page.table()
    one, two = (
        england.areas.row(by_predicate=pl.col("area_code") == code, named=True)
        for code in (FIRST, SECOND)
    )
    assert rows[0][1:3] == [one["area_name"], two["area_name"]]
    for row, node in zip(rows[1:], shown_nodes(england), strict=True):
        for cell, known in ((row[1], one), (row[2], two)):
            rank, score = cell.split()
            assert number(rank) == known[f"{node}_rank"]
            assert score == f"{known[f'{node}_score']:,.2f}"
        difference, said = row[3].split(maxsplit=1)
        steps = one[f"{node}_rank"] - two[f"{node}_rank"]
        assert number(difference) == steps
        assert said == ("more deprived" if steps < 0 else "less deprived")
    assert page.link["with"] == SECOND
    page.button("Swap").click()
    expect(page.panel.locator("thead th").nth(1)).to_have_text(two["area_name"])


def test_an_area_with_its_district(england, reader):
    page = reader(england.address, f"area={FIRST}&view=compare")
    page.button("With Hartlepool").click()
    rows = page.table()
    lookup = pl.read_parquet(england.files["districts"].rpartition(":")[0])
    members = lookup.filter(ltla24_code="E06000001")["lsoa21_code"].unique()
    inside = england.areas.filter(pl.col("area_code").is_in(members.implode()))
    assert rows[0][2] == "Hartlepool (mean of its areas)"
    for row, node in zip(rows[1:], shown_nodes(england), strict=True):
        rank, score = row[2].split()
        assert number(rank) == pytest.approx(inside[f"{node}_rank"].mean(), abs=0.5001)
        assert number(score) == pytest.approx(inside[f"{node}_score"].mean(), abs=0.00501)
    assert page.link["with"] == "@ltla24"


@pytest.mark.parametrize("node", ["iod_2025_domains", "income"])
def test_two_versions(england, reader, node):
    page = reader(england.address, f"view=compare&show={node}")
    page.panel.get_by_role("combobox", name="Compare with").select_option(label="Other weights")
    page.panel.locator("table.matrix").wait_for()
    other = Results.open(england.results.folder.parent / "other").areas
    rank, decile = f"{node}_rank", f"{node}_decile"
    both = england.areas.select("area_code", "area_name", rank, decile).join(
        other.select("area_code", before_rank=rank, before=decile), on="area_code"
    )
    counts = {
        (one["before"], one[decile]): one["len"]
        for one in both.group_by("before", decile).len().iter_rows(named=True)
    }
    matrix = page.table(page.panel.locator("section[aria-labelledby=versions]"))
    for before, row in enumerate(matrix[1:], start=1):
        assert row[0] == str(before)
        assert [int(cell.replace(",", "") or 0) for cell in row[1:]] == [
            counts.get((before, now), 0) for now in range(1, 11)
        ]
    steps = pl.col(decile) - pl.col("before")
    moved = both.with_columns(steps=steps, places=pl.col(rank) - pl.col("before_rank"))
    up = moved.filter(pl.col("steps") < 0).sort("steps", "places", maintain_order=True)
    down = moved.filter(pl.col("steps") > 0).sort(
        "steps", "places", descending=True, maintain_order=True
    )
    same = moved.height - up.height - down.height

    def areas(count: int) -> str:
        return "1 area is" if count == 1 else f"{count:,} areas are"

    page.says(f"{areas(up.height)} in a more deprived decile.")
    page.says(f"{down.height:,} in a less deprived one.")
    page.says(f"{same:,} in the same.")
    if node == england.index:
        assert up.height > 1000
        for title, known in (
            ("Moved most towards more deprived", up),
            ("Moved most towards less deprived", down),
        ):
            block = page.panel.locator("details").filter(has_text=title)
            if block.get_attribute("open") is None:
                block.locator("summary").click()
            listed = [one.strip() for one in block.locator("li button").all_inner_texts()]
            assert listed == known["area_name"][: len(listed)].to_list()
            assert len(listed) == 50


def test_the_map_shows_the_movement(england, reader):
    page = reader(england.address, "view=compare&at=12.6/51.51/-0.06")
    before = page.canvas.screenshot()
    page.panel.get_by_role("combobox", name="Compare with").select_option(label="Other weights")
    expect(page.page.locator("figure.legend")).to_contain_text("Towards most deprived")
    page.page.wait_for_timeout(300)
    assert page.canvas.screenshot() != before
    link = page.link
    assert (link["version"], link["by"]) == ("other_weights", "change")
    other = reader(england.static, page.page.url.partition("#")[2])
    expect(other.button("Movement")).to_have_attribute("aria-pressed", "true")
    assert other.canvas.screenshot() == page.canvas.screenshot()
