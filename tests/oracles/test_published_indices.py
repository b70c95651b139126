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


FILE_7_MEASURES = {
    "Income": "income",
    "Employment": "employment",
    "Education, Skills and Training": "education",
    "Health Deprivation and Disability": "health",
    "Crime": "crime",
    "Barriers to Housing and Services": "housing_and_services",
    "Living Environment": "environment",
}


def test_iod_2025_from_the_publishers_own_file(published, tmp_path):
    """The publisher's File 7: its headings, two columns of names, scores and deciles between."""
    table = pl.read_parquet(published / "iod2025/published_lsoa.parquet")
    lookup = pl.read_parquet(published / "geography/lookup_lsoa21_ward24_ltla24.parquet")
    table = table.join(lookup, on="lsoa21_code", how="left", validate="1:1")
    columns = [
        pl.col("lsoa21_code").alias("LSOA code (2021)"),
        pl.col("lsoa21_name").alias("LSOA name (2021)"),
        pl.col("ltla24_code").alias("Local Authority District code (2024)"),
        pl.col("ltla24_name").alias("Local Authority District name (2024)"),
    ]
    overall = {"Index of Multiple Deprivation (IMD)": "imd"}
    for measure, column in (overall | FILE_7_MEASURES).items():
        score = "Score (rate)" if measure in ("Income", "Employment") else "Score"
        columns += [
            pl.col(f"{column}_score").alias(f"{measure} {score}"),
            pl.col(f"{column}_rank").alias(f"{measure} Rank (where 1 is most deprived)"),
            pl.col(f"{column}_decile").alias(
                f"{measure} Decile (where 1 is most deprived 10% of LSOAs)"
            ),
        ]
    name = "File_7_IoD2025_All_Ranks_Scores_Deciles_Population_Denominators.csv"
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / name
    table.select(columns).write_csv(file, include_bom=True)
    first_rows = file.read_text(encoding="utf-8-sig").splitlines()[:2]
    assert first_rows[0].startswith("LSOA code (2021),LSOA name (2021),Local Authority District")
    assert first_rows[1].startswith(
        "E01000001,City of London 001A,E09000001,City of London,8.742,26525,8,0.013,33730,10,"
    )

    results, index = built("iod-2025-domains", tmp_path / "data", tmp_path / "out")
    built_table = beside(results, published / "iod2025/published_lsoa.parquet", "lsoa21_code")
    assert equal(built_table, f"{index}_rank", "imd_rank") == 33755
    assert results.provenance["inputs"]["domains"]["file"].endswith(name)
    assert results.areas["area_name"][0] == "City of London 001A"
