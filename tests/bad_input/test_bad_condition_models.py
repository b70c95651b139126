"""Surveys, dwellings and national figures that housing condition cannot be modelled from."""

from __future__ import annotations

import pytest

from hyperlocal.errors import DataError, DefinitionError

DEFINITION = """\
hyperlocal: 1
id: homes
areas: {geography: lsoa11, table: {input: areas}}
inputs:
  areas: {file: areas.csv, geography: lsoa11, code: code}
records:
  survey: {file: survey.csv}
  dwellings: {file: dwellings.csv, area: {column: lsoa, geography: lsoa11}}
  national: {file: national.csv}
index:
  high_value: more_need
  domains:
    housing:
      indicators:
        poor_housing:
          kind: modelled_condition
          survey: {records: survey, weight_column: weight}
          dwellings: dwellings
          components:
            disrepair: {outcome: disrepair}
          categories: [age, tenure]
          numbers: [rooms]
          fewest_events: 1
          benchmark: {records: national, row_column: what, total: dwellings}
"""
# Every class has both outcomes; rooms do not tell them apart.
SURVEY = "age,tenure,rooms,disrepair,weight\n" + "".join(
    f"{age},{tenure},{3 + (place + shows) % 4},{shows},1\n"
    for age in ("old", "new")
    for tenure in ("owned", "rented")
    for place in range(6)
    for shows in (0, 1)
)
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": "code\nE01000001\nE01000002\n",
    "survey.csv": SURVEY,
    "dwellings.csv": "lsoa,age,tenure,rooms\nE01000001,old,owned,3\nE01000002,new,rented,5\n",
    "national.csv": "what,dwellings\ndisrepair,1.2\n",
}


@pytest.fixture
def folder(tmp_path, index_folder):
    return index_folder(tmp_path, TEXTS)


def test_the_files_are_in_order_but_for_what_is_tried(folder):
    assert folder.build().areas["poor_housing_numerator"].sum() == pytest.approx(1.2, abs=1e-9)


def test_classes_that_no_surveyed_dwelling_is_of_are_listed(folder):
    strange = "E01000002,ancient,let,5\nE01000002,new,squat,5"
    folder.change("dwellings.csv", "E01000002,new,rented,5", strange)
    told = folder.problems(DataError)
    assert "dwellings.csv:3" in told
    assert "age: no surveyed dwelling is of the class 'ancient'" in told
    assert "tenure: no surveyed dwelling is of the class 'let', 'squat'" in told
    assert "unseen: leave_out" in told


def test_dwellings_without_a_predictor(folder):
    folder.change("dwellings.csv", "E01000002,new,rented,5", "E01000002,new,rented,")
    folder.change("national.csv", "1.2", "0.2")
    told = folder.problems(DataError)
    assert "a predictor is missing: 1 of 2, in rows 3" in told
    assert "most_unplaced" in told


def test_no_dwelling_with_all_predictors(folder):
    folder.texts["dwellings.csv"] = "lsoa,age,tenure,rooms\nE01000001,old,owned,\n"
    assert "no dwelling has all predictors" in folder.problems(DataError)


def test_surveyed_dwellings_without_a_predictor_or_an_outcome(folder):
    folder.change("survey.csv", "weight\n", "weight\nold,owned,,0,1\nold,,3,0,1\nold,owned,3,,1\n")
    told = folder.problems(DataError)
    assert "a predictor, an outcome or the weight is missing: 3 of" in told
    assert "in rows 2, 3, 4" in told


def test_an_outcome_that_is_neither_0_nor_1_and_a_weight_of_0(folder):
    folder.change("survey.csv", "weight\n", "weight\nold,owned,3,2,0\n")
    told = folder.problems(DataError)
    assert "survey.csv:2: disrepair: an outcome must be 0 or 1, and it is 2" in told
    assert "weight: a weight must be above 0, and it is 0" in told


def test_too_few_events(folder):
    folder.change("index.yaml", "fewest_events: 1", "fewest_events: 10")
    told = folder.problems(DataError)
    assert "disrepair: 24 of 48 surveyed dwellings show it, and 4 coefficients need 40" in told
    assert "'fewest_events'" in told


def test_an_outcome_that_nobody_shows(folder):
    folder.texts["survey.csv"] = SURVEY.replace(",1,1\n", ",0,1\n")
    folder.change("index.yaml", "fewest_events: 1", "fewest_events: 0")
    assert "0 of 48 surveyed dwellings show it" in folder.problems(DataError)


def test_a_class_in_which_all_show_it_is_quasi_separated(folder):
    folder.texts["survey.csv"] = SURVEY + "older,owned,4,1,1\nolder,rented,5,1,1\n"
    told = folder.problems(DataError)
    assert "disrepair: age tells without fail whether 2 of 50 surveyed dwellings show it" in told
    assert "it is shown by all of 2 with age = 'older'" in told
    assert "leave age out, or merge classes of it" in told


def test_a_number_that_separates_perfectly(folder):
    head, *rows = SURVEY.splitlines()
    moved = [row.replace(",1,1", "3,1,1") for row in rows]  # 3 rooms become 33
    folder.texts["survey.csv"] = "\n".join([head, *moved]) + "\n"
    told = folder.problems(DataError)
    assert "disrepair: rooms tells without fail whether" in told
    assert "leave rooms out" in told


def test_two_predictors_that_separate_only_together(folder):
    mixed = [(rooms, shows) for rooms in (3, 4) for shows in (0, 1)]
    rows = [("old", "owned", 3, 1), ("old", "owned", 4, 1), ("new", "rented", 3, 0)]
    rows += [("old", "rented", *one) for one in mixed] + [("new", "owned", *one) for one in mixed]
    folder.texts["survey.csv"] = "".join(
        [SURVEY.splitlines()[0] + "\n", *(f"{','.join(map(str, row))},1\n" for row in rows)]
    )
    told = folder.problems(DataError)
    assert "disrepair: age and tenure tell without fail whether 3 of 11 surveyed" in told
    assert "leave age or tenure out" in told


def test_a_predictor_that_follows_from_others(folder):
    folder.change("index.yaml", "numbers: [rooms]", "numbers: [rooms, bedrooms]")
    for file in ("survey.csv", "dwellings.csv"):
        head, *rows = folder.texts[file].splitlines()
        place = head.split(",").index("rooms")
        folder.texts[file] = "\n".join(
            [head + ",bedrooms", *(f"{row},{2 * int(row.split(',')[place]) - 1}" for row in rows)]
        )
    told = folder.problems(DataError)
    assert "bedrooms tells nothing" in told
    assert "leave it out of the predictors" in told


def test_a_classification_of_one_class(folder):
    folder.texts["survey.csv"] = SURVEY.replace("rented", "owned")
    told = folder.problems(DataError)
    assert "tenure: tenure is the same for all surveyed dwellings" in told


def test_several_components_are_refused_at_once(folder):
    one = "disrepair: {outcome: disrepair}\n"
    folder.change("index.yaml", one, f"{one}            cold: {{outcome: cold}}\n")
    head, *rows = SURVEY.splitlines()
    folder.texts["survey.csv"] = "\n".join(
        [
            head + ",cold",
            *(f"{row},{int(row.startswith('old'))}" for row in rows),
            "older,owned,4,1,1,0",
            "older,owned,4,1,1,1",
        ]
    )
    told = folder.problems(DataError)
    assert "disrepair: age tells without fail" in told
    assert "cold: age tells without fail" in told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("what,dwellings\nfalls,1\n", "what: there is no row 'disrepair'"),
        ("what,dwellings\ndisrepair,1\ndisrepair,1\n", "csv:3: what: 'disrepair' has several rows"),
        ("what,dwellings\ndisrepair,\n", "csv:2: dwellings: the figure of 'disrepair' is missing"),
        ("what,dwellings\ndisrepair,3\n", "the figure of 'disrepair' is 3; there are 2 dwellings"),
        ("what,dwellings\ndisrepair,-1\n", "the figure of 'disrepair' is -1"),
    ],
)
def test_national_figures_that_cannot_be(folder, text, message):
    folder.texts["national.csv"] = text
    assert message in folder.problems(DataError)


def test_a_rule_cannot_be_made_to_agree_with_more_dwellings_than_it_finds(folder):
    folder.change("index.yaml", "{outcome: disrepair}", "{rule: {column: rooms, below: 4}}")
    survey = "survey: {records: survey, weight_column: weight}"
    for key in (survey, "categories: [age, tenure]", "numbers: [rooms]"):
        folder.change("index.yaml", f"          {key}\n", "")
    folder.change("index.yaml", "  survey: {file: survey.csv}\n", "")
    told = folder.problems(DataError)
    assert "disrepair cannot be made to agree with the nation: The total is 1.2" in told
    assert "'scaling'" in told


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{outcome: disrepair}", "{}", "it must have an 'outcome' or a 'rule'"),
        (
            "{outcome: disrepair}",
            "{outcome: d, rule: {column: rooms, below: 3}}",
            "an 'outcome' or",
        ),
        ("total: dwellings}", "total: dwellings, share: s}", "a 'total' or a 'share'"),
        ("numbers: [rooms]", "numbers: [age]", "'age' is a predictor twice"),
        ("numbers: [rooms]", "interactions: [[age, rooms]]", "'age' is a predictor twice"),
        (", area: {column: lsoa, geography: lsoa11}", "", "nothing says in which area"),
        ("          survey: {records: survey, weight_column: weight}\n", "", "needs a survey"),
    ],
)
def test_definitions_that_do_not_fit_together(folder, old, new, message):
    folder.change("index.yaml", old, new)
    assert message in folder.problems(DefinitionError)
