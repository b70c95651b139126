"""A nation of 120 areas with all that can be published of one, published once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import fastexcel
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

import hyperlocal
from hyperlocal.analysis.supplied import Sources, VersionSource
from hyperlocal.analysis.uncertainty import study, usual_design
from hyperlocal.present.publication import Publication, read_publication
from hyperlocal.present.publish import Published, Wanted, publish
from hyperlocal.present.tables.model import Table

PUBLISHER = "Swyddfa'r Ystadegau"
TITLE = "Angen ac amddifadedd yng Nghymru: tŷ, dŵr a'r ŵyl 2025"
SUBDOMAIN = "Tai, tŷ a chartref: a title of more letters than the name of a sheet may have"
PLACES = {
    "W06000001": ("Bournemouth, Christchurch/Poole", 41),
    "W06000002": ("Ynys Môn & Aberdâr", 30),
    "W06000003": ("Rhondda Cynon Tâf", 20),
    "W06000004": ('The "Vale" of <Glamorgan>', 16),
    "W06000005": ("Sŵn-y-môr", 12),
    "W06000006": ("=Far Isle", 1),
}
REGIONS = ["W92/1"] * 3 + ["w92/1"] * 3
DEFINITION = f"""\
hyperlocal: 1
id: angen
title: "{TITLE}"
description: What the areas of a made-up nation lack.
publisher: {PUBLISHER}
licence: OGL-UK-3.0
url: https://example.org/angen
place: Cymru
areas:
  geography: lsoa21
  table: {{input: people}}
  names: {{input: people, column: name}}
  within: {{ltla24: {{input: people, column: district, name: district_name}}}}
inputs:
  people:
    title: Residents and what they lack
    file: people.csv
    geography: lsoa21
    code: area
    publisher: Office of People
    licence: OGL-UK-3.0
populations:
  residents: {{title: Residents, column: residents}}
defaults: {{input: people, high_value: more_need}}
quality: {{most_zeros: 0.5}}
considered:
  noise: {{title: Sŵn, domain: health, reason: Nobody measures it}}
index:
  domains:
    work:
      title: Gwaith a chyflog, sŵn y gŵyr
      weight: 0.5
      indicators:
        jobless:
          title: People out of work
          source: Office of Work
          date: "2024"
          numerator: jobless
          denominator: residents
          per: 100
          shrink_to: ltla24
          publish: {{round_to: 5, suppress_below: 10}}
    homes:
      title: Cartrefi
      weight: 0.3
      subdomains:
        housing:
          title: "{SUBDOMAIN}"
          indicators: {{crowded: {{title: Crowded homes, column: crowded}}}}
        fuel:
          title: Tlodi tanwydd
          indicators: {{cold: {{title: Cold homes, column: cold}}}}
    health:
      title: Iechyd
      weight: 0.2
      indicators:
        illness: {{title: Illness, column: illness, missing_values: neutral}}
        secret: {{title: What is not shown, column: secret, publish: {{geography: none}}}}
"""
SIDE, WIDE = 1000, 12


@dataclass(frozen=True)
class Nation:
    """Results, another version of them, what is supplied beside them, and what was published."""

    folder: Path
    published: Published
    publication: Publication
    told: list[tuple[str, int, int]]

    @property
    def out(self) -> Path:
        return self.published.folder

    def file(self, ending: str) -> Path:
        return self.out / f"angen.{ending}"


def people() -> pl.DataFrame:
    """Return the areas; the last has a district to itself, the fourth lacks a number."""
    chance = np.random.default_rng(5)
    codes = [code for code, (_, many) in PLACES.items() for _ in range(many)]
    number = len(codes)
    need = chance.normal(size=number)
    residents = chance.integers(900, 2500, number)
    illness = need + chance.normal(size=number)
    return pl.DataFrame(
        {
            "area": [f"W0100{place:04}" for place in range(number)],
            "name": [f"Bryn {place}, dŵr" for place in range(number)],
            "district": codes,
            "district_name": [PLACES[code][0] for code in codes],
            "residents": residents,
            "jobless": chance.binomial(residents, 0.02 / (1 + np.exp(-need))),
            "crowded": need + chance.normal(size=number),
            "cold": need + 2 * chance.normal(size=number),
            "illness": [None if place == 3 else one for place, one in enumerate(illness)],
            "secret": (need + chance.normal(size=number)) * 1e4 + 1e6,
        }
    )


def write_outlines(file: Path, codes: pl.Series) -> None:
    """Write a square for each area, twelve in a row."""
    place = np.arange(len(codes))
    left, low = 400_000 + SIDE * (place % WIDE), 300_000 + SIDE * (place // WIDE)
    shapes = shapely.box(left, low, left + SIDE, low + SIDE)
    crs = {"type": "ProjectedCRS", "name": "OSGB36", "id": {"authority": "EPSG", "code": 27700}}
    column = {"encoding": "WKB", "geometry_types": ["Polygon"], "crs": crs}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    table = pa.table({"code": codes.to_list(), "geometry": shapely.to_wkb(shapes)})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), file)


def sources(folder: Path) -> Sources:
    """Return all that can be supplied."""
    earlier = VersionSource(str(folder / "earlier"), "The index of 2019, as it was revised in 2021")
    return Sources(
        boundaries=folder / "outlines.parquet",
        regions=(f"{folder / 'regions.csv'}:region_code",),
        versions=(earlier,),
        uncertainty=folder / "uncertainty",
    )


@pytest.fixture(scope="session")
def nation_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("where-angen-was-made")
    definition = folder / "index.yaml"
    definition.write_text(DEFINITION)
    table = people()
    table.write_csv(folder / "people.csv")
    results = hyperlocal.build(definition, folder, folder / "results")
    other = {"domains.work.weight": "0.1", "domains.health.weight": "0.6"}
    hyperlocal.build(hyperlocal.load(definition, other), folder, folder / "earlier")
    write_outlines(folder / "outlines.parquet", table["area"])
    names = ["Gogledd Cymru"] * 3 + ["De Cymru"] * 3
    lookup = {"ltla24_code": list(PLACES), "region_code": REGIONS, "region_name": names}
    pl.DataFrame(lookup).write_csv(folder / "regions.csv")
    report = study(results, usual_design(results).changed(draws=20, seed=1), workers=1)
    report.write(folder / "uncertainty")
    return folder


@pytest.fixture(scope="session")
def nation(nation_folder) -> Nation:
    """All that can be published of it."""
    results = hyperlocal.Results.open(nation_folder / "results")
    told: list[tuple[str, int, int]] = []
    given = sources(nation_folder)
    wanted = Wanted((), "ltla24", "Contains OS", PUBLISHER)
    published = publish(
        results, nation_folder / "published", given, wanted, lambda *step: told.append(step)
    )
    publication = read_publication(
        results, given, geography_source="Contains OS", publisher=PUBLISHER
    )
    return Nation(nation_folder, published, publication, told)


class Page(HTMLParser):
    """What a web page holds: tables by their captions, links, pictures and headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.links: list[str] = []
        self.ids: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.headings: list[str] = []
        self.language: str | None = None
        self.rows: list[list[str]] = []
        self.caption = ""
        self.words: list[str] | None = None
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if "id" in known:
            self.ids.append(known["id"])
        if tag == "html":
            self.language = known.get("lang")
        elif tag == "a":
            self.links.append(known["href"])
        elif tag == "img":
            self.pictures.append(known)
        elif tag == "table":
            self.rows = []
        elif tag == "tr":
            self.rows.append([])
        if tag in {"th", "td", "figcaption", "h1", "title"}:
            self.words = []

    def handle_endtag(self, tag):
        said = "".join(self.words or [])
        if tag in {"th", "td"}:
            self.rows[-1].append(said)
        elif tag == "figcaption":
            self.caption = said.partition(": ")[2] if said.startswith("Table") else said
        elif tag == "table":
            self.tables[self.caption or f"table {len(self.tables)}"] = self.rows
            self.caption = ""
        elif tag in {"h1", "title"}:
            self.headings.append(said)

    def handle_data(self, data):
        self.text += data
        if self.words is not None:
            self.words.append(data)


@pytest.fixture(scope="session")
def read_page():
    """Read a web page."""
    return lambda file: Page(file.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def read():
    """Read a workbook or spreadsheet: by the name of a sheet, all cells as text."""

    def read(path) -> dict[str, pl.DataFrame]:
        book = fastexcel.read_excel(str(path))
        return {
            name: book.load_sheet(name, header_row=None, dtypes="string").to_polars()
            for name in book.sheet_names
        }

    return read


@pytest.fixture(scope="session")
def same_cells():
    """Compare every cell of a table with cells that were read as text."""

    def same_cells(table: Table, cells: pl.DataFrame) -> None:
        assert cells.shape == table.rows.shape
        for column, name in zip(table.columns, cells.columns, strict=True):
            marks = table.mark(column.name)
            for value, mark, found in zip(table.rows[column.name], marks, cells[name], strict=True):
                if value is None:
                    assert found == mark, column.name
                elif column.kind == "text":
                    expected = value.replace("\t", " ") if value.strip() else "[x]"
                    assert found == expected, column.name
                else:
                    assert float(found) == value, column.name

    return same_cells
