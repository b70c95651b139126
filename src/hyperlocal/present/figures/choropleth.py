"""Maps of areas coloured by class: deciles, scores, hot spots, change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.errors import DataError, Problem
from hyperlocal.present.figures import theme
from hyperlocal.present.figures.counting import (
    FloatArray,
    Values,
    deciles_of,
    most_by_group,
    no_data,
    paragraph,
    part_of,
    quantity,
    signed,
)
from hyperlocal.present.figures.counting import numbers as numbers_of
from hyperlocal.present.figures.figure import Figure, Subject
from hyperlocal.present.figures.ground import Ground
from hyperlocal.present.figures.map_layers import Scale

STEPS = 4
"""Changes of so many deciles and more are one class."""
NAMED = 40
"""So many areas are named in an alternative text, no more."""
FIFTHS = (0.8, 0.6, 0.4, 0.2)


def decile_map(ground: Ground, deciles: Values, subject: Subject) -> Figure:
    """Draw areas by their decile.

    Parameters
    ----------
    ground
        The areas.
    deciles
        Of each area, 1 to 10; 1 is the tenth of most need. Null = no data.
    subject
        What the map is about.

    Raises
    ------
    DataError
        Where there is not one for each area, or one is not a whole number from 1 to 10.
    """
    found = deciles_of(deciles, ground.areas)[ground.shown]
    labels = subject.decile_labels
    counts = [int((found == decile).sum()) for decile in range(1, 11)]
    told = [
        f"decile {label}: {part_of(many, len(found))}"
        for label, many in zip(labels, counts, strict=True)
    ]
    alt = paragraph(
        f"Map of {subject.place}: {len(found):,} {subject.areas}, coloured by their decile of "
        f"{subject.title} among {subject.whole}, darkest for decile 1.",
        f"Areas in {'; in '.join(told)}.",
        most_by_group(found == 1, ground.groups, "in decile 1"),
        no_data(found),
    )
    scale = Scale("Decile", labels, theme.DECILES)
    return Figure(
        subject.name,
        f"{subject.title}: {subject.areas} in {subject.place} by decile",
        alt,
        subject.source,
        ground.map_of(np.nan_to_num(found).astype(np.int64) - 1, scale),
        f"Each decile is a tenth of {subject.whole}, in the order of their ranks",
    )


def hot_spot_map(
    ground: Ground,
    deciles: Values,
    subject: Subject,
    names: Sequence[str | None] | pl.Series | None = None,
) -> Figure:
    """Draw the areas of deciles 1 and 2 strongly, the others pale.

    Parameters
    ----------
    ground
        The areas.
    deciles
        Of each area: hot spots are deciles 1 and 2. Null = no data. Of other ranks, such as those
        of districts, `hyperlocal.methods.deciles` makes them.
    subject
        What the map is about.
    names
        The name of each area: where few are in decile 1, the alternative text names them.

    Raises
    ------
    DataError
        Where there is not one for each area, or one is not a whole number from 1 to 10.
    """
    found = deciles_of(deciles, ground.areas)[ground.shown]
    classes = np.where(np.isnan(found), -1, np.clip(np.nan_to_num(found), 1, 3) - 1)
    first, second = int((found == 1).sum()), int((found == 2).sum())
    alt = paragraph(
        f"Map of {subject.place} that marks, of its {len(found):,} {subject.areas}, those in "
        f"deciles 1 ({subject.most}) and 2 of {subject.whole} on {subject.title}.",
        f"In deciles 1 and 2: {part_of(first + second, len(found))}, of which in decile 1: "
        f"{part_of(first, len(found))}.",
        _named(found == 1, names, ground),
        most_by_group(found <= 2, ground.groups, "in deciles 1 and 2"),
        no_data(found),
    )
    labels = (f"1 ({subject.most})", "2", "3 to 10")
    return Figure(
        subject.name,
        f"{subject.title}: hot spots in {subject.place}",
        alt,
        subject.source,
        ground.map_of(classes.astype(np.int64), Scale("Decile", labels, theme.HOT)),
        f"Hot spots are deciles 1 and 2 of {subject.whole}: {first + second:,} of {len(found):,}",
    )


def _named(
    marked: NDArray[np.bool_], names: Sequence[str | None] | pl.Series | None, ground: Ground
) -> str:
    """Name the areas of decile 1, where they have names and are few."""
    if names is None or not 0 < marked.sum() <= NAMED:
        return ""
    known = pl.Series("name", names, dtype=pl.String).gather(ground.shown).filter(pl.Series(marked))
    return f"In decile 1: {', '.join(known.drop_nulls().sort())}."


def score_map(
    ground: Ground, scores: Values, subject: Subject, high_is_need: bool = True, decimals: int = 1
) -> Figure:
    """Draw areas by their score, in fifths of the areas that are shown.

    Parameters
    ----------
    ground
        The areas.
    scores
        The score of each area; null = no data.
    subject
        What the map is about.
    high_is_need
        Whether a high score is more need.
    decimals
        How many decimals the legend shows.

    Raises
    ------
    DataError
        Where there is not one for each area, or none at all.
    """
    found = numbers_of(scores, "scores", ground.areas)[ground.shown]
    known = ~np.isnan(found)
    if not known.any():
        raise DataError(Problem("no area has a score", "draw a map of one that has"))
    fifth = _fifths(found if high_is_need else -found)
    kept = np.unique(fifth[known])
    ranges = [_range_of(found[fifth == one], decimals) for one in kept]
    alt = paragraph(
        f"Map of {subject.place}: {len(found):,} {subject.areas}, coloured by their score of "
        f"{subject.title} in fifths, darkest for {subject.most}.",
        f"Scores run from {_range_of(found[known], decimals)}; half of them are below "
        f"{quantity(float(np.median(found[known])), decimals)}.",
        f"Scores of the darkest fifth: {ranges[0]}.",
        most_by_group(fifth == kept[0], ground.groups, "in the darkest fifth"),
        no_data(found),
    )
    scale = Scale("Score", tuple(ranges), tuple(theme.FIFTHS[one] for one in kept))
    end = "highest" if high_is_need else "lowest"
    return Figure(
        subject.name,
        f"{subject.title}: {subject.areas} in {subject.place} by score",
        alt,
        subject.source,
        ground.map_of(np.where(known, np.searchsorted(kept, fifth), -1), scale),
        f"Each colour is a fifth of the {subject.areas} shown. The {end} scores are the "
        f"{subject.most}",
    )


def _fifths(need: FloatArray) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return the fifth of each number, 0 for the largest; −1 where there is none."""
    known = ~np.isnan(need)
    limits = np.quantile(need[known], FIFTHS, method="inverted_cdf")
    fifth: np.ndarray[tuple[int, ...], np.dtype[np.int64]] = (need[:, None] <= limits).sum(axis=1)
    return np.where(known, fifth, -1)


def _range_of(scores: FloatArray, decimals: int) -> str:
    low, high = (quantity(float(one), decimals) for one in (scores.min(), scores.max()))
    return low if low == high else f"{low} to {high}"


def movement_map(
    ground: Ground, then: Values, now: Values, subject: Subject, versions: tuple[str, str]
) -> Figure:
    """Draw areas by the number of deciles they moved between two versions.

    Parameters
    ----------
    ground
        The areas.
    then, now
        The deciles of each area in both versions; null = no data.
    subject
        What the map is about.
    versions
        What the versions are called, the earlier one first.

    Raises
    ------
    DataError
        Where there is not one for each area, or one is not a whole number from 1 to 10.
    """
    before, after = (deciles_of(values, ground.areas)[ground.shown] for values in (then, now))
    moved = before - after  # towards most need
    known = moved[~np.isnan(moved)]
    stayed, up, down = (int(kind.sum()) for kind in (known == 0, known > 0, known < 0))
    alt = paragraph(
        f"Map of {subject.place}: {len(moved):,} {subject.areas}, coloured by how many deciles of "
        f"{subject.title} they moved from {versions[0]} to {versions[1]}.",
        f"Stayed in their decile: {part_of(stayed, len(known))}; moved towards {subject.most}: "
        f"{part_of(up, len(known))}; towards {subject.least}: {part_of(down, len(known))}.",
        f"The largest moves: {signed(known.max(initial=0))} and {signed(known.min(initial=0))}."
        if up or down
        else "",
        most_by_group(moved > 0, ground.groups, f"that moved towards {subject.most}"),
        no_data(moved),
    )
    labels = [signed(step) for step in range(STEPS, -STEPS - 1, -1)]
    labels[0], labels[-1] = f"{labels[0]} or more", f"{labels[-1]} or more"
    heading = f"Deciles moved\n+ to {subject.most}\n− to {subject.least}"
    classes = np.where(np.isnan(moved), -1, STEPS - np.clip(np.nan_to_num(moved), -STEPS, STEPS))
    return Figure(
        subject.name,
        f"{subject.title}: change of decile from {versions[0]} to {versions[1]}, "
        f"{subject.areas} in {subject.place}",
        alt,
        subject.source,
        ground.map_of(classes.astype(np.int64), Scale(heading, tuple(labels), theme.MOVEMENT)),
        "Deciles are relative: an area can move because others did",
    )
