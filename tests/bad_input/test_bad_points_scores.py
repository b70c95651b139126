"""Records of pupils that cannot be right: refused with their rows, all at once."""

from __future__ import annotations

import pytest

from hyperlocal.errors import DataError, DefinitionError

DEFINITION = """\
hyperlocal: 1
id: schools
areas: {geography: lsoa11, table: {input: areas}}
lists:
  grades: {file: lists/gcse_points.csv, column: grade, number: points}
  digits: {numbers: {9: 58, 8: 55}}
inputs:
  areas: {file: areas.csv, geography: lsoa11, code: code}
records:
  pupils: {file: pupils.csv, area: {column: lsoa, geography: lsoa11}}
index:
  indicators:
    score:
      kind: points_score
      records: pupils
      subjects: [maths, {best_of: [english, welsh]}]
      points: [grades, digits]
      high_value: less_need
"""
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": "code\nW01000001\nW01000002\n",
    "pupils.csv": (
        "lsoa,year,number,maths,english,welsh\n"
        "W01000001,2016,2,A,B,\n"
        "W01000001,2017,1,C,C,\n"
        "W01000002,2016,1,D,9,8\n"
    ),
}


@pytest.fixture
def schools(index_folder, tmp_path):
    return index_folder(tmp_path, TEXTS)


def state(schools, text: str) -> None:
    schools.change("index.yaml", "high_value:", f"{text}\n      high_value:")


def test_it_builds(schools) -> None:
    assert schools.build().areas["score_value"].to_list() == [(49 + 40) / 2, (34 + 58) / 2]


def test_unknown_outcomes_are_all_listed(schools) -> None:
    schools.change("pupils.csv", "2016,2,A,B,", "2016,2,A+,B,Z")
    schools.change("pupils.csv", "2017,1,C,C,", "2017,1,A+,C,")
    said = schools.problems(DataError)
    assert "pupils.csv:2: maths: there are no points for 'A+': 2 records, in rows 2, 3;" in said
    assert "pupils.csv:2: welsh: there are no points for 'Z': 1 record, in rows 2;" in said
    assert "unknown_outcome: leave_out" in said


def test_a_subject_without_outcome(schools) -> None:
    schools.change("pupils.csv", "C,C,\n", ",,\n")
    said = schools.problems(DataError)
    assert "there is no outcome in maths: 1 record, in rows 3" in said
    assert "there is no outcome in english or welsh: 1 record, in rows 3" in said


def test_a_pupil_without_any_outcome_is_left_out_and_counted(schools) -> None:
    state(schools, "no_outcome: leave_out")
    schools.change("pupils.csv", "C,C,\n", ",,\n")
    results = schools.build()
    assert results.areas["score_value"].to_list() == [49, 46]
    records = results.provenance["gathered"]["score"]["records"]["pupils"]
    assert records["left_out"] == {"the pupil has no outcome": 1}


def test_lists_that_contradict_each_other(schools) -> None:
    schools.change("index.yaml", "{9: 58, 8: 55}", "{9: 58, 8: 55, C: 41}")
    assert "'C' has 40 points, and 41 by 'digits'" in schools.problems(DataError)


@pytest.mark.parametrize(
    ("number", "said"),
    [("-2", "the number of pupils is -2"), ("", "the number of pupils is missing")],
)
def test_numbers_of_pupils(schools, number: str, said: str) -> None:
    state(schools, "pupils: number")
    schools.change("pupils.csv", "2017,1,C", f"2017,{number},C")
    assert f"pupils.csv:3: number: {said}" in schools.problems(DataError)


def test_a_year_that_is_not_there(schools) -> None:
    state(schools, "years: {column: year, of: [2016, 2017, 2018]}")
    assert "there are no pupils of 2018" in schools.problems(DataError)


def test_a_record_without_a_year(schools) -> None:
    state(schools, "years: {column: year}")
    schools.change("pupils.csv", "2017,1,C", ",1,C")
    assert "pupils.csv:3: year: the year is missing" in schools.problems(DataError)


def test_an_area_without_pupils(schools) -> None:
    schools.change("pupils.csv", "W01000002", "W01000001")
    assert "the sample_size is 0" in schools.problems(DataError)


def test_nothing_tells_how_pupils_differ(schools) -> None:
    schools.change("areas.csv", "code\nW01000001\nW01000002\n", "code,la\nW01000001,W06000001\n")
    schools.texts["areas.csv"] += "W01000002,W06000001\n"
    schools.change(
        "index.yaml",
        "{input: areas}}",
        "{input: areas}, within: {ltla19: {input: areas, column: la}}}",
    )
    state(schools, "shrink_to: ltla19")
    schools.change("pupils.csv", "W01000001,2017,1,C,C,\n", "")
    assert "no area has two pupils" in schools.problems(DataError)


def test_an_unknown_postcode_or_area(schools) -> None:
    schools.change("pupils.csv", "W01000001,2017", "W01999999,2017")
    assert "its area is not known: 1 of 3, in rows 3" in schools.problems(DataError)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("      records: pupils\n", "", "has no records"),
        ("      subjects: [maths, {best_of: [english, welsh]}]\n", "", "which subjects count"),
        ("points: [grades, digits]", "points: [grades, levels]", "there is no list 'levels'"),
        ("records: pupils\n      s", "records: pupil\n      s", "no table of records 'pupil'"),
        ("{numbers: {9: 58, 8: 55}}", "{codes: [9, 8]}", "what number each code stands for"),
        ("{best_of: [english, welsh]}", "{best_of: [english]}", "best_of"),
        (
            "      points:",
            "      where: {year: 2016}\n      years: {column: year, of: 2016}\n      points:",
            "score.where.year: the years are chosen twice",
        ),
    ],
)
def test_definitions(schools, old: str, new: str, said: str) -> None:
    schools.change("index.yaml", old, new)
    assert said in schools.problems(DefinitionError)


def test_counts_by_grade(schools) -> None:
    text = TEXTS["index.yaml"]
    begin, end = text.index("records:\n"), text.index("index:")
    text = text[:begin] + text[end:]
    begin, end = text.index("      records"), text.index("      points")
    text = text[:begin] + "      input: areas\n      grades: {A: a, Q: q}\n" + text[end:]
    schools.texts["index.yaml"] = text
    schools.texts["areas.csv"] = "code,a,q\nW01000001,1,-2\nW01000002,1,1\n"
    said = schools.problems(DataError)
    assert "there are no points for 'Q'" in said
    assert "the count of 'Q' is negative in W01000001" in said
    state(schools, "no_outcome: zero")
    said = schools.problems(DefinitionError)
    assert "score.no_outcome: has no effect without 'records'" in said
