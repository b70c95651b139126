"""Crimes of a made-up nation: what the files hold, and the need that was planted is found again."""

from __future__ import annotations

import polars as pl
import pytest
from scipy.stats import spearmanr

import hyperlocal
from hyperlocal.synthetic import Nation, crime, geography_files
from hyperlocal.synthetic.nation import chance
from hyperlocal.synthetic.need import DIMENSIONS
from hyperlocal.synthetic.signals import people, places

BOUNDARIES = "geography/lsoa11_boundaries.parquet"
TYPE = """\
    {name}:
      kind: event_share
      records: crimes
      within: 100
      types: {{column: offence_code, list: {name}, other_types: drop}}
      constrain:
        - within: pfa19
          records: by_force
          area: PFA Code
          number: Number
          where: {{Offence Code: {{list: {name}}}}}
        - within: csp19
          records: by_partnership
          area: CSP Code
          number: Number
          where: {{Offence Code: {{list: {name}}}}}
      denominator: [Dwellings 2018, Dwellings 2019]
      per: 100
"""
DEFINITION = """\
hyperlocal: 1
id: top
areas:
  geography: lsoa11
  table: {input: lookup}
  boundaries: {input: shapes}
  within:
    pfa19: {input: lookup, column: PFA19CD, name: PFA19NM}
    csp19: {input: lookup, column: CSP19CD, name: CSP19NM}
inputs:
  lookup: {file: geography/LSOA11_CSP19_PFA19_LU.csv, geography: lsoa11, code: LSOA11CD}
  shapes: {file: geography/lsoa11_boundaries.parquet, geography: lsoa11, code: LSOA11CD}
  properties: {file: voa/properties_lsoa11_2018-19.csv, geography: lsoa11, code: LSOA code}
records:
  crimes:
    file: police/recorded_crime_2017-19.parquet
    location: {x: easting, y: northing}
    most_unplaced: 0.02
  by_force: {file: homeoffice/recorded_crime_pfa_2017-19.csv}
  by_partnership: {file: homeoffice/recorded_crime_csp_2017-19.csv}
lists:
LISTS
defaults: {input: properties}
index:
  high_value: more_need
  standardise: normal_scores
  indicators:
"""


@pytest.fixture(scope="module")
def folder(nation, tmp_path_factory):
    written = tmp_path_factory.mktemp("crime")
    files = {**crime.FILES, BOUNDARIES: geography_files.FILES[BOUNDARIES]}
    for path, write in files.items():
        (written / path).parent.mkdir(parents=True, exist_ok=True)
        write(nation, chance(nation.seed, path), written / path)
    return written


def test_crimes_are_about_as_many_as_in_life(nation: Nation, folder):
    found = pl.read_parquet(folder / "police/recorded_crime_2017-19.parquet")
    rate = found.height / people(nation).sum() / 2
    assert 0.07 < rate < 0.13
    missing = found["easting"].null_count() / found.height
    assert 0.004 < missing < 0.012
    assert set(found["financial_year"]) == set(crime.YEARS)


def test_partnerships_lie_in_one_force(folder):
    lookup = pl.read_csv(folder / "geography/LSOA11_CSP19_PFA19_LU.csv")
    assert lookup["LSOA11CD"].is_unique().all()
    assert lookup.group_by("CSP19CD").agg(pl.col("PFA19CD").n_unique())["PFA19CD"].max() == 1


@pytest.mark.parametrize(
    ("of", "microdata", "kind", "code"),
    [
        ("recorded_crime", "recorded_crime", "Offence Code", "offence_code"),
        ("anti_social_behaviour", "anti_social_behaviour", "Incident Type", "incident_type"),
    ],
)
def test_totals_are_a_little_above_the_records(folder, of, microdata, kind, code):
    by_force, by_partnership = (
        pl.read_csv(folder / f"homeoffice/{of}_{level}_2017-19.csv", infer_schema_length=None)
        for level in ("pfa", "csp")
    )
    events = pl.read_parquet(folder / f"police/{microdata}_2017-19.parquet")
    total = by_force["Number"].sum()
    assert events.height < total < 1.03 * events.height
    assert total == by_partnership["Number"].sum()
    mapped = events.group_by("csp", code).len()
    known = by_partnership.group_by("CSP Code", kind).agg(pl.col("Number").sum())
    both = mapped.join(known, left_on=["csp", code], right_on=["CSP Code", kind], how="full")
    assert (both["Number"] >= both["len"]).all()
    assert both["Number"].null_count() == both["len"].null_count() == 0


def test_need_is_found_again_in_crimes_scaled_to_totals(nation: Nation, folder):
    text = DEFINITION + "".join(TYPE.format(name=name) for name in crime.CRIMES)
    lists = "".join(f"  {name}: {{file: lists/wimd_2019_{name}.csv}}\n" for name in crime.CRIMES)
    (folder / "index.yaml").write_text(text.replace("LISTS\n", lists))
    results = hyperlocal.build(folder / "index.yaml", folder, folder / "out")
    lsoas = places(nation, "lsoa11")
    need = lsoas.mean(nation.need[:, DIMENSIONS.index("safe_streets")], people(nation))
    assert results.areas["area_code"].to_list() == lsoas.codes.to_list()
    assert spearmanr(results.areas["top_score"], need)[0] > 0.9
    totals = pl.read_csv(folder / "homeoffice/recorded_crime_csp_2017-19.csv")
    lists_of = results.definition.lists["theft"]
    expected = (
        totals.filter(pl.col("Offence Code").is_in(lists_of))
        .group_by("CSP Code")
        .agg(pl.col("Number").sum())
    )
    found = results.areas.group_by("csp19_code").agg(pl.col("theft_numerator").sum())
    both = found.join(expected, left_on="csp19_code", right_on="CSP Code")
    assert both.height == found.height
    assert both["theft_numerator"].to_list() == pytest.approx(both["Number"].to_list(), rel=1e-9)
