"""The tables that say what an index is made of, and what was left out of it."""

from __future__ import annotations

from hyperlocal.present.publication import read_publication
from hyperlocal.present.tables.about import unit_in_words


def test_why_it_is_in_the_index_and_a_unit_that_is_a_sign_are_told_in_words(small):
    small.change("per: 100,", "per: 100, inclusion: Asked for, unit: '%',")
    rows = read_publication(small.build()).table("measures").rows.filter(id="out_of_work")
    assert rows["inclusion"].to_list() == ["Asked for"]
    assert rows["unit"].to_list() == ["per cent"]
    assert unit_in_words("£ a year") == "£ a year"


def test_what_was_left_out_is_a_table_where_it_is_stated(small):
    assert not read_publication(small.build()).has("considered")
    small.change(
        "index:", "considered:\n  pay: {domain: work, reason: Too few, date: 2024}\nindex:"
    )
    table = read_publication(small.build()).table("considered")
    assert table.rows.to_dicts() == [
        {
            "id": "pay",
            "title": "Pay",
            "domain": "work",
            "domain_title": "Work",
            "description": None,
            "reason": "Too few",
            "source": None,
            "date": "2024",
            "granularity": None,
        }
    ]
