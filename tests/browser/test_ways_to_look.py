"""Print, light and dark, narrow screens, no map, no script, and either kind of server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

VIEWS = ["area", "weights", "compare", "districts", "mine", "postcodes", "table", "about"]
GRID = [(x, y) for x in range(900, 1380, 20) for y in range(140, 820, 20)]


@pytest.fixture
def one(demo) -> str:
    """An area of the demo."""
    return str(demo.areas.sort(f"{demo.index}_rank")["area_code"][3])


def test_print_shows_map_and_panel_without_controls(demo, reader, one):
    page = reader(demo.address, f"area={one}")
    page.page.emulate_media(media="print")
    for shown in (page.canvas, page.panel.get_by_role("heading", level=2), page.page.locator("h1")):
        expect(shown).to_be_visible()
    expect(page.page.locator("figure.legend")).to_be_visible()
    for hidden in ("nav", "section.find", "header .row", ".controls details"):
        expect(page.page.locator(hidden).first).to_be_hidden()
    expect(page.button("Compare", page.panel)).to_be_hidden()
    overflow = "() => getComputedStyle(document.querySelector('main')).overflowY"
    assert page.page.evaluate(overflow) == "visible"
    paper = page.page.pdf(format="A4", print_background=True)
    assert paper.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert 2 <= pages <= 12


def test_dark_as_the_system_asks_and_as_the_reader_chooses(demo, reader):
    page = reader(demo.address, dark=True)
    root = page.page.locator("html")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    expect(root).to_have_attribute("data-theme", "dark")
    dark = page.page.evaluate(ground)
    shot = page.canvas.screenshot()
    page.button("Light colours").click()
    expect(root).to_have_attribute("data-theme", "light")
    assert page.page.evaluate(ground) != dark
    page.page.wait_for_timeout(300)
    assert page.canvas.screenshot() != shot
    page.open()
    expect(root).to_have_attribute("data-theme", "light")  # it is kept
    page.button("Dark colours").click()
    page.page.emulate_media(color_scheme="light")
    expect(root).to_have_attribute("data-theme", "dark")  # what was chosen goes before


def test_the_system_changes_while_one_looks(demo, reader):
    page = reader(demo.address)
    page.page.emulate_media(color_scheme="dark")
    expect(page.page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize(("width", "language"), [(320, "cy"), (390, "en")])
def test_narrow_screens_scroll_in_one_direction(demo, reader, one, width, language):
    page = reader(demo.address, f"area={one}", width=width, height=640)
    for view in VIEWS:
        page.turn(f"view={view}&area={one}&lang={language}&with=@ltla23")
        wide = page.page.evaluate(
            """() => [...document.querySelectorAll("body *")].filter((one) => {
                 const apart = ".scroller, .unseen, .maplibregl-map, svg, [hidden]";
                 if (one.closest(apart)) return false;
                 const box = one.getBoundingClientRect();
                 return box.width > 0 && box.right > innerWidth + 1;
               }).slice(0, 5).map((one) => `${one.tagName}.${one.className}: ${one.innerText}`)"""
        )
        assert wide == [], view
        size = "() => document.scrollingElement.scrollWidth"
        assert page.page.evaluate(size) <= width, view


def test_without_boundaries_all_else_works(odd, reader):
    page = reader(odd.address)
    page.says("The publisher of this site supplied no boundaries, so there is no map.")
    expect(page.page.locator("section.map")).to_have_count(0)
    expect(page.button("Picture (PNG)")).to_have_count(0)
    rank = f"{odd.index}_rank"
    names = odd.areas.sort(rank)["area_name"].to_list()
    listed = page.panel.locator("section[aria-labelledby=most] li button").all_inner_texts()
    assert [one.strip() for one in listed] == names
    page.page.locator("section[aria-labelledby=most] button").last.click()
    page.says("Rank 6 of 6")
    page.go("Weights")
    page.panel.get_by_role("slider").first.fill("0")
    page.says("areas enter")
    page.go("Districts")
    expect(page.panel.locator("tbody tr")).to_have_count(2)
    page.go("My area")
    expect(page.button("Draw on the map")).to_be_disabled()


def test_the_static_site_and_the_server_show_the_same(demo, reader, one):
    pages = [
        reader(address, f"area={one}", reduced_motion="reduce")
        for address in (demo.address, demo.static)
    ]
    for view in VIEWS:
        shown = []
        for page in pages:
            page.turn(f"view={view}&area={one}&with=@ltla23&district=ltla23:E06900001")
            shown.append((page.panel.inner_text(), page.link, page.colours(GRID)))
        assert shown[0] == shown[1], view
        assert len(shown[0][0]) > 100


@pytest.mark.parametrize("kind", ["address", "static"])
def test_without_javascript_a_text_says_so(demo, browser, kind):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(getattr(demo, kind))
    text = page.locator("noscript").text_content()
    assert "The explorer needs JavaScript." in text
    assert "Mae angen JavaScript" in text
    box = page.locator("noscript").bounding_box()
    assert box
    assert box["height"] > 10
    context.close()


def test_a_site_that_cannot_be_read_says_so_and_tries_again(demo, browser):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/data/areas.json.gz", lambda route: route.fulfill(status=503))
    page.goto(demo.static)
    expect(page.get_by_role("heading", level=1)).to_have_text("The index could not be loaded")
    page.unroute("**/data/areas.json.gz")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-painted=yes]")).to_be_attached()
    context.close()


def test_a_map_that_cannot_be_drawn_leaves_the_rest(demo, browser):
    """A browser without WebGL 2: the message names the table, which has all."""
    context = browser.new_context(locale="en-GB")
    context.add_init_script(
        """const getContext = HTMLCanvasElement.prototype.getContext;
           HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
             return kind.startsWith("webgl") ? null : getContext.call(this, kind, ...more);
           };"""
    )
    page = context.new_page()
    page.goto(f"{demo.address}#view=table")
    expect(page.locator(".map [role=alert]")).to_contain_text("The view Table has its content")
    expect(page.locator("main tbody tr")).to_have_count(50)
    context.close()
