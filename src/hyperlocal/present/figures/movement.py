"""How areas moved between the deciles of two versions of an index."""

from __future__ import annotations

from typing import Any

import numpy as np

from hyperlocal.errors import DataError, Problem
from hyperlocal.present.figures import theme
from hyperlocal.present.figures.counting import (
    FloatArray,
    Values,
    deciles_of,
    paragraph,
    part_of,
    signed,
)
from hyperlocal.present.figures.figure import Figure, Subject

CELL_WIDTH, CELL_HEIGHT = 52, 34
WIDTH, HEIGHT = 520, 280
RELATIVE = "Deciles are relative: an area can move because others did"


def _pairs(then: Values, now: Values) -> tuple[FloatArray, FloatArray, int]:
    """Return the deciles of areas that have both, and how many have not."""
    before = deciles_of(then)
    after = deciles_of(now, len(before))
    both = ~(np.isnan(before) | np.isnan(after))
    if not both.any():
        raise DataError(Problem("no area has a decile in both versions", "compare two that share"))
    return before[both], after[both], int((~both).sum())


def _told(before: FloatArray, after: FloatArray, left_out: int, subject: Subject) -> str:
    many = len(before)
    stayed, up, down = (
        part_of(int(kind.sum()), many) for kind in (after == before, after < before, after > before)
    )
    entered = int(((after == 1) & (before > 1)).sum())
    left = int(((before == 1) & (after > 1)).sum())
    return paragraph(
        f"Stayed in their decile: {stayed}; moved towards {subject.most}: {up}; towards "
        f"{subject.least}: {down}.",
        f"Entered decile 1 ({subject.most}): {entered:,}; left it: {left:,}; in it before "
        f"{int((before == 1).sum()):,}, after {int((after == 1).sum()):,}.",
        f"Not in both versions: {left_out:,}." if left_out else "",
    )


def movement_table(
    then: Values, now: Values, subject: Subject, versions: tuple[str, str]
) -> Figure:
    """Draw how many areas moved from which decile to which, as a table whose cells are coloured.

    Parameters
    ----------
    then, now
        The deciles of each area in both versions; null = no data.
    subject
        What the figure is about.
    versions
        What the versions are called, the earlier one first.

    Raises
    ------
    DataError
        Where a decile is not a whole number from 1 to 10, or no area has both.
    """
    before, after, left_out = _pairs(then, now)
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (before.astype(int) - 1, after.astype(int) - 1), 1)
    alt = paragraph(
        f"Table of {len(before):,} {subject.areas} in {subject.place} by their decile of "
        f"{subject.title} in {versions[0]} and in {versions[1]}.",
        _told(before, after, left_out, subject),
    )
    return Figure(
        subject.name,
        f"{subject.title}: {subject.areas} in {subject.place} by decile in {versions[0]} "
        f"and {versions[1]}",
        alt,
        subject.source,
        _table(counts, subject, versions),
        f"Number of {subject.areas}; framed: those that stayed in their decile. {RELATIVE}",
    )


def _table(counts: np.ndarray[Any, Any], subject: Subject, versions: tuple[str, str]) -> Any:
    deciles = [str(decile) for decile in range(1, 11)]
    highest = max(int(counts.max()), 1)
    steps = np.ceil(9 * np.sqrt(counts / highest)).astype(int)  # 0 = none
    cells = [
        {
            "then": deciles[row],
            "now": deciles[column],
            "shown": f"{counts[row, column]:,}" if counts[row, column] else "",
            "fill": _fill(int(steps[row, column])),
            "ink": theme.readable_on(_fill(int(steps[row, column]))),
            "edge": theme.INK if row == column else theme.BACKGROUND,
        }
        for row in range(10)
        for column in range(10)
    ]
    axis = {"domain": False, "ticks": False, "labelAngle": 0}
    gap = {"paddingInner": 0.05, "paddingOuter": 0.03}
    ends = f"(1 = {subject.most})"

    def place(field: str, version: str, orient: str) -> dict[str, Any]:
        titled = {**axis, "title": f"Decile in {version} {ends}", "orient": orient}
        return {"field": field, "type": "nominal", "sort": deciles, "scale": gap, "axis": titled}

    plain = {"type": "nominal", "scale": None}
    return theme.chart(
        width={"step": CELL_WIDTH},
        height={"step": CELL_HEIGHT},
        data={"values": cells},
        encoding={
            "x": place("now", versions[1], "top"),
            "y": place("then", versions[0], "left"),
        },
        layer=[
            {
                "mark": {"type": "rect", "strokeWidth": 1.5},
                "encoding": {
                    "fill": {"field": "fill", **plain},
                    "stroke": {"field": "edge", **plain},
                },
            },
            {
                "mark": {"type": "text"},
                "encoding": {
                    "text": {"field": "shown", "type": "nominal"},
                    "color": {"field": "ink", **plain},
                },
            },
        ],
    )


def _fill(step: int) -> str:
    return theme.DECILES[-step] if step else "#f7f7f5"


def movement_bars(then: Values, now: Values, subject: Subject, versions: tuple[str, str]) -> Figure:
    """Draw how many areas moved by how many deciles.

    Parameters
    ----------
    then, now
        The deciles of each area in both versions; null = no data.
    subject
        What the figure is about.
    versions
        What the versions are called, the earlier one first.

    Raises
    ------
    DataError
        Where a decile is not a whole number from 1 to 10, or no area has both.
    """
    before, after, left_out = _pairs(then, now)
    moved = (before - after).astype(int)  # towards most need
    reach = max(int(np.abs(moved).max()), 1)
    steps = list(range(reach, -reach - 1, -1))
    counts = [int((moved == step).sum()) for step in steps]
    alt = paragraph(
        f"Bars of how many of {len(before):,} {subject.areas} in {subject.place} moved by how many "
        f"deciles of {subject.title} from {versions[0]} to {versions[1]}.",
        _told(before, after, left_out, subject),
        f"The largest moves: {signed(moved.max())} and {signed(moved.min())} deciles.",
    )
    values = [
        {
            "step": signed(step),
            "areas": count,
            "shown": f"{count:,}",
            "colour": theme.MOVEMENT[int(np.clip(4 - step, 0, 8))] if step else theme.STILL,
        }
        for step, count in zip(steps, counts, strict=True)
    ]
    return Figure(
        subject.name,
        f"{subject.title}: deciles that {subject.areas} in {subject.place} moved by, "
        f"{versions[0]} to {versions[1]}",
        alt,
        subject.source,
        _bars(values, subject),
        RELATIVE,
    )


def _bars(values: list[dict[str, Any]], subject: Subject) -> dict[str, Any]:
    x = {
        "field": "step",
        "type": "nominal",
        "sort": [one["step"] for one in values],
        "axis": {
            "title": f"Deciles moved: + towards {subject.most}, − towards {subject.least}",
            "labelAngle": 0,
            "ticks": False,
        },
    }
    highest = max(one["areas"] for one in values)
    y = {
        "field": "areas",
        "type": "quantitative",
        "title": f"Number of {subject.areas}",
        "axis": {"format": ",d", "domain": False, "ticks": False, "tickCount": min(6, highest)},
    }
    return theme.chart(
        width=WIDTH,
        height=HEIGHT,
        data={"values": values},
        encoding={"x": x, "y": y},
        layer=[
            {
                "mark": {"type": "bar"},
                "encoding": {"color": {"field": "colour", "type": "nominal", "scale": None}},
            },
            {
                "mark": {"type": "text", "dy": -7},
                "encoding": {"text": {"field": "shown", "type": "nominal"}},
            },
        ],
    )
