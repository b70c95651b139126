"""How exponentially transformed scores are spread."""

from __future__ import annotations

import numpy as np

from hyperlocal.errors import DataError, Problem
from hyperlocal.present.figures import theme
from hyperlocal.present.figures.counting import (
    Values,
    no_data,
    numbers,
    paragraph,
    part_of,
    percent,
    quantity,
)
from hyperlocal.present.figures.figure import Figure, Subject

BAR, OVER = 5, 50
"""How wide a bar is; the score that the tenth of most need is over, by the transformation."""
WIDTH, HEIGHT = 560, 280


def histogram(transformed: Values, subject: Subject) -> Figure:
    """Draw how many areas have which transformed score.

    Parameters
    ----------
    transformed
        The exponentially transformed score of each area, 0 to 100; null = no data.
    subject
        What the figure is about: a domain.

    Returns
    -------
    Figure
        It says how many areas score over 50 as they were counted.

    Raises
    ------
    DataError
        Where there is no score, or one is below 0 or above 100.
    """
    found = numbers(transformed, "transformed scores")
    known = found[~np.isnan(found)]
    if not len(known) or known.min() < 0 or known.max() > 100:
        said = "transformed scores must be from 0 to 100, and there must be some"
        raise DataError(Problem(said, "give the columns that end in _transformed"))
    edges = np.arange(0, 100 + BAR, BAR)
    counts = np.histogram(known, edges)[0].tolist()
    over = int((known > OVER).sum())
    said = f"{part_of(over, len(known))} over {OVER}"
    values = [
        {"from": low, "to": low + BAR, "areas": count, "colour": _colour(low)}
        for low, count in zip(edges[:-1].tolist(), counts, strict=True)
    ]
    low = int(edges[int(np.argmax(counts))])
    alt = paragraph(
        f"Histogram of the transformed scores of {len(known):,} {subject.areas} in {subject.place} "
        f"on {subject.title}, in steps of {BAR}.",
        f"The most {subject.areas}, {part_of(max(counts), len(known))}, score {low} to "
        f"{low + BAR}; {counts[-1]:,} score {100 - BAR} to 100.",
        f"{said[:1].upper()}{said[1:]}; half are below {quantity(float(np.median(known)), 1)}.",
        no_data(found),
    )
    return Figure(
        subject.name,
        f"{subject.title}: transformed scores of {subject.areas} in {subject.place}",
        alt,
        subject.source,
        theme.chart(
            width=WIDTH,
            height=HEIGHT,
            layer=[_bars(values, subject), *_limit(said, max(counts))],
        ),
        _reading(over, len(known), subject),
    )


def _colour(low: float) -> str:
    return theme.DECILES[0] if low >= OVER else theme.DECILES[4]


def _reading(over: int, many: int, subject: Subject) -> str:
    """Say how many score over the limit; only where it is so, that it is one in ten."""
    share = percent(over, many)
    if round(100 * over / many) == 10:
        said = f"{over:,} of {many:,} {subject.areas} ({share})"
        return f"About one area in ten scores over {OVER}: {said}"
    return f"{over:,} of {many:,} {subject.areas} ({share}) score over {OVER}"


def _bars(values: list[dict[str, object]], subject: Subject) -> dict[str, object]:
    return {
        "data": {"values": values},
        "mark": {"type": "bar", "binSpacing": 1},
        "encoding": {
            "x": {
                "field": "from",
                "bin": {"binned": True, "step": BAR},
                "type": "quantitative",
                "title": f"Transformed score (100 = {subject.most})",
                "axis": {"values": list(range(0, 101, 10)), "grid": False},
            },
            "x2": {"field": "to"},
            "y": {
                "field": "areas",
                "type": "quantitative",
                "title": f"Number of {subject.areas}",
                "axis": {"domain": False, "ticks": False, "format": ",d"},
            },
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }


def _limit(said: str, highest: int) -> list[dict[str, object]]:
    """Return the line at the limit, and what stands beside it."""
    x = {"datum": OVER, "type": "quantitative"}
    once: dict[str, object] = {"values": [{}]}
    return [
        {
            "data": once,
            "mark": {"type": "rule", "strokeDash": [4, 3], "strokeWidth": 1.5},
            "encoding": {"x": x},
        },
        {
            "data": once,
            "mark": {"type": "text", "align": "left", "dx": 8, "fontWeight": 600, "text": said},
            "encoding": {"x": x, "y": {"datum": highest * 0.96, "type": "quantitative"}},
        },
    ]
