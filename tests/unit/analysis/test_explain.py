"""An explanation shows the numbers that the build computed, and they follow from each other."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest

import hyperlocal
from hyperlocal.analysis import Explanation, as_text, explain


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
    text = "\n".join(as_text(explain(small.build(), "E01000002")))
    assert "0.5 x missing = missing" in text
    assert "combined score" in text
    counted = [step.note for step in node(explain(small.build(), "E01000001"), "out_of_work").steps]
    assert counted[0] == "first"


def test_area_by_its_name(small):
    small.change(
        "table: {input: people}",
        "table: {input: people}\n  names: {input: people, column: district}",
    )
    results = small.build()
    with pytest.raises(hyperlocal.ResultsError, match="3 areas are called 'E06000001'"):
        explain(results, "E06000001")


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
