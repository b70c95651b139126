"""The English indices of 2015 as they are told, and from end to end on a made-up nation."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm, rankdata, spearmanr

import hyperlocal
from hyperlocal.analysis import explain

INDEX = "iod_2015"
pytestmark = pytest.mark.xdist_group("made_up")

DOMAINS = {
    "income": (0.225, "economic_growth"),
    "employment": (0.225, "economic_growth"),
    "education": (0.135, "opportunity"),
    "health": (0.135, "health"),
    "crime": (0.093, "safe_streets"),
    "housing_and_services": (0.093, "clean_energy"),
    "environment": (0.093, "clean_energy"),
}
"""The stated weight of each domain, and the dimension of need that is planted in it."""
SUBDOMAINS = {
    "education": ("children_and_young_people", "adult_skills"),
    "housing_and_services": ("wider_barriers", "geographical_barriers"),
    "environment": ("indoors", "outdoors"),
}
INDICATORS = {
    "income": {
        "income_support": "count",
        "income_based_jobseekers_allowance": "count",
        "income_based_employment_and_support_allowance": "count",
        "pension_credit_guarantee": "count",
        "tax_credits": "count",
        "asylum_seekers": "count",
    },
    "employment": {
        "jobseekers_allowance": "count",
        "employment_and_support_allowance": "count",
        "incapacity_benefit": "count",
        "severe_disablement_allowance": "count",
        "carers_allowance": "count",
    },
    "health": {
        "years_of_potential_life_lost": "standardised",
        "illness_and_disability": "standardised",
        "acute_morbidity": "standardised",
        "mood_and_anxiety_disorders": "group",
    },
    "children_and_young_people": {
        "key_stage_2": "mean",
        "key_stage_4": "mean",
        "secondary_absence": "rate",
        "not_staying_on": "rate",
        "no_higher_education": "rate",
    },
    "adult_skills": {"low_qualifications": "count", "little_english": "count"},
    "wider_barriers": {
        "overcrowding": "rate",
        "homelessness": "rate",
        "housing_affordability": "group",
    },
    "geographical_barriers": {
        "distance_to_gp": "mean",
        "distance_to_food_shop": "mean",
        "distance_to_primary_school": "mean",
        "distance_to_post_office": "mean",
    },
    "crime": {
        "burglary": "event_share",
        "theft": "event_share",
        "criminal_damage": "event_share",
        "violence": "event_share",
    },
    "indoors": {"no_central_heating": "rate", "poor_condition": "modelled_condition"},
    "outdoors": {"air_quality": "air_quality", "road_casualties": "event_share"},
}
"""The 37 indicators by the domain or sub-domain that they stand in, each with its kind."""
BY_FACTOR_ANALYSIS = {"health", "children_and_young_people", "crime", "mood_and_anxiety_disorders"}
TYPES_OF_CRIME = {"burglary": 4, "theft": 5, "criminal_damage": 8, "violence": 18}


@pytest.fixture(scope="module")
def definition() -> hyperlocal.Definition:
    return hyperlocal.load("iod-2015")


@pytest.fixture(scope="module")
def results(made_up) -> hyperlocal.Results:
    return made_up.build("iod-2015")


@pytest.fixture(scope="module")
def areas(made_up, results) -> pl.DataFrame:
    return made_up.with_need(results, "lsoa11")


# --- as it is told -------------------------------------------------------------------------------


def test_there_are_37_indicators_in_seven_domains(definition):
    assert len(definition.root.children) == 7
    assert sum(len(own) for own in INDICATORS.values()) == 37
    for above, own in INDICATORS.items():
        found = {child.id: child.written.kind for child in definition.by_id[above].children}
        assert found == own, above


def test_domains_weigh_as_stated_and_add_to_less_than_one(definition, results):
    found = {node.id: node.written.weight for node in definition.root.children}
    assert found == {name: weight for name, (weight, _) in DOMAINS.items()}
    assert math.fsum(found.values()) == pytest.approx(0.999, abs=1e-12)
    used = results.weights.filter(pl.col("node") == INDEX)
    assert dict(zip(used["child"], used["weight"], strict=True)) == found
    assert set(used["how"]) == {"as_stated"}


def test_subdomains_stand_where_they_are_told(definition):
    for above, below in SUBDOMAINS.items():
        node = definition.by_id[above]
        assert {child.id for child in node.children} == set(below)
        assert {child.role for child in node.children} == {"subdomains"}
    for name in DOMAINS.keys() - SUBDOMAINS.keys():
        assert all(child.role == "indicators" for child in definition.by_id[name].children)


def test_factor_analysis_by_loadings_with_nothing_accepted(definition):
    schemes = {node.id: node.scheme for node in definition.nodes if node.children}
    found = {name for name, scheme in schemes.items() if hasattr(scheme, "factor_analysis")}
    assert found == BY_FACTOR_ANALYSIS
    for name in found:
        assert schemes[name].factor_analysis.weights_from == "loadings"
        assert schemes[name].factor_analysis.accept == ()
        assert schemes[name].caps == {}


def test_every_indicator_says_where_it_comes_from(definition):
    for node in definition.nodes:
        if node.is_indicator and node.written.kind != "rate":
            for key in ("title", "source", "publisher", "date", "granularity", "unit"):
                assert getattr(node.written, key), (node.id, key)


def test_as_many_types_of_crime_count_as_are_stated(definition):
    for name, number in TYPES_OF_CRIME.items():
        assert len(set(definition.lists[name])) == number, name


# --- on the made-up nation -----------------------------------------------------------------------


@pytest.mark.parametrize("domain", list(DOMAINS))
def test_each_domain_finds_the_planted_need(areas, domain):
    dimension = DOMAINS[domain][1]
    found = spearmanr(areas[f"{domain}_score"], areas[f"planted_{dimension}"])
    assert found.statistic > 0.85


def test_the_index_finds_the_overall_need(areas):
    assert spearmanr(areas[f"{INDEX}_score"], areas["planted_overall"]).statistic > 0.9


def test_the_score_is_the_sum_of_exponentially_transformed_ranks(areas):
    n, total = areas.height, np.zeros(areas.height)
    for name, (weight, _) in DOMAINS.items():
        share = rankdata(areas[f"{name}_score"].to_numpy()) / n  # the most deprived has 1
        total += weight * -23 * np.log(1 - share * (1 - math.exp(-100 / 23)))
    assert np.abs(total - areas[f"{INDEX}_score"].to_numpy()).max() < 1e-9


def test_a_domain_of_factor_weights_is_their_sum_over_normal_scores(results, areas):
    used = results.weights.filter(pl.col("node") == "crime")
    weights = dict(zip(used["child"], used["weight"], strict=True))
    assert math.fsum(weights.values()) == pytest.approx(1, abs=1e-12)
    total = sum(
        weight * norm.ppf(rankdata(areas[f"{name}_shrunk"].to_numpy()) / (areas.height + 1))
        for name, weight in weights.items()
    )
    assert np.abs(total - areas["crime_score"].to_numpy()).max() < 1e-9


@pytest.mark.parametrize("name", sorted(BY_FACTOR_ANALYSIS))
def test_factor_analyses_end_well(results, name):
    analysis = results.quality["factor_analyses"][name]
    assert analysis["converged"]
    assert analysis["findings"] == []
    assert min(analysis["loadings"]) > 0.4
    assert min(analysis["uniquenesses"]) > 0.01


def test_the_income_rate_adds_up_its_six_counts(areas):
    counted = areas.select(pl.sum_horizontal(f"{name}_value" for name in INDICATORS["income"]))
    value = 100 * counted.to_series() / areas["income_denominator"]
    assert (value - areas["income_value"]).abs().max() < 1e-9


def test_the_employment_rate_is_the_mean_of_four_quarters(areas):
    added = areas.select(pl.sum_horizontal(f"{name}_value" for name in INDICATORS["employment"]))
    value = 100 * added.to_series() / 4 / areas["employment_denominator"]
    assert (value - areas["employment_value"]).abs().max() < 1e-9


@pytest.mark.parametrize("name", ["income_children", "income_older_people"])
def test_children_and_older_people_are_a_part_of_the_income_domain(definition, areas, name):
    """Nowhere are more of them deprived than of all, and their ages are part of all ages."""
    assert definition.by_id[name].role == "supplementary"
    assert (areas[f"{name}_numerator"] <= areas["income_numerator"]).all()
    assert (areas[f"{name}_denominator"] < areas["income_denominator"]).all()
    assert spearmanr(areas[f"{name}_score"], areas["planted_economic_growth"]).statistic > 0.85


def test_children_and_older_people_are_not_in_the_index(results):
    assert set(results.weights["child"]).isdisjoint({"income_children", "income_older_people"})


def test_the_two_together_are_no_more_than_all_on_the_benefits_that_they_share(areas):
    both = areas["income_children_numerator"] + areas["income_older_people_numerator"]
    assert (both <= areas["income_numerator"]).all()


def test_homelessness_is_that_of_the_whole_authority(areas):
    """Of one authority all areas have one value, to rounding."""
    of = areas.group_by("ltla23_code").agg(
        (pl.col("homelessness_value").max() / pl.col("homelessness_value").min() - 1).alias("apart")
    )
    assert of["apart"].drop_nans().max() < 1e-9


def test_burglaries_of_the_nation_are_all_there(results, made_up):
    """Every burglary with a place counts once, however many areas share it."""
    crimes = pl.read_parquet(made_up.folder / "police/recorded_crime_2013-14.parquet")
    burglaries = crimes.filter(pl.col("offence_code").is_in(["28", "29", "30", "31"]))
    placed = burglaries.drop_nulls("easting").height
    counted = results.areas["burglary_numerator"].sum()
    assert counted == pytest.approx(placed, rel=0.005)  # some lie off the coast
    assert counted < placed + 1e-6


def test_explain_names_the_numbers_of_every_indicator(results):
    code = results.most_need(1)["area_code"][0]
    found = dict(_explained(explain(results, code)))
    row = results.areas.row(by_predicate=pl.col("area_code") == code, named=True)
    for node in results.definition.nodes:
        if not node.is_indicator or node.written.kind == "count":
            continue
        if node.role == "supplementary":
            continue
        shown = {step.result for step in found[node.id].steps}
        for column in (*node.written.measured_from(), "value", "rank"):
            if f"{node.id}_{column}" in row:
                assert row[f"{node.id}_{column}"] in shown, (node.id, column)


def _explained(node):
    yield node.id, node
    for child in node.children:
        yield from _explained(child)


def test_the_resolved_definition_of_the_results_builds_the_same_index(results, made_up, tmp_path):
    again = hyperlocal.load(results.folder / "definition.yaml")
    rebuilt = hyperlocal.build(again, made_up.folder, tmp_path / "again")
    assert rebuilt.areas.equals(results.areas)
