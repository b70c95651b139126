"""How far domains rank areas alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.errors import DataError, Problem
from hyperlocal.present.figures import theme
from hyperlocal.present.figures.counting import FloatArray, paragraph, quantity
from hyperlocal.present.figures.figure import Figure, Subject
from hyperlocal.present.figures.naming import PLACE, named

WIDTH, NARROWEST, WIDEST = 520.0, 40.0, 84.0
"""The width of all cells, and of one."""
LEVEL = 62.0
"""Headings of columns that are narrower stand upright."""
TALL = 40.0
ROW_NAMES = 150.0
DECIMALS = 2


def correlations_of(ranks: pl.DataFrame) -> FloatArray:
    """Return Spearman's rank correlations of measures.

    Parameters
    ----------
    ranks
        The published ranks, a column per measure; null = not ranked. A pair of measures is
        compared over the areas that both rank.

    Returns
    -------
    numpy.ndarray of float64, shape (measures, measures)
        NaN where fewer than two areas are in both, or all have one rank.

    Notes
    -----
    Pearson's correlation of the ranks, those of ties averaged: Spearman (1904), *The proof and
    measurement of association between two things*.

    Examples
    --------
    >>> correlations_of(pl.DataFrame({"a": [1, 2, 3, 4], "b": [1, 3, 2, 4]})).round(3)
    array([[1. , 0.8],
           [0.8, 1. ]])
    """
    names = ranks.columns
    found = np.full((len(names), len(names)), np.nan)
    for row, one in enumerate(names):
        for column, other in enumerate(names[: row + 1]):
            both = ranks.select(pl.col(one).alias("x"), pl.col(other).alias("y")).drop_nulls()
            value = both.select(pl.corr("x", "y", method="spearman")).item() if len(both) else None
            found[row, column] = found[column, row] = np.nan if value is None else value
    return found


def correlation_table(ranks: pl.DataFrame, titles: Sequence[str], subject: Subject) -> Figure:
    """Draw the rank correlations of measures as a table whose cells are coloured.

    Parameters
    ----------
    ranks
        The published ranks, a column per measure.
    titles
        The title of each measure.
    subject
        What the figure is about: the index.

    Raises
    ------
    DataError
        Where there are fewer than two measures, or not a title for each.
    """
    many = ranks.width
    if many < 2 or len(titles) != many:
        said = f"{many} columns of ranks were given, and {len(titles)} titles"
        raise DataError(Problem(said, "give two or more, and a title for each"))
    found = correlations_of(ranks)
    cell = float(np.clip(WIDTH / (many - 1), NARROWEST, WIDEST))
    cells = [
        {
            PLACE: row - 1,
            "column": column,
            "value": None if np.isnan(found[row, column]) else float(found[row, column]),
            "shown": _shown(found[row, column]),
            "ink": theme.readable_on(colour_of(float(found[row, column]))),
        }
        for row in range(1, many)
        for column in range(row)
    ]
    return Figure(
        subject.name,
        f"{subject.title}: how alike its domains rank {subject.areas} in {subject.place}",
        _told(found, titles, ranks.height, subject),
        subject.source,
        _spec(cells, titles, cell),
        "Spearman rank correlations: 1 = the same order, 0 = no relation, −1 = the opposite order",
    )


def _shown(value: float) -> str:
    return "no data" if np.isnan(value) else quantity(float(value), DECIMALS)


def colour_of(value: float) -> str:
    """Return the colour of a correlation, as the legend has it.

    Examples
    --------
    >>> colour_of(0.0), colour_of(1.0), colour_of(float("nan"))
    ('#f1f0ec', '#1f2a5c', '#b8b8b8')
    """
    if np.isnan(value):
        return theme.MISSING
    lowest, middle, highest = theme.CORRELATION
    end, share = (highest, value) if value >= 0 else (lowest, -value)
    mixed = (
        round(int(middle[at : at + 2], 16) * (1 - share) + int(end[at : at + 2], 16) * share)
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _told(found: FloatArray, titles: Sequence[str], areas: int, subject: Subject) -> str:
    rows, columns = np.tril_indices(len(titles), -1)
    values = found[rows, columns]
    known = values[~np.isnan(values)]
    if not len(known):
        return f"Table of rank correlations of {subject.title}; none can be computed."

    def pair(place: int) -> str:
        one, other = titles[columns[place]], titles[rows[place]]
        return f"{one} and {other} ({_shown(values[place])})"

    return paragraph(
        f"Table of Spearman rank correlations between the {len(titles)} domains of "
        f"{subject.title}, over {areas:,} {subject.areas} in {subject.place}.",
        f"The most alike are {pair(int(np.nanargmax(values)))}; "
        f"the least alike {pair(int(np.nanargmin(values)))}.",
        f"{int((known < 0).sum())} of {len(known)} are negative; "
        f"half are below {_shown(float(np.median(known)))}.",
    )


def _spec(cells: list[Any], titles: Sequence[str], cell: float) -> dict[str, Any]:
    rows, columns = titles[1:], titles[:-1]
    level = cell >= LEVEL
    align, baseline = ("center", "top") if level else ("right", "middle")
    across = named(
        columns,
        cell - 6 if level else ROW_NAMES,
        theme.SMALL,
        labelAngle=0 if level else -90,
        labelAlign=align,
        labelBaseline=baseline,
        **({"labelOffset": 0} if level else {}),
    )
    down = named(rows, ROW_NAMES)
    across["field"] = "column"
    for one in (across, down):
        one["scale"] |= {"paddingInner": 0.03, "paddingOuter": 0}
    scale = {"domain": [-1, 0, 1], "range": list(theme.CORRELATION), "interpolate": "rgb"}
    text = {"type": "text", "fontWeight": 600, "fontSize": theme.LABEL if cell > 45 else 10}
    return theme.chart(
        width=cell * len(columns),
        height=min(cell, TALL) * len(rows),
        data={"values": cells},
        encoding={"x": across, "y": down},
        layer=[
            {"mark": {"type": "rect", "color": theme.MISSING}},
            {
                "mark": {"type": "rect"},
                "encoding": {
                    "fill": {
                        "field": "value",
                        "type": "quantitative",
                        "scale": scale,
                        "legend": {
                            "title": ["Rank", "correlation"],
                            "values": [1, 0.5, 0, -0.5, -1],
                            "gradientLength": 120,
                            "format": ".1f",
                        },
                    }
                },
            },
            {
                "mark": text,
                "encoding": {
                    "text": {"field": "shown", "type": "nominal"},
                    "color": {"field": "ink", "type": "nominal", "scale": None},
                },
            },
        ],
    )
