from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperlocal.server.searching import Entry, fold, names_of

WORDS = ["tref", "ynys", "môn", "mon", "y", "Llan-ddu", "123", "o'r", "ABER"]


def names(areas, groups=(), places=()):
    area_codes = [f"code{place}" for place in range(len(areas))]
    table = {
        "codes": area_codes,
        "names": list(areas),
        "names_cy": None,
        "groups": {
            "district": {
                "codes": [f"d{place}" for place in range(len(groups))],
                "names": list(groups),
                "names_cy": None,
            }
        },
    }
    return names_of(table, {"names": list(places)})


def test_the_order_of_what_is_found():
    held = names(["Bangor East", "Bangor"], ["Bangor and Bethesda", "East Bangor"], ["Bangor"])
    assert held.find("bangor", 9) == [
        Entry("area", 1, ""),  # the name itself
        Entry("place", 0, ""),
        Entry("group", 0, "district"),  # begins with it
        Entry("area", 0, ""),
        Entry("group", 1, "district"),  # has it inside
    ]
    assert held.find("bangor", 2) == [Entry("area", 1, ""), Entry("place", 0, "")]


def test_an_entry_that_several_names_match_is_found_once():
    areas = {"codes": ["A1"], "names": ["Tref"], "names_cy": ["Tref Cy"], "groups": {}}
    assert names_of(areas, None).find("tref", 9) == [Entry("area", 0, "")]


def test_nothing_is_found_where_there_is_nothing():
    assert names([]).find("tref", 9) == []
    assert names(["Tref"]).find("...", 9) == []
    assert names([None]).find("tref", 9) == []


@pytest.mark.parametrize(
    ("written", "folded"),
    [("ŶNYS", "ynys"), ("St. Mary’s", "st marys"), ("  a\tb ", "a b"), ("Straße", "strasse")],
)
def test_folding(written, folded):
    assert fold(written) == folded


@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), min_size=1, max_size=12),
    st.lists(st.sampled_from([*WORDS, "t", "ll", "1", "mo"]), min_size=1, max_size=3),
)
def test_it_finds_what_looking_at_every_name_finds(named, asked):
    texts = [" ".join(words) for words in named]
    found = {entry.place for entry in names(texts).find(" ".join(asked), 100)}
    wanted = fold(" ".join(asked)).split()
    looked = {
        place
        for place, text in enumerate(texts)
        if all(any(word.startswith(one) for word in fold(text).split()) for one in wanted)
    }
    assert found == looked


def test_numbers_of_names_are_small():
    held = names([f"Tref {place}" for place in range(300)])
    assert held.holders.dtype == np.int32
    assert len(held.find("t", 1000)) == 300
