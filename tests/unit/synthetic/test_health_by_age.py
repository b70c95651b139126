"""Health by age, and practices, of a made-up nation: they fit together, and need shows in them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

import hyperlocal
from hyperlocal.synthetic import Nation, benefits_2012, health_by_age, practices
from hyperlocal.synthetic.nation import chance

AGES = "[0-4, 5-9, 10-14, 15-19, 20-24, 25-29, 30-34, 35-39, 40-44, 45-49, 50-54, 55-59, 60-64, "
OLD = "65-69, 70-74, 75-79, 80-84, 85+]"
YOUNGER = "65-69, 70-74]"
SINGLE = 'first: "{sex}{from}", last: "{sex}{to}", oldest: 90'
INPUTS = {
    "chronic": "nwis/gp_chronic_conditions_lsoa11_2019.csv",
    "mental": "nwis/gp_mental_health_conditions_lsoa11_2019.csv",
    "limiting": "nomis/census2011_limiting_illness_lsoa11.csv",
    "deaths": "ons/deaths_by_age_lsoa11_2009-2018.csv",
    "deaths_2012": "ons/deaths_by_age_lsoa11_2008-2012.csv",
    "cancer": "wcisu/cancer_incidence_lsoa11_2007-2016.csv",
    "disability": "dwp/illness_and_disability_benefits_lsoa11_2013.csv",
    "admissions": "hes/emergency_admissions_lsoa11_2011-2013.csv",
    "people_2012": "ons/sape_mid2012_lsoa11.csv",
    "people_2018": "ons/sape_mid2018_lsoa11.csv",
    "prisoners": "moj/prisoners_lsoa11_2018.csv",
}
PLAIN = {
    "births": "ons/births_lsoa11_2009-2018.csv",
    "measured": "phw/child_measurement_lsoa11_2013-2018.csv",
    "elsewhere": "nwis/registered_elsewhere_lsoa11_2018.csv",
}


def _standardised(observed: str, residents: str, more: str = "", ages: str = OLD) -> str:
    return (
        f"{{kind: standardised, gives: ratio, sexes: [F, M], ages: {AGES}{ages}, "
        f'observed: {{input: {observed}, column: "{{sex}}{{age}}"}}, '
        f"residents: {{input: {residents}, {SINGLE}}}{more}}}"
    )


REGISTERED = (
    ', residents_less: {input: prisoners, column: "{sex}{age}"}, scale_where_above: 100, '
    "not_covered: {input: elsewhere, column: Registered over the border}"
)
INDICATORS = {
    "chronic_conditions": _standardised("chronic", "people_2018", REGISTERED),
    "mental_conditions": _standardised("mental", "people_2018", REGISTERED),
    "premature_deaths": _standardised("deaths", "people_2012", ages=YOUNGER),
    "life_lost": _standardised(
        "deaths_2012", "people_2012", ", years_lost_before: 75", ages=YOUNGER
    ),
    "cancers": _standardised("cancer", "people_2012"),
    "illness_ratio": _standardised("disability", "people_2012"),
    "emergencies": _standardised("admissions", "people_2012"),
    "low_weight": "{input: births, numerator: Under 2.5 kg, denominator: Live single births}",
    "obese": "{input: measured, numerator: Obese, denominator: Children measured}",
}
DOCTORS = (
    "{kind: provision, without_supply: highest, unknown_providers: leave_out, "
    "providers: {records: practices, practice: PRACTICE_CODE, demand: PATIENTS, supply: GP_FTE}, "
    "users: {records: patients, practice: PRACTICE_CODE, number: NUMBER_OF_PATIENTS}}"
)


@pytest.fixture(scope="module")
def folder(nation: Nation, tmp_path_factory: pytest.TempPathFactory):
    """The files of health by age, of practices, and the residents of 2012."""
    made = tmp_path_factory.mktemp("health")
    files = health_by_age.FILES | practices.FILES
    files |= {INPUTS["people_2012"]: benefits_2012.write_population}
    for path, write in files.items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        write(nation, chance(3, path), made / path)
    return made


@pytest.fixture(scope="module")
def results(folder):
    """An index of all of them."""
    inputs = [
        f"  {name}: {{file: {file}, header_row: 4, geography: lsoa11, code: LSOA11CD, "
        f"absent_areas: {'zero' if name == 'prisoners' else 'refuse'}}}"
        for name, file in INPUTS.items()
    ]
    inputs += [
        f"  {name}: {{file: {file}, geography: lsoa11, code: LSOA11CD}}"
        for name, file in PLAIN.items()
    ]
    limiting = (
        f"{{kind: standardised, gives: rate, sexes: [F, M], ages: {AGES}{OLD}, "
        'observed: {input: limiting, column: "Limiting long-term illness: {sex}{age}"}, '
        'residents: {input: limiting, column: "All residents: {sex}{age}"}}'
    )
    indicators = {**INDICATORS, "limiting_illness": limiting}
    lines = [
        *("hyperlocal: 1", "id: top", "areas: {geography: lsoa11, table: {input: births}}"),
        *("defaults: {high_value: more_need}", "inputs:", *inputs, "records:"),
        "  practices: {file: nhs/gp_practices_2018-12.csv}",
        "  patients: {file: nhs/patients_of_practices_lsoa11_2018-10.parquet, "
        "area: {column: LSOA_CODE, geography: lsoa11}}",
        *("index:", "  domains:", "    health:", "      weights: factor_analysis"),
        *("      indicators:", *(f"        {name}: {one}" for name, one in indicators.items())),
        *("    doctors:", f"      indicators: {{patients_per_doctor: {DOCTORS}}}"),
    ]
    (folder / "index.yaml").write_text("\n".join(lines) + "\n")
    return hyperlocal.build(folder / "index.yaml", folder, folder / "out")


def test_planted_need_is_found_again(nation: Nation, results):
    planted = nation.planted("lsoa11").rename({"code": "area_code"})
    areas = results.areas.join(planted, on="area_code")
    assert spearmanr(areas["health_score"], areas["health"]).statistic > 0.93
    assert spearmanr(areas["patients_per_doctor_value"], areas["health"]).statistic > 0.4
    for name in INDICATORS:
        assert spearmanr(areas[f"{name}_value"], areas["health"]).statistic > 0.35, name


def test_national_ratios_are_one(results):
    for name, gathered in results.provenance["gathered"].items():
        if "national_ratio" in gathered:
            assert gathered["national_ratio"] == pytest.approx(1, abs=1e-12), name


def test_some_areas_near_the_border_are_scaled_up(results):
    scaled = results.areas["chronic_conditions_scaled_by"]
    assert 0.005 < (scaled > 1).mean() < 0.04


def test_prisoners_are_among_the_residents(nation: Nation, folder):
    table = pl.read_csv(folder / INPUTS["prisoners"], skip_lines=3)
    groups = table.select(health_by_age.GROUPS).to_numpy()
    assert groups.sum(axis=1).tolist() == table["Prisoners"].to_list()
    assert groups.sum() == nation.prisoners.sum()
    assert groups[:, 18:].sum() > 0.9 * groups.sum()  # men


def test_patients_are_the_residents_and_some_over_the_border(nation: Nation, folder):
    table = pl.read_parquet(folder / "nhs/patients_of_practices_lsoa11_2018-10.parquet")
    known = pl.read_csv(folder / "nhs/gp_practices_2018-12.csv")
    strange = ~table["PRACTICE_CODE"].is_in(known["PRACTICE_CODE"].implode())
    assert set(table["PRACTICE_CODE"].filter(strange)) == {practices.BORDER_PRACTICE}
    assert table["NUMBER_OF_PATIENTS"].filter(~strange).sum() == nation.ages.sum()
    by_practice = table.group_by("PRACTICE_CODE").agg(pl.col("NUMBER_OF_PATIENTS").sum())
    joined = known.join(by_practice, on="PRACTICE_CODE")
    assert joined["PATIENTS"].to_list() == joined["NUMBER_OF_PATIENTS"].to_list()


def test_premature_deaths_are_as_many_as_in_life(results):
    """Some 250 to 700 in 100,000 under 75 a year."""
    gathered = results.provenance["gathered"]["premature_deaths"]
    rates = np.array(list(gathered["national_rates"].values())) / 10
    assert 0.001 < rates[14] < 0.03  # women from 70 to 74
