"""What areas are weighed by when they are averaged: people, households, children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.analysis.beside import (
    SHOWN,
    code_heading,
    columns_of,
    read_beside,
    refuse_other_vintage,
)
from hyperlocal.analysis.groups import file_and_column
from hyperlocal.analysis.measures import column
from hyperlocal.definition import ResolvedNode
from hyperlocal.errors import DataError, Problem, ResultsError
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.write import population_column


@dataclass(frozen=True, eq=False)
class Populations:
    """The numbers that areas are weighed by.

    Parameters
    ----------
    general
        For every node that has none of its own, one number per area.
    of_node
        For single nodes, by their ids.
    made_of
        Where they come from.
    notes
        What a reader should know.
    """

    general: FloatArray
    of_node: Mapping[str, FloatArray] = field(default_factory=dict)
    made_of: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def of(self, node: ResolvedNode) -> FloatArray:
        """Return the numbers for a node."""
        return self.of_node.get(node.id, self.general)


def populations(results: Results, given: str | Sequence[str] = ()) -> Populations:
    """Return what the areas of a finished index are weighed by.

    Parameters
    ----------
    results
        The finished index.
    given
        Each ``FILE``, ``FILE:COLUMN`` or the id of a population of the definition; for a single
        node ``NODE=`` before it. Without a general one, the node's own (the setting
        ``population``), or the first of the definition.

    Returns
    -------
    Populations
        One number per area, for all nodes or for single ones, and where they come from.

    Raises
    ------
    DataError
        Where a file cannot be read, an area has no number or a negative one.
    ResultsError
        Where the results hold no population and none is given, or a node is unknown.
    """
    given = [given] if isinstance(given, str) else given
    definition = results.definition
    there = [one.id for one in definition.populations if _held(results, one.id)]
    of_node: dict[str, FloatArray] = {}
    made_of: dict[str, Any] = {}
    general: FloatArray | None = None
    for one in given:
        node, equals, source = one.partition("=")
        if equals and node in definition.by_id:
            of_node[node], made_of[node] = _one(results, source, there)
        elif equals and "/" not in node and not node.endswith((".csv", ".parquet", ".xlsx")):
            known = ", ".join(definition.by_id)
            raise ResultsError(Problem(f"there is no node {node!r}", f"known are: {known}"))
        else:
            general, made_of["general"] = _one(results, one, there)
    notes = []
    if general is None:
        if not there:
            raise ResultsError(
                Problem(
                    "the results hold no population to weigh areas by",
                    "name one with --population FILE:COLUMN, or state 'populations' in the "
                    "definition",
                    str(results.folder),
                )
            )
        general, made_of["general"] = _one(results, there[0], there)
        for each in definition.nodes:
            own = each.settings.population
            if own is None or each.id in of_node:
                continue
            if own in there:
                of_node[each.id], made_of[each.id] = _one(results, own, there)
            else:
                notes.append(f"{each.id} is weighed by {there[0]}: {own} was not there")
    return Populations(general, of_node, made_of, tuple(notes))


def _held(results: Results, name: str) -> bool:
    return population_column(name) in results.areas.columns


def _one(results: Results, source: str, there: Sequence[str]) -> tuple[FloatArray, str]:
    """Return one population, and where it comes from."""
    if source in there:
        counted = column(results, population_column(source))
        _refuse_missing(results, counted, source)
        return counted, source
    file, _ = file_and_column(source)
    if not file.exists() and not file.suffix:
        known = f"populations of the index are {', '.join(there)}" if there else "it has none"
        message = f"there is no population {source!r}, and no file of that name"
        raise ResultsError(Problem(message, f"{known}; or name FILE:COLUMN", str(results.folder)))
    counted, whence = counts_from_file(results, source)
    _refuse_missing(results, counted, source)
    return counted, whence


def counts_from_file(results: Results, source: str) -> tuple[FloatArray, str]:
    """Return one number per area from ``FILE:COLUMN``, NaN where there is none, and its place.

    Raises
    ------
    DataError
        Where the file cannot be read, does not hold the areas, or a number is negative.
    """
    file, heading = file_and_column(source)
    code = code_heading(file, results.areas["area_code"], "the areas of the index")
    heading = heading or _only_number(file, code)
    held, table = read_beside(file, text=[code], numbers=[heading])
    refuse_other_vintage(results.areas["area_code"], held[code], file)
    rows = held.with_row_index("row").filter(
        pl.col(code).is_in(results.areas["area_code"].implode())
    )
    wrong = rows.filter((pl.col(heading) < 0) | pl.col(code).is_duplicated())
    if wrong.height:
        raise DataError(
            [
                table.problem(
                    f"{area} stands twice"
                    if number is None or number >= 0
                    else f"{area} has the number {number:g}",
                    "mend the row",
                    row,
                    heading,
                )
                for row, area, number in wrong.select("row", code, heading).head(SHOWN).iter_rows()
            ]
        )
    found = results.areas.select(pl.col("area_code").alias(code)).join(
        rows, on=code, how="left", maintain_order="left"
    )
    counted = found[heading].fill_null(np.nan).to_numpy()
    return counted, f"{file}: {heading}"


def _refuse_missing(results: Results, counted: FloatArray, source: str) -> None:
    missing = results.areas["area_code"].filter(pl.Series(np.isnan(counted)))
    if len(missing):
        few = ", ".join(missing.head(SHOWN))
        raise DataError(
            Problem(
                f"{len(missing):,} areas have no population, such as {few}",
                "take a table of the same areas and vintage",
                source,
            )
        )


def _only_number(file: Any, code: str) -> str:
    others = [heading for heading in columns_of(file) if heading != code]
    if len(others) == 1:
        return others[0]
    raise DataError(
        Problem(
            "does not say which column holds the numbers",
            f"name it as {file.name}:COLUMN; its columns are {', '.join(others)}",
            str(file),
        )
    )
