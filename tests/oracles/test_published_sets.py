"""What is published of the real indices: the files that others read hold the published figures."""

from __future__ import annotations

import json
import re
import warnings

import numpy as np
import polars as pl
import pyogrio
import pytest
from csvw import CSVW
from frictionless import Package, system

import hyperlocal
from hyperlocal.analysis.supplied import Sources
from hyperlocal.present.profile import find_group, profile
from hyperlocal.present.publication import read_publication
from hyperlocal.present.publish import PARTS, Wanted, publish

pytestmark = pytest.mark.oracle

DOMAINS = ("income", "employment", "health", "education", "housing", "access", "environment")
DOMAINS = (*DOMAINS, "crime")
KIRKLEES = "E08000034"
NULLS = ["[x]", "[c]", "[z]"]


@pytest.fixture(scope="module")
def wales(published, tmp_path_factory):
    """The Welsh index of 2019 with maps and districts; the gallery draws what the report shows."""
    folder, geography = tmp_path_factory.mktemp("wales"), published / "geography"
    results = hyperlocal.build("wimd-2019-domains", published / "wimd2019", folder / "results")
    given = Sources(
        boundaries=geography / "boundaries_lsoa11.parquet",
        districts=(f"{geography / 'lookup_lsoa11_ltla21.parquet'}:ltla21_code",),
    )
    written = publish(results, folder / "published", given, Wanted(without=("figures", "ods")))
    return written.folder


@pytest.fixture(scope="module")
def england(published, tmp_path_factory):
    """The tables of the English index of 2025, as CSV, and the publication they come from."""
    folder, geography = tmp_path_factory.mktemp("england"), published / "geography"
    results = hyperlocal.build("iod-2025-domains", published / "iod2025", folder / "results")
    given = Sources(districts=(f"{geography / 'lookup_lsoa21_ward24_ltla24.parquet'}:ltla24_code",))
    written = publish(results, folder / "published", given, Wanted(without=PARTS))
    return written.folder, read_publication(results, given)


def read(folder, name: str) -> pl.DataFrame:
    return pl.read_csv(folder / "csv" / f"{name}.csv", null_values=NULLS, infer_schema_length=None)


def test_a_geopackage_holds_the_published_ranks_of_wales(wales, published):
    file = wales / "geography" / "wimd_2019_domains.gpkg"
    assert [name for name, _ in pyogrio.list_layers(file)[:2]] == ["areas", "districts_ltla21"]
    layer = pyogrio.read_dataframe(file, layer="areas")
    theirs = pl.read_parquet(published / "wimd2019" / "published_lsoa.parquet")
    rows = pl.from_pandas(layer.drop(columns="geometry"))
    both = rows.join(theirs, left_on="area_code", right_on="lsoa11_code", suffix="_published")
    assert both.height == rows.height == theirs.height == 1909
    for what in ("rank", "decile"):
        assert (both[f"wimd_2019_domains_{what}"] == both[f"imd_{what}"]).all()
        for name in DOMAINS:
            assert (both[f"{name}_{what}"] == both[f"{name}_{what}_published"]).all(), name
    assert layer.geometry.is_valid.all()
    areas = layer.to_crs(27700).geometry.area.sum() / 1e6
    assert areas == pytest.approx(20_780, rel=0.01)  # of Wales in km²
    assert len(pyogrio.read_dataframe(file, layer="districts_ltla21")) == 22


def test_the_report_of_wales_names_the_published_first_areas(wales, published):
    page = (wales / "technical_report.html").read_text(encoding="utf-8")
    theirs = pl.read_parquet(published / "wimd2019" / "published_lsoa.parquet")
    names = pl.read_parquet(published / "geography" / "lookup_lsoa11_ltla21.parquet")
    first = theirs.join(names, on="lsoa11_code").sort("imd_rank").head(20)
    table = page.partition("The 20 most deprived areas</figcaption>")[2].partition("</table>")[0]
    rows = [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in table.split("<tr>")[2:]]
    assert [row[0] for row in rows] == [str(rank) for rank in first["imd_rank"]]
    assert [row[1] for row in rows] == first["lsoa11_name"].to_list()
    assert [row[3] for row in rows] == [f"{score:.3f}" for score in first["imd_score"]]


def test_metadata_of_wales_are_valid(wales):
    """As Frictionless and as CSV on the Web, every row of every file."""
    with system.use_context(trusted=True):
        report = Package(str(wales / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "note"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert CSVW(str(wales / "csv" / "csv-metadata.json"), validate=True).is_valid
    said = (wales / "ATTRIBUTION.txt").read_text(encoding="utf-8")
    assert "Welsh Government, Welsh Index of Multiple Deprivation 2019. © Crown copyright" in said
    assert "boundaries_lsoa11.parquet" in said


def test_areas_of_england_are_as_published(england, published):
    folder, _ = england
    areas = read(folder, "areas")
    theirs = pl.read_parquet(published / "iod2025" / "published_lsoa.parquet")
    both = areas.join(theirs, left_on="area_code", right_on="lsoa21_code", suffix="_published")
    assert both.height == areas.height == 33_755
    assert (both["iod_2025_domains_rank"] == both["imd_rank"]).all()
    assert (both["iod_2025_domains_decile"] == both["imd_decile"]).all()
    np.testing.assert_allclose(both["iod_2025_domains_score"], both["imd_score"], atol=0.000501)
    first = both.sort("iod_2025_domains_rank").row(0, named=True)
    assert (first["area_code"], first["area_name"], first["ltla24_name"]) == (
        "E01021988", "Tendring 018A", "Tendring",
    )  # fmt: skip


def test_districts_of_england_rank_as_published(england, published):
    """By counts of areas exactly; by averages as far as the census counts as other people do."""
    folder, _ = england
    ours = read(folder, "districts_ltla24").filter(measure="iod_2025_domains").sort("group_code")
    theirs = pl.read_parquet(published / "iod2025" / "published_districts.parquet")
    theirs = theirs.sort("ltla24_code")
    assert ours["group_code"].to_list() == theirs["ltla24_code"].to_list()
    most = "proportion_of_lso_as_in_most_deprived_10_percent_nationally"
    assert ours["proportion_rank"].to_list() == theirs[f"imd_rank_of_{most}"].to_list()
    for summary, rank, places, mean in (
        ("average_score", "imd_rank_of_average_score", 7, 0.51),
        ("average_rank", "imd_rank_of_average_rank", 8, 0.61),
        ("extent", "imd25_rank_of_extent", 4, 0.55),
        ("local_concentration", "imd25_rank_of_local_concentration", 3, 0.45),
    ):
        difference = (ours[f"{summary}_rank"] - theirs[rank]).abs()
        assert difference.max() <= places, summary
        assert difference.mean() <= mean, summary


def test_the_profile_of_kirklees(england, published):
    """Its published ranks, but that by average rank, which hangs on the people that are taken."""
    _, publication = england
    assert find_group(publication.larger, "kirklees") == ("ltla24", KIRKLEES)
    page = profile(publication, "ltla24", KIRKLEES).html
    theirs = pl.read_parquet(published / "iod2025" / "published_districts.parquet")
    (row,) = theirs.filter(ltla24_code=KIRKLEES).to_dicts()
    table = page.partition("summaries of Kirklees</figcaption>")[2].partition("</table>")[0]
    cells = [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", one) for one in table.split("<tr>")[2:]]
    found = {title: (value, int(rank)) for title, value, rank in cells}
    assert found["Average score"] == ("25.80", row["imd_rank_of_average_score"])
    assert found["Extent"] == ("30.7%", row["imd25_rank_of_extent"])
    assert found["Local concentration"][1] == row["imd25_rank_of_local_concentration"]
    most = "proportion_of_lso_as_in_most_deprived_10_percent_nationally"
    assert found["Areas in worst 10%"] == ("13.5%", row[f"imd_rank_of_{most}"])
    assert abs(found["Average rank"][1] - row["imd_rank_of_average_rank"]) <= 3
    assert "35 of its 260 areas (13.5%)" in page


def test_weights_of_england_are_those_of_its_report(england):
    folder, _ = england
    weights = read(folder, "weights").filter(node="iod_2025_domains")
    found = dict(weights.select("child", "weight").iter_rows())
    assert (found["income"], found["crime"]) == (0.225, 0.093)
    measures = json.loads((folder / "datapackage.json").read_text())["resources"]
    assert sum(one.get("profile") == "tabular-data-resource" for one in measures) == len(
        list((folder / "csv").glob("*.csv"))
    )
