"""The share of dwellings that lie within a distance of a site."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.definition.chosen import ChosenRecords
from hyperlocal.definition.kinds.proximity import OfDwellings, ProximityIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError
from hyperlocal.indicators import rate
from hyperlocal.indicators.gathering import Gathered, Gathering
from hyperlocal.indicators.measured import Kind
from hyperlocal.indicators.parts.chosen import NO_LOCATION, Classes, located_batches
from hyperlocal.methods import FloatArray

if TYPE_CHECKING:
    from hyperlocal.geography import Sites

Measure = Callable[["Sites", FloatArray, FloatArray], FloatArray]
"""Measures one number of each dwelling: from the sites, and where the dwellings lie."""


def gather(
    node: ResolvedNode, gathering: Gathering, measure: Measure, *, sized: bool = False
) -> Gathered:
    """Add a number that is measured of each dwelling up, and the dwellings.

    Parameters
    ----------
    node
        The indicator.
    gathering
        Gives the records.
    measure
        What is measured.
    sized
        Whether each site must have an area.
    """
    written = node.written
    assert isinstance(written, OfDwellings)
    classes = Classes(gathering, written.sites)
    sites = read_sites(gathering, written.sites, classes, sized=sized)
    total = np.zeros((len(gathering.areas), 2))
    for dwellings in located_batches(gathering, written.dwellings):
        measured = measure(sites, dwellings.x, dwellings.y) * dwellings.number
        numbers = np.column_stack([measured, dwellings.number])
        total += dwellings.table.totals(dwellings.batch, numbers)
    columns = {"numerator": total[:, 0], "denominator": total[:, 1]}
    return Gathered(columns, {"sites": {"number": len(sites.shapes), **classes.found}})


def read_sites(
    gathering: Gathering, chosen: ChosenRecords, classes: Classes, *, sized: bool = False
) -> Sites:
    """Return the sites of a table of records; those that lie nowhere are left out and counted.

    Parameters
    ----------
    gathering
        Gives the records.
    chosen
        The sites.
    classes
        Counts the sites by class.
    sized
        Whether each must have an area.

    Raises
    ------
    DataError
        Where none lies anywhere, or one has no area and must have one.
    """
    import shapely

    from hyperlocal.geography import Sites

    table = gathering.records(chosen.records)
    batch = table.read(list(classes.found), where=chosen.where, located=True)
    classes.count(batch)
    if batch.shapes is None:
        shapes = shapely.points(*batch.coordinates())
        shapes[np.isnan(shapely.get_x(shapes))] = None
    else:
        shapes = batch.shapes
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    table.leave_out(NO_LOCATION, batch.rows.filter(pl.Series(absent)))
    if absent.all():
        raise DataError(table.problem("no site has a location", "look at its 'location'"))
    flat = ~absent & (shapely.get_dimensions(shapes) < 2)
    if sized and flat.any():
        row = int(batch.rows[int(np.argmax(flat))])
        said = f"the site has no area; {int(flat.sum()):,} of {len(shapes):,} are no polygons"
        raise DataError(table.problem(said, "use the polygons of the sites", row))
    return Sites(shapes[~absent])


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, ProximityIndicator)
    metres = written.within
    return gather(node, gathering, lambda sites, x, y: sites.within(x, y, metres).astype(float))


KIND = Kind("proximity", rate.measure, rate.faults, rate.shrink, gather=_gather)
