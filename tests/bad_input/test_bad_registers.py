"""Registers and grants that cannot be right: refused with their rows, all at once."""

from __future__ import annotations

import pytest

from hyperlocal.errors import DataError, DefinitionError

DEFINITION = """\
hyperlocal: 1
id: third
areas:
  geography: msoa11
  table: {input: areas}
inputs:
  areas: {file: areas.csv, geography: msoa11, code: code}
  homes: {file: homes.csv, geography: postcode21, code: postcode}
correspondences:
  postcode_to_msoa:
    {kind: dwellings, input: homes, column: msoa, dwellings: dwellings, to: msoa11}
records:
  charities: {file: charities.csv, area: {column: postcode, geography: postcode21}}
  companies: {file: companies.csv, area: {column: postcode, geography: postcode21}}
  grants: {file: grants.csv, area: {column: postcode, geography: postcode21}}
index:
  input: areas
  high_value: less_need
  indicators:
    organisations:
      kind: organisations
      registers:
        charities:
          records: charities
          numbers: {charity: charity, company: company}
          name: name
          leave_out: {above: {income: 500}}
        companies: {records: companies, numbers: {company: company}, name: name}
      denominator: people
    grants:
      kind: grants
      awards: {all: {records: grants, amount: amount, identifier: id}}
      denominator: people
"""
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": "code,people\nW02000001,600\nW02000002,200\n",
    "homes.csv": "postcode,msoa,dwellings\nCF10 1AA,W02000001,10\nCF10 1AD,W02000002,5\n",
    "charities.csv": (
        "charity,company,name,postcode,income\n"
        "1100001,,Hall,CF10 1AA,5\n1100002,01234567,Hub,CF10 1AD,5\n"
    ),
    "companies.csv": "company,name,postcode\n1234567,Hub Ltd,CF10 1AD\n7654321,Shop,CF10 1AA\n",
    "grants.csv": "id,amount,postcode\na,10,CF10 1AA\nb,20,CF10 1AD\n",
}


@pytest.fixture
def third(index_folder, tmp_path):
    return index_folder(tmp_path, TEXTS)


def test_it_builds(third) -> None:
    assert third.build().areas["organisations_numerator"].to_list() == [2, 1]


def test_broken_numbers_of_all_registers(third) -> None:
    third.change("charities.csv", "1100001,,", "11000O1,0000000,")
    third.change("companies.csv", "7654321", "unknown")
    said = third.problems(DataError)
    assert "charities.csv:2: charity: '11000O1' is no number of a charity" in said
    assert "charities.csv:2: company: '0000000' is no number of a company" in said
    assert "companies.csv:3: company: 'unknown' is no number of a company" in said
    assert "'broken_numbers: ignore'" in said


def test_many_broken_numbers_are_counted(third) -> None:
    third.texts["companies.csv"] += "?,Other,CF10 1AA\n" * 8
    said = third.problems(DataError)
    assert said.count("'?' is no number of a company") == 5
    assert "companies.csv: company: and 3 more such numbers" in said


@pytest.mark.parametrize(
    ("postcode", "said"),
    [
        ("", "the record has no area: 1 of 2, in rows 3"),
        ("CF99 9ZZ", "its area is not known: 1 of 2, in rows 3"),
        ("nowhere", "its area is not known: 1 of 2, in rows 3"),
    ],
)
def test_postcodes(third, postcode: str, said: str) -> None:
    third.change("companies.csv", "Shop,CF10 1AA", f"Shop,{postcode}")
    assert said in third.problems(DataError)


def test_a_mark_for_a_missing_postcode(third) -> None:
    third.change("index.yaml", "companies.csv,", "companies.csv, missing: withheld,")
    third.change("companies.csv", "Shop,CF10 1AA", "Shop,withheld")
    assert "the record has no area: 1 of 2, in rows 3" in third.problems(DataError)


def test_an_income_that_is_no_number(third) -> None:
    third.change("charities.csv", "Hub,CF10 1AD,5", "Hub,CF10 1AD,five")
    assert "charities.csv:3: income: 'five' is not a number" in third.problems(DataError)


def test_amounts(third) -> None:
    third.change("grants.csv", "b,20", "b,lots")
    assert "grants.csv:3: amount: 'lots' is not a number" in third.problems(DataError)
    third.change("grants.csv", "b,lots", "b,-20")
    third.change("grants.csv", "a,10", "a,")
    said = third.problems(DataError)
    assert "grants.csv:3: amount: the amount is below 0" in said
    assert "grants.csv:2: amount: the grant has no amount" in said


def test_a_grant_that_stands_there_twice(third) -> None:
    third.change("grants.csv", "b,20", "a,20")
    assert "grants.csv:3: id: the grant stands there before" in third.problems(DataError)


def test_a_grant_without_a_place(third) -> None:
    third.texts["grants.csv"] += "c,30,\n"
    assert "the record has no area: 1 of 3, in rows 4" in third.problems(DataError)


def test_coordinates_without_boundaries(third) -> None:
    third.change(
        "index.yaml",
        "{file: grants.csv, area: {column: postcode, geography: postcode21}}",
        "{file: grants.csv, location: {x: x, y: y}}",
    )
    third.texts["grants.csv"] = "id,amount,x,y\na,10,300000,200000\n"
    assert "nothing says where the areas lie" in third.problems(DataError)


def test_nobody_lives_there(third) -> None:
    third.change("areas.csv", "W02000002,200", "W02000002,0")
    said = third.problems(DataError)
    assert "areas.csv:3: people: W02000002: the denominator is 0" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("companies: {records: companies,", "companies: {records: charities,", "same records"),
        (
            "{records: companies, numbers: {company: company}, name: name}",
            "{records: companies}",
            "has nothing by which its organisations are found in another register",
        ),
        (
            "companies: {file: companies.csv, area: {column: postcode, geography: postcode21}}",
            "companies: {file: companies.csv, area: {column: area, geography: msoa11}}",
            "has no postcode to go with the name",
        ),
        ("numbers: {company: company}, n", "numbers: {company: {}}, n", "column"),
        ("amount: amount, identifier: id}}", "amount: amount}}\n      repeated: first", "no table"),
        ("awards: {all: {records: grants", "awards: {all: {records: gifts", "'gifts'"),
        (
            "numbers: {company: company}, n",
            "numbers: {company: {column: company, pattern: '['}}, n",
            "is no regular expression",
        ),
    ],
)
def test_definitions(third, old: str, new: str, said: str) -> None:
    third.change("index.yaml", old, new)
    assert said in third.problems(DefinitionError)
