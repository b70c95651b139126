"""Domains that coincide in an index that is small enough to count by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from hyperlocal.analysis.clusters.coincidence import (
    areas_columns,
    correlations_table,
    counts_table,
    domains_of,
    pairs_table,
    sets_table,
    worst,
)
from hyperlocal.analysis.clusters.study import ClusterSettings, clusters

INDEX = """\
hyperlocal: 1
id: tens
title: Ten areas
areas: {geography: lsoa21, table: {input: t}}
inputs: {t: {file: t.csv, geography: lsoa21, code: area}}
defaults: {input: t, high_value: more_need, missing_values: unscored}
index:
  domains:
    work: {column: work}
    crime: {column: crime}
    homes: {column: homes, high_value: less_need}
"""
# ten areas with every rank; homes runs backwards, so that its values are ranked from the lowest
WORK = (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
CRIME = (10, 8, 9, 1, 2, 3, 4, 5, 6, 7)
HOMES = (1, 10, 9, 2, 8, 7, 6, 5, 4, 3)


def table(work=WORK, crime=CRIME, homes=HOMES) -> str:
    values = zip(work, crime, homes, strict=True)
    rows = [f"E0100000{row},{w},{c},{h}" for row, (w, c, h) in enumerate(values)]
    return "\n".join(["area,work,crime,homes", *rows, ""])


@pytest.fixture
def tens(index_folder, tmp_path):
    return index_folder(tmp_path, {"index.yaml": INDEX, "t.csv": table()})


def test_everything_by_hand(tens):
    # the worst fifth: work 0, 1; crime 0, 2; homes 0, 3
    domains = domains_of(tens.build())
    found = worst(domains, Fraction(1, 5))
    columns = areas_columns(found)
    assert columns["worst"].to_list() == [3, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    assert columns["worst_domains"].to_list()[:5] == [
        "work + crime + homes",
        "work",
        "crime",
        "homes",
        "",
    ]
    counts = counts_table(found)
    assert counts["areas"].to_list() == [6, 3, 0, 1]
    assert counts["expected"].to_list() == pytest.approx([5.12, 3.84, 0.96, 0.08])
    assert counts["or_more"].to_list() == [10, 4, 1, 1]
    assert counts["expected_or_more"].to_list() == pytest.approx([10, 4.88, 1.04, 0.08])
    assert counts["ratio_or_more"].to_list() == pytest.approx([1, 4 / 4.88, 1 / 1.04, 12.5])
    pairs = pairs_table(found)
    assert pairs.select("first", "second").rows() == [
        ("work", "crime"),
        ("work", "homes"),
        ("crime", "homes"),
    ]
    assert pairs["both"].to_list() == [1, 1, 1]
    assert pairs["expected"].to_list() == pytest.approx([0.4] * 3)
    assert pairs["ratio"].to_list() == pytest.approx([2.5] * 3)
    # P(X >= 1) = 1 - C(8,2)/C(10,2) = 17/45, twice
    assert pairs["p"].to_list() == pytest.approx([34 / 45] * 3)
    assert pairs["q"].to_list() == pytest.approx([34 / 45] * 3)
    sets = sets_table(found)
    assert sets["size"].to_list() == [2, 2, 2, 3]
    assert sets["at_least"].to_list() == [1, 1, 1, 1]
    assert sets["exactly"].to_list() == [0, 0, 0, 1]
    assert sets["expected"].to_list() == pytest.approx([0.4, 0.4, 0.4, 0.08])
    assert sets["expected_exactly"].to_list() == pytest.approx([0.32, 0.32, 0.32, 0.08])


def test_a_tenth_is_the_published_decile(tens):
    results = tens.build()
    domains = domains_of(results)
    found = worst(domains, Fraction(1, 10))
    for place, one in enumerate(domains):
        first = (results.areas[f"{one.id}_decile"] == 1).to_list()
        assert found.inside[:, place].tolist() == first
    tens.change("index.yaml", "missing_values: unscored}", RULE)
    domains = domains_of(tens.build())
    found = worst(domains, Fraction(1, 4))  # of 10: the third is the one that the limit falls on
    assert found.areas.tolist() == [3, 3, 3]
    assert worst(domains, Fraction(1, 10)).areas.tolist() == [1, 1, 1]


RULE = "missing_values: unscored, conventions: {deciles: floor(10*(rank-1)/N)+1}}"


def test_an_area_without_a_rank_takes_no_part_and_is_counted(tens):
    tens.texts["t.csv"] = table(crime=(10, 8, "", 1, 2, 3, 4, 5, 6, 7))
    report = clusters(tens.build(), ClusterSettings(Fraction(1, 5), types=2))
    areas = report.tables["areas"]
    assert areas["worst"].to_list() == [3, 1, None, 1, 0, 0, 0, 0, 0, 0]
    assert areas["worst_domains"][2] is None
    assert areas["type"][2] is None
    assert areas["type_name"][2] is None
    assert areas["tens_hot_spot"][2] is None
    assert report.tables["counts"]["areas"].sum() == 9
    assert report.tables["types"]["areas"].sum() == 9
    assert any("1 area lacks a rank in a domain" in note for note in report.notes)
    assert any("--boundaries" in note for note in report.notes)
    assert "spatial" not in report.tables


def test_correlations_are_of_ranks(tens):
    found = correlations_table(domains_of(tens.build()))
    first = found.filter(first="work", second="crime")["correlation"].item()
    assert first == pytest.approx(np.corrcoef(WORK, CRIME)[0, 1])
    backwards = found.filter(first="work", second="homes")["correlation"].item()
    assert backwards == pytest.approx(-np.corrcoef(WORK, HOMES)[0, 1])
    assert found["areas"].to_list() == [10, 10, 10]


def test_of_many_domains_only_small_sets_are_listed(index_folder, tmp_path):
    names = [f"d{number:02d}" for number in range(13)]
    generator = np.random.default_rng(2)
    values = {name: generator.permutation(20) for name in names}
    codes = [f"E010000{row:02d}" for row in range(20)]
    head, _ = INDEX.split("    work:")
    index = head + "".join(f"    {name}: {{column: {name}}}\n" for name in names)
    content = pl.DataFrame({"area": codes, **values}).write_csv()
    made = index_folder(tmp_path, {"index.yaml": index, "t.csv": content}).build()
    sets = sets_table(worst(domains_of(made), Fraction(1, 5)))
    assert sets["size"].value_counts().sort("size").rows() == [(2, 78), (3, 286)]


def test_the_parts_of_an_index_without_domains(index_folder, tmp_path):
    made = index_folder(
        tmp_path,
        {"index.yaml": INDEX.replace("domains:", "indicators:"), "t.csv": table()},
    ).build()
    assert [one.id for one in domains_of(made)] == ["work", "crime", "homes"]
    report = clusters(made, ClusterSettings(types=2))
    assert report.tables["counts"]["areas"].sum() == 10
