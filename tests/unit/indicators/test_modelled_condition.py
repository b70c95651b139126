"""Housing condition that is modelled from a survey: by hand, and from files to results."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.optimize import brentq
from scipy.special import expit, logit

import hyperlocal
from hyperlocal.analysis import as_text, explain
from hyperlocal.pipeline import records as reading
from hyperlocal.pipeline.replay import Replay

DEFINITION = """\
hyperlocal: 1
id: housing_index
areas: {geography: lsoa11, table: {input: areas}}
inputs:
  areas: {file: areas.csv, geography: lsoa11, code: code}
records:
  survey: {file: survey.csv}
  dwellings: {file: dwellings.csv, area: {column: lsoa, geography: lsoa11}}
  national: {file: national.csv}
index:
  high_value: more_need
  domains:
    housing:
      indicators:
        poor_housing:
          kind: modelled_condition
          survey: {records: survey}
          dwellings: dwellings
          components:
            disrepair: {outcome: disrepair}
            excess_cold: {rule: {column: sap, below: 33.5}, scaling: proportional}
          categories: [age]
          fewest_events: 1
          benchmark: {records: national, row_column: what, total: dwellings}
          per: 100
"""
# Of 10 old dwellings 5 are in disrepair, of 10 new ones 2: logits 0 and ln(1/4).
SURVEY = "age,disrepair\n" + "".join(
    f"{age},{int(place < events)}\n"
    for age, events in (("old", 5), ("new", 2))
    for place in range(10)
)
DWELLINGS = """\
lsoa,age,sap
E01000001,old,30
E01000001,old,50
E01000001,new,70
E01000002,old,60
E01000002,new,70
E01000002,new,20
"""
# The odds of disrepair double, from 1 and 1/4 to 2 and 1/2: 3 x 2/3 + 3 x 1/3 dwellings.
NATIONAL = "what,dwellings\ndisrepair,3\nexcess_cold,1\n"
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": "code\nE01000001\nE01000002\n",
    "survey.csv": SURVEY,
    "dwellings.csv": DWELLINGS,
    "national.csv": NATIONAL,
}


@pytest.fixture
def folder(tmp_path, index_folder):
    return index_folder(tmp_path, TEXTS)


def test_dwellings_by_hand(folder):
    results = folder.build()
    # disrepair: old 2/3, new 1/3; cold: half of each of the two with a rating below 33.5
    first = (1 - (1 / 3) * (1 / 2)) + 2 / 3 + 1 / 3
    second = 2 / 3 + 1 / 3 + (1 - (2 / 3) * (1 / 2))
    found = results.areas
    assert found["poor_housing_numerator"].to_list() == pytest.approx([first, second], abs=1e-12)
    assert found["poor_housing_denominator"].to_list() == [3, 3]
    assert found["poor_housing_value"].to_list() == pytest.approx([first / 0.03, second / 0.03])


def test_what_a_reader_should_know_is_in_the_provenance(folder):
    told = folder.build().provenance["gathered"]["poor_housing"]
    assert told["benchmarked"]["disrepair"] == {
        "modelled": pytest.approx(2.1),
        "national": 3,
        "benchmarked": pytest.approx(3, abs=1e-9),
    }
    assert told["benchmarked"]["excess_cold"]["benchmarked"] == 1
    assert told["benchmarked"]["any"]["national"] is None
    model = told["models"]["disrepair"]
    assert told["reference_classes"] == {"age": "new"}
    assert model["coefficients"]["constant"]["estimate"] == pytest.approx(np.log(1 / 4))
    assert model["coefficients"]["age = old"]["estimate"] == pytest.approx(np.log(4))
    # variance of a log odds ratio: 1/5 + 1/5 + 1/2 + 1/8
    error = model["coefficients"]["age = old"]["standard_error"]
    assert error == pytest.approx(np.sqrt(1 / 5 + 1 / 5 + 1 / 2 + 1 / 8))
    # pairs: 5 old and 2 new in disrepair, 5 old and 8 new not: 40 right, 10 wrong, 41 as likely
    assert model["area_under_curve"] == pytest.approx((40 + (25 + 16) / 2) / 91)
    assert model["events"] == 7
    assert sum(group["observed"] for group in model["calibration"]) == pytest.approx(7)
    assert sum(group["expected"] for group in model["calibration"]) == pytest.approx(7)
    assert told["records"]["dwellings"] == {"records": 6, "left_out": {}}


def test_an_area_is_explained(folder):
    text = " ".join(" ".join(as_text(explain(folder.build(), "E01000001"))).split())
    assert "that are expected to show disrepair or excess_cold, as many as national says" in text
    assert "dwellings of dwellings" in text


def test_the_definition_reads_back_and_the_results_replay(folder):
    results = folder.build()
    again = hyperlocal.load(folder.folder / "out" / "definition.yaml")
    assert again.root == results.definition.root
    replayed = Replay.of(results).base["poor_housing"].columns["value"]
    assert replayed.tolist() == results.areas["poor_housing_value"].to_list()


def test_any_component_is_benchmarked_too(folder):
    folder.change("index.yaml", "total: dwellings}", "total: dwellings, any_row: any}")
    folder.change("national.csv", "excess_cold,1", "excess_cold,1\nany,3.3")
    results = folder.build()
    assert results.areas["poor_housing_numerator"].sum() == pytest.approx(3.3, abs=1e-9)


def test_shares_of_the_nation(folder):
    folder.change("index.yaml", "total: dwellings}", "share: percent, share_per: 100}")
    folder.change("national.csv", NATIONAL, "what,percent\ndisrepair,50\nexcess_cold,25\n")
    told = folder.build().provenance["gathered"]["poor_housing"]["benchmarked"]
    assert told["disrepair"]["benchmarked"] == pytest.approx(3, abs=1e-9)
    assert told["excess_cold"]["benchmarked"] == pytest.approx(1.5, abs=1e-9)


def test_all_dwellings_of_the_nation(folder):
    """100 per cent of six are six, and not 6.000000000000001."""
    folder.texts["dwellings.csv"] += "E01000001,old,20\n"
    folder.change("index.yaml", "total: dwellings}", "share: percent, share_per: 100}")
    folder.change("national.csv", NATIONAL, "what,percent\ndisrepair,100\nexcess_cold,25\n")
    told = folder.build().provenance["gathered"]["poor_housing"]["benchmarked"]
    assert told["disrepair"]["benchmarked"] == 7


def test_parts_of_the_file_change_nothing(folder, monkeypatch):
    whole = folder.build().areas["poor_housing_numerator"].to_list()
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 2)
    assert folder.build().areas["poor_housing_numerator"].to_list() == pytest.approx(whole)


def test_a_dwelling_that_lacks_one_component_counts_in_none(folder):
    folder.change("dwellings.csv", "E01000002,new,70", "E01000002,new,")
    folder.change("index.yaml", "dwellings.csv,", "dwellings.csv, most_unplaced: 0.2,")
    results = folder.build()
    assert results.areas["poor_housing_denominator"].to_list() == [3, 2]
    told = results.provenance["gathered"]["poor_housing"]
    assert told["dwellings"] == 5
    assert told["benchmarked"]["disrepair"]["benchmarked"] == pytest.approx(3, abs=1e-9)


def test_weights_count_by_what_they_are_to_each_other(folder):
    """Weights of 25 each are those of a survey of 20, and not of 500 dwellings."""
    plain = folder.build().provenance["gathered"]["poor_housing"]["models"]["disrepair"]
    folder.texts["survey.csv"] = SURVEY.replace("\n", ",25\n").replace("ir,25", "ir,w", 1)
    folder.change("index.yaml", "{records: survey}", "{records: survey, weight_column: w}")
    weighed = folder.build().provenance["gathered"]["poor_housing"]["models"]["disrepair"]
    assert weighed["coefficients"]["constant"] == plain["coefficients"]["constant"]
    assert weighed["deviance"] == plain["deviance"]


def test_nested_components_are_as_likely_as_the_likeliest(folder):
    folder.change("index.yaml", "          per: 100", "          together: nested")
    found = folder.build().areas["poor_housing_numerator"].to_list()
    assert found == pytest.approx([2 / 3 + 2 / 3 + 1 / 3, 2 / 3 + 1 / 3 + 1 / 2])


def test_without_a_benchmark_the_model_stands_as_it_is(folder):
    benchmark = "benchmark: {records: national, row_column: what, total: dwellings}"
    folder.change("index.yaml", f"          {benchmark}\n", "")
    folder.change("index.yaml", ", scaling: proportional", "")
    folder.change("index.yaml", "  national: {file: national.csv}\n", "")
    found = folder.build().areas["poor_housing_numerator"].to_list()
    assert found == pytest.approx([1 + 0.5 + 0.2, 0.5 + 0.2 + 1])


def test_interactions_are_classes_of_their_own(folder):
    rng = np.random.default_rng(4)
    age = rng.choice(["old", "new"], 400)
    tenure = rng.choice(["owned", "rented"], 400)
    chance = np.where((age == "old") & (tenure == "rented"), 0.6, 0.25)
    survey = pl.DataFrame(
        {"age": age, "tenure": tenure, "disrepair": (rng.random(400) < chance).astype(int)}
    )
    folder.texts["survey.csv"] = survey.write_csv()
    folder.texts["dwellings.csv"] = """\
lsoa,age,tenure,sap
E01000001,old,owned,50
E01000001,old,rented,50
E01000002,new,owned,50
E01000002,new,rented,50
"""
    folder.change("index.yaml", "categories: [age]", "interactions: [[age, tenure]]")
    folder.change("national.csv", "excess_cold,1", "excess_cold,0")
    results = folder.build()
    shares = survey.group_by("age", "tenure").agg(pl.col("disrepair").mean())
    own = {(a, t): share for a, t, share in shares.iter_rows()}  # a saturated model: the shares
    told = results.provenance["gathered"]["poor_housing"]["benchmarked"]["disrepair"]
    assert told["modelled"] == pytest.approx(sum(own.values()))
    odds = {key: logit(share) for key, share in own.items()}
    move = brentq(lambda d: sum(expit(one + d) for one in odds.values()) - 3, -20, 20, xtol=1e-13)
    old = expit(odds["old", "owned"] + move) + expit(odds["old", "rented"] + move)
    numerator = results.areas["poor_housing_numerator"].to_list()
    assert numerator == pytest.approx([old, 3 - old], abs=1e-9)


def test_numbers_and_weights(folder):
    """Weights of whole numbers count as so many dwellings."""
    rows = [("old", 30, 1, 2), ("old", 60, 0, 1), ("new", 40, 1, 1), ("new", 90, 0, 3),
            ("old", 50, 0, 1), ("new", 35, 0, 2), ("old", 45, 1, 1), ("new", 55, 1, 1)]  # fmt: skip
    text = "age,sap,disrepair,weight\n"
    folder.texts["survey.csv"] = text + "".join(f"{a},{s},{d},{w}\n" for a, s, d, w in rows)
    folder.change("index.yaml", "categories: [age]", "categories: [age]\n          numbers: [sap]")
    folder.change("index.yaml", "{records: survey}", "{records: survey, weight_column: weight}")
    weighted = folder.build().areas["poor_housing_numerator"].to_list()
    folder.texts["survey.csv"] = text + "".join(f"{a},{s},{d},1\n" * w for a, s, d, w in rows)
    repeated = folder.build().areas["poor_housing_numerator"].to_list()
    assert weighted == pytest.approx(repeated, rel=1e-9)


def test_classes_that_the_survey_has_not_seen_can_be_left_out(folder):
    folder.change("dwellings.csv", "E01000002,new,70", "E01000002,ancient,70")
    folder.change("index.yaml", "          per: 100", "          unseen: leave_out")
    results = folder.build()
    assert results.areas["poor_housing_denominator"].to_list() == [3, 2]
    left = results.provenance["gathered"]["poor_housing"]["records"]["dwellings"]["left_out"]
    assert left == {"its class is not in the survey": 1}


def test_dwellings_without_a_predictor_are_left_out_where_that_is_allowed(folder):
    folder.change("dwellings.csv", "E01000002,new,70", "E01000002,,70")
    folder.change(
        "index.yaml", "geography: lsoa11}}\n", "geography: lsoa11}, most_unplaced: 0.2}\n"
    )
    results = folder.build()
    assert results.areas["poor_housing_denominator"].to_list() == [3, 2]
    told = results.provenance["gathered"]["poor_housing"]
    assert told["records"]["dwellings"]["left_out"] == {"a predictor is missing": 1}
    assert told["dwellings"] == 5
