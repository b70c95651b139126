"""Provision: the ratio of practices, carried to areas by where their patients live."""

from __future__ import annotations

import numpy as np
import pytest

from hyperlocal.analysis import as_text, explain
from hyperlocal.pipeline import records as reading
from hyperlocal.pipeline.replay import Replay

DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: areas}}
inputs: {areas: {file: areas.csv, geography: lsoa11, code: code}}
records:
  practices: {file: practices.csv}
  patients: {file: patients.csv, area: {column: lsoa, geography: lsoa11}}
index:
  high_value: more_need
  indicators:
    doctors:
      kind: provision
      providers: {records: practices, practice: code, demand: patients, supply: doctors}
      users: {records: patients, practice: practice, number: number}
"""
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": "code\nE01000001\nE01000002\n",
    "practices.csv": "code,patients,doctors\nA,6000,4\nB,9000,4.5\nC,1000,0\n",
    "patients.csv": "practice,lsoa,number\n"
    "A,E01000001,300\nB,E01000001,100\nB,E01000002,50\nA,E01000002,50\n",
}


@pytest.fixture
def index(tmp_path, index_folder):
    index = index_folder(tmp_path, TEXTS)
    index.change("practices.csv", "C,1000,0\n", "")
    return index


def test_ratios_are_weighted_by_patients(index):
    """By hand: 1,500 and 2,000 patients a doctor; (300 x 1500 + 100 x 2000)/400, and half each."""
    results = index.build()
    assert results.areas["doctors_value"].to_list() == [1625, 1750]
    assert results.areas["doctors_numerator"].to_list() == [650_000, 175_000]
    assert results.areas["doctors_denominator"].to_list() == [400, 100]
    told = "\n".join(as_text(explain(results, "E01000001")))
    assert "650000 / 400" in told
    assert "number of patients x patients / doctors of practices" in told
    again = Replay.of(results).base["doctors"].columns["value"]
    np.testing.assert_array_equal(again, results.areas["doctors_value"].to_numpy())
    assert results.definition.by_id["doctors"].written.users.number == "number"


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("leave_out", [1625, 1750]), ("highest", [(650_000 + 100 * 2000) / 500, 1750])],
)
def test_a_practice_without_a_doctor(index, setting, expected):
    """By hand: its 100 patients are left out, or have 2,000 to a doctor as those of B."""
    index.texts["practices.csv"] += "C,1000,0\n"
    index.texts["patients.csv"] += "C,E01000001,100\n"
    index.texts["index.yaml"] += f"      without_supply: {setting}\n"
    results = index.build()
    assert results.areas["doctors_value"].to_list() == expected
    left = results.provenance["gathered"]["doctors"]["users_left_out"]
    assert left["its practice provides nothing"] == (100 if setting == "leave_out" else 0)


@pytest.mark.parametrize("at_once", [250_000, 1])
def test_unknown_practices_may_be_left_out_and_are_counted(index, monkeypatch, at_once):
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", at_once)
    index.texts["patients.csv"] += "X,E01000002,4\nY,E01000001,5\n,E01000001,1\nX,E01000002,3\n"
    index.texts["index.yaml"] += "      unknown_providers: leave_out\n"
    results = index.build()
    assert results.areas["doctors_value"].to_list() == [1625, 1750]
    gathered = results.provenance["gathered"]["doctors"]
    assert gathered["unknown_practices"] == ["", "X", "Y"]
    assert gathered["users_left_out"]["its practice is not known"] == 13


def test_order_of_the_patients_does_not_matter(index):
    before = index.build().areas
    head, *rows = index.texts["patients.csv"].splitlines()
    index.texts["patients.csv"] = "\n".join([head, *reversed(rows)]) + "\n"
    assert index.build().areas.equals(before)


def test_places_for_each_hundred_children_are_a_plain_rate(tmp_path, index_folder):
    """By hand: 30 places for 60 children, and 45 for 30: more places than children."""
    index = index_folder(
        tmp_path,
        {
            "index.yaml": "hyperlocal: 1\nid: top\n"
            "areas: {geography: lsoa21, table: {input: children}}\n"
            "inputs: {children: {file: children.csv, geography: lsoa21, code: code}}\n"
            "defaults: {input: children, high_value: less_need}\n"
            "index: {indicators: {places: {numerator: places, denominator: children, "
            "counts: events, per: 100}}}\n",
            "children.csv": "code,places,children\nE01000001,30,60\nE01000002,45,30\n",
        },
    )
    assert index.build().areas["places_value"].to_list() == [50, 150]
