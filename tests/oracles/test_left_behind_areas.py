"""The left-behind areas of Wales, and the population-weighted scores of its MSOAs, as published.

Everything is computed from the published ranks of domains; the published flag and the table of
MSOAs are only compared with.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import rankdata

import hyperlocal
from hyperlocal.analysis.flags.areas import flag_areas
from hyperlocal.analysis.flags.file import load_flags, parse_flags

pytestmark = pytest.mark.oracle

WALES = Path(__file__).parents[2] / "examples" / "flags-wales.yaml"
DOMAINS = (
    "income",
    "employment",
    "health",
    "education",
    "access",
    "housing",
    "crime",
    "environment",
)
OF_SCORES = """\
hyperlocal: 1
id: published
areas: {geography: lsoa11, table: {input: scores}}
inputs:
  scores: {file: published_lsoa.parquet, geography: lsoa11, code: lsoa11_code}
  people:
    file: ../population/population_mid2019_lsoa11.parquet
    geography: lsoa11
    code: lsoa11_code
    extra_areas: drop
populations: {residents: {input: people, column: total_population}}
index: {domains: {imd: {input: scores, column: imd_score, high_value: more_need}}}
"""


@pytest.fixture(scope="module")
def built(published, tmp_path_factory) -> dict[str, hyperlocal.Results]:
    folder = tmp_path_factory.mktemp("wales")
    names = {"assets": ("wcri-2022-domains", "wcri2022"), "wimd": ("wimd-2019-domains", "wimd2019")}
    return {
        name: hyperlocal.build(hyperlocal.load(definition), published / data, folder / name)
        for name, (definition, data) in names.items()
    }


@pytest.fixture(scope="module")
def lookup(published) -> str:
    return f"{published / 'geography/lookup_lsoa11_msoa11.parquet'}:msoa11_code"


@pytest.fixture(scope="module")
def wales(built, lookup) -> pl.DataFrame:
    report = flag_areas(load_flags(WALES), built, lookups={"wimd": [lookup]})
    assert report.notes == ()
    assert report.tables["flags"]["unknown"].sum() == 0
    return report.tables["areas"]


def beside(areas: pl.DataFrame, file: Path) -> pl.DataFrame:
    """The table of areas with a published one beside it, for all 410 MSOAs."""
    there = pl.read_parquet(file).rename({"msoa11_code": "area_code"})
    joined = areas.join(there, on="area_code", validate="1:1")
    assert joined.height == areas.height == there.height == 410
    return joined


def test_the_18_left_behind_areas_are_those_published(wales, published):
    table = beside(wales, published / "wcri2022/published_msoa.parquet")
    assert table["left_behind"].sum() == 18
    assert (table["left_behind"] == table["left_behind_area"]).all()
    assert table.filter("left_behind")["less_resilient"].all()


def test_the_least_resilient_quarter_has_102_areas(wales):
    flagged = wales.filter("less_resilient")
    assert flagged.height == 102
    assert flagged["resilience_rank"].max() == 102
    assert wales.height == 410


def test_the_combined_measure_is_that_of_plain_arithmetic(wales):
    """Step 13 by other means: scipy's ranks and the formula as the report prints it."""

    def transformed(score: pl.Series) -> np.ndarray:
        fraction = rankdata(score.to_numpy()) / len(score)  # from the least deprived, R = 1/N
        return -23 * np.log(1 - fraction * (1 - np.exp(-100 / 23)))

    combined = transformed(wales["assets_score"]) + transformed(wales["wimd_msoa_score"])
    np.testing.assert_allclose(wales["resilience_score"], combined, rtol=0, atol=1e-9)
    top = np.argsort(-combined)[:102]
    assert set(np.flatnonzero(wales["less_resilient"])) == set(top)


def test_population_weighted_scores_are_those_published(wales, published):
    """Computed from ranks: the published scores of LSOAs are up to 8.2e-9 off themselves."""
    table = beside(wales, published / "wimd2019/published_msoa.parquet")
    np.testing.assert_allclose(table["wimd_msoa_score"], table["score"], rtol=0, atol=8.2e-9)


def test_share_of_small_areas_in_decile_1_is_that_published(wales, published):
    table = beside(wales, published / "wimd2019/published_msoa.parquet")
    share = table["wimd_areas_decile_1"] / table["wimd_areas"]
    np.testing.assert_allclose(share, table["proportion"], rtol=0, atol=1e-15)


def test_weighted_scores_of_published_scores_agree_to_the_last_digits(published, lookup, tmp_path):
    definition = tmp_path / "published.yaml"
    definition.write_text(OF_SCORES)
    folder = published / "wimd2019"
    results = hyperlocal.build(hyperlocal.load(definition), folder, tmp_path / "out")
    flags = parse_flags("""\
hyperlocal_flags: 1
geography: msoa11
indices: {scores: {geography: lsoa11}}
measures: {average: {average_score: scores.imd}}
flags: {first: {when: {measure: average, rank_at_most: 1}}}
""")
    report = flag_areas(flags, {"scores": results}, lookups={"scores": [lookup]})
    table = beside(report.tables["areas"], folder / "published_msoa.parquet")
    np.testing.assert_allclose(table["average_score"], table["score"], rtol=0, atol=1e-9)
    assert table["average_rank"].to_list() == table["score"].rank("min", descending=True).to_list()


def test_weighted_scores_of_every_domain_are_those_published(built, published, lookup):
    averages = [f"  by_{name}: {{average_score: wimd.{name}}}" for name in DOMAINS]
    flags = parse_flags(
        "\n".join(
            [
                "hyperlocal_flags: 1",
                "geography: msoa11",
                "indices: {wimd: {geography: lsoa11}}",
                "measures:",
                *averages,
                "flags: {first: {when: {measure: by_income, rank_at_most: 1}}}",
            ]
        )
    )
    report = flag_areas(flags, {"wimd": built["wimd"]}, lookups={"wimd": [lookup]})
    table = beside(report.tables["areas"], published / "wimd2019/published_msoa.parquet")
    for name in DOMAINS:
        ours, theirs = table[f"by_{name}_score"], table[f"{name}_score"]
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=5.5e-9)


def test_areas_of_england_that_are_deprived_in_many_ways(published, tmp_path):
    """Flags over one index alone give what the published deciles give."""
    folder = published / "iod2025"
    results = hyperlocal.build(hyperlocal.load("iod-2025-domains"), folder, tmp_path / "out")
    domains = [child.id for child in results.definition.root.children]
    rules = [f"{{measure: imd.{domain}, most_deprived: 0.1}}" for domain in domains]
    flags = parse_flags(
        "hyperlocal_flags: 1\ngeography: lsoa21\nindices: {imd: {}}\n"
        "flags: {many: {when: {all: [{measure: imd, most_deprived: 0.1}, "
        f"{{at_least: 5, of: [{', '.join(rules)}]}}]}}}}}}"
    )
    areas = flag_areas(flags, {"imd": results}).tables["areas"]
    there = pl.read_parquet(folder / "published_lsoa.parquet")
    tenths = pl.sum_horizontal(pl.col(f"{domain}_decile") == 1 for domain in domains)
    expected = there.filter(pl.col("imd_decile") == 1, tenths >= 5)["lsoa21_code"]
    assert len(expected) == 1282
    assert areas.filter("many")["area_code"].sort().to_list() == expected.sort().to_list()
