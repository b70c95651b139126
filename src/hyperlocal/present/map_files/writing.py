"""All files for maps of a publication, in a folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from hyperlocal.present.citation import Credit
from hyperlocal.present.map_files.geopackage import write_geopackage
from hyperlocal.present.map_files.geoparquet import write_geoparquet
from hyperlocal.present.map_files.layers import Layer, area_layer, larger_layer
from hyperlocal.present.map_files.qgis import qgis_style
from hyperlocal.present.publication import Publication


def map_layers(publication: Publication) -> tuple[Layer, ...]:
    """Return the layers of a publication: of its areas, then of each kind of larger areas.

    Parameters
    ----------
    publication
        What is published.

    Returns
    -------
    tuple of Layer
        None at all where no boundaries are known.
    """
    boundaries = publication.boundaries
    if boundaries is None:
        return ()
    root = publication.definition.root
    tables = {one.name: one for one in publication.tables}
    shown = tables.get(f"indicators_{publication.definition.areas.geography}")
    deciles = f"{root.id}_decile"
    coloured_by = deciles if deciles in tables["areas"].rows.columns else ""
    areas = area_layer(boundaries, tables["areas"], coloured_by, shown)
    larger = (
        larger_layer(boundaries, kind, tables.get(f"districts_{kind.id}"), root)
        for kind in publication.larger
    )
    return (areas, *larger)


def write_map_files(folder: Path, publication: Publication, credit: Credit) -> tuple[Path, ...]:
    """Write the GeoPackage, a GeoParquet file for each layer, and how QGIS is to draw them.

    Parameters
    ----------
    folder
        The folder, which is there.
    publication
        What is published.
    credit
        Whom to name for it.

    Returns
    -------
    tuple of Path
        The files: ``<id>.gpkg`` with all layers, and for each layer ``<layer>.parquet`` and
        ``<layer>.qml``. None where no boundaries are known: the notes of the publication say so.
    """
    layers = map_layers(publication)
    if not layers:
        return ()
    most = publication.words.most.removeprefix("the ")
    styles = {layer.name: qgis_style(layer, most, size) for size, layer in enumerate(layers)}
    about = {
        "TITLE": credit.title,
        "CITATION": credit.citation,
        "LICENCE": credit.licence_said,
        "ATTRIBUTION": " ".join(credit.attributions),
    }
    package = folder / f"{publication.definition.id}.gpkg"
    write_geopackage(package, layers, datetime.fromisoformat(publication.built), styles, about)
    files = [package]
    for layer in layers:
        parquet, style = folder / f"{layer.name}.parquet", folder / f"{layer.name}.qml"
        write_geoparquet(parquet, layer)
        style.write_text(styles[layer.name], encoding="utf-8")
        files += [parquet, style]
    return tuple(files)
