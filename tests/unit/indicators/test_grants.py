"""Grants per head: large ones, repeated ones, and those of which only the authority is known."""

from __future__ import annotations

import pytest

from hyperlocal.analysis import explain

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
  msoa_to_authority: {kind: nested, input: areas, column: district, to: ltla21, share_by: people}
records:
  grants: {file: grants.csv, area: {column: Postcode, geography: postcode21}}
  by_authority: {file: by_authority.csv, area: {column: District, geography: ltla21}}
index:
  indicators:
    grants:
      kind: grants
      awards:
        by_postcode: {records: grants, amount: Amount Awarded, identifier: Identifier}
        by_authority: {records: by_authority, amount: Amount Awarded, identifier: Identifier}
      most_amount: 1000000
      denominator: {input: areas, column: people}
      high_value: less_need
"""
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": "code,district,people\nW02000001,W06000001,600\nW02000002,W06000001,200\n",
    "homes.csv": "postcode,msoa,dwellings\nCF10 1AA,W02000001,10\nCF10 1AD,W02000002,5\n",
    "grants.csv": (
        "Identifier,Amount Awarded,Postcode\n"
        "a-1,5000,CF10 1AA\na-2,1000000,CF10 1AD\na-3,1000001,CF10 1AD\na-4,250.5,cf101ad\n"
    ),
    "by_authority.csv": "Identifier,Amount Awarded,District\nb-1,8000,W06000001\n",
}


@pytest.fixture
def third(index_folder, tmp_path):
    return index_folder(tmp_path, TEXTS)


def numerator(results) -> list[float]:
    return results.areas["grants_numerator"].to_list()


def test_by_hand(third) -> None:
    results = third.build()
    # 8,000 are known by authority: three quarters of its people live in the first area
    assert numerator(results) == [5000 + 6000, 1000250.5 + 2000]
    assert results.areas["grants_value"].to_list() == [11000 / 600, 1002250.5 / 200]
    told = results.provenance["gathered"]["grants"]
    assert told["awards"]["by_postcode"] == {
        "grants": 3,
        "amount": 1005250.5,
        "above": 1,
        "amount_above": 1000001,
    }
    above = {"the amount is above the largest that counts": 1}
    assert told["records"]["grants"]["left_out"] == above
    assert "grants of up to 1,000,000 of by_postcode, by_authority" in str(
        explain(results, "W02000001")
    )


def test_repeated_grants_can_count_once(third) -> None:
    third.change("by_authority.csv", "b-1", "a-1")
    third.change("index.yaml", "most_amount", "repeated: first\n      most_amount")
    results = third.build()
    assert numerator(results) == [5000, 1000250.5]


@pytest.mark.parametrize(("policy", "amount"), [("count", 4000), ("leave_out", 5000)])
def test_amounts_below_nothing(third, policy: str, amount: float) -> None:
    third.change("index.yaml", "most_amount", f"negative_amount: {policy}\n      most_amount")
    third.texts["grants.csv"] += "a-5,-1000,CF10 1AA\n"
    assert numerator(third.build())[0] == amount + 6000


def test_grants_without_an_amount_can_be_left_out(third) -> None:
    third.change("index.yaml", "most_amount", "no_amount: leave_out\n      most_amount")
    third.texts["grants.csv"] += "a-5,,CF10 1AA\n"
    results = third.build()
    assert numerator(results)[0] == 11000
    left_out = results.provenance["gathered"]["grants"]["records"]["grants"]["left_out"]
    assert left_out["the grant has no amount"] == 1


def test_a_grant_that_does_not_count_hides_no_other_of_its_identifier(third) -> None:
    both = "no_amount: leave_out\n      repeated: first\n      most_amount"
    third.change("index.yaml", "most_amount", both)
    third.change("grants.csv", "a-1,5000", "a-1,,CF10 1AA\na-1,5000")
    assert numerator(third.build())[0] == 11000
