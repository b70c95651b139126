"""District summaries of a small index, and what a definition says of populations."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import hyperlocal
from hyperlocal.analysis import districts, groups_for, populations
from hyperlocal.cli import app
from hyperlocal.definition import load_definition

COUNT = 120
DEFINITION = """\
hyperlocal: 1
id: made_up
areas:
  geography: lsoa21
  table: {input: people}
  within: {ltla24: {input: people, column: district, name: district_name}}
inputs:
  people: {file: people.csv, geography: lsoa21, code: area}
  adults: {file: adults.csv, geography: lsoa21, code: area, optional: true}
defaults: {input: people, high_value: more_need}
populations:
  residents: {title: Residents, input: people, column: [young, old]}
  adults: {input: adults, column: adults}
index:
  domains:
    work:
      population: adults
      indicators: {out_of_work: {numerator: claimants, denominator: young}}
    money: {indicators: {income: {column: income, high_value: less_need}}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made_up")
    rng = np.random.default_rng(1)
    young = rng.integers(200, 900, COUNT)
    place = np.arange(COUNT) % 5
    area = [f"E0100{number:04}" for number in range(COUNT)]
    pl.DataFrame(
        {
            "area": area,
            "district": [f"E0600000{one}" for one in place],
            "district_name": [f"District {one}" for one in place],
            "young": young,
            "old": rng.integers(50, 200, COUNT),
            "claimants": rng.binomial(young, 0.1 + 0.02 * place),
            "income": rng.integers(15_000, 60_000, COUNT),
        }
    ).write_csv(folder / "people.csv")
    adults = pl.DataFrame({"area": area, "adults": rng.integers(100, 500, COUNT)})
    adults.write_csv(folder / "adults.csv")
    (folder / "index.yaml").write_text(DEFINITION)
    return folder


@pytest.fixture(scope="module")
def results(folder):
    return hyperlocal.build(folder / "index.yaml", folder, folder / "results")


def test_populations_are_kept_beside_the_index(folder, results):
    people = pl.read_csv(folder / "people.csv")
    kept = results.areas["residents_population"]
    assert kept.to_list() == (people["young"] + people["old"]).to_list()
    described = (results.folder / "datapackage.json").read_text()
    assert "Residents: number in the area" in described
    again = load_definition(results.folder / "definition.yaml")
    assert [one.id for one in again.populations] == ["residents", "adults"]
    assert again.by_id["work"].settings.population == "adults"
    assert again.by_id["out_of_work"].settings.population == "adults"


def test_each_node_is_weighed_by_its_own_population(folder, results):
    report = districts(results, groups_for(results, ["ltla24"]), populations(results))
    table, areas = report.tables["districts"], results.areas
    by = areas["ltla24_code"].to_numpy()
    for node, weigh in (("work", "adults"), ("money", "residents"), ("made_up", "residents")):
        rows = table.filter(pl.col("measure") == node)
        score = areas[f"{node}_score"].to_numpy()
        weight = areas[f"{weigh}_population"].to_numpy()
        for code, found, total in rows.select(
            "group_code", "average_score", "population"
        ).iter_rows():
            there = by == code
            assert found == pytest.approx(np.average(score[there], weights=weight[there]))
            assert total == weight[there].sum()
    assert rows["group_name"].to_list() == [f"District {one}" for one in range(5)]
    order = rows.sort("average_score", descending=True)
    assert order["average_score_rank"].to_list() == [1, 2, 3, 4, 5]


def test_a_population_that_is_not_there_is_said(folder, tmp_path):
    for name in ("people.csv", "index.yaml"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    results = hyperlocal.build(tmp_path / "index.yaml", tmp_path, tmp_path / "results")
    assert "adults_population" not in results.areas.columns
    assert results.provenance["inputs_not_there"] == ["adults"]
    found = populations(results)
    assert "work is weighed by residents: adults was not there" in found.notes


def test_other_populations_can_be_given(folder, results):
    file = folder / "adults.csv"
    general = populations(results, [f"{file}:adults"])
    np.testing.assert_array_equal(general.general, results.areas["adults_population"])
    single = populations(results, [f"money={file}"])
    definition = results.definition
    np.testing.assert_array_equal(single.of(definition.by_id["money"]), general.general)
    np.testing.assert_array_equal(single.general, results.areas["residents_population"])
    named = populations(results, ["adults"])
    np.testing.assert_array_equal(named.of(definition.root), general.general)


def test_profile_and_proportion_count_areas(results):
    groups = groups_for(results, [])
    report = districts(
        results, groups, populations(results), share=Fraction(3, 10), nodes=["made_up"]
    )
    profile = report.tables["profile"].filter(pl.col("most_deprived") == 0.3)
    rank = results.areas["made_up_rank"].to_numpy()
    inside = pl.DataFrame({"group": results.areas["ltla24_code"], "in": rank <= 0.3 * COUNT})
    expected = inside.group_by("group").agg(pl.col("in").sum(), pl.len()).sort("group")
    assert profile["areas"].to_list() == expected["in"].to_list()
    share = (expected["in"] / expected["len"]).to_list()
    assert profile["proportion"].to_list() == share
    assert report.tables["districts"]["proportion"].to_list() == share


def test_scales_add_counts_up(results):
    counts = {"jobless": "out_of_work", "people": "residents"}
    report = districts(results, groups_for(results, []), populations(results), counts=counts)
    table = report.tables["scales"]
    for scale, column in (("jobless", "out_of_work_numerator"), ("people", "residents_population")):
        rows = table.filter(pl.col("scale") == scale)
        assert rows["count"].sum() == results.areas[column].sum()
        assert rows.sort("rank")["count"].is_sorted(descending=True)


def test_the_command_writes_every_form(results, tmp_path):
    for form in ("csv", "parquet", "xlsx"):
        out = tmp_path / form
        ran = CliRunner().invoke(
            app, ["districts", str(results.folder), "--out", str(out), "--form", form]
        )
        assert ran.exit_code == 0, ran.output
        assert "District 4" in ran.output
        names = {path.name for path in out.iterdir()}
        tables = {"districts.xlsx"} if form == "xlsx" else {f"districts.{form}", f"profile.{form}"}
        assert names == tables | {"about.json"}
    read = pl.read_excel(tmp_path / "xlsx" / "districts.xlsx", sheet_name="districts")
    written = pl.read_csv(tmp_path / "csv" / "districts.csv")
    parquet = pl.read_parquet(tmp_path / "parquet" / "districts.parquet")
    assert read.shape == written.shape == parquet.shape
    for name in ("average_score", "extent", "local_concentration"):
        np.testing.assert_array_equal(written[name], parquet[name])
        np.testing.assert_allclose(read[name], parquet[name], rtol=1e-12)


def test_a_value_of_which_less_is_need_is_ranked_that_way(results):
    """The district of the lowest mean income is the most deprived."""
    report = districts(results, groups_for(results, []), populations(results), nodes=["income"])
    table = report.tables["districts"].sort("average_score")
    assert table["average_score_rank"].to_list() == [1, 2, 3, 4, 5]
    ranked = report.tables["districts"].sort("average_rank", descending=True)
    assert ranked["average_rank_rank"].to_list() == [1, 2, 3, 4, 5]


def test_the_column_that_holds_most_areas_is_theirs(folder, results, tmp_path):
    """A column with a single code, such as that of a successor, is not that of the areas."""
    people = pl.read_csv(folder / "people.csv")
    codes = people["area"]
    successor = pl.Series([codes[3]] + [None] * (len(codes) - 1), dtype=pl.String)
    table = pl.DataFrame({"successor": successor, "old_code": codes, "zone": people["district"]})
    table.write_csv(tmp_path / "zones.csv")
    groups = groups_for(results, [f"{tmp_path / 'zones.csv'}:zone"])
    assert len(groups) == 5
    assert groups.area.size == COUNT
