"""Layers as one GeoPackage, with what their columns mean and how QGIS is to draw them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from hyperlocal.errors import Problem, ResultsError
from hyperlocal.present.map_files.layers import Layer, as_arrow

VERSION, GEOMETRY = "1.2", "geom"
"""The version that programs of the last years all read; the name of the column of outlines."""

SCHEMA_EXTENSION = "http://www.geopackage.org/spec121/#extension_schema"
TABLES = """
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME);
"""
"""The columns of layers, by the schema extension of GeoPackage 1.2; and the styles of QGIS."""


def write_geopackage(
    file: Path,
    layers: Sequence[Layer],
    built: datetime,
    styles: Mapping[str, str] | None = None,
    about: Mapping[str, str] | None = None,
) -> None:
    """Write layers as a GeoPackage.

    Parameters
    ----------
    file
        The file; one that is there is replaced.
    layers
        The layers, in the order in which they are listed.
    built
        When the results were computed, which stands as the time of the last change, so that the
        same results make the same file.
    styles
        For layers by their names, how QGIS draws them (QML). It does so at once.
    about
        What is said of the whole, such as the licence and the attribution.

    Raises
    ------
    ResultsError
        Where it cannot be written.
    """
    import pyogrio

    refusals = (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        sqlite3.Error,
        OSError,
    )
    try:
        file.unlink(missing_ok=True)
        for layer in layers:
            _write_layer(file, layer, about or {})
        with closing(sqlite3.connect(file)) as package, package:
            package.executescript(TABLES)
            _describe(package, layers)
            _keep_styles(package, layers, styles or {})
            _set_time(package, built)
    except refusals as error:
        said = f"cannot be written: {error}"
        problem = Problem(said, "free the space, or name another folder", str(file))
        raise ResultsError(problem) from error


def _write_layer(file: Path, layer: Layer, about: Mapping[str, str]) -> None:
    """Write one layer with its outlines, beside those that are in the file."""
    import pyogrio

    pyogrio.raw.write_arrow(
        as_arrow(layer),
        file,
        layer=layer.name,
        driver="GPKG",
        geometry_name="geometry",
        geometry_type="MultiPolygon",
        crs=layer.crs,
        dataset_options={"VERSION": VERSION},
        layer_options={
            "GEOMETRY_NAME": GEOMETRY,
            "IDENTIFIER": layer.title,
            "DESCRIPTION": layer.about,
        },
        dataset_metadata=dict(about),
    )


def _set_time(package: sqlite3.Connection, built: datetime) -> None:
    """Let the time of the build stand where GDAL put the time of writing."""
    time = built.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    package.execute("UPDATE gpkg_contents SET last_change = ?", [time])
    package.execute("UPDATE layer_styles SET update_time = ?", [time])
    known = "SELECT 1 FROM sqlite_master WHERE name = 'gpkg_metadata_reference'"
    if package.execute(known).fetchone():
        package.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", [time])


def _describe(package: sqlite3.Connection, layers: Sequence[Layer]) -> None:
    """Say what the columns of layers are called and mean."""
    package.executemany(
        "INSERT INTO gpkg_data_columns (table_name, column_name, title, description)"
        " VALUES (?, ?, ?, ?)",
        [
            (layer.name, one.name, one.heading, one.meaning)
            for layer in layers
            for one in layer.columns
        ],
    )
    package.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
        [
            (name, SCHEMA_EXTENSION)
            for name in ("gpkg_data_columns", "gpkg_data_column_constraints")
        ],
    )


def _keep_styles(
    package: sqlite3.Connection, layers: Sequence[Layer], styles: Mapping[str, str]
) -> None:
    """Put the styles where QGIS looks for them."""
    package.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
        " f_geometry_column, styleName, styleQML, useAsDefault, description, owner)"
        " VALUES ('', '', ?, ?, ?, ?, 1, ?, '')",
        [
            (layer.name, GEOMETRY, layer.name, styles[layer.name], layer.title)
            for layer in layers
            if layer.name in styles
        ],
    )
    package.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles')"
    )
