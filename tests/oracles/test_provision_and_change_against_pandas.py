"""Patients per doctor and change per head, computed from the same files with pandas alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hyperlocal

pytestmark = pytest.mark.oracle
AREAS, PRACTICES, ROWS = 40, 25, 600
DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: areas}}
inputs: {areas: {file: areas.csv, geography: lsoa11, code: code}}
records:
  practices: {file: practices.csv}
  patients: {file: patients.csv, area: {column: lsoa, geography: lsoa11}}
defaults: {input: areas, high_value: more_need}
index:
  indicators:
    doctors:
      kind: provision
      providers: {records: practices, practice: code, demand: patients, supply: doctors}
      users: {records: patients, practice: practice, number: number}
    growth: {before: b, after: a, before_denominator: bn, after_denominator: an}
"""


@pytest.fixture
def tables(tmp_path) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(11)
    codes = [f"E010000{number:02}" for number in range(1, AREAS + 1)]
    names = [f"P{number:02}" for number in range(PRACTICES)]
    places = np.r_[codes, rng.choice(codes, ROWS - AREAS)]  # somebody lives in every area
    made = {
        "areas": pd.DataFrame(
            {"code": codes, **{name: rng.integers(50, 5000, AREAS) for name in ("b", "a")}}
            | {name: rng.integers(900, 3000, AREAS) for name in ("bn", "an")}
        ),
        "practices": pd.DataFrame(
            {
                "code": names,
                "patients": rng.integers(1500, 20_000, PRACTICES),
                "doctors": rng.integers(4, 60, PRACTICES) / 4,
            }
        ),
        "patients": pd.DataFrame(
            {
                "practice": rng.choice(names, ROWS),
                "lsoa": places,
                "number": rng.integers(1, 900, ROWS),
            }
        ),
    }
    for name, table in made.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "index.yaml").write_text(DEFINITION)
    return made


def test_against_pandas(tables, tmp_path):
    results = hyperlocal.build(tmp_path / "index.yaml", tmp_path, tmp_path / "out").areas
    practices = tables["practices"].set_index("code")
    joined = tables["patients"].join(practices, on="practice")
    joined["load"] = joined["number"] * joined["patients"] / joined["doctors"]
    sums = joined.groupby("lsoa")[["load", "number"]].sum()
    expected = sums["load"] / sums["number"]
    assert results["area_code"].to_list() == expected.index.to_list()
    np.testing.assert_allclose(results["doctors_value"], expected, rtol=1e-12)

    areas = tables["areas"]
    per_head = pd.DataFrame({"b": areas["b"] / areas["bn"], "a": areas["a"] / areas["an"]})
    change = per_head.pct_change(axis="columns")["a"] * 100
    np.testing.assert_allclose(results["growth_value"], change, rtol=1e-11, atol=1e-11)
