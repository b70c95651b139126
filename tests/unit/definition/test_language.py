"""What a definition says: inheritance, defaults, roles, changes, writing back."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

import hyperlocal
from hyperlocal.catalogue import find, names
from hyperlocal.definition import json_schema, parse_definition
from hyperlocal.definition.models import KINDS
from hyperlocal.definition.outline import settings_outline
from hyperlocal.definition.settings import Conventions, FactorAnalysisWeights
from hyperlocal.definition.source import read_yaml
from hyperlocal.definition.write import as_yaml, resolved_yaml
from hyperlocal.indicators import REGISTRY

HEAD = """\
hyperlocal: 1
id: top
areas: {geography: lsoa21, table: {input: t}, within: {ltla24: {input: t, column: d}}}
inputs: {t: {file: t.csv, geography: lsoa21, code: c}}
"""


def parse(text: str, **changes: object):
    return parse_definition(HEAD + text, "index.yaml", changes)


def test_registry_covers_every_kind_of_indicator():
    assert set(REGISTRY) == set(KINDS) - {"group"}


def test_every_kind_of_indicator_is_explained_on_a_page_that_the_overview_links():
    pages = Path(__file__).parents[3] / "docs" / "indicators"
    overview = (pages / "index.md").read_text()
    linked = {
        kind: page
        for kinds, page in re.findall(r"^\| \[(.+?)\]\((.+?\.md)\)", overview, re.MULTILINE)
        for kind in re.findall("`([a-z_]+)`", kinds)
    }
    assert set(linked) == set(REGISTRY)
    for kind, page in linked.items():
        assert (
            f"`{kind}`" in (pages / page).read_text()
            or f"kind: {kind}" in (pages / page).read_text()
        ), kind


def test_every_convention_of_the_published_indices_can_be_stated():
    """The table of conventions: each with the values that published indices use."""
    stated = {
        "ties": ["average", "minimum"],
        "rank_fraction": ["(N-rank+1)/N", "(N-rank)/N"],
        "n": ["ranked", 33755],
        "exponential": [23, "exact"],
        "normal_scores": ["r/(n+1)", "(r-1/2)/n", "(r-3/8)/(n+1/4)"],
        "deciles": ["ceil(10*rank/N)", "floor(10*(rank-1)/N)+1"],
        "published_ties": ["minimum", "average"],
        "percentiles": ["ceil(100*rank/N)", "floor(100*(rank-1)/N)+1", "near_equal"],
        "arithmetic": ["double", "single"],
    }
    assert set(stated) == set(Conventions.model_fields)
    for name, values in stated.items():
        for value in values:
            assert getattr(Conventions(**{name: value}), name) == value


def test_treatment_is_inherited_from_the_nearest_node_above():
    index = parse("""
defaults:
  input: t
  high_value: more_need
  indicators: {standardise: z_scores}
index:
  domains:
    a:
      standardise: none
      high_value: less_need
      indicators:
        a1: {column: x}
        a2: {column: y, high_value: more_need}
    b: {indicators: {b1: {column: z}}}
""")
    settings = {node.id: node.settings for node in index.nodes}
    assert (settings["a1"].standardise, settings["a1"].high_value) == ("none", "less_need")
    assert (settings["a2"].standardise, settings["a2"].high_value) == ("none", "more_need")
    assert (settings["b1"].standardise, settings["b1"].high_value) == ("z_scores", "more_need")
    origins = index.by_id["a1"].origins
    assert origins["standardise"] == "domains.a.standardise"
    assert origins["input"] == "defaults.input"
    assert origins["shrink_to"] == "built in"


def test_settings_of_a_node_itself_are_not_inherited():
    index = parse("""
defaults: {input: t, high_value: more_need}
index:
  published_score: transformed_rank
  domains:
    a: {transform: none, indicators: {a1: {column: x}}}
    b: {indicators: {b1: {column: y}}}
""")
    nodes = index.by_id
    assert nodes["top"].settings.published_score == "transformed_rank"
    assert nodes["a"].settings.published_score == "combined"
    assert nodes["a"].settings.transform == "none"
    assert nodes["b"].settings.transform == "exponential"
    assert nodes["a1"].settings.transform == "none"


def test_combine_says_what_is_added_up_over_the_children():
    index = parse("""
defaults: {input: t, high_value: more_need}
index:
  combine: scores
  domains:
    a: {combine: transformed_ranks, indicators: {a1: {column: x}, a2: {column: y, transform: none}}}
""")
    nodes = index.by_id
    assert nodes["a"].settings.transform == "none"
    assert nodes["a1"].settings.transform == "exponential"
    assert nodes["a2"].settings.transform == "none"


def test_conventions_are_inherited_one_by_one():
    index = parse("""
conventions: {ties: minimum, exponential: exact}
defaults: {input: t, high_value: more_need, conventions: {arithmetic: single}}
index:
  domains:
    a:
      conventions: {ties: average}
      indicators: {a1: {column: x}}
""")
    agreed = index.by_id["a1"].settings.conventions
    assert (agreed.ties, agreed.exponential, agreed.arithmetic) == ("average", "exact", "single")
    assert index.root.settings.conventions.ties == "minimum"
    assert index.by_id["a1"].origins["conventions.exponential"] == "conventions.exponential"


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("index: {indicators: {a: {column: x}, b: {column: y}}}", "equal"),
        (
            "index: {indicators: {a: {column: x, weight: 0.4}, b: {column: y, weight: 0.6}}}",
            "stated",
        ),
        (
            "index: {weights: rescaled, indicators: "
            "{a: {column: x, weight: 2}, b: {column: y, weight: 6}}}",
            "rescaled",
        ),
        (
            "index: {weights: as_stated, indicators: "
            "{a: {column: x, weight: 1}, b: {column: y, weight: 1}}}",
            "as_stated",
        ),
    ],
)
def test_scheme_of_weights(text, scheme):
    assert parse("defaults: {input: t, high_value: more_need}\n" + text).root.scheme == scheme


@pytest.mark.parametrize(
    ("weights", "scheme"),
    [("rescaled", "rescaled"), ("as_stated", "as_stated"), ("equal", "stated")],
)
def test_the_default_scheme_holds_where_the_children_state_weights(weights, scheme):
    index = parse(
        f"defaults: {{input: t, high_value: more_need, weights: {weights}}}\n"
        "index: {indicators: {a: {column: x, weight: 0.5}, b: {column: y, weight: 0.5}}}"
    )
    assert index.root.scheme == scheme


def test_default_factor_analysis_leaves_no_room_for_stated_weights():
    with pytest.raises(hyperlocal.DefinitionError, match="estimated by factor analysis") as caught:
        parse(
            "defaults: {input: t, high_value: more_need, weights: factor_analysis}\n"
            "index: {indicators: {a: {column: x, weight: 1}, b: {column: y}, c: {column: z}}}"
        )
    assert len(caught.value.problems) == 1


def test_factor_analysis_may_be_said_in_a_word_or_in_full():
    common = (
        "defaults: {input: t, high_value: more_need}\nindex:\n  weights: WEIGHTS\n  indicators:"
    )
    common += "".join(f"\n    {name}: {{column: {name}}}" for name in ("a1", "b1", "c1"))
    short = parse(common.replace("WEIGHTS", "factor_analysis")).root.scheme
    full = parse(
        common.replace("WEIGHTS", "{factor_analysis: {weights_from: loadings}, caps: {a1: 0.16}}")
    ).root.scheme
    assert isinstance(short, FactorAnalysisWeights)
    assert isinstance(full, FactorAnalysisWeights)
    assert short.factor_analysis.weights_from == "loadings"
    assert full.caps == {"a1": 0.16}


def test_yaml_is_read_as_the_core_schema_says():
    values, _, problems = read_yaml(
        "a: no\nb: 2024-09\nc: 012\nd: 1e3\ne: .5\nf: true\ng: ~\n2021: on\nh: '7'\ni: 1:30\n", "x"
    )
    assert problems == []
    assert values == {
        "a": "no",
        "b": "2024-09",
        "c": 12,
        "d": 1000.0,
        "e": 0.5,
        "f": True,
        "g": None,
        "2021": "on",
        "h": "7",
        "i": "1:30",
    }


def test_anchors_may_be_used_again():
    index = parse("""
index:
  domains:
    a: &domain {indicators: {a1: {column: x, input: t, high_value: more_need}}}
""")
    assert [node.id for node in index.nodes] == ["a1", "a", "top"]


def test_changes_by_path():
    index = parse(
        "defaults: {input: t, high_value: more_need}\n"
        "index: {domains: {a: {weight: 0.4, column: x}, b: {weight: 0.6, column: y}}}",
        **{"domains.a.weight": "0.3", "index.domains.b.weight": 0.7, "conventions.ties": "minimum"},
    )
    weights = {child.id: child.written.weight for child in index.root.children}
    assert weights == {"a": 0.3, "b": 0.7}
    assert index.root.settings.conventions.ties == "minimum"


def test_a_change_of_what_is_not_there_says_what_is():
    with pytest.raises(hyperlocal.DefinitionError, match=r"domains\.z.*no such node; here are: a"):
        parse(
            "index: {domains: {a: {column: x, input: t, high_value: more_need}}}",
            **{"domains.z.indicators.weight": "1"},
        )


TWO = (
    "defaults: {input: t, high_value: more_need}\n"
    "index: {domains: {work: {column: x}, home: {column: y}}}"
)


def test_changes_of_lists_and_of_settings_that_are_not_there_yet():
    head = HEAD.replace("within:", "exclude: [{code: a, reason: b}], within:")
    changes = {
        " areas.exclude[0] . code ": "0123",
        "inputs.t.missing": "[a, ~, '*']",
        "index.weights": "equal",
        "defaults.domains.published_score": "transformed_rank",
        "title": "Need: an index",
    }
    index = parse_definition(head + TWO, "index.yaml", changes)
    assert index.areas.exclude[0].code == "0123"
    assert index.inputs["t"].missing == ("a", "~", "*")
    assert index.by_id["work"].settings.published_score == "transformed_rank"
    assert index.title == "Need: an index"


@pytest.mark.parametrize("before", ["", "weights: equal, "])
@pytest.mark.parametrize(
    "change",
    [
        {"index.weights.factor_analysis.weights_from": "bartlett_scores"},
        {"index.weights": "{factor_analysis: {weights_from: bartlett_scores}}"},
    ],
)
def test_a_change_to_factor_analysis(before, change):
    text = TWO.replace("{domains: {", f"{{{before}domains: {{other: {{column: z}}, ")
    scheme = parse(text, **change).root.scheme
    assert isinstance(scheme, FactorAnalysisWeights)
    assert scheme.factor_analysis.weights_from == "bartlett_scores"


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("domains.wrk.weight", "1", "domains.wrk.weight: there is no such node; did you mean"),
        ("inputs.tt.code", "x", "inputs.tt.code: there is no such input; did you mean 't'?"),
        ("areas.exclude[0].code", "x", "areas.exclude[0].code: there is no such entry; areas."),
        ("conventons.ties", "minimum", "conventons.ties: there is no such key; did you mean 'con"),
        ("domains.work.wieght", "1", "domains.work.wieght: unknown key; did you mean 'weight'?"),
        ("conventions.ties", "lowest", "conventions.ties: 'lowest' is not allowed here; state"),
        ("defaults.shrink_to", "ltla23", "defaults.shrink_to: 'ltla23' is not in 'areas.within'"),
        ("domains.work.weight", "0.5", "domains.home: has no weight while its siblings have"),
        ("inputs.t.missing", "[a", "inputs.t.missing: not valid YAML: did not find expected"),
    ],
)
def test_what_is_wrong_in_a_change_is_told_of_the_change(place, value, message):
    with pytest.raises(hyperlocal.DefinitionError) as caught:
        parse(TWO, **{place: value})
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"--set: {message}")


def test_a_change_of_an_alias_leaves_the_anchor_as_it_is():
    text = TWO.replace("work: {column: x}", "work: &one {column: x, weight: 0.5}")
    text = text.replace("home: {column: y}", "home: *one")
    index = parse(text, **{"domains.home.column": "y"})
    columns = [node.written.column.column for node in index.nodes if node.is_indicator]
    assert columns == ["x", "y"]


def test_codes_and_marks_keep_how_they_are_written():
    head = HEAD.replace("within:", "exclude: [{code: 0123, reason: 5}], within:")
    head = head.replace("code: c}", "code: c, missing: [~, true, -9, 1e3, 012, .5]}")
    index = parse_definition(head + TWO)
    assert index.areas.exclude[0].code == "0123"
    assert index.inputs["t"].missing == ("~", "true", "-9", "1e3", "012", ".5")
    with pytest.raises(hyperlocal.DefinitionError, match="1e5 is not allowed here; put it in quot"):
        parse_definition(head.replace("0123", "1e5") + TWO)


@given(text=st.text(max_size=120) | st.from_regex(r"[-+]?[0-9oxe_.:~]{0,8}", fullmatch=True))
@example("1e5")
@example("+1E3")
@example("0o7")
@example("012")
def test_text_reads_back_as_the_same_text(text):
    written = {"value": text, "list": [text], "keys": {text: 1}}
    values, _, problems = read_yaml(as_yaml(written), "index.yaml")
    assert problems == []
    assert values == written


def test_every_setting_with_its_origin():
    index = parse(
        "defaults: {high_value: more_need, standardise: z_scores}\n"
        "index:\n  input: t\n  weights: {factor_analysis: {accept: [heywood_case]}, "
        "caps: {a: 0.4}}\n"
        "  indicators: {a: {column: a}, b: {column: b}, c: {column: c}}"
    )
    lines = [" ".join(line.split()) for line in settings_outline(index)]
    assert lines[0] == "index"
    assert "weights.factor_analysis.missing listwise from index.weights" in lines
    assert "weights.factor_analysis.accept heywood_case from index.weights" in lines
    assert "weights.caps.a 0.4 from index.weights" in lines
    assert "input t from index.input" in lines
    assert "standardise z_scores from defaults.standardise" in lines
    assert "None" not in "\n".join(lines)


@pytest.mark.parametrize("name", names())
def test_bundled_definitions_follow_their_schema_and_their_names(name):
    text = find(name).read_text(encoding="utf-8")
    jsonschema.validate(read_yaml(text, name)[0], json_schema())
    assert hyperlocal.load(name).id == name.replace("-", "_")
    assert hyperlocal.load(name.replace("-", "_")).id == name.replace("-", "_")


def test_populations_of_the_input_of_the_defaults_read_back():
    index = parse(
        "defaults: {input: t}\npopulations: {residents: {column: people}}\n"
        "index: {high_value: more_need, indicators: {a: {column: a}}}\n"
    )
    again = parse_definition(resolved_yaml(index))
    assert [one.settings.input for one in again.populations] == ["t"]


def test_titles_in_welsh_read_back():
    index = parse(
        "title_cy: Mynegai\ndefaults: {input: t}\n"
        "index:\n  high_value: more_need\n  indicators:\n"
        "    a: {column: a, title_cy: Incwm}\n    b: {column: b}\n"
    )
    for one in (index, parse_definition(resolved_yaml(index))):
        assert one.written.title_cy == one.root.written.title_cy == "Mynegai"
        assert [child.written.title_cy for child in one.root.children] == ["Incwm", ""]


@pytest.mark.parametrize("name", names())
def test_resolved_text_reads_back_as_the_same_index(name):
    index = hyperlocal.load(name)
    again = parse_definition(resolved_yaml(index))
    for before, after in zip(index.nodes, again.nodes, strict=True):
        assert before.id == after.id
        assert before.settings.conventions == after.settings.conventions
        assert before.settings.transform == after.settings.transform
        assert before.settings.published_score == after.settings.published_score
        assert before.scheme == after.scheme
        assert before.title == after.title
        if before.is_indicator:
            assert before.settings.high_value == after.settings.high_value
            assert [
                (column.column, before.input_of(column))
                for columns in before.columns().values()
                for column in columns
            ] == [
                (column.column, after.input_of(column))
                for columns in after.columns().values()
                for column in columns
            ]


def test_schema_accepts_short_forms_and_refuses_unknown_keys():
    schema = json_schema()
    short = yaml.safe_load(
        HEAD + "index: {weights: factor_analysis, indicators: {a: {numerator: x, denominator: "
        "[y, {input: t, column: z}], high_value: more_need}}}"
    )
    jsonschema.validate(short, schema)
    long = {**short, "index": {**short["index"], "weights": {"factor_analysis": None}}}
    jsonschema.validate(long, schema)
    capital = {**short, "index": {"domains": {"Work": {"column": "x"}}}}
    with pytest.raises(jsonschema.ValidationError, match="Work"):
        jsonschema.validate(capital, schema)
    short["titel"] = "x"
    with pytest.raises(jsonschema.ValidationError, match="titel"):
        jsonschema.validate(short, schema)
    assert json.loads(json.dumps(schema)) == schema


def test_definitions_are_frozen():
    index = hyperlocal.load("wimd-2019-domains")
    with pytest.raises(ValueError, match="frozen"):
        index.written.id = "other"
    with pytest.raises(AttributeError):
        index.root.id = "other"
