"""The figures of a profile: maps of deciles and of change, bars of areas in the worst 10%."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from hyperlocal.present.profile.ground import Group
from hyperlocal.present.profile.worst import FEW, in_worst
from hyperlocal.present.words import areas_called

if TYPE_CHECKING:
    from hyperlocal.geography import Boundaries
    from hyperlocal.present.figures import Figure, Subject
    from hyperlocal.present.figures import Ground as MapGround

LARGE, SMALL = (500.0, 370.0), (500.0, 300.0)
"""The largest map of deciles, and of change, in pixels."""
PAGE_WIDTH = 640.0
"""Figures of this width in pixels are as wide as the text."""


class Picture(NamedTuple):
    """A figure with its caption."""

    figure: Figure
    caption: str


def pictures(group: Group) -> dict[str, Picture]:
    """Return the figures of a profile, by the names that the template knows them by.

    Parameters
    ----------
    group
        The group.

    Returns
    -------
    dict
        ``worst`` (bars) of ten whole areas or more; ``deciles`` and ``changes`` (maps) where
        boundaries are known, the latter with another version and of several areas.
    """
    from hyperlocal.present.figures import decile_map, movement_map

    ground = group.ground
    boundaries = ground.boundaries
    found: dict[str, Picture] = {}
    if len(group.rows) >= FEW and not group.parted:
        found["worst"] = _bars(group)
    if boundaries is None:
        return found
    laid = _laid_out(group, boundaries, LARGE)
    node = ground.root.id
    now = ground.deciles[node][group.rows]
    title = f"Areas of {group.name} by decile of all {ground.number:,} areas"
    found["deciles"] = Picture(decile_map(laid, now, _subject(group, "deciles")), title)
    if ground.then and node in ground.deciles_then and len(group.rows) > 1:
        then = ground.deciles_then[node][group.rows]
        versions = (ground.then.title, ground.publication.title)
        laid = _laid_out(group, boundaries, SMALL)
        moved = movement_map(laid, then, now, _subject(group, "changes"), versions)
        title = f"Areas of {group.name} by the deciles that they moved since {ground.then.title}"
        found["changes"] = Picture(moved, title)
    return found


def _bars(group: Group) -> Picture:
    """Draw the share of a group's areas that are in the worst 10%, a bar for each measure."""
    from hyperlocal.present.figures import share_bars

    nodes = group.ground.nodes
    figure = share_bars(
        [one.title for one in nodes],
        [round(in_worst(group, one.id)) for one in nodes],
        [round(group.ranked(one.id)) for one in nodes],
        _subject(group, "worst"),
    )
    return Picture(figure, f"Share of the areas of {group.name} in the worst 10% of all areas")


def _laid_out(group: Group, boundaries: Boundaries, size: tuple[float, float]) -> MapGround:
    """Lay the areas of a group out for maps."""
    from hyperlocal.present.figures import lay_out

    return lay_out(boundaries.shapes[group.rows], _inner(group), size=size)


def _inner(group: Group) -> pl.Series | None:
    """Return in which smaller kind of larger areas each area lies; None without any."""
    ground = group.ground
    many = len(ground.larger.groups)
    kinds = [kind for kind in ground.publication.larger if len(kind.groups) > many]
    if not kinds:
        return None
    kind = kinds[-1]  # the largest of those that are smaller
    at = pl.Series(kind.of[group.rows])
    names = pl.select(pl.coalesce(kind.groups.names, kind.groups.codes)).to_series()
    return names.gather(at.set(at < 0, None).cast(pl.UInt32))


def _subject(group: Group, name: str) -> Subject:
    """Return what a map is about."""
    from hyperlocal.present.figures import Subject

    ground = group.ground
    definition = ground.publication.definition
    return Subject(
        name,
        definition.title,
        group.name,
        among="the index",
        areas=areas_called(definition.areas.geography),
        source=ground.credit.source_line(ground.publication.geography_source),
        words=ground.words,
    )
