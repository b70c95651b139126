"""Bad input of standardised ratios and rates."""

from __future__ import annotations

import pytest

import hyperlocal

DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: people}}
inputs:
  deaths: {file: deaths.csv, geography: lsoa11, code: code}
  people: {file: people.csv, geography: lsoa11, code: code}
index:
  high_value: more_need
  indicators:
    ill:
      kind: standardised
      gives: ratio
      ages: [0-1, 2+]
      observed: {input: deaths, column: "{age}"}
      residents: {input: people, first: "{from}", last: "{to}", oldest: 3}
"""
LESS = '      residents_less: {input: people, column: "less {age}"}\n'
AWAY = "      not_covered: {input: people, column: away}\n"
TEXTS = {
    "index.yaml": DEFINITION,
    "deaths.csv": "code,0-1,2+,all\nE01000001,1,4,5\nE01000002,0,9,9\n",
    "people.csv": "code,0,1,2,3,less 0-1,less 2+,away\n"
    "E01000001,50,50,60,40,0,0,0\nE01000002,40,40,80,40,0,5,3\n",
}


@pytest.fixture
def index(tmp_path, index_folder):
    return index_folder(tmp_path, TEXTS)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[0-1, 2+]", "[0-1, 3+]", "3+ does not begin where 0-1 ends"),
        ("[0-1, 2+]", "[0-1, 1+]", "1+ does not begin where 0-1 ends"),
        ("[0-1, 2+]", "[2+, 0-1]", "0-1 does not begin where 2+ ends"),
        ("[0-1, 2+]", "[young, old]", "it must say the years of age"),
        ('"{age}"', '"{band}"', "it can have {sex}, {age}, {from} and {to}"),
        ('"{age}"', '"{age"', "its braces do not match"),
        ('column: "{age}"', 'first: "{from}"', "it must name a 'column', or the 'first'"),
        (", oldest: 3", "", "does not say what {to} is in the group 2+"),
        ("ages:", "sexes: [F, M]\n      ages:", "gives several groups of age and sex the same"),
        ('"{age}"', "all", "does not tell the groups of age and sex apart"),
        ("gives: ratio", "gives: rates", "state 'ratio' or 'rate'"),
        ("gives: ratio\n      ", "", "is missing"),
        ("ages:", "years_lost_before: 75\n      ages:", "2+ is not all before 75"),
        ("ages:", "scale_where_above: 5\n      ages:", "has no effect without 'not_covered'"),
        ("ages:", "observed_years: 5\n      ages:", "has no effect on a ratio"),
        ("ages:", "limits: 95\n      ages:", "it must be less than 1"),
        ("ages:", "national_rates: {list: rates}\n      ages:", "there is no list 'rates'"),
        ("input: deaths", "input: death", "there is no input 'death'"),
    ],
)
def test_settings_that_do_not_fit(index, old, new, told):
    index.change("index.yaml", old, new)
    said = index.problems(hyperlocal.DefinitionError)
    assert told in said
    assert said.count("there is no input") <= 1  # once, not for every group


@pytest.mark.parametrize(
    ("gives", "crude", "told"),
    [
        ("rate", "", "a standardised rate needs the crude rate"),
        ("ratio", ", crude: 50", "'crude' has no effect on a ratio"),
    ],
)
def test_stated_rates_and_the_crude_one(index, gives, crude, told):
    index.change("index.yaml", "index:", "lists: {rates: {numbers: {0-1: 0.1, 2+: 0.2}}}\nindex:")
    index.change("index.yaml", "gives: ratio", f"gives: {gives}")
    index.texts["index.yaml"] += f"      national_rates: {{list: rates{crude}}}\n"
    assert told in index.problems(hyperlocal.DefinitionError)


@pytest.mark.parametrize(
    ("more", "file", "old", "new", "told"),
    [
        ("", "deaths.csv", "1,4,5", "-1,4,5", "observed of E01000001 (0-1): the value is negative"),
        ("", "people.csv", "50,50", "-60,50", "residents of E01000001 (0-1): the value is"),
        ("", "deaths.csv", "1,4,5", "x,4,5", "deaths.csv:2: 0-1: 'x' is not a number"),
        ("", "deaths.csv", "1,4,5", ",4,5", "observed of E01000001: the value is missing"),
        (LESS, "people.csv", "0,5,3", "0,121,3", "more is taken off than there are residents"),
        (AWAY, "people.csv", "0,5,3", "0,5,200", "not_covered of E01000002: no resident is"),
        (AWAY, "people.csv", "0,5,3", "0,5,-3", "not_covered of E01000002: the value is negative"),
        ("", "people.csv", "code,0,", "code,x,", "there is no such column"),
    ],
)
def test_numbers_that_cannot_be_right(index, more, file, old, new, told):
    index.texts["index.yaml"] += more
    index.change(file, old, new)
    assert told in index.problems(hyperlocal.DataError)


def empty(index) -> None:
    """Let nobody live in the first area."""
    index.change("people.csv", "E01000001,50,50,60,40", "E01000001,0,0,0,0")
    index.change("deaths.csv", "E01000001,1,4,5", "E01000001,0,0,0")


def test_nothing_expected_is_refused(index):
    empty(index)
    told = index.problems(hyperlocal.DataError)
    assert "expected of E01000001: the expected is 0" in told
    assert "zero_denominator: missing" in told


def test_nothing_expected_may_be_missing(index):
    empty(index)
    index.texts["index.yaml"] += "      zero_denominator: missing\n      missing_values: unscored\n"
    assert index.build().areas["ill_value"].to_list() == [None, 1]


def test_events_in_a_group_of_which_there_is_nobody_are_refused(index):
    index.change("people.csv", "50,50,60,40", "0,0,60,40")
    index.change("people.csv", "40,40,80,40", "0,0,80,40")
    told = index.problems(hyperlocal.DataError)
    assert "Events were observed and nobody is there" in told


def test_a_list_that_lacks_a_group_is_refused(index):
    index.change("index.yaml", "index:", "lists: {rates: {numbers: {0-1: 0.1}}}\nindex:")
    index.texts["index.yaml"] += "      national_rates: {list: rates}\n"
    assert "the list 'rates' has no rate of 2+" in index.problems(hyperlocal.DataError)
