"""Average point scores: pupils to scores, scores to areas, several years, counts by grade."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

import hyperlocal
from hyperlocal.analysis import explain
from hyperlocal.methods.points import (
    best_of,
    pooled_standard_deviation,
    pupil_scores,
    years_alike,
)

DEFINITION = """\
hyperlocal: 1
id: schools
areas:
  geography: lsoa11
  table: {input: areas}
  within: {ltla19: {input: areas, column: district}}
lists:
  levels: {file: lists/key_stage_2_points.csv, column: outcome, number: points}
inputs:
  areas: {file: areas.csv, geography: lsoa11, code: code}
  homes: {file: homes.csv, geography: postcode19, code: postcode}
  directory: {file: directory.csv, geography: postcode19, code: pcds}
correspondences:
  postcode_to_lsoa:
    kind: dwellings
    input: homes
    column: lsoa
    dwellings: dwellings
    to: lsoa11
    fallback: {input: directory, column: lsoa11}
records:
  pupils:
    file: pupils.csv
    area: {column: postcode, geography: postcode19}
index:
  indicators:
    key_stage_2:
      kind: points_score
      records: pupils
      subjects: [mathematics, science, {best_of: [english, welsh]}]
      points: levels
      high_value: less_need
"""
AREAS = """\
code,district
W01000001,W06000001
W01000002,W06000001
W01000003,W06000001
"""
HOMES = """\
postcode,lsoa,dwellings
CF10 1AA,W01000001,30
CF10 1AA,W01000002,10
CF10 1AB,W01000002,12
CF10 1AD,W01000003,9
"""
DIRECTORY = """\
pcds,lsoa11
CF10 1AA,W01000001
CF10 1AE,W01000003
"""
LEVEL = "National Curriculum Level"
PUPILS = f"""\
year,postcode,mathematics,science,english,welsh
2016,cf101aa,{LEVEL} 4,{LEVEL} 5,{LEVEL} 3,{LEVEL} 4
2016,CF10 1AB,{LEVEL} 3,{LEVEL} 3,{LEVEL} 3,Disapplied
2016,CF10 1AD,{LEVEL} 5,{LEVEL} 5,{LEVEL} 5,{LEVEL} 5
2017,CF10 1AD,{LEVEL} 3,{LEVEL} 3,{LEVEL} 2,{LEVEL} 3
2017,CF10 1AE,{LEVEL} 4,{LEVEL} 4,{LEVEL} 4,
2017,CF10 1AB,Absent,{LEVEL} 4,{LEVEL} 5,{LEVEL} 4
"""
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": AREAS,
    "homes.csv": HOMES,
    "directory.csv": DIRECTORY,
    "pupils.csv": PUPILS,
}
# scores: (27 + 33 + 27)/3 = 29; 21; 33; 21; 27; (0 + 27 + 33)/3 = 20. A quarter of the first
# pupil lives in the second area.
TOTALS = [21.75, 7.25 + 21 + 20, 33 + 21 + 27]
SIZES = [0.75, 2.25, 3.0]


@pytest.fixture
def schools(index_folder, tmp_path):
    return index_folder(tmp_path, TEXTS)


def column(results, name: str) -> list[float]:
    return results.areas[f"key_stage_2_{name}"].to_list()


def test_scores_by_hand() -> None:
    scores = pupil_scores([[27, 21, 33], [40, np.nan, 46]])
    np.testing.assert_array_equal(scores, [27, 43])
    np.testing.assert_array_equal(pupil_scores([[27, 21, np.nan]], "sum"), [48])
    np.testing.assert_array_equal(best_of([[27, 33], [np.nan, 21]]), [33, 21])


def test_deviation_by_hand() -> None:
    # (10, 14): squares about 12 are 4 + 4; (20, 22, 24): 4 + 0 + 4; a lone pupil adds nothing
    deviation = pooled_standard_deviation([24, 66, 5], [296, 1460, 25], [2, 3, 1])
    assert deviation == pytest.approx(sqrt(16 / 3), rel=1e-14)
    assert np.isnan(pooled_standard_deviation([5.0], [25.0], [1.0]))


def test_years_by_hand() -> None:
    # 10 pupils at 30 and 40 at 20: (30 + 20)/2 = 25. The second area has pupils in one year only.
    total, spread = years_alike([[300.0, 800.0], [90.0, 0.0]], [[10.0, 40.0], [3.0, 0.0]])
    np.testing.assert_allclose(total, [25 * 50, 90])
    # variance sd² (1/10 + 1/40)/4 = sd²/32, against sd²/50 of 50 pupils alike
    np.testing.assert_allclose(spread, [sqrt(50 / 32), 1.0])


def test_pupils_of_postcodes(schools) -> None:
    results = schools.build()
    np.testing.assert_allclose(column(results, "total"), TOTALS, rtol=1e-14)
    np.testing.assert_allclose(column(results, "sample_size"), SIZES, rtol=1e-14)
    np.testing.assert_allclose(column(results, "value"), np.divide(TOTALS, SIZES), rtol=1e-14)
    gathered = results.provenance["gathered"]["key_stage_2"]
    assert gathered["pupils"] == 6
    assert gathered["mean"] == pytest.approx(sum(TOTALS) / 6)
    assert gathered["records"]["pupils"] == {"records": 6, "left_out": {}}
    stated = hyperlocal.load(schools.folder / "index.yaml")
    assert results.definition.numbers == stated.numbers
    own, read = (one.by_id["key_stage_2"].written for one in (stated, results.definition))
    assert (read.subjects, read.points, read.records) == (own.subjects, own.points, own.records)


def test_shrunk_by_what_pupils_differ(schools) -> None:
    schools.change("index.yaml", "high_value", "shrink_to: ltla19\n      high_value")
    results = schools.build()
    squares = np.array([0.75 * 29**2, 0.25 * 29**2 + 21**2 + 20**2, 33**2 + 21**2 + 27**2])
    within = squares - np.square(TOTALS) / SIZES
    variance = within.sum() / (1.25 + 2)
    values, size = np.divide(TOTALS, SIZES), np.array(SIZES)
    center = sum(TOTALS) / 6
    between = ((values - center) ** 2).sum() / 2
    weight = between / (between + variance / size)
    np.testing.assert_allclose(
        column(results, "shrunk"), weight * values + (1 - weight) * center, rtol=1e-12
    )
    said = str(explain(results, "W01000002"))
    assert "48.25 / 2.25" in said
    assert f"standard deviation {sqrt(variance):.10g}" in said
    assert "mean over mathematics, science, best of english and welsh" in said


def test_years_that_count_alike(schools) -> None:
    years = "years: {column: year, of: [2016, 2017], average: yearly}\n      high_value"
    schools.change("index.yaml", "high_value", years)
    results = schools.build()
    # the second area: 2016 (7.25 + 21)/1.25 = 22.6, 2017 20; the third: 33, and (21 + 27)/2 = 24
    np.testing.assert_allclose(column(results, "value"), [29, 21.3, 28.5], rtol=1e-14)
    by_year = results.provenance["gathered"]["key_stage_2"]["pupils_by_year"]
    assert by_year == {"2016": 3, "2017": 3}
    # less sure by √(n Σ 1/n)/2: 1.25 and 1 of 2.25 pupils, 1 and 2 of 3; the first has one year
    alike = results.provenance["gathered"]["key_stage_2"]["standard_deviation"]
    spread = [1, sqrt(2.25 * (1 / 1.25 + 1)) / 2, sqrt(3 * (1 + 1 / 2)) / 2]
    np.testing.assert_allclose(
        column(results, "standard_deviation"), np.multiply(alike, spread), rtol=1e-12
    )
    schools.change("index.yaml", "of: [2016, 2017]", "of: [2016]")
    np.testing.assert_allclose(column(schools.build(), "value"), [29, 22.6, 33], rtol=1e-14)


def test_rows_that_stand_for_several(schools) -> None:
    schools.change("index.yaml", "high_value", "pupils: number\n      high_value")
    lines = PUPILS.splitlines()
    number = ["number", "4", "1", "2", "1", "1", "1"]
    texts = [f"{line},{count}" for line, count in zip(lines, number, strict=True)]
    schools.texts["pupils.csv"] = "\n".join(texts)
    results = schools.build()
    np.testing.assert_allclose(column(results, "sample_size"), [3, 3, 4], rtol=1e-14)
    np.testing.assert_allclose(column(results, "total"), [87, 29 + 41, 114], rtol=1e-14)
    repeated = [
        line for line, count in zip(lines[1:], number[1:], strict=True) for _ in range(int(count))
    ]
    schools.change("index.yaml", "pupils: number\n      ", "")
    schools.texts["pupils.csv"] = "\n".join([lines[0], *repeated])
    again = column(schools.build(), "standard_deviation")
    assert again == pytest.approx(column(results, "standard_deviation"))


@pytest.mark.parametrize(
    ("setting", "score"), [("leave_out", (33 + 21) / 2), ("zero", (33 + 0 + 21) / 3)]
)
def test_no_outcome(schools, setting: str, score: float) -> None:
    schools.change("index.yaml", "high_value", f"no_outcome: {setting}\n      high_value")
    schools.change("pupils.csv", f"cf101aa,{LEVEL} 4,{LEVEL} 5", f"cf101aa,{LEVEL} 5,")
    schools.change("pupils.csv", f"{LEVEL} 3,{LEVEL} 4\n", f"{LEVEL} 3,\n")
    assert column(schools.build(), "value")[0] == pytest.approx(score)


def test_unknown_outcomes_can_be_left_out(schools) -> None:
    schools.change("index.yaml", "high_value", "unknown_outcome: leave_out\n      high_value")
    schools.change("pupils.csv", f"cf101aa,{LEVEL} 4", "cf101aa,Level 99")
    results = schools.build()
    assert column(results, "value")[0] == pytest.approx((33 + 27) / 2)
    gathered = results.provenance["gathered"]["key_stage_2"]
    assert gathered["unknown_outcomes"] == {"mathematics: Level 99": 1}


def test_two_scales_of_grades(schools) -> None:
    lists = (
        "  letters: {file: lists/gcse_points.csv, column: grade, number: points}\n"
        "  digits: {file: lists/gcse_points_9_to_1.csv, column: grade, number: points}\n"
    )
    old = "  levels: {file: lists/key_stage_2_points.csv, column: outcome, number: points}\n"
    schools.change("index.yaml", old, lists)
    schools.change("index.yaml", "points: levels", "points: [letters, digits]")
    schools.texts["pupils.csv"] = (
        "postcode,mathematics,science,english,welsh\n"
        "CF10 1AB,A*,9,U,7\n"  # 58, 58 and the better of 0 and 52: 56
        "CF10 1AD,C,4,G,F\n"  # 40, 40, 22: 34
        "CF10 1AA,D,D,D,D\n"
    )
    values = column(schools.build(), "value")
    assert values == pytest.approx([34, (56 + 0.25 * 34) / 1.25, 34])


def test_counts_by_grade(schools) -> None:
    schools.texts["index.yaml"] = """\
hyperlocal: 1
id: schools
areas: {geography: lsoa11, table: {input: grades}}
lists:
  letters: {file: lists/gcse_points.csv, column: grade, number: points}
inputs:
  grades: {file: grades.csv, geography: lsoa11, code: code}
index:
  indicators:
    key_stage_2:
      kind: points_score
      input: grades
      grades: {A*: [top, star], C: c, U: u}
      points: letters
      high_value: less_need
"""
    schools.texts["grades.csv"] = "code,top,star,c,u\nW01000001,1,2,5,2\nW01000002,0,0,1,1\n"
    results = schools.build()
    assert column(results, "total") == [3 * 58 + 5 * 40, 40]
    assert column(results, "sample_size") == [10, 2]
    squares = np.array([3 * 58**2 + 5 * 40**2, 40**2])
    within = (squares - np.square([374, 40]) / [10, 2]).sum()
    assert column(results, "standard_deviation") == pytest.approx([sqrt(within / 10)] * 2)
    assert "points by letters of outcomes by area" in str(explain(results, "W01000001"))


def test_uncertainty_knows_how_pupils_differ(schools) -> None:
    from hyperlocal.analysis.uncertainty import rate_intervals

    results = schools.build()
    found = rate_intervals(results)
    deviation = column(results, "standard_deviation")[0]
    half = (found["upper"] - found["lower"]).to_numpy() / 2
    np.testing.assert_allclose(half, 1.6448536 * deviation / np.sqrt(SIZES), rtol=1e-6)
