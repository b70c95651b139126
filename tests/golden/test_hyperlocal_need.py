"""The demo from end to end: the whole Hyper-local Need measure, held against the planted need."""

from __future__ import annotations

import json
import math
import re

import polars as pl
import pytest
from scipy.stats import spearmanr

from hyperlocal.analysis import quality_table

INDEX = "hyperlocal_need_2025"
DIMENSIONS = ("economic_growth", "clean_energy", "safe_streets", "opportunity", "health")
pytestmark = pytest.mark.xdist_group("demo")


def test_it_says_what_it_made_and_found(demo):
    assert "A made-up nation of 2,000 areas" in demo.shown
    assert "oa11_to_oa21" in demo.shown
    assert "Hyper-local Need measure: 1,999 areas (lsoa21)" in demo.shown
    rows = re.findall(r"^ +(\d+)  (E0\d{7}) +([\d.]+)  \S", demo.shown, re.MULTILINE)
    assert [int(rank) for rank, _, _ in rows] == list(range(1, 21))
    assert [code for _, code, _ in rows] == demo.results.most_need(20)["area_code"].to_list()
    assert "worklessness_benefits" in demo.shown
    assert "checks were passed" in demo.shown


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_each_dimension_finds_the_planted_need(demo, dimension):
    areas = demo.with_need()
    found = spearmanr(areas[f"{dimension}_score"], areas[f"planted_{dimension}"])
    assert found.statistic > 0.9


def test_the_measure_finds_the_planted_need_and_its_hot_spots(demo):
    areas = demo.with_need()
    assert spearmanr(areas[f"{INDEX}_score"], areas["planted_overall"]).statistic > 0.95
    hot = pl.read_parquet(demo.nation / "truth" / "hot_spots.parquet")["lsoa21"]
    top = demo.results.most_need(20)["area_code"]
    assert len(hot) < 0.03 * areas.height
    assert top.is_in(hot.to_list()).sum() > 10


def test_small_counts_need_shrinkage(demo):
    """Certificates in the worst bands are few: unshrunk, they follow the planted need less."""
    areas = demo.with_need()
    raw, shrunk = (
        spearmanr(areas[f"low_energy_efficiency_{what}"], areas["planted_clean_energy"]).statistic
        for what in ("value", "shrunk")
    )
    assert shrunk > raw + 0.01


def test_the_island_without_school_results_is_left_out_and_counts_in_n(demo):
    assert demo.results.provenance["n"] == 2000
    assert "E01019077" not in demo.results.areas["area_code"]
    assert demo.results.areas[f"{INDEX}_score"].max() < 100  # R is 1999/2000 at the most
    second = -23 * math.log(1 - 1999 / 2000 * (1 - math.exp(-100 / 23)))
    assert demo.results.areas[f"{INDEX}_score"].max() == pytest.approx(second, rel=1e-12)


def test_every_count_is_placed(demo):
    totals = [
        (name, column, figures)
        for name, record in demo.results.provenance["inputs"].items()
        for column, figures in record["totals"].items()
    ]
    assert len(totals) > 20
    for name, column, figures in totals:
        placed = figures["placed"] + figures["outside_the_index"] + figures["unplaced"]
        assert placed == pytest.approx(figures["total"], rel=1e-9), (name, column)
        assert figures["unplaced"] <= 0.001 * figures["total"], (name, column)


def test_converted_counts_add_up_to_those_of_the_publisher(demo):
    """Universal Credit by Output Area and Income Support by LSOA of 2011, read independently."""
    areas = demo.results.areas
    isles = {"E00": "oa21", "E01": "lsoa11"}
    for file, column, node in (
        ("people_on_universal_credit_oa21_2024-09", "Searching for work", "searching"),
        ("income_support_lsoa11_2024-02", "Income Support", "income_support"),
    ):
        lines = (demo.nation / "dwp" / f"{file}.csv").read_text().splitlines()
        headings = next(line for line in lines if column in line and "National" in line)
        place = [part.strip('"') for part in headings.split(",")].index(column)
        numbers = {}
        for line in lines[lines.index(headings) + 1 :]:
            parts = [part.strip('"') for part in line.split(",")]
            if parts[0][:3] in isles and len(parts[0]) == 9:
                numbers[parts[0]] = int(parts[place]) if parts[place].isdigit() else 0
        lookup = pl.read_csv(
            demo.nation / "geography" / "OA21_LSOA21_MSOA21_LAD22_EW_LU.csv", infer_schema=False
        )
        left_out = {"E01019077", *lookup.filter(pl.col("LSOA21CD") == "E01019077")["OA21CD"]}
        total = sum(number for code, number in numbers.items() if code not in left_out)
        name = f"universal_credit_{node}" if node == "searching" else node
        assert areas[f"{name}_value"].sum() == pytest.approx(total, rel=1e-9)


def test_the_quality_report_judges_every_indicator(demo):
    table = quality_table(demo.results)
    assert not table.filter(~pl.col("passed") & pl.col("accepted").is_null()).height
    indicators = json.loads((demo.results.folder / "quality.json").read_text())["indicators"]
    judged = [name for name, record in indicators.items() if record["judged"]]
    assert len(judged) == 32  # 41, of which 12 are added up into 2, and two for life expectancy
    assert all(record["missing"] == 0 for record in indicators.values())
