"""The weights of the parts of an index, and of the parts of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from hyperlocal.errors import DataError, Problem
from hyperlocal.present.figures import theme
from hyperlocal.present.figures.counting import paragraph, quantity
from hyperlocal.present.figures.figure import Figure, Subject
from hyperlocal.present.figures.naming import PLACE, named, tall

ROW, WIDTH, NAMES = 24, 360, 220.0
WHOLE = 0.01
"""Weights that add up to 1 but for so much are shown as percentages."""


def weights_chart(table: pl.DataFrame, titles: Mapping[str, str], subject: Subject) -> Figure:
    """Draw the weight of each child in its node as a bar, node by node.

    Parameters
    ----------
    table
        A row per child: ``node``, ``child``, ``weight``, in the order in which they are shown.
        Where there are several nodes, those of one child are left out: all of it is theirs.
    titles
        By the id of a node: its title.
    subject
        What the figure is about: the index.

    Returns
    -------
    Figure
        Weights are those of the table; as percentages where those of every node add up to 1.

    Raises
    ------
    DataError
        Where there are no weights.
    """
    known = table.select("node", "child", "weight").drop_nulls()
    known = known.filter((pl.len() > 1).over("node") | (pl.col("node").n_unique() == 1))
    if not known.height:
        raise DataError(Problem("there are no weights to draw", "give those of the results"))
    sums = known.group_by("node", maintain_order=True).agg(pl.col("weight").sum())
    as_share = bool(((sums["weight"] - 1).abs() <= WHOLE).all())

    def shown(weight: float) -> str:
        return f"{quantity(weight * 100, 1)}%" if as_share else quantity(weight, 3)

    def title(node: str) -> str:
        return titles.get(node, node)

    blocks, told = [], []
    for (node,), rows in known.group_by(["node"], maintain_order=True):
        pairs = [(title(child), weight) for _, child, weight in rows.iter_rows()]
        named = ", ".join(f"{name} {shown(weight)}" for name, weight in pairs)
        told.append(f"{title(str(node))}: {named}.")
        blocks.append(_block(title(str(node)), pairs, [shown(weight) for _, weight in pairs]))
    longest = float(known["weight"].abs().max())  # type: ignore[arg-type]
    least = min(0.0, float(known["weight"].min()))  # type: ignore[arg-type]
    for block in blocks:
        for layer in block["layer"]:
            layer["encoding"]["x"]["scale"] = {"domain": [least, longest]}
    return Figure(
        subject.name,
        f"{subject.title}: weights of its parts",
        paragraph(f"Bars of the weights of the parts of {subject.title}.", *told),
        subject.source,
        theme.chart(vconcat=blocks, spacing=14),
        "Each part's share of the whole that it is part of" if as_share else "Weights as set",
    )


def _block(node: str, pairs: list[tuple[str, float]], shown: list[str]) -> dict[str, Any]:
    """Return the bars of one node, with its title above."""
    names = [name for name, _ in pairs]
    values = [
        {PLACE: place, "weight": weight, "shown": text}
        for place, ((_, weight), text) in enumerate(zip(pairs, shown, strict=True))
    ]
    y = named(names, NAMES, minExtent=NAMES)
    x = {"field": "weight", "type": "quantitative", "axis": None}
    text = {"type": "text", "align": "left", "dx": 5}
    return {
        "title": {
            "text": node,
            "anchor": "start",
            "frame": "group",
            "fontSize": 13,
            "fontWeight": 600,
            "color": theme.INK,
            "offset": 4,
        },
        "width": WIDTH,
        "height": {"step": tall(names, NAMES, ROW)},
        "data": {"values": values},
        "layer": [
            {"mark": {"type": "bar", "height": 14}, "encoding": {"y": y, "x": dict(x)}},
            {
                "mark": text,
                "encoding": {
                    "y": y,
                    "x": dict(x),
                    "text": {"field": "shown", "type": "nominal"},
                },
            },
        ],
    }
