"""Names that hold script and formulas are shown as text everywhere, and nothing of them runs."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

ODD = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("odd_site.py"))))
VIEWS = ["Area", "Weights", "Compare", "Districts", "My area", "Postcodes", "Table", "About"]


def nothing_became_markup(page) -> None:
    """No element of a name is in the page; a reader's problems tell of dialogs and errors."""
    odd = "#explorer img:not(.printed), #explorer script, #explorer u"
    made = f"() => document.querySelectorAll('{odd}').length"
    assert page.page.evaluate(made) == 0


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_view_shows_them_as_text(odd, reader, language):
    page = reader(odd.address, f"lang={language}&area={ODD.CODES[0]}&view=table")
    nav = page.page.get_by_role("navigation").get_by_role("button")
    assert nav.count() == len(VIEWS)
    for place in range(len(VIEWS)):
        nav.nth(place).click()
        page.panel.get_by_role("heading", level=2).wait_for()
        page.settled()
        nothing_became_markup(page)
    assert page.page.title() == "An <b>odd</b> index"
    expect(page.page.get_by_role("heading", level=1)).to_have_text("An <b>odd</b> index")


def test_names_in_the_table_the_panel_and_the_search(odd, reader):
    page = reader(odd.address, "view=table")
    text = page.panel.locator("tbody").inner_text()
    for name in ODD.NAMES:
        assert name in text
    for place, name in enumerate(ODD.NAMES[:4]):
        page.open(f"area={ODD.CODES[place]}")
        expect(page.panel.get_by_role("heading", level=2)).to_have_text(name)
        page.panel.locator("article[aria-busy=false]").wait_for()
        nothing_became_markup(page)
    expect(page.search("<img src").first).to_contain_text(ODD.IMAGE)
    page.page.keyboard.press("Enter")
    nothing_became_markup(page)


def test_formulas_are_guarded_in_downloads(odd, reader):
    page = reader(odd.address, "view=table")
    saved = page.csv(page.button("Download CSV", page.panel))
    by_code = dict(saved.select("area_code", "area_name").iter_rows())
    assert by_code[ODD.CODES[1]] == "'" + ODD.FORMULA
    assert by_code[ODD.CODES[4]] == "'" + ODD.NAMES[4]
    assert by_code[ODD.CODES[0]] == ODD.IMAGE
    for column in saved.columns:
        assert not any((cell or "").startswith(("=", "@", "+4")) for cell in saved[column])
    page.go("Districts")
    page.panel.locator("tbody tr").nth(1).wait_for()
    saved = page.csv(page.button("Download CSV", page.panel))
    assert "'" + ODD.FORMULA in saved["Name"].to_list()


@pytest.mark.parametrize(
    "link",
    [
        "view=<script>&area=<script>alert(1)</script>&show=__proto__",
        "weights=odd(work:1e999,money:-1)&weights=__proto__(a:1)&weights=odd(((",
        "area=E99999999&district=x:y&with=@constructor&version=..%2F..%2Fetc",
        "at=99/99/999&worst=15&by=change&mine=,,,,E99999999,%00",
        "view=compare&with=%3Cimg%20src%3Dx%3E&lang=xx&weights=odd(work:0,money:0)",
        "%E0%A4%A",
    ],
)
def test_links_that_make_no_sense_open_the_site(odd, reader, link):
    page = reader(odd.address, link)
    page.panel.get_by_role("heading", level=2).wait_for()
    nothing_became_markup(page)
    page.go("Table")
    expect(page.panel.locator("tbody tr")).to_have_count(6)
    expect(page.panel.locator("tbody tr").first).to_contain_text(ODD.NAMES[5])


def test_a_place_with_script_in_its_name(england, reader):
    page = reader(england.address)
    expect(page.search("onerror").first).to_contain_text(ODD.IMAGE)
    page.moved(lambda: page.page.keyboard.press("Enter"))
    nothing_became_markup(page)
