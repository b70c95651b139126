"""Layers of a map: areas with their outlines and what is published of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.supplied import LargerAreas
from hyperlocal.definition import ResolvedNode
from hyperlocal.geography import Boundaries
from hyperlocal.present.tables.model import Column, Table
from hyperlocal.present.words import areas_called, geography_called

POLYGON = 3
"""The number by which shapely knows a polygon."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer: a row for each area that has an outline.

    Parameters
    ----------
    name
        What it is called in files: that of the table that it shows.
    title
        Its title for people.
    about
        What a reader should know of it.
    columns
        Its columns, in order.
    rows : shape (areas,)
        Their values. What is not available, or confidential, is null.
    shapes : shape (areas,)
        The outlines, all multipolygons.
    crs
        Their coordinate reference system: ``EPSG:27700`` or ``EPSG:4326``.
    deciles
        The column that the areas are coloured by; empty where only outlines are drawn.
    """

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: pl.DataFrame
    shapes: NDArray[Any]
    crs: str
    deciles: str = ""

    @property
    def label(self) -> str:
        """The column of the names of the areas."""
        return next((one.name for one in self.columns if one.name.endswith("_name")), "")

    def __len__(self) -> int:
        return len(self.shapes)


def area_layer(
    boundaries: Boundaries, areas: Table, deciles: str, indicators: Table | None = None
) -> Layer:
    """Return the layer of the areas of an index.

    Parameters
    ----------
    boundaries
        The outlines of all of them.
    areas
        The table of their scores, ranks and deciles, by ``area_code``.
    deciles
        The column that they are coloured by.
    indicators
        The indicators that may be shown for the areas themselves, by ``area_code``.

    Returns
    -------
    Layer
        In the order of the boundaries.
    """
    columns, rows = list(areas.columns), areas.rows
    if indicators is not None:
        known = set(rows.columns)
        more = [one for one in indicators.columns if one.name not in known]
        values = indicators.rows.select("area_code", *(one.name for one in more))
        rows = rows.join(values, on="area_code", how="left", maintain_order="left")
        columns += more
    codes = pl.DataFrame({"area_code": boundaries.codes})
    rows = codes.join(rows, on="area_code", how="left", maintain_order="left")
    return Layer(
        areas.name,
        areas.title,
        areas.about,
        tuple(columns),
        rows.select(one.name for one in columns),
        as_multipolygons(boundaries.shapes),
        str(boundaries.crs),
        deciles,
    )


def larger_layer(
    boundaries: Boundaries, kind: LargerAreas, summaries: Table | None, node: ResolvedNode
) -> Layer:
    """Return the layer of one kind of larger areas, such as districts.

    Parameters
    ----------
    boundaries
        The outlines of the areas of the index, in the order of the results.
    kind
        The larger areas. Each is outlined by the areas of which most lies in it.
    summaries
        The table of their summaries: a row per ``measure`` and ``group_code``; None where nothing
        could be summarised.
    node
        The index, whose summaries are shown.

    Returns
    -------
    Layer
        Without those in which no area has its largest part: they have no outline.
    """
    shown = _named(kind) if summaries is None else summaries
    columns = tuple(one for one in shown.columns if one.name not in ("measure", "measure_title"))
    shapes = dissolved(boundaries.shapes, kind.of, len(kind.groups))
    drawn = np.array([shape is not None for shape in shapes])
    codes = pl.DataFrame({"group_code": kind.groups.codes}).filter(pl.Series(drawn))
    rows = shown.rows if summaries is None else shown.rows.filter(pl.col("measure") == node.id)
    rows = codes.join(rows, on="group_code", how="left", maintain_order="left")
    return Layer(
        shown.name,
        shown.title,
        "" if summaries is None else f"One row for each, with the summaries of {node.title}.",
        columns,
        rows.select(one.name for one in columns),
        as_multipolygons(shapes[drawn]),
        str(boundaries.crs),
    )


def _named(kind: LargerAreas) -> Table:
    """Return the codes and names of larger areas, of which nothing else is known."""
    called = geography_called(kind.id)
    columns = (
        Column("group_code", f"{called} code", "The code of the larger area"),
        Column("group_name", f"{called} name", "The name of the larger area"),
    )
    codes, names = kind.groups.codes, kind.groups.names
    rows = pl.DataFrame({"group_code": codes, "group_name": names})
    title = areas_called(kind.id)
    title = f"{title[:1].upper()}{title[1:]}"
    return Table(f"districts_{kind.id}", title, "", columns, rows, ("group_code",))


def dissolved(shapes: NDArray[Any], of: NDArray[Any], number: int) -> NDArray[Any]:
    """Return the outline of each group of areas.

    Parameters
    ----------
    shapes : shape (areas,)
        The polygons of the areas.
    of : shape (areas,)
        The place of the group of each; -1 where it is in none.
    number
        How many groups there are.

    Returns
    -------
    numpy.ndarray of shape (number,)
        None for a group without areas.

    Examples
    --------
    >>> import shapely
    >>> squares = np.array([shapely.box(x, 0, x + 1, 1) for x in range(4)])
    >>> [one and one.area for one in dissolved(squares, np.array([1, 1, -1, 2]), 3)]
    [None, 2.0, 1.0]
    """
    import shapely

    found = np.full(number, None, dtype=object)
    order = np.argsort(of, kind="stable")
    order = order[of[order] >= 0]
    groups, first = np.unique(of[order], return_index=True)
    for group, members in zip(groups, np.split(order, first[1:]), strict=True):
        # not as a coverage: borders that were simplified do not meet everywhere to the last digit
        found[group] = shapely.union_all(shapes[members])
    return found


def as_multipolygons(shapes: NDArray[Any]) -> NDArray[Any]:
    """Return polygons as multipolygons, so that all of a layer are of one type.

    Examples
    --------
    >>> import shapely
    >>> as_multipolygons(np.array([shapely.box(0, 0, 1, 1)]))[0].geom_type
    'MultiPolygon'
    """
    import shapely

    single = shapely.get_type_id(shapes) == POLYGON
    found = shapes.copy()
    if single.any():
        found[single] = shapely.multipolygons(shapes[single][:, np.newaxis])
    return found


def as_arrow(layer: Layer) -> Any:
    """Return a layer as a table of pyarrow, its outlines as WKB in the column ``geometry``."""
    import pyarrow as pa
    import shapely

    table = layer.rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    outlines = pa.array(shapely.to_wkb(layer.shapes), pa.binary())
    return table.append_column("geometry", outlines)
