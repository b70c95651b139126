"""Results folders that cannot be written, full disks, and builds that are stopped half-way."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import hyperlocal
from hyperlocal.pipeline.folder import replaced_folder

AREAS = 300_000


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def leftovers(folder: Path) -> list[Path]:
    return list(folder.glob(".*building*"))


def test_folder_of_other_files_is_left_alone(small):
    small.out.mkdir()
    (small.out / "thesis.docx").write_text("ten years of work")
    with pytest.raises(hyperlocal.ResultsError, match=r"would be lost: thesis\.docx"):
        small.build()
    assert contents(small.out) == {"thesis.docx": b"ten years of work"}


def test_file_beside_results_is_not_lost(small):
    small.build()
    (small.out / "notes.txt").write_text("mine")
    with pytest.raises(hyperlocal.ResultsError, match=r"would be lost: notes\.txt"):
        small.build()
    assert (small.out / "notes.txt").read_text() == "mine"


def test_out_is_a_file(small):
    small.out.write_text("a file")
    with pytest.raises(hyperlocal.ResultsError, match="is not a folder"):
        small.build()
    assert small.out.read_text() == "a file"


def test_empty_folder_and_earlier_results_are_replaced(small):
    small.out.mkdir()
    small.build()
    small.change_table("12,300", "290,300")
    results = small.build()
    assert results.areas["out_of_work_value"][0] == pytest.approx(290 / 3)
    assert leftovers(small.folder) == []


def test_results_behind_a_link_stay_behind_it(small):
    (small.folder / "real").mkdir()
    small.out.symlink_to(small.folder / "real", target_is_directory=True)
    small.build()
    small.build()
    assert small.out.is_symlink()
    assert (small.folder / "real" / "areas.parquet").is_file()


def test_failed_build_leaves_earlier_results(small):
    small.build()
    before = contents(small.out)
    small.change_table("21000", "much")
    with pytest.raises(hyperlocal.DataError):
        small.build()
    assert contents(small.out) == before


def test_read_only_folder(small, hyperlocal_command):
    """The folder is on a file system that is mounted read-only."""
    with mounted(small.folder / "disk", "size=1m") as disk:
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        done = build(hyperlocal_command, small.definition, small.folder, disk / "results")
        assert done.returncode == 2
        assert "cannot be written: Read-only file system" in done.stderr
        assert done.stderr.count("\n") == 1


def test_folder_without_permission(small, hyperlocal_command):
    if os.geteuid() == 0:
        pytest.skip("the superuser may write anywhere; the read-only mount is tested instead")
    locked = small.folder / "locked"
    locked.mkdir(mode=0o500)
    done = build(hyperlocal_command, small.definition, small.folder, locked / "results")
    assert done.returncode == 2
    assert "cannot be written: Permission denied" in done.stderr


def test_full_disk_leaves_earlier_results(small, large, hyperlocal_command):
    with mounted(small.folder / "disk", "size=2m") as disk:
        out = disk / "results"
        assert build(hyperlocal_command, small.definition, small.folder, out).returncode == 0
        before = contents(out)
        done = build(hyperlocal_command, large / "index.yaml", large, out)
        assert done.returncode == 2, done.stderr
        assert "the disk is full; free space" in done.stderr
        assert "earlier results are untouched" in done.stderr
        assert contents(out) == before
        assert leftovers(disk) == []


@pytest.mark.parametrize(
    ("stop", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_stopped_build_leaves_earlier_results(small, large, hyperlocal_command, stop, code):
    assert build(hyperlocal_command, small.definition, small.folder, small.out).returncode == 0
    before = contents(small.out)
    command = build_command(hyperlocal_command, large / "index.yaml", large, small.out)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not leftovers(small.folder):  # the build has begun to write
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.002)
        process.send_signal(stop)
        process.communicate(timeout=60)
    assert process.returncode == code
    assert contents(small.out) == before
    if stop != signal.SIGKILL:
        assert leftovers(small.folder) == []
    # what a killed build could not clear away, the next one does
    assert build(hyperlocal_command, small.definition, small.folder, small.out).returncode == 0
    assert leftovers(small.folder) == []


def test_results_that_were_being_replaced_are_put_back(small):
    """Where two folders cannot be swapped in one step, a kill may come between two renames."""
    small.build()
    before = contents(small.out)
    small.out.rename(small.folder / ".results.replaced-0123")
    small.change_table("21000", "much")
    with pytest.raises(hyperlocal.DataError):
        small.build()
    small.change_table("much", "21000")
    small.change("shrink_to: ltla24", "shrink_to: nowhere24")
    with replaced_folder(small.out):
        assert contents(small.out) == before
    assert leftovers(small.folder) == []


def test_the_folder_of_a_running_build_is_left_alone(small):
    with replaced_folder(small.out) as running:
        (running / "areas.parquet").write_text("half-written")
        small.build()
        assert (running / "areas.parquet").read_text() == "half-written"
        small.out.rename(small.folder / "finished")
    assert leftovers(small.folder) == []


def test_names_that_look_like_patterns(small):
    small.out = small.folder / "results[1]*"
    small.build()
    small.build()
    assert {path.name for path in small.folder.iterdir()} == {
        "index.yaml",
        "people.csv",
        "results[1]*",
    }


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    """An index large enough to be stopped while its results are written."""
    folder = tmp_path_factory.mktemp("large")
    random = np.random.default_rng(1)
    columns = {f"value_{number}": random.normal(size=AREAS) for number in range(12)}
    codes = [f"E{number:08d}" for number in range(AREAS)]
    pl.DataFrame({"code": codes, **columns}).write_parquet(folder / "values.parquet")
    indicators = "\n".join(f"    v{number}: {{column: value_{number}}}" for number in range(12))
    (folder / "index.yaml").write_text(
        "hyperlocal: 1\nid: large\n"
        "areas: {geography: lsoa21, table: {input: values}}\n"
        "inputs: {values: {file: values.parquet, geography: lsoa21, code: code}}\n"
        "defaults: {input: values, high_value: more_need}\n"
        f"index:\n  indicators:\n{indicators}\n"
    )
    return folder


def build_command(command: list[str], definition: Path, data: Path, out: Path) -> list[str]:
    return [*command, "build", str(definition), "--data", str(data), "--out", str(out)]


def build(
    command: list[str], definition: Path, data: Path, out: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        build_command(command, definition, data, out), capture_output=True, text=True, check=False
    )


class mounted:  # noqa: N801 (reads as a verb)
    """A small file system of its own; the test is skipped where none may be mounted."""

    def __init__(self, folder: Path, options: str) -> None:
        self.folder, self.options = folder, options

    def __enter__(self) -> Path:
        self.folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", self.options, "tmpfs", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
        return self.folder

    def __exit__(self, *exception: object) -> None:
        subprocess.run(["umount", str(self.folder)], check=True)
