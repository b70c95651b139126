"""The data package: it says of every file what is so, and a broken cell does not pass."""

from __future__ import annotations

import json
import shutil

import polars as pl
import pytest
from frictionless import Package, system

from hyperlocal.pipeline.tables import checksum
from hyperlocal.present.folder import files_in
from hyperlocal.present.metadata import data_package
from hyperlocal.present.tables.model import Column, Table


def faults(folder):
    """Return what frictionless finds wrong: the resource and the kind of each fault."""
    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    return {(task.name, error.type) for task in report.tasks for error in task.errors} | {
        ("", error.type) for error in report.errors
    }


@pytest.fixture
def copied(published, tmp_path):
    """A copy of the published folder, to be broken."""
    return shutil.copytree(published, tmp_path / "copy")


@pytest.fixture(scope="module")
def described(published):
    return json.loads((published / "datapackage.json").read_text(encoding="utf-8"))


def resource(described, name):
    return next(one for one in described["resources"] if one["name"] == name)


def test_a_published_folder_is_valid(published):
    assert faults(published) == set()


def unsealed(folder, *names):
    """Keep a few tables without sizes and checksums: only what stands in cells can be wrong."""
    file = folder / "datapackage.json"
    package = json.loads(file.read_text(encoding="utf-8"))
    package["resources"] = [one for one in package["resources"] if one["name"] in names]
    for one in package["resources"]:
        del one["hash"], one["bytes"]
    file.write_text(json.dumps(package), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("areas", "E01000002,", "E01000001,", "primary-key"),
        ("areas", "\r\nE01000002,", "\r\n[x],", "constraint-error"),
        ("populations", ",310\r\n", ",three\r\n", "type-error"),
        ("populations", "E01000002,", "E01000009,", "foreign-key"),
        ("areas", "area_code,", "area,", "incorrect-label"),
    ],
)
def test_a_broken_cell_does_not_pass(copied, name, old, new, fault):
    unsealed(copied, "areas", name)
    file = copied / "csv" / f"{name}.csv"
    text = file.read_bytes().decode()
    assert old in text
    file.write_bytes(text.replace(old, new, 1).encode())
    assert (name, fault) in faults(copied)


def test_ranks_below_one_do_not_pass(copied, publication):
    unsealed(copied, "areas")
    assert faults(copied) == set()
    file = copied / "csv" / "areas.csv"
    rows = pl.read_csv(file).with_columns(pl.lit(0).alias("small_rank"))
    rows.write_csv(file, line_terminator="\r\n")
    assert ("areas", "constraint-error") in faults(copied)


def test_another_file_of_the_same_name_does_not_pass(copied):
    (copied / "maps" / "Ynys Môn.svg").write_text("<SVG/>")
    assert {fault for _, fault in faults(copied)} == {"hash-count"}


def test_every_file_is_there_with_its_size_and_checksum(published, described):
    files = {one["path"]: one for one in described["resources"]}
    assert set(files) == set(files_in(published)) - {"datapackage.json"}
    for path, one in files.items():
        assert one["bytes"] == (published / path).stat().st_size
        assert one["hash"] == f"sha256:{checksum(published / path)}"
    names = [one["name"] for one in described["resources"]]
    assert len(set(names)) == len(names)
    assert files["maps/Ynys Môn.svg"]["mediatype"] == "image/svg+xml"


def test_files_whose_names_differ_in_accents_alone_are_told_apart(published, publication, credit):
    for name in ("a b.txt", "a-b.txt", "areas.txt"):
        (published / "maps" / name).write_text("")
    files = ["maps/a b.txt", "maps/a-b.txt", "csv/areas.csv"]
    made = data_package(published, files, publication.tables, credit)
    assert [one["name"] for one in made["resources"]] == ["maps-a-b.txt", "maps-a-b.txt-2", "areas"]
    for name in ("a b.txt", "a-b.txt", "areas.txt"):
        (published / "maps" / name).unlink()


def test_columns_are_described_as_the_tables_describe_them(described, publication):
    for table in publication.tables:
        schema = resource(described, table.name)["schema"]
        assert [one["name"] for one in schema["fields"]] == [one.name for one in table.columns]
        assert [one["title"] for one in schema["fields"]] == [one.heading for one in table.columns]
        assert schema["primaryKey"] == list(table.keys)
        assert schema["missingValues"] == ["", "[x]", "[c]", "[z]"]
    fields = {one["name"]: one for one in resource(described, "areas")["schema"]["fields"]}
    assert fields["small_rank"]["type"] == "integer"
    assert fields["small_rank"]["constraints"] == {"required": True, "minimum": 1}
    assert fields["work_decile"]["constraints"]["maximum"] == 10
    assert fields["money_score"]["type"] == "number"
    assert fields["area_code"]["constraints"] == {"required": True, "unique": True}
    indicators = resource(described, "indicators_lsoa21")["schema"]["fields"]
    assert "per cent" in {one.get("unit") for one in indicators}


def test_the_package_says_who_when_and_of_what(described, publication):
    assert described["name"] == "small"
    assert described["title"] == "Need in Tŷ Bach"
    assert described["created"][:19] == publication.built[:19]
    year, month, day = map(int, publication.built[:10].split("-"))
    assert described["version"] == f"{year}.{month}.{day}"
    assert described["licenses"][0]["name"] == "OGL-UK-3.0"
    assert "contributors" not in described  # who publishes the index did not make this
    people, names = described["sources"]
    assert people["title"] == "People out of work"
    assert people["path"] == "https://example.org/work"
    assert people["file"] == "people.csv"
    assert names["licence"] == "not stated"
    assert "Contains OS data." in described["attributions"]


def test_only_what_is_true_is_declared(publication, credit, tmp_path):
    code = Column("area_code", "Code", "The code")
    rank = Column("x_rank", "Rank", "The rank", "number")
    areas = publication.table("areas")
    rows = pl.DataFrame({"area_code": ["E01000001", "W01000001"], "x_rank": [0.5, None]})
    stranger = Table("stranger", "T", "", (code, rank), rows, ("area_code",))
    (tmp_path / "stranger.csv").write_text("")
    made = data_package(tmp_path, ["stranger.csv"], [areas, stranger], credit)
    schema = made["resources"][0]["schema"]
    assert "foreignKeys" not in schema
    assert "constraints" not in schema["fields"][1]
