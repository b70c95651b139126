"""Files for maps: every area with its outline and the very numbers of the tables."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from xml.etree import ElementTree as ET

import geopandas
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from hyperlocal.analysis.supplied import Sources
from hyperlocal.areas import Geography
from hyperlocal.errors import ResultsError
from hyperlocal.geography import read_boundaries
from hyperlocal.present.citation import credit_for
from hyperlocal.present.figures import theme
from hyperlocal.present.map_files import map_layers, qgis_style, write_map_files
from hyperlocal.present.publication import read_publication

INDEX, LAYERS = "small", ["areas", "districts_ltla24"]


@pytest.fixture(scope="module")
def written(publication, tmp_path_factory):
    folder = tmp_path_factory.mktemp("maps")
    write_map_files(folder, publication, credit_for(publication))
    return folder


def parsed(style):
    return ET.fromstring(style)  # noqa: S314, it is our own


def layer_of(file, name):
    """Return the outlines and columns of a layer, as GDAL reads them."""
    table = pyogrio.raw.read_arrow(file, layer=name)[1]
    frame = pl.from_arrow(table.drop_columns(["geom"]))
    return shapely.from_wkb(table["geom"].to_numpy()), frame


def test_every_area_is_there_with_the_numbers_of_the_tables(written, publication):
    file = written / f"{INDEX}.gpkg"
    found = dict(pyogrio.list_layers(file).tolist())
    assert [name for name in found if found[name]] == LAYERS
    assert set(found.values()) == {"MultiPolygon", None}
    shapes, rows = layer_of(file, "areas")
    areas = publication.table("areas").rows
    indicators = publication.table("indicators_lsoa21").rows
    assert rows.select(areas.columns).equals(areas)
    assert rows.select(indicators.columns).equals(indicators)
    assert shapely.equals(shapes, publication.boundaries.shapes).all()
    assert pyogrio.read_info(file, layer="areas")["crs"] == "EPSG:27700"


def test_districts_are_outlined_by_their_areas(written, publication):
    shapes, rows = layer_of(written / f"{INDEX}.gpkg", "districts_ltla24")
    own = publication.boundaries.shapes
    assert shapely.equals(shapes, [shapely.union_all(own[:3]), shapely.union_all(own[3:])]).all()
    summaries = publication.table("districts_ltla24").rows
    expected = summaries.filter(pl.col("measure") == INDEX).drop("measure", "measure_title")
    assert rows.equals(expected)


def test_larger_areas_without_any_area_have_no_outline(publication):
    kind = publication.larger[0]
    lost = replace(kind, of=np.array([1, 1, -1, 1, 1, 1]))
    supplied = replace(publication.supplied, larger=(lost,))
    layer = map_layers(replace(publication, supplied=supplied))[1]
    assert layer.rows["group_code"].to_list() == ["E06000002"]
    assert shapely.area(layer.shapes).tolist() == [5e6]


def test_districts_of_which_nothing_is_known_still_have_names(publication):
    tables = tuple(one for one in publication.tables if not one.name.startswith("districts_"))
    layer = map_layers(replace(publication, tables=tables))[1]
    assert layer.rows.columns == ["group_code", "group_name"]
    assert layer.rows["group_code"].to_list() == ["E06000001", "E06000002"]


def test_what_is_suppressed_is_empty_and_not_a_number(publication, tmp_path):
    areas = publication.table("areas")
    hidden = areas.rows.with_columns(pl.lit(None, pl.Float64).alias("work_score"))
    others = tuple(one for one in publication.tables if one.name != "areas")
    hiding = replace(publication, tables=(replace(areas, rows=hidden), *others))
    write_map_files(tmp_path, hiding, credit_for(publication))
    assert layer_of(tmp_path / f"{INDEX}.gpkg", "areas")[1]["work_score"].is_null().all()
    assert pl.read_parquet(tmp_path / "areas.parquet")["work_score"].is_null().all()


def test_the_same_results_make_the_same_files(publication, tmp_path):
    files = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        files.append(write_map_files(tmp_path / name, publication, credit_for(publication)))
    assert [one.name for one in files[0]] == [
        f"{INDEX}.gpkg",
        *(f"{layer}.{end}" for layer in LAYERS for end in ("parquet", "qml")),
    ]
    assert [one.read_bytes() for one in files[0]] == [one.read_bytes() for one in files[1]]


def test_columns_are_explained_and_the_last_change_is_the_build(written, publication):
    with closing(sqlite3.connect(written / f"{INDEX}.gpkg")) as package:
        told = package.execute("SELECT table_name, column_name, title FROM gpkg_data_columns")
        explained = {(table, column): title for table, column, title in told}
        changed = package.execute("SELECT DISTINCT last_change FROM gpkg_contents").fetchall()
        extended = package.execute(
            "SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_schema'"
        ).fetchall()
        assert package.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    layers = map_layers(publication)
    assert explained == {
        (layer.name, one.name): one.heading for layer in layers for one in layer.columns
    }
    assert [one for (one,) in changed] == [publication.built[:19] + ".000Z"]
    assert {one for (one,) in extended} >= {"gpkg_data_columns"}


def test_licence_and_attribution_are_in_the_package(written):
    about = pyogrio.read_info(written / f"{INDEX}.gpkg", layer="areas")["dataset_metadata"]
    assert about["TITLE"] == "Tŷ <bach> & 'small'"
    assert about["LICENCE"] == "Open Government Licence v3.0"
    assert about["ATTRIBUTION"].startswith("Contains public sector information")
    assert about["CITATION"].startswith("Tŷ <bach> & 'small' (index of Small Office). Computed ")


def test_qgis_colours_areas_by_decile_in_the_colours_of_all_maps(written, publication):
    with closing(sqlite3.connect(written / f"{INDEX}.gpkg")) as package:
        kept = package.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles"
        ).fetchall()
        geometry = dict(
            package.execute("SELECT table_name, column_name FROM gpkg_geometry_columns")
        )
    assert [(name, column, used) for name, column, used, _ in kept] == [
        (name, geometry[name], 1) for name in LAYERS
    ]
    for name, _, _, style in kept:
        assert (written / f"{name}.qml").read_text(encoding="utf-8") == style
    renderer = parsed(kept[0][3]).find("renderer-v2")
    assert renderer.get("attr") == f"{INDEX}_decile"
    assert renderer.get("attr") in publication.table("areas").rows.columns
    classes = renderer.findall("categories/category")
    assert [one.get("label") for one in classes] == [
        "1 (greatest need)",
        *map(str, range(2, 11)),
        "no rank",
    ]
    colours = {
        symbol.get("name"): symbol.find(".//Option[@name='color']").get("value")
        for symbol in renderer.findall("symbols/symbol")
    }
    drawn = [colours[one.get("symbol")] for one in classes]
    assert drawn == [
        ",".join(map(str, (*bytes.fromhex(colour[1:]), 255)))
        for colour in (*theme.DECILES, theme.MISSING)
    ]


def test_qgis_shows_headings_and_outlines_of_districts(publication):
    areas, districts = map_layers(publication)
    headings = {one.get("field"): one.get("name") for one in _aliases(qgis_style(areas, "most"))}
    assert headings == {one.name: one.heading for one in areas.columns}
    assert "Tŷ <bach> & 'small': score" in headings.values()
    style = parsed(qgis_style(districts, "most", 2))
    assert style.find("renderer-v2").get("type") == "singleSymbol"
    assert style.find(".//Option[@name='style']").get("value") == "no"
    assert style.find("previewExpression").text == '"group_name"'


def _aliases(style):
    return parsed(style).findall("aliases/alias")


def test_geoparquet_reads_in_geopandas_and_as_boundaries(written, publication):
    file = written / "areas.parquet"
    frame = geopandas.read_parquet(file)
    assert frame.crs.to_epsg() == 27700
    assert shapely.equals(frame.geometry.to_numpy(), publication.boundaries.shapes).all()
    assert frame["small_rank"].tolist() == publication.table("areas").rows["small_rank"].to_list()
    read = read_boundaries(file, Geography.from_name("lsoa21"), "area_code")
    assert read.codes.to_list() == publication.boundaries.codes.to_list()
    schema = pq.read_schema(file)
    geo = json.loads(schema.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["bbox"] == [400_000, 300_000, 406_000, 301_000]
    assert (
        schema.field("small_rank").metadata[b"title"].decode().endswith("(1 is the greatest need)")
    )


def test_degrees_stay_degrees(results, outlines, tmp_path):
    degrees = tmp_path / "degrees.parquet"
    geopandas.read_parquet(outlines).to_crs(4326).to_parquet(degrees)
    publication = read_publication(results, Sources(boundaries=degrees))
    write_map_files(tmp_path, publication, credit_for(publication))
    assert geopandas.read_parquet(tmp_path / "areas.parquet").crs.to_epsg() == 4326
    info = pyogrio.read_info(tmp_path / f"{INDEX}.gpkg", layer="areas")
    assert info["crs"] == "EPSG:4326"
    assert -5 < info["total_bounds"][0] < 5


def test_without_boundaries_nothing_is_written_and_that_is_said(results, tmp_path):
    publication = read_publication(results)
    assert write_map_files(tmp_path, publication, credit_for(publication)) == ()
    assert not list(tmp_path.iterdir())
    assert any("no boundaries are given" in note for note in publication.notes)


def test_a_geopackage_that_cannot_be_written_says_so(publication, tmp_path):
    credit = credit_for(publication)
    with pytest.raises(ResultsError, match="cannot be written") as refused:
        write_map_files(tmp_path / "no" / "such", publication, credit)
    assert "name another folder" in str(refused.value)
