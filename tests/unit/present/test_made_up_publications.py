"""What is made up, or computed by a changed definition, says so wherever it is published."""

from __future__ import annotations

import json
import re
from html import unescape
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from hyperlocal.cli import app
from hyperlocal.present.citation import Credit, credit_for
from hyperlocal.present.publication import Publication, read_publication

DEFINITION = """\
hyperlocal: 1
id: iod_2025_crime
title: A small index
description: What six areas lack.
publisher: Ministry of Small Things
url: https://example.org/small
areas:
  geography: lsoa21
  table: {input: people}
  within: {ltla24: {input: people, column: district}}
inputs: {people: {file: people.csv, geography: lsoa21, code: area}}
populations: {adults: {column: adults, input: people}}
defaults: {input: people, high_value: more_need}
index:
  domains:
    work: {indicators: {jobless: {numerator: jobless, denominator: adults, per: 100}}}
    money: {indicators: {debt: {column: debt}}}
"""
PEOPLE = """\
area,district,jobless,adults,debt
E01000001,E06000001,12,300,25
E01000002,E06000001,30,310,21
E01000003,E06000001,45,290,48
E01000004,E06000002,3,150,3
E01000005,E06000002,9,280,9
E01000006,E06000002,64,400,15
"""
DIFFERS = "The definition differs from the one that hyperlocal bundles as iod-2025-crime, in "
WARNING = "Made-up data: no number here is true of any place or person."
OFFICE = "Kirklees Council"


@pytest.fixture(scope="module")
def publication(index_folder, tmp_path_factory) -> Publication:
    """Made-up data in a file of one's own with the id of a bundled definition."""
    texts = {
        "index.yaml": DEFINITION,
        "people.csv": PEOPLE,
        "made-up.txt": "Everything in this folder is made up.\n",
    }
    built = index_folder(tmp_path_factory.mktemp("made_up"), texts).build()
    return read_publication(built, publisher=OFFICE)


@pytest.fixture(scope="module")
def credit(publication) -> Credit:
    return credit_for(publication)


@pytest.fixture(scope="module")
def said(publication, tmp_path_factory):
    """All that was published, as text by the names of files, and what the commands said."""
    out = tmp_path_factory.mktemp("published")
    results = str(publication.results.folder)
    options = [f"--without={part}" for part in ("ods", "geography", "figures")]
    named = ["--publisher", OFFICE]
    ran = CliRunner().invoke(app, ["publish", results, "--out", str(out / "all"), *named, *options])
    assert ran.exit_code == 0, ran.output
    one = ["profile", results, "E06000001", "--out", str(out / "one"), *named]
    briefed = CliRunner().invoke(app, one)
    assert briefed.exit_code == 0, briefed.output
    found = {"publish": ran.output, "profile": briefed.output}
    for file in sorted(path for path in out.rglob("*") if path.is_file()):
        if file.suffix == ".pdf":
            found[file.suffix if file.parent.name == "one" else file.name] = text_of(file)
        elif file.suffix == ".xlsx":
            with ZipFile(file) as package:
                found["cover"] = package.read("xl/sharedStrings.xml").decode()
                found["properties"] = package.read("docProps/core.xml").decode()
        else:
            name = "profile.html" if file.parent.name == "one" else file.name
            found[name] = unescape(file.read_text(encoding="utf-8"))
    return {name: " ".join(text.split()) for name, text in found.items()}


def text_of(file) -> str:
    """Return the words of a PDF, and its properties."""
    reader = PdfReader(file)
    pages = " ".join(page.extract_text() for page in reader.pages)
    return f"{pages} AUTHOR={reader.metadata.author} TITLE={reader.metadata.title}"


PUBLIC = ("index.html", "technical_report.html", "technical_report.pdf", "profile.html", ".pdf")


@pytest.mark.parametrize("name", [*PUBLIC, "cover", "ATTRIBUTION.txt"])
def test_it_says_that_data_are_made_up_and_what_was_changed(said, credit, name):
    plain = re.sub(r"[\s\u200b-]", "", said[name])
    for text in (WARNING, DIFFERS, credit.citation.partition(" https")[0], OFFICE):
        assert re.sub(r"[\s-]", "", text) in plain, text


@pytest.mark.parametrize("name", [*PUBLIC, "cover", "ATTRIBUTION.txt", "datapackage.json"])
def test_nobody_is_asked_in_public_what_is_to_be_settled_before(said, name):
    assert "before you publish" not in said[name]
    assert "not stated in the definition: ask" not in said[name]


def test_who_publishes_is_the_author_and_not_who_publishes_the_index(said):
    for name in ("technical_report.pdf", ".pdf"):
        assert f"AUTHOR={OFFICE} TITLE=Made-up data: " in said[name]
    assert f"<dc:creator>{OFFICE}</dc:creator>" in said["properties"]
    assert "Ministry" not in said["properties"].partition("dc:description")[0]
    package = json.loads(said["datapackage.json"])
    assert package["contributors"] == [{"title": OFFICE, "role": "publisher"}]
    assert package["title"] == "Made-up data: A small index"


def test_commands_tell_it_and_what_is_to_be_settled(said):
    for name in ("publish", "profile", "publication.json"):
        assert WARNING in said[name]
        assert DIFFERS in said[name]
    assert "A small index: licence not stated in the definition: ask" in said["publish"]
    assert "before you publish" not in said["publication.json"]


def test_every_table_begins_with_it(publication, said):
    assert all(one.source.startswith("Made-up data: A small") for one in publication.tables)
    assert "Source: Made-up" not in said["cover"]
    assert "Made-up data: A small index, index of the Ministry of Small Things; " in said["cover"]
