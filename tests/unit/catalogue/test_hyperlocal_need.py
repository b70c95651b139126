"""The definition of the Hyper-local Need measure against the tables of its technical paper."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

import hyperlocal
import hyperlocal.catalogue
from hyperlocal.definition import ResolvedNode

DWP, ONS = "Department for Work and Pensions", "Office for National Statistics"
DFE, DFT = "Department for Education", "Department for Transport"
MHCLG = "Ministry of Housing, Communities and Local Government"
OA, LSOA, MSOA = "Output Area", "LSOA", "MSOA"
LOWER, UPPER = "Lower-tier authority", "Upper-tier authority"
MORE, LESS = "more_need", "less_need"

# Dimension, sub-dimension, indicator, publisher, published for, what a high value means: the table
# of indicators and the table of conversions in the paper.
INDICATORS = [
    ("economic_growth", "employment", "universal_credit_searching", DWP, OA, MORE),
    ("economic_growth", "employment", "universal_credit_planning", DWP, OA, MORE),
    ("economic_growth", "employment", "universal_credit_preparing", DWP, OA, MORE),
    ("economic_growth", "employment", "universal_credit_no_requirements", DWP, OA, MORE),
    ("economic_growth", "employment", "incapacity_benefit", DWP, LSOA, MORE),
    ("economic_growth", "employment", "severe_disablement_allowance", DWP, LSOA, MORE),
    ("economic_growth", "employment", "income_support", DWP, LSOA, MORE),
    ("economic_growth", "employment", "carers_allowance", DWP, LSOA, MORE),
    ("economic_growth", "employment", "jobseekers_allowance", DWP, LSOA, MORE),
    ("economic_growth", "quality_jobs", "jobs_density", ONS, LSOA, LESS),
    ("economic_growth", "quality_jobs", "gva_per_head", ONS, LSOA, LESS),
    ("economic_growth", "quality_jobs", "gva_per_head_change", ONS, LSOA, LESS),
    ("economic_growth", "quality_jobs", "high_growth_jobs", ONS, LSOA, LESS),
    ("economic_growth", "quality_jobs", "household_income", ONS, MSOA, LESS),
    ("economic_growth", "quality_jobs", "higher_managerial_occupations", ONS, OA, LESS),
    ("economic_growth", "quality_jobs", "no_qualifications", ONS, OA, MORE),
    ("economic_growth", "quality_jobs", "level_3_qualifications", ONS, OA, LESS),
    ("economic_growth", "infrastructure", "broadband_speed", "Ofcom", OA, LESS),
    ("economic_growth", "infrastructure", "digital_propensity", ONS, LSOA, LESS),
    ("economic_growth", "infrastructure", "jobs_access", "Onward", LSOA, LESS),
    (
        "clean_energy",
        None,
        "carbon_footprint",
        "Centre for Research into Energy Demand Solutions",
        LSOA,
        MORE,
    ),
    (
        "clean_energy",
        None,
        "fuel_poverty",
        "Department for Business, Energy and Industrial Strategy",
        LSOA,
        MORE,
    ),
    (
        "clean_energy",
        None,
        "low_energy_efficiency",
        "Department for Levelling Up, Housing and Communities",
        LSOA,
        MORE,
    ),
    ("safe_streets", None, "crime", MHCLG, LSOA, LESS),
    (
        "opportunity",
        "child_education",
        "childcare_access",
        "Ofsted and Office for National Statistics",
        LSOA,
        LESS,
    ),
    ("opportunity", "child_education", "children_in_low_income_families", DWP, OA, MORE),
    ("opportunity", "child_education", "children_and_young_people", MHCLG, LSOA, LESS),
    ("opportunity", "education_opportunities", "key_stage_2", DFE, LOWER, LESS),
    ("opportunity", "education_opportunities", "key_stage_4", DFE, LOWER, LESS),
    ("opportunity", "education_opportunities", "progress_8", DFE, LOWER, LESS),
    ("opportunity", "education_opportunities", "good_schools", DFE, UPPER, LESS),
    ("health", "disability_and_social_care", "disability_living_allowance", DWP, LSOA, MORE),
    ("health", "disability_and_social_care", "personal_independence_payment", DWP, OA, MORE),
    ("health", "disability_and_social_care", "limiting_long_term_illness", ONS, OA, MORE),
    ("health", "disability_and_social_care", "attendance_allowance", DWP, LSOA, MORE),
    ("health", "general_health", "bad_health", ONS, OA, MORE),
    ("health", "access", "hospital_travel_time", DFT, LSOA, MORE),
    ("health", "access", "gp_travel_time", DFT, LSOA, MORE),
    ("health", "access", "gp_appointments", "NHS England", LSOA, LESS),
    ("health", "mortality", "life_expectancy", ONS, MSOA, LESS),
    ("health", "mortality", "deaths_from_all_causes", ONS, MSOA, MORE),
]
IDS = [indicator for _, _, indicator, *_ in INDICATORS]
AUTHORITIES = ("key_stage_2", "key_stage_4", "progress_8", "good_schools")
ADDED_UP = {"worklessness_benefits": 9, "disability_benefits": 3}
DIVISIONS = {
    "21": 2, "25": 1, "26": 15, "27": 10, "28": 25, "29": 6, "30": 8, "32": 1, "35": 5, "38": 2,
    "42": 1, "58": 8, "59": 9, "61": 4, "62": 5, "63": 4, "64": 11, "65": 5, "69": 6, "70": 4,
    "71": 6, "72": 3, "73": 3, "74": 9, "78": 4, "80": 3, "84": 1, "90": 4,
}  # fmt: skip
"""How many subclasses of each division of SIC 2007 the paper's appendix D lists."""


@pytest.fixture(scope="module")
def definition() -> hyperlocal.Definition:
    return hyperlocal.load("hyperlocal-need-2025")


def _indicators(definition: hyperlocal.Definition) -> dict[str, ResolvedNode]:
    """What the paper calls indicators: a rate's counts one by one, both sexes together."""
    found = {}
    for node in definition.nodes:
        parts = node.path[2::2]
        if node.role == "indicators" and node.id not in ADDED_UP and "life_expectancy" not in parts:
            found[node.id] = node
    return found | {"life_expectancy": definition.by_id["life_expectancy"]}


def test_it_holds_the_41_indicators_of_the_paper_and_no_other(definition):
    assert len(IDS) == len(set(IDS)) == 41
    assert sorted(_indicators(definition)) == sorted(IDS)


@pytest.mark.parametrize(
    ("dimension", "subdimension", "name", "publisher", "areas", "high"), INDICATORS
)
def test_an_indicator_stands_and_reads_as_in_the_paper(
    definition, dimension, subdimension, name, publisher, areas, high
):
    node = definition.by_id[name]
    place = dict(zip(node.path[1::2], node.path[2::2], strict=True))
    assert place["domains"] == dimension
    assert place.get("subdomains") == subdimension
    about = node.written
    assert about.publisher == publisher
    assert about.granularity.startswith(areas)
    assert node.settings.high_value == high
    for key in ("title", "description", "source", "date", "unit"):
        assert getattr(about, key), key


def test_an_indicator_reads_tables_of_the_areas_that_it_says(definition):
    geographies = {OA: "oa21", MSOA: "msoa11", LOWER: "ltla23", UPPER: "utla23"}
    for _, _, name, _, areas, _ in INDICATORS:
        node = definition.by_id[name]
        read = node.children[0] if name == "life_expectancy" else node
        columns = read.columns()
        purpose = next(
            key for key in ("column", "numerator", "observed", "total", "after") if key in columns
        )
        geography = definition.inputs[read.input_of(columns[purpose][0])].geography
        vintage = node.written.granularity.rpartition("(")[2].rstrip(")")
        assert geography == geographies.get(areas, f"lsoa{vintage[-2:]}"), name


def test_dimensions_weigh_what_the_paper_says(definition):
    weights = {node.id: node.written.weight for node in definition.root.children}
    assert weights == {
        "economic_growth": 0.225,
        "clean_energy": 0.1,
        "safe_streets": 0.225,
        "opportunity": 0.225,
        "health": 0.225,
    }
    assert [len(node.children) for node in definition.root.children] == [3, 3, 1, 2, 4]
    groups = [node for node in definition.nodes if node.children and node.role != "index"]
    assert all(node.scheme == "equal" for node in groups if not node.is_indicator)


def test_ranks_are_transformed_above_indicators_and_nowhere_else(definition):
    for node in definition.nodes:
        above = node.role in ("domains", "subdomains")
        assert (node.settings.transform == "exponential") == above or node.role == "index", node.id
    assert definition.root.settings.published_score == "transformed_rank"


def test_all_but_the_results_of_authorities_are_shrunk_to_the_district(definition):
    for name in IDS:
        shrunk = "none" if name in AUTHORITIES else "ltla23"
        assert definition.by_id[name].settings.shrink_to == shrunk
        assert definition.by_id[name].settings.standardise == "normal_scores"


def test_benefits_are_added_up_over_residents(definition):
    for name, number in ADDED_UP.items():
        assert len(definition.by_id[name].children) == number
    ages = definition.by_id["worklessness_benefits"].written.denominator
    assert [(run.first, run.last) for run in ages] == [("F16", "F64"), ("M16", "M64")]
    (everybody,) = definition.by_id["disability_benefits"].written.denominator
    assert everybody.column == "Total"


def test_the_isles_of_scilly_are_left_out_and_counted(definition):
    (isles,) = definition.areas.exclude
    assert (isles.code, isles.counts_in_n) == ("E01019077", True)


def test_every_input_says_where_it_comes_from(definition):
    for name, table in definition.inputs.items():
        assert table.title, name
        assert table.url.startswith("https://"), name
        assert table.licence, name


def test_msoas_go_down_to_output_areas_and_over_to_those_of_2021(definition):
    route = [str(step) for step in definition.routes["deaths"]]
    assert [step.partition(" (")[0] for step in route] == [
        "msoa11 to oa11",
        "oa11 to oa21",
        "oa21 to lsoa21",
    ]


def test_the_list_of_high_growth_industries_is_that_of_appendix_d(definition):
    codes = definition.lists["high_growth_industries"]
    assert len(codes) == len(set(codes)) == sum(DIVISIONS.values()) == 165
    assert all(len(code) == 5 and code.isdigit() for code in codes)
    assert Counter(code[:2] for code in codes) == DIVISIONS
    file = Path(hyperlocal.catalogue.__file__).parent / "lists/high_growth_industries_sic2007.csv"
    table = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    rows = {row["code"]: row["industry"] for row in table}
    assert rows["84220"] == "Defence activities"
    assert rows["21100"] == "Manufacture of basic pharmaceutical products"
    assert rows["90040"] == "Operation of arts facilities"
