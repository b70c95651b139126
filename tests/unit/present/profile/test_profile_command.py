"""The command that writes profiles: which group is meant, where files go, and what is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys

import polars as pl
import pytest
from typer.testing import CliRunner

from hyperlocal.cli import app, main
from hyperlocal.present.profile import profile


@pytest.fixture
def run(folder, tmp_path, monkeypatch):
    """Run the command on the results, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*given: str, results=folder / "results", out: str = "out"):
        command = ["profile", str(results), "--out", out, *given]
        return CliRunner().invoke(app, command)

    return run


@pytest.fixture
def refused(run, folder, tmp_path, monkeypatch, capsys):
    """Run the command, and return what it says is wrong, a line each."""

    def refused(*given: str, results=folder / "results", out: str = "out") -> list[str]:
        command = ["hyperlocal", "profile", str(results), "--out", out, *given]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 2
        said = capsys.readouterr().err.splitlines()
        return [line.removeprefix("error: ") for line in said if line.startswith("error: ")]

    return refused


def files(folder) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.mark.parametrize(
    "named", ["aberdar/wyr", "Aberdâr/Ŵyr", "ABERDA\u0302R/W\u0302YR", "E06000001"]
)
def test_a_group_is_named_as_anyone_writes_it(run, tmp_path, named):
    done = run(named)
    assert done.exit_code == 0
    stem = "E06000001-aberdar-wyr"
    assert done.stdout.splitlines() == [f"out/{stem}.pdf", f"out/{stem}.html"]
    assert files(tmp_path / "out") == [f"{stem}.html", f"{stem}.pdf"]
    assert "<title>Aberdâr/Ŵyr: a profile</title>" in (tmp_path / f"out/{stem}.html").read_text()


def test_what_the_command_writes_is_what_python_gives(run, folder, publication, tmp_path):
    given = {
        "--boundaries": f"{folder}/outlines.parquet",
        "--regions": f"{folder}/regions.csv:region_code",
        "--version": f"2019={folder}/earlier",
    }
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("stays")
    done = run("Dunn & Sons", "-q", *(text for pair in given.items() for text in pair))
    assert done.exit_code == 0
    assert done.output == ""
    made = profile(publication, "ltla24", "E06000004")
    assert files(tmp_path / "out") == [
        "E06000004-dunn-sons.html", "E06000004-dunn-sons.pdf", "letter.txt"]  # fmt: skip
    assert (tmp_path / "out" / "E06000004-dunn-sons.pdf").read_bytes() == made.pdf


def test_a_list_of_areas_is_a_group(run, tmp_path):
    (tmp_path / "Tŷ Gwyn.txt").write_text("\n".join(f"E0100{place:04}" for place in range(30)))
    done = run("Tŷ Gwyn", "--groups", "Tŷ Gwyn.txt")
    assert done.exit_code == 0
    (page,) = (tmp_path / "out").glob("*.html")
    assert "Tŷ Gwyn has 30 Lower layer Super Output Areas" in page.read_text()


def test_all_of_a_kind_and_of_no_other(run, folder, tmp_path):
    regions = f"{folder}/regions.csv:region_code"
    done = run("--all", "--by", "region", "--regions", regions)
    assert done.exit_code == 0
    assert done.stdout == "out: 2 profiles\n"
    assert files(tmp_path / "out") == [
        "E12000001-north.html", "E12000001-north.pdf", "E12000002-south.html",
        "E12000002-south.pdf", "index.html", "profiles.json",
    ]  # fmt: skip
    assert json.loads((tmp_path / "out/profiles.json").read_text())["larger_areas"] == "region"


def test_names_that_are_no_file_names_stay_in_the_folder(run, tmp_path):
    names = ["../../etc/passwd", "CON", "a\\b: c*?"]
    rows = {
        "area": [f"E0100{place:04}" for place in range(40)],
        "estate_code": [f"/{place % 3}/" for place in range(40)],
        "estate_name": [names[place % 3] for place in range(40)],
    }
    pl.DataFrame(rows).write_csv(tmp_path / "estates.csv")
    done = run("--all", "--by", "estate", "--groups", "estates.csv:estate_code")
    assert done.exit_code == 0
    assert files(tmp_path) == ["estates.csv", "out"]
    stems = ["0-etc-passwd", "1-con", "2-a-b-c"]
    both = [f"{stem}.{end}" for stem in stems for end in ("html", "pdf")]
    assert files(tmp_path / "out") == sorted([*both, "index.html", "profiles.json"])


def test_a_group_that_is_not_there_is_refused_with_those_that_are_near(refused, folder, tmp_path):
    regions = ("--regions", f"{folder}/regions.csv:region_code")
    assert refused("Borly", *regions) == [
        "there is no group 'Borly' of ltla24; near are Borley (E06000002)"
    ]
    assert len(refused("Xanadu", *regions)) == 2
    (said,) = refused("Borley", "--by", "districts", *regions)
    assert said == (
        "there are no larger areas called 'districts'; there are ltla24, region; for others name a "
        "lookup with --groups FILE:COLUMN"
    )
    assert not files(tmp_path)


@pytest.mark.parametrize("by", [(), ("--by", "ltla24")])
@pytest.mark.parametrize("group", ["Borley", "--all"])
def test_without_larger_areas_the_command_says_how_to_name_them(refused, alone, group, by):
    (said,) = refused(group, *by, results=alone)
    assert said.startswith("no larger areas are known; name a lookup: --districts FILE:COLUMN or")


@pytest.fixture(scope="module")
def alone(folder, tmp_path_factory):
    """Results that state no larger areas."""
    import hyperlocal

    place = tmp_path_factory.mktemp("alone")
    shutil.copy(folder / "people.csv", place)
    text = (folder / "index.yaml").read_text()
    line = next(line for line in text.splitlines() if line.startswith("  within:"))
    (place / "index.yaml").write_text(text.replace(f"{line}\n", ""))
    return hyperlocal.build(place / "index.yaml", place, place / "results").folder


@pytest.mark.parametrize("given", [(), ("Borley", "--all")])
def test_one_group_or_all_must_be_asked_for(run, given):
    done = run(*given)
    assert done.exit_code == 2
    assert "name a larger area, or write --all, and not both" in done.output


@pytest.mark.parametrize("what", ["Borley", "--all"])
@pytest.mark.parametrize(
    ("out", "wrong"),
    [
        ("letter.txt", "is not a folder"),
        ("letter.txt/below", "cannot be written"),
        ("/proc/none", "cannot be written"),
    ],
)
def test_a_folder_that_cannot_be_is_refused(refused, tmp_path, what, out, wrong):
    (tmp_path / "letter.txt").write_text("stays")
    (said,) = refused(what, out=out)
    assert f"{out}: {wrong}" in said
    assert "name another --out" in said
    assert files(tmp_path) == ["letter.txt"]
    assert (tmp_path / "letter.txt").read_text() == "stays"


@pytest.mark.parametrize("what", ["Borley", "--all"])
@pytest.mark.parametrize("below", ["", "profiles"])
def test_results_are_not_written_into(refused, folder, what, below):
    results = folder / "results"
    before = {
        name: hashlib.sha256((results / name).read_bytes()).digest() for name in files(results)
    }
    (said,) = refused(what, out=str(results / below))
    assert "is the results folder, or lies in it" in said
    assert set(files(results)) == set(before)


def test_half_a_profile_is_never_left(refused, tmp_path):
    """The page cannot be written: neither can the PDF."""
    (tmp_path / "out" / "E06000002-borley.html").mkdir(parents=True)
    (said,) = refused("Borley")
    assert "cannot be written" in said
    assert files(tmp_path / "out") == ["E06000002-borley.html"]


def test_letters_that_no_font_holds_are_refused(refused, tmp_path):
    rows = {"area": ["E01000000", "E01000001"], "estate_code": "E1", "estate_name": "名"}
    pl.DataFrame(rows).write_csv(tmp_path / "estates.csv")
    (said,) = refused("E1", "--by", "estate", "--groups", "estates.csv:estate_code")
    assert "no font of ours has the letters '名'" in said
    assert files(tmp_path) == ["estates.csv"]
