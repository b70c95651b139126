"""The area panel: its numbers are those of the results, and its link returns to the same view."""

from __future__ import annotations

import polars as pl
import pytest
from playwright.sync_api import expect

from hyperlocal.analysis import groups_for, similar_areas
from hyperlocal.analysis.explaining.decomposition import decompose

ENGLISH = ("E01011950", "E01033768", "E01000001")


def number(text: str) -> float:
    """Return a number as it is shown."""
    return float(text.replace(",", "").replace("\u2212", "-").replace("+", "").rstrip("%"))


def shown(page, code: str):
    page.turn(f"area={code}")
    page.panel.locator("article[aria-busy=false]").wait_for()
    return page


@pytest.fixture(scope="module")
def districts(england):
    """The districts of England."""
    return groups_for(england.results, [england.files["districts"]])


def test_rank_decile_score_and_population(england, reader):
    page = reader(england.address)
    for code in ENGLISH:
        row = england.areas.row(by_predicate=pl.col("area_code") == code, named=True)
        shown(page, code)
        expect(page.panel.get_by_role("heading", level=2)).to_have_text(row["area_name"])
        page.says(f"Rank {row[england.index + '_rank']:,} of 33,755")
        decile = row[england.index + "_decile"]
        expect(page.panel.locator(".deciles .here")).to_have_text(str(decile))
        facts = page.panel.locator("dl.facts").inner_text()
        assert f"{row[england.index + '_score']:,.3f}" in facts
        assert f"{row['residents_population']:,.0f}" in facts


def test_bars_of_domains_against_the_district_and_all_areas(england, reader):
    page = shown(reader(england.address), ENGLISH[0])
    row = england.areas.row(by_predicate=pl.col("area_code") == ENGLISH[0], named=True)
    lookup = pl.read_parquet(england.files["districts"].rpartition(":")[0])
    members = lookup.filter(ltla24_code="E06000001").unique("lsoa21_code")["lsoa21_code"]
    inside = england.areas.filter(pl.col("area_code").is_in(members.implode()))
    bars = page.panel.locator("ul.bars > li")
    domains = [node.id for node in england.results.definition.root.children]
    expect(bars).to_have_count(len(domains))
    for bar, domain in zip(bars.all(), domains, strict=True):
        rank = row[f"{domain}_rank"]
        assert f"Rank {rank:,} · decile {row[f'{domain}_decile']}" in bar.inner_text()
        mean = float(((33755 - inside[f"{domain}_rank"]) / 33755).mean())
        said = bar.get_by_role("img").get_attribute("aria-label")
        assert said == (
            f"More deprived than {round((33755 - rank) / 33755 * 100)}% of areas; "
            f"district mean {round(mean * 100)}%"
        )


@pytest.mark.parametrize("code", ENGLISH)
def test_why_this_rank_is_what_explain_says(england, reader, districts, code):
    page = shown(reader(england.address), code)
    page.panel.get_by_role("heading", name="Why this rank?").wait_for()
    table = page.panel.locator("section[aria-labelledby=why] table")
    table.wait_for()
    rows = page.table(page.panel.locator("section[aria-labelledby=why]"))
    known = decompose(england.results, code, districts).tables["decomposition"]
    against = [name for name in known.columns if name.startswith("against_")]
    assert len(against) == 2
    domains = known.filter(level=1) if "level" in known.columns else known
    by_title = {node.title: node.id for node in england.results.definition.root.children}
    told = {by_title[row[0]]: row[1:] for row in rows[1:-1]}
    assert set(told) == set(by_title.values())
    for one in domains.filter(pl.col("node").is_in(list(told))).iter_rows(named=True):
        weight, points, nation, district = told[one["node"]]
        assert number(weight) == pytest.approx(100 * one["weight"], abs=0.051)
        assert number(points) == pytest.approx(one["points"], abs=0.00501)
        assert number(nation) == pytest.approx(one[against[0]], abs=0.00501)
        assert number(district) == pytest.approx(one[against[1]], abs=0.00501)
    score = england.areas.row(by_predicate=pl.col("area_code") == code, named=True)
    assert number(rows[-1][2]) == pytest.approx(score[f"{england.index}_score"], abs=0.00501)
    assert sum(number(row[1]) for row in told.values()) == pytest.approx(
        score[f"{england.index}_score"], abs=0.04
    )


def test_similar_areas_are_those_of_explain(england, reader):
    page = reader(england.address)
    for code in ENGLISH[:2]:
        shown(page, code)
        found = page.panel.locator("section[aria-labelledby=similar] li button")
        expect(found).to_have_count(5)
        known = similar_areas(england.results, code).tables["similar"].filter(pl.col("place") > 0)
        assert [one.strip() for one in found.all_inner_texts()] == known["area_name"].to_list()
    found.first.click()
    expect(page.panel.get_by_role("heading", level=2)).to_have_text(known["area_name"][0])


def test_intervals_are_those_of_the_uncertainty_report(demo, reader):
    said = pl.read_csv(f"{demo.files['uncertainty']}/areas.csv")
    code = demo.areas.sort(f"{demo.index}_rank")["area_code"][99]
    page = shown(reader(demo.address), code)
    row = said.row(by_predicate=pl.col("area_code") == code, named=True)
    page.says(f"From {row['lower']:,.0f} to {row['upper']:,.0f} in 90% of ")


def test_indicators_have_value_unit_and_source(demo, reader):
    code = demo.areas.sort(f"{demo.index}_rank")["area_code"][0]
    page = shown(reader(demo.address), code)
    section = page.panel.locator("section[aria-labelledby=indicators]")
    for folded in section.locator("> details").all():
        folded.locator("> summary").click()
    text = section.inner_text()
    row = demo.areas.row(by_predicate=pl.col("area_code") == code, named=True)
    leaves = [node for node in demo.results.definition.nodes if node.is_indicator]
    assert len(leaves) > 20
    for node in leaves:
        assert node.title in text, node.id
        if row.get(f"{node.id}_rank") is not None:
            assert f"Rank {row[f'{node.id}_rank']:,.0f} · decile {row[f'{node.id}_decile']}" in text
        for said in (node.written.unit, node.written.source, node.written.caveats):
            assert said in text, node.id


def test_all_numbers_of_an_area_are_downloaded(demo, reader):
    code = demo.areas.sort(f"{demo.index}_rank")["area_code"][7]
    page = shown(reader(demo.address), code)
    saved = page.csv(page.button("Download CSV", page.panel))
    row = demo.areas.row(by_predicate=pl.col("area_code") == code, named=True)
    assert saved["area_code"].unique().to_list() == [code]
    told = {f"{one['node']}_{one['column']}": one["value"] for one in saved.iter_rows(named=True)}
    numbers = [
        name
        for name, kind in demo.areas.schema.items()
        if kind.is_numeric() and not name.endswith("_population")
    ]
    assert len(numbers) > 250
    for name in numbers:
        value = told[name]
        assert (None if value in (None, "") else float(value)) == row[name], name


def test_a_link_returns_to_the_very_view(england, reader):
    page = reader(england.address, "at=9.50/52.50000/-1.90000")
    page.page.get_by_label("Show").first.select_option("health")
    page.button("Score").click()
    page.button("Worst 20%").click()
    page.search("birmingham 050a")
    page.moved(lambda: page.page.keyboard.press("Enter"))
    page.go("Weights")
    slider = page.panel.get_by_role("slider", name="Income", exact=True)
    slider.fill("0.5")
    page.go("Compare")
    page.settled()
    first = page.link
    other = reader(england.static, page.page.url.partition("#")[2])
    assert other.link == first
    assert other.panel.inner_text() == page.panel.inner_text()
    expect(other.button("Compare")).to_have_attribute("aria-current", "true")
    expect(other.page.get_by_label("Show").first).to_have_value("health")
    expect(other.button("Worst 20%")).to_have_attribute("aria-pressed", "true")
    other.go("Weights").settled()  # the address has followed, or there would be no way back
    assert other.panel.get_by_role("slider", name="Income", exact=True).input_value() == "0.5"
    other.page.go_back()
    expect(other.button("Compare")).to_have_attribute("aria-current", "true")
