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
        "scales_ltla24",
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
    assert headings["small_rank"] == "A small index: rank (1 is the greatest need)"
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


def test_larger_areas_count_those_whom_a_domain_counts(publication):
    rows = publication.table("scales_ltla24").rows
    assert rows["measure"].to_list() == ["work", "work"]
    assert rows["count"].to_list() == [12 + 30 + 45, 3 + 9 + 64]
    assert rows["rank"].to_list() == [1, 2]
    assert rows["counted"].unique().to_list() == ["Out of work"]


def test_a_population_of_the_same_id_is_not_taken_for_the_count(small):
    same = "populations: {out_of_work: {column: adults, input: people}}"
    small.change("defaults:", f"{same}\ndefaults:")
    rows = read_publication(small.build()).table("scales_ltla24").rows
    assert rows["count"].to_list() == [87, 76]


@pytest.mark.parametrize(
    ("change", "to"),
    [
        ("per: 100,", "per: 100, counts: events,"),
        ("per: 100,", "per: 100, high_value: less_need,"),
        ("per: 100,", "per: 100, publish: {suppress_below: 5},"),
        ("    money:\n      indicators:\n", ""),  # another indicator beside it
    ],
)
def test_what_is_no_number_of_people_in_need_is_not_added_up(small, change, to):
    small.change(change, to)
    assert not read_publication(small.build()).has("scales_ltla24")


def test_counts_of_several_years_are_averaged_and_those_that_lack_are_told(small):
    small.change("shrink_to: ltla24", "numerator_years: 2, missing_values: neutral")
    small.change_table("E01000001,E06000001,12", "E01000001,E06000001,")
    for area, number in (("4", "3"), ("5", "9"), ("6", "64")):
        row = f"E0100000{area},E06000002,"
        small.change_table(f"{row}{number}", row)
    rows = read_publication(small.build()).table("scales_ltla24").rows
    assert rows["count"].to_list() == [(30 + 45) / 2, None]
    assert rows["rank"].to_list() == [1, None]
    assert rows["areas_missing"].to_list() == [1, 3]
    assert rows["counted"][0] == "Out of work (the mean of 2 counts)"


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


@pytest.fixture
def then(small, tmp_path):
    """Another build, with other numbers."""

    def build(change=lambda: None):
        change()
        small.out = tmp_path / "before"
        small.change_table("E01000006,E06000002,64", "E01000006,E06000002,4")
        return small.build()

    return build


def test_districts_in_another_version_are_those_of_the_analysis(results, then):
    """On the same areas and people they are what that version's own results say."""
    before = then()
    for source in (str(before.folder), published_table(before)):
        given = Sources(versions=(VersionSource(source, "2019"),))
        found = read_publication(results, given)
        own = read_publication(before).table("districts_ltla24").rows
        table = found.table("districts_ltla24_x2019")
        assert table.rows.columns == own.columns
        assert table.rows.equals(own)
        assert "in 2019" in table.title
        assert "with its people" in table.about
        at = [one.name for one in found.tables].index("districts_ltla24_x2019")
        assert found.tables[at - 1].name == "districts_ltla24"


def published_table(results):
    """Write ranks and scores as an office publishes them."""
    there = [
        name for name in results.areas.columns if name.endswith(("_rank", "_score", "_decile"))
    ]
    kept = [
        "area_code",
        *(name for name in there if name.split("_")[0] in ("small", "work", "money")),
    ]
    file = results.folder.parent / "table.csv"
    results.areas.select(kept).write_csv(file)
    return str(file)


def test_a_version_without_scores_has_no_averages_of_them(results, then):
    table = pl.read_csv(published_table(then()))
    file = results.folder.parent / "ranks.csv"
    lacking = pl.when(pl.col("area_code") != "E01000002").then("money_score").alias("money_score")
    table.select(pl.exclude("work_score")).with_columns(lacking).write_csv(file)
    found = read_publication(results, Sources(versions=(VersionSource(str(file), "2019"),)))
    assert set(found.versions[0].scores) == {"small", "money"}
    rows = found.table("districts_ltla24_x2019").rows
    scored = rows.filter(pl.col("average_score").is_not_null())["measure"].unique().to_list()
    assert scored == ["small"]
    assert rows["average_rank"].null_count() == 0


def test_tables_of_the_same_name_are_refused(small, then, tmp_path):
    then()
    small.out = tmp_path / "now"
    codes = [f"E0100000{number}" for number in range(1, 7)]
    for name in ("ltla24", "ltla24_x2019"):
        held = {"area": codes, name: ["N1"] * 3 + ["N2"] * 3}
        pl.DataFrame(held).write_csv(tmp_path / f"{name}.csv")
    given = Sources(
        groups=(f"{tmp_path}/ltla24_x2019.csv:ltla24_x2019",),
        versions=(VersionSource(str(tmp_path / "before"), "2019"),),
    )
    with pytest.raises(ResultsError, match="two tables are called 'districts_ltla24_x2019'"):
        read_publication(small.build(), given)


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
