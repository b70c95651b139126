"""What cannot be published: one clear error each, and an earlier publication stays as it was."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

import hyperlocal
from hyperlocal.cli import main
from hyperlocal.present.publish import PARTS, Wanted
from hyperlocal.present.publish import publish as write
from hyperlocal.present.workers import processes

DEFINITION = """\
hyperlocal: 1
id: small
title: A small index
areas:
  geography: lsoa21
  table: {input: people}
  within: {ltla24: {input: people, column: district, name: district_name}}
inputs:
  people: {file: people.csv, geography: lsoa21, code: area, licence: OGL-UK-3.0}
populations: {adults: {column: adults, input: people}}
defaults: {input: people, high_value: more_need}
index:
  domains:
    work: {indicators: {out_of_work: {numerator: out_of_work, denominator: adults, per: 100}}}
    money: {indicators: {income: {column: income, high_value: less_need}}}
"""
PEOPLE = """\
area,district,district_name,out_of_work,adults,income
E01000001,E06000001,York,12,300,25000
E01000002,E06000001,York,30,310,21000
E01000003,E06000001,York,45,290,18000
E01000004,E06000002,Hull,3,150,32000
E01000005,E06000002,Hull,9,280,29000
E01000006,E06000002,Hull,64,400,15500
"""
TEXTS = {"index.yaml": DEFINITION, "people.csv": PEOPLE}
BARE = [word for part in PARTS for word in ("--without", part)]


@dataclass(frozen=True)
class Done:
    """How the command ended, and what it said."""

    code: int
    out: str
    said: list[str]


@pytest.fixture
def publish(monkeypatch, capsys):
    """The command as a user gives it, in this process."""

    def publish(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["hyperlocal", "publish", *map(str, arguments)])
        before = signal.getsignal(signal.SIGTERM)
        try:
            main()
            code = 0
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        finally:
            signal.signal(signal.SIGTERM, before)
        shown = capsys.readouterr()
        return Done(code, shown.out, [line for line in shown.err.splitlines() if line])

    return publish


@pytest.fixture(scope="module")
def made(tmp_path_factory, index_folder) -> Path:
    """A folder with results and an earlier publication of them."""
    folder = tmp_path_factory.mktemp("made")
    index_folder(folder, TEXTS).build()
    (folder / "out").rename(folder / "results")
    opened = hyperlocal.Results.open(folder / "results")
    write(opened, folder / "published", None, Wanted(without=PARTS))
    return folder


@pytest.fixture
def place(made, tmp_path) -> Path:
    """A copy of it for every test."""
    for name in ("results", "published"):
        shutil.copytree(made / name, tmp_path / name)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    files = (one for one in folder.rglob("*") if one.is_file())
    return {str(one.relative_to(folder)): one.read_bytes() for one in files}


def outlines(file: Path, codes: list[str]) -> Path:
    """Write a square for each area, in a row."""
    import geopandas

    left = 400_000 + 1000 * np.arange(len(codes))
    shapes = shapely.box(left, 300_000, left + 1000, 301_000)
    frame = geopandas.GeoDataFrame({"code": codes}, geometry=shapes, crs="EPSG:27700")
    frame.to_parquet(file)
    return file


def refused(publish, place: Path, *options: object, out: str = "published") -> list[str]:
    """Return what is refused; nothing may be changed, and nothing be left behind."""
    before, names = contents(place), sorted(one.name for one in place.iterdir())
    done = publish(place / "results", "--out", place / out, *options)
    assert done.code == 2, done
    assert done.out == ""
    assert all(line.startswith("error: ") for line in done.said), done.said
    assert contents(place) == before
    assert sorted(one.name for one in place.iterdir()) == names
    return [line.removeprefix("error: ").replace(f"{place}/", "") for line in done.said]


def flip(place: Path) -> None:
    file = place / "results" / "areas.parquet"
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)


def age(place: Path) -> None:
    """Take out the checksums, as earlier versions wrote none."""
    file = place / "results" / "datapackage.json"
    package = json.loads(file.read_text())
    del package["hash"]
    for resource in package["resources"]:
        del resource["hash"]
    file.write_text(json.dumps(package))


def swap(place: Path) -> None:
    file = place / "results" / "definition.yaml"
    file.write_text(file.read_text().replace("id: small", "id: other"))


def lose(place: Path) -> None:
    (place / "results" / "weights.parquet").unlink()
    (place / "results" / "quality.json").unlink()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (flip, ["results/areas.parquet: was changed after the build: it is sha256:"]),
        (age, ["results: was built by an earlier hyperlocal (0."]),
        (swap, ["results/definition.yaml: was changed after the", "results/definition.yaml: is"]),
        (lose, ["results/quality.json: is missing;", "results/weights.parquet: is missing;"]),
    ],
)
@pytest.mark.parametrize("out", ["published", "new/folder"])
def test_results_that_are_not_as_built(publish, place, change, said, out):
    change(place)
    found = refused(publish, place, out=out)
    assert len(found) == len(said)
    for line, beginning in zip(found, said, strict=True):
        assert line.startswith(beginning)
        assert line.endswith("; build it again")


def test_what_is_no_results_folder(publish, place):
    done = publish(place / "published", "--out", place / "new")
    assert done.code == 2
    assert "is not a results folder" in done.said[0]
    assert not (place / "new").exists()


def test_a_publication_into_its_results_or_around_them(publish, place):
    for out in ("results", "results/published", "."):
        (said,) = refused(publish, place, out=out)
        assert said.endswith("is, holds or lies in the results folder; name another --out")


def test_a_folder_that_holds_something_else(publish, place):
    (place / "mine").mkdir()
    (place / "mine" / "letter.txt").write_text("dear")
    (said,) = refused(publish, place, out="mine")
    assert said.startswith("mine: holds ")
    assert said.endswith("would be lost: letter.txt; move them, or name another --out")


def test_a_record_of_another_program_makes_no_publication(publish, place):
    (place / "mine").mkdir()
    (place / "mine" / "publication.json").write_text('{"files": ["publication.json"]}')
    (said,) = refused(publish, place, out="mine")
    assert "would be lost: publication.json;" in said


def test_a_file_of_somebody_else_within_an_earlier_publication(publish, place):
    (place / "published" / "csv" / "mine.csv").write_text("a,b")
    (place / "published" / "notes.txt").write_text("mine")
    (said,) = refused(publish, place)
    assert said == (
        "published: holds files that are not of the publication and would be lost: csv/mine.csv, "
        "notes.txt; move them, or name another --out"
    )


def test_what_programs_leave_beside_files_that_they_open_is_no_loss(publish, place):
    for name in (".DS_Store", "csv/.~lock.areas.csv#", "csv/small.gpkg-wal", "x.gpkg.aux.xml"):
        (place / "published" / name).write_text("")
    done = publish(place / "results", "--out", place / "published", *BARE)
    assert done.code == 0, done.said
    assert set(contents(place / "published")) == set(
        json.loads((place / "published" / "publication.json").read_text())["files"]
    )


def test_a_file_in_the_place_of_the_folder(publish, place):
    (place / "file").write_text("mine")
    assert refused(publish, place, out="file") == ["file: is not a folder; name another --out"]
    (said,) = refused(publish, place, out="file/below")
    assert said.startswith("file/below: cannot be written: ")


def test_a_place_that_cannot_be_written(publish, place):
    (said,) = refused(publish, place, out="../" * 20 + "proc/published")
    assert "cannot be written: " in said
    assert "name another --out" in said


def test_parts_that_are_unknown_are_told_at_once(publish, place):
    parts = "parts are workbook, ods, geography, figures, report"
    assert refused(publish, place, "--without", "maps", "--without", "Report") == [
        f"there is no part 'maps' to leave out; {parts}",
        f"there is no part 'Report' to leave out; {parts}",
    ]


def test_profiles_of_what_is_not_known(publish, place):
    (said,) = refused(publish, place, "--profiles", "ward24")
    assert said == (
        "there are no larger areas 'ward24' to write profiles of; known are ltla24; name others "
        "with --districts FILE:COLUMN"
    )


def test_boundaries_that_lack_areas_or_are_of_another_year(publish, place):
    known = [f"E0100000{number}" for number in range(1, 7)]
    lacking = outlines(place / "lacking.parquet", known[:4])
    (said,) = refused(publish, place, "--boundaries", lacking)
    assert "E01000005" in said
    assert "lacking.parquet" in said
    other = outlines(place / "other.parquet", [f"W0100000{number}" for number in range(1, 7)])
    (said,) = refused(publish, place, "--boundaries", other)
    assert "other.parquet" in said
    (said,) = refused(publish, place, "--boundaries", f"{other}:codes")
    assert "codes" in said
    (said,) = refused(publish, place, "--boundaries", place / "nowhere.gpkg")
    assert "nowhere.gpkg" in said


def test_all_that_is_supplied_wrongly_is_told_at_once(publish, place):
    (place / "lookup.csv").write_text("area,region\nE01000001,N\n")
    found = refused(
        publish,
        place,
        *("--boundaries", place / "nowhere.gpkg"),
        *("--groups", f"{place / 'lookup.csv'}:regions"),
        *("--population", f"{place / 'people.csv'}:n"),
        *("--version", place / "nowhere"),
        *("--uncertainty", place / "nothing"),
    )
    for part in ("nowhere.gpkg", "lookup.csv", "people.csv", "nowhere", "nothing"):
        assert any(part in line for line in found), (part, found)


def test_without_boundaries_there_are_no_maps_and_a_note_says_so(publish, place):
    options = [one for part in ("workbook", "ods", "report") for one in ("--without", part)]
    done = publish(place / "results", "--out", place / "published", *options)
    assert done.code == 0
    assert "note: no boundaries are given: there is no map" in done.said
    assert not (place / "published" / "geography").exists()
    figures = json.loads((place / "published" / "figures" / "figures.json").read_text())["figures"]
    assert figures
    assert not [one for one in figures if one["name"].startswith(("map_", "hot_spots_"))]
    record = json.loads((place / "published" / "publication.json").read_text())
    assert "no boundaries are given: there is no map" in record["notes"]


@pytest.fixture
def chinese(place, index_folder) -> Path:
    """Results with the name of a district that none of our fonts can show."""
    shutil.rmtree(place / "results")
    folder = index_folder(place, {**TEXTS, "people.csv": PEOPLE.replace("Hull", "赫尔")})
    folder.build()
    (place / "out").rename(place / "results")
    return place


def test_a_name_that_no_font_has_is_told_before_anything_is_replaced(publish, chinese):
    for options in (["--without", "workbook", "--without", "ods"], [*BARE, "--profiles", "ltla24"]):
        (said,) = refused(publish, chinese, *options)
        assert "no font of ours has the letters '赫" in said
        assert "write the names and titles that hold them with other letters" in said


def test_a_name_that_no_font_has_stands_in_the_tables(publish, chinese):
    options = ["--without", "report", "--without", "figures"]
    done = publish(chinese / "results", "--out", chinese / "published", *options)
    assert done.code == 0, done.said
    areas = pl.read_csv(chinese / "published" / "csv" / "areas.csv")
    assert areas["ltla24_name"].to_list() == ["York"] * 3 + ["赫尔"] * 3


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a given size."""
    mounted = []

    def small_disk(kilobytes: int) -> Path:
        disk = tmp_path / f"disk{kilobytes}"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk)]
        tool = shutil.which("mount")
        if tool is None or os.geteuid() or subprocess.run(mount, check=False).returncode:
            pytest.skip("only the superuser can mount a small disk")
        mounted.append(disk)
        return disk

    yield small_disk
    for disk in mounted:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize(("spare", "part"), [(8, "csv"), (56, "workbook")])
def test_a_full_disk(publish, place, small_disk, spare, part):
    """Also where it is another process that cannot write."""
    used = sum(-(-len(content) // 4096) * 4 for content in contents(place / "published").values())
    disk = small_disk(used + 4 * 4 + spare)
    shutil.copytree(place / "published", disk / "published")
    before = contents(disk)
    kept = ["--without", "ods"] if part == "workbook" else BARE
    done = publish(
        place / "results", "--out", disk / "published", "--without", "report", "--without",
        "figures", *kept,
    )  # fmt: skip
    assert done.code == 2, done
    (said,) = done.said
    assert "No space left on device" in said or "the disk is full" in said
    assert said.startswith(f"error: {disk / 'published'}")
    assert contents(disk) == before
    assert [one.name for one in disk.iterdir()] == ["published"]


@pytest.fixture
def started(place, hyperlocal_command):
    """A publication that is being written by a process of its own."""
    folder, out = str(place / "results"), str(place / "published")
    process = subprocess.Popen(
        [*hyperlocal_command, "publish", folder, "--out", out, "--without", "figures"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while not list(place.glob(".published.building-*/csv/areas.csv")):
        if process.poll() is not None:
            pytest.fail(str(process.communicate()))
        time.sleep(0.01)
    yield process
    if process.poll() is None:
        process.kill()
        process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_who_stops_it_keeps_the_earlier_publication(place, started, publish, number):
    before = contents(place / "published")
    own = number == signal.SIGKILL  # the others are sent to the whole group, as a terminal does
    (os.kill if own else os.killpg)(started.pid, number)
    out, said = started.communicate(timeout=30)  # ends when what it started has ended too
    assert started.returncode == (-number if own else 128 + number), said
    assert contents(place / "published") == before
    assert out == b""
    if own:
        assert list(place.glob(".published*"))
        done = publish(place / "results", "--out", place / "published", *BARE)
        assert done.code == 0, done.said
    else:
        assert b"Traceback" not in said
    assert sorted(one.name for one in place.iterdir()) == ["published", "results"]


def test_what_goes_wrong_in_another_process_is_told_as_here():
    with processes(1) as submit:
        found = submit(hyperlocal.Results.open, "nowhere")
        with pytest.raises(hyperlocal.ResultsError, match=r"^nowhere: is not a results folder"):
            found.result()
    with (
        pytest.raises(hyperlocal.HyperlocalError, match="was ended from outside; free memory"),
        processes(1) as submit,
    ):
        submit(os._exit, 9).result()
