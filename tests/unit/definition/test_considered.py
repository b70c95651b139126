"""What was considered and left out, and why something is in the index: told, checked, kept."""

from __future__ import annotations

from collections import Counter

import pytest

import hyperlocal
from hyperlocal.definition import parse_definition
from hyperlocal.definition.write import resolved_yaml
from hyperlocal.errors import DefinitionError

TEXT = """\
hyperlocal: 1
id: top
areas: {geography: lsoa21, table: {input: t}}
inputs: {t: {file: t.csv, geography: lsoa21, code: c}}
defaults: {input: t, high_value: more_need}
considered:
  pay: {domain: a, title: Pay, reason: The sample is small., date: 2024}
  trust: {reason: Nobody asks for it.}
index:
  inclusion: Asked for by law.
  domains:
    a: {inclusion: It matters., indicators: {a1: {column: x, inclusion: It is known.}}}
    b: {indicators: {b1: {column: y}}}
"""


def problems(old: str, new: str) -> list[str]:
    assert old in TEXT
    with pytest.raises(DefinitionError) as caught:
        parse_definition(TEXT.replace(old, new), "index.yaml")
    return [str(one) for one in caught.value.problems]


def test_both_are_read_and_read_back():
    index = parse_definition(TEXT, "index.yaml")
    assert index.root.written.inclusion == "Asked for by law."
    assert index.by_id["a1"].written.inclusion == "It is known."
    assert index.by_id["b1"].written.inclusion == ""  # it is not inherited
    assert [*index.written.considered] == ["pay", "trust"]
    assert index.written.considered["pay"].date == "2024"
    again = parse_definition(resolved_yaml(index))
    assert again.written.considered == index.written.considered
    assert {one.id: one.written.inclusion for one in again.nodes} == {
        one.id: one.written.inclusion for one in index.nodes
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("domain: a,", "domain: c,", "index.yaml:7: considered.pay.domain: there is no part 'c'"),
        ("domain: a,", "domian: a,", "index.yaml:7: considered.pay.domian"),
        ("{reason: Nobody asks for it.}", "{title: Trust}", "index.yaml:8: considered.trust"),
        ("reason: Nobody asks for it.", "reason: ''", "index.yaml:8: considered.trust.reason"),
        ("  trust:", "  Trust 1:", "index.yaml:8: considered"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(old, new, said):
    (problem,) = problems(old, new)
    assert problem.startswith(said)


def test_parts_of_the_index_are_named_where_there_is_no_such_part():
    (problem,) = problems("domain: a,", "domain: c,")
    assert "known are top, a, b" in problem


def test_a_part_that_is_wrong_itself_is_reported_once():
    (problem,) = problems("a: {inclusion: It matters.,", "a: {inclusion: [It matters.],")
    assert "considered" not in problem


def test_a_part_that_a_change_takes_out_is_forgotten():
    index = parse_definition(TEXT, changes={"index.domains": {"b": {"column": "x"}}})
    again = parse_definition(resolved_yaml(index))
    assert again.written.considered["pay"].domain is None
    assert again.written.considered["pay"].reason == "The sample is small."


def test_the_need_measure_tells_what_its_paper_tells():
    need = hyperlocal.load("hyperlocal-need-2025")
    rows = Counter(one.domain for one in need.written.considered.values())
    assert rows == {
        "economic_growth": 7,
        "clean_energy": 3,
        "safe_streets": 5,
        "opportunity": 5,
        "health": 3,
    }
    counts = {child.id for one in need.nodes if one.is_indicator for child in one.children}
    sexes = {"life_expectancy_females", "life_expectancy_males"}
    without = {one.id for one in need.nodes if one.is_indicator and not one.written.inclusion}
    assert without == counts | sexes
