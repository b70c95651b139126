"""The demo from end to end: what it says, and whether the index finds the need that was planted."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
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


def test_make_demo_does_what_the_makefile_says(demo, tmp_path):
    """The two commands of `make demo`, as processes."""
    results, _ = demo
    recipe = re.search(r"^demo:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    commands = recipe[1].replace("\t@", "").replace("$(BIN)/python", sys.executable)
    commands = commands.replace("$(BIN)/hyperlocal", f"{sys.executable} -m hyperlocal")
    commands = commands.replace("$(DEMO)", str(tmp_path))
    shown = ""
    for command in commands.splitlines():
        shown += subprocess.run(
            command.split(), cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    assert f"Results are in {tmp_path / 'results'}" in shown
    rows = [line.split() for line in shown.splitlines()[-10:]]
    assert [row[1] for row in rows] == top_codes(results)
