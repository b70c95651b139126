"""Housing, the survey of people and prescriptions of a nation: planted need is found in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

import hyperlocal
from hyperlocal.synthetic import Nation, housing, practices, prescriptions, survey
from hyperlocal.synthetic.dwellings import homes
from hyperlocal.synthetic.nation import chance

SEED = 3
NEEDED = "nhs/patients_of_practices_lsoa11_2018-10.parquet"
BEGINNING = """\
hyperlocal: 1
id: found
areas: {{geography: {0}, table: {{input: areas}}}}
inputs:
  areas: {{file: {0}.csv, geography: {0}, code: code}}
"""
HOUSING = """\
records:
  survey: {file: housing/condition_survey_2017-18.csv}
  dwellings: {file: housing/dwellings.parquet, area: {column: lsoa11, geography: lsoa11}}
  national: {file: housing/national_condition_2017-18.csv}
index:
  high_value: more_need
  domains:
    homes:
      indicators:
        poor_quality:
          kind: modelled_condition
          survey: {records: survey, weight_column: weight}
          dwellings: dwellings
          components:
            excess_cold: {rule: {column: sap, below: 33.52}, scaling: proportional}
            falls: {outcome: falls}
            other_hazards: {outcome: other_hazards}
            disrepair: {outcome: disrepair}
          categories: [age_band, dwelling_type, tenure, heating]
          benchmark:
            records: national
            row_column: component
            total: dwellings
            any_row: poor_condition
"""
COMMUNITY = """\
  lsoas: {file: lsoas.csv, geography: lsoa11, code: code}
  oas: {file: oas.csv, geography: oa11, code: code}
correspondences:
  lsoa11_to_msoa11: {kind: nested, input: lsoas, column: msoa, to: msoa11}
  oa11_to_msoa11: {kind: nested, input: oas, column: msoa, to: msoa11}
records:
  earlier: {file: survey/national_survey_2012-15.csv, missing: "Don't know"}
  later: {file: survey/national_survey_2016-20.csv, missing: "Don't know"}
  kinds:
    file: survey/output_area_classification_2011.csv
    area: {column: OA11CD, geography: oa11}
  quintiles:
    file: survey/deprivation_quintiles_lsoa11.csv
    area: {column: LSOA11CD, geography: lsoa11}
  items: {file: nhs/prescriptions_by_practice_2018.csv}
  patients:
    file: nhs/patients_of_practices_lsoa11_2018-10.parquet
    area: {column: LSOA_CODE, geography: lsoa11}
    most_unplaced: 0.05
index:
  high_value: less_need
  domains:
    community:
      indicators:
        belonging:
          kind: survey_allocation
          sources:
            by_kind:
              answers: earlier
              cells: kinds
              cell: {oac_subgroup: OAC subgroup}
              people: Residents
              year: year
              weight_column: weight
            by_quintile:
              answers: later
              cells: quintiles
              cell: {authority: LTLA23CD, deprivation_quintile: Deprivation quintile}
              people: Residents
              year: year
              weight_column: weight
          questions:
            belongs:
              column: belongs_to_area
              yes: [Strongly agree, Tend to agree]
              no: [Neither agree nor disagree, Tend to disagree, Strongly disagree]
              asked: {by_kind: [2012-13, 2013-14], by_quintile: [2016-17, 2018-19]}
        loneliness:
          kind: prescription_index
          high_value: more_need
          prescribing: {records: items, practice: PRACTICE_CODE, items: ITEMS}
          patients: {records: patients, practice: PRACTICE_CODE, number: NUMBER_OF_PATIENTS}
          conditions: {depression: ITEMS_DEPRESSION, insomnia: ITEMS_INSOMNIA}
"""


@pytest.fixture(scope="module")
def folder(nation: Nation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of these modules, and lookups."""
    out = tmp_path_factory.mktemp("conditions")
    writers = housing.FILES | survey.FILES | prescriptions.FILES
    writers |= {NEEDED: practices.FILES[NEEDED]}
    for path, write in writers.items():
        (out / path).parent.mkdir(exist_ok=True)
        write(nation, chance(SEED, path), out / path)
    for geography in ("lsoa11", "msoa11"):
        pl.DataFrame({"code": nation.places(geography)[0]}).write_csv(out / f"{geography}.csv")
    for name, geography in (("lsoas", "lsoa11"), ("oas", "oa11")):
        table = nation.pieces.select(code=geography, msoa="msoa11").unique("code")
        table.write_csv(out / f"{name}.csv")
    return out


def _found(nation: Nation, folder: Path, geography: str, text: str, dimension: str) -> dict:
    """Build an index; return how its indicators go with planted need."""
    definition = folder / f"{geography}.yaml"
    definition.write_text(BEGINNING.format(geography) + text)
    results = hyperlocal.build(definition, folder, folder / f"results_{geography}")
    planted = nation.planted(geography)[dimension]
    return {
        node.id: float(spearmanr(results.areas[f"{node.id}_value"], planted).statistic)
        for node in results.definition.nodes
        if node.is_indicator
    }


def test_housing_shows_the_planted_need(nation, folder):
    found = _found(nation, folder, "lsoa11", HOUSING, "clean_energy")
    assert found["poor_quality"] > 0.9


def test_answers_and_prescriptions_show_the_planted_need(nation, folder):
    found = _found(nation, folder, "msoa11", COMMUNITY, "safe_streets")
    assert found["belonging"] < -0.8
    assert found["loneliness"] > 0.75


def test_every_dwelling_is_there_once_and_the_nation_counts_them(nation, folder):
    dwellings = pl.read_parquet(folder / "housing/dwellings.parquet")
    assert dwellings.height == len(homes(nation).uprn) == dwellings["uprn"].n_unique()
    assert dwellings.null_count().sum_horizontal()[0] == 0
    totals = pl.read_csv(folder / "housing/national_condition_2017-18.csv")
    counted = dict(zip(totals["component"], totals["dwellings"], strict=True))
    assert counted["poor_condition"] <= sum(counted.values()) - counted["poor_condition"]
    cold = (dwellings["sap"] < housing.COLDEST).sum()  # the known rating is not quite the true one
    assert counted["excess_cold"] < cold < 2 * counted["excess_cold"]


def test_the_survey_of_dwellings_grosses_up_to_the_nation(nation, folder):
    surveyed = pl.read_csv(folder / "housing/condition_survey_2017-18.csv")
    number = len(homes(nation).uprn)
    assert 2_700 < surveyed.height < 3_300
    assert surveyed["weight"].sum() == pytest.approx(number, rel=0.05)


def test_every_cell_that_people_live_in_has_respondents_in_every_year(nation, folder):
    for cells, answers, columns in (
        ("output_area_classification_2011", "2012-15", {"OAC subgroup": "oac_subgroup"}),
        (
            "deprivation_quintiles_lsoa11",
            "2016-20",
            {"LTLA23CD": "authority", "Deprivation quintile": "deprivation_quintile"},
        ),
    ):
        there = pl.read_csv(folder / f"survey/{cells}.csv").select(*columns).unique()
        asked = pl.read_csv(folder / f"survey/national_survey_{answers}.csv")
        counted = asked.group_by("year", *columns.values()).len()
        assert counted.height == there.height * asked["year"].n_unique()
        assert counted["len"].min() >= 3


def test_questions_are_asked_in_their_years_alone(folder):
    tables = [
        pl.read_csv(folder / f"survey/national_survey_{years}.csv", infer_schema_length=None)
        for years in ("2012-15", "2016-20")
    ]
    for name, question in survey.QUESTIONS.items():
        asked = {
            year
            for table in tables
            if name in table.columns
            for year in table.filter(pl.col(name).is_not_null())["year"].unique()
        }
        assert asked == set(question.years), name


def test_items_of_conditions_are_among_all_items(folder):
    items = pl.read_csv(folder / "nhs/prescriptions_by_practice_2018.csv")
    parts = items.select(pl.exclude("PRACTICE_CODE", "ITEMS")).to_numpy()
    assert (parts.sum(axis=1) < items["ITEMS"].to_numpy()).all()
    assert np.all(parts > 0)
