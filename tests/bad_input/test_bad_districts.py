"""Summaries of districts that cannot be made: each is refused with its remedy."""

from __future__ import annotations

from fractions import Fraction

import pytest
from typer.testing import CliRunner

from hyperlocal.analysis import districts, groups_for, populations
from hyperlocal.cli import app
from hyperlocal.errors import DataError, DefinitionError, ResultsError

POPULATIONS = "populations: {residents: {input: people, column: adults}}\nindex:\n"


@pytest.fixture
def results(small):
    small.change("index:\n", POPULATIONS)
    return small.build()


def test_too_few_areas_for_percentiles(results):
    with pytest.raises(DataError) as caught:
        districts(results, groups_for(results, []), populations(results))
    assert [str(problem) for problem in caught.value.problems] == [
        f"{name} ranks 6 areas, and percentiles need at least 100; "
        "leave the extent out: name the others with --summary"
        for name in ("small", "work", "money")
    ]
    ran = CliRunner().invoke(app, ["districts", str(results.folder), "--summary", "average_score"])
    assert ran.exit_code == 0
    assert "E06000002" in ran.output


def test_a_group_without_population(small):
    small.change("index:\n", POPULATIONS)
    small.change(
        "      indicators:\n        out_of_work: {",
        "      zero_denominator: missing\n      missing_values: unscored\n"
        "      indicators:\n        out_of_work: {",
    )
    for old in ("3,150", "9,280", "64,400"):
        small.change_table(old, "0,0")
    small.change("denominator: adults", "denominator: income")
    results = small.build()
    with pytest.raises(DataError) as caught:
        districts(
            results,
            groups_for(results, []),
            populations(results),
            summaries=["average_score"],
            nodes=["small"],
        )
    assert str(caught.value) == (
        "ltla24: the group E06000002 has no population in ranked areas; "
        "put its areas into another group with an override, or mend the population"
    )


def test_nothing_to_weigh_by(small):
    results = small.build()
    with pytest.raises(ResultsError, match="hold no population to weigh areas by; name one with"):
        populations(results)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("area,n\nE01000001,5\n", "5 areas have no population, such as E01000002"),
        ("area,n\nW01000001,5\n", "no column holds the codes of the areas of the index"),
        ("area,n\nE01000001,x\n", "people2.csv:2: n:"),
        ("area,n\nE01000001,-5\n", "people2.csv:2: n: E01000001 has the number -5"),
        ("area,n\nE01000001,5\nE01000001,6\n", "E01000001 stands twice"),
        ("area,n\nE01000001,5\nE01000001,\n", "people2.csv:2: n: E01000001 stands twice"),
        ("area;n\nE01000001;5\n", "5 areas have no population, such as E01000002"),
        ("", "people2.csv"),
        ("area,n,m\nE01000001,5,6\n", "does not say which column holds the numbers"),
    ],
)
def test_populations_that_cannot_be_used(small, table, message):
    (small.folder / "people2.csv").write_text(table)
    with pytest.raises(DataError, match=message.replace(".", r"\.")):
        populations(small.build(), [str(small.folder / "people2.csv")])


def test_names_that_are_not_there(results):
    groups = groups_for(results, [])
    with pytest.raises(ResultsError, match="there is no node 'wrok'"):
        populations(results, ["wrok=residents"])
    with pytest.raises(ResultsError, match="has no node 'wrok'"):
        districts(results, groups, populations(results), nodes=["wrok"])
    with pytest.raises(DataError, match="there is no summary 'extend'"):
        districts(results, groups, populations(results), summaries=["extend"])
    with pytest.raises(ResultsError, match="there is no count 'poor'"):
        districts(
            results,
            groups,
            populations(results),
            summaries=["proportion"],
            counts={"poor": "poor"},
        )
    with pytest.raises(DataError, match="there is no such file"):
        populations(results, ["nowhere.csv:n"])


def test_populations_of_a_definition(small):
    """A column, an input or a population that is not there is said with its line."""
    small.change("index:\n", "populations: {residents: {column: adults}}\nindex:\n")
    small.change("    work:\n", "    work:\n      population: workers\n")
    with pytest.raises(DefinitionError, match=r"no population 'workers' .*; known are: resi"):
        small.build()
    small.change("      population: workers\n", "")
    assert small.build().areas["residents_population"].sum() == 1730
    small.change("{column: adults}", "{input: peeple, column: adults}")
    with pytest.raises(DefinitionError, match="there is no input 'peeple'"):
        small.build()
    small.change("{input: peeple, column: adults}", "{input: people, column: grown}")
    with pytest.raises(DataError, match="grown: there is no such column"):
        small.build()
    small.change("column: grown", "column: adults")
    small.change_table("E01000003,E06000001,45,290", "E01000003,E06000001,45,-290")
    with pytest.raises(DataError, match=r"people\.csv:4: adults"):
        small.build()


def test_rows_of_other_areas_need_not_be_right(small):
    """A national table may hold totals and other nations' areas, twice if it likes."""
    rows = "".join(f"E0100000{n},{n}\n" for n in range(1, 7))
    (small.folder / "people2.csv").write_text(f"area,n\n{rows}W01000001,\nW01000001,-1\nTotal,21\n")
    found = populations(small.build(), [str(small.folder / "people2.csv")])
    assert found.general.tolist() == [1, 2, 3, 4, 5, 6]


def test_a_population_that_is_neither_known_nor_a_file(results):
    with pytest.raises(ResultsError, match="there is no population 'people', and no file of that"):
        populations(results, ["people"])


def test_folders_of_other_programs_are_not_replaced(results, tmp_path):
    """An about.json that lists files is not enough to delete them."""
    out = tmp_path / "mine"
    out.mkdir()
    (out / "about.json").write_text('{"files": ["mine.txt"]}')
    (out / "mine.txt").write_text("mine")
    ran = CliRunner().invoke(
        app,
        ["districts", str(results.folder), "--summary", "proportion", "--out", str(out)],
    )
    assert isinstance(ran.exception, ResultsError)
    assert (out / "mine.txt").read_text() == "mine"


def test_options_that_do_not_fit(results):
    """--sort is one of the summaries that are shown; without it the first of them."""
    command = ["districts", str(results.folder), "--summary", "proportion"]
    assert CliRunner().invoke(app, command).exit_code == 0
    ran = CliRunner().invoke(app, [*command, "--sort", "average_score"])
    assert ran.exit_code == 2
    assert "'average_score' is no summary; there are proportion" in " ".join(ran.output.split())
    ran = CliRunner().invoke(app, [*command, "--group", "E06000009"])
    assert ran.exit_code == 2
    ran = CliRunner().invoke(app, [*command, "--node", "wrok"])
    assert isinstance(ran.exception, ResultsError)
    indicator = CliRunner().invoke(app, [*command, "--node", "income"])
    assert indicator.exit_code == 0


def test_shares_and_summaries_of_nothing(results):
    groups, people = groups_for(results, []), populations(results)
    with pytest.raises(DataError, match=r"the share 1\.5 is not above 0 and at most 1"):
        districts(results, groups, people, summaries=["proportion"], share=Fraction(3, 2))
    with pytest.raises(DataError, match="no summary is asked for"):
        districts(results, groups, people, summaries=[])


def nearly_all(folder, column: str) -> str:
    """A table of five of the six areas, and of two others of their kind."""
    codes = [f"E0100000{number}" for number in (1, 2, 3, 4, 5)]
    rows = "".join(f"{code},{column}1\n" for code in [*codes, "E01033769", "E01033770"])
    file = folder / f"{column}.csv"
    file.write_text(f"area,{column}\n{rows}")
    return str(file)


def test_tables_of_another_vintage_that_share_most_areas(results):
    said = "it lacks 1 of the 6 areas, such as E01000006 .*, and holds others, such as E01033769"
    with pytest.raises(DataError, match=said):
        groups_for(results, nearly_all(results.folder.parent, "D"))
    numbers = nearly_all(results.folder.parent, "1")
    with pytest.raises(DataError, match=said):
        populations(results, numbers)
    with pytest.raises(DataError, match=said):
        districts(
            results,
            groups_for(results, []),
            populations(results),
            summaries=["proportion"],
            counts={"people": numbers},
        )
