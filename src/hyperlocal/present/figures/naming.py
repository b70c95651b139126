"""Names along the axes of charts: in lines where they are long, and two may be the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hyperlocal.present.figures import theme
from hyperlocal.present.figures.lettering import wrapped

PLACE = "place"
"""The field that holds the place of a row, or column, among the names."""


def named(
    names: Sequence[str], width: float, size: float = theme.LABEL, **extra: Any
) -> dict[str, Any]:
    """Return the encoding of rows or columns that have names.

    Parameters
    ----------
    names
        The name of each place, from 0, as the field ``place`` counts them.
    width
        The width of a line in pixels.
    size
        The size of the letters.
    extra
        More of what Vega-Lite knows of axes.

    Examples
    --------
    >>> named(["Income", "Barriers to housing and services"], 120)["axis"]["labelExpr"]
    '[["Income"], ["Barriers to housing", "and services"]][datum.value]'
    """
    lines = [wrapped(name, width, size) or [""] for name in names]
    axis = {
        "title": None,
        "ticks": False,
        "domain": False,
        "labelPadding": 6,
        "labelFontSize": size,
        "labelExpr": f"{json.dumps(lines, ensure_ascii=False)}[datum.value]",
        "labelOffset": _middle([len(one) for one in lines], size),
    }
    domain = list(range(len(names)))
    return {
        "field": PLACE,
        "type": "ordinal",
        "scale": {"domain": domain},
        "axis": {**axis, **extra},
    }


def _middle(lines: Sequence[int], size: float) -> dict[str, Any] | int:
    """Return by how much labels are moved so that the middle of their lines is at their place."""
    conditions = []
    for many in sorted(set(lines) - {1}):
        places = [place for place, count in enumerate(lines) if count == many]
        shift = -(many - 1) * (size + 2) / 2
        conditions.append({"test": f"indexof({places}, datum.value) >= 0", "value": shift})
    return {"condition": conditions, "value": 0} if conditions else 0


def tall(names: Sequence[str], width: float, least: float, size: float = theme.LABEL) -> float:
    """Return how tall rows are, so that the lines of their names do not touch.

    Examples
    --------
    >>> tall(["Income"], 120, 24), tall(["Barriers to housing and services"], 60, 24)
    (24, 62.0)
    """
    most = max(len(wrapped(name, width, size)) for name in names)
    return max(least, most * (size + 2.0) + 6) if most > 1 else least
