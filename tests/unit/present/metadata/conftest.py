"""A small index of several inputs, and its published folder."""

from __future__ import annotations

import pytest

from hyperlocal.present.citation import credit_for
from hyperlocal.present.csv_files import write_csvs
from hyperlocal.present.metadata import write_metadata
from hyperlocal.present.publication import read_publication

DEFINITION = """\
hyperlocal: 1
id: small
title: Need in Tŷ Bach
description: An index of six areas, for tests.
publisher: Small Office
licence: Open Government Licence v3.0
url: https://example.org/small
areas:
  geography: lsoa21
  table: {input: people}
  names: {input: names, column: name}
  within: {ltla24: {input: people, column: district}}
inputs:
  people:
    title: People out of work
    file: people.csv
    geography: lsoa21
    code: area
    publisher: Office of Work
    licence: OGL-UK-3.0
    url: https://example.org/work
    attribution: "Source: Office of Work. © Crown copyright."
  names: {file: names.csv, geography: lsoa21, code: area}
  later: {file: later.csv, geography: lsoa21, code: area, optional: true}
populations: {adults: {column: adults, input: people}, children: {column: n, input: later}}
defaults: {input: people, high_value: more_need}
index:
  domains:
    work:
      indicators:
        out_of_work:
          numerator: out_of_work
          denominator: adults
          per: 100
          unit: per cent
    money:
      indicators:
        income: {column: income, high_value: less_need}
"""
PEOPLE = """\
area,district,out_of_work,adults,income
E01000001,E06000001,12,300,25000
E01000002,E06000001,30,310,21000
E01000003,E06000001,45,290,18000
E01000004,E06000002,3,150,32000
E01000005,E06000002,9,280,29000
E01000006,E06000002,64,400,15500
"""
NAMES = """\
area,name
E01000001,"Bryn, ""y"" Môr"
E01000002,=SUM(A1)
E01000003,Ynys Môn
E01000004,Tŷ-du
E01000005,Pentre
E01000006,Llan
"""


@pytest.fixture(scope="module")
def publication(index_folder, tmp_path_factory):
    """The tables of the index."""
    texts = {"index.yaml": DEFINITION, "people.csv": PEOPLE, "names.csv": NAMES}
    return read_publication(index_folder(tmp_path_factory.mktemp("index"), texts).build())


@pytest.fixture(scope="module")
def credit(publication):
    """Whom to name for them."""
    return credit_for(publication, statements=["Contains OS data."])


@pytest.fixture(scope="module")
def published(publication, credit, tmp_path_factory):
    """A folder of CSV files with a picture and what is said of all of them."""
    folder = tmp_path_factory.mktemp("published")
    write_csvs(folder / "csv", publication.tables)
    (folder / "maps").mkdir()
    (folder / "maps" / "Ynys Môn.svg").write_text("<svg/>")
    (folder / "maps" / "Ynys Man.svg").write_text("<svg></svg>")
    write_metadata(folder, publication.tables, credit)
    return folder
