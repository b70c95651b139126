"""A study of uncertainty from its design to its report."""

from __future__ import annotations

import glob
import os
import shutil
from pathlib import Path
from typing import Any

import polars as pl

from hyperlocal.analysis.measures import Measure
from hyperlocal.analysis.report import Report, made_from
from hyperlocal.analysis.uncertainty.counts import indicators_with_counts
from hyperlocal.analysis.uncertainty.design import Design
from hyperlocal.analysis.uncertainty.draws import VariedIndex
from hyperlocal.analysis.uncertainty.leave_out import one_at_a_time
from hyperlocal.analysis.uncertainty.simulate import Simulated, identity, simulate
from hyperlocal.analysis.uncertainty.sobol import effects
from hyperlocal.analysis.uncertainty.summary import of_areas, of_index
from hyperlocal.pipeline import Results
from hyperlocal.progress import Progress, say_nothing

KEPT = ".draws-"


def study(
    results: Results,
    design: Design,
    *,
    workers: int | None = None,
    out: str | Path | None = None,
    report: Progress = say_nothing,
) -> Report:
    """Compute an index many times with what a design varies, and say how sure its ranks are.

    Parameters
    ----------
    results
        The finished index.
    design
        What varies.
    workers
        How many threads; without it, as many as there are processors. The figures do not depend
        on it.
    out
        The folder of the report. Draws are kept beside it until it is written, so that a study
        that was stopped goes on where it was.
    report
        Called with what is being done, how many steps are done, and of how many.

    Returns
    -------
    Report
        ``areas`` (a row per area), ``index`` (figures of the whole), ``left_out`` and ``effects``
        where the design asks for them.

    Raises
    ------
    ResultsError
        With all that does not fit the index: nothing varies, a node is unknown, no counts.
    DataError
        Where the index cannot be computed as the design asks.

    Examples
    --------
    The areas of which it is not sure that they are among the most deprived tenth::

        report = study(results, read_design("design.yaml"))
        report.tables["areas"].filter(flag="unsafe")
    """
    workers = workers or os.cpu_count() or 1
    varied = VariedIndex(results, design, report)
    measure = Measure(results, results.definition.root)
    tables: dict[str, pl.DataFrame] = {}
    notes = list(_kept_as_they_are(varied))
    kept = None
    if design.varies:
        if out is not None:
            path = Path(out).resolve()
            kept = path.with_name(f".{path.name}{KEPT}{identity(results, design)}")
        drawn = simulate(varied, workers, report, kept)
        tables["areas"] = of_areas(measure, drawn, design.interval, workers)
        tables["index"] = of_index(tables["areas"], drawn, measure.rank)
        notes += _of_draws(drawn, tables["areas"])
    if design.leave_out:
        tables["left_out"], said = one_at_a_time(varied)
        notes += said
    if design.sobol is not None:
        tables["effects"] = effects(varied, workers, report)
    about: dict[str, Any] = {
        "results": made_from(results),
        "design": design.model_dump(mode="json"),
    }
    return Report("uncertainty", tables, about, tuple(notes))


def forget_draws(out: str | Path) -> None:
    """Delete the draws that were kept for a report, once it is written."""
    for kept in kept_draws(out):
        shutil.rmtree(kept, ignore_errors=True)


def kept_draws(out: str | Path) -> list[Path]:
    """Return the folders in which draws for a report are kept, whatever the design."""
    path = Path(out).resolve()
    return sorted(path.parent.glob(f".{glob.escape(path.name)}{KEPT}*"))


def _kept_as_they_are(varied: VariedIndex) -> list[str]:
    """Say which indicators stay as they are though counts vary."""
    if varied.design.counts is None:
        return []
    replay = varied.replay
    has_counts = {
        node.id for node in indicators_with_counts(replay, varied.design.counts.indicators)
    }
    drawn = {
        name
        for variant in varied.variants.values()
        if variant.resampling is not None
        for name in variant.resampling.varies
    }
    plain = [
        node.id
        for node in replay.definition.nodes
        if node.is_indicator
        and node.id not in has_counts
        and replay.base[node.id].score is not None
    ]
    notes = []
    for names, why in (
        (plain, "say nothing of how sure they are"),
        (sorted(has_counts - drawn), "seem to scatter no more in small samples than in large ones"),
    ):
        if names:
            shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
            notes.append(f"{len(names)} indicators {why} and stay as they are: {shown}")
    return notes


def _of_draws(drawn: Simulated, areas: pl.DataFrame) -> list[str]:
    """Say which draws, and which areas, are not in the figures."""
    notes = []
    if drawn.failed:
        why = f", such as: {drawn.reason}" if drawn.reason else ""
        notes.append(f"{drawn.failed:,} draws could not be computed and are left out{why}")
    lost = areas.filter(pl.col("rank").is_not_null() & pl.col("median").is_null())["area_code"]
    if len(lost):
        few = ", ".join(lost.head(5))
        notes.append(f"{len(lost):,} areas have no rank in some draws, and no figures: {few}")
    return notes
