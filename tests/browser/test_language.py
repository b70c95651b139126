"""Welsh: no view shows an English message, and names are Welsh where they are given."""

from __future__ import annotations

import re

import polars as pl
import pytest
from playwright.sync_api import expect

VIEWS = ["area", "weights", "compare", "districts", "mine", "postcodes", "table", "about"]
TEXTS = """() => {
  const said = new Set();
  const add = (text, of) => {
    if (of.closest("[lang=en]:not(html)")) return;
    const plain = (text ?? "").replace(/\\s+/g, " ").trim();
    if (plain) said.add(plain);
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (!node.parentElement.closest("script, style, noscript")) {
      add(node.data, node.parentElement);
    }
  }
  for (const one of document.querySelectorAll("*")) {
    for (const name of ["aria-label", "placeholder", "title", "aria-valuetext", "alt"]) {
      add(one.getAttribute(name), one);
    }
  }
  return [...said];
}"""


@pytest.fixture(scope="module")
def english(messages) -> list[tuple[str, re.Pattern[str]]]:
    """The English messages that are others in Welsh, as patterns of what they are filled to."""
    found = []
    for key, text in messages["en"].items():
        if messages["cy"][key] == text:
            continue
        literal = re.sub(r"\{\w+\}", "", text)
        if len(re.sub(r"[^A-Za-z]", "", literal)) < 3:
            continue
        pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(" ".join(text.split())))
        found.append((key, re.compile(pattern)))
    return found


def test_both_files_have_the_same_messages(messages):
    english, welsh = messages["en"], messages["cy"]
    plural = re.compile(r"\.(zero|one|two|few|many|other)$")
    assert {plural.sub("", key) for key in english} == {plural.sub("", key) for key in welsh}
    for key, text in english.items():
        if key in welsh:
            assert set(re.findall(r"\{\w+\}", text)) >= set(re.findall(r"\{\w+\}", welsh[key])), key
        assert text.strip(), key
    alike = [key for key, text in english.items() if welsh.get(key) == text]
    assert len(alike) < len(english) / 20, alike


def visit(page, view: str, area: str) -> list[str]:
    """Open everything that is folded in a view, and return all its texts."""
    page.turn(f"view={view}&area={area}&lang=cy&with=@ltla23")
    page.page.evaluate(
        "() => document.querySelectorAll('details').forEach((one) => (one.open = true))"
    )
    page.page.wait_for_timeout(150)
    return page.page.evaluate(TEXTS)


def in_english(texts: list[str], english) -> list[tuple[str, str]]:
    return [(key, text) for text in texts for key, pattern in english if pattern.fullmatch(text)]


def test_no_view_shows_an_english_message(demo, reader, english):
    ranked = demo.areas.sort(f"{demo.index}_rank")
    page = reader(demo.address)
    site_words = {
        " ".join(text.split())
        for node in demo.results.definition.nodes
        for text in (node.title, node.written.description, node.written.caveats)
    }
    shown = {}
    for view in VIEWS:
        texts = visit(page, view, ranked["area_code"][20])
        shown[view] = in_english([text for text in texts if text not in site_words], english)
    assert shown == {view: [] for view in VIEWS}


def test_what_is_said_after_an_act_is_welsh_too(england, reader, english, messages):
    page = reader(england.address, "lang=cy&view=weights")
    welsh = messages["cy"]
    page.panel.get_by_role("slider").first.fill("0.9")
    page.panel.locator("[data-moved]").wait_for()
    texts = page.page.evaluate(TEXTS)
    assert in_english(texts, english) == []
    page.page.get_by_role("button", name=welsh["weights.reset"]).click()
    page.search("zzzzqqq")
    page.page.locator(".nothing").wait_for()
    assert in_english(page.page.evaluate(TEXTS), english) == []
    page.open("lang=cy&view=postcodes")
    page.panel.locator("textarea").fill("postcode\nTS24 0AB\nTS24 0AD\nhello")
    page.page.get_by_role("button", name=welsh["lists.match"]).click()
    page.panel.locator("table").wait_for()
    assert in_english(page.page.evaluate(TEXTS), english) == []
    page.open("lang=cy&view=compare&version=other_weights&area=E01011950&with=E01016028")
    page.panel.locator("table.matrix").wait_for()
    assert in_english(page.page.evaluate(TEXTS), english) == []


def test_names_are_welsh_where_they_are_given(england, reader, messages):
    page = reader(england.address, "area=E01011950")
    html = page.page.locator("html")
    expect(html).to_have_attribute("lang", "en")
    heading = page.panel.get_by_role("heading", level=2)
    expect(heading).to_have_text("Hartlepool 008A")
    page.page.get_by_role("button", name="Cymraeg").click()
    expect(html).to_have_attribute("lang", "cy")
    expect(heading).to_have_text("Hartlepool Un")
    page.says("Hartlepwl")
    page.says("Incwm")
    expect(page.page.get_by_role("heading", level=1)).to_have_text(
        "Mynegeion Amddifadedd Lloegr 2025"
    )
    assert page.page.title() == "Mynegeion Amddifadedd Lloegr 2025"
    assert page.link["lang"] == "cy"
    assert "Hartlepool Un" in page.search("hartlepool un").first.inner_text()
    page.open("lang=cy&area=E01016028")
    expect(heading).to_have_text("Medway 028C")  # that has no Welsh name
    page.open("lang=cy&view=table")
    saved = page.csv(page.page.get_by_role("button", name=messages["cy"]["download.csv"]).last)
    assert saved.filter(pl.col("area_code") == "E01011950")["area_name"].item() == "Hartlepool Un"


def test_a_browser_that_asks_for_welsh_gets_it(england, reader):
    page = reader(england.address, locale="cy-GB")
    expect(page.page.locator("html")).to_have_attribute("lang", "cy")
    page.page.get_by_role("button", name="English").click()
    expect(page.page.locator("html")).to_have_attribute("lang", "en")
