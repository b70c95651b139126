"""Lists of postcodes and directories that cannot be used: refused, with what to do about it."""

from __future__ import annotations

import json

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from hyperlocal.analysis.lookup import check_file, directory_postcodes, look_up
from hyperlocal.analysis.postcode_lists import read_list, typed
from hyperlocal.cli.looking_up import lookup
from hyperlocal.errors import DataError, HyperlocalError, ResultsError
from hyperlocal.explorer.arrays import write_json
from hyperlocal.explorer.postcode_table import site_directory
from hyperlocal.explorer.postcodes import write_postcodes

DIRECTORY = "pcds,doterm,lsoa21\n" + "".join(
    f"M1 1A{'ABDEFG'[i]},,E0100000{i + 1}\n" for i in range(6)
)


@pytest.fixture
def refused(tmp_path):
    """Return what is said when a list is refused."""

    def refused(text: str | bytes, name: str = "list.csv", column: str = "") -> str:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(DataError) as caught:
            read_list(file, column)
        assert str(file) in str(caught.value)
        return str(caught.value)

    return refused


def test_no_column_of_postcodes(refused):
    said = refused("who,where\nAnn,London\n")
    assert "no column holds postcodes; name it with --column; its columns are who, where" in said


def test_several_columns_of_postcodes(refused):
    assert "home and work look like postcodes; name it" in refused("home,work\nM1 1AA,M2 1AA\n")
    said = refused("pcd,pcds\nM1 1AA,M2 1AA\n")
    assert "pcd and pcds look like postcodes" in said
    assert "pcd and pcds look like postcodes" in refused("pcd,pcds\nx,y\n")


def test_a_column_that_is_not_there(refused):
    said = refused("home,work\nM1 1AA,M2 1AA\n", column="house")
    assert "house: there is no such column; its columns are home, work" in said


def test_several_columns_without_headings(refused):
    assert "the first row holds no headings" in refused("Ann,M1 1AA\nBob,M1 1AB\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"postcode\n", "no rows"),
        (b"postcode\nM1 1AA,two,three\n", "cannot be read"),
        (b"PK\x03\x04workbook", "workbook"),
        ("postcode,who\nM1 1AA,Zoë\n".encode("cp1252"), "utf-8"),
    ],
    ids=["empty", "headings alone", "ragged", "a workbook", "another encoding"],
)
def test_files_that_cannot_be_read(refused, content, said):
    assert said in refused(content)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="there is no such file"):
        read_list(tmp_path / "none.csv")
    assert not list(tmp_path.iterdir())


def test_an_ending_that_is_not_read(refused):
    assert "files that end in '.docx' are not read" in refused("postcode\nM1 1AA\n", "list.docx")


# --- directories


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DIRECTORY.replace("E01", "W01").replace("lsoa21", "area"), "of another vintage"),
        (DIRECTORY.replace("E0100000", "E0109000"), "it lacks 6 of the 6 areas"),
        (DIRECTORY.replace("pcds", "where"), "has no column of postcodes"),
        (DIRECTORY + "M1 1AA,,E01000001\n", "M1 1AA stands twice for E01000001"),
    ],
    ids=["no such codes", "another vintage", "no postcodes", "twice"],
)
def test_directories_that_cannot_be_used(small, text, said):
    results = small.build()
    (small.folder / "directory.csv").write_text(text)
    for read in (
        lambda: directory_postcodes(results, small.folder / "directory.csv"),
        lambda: write_postcodes(small.folder / "data", results, small.folder / "directory.csv"),
    ):
        with pytest.raises(DataError) as caught:
            read()
        assert said in str(caught.value)
    assert not (small.folder / "data").exists()


@pytest.mark.parametrize(
    ("site", "codes", "said"),
    [
        (None, None, "is not a site: it has no site.json"),
        ("{", [], "the site cannot be read"),
        ("[]", [], "the site cannot be read"),
        (json.dumps({"postcodes": None}), [], "the site has no postcodes"),
        (json.dumps({"postcodes": {"notes": []}}), None, "the site cannot be read"),
        (json.dumps({"postcodes": {"notes": []}}), ["E01900001"], "it lacks 6 of the 6 areas"),
    ],
)
def test_sites_that_cannot_be_used(small, tmp_path, site, codes, said):
    folder = tmp_path / "site"
    folder.mkdir()
    if site is not None:
        (folder / "site.json").write_text(site)
    if codes is not None:
        write_json(folder / "areas.json.gz", {"codes": codes})
    with pytest.raises(DataError) as caught:
        site_directory(small.build(), folder)
    assert said in str(caught.value)


def test_a_node_that_is_not_there(small):
    results = small.build()
    (small.folder / "directory.csv").write_text(DIRECTORY)
    directory = directory_postcodes(results, small.folder / "directory.csv")
    with pytest.raises(ResultsError, match="crime"):
        look_up(results, typed(["M1 1AA"]), directory, ["crime"])


# --- the file that is written


def test_files_that_cannot_be_written(tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("mine\n1\n")
    (tmp_path / "folder.csv").mkdir()
    for out, said in (
        (tmp_path / "out.docx", "files that end in '.docx' are not written"),
        (tmp_path / "out", "files that end in '' are not written"),
        (other, "holds something else than an earlier answer"),
        (tmp_path / "folder.csv", "holds something else than an earlier answer"),
        (other / "below.csv", "cannot be written"),
    ):
        with pytest.raises(ResultsError) as caught:
            check_file(out)
        assert said in str(caught.value)
    with pytest.raises(ResultsError, match="it is read too"):
        check_file(other, "M1 1AA", other)
    assert other.read_text() == "mine\n1\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["folder.csv", "other.csv"]


# --- the command


@pytest.fixture
def asked(small):
    """Run the command on the small index; return its outcome."""
    small.build()
    (small.folder / "directory.csv").write_text(DIRECTORY)
    (small.folder / "list.csv").write_text("postcode\nM1 1AA\n")
    app = typer.Typer()
    app.command()(lookup)

    def asked(*arguments: str):
        words = [one.replace("@", f"{small.folder}/") for one in arguments]
        return CliRunner().invoke(app, [str(small.out), *words])

    return asked


def test_arguments_that_do_not_go_together(asked):
    directory = ("--directory", "@directory.csv")
    for arguments, said in (
        (("@list.csv", "M1 1AA", *directory), "take one file alone"),
        (("@list.csv", "@none.csv", *directory), "take one file alone"),
        (("M1 1AA", "--column", "x", *directory), "is for a file"),
        (("M1 1AA", "--columns", "some", *directory), "neither all nor basic"),
        (("M1 1AA",), "--directory"),
        (directory, "Missing argument"),
    ):
        done = asked(*arguments)
        assert done.exit_code == 2
        assert said in done.output


def test_nothing_is_written_where_something_is_refused(asked, small):
    out = small.folder / "out.csv"
    for arguments in (
        ("@none.csv", "--directory", "@directory.csv"),
        ("@list.csv", "--directory", "@none.csv"),
        ("@list.csv", "--directory", "@list.csv"),
        ("@list.csv", "--directory", "@directory.csv", "--node", "crime"),
        ("@list.csv", "--directory", "@directory.csv", "--column", "x"),
    ):
        done = asked(*arguments, "--out", "@out.csv")
        assert isinstance(done.exception, HyperlocalError)
        assert not out.exists()
    assert asked("@list.csv", "--directory", "@directory.csv", "--out", "@out.csv").exit_code == 0
    assert pl.read_csv(out)["area_code"].to_list() == ["E01000001"]
    done = asked("@list.csv", "--directory", "@directory.csv", "--out", "@list.csv")
    assert "it is read too" in str(done.exception)
