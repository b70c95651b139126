"""Postcodes are looked up on the demo, as a reader types it."""

from __future__ import annotations

import json
import subprocess
import sys

import polars as pl
import pytest

from hyperlocal.explorer.arrays import write_json
from hyperlocal.explorer.postcodes import write_postcodes

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def directory(demo) -> pl.DataFrame:
    file = demo.nation / "geography" / "ONSPD.csv"
    rows = pl.read_csv(file, columns=["pcd", "doterm", "lsoa21"], infer_schema=False)
    return rows.with_columns(pl.all().replace("", None))


@pytest.fixture(scope="module")
def site(demo, tmp_path_factory):
    """The postcodes of a site of the demo."""
    data = tmp_path_factory.mktemp("site") / "data"
    said = write_postcodes(data, demo.results, demo.nation / "geography" / "ONSPD.csv")
    (data / "site.json").write_text(json.dumps({"postcodes": said}))
    write_json(data / "areas.json.gz", {"codes": demo.results.areas["area_code"].to_list()})
    return data.parent


def run(demo, *arguments: object) -> str:
    command = [sys.executable, "-m", "hyperlocal", "lookup", demo.results.folder, *arguments]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_list_of_the_whole_directory(demo, directory, site, tmp_path):
    """Every postcode has the area that the directory says, and the rank that the results say."""
    list_file = tmp_path / "list.csv"
    listed = directory.sample(20_000, seed=5, shuffle=True).select("pcd", shown=pl.lit("=1+1"))
    listed.write_csv(list_file)
    shown = run(
        demo,
        list_file,
        *("--directory", demo.nation / "geography" / "ONSPD.csv"),
        *("--node", "crime", "--out", tmp_path / "out.csv"),
    )
    assert "20,000 rows of" in shown
    found = pl.read_csv(tmp_path / "out.csv", infer_schema=False)
    assert found.select("pcd", "shown").equals(listed)
    said = listed.join(directory, on="pcd", how="left", maintain_order="left")
    areas = demo.results.areas
    said = said.join(
        areas.select("area_code", "hyperlocal_need_2025_rank", "crime_decile", there=True),
        left_on="lsoa21",
        right_on="area_code",
        how="left",
        maintain_order="left",
    )
    inside = said["there"].fill_null(False)
    ended = said["doterm"].is_not_null()
    assert 0 < ended.sum() < 20_000
    expected = said.select(
        pl.when(ended)
        .then(pl.lit("terminated"))
        .when(inside)
        .then(pl.lit("live"))
        .otherwise(pl.lit("elsewhere"))
    ).to_series()
    assert found["postcode_status"].to_list() == expected.to_list()
    assert (
        found["area_code"].to_list()
        == said.select(pl.when(inside).then("lsoa21")).to_series().to_list()
    )
    assert found["postcode_terminated"].str.replace("-", "").to_list() == said["doterm"].to_list()
    for heading in ("hyperlocal_need_2025_rank", "crime_decile"):
        assert found[heading].cast(pl.Float64).to_list() == said[heading].cast(pl.Float64).to_list()

    run(demo, list_file, "--directory", site, "--node", "crime", "--out", tmp_path / "site.csv")
    assert (tmp_path / "site.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()


def test_a_postcode_that_is_typed(demo, directory, site):
    row = directory.filter(pl.col("doterm").is_null()).row(0, named=True)
    for where in (site, demo.nation / "geography" / "ONSPD.csv"):
        shown = run(demo, row["pcd"].lower(), "--directory", where)
        assert row["lsoa21"] in shown
        assert "live" in shown
        assert "hyperlocal_need_2025_decile" in shown
    shown = run(demo, row["pcd"], "ZZ1 1ZZ", "rubbish", "--directory", site, "--columns", "basic")
    assert [word for word in ("live", "unknown", "invalid") if word in shown] == [
        *("live", "unknown", "invalid")
    ]
