"""District summaries of England 2025 and Wales 2019 against the published (or derived) tables.

Sources: English Indices of Deprivation 2025, File 10 (local authority summaries, version 2,
November 2025); the MSOA and district tables that an open package derived from WIMD 2019. What they
must reproduce, and with what tolerance, is in the README of the published data.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import hyperlocal
from hyperlocal.analysis import districts, groups_for, populations

pytestmark = pytest.mark.oracle

ENGLAND = {
    "iod_2025_domains": "imd",
    "income": "income",
    "employment": "employment",
    "education": "education_skills_and_training",
    "health": "health_deprivation_and_disability",
    "crime": "crime",
    "housing_and_services": "barriers_to_housing_and_services",
    "environment": "living_environment",
}
PROPORTION = "proportion_of_lso_as_in_most_deprived_10_percent_nationally"
WALES = ("imd", "income", "employment", "health", "education", "housing", "access")
WALES = (*WALES, "environment", "crime")
OF_SCORES = """\
hyperlocal: 1
id: scores
title: The published scores of WIMD 2019
areas: {geography: lsoa11, table: {input: scores}}
conventions: {deciles: floor(10*(rank-1)/N)+1, percentiles: near_equal}
defaults: {input: scores, high_value: more_need}
inputs:
  scores: {file: wimd2019/published_lsoa.parquet, geography: lsoa11, code: lsoa11_code}
  population:
    file: population/population_mid2019_lsoa11.parquet
    geography: lsoa11
    code: lsoa11_code
    extra_areas: drop
populations: {residents: {input: population, column: total_population}}
index:
  domains:
"""


@pytest.fixture(scope="module")
def england(published, tmp_path_factory):
    """The English index of 2025, the districts of MHCLG, and their summaries."""
    out = tmp_path_factory.mktemp("england") / "results"
    results = hyperlocal.build("iod-2025-domains", published / "iod2025", out)
    geography = published / "geography"
    groups = groups_for(
        results,
        [
            f"{geography}/lookup_lsoa11_lsoa21_ltla22.parquet:ltla22_code",
            f"{geography}/lookup_ltla22_ltla23.parquet:ltla23_code",
        ],
    )
    indicators = published / "iod2025" / "indicators.parquet"
    counts = {name: f"{indicators}:{name}_domain_numerator" for name in ("income", "employment")}
    return districts(results, groups, populations(results), counts=counts)


@pytest.fixture(scope="module")
def published_england(published):
    return pl.read_parquet(published / "iod2025" / "published_districts.parquet").sort(
        "ltla24_code"
    )


def of(report, measure: str) -> pl.DataFrame:
    return report.tables["districts"].filter(pl.col("measure") == measure).sort("group_code")


@pytest.mark.parametrize("measure", ENGLAND)
def test_proportion_of_england_and_its_rank_exactly(england, published_england, measure):
    ours, name = of(england, measure), ENGLAND[measure]
    assert ours["group_code"].equals(published_england["ltla24_code"], check_names=False)
    ours_rounded = ours["proportion"].to_numpy().round(4)
    theirs = published_england[f"{name}_{PROPORTION}"].to_numpy()
    np.testing.assert_array_equal(ours_rounded, theirs)
    rank = published_england[f"{name}_rank_of_{PROPORTION}"]
    assert ours["proportion_rank"].to_list() == rank.to_list()


@pytest.mark.parametrize(
    ("summary", "column", "mean", "most"),
    [
        ("average_score", "imd_average_score", 0.0415, 0.345),
        ("average_rank", "imd_average_rank", 28.5, 371.5),
        ("extent", "imd25_extent", 0.00095, 0.0075),
        ("local_concentration", "imd25_local_concentration", 22.5, 169.5),
    ],
)
def test_summaries_of_england_by_census_population(
    england, published_england, summary, column, mean, most
):
    """The publisher weighs by mid-2022 populations, and here the census of 2021 does.

    The differences that this makes are stated with the data, and rounded there.
    """
    ours = of(england, "iod_2025_domains")[summary].to_numpy()
    difference = np.abs(ours - published_england[column].to_numpy())
    assert difference.mean() <= mean
    assert difference.max() <= most
    if summary.startswith("average"):
        blackpool = of(england, "iod_2025_domains").filter(pl.col("group_name") == "Blackpool")
        assert blackpool[f"{summary}_rank"].to_list() == [1]


@pytest.mark.parametrize("name", ["income", "employment"])
def test_scales_of_england_within_rounding(england, published_england, name):
    """Counts of areas are rounded to 5, and those under 10 are suppressed."""
    ours = england.tables["scales"].filter(pl.col("scale") == name).sort("group_code")
    theirs = published_england[f"{name}_scale"].to_numpy()
    areas = of(england, name)["areas"].to_numpy()
    # roundings to 5 are spread evenly from -2.5 to 2.5: 1.44 each, four times that for them all
    allowed = 4 * 1.44 * np.sqrt(areas) + 10 * ours["areas_missing"].to_numpy() + 2.5
    assert (np.abs(ours["count"].to_numpy() - theirs) <= allowed).all()
    assert abs(ours["count"].sum() / theirs.sum() - 1) < 0.001  # rounding all but cancels out


@pytest.fixture(scope="module")
def wales(published, tmp_path_factory):
    """An index that only ranks the scores which were published for Wales."""
    folder = tmp_path_factory.mktemp("wales")
    text = OF_SCORES + "".join(f"    {one}: {{column: {one}_score}}\n" for one in WALES)
    (folder / "scores.yaml").write_text(text)
    return hyperlocal.build(folder / "scores.yaml", published, folder / "results")


def differences(results, groups, table: pl.DataFrame, code: str) -> dict[tuple[str, str], float]:
    report = districts(results, groups, populations(results))
    theirs = table.sort(code)
    found = {}
    for one in WALES:
        ours = of(report, one)
        assert ours["group_code"].to_list() == theirs[code].to_list()
        prefix = "" if one == "imd" else f"{one}_"
        for summary, column in (
            ("average_score", "score"),
            ("proportion", "proportion"),
            ("extent", "extent"),
        ):
            difference = ours[summary].to_numpy() - theirs[prefix + column].to_numpy()
            found[one, summary] = float(np.abs(difference).max())
    return found


def test_derived_msoa_table_of_wales(wales, published):
    groups = groups_for(wales, [f"{published}/geography/lookup_lsoa11_msoa11.parquet:msoa11_code"])
    table = pl.read_parquet(published / "wimd2019" / "published_msoa.parquet")
    assert max(differences(wales, groups, table, "msoa11_code").values()) < 1e-9


def test_derived_district_table_of_wales_with_its_error_left_in(wales, published):
    """The lookup that the table was made with puts an area of Gwynedd into Powys."""
    lookup = [f"{published}/geography/lookup_lsoa11_ltla21.parquet"]
    table = pl.read_parquet(published / "wimd2019" / "published_districts.parquet")
    as_made = differences(wales, groups_for(wales, lookup), table, "ltla22_code")
    assert max(as_made.values()) < 1e-9
    put_right = groups_for(wales, lookup, {"W01000060": "W06000002"})
    assert put_right.about()["overrides"] == {"W01000060": "W06000002"}
    assert any("W01000060" in note for note in put_right.notes)
    assert max(differences(wales, put_right, table, "ltla22_code").values()) > 0.1


def test_percentile_rule_is_a_setting(wales, published, tmp_path):
    """Under England's rule the extent of Welsh MSOAs differs."""
    text = (
        (wales.folder.parent / "scores.yaml").read_text().replace("near_equal", "ceil(100*rank/N)")
    )
    (tmp_path / "scores.yaml").write_text(text)
    other = hyperlocal.build(tmp_path / "scores.yaml", published, tmp_path / "results")
    groups = groups_for(other, [f"{published}/geography/lookup_lsoa11_msoa11.parquet:msoa11_code"])
    table = pl.read_parquet(published / "wimd2019" / "published_msoa.parquet")
    assert differences(other, groups, table, "msoa11_code")["imd", "extent"] > 1e-3
