"""Explanations of real areas, from the published tables alone, with other libraries."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from scipy.spatial import cKDTree
from scipy.stats import norm, rankdata
from typer import Typer
from typer.testing import CliRunner

import hyperlocal
from hyperlocal.analysis import groups_for
from hyperlocal.analysis.explaining.decomposition import decompose
from hyperlocal.analysis.explaining.similar import similar_areas
from hyperlocal.analysis.explaining.thresholds import thresholds
from hyperlocal.cli.showing import explain
from hyperlocal.pipeline.replay import Replay

pytestmark = pytest.mark.oracle

WALES = {
    "income": 0.22,
    "employment": 0.22,
    "health": 0.15,
    "education": 0.14,
    "access": 0.10,
    "housing": 0.07,
    "crime": 0.05,
    "environment": 0.05,
}
ENGLAND = {
    "income": 0.225,
    "employment": 0.225,
    "education": 0.135,
    "health": 0.135,
    "crime": 0.093,
    "housing_and_services": 0.093,
    "environment": 0.093,
}


@pytest.fixture(scope="module")
def wales(published, tmp_path_factory) -> hyperlocal.Results:
    out = tmp_path_factory.mktemp("wales") / "out"
    return hyperlocal.build("wimd-2019-domains", published / "wimd2019", out)


@pytest.fixture(scope="module")
def england(published, tmp_path_factory) -> hyperlocal.Results:
    out = tmp_path_factory.mktemp("england") / "out"
    return hyperlocal.build("iod-2025-domains", published / "iod2025", out)


def table_of_wales(published) -> pl.DataFrame:
    table = pl.read_parquet(published / "wimd2019" / "published_lsoa.parquet")
    lookup = pl.read_parquet(published / "geography" / "lookup_lsoa11_ltla21.parquet")
    return table.join(lookup, on="lsoa11_code", how="left", maintain_order="left")


def test_domains_of_rhyl_west_2_are_its_published_scores_times_the_weights(published, wales):
    table = table_of_wales(published)
    lookup = published / "geography" / "lookup_lsoa11_ltla21.parquet"
    report = decompose(wales, "W01000240", groups_for(wales, [f"{lookup}:ltla21_code"]))
    found = {row["node"]: row for row in report.tables["decomposition"].iter_rows(named=True)}
    here = table.filter(pl.col("lsoa11_code") == "W01000240")
    denbighshire = table.filter(pl.col("ltla21_code") == here["ltla21_code"][0])
    assert denbighshire.height == report.about["references"]["group"]["areas"] == 58
    for domain, weight in WALES.items():
        score = here[f"{domain}_score"][0]
        assert found[domain]["points"] == pytest.approx(weight * score, abs=1e-8)
        for key, others in (("nation", table), ("group", denbighshire)):
            apart = weight * (score - others[f"{domain}_score"].mean())
            assert found[domain][f"against_{key}"] == pytest.approx(apart, abs=1e-7)
    total = sum(found[domain]["points"] for domain in WALES)
    assert total == pytest.approx(86.63135728, abs=1e-8)
    assert found["wimd_2019_domains"]["points"] == pytest.approx(total, abs=1e-12)


def test_the_score_of_many_areas_of_england_adds_up(england):
    replay = Replay.of(england)
    areas = england.areas.gather_every(2411)
    for area, score in areas.select("area_code", "iod_2025_domains_score").iter_rows():
        table = decompose(england, area, replay=replay).tables["decomposition"]
        domains = table.filter(pl.col("level") == 1)
        assert domains["points"].sum() == pytest.approx(score, abs=1e-9)
        mean = table["nation_points"][0]
        assert domains["against_nation"].sum() + mean == pytest.approx(score, abs=1e-9)
    assert areas.height == 15
    top = decompose(england, "E01021988", replay=replay).tables["decomposition"]
    assert top["points"][0] == pytest.approx(94.223, abs=0.0005)


def test_similar_areas_are_those_of_a_tree_of_neighbours(published, england):
    table = pl.read_parquet(published / "iod2025" / "published_lsoa.parquet")
    profile = np.column_stack(
        [
            norm.ppf(1 - rankdata(table[f"{domain}_rank"].to_numpy()) / (table.height + 1))
            for domain in ENGLAND
        ]
    )
    tree = cKDTree(profile)
    for area in ("E01021988", "E01000100", "E01033768"):
        row = table["lsoa21_code"].index_of(area)
        distance, nearest = tree.query(profile[row], k=8)
        found = similar_areas(england, area, 7).tables["similar"]
        assert found["area_code"].to_list() == table["lsoa21_code"].gather(nearest).to_list()
        np.testing.assert_allclose(found["distance"], distance, atol=1e-9)
        assert found["rank"].to_list() == table["imd_rank"].gather(nearest).to_list()


def decile_in_wales(table: pl.DataFrame, row: int, changes: dict[str, float]) -> int:
    """Compute the index from the published domain ranks, with other ranks of one area."""
    total = np.zeros(table.height)
    for domain, weight in WALES.items():
        values = table[f"{domain}_rank"].to_numpy().astype(float)
        values[row] = changes.get(domain, values[row])
        fraction = (table.height - rankdata(values, "min") + 1) / table.height
        total += weight * -23 * np.log(1 - fraction * (1 - np.exp(-100 / 23)))
    rank = rankdata(-total, "min")[row]
    return int(np.ceil(rank / 191))


def test_thresholds_of_wales_against_the_index_written_out(published, wales):
    table = table_of_wales(published)
    replay = Replay.of(wales)
    found = 0
    for area in ("W01000001", "W01000500", "W01001200", "W01001800"):
        row = table["lsoa11_code"].index_of(area)
        for each in thresholds(wales, area, replay).tables["thresholds"].iter_rows(named=True):
            now, domain = each["decile"], each["node"]
            assert now == table["imd_decile"][row]
            more = each["direction"] == "more deprived"
            if each["needed_value"] is None:
                if each["reason"] == "not by this indicator alone":
                    extreme = decile_in_wales(table, row, {domain: 0 if more else 2000})
                    assert (extreme >= now) if more else (extreme <= now)
                continue
            found += 1
            hair = -0.5 if more else 0.5  # rank 1 is the most deprived: more deprived is down
            at = each["needed_value"]
            short, beyond = (
                decile_in_wales(table, row, {domain: at + step}) for step in (-hair, hair)
            )
            reached = decile_in_wales(table, row, {domain: at})
            assert (short == now, beyond != now) == (True, True), each
            assert (reached == now) == each["beyond"], each
    assert found > 20


@pytest.fixture
def run():
    app = Typer()
    app.command()(explain)

    def invoke(*arguments, catch=True):
        return CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=catch)

    return invoke


def test_command(published, england, run, tmp_path):
    lookup = published / "geography" / "lookup_lsoa21_ward24_ltla24.parquet"
    options = ("--parts", "--similar", 2, "--thresholds", "--by", f"{lookup}:ltla24_code")
    done = run(england.folder, "E01011000", *options, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0] == "E01011000 Calderdale 010D"
    assert lines[2] == "weight value rank points against all areas against Calderdale"
    assert any(line.startswith("Income 0.2250 2,027 2,027 13.6030 +8.7225 +") for line in lines)
    assert "The mean score of all areas is 21.6693, over 33,755 areas." in lines
    assert any(line.startswith("E01011000 Calderdale 010D Calderdale 0 2,587") for line in lines)
    assert "From decile 1 to a less deprived one, one change at a time:" in lines
    assert lines[-1] == f"3 tables written to {tmp_path / 'out'}"
    for name in ("decomposition", "similar", "thresholds"):
        assert (tmp_path / "out" / f"{name}.csv").exists()


def test_command_as_json(small, run):
    small.build()
    alone = json.loads(run(small.out, "E01000001", "--json").stdout)
    asked = run(small.out, "e01000001", "--json", "--parts", "--similar", 1, "--thresholds")
    found = json.loads(asked.stdout)
    assert {name: found[name] for name in alone} == alone
    assert set(found) - set(alone) == {"decomposition", "similar", "thresholds"}
    score = sum(row["points"] for row in found["decomposition"] if row["level"] == 1)
    assert score == pytest.approx(found["decomposition"][0]["points"], abs=1e-9)
    assert [row["place"] for row in found["similar"]] == [0, 1]
    assert {row["node"] for row in found["thresholds"]} == {"out_of_work", "income"}


def test_command_with_out_alone_writes_all(small, run, tmp_path):
    small.build()
    done = run(small.out, "E01000001", "--out", tmp_path / "out", "--form", "parquet")
    assert done.exit_code == 0, done.output
    written = {path.stem for path in (tmp_path / "out").glob("*.parquet")}
    assert written == {"decomposition", "similar", "thresholds"}
    about = json.loads((tmp_path / "out" / "about.json").read_text())
    assert about["analysis"] == "explain"
    assert about["area"] == "E01000001"


def test_command_of_an_unknown_area(small, run):
    small.build()
    with pytest.raises(hyperlocal.ResultsError, match="there is no area 'E01000009'"):
        run(small.out, "E01000009", "--parts", catch=False)


def test_command_with_groups_and_nothing_to_compare(small, run):
    small.build()
    done = run(small.out, "E01000001", "--by", "ltla24")
    assert done.exit_code == 2
    assert "goes with --parts, --similar or --thresholds" in " ".join(done.stderr.split())
