"""Types of areas: planted ones are found, in the order of need, and named."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score

import hyperlocal
from hyperlocal.analysis.clusters.study import ClusterSettings, clusters
from hyperlocal.analysis.clusters.typology import name_of, typology
from hyperlocal.analysis.measures import measures

INDEX = """\
hyperlocal: 1
id: planted
title: Planted types
areas: {geography: lsoa21, table: {input: t}}
inputs: {t: {file: t.csv, geography: lsoa21, code: area}}
defaults: {input: t, high_value: more_need}
index:
  domains:
    work: {column: work}
    crime: {column: crime}
    housing_costs: {column: homes}
"""
CENTRES = np.array([[3, 3, 0], [-3, -3, 3], [0, -1, -4], [-4, 2, -2]])


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    generator = np.random.default_rng(4)
    kind = generator.permutation(np.repeat(np.arange(4), 60))
    values = CENTRES[kind] + generator.normal(0, 0.2, (240, 3))
    codes = [f"E01000{row:03d}" for row in range(240)]
    (folder / "index.yaml").write_text(INDEX)
    columns = dict(zip(("work", "crime", "homes"), values.T, strict=True))
    pl.DataFrame({"area": codes, **columns}).write_csv(folder / "t.csv")
    return hyperlocal.build(folder / "index.yaml", folder, folder / "out"), kind


def made(results, **options):
    overall, *domains = measures(results)
    return typology(domains, overall, **options)


def test_planted_types_are_found_and_their_number(planted):
    results, kind = planted
    found = made(results)
    assert found.types.height == 4
    assert max(found.silhouettes, key=found.silhouettes.get) == 4
    assert sorted(found.silhouettes) == [3, 4, 5, 6, 7, 8]
    assert adjusted_rand_score(kind, found.of_area) == 1
    assert found.types["areas"].to_list() == [60] * 4
    assert found.types["share"].sum() == pytest.approx(1)


def test_types_are_numbered_from_the_most_need(planted):
    results, _ = planted
    found = made(results, types=4)
    rank = results.areas["planted_rank"].to_numpy()
    means = [rank[found.of_area == number].mean() for number in (1, 2, 3, 4)]
    assert found.types["mean_rank"].to_list() == pytest.approx(means)
    assert means == sorted(means)
    for seed in (2, 3, 4):
        assert (made(results, types=4, seed=seed).of_area == found.of_area).all()


def test_profiles_are_mean_normal_scores_and_names_say_them(planted):
    results, _ = planted
    found = made(results, types=4)
    scores = -measures(results, ["crime"])[0].rank
    place = scores.argsort().argsort() + 1
    from scipy.stats import norm

    normal = norm.ppf(place / 241)
    means = [normal[found.of_area == number].mean() for number in (1, 2, 3, 4)]
    assert found.types["crime"].to_list() == pytest.approx(means)
    for row in found.types.iter_rows(named=True):
        high, _, low = row["name"].partition("low")
        for domain in ("work", "crime", "housing_costs"):
            word = domain.replace("_", " ")
            assert (word in high) == (row[domain] >= 0.5)
            assert (word in low) == (row[domain] <= -0.5)
    assert found.names.to_list() == [found.types["name"][int(n) - 1] for n in found.of_area]


def test_the_same_seed_gives_the_same_types(planted):
    results, _ = planted
    first, second = made(results, types=7, seed=5), made(results, types=7, seed=5)
    assert (first.of_area == second.of_area).all()
    assert first.types.equals(second.types)
    assert first.silhouettes == second.silhouettes


def test_the_report_says_how_natural_types_are(planted):
    report = clusters(planted[0], ClusterSettings(types=4))
    assert next(note for note in report.notes if "silhouette" in note).startswith("4 types")
    assert not any("no natural groups" in note for note in report.notes)
    assert report.about["silhouettes"][4] > 0.6


def test_a_domain_is_named_from_half_a_standard_deviation_on():
    domains = ["crime", "health"]
    assert name_of(np.array([0.5, -0.5]), domains) == "high need in crime, low in health"
    assert name_of(np.array([0.49, -0.49]), domains) == "near the average in all domains"
