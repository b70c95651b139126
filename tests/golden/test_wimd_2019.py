"""The Welsh index of 2019 against its technical report, and from end to end on a made-up nation."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm, rankdata, spearmanr

import hyperlocal
from hyperlocal.analysis import explain

INDEX = "wimd_2019"
pytestmark = pytest.mark.xdist_group("made_up")

DOMAINS = {
    "income": (0.22, "economic_growth"),
    "employment": (0.22, "economic_growth"),
    "health": (0.15, "health"),
    "education": (0.14, "opportunity"),
    "access": (0.10, "clean_energy"),
    "housing": (0.07, "clean_energy"),
    "community_safety": (0.05, "safe_streets"),
    "physical_environment": (0.05, "clean_energy"),
}
"""The weight of each domain in the report, and the dimension of need that is planted in it."""
SUBDOMAINS = {
    "access": {"physical_access": 0.9, "digital_access": 0.1},
    "physical_environment": {"air_quality": 0.4, "flood_risk": 0.4, "green_space": 0.2},
}
MORE, LESS = "more_need", "less_need"

# Where it stands, indicator, kind, what a high value means, data sets: the chapters of the report,
# which counts travel times by public and by private transport and the three pollutants one by one.
INDICATORS = [
    ("income", "income_deprivation", "rate", MORE, 1),
    ("employment", "employment_deprivation", "rate", MORE, 1),
    ("health", "chronic_conditions", "standardised", MORE, 1),
    ("health", "limiting_long_term_illness", "standardised", MORE, 1),
    ("health", "premature_deaths", "standardised", MORE, 1),
    ("health", "mental_health_conditions", "standardised", MORE, 1),
    ("health", "cancer_incidence", "standardised", MORE, 1),
    ("health", "low_birth_weight", "rate", MORE, 1),
    ("health", "obese_children", "rate", MORE, 1),
    ("education", "foundation_phase", "points_score", LESS, 1),
    ("education", "key_stage_2", "points_score", LESS, 1),
    ("education", "key_stage_4", "points_score", LESS, 1),
    ("education", "repeat_absenteeism", "rate", MORE, 1),
    ("education", "higher_education", "rate", LESS, 1),
    ("education", "adults_no_qualifications", "rate", MORE, 1),
    ("physical_access", "pharmacy_travel_time", "travel_time", MORE, 2),
    ("physical_access", "food_shop_travel_time", "travel_time", MORE, 2),
    ("physical_access", "gp_travel_time", "travel_time", MORE, 2),
    ("physical_access", "post_office_travel_time", "travel_time", MORE, 2),
    ("physical_access", "primary_school_travel_time", "travel_time", MORE, 2),
    ("physical_access", "library_travel_time", "travel_time", MORE, 2),
    ("physical_access", "sports_facility_travel_time", "travel_time", MORE, 2),
    ("physical_access", "secondary_school_travel_time", "travel_time", MORE, 2),
    ("physical_access", "petrol_station_travel_time", "travel_time", MORE, 1),
    ("digital_access", "no_superfast_broadband", "rate", MORE, 1),
    ("housing", "overcrowding", "rate", MORE, 1),
    ("housing", "poor_quality_housing", "modelled_condition", MORE, 1),
    ("community_safety", "criminal_damage", "event_share", MORE, 1),
    ("community_safety", "violent_crime", "event_share", MORE, 1),
    ("community_safety", "anti_social_behaviour", "event_share", MORE, 1),
    ("community_safety", "burglary", "event_share", MORE, 1),
    ("community_safety", "theft", "event_share", MORE, 1),
    ("community_safety", "fires", "rate", MORE, 1),
    ("air_quality", "air_pollution", "air_quality", MORE, 3),
    ("flood_risk", "households_at_flood_risk", "flood_risk", MORE, 1),
    ("green_space", "green_space_proximity", "proximity", LESS, 1),
    ("green_space", "ambient_green_space", "average", LESS, 1),
]
BY_FACTOR_ANALYSIS = ("health", "education", "physical_access", "community_safety")
BY_STATED_WEIGHTS = {"green_space": {"green_space_proximity": 0.6, "ambient_green_space": 0.4}}
CAP = 0.16


@pytest.fixture(scope="module")
def definition() -> hyperlocal.Definition:
    return hyperlocal.load("wimd-2019")


@pytest.fixture(scope="module")
def results(made_up) -> hyperlocal.Results:
    return made_up.build("wimd-2019")


@pytest.fixture(scope="module")
def areas(made_up, results) -> pl.DataFrame:
    return made_up.with_need(results, "lsoa11")


@pytest.fixture(scope="module")
def weights(results) -> dict[str, dict[str, float]]:
    table = results.weights
    return {
        str(name): dict(zip(of["child"], of["weight"], strict=True))
        for (name,), of in table.group_by("node")
    }


# --- as the report says --------------------------------------------------------------------------


def test_it_holds_the_47_data_sets_of_the_report():
    assert sum(sets for *_, sets in INDICATORS) == 47


def test_no_other_indicator_enters(definition):
    ids = {
        node.id for node in definition.nodes if node.is_indicator and node.written.kind != "count"
    }
    assert ids == {name for _, name, *_ in INDICATORS}


@pytest.mark.parametrize(("above", "name", "kind", "high", "sets"), INDICATORS)
def test_an_indicator_stands_and_is_made_as_in_the_report(
    definition, above, name, kind, high, sets
):
    node = definition.by_id[name]
    assert node.path[-3] == above
    assert node.written.kind == kind
    assert node.settings.high_value == high
    assert node.settings.standardise == "normal_scores"
    assert node.settings.shrink_to == "none"
    for key in ("title", "title_cy", "description", "source", "publisher", "date", "granularity"):
        assert getattr(node.written, key), key
    assert node.written.unit
    assert node.written.caveats


@pytest.mark.parametrize("name", list(DOMAINS))
def test_every_group_has_titles_in_both_languages(definition, name):
    groups = [definition.by_id[child] for child in (name, *SUBDOMAINS.get(name, ()))]
    assert all(node.written.title and node.written.title_cy for node in groups)


def test_the_weights_of_the_report(definition):
    domains = {node.id: node.written.weight for node in definition.root.children}
    assert domains == {name: weight for name, (weight, _) in DOMAINS.items()}
    assert math.fsum(domains.values()) == pytest.approx(1, abs=1e-15)
    for above, expected in (SUBDOMAINS | BY_STATED_WEIGHTS).items():
        found = {node.id: node.written.weight for node in definition.by_id[above].children}
        assert found == expected
    assert definition.by_id["housing"].scheme == "equal"


def test_factor_analysis_where_the_report_uses_it(definition):
    schemes = {node.id: node.scheme for node in definition.nodes if node.children}
    found = {name for name, scheme in schemes.items() if hasattr(scheme, "factor_analysis")}
    assert found == set(BY_FACTOR_ANALYSIS)
    for name in found:
        analysis = schemes[name].factor_analysis
        assert analysis.weights_from == "regression_scores"
        assert analysis.accept == ()
        assert schemes[name].caps == (
            {"adults_no_qualifications": CAP} if name == "education" else {}
        )


def test_domains_and_subdomains_are_transformed_exponentially(definition):
    for node in definition.nodes:
        above = node.role in ("domains", "subdomains")
        assert (node.settings.transform == "exponential") == above or node.role == "index", node.id


def test_the_bands_of_flood_risk_weigh_24_4_and_1(definition):
    weights = definition.by_id["households_at_flood_risk"].written.band_weights
    assert sorted(weights.values()) == [1, 4, 24]


# --- on the made-up nation -----------------------------------------------------------------------


@pytest.mark.parametrize("name", list(DOMAINS))
def test_each_domain_finds_the_planted_need(areas, name):
    planted = areas[f"planted_{DOMAINS[name][1]}"]
    assert spearmanr(areas[f"{name}_score"], planted).statistic > 0.85


def test_the_index_finds_the_planted_need(areas):
    planted = sum(
        weight * _transformed(areas[f"planted_{dimension}"].to_numpy())
        for weight, dimension in DOMAINS.values()
    )
    assert spearmanr(areas[f"{INDEX}_score"], planted).statistic > 0.9


def _transformed(need: np.ndarray) -> np.ndarray:
    share = rankdata(need) / len(need)
    return -23 * np.log(1 - share * (1 - np.exp(-100 / 23)))


def test_the_score_is_the_weighted_sum_of_the_transformed_domains(areas):
    """Computed again from the domains' combined scores, with the formulas of annex A."""
    total = np.zeros(areas.height)
    for name, (weight, _) in DOMAINS.items():
        combined = areas[f"{name}_combined"].to_numpy()
        total += weight * _transformed_lowest(combined)
    assert np.abs(total - areas[f"{INDEX}_score"].to_numpy()).max() < 1e-9


def _transformed_lowest(combined: np.ndarray) -> np.ndarray:
    n = len(combined)
    rank = rankdata(-combined, method="min")
    return -23 * np.log(1 - (n - rank + 1) / n * (1 - np.exp(-100 / 23)))


def test_a_domain_of_factor_weights_is_their_sum_over_normal_scores(areas, weights):
    """Community safety from its values, with the normal scores and the weights written out."""
    n = areas.height
    total = np.zeros(n)
    for name, weight in weights["community_safety"].items():
        rank = rankdata(areas[f"{name}_value"].to_numpy())  # tied areas share the average
        total += weight * norm.ppf(rank / (n + 1))
    assert np.abs(total - areas["community_safety_combined"].to_numpy()).max() < 1e-9


@pytest.mark.parametrize("name", BY_FACTOR_ANALYSIS)
def test_estimated_weights_are_positive_and_add_up(weights, name):
    found = weights[name]
    assert set(found) == {indicator for above, indicator, *_ in INDICATORS if above == name}
    assert math.fsum(found.values()) == pytest.approx(1, abs=1e-12)
    assert min(found.values()) > 0


def test_the_cap_of_adults_without_qualifications_holds(results, weights):
    assert weights["education"]["adults_no_qualifications"] <= CAP + 1e-15
    of = results.weights.filter(pl.col("node") == "education")
    estimated = dict(zip(of["child"], of["estimated"], strict=True))
    kept = min(estimated["adults_no_qualifications"], CAP)
    assert weights["education"]["adults_no_qualifications"] == pytest.approx(kept, abs=1e-12)


def test_explain_names_the_numbers_of_every_indicator(results):
    code = results.most_need(1)["area_code"][0]
    found = dict(_explained(explain(results, code)))
    row = results.areas.row(by_predicate=pl.col("area_code") == code, named=True)
    for _, name, *_ in INDICATORS:
        shown = {step.result for step in found[name].steps}
        behind = results.definition.by_id[name].written.measured_from()
        for column in (*behind, "value", "rank"):
            assert row[f"{name}_{column}"] in shown, (name, column)


def _explained(node):
    yield node.id, node
    for child in node.children:
        yield from _explained(child)


def test_the_resolved_definition_of_the_results_builds_the_same_index(results, made_up, tmp_path):
    again = hyperlocal.load(results.folder / "definition.yaml")
    assert again.by_id.keys() == results.definition.by_id.keys()
    rebuilt = hyperlocal.build(again, made_up.folder, tmp_path / "again")
    assert rebuilt.areas.equals(results.areas)
    assert rebuilt.weights.equals(results.weights)


def test_prisoners_are_taken_off_the_denominators(results, made_up):
    """Prisoners by area from the nation itself, not from its files."""
    codes, held = made_up.nation.total(made_up.nation.prisoners, "lsoa11")
    held = pl.DataFrame({"area_code": codes, "held": held})
    areas = results.areas.join(held, on="area_code", how="left", validate="1:1")
    assert areas["held"].sum() > 100
    for name in ("income_deprivation", "employment_deprivation", "theft", "fires"):
        assert areas[f"{name}_denominator_less"].to_list() == areas["held"].to_list()
        value = 100 * areas[f"{name}_numerator"] / (areas[f"{name}_denominator"] - areas["held"])
        per_year = value / (2 if name in ("theft", "fires") else 1)
        assert (per_year - areas[f"{name}_value"]).abs().max() < 1e-9


def test_prevalence_is_scaled_up_along_the_border_only(results):
    """Areas with more than 100 residents registered elsewhere, as in annex E."""
    areas = results.areas
    for name in ("chronic_conditions", "mental_health_conditions"):
        scaled = areas.filter(pl.col(f"{name}_scaled_by") != 1)
        assert 0 < scaled.height < 0.1 * areas.height
        assert scaled[f"{name}_scaled_by"].min() > 1


def test_standardised_rates_give_the_national_rate_of_all_areas_together(results):
    """Observed and expected add up to the same, and their ratio, nationally, is 1."""
    areas = results.areas
    for above, name, kind, *_ in INDICATORS:
        if kind == "standardised":
            observed, expected = areas[f"{name}_observed"].sum(), areas[f"{name}_expected"].sum()
            assert observed == pytest.approx(expected, rel=1e-9), (above, name)
