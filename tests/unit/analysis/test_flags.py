"""Flags and combined measures on areas that are few enough to work out by hand."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import hyperlocal
from hyperlocal.analysis.flags.areas import flag_areas
from hyperlocal.analysis.flags.file import parse_flags
from hyperlocal.analysis.flags.models import AreasWithin
from hyperlocal.analysis.flags.rules import Within, enough
from hyperlocal.cli.flagging import flag

ROOT = Path(__file__).parents[3]
ASSETS = """\
hyperlocal: 1
id: assets
title: Few assets
areas: {geography: msoa11, table: {input: places}, names: {input: places, column: name}}
inputs: {places: {file: places.csv, geography: msoa11, code: area}}
defaults: {input: places, high_value: more_need, missing_values: unscored}
index: {domains: {shops: {column: shops}, clubs: {column: clubs, high_value: less_need}}}
"""
PLACES = """\
area,name,shops,clubs
E02000001,Ash,40,3
E02000002,Birch,30,4
E02000003,Cherry,20,2
E02000004,Damson,10,1
"""
NEED = """\
hyperlocal: 1
id: need
title: Need
areas: {geography: lsoa11, table: {input: people}}
inputs: {people: {file: people.csv, geography: lsoa11, code: area}}
defaults: {input: people, high_value: more_need, missing_values: unscored}
populations:
  residents: {input: people, column: residents}
  children: {input: people, column: children}
index: {domains: {score: {column: score}, income: {column: income, high_value: less_need}}}
"""
PEOPLE = """\
area,msoa11_code,residents,children,score,income
E01000001,E02000001,100,1,10,5
E01000002,E02000001,300,1,20,9
E01000003,E02000002,100,1,30,1
E01000004,E02000002,100,1,40,2
E01000005,E02000003,50,1,5,3
E01000006,E02000003,50,1,5,4
E01000007,E02000004,100,1,50,6
E01000008,E02000004,300,1,0,7
"""
FLAGS = """\
hyperlocal_flags: 1
geography: msoa11
indices: {assets: {}, need: {geography: lsoa11}}
measures:
  average: {average_score: need.score}
  both: {title: Both together, combine: {assets.shops: 1, average: 2}}
flags:
  first: {title: The first half, when: {measure: both, most_deprived: 1/2}}
"""


class TwoIndices:
    """Two small indices and a file of flags, to be changed and made."""

    def __init__(self, folder):
        self.folder = folder
        self.texts = {"places.csv": PLACES, "people.csv": PEOPLE, "assets": ASSETS, "need": NEED}
        self.flags = FLAGS

    def built(self) -> dict[str, hyperlocal.Results]:
        for name, text in self.texts.items():
            file = name if name.endswith(".csv") else f"{name}.yaml"
            (self.folder / file).write_text(text)
        return {
            name: hyperlocal.build(self.folder / f"{name}.yaml", self.folder, self.folder / name)
            for name in ("assets", "need")
        }

    @property
    def lookup(self) -> str:
        return f"{self.folder / 'people.csv'}:msoa11_code"

    def report(self, flags: str = "", **options):
        file = parse_flags(self.flags + (f"  asked: {{when: {flags}}}\n" if flags else ""))
        results = {name: self.built()[name] for name in file.written.indices}
        options.setdefault("lookups", {"need": [self.lookup]} if "need" in results else {})
        return flag_areas(file, results, **options)

    def flagged(self, flags: str, **options) -> list[bool | None]:
        return self.report(flags, **options).tables["areas"]["asked"].to_list()


@pytest.fixture
def two(tmp_path) -> TwoIndices:
    return TwoIndices(tmp_path)


def transformed(rank: float, number: int = 4, constant: float = 23) -> float:
    fraction = (number - rank + 1) / number
    return -constant * math.log(1 - fraction * (1 - math.exp(-100 / constant)))


def test_average_weighs_small_areas_by_people(two):
    areas = two.report().tables["areas"]
    # Ash (100*10 + 300*20)/400, Birch (30 + 40)/2, Cherry 5, Damson 100*50/400
    assert areas["average_score"].to_list() == [17.5, 35.0, 5.0, 12.5]
    assert areas["average_rank"].to_list() == [2, 1, 4, 3]
    assert areas["area_name"].to_list() == ["Ash", "Birch", "Cherry", "Damson"]


def test_combined_measure_adds_transformed_ranks_with_their_weights(two):
    areas = two.report().tables["areas"]
    own, average = [1, 2, 3, 4], [2, 1, 4, 3]
    expected = [transformed(a) + 2 * transformed(b) for a, b in zip(own, average, strict=True)]
    np.testing.assert_allclose(areas["both_score"], expected, rtol=1e-12)
    assert areas["both_rank"].to_list() == [2, 1, 4, 3]
    assert areas["both_assets_shops_transformed"].to_list()[0] == 100
    assert areas["first"].to_list() == [True, True, False, False]


def test_conventions_of_the_file_and_of_a_measure(two):
    two.texts["places.csv"] = PLACES.replace("Birch,30", "Birch,40")
    for conventions, of_measure, rank, constant in (
        ("ties: average", "", 1.5, 23),
        ("ties: minimum", "", 1, 23),
        ("ties: minimum, exponential: 40", "ties: average", 1.5, 40),
        ("exponential: exact", "", 1.5, 50 / math.log(9)),
    ):
        two.flags = FLAGS.replace(
            "measures:", f"conventions: {{{conventions}}}\nmeasures:"
        ).replace("average: 2}", f"average: 2}}, conventions: {{{of_measure}}}")
        areas = two.report().tables["areas"]
        expected = [transformed(rank, constant=constant)] * 2
        np.testing.assert_allclose(areas["both_assets_shops_transformed"][:2], expected, rtol=1e-12)


def test_average_of_values_of_which_a_low_one_is_need(two):
    two.flags = FLAGS.replace("need.score", "need.income")
    areas = two.report().tables["areas"]
    assert areas["average_score"].to_list() == [8.0, 1.5, 3.5, 6.75]
    assert areas["average_rank"].to_list() == [4, 1, 2, 3]


def test_population_of_the_file_and_of_the_command(two):
    two.flags = FLAGS.replace("need.score", "need.score, population: children")
    assert two.report().tables["areas"]["average_score"].to_list() == [15, 35, 5, 25]
    given = {"need": [f"{two.folder / 'people.csv'}:residents"]}
    areas = two.report(weigh_by=given).tables["areas"]
    assert areas["average_score"].to_list() == [17.5, 35.0, 5.0, 12.5]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{measure: assets.shops, most_deprived: 0.5}", "AB"),
        ("{measure: assets.shops, most_deprived: 0.49}", "A"),
        ("{measure: assets.clubs, rank_at_most: 1}", "D"),
        ("{measure: assets.shops, decile_at_most: 5}", "AB"),
        ("{not: {measure: assets.shops, decile_at_most: 5}}", "CD"),
        ("{not: {flag: first}}", "CD"),
        ("{all: [{flag: first}, {measure: average, rank_at_most: 1}]}", "B"),
        ("{any: [{measure: assets.clubs, rank_at_most: 1}, {flag: first}]}", "ABD"),
        (
            "{at_least: 2, of: [{measure: assets.shops, rank_at_most: 2}, {flag: first}, "
            "{measure: average, rank_at_most: 3}]}",
            "AB",
        ),
        ("{all: [{any: [{flag: first}]}, {not: {measure: average, rank_at_most: 1}}]}", "A"),
        ("{areas_within: need.score, most_deprived: 0.25, at_least: 1}", "BD"),
        ("{areas_within: need.score, rank_at_most: 3, at_least: 2}", "B"),
        ("{areas_within: need.score, rank_at_most: 4, at_least_share: 1/2}", "ABD"),
        ("{areas_within: need.score, rank_at_most: 4, at_least_share: 0.51}", "B"),
        ("{areas_within: need.score, decile_at_most: 2, at_least: 1}", "D"),
    ],
)
def test_rules(two, rule, expected):
    flagged = two.flagged(rule)
    assert "".join(
        name for name, is_flagged in zip("ABCD", flagged, strict=True) if is_flagged
    ) == (expected)
    assert None not in flagged


def test_the_decile_rule_of_the_index_decides_on_the_limit(two):
    rule = "{measure: assets.shops, most_deprived: 0.3}"  # 1.2 areas
    assert two.flagged(rule) == [True, False, False, False]
    two.texts["assets"] = ASSETS.replace(
        "inputs:", 'conventions: {deciles: "floor(10*(rank-1)/N)+1"}\ninputs:'
    )
    assert two.flagged(rule) == [True, True, False, False]


def test_tied_areas_are_flagged_together(two):
    two.texts["places.csv"] = PLACES.replace("Birch,30", "Birch,40")
    assert two.flagged("{measure: assets.shops, rank_at_most: 1}") == [True, True, False, False]


def test_a_flag_that_depends_on_a_missing_score_is_unknown(two):
    two.texts["places.csv"] = PLACES.replace("Birch,30", "Birch,")
    assert two.flagged("{measure: assets.shops, rank_at_most: 1}") == [True, None, False, False]
    assert two.flagged("{not: {measure: assets.shops, rank_at_most: 1}}") == [
        False,
        None,
        True,
        True,
    ]
    either = (
        "{any: [{measure: assets.shops, rank_at_most: 1}, {measure: average, rank_at_most: 1}]}"
    )
    assert two.flagged(either) == [True, True, False, False]
    report = two.report()
    assert report.tables["areas"]["both_score"].null_count() == 1
    assert report.tables["flags"]["unknown"].to_list() == [1]
    assert "1 of 4 areas have no rank in Shops of Few assets" in report.notes
    assert "of 1 areas it is not known whether they are flagged as The first half" in report.notes


def test_small_areas_without_a_score_enter_no_average_and_leave_counts_open(two):
    two.texts["people.csv"] = PEOPLE.replace("100,1,50,6", "100,1,,6").replace("300,1,20", "300,1,")
    report = two.report("{areas_within: need.score, rank_at_most: 2, at_least: 1}")
    areas = report.tables["areas"]
    assert areas["average_score"].to_list() == [10.0, 35.0, 5.0, 0.0]
    assert areas["asked"].to_list() == [None, True, False, None]
    assert areas["need_areas"].to_list() == [2, 2, 2, 2]
    assert areas["need_score_areas_rank_2"].to_list() == [0, 2, 0, 0]
    assert any(note.startswith("2 of 8 small areas have no rank in Score") for note in report.notes)


def test_an_area_of_one_index_only_is_unscored_where_that_is_stated(two):
    two.texts["places.csv"] = PLACES.replace("E02000004,Damson,10,1\n", "")
    two.flags = FLAGS.replace("geography: msoa11\n", "geography: msoa11\nabsent_areas: unscored\n")
    areas = two.report().tables["areas"]
    assert areas["assets_shops_rank"].to_list() == [1, 2, 3, None]
    assert areas["average_rank"].to_list() == [2, 1, 4, 3]
    assert areas["both_rank"].to_list() == [2, 1, 3, None]
    assert areas["first"].to_list() == [False, True, False, None]  # half of three areas is one


def test_overrides_move_a_small_area(two):
    report = two.report(overrides={"need": {"E01000007": "E02000003"}})
    assert report.tables["areas"]["average_score"].to_list() == [17.5, 35.0, 27.5, 0.0]
    assert report.notes == ("E01000007 was put into E02000003 by an override",)
    assert report.about["groups"]["need"]["overrides"] == {"E01000007": "E02000003"}


def test_a_larger_geography_of_the_results_needs_no_lookup(two):
    two.texts["need"] = NEED.replace(
        "table: {input: people}",
        "table: {input: people}, within: {msoa11: {input: people, column: msoa11_code}}",
    )
    report = two.report(lookups={})
    assert report.tables["areas"]["average_score"].to_list() == [17.5, 35.0, 5.0, 12.5]


def test_flags_over_one_index_alone(small):
    results = small.build()
    flags = parse_flags("""\
hyperlocal_flags: 1
geography: lsoa21
indices: {small: {}}
flags:
  overall_and_both:
    when:
      all:
        - {measure: small, most_deprived: 0.5}
        - {at_least: 2, of: [{measure: small.work, most_deprived: 0.5},
                             {measure: small.money, most_deprived: 0.5}]}
""")
    table = flag_areas(flags, {"small": results}).tables["areas"]
    at_most = [pl.col(f"small_{name}rank") <= 3 for name in ("", "work_", "money_")]
    expected = table.select(pl.all_horizontal(at_most))["small_rank"]
    assert table["overall_and_both"].to_list() == expected.to_list()
    assert table["overall_and_both"].sum() == 3


def test_rules_in_words(two):
    rule = (
        "{all: [{flag: first}, {not: {measure: assets, decile_at_most: 2}}, "
        "{any: [{areas_within: need, rank_at_most: 3, at_least: 1}, "
        "{areas_within: need, decile_at_most: 1, at_least_share: 0.5}]}]}"
    )
    said = two.report(rule).tables["flags"]["rule"].to_list()
    assert said[0] == "in the most deprived 50% (2 of 4) by Both together"
    assert said[1] == (
        "flagged as The first half and not (in deciles 1 to 2 (0 of 4) by Few assets) and "
        "(with at least 1 small area at ranks 1 to 3 (3 of 8) by Need or "
        "with at least 50% of its small areas in decile 1 (0 of 8) by Need)"
    )


def test_files_of_flags_in_the_documentation_are_sound():
    page = (ROOT / "docs/analysis/flags.md").read_text()
    files = [text for text in re.findall("```yaml\n(.*?)```", page, re.DOTALL) if "when:" in text]
    assert len(files) == 1
    assert list(parse_flags(files[0]).written.flags) == ["overall", "in_many_ways"]


@given(
    st.lists(st.tuples(*[st.integers(0, 30)] * 3), min_size=1, max_size=20),
    st.fractions(Fraction(1, 1000), 1),
)
def test_a_share_of_small_areas_is_exact_and_open_where_ranks_are_missing(numbers, share):
    inside = [one for one, _, _ in numbers]
    ranked = [one + more for one, more, _ in numbers]
    areas = [one + more + missing for one, more, missing in numbers]
    rule = AreasWithin(areas_within="need", rank_at_most=1, at_least_share=share)
    truth = enough(Within(np.array(inside), np.array(ranked), np.array(areas)), rule)
    for place, number in enumerate(areas):
        least, most = inside[place], inside[place] + number - ranked[place]
        assert truth.certain[place] == (number > 0 and Fraction(least, number or 1) >= share)
        assert truth.possible[place] == (number == 0 or Fraction(most, number) >= share)


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(flag)
    return lambda *arguments: CliRunner().invoke(app, [*map(str, arguments)])


def test_command(two, run, tmp_path):
    two.built()
    file = tmp_path / "flags.yaml"
    file.write_text(FLAGS)
    done = run(
        file,
        *("--results", f"assets={tmp_path / 'assets'}", "--results", f"need={tmp_path / 'need'}"),
        *("--lookup", f"need={two.lookup}", "--override", "need=E01000007=E02000003"),
        *("--population", f"need={tmp_path / 'people.csv'}:children"),
        *("--rows", 1, "--out", tmp_path / "out", "--form", "parquet"),
    )
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert "The first half: 2 of 4 areas" in lines
    assert "  in the most deprived 50% (2 of 4) by Both together" in lines
    assert any(line.split() == ["E02000002", "Birch", "1", "2", "1"] for line in lines)
    areas = pl.read_parquet(tmp_path / "out/areas.parquet")
    assert areas["average_score"].to_list() == [15, 35, 20, 0]
    about = json.loads((tmp_path / "out/about.json").read_text())
    assert about["analysis"] == "flag"
    assert about["as_written"]["flags"]["first"]["when"]["most_deprived"] == "1/2"
    assert set(about["results"]) == {"assets", "need"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--results", "assets"], "'assets' is not INDEX=..."),
        (["--results", "a=b", "--results", "a=c"], "a has two folders"),
        (["--override", "need=E01000007"], "is not of the form A=B"),
    ],
)
def test_command_refuses_what_it_cannot_read(run, tmp_path, arguments, said):
    file = tmp_path / "flags.yaml"
    file.write_text(FLAGS)
    done = run(file, *arguments)
    assert done.exit_code == 2
    assert said in " ".join(done.output.replace("│", " ").split())
