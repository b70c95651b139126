"""Rows chosen by what they hold, runs of columns, means of totals and changes."""

from __future__ import annotations

import pytest

import hyperlocal
from hyperlocal.errors import DataError, DefinitionError

JOBS = """\
GEOGRAPHY_CODE,INDUSTRY_CODE,YEAR,OBS_VALUE
E01000001,21100,2022,5
E01000001,47110,2022,20
E01000002,21100,2022,10
E01000002,21200, 2022,15
E01000002,21200,2021,1000
E01000003,47110,2022,30
E01000004,47110,2022,10
E01000004,21200,2022,30
E01000005,47110,2022,25
E01000006,21100,2022,35
"""
AGES = """\
area,F0,F1,F16,F17,M0,M16
E01000001,1,2,3,4,5,6
E01000002,1,2,3,4,5,6
E01000003,1,2,3,4,5,6
E01000004,1,2,3,4,5,6
E01000005,1,2,3,4,5,6
E01000006,1,2,30,40,50,60
"""


@pytest.fixture
def jobs(small):
    """The small index with a long table of jobs by industry, and a list of industries."""
    (small.folder / "jobs.csv").write_text(JOBS)
    (small.folder / "growth.csv").write_text("code,title\n21100,Medicines\n21200,Preparations\n")
    small.change(
        "inputs:\n",
        "lists:\n  growth: {file: growth.csv}\ninputs:\n"
        "  jobs: {file: jobs.csv, geography: lsoa21, code: GEOGRAPHY_CODE, where: {YEAR: 2022}, "
        "duplicate_areas: sum, absent_areas: zero}\n",
    )
    small.change(
        "        income: {column: income, high_value: less_need}",
        "        growing:\n"
        "          input: jobs\n"
        "          numerator: {column: OBS_VALUE, where: {INDUSTRY_CODE: {list: growth}}}\n"
        "          denominator: OBS_VALUE\n"
        "          per: 100",
    )
    return small


def test_rows_are_chosen_by_a_value_and_by_a_list(jobs):
    results = jobs.build()
    assert results.areas["growing_numerator"].to_list() == [5, 25, 0, 30, 0, 35]
    assert results.areas["growing_denominator"].to_list() == [25, 25, 30, 40, 25, 35]
    record = results.provenance["inputs"]["jobs"]
    assert (record["rows_read"], record["rows_used"]) == (10, 9)
    assert record["rows_dropped"] == {"other rows": 1}


def test_the_resolved_definition_holds_the_list(jobs):
    first = jobs.build()
    resolved = (jobs.out / "definition.yaml").read_text()
    assert "codes:\n    - '21100'\n    - '21200'" in resolved
    again = hyperlocal.build(jobs.out / "definition.yaml", jobs.folder, jobs.folder / "again")
    assert again.areas.equals(first.areas)


def test_rows_are_chosen_by_a_beginning(jobs):
    jobs.change("lists:\n  growth: {file: growth.csv}\n", "")
    jobs.change("{list: growth}", "{begins_with: '21'}")
    assert jobs.build().areas["growing_numerator"].to_list() == [5, 25, 0, 30, 0, 35]
    jobs.change("begins_with: '21'", "begins_with: X")
    with pytest.raises(DataError, match="INDUSTRY_CODE: no row holds 'X' at the beginning"):
        jobs.build()


def test_marks_that_stand_for_nothing(small):
    small.change_table("E01000004,E06000002,3", "E01000004,E06000002,-")
    small.change("code: area}", "code: area, nil: '-'}")
    results = small.build()
    assert results.areas["out_of_work_numerator"].to_list() == [12, 30, 45, 0, 9, 64]
    assert results.provenance["missing_values"] == {}


def test_defaults_of_inputs_hold_unless_an_input_says_otherwise(small):
    small.change_table("E01000004,E06000002,3", "E01000004,E06000002,-")
    small.change("{input: people, high_value", "{inputs: {nil: ['-']}, input: people, high_value")
    assert small.build().areas["out_of_work_numerator"].to_list() == [12, 30, 45, 0, 9, 64]
    assert "nil:\n    - '-'" in (small.out / "definition.yaml").read_text()
    small.change("code: area}", "code: area, nil: []}")
    with pytest.raises(DataError, match="'-' is not a number"):
        small.build()


def test_a_value_that_no_row_holds(jobs):
    jobs.change("YEAR: 2022", "YEAR: 2023")
    with pytest.raises(DataError, match="YEAR: no row holds '2023'; there stands: '2022', '2021'"):
        jobs.build()


def test_a_list_that_is_not_there_or_wrong(jobs):
    (jobs.folder / "growth.csv").write_text("code,title\n21100,A\n\n21100,B\n,C\n1,2,3\n")
    with pytest.raises(DefinitionError) as caught:
        jobs.build()
    assert "growth.csv:4: code: 21100 stands in the list twice" in str(caught.value)
    assert "growth.csv:5: code: the code is empty" in str(caught.value)
    assert "growth.csv:6: code: the row has more values than there are headings" in str(
        caught.value
    )
    jobs.change("growth.csv", "shrink.csv")
    with pytest.raises(DefinitionError, match=r"there is no list 'shrink\.csv'"):
        jobs.build()
    jobs.change("list: growth}", "list: decline}")
    with pytest.raises(DefinitionError) as caught:
        jobs.build()
    assert "where.INDUSTRY_CODE.list: there is no list 'decline'; known are: growth" in str(
        caught.value
    )


def test_a_run_of_columns_is_added_up(small):
    (small.folder / "ages.csv").write_text(AGES)
    small.change("inputs:\n", "inputs:\n  ages: {file: ages.csv, geography: lsoa21, code: area}\n")
    small.change(
        "denominator: adults",
        "denominator: [{first: F16, last: F17, input: ages}, {column: M16, input: ages}]",
    )
    small.change_table("out_of_work", "out_of_work")
    with pytest.raises(DataError, match="the numerator is above the denominator"):
        small.build()
    small.change("per: 100", "counts: events, per: 100")
    results = small.build()
    assert results.areas["out_of_work_denominator"].to_list() == [13, 13, 13, 13, 13, 130]


def test_a_run_must_be_in_the_order_of_the_file(small):
    (small.folder / "ages.csv").write_text(AGES)
    small.change("inputs:\n", "inputs:\n  ages: {file: ages.csv, geography: lsoa21, code: area}\n")
    small.change("denominator: adults", "denominator: {first: F17, last: F0, input: ages}")
    with pytest.raises(DataError, match="'F0' stands before 'F17'; turn them round"):
        small.build()


def test_a_column_names_one_or_a_run(small):
    small.change("denominator: adults", "denominator: {column: adults, first: area}")
    with pytest.raises(DefinitionError, match="name one 'column', or the 'first' and the 'last'"):
        small.build()


def test_a_mean_of_a_total(small):
    small.change(
        "income: {column: income, high_value: less_need}",
        "income: {kind: mean, total: income, sample_size: adults, per: 10, shrink_to: ltla24}",
    )
    results = small.build()
    values = results.areas["income_value"].to_list()
    assert values[0] == pytest.approx(10 * 25000 / 300)
    shrunk, district = results.areas["income_shrunk"].to_list(), [0, 0, 0, 1, 1, 1]
    centre = [10 * 64000 / 900, 10 * 76500 / 830]
    for area, value in enumerate(values):
        low, high = sorted((value, centre[district[area]]))
        assert low - 1e-9 <= shrunk[area] <= high + 1e-9


def test_change_between_two_dates_per_head(small):
    small.change(
        "income: {column: income, high_value: less_need}",
        "income: {before: adults, after: income, before_denominator: adults, "
        "after_denominator: out_of_work}",
    )
    results = small.build()
    assert results.areas["income_value"][0] == pytest.approx(100 * (25000 / 12 - 1) / 1)


def test_change_from_nothing_is_refused(small):
    small.change(
        "income: {column: income, high_value: less_need}", "income: {before: adults, after: income}"
    )
    small.change_table("12,300,", "12,0,")
    with pytest.raises(DataError, match="E01000001: the before is 0"):
        small.build()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{kind: mean, total: income}", "has nothing to divide the total by"),
        ("{kind: mean, sample_size: adults}", "has no column"),
        ("{kind: mean, column: income, total: adults, sample_size: adults}", "states both"),
        ("{kind: mean, column: income, per: 100}", "has no effect without 'total'"),
        (
            "{before: adults, after: income, before_denominator: adults}",
            "'before_denominator' only",
        ),
        ("{before: adults, after: income, shrink_to: ltla24}", "needs 'sample_size' to be shrunk"),
        (
            "{before: adults, after: income, standard_deviation: 2}",
            "has no effect without 'sample_size'",
        ),
    ],
)
def test_faults_of_means_and_changes(small, written, said):
    small.change("income: {column: income, high_value: less_need}", f"income: {written}")
    with pytest.raises(DefinitionError, match=said):
        small.build()
