"""The command line as a user meets it: what it prints, and its exit code.

It is a process where that matters: pipes, terminals, encodings, how fast it starts. Elsewhere the
same `main` is called, which saves the start of a process.
"""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys

import pytest

from hyperlocal.catalogue import names
from hyperlocal.cli import main
from hyperlocal.cli.common import share_of_build
from hyperlocal.definition.models import KINDS


@pytest.fixture
def run(hyperlocal_command, tmp_path):
    def run(
        *arguments: object, encoding: str | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*hyperlocal_command, *map(str, arguments)],
            capture_output=True,
            encoding=encoding,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**os.environ, **environment},
        )

    return run


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    """Calls the command line in this process; gives what a process would."""

    def call(*arguments: object) -> subprocess.CompletedProcess[str]:
        words = ["hyperlocal", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", words)
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code or 0
        return subprocess.CompletedProcess(words, code, *capsys.readouterr())

    monkeypatch.chdir(tmp_path)
    handler = signal.getsignal(signal.SIGTERM)
    yield call
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture
def built(small):
    small.build()
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


def on_a_terminal(command: list[str]) -> tuple[int, str]:
    """Run a command whose standard error is a terminal; return its exit code and what it drew."""
    terminal, other_end = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=other_end) as process:
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
    return process.returncode, shown.decode()


def test_progress_on_a_terminal(small, hyperlocal_command):
    command = [*hyperlocal_command, "build", small.definition, "--data", small.folder]
    code, shown = on_a_terminal([*command, "--out", small.out])
    assert code == 0
    hidden_cursor = "\x1b[?25l"
    assert hidden_cursor in shown  # while progress is drawn; the steps may be too fast to be seen


def test_titles_are_no_markup_in_the_progress(small, hyperlocal_command):
    small.change("people: {file:", 'people: {title: "Adults [/x]", file:')
    small.change("work:\n", 'work:\n      title: "Work [/bold] [red]"\n')
    command = [*hyperlocal_command, "build", small.definition, "--data", small.folder]
    code, shown = on_a_terminal([*command, "--out", small.out])
    assert code == 0, shown
    assert "error" not in shown


def test_reading_and_writing_have_a_share_of_the_progress():
    """Three inputs, four nodes and the writing: eight steps."""
    shares = [share_of_build(done, 8, inputs=3) for done in range(9)]
    assert shares == sorted(shares)
    assert (shares[0], shares[8]) == (0, 1)
    assert shares[3] == 0.5  # all is read
    assert shares[7] == pytest.approx(0.9)  # only the writing is left


def test_one_area_and_several(small, call):
    small.change("high_value: more_need}", "high_value: more_need, missing_values: unscored}")
    small.change_table(",32000", ",")
    build = ("build", small.definition, "--data", small.folder, "--out", small.out)
    done = call(*build, "--top", 1)
    assert "The area of most need:" in done.stdout
    assert "Missing in income: 1 area (unscored)" in done.stdout
    assert "The 5 areas of most need:" in call(*build, "--top", 20).stdout
    assert "of most need" not in call(*build, "--top", 0).stdout


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_fault_of_ours_is_one_line(debug):
    code = (
        "import sys, hyperlocal.catalogue, hyperlocal.cli\n"
        "def broken(*arguments):\n"
        "    raise RuntimeError('no\\nway')\n"
        "hyperlocal.catalogue.load = broken\n"
        "sys.argv = ['hyperlocal', 'show', 'x']\n"
        "hyperlocal.cli.main()\n"
    )
    environment = {**os.environ, "HYPERLOCAL_DEBUG": debug}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 1
    said = (
        "error: this is a fault of hyperlocal, not of your files: RuntimeError: no way; "
        "please report it"
    )
    lines = done.stderr.splitlines()
    assert lines[-1] == said
    assert ("Traceback" in done.stderr) is bool(debug)
    assert len(lines) == 1 or debug


def test_changed_setting(small, call):
    build = ("build", small.definition, "--data", small.folder, "--out", small.out)
    done = call(*build, "--set", "domains.work.weight=0.9", "--set", "domains.money.weight=0.1")
    assert done.returncode == 0, done.stderr
    assert "weight: 0.9" in (small.out / "definition.yaml").read_text()
    done = call(*build, "--set", "domains.work.weight")
    assert done.returncode == 2
    assert "is not PATH=VALUE" in done.stderr
    done = call(*build, "--set", "domains.work.weight=0.9")
    assert done.returncode == 2
    assert "has no weight while its siblings have" in done.stderr


def test_check(small, call):
    done = call("check", small.definition)
    assert done.returncode == 0
    assert "the definition is in order (5 nodes)" in done.stdout
    assert "The inputs were not looked at" in done.stdout
    done = call("check", small.definition, "--data", small.folder)
    assert "people.csv  there" in done.stdout
    assert "columns  area, district, out_of_work, adults, income" in done.stdout
    assert "The inputs are in order: 6 areas (lsoa21)" in done.stdout
    small.table.unlink()
    done = call("check", small.definition, "--data", small.folder)
    assert done.returncode == 2
    assert "people.csv  NOT THERE" in done.stdout
    assert done.stderr.startswith("1 problem in the inputs, to be settled before building:\n")
    assert "people.csv: the file is not there" in done.stderr


def test_check_says_what_only_a_build_can_tell(call, small):
    assert "Only a build" not in call("check", small.definition).stdout
    small.change("    work:\n", "    work:\n      title: Work\n      weights: factor_analysis\n")
    small.change(
        "shrink_to: ltla24}\n",
        "shrink_to: ltla24}\n        second: {column: income}\n        third: {column: adults}\n",
    )
    said = "Only a build can tell whether the data bear the factor analysis of Work."
    assert said in call("check", small.definition).stdout.splitlines()


def test_list_names_every_bundled_definition(call):
    lines = call("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == names()


def test_list_names_every_kind_of_indicator(call):
    lines = call("list", "--kinds").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(KINDS)
    assert all(line.endswith(".") for line in lines)


def test_check_names_the_tables_of_records(call, tmp_path):
    text = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: areas}}
inputs: {areas: {file: areas.csv, geography: lsoa11, code: code}}
records:
  homes: {title: Homes, file: homes.csv, area: {column: lsoa, geography: lsoa11}, url: "https://a.b"}
index:
  high_value: more_need
  indicators:
    floods: {kind: flood_risk, records: homes, bands: {rivers: r}, band_weights: {high: 24}}
"""
    (tmp_path / "index.yaml").write_text(text)
    shown = call("check", tmp_path / "index.yaml").stdout
    assert "homes: Homes  (records)\n  file     homes.csv\n  placed by  lsoa\n" in shown
    (tmp_path / "areas.csv").write_text("code\nE01000001\nE01000002\n")
    done = call("check", tmp_path / "index.yaml", "--data", tmp_path)
    assert "homes.csv  NOT THERE" in done.stdout
    assert done.returncode == 2
    assert "'Homes' is not there; it is published at https://a.b" in done.stderr


def test_show(small, call):
    shown = call("show", small.definition).stdout
    assert "small  [weighted sum of transformed ranks, weights equal]" in shown
    assert "├── work  1/2  Work  [weighted sum of scores, weights equal]" in shown
    assert "    └── income  1  Income  [value]" in shown
    resolved = call("show", small.definition, "--resolved").stdout
    assert "domains.work.indicators.out_of_work" in resolved
    lines = [line.split(maxsplit=1) for line in resolved.splitlines() if "shrink_to" in line]
    assert [
        "shrink_to",
        "ltla24                from domains.work.indicators.out_of_work.shrink_to",
    ] in lines
    assert call("show", small.definition, "--yaml").stdout == small.definition.read_text()


def test_show_where_the_encoding_has_no_lines(small, run):
    small.change("title: A small index", "title: A small index, Łódź · Rhŷl")
    done = run("show", small.definition, encoding="cp1252", PYTHONIOENCODING="cp1252")
    assert done.returncode == 0, done.stderr
    assert "|-- work  1/2  Work  [weighted sum of scores, weights equal]" in done.stdout
    assert "    `-- income  1  Income  [value]" in done.stdout
    assert done.stdout.startswith("A small index, ?ód? · Rh?l")
    done = run("show", small.definition, "--yaml", encoding="utf-8", PYTHONIOENCODING="cp1252")
    assert done.stdout == small.definition.read_text(encoding="utf-8")


def test_the_text_of_a_definition_that_is_not_utf_8(small, call):
    small.definition.write_bytes(small.definition.read_bytes() + b"# caf\xe9\n")
    done = call("show", small.definition, "--yaml")
    assert done.returncode == 2
    assert (
        done.stderr == f"error: {small.definition}: the file is not UTF-8 text; save it as UTF-8\n"
    )


@pytest.mark.parametrize("option", [["--set", "title=Other"], ["--resolved"]])
def test_the_text_of_a_definition_takes_no_changes(small, call, option):
    done = call("show", small.definition, "--yaml", *option)
    assert (done.returncode, done.stdout) == (2, "")
    assert "leave out --set and --resolved" in " ".join(done.stderr.split())


def test_explain(built, call):
    done = call("explain", built.out, "E01000004")
    assert done.returncode == 0
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0] == "E01000004"
    assert "value 3 / 150 x 100 = 2" in lines
    assert "oriented -(32000) = -32000 (a high value is less need)" in lines
    assert any(line.startswith("Work 0.5 x ") for line in lines)
    assert lines[-2].startswith("published rank 6 (of 6, 1 is the most need)")


def test_explain_as_json_adds_up(built, call):
    explanation = json.loads(call("explain", built.out, "E01000003", "--json").stdout)
    steps = {step["name"]: step["result"] for step in explanation["steps"]}
    assert steps["combined score"] == steps["Work"] + steps["Money"]
    work = explanation["children"][0]
    transformed = {step["name"]: step["result"] for step in work["steps"]}["transformed X"]
    assert steps["Work"] == work["weight"] * transformed


def test_explain_of_an_unknown_area(built, call):
    done = call("explain", built.out, "E0100000")
    assert done.returncode == 2
    assert "there is no area 'E0100000'; near are E01000001, E01000002" in done.stderr


def test_explain_of_an_excluded_area(small, call):
    small.change(
        "table: {input: people}",
        "table: {input: people}\n  exclude: [{code: E01000006, reason: an island}]",
    )
    small.build()
    done = call("explain", small.out, "e01000006")
    assert done.returncode == 2
    assert "E01000006 was left out: an island" in done.stderr


def test_explain_as_json_in_another_encoding(small, run):
    small.change("work:\n", 'work:\n      title: "Gwaith Llanfŷ"\n')
    small.build()
    arguments = ("explain", small.out, "E01000001", "--json")
    done = run(*arguments, encoding="cp1252", PYTHONIOENCODING="cp1252")
    assert done.returncode == 0, done.stderr
    usual = run(*arguments, encoding="utf-8", PYTHONIOENCODING="utf-8").stdout
    assert "Llanfŷ" in usual
    assert json.loads(done.stdout) == json.loads(usual)


def test_explain_of_no_results(call, tmp_path):
    done = call("explain", tmp_path, "E01000001")
    assert done.returncode == 2
    assert "is not a results folder" in done.stderr


def test_schema_is_json(call):
    assert json.loads(call("schema").stdout)["title"] == "hyperlocal definition"
