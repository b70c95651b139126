"""The tables and records of a results folder."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition import Definition, ResolvedNode
from hyperlocal.definition.nodes import Indicator
from hyperlocal.definition.write import resolved_yaml
from hyperlocal.indicators import REGISTRY
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.area_list import AreaList
from hyperlocal.pipeline.computation import NodeResult

WHOLE_RANKS = ("rank", "decile")
TEXT_FILES = {
    "definition.yaml": "The definition, with every setting stated",
    "quality.json": "What is known of the fitness of each indicator and each factor analysis",
    "provenance.json": "The inputs, what was done with them, versions and timings",
}
COLUMN_ORDER = (
    "numerator",
    "denominator",
    "observed",
    "expected",
    "before",
    "before_denominator",
    "after",
    "after_denominator",
    "total",
    "standard_error",
    "sample_size",
    "value",
    "shrunk",
    "standardised",
    "combined",
    "transformed",
    "score",
    "rank",
    "decile",
)
MEANING = {
    "numerator": "Numerator, as counted",
    "denominator": "Denominator",
    "observed": "Observed count",
    "expected": "Expected count",
    "before": "At the earlier date",
    "before_denominator": "Denominator at the earlier date",
    "after": "At the later date",
    "after_denominator": "Denominator at the later date",
    "total": "Total that the mean is made of",
    "standard_error": "Standard error",
    "sample_size": "Number behind the mean",
    "value": "Value as measured",
    "shrunk": "Value after shrinkage to the larger area",
    "standardised": "Standardised score, high is more need",
    "combined": "Weighted sum of the children, high is more need",
    "transformed": "Exponentially transformed rank, 0 to 100, high is more need",
    "score": "Published score",
    "rank": "Rank, 1 is the most need",
    "decile": "Decile, 1 is the tenth of most need",
}


def population_column(name: str) -> str:
    """Return the column of the table of areas that holds a population."""
    return f"{name}_population"


def areas_table(
    definition: Definition,
    areas: AreaList,
    populations: Mapping[str, FloatArray],
    results: Mapping[str, NodeResult],
) -> pl.DataFrame:
    """Return the table of areas: codes, names, larger areas, populations, then every node's."""
    columns: list[pl.Series] = [areas.codes, areas.names]
    for geography, (codes, names) in areas.within.items():
        columns.append(codes.alias(f"{geography}_code"))
        if names is not None:
            columns.append(names.alias(f"{geography}_name"))
    columns += [
        pl.Series(population_column(name), counted, nan_to_null=True)
        for name, counted in populations.items()
    ]
    for node in definition.root.top_down():
        found = results[node.id].columns
        columns += [
            _series(f"{node.id}_{name}", found[name], name) for name in _in_order(found, node)
        ]
    return pl.DataFrame(columns)


def _in_order(found: Mapping[str, FloatArray], node: ResolvedNode) -> list[str]:
    """Return the names of a node's columns that there are, in the order of the table."""
    return [name for name in ends_of(node) if name in found]


def ends_of(node: ResolvedNode) -> tuple[str, ...]:
    """Return how columns of a node can end, in the order of the table: those of its kind first."""
    own: tuple[str, ...] = ()
    if isinstance(node.written, Indicator):
        own = (*REGISTRY[node.written.kind].meanings, *node.written.measured_from())
    return tuple(
        dict.fromkeys((*(name for name in own if name not in COLUMN_ORDER), *COLUMN_ORDER))
    )


def weights_table(definition: Definition, results: Mapping[str, NodeResult]) -> pl.DataFrame:
    """Return the weights: node, child, weight, how it was set, and the factor analysis."""
    rows: list[dict[str, Any]] = []
    for node in definition.root.top_down():
        weighing = results[node.id].weighing
        if weighing is None:
            continue
        factor = weighing.factor
        for place, child in enumerate(node.children):
            rows.append(
                {
                    "node": node.id,
                    "child": child.id,
                    "weight": float(weighing.weights[place]),
                    "how": weighing.how,
                    "estimated": None
                    if weighing.estimated is None
                    else float(weighing.estimated[place]),
                    "loading": None if factor is None else float(factor.loadings[place]),
                    "uniqueness": None if factor is None else float(factor.uniquenesses[place]),
                }
            )
    numbers = dict.fromkeys(("weight", "estimated", "loading", "uniqueness"), pl.Float64)
    text = dict.fromkeys(("node", "child", "how"), pl.String)
    order = ["node", "child", "weight", "how", "estimated", "loading", "uniqueness"]
    return pl.DataFrame(rows, schema={**text, **numbers}).select(order)


def write_results(
    folder: Path,
    definition: Definition,
    tables: Mapping[str, pl.DataFrame],
    records: Mapping[str, Any],
) -> None:
    """Write the tables and records into a folder.

    Parameters
    ----------
    folder
        The folder, which is empty.
    definition
        The definition.
    tables
        The tables by the name of their file without its ending.
    records
        What goes into JSON files, by the name of the file without its ending.
    """
    for name, table in tables.items():
        write_table(folder / f"{name}.parquet", table)
    (folder / "definition.yaml").write_text(resolved_yaml(definition), encoding="utf-8")
    for name, record in records.items():
        write_record(folder, name, record)


def write_table(file: Path, table: pl.DataFrame) -> None:
    """Write one table as Parquet; raise OSError where the system refuses."""
    try:
        table.write_parquet(file, compression="zstd", compression_level=1, statistics=False)
    except pl.exceptions.PolarsError as error:
        refused = re.search(r"os error (\d+)", str(error))
        if refused is None:
            raise
        number = int(refused[1])
        raise OSError(number, os.strerror(number), str(file)) from error


def write_record(folder: Path, name: str, record: Mapping[str, Any]) -> None:
    """Write one record as JSON."""
    text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def data_package(definition: Definition, tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """Return the Frictionless description of the tables and of the files beside them."""
    resources: list[dict[str, Any]] = [
        {
            "name": name,
            "path": f"{name}.parquet",
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "schema": {
                "fields": [
                    _field(column, kind, definition) for column, kind in table.schema.items()
                ]
            },
        }
        for name, table in tables.items()
    ]
    for path, title in TEXT_FILES.items():
        name, form = path.split(".")
        described = {"name": name, "path": path, "title": title}
        resources.append(described | {"format": form, "mediatype": f"application/{form}"})
    package: dict[str, Any] = {
        "name": definition.id.replace("_", "-"),
        "title": definition.title,
        "resources": resources,
    }
    if definition.written.description:
        package["description"] = definition.written.description
    return package


def _meanings() -> dict[str, str]:
    """Return what every column of a node can mean, by the end of its name."""
    of_kinds = (kind.meanings for kind in REGISTRY.values())
    return {name: said for one in (*of_kinds, MEANING) for name, said in one.items()}


def _told(column: str, definition: Definition) -> str:
    """Return what an indicator tells of a number that it is measured from; empty where nothing."""
    for node in definition.nodes:
        if isinstance(node.written, Indicator) and column.startswith(f"{node.id}_"):
            name = column.removeprefix(f"{node.id}_")
            if name in node.written.measured_from() and (told := node.written.told(name)):
                return f"{node.title}: {told}"
    return ""


def _field(column: str, kind: pl.DataType, definition: Definition) -> dict[str, str]:
    types = {True: "integer", False: "number"}
    described = {
        "name": column,
        "type": "string" if kind == pl.String else types[kind.is_integer()],
    }
    for population in definition.populations:
        if column == population_column(population.id):
            described["description"] = f"{population.title}: number in the area"
    for longer, meaning in _meanings().items():
        node = definition.by_id.get(column.removesuffix(f"_{longer}"))
        if node is None or not column.endswith(f"_{longer}"):
            continue
        about = node.written
        described["description"] = f"{node.title}: {meaning}"
        if longer in ("value", "shrunk") and about.unit:
            described["unit"] = about.unit
        for key in ("source", "publisher", "date", "caveats"):
            if longer == "value" and getattr(about, key):
                described[key] = getattr(about, key)
    if told := _told(column, definition):
        described["description"] = told
    return described


def _series(name: str, values: NDArray[Any], what: str) -> pl.Series:
    if what in WHOLE_RANKS and not np.any(np.mod(values[~np.isnan(values)], 1)):
        missing = np.isnan(values)
        whole = pl.Series(name, np.where(missing, 0, values).astype(np.int32))
        return whole.set(pl.Series(missing), None) if missing.any() else whole
    return pl.Series(name, values, nan_to_null=True)
