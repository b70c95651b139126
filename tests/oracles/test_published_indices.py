"""Every bundled definition gives the figures that its publisher gives.

The published figures are those of ../shared/data (see its README for their sources); the facts
about weights are those of the published technical reports.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import hyperlocal

pytestmark = pytest.mark.oracle


def built(name: str, data: Path, out: Path) -> tuple[hyperlocal.Results, str]:
    definition = hyperlocal.load(name)
    return hyperlocal.build(definition, data, out), definition.id


def beside(results: hyperlocal.Results, published: Path, code: str) -> pl.DataFrame:
    """The built table with the published columns beside it, prefixed, for every area."""
    table = pl.read_parquet(published).rename({code: "area_code"})
    table = table.rename({c: f"published_{c}" for c in table.columns if c != "area_code"})
    joined = results.areas.join(table, on="area_code", how="inner", validate="1:1")
    assert joined.height == results.areas.height == table.height
    return joined


def difference(table: pl.DataFrame, ours: str, theirs: str) -> np.ndarray:
    return (table[ours] - table[f"published_{theirs}"]).to_numpy()


def equal(table: pl.DataFrame, ours: str, theirs: str) -> int:
    return int((table[ours] == table[f"published_{theirs}"]).sum())


def test_wimd_2019(published, tmp_path):
    results, overall = built("wimd-2019-domains", published / "wimd2019", tmp_path / "out")
    table = beside(results, published / "wimd2019/published_lsoa.parquet", "lsoa11_code")
    assert equal(table, f"{overall}_rank", "imd_rank") == 1909
    assert equal(table, f"{overall}_decile", "imd_decile") == 1909
    assert abs(difference(table, f"{overall}_score", "imd_score")).max() < 1e-8
    for domain in results.definition.root.children:
        assert abs(difference(table, f"{domain.id}_score", f"{domain.id}_score")).max() < 1e-8
        assert equal(table, f"{domain.id}_rank", f"{domain.id}_rank") == 1909
        assert equal(table, f"{domain.id}_decile", f"{domain.id}_decile") == 1909


def test_iod_2025_from_domains(published, tmp_path):
    results, overall = built("iod-2025-domains", published / "iod2025", tmp_path / "out")
    table = beside(results, published / "iod2025/published_lsoa.parquet", "lsoa21_code")
    assert equal(table, f"{overall}_rank", "imd_rank") == 33755
    assert equal(table, f"{overall}_decile", "imd_decile") == 33755
    rounding = 0.0005 + 1e-9
    assert abs(difference(table, f"{overall}_score", "imd_score")).max() < rounding
    for domain in results.definition.root.children:
        assert equal(table, f"{domain.id}_rank", f"{domain.id}_rank") == 33755
        assert equal(table, f"{domain.id}_decile", f"{domain.id}_decile") == 33755


def test_iod_2025_with_the_lowest_rank_of_ties_is_not_the_published_index(published, tmp_path):
    definition = hyperlocal.load("iod-2025-domains", {"conventions.ties": "minimum"})
    results = hyperlocal.build(definition, published / "iod2025", tmp_path / "out")
    table = beside(results, published / "iod2025/published_lsoa.parquet", "lsoa21_code")
    assert equal(table, "iod_2025_domains_rank", "imd_rank") == 33753


def test_iod_2025_with_rescaled_weights_is_not_the_published_index(published, tmp_path):
    definition = hyperlocal.load("iod-2025-domains", {"weights": "rescaled"})
    results = hyperlocal.build(definition, published / "iod2025", tmp_path / "out")
    table = beside(results, published / "iod2025/published_lsoa.parquet", "lsoa21_code")
    largest = abs(difference(table, "iod_2025_domains_score", "imd_score")).max()
    assert largest == pytest.approx(0.094, abs=0.001)


def test_iod_2025_from_subdomains(published, tmp_path):
    results, overall = built("iod-2025-subdomains", published / "iod2025", tmp_path / "out")
    table = beside(results, published / "iod2025/published_lsoa.parquet", "lsoa21_code")
    for domain in ("education", "housing_and_services", "environment"):
        assert abs(difference(table, f"{domain}_score", f"{domain}_score")).max() < 0.0005 + 1e-9
        assert equal(table, f"{domain}_rank", f"{domain}_rank") == 33755
    assert equal(table, f"{overall}_rank", "imd_rank") == 33755
    by_subdomain = beside(
        results, published / "iod2025/published_subdomains.parquet", "lsoa21_code"
    )
    for name in ("children_and_young_people", "wider_barriers", "indoors"):
        assert equal(by_subdomain, f"{name}_rank", f"{name}_rank") == 33755
        assert equal(by_subdomain, f"{name}_decile", f"{name}_decile") == 33755


def test_iod_2025_health(published, tmp_path):
    results, overall = built("iod-2025-health", published / "iod2025", tmp_path / "out")
    weights = dict(zip(results.weights["child"], results.weights["weight"], strict=True))
    assert weights == pytest.approx(
        {
            "years_of_potential_life_lost": 0.2400,
            "illness_and_disability": 0.2936,
            "acute_morbidity": 0.2220,
            "mental_health": 0.2444,
        },
        abs=0.0002,
    )
    table = beside(results, published / "iod2025/published_lsoa.parquet", "lsoa21_code")
    off = difference(table, f"{overall}_score", "health_score")
    assert abs(off).max() < 0.004
    assert np.sqrt(np.mean(off**2)) < 0.00035


def test_iod_2025_crime(published, tmp_path):
    results, overall = built("iod-2025-crime", published / "iod2025", tmp_path / "out")
    assert results.weights.height == 8
    assert results.weights["how"].unique().to_list() == ["factor_analysis"]
    assert results.weights["weight"].sum() == pytest.approx(1)
    table = beside(results, published / "iod2025/published_lsoa.parquet", "lsoa21_code")
    off = difference(table, f"{overall}_score", "crime_score")
    assert np.sqrt(np.mean(off**2)) < 0.0045


def test_wcri_2022(published, tmp_path):
    results, overall = built("wcri-2022-domains", published / "wcri2022", tmp_path / "out")
    table = beside(results, published / "wcri2022/published_msoa.parquet", "msoa11_code")
    assert equal(table, f"{overall}_rank", "community_needs_index_rank") == 410
    ours = table[f"{overall}_score"].to_numpy()
    theirs = table["published_community_needs_index_score"].to_numpy()
    assert ours.dtype == np.float32
    assert abs(ours - theirs).max() < 1e-11  # stored in single precision: equal to the last bit


def test_wcri_2022_in_double_precision_agrees_to_four_decimals(published, tmp_path):
    definition = hyperlocal.load("wcri-2022-domains", {"conventions.arithmetic": "double"})
    results = hyperlocal.build(definition, published / "wcri2022", tmp_path / "out")
    table = beside(results, published / "wcri2022/published_msoa.parquet", "msoa11_code")
    assert equal(table, "wcri_2022_domains_rank", "community_needs_index_rank") == 410
    off = difference(table, "wcri_2022_domains_score", "community_needs_index_score")
    assert 1e-6 < abs(off).max() < 0.0001


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        # Welsh Index of Multiple Deprivation 2019, technical report, table of domain weights
        (
            "wimd-2019-domains",
            {
                "income": 0.22,
                "employment": 0.22,
                "health": 0.15,
                "education": 0.14,
                "access": 0.10,
                "housing": 0.07,
                "crime": 0.05,
                "environment": 0.05,
            },
        ),
        # Kirklees Council's briefing on the Index of Deprivation 2015, weighting of indicators
        (
            "iod-2015-domains",
            {
                "income": 0.225,
                "employment": 0.225,
                "health": 0.135,
                "education": 0.135,
                "housing_and_services": 0.093,
                "crime": 0.093,
                "environment": 0.093,
            },
        ),
    ],
)
def test_weights_are_those_of_the_report(name, weights):
    children = hyperlocal.load(name).root.children
    assert {child.id: child.written.weight for child in children} == weights


FILE_7_DOMAINS = {
    "Income": "income",
    "Employment": "employment",
    "Education, Skills and Training": "education",
    "Health Deprivation and Disability": "health",
    "Crime": "crime",
    "Barriers to Housing and Services": "housing_and_services",
    "Living Environment": "environment",
}
FILE_7_SUBDOMAINS = {
    "Children and Young People Sub-domain": "children_and_young_people",
    "Adult Skills Sub-domain": "adult_skills",
    "Geographical Barriers Sub-domain": "geographical_barriers",
    "Wider Barriers Sub-domain": "wider_barriers",
    "Indoors Sub-domain": "indoors",
    "Outdoors Sub-domain": "outdoors",
}
FILE_7_POPULATIONS = (
    "Total population: mid 2022",
    "Dependent Children aged 0-15: mid 2022",
    "Older population aged 60 and over: mid 2022",
    "Working age population 18-66 (for use with Employment Deprivation Domain): mid 2022",
)


def three_columns(measure: str, column: str | None) -> list[pl.Expr]:
    """Score, rank and decile of a measure under the publisher's headings."""
    rate = measure in ("Income", "Employment") or "Index (IDA" in measure
    decile = f"{measure} Decile (where 1 is most deprived 10% of LSOAs)"
    if measure == "Children and Young People Sub-domain":  # cut off in the publisher's file
        decile = decile.removesuffix("As)")
    headings = {
        "score": f"{measure} Score (rate)" if rate else f"{measure} Score",
        "rank": f"{measure} Rank (where 1 is most deprived)",
        "decile": decile,
    }
    return [
        (pl.col(f"{column}_{what}") if column else pl.lit(None, pl.Int32)).alias(heading)
        for what, heading in headings.items()
    ]


@pytest.fixture(scope="module")
def file_7(published, tmp_path_factory) -> Path:
    """A folder with the publisher's File 7: its headings, in its order, as UTF-8."""
    table = pl.read_parquet(published / "iod2025/published_lsoa.parquet")
    for more in ("iod2025/published_subdomains", "geography/lookup_lsoa21_ward24_ltla24"):
        right = pl.read_parquet(published / f"{more}.parquet")
        table = table.join(right, on="lsoa21_code", how="left", validate="1:1")
    columns = [
        pl.col("lsoa21_code").alias("LSOA code (2021)"),
        pl.col("lsoa21_name").alias("LSOA name (2021)"),
        pl.col("ltla24_code").alias("Local Authority District code (2024)"),
        pl.col("ltla24_name").alias("Local Authority District name (2024)"),
        *three_columns("Index of Multiple Deprivation (IMD)", "imd"),
    ]
    for measure, column in FILE_7_DOMAINS.items():
        columns += three_columns(measure, column)
    for who in ("Children Index (IDACI)", "Older People Index (IDAOPI)"):
        columns += three_columns(f"Income Deprivation Affecting {who}", None)
    for measure, column in FILE_7_SUBDOMAINS.items():
        columns += three_columns(measure, column)
    columns += [pl.lit(None, pl.Int32).alias(heading) for heading in FILE_7_POPULATIONS]
    folder = tmp_path_factory.mktemp("file_7")
    name = "File_7_IoD2025_All_Ranks_Scores_Deciles_Population_Denominators.csv"
    table.select(columns).write_csv(folder / name, include_bom=True)
    head, first, *_ = (folder / name).read_text(encoding="utf-8-sig").splitlines()
    assert head.startswith("LSOA code (2021),LSOA name (2021),Local Authority District code (2024)")
    assert first.startswith(
        "E01000001,City of London 001A,E09000001,City of London,8.742,26525,8,0.013,33730,10,"
    )
    return folder


@pytest.mark.parametrize("name", ["iod-2025-domains", "iod-2025-subdomains"])
def test_iod_2025_from_the_publishers_own_file(published, file_7, tmp_path, name):
    results, index = built(name, file_7, tmp_path / "out")
    table = beside(results, published / "iod2025/published_lsoa.parquet", "lsoa21_code")
    assert equal(table, f"{index}_rank", "imd_rank") == 33755
    file = results.provenance["inputs"]["domains"]["file"]
    assert Path(file).name == next(file_7.iterdir()).name
    assert results.areas["area_name"][0] == "City of London 001A"


def test_iod_2015_from_a_file_of_the_publishers_form(tmp_path):
    """The ranks of 2015 are not to hand: made-up ones, weighted by hand."""
    random = np.random.default_rng(2015)
    codes = [f"E0101{number:04d}" for number in range(500)]
    ranks = {measure: random.permutation(500) + 1 for measure in FILE_7_DOMAINS}
    columns = {f"{name} Rank (where 1 is most deprived)": rank for name, rank in ranks.items()}
    file = hyperlocal.load("iod-2015-domains").inputs["domains"].accepted_forms()[1].file
    (tmp_path / "data").mkdir()
    pl.DataFrame({"LSOA code (2011)": codes, **columns}).write_csv(tmp_path / "data" / file)
    results, index = built("iod-2015-domains", tmp_path / "data", tmp_path / "out")
    weights = dict(zip(ranks, (0.225, 0.225, 0.135, 0.135, 0.093, 0.093, 0.093), strict=True))
    expected = sum(
        weights[name] * -23 * np.log(1 - (501 - rank) / 500 * (1 - np.exp(-100 / 23)))
        for name, rank in ranks.items()
    )
    np.testing.assert_allclose(results.areas[f"{index}_score"], expected, rtol=1e-12)


def test_twenty_areas_of_most_need_through_a_definition(tmp_path):
    """Hyper-local Need, technical paper: the table of the 20 areas with the highest scores.

    33,755 areas of which one is left out and counted in N; the overall score is published as the
    exponentially transformed rank.
    """
    published_scores = [99.95, 99.90, 99.84, 99.79, 99.74, 99.69, 99.64, 99.59, 99.54, 99.49]
    published_scores += [99.44, 99.38, 99.33, 99.28, 99.23, 99.18, 99.13, 99.08, 99.03, 98.98]
    codes = [f"E01{number:06d}" for number in range(33755)]
    need = np.random.default_rng(0).permutation(33755)
    pl.DataFrame({"code": codes, "need": need}).write_parquet(tmp_path / "need.parquet")
    (tmp_path / "index.yaml").write_text(f"""
hyperlocal: 1
id: top
areas:
  geography: lsoa21
  table: {{input: need}}
  exclude: [{{code: {codes[7]}, reason: no education data, counts_in_n: true}}]
inputs: {{need: {{file: need.parquet, geography: lsoa21, code: code}}}}
defaults: {{input: need, high_value: more_need}}
index:
  published_score: transformed_rank
  indicators: {{need: {{column: need}}}}
""")
    definition = hyperlocal.load(tmp_path / "index.yaml")
    results = hyperlocal.build(definition, tmp_path, tmp_path / "out")
    top = results.most_need(20)
    assert results.provenance["n"] == 33755
    assert results.areas.height == 33754
    assert top["score"].round(2).to_list() == published_scores
