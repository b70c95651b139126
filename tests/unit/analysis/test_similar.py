"""Similar areas are the nearest in the normal scores of their domain ranks."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

import hyperlocal
from hyperlocal.analysis import groups_for
from hyperlocal.analysis.explaining.decomposition import decompose
from hyperlocal.analysis.explaining.similar import similar_areas


def test_distances_by_hand(small):
    results = small.build()
    report = similar_areas(results, "E01000001", 2, groups=groups_for(results, []))
    table = report.tables["similar"]
    # ranks of work and of money, of six areas, as the table of the index gives them
    ranks = results.areas.select("work_rank", "money_rank").to_numpy()
    score = np.vectorize(lambda rank: NormalDist().inv_cdf((7 - rank) / 7))(ranks)
    distance = np.sqrt(((score - score[0]) ** 2).sum(axis=1))
    order = np.argsort(distance, kind="stable")[:3]
    assert table["place"].to_list() == [0, 1, 2]
    assert table["area_code"].to_list() == [f"E0100000{row + 1}" for row in order]
    assert table["distance"].to_list() == pytest.approx(distance[order].tolist())
    assert table["rank"].to_list() == [results.areas["small_rank"][int(row)] for row in order]
    assert table["money_rank"].to_list() == ranks[order, 1].tolist()
    districts = ["E06000001", "E06000001", "E06000001", *["E06000002"] * 3]
    assert table["group_code"].to_list() == [districts[row] for row in order]
    assert report.about["areas_compared"] == 5


def test_ties_are_in_the_middle_of_their_places(small):
    small.change_table("21000", "18000")
    table = similar_areas(small.build(), "E01000002", 5).tables["similar"]
    row = {each["area_code"]: each for each in table.iter_rows(named=True)}
    # the same income; of work the area is second or third of six from the top
    first, second = sorted(each["work_rank"] for each in (row["E01000002"], row["E01000003"]))
    assert row["E01000003"]["money_rank"] == row["E01000002"]["money_rank"] == 2
    normal = NormalDist().inv_cdf
    apart = normal((7 - first) / 7) - normal((7 - second) / 7)
    assert row["E01000003"]["distance"] == pytest.approx(apart)
    # the tied of money stand at 2.5 of 6, and the most deprived, E01000006, at 1
    money = normal(6 / 7) - normal(4.5 / 7)
    work = normal((7 - row["E01000006"]["work_rank"]) / 7)
    work -= normal((7 - row["E01000002"]["work_rank"]) / 7)
    assert row["E01000006"]["distance"] == pytest.approx(np.hypot(money, work))


def test_weights_of_domains(small):
    results = small.build()
    plain = similar_areas(results, "E01000001", 5, weights={"work": 0}).tables["similar"]
    score = np.abs(plain["money_rank"].to_numpy() - plain["money_rank"][0])
    assert plain["distance"][0] == 0
    assert score[1] == 1  # money alone counts: its neighbour in that ranking
    four = similar_areas(results, "E01000001", 5, weights={"work": 4, "money": 4})
    once = similar_areas(results, "E01000001", 5)
    assert four.tables["similar"]["distance"].to_list() == pytest.approx(
        (2 * once.tables["similar"]["distance"]).to_list()
    )


def test_areas_without_a_profile_are_left_out_and_counted(small):
    small.change_table("21000", "")
    small.change("high_value: less_need}", "high_value: less_need, missing_values: unscored}")
    results = small.build()
    report = similar_areas(results, "E01000001")
    assert "E01000002" not in report.tables["similar"]["area_code"]
    assert report.tables["similar"].height == 5
    assert report.notes == ("1 area without a rank in a domain is left out",)
    with pytest.raises(hyperlocal.ResultsError, match="E01000002 has no rank in money"):
        similar_areas(results, "E01000002")


def test_what_cannot_be_compared_is_refused_at_once(small):
    results = small.build()
    with pytest.raises(hyperlocal.ResultsError) as raised:
        similar_areas(results, "E01000001", 0, weights={"wrk": 1, "work": -1})
    said = str(raised.value)
    assert "has no domain 'wrk'; there are work, money" in said
    assert "the weight of work is -1" in said
    assert "0 similar areas cannot be found" in said


def test_an_area_that_is_shared_out_is_where_most_of_it_is(small):
    results = small.build()
    groups = replace(
        groups_for(results, []),
        area=np.array([0, 0, 1, 2, 3, 4]),
        group=np.array([0, 1, 0, 1, 1, 1]),
        share=np.array([0.3, 0.7, 1.0, 1.0, 1.0, 1.0]),
    )
    table = similar_areas(results, "E01000001", groups=groups).tables["similar"]
    found = dict(table.select("area_code", "group_code").iter_rows())
    assert found["E01000001"] == "E06000002"
    assert found["E01000002"] == "E06000001"
    assert found["E01000006"] is None
    reference = decompose(results, "E01000001", groups).about["references"]["group"]
    assert (reference["code"], reference["areas"]) == ("E06000002", 4)


def test_more_than_there_are(small):
    assert similar_areas(small.build(), "E01000001", 50).tables["similar"].height == 6
