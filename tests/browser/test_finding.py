"""The search box: areas, districts, places and postcodes, with the keyboard alone."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

ODD = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("odd_site.py"))))

ODD_QUESTIONS = [
    "x" * 10_000,
    "<script>alert(1)</script>",
    "(.*)[a-z]+\\",
    "\u202e\x07%zq",
    "\U0001f3e1" * 50,
    "' OR 1=1 --",
]


def heading(page):
    return page.panel.get_by_role("heading", level=2)


def enter(page) -> None:
    page.page.keyboard.press("Enter")


def test_an_area_by_its_name_and_by_its_code(england, reader):
    page = reader(england.address)
    expect(page.search("hartlepool 008a").first).to_contain_text(ODD.HARTLEPOOL)
    link = page.moved(lambda: enter(page))
    expect(heading(page)).to_have_text("Hartlepool 008A")
    page.says("Rank 59 of 33,755")
    assert link["area"] == ODD.HARTLEPOOL
    zoom, latitude, longitude = map(float, link["at"].split("/"))
    assert zoom > 11
    assert (latitude, longitude) == pytest.approx((54.68, -1.22), abs=0.05)
    page.search("E01016028")
    page.moved(lambda: enter(page))
    expect(heading(page)).to_have_text("Medway 028C")


def test_a_district_and_a_place_are_shown_on_the_map(england, reader):
    page = reader(england.address, reduced_motion="no-preference")
    expect(page.search("manchester").first).to_contain_text("Local authority districts (2024)")
    link = page.moved(lambda: enter(page))
    assert link["district"] == "ltla24:E08000003"
    _, latitude, longitude = map(float, link["at"].split("/"))
    assert (latitude, longitude) == pytest.approx((53.44, -2.23), abs=0.15)
    page.search("ambles")
    expect(page.page.get_by_role("option", name=re.compile("Ambleside"))).to_contain_text("Place")
    _, latitude, longitude = map(float, page.moved(lambda: enter(page))["at"].split("/"))
    assert (latitude, longitude) == pytest.approx((54.432, -2.962), abs=0.03)


def test_a_postcode_in_use_however_it_is_written(england, reader):
    page = reader(england.address)
    for written in (ODD.LIVE, "ts240ab", " Ts24  0aB "):
        page.settled().turn("")
        expect(heading(page)).to_have_text("Choose an area")
        expect(page.search(written).first).to_contain_text("TS24 0AB")
        enter(page)
        expect(heading(page)).to_have_text("Hartlepool 008A")


def test_postcodes_that_lead_nowhere_are_told_so(england, reader):
    page = reader(england.address)
    alert = page.page.locator("section.find").get_by_role("alert")
    told = {
        ODD.ENDED: "TS24 0AD is no longer in use, and lay in none of these areas",
        ODD.ELSEWHERE: "LL18 1AA lies in none of the areas of this index",
        ODD.UNKNOWN: "There is no postcode TS24 9ZZ in the directory",
        "ZE1 0AA": "There is no postcode ZE1 0AA in the directory",
    }
    for postcode, text in told.items():
        expect(page.search(postcode).filter(has_text=postcode).first).to_be_visible()
        enter(page)
        expect(alert).to_have_text(text)
    expect(heading(page)).to_have_text("Choose an area")


def test_a_postcode_that_ended_is_answered_with_its_area_and_marked(england, reader):
    page = reader(england.address)
    page.search(ODD.TERMINATED_HERE)
    enter(page)
    expect(heading(page)).to_have_text("Hartlepool 007A")
    expect(page.page.locator("body")).to_contain_text("no longer in use")


def test_a_postcode_that_is_begun_suggests_those_that_begin_so(england, reader):
    page = reader(england.address)
    begun = page.search("TS24")
    expect(begun.first).to_contain_text("TS24 ")
    postcodes = [text.split("\n")[0] for text in begun.all_inner_texts()]
    assert postcodes == sorted(postcodes)
    enter(page)
    expect(heading(page)).to_contain_text("Hartlepool")


def test_suggestions_with_the_keyboard(england, reader):
    page = reader(england.address)
    options = page.search("sheffield 01")
    expect(options).not_to_have_count(0)
    box = page.page.locator("section.find").get_by_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    active = box.get_attribute("aria-activedescendant")
    assert options.nth(1).get_attribute("id") == active
    page.page.keyboard.press("ArrowUp")
    page.page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    page.page.keyboard.press("ArrowDown")
    name = options.first.locator("span").first.inner_text()
    enter(page)
    expect(heading(page)).to_have_text(name)
    expect(box).to_be_focused()


def test_odd_questions_find_nothing_and_break_nothing(demo, reader):
    page = reader(demo.address)
    code = demo.areas["area_code"][0]
    for odd in ODD_QUESTIONS:
        options = page.search(odd)
        expect(page.page.locator("section.find .nothing")).to_be_visible()
        expect(options).to_have_count(0)
        enter(page)
        expect(heading(page)).to_have_text("Choose an area")
        expect(page.search(code).first).to_contain_text(demo.areas["area_name"][0])


def test_the_latest_question_is_answered(england, reader):
    page = reader(england.address)
    box = page.page.locator("section.find").get_by_role("combobox")
    box.press_sequentially("Leeds 001A", delay=0)
    enter(page)
    expect(heading(page)).to_have_text("Leeds 001A")
