"""The checksums that a build leaves, and what is noted of results that are as they were built."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from importlib.metadata import version

import pytest

from hyperlocal.pipeline.integrity import checksum, open_verified, verify, write_checksums


def _package(folder):
    return json.loads((folder / "datapackage.json").read_text())


def test_every_file_is_recorded_with_its_checksum(small):
    small.build()
    recorded = {one["path"]: one["hash"] for one in _package(small.out)["resources"]}
    found = {
        file.name: f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"
        for file in small.out.iterdir()
        if file.name != "datapackage.json"
    }
    assert recorded == found
    names = [one["name"] for one in _package(small.out)["resources"]]
    assert names == ["areas", "weights", "definition", "quality", "provenance"]


def test_the_record_holds_its_own_checksum_taken_without_it(small):
    small.build()
    own = _package(small.out)["hash"]
    text = (small.out / "datapackage.json").read_text()
    assert text.count(own) == 1
    without = text.replace(own, "").encode()
    assert own == f"sha256:{hashlib.sha256(without).hexdigest()}"


def test_what_a_build_leaves_is_whole(small):
    assert verify(small.build()) == ()
    results, notes = open_verified(small.out)
    assert (results.folder, notes) == (small.out, ())


def test_a_second_build_is_recorded_anew(small):
    small.build()
    first = _package(small.out)["hash"]
    small.change_table("E01000001,E06000001,12", "E01000001,E06000001,13")
    assert verify(small.build()) == ()
    assert _package(small.out)["hash"] != first


def test_a_copy_elsewhere_is_as_good(small, tmp_path):
    small.build()
    moved = tmp_path / "a copy"
    small.out.rename(moved)
    assert open_verified(str(moved))[1] == ()


def test_results_of_another_version_with_all_checksums_are_noted(small):
    small.build()
    file = small.out / "provenance.json"
    record = json.loads(file.read_text())
    record["versions"]["hyperlocal"] = "9.8.7"
    file.write_text(json.dumps(record))
    write_checksums(small.out, _package(small.out))
    _, notes = open_verified(small.out)
    said = "These results were built by hyperlocal 9.8.7, and published by hyperlocal "
    assert notes == (said + version("hyperlocal"),)


def test_other_files_beside_the_results_are_noted(small):
    results = small.build()
    (small.out / "read me.txt").write_text("mine")
    (small.out / "maps").mkdir()
    assert verify(results) == (
        "Other files in the results folder are left alone: maps, read me.txt",
    )


def test_a_large_file_is_read_in_parts(tmp_path):
    """Twenty times England's table of areas, in far less memory than that."""
    file = tmp_path / "areas.parquet"
    with file.open("wb") as opened:
        opened.truncate(200_000_000)
    tracemalloc.start()
    try:
        assert checksum(file).startswith("sha256:")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_the_data_package_is_valid_to_frictionless(small):
    frictionless = pytest.importorskip("frictionless")
    small.build()
    assert frictionless.validate(str(small.out / "datapackage.json")).valid
