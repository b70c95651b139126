"""Point scores against the tables that were published, and against analysis of variance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import statsmodels.formula.api as smf

from hyperlocal import catalogue
from hyperlocal.definition import parse_definition
from hyperlocal.methods.points import pooled_standard_deviation, pupil_scores, years_alike

# the Welsh Index of Multiple Deprivation 2019, technical report, section 7
KEY_STAGE_2 = {
    "Disapplied": 0,
    "Absent": 0,
    "Level N": 0,
    **{f"National Curriculum Outcome {step}": 3 for step in (1, 2, 3)},
    **{f"National Curriculum Level {level}": 3 + 6 * level for level in range(1, 9)},
    "Exceptional Performance": 57,
}
LETTERS = dict(zip("UGFEDCBA", (0, 16, 22, 28, 34, 40, 46, 52), strict=True)) | {"A*": 58}
DIGITS = dict(zip("123456789", (16, 24, 32, 40, 44, 48, 52, 55, 58), strict=True))
FOUNDATION_PHASE = {f"Foundation Phase Outcome {step}": 3 + 6 * step for step in range(2, 7)}
ABOVE = {"Performance Above Foundation Phase Outcome 6": 45}

BUNDLED = """\
hyperlocal: 1
id: schools
areas: {{geography: lsoa11, table: {{input: areas}}}}
lists:
  bundled: {{file: lists/{file}.csv, column: {column}, number: points}}
inputs:
  areas: {{file: areas.csv, geography: lsoa11, code: code}}
records:
  pupils: {{file: pupils.csv, area: {{column: lsoa, geography: lsoa11}}}}
index:
  indicators:
    score:
      kind: points_score
      records: pupils
      subjects: [maths]
      points: bundled
      high_value: less_need
"""


def bundled(file: str, column: str) -> dict[str, float]:
    definition = parse_definition(BUNDLED.format(file=file, column=column))
    return dict(definition.numbers["bundled"])


def test_published_tables() -> None:
    assert bundled("key_stage_2_points", "outcome") == KEY_STAGE_2
    assert bundled("gcse_points", "grade") == LETTERS
    assert bundled("gcse_points_9_to_1", "grade") == DIGITS


def test_what_is_published_of_the_foundation_phase() -> None:
    points = bundled("foundation_phase_points", "outcome")
    folder = Path(catalogue.__file__).parent
    table = pl.read_csv(folder / "lists" / "foundation_phase_points.csv")
    published = set(table.filter(basis="published")["outcome"])
    assert {outcome: points[outcome] for outcome in published} == FOUNDATION_PHASE | ABOVE
    assert len(points) == 14


def test_deviation_is_that_of_an_analysis_of_variance() -> None:
    rng = np.random.default_rng(5)
    area = rng.integers(0, 12, 300)
    score = 27 + 2 * rng.standard_normal(12)[area] + 5 * rng.standard_normal(300)
    total, squares, size = (np.bincount(area, of) for of in (score, score**2, np.ones(300)))
    model = smf.ols("score ~ C(area)", pl.DataFrame({"score": score, "area": area}).to_pandas())
    expected = np.sqrt(model.fit().mse_resid)
    assert pooled_standard_deviation(total, squares, size) == pytest.approx(expected, rel=1e-10)


def test_scores_and_years_as_polars_groups_them() -> None:
    rng = np.random.default_rng(6)
    points = rng.choice([15.0, 21, 27, 33, np.nan], (500, 3))
    frame = pl.DataFrame(points, schema=["maths", "science", "language"]).fill_nan(None)
    frame = frame.with_columns(
        score=pl.mean_horizontal("maths", "science", "language"),
        area=pl.Series(rng.integers(0, 9, 500)),
        year=pl.Series(rng.integers(0, 3, 500)),
    )
    scores = pupil_scores(points)
    np.testing.assert_allclose(scores, frame["score"].fill_null(np.nan), rtol=1e-14)
    known = frame.drop_nulls("score")
    yearly = known.group_by("area", "year").agg(pl.mean("score"))
    expected = yearly.group_by("area").agg(pl.mean("score")).sort("area")["score"]
    cell = known["area"].to_numpy() * 3 + known["year"].to_numpy()
    total = np.bincount(cell, known["score"].to_numpy(), 27).reshape(9, 3)
    size = np.bincount(cell, minlength=27).reshape(9, 3)
    found, _ = years_alike(total, size)
    np.testing.assert_allclose(found / size.sum(axis=1), expected, rtol=1e-12)
