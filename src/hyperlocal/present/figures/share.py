"""How many of a group's areas are in the tenth of most need, domain by domain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hyperlocal.errors import DataError, Problem
from hyperlocal.present.figures import theme
from hyperlocal.present.figures.counting import paragraph, part_of
from hyperlocal.present.figures.figure import Figure, Subject
from hyperlocal.present.figures.naming import PLACE, named, tall

ROW, WIDTH, NAMES = 28, 380, 200.0
EXPECTED = 0.1


def share_bars(
    titles: Sequence[str], counts: Sequence[int], areas: Sequence[int], subject: Subject
) -> Figure:
    """Draw the share of a group's areas that are in decile 1, a bar for each measure.

    Parameters
    ----------
    titles
        The title of each measure.
    counts
        How many of the group's areas are in decile 1 of it.
    areas
        How many of the group's areas have a decile of it.
    subject
        What the figure is about; its place is the group.

    Raises
    ------
    DataError
        Where there is nothing to draw, numbers do not match, or a count is above its areas.
    """
    if not titles or not len(titles) == len(counts) == len(areas):
        said = f"{len(titles)} titles, {len(counts)} counts and {len(areas)} areas were given"
        raise DataError(Problem(said, "give one of each for every measure"))
    if any(not 0 <= count <= many for count, many in zip(counts, areas, strict=True)):
        raise DataError(Problem("more areas are counted than there are", "check the counts"))
    shown = [part_of(count, many) for count, many in zip(counts, areas, strict=True)]
    shares = [count / many if many else 0.0 for count, many in zip(counts, areas, strict=True)]
    above = [title for title, share in zip(titles, shares, strict=True) if share > EXPECTED]
    told = "; ".join(f"{title} {text}" for title, text in zip(titles, shown, strict=True))
    alt = paragraph(
        f"Bars of how many {subject.areas} of {subject.place} are in {subject.top('10%')} of "
        f"{subject.whole}, with a line at 10%.",
        f"{told}.",
        f"Above 10%: {len(above)} of {len(titles)}.",
    )
    values = [
        {PLACE: place, "share": share, "shown": text}
        for place, (share, text) in enumerate(zip(shares, shown, strict=True))
    ]
    return Figure(
        subject.name,
        f"{subject.place}: {subject.areas} in {subject.top('10%')}, {subject.title}",
        alt,
        subject.source,
        _spec(values, titles, subject),
        f"Line: the 10% that it would be if {subject.place} were like {subject.whole}",
    )


def _spec(values: list[dict[str, Any]], titles: Sequence[str], subject: Subject) -> dict[str, Any]:
    y = named(titles, NAMES)
    highest = max(EXPECTED * 1.5, *(one["share"] for one in values))
    x = {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": [0, highest], "nice": False},
        "axis": {
            "title": f"Share of the {subject.areas} of {subject.place}",
            "format": ".0%",
            "tickCount": 6,
            "domain": False,
            "ticks": False,
        },
    }
    once: dict[str, Any] = {"values": [{}]}
    limit = {"datum": EXPECTED, "type": "quantitative"}
    return theme.chart(
        width=WIDTH,
        height={"step": tall(titles, NAMES, ROW)},
        data={"values": values},
        layer=[
            {"mark": {"type": "bar", "height": 16}, "encoding": {"x": x, "y": y}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5},
                "encoding": {"x": x, "y": y, "text": {"field": "shown", "type": "nominal"}},
            },
            {
                "data": once,
                "mark": {"type": "rule", "strokeWidth": 1.5, "strokeDash": [4, 3]},
                "encoding": {"x": limit},
            },
            {
                "data": once,
                "mark": {
                    "type": "text",
                    "text": f"10% of {subject.whole}",
                    "color": theme.ACCENT,
                    "baseline": "bottom",
                },
                "encoding": {"x": limit, "y": {"value": -5}},
            },
        ],
    )
