"""What a user gets whose definition is wrong: all problems at once, each with its line."""

from __future__ import annotations

import subprocess

import pytest

import hyperlocal


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
    found = "\n".join(problems(small))
    assert "is shrunk to 'region24', which 'areas.within' does not have" in found
    assert "there is no input 'persons'; known are people, msoas" in found
    assert "msoa21 are other areas than the index's lsoa21" in found
    assert "convert the table to lsoa21 by a correspondence" in found


def test_another_vintage(small):
    small.change("code: area}", "code: area}\n  old: {file: o, geography: lsoa11, code: c}")
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
