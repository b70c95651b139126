"""A small index with the outlines of its areas: six squares in two districts."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely

from hyperlocal.analysis.supplied import Sources
from hyperlocal.present.publication import read_publication

SIDE = 1000
DEFINITION = """\
hyperlocal: 1
id: small
title: "Tŷ <bach> & 'small'"
publisher: Small Office
licence: OGL-UK-3.0
areas:
  geography: lsoa21
  table: {input: people}
  within: {ltla24: {input: people, column: district}}
inputs:
  people: {file: people.csv, geography: lsoa21, code: area}
populations: {adults: {column: adults, input: people}}
defaults: {input: people, high_value: more_need}
index:
  domains:
    work:
      indicators:
        out_of_work: {numerator: out_of_work, denominator: adults, per: 100, shrink_to: ltla24}
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


@pytest.fixture(scope="module")
def results(index_folder, tmp_path_factory):
    """The index."""
    texts = {"index.yaml": DEFINITION, "people.csv": PEOPLE}
    return index_folder(tmp_path_factory.mktemp("index"), texts).build()


@pytest.fixture(scope="module")
def outlines(tmp_path_factory):
    """A file of six squares in a row, in the opposite order of the areas, in the National Grid."""
    left = 400_000 + SIDE * np.arange(6)
    shapes = shapely.box(left, 300_000, left + SIDE, 300_000 + SIDE)[::-1]
    codes = [f"E0100000{number}" for number in range(6, 0, -1)]
    file = tmp_path_factory.mktemp("outlines") / "outlines.parquet"
    frame = geopandas.GeoDataFrame({"code": codes}, geometry=shapes, crs="EPSG:27700")
    frame.to_parquet(file)
    return file


@pytest.fixture(scope="module")
def publication(results, outlines):
    """The tables of the index, with boundaries."""
    return read_publication(results, Sources(boundaries=outlines))
