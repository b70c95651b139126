"""The change between two dates, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hyperlocal.analysis import as_text, explain
from hyperlocal.pipeline.replay import Replay

DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: output}}
inputs: {output: {file: output.csv, geography: lsoa11, code: code}}
defaults: {input: output, high_value: less_need}
index:
  indicators:
    growth: {before: gva_12, after: gva_22MORE}
"""
OUTPUT = """\
code,gva_12,gva_22,people_12,people_22
E01000001,200,250,1000,1000
E01000002,80,60,400,300
E01000003,50,50,500,625
"""


def told(results, area: str) -> str:
    """Return the explanation of an area as text."""
    return "\n".join(as_text(explain(results, area)))


@pytest.fixture
def index(tmp_path, index_folder):
    return index_folder(tmp_path, {"index.yaml": DEFINITION, "output.csv": OUTPUT})


def test_change_in_per_cent_of_what_was(index):
    """By hand: 50/200, -20/80 and nothing."""
    index.change("index.yaml", "MORE", "")
    results = index.build()
    assert results.areas["growth_value"].to_list() == [25, -25, 0]
    assert results.areas["growth_rank"].to_list() == [3, 1, 2]
    assert "(60 - 80) / 80 x 100" in told(results, "E01000002")


def test_change_per_head(index):
    """By hand, per head: 0.2 to 0.25; 0.2 to 0.2; 0.1 to 0.08, a fifth less."""
    index.change(
        "index.yaml", "MORE", ", before_denominator: people_12, after_denominator: people_22"
    )
    results = index.build()
    np.testing.assert_allclose(results.areas["growth_value"], [25, 0, -20], rtol=1e-12, atol=1e-12)
    again = Replay.of(results).base["growth"].columns["value"]
    np.testing.assert_array_equal(again, results.areas["growth_value"].to_numpy())
    text = told(results, "E01000003")
    assert "((50 / 625) - (50 / 500)) / (50 / 500) x 100" in text


def test_change_does_not_depend_on_the_unit(index):
    index.change("index.yaml", "MORE", "")
    before = index.build().areas["growth_value"].to_list()
    index.change("output.csv", "200,250", "200000,250000")
    assert index.build().areas["growth_value"].to_list() == before


def test_nothing_before_is_refused(index):
    import hyperlocal

    index.change("index.yaml", "MORE", "")
    index.change("output.csv", "80,60", "0,60")
    said = index.problems(hyperlocal.DataError)
    assert "output.csv:3: gva_12" in said
    assert "E01000002: the before is 0" in said
