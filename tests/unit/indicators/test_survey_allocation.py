"""Answers to a survey given to areas by their cell: by hand, and from files to results."""

from __future__ import annotations

import numpy as np
import pytest

import hyperlocal
from hyperlocal.analysis import as_text, explain
from hyperlocal.methods import shrink_proportions
from hyperlocal.pipeline.replay import Replay

DEFINITION = """\
hyperlocal: 1
id: community
areas:
  geography: msoa11
  table: {input: areas}
  within: {ltla20: {input: areas, column: district}}
inputs:
  areas: {file: areas.csv, geography: msoa11, code: code}
  lsoas: {file: lsoas.csv, geography: lsoa11, code: code}
correspondences:
  lsoa11_to_msoa11: {kind: nested, input: lsoas, column: msoa, to: msoa11}
records:
  answers: {file: answers.csv, missing: "Don't know"}
  quintiles: {file: lsoas.csv, area: {column: code, geography: lsoa11}}
index:
  high_value: less_need
  domains:
    engaged:
      indicators:
        trust:
          kind: survey_allocation
          sources:
            recent:
              answers: answers
              cells: quintiles
              cell: {authority: la, quintile: fifth}
              people: people
              year: year
          questions:
            trust: {column: trust, yes: [Agree, Strongly agree], no: Disagree}
          per: 100
"""
# Two MSOAs of two LSOAs each: M1 has 300 people in cell A1 and 100 in A2, M2 all 200 in A2.
LSOAS = """\
code,msoa,la,fifth,people
E01000001,E02000001,A,1,300
E01000002,E02000001,A,2,100
E01000003,E02000002,A,2,150
E01000004,E02000002,A,2,50
"""
# Cell A1: 3 of 4 agree. Cell A2: 1 of 5.
ANSWERS = "year,authority,quintile,trust\n" + "".join(
    f"{year},A,{fifth},{answer}\n"
    for year, fifth, answer in [
        ("2016-17", 1, "Agree"), ("2016-17", 1, "Strongly agree"), ("2018-19", 1, "Agree"),
        ("2018-19", 1, "Disagree"), ("2018-19", 1, "Don't know"), ("2018-19", 1, ""),
        ("2016-17", 2, "Agree"), *[("2016-17", 2, "Disagree")] * 2,
        *[("2018-19", 2, "Disagree")] * 2,
    ]
)  # fmt: skip
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": "code,district\nE02000001,E07000001\nE02000002,E07000001\n",
    "lsoas.csv": LSOAS,
    "answers.csv": ANSWERS,
}


@pytest.fixture
def folder(tmp_path, index_folder):
    return index_folder(tmp_path, TEXTS)


def test_areas_by_hand(folder):
    found = folder.build().areas
    # M1: 3/4 of its people in A1, 1/4 in A2; answers 1 / ((3/4)^2/4 + (1/4)^2/5)
    share, answers = 0.75 * 0.75 + 0.25 * 0.2, 1 / (0.75**2 / 4 + 0.25**2 / 5)
    assert found["trust_value"].to_list() == pytest.approx([100 * share, 20])
    assert found["trust_denominator"].to_list() == pytest.approx([answers, 5])
    assert found["trust_numerator"].to_list() == pytest.approx([share * answers, 1])


def test_an_area_is_shrunk_by_the_answers_behind_it(folder):
    folder.change("index.yaml", "          per: 100", "          shrink_to: ltla20")
    found = folder.build().areas
    counts = (found["trust_numerator"].to_numpy(), found["trust_denominator"].to_numpy())
    expected = shrink_proportions(*counts, ["E07000001"] * 2).shrunk
    assert found["trust_shrunk"].to_list() == pytest.approx(expected.tolist())
    assert abs(np.diff(expected)) < abs(np.diff(found["trust_value"].to_numpy()))


def test_how_it_came_about_is_in_the_provenance(folder):
    told = folder.build().provenance["gathered"]["trust"]
    assert told["questions"]["trust"]["recent"] == {
        "answers": 9,
        "share": pytest.approx(4 / 9),
        "cells": 2,
        "fewest_answers_of_a_cell": 4,
        "empty_cells": 0,
        "cells_by_larger_cell": 0,
    }
    assert told["records"]["answers"] == {"records": 11, "left_out": {}}


def test_an_area_is_explained(folder):
    text = " ".join(" ".join(as_text(explain(folder.build(), "E02000001"))).split())
    assert "answers behind it: to trust, of recent" in text


def test_the_definition_reads_back_and_the_results_replay(folder):
    results = folder.build()
    again = hyperlocal.load(folder.folder / "out" / "definition.yaml")
    assert again.root == results.definition.root
    replayed = Replay.of(results).base["trust"].columns["value"]
    assert replayed.tolist() == results.areas["trust_value"].to_list()


def test_only_the_years_in_which_a_question_was_asked_count(folder):
    folder.change("index.yaml", "no: Disagree}", "no: Disagree, asked: {recent: 2018-19}}")
    found = folder.build().areas
    assert found["trust_value"].to_list()[1] == 0  # 0 of 2
    assert found["trust_value"].to_list()[0] == pytest.approx(100 * 0.75 / 2)


def test_weights_count_as_kish_says(folder):
    rows = ANSWERS.splitlines()
    weighted = [rows[0] + ",w", *(f"{row},{1 + 2 * ('2,Agree' in row)}" for row in rows[1:])]
    folder.texts["answers.csv"] = "\n".join(weighted) + "\n"
    folder.change("index.yaml", "year: year", "year: year\n              weight_column: w")
    found = folder.build().areas
    assert found["trust_value"].to_list()[1] == pytest.approx(100 * 3 / 7)
    assert found["trust_denominator"].to_list()[1] == pytest.approx(49 / 13)  # (3+4)^2 / (9+4)


def test_questions_are_averaged(folder):
    rows = ANSWERS.splitlines()
    folder.texts["answers.csv"] = "\n".join(
        [rows[0] + ",helps", *(f"{row},{'Yes' if ',1,' in row else 'No'}" for row in rows[1:])]
    )
    helps = "            helps: {column: helps, yes: 'Yes', no: 'No'}"
    folder.change("index.yaml", "          per: 100", helps)
    found = folder.build().areas
    assert found["trust_value"].to_list()[1] == pytest.approx((0.2 + 0) / 2)
    assert found["trust_denominator"].to_list()[1] == pytest.approx(4 / (1 / 5 + 1 / 5))


def test_sources_are_pooled_by_their_answers(folder):
    """A second source by another classification, of Output Areas, asked everybody but us."""
    folder.texts["other.csv"] = "kind,trust\n" + "x,Agree\n" * 9 + "x,Disagree\n" * 6
    folder.texts["kinds.csv"] = "code,kind,people\n" + "".join(
        f"E0100000{n},x,10\n" for n in range(1, 5)
    )
    folder.change("index.yaml", "index:\n", """\
  other: {file: other.csv}
  kinds: {file: kinds.csv, area: {column: code, geography: lsoa11}}
index:
""")  # fmt: skip
    folder.change("index.yaml", "          questions:", """\
            earlier: {answers: other, cells: kinds, cell: {kind: kind}, people: people}
          questions:""")  # fmt: skip
    found = folder.build().areas
    # the second area: 1 of 5 and 9 of 15
    assert found["trust_value"].to_list()[1] == pytest.approx(100 * 10 / 20)
    assert found["trust_denominator"].to_list()[1] == pytest.approx(20)


def test_several_tables_of_answers_are_one_source(folder):
    rows = ANSWERS.splitlines()
    folder.texts["answers.csv"] = "\n".join(rows[:5]) + "\n"
    folder.texts["more.csv"] = "\n".join([rows[0], *rows[5:]]) + "\n"
    folder.change("index.yaml", "answers: answers", "answers: [answers, more]")
    more = '  more: {file: more.csv, missing: "Don\'t know"}\n'
    folder.change("index.yaml", "  quintiles:", f"{more}  quintiles:")
    assert folder.build().areas["trust_value"].to_list()[1] == pytest.approx(20)


def test_an_empty_cell_can_take_the_answers_of_the_larger_cell(folder):
    folder.change("lsoas.csv", "E01000003,E02000002,A,2", "E01000003,E02000002,A,3")
    folder.change("index.yaml", "          per: 100", "          empty_cell: larger_cell")
    results = folder.build()
    # M2: 150 in the empty cell A3, which takes the 9 answers of A; 50 in A2
    assert results.areas["trust_value"].to_list()[1] == pytest.approx(0.75 * 4 / 9 + 0.25 * 0.2)
    behind = 1 / (0.75**2 / 9 + 0.25**2 / 5)
    assert results.areas["trust_denominator"].to_list()[1] == pytest.approx(behind)
    told = results.provenance["gathered"]["trust"]["questions"]["trust"]["recent"]
    assert told["cells_by_larger_cell"] == 1


def test_cells_with_few_answers_share_those_of_one_larger_cell(folder):
    folder.change("index.yaml", "          per: 100", "          empty_cell: larger_cell")
    folder.texts["index.yaml"] += "          fewest_answers: 6\n"
    found = folder.build().areas
    assert found["trust_value"].to_list() == pytest.approx([4 / 9, 4 / 9])
    assert found["trust_denominator"].to_list() == pytest.approx([9, 9])


def test_an_empty_cell_can_make_its_areas_missing(folder):
    folder.change("lsoas.csv", "E01000003,E02000002,A,2", "E01000003,E02000002,A,3")
    folder.texts["index.yaml"] += "          empty_cell: missing\n"
    folder.change("index.yaml", "  high_value:", "  missing_values: unscored\n  high_value:")
    found = folder.build().areas
    assert found["trust_value"].to_list() == [pytest.approx(61.25), None]
    assert found["trust_denominator"].to_list()[1] is None


def test_a_cell_of_excluded_areas_alone_needs_no_answers(folder):
    areas = "exclude: [{code: E02000003, reason: an island}]"
    folder.change("index.yaml", "  within: {ltla20", f"  {areas}\n  within: {{ltla20")
    folder.texts["areas.csv"] += "E02000003,E07000001\n"
    folder.texts["lsoas.csv"] += "E01000005,E02000003,A,5,100\n"
    assert folder.build().areas["trust_value"].drop_nulls().len() == 2
