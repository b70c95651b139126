"""Files for maps: GeoPackage, GeoParquet and how QGIS is to draw them."""

from hyperlocal.present.map_files.geopackage import write_geopackage
from hyperlocal.present.map_files.geoparquet import write_geoparquet
from hyperlocal.present.map_files.layers import Layer
from hyperlocal.present.map_files.qgis import qgis_style
from hyperlocal.present.map_files.writing import map_layers, write_map_files

__all__ = [
    "Layer",
    "map_layers",
    "qgis_style",
    "write_geopackage",
    "write_geoparquet",
    "write_map_files",
]
