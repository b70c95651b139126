"""The Wales Community Resilience Index as it is told, and from end to end on a made-up nation."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm, rankdata, spearmanr

import hyperlocal
from hyperlocal.analysis import explain
from hyperlocal.analysis.flags import flag_areas

INDEX, WCRI, WIMD = "wcri_2022", "community_resilience", "wimd_2019"
FLAGS = Path(__file__).parents[2] / "examples" / "flags-wcri-2022.yaml"
pytestmark = pytest.mark.xdist_group("made_up")

DOMAINS = {
    "civic_assets": "safe_streets",
    "connectedness": "clean_energy",
    "engaged_community": "safe_streets",
}
"""The domains, and the dimension of need that is planted in each."""
TRAVEL = tuple(
    f"{service}_travel_time"
    for service in (
        *("food_shop", "gp", "primary_school", "secondary_school", "post_office", "library"),
        *("pharmacy", "sports_facility", "petrol_station"),
    )
)
CHILDREN = {
    "civic_assets": (
        *("community_space", "educational_assets", "sport_and_leisure", "cultural_assets"),
        *("green_assets", "retail_assets", "community_owned_assets"),
    ),
    "connectedness": ("physical_connectivity", "wider_connectivity"),
    "engaged_community": ("civic_activity", "civic_participation"),
    "physical_connectivity": ("physical_connectedness", "jobs_density"),
    "wider_connectivity": ("no_car", "broadband", "social_isolation"),
    "civic_participation": (
        *("cultural_participation", "self_reported_participation", "voter_turnout"),
    ),
    "civic_activity": ("lottery_grants", "third_sector", "grants", "small_businesses", "trustees"),
    "green_assets": ("green_density", "green_area"),
    "jobs_density": ("jobs_in_labour_market", "jobs_near"),
    "broadband": ("download_speed", "upload_speed"),
    "physical_connectedness": (*TRAVEL, "park_distance"),
    "social_isolation": ("living_alone", "prescriptions", "loneliness"),
    "self_reported_participation": ("participation", "social_relationships"),
    "small_businesses": ("sme_lending", "small_units", "generative_businesses"),
}
"""Domains, sub-domains (step 7) and composites (step 5), with what each is made of."""
BY_FACTOR_ANALYSIS = {
    *("civic_assets", "civic_activity", "civic_participation"),
    *("physical_connectedness", "social_isolation", "small_businesses"),
}
KINDS = {
    "density": {
        *(set(CHILDREN["civic_assets"]) - {"green_assets"}),
        *("green_density", "jobs_near"),
    },
    "travel_time": set(TRAVEL),
    "survey_allocation": {
        *("loneliness", "participation", "social_relationships", "cultural_participation"),
    },
    "prescription_index": {"prescriptions"},
    "organisations": {"third_sector"},
    "grants": {"grants"},
    "rate": {
        *("no_car", "living_alone", "voter_turnout", "small_units", "generative_businesses"),
        *("trustees", "jobs_in_labour_market"),
    },
    "mean": {"download_speed", "upload_speed", "lottery_grants", "sme_lending", WIMD},
    "value": {"green_area", "park_distance"},
}
MORE_NEED = {*TRAVEL, "park_distance", "no_car", *CHILDREN["social_isolation"], WIMD}
"""What it is bad to have much of; of everything else much is good."""


@pytest.fixture(scope="module")
def definition() -> hyperlocal.Definition:
    return hyperlocal.load("wcri-2022")


@pytest.fixture(scope="module")
def results(made_up) -> hyperlocal.Results:
    return made_up.build("wcri-2022")


@pytest.fixture(scope="module")
def areas(made_up, results) -> pl.DataFrame:
    return made_up.with_need(results, "msoa11")


def transformed(score: pl.Series) -> np.ndarray:
    """Transform the ranks of a score exponentially; the greatest has 100."""
    share = rankdata(score.to_numpy()) / len(score)
    return -23 * np.log(1 - share * (1 - math.exp(-100 / 23)))


# --- as it is told -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(CHILDREN))
def test_domains_subdomains_and_composites_are_made_of_what_is_told(definition, name):
    assert {child.id for child in definition.by_id[name].children} == set(CHILDREN[name])


def test_each_indicator_is_of_its_kind_and_none_is_missing(definition):
    found: dict[str, set[str]] = {}
    for node in definition.nodes:
        if node.is_indicator:
            found.setdefault(node.written.kind, set()).add(node.id)
    assert found == KINDS


def test_what_a_high_value_means(definition):
    indicators = [node for node in definition.nodes if node.is_indicator]
    assert {n.id for n in indicators if n.settings.high_value == "more_need"} == MORE_NEED
    assert all(n.settings.high_value for n in indicators)


def test_factor_analysis_where_it_can_be_done_and_equal_weights_elsewhere(definition):
    """Step 8 has it for physical connectivity too, of which there are two indicators."""
    schemes = {node.id: node.scheme for node in definition.nodes if node.children}
    found = {name for name, scheme in schemes.items() if hasattr(scheme, "factor_analysis")}
    assert found == BY_FACTOR_ANALYSIS
    for name in found:
        assert schemes[name].factor_analysis.weights_from == "loadings"
        assert schemes[name].factor_analysis.accept == ()
    for name in CHILDREN.keys() - found:
        assert schemes[name] == "equal", name


def test_factor_analysis_of_two_is_refused_with_what_to_do():
    connectedness = "domains.community_resilience.domains.connectedness"
    change = {f"{connectedness}.subdomains.physical_connectivity.weights": "factor_analysis"}
    with pytest.raises(
        hyperlocal.DefinitionError, match=r"at least 3 .* has 2; state 'weights: eq"
    ):
        hyperlocal.load("wcri-2022", change)


def test_what_is_of_whole_authorities_or_labour_markets_is_not_shrunk(definition):
    assert definition.by_id["jobs_in_labour_market"].settings.shrink_to == "none"
    for name in ("no_car", "voter_turnout", "trustees", "community_space", "third_sector"):
        assert definition.by_id[name].settings.shrink_to == "ltla23"


def test_everything_has_titles_in_both_languages_and_says_where_it_comes_from(definition):
    for node in definition.nodes:
        if node.role == "index":
            continue
        assert node.written.title, node.id
        assert node.written.title_cy, node.id
        if node.is_indicator:
            for key in ("description", "source", "publisher", "date", "granularity", "unit"):
                assert getattr(node.written, key), (node.id, key)


# --- on the made-up nation -----------------------------------------------------------------------


@pytest.mark.parametrize("domain", list(DOMAINS))
def test_each_domain_finds_the_planted_need(areas, domain):
    found = spearmanr(areas[f"{domain}_score"], areas[f"planted_{DOMAINS[domain]}"])
    assert found.statistic > 0.85


def test_deprivation_is_the_mean_score_of_the_small_areas_by_their_people(areas, made_up):
    scores = pl.read_csv(made_up.folder / "stats_wales/wimd2019_scores_lsoa11.csv")
    lookup = pl.read_csv(made_up.folder / "geography/LSOA11_MSOA11_WA_LU.csv")
    joined = scores.join(lookup, left_on="LSOA code", right_on="LSOA11CD")
    weighted = (pl.col("WIMD 2019 score") * pl.col("Population")).sum()
    mean = joined.group_by("MSOA11CD").agg(mean=weighted / pl.col("Population").sum())
    found = areas.join(mean, left_on="area_code", right_on="MSOA11CD", how="left")
    assert (found[f"{WIMD}_value"] - found["mean"]).abs().max() < 1e-9


def test_subdomains_and_domains_are_added_up_transformed(areas):
    """Steps 9, 10 and 12, from the scores of what is below."""
    for above in ("connectedness", "engaged_community"):
        total = sum(transformed(areas[f"{name}_score"]) / 2 for name in CHILDREN[above])
        assert np.abs(total - areas[f"{above}_score"].to_numpy()).max() < 1e-9
    total = sum(transformed(areas[f"{name}_score"]) for name in DOMAINS)
    assert np.abs(total - areas[f"{WCRI}_score"].to_numpy()).max() < 1e-9


def test_a_composite_is_standardised_again_before_it_goes_up(areas, results):
    used = results.weights.filter(pl.col("node") == "civic_activity")
    total = np.zeros(areas.height)
    for name, weight in used.select("child", "weight").iter_rows():
        turned = -1 if name != "small_businesses" else 1
        column = "score" if f"{name}_score" in areas.columns else "shrunk"
        column = column if f"{name}_{column}" in areas.columns else "value"
        rank = rankdata(turned * areas[f"{name}_{column}"].to_numpy())
        total += weight * norm.ppf(rank / (areas.height + 1))
    assert np.abs(total - areas["civic_activity_score"].to_numpy()).max() < 1e-9


def test_step_13_adds_up_two_transformed_ranks(areas):
    total = transformed(areas[f"{WCRI}_score"]) + transformed(areas[f"{WIMD}_score"])
    assert np.abs(total - areas[f"{INDEX}_score"].to_numpy()).max() < 1e-9
    rank = rankdata(-total.round(9), method="min")
    assert rank.tolist() == areas[f"{INDEX}_rank"].to_list()


def test_the_top_quarter_of_both_together_is_less_resilient(results, areas):
    report = flag_areas(FLAGS, {"wcri": results})
    flagged = set(report.tables["areas"].filter(pl.col("less_resilient"))["area_code"])
    quarter = areas.filter(pl.col(f"{INDEX}_rank") <= areas.height // 4)
    assert flagged == set(quarter["area_code"])
    assert len(flagged) == areas.height // 4  # 102 of 410


def test_it_takes_both_to_be_less_resilient(areas):
    """The area of most need by both is first, and the last by both is last."""
    both = areas.select(pl.max_horizontal(f"{WCRI}_rank", f"{WIMD}_rank")).to_series()
    assert areas[f"{INDEX}_rank"][int(both.arg_min())] <= 3
    worst = areas.select(pl.min_horizontal(f"{WCRI}_rank", f"{WIMD}_rank")).to_series()
    assert areas[f"{INDEX}_rank"][int(worst.arg_max())] >= areas.height - 3


@pytest.mark.parametrize("name", sorted(BY_FACTOR_ANALYSIS))
def test_factor_analyses_end_well(results, name):
    analysis = results.quality["factor_analyses"][name]
    assert analysis["converged"]
    assert analysis["findings"] == []
    assert min(analysis["loadings"]) > 0.4
    assert min(analysis["uniquenesses"]) > 0.0051  # none at the bound


def test_a_value_of_a_labour_market_is_that_of_all_its_areas(areas):
    assert areas["jobs_in_labour_market_value"].round(9).n_unique() < areas.height / 4


def test_votes_of_wards_are_all_placed(areas, made_up):
    turnout = pl.read_csv(made_up.folder / "elections/council_turnout_ward_2017.csv", skip_lines=2)
    for name, column in (("numerator", "Valid votes"), ("denominator", "Electorate")):
        placed = areas[f"voter_turnout_{name}"].sum()
        assert placed == pytest.approx(turnout[column].sum(), rel=1e-9)


def test_explain_names_the_numbers_of_every_indicator(results):
    code = results.most_need(1)["area_code"][0]
    found = dict(_explained(explain(results, code)))
    row = results.areas.row(by_predicate=pl.col("area_code") == code, named=True)
    for node in results.definition.nodes:
        if not node.is_indicator:
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
