"""What a user gets whose definition is wrong: all problems at once, each with its line."""

from __future__ import annotations

import copy
import random
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

import hyperlocal
from hyperlocal.definition import parse_definition
from hyperlocal.definition.write import resolved_yaml

ROOT = Path(__file__).parents[2]


def problems(small) -> list[str]:
    with pytest.raises(hyperlocal.DefinitionError) as caught:
        hyperlocal.load(small.definition)
    assert all(problem.file == str(small.definition) for problem in caught.value.problems)
    return [str(problem).removeprefix(str(small.definition)) for problem in caught.value.problems]


def only(found: list[str]) -> str:
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "42", "# nothing\n"])
def test_not_a_mapping(small, text):
    small.definition.write_text(text)
    assert "not a definition: the file must hold a mapping" in only(problems(small))


def test_not_yaml(small):
    small.change("index:", "index: [")
    assert "not valid YAML" in only(problems(small))


def test_two_documents(small):
    small.definition.write_text(small.definition.read_text() + "---\nid: other\n")
    assert "more than one YAML document" in only(problems(small))


def test_bomb(small):
    lines = ["bomb0: &b0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"bomb{level}: &b{level} [{', '.join([f'*b{level - 1}'] * 10)}]" for level in range(1, 12)
    ]
    small.definition.write_text("\n".join(lines) + "\n" + small.definition.read_text())
    assert "grows beyond 100,000 values" in only(problems(small))


def test_deep_nesting(small):
    small.definition.write_text("a: " + "[" * 100_000)
    assert "nested more than 60 levels deep" in only(problems(small))


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system ['true']", "!!python/name:os.system", "!custom x"]
)
def test_object_tags(small, tag):
    small.change("title: A small index", f"title: {tag}")
    assert "is not allowed; write a plain value" in problems(small)[0]


def test_cycle(small):
    small.change("    work:\n", "    work: &work\n      subdomains: {again: *work}\n")
    assert "*work is a cycle: the anchor contains itself" in problems(small)[0]


def test_a_line_of_ten_megabytes(small):
    small.change("A small index", "x" * 10_000_000)
    message = only(problems(small))
    assert "a definition at most 2,000,000" in message
    assert len(message) < 300


def test_unknown_method(small):
    small.change("defaults: {", "defaults: {standardise: percentiles, weights: by_feeling, ")
    found = problems(small)
    assert "standardise: 'percentiles' is not allowed here" in found[0] + found[1]
    assert "'normal_scores', 'z_scores' or 'none'" in found[0] + found[1]
    assert "weights: 'by_feeling' is not allowed here" in found[0] + found[1]
    assert len(found) == 2


def test_unknown_kind(small):
    small.change("{column: income,", "{kind: guess, column: income,")
    assert "unknown kind 'guess'; kinds are group, value, count" in only(problems(small))


def test_unknown_key_with_a_suggestion(small):
    small.change("shrink_to: ltla24}", "shrink_too: ltla24}")
    assert "shrink_too: unknown key; did you mean 'shrink_to'?" in only(problems(small))


def test_duplicate_key(small):
    small.change("title: A small index", "title: A small index\ntitle: Another")
    assert only(problems(small)) == ":4: title: stated twice, first on line 3"


def test_duplicate_id(small):
    small.change("        income: {column", "        work: {column")
    assert "the id 'work' is used twice, first on line 13" in only(problems(small))


def test_weights_that_do_not_add_up(small):
    small.change("    work:\n", "    work:\n      weight: 0.5\n")
    small.change("    money:\n", "    money:\n      weight: 0.45\n")
    message = only(problems(small))
    assert "the weights of the children of small add to 0.95, not 1" in message
    assert "weights: as_stated" in message


def test_weight_missing_and_weight_without_effect(small):
    small.change("    work:\n", "    work:\n      weight: 1\n")
    small.change("shrink_to: ltla24}", "shrink_to: ltla24, weight: 0.5}")
    small.change("    work:\n", "    work:\n      weights: equal\n")
    found = "\n".join(problems(small))
    assert "domains.money: has no weight while its siblings have" in found
    assert "out_of_work.weight: has no effect: the weights of work are equal" in found


def test_factor_analysis_of_too_few(small):
    small.change("    work:\n", "    work:\n      weights: factor_analysis\n")
    assert "factor analysis needs at least 3 children, and work has 1" in only(problems(small))


def test_caps_of_a_stranger(small):
    small.change(
        "    work:\n",
        "    work:\n      weights: {factor_analysis: {}, caps: {stranger: 0.2}}\n",
    )
    assert "stranger is not a child of work" in problems(small)[1]


def test_shrinking_what_cannot_be_shrunk(small):
    small.change("high_value: less_need}", "high_value: less_need, shrink_to: ltla24}")
    assert "a plain value cannot be shrunk to ltla24" in only(problems(small))


def test_unknown_larger_area_input_and_geography(small):
    small.change("shrink_to: ltla24", "shrink_to: region24")
    small.change("defaults: {input: people", "defaults: {input: persons")
    small.change("code: area}", "code: area}\n  msoas: {file: m, geography: msoa21, code: m}")
    small.change("{column: income,", "{column: income, input: msoas,")
    found = "\n".join(problems(small))
    assert "out_of_work.shrink_to: 'region24' is not in 'areas.within'; known are: ltla24" in found
    assert "there is no input 'persons' (for out_of_work); known are people, msoas" in found
    assert "msoa21 are other areas than the index's lsoa21" in found
    assert "state a correspondence from msoa21 to lsoa21" in found


def test_another_vintage(small):
    small.change("code: area}", "code: area}\n  old: {file: o, geography: lsoa11, code: c}")
    small.change("{column: income,", "{column: income, input: old,")
    assert "lsoa11 are other boundaries than the index's lsoa21" in only(problems(small))


def test_orientation_must_be_stated(small):
    small.change("high_value: more_need}", "standardise: none}")
    assert "does not say what a high value means" in only(problems(small))


def test_everything_at_once_in_the_order_of_the_lines(small):
    small.change("title: A small index", "titel: A small index")
    small.change("geography: lsoa21\n", "geography: lsoa\n")
    small.change("    work:\n", "    work:\n      weights: factor_analysis\n")
    small.change("column: income, high_value: less_need", "column: income, high_value: less")
    found = problems(small)
    assert [message.split(":")[1] for message in found] == ["3", "5", "14", "19"]


@pytest.mark.parametrize("kind", ["group", "value", "count", "rate", "ratio", "mean"])
def test_a_key_that_is_called_like_a_kind(small, kind):
    small.change("{column: income,", f"{{kind: {kind}, {kind}: income,")
    assert f"domains.money.indicators.income.{kind}: unknown key" in "\n".join(problems(small))


def test_several_faults_in_one_list(small):
    small.change("  table:", "  exclude: [{kode: a}, {kode: b, reason: x}, 5]\n  table:")
    found = problems(small)
    assert [message.split(": ", 2)[1:] for message in found] == [
        ["areas.exclude[0].reason", "'reason' is missing"],
        ["areas.exclude[0].kode", "unknown key; did you mean 'code'?"],
        ["areas.exclude[1].kode", "unknown key; did you mean 'code'?"],
        ["areas.exclude[2]", "5 is not allowed here; write a mapping of keys to values"],
    ]


def test_missing_parts_do_not_hide_other_faults(small):
    small.definition.write_text(
        "hyperlocal: 1\nid: x\ntitel: y\ndefaults: {standardise: percentiles}\n"
    )
    found = "\n".join(problems(small))
    for name in ("areas", "inputs", "index"):
        assert f":1: {name}: '{name}' is missing" in found
    assert "titel: unknown key; did you mean 'title'?" in found
    assert "defaults.standardise: 'percentiles' is not allowed here" in found
    assert len(found.splitlines()) == 5


@pytest.mark.parametrize("name", ["areas", "inputs"])
def test_without_a_part_the_tree_is_still_checked(small, name):
    lines = small.definition.read_text().splitlines()
    begin = lines.index(f"{name}:")
    end = next(n for n in range(begin + 1, len(lines)) if not lines[n].startswith(" "))
    small.definition.write_text("\n".join(lines[:begin] + lines[end:]))
    small.change("high_value: less_need", "high_value: less")
    found = problems(small)
    assert f"{name}: '{name}' is missing" in found[0]
    assert "high_value: 'less' is not allowed here" in found[1]
    assert len(found) == 2


def test_an_input_without_its_keys(small):
    small.change("people: {file: people.csv, geography: lsoa21, code: area}", "people: people.csv")
    assert "inputs.people: 'people.csv' is not allowed here; write a mapping" in only(
        problems(small)
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "defaults: {",
            "defaults: {shrink_to: ltla23, ",
            "defaults.shrink_to: 'ltla23' is not in 'areas.within' (for income); known are: ltla24",
        ),
        (
            "defaults: {input: people",
            "defaults: {input: peple",
            "defaults.input: there is no input 'peple' (for out_of_work, income); known are people",
        ),
        (
            "people, high_value",
            "people, higv_value",
            "defaults.higv_value: unknown key; did you mean 'high_value'?",
        ),
        (
            "{input: people, high",
            "{imput: people, high",
            "defaults.imput: unknown key; did you mean 'input'?",
        ),
    ],
)
def test_a_mistake_in_the_defaults_is_told_once(small, old, new, message):
    small.change(old, new)
    assert only(problems(small)).endswith(message)


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("weights: factor-analysis, ", "'stated', 'as_stated', 'rescaled' or 'factor_analysis'"),
        ("conventions: [a], ", "a list is not allowed here; write a mapping of keys to values"),
        ("standardise: {a: b}, ", "a mapping is not allowed here; state 'normal_scores'"),
        ("standardise: , ", "an empty value is not allowed here; state 'normal_scores'"),
    ],
)
def test_values_that_are_not_allowed_are_shown_as_written(small, new, message):
    small.change("defaults: {", f"defaults: {{{new}")
    assert message in only(problems(small))


@pytest.mark.parametrize("version", ["true", "1.0", "2", "'1'", "[1]"])
def test_another_version_of_the_language(small, version):
    small.change("hyperlocal: 1", f"hyperlocal: {version}")
    assert "is not allowed here; state 1" in only(problems(small))


def test_marks_are_text(small):
    small.change("code: area}", "code: area, missing: [{a: b}, [c]]}")
    found = problems(small)
    assert "missing[0]: a mapping is not allowed here; write text" in found[0]
    assert "missing[1]: a list is not allowed here; write text" in found[1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("index:", "index:\n  transform: none", "transform: has no effect: nothing stands above"),
        (
            "{column: income,",
            "{column: income, missing_values: zero,",
            "income.missing_values: has no effect: 'zero' is about counts, and a value has none",
        ),
        (
            "index:",
            "index:\n  supplementary: {beside: {column: income, missing_values: neutral}}",
            "beside.missing_values: has no effect: 'neutral' is about scores that go up",
        ),
        (
            "shrink_to: ltla24}",
            "zero_denominator: missing}",
            "'zero_denominator: missing' makes a value missing, which 'missing_values: refuse'",
        ),
        (
            "defaults: {",
            "defaults: {zero_denominator: missing, missing_values: zero, ",
            "defaults.zero_denominator: 'zero_denominator: missing' makes a value missing",
        ),
        (
            "code: area}",
            "code: area}\n  other: {file: o, geography: lsoa21, code: c}",
            "inputs.other: is not used; delete it",
        ),
    ],
)
def test_settings_without_effect(small, old, new, message):
    small.change(old, new)
    assert message in only(problems(small))


@pytest.mark.parametrize(
    "setting",
    [
        "high_value: less_need",
        "transform: none",
        "published_score: combined",
        "standardise: none",
        "shrink_to: none",
    ],
)
def test_settings_of_scores_at_a_count_that_is_added_up(small, setting):
    small.change(
        "numerator: out_of_work,", f"indicators: {{o: {{kind: count, column: o, {setting}}}}},"
    )
    name = setting.split(":", maxsplit=1)[0]
    assert f"o.{name}: has no effect: the counts of a rate are added up" in only(problems(small))


def test_a_composite_cannot_fill_what_is_unscored(small):
    small.change(
        "{column: income, high_value: less_need}",
        "{missing_values: neutral, indicators: {i1: {column: a, missing_values: unscored}}}",
    )
    message = only(problems(small))
    assert "i1.missing_values: 'missing_values: unscored' leaves areas without a score" in message
    assert "'missing_values: neutral' of income gives them one" in message


def test_caps_and_negative_weights(small):
    small.change(
        "    money:\n",
        "    money:\n      weights: {factor_analysis: {accept: [negative_loading]}, "
        "caps: {income: 0.4}}\n",
    )
    small.change("less_need}", "less_need}\n        b: {column: b}\n        c: {column: c}")
    assert "weights.caps: does not go together with 'accept: [negative_loading]'" in only(
        problems(small)
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("    work:", "\twork:", 13, "in 'work:'; indent with spaces"),
        ("title: A", "title: A: a", 3, "in 'title: A: a small index'; put the value in quotes"),
        ("title: A", "title: 'A", 19, "close the quote that is opened on line 3"),
        ("title: A", "title: [A", 4, "in 'areas:'; close the bracket [ that is opened on line 3"),
        ("title: A", "title:A", 4, "that every key has a colon and a space after it, here or on"),
        ("title: A", "title: *", 3, "put a value that begins with * or & in quotes"),
        ("  table:", f"   {'t' * 90}:", 6, f"in '{'t' * 57}...'; check the indentation"),
    ],
)
def test_syntax_errors_show_the_line_and_a_remedy(small, old, new, line, message):
    small.change(old, new)
    found = only(problems(small))
    assert found.startswith(f":{line}: not valid YAML: ")
    assert message in found


def mutated(values, rng: random.Random):
    """Return a definition of which some random values are lost, replaced or doubled."""
    wrong = [None, [], {}, "", 5, "x", -1, True, [[1, [2]]], {"kind": "mean", "mean": "x"}, [5, {}]]
    names = ["mean", "weights", "n", "Work", "kind", "missing", "FactorAnalysisWeights"]
    values = copy.deepcopy(values)
    for _ in range(rng.randint(1, 4)):
        places = list(places_in(values))
        if not places:
            break
        holder, key = rng.choice(places)
        value = copy.deepcopy(holder[key])
        change = rng.choice(["lose", "replace", "replace", "rename", "double"])
        if change == "lose":
            del holder[key]
        elif change == "rename" and isinstance(holder, dict):
            holder[rng.choice(names)] = value
        else:
            holder[key] = [value, value] if change == "double" else copy.deepcopy(rng.choice(wrong))
    return values


def places_in(values):
    """Yield every mapping or list with each of its keys."""
    keys = list(values) if isinstance(values, dict) else range(len(values))
    for key in keys:
        yield values, key
        if isinstance(values[key], dict | list):
            yield from places_in(values[key])


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_wrong_is_told_as_a_problem_of_the_definition(seed):
    values = yaml.safe_load((ROOT / "examples" / "first-index" / "index.yaml").read_text())
    rng = random.Random(seed)  # noqa: S311 - a seeded choice, not a secret
    for _ in range(25):
        text = yaml.safe_dump(mutated(values, rng), sort_keys=False)
        with suppress(hyperlocal.DefinitionError):
            parse_definition(resolved_yaml(parse_definition(text)))


def test_exit_code(small, hyperlocal_command):
    small.definition.write_text("[]")
    done = subprocess.run(
        [*hyperlocal_command, "check", small.definition],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "not a definition" in done.stderr


def test_neither_file_nor_bundled(hyperlocal_command):
    done = subprocess.run(
        [*hyperlocal_command, "show", "wimd-2019-domain"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "did you mean 'wimd-2019-domains'?" in done.stderr
