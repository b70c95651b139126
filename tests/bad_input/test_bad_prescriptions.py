"""Prescriptions and patients that no index can be made of."""

from __future__ import annotations

import pytest

from hyperlocal.errors import DataError, DefinitionError

DEFINITION = """\
hyperlocal: 1
id: loneliness
areas: {geography: lsoa11, table: {input: areas}}
inputs:
  areas: {file: areas.csv, geography: lsoa11, code: code}
records:
  items: {file: items.csv}
  patients: {file: patients.csv, area: {column: lsoa, geography: lsoa11}}
index:
  high_value: more_need
  domains:
    isolation:
      indicators:
        lonely:
          kind: prescription_index
          prescribing: {records: items, practice: practice, items: all}
          patients: {records: patients, practice: practice, number: number}
          conditions: {anxiety: anxiety}
"""
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": "code\nE01000001\nE01000002\n",
    "items.csv": "practice,all,anxiety\nP1,1000,100\nP2,500,100\n",
    "patients.csv": "practice,lsoa,number\nP1,E01000001,300\nP2,E01000002,50\n",
}


@pytest.fixture
def folder(tmp_path, index_folder):
    return index_folder(tmp_path, TEXTS)


def test_the_files_are_in_order_but_for_what_is_tried(folder):
    assert folder.build().areas["lonely_value"].to_list() == pytest.approx([-1, 1])


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("items.csv", "P2,500,100", "P2,0,0\nP3,100,30", "the practice has no items: 1 of 3"),
        ("items.csv", "P2,500,100", "P2,,100\nP3,100,30", "names no practice, or a number is miss"),
        ("items.csv", "P2,500,100", "P2,500,600", "the practice P2 has 600 items for anxiety and"),
        ("items.csv", "P2,500,100", "P2,500,-1", "csv:3: anxiety: a number is -1"),
        ("items.csv", "P2,500,100", "P2,500,50", "is the same in all 2 practices"),
        ("items.csv", "\nP2,500,100", "", "is the same in all 1 practices"),
        ("patients.csv", "P2,E01", "P9,E01", "among those that prescribe: 1 of 2, in rows 3"),
        ("patients.csv", "02,50", "02,-50", "csv:3: number: a number is -50"),
        ("patients.csv", "P2,E01000002,50", "P2,E01000002,", "or a number is missing: 1 of 2"),
        ("patients.csv", "02,50", "03,50", "its area is not known"),
        ("patients.csv", "\nP2,E01000002,50", "", "the sample_size is 0"),
    ],
)  # fmt: skip
def test_tables_that_cannot_be_right(folder, file, old, new, message):
    folder.change(file, old, new)
    told = folder.problems(DataError)
    assert message in told
    assert file in told or "sample_size" in told


def test_patients_that_are_nowhere(folder):
    folder.change("index.yaml", ", area: {column: lsoa, geography: lsoa11}", "")
    assert "nothing says in which area" in folder.problems(DefinitionError)
