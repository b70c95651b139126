"""The tables that leave the building: each number is that of the results, each column explained."""

from __future__ import annotations

import re

import polars as pl
import pytest

from hyperlocal.analysis.supplied import Sources, VersionSource
from hyperlocal.errors import ResultsError
from hyperlocal.present.publication import read_publication
from hyperlocal.present.tables.model import Column, Table


@pytest.fixture
def results(small):
    unread = "unread: {file: no.csv, geography: lsoa21, code: area, optional: true}"
    small.change("  people: {file", f"  {unread}\n  people: {{file")
    adults, children = "{column: adults, input: people}", "{column: n, input: unread}"
    counted = f"populations: {{adults: {adults}, children: {children}}}"
    small.change("defaults:", f"{counted}\ndefaults:")
    return small.build()


@pytest.fixture
def publication(results):
    return read_publication(results)


def test_every_table_explains_each_of_its_columns(publication):
    assert [one.name for one in publication.tables] == [
        "areas",
        "indicators_lsoa21",
        "districts_ltla24",
        "transformed",
        "populations",
        "weights",
        "measures",
        "inputs",
    ]
    for table in publication.tables:
        assert table.rows.columns == [one.name for one in table.columns]
        assert all(one.heading and one.meaning for one in table.columns), table.name
        assert table.rows.select(table.keys).is_unique().all(), table.name
        assert re.fullmatch(r"[a-z][a-z0-9_]*", table.name)


def test_areas_are_told_as_they_were_ranked(publication, results):
    areas = publication.table("areas")
    assert areas.rows["small_rank"].to_list() == results.areas["small_rank"].to_list()
    assert areas.rows["work_decile"].to_list() == results.areas["work_decile"].to_list()
    assert areas.rows["money_score"].to_list() == [
        round(score, 6) for score in results.areas["money_score"]
    ]
    assert areas.rows["ltla24_code"].to_list() == results.areas["ltla24_code"].to_list()
    headings = {one.name: one.heading for one in areas.columns}
    assert headings["area_code"] == "LSOA (2021) code"
    assert headings["small_rank"] == "A small index: rank (1 is the most need)"
    assert "out_of_work_rank" not in headings


def test_an_index_of_deprivation_says_so(small):
    small.change("id: small\n", "id: small\nconcept: deprivation\n")
    areas = read_publication(small.build()).table("areas")
    headings = {one.name: one.heading for one in areas.columns}
    assert headings["work_rank"] == "Work: rank (1 is the most deprived)"
    assert headings["work_decile"] == "Work: decile (1 is the most deprived tenth of areas)"


def test_weighing_the_transformed_ranks_gives_the_score_again(publication, results):
    transformed = publication.table("transformed").rows
    weights = dict(publication.table("weights").rows.select("child", "weight").iter_rows())
    again = transformed["work_transformed"] * weights["work"]
    again += transformed["money_transformed"] * weights["money"]
    assert (again - results.areas["small_score"]).abs().max() < 1e-5
    assert publication.table("transformed").columns[2].node == "work"


def test_districts_are_those_of_the_analysis(publication, results):
    from hyperlocal.analysis import districts, groups_for, populations

    asked = ("average_score", "average_rank", "proportion", "local_concentration")
    report = districts(
        results, groups_for(results, ["ltla24"]), populations(results), summaries=asked
    )
    own = publication.table("districts_ltla24").rows
    wanted = report.tables["districts"]
    assert own["measure"].to_list() == wanted["measure"].to_list()
    for name in asked:
        assert own[name].to_list() == wanted[name].round(6).to_list()
        assert own[f"{name}_rank"].to_list() == wanted[f"{name}_rank"].to_list()
    assert own["measure_title"].to_list()[0] == "A small index"
    assert any("has no extent" in note for note in publication.notes)


def test_without_people_districts_have_the_summaries_that_count_areas(small):
    publication = read_publication(small.build())
    assert not publication.has("populations")
    rows = publication.table("districts_ltla24").rows
    assert "proportion" in rows.columns
    assert "average_rank" not in rows.columns


def test_populations_are_those_of_the_results(publication, results):
    table = publication.table("populations")
    assert table.rows["adults_population"].to_list() == [300, 310, 290, 150, 280, 400]
    assert {one.name: one.kind for one in table.columns}["adults_population"] == "whole"


def test_measures_stand_under_what_they_enter(publication):
    rows = publication.table("measures").rows
    assert rows["id"].to_list() == ["small", "work", "out_of_work", "money", "income"]
    assert rows["parent"].to_list() == [None, "small", "work", "small", "money"]
    assert rows["high_value"].to_list() == [None, None, "more need", None, "less need"]


def test_an_input_that_was_not_there_has_no_file(publication):
    rows = publication.table("inputs").rows
    files = dict(rows.select("input", "file").iter_rows())
    assert files == {"unread": None, "people": "people.csv"}
    assert rows.filter(input="people")["rows_read"].to_list() == [6]


def test_another_version_is_told_beside_this_one(small, tmp_path):
    now = small.build()
    small.out = tmp_path / "before"
    small.change_table("E01000006,E06000002,64", "E01000006,E06000002,4")
    then = small.build()
    publication = read_publication(
        now, Sources(versions=(VersionSource(str(then.folder), "2019"),))
    )
    table = publication.table("changes_x2019")
    assert table.rows["small_rank_then"].to_list() == then.areas["small_rank"].to_list()
    moved = then.areas["small_decile"].cast(pl.Int64), now.areas["small_decile"].cast(pl.Int64)
    assert table.rows["small_deciles_moved"].to_list() == (moved[1] - moved[0]).to_list()


def test_checks_stand_with_their_outcome(small):
    small.change(
        "defaults: {input", "quality: {most_zeros: 0.5, least_distinct: 3}\ndefaults: {input"
    )
    rows = read_publication(small.build()).table("quality").rows
    assert rows["outcome"].unique().to_list() == ["passed"]
    assert rows.filter(indicator="income", check="least_distinct")["value"].to_list() == [6]


def test_a_table_that_is_not_there_is_named(publication):
    with pytest.raises(ResultsError, match=r"no table 'area'.*known are: areas"):
        publication.table("area")


def test_what_stands_where_no_number_does():
    table = Table(
        "t",
        "T",
        "",
        (Column("a", "A", "a"), Column("b", "B", "b", "number")),
        pl.DataFrame({"a": ["x", "y", "z"], "b": [1.23456789, None, None]}),
        ("a",),
        {"b": pl.Series([None, "[c]", None])},
    )
    assert table.rows["b"].to_list() == [1.234568, None, None]
    assert table.mark("b").to_list() == [None, "[c]", "[x]"]
    assert table.mark("a").to_list() == [None, None, None]
    assert table.shorthand == ("[x]", "[c]")
