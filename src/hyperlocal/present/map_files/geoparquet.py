"""Layers as GeoParquet 1.1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hyperlocal.present.map_files.layers import Layer, as_arrow

VERSION = "1.1.0"


def write_geoparquet(file: Path, layer: Layer) -> None:
    """Write a layer as GeoParquet 1.1: WKB in the column ``geometry``, compressed with zstd.

    Parameters
    ----------
    file
        The file.
    layer
        The layer. What its columns mean is in the metadata of the columns, as ``title``,
        ``description`` and ``unit``.
    """
    import pyarrow.parquet as pq

    table = as_arrow(layer)
    about = {"geo": json.dumps(geo_metadata(layer)), "title": layer.title, "about": layer.about}
    pq.write_table(
        table.cast(_described(table.schema, layer).with_metadata(about)),
        file,
        compression="zstd",
    )


def geo_metadata(layer: Layer) -> dict[str, Any]:
    """Return what GeoParquet says of the outlines of a layer.

    Parameters
    ----------
    layer
        The layer.
    """
    import shapely
    from pyproj import CRS

    west, south, east, north = shapely.total_bounds(layer.shapes).tolist()
    column = {
        "encoding": "WKB",
        "geometry_types": ["MultiPolygon"],
        "crs": CRS.from_user_input(layer.crs).to_json_dict(),
        "bbox": [west, south, east, north],
    }
    return {"version": VERSION, "primary_column": "geometry", "columns": {"geometry": column}}


def _described(schema: Any, layer: Layer) -> Any:
    """Return a schema whose fields say what they mean."""
    for place, one in enumerate(layer.columns):
        said = {"title": one.heading, "description": one.meaning, "unit": one.unit}
        field = schema.field(place).with_metadata({key: text for key, text in said.items() if text})
        schema = schema.set(place, field)
    return schema
