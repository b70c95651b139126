"""Bad input of rates over several years, of what is taken off, and of who is not covered."""

from __future__ import annotations

import pytest

import hyperlocal

DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: people}}
inputs: {people: {file: people.csv, geography: lsoa11, code: code}}
defaults: {input: people, high_value: more_need}
index:
  indicators:
    ill: {RATE}
"""
PEOPLE = """\
code,ill,later,people,then,prisoners,away
E01000001,1,4,10,20,0,0
E01000002,6,2,30,20,5,4
"""
YEARS = "numerator: [ill, later], denominator: [people, then], years: averaged"


@pytest.fixture
def index(tmp_path, index_folder):
    return index_folder(tmp_path, {"index.yaml": DEFINITION, "people.csv": PEOPLE})


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        ("denominator: people, years: averaged", "a numerator of each year"),
        ("numerator: ill, denominator: people, years: averaged", "has 1 column to average"),
        (
            "numerator: [ill, later], denominator: [people, then, then], years: averaged",
            "has 3 columns, and the numerator 2",
        ),
        (f"{YEARS}, denominator_less: [away, away, away]", "has 3 columns, and the numerator 2"),
        (f"{YEARS}, numerator_years: 2", "does not go with 'years: averaged'"),
        (
            "numerator: ill, denominator: people, scale_where_above: 9",
            "has no effect without 'not_covered'",
        ),
        ("numerator: ill, denominator: people, numerator_years: 0", "numerator_years"),
        ("numerator: ill, denominator: people, years: mean", "state 'pooled' or 'averaged'"),
    ],
)
def test_settings_that_do_not_fit(index, rate, told):
    index.change("index.yaml", "RATE", rate)
    assert told in index.problems(hyperlocal.DefinitionError)


@pytest.mark.parametrize(
    ("rate", "old", "new", "told"),
    [
        (
            "numerator: ill, denominator: people, denominator_less: prisoners",
            "20,5,4",
            "20,31,4",
            "people.csv:3: prisoners: E01000002: more is taken off than the denominator has",
        ),
        (
            "numerator: ill, denominator: people, denominator_less: prisoners",
            "6,2,30,20,5,4",
            "0,2,30,20,30,4",
            "the denominator is 0",
        ),
        (
            "numerator: ill, denominator: people, denominator_less: prisoners",
            "20,5,4",
            "20,25,4",
            "the numerator is above the denominator",
        ),
        (
            "numerator: ill, denominator: people, not_covered: away",
            "20,5,4",
            "20,5,30",
            "people.csv:3: away: E01000002: no resident is covered",
        ),
        (
            "numerator: ill, denominator: people, not_covered: away",
            "20,5,4",
            "20,5,-1",
            "the value is negative",
        ),
        (YEARS, "4,10,20", "4,10,0", "people.csv:2: then: E01000001: the denominator_2 is 0"),
        (YEARS, "4,10,20", "21,10,20", "people.csv:2: later: E01000001: the numerator is above"),
        (YEARS, "4,10,20", ",10,20", "people.csv:2: later: E01000001: the value is missing"),
        (YEARS, "4,10,20", "x,10,20", "'x' is not a number"),
    ],
)
def test_numbers_that_cannot_be_right(index, rate, old, new, told):
    index.change("index.yaml", "RATE", rate)
    index.change("people.csv", old, new)
    assert told in index.problems(hyperlocal.DataError)


def test_all_that_is_wrong_is_told_at_once(index):
    index.change(
        "index.yaml", "RATE", "numerator: ill, denominator: people, denominator_less: prisoners"
    )
    index.change("people.csv", "E01000001,1,4,10,20,0,0", "E01000001,1,4,10,20,11,0")
    index.change("people.csv", "20,5,4", "20,31,4")
    told = index.problems(hyperlocal.DataError)
    assert "E01000001: more is taken off" in told
    assert "E01000002: more is taken off" in told


def test_a_missing_count_of_a_year_may_be_nothing(index):
    index.change("index.yaml", "RATE", f"{YEARS}, missing_values: zero")
    index.change("people.csv", "4,10,20", ",10,20")
    assert index.build().areas["ill_value"].to_list() == pytest.approx([0.05, 0.15])
