"""What larger areas are summarised by: the tables that `hyperlocal districts` gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.measures import Measure, measures
from hyperlocal.analysis.supplied import SUMMARISED, KnownPopulations, LargerAreas, summaries
from hyperlocal.definition.publishing import may_leave
from hyperlocal.explorer.arrays import write_arrays, write_json
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline import Results


def write_populations(folder: Path, found: KnownPopulations) -> None:
    """Write the populations into the data folder of a site, where there are any."""
    if found.columns:
        write_arrays(folder / "populations.bin.gz", found.columns)


def write_summaries(
    folder: Path, results: Results, larger: LargerAreas, found: KnownPopulations
) -> list[str]:
    """Write the summaries of one kind of larger areas.

    Parameters
    ----------
    folder
        The data folder of the site.
    results
        The finished index.
    larger
        The larger areas.
    found
        What areas are weighed by. Without it there are only summaries that count areas.

    Returns
    -------
    list of str
        What a reader should know.

    Examples
    --------
    ::

        for larger in read_larger_areas(results, []):
            write_summaries(Path("site/data"), results, larger, read_populations(results, []))
    """
    groups = larger.groups
    tables, notes = summaries(results, larger, found.weights)
    # the columns of a file stand in the order of its codes: a measure has all of them or none
    tables = {name: table for name, table in tables.items() if table.height == len(groups)}
    content = {
        "codes": groups.codes.to_list(),
        "names": groups.names.to_list(),
        "areas": _counted(groups, np.ones(results.areas.height)),
        "population": None if found.weights is None else _counted(groups, found.weights.general),
        "measures": {name: _columns(table) for name, table in tables.items()},
    }
    write_json(folder / summaries_file(larger), content)
    return notes


def summaries_file(larger: LargerAreas) -> str:
    """Return the file of the summaries of a kind of larger areas."""
    return f"districts/{larger.id}.json.gz"


def _counted(groups: Groups, values: FloatArray) -> list[float]:
    """Add up areas or their people over groups."""
    known = values[groups.area] * groups.share
    total = np.bincount(groups.group, weights=known, minlength=len(groups))
    if (total == total.round()).all():
        return [int(number) for number in total]
    return [float(number) for number in total]


def _columns(table: pl.DataFrame) -> dict[str, Any]:
    named = ("measure", "group_code", "group_name", "areas", "population")
    return {
        name: table[name].fill_nan(None).to_list()
        if table[name].dtype.is_float()
        else table[name].to_list()
        for name in table.columns
        if name not in named
    }


def ranked_nodes(results: Results) -> list[Measure]:
    """Return all nodes whose ranks of areas may be shown, parents before their children."""
    ranked = measures(results, roles=(*SUMMARISED, "indicators"))
    return [one for one in ranked if may_leave(one.node, "rank")]
