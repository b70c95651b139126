"""Designs of studies that cannot be carried out: each is refused with its remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import hyperlocal
from hyperlocal.analysis.uncertainty import Design, read_design, study
from hyperlocal.cli import app
from hyperlocal.errors import DefinitionError, ResultsError

HEAD = "hyperlocal_design: 1\n"
OF_RANKS = """\
hyperlocal: 1
id: of_ranks
areas: {geography: lsoa21, table: {input: ranks}}
inputs: {ranks: {file: ranks.csv, geography: lsoa21, code: area}}
defaults: {input: ranks, high_value: less_need}
index:
  domains:
    income: {column: income, weight: 0.6}
    crime: {column: crime, weight: 0.4}
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """An index of two published ranks: nothing in it is counted."""
    folder = tmp_path_factory.mktemp("of_ranks")
    (folder / "index.yaml").write_text(OF_RANKS)
    rows = [f"E0100000{n},{n + 1},{(n * 7) % 10 + 1}\n" for n in range(10)]
    (folder / "ranks.csv").write_text("area,income,crime\n" + "".join(rows))
    return hyperlocal.build(folder / "index.yaml", folder, folder / "results")


def refused(results, **values) -> list[str]:
    design = Design.model_validate({"hyperlocal_design": 1, "draws": 4, **values})
    with pytest.raises(ResultsError) as caught:
        study(results, design)
    return [str(problem) for problem in caught.value.problems]


def test_a_design_that_varies_nothing(results):
    assert refused(results) == [
        "the design varies nothing; state 'counts', 'weights', 'choices' or 'leave_out'"
    ]


def test_an_index_without_counts(results):
    assert refused(results, counts="posterior") == [
        "counts: no indicator of the index has counts that could vary; take 'counts' out of the "
        "design: its indicators are values, as published"
    ]


def test_all_that_is_wrong_is_said_at_once(results):
    said = refused(
        results,
        counts={"indicators": ["crime", "absent"]},
        weights={"nodes": ["crimes"]},
        choices={
            "scale": {"setting": "standardise", "values": ["as_stated", "z_scores"]},
            "constant": {"setting": "exponential", "values": [23, 0.5]},
            "where": {"setting": "exponential", "values": [23, 30], "nodes": "nowhere"},
            "larger": {"setting": "shrink_to", "values": ["as_stated", "ltla24"]},
            "same": {"setting": "exponential", "values": ["as_stated", 23]},
        },
    )
    for part in (
        "there is no node 'crimes' whose children's weights could vary; known are: of_ranks",
        "choices.scale: 'standardise: z_scores' changes nothing",
        "choices.constant: 0.5 is no value of 'exponential'",
        "choices.where: there is no node 'nowhere'",
        "choices.larger: 'ltla24' is no value of 'shrink_to'; known are: none",
        "choices.same: its values are all the same to the index",
        "crime is of kind value, which says nothing of how sure it is",
        "there is no indicator 'absent' whose counts could vary",
    ):
        assert sum(part in one for one in said) == 1, part


def test_weights_that_vary_twice(small):
    small.change("    work:\n", "    work:\n      weights: equal\n")
    small.change(
        "        out_of_work:",
        "        a: {column: income, high_value: less_need}\n"
        "        b: {column: adults}\n        out_of_work:",
    )
    results = small.build()
    choice = {"setting": "weights", "values": ["as_stated", "rescaled"], "nodes": "work"}
    said = refused(results, weights={"nodes": "work"}, choices={"w": choice})
    assert said == [
        "choices.w: the weights below work vary around what is stated too, under 'weights'; "
        "take one of them out"
    ]


def test_too_many_combinations(small):
    values = list(range(10, 27))
    choices = {
        name: {"setting": "exponential", "values": values, "nodes": node}
        for name, node in (("a", "work"), ("b", "money"))
    }
    assert "289 combinations" in refused(small.build(), choices=choices)[0]


@pytest.mark.parametrize("name", ["nowhere", "of_ranks"])
def test_a_node_to_leave_out_that_is_not_there(results, name):
    said = f"leave_out: there is no node '{name}' to leave out; known are: income, crime"
    assert refused(results, leave_out=[name]) == [said]


def test_nothing_would_be_left(small):
    small.change("    money:\n", "  supplementary:\n    money:\n")
    results = small.build()
    assert "without work nothing is left of the index" in refused(results, leave_out="domains")[0]
    assert "nothing is left" in refused(results, leave_out="indicators")[0]


def test_an_index_without_domains(small):
    text = small.definition.read_text()
    text = text.replace("  domains:\n    work:\n      indicators:\n", "  indicators:\n")
    text = text.replace("    money:\n      indicators:\n", "")
    small.definition.write_text(text)
    assert "has no domains to leave out" in refused(small.build(), leave_out="domains")[0]


def test_choices_that_are_called_like_a_part(tmp_path: Path):
    file = tmp_path / "design.yaml"
    choice = "{setting: exponential, values: [23, 5]}"
    file.write_text(f"{HEAD}weights: {{}}\nchoices: {{weights: {choice}}}\n")
    with pytest.raises(DefinitionError, match="'weights' is the name of a part"):
        read_design(file)


def test_what_does_not_fit_the_index_is_said_with_its_line(tmp_path: Path, results):
    file = tmp_path / "design.yaml"
    file.write_text(f"{HEAD}counts: posterior\nleave_out: [nowhere]\n")
    ran = CliRunner().invoke(app, ["uncertainty", str(results.folder), str(file)])
    said = [str(problem) for problem in ran.exception.problems]
    assert [one.split(": ")[0] for one in said] == [f"{file}:2", f"{file}:3"]


def test_places_that_cannot_be_written(tmp_path: Path, results):
    (tmp_path / "file").write_text("")
    for out in (str(tmp_path / "file" / "x"), str(tmp_path / ("x" * 250))):
        ran = CliRunner().invoke(app, ["uncertainty", str(results.folder), "--out", out])
        assert isinstance(ran.exception, ResultsError), out
    ran = CliRunner().invoke(app, ["uncertainty", str(results.folder), "--form", "doc"])
    assert isinstance(ran.exception, ResultsError)
    assert "there is no form 'doc'; take one of csv, parquet, xlsx" in str(ran.exception)


def test_what_cannot_be_left_out_is_said(results):
    """Without the other, one domain is left: no factor analysis can be made of it."""
    report = study(results, Design(hyperlocal_design=1, leave_out=("income",)))
    assert report.tables["left_out"]["node"].to_list() == ["income"]


@pytest.mark.parametrize(
    ("sobol", "message"),
    [({"samples": 12}, "is no power of 2; take 8 or 16"), ({"samples": 8}, "only one varies")],
)
def test_sobol_indices_that_cannot_be_computed(results, sobol, message):
    values = {"weights": {}, "sobol": sobol}
    if sobol["samples"] == 12:
        values["choices"] = {"c": {"setting": "exponential", "values": [23, 30]}}
    assert message in refused(results, **values)[0]


def test_every_fault_of_a_file_with_its_line(tmp_path: Path):
    file = tmp_path / "design.yaml"
    file.write_text(
        f"{HEAD}draws: none\ncounts: guess\nweight: {{}}\n"
        "choices:\n  scale: {setting: colour, values: [a]}\ninterval: 2\n"
    )
    with pytest.raises(DefinitionError) as caught:
        read_design(file)
    said = [str(problem) for problem in caught.value.problems]
    for line, part in (
        (2, "draws"),
        (3, "counts"),
        (4, "weight: unknown key; did you mean 'weights'?"),
        (6, "choices.scale.setting"),
        (6, "choices.scale.values"),
        (7, "interval"),
    ):
        assert any(one.startswith(f"{file}:{line}:") and part in one for one in said), part


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("draws: 5\n", "'hyperlocal_design' is missing"),
        (f"{HEAD}draws: 5\ndraws: 6\n", "draws"),
        ("- a\n", "mapping"),
    ],
)
def test_files_that_are_no_designs(tmp_path: Path, text: str, part: str):
    file = tmp_path / "design.yaml"
    file.write_text(text)
    with pytest.raises(DefinitionError, match=part):
        read_design(file)


def test_no_file_and_no_results(tmp_path: Path, results):
    runner = CliRunner()
    absent = runner.invoke(app, ["uncertainty", str(results.folder), str(tmp_path / "no.yaml")])
    assert isinstance(absent.exception, DefinitionError)
    nothing = runner.invoke(app, ["uncertainty", str(tmp_path)])
    assert isinstance(nothing.exception, ResultsError)
    draws = runner.invoke(app, ["uncertainty", str(results.folder), "--draws", "1"])
    assert isinstance(draws.exception, DefinitionError)


def test_a_folder_with_other_files_is_not_replaced(tmp_path: Path, results):
    out = tmp_path / "mine"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    ran = CliRunner().invoke(app, ["uncertainty", str(results.folder), "--out", str(out)])
    assert isinstance(ran.exception, ResultsError)
    assert "notes.txt" in str(ran.exception)
    assert [path.name for path in out.iterdir()] == ["notes.txt"]


def test_more_draws_than_fit_into_memory(results, monkeypatch):
    monkeypatch.setattr("hyperlocal.analysis.uncertainty.fit.MOST_RANKS", 30)
    said = "draws: 4 draws of 10 areas are more ranks than fit into memory; take at most 3"
    assert refused(results, weights={}) == [said]


def test_results_that_are_not_whole(results, tmp_path: Path):
    for name, text in (("nodes", '"nodes": {'), ("index", '"index": ')):
        broken = tmp_path / name
        shutil.copytree(results.folder, broken)
        provenance = broken / "provenance.json"
        provenance.write_text(provenance.read_text().replace(text, text.replace(name, "x"), 1))
        ran = CliRunner().invoke(app, ["uncertainty", str(broken), "--draws", "2"])
        assert isinstance(ran.exception, ResultsError), name
        assert "build it again" in str(ran.exception)
