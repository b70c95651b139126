"""The first index, from end to end: does it find the need that was planted?"""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

import hyperlocal

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "first-index"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    need = runpy.run_path(str(EXAMPLE / "make_data.py"))["make"](folder / "data")
    results = hyperlocal.build(
        hyperlocal.load(EXAMPLE / "index.yaml"), folder / "data", folder / "results"
    )
    return results, need


def test_the_index_finds_the_planted_need(demo):
    results, need = demo
    assert results.areas.height == 239  # all but the island
    planted = need[:239]  # the island is the last
    for node, at_least in {"riverford_need": 0.95, "work": 0.85, "health": 0.85}.items():
        found = spearmanr(planted, results.areas[f"{node}_score"].to_numpy())
        assert found.statistic > at_least
    worst = set(np.argsort(-planted)[:24])
    ten = [results.areas["area_code"].to_list().index(code) for code in top_codes(results)]
    assert len(worst & set(ten)) >= 8


def top_codes(results: hyperlocal.Results) -> list[str]:
    return results.most_need(10)["area_code"].to_list()


def test_what_was_missing_is_told(demo):
    results, _ = demo
    missing = results.provenance["missing_values"]
    assert missing["crime"] == {"areas": 2, "policy": "neutral"}
    assert missing["jobseekers"]["policy"] == "zero"
    assert results.provenance["warnings"] == []
    assert results.provenance["inputs"]["crimes"]["areas_without_row"] == 2
