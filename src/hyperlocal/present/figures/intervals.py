"""How far ranks could be elsewhere: intervals of named areas or groups, and of all areas."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from hyperlocal.errors import DataError, Problem
from hyperlocal.present.figures import theme
from hyperlocal.present.figures.counting import paragraph, percent, quantity
from hyperlocal.present.figures.figure import Figure, Subject
from hyperlocal.present.figures.naming import PLACE, named, tall
from hyperlocal.present.wording import exactly

MOST = 60
"""More rows than these are not read one by one."""
STEPS = 100
WIDTH, HEIGHT, ROW = 460, 400, 20
NAMES = 190.0
COLUMNS = ("rank", "lower", "upper")


def interval_plot(table: pl.DataFrame, subject: Subject, interval: float = 0.9) -> Figure:
    """Draw ranks of named areas or groups, each with its interval.

    Parameters
    ----------
    table
        A row per area or group: ``name``, ``rank``, ``lower``, ``upper``. Rows without a rank or
        an interval are left out, and the alternative text says how many.
    subject
        What the figure is about.
    interval
        The share of draws that an interval holds.

    Raises
    ------
    DataError
        Where a column is missing, a lower end is above an upper one, or there are no rows or more
        than 60.
    """
    known = _checked(table, ("name", *COLUMNS)).sort("rank", "name")
    if known.height > MOST:
        said = f"{known.height:,} ranks with intervals are too many to name"
        raise DataError(Problem(said, f"choose {MOST} or fewer, or draw all with interval_band"))
    wide = (known["upper"] - known["lower"]).to_list()
    broad, narrow = known.row(int(np.argmax(wide))), known.row(int(np.argmin(wide)))
    columns = known.columns

    def told(row: tuple[Any, ...]) -> str:
        of = dict(zip(columns, row, strict=True))
        ends = f"{quantity(of['lower'])} to {quantity(of['upper'])}"
        return f"{of['name']} (rank {quantity(of['rank'])}, {ends})"

    missing = table.height - known.height
    alt = paragraph(
        f"Plot of the ranks of {known.height} {subject.areas} on {subject.title} with their "
        f"{exactly(interval)} intervals, rank 1 = {subject.most}.",
        f"First is {told(known.row(0))}, last {told(known.row(-1))}.",
        f"The widest interval is that of {told(broad)}, the narrowest that of {told(narrow)}.",
        f"Without an interval: {missing:,}." if missing else "",
    )
    return Figure(
        subject.name,
        f"{subject.title}: ranks of {subject.areas} in {subject.place} and how certain they are",
        alt,
        subject.source,
        _rows(known, subject),
        f"Point: rank as published. Line: {exactly(interval)} of the draws",
    )


def _checked(table: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    lacking = [name for name in columns if name not in table.columns]
    if lacking:
        said = f"the table of intervals has no column {', '.join(lacking)}"
        raise DataError(Problem(said, f"give {', '.join(columns)}"))
    known = table.select(columns).drop_nulls()
    if not known.height:
        raise DataError(Problem("no area has an interval", "give ranks with lower and upper ends"))
    turned = int((known["lower"] > known["upper"]).sum())
    if turned:
        raise DataError(Problem(f"{turned:,} intervals end below their beginning", "exchange them"))
    return known


def _rank_axis(subject: Subject) -> dict[str, Any]:
    return {"title": f"Rank (1 = {subject.most})", "format": ",d", "tickMinStep": 1}


def _rows(known: pl.DataFrame, subject: Subject) -> dict[str, Any]:
    """Return a row for each name: a line from end to end, and a point."""
    names = known["name"].cast(pl.String).to_list()
    y = named(names, NAMES, grid=True, labelPadding=8)
    ends = [float(known["lower"].min()), float(known["upper"].max())]  # type: ignore[arg-type]
    scale = {"domain": ends, "nice": False, "padding": 10}
    axis = {**_rank_axis(subject), "grid": False}

    def x(field: str) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}

    return theme.chart(
        width=WIDTH,
        height={"step": tall(names, NAMES, ROW)},
        data={"values": known.drop("name").with_row_index(PLACE).to_dicts()},
        encoding={"y": y},
        layer=[
            {
                "mark": {"type": "rule", "strokeWidth": 3, "color": theme.DECILES[5]},
                "encoding": {"x": x("lower"), "x2": {"field": "upper"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "color": theme.DECILES[0]},
                "encoding": {"x": x("rank")},
            },
        ],
    )


def interval_band(table: pl.DataFrame, subject: Subject, interval: float = 0.9) -> Figure:
    """Draw the intervals of all areas as a band along their ranks.

    Parameters
    ----------
    table
        A row per area: ``rank``, ``lower``, ``upper``, as `hyperlocal uncertainty --out` writes.
    subject
        What the figure is about.
    interval
        The share of draws that an interval holds.

    Raises
    ------
    DataError
        Where a column is missing, a lower end is above an upper one, or no area has an interval.

    Notes
    -----
    Areas are taken together in up to 100 groups of nearly equal size in the order of their ranks;
    the band runs from the median of their lower ends to the median of their upper ends.
    """
    known = _checked(table, COLUMNS).sort("rank")
    wide = (known["upper"] - known["lower"]).to_numpy().astype(np.float64)
    steps = min(STEPS, known.height)
    group = np.arange(known.height) * steps // known.height
    band = (
        known.with_columns(group=pl.Series(group))
        .group_by("group", maintain_order=True)
        .agg(pl.col(COLUMNS).median())
        .drop("group")
    )
    tenth = max(known.height // 10, 1)
    middle = slice((known.height - tenth) // 2, (known.height - tenth) // 2 + tenth)
    first, centre, last = (
        quantity(float(np.median(wide[part])))
        for part in (slice(0, tenth), middle, slice(-tenth, None))
    )
    missing = table.height - known.height
    alt = paragraph(
        f"Plot of the {exactly(interval)} intervals of the ranks of {known.height:,} "
        f"{subject.areas} in {subject.place} on {subject.title}, along their published ranks.",
        f"Half of the intervals are wider than {quantity(float(np.median(wide)))} places "
        f"({percent(float(np.median(wide)), known.height)} of the ranking).",
        f"In the tenth with rank 1 half are wider than {first} places, in the middle tenth "
        f"{centre}, in the last tenth {last}.",
        f"Without an interval: {missing:,}." if missing else "",
    )
    return Figure(
        subject.name,
        f"{subject.title}: how certain the ranks of {subject.areas} in {subject.place} are",
        alt,
        subject.source,
        _band(band, subject),
        f"Band: where {exactly(interval)} of the draws rank areas, the medians of neighbours",
    )


def _band(band: pl.DataFrame, subject: Subject) -> dict[str, Any]:
    axis = _rank_axis(subject)
    limit = {"domain": [1, float(band["upper"].max())], "nice": False}  # type: ignore[arg-type]
    x = {"field": "rank", "type": "quantitative", "scale": limit, "axis": axis}
    y_axis = {**axis, "title": "Rank in the draws"}
    y = {"type": "quantitative", "scale": limit, "axis": y_axis}
    return theme.chart(
        width=WIDTH,
        height=HEIGHT,
        data={"values": band.to_dicts()},
        encoding={"x": x},
        layer=[
            {
                "mark": {"type": "area", "color": theme.DECILES[6]},
                "encoding": {"y": {"field": "lower", **y}, "y2": {"field": "upper"}},
            },
            {
                "mark": {"type": "line", "color": theme.DECILES[0], "strokeWidth": 1.5},
                "encoding": {"y": {"field": "rank", **y}},
            },
        ],
    )
