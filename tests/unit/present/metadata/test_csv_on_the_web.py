"""CSV on the Web: the files read back through it as the tables, and a broken cell does not pass."""

from __future__ import annotations

import json
import shutil
import warnings

import polars as pl
import pytest
from csvw import CSVW, TableGroup


def is_valid(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        try:
            return CSVW(str(folder / "csv-metadata.json"), validate=True).is_valid
        except ValueError:
            return False


@pytest.fixture
def copied(published, tmp_path):
    return shutil.copytree(published / "csv", tmp_path / "copy")


def test_the_files_are_valid(published):
    assert is_valid(published / "csv")


def test_rows_read_through_it_are_those_of_the_tables(published, publication):
    group = TableGroup.from_file(published / "csv" / "csv-metadata.json")
    assert [str(one.url) for one in group.tables] == [
        f"{table.name}.csv" for table in publication.tables
    ]
    for described, table in zip(group.tables, publication.tables, strict=True):
        rows = pl.DataFrame(list(described.iterdicts()), schema=table.rows.schema)
        assert rows.equals(table.rows), table.name


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("areas", "E01000002,", "E01000001,"),
        ("populations", ",310\r\n", ",three\r\n"),
        ("populations", "E01000002,", "E01000009,"),
        ("areas", "area_code,", "area,"),
        ("areas", "\r\nE01000002,", "\r\n[x],"),
    ],
)
def test_a_broken_cell_does_not_pass(copied, name, old, new):
    file = copied / f"{name}.csv"
    text = file.read_bytes().decode()
    assert old in text
    file.write_bytes(text.replace(old, new, 1).encode())
    assert not is_valid(copied)


def test_it_says_the_licence_the_sources_and_the_meanings(published, publication):
    said = json.loads((published / "csv" / "csv-metadata.json").read_text(encoding="utf-8"))
    assert said["dc:title"] == "Need in Tŷ Bach"
    assert said["dc:license"]["@id"].startswith("https://www.nationalarchives.gov.uk/")
    assert said["dc:source"] == [{"@id": "https://example.org/work"}, "names"]
    columns = said["tables"][0]["tableSchema"]["columns"]
    assert [one["dc:description"] for one in columns] == [
        one.meaning for one in publication.table("areas").columns
    ]
    keys = {one["url"]: one["tableSchema"].get("foreignKeys") for one in said["tables"]}
    assert keys["populations.csv"] == [
        {
            "columnReference": "area_code",
            "reference": {"resource": "areas.csv", "columnReference": "area_code"},
        }
    ]
