"""Bad input of provision ratios: practices without doctors, unknown ones, broken numbers."""

from __future__ import annotations

import pytest

import hyperlocal

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
    "practices.csv": "code,patients,doctors\nA,6000,4\nB,9000,4.5\n",
    "patients.csv": "practice,lsoa,number\nA,E01000001,300\nB,E01000002,50\n",
}


@pytest.fixture
def index(tmp_path, index_folder):
    return index_folder(tmp_path, TEXTS)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("practices.csv", "4.5", "0", "practices.csv:3: doctors: the practice provides nothing"),
        ("practices.csv", "4.5", "-1", "practices.csv:3: doctors: the number is negative"),
        ("practices.csv", "9000", "", "practices.csv:3: patients: the number is missing"),
        ("practices.csv", "9000", "many", "practices.csv:3: patients: 'many' is not a number"),
        ("practices.csv", "B,", "A,", "practices.csv:2: code: the practice is there twice"),
        ("practices.csv", "B,", ",", "practices.csv:3: code: the practice has no code"),
        ("practices.csv", "doctors", "gps", "there is no such column"),
        ("patients.csv", "300", "", "patients.csv:2: number: the number is missing"),
        ("patients.csv", "300", "-3", "patients.csv:2: number: the number is negative"),
        ("patients.csv", "E01000001", "E01000009", "its area is not known: 1 of 2, in rows 2"),
        ("patients.csv", "B,E01000002,50\n", "", "the denominator is 0"),
    ],
)
def test_numbers_that_cannot_be_right(index, file, old, new, told):
    index.change(file, old, new)
    assert told in index.problems(hyperlocal.DataError)


def test_all_unknown_practices_are_listed(index):
    index.texts["patients.csv"] += "X,E01000001,7\nY,E01000001,5\nX,E01000002,1\n"
    told = index.problems(hyperlocal.DataError)
    assert "patients.csv:4: practice: there is no practice 'X', 'Y', which 13 people use" in told
    assert "unknown_providers: leave_out" in told


def test_all_that_is_wrong_with_practices_is_told_at_once(index):
    index.change("practices.csv", "A,6000,4", "A,,0")
    told = index.problems(hyperlocal.DataError)
    assert "the number is missing" in told
    assert "the practice provides nothing" in told


def test_users_without_an_area_are_refused(index):
    index.change("index.yaml", ", area: {column: lsoa, geography: lsoa11}", "")
    told = index.problems(hyperlocal.DefinitionError)
    assert "nothing says in which area the records 'patients' lie" in told


def test_records_that_are_not_stated_are_refused(index):
    index.change("index.yaml", "records: practices,", "records: surgeries,")
    told = index.problems(hyperlocal.DefinitionError)
    assert "there is no table of records 'surgeries'" in told
