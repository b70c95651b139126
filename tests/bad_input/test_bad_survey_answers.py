"""Answers and cells that areas cannot be estimated from."""

from __future__ import annotations

import pytest

from hyperlocal.errors import DataError, DefinitionError

DEFINITION = """\
hyperlocal: 1
id: community
areas: {geography: lsoa11, table: {input: areas}}
inputs:
  areas: {file: areas.csv, geography: lsoa11, code: code}
records:
  answers: {file: answers.csv, missing: "Don't know"}
  cells: {file: cells.csv, area: {column: code, geography: lsoa11}}
index:
  high_value: less_need
  domains:
    engaged:
      indicators:
        trust:
          kind: survey_allocation
          sources:
            recent: {answers: answers, cells: cells, cell: {la: la, fifth: fifth}, people: people, year: year, weight_column: w}
          questions:
            trust: {column: trust, yes: "Yes", no: "No", asked: {recent: [2016-17, 2018-19]}}
"""  # noqa: E501
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": "code\nE01000001\nE01000002\n",
    "cells.csv": "code,la,fifth,people\nE01000001,A,1,300\nE01000002,A,2,100\n",
    "answers.csv": """\
year,la,fifth,w,trust
2016-17,A,1,1,Yes
2016-17,A,1,2,No
2018-19,A,2,1,Yes
""",
}


@pytest.fixture
def folder(tmp_path, index_folder):
    return index_folder(tmp_path, TEXTS)


def test_the_files_are_in_order_but_for_what_is_tried(folder):
    assert folder.build().areas["trust_value"].to_list() == pytest.approx([1 / 3, 1])


def test_a_cell_without_answers_is_named_with_its_areas(folder):
    folder.change("cells.csv", "E01000002,A,2,100", "E01000002,B,4,100")
    folder.change("answers.csv", "2018-19,A,2,1,Yes", "2018-19,A,1,1,Yes")
    told = folder.problems(DataError)
    assert "cells.csv:3: the cell of la B, fifth 4 has no answer to trust" in told
    assert "people of E01000002 live in it" in told
    assert "'empty_cell: larger_cell' or 'empty_cell: missing'" in told


def test_cells_with_too_few_answers(folder):
    folder.texts["index.yaml"] += "          fewest_answers: 2\n"
    assert "has fewer than 2 answers to trust" in folder.problems(DataError)
    folder.change("index.yaml", "fewest_answers: 2", "fewest_answers: 9")
    folder.texts["index.yaml"] += "          empty_cell: larger_cell\n"
    assert "no larger cell has enough of them" in folder.problems(DataError)


def test_answers_that_are_not_known(folder):
    folder.change("answers.csv", "2018-19,A,2,1,Yes", "2018-19,A,2,1,Perhaps\n2018-19,A,2,1,Yes")
    told = folder.problems(DataError)
    assert "answers.csv:4: trust: the question has no answer 'Perhaps'" in told
    assert "under 'missing' of the records" in told


def test_a_year_without_answers(folder):
    folder.change("index.yaml", "[2016-17, 2018-19]", "[2016-17, 2018-19, 2019-20]")
    assert "trust: there is no answer to trust in 2019-20" in folder.problems(DataError)


def test_respondents_of_cells_that_no_area_is_of(folder):
    folder.texts["answers.csv"] += "2018-19,C,2,1,Yes\n2018-19,,2,1,Yes\n"
    told = folder.problems(DataError)
    assert "no area is of the cell of the respondent: 1 of 5, in rows 5" in told
    assert "the respondent has no cell or no weight: 1 of 5, in rows 6" in told


def test_a_weight_that_is_not_above_0(folder):
    folder.change("answers.csv", "2016-17,A,1,2,No", "2016-17,A,1,-2,No")
    told = folder.problems(DataError)
    assert "answers.csv:3: w: a weight must be above 0, and it is -2" in told


def test_an_area_without_a_cell(folder):
    folder.change("cells.csv", "E01000002,A,2,100", "E01000002,A,,100")
    folder.change("answers.csv", "2018-19,A,2,1,Yes", "2018-19,A,1,1,Yes")
    assert "its cell or its people are missing: 1 of 2, in rows 3" in folder.problems(DataError)


def test_negative_people(folder):
    folder.change("cells.csv", "E01000002,A,2,100", "E01000002,A,2,-100")
    told = folder.problems(DataError)
    assert "cells.csv:3: people: the number of people is -100" in told


def test_an_area_in_which_nobody_lives_has_no_value(folder):
    folder.change("cells.csv", "E01000002,A,2,100", "E01000002,A,2,0\nE01000001,A,2,10")
    told = folder.problems(DataError)
    assert "E01000002" in told
    assert "the value is missing" in told


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("recent: [2016-17, 2018-19]", "other: 2016-17", "there is no source 'other'"),
        ("year: year, ", "", "the source 'recent' does not say its years"),
        ('no: "No"', 'no: "Yes"', "'Yes' is both a 'yes' and a 'no'"),
        (", area: {column: code, geography: lsoa11}", "", "nothing says in which area"),
        ("cell: {la: la, fifth: fifth}, ", "", "cell"),
    ],
)
def test_definitions_that_do_not_fit_together(folder, old, new, message):
    folder.change("index.yaml", old, new)
    assert message in folder.problems(DefinitionError)


def test_a_source_that_asked_nothing(folder):
    folder.change(
        "index.yaml",
        "          questions:",
        "            idle: {answers: answers, cells: cells, cell: {la: la}, people: people}\n"
        "          questions:",
    )
    assert "idle: no question was asked there" in folder.problems(DefinitionError)
