"""Tables of what changed between two versions: areas, moves, the worst tenth, districts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.groups.mostly import main_groups
from hyperlocal.analysis.measures import Measure, rank_series
from hyperlocal.analysis.versions.carried import Carried
from hyperlocal.analysis.versions.version import Pair
from hyperlocal.errors import DataError, Problem
from hyperlocal.methods import most_deprived
from hyperlocal.pipeline import Results

EDGES = (Fraction(1, 10), Fraction(2, 10), Fraction(3, 10), Fraction(5, 10))
REST = "rest"
WATCHED = 2
"""Of how many bands the areas are listed that entered and left: the worst tenth, and the next."""
OF_AREA = ("area_code", "area_name", "group_code", "group_name")


SHOWN_DIGITS = 12


@dataclass(frozen=True)
class Bands:
    """Shares of a ranking, the worst first.

    Parameters
    ----------
    edges
        The share of areas at which each band ends, growing; after the last comes the rest.

    Examples
    --------
    >>> Bands().labels
    ('worst 10%', '10-20%', '20-30%', '30-50%', 'rest')
    """

    edges: tuple[Fraction, ...] = EDGES

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in pairwise(self.edges))
        inside = rising and bool(self.edges) and self.edges[0] > 0 and self.edges[-1] < 1
        if not inside or len(set(self.labels)) < len(self.labels):
            said = ", ".join(str(100 * edge)[:SHOWN_DIGITS] for edge in self.edges) or "nothing"
            raise DataError(
                Problem(
                    f"bands cannot end at {said}",
                    "give growing percentages between 0 and 100, as in 10,20,30,50",
                )
            )

    @property
    def labels(self) -> tuple[str, ...]:
        """What the bands are called."""
        per_cent = [f"{float(100 * edge):g}" for edge in self.edges]
        between = [f"{a}-{b}%" for a, b in pairwise(per_cent)]
        return (f"worst {per_cent[0]}%", *between, REST)

    def of(self, measure: Measure) -> NDArray[np.float64]:
        """Return the band of every area, from 0; NaN where it has no rank."""
        rule = measure.node.settings.conventions.deciles
        outside = [~most_deprived(measure.rank, measure.number, edge, rule) for edge in self.edges]
        return np.where(np.isnan(measure.rank), np.nan, np.sum(outside, axis=0))

    def named(self, band: NDArray[np.float64]) -> pl.Series:
        """Return the labels of bands."""
        names = np.array([*self.labels, None], dtype=object)
        last = len(self.labels)
        return pl.Series(names[np.where(np.isnan(band), last, band).astype(int)], dtype=pl.String)


def areas_table(
    carried: Carried, pairs: Sequence[Pair], groups: Groups | None, bands: Bands
) -> pl.DataFrame:
    """Return a row per measure and area with its ranks, deciles and bands in both versions.

    Parameters
    ----------
    carried
        The old version on the areas of the new one.
    pairs
        The measures.
    groups
        The groups of the new areas.
    bands
        The bands.

    Returns
    -------
    polars.DataFrame
        ``rank_old`` and what follows from it are among the areas of the new version;
        ``published_rank_old`` is what was published. Changes are new less old: below 0 is more
        deprived than before.
    """
    frames = []
    for pair in pairs:
        old = carried.version.measures[pair.old.id]
        frame = _of_areas(pair.new.results, groups).with_columns(
            boundary=carried.boundary,
            published_rank_old=_numbers(carried.published[pair.old.id]),
            rank_old=_numbers(old.rank),
            rank_new=_numbers(pair.new.rank),
            decile_old=rank_series(old.decile),
            decile_new=rank_series(pair.new.decile),
            band_old=bands.named(bands.of(old)),
            band_new=bands.named(bands.of(pair.new)),
        )
        frames.append(frame.select(pl.lit(pair.id).alias("measure"), pl.all()))
    rank, decile = (pl.col(f"{one}_new") - pl.col(f"{one}_old") for one in ("rank", "decile"))
    table = pl.concat(frames).with_columns(change=rank, deciles_moved=decile)
    ends = ("old", "new")
    ranks = ("rank_old", "rank_new", "change")
    whole = {name: rank_series(table[name].to_numpy()) for name in ranks}
    return table.with_columns(**whole).select(
        *("measure", *OF_AREA, "boundary", "published_rank_old", *ranks),
        *(f"decile_{end}" for end in ends),
        "deciles_moved",
        *(f"band_{end}" for end in ends),
    )


def _numbers(values: NDArray[np.floating[np.typing.NBitBase]]) -> pl.Series:
    return pl.Series(values, dtype=pl.Float64, nan_to_null=True)


def _of_areas(results: Results, groups: Groups | None) -> pl.DataFrame:
    """Return codes and names of areas, with the group in which most of each lies."""
    areas = results.areas.select("area_code", "area_name")
    if groups is None:
        none = pl.lit(None, dtype=pl.String)
        return areas.with_columns(group_code=none, group_name=none)
    return areas.hstack(main_groups(groups, areas.height).drop("group"))


def movement_table(areas: pl.DataFrame, of: str, values: Sequence[int | str]) -> pl.DataFrame:
    """Count areas by where they were and where they are.

    Parameters
    ----------
    areas
        What `areas_table` gives, or some rows of it.
    of
        ``decile`` or ``band``.
    values
        All values that there can be.

    Returns
    -------
    polars.DataFrame
        ``measure``, ``<of>_old``, ``<of>_new``, ``areas``: a row for each pair of values, with 0
        where no area moved so. Areas without a rank in one version are not counted.
    """
    old, new = f"{of}_old", f"{of}_new"
    dtype = areas[old].dtype
    every = areas.select(pl.col("measure").unique(maintain_order=True))
    for name in (old, new):
        every = every.join(pl.DataFrame({name: pl.Series(list(values), dtype=dtype)}), how="cross")
    found = areas.drop_nulls([old, new]).group_by("measure", old, new).agg(areas=pl.len())
    counted = every.join(found, on=["measure", old, new], how="left", maintain_order="left")
    return counted.with_columns(pl.col("areas").fill_null(0).cast(pl.Int64))


def entered_and_left(areas: pl.DataFrame, bands: Bands) -> pl.DataFrame:
    """List the areas that entered or left the worst tenth and the next band.

    Parameters
    ----------
    areas
        What `areas_table` gives.
    bands
        The bands.

    Returns
    -------
    polars.DataFrame
        A row per measure, band and area, with what it did (``entered`` or ``left``). An area that
        moved from one of the two bands into the other left one and entered the other.
    """
    moved = areas.drop_nulls(["band_old", "band_new"]).filter(
        pl.col("band_old") != pl.col("band_new")
    )
    frames = []
    for label in bands.labels[:-1][:WATCHED]:
        for end, did in (("new", "entered"), ("old", "left")):
            those = moved.filter(pl.col(f"band_{end}") == label)
            frames.append(those.with_columns(band=pl.lit(label), did=pl.lit(did)))
    table = pl.concat(frames)
    measures = {
        name: place for place, name in enumerate(areas["measure"].unique(maintain_order=True))
    }
    order = pl.col("measure").replace_strict(measures, return_dtype=pl.Int32)
    bands_order = pl.col("band").replace_strict(
        {label: place for place, label in enumerate(bands.labels)}, return_dtype=pl.Int32
    )
    return table.sort(order, bands_order, "did", "rank_new", "area_code").select(
        *("measure", "band", "did", *OF_AREA, "boundary", "rank_old", "rank_new", "change"),
        *("band_old", "band_new"),
    )


def flows_table(areas: pl.DataFrame, bands: Bands, by_group: bool) -> pl.DataFrame:
    """Count the areas of a band before and after, and those that entered and left it.

    Parameters
    ----------
    areas
        What `areas_table` gives.
    bands
        The bands; the rest is not counted.
    by_group
        Whether each group is counted as well as all areas together (whose group is null).
    """
    ranked = areas.drop_nulls(["band_old", "band_new"])
    keys = ["measure", "group_code", "group_name"]
    nobody = pl.lit(None, dtype=pl.String)
    frames = []
    for label in bands.labels[:-1]:
        old, new = pl.col("band_old") == label, pl.col("band_new") == label
        counts = [
            (old & new).sum().alias("stayed"),
            (~old & new).sum().alias("entered"),
            (old & ~new).sum().alias("left"),
            old.sum().alias("old"),
            new.sum().alias("new"),
        ]
        whole = ranked.group_by("measure", maintain_order=True).agg(counts)
        whole = whole.with_columns(group_code=nobody, group_name=nobody)
        parts = [whole.select(*keys, pl.exclude(keys))]
        if by_group:
            placed = ranked.drop_nulls("group_code").sort("group_code", maintain_order=True)
            parts.append(placed.group_by(keys, maintain_order=True).agg(counts))
        frames += [part.with_columns(band=pl.lit(label)) for part in parts]
    columns = ["old", "stayed", "entered", "left", "new"]
    table = pl.concat(frames).select(*keys, "band", *(pl.col(c).cast(pl.Int64) for c in columns))
    first = areas["measure"].unique(maintain_order=True)
    order = {name: place for place, name in enumerate(first)}
    place = pl.col("measure").replace_strict(order, return_dtype=pl.Int32)
    return table.sort(place, "group_code", nulls_last=False, maintain_order=True)
