"""How needs cluster: in domains that coincide, in types of areas, and on the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.analysis.clusters.coincidence import (
    Worst,
    areas_columns,
    correlations_table,
    counts_table,
    domains_of,
    in_worst,
    pairs_table,
    sets_table,
    worst,
)
from hyperlocal.analysis.clusters.neighbours import Neighbours, read_neighbours
from hyperlocal.analysis.clusters.spatial import (
    QUADRANTS,
    SpatialStatistics,
    spatial_statistics,
)
from hyperlocal.analysis.clusters.typology import Typology, typology
from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.measures import Measure, measures
from hyperlocal.analysis.populations import Populations
from hyperlocal.analysis.report import Report, made_from
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.geography.codes import counted
from hyperlocal.methods import most_deprived, tie_ranks
from hyperlocal.methods.districts import weighted_average
from hyperlocal.pipeline import Results
from hyperlocal.progress import Progress, say_nothing

WEAK = 0.25
"""The mean silhouette below which Kaufman and Rousseeuw (1990) find no substantial structure."""


@dataclass(frozen=True)
class ClusterSettings:
    """What is called worst, a hot spot, a cluster.

    Parameters
    ----------
    most_deprived
        The share of areas that is the worst of a domain.
    types
        How many types of areas; None = the number from 3 to 8 with the best silhouette.
    hot_spots
        The share of areas that are hot spots.
    alpha
        The false discovery rate of clusters.
    permutations
        Of the p-values of the local Moran's I; 0 = from its moments.
    seed
        Of the types and the permutations.
    join_islands
        To how many nearest areas one is joined that touches no other.

    Raises
    ------
    ResultsError
        Naming every setting that is out of range.
    """

    most_deprived: Fraction = Fraction(1, 10)
    types: int | None = None
    hot_spots: Fraction = Fraction(2, 10)
    alpha: float = 0.05
    permutations: int = 999
    seed: int = 1
    join_islands: int = 0

    def __post_init__(self) -> None:
        wrong: list[tuple[str, float | Fraction, bool, str]] = [
            ("most_deprived", self.most_deprived, 0 < self.most_deprived <= 1, "above 0, up to 1"),
            ("hot_spots", self.hot_spots, 0 < self.hot_spots <= 1, "above 0, up to 1"),
            ("alpha", self.alpha, 0 < self.alpha < 1, "above 0 and below 1"),
            ("permutations", self.permutations, self.permutations >= 0, "0 or more"),
            ("seed", self.seed, 0 <= self.seed < 2**32, "from 0 to 4294967295"),
            ("join_islands", self.join_islands, self.join_islands >= 0, "0 or more"),
        ]
        problems = [
            Problem(f"{name} is {float(value):g}", f"state a number {range_}")
            for name, value, right, range_ in wrong
            if not right
        ]
        if problems:
            raise ResultsError(problems)

    def about(self) -> dict[str, Any]:
        """Return the settings as they are recorded."""
        return {
            name: float(value) if isinstance(value, Fraction) else value
            for name, value in asdict(self).items()
        }


def clusters(
    results: Results,
    settings: ClusterSettings | None = None,
    *,
    nodes: Sequence[str] = (),
    boundaries: str | Path | None = None,
    groups: Groups | None = None,
    populations: Populations | None = None,
    progress: Progress = say_nothing,
) -> Report:
    """Tell how needs cluster.

    Parameters
    ----------
    results
        The finished index.
    settings
        What is called worst, a hot spot, a cluster.
    nodes
        What hot spots and spatial clusters are told of; without any, the index and its domains.
    boundaries
        ``FILE`` or ``FILE:COLUMN``; without, nothing is said of spatial clusters.
    groups, populations
        Larger areas, and what areas are weighed by in their average scores; both or neither.
    progress
        Called with what is being done, how many steps are done, and of how many.

    Returns
    -------
    Report
        ``areas``, ``counts``, ``coincidence``, ``sets``, ``correlations``, ``types``; with
        boundaries ``spatial``, with groups ``group_hot_spots``. See docs/analysis/clusters.md.

    Raises
    ------
    ResultsError
        Where the index has one domain only, a node is unknown, or there are more types than
        profiles of areas.
    GeographyError
        Where boundaries cannot be read, or lack areas of the index.

    Examples
    --------
    Where need is high together with that of the neighbours::

        report = clusters(results, boundaries="boundaries.parquet")
        report.tables["areas"].filter(imd_gi_star_cluster="hot")
    """
    if (groups is None) != (populations is None):
        raise ResultsError(
            Problem("hot spots of groups need both groups and populations", "give both or neither")
        )
    found = _find(results, settings or ClusterSettings(), nodes, boundaries, progress)
    tables = {
        "areas": _areas(found),
        "counts": counts_table(found.worst),
        "coincidence": pairs_table(found.worst),
        "sets": sets_table(found.worst),
        "correlations": correlations_table(found.everything),
        "types": found.types.types,
    }
    if found.local:
        tables["spatial"] = _spatial(found)
    if groups is not None and populations is not None:
        share = found.settings.hot_spots
        tables["group_hot_spots"] = group_hot_spots(found.chosen, groups, populations, share)
    notes = _notes(found)
    for source in (groups, populations):
        notes += source.notes if source else ()
    about = {
        "results": made_from(results),
        "settings": found.settings.about(),
        "groups": groups.about() if groups else None,
        "populations": dict(populations.made_of) if populations else None,
        "nodes": [one.id for one in found.chosen],
        "silhouettes": found.types.silhouettes,
        "boundaries": dict(found.near.made_of) if found.near else None,
    }
    return Report("clusters", tables, about, tuple(notes))


@dataclass(frozen=True, eq=False)
class _Found:
    """What was found: `everything` is the index and its domains, `chosen` what was asked for."""

    results: Results
    settings: ClusterSettings
    everything: Sequence[Measure]
    chosen: Sequence[Measure]
    worst: Worst
    types: Typology
    near: Neighbours | None
    local: Mapping[str, SpatialStatistics]


def _find(
    results: Results,
    settings: ClusterSettings,
    nodes: Sequence[str],
    boundaries: str | Path | None,
    progress: Progress,
) -> _Found:
    """Find the domains that coincide, the types and, with boundaries, the spatial clusters."""
    domains = domains_of(results)
    overall = measures(results, [results.definition.id])[0]
    everything = [overall, *domains]
    chosen = measures(results, nodes) if nodes else everything
    steps = 2 + (len(chosen) + 1 if boundaries else 0)
    progress("Coincidence", 0, steps)
    inside = worst(domains, settings.most_deprived)
    progress("Types", 1, steps)
    types = typology(domains, overall, settings.types, settings.seed)
    near = None
    local: dict[str, SpatialStatistics] = {}
    if boundaries:
        progress("Neighbours", 2, steps)
        near = read_neighbours(results, boundaries, settings.join_islands)
        for place, one in enumerate(chosen):
            progress(one.title, 3 + place, steps)
            need = one.oriented(one.score)
            local[one.id] = spatial_statistics(need, near, settings.permutations, settings.seed)
    progress("Done", steps, steps)
    return _Found(results, settings, everything, chosen, inside, types, near, local)


def _areas(found: _Found) -> pl.DataFrame:
    """Return a row per area."""
    settings, types, local = found.settings, found.types, found.local
    columns: dict[str, Any] = {
        "area_code": found.results.areas["area_code"],
        "area_name": found.results.areas["area_name"],
        **areas_columns(found.worst),
        "type": pl.Series(types.of_area, dtype=pl.Int32).replace({0: None}),
        "type_name": types.names,
    }
    if found.near:
        columns["neighbours"] = found.near.number
    for one in found.chosen:
        hot = pl.Series(in_worst(one, settings.hot_spots)).to_frame("hot")
        ranked = pl.Series(~np.isnan(one.rank))
        columns[f"{one.id}_hot_spot"] = hot.select(pl.when(ranked).then("hot")).to_series()
        if one.id in local:
            columns |= local[one.id].columns(one.id, settings.alpha)
    return pl.DataFrame(columns).with_columns(pl.selectors.float().fill_nan(None))


def _spatial(found: _Found) -> pl.DataFrame:
    """Return a row per measure: how clustered it is, and in how many areas."""
    settings = found.settings
    nothing = dict.fromkeys(("morans_i", "expected", "z", "p"))
    rows = []
    for one in found.chosen:
        this = found.local[one.id]
        getis = this.clusters("gi_star", settings.alpha)
        moran = this.clusters("local_moran", settings.alpha)
        rows.append(
            {
                "measure": one.id,
                "title": one.title,
                "areas": int(this.scored.sum()),
                "islands": int((this.scored & ~this.connected).sum()),
                **(this.overall or nothing),
                "hot_spots": int(in_worst(one, settings.hot_spots).sum()),
                "hot": int((getis == "hot").sum()),
                "cold": int((getis == "cold").sum()),
                **{name.replace("-", "_"): int((moran == name).sum()) for name in QUADRANTS[1:]},
            }
        )
    floats = dict.fromkeys(nothing, pl.Float64)
    return pl.DataFrame(rows, schema_overrides=floats, infer_schema_length=None)


def group_hot_spots(
    chosen: Sequence[Measure], groups: Groups, populations: Populations, share: Fraction
) -> pl.DataFrame:
    """Return which larger areas are hot spots: the highest average scores.

    Parameters
    ----------
    chosen
        The measures.
    groups
        The larger areas.
    populations
        What areas are weighed by.
    share
        The share of larger areas that are hot spots.

    Returns
    -------
    polars.DataFrame
        A row per measure and group, the highest need first: ``measure``, ``group_code``,
        ``group_name``, ``areas`` with a score, ``population``, ``average_score``, ``rank`` and
        ``hot_spot``. The last three are null where no area with people has a score.
    """
    frames = []
    size = len(groups)
    for one in chosen:
        scored = ~np.isnan(one.score[groups.area])
        area, group = groups.area[scored], groups.group[scored]
        people = populations.of(one.node)[area] * groups.share[scored]
        average = weighted_average(one.score[area], people, group, size)
        ranks = tie_ranks(one.oriented(average))
        rule = one.node.settings.conventions.deciles
        if ranks.number:
            hot = most_deprived(ranks.lowest, ranks.number, share, rule)
        else:
            hot = np.zeros(size, np.bool_)
        frame = pl.DataFrame(
            {
                "measure": [one.id] * size,
                "group_code": groups.codes,
                "group_name": groups.names,
                "areas": np.bincount(group, minlength=size),
                "population": np.bincount(group, weights=people, minlength=size),
                "average_score": average,
                "rank": ranks.lowest,
                "hot_spot": hot,
            }
        ).with_columns(pl.selectors.float().fill_nan(None))
        ranked = pl.col("rank").is_not_null()
        frame = frame.with_columns(
            pl.col("rank").cast(pl.Int32), pl.when(ranked).then("hot_spot").alias("hot_spot")
        )
        frames.append(frame.sort("rank", "group_code", nulls_last=True))
    return pl.concat(frames)


def _notes(found: _Found) -> list[str]:
    """Say what a reader should know."""
    settings, inside, types, near = found.settings, found.worst, found.types, found.near
    notes = []
    if lost := inside.complete.size - inside.number:
        said = counted(lost, "area lacks", "areas lack")
        notes.append(f"{said} a rank in a domain, and no domains are counted there")
    if types.silhouettes:
        number = types.types.height
        width = types.silhouettes[number]
        said = f"{number} types of areas have a mean silhouette of {width:.2f}"
        if width < WEAK:
            said += f": below {WEAK} they part a continuum, and are no natural groups"
        notes.append(said)
    if near is None:
        notes.append("no spatial clusters: name the boundaries of the areas with --boundaries")
        return notes
    notes += near.notes
    for one in found.chosen:
        this = found.local[one.id]
        if unscored := int((~this.scored).sum()):
            said = counted(unscored, "area has", "areas have")
            notes.append(f"{said} no score in {one.id} and count for no neighbour there")
        if alone := int((this.scored & ~this.connected & (near.number > 0)).sum()):
            said = counted(alone, "area has", "areas have")
            notes.append(f"{said} neighbours, but none with a score in {one.id}")
        if not this.overall:
            notes.append(f"{one.id} has too few scores, neighbours or differences for clusters")
        elif settings.permutations and _too_coarse(this, settings):
            notes.append(
                f"{one.id}: {settings.permutations} permutations are too few for any local Moran "
                "cluster; take more, or --permutations 0"
            )
    return notes


def _too_coarse(found: SpatialStatistics, settings: ClusterSettings) -> bool:
    """Say whether areas are as far out as permutations can tell, and still no discovery."""
    least = 2 / (settings.permutations + 1)
    there = found.moran_p[found.connected]
    none = not (found.moran_q[found.connected] <= settings.alpha).any()
    return none and bool((there <= least).any())
