"""Districts: every summary is what `hyperlocal districts` reports."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from playwright.sync_api import expect

from hyperlocal.analysis import districts, groups_for, populations

SUMMARIES = ("average_score", "average_rank", "proportion", "extent", "local_concentration")


@pytest.fixture(scope="module")
def report(england) -> pl.DataFrame:
    """The districts report of the command line."""
    groups = groups_for(england.results, [england.files["districts"]])
    return districts(england.results, groups, populations(england.results)).tables["districts"]


def test_all_summaries_equal_the_report(england, reader, report):
    page = reader(england.address, "view=districts")
    for node in (england.index, "crime"):
        page.panel.get_by_label("Show").select_option(node)
        page.panel.locator("tbody tr").nth(295).wait_for()
        saved = page.csv(page.button("Download CSV", page.panel))
        known = report.filter(measure=node).sort("group_code")
        found = saved.sort("Code")
        assert found["Code"].to_list() == known["group_code"].to_list()
        assert found["Name"].to_list() == known["group_name"].to_list()
        for name in SUMMARIES:
            np.testing.assert_array_equal(found[name].cast(float), known[name], name)
            rank = f"{name}_rank"
            np.testing.assert_array_equal(found[rank].cast(float), known[rank], rank)
        assert found["Areas"].cast(int).to_list() == known["areas"].to_list()
        np.testing.assert_array_equal(found["Population"].cast(float), known["population"])


def test_the_table_shows_them_and_sorts(england, reader, report):
    page = reader(england.address, "view=districts")
    page.panel.locator("tbody tr").nth(295).wait_for()
    known = report.filter(measure=england.index)
    heads = {
        "Average score": "average_score",
        "Average rank": "average_rank",
        "In most deprived 10%": "proportion",
        "Extent": "extent",
        "Local concentration": "local_concentration",
        "Areas": "areas",
        "Population": "population",
    }
    rows = page.table()
    assert rows[0] == ["Name", *heads]
    blackpool = next(row for row in rows if row[0] == "Blackpool")
    one = known.row(by_predicate=pl.col("group_name") == "Blackpool", named=True)
    assert blackpool[1:6] == [
        f"{one['average_score']:,.3f} #{one['average_score_rank']:,}",
        f"{one['average_rank']:,.1f} #{one['average_rank_rank']:,}",
        f"{one['proportion']:.1%} #{one['proportion_rank']:,}",
        f"{one['extent']:.1%} #{one['extent_rank']:,}",
        f"{one['local_concentration']:,.0f} #{one['local_concentration_rank']:,}",
    ]
    for title, column in heads.items():
        head = page.panel.get_by_role("columnheader", name=title)
        if title != "Average score":  # it is sorted by this one when it opens
            head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", "descending")
        order = known.sort(column, "group_code", descending=[True, False])["group_name"]
        assert [row[0] for row in page.table()[1:]] == order.to_list(), column
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", "ascending")
        order = known.sort(column, "group_code")["group_name"]
        assert [row[0] for row in page.table()[1:]] == order.to_list(), column
    page.panel.get_by_role("columnheader", name="Name").get_by_role("button").click()
    names = [row[0] for row in page.table()[1:]]
    assert names[0] == "Adur"
    assert names[-1] == "York"


def test_choosing_one_shows_it(england, reader):
    page = reader(england.address, "view=districts")
    page.panel.get_by_label("Name contains").fill("cornw")
    expect(page.panel.locator("tbody tr")).to_have_count(1)
    link = page.moved(page.button("Cornwall", page.panel).click)
    assert link["district"] == "ltla24:E06000052"
    _, latitude, longitude = map(float, link["at"].split("/"))
    assert (latitude, longitude) == pytest.approx((50.4, -4.9), abs=1.6)  # beside the controls
    page.panel.get_by_label("Larger areas").select_option("region24")
    page.panel.get_by_label("Name contains").fill("")
    expect(page.panel.locator("tbody tr")).to_have_count(9)


def test_with_other_weights_summaries_are_computed_again(england, reader):
    """Half of all weights is the same weights: the summaries must come out as published."""
    weights = pl.read_parquet(england.results.folder / "weights.parquet")
    held = weights.filter(node=england.index).select("child", "weight")
    said = ",".join(f"{child}:{weight / 2!r}" for child, weight in held.iter_rows())
    page = reader(england.address, "view=districts")
    page.panel.locator("tbody tr").nth(295).wait_for()
    before = page.table()
    page.open(f"view=districts&weights={england.index}({said})")
    page.says("Computed with your weights.")
    without_ranks = [[cell.split(" #")[0] for cell in row] for row in before]
    assert page.table() == without_ranks
