"""From a definition and a data folder to a results folder."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.catalogue import load
from hyperlocal.definition import Definition, ResolvedNode
from hyperlocal.definition.nodes import AVERAGED_WITH
from hyperlocal.errors import DataError, HyperlocalError
from hyperlocal.indicators import REGISTRY
from hyperlocal.indicators.measured import negative
from hyperlocal.methods import FloatArray, LargerAreas
from hyperlocal.pipeline.computation import NodeResult, Population
from hyperlocal.pipeline.evaluate import evaluate, input_columns, load_methods, one_thread
from hyperlocal.pipeline.folder import check_replaceable, replaced_folder
from hyperlocal.pipeline.gathering import Gatherer
from hyperlocal.pipeline.inputs import Inputs
from hyperlocal.pipeline.integrity import write_checksums
from hyperlocal.pipeline.made_up import made_up
from hyperlocal.pipeline.quality import Assessment, assess, flags, quality_record, refusals
from hyperlocal.pipeline.reading import data_folder
from hyperlocal.pipeline.results import Results
from hyperlocal.pipeline.write import (
    areas_table,
    data_package,
    weights_table,
    write_record,
    write_results,
)
from hyperlocal.progress import Progress, say_nothing


@dataclass(frozen=True)
class Prepared:
    """A definition with its data, read and found to be in order.

    Parameters
    ----------
    definition
        The definition.
    inputs
        Its tables, lined up with its areas.
    columns
        For each indicator its input columns by what they are for, one number per area.
    filled
        For each indicator in how many areas 0 stands for a missing count.
    populations
        The populations whose inputs are there, one number per area.
    assessments
        How fit each indicator is to enter the index.
    gatherer
        What gathered those of them that are gathered from records.
    """

    definition: Definition
    inputs: Inputs
    columns: Mapping[str, Mapping[str, FloatArray]]
    filled: Mapping[str, int]
    populations: Mapping[str, FloatArray]
    assessments: Mapping[str, Assessment]
    gatherer: Gatherer


def build(
    definition: Definition | str | Path,
    data: str | Path,
    out: str | Path,
    report: Progress = say_nothing,
) -> Results:
    """Build an index: read its inputs, compute every node, write the results folder.

    Parameters
    ----------
    definition
        What to build: from `hyperlocal.load`, or what that takes, a file or a bundled name.
    data
        The folder that holds the inputs.
    out
        The results folder. Earlier results there are replaced once the new ones are complete.
    report
        Called with what is being done, how many steps are done, and of how many.

    Returns
    -------
    Results
        The finished index.

    Raises
    ------
    DefinitionError
        With everything that is wrong in the definition.
    DataError
        With everything that is wrong in the inputs.
    ResultsError
        Where the results cannot be written.
    """
    if not isinstance(definition, Definition):
        definition = load(definition)
    out = Path(out)
    check_replaceable(out)
    started, times = datetime.now(UTC), [time.perf_counter()]
    gathered = sum(_gathers(node) for node in definition.nodes)
    steps, done = len(definition.inputs) + gathered + len(definition.nodes) + 1, count()

    def tell(what: str) -> None:
        report(what, min(next(done), steps - 1), steps)

    prepared = prepare(definition, data, tell)
    times.append(time.perf_counter())
    load_methods(definition)
    times.append(time.perf_counter())

    areas = prepared.inputs.areas
    used = {node.settings.shrink_to for node in definition.nodes}
    larger = {
        geography: LargerAreas.from_labels(codes.to_numpy())
        for geography, (codes, _) in areas.within.items()
        if geography in used
    }
    population = Population(areas.codes.to_list(), areas.counted, larger)
    with one_thread():
        results = evaluate(
            definition, prepared.columns, population, lambda node: tell(f"Computing {node.title}")
        )
    times.append(time.perf_counter())
    tell("Writing the results")
    with replaced_folder(out) as folder:
        tables = {
            "areas": areas_table(definition, areas, prepared.populations, results),
            "weights": weights_table(definition, results),
        }
        if any(definition.routes.values()):
            tables["unplaced"] = prepared.inputs.unplaced
        records = {"quality": quality_record(definition, results, prepared.assessments)}
        write_results(folder, definition, tables, records)
        times.append(time.perf_counter())
        write_record(folder, "provenance", provenance(prepared, results, started, times))
        write_checksums(folder, data_package(definition, tables))
    report("Done", steps, steps)
    return Results.open(out)


def prepare(
    definition: Definition, data: str | Path, report: Callable[[str], None] = lambda title: None
) -> Prepared:
    """Read the inputs of a definition and check all that can be checked before computing.

    Parameters
    ----------
    definition
        The definition.
    data
        The folder that holds the inputs.
    report
        Called with the title of each input before it is read.

    Raises
    ------
    DataError
        With everything that is wrong.
    """
    folder = data_folder(data)
    inputs = Inputs(definition, folder, report)
    gatherer = Gatherer(definition, folder, inputs, report)
    columns: dict[str, dict[str, FloatArray]] = {}
    filled: dict[str, int] = {}
    absent: dict[str, NDArray[np.bool_]] = {}
    values: dict[str, NodeResult] = {}
    for node in definition.nodes:
        if not node.is_indicator:
            continue
        if _gathers(node):
            report(f"Gathering {node.title}")
            columns[node.id], filled[node.id], without = _gather_columns(node, gatherer)
        else:
            columns[node.id], filled[node.id], without = _read_columns(node, inputs)
        parts = (absent[child.id] for child in node.children)
        absent[node.id] = np.logical_or.reduce([without, *parts])
        if not columns[node.id] and not node.children:
            values[node.id] = NodeResult({"value": np.zeros(len(inputs.areas))})
            continue  # what is wrong with it is told below
        own = input_columns(node, columns, values)
        values[node.id] = NodeResult({"value": _check_values(node, own, inputs)})
    populations = {
        node.id: _check_population(node, inputs)
        for node in definition.populations
        if all(node.input_of(column) in inputs.records for column in node.columns()["column"])
    }
    inputs.refuse_problems()
    assessments = assess(
        definition,
        {name: result.columns["value"] for name, result in values.items()},
        {name: int(areas.sum()) for name, areas in absent.items()},
    )
    if unfit := refusals(definition, assessments):
        raise DataError(unfit)
    return Prepared(definition, inputs, columns, filled, populations, assessments, gatherer)


def _gathers(node: ResolvedNode) -> bool:
    """Say whether a node is gathered from records."""
    return node.is_indicator and REGISTRY[node.written.kind].gather is not None


def _gather_columns(
    node: ResolvedNode, gatherer: Gatherer
) -> tuple[dict[str, FloatArray], int, NDArray[np.bool_]]:
    """Return what `_read_columns` does; no columns where they cannot be gathered, as reported."""
    inputs, nowhere = gatherer.inputs, np.zeros(len(gatherer.inputs.areas), dtype=bool)
    try:
        columns = dict(gatherer.gather(node, REGISTRY[node.written.kind]))
    except HyperlocalError as error:
        inputs.problems += error.problems
        return {}, 0, nowhere
    filled = gatherer.filled[node.id]
    absent = np.logical_or.reduce([filled, *map(np.isnan, columns.values())])
    return columns, int(filled.sum()), absent


def _read_columns(
    node: ResolvedNode, inputs: Inputs
) -> tuple[dict[str, FloatArray], int, NDArray[np.bool_]]:
    """Return the columns of an indicator, how many areas 0 is put in, and those without data."""
    is_zero = node.settings.missing_values == "zero"
    counts = REGISTRY[node.written.kind].counts if is_zero else ()
    columns = {
        purpose: inputs.numbers(node, purpose, purpose in counts)
        for purpose in node.columns()
        if purpose != AVERAGED_WITH  # that is for conversion alone
    }
    filled = np.zeros(len(inputs.areas), dtype=bool)
    for purpose in set(counts) & set(columns):
        filled |= np.isnan(inputs.numbers(node, purpose, False))
    absent = np.logical_or.reduce([filled, *map(np.isnan, columns.values())])
    return columns, int(filled.sum()), absent


def _check_population(node: ResolvedNode, inputs: Inputs) -> FloatArray:
    """Return a population; add what cannot be right in it to the problems."""
    counted = inputs.numbers(node, "column", False)
    for fault in negative({"column": counted}, "column"):
        areas = np.flatnonzero(fault.areas)
        inputs.refuse_areas(node, fault.purpose, areas, fault.message, fault.remedy)
    return counted


def _check_values(node: ResolvedNode, own: Mapping[str, FloatArray], inputs: Inputs) -> FloatArray:
    """Add what cannot be right in an indicator to the problems; return its values."""
    kind = REGISTRY[node.written.kind]
    for fault in kind.faults(node, own):
        areas = np.flatnonzero(fault.areas)
        inputs.refuse_areas(node, fault.purpose, areas, fault.message, fault.remedy)
    value = kind.measure(node, own).value
    infinite = np.flatnonzero(np.isinf(value))
    inputs.refuse_areas(node, list(own)[-1], infinite, "the value is infinite", "mend it")
    missing = np.isnan(value)
    if node.settings.missing_values in ("neutral", "unscored") or not missing.any():
        return value
    for purpose in own:
        absent = np.isnan(own[purpose])
        inputs.refuse_areas(
            node,
            purpose,
            np.flatnonzero(absent & missing),
            "the value is missing",
            f"fill it in, or state 'missing_values' for {node.id}",
        )
        missing &= ~absent
    return value


def provenance(
    prepared: Prepared, results: Mapping[str, NodeResult], started: datetime, times: list[float]
) -> dict[str, Any]:
    """Return where the results come from and what was done with the data on the way."""
    definition, inputs = prepared.definition, prepared.inputs
    steps = {
        step: round(end - begin, 6)
        for step, begin, end in zip(
            ("read", "load", "compute", "write"), times, times[1:], strict=False
        )
    }
    ranked = results[definition.id]
    return {
        "index": definition.id,
        "title": definition.title,
        "definition": definition.source.file,
        "built": started.isoformat(timespec="seconds"),
        "made_up": made_up(
            [record.file for record in inputs.records.values()]
            + [read["file"] for read in prepared.gatherer.files.values()]
        ),
        "areas": len(inputs.areas),
        "n": ranked.total,
        "excluded": [exclusion.model_dump() for exclusion in definition.areas.exclude],
        "inputs": {name: asdict(record) for name, record in inputs.records.items()},
        "records": prepared.gatherer.files,
        "gathered": prepared.gatherer.gathered,
        "correspondences": {
            name: made.record for name, made in inputs.correspondences.made.items()
        },
        "inputs_not_there": [
            name
            for name, table in definition.inputs.items()
            if table.optional and name not in inputs.records
        ],
        "missing_values": {
            node.id: {"areas": missing, "policy": node.settings.missing_values}
            for node in definition.nodes
            if (missing := results[node.id].missing or prepared.filled.get(node.id, 0))
        },
        "nodes": {
            node.id: {"n": results[node.id].total}
            for node in definition.nodes
            if results[node.id].total is not None
        },
        "warnings": [
            f"{node.id}: {finding}"
            for node in definition.nodes
            for finding in results[node.id].findings
        ]
        + flags(prepared.assessments),
        "versions": {
            "hyperlocal": version("hyperlocal"),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "polars": pl.__version__,
        },
        "timings": steps,
    }
