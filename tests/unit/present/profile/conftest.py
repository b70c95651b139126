"""A nation of 240 areas in seven districts of two regions, some of them odd, made once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

import hyperlocal
from hyperlocal.analysis.groups import groups_for
from hyperlocal.analysis.groups.mostly import main_groups
from hyperlocal.analysis.supplied import LargerAreas, Sources, VersionSource
from hyperlocal.present.publication import Publication, read_publication
from hyperlocal.present.tables.districts import districts_table
from hyperlocal.present.tables.scales import scales_table

DEFINITION = """\
hyperlocal: 1
id: hardship
title: Hardship in the Isles 2025
publisher: An office
licence: OGL-UK-3.0
areas:
  geography: lsoa21
  table: {input: people}
  names: {input: people, column: name}
  within: {ltla24: {input: people, column: district, name: district_name}}
inputs:
  people: {file: people.csv, geography: lsoa21, code: area}
populations:
  residents: {title: Residents, column: residents}
defaults: {input: people, high_value: more_need}
index:
  domains:
    work: {title: Work, weight: 0.5, indicators: {jobless: {description: People without work,
      numerator: jobless, denominator: residents, per: 100}}}
    money: {title: Money and prices, weight: 0.3, indicators: {debt: {column: debt}}}
    health: {title: Health, weight: 0.2, indicators: {illness: {column: illness}}}
"""
DISTRICTS = {
    "E06000001": ("Aberdâr/Ŵyr", 110),
    "E06000002": ("Borley", 60),
    "E06000003": ("Calm", 44),
    "E06000004": ("Dunn & Sons", 14),
    "E06000005": ("Easterly", 6),
    "E06000006": ("Far Isle", 1),
    "E06000007": (None, 5),
}
SIDE = 1000


def people() -> pl.DataFrame:
    """Return the areas: Calm and Far Isle have the least need."""
    rng = np.random.default_rng(8)
    codes = [code for code, (_, many) in DISTRICTS.items() for _ in range(many)]
    number = len(codes)
    calm = np.isin(codes, ["E06000003", "E06000006"])
    need = rng.normal(size=number) - 8 * calm
    residents = rng.integers(900, 2500, number)
    share = 1 / (1 + np.exp(2 - need / 4 + 0.1 * rng.normal(size=number)))
    return pl.DataFrame(
        {
            "area": [f"E0100{place:04}" for place in range(number)],
            "name": [f"Area {place}" for place in range(number)],
            "district": codes,
            "district_name": [DISTRICTS[code][0] for code in codes],
            "residents": residents,
            "jobless": (share * residents).round().astype(int),
            "debt": need + 0.8 * rng.normal(size=number),
            "illness": need + 1.5 * rng.normal(size=number),
        }
    )


def write_outlines(file: Path, codes: pl.Series) -> None:
    """Write a square for each area, twenty in a row."""
    place = np.arange(len(codes))
    left, low = 400_000 + SIDE * (place % 20), 300_000 + SIDE * (place // 20)
    shapes = shapely.box(left, low, left + SIDE, low + SIDE)
    crs = {"type": "ProjectedCRS", "name": "OSGB36", "id": {"authority": "EPSG", "code": 27700}}
    column = {"encoding": "WKB", "geometry_types": ["Polygon"], "crs": crs}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    table = pa.table({"code": codes.to_list(), "geometry": shapely.to_wkb(shapes)})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), file)


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """The results, another version of them, and all that is supplied beside them."""
    folder = tmp_path_factory.mktemp("isles")
    definition = folder / "index.yaml"
    definition.write_text(DEFINITION)
    table = people()
    table.write_csv(folder / "people.csv")
    hyperlocal.build(definition, folder, folder / "results")
    other = {"domains.work.weight": "0.1", "domains.health.weight": "0.6"}
    hyperlocal.build(hyperlocal.load(definition, other), folder, folder / "earlier")
    write_outlines(folder / "outlines.parquet", table["area"])
    regions = ["E12000001"] * 4 + ["E12000002"] * 3
    names = ["North"] * 4 + ["South"] * 3
    columns = {"ltla24_code": list(DISTRICTS), "region_code": regions, "region_name": names}
    pl.DataFrame(columns).write_csv(folder / "regions.csv")
    return folder


@pytest.fixture(scope="session")
def publication(folder) -> Publication:
    """All that can be supplied."""
    given = Sources(
        boundaries=folder / "outlines.parquet",
        regions=(f"{folder / 'regions.csv'}:region_code",),
        versions=(VersionSource(str(folder / "earlier"), "2019"),),
    )
    return read_publication(hyperlocal.Results.open(folder / "results"), given)


@pytest.fixture(scope="session")
def bare(folder) -> Publication:
    """Nothing supplied: no boundaries, regions or other version."""
    return read_publication(hyperlocal.Results.open(folder / "results"))


@pytest.fixture(scope="session")
def grouped(bare, folder):
    """Publish other groups: by their polygons or lists."""

    def grouped(**named) -> Publication:
        groups = groups_for(bare.results, **named)
        of = main_groups(groups, bare.results.areas.height)["group"].fill_null(-1).to_numpy()
        kind = LargerAreas("estates", groups, of)
        table, _ = districts_table(bare.results, kind, bare.populations.weights)
        counted, _ = scales_table(bare.results, kind)
        supplied = replace(bare.supplied, larger=(kind,))
        return replace(bare, supplied=supplied, tables=(*bare.tables, table, counted))

    return grouped
