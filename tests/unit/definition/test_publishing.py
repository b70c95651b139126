"""What a definition lets out: inherited like any treatment, and changing no number."""

from __future__ import annotations

import pytest

import hyperlocal
from hyperlocal.definition import parse_definition
from hyperlocal.definition.outline import settings_outline
from hyperlocal.definition.publishing import (
    adds_up_withheld,
    may_leave,
    restricted,
    shown_at,
    withheld_in_words,
)
from hyperlocal.definition.write import resolved_yaml

HEAD = """\
hyperlocal: 1
id: top
areas: {geography: lsoa21, table: {input: t}, within: {ltla24: {input: t, column: d}}}
inputs: {t: {file: t.csv, geography: lsoa21, code: c}}
defaults: {input: t, high_value: more_need, indicators: {publish: {round_to: 5}}}
index:
  domains:
    a:
      publish: {geography: ltla24}
      indicators:
        a1: {numerator: x, denominator: y, publish: {suppress_below: 5}}
        a2: {numerator: x, denominator: z, publish: {geography: lsoa21, round_to: none}}
        a3: {numerator: x, denominator: z, publish: {geography: none}}
    b: {indicators: {b1: {column: q, publish: {round_to: none}}}}
"""


def parse(text: str = HEAD):
    return parse_definition(text, "index.yaml")


def test_each_setting_is_inherited_by_itself():
    index = parse()
    found = {name: node.settings.publish for name, node in index.by_id.items()}
    shown = {name: (one.geography, one.round_to, one.suppress_below) for name, one in found.items()}
    assert shown["a1"] == ("ltla24", 5, 5)
    assert shown["a2"] == (None, "none", "none")  # the geography of the index is as none stated
    assert shown["a3"] == ("none", 5, "none")
    assert shown["b1"] == (None, "none", "none")
    assert index.by_id["a1"].origins["publish.geography"] == "domains.a.publish.geography"
    assert index.by_id["a1"].origins["publish.round_to"] == "defaults.indicators.publish.round_to"
    lines = "\n".join(settings_outline(index))
    assert "publish.geography" in lines
    assert "from domains.a.indicators.a1.publish.suppress_below" in lines


def test_where_values_may_be_shown():
    index = parse()
    at = {name: shown_at(index, index.by_id[name]) for name in ("a1", "a2", "a3", "b1")}
    assert at == {"a1": "ltla24", "a2": "lsoa21", "a3": None, "b1": "lsoa21"}
    assert [node.id for node in index.nodes if restricted(node)] == ["a1", "a3"]


def test_the_resolved_definition_says_the_same():
    again = parse(resolved_yaml(parse()))
    for name, node in parse().by_id.items():
        if node.is_indicator:
            assert again.by_id[name].settings.publish == node.settings.publish, name


def test_settings_on_the_command_line():
    set_to = {"domains.b.indicators.b1.publish.geography": "ltla24"}
    index = parse_definition(HEAD, "index.yaml", set_to)
    assert shown_at(index, index.by_id["b1"]) == "ltla24"


def test_nothing_computed_changes(small):
    exact = small.build()
    columns = exact.areas
    small.change(
        "per: 100, shrink_to: ltla24",
        "per: 100, shrink_to: ltla24, publish: {geography: ltla24, round_to: 5, suppress_below: 5}",
    )
    again = small.build()
    assert again.areas.equals(columns)
    assert again.definition.by_id["out_of_work"].settings.publish.round_to == 5


def leave(index, name: str, *columns: str) -> list[bool]:
    return [may_leave(index.by_id[name], column) for column in columns]


ALL = ("value", "numerator", "standardised", "score", "rank", "decile")


def test_nothing_of_a_restricted_indicator_leaves():
    assert leave(parse(), "a1", *ALL) == [False] * 6
    assert leave(parse(), "a2", *ALL) == [True] * 6


def test_of_a_restricted_domain_its_ranks_leave():
    text = "    b: {column: q, publish: {geography: none, round_to: none}}\n"
    index = parse(HEAD[: HEAD.index("    b:")] + text)
    columns = ("value", "score", "rank", "decile", "transformed")
    assert leave(index, "b", *columns) == [False, False, True, True, True]
    index = parse(
        HEAD[: HEAD.index("    b:")] + text.replace("{c", "{published_score: transformed_rank, c")
    )
    assert leave(index, "b", *columns) == [False, True, True, True, True]


def test_scores_that_add_up_what_is_withheld_stay():
    """All but one term of a published sum are known: so is the last."""
    index = parse()
    assert adds_up_withheld(index.by_id["a"])
    assert leave(index, "a", "score", "combined", "rank", "transformed") == [
        False,
        False,
        True,
        True,
    ]
    assert leave(index, "b", "score", "combined") == [True, True]
    assert leave(index, "top", "score") == [True]  # its children go up as ranks
    index = parse(HEAD.replace("index:\n", "index:\n  combine: scores\n"))
    assert leave(index, "top", "score", "rank") == [False, True]


def test_composite_of_what_is_withheld():
    text = (
        HEAD
        + """\
    c:
      indicators:
        mixed: {indicators: {c1: {numerator: x, denominator: y, publish: {geography: ltla24}},
                             c2: {numerator: x, denominator: y, publish: {round_to: none}}}}
        whole: {indicators: {c3: {numerator: x, denominator: y, publish: {geography: ltla24}}}}
"""
    )
    index = parse(text)
    assert leave(index, "mixed", "score", "standardised", "rank") == [False, False, True]
    assert leave(index, "whole", "score", "standardised", "rank") == [False, False, False]
    beside = "ltla24}}}, supplementary: {s: {numerator: x, denominator: y}}}\n"
    index = parse(text.replace("ltla24}}}}\n", beside))  # what does not enter it hides nothing
    assert leave(index, "whole", "score", "standardised", "rank") == [False, False, False]


def test_counts_are_shown_as_their_rate_is():
    text = (
        HEAD
        + "    c: {indicators: {r: {denominator: y, indicators: {n: {kind: count, column: x}}}}}\n"
    )
    assert leave(parse(text), "n", "value") == [False]  # rounded, as the rate is
    with pytest.raises(hyperlocal.DefinitionError, match="has no effect: the counts of a rate"):
        parse(text.replace("column: x}", "column: x, publish: {geography: none}}"))


def test_what_is_told():
    assert withheld_in_words(parse()) == [
        "A: no scores, which would give away what is not published",
        "A1: not published for lsoa21",
        "A3: not published for lsoa21",
    ]


def test_the_childhood_obesity_of_wales_is_shown_for_msoas():
    """WIMD 2019 technical report, chapter 6: values are published for MSOAs and larger areas."""
    wimd = hyperlocal.load("wimd-2019")
    assert shown_at(wimd, wimd.by_id["obese_children"]) == "msoa11"
    assert [node.id for node in wimd.nodes if restricted(node)] == ["obese_children"]
    assert leave(wimd, "health", "score", "rank", "combined") == [True, True, False]
