"""The ground of a map: areas laid out once, for any number of maps of the same place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.errors import GeographyError, Problem
from hyperlocal.present.figures import theme
from hyperlocal.present.figures.map_layers import (
    Label,
    Scale,
    areas_layer,
    borders_layer,
    names_layers,
    scale_bar,
)
from hyperlocal.present.figures.pixels import (
    PER_PIXEL,
    Canvas,
    Edges,
    IntArray,
    Specks,
    edges_of,
    specks_of,
)

Bounds = tuple[float, float, float, float]
WIDTH, HEIGHT = 500.0, 640.0
"""The largest map, in pixels: with its legend as wide as a page of text."""
FINE, THIN, BOLD, FEW = 0.25, 0.5, 0.9, 60
"""How wide borders are drawn, in pixels: of many groups, of single areas, of so few groups."""
APART = 1_500
"""White lines part the areas of a map of so many or fewer, and a line runs around them."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Areas laid out for maps.

    Parameters
    ----------
    canvas
        What part of the ground is shown, and how large.
    edges
        The edges of the areas that are shown.
    specks
        What stands for those of them that are too small to be seen.
    areas
        How many areas were given.
    shown
        The places of those that are shown.
    groups
        The name of the larger area of each area that is shown; None where none are drawn.
    labels
        Names to write on the map.
    framed
        Whether only a part of the areas' ground is shown.
    """

    canvas: Canvas
    edges: Edges
    specks: Specks
    areas: int
    shown: IntArray
    groups: pl.Series | None
    labels: tuple[Label, ...]
    framed: bool

    def map_of(self, classes: IntArray, scale: Scale) -> dict[str, Any]:
        """Return a map as a Vega-Lite specification.

        Parameters
        ----------
        classes
            The class of each area that is shown, counted from 0; −1 = no data.
        scale
            The classes.
        """
        layers = [areas_layer(self.edges, self.specks, classes, scale, self.framed)]
        if len(self.shown) <= APART:
            each = np.arange(len(self.shown))
            layers.append(borders_layer(self.edges, each, THIN, theme.BACKGROUND, self.framed))
            layers.append(borders_layer(self.edges, 0 * each, THIN, theme.QUIET, self.framed))
        if self.groups is not None and self.groups.n_unique() > 1:
            ids = self.groups.fill_null("").rank("dense").cast(pl.Int64).to_numpy()
            width = FINE if self.groups.n_unique() > FEW else BOLD
            layers.append(borders_layer(self.edges, ids, width, theme.INK, self.framed))
        layers += names_layers(self.canvas, self.labels)
        return theme.chart(
            width=round(self.canvas.width, 2),
            height=round(self.canvas.height, 2),
            projection={"type": "identity", "scale": 1 / PER_PIXEL, "translate": [0, 0]},
            layer=[*layers, *scale_bar(self.canvas)],
        )


def lay_out(
    shapes: NDArray[Any],
    groups: Sequence[str | None] | pl.Series | None = None,
    labels: Sequence[Label] = (),
    frame: Bounds | None = None,
    size: tuple[float, float] = (WIDTH, HEIGHT),
) -> Ground:
    """Lay areas out for maps.

    Parameters
    ----------
    shapes
        Polygons or multipolygons of shapely in metres of the National Grid, one per area.
    groups
        The name of the larger area, such as a district, in which each area lies. Borders are drawn
        between them, and alternative texts name them.
    labels
        Names to write on the map, the most important first.
    frame
        West, south, east and north of what is shown, in metres: to look closely at a dense place.
        None = all areas.
    size
        The largest width and height of the map in pixels.

    Raises
    ------
    GeographyError
        Where there are no areas to show, or coordinates are not of the National Grid.

    Examples
    --------
    >>> import shapely
    >>> ground = lay_out(np.array([shapely.box(0, 0, 500, 800), shapely.box(500, 0, 1000, 800)]))
    >>> ground.canvas.width, ground.canvas.height
    (500.0, 400.0)
    """
    import shapely

    shapes = np.asarray(shapes, dtype=object)
    named = None if groups is None else pl.Series("group", groups, dtype=pl.String)
    if named is not None and len(named) != len(shapes):
        said = f"{len(named):,} groups were given for {len(shapes):,} areas"
        raise GeographyError(Problem(said, "give one for each area, in the same order"))
    shown = np.arange(len(shapes))
    if frame is not None:
        shown = np.flatnonzero(shapely.intersects(shapes, shapely.box(*frame)))
    bounds = frame or tuple(shapely.total_bounds(shapes).tolist())
    if not len(shown) or not np.isfinite(bounds).all():
        raise GeographyError(Problem("there is no area to draw a map of", "check the frame"))
    if max(map(abs, bounds)) <= 180:
        said = "the boundaries are in degrees"
        raise GeographyError(Problem(said, "bring them to the National Grid before they are drawn"))
    canvas = Canvas.within(bounds, *size)
    edges = edges_of(canvas, shapes[shown])
    return Ground(
        canvas,
        edges,
        specks_of(canvas, edges, shapes[shown]),
        len(shapes),
        shown,
        None if named is None else named.gather(shown),
        tuple(labels),
        frame is not None,
    )
