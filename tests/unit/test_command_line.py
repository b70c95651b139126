"""The command line as a user meets it: a process, its output and its exit code."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest

from hyperlocal.catalogue import names


@pytest.fixture
def run(hyperlocal_command, tmp_path):
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*hyperlocal_command, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )

    return run


@pytest.fixture
def built(small, run):
    done = run("build", small.definition, "--data", small.folder, "--out", small.out)
    assert done.returncode == 0, done.stderr
    return small


def test_help_and_version(run):
    assert "explain" in run("--help").stdout
    assert run("--version").stdout.startswith("hyperlocal 0.")
    assert run().returncode == 2


def test_help_needs_no_heavy_library():
    """What makes the command line slow to start is imported where it is used."""
    code = (
        "import sys, hyperlocal.cli; "
        "print([m for m in ('numpy', 'polars', 'scipy', 'pydantic', 'yaml', 'rich') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_definitions_need_no_data_library():
    code = (
        "import sys, hyperlocal; hyperlocal.load('wimd-2019-domains'); "
        "print([m for m in ('numpy', 'polars', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_build_in_a_pipe_shows_the_result_and_no_progress(small, run):
    done = run("build", small.definition, "--data", small.folder, "--out", small.out, "--top", 2)
    assert done.returncode == 0
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].startswith("A small index: 6 areas (lsoa21) in ")
    assert lines[0].endswith(f"Results are in {small.out}")
    assert lines[2] == "The 2 areas of most need:"
    assert lines[5].split() == ["1", "E01000006", "100.0000"]
    assert len(lines) == 7


def test_build_quietly(small, run):
    done = run("build", small.definition, "--data", small.folder, "--out", small.out, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (small.out / "areas.parquet").is_file()


def test_progress_on_a_terminal(small, hyperlocal_command):
    terminal, other_end = pty.openpty()
    command = [*hyperlocal_command, "build", small.definition, "--data", small.folder]
    with subprocess.Popen(
        [*command, "--out", small.out], stdout=subprocess.PIPE, stderr=other_end
    ) as process:
        os.close(other_end)
        shown = b""
        while True:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # the process has closed its end
                break
            shown += part
        process.communicate()
    os.close(terminal)
    assert process.returncode == 0
    hidden_cursor = b"\x1b[?25l"
    assert hidden_cursor in shown  # while progress is drawn; the steps may be too fast to be seen


def test_changed_setting(small, run):
    build = ("build", small.definition, "--data", small.folder, "--out", small.out)
    done = run(*build, "--set", "domains.work.weight=0.9", "--set", "domains.money.weight=0.1")
    assert done.returncode == 0, done.stderr
    assert "weight: 0.9" in (small.out / "definition.yaml").read_text()
    done = run(*build, "--set", "domains.work.weight")
    assert done.returncode == 2
    assert "is not PATH=VALUE" in done.stderr
    done = run(*build, "--set", "domains.work.weight=0.9")
    assert done.returncode == 2
    assert "has no weight while its siblings have" in done.stderr


def test_check(small, run):
    done = run("check", small.definition)
    assert done.returncode == 0
    assert "the definition is in order (5 nodes)" in done.stdout
    done = run("check", small.definition, "--data", small.folder)
    assert "people.csv  there" in done.stdout
    assert "columns  area, district, out_of_work, adults, income" in done.stdout
    assert "The inputs are in order: 6 areas (lsoa21)" in done.stdout
    small.table.unlink()
    done = run("check", small.definition, "--data", small.folder)
    assert done.returncode == 2
    assert "people.csv  NOT THERE" in done.stdout
    assert "people.csv: the file is not there" in done.stderr


def test_list_names_every_bundled_definition(run):
    lines = run("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == names()


def test_show(small, run):
    shown = run("show", small.definition).stdout
    assert "small  [weighted sum of transformed ranks, weights equal]" in shown
    assert "├── work  1/2  Work  [weighted sum of scores, weights equal]" in shown
    assert "    └── income  1  Income  [value]" in shown
    resolved = run("show", small.definition, "--resolved").stdout
    assert "domains.work.indicators.out_of_work" in resolved
    lines = [line.split(maxsplit=1) for line in resolved.splitlines() if "shrink_to" in line]
    assert [
        "shrink_to",
        "ltla24                from domains.work.indicators.out_of_work.shrink_to",
    ] in lines
    assert run("show", small.definition, "--yaml").stdout == small.definition.read_text()


def test_explain(built, run):
    done = run("explain", built.out, "E01000004")
    assert done.returncode == 0
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0] == "E01000004"
    assert "value 3 / 150 x 100 = 2" in lines
    assert "oriented -(32000) = -32000 (a high value is less need)" in lines
    assert any(line.startswith("Work 0.5 x ") for line in lines)
    assert lines[-2].startswith("published rank 6 (of 6, 1 is the most need)")


def test_explain_as_json_adds_up(built, run):
    explanation = json.loads(run("explain", built.out, "E01000003", "--json").stdout)
    steps = {step["name"]: step["result"] for step in explanation["steps"]}
    assert steps["combined score"] == steps["Work"] + steps["Money"]
    work = explanation["children"][0]
    transformed = {step["name"]: step["result"] for step in work["steps"]}["transformed X"]
    assert steps["Work"] == work["weight"] * transformed


def test_explain_of_an_unknown_area(built, run):
    done = run("explain", built.out, "E0100000")
    assert done.returncode == 2
    assert "there is no area 'E0100000'; near are E01000001, E01000002" in done.stderr


def test_explain_of_no_results(run, tmp_path):
    done = run("explain", tmp_path, "E01000001")
    assert done.returncode == 2
    assert "is not a results folder" in done.stderr


def test_schema_is_json(run):
    assert json.loads(run("schema").stdout)["title"] == "hyperlocal definition"
