"""An explanation shows the numbers that the build computed, and they follow from each other."""

from __future__ import annotations

import json
import math
import runpy
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

import hyperlocal
from hyperlocal.analysis import Explanation, as_text, explain
from hyperlocal.analysis.explaining.area import find_area
from hyperlocal.analysis.explaining.steps import shrinkage

EXAMPLE = Path(__file__).parents[3] / "examples" / "first-index"


def steps(explanation: Explanation) -> dict[str, float | None]:
    return {step.name: step.result for step in explanation.steps}


def node(explanation: Explanation, name: str) -> Explanation:
    if explanation.id == name:
        return explanation
    for child in explanation.children:
        found = node(child, name)
        if found is not None:
            return found
    return None


def test_shrinkage_can_be_followed_by_hand(small):
    results = small.build()
    shown = steps(node(explain(results, "E01000004"), "out_of_work"))
    # the area: 3 of 150; its district: 3 + 9 + 64 of 150 + 280 + 400
    own = math.log(3.5 / 147.5)
    district = math.log(76.5 / 754.5)
    variance = 151 * 152 / (150 * 4 * 148)
    others = [math.log(9.5 / 271.5), math.log(64.5 / 336.5)]
    between = sum((m - district) ** 2 for m in (own, *others)) / 2
    weight = between / (between + variance)
    mixed = weight * own + (1 - weight) * district
    assert shown["logit m"] == pytest.approx(own)
    assert shown["logit M"] == pytest.approx(district)
    assert shown["variance s2"] == pytest.approx(variance)
    assert shown["variance t2"] == pytest.approx(between)
    assert shown["weight w"] == pytest.approx(weight)
    assert shown["shrunk logit m*"] == pytest.approx(mixed)
    assert shown["shrunk value"] == pytest.approx(100 / (1 + math.exp(-mixed)))
    assert shown["shrunk value"] == results.areas["out_of_work_shrunk"][3]
    assert shown["rank r"] == 1
    assert shown["normal score"] == pytest.approx(NormalDist().inv_cdf(1 / 7))


def test_every_shown_result_is_the_one_that_was_built(small):
    results = small.build()
    for row, area in enumerate(results.areas["area_code"]):
        explanation = explain(results, area)
        overall = steps(explanation)
        assert overall["combined score"] == results.areas["small_score"][row]
        assert overall["published rank"] == results.areas["small_rank"][row]
        assert overall["Work"] + overall["Money"] == overall["combined score"]
        for domain in ("work", "money"):
            shown = steps(node(explanation, domain))
            assert shown["transformed X"] == results.areas[f"{domain}_transformed"][row]
            assert shown["decile"] == results.areas[f"{domain}_decile"][row]


def test_missing_and_added_up_values(small):
    small.change_table("21000", "")
    small.change("high_value: less_need}", "high_value: less_need, missing_values: unscored}")
    small.change(
        "{numerator: out_of_work,",
        "{indicators: {first: {kind: count, column: out_of_work}},",
    )
    results = small.build()
    lines = [" ".join(line.split()) for line in as_text(explain(results, "E01000002"))]
    assert "value missing (there is none in income)" in lines
    assert lines.count("Income missing") == 1
    assert (
        "combined score missing (without all of the above there is no score and no rank)" in lines
    )
    assert not any("missing = missing" in line or "x missing" in line for line in lines)
    assert not any(line.startswith("rank fraction") for line in lines[-8:])
    counted = [step.note for step in node(explain(small.build(), "E01000001"), "out_of_work").steps]
    assert counted[0] == "first"


def with_names(small) -> hyperlocal.Results:
    small.change(
        "table: {input: people}",
        "table: {input: people}\n  names: {input: people, column: district}",
    )
    return small.build()


def test_area_by_its_name(small):
    results = with_names(small)
    with pytest.raises(hyperlocal.ResultsError, match="3 areas are called 'E06000001'"):
        explain(results, "E06000001")
    with pytest.raises(hyperlocal.ResultsError, match="3 areas are called ' e06000001'"):
        explain(results, " e06000001")


def test_case_and_white_space_of_a_code_do_not_matter(small):
    assert explain(small.build(), " e01000004\n") == explain(small.build(), "E01000004")


def test_near_areas_are_named_by_their_names_first(small):
    results = with_names(small)
    with pytest.raises(hyperlocal.ResultsError) as raised:
        explain(results, "E0600")
    assert "near are E06000001 (E01000001), E06000001 (E01000002)" in str(raised.value)
    with pytest.raises(hyperlocal.ResultsError, match="near are E0100000"):
        explain(results, "E0100000")
    with pytest.raises(hyperlocal.ResultsError, match="''; name it by its code"):
        explain(results, "")


def test_an_excluded_area_says_why(small):
    small.change(
        "table: {input: people}",
        "table: {input: people}\n  exclude: [{code: E01000006, reason: an island}]",
    )
    results = small.build()
    for asked in ("E01000006", "e01000006 "):
        with pytest.raises(hyperlocal.ResultsError, match="E01000006 was left out: an island"):
            explain(results, asked)


@pytest.mark.parametrize("policy", ["unscored", "neutral"])
@pytest.mark.parametrize("standardise", ["z_scores", "normal_scores"])
def test_a_missing_value_shows_no_arithmetic(small, policy, standardise):
    small.change_table("3,150,", ",150,")
    small.change("per: 100,", f"per: 100, missing_values: {policy}, standardise: {standardise},")
    results = small.build()
    explanation = node(explain(results, "E01000004"), "out_of_work")
    shown = [(step.name, step.how, step.result) for step in explanation.steps]
    name = "z-score" if standardise == "z_scores" else "normal score"
    neutral = [(name, "", 0.0)] if policy == "neutral" else []
    assert shown == [("value", "", None), *neutral]
    assert explanation.steps[0].note == "there is none in out_of_work"
    whole = explain(results, "E01000004")
    assert "nan" not in "\n".join(as_text(whole))
    assert "NaN" not in json.dumps(whole.as_dict())


def test_z_score_by_hand(small):
    small.change("high_value: less_need}", "high_value: less_need, standardise: z_scores}")
    step = node(explain(small.build(), "E01000001"), "income").steps[-3]
    numbers = [-25000, -21000, -18000, -32000, -29000, -15500]
    assert step.name == "z-score"
    assert step.result == pytest.approx((-25000 - np.mean(numbers)) / np.std(numbers))
    assert step.how == f"(-25000 - {np.mean(numbers):.10g}) / {np.std(numbers):.10g}"


def test_area_without_people_takes_the_value_of_the_larger_area(small):
    small.change_table("3,150,", "0,0,")
    small.change("per: 100,", "per: 100, zero_denominator: larger_area,")
    shown = node(explain(small.build(), "E01000004"), "out_of_work").steps
    by_name = {step.name: step for step in shown}
    assert by_name["value"].note == "the denominator is 0"
    assert by_name["weight w"].result == 0
    assert by_name["shrunk value"].result == pytest.approx(100 * 73.5 / 681)
    assert not any("missing" in step.how or "nan" in step.how for step in shown)
    assert "logit m" not in by_name


def test_area_alone_in_its_larger_area_keeps_its_own_value(small):
    small.change_table("E01000006,E06000002", "E01000006,E06000003")
    shown = node(explain(small.build(), "E01000006"), "out_of_work").steps
    by_name = {step.name: step for step in shown}
    assert by_name["weight w"].result == 1
    assert "it keeps its own" in by_name["weight w"].note
    assert by_name["shrunk value"].result == pytest.approx(100 * 64.5 / 401)
    assert not any("nan" in step.how for step in shown)


@pytest.mark.parametrize("stated", [None, 4000.0])
def test_variance_of_a_mean_with_a_sample_size(small, stated):
    deviation = "" if stated is None else f", standard_deviation: {stated}"
    small.change(
        "{column: income, high_value: less_need}",
        "{kind: mean, column: income, sample_size: adults, high_value: less_need, "
        f"shrink_to: ltla24{deviation}}}",
    )
    shown = node(explain(small.build(), "E01000001"), "income").steps
    variance = next(step for step in shown if step.name == "variance s2")
    assert variance.how == "standard deviation^2 / sample size"
    assert variance.note.endswith(", estimated") is (stated is None)
    said = float(variance.note.split()[2].rstrip(","))
    assert variance.result == pytest.approx(said**2 / 300)
    if stated is not None:
        assert said == stated


@pytest.mark.parametrize("arithmetic", ["double", "single"])
def test_recomputed_shrinkage_is_the_one_that_was_built(tmp_path, arithmetic):
    """The explanation shrinks again; over the whole example no area differs by a single bit."""
    runpy.run_path(str(EXAMPLE / "make_data.py"))["make"](tmp_path)
    definition = hyperlocal.load(EXAMPLE / "index.yaml", {"conventions.arithmetic": arithmetic})
    results = hyperlocal.build(definition, tmp_path, tmp_path / "results")
    area = find_area(results, "R01000001")
    compared = 0
    for indicator in results.definition.nodes:
        if not area.has(indicator, "shrunk"):
            continue
        stored = results.areas[f"{indicator.id}_shrunk"].to_numpy()
        found = shrinkage(area, indicator).shrunk
        again = found * found.dtype.type(getattr(indicator.written, "per", 1.0))
        assert again.dtype == stored.dtype
        assert stored.dtype == (np.float32 if arithmetic == "single" else np.float64)
        np.testing.assert_array_equal(again, stored)
        compared += np.isfinite(stored).sum()
    assert compared == 6 * 239 - 2  # two areas have no figure of crime


@pytest.mark.oracle
def test_the_most_deprived_area_of_wales(published, tmp_path):
    """The chain from eight ranks to the published score of Rhyl West 2, by hand."""
    definition = hyperlocal.load("wimd-2019-domains")
    results = hyperlocal.build(definition, published / "wimd2019", tmp_path / "out")
    explanation = explain(results, "W01000240")
    total = 0.0
    for domain in explanation.children:
        shown = steps(domain)
        fraction = (1909 - shown["rank"] + 1) / 1909
        assert shown["rank fraction R"] == pytest.approx(fraction, rel=1e-14)
        transformed = -23 * math.log(1 - fraction * (1 - math.exp(-100 / 23)))
        assert shown["transformed X"] == pytest.approx(transformed, rel=1e-12)
        total += domain.weight * transformed
    assert steps(explanation)["combined score"] == pytest.approx(total, rel=1e-12)
    assert steps(explanation)["combined score"] == pytest.approx(86.63135728, abs=1e-8)
    assert steps(explanation)["published rank"] == 1
