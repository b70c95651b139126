"""Prescribing carried to where patients live: by hand, and from files to results."""

from __future__ import annotations

import numpy as np
import pytest

import hyperlocal
from hyperlocal.analysis import as_text, explain
from hyperlocal.pipeline.replay import Replay

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
          conditions: {anxiety: anxiety, insomnia: [sleep, melatonin]}
"""
# Shares of anxiety: 0.1, 0.2, 0.3. Of insomnia: 0.02, 0.02, 0.05.
ITEMS = """\
practice,all,anxiety,sleep,melatonin
P1,1000,100,15,5
P2,500,100,10,0
P3,200,60,5,5
"""
PATIENTS = """\
practice,lsoa,number
P1,E01000001,300
P2,E01000001,100
P2,E01000002,50
P3,E01000002,150
"""
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": "code\nE01000001\nE01000002\n",
    "items.csv": ITEMS,
    "patients.csv": PATIENTS,
}
ANXIETY = np.array([-1, 0, 1]) / np.sqrt(2 / 3)
INSOMNIA = np.array([-1, -1, 2]) / np.sqrt(2)
INDEX = ANXIETY + INSOMNIA


@pytest.fixture
def folder(tmp_path, index_folder):
    return index_folder(tmp_path, TEXTS)


def test_areas_by_hand(folder):
    found = folder.build().areas
    expected = [(300 * INDEX[0] + 100 * INDEX[1]) / 400, (50 * INDEX[1] + 150 * INDEX[2]) / 200]
    assert found["lonely_value"].to_list() == pytest.approx(expected)
    assert found["lonely_sample_size"].to_list() == [400, 200]
    assert expected == pytest.approx([-1.6257, 1.8024], abs=1e-4)


def test_how_it_came_about_is_in_the_provenance(folder):
    told = folder.build().provenance["gathered"]["lonely"]
    assert (told["practices"], told["practices_with_patients"]) == (3, 3)
    assert told["conditions"]["anxiety"] == {
        "mean_share": pytest.approx(0.2),
        "standard_deviation": pytest.approx(np.sqrt(0.02 / 3)),
    }


def test_rows_of_one_practice_are_added_up(folder):
    folder.change("items.csv", "P1,1000,100,15,5", "P1,600,30,15,1\nP1,400,70,0,4")
    assert folder.build().areas["lonely_value"].to_list() == pytest.approx(
        [-1.6257, 1.8024], abs=1e-4
    )


def test_an_area_is_explained(folder):
    text = " ".join(" ".join(as_text(explain(folder.build(), "E01000001"))).split())
    assert "patients of patients times the index of their practice: anxiety + insomnia" in text


def test_the_definition_reads_back_and_the_results_replay(folder):
    results = folder.build()
    again = hyperlocal.load(folder.folder / "out" / "definition.yaml")
    assert again.root == results.definition.root
    replayed = Replay.of(results).base["lonely"].columns["value"]
    assert replayed.tolist() == results.areas["lonely_value"].to_list()


def test_practices_without_items_and_their_patients_are_left_out_where_that_is_allowed(folder):
    folder.change("items.csv", "P3,200", "P4,0,0,0,0\nP3,200")
    folder.change("patients.csv", "P3,E01000002", "P4,E01000001,7\nP5,E01000001,9\nP3,E01000002")
    folder.change("index.yaml", "{file: items.csv}", "{file: items.csv, most_unplaced: 0.25}")
    folder.change("index.yaml", "patients.csv,", "patients.csv, most_unplaced: 0.4,")
    results = folder.build()
    assert results.areas["lonely_value"].to_list() == pytest.approx([-1.6257, 1.8024], abs=1e-4)
    told = results.provenance["gathered"]["lonely"]["records"]
    assert told["items"]["left_out"] == {"the practice has no items": 1}
    assert told["patients"]["left_out"] == {
        "the practice has no items": 1,
        "the practice is not among those that prescribe": 1,
    }


def test_a_practice_without_patients_counts_among_practices(folder):
    folder.change("items.csv", "P3,200,60,5,5\n", "P3,200,60,5,5\nP6,100,20,2,1\n")
    told = folder.build().provenance["gathered"]["lonely"]
    assert (told["practices"], told["practices_with_patients"]) == (4, 3)
