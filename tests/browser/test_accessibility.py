"""No barriers: axe-core finds none in any view, and the keyboard reaches everything."""

from __future__ import annotations

import polars as pl
import pytest
from playwright.sync_api import expect

VIEWS = ["area", "weights", "compare", "districts", "mine", "postcodes", "table", "about"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (tags) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags },
    rules: { "target-size": { enabled: true } },
    resultTypes: ["violations"],
  });
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 4).map((node) => `${id}: ${node.target} ${node.html.slice(0, 120)} `
      + node.failureSummary.replace(/\\s+/g, " ").slice(0, 200)));
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const style = getComputedStyle(one);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const box = one.getBoundingClientRect();
  const label = one.tagName === "LABEL" ? "" : (one.innerText || one.ariaLabel || one.id || "");
  window.tour ??= new Map();
  if (!window.tour.has(one)) window.tour.set(one, window.tour.size);
  return {
    number: window.tour.get(one),
    name: `${one.tagName} ${label.slice(0, 30)}`,
    ring: ring || style.boxShadow !== "none",
    seen: box.width > 1 && box.height > 1 && box.bottom > 0 && box.right > 0
      && box.top < innerHeight && box.left < innerWidth,
    panel: !!one.closest("main"),
    map: one.tagName === "CANVAS",
  };
}"""


def opened(page, view: str, area: str, language: str):
    """Open a view with all that it can show, and all that is folded."""
    page.turn(f"view={view}&area={area}&lang={language}&with=@ltla23&worst=20")
    page.page.evaluate(
        "() => document.querySelectorAll('main > * details').forEach((one) => (one.open = true))"
    )
    return page


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [
        (1440, "light", "en"),
        (1440, "dark", "cy"),
        (390, "light", "cy"),
        (390, "dark", "en"),
    ],
)
def test_axe_finds_no_barrier(demo, reader, axe, width, theme, language):
    area = demo.areas.sort(f"{demo.index}_rank")["area_code"][5]
    page = reader(
        demo.address,
        width=width,
        height=800,
        dark=theme == "dark",
        bypass_csp=True,
        reduced_motion="reduce",
    )
    found = {}
    page.page.add_script_tag(path=axe)
    for view in VIEWS:
        opened(page, view, area, language)
        found[view] = page.page.evaluate(RUN, TAGS)
    assert found == {view: [] for view in VIEWS}


def test_axe_finds_no_barrier_in_states_of_their_own(england, reader, axe):
    """Suggestions open, an alert, matched postcodes, changed weights, an area put together."""
    page = reader(england.address, bypass_csp=True, reduced_motion="reduce")
    states = {}

    def look(name: str) -> None:
        if not page.page.evaluate("() => 'axe' in window"):
            page.page.add_script_tag(path=axe)
        states[name] = page.page.evaluate(RUN, TAGS)

    expect(page.search("leeds").first).to_be_visible()
    page.page.keyboard.press("ArrowDown")
    look("suggestions")
    page.search("TS24 9ZZ")
    page.page.keyboard.press("Enter")
    page.page.locator("section.find").get_by_role("alert").wait_for()
    look("alert")
    page.open("view=postcodes")
    page.panel.get_by_label("Or paste it here").fill("postcode\nTS24 0AB\nTS24 0AD")
    page.button("Match").click()
    page.panel.locator("table").wait_for()
    look("matched")
    page.open("view=weights&weights=iod_2025_domains(income:0.9,crime:0)&area=E01011950")
    page.panel.locator("[data-moved]").wait_for()
    look("weights")
    page.open("view=mine&mine=E01011950,E01011951,E01011952")
    page.panel.locator("table").wait_for()
    look("mine")
    page.open("view=compare&version=other_weights&by=change&area=E01011950&with=E01016028")
    page.panel.locator("table.matrix").wait_for()
    look("versions")
    assert [barrier for found in states.values() for barrier in found] == [], states


@pytest.mark.parametrize("width", [1440, 390])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(demo, reader, width):
    area = demo.areas["area_code"][5]
    page = reader(demo.address, f"area={area}", width=width, height=800)
    page.panel.locator("article[aria-busy=false]").wait_for()
    page.page.keyboard.press("Tab")
    first = page.page.evaluate(FOCUSED)
    assert "Skip to the content" in first["name"]
    tour = [first]
    for _ in range(150):
        page.page.keyboard.press("Tab")
        here = page.page.evaluate(FOCUSED)
        if here is None or here["number"] < tour[-1]["number"]:
            break
        tour.append(here)
    else:
        pytest.fail("the keyboard does not come out again")
    assert [one["name"] for one in tour if not one["ring"]] == []
    assert [one["name"] for one in tour if not one["seen"]] == []
    assert sum(one["map"] for one in tour) == 1
    assert sum(one["panel"] for one in tour) > 10
    names = " ".join(one["name"] for one in tour)
    for wanted in ("Copy link", "Print", "Cymraeg", "Zoom in", "Weights", "About", "Compare"):
        assert wanted in names


def test_the_skip_link_leads_into_the_panel(demo, reader):
    page = reader(demo.address)
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    expect(page.panel).to_be_focused()
    page.page.keyboard.press("Tab")
    assert page.page.evaluate("() => !!document.activeElement.closest('main')")


def test_all_views_with_the_keyboard_alone(demo, reader, messages):
    page = reader(demo.address)
    for view in VIEWS:
        button = page.page.get_by_role("navigation").get_by_role(
            "button", name=messages["en"][f"view.{view}"], exact=True
        )
        button.focus()
        page.page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-current", "true")
        page.panel.get_by_role("heading", level=2).wait_for()


def test_the_table_has_the_content_of_the_map(england, reader):
    page = reader(england.address, "view=table&show=health")
    rows = page.table()
    assert rows[0] == ["Rank", "Area", "District", "Decile", "Score"]
    known = england.areas.sort("health_rank", "area_code")
    ranked = known.head(50)
    for row, one in zip(rows[1:], ranked.iter_rows(named=True), strict=True):
        assert row[0] == f"{one['health_rank']:,}"
        assert row[1] == f"{one['area_name']} {one['area_code']}"
        assert row[3] == str(one["health_decile"])
        assert row[4] == f"{one['health_score']:,.3f}"
    page.says("Page 1 of 676: 33,755 areas")
    page.button("Next").click()
    page.says("Page 2 of 676")
    assert page.table()[1][0] == f"{known['health_rank'][50]:,}"
    page.panel.get_by_label("Within").select_option(label="Hartlepool")
    lookup = pl.read_parquet(england.files["districts"].rpartition(":")[0])
    inside = lookup.filter(ltla24_code="E06000001")["lsoa21_code"].n_unique()
    page.says(f"Page 1 of 2: {inside} areas")
    page.panel.get_by_label("Name contains").fill("008a")
    expect(page.panel.locator("tbody tr")).to_have_count(1)
    page.panel.locator("tbody tr").get_by_role("button").click()
    assert page.link["area"] == "E01011950"
    page.panel.get_by_label("Name contains").fill("")
    saved = page.csv(page.button("Download CSV", page.panel))
    assert saved.height == inside
    page.panel.get_by_role("columnheader", name="Score").get_by_role("button").click()
    expect(page.panel.get_by_role("columnheader", name="Score")).to_have_attribute(
        "aria-sort", "descending"
    )


def test_what_changes_is_told_to_screen_readers(england, reader):
    page = reader(england.address, "view=weights")
    said = page.page.locator(".shell > [role=status]")
    page.panel.get_by_role("slider").first.fill("0.9")
    page.panel.locator("[data-moved][aria-live=polite]").wait_for()
    page.button("As published").click()
    expect(said).to_have_text("The published weights are back")
    page.open("area=E01011950")
    page.button("Add to my area").click()
    expect(said).to_have_text("Hartlepool 008A is in your area")
