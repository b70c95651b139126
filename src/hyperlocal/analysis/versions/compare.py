"""What changed between two versions of an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.populations import Populations
from hyperlocal.analysis.report import Report
from hyperlocal.analysis.versions.carried import Carried, carry
from hyperlocal.analysis.versions.caveats import caveats, differences_table
from hyperlocal.analysis.versions.groups import Side, districts_table, worst_tenth_table
from hyperlocal.analysis.versions.rank_change import rank_change
from hyperlocal.analysis.versions.tables import (
    Bands,
    areas_table,
    entered_and_left,
    flows_table,
    movement_table,
)
from hyperlocal.analysis.versions.version import Pair, Version, pairs
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.geography import Correspondence
from hyperlocal.methods import FloatArray

TENTHS = tuple(range(1, 11))


@dataclass(frozen=True, eq=False)
class Grouping:
    """What the areas of two versions are grouped and weighed by.

    Parameters
    ----------
    groups
        The groups of the new areas.
    populations
        What the new areas are weighed by in the measures of districts.
    counts
        Counts of the new version to add up over groups, by their names.
    old_groups
        The groups of the old areas; without them the old version is summarised on the new areas.
    old_populations
        What the old areas are weighed by.
    old_counts
        Counts of the old version.
    """

    groups: Groups
    populations: Populations | None = None
    counts: Mapping[str, str] = field(default_factory=dict)
    old_groups: Groups | None = None
    old_populations: Populations | None = None
    old_counts: Mapping[str, str] = field(default_factory=dict)


def compare(  # noqa: PLR0913 - each is a thing of its own
    old: Version,
    new: Version,
    *,
    measures: Sequence[str] = (),
    match: Mapping[str, str] | None = None,
    correspondence: Correspondence | None = None,
    people: FloatArray | None = None,
    same_areas: bool = False,
    grouping: Grouping | None = None,
    bands: Bands | None = None,
) -> Report:
    """Compare two versions of an index.

    Parameters
    ----------
    old, new
        The versions; see `open_version`.
    measures
        The ids (of the new version) of what is compared; without any, the index, its domains and
        sub-domains, and what stands beside them.
    match
        For measures that have another id in the old version: that id, and the one in the new.
    correspondence
        From the old areas to the new ones; None where they are the same.
    people
        The people of each old area, by which old areas that were joined are averaged.
    same_areas
        Whether areas that only one version has were left out by the other.
    grouping
        Groups of areas, by which areas in the worst tenth are counted and districts compared.
    bands
        Shares of the ranking that areas move between.

    Returns
    -------
    Report
        ``areas``, ``movement`` (of deciles), ``movement_of_bands``, ``entered_and_left``,
        ``bands`` (how many areas each has, gained and lost), ``rank_change``; with groups
        ``worst_tenth`` and, where populations are known, ``districts``; ``differences`` between the
        definitions of two builds; and ``only_in_old``, the areas that none of the new ones goes on.

    Raises
    ------
    ResultsError
        Where the versions have the same label, or no measure in common.
    GeographyError
        Where the areas differ and no correspondence of theirs is given.
    DataError
        Where areas were joined and nothing says how many people they have.

    Examples
    --------
    Which areas entered or left the worst tenth between two builds::

        old, new = open_version("results/2019"), open_version("results/2025")
        compare(old, new).tables["entered_and_left"]
    """
    if old.label == new.label:
        said = f"both versions are called {old.label}"
        raise ResultsError(Problem(said, "name them with --label-old and --label-new"))
    match, bands = dict(match or {}), bands or Bands()
    paired = pairs(old, new, match, measures)
    wanted = list({pair.old.id: pair.old for pair in paired}.values())
    carried = carry(old, new, wanted, correspondence, people, same_areas=same_areas)
    groups = grouping.groups if grouping else None
    areas = areas_table(carried, paired, groups, bands)
    differences = differences_table(old, new, match)
    notes = caveats(old, new, paired, carried, differences)
    split, told = rank_change(old, new, paired, carried, match)
    notes += told
    tables = {
        "areas": areas,
        "movement": movement_table(areas, "decile", TENTHS),
        "movement_of_bands": movement_table(areas, "band", bands.labels),
        "entered_and_left": entered_and_left(areas, bands),
        "bands": flows_table(areas, bands, groups is not None),
        "rank_change": split,
    }
    if grouping:
        sides, told = _sides(old, new, paired, carried, grouping)
        notes += told
        tables["worst_tenth"] = worst_tenth_table(sides)
        districts = districts_table(sides)
        if districts.height:
            tables["districts"] = districts
        else:
            notes.append(
                "measures of districts need people to weigh areas by: name them with --population"
            )
    if differences.height:
        tables["differences"] = differences
    if len(carried.lost):
        known = old.results.areas.select("area_code", "area_name")
        tables["only_in_old"] = known.filter(pl.col("area_code").is_in(carried.lost.implode()))
    about = {
        "old": {"label": old.label, **old.about},
        "new": {"label": new.label, **new.about},
        "measures": {pair.id: pair.old.id for pair in paired},
        "correspondence": _about(correspondence),
        "bands": list(bands.labels),
        **({"groups": grouping.groups.about()} if grouping else {}),
    }
    return Report("compare", tables, about, tuple(dict.fromkeys(notes)))


def _sides(
    old: Version, new: Version, paired: Sequence[Pair], carried: Carried, grouping: Grouping
) -> tuple[list[Side], list[str]]:
    """Return both versions with their groups, and what a reader should know."""
    notes = list(grouping.groups.notes)
    if grouping.populations:
        notes += grouping.populations.notes
    after = Side(
        new.label,
        new.results,
        {pair.id: pair.new for pair in paired},
        grouping.groups,
        grouping.populations,
        grouping.counts,
    )
    if grouping.old_groups is not None:
        notes += [f"{old.label}: {note}" for note in grouping.old_groups.notes]
        measures = {pair.id: pair.old for pair in paired}
        before = Side(
            old.label,
            old.results,
            measures,
            grouping.old_groups,
            grouping.old_populations,
            grouping.old_counts,
        )
        return [before, after], notes
    measures = {pair.id: carried.version.measures[pair.old.id] for pair in paired}
    groups, populations = grouping.groups, grouping.populations
    before = Side(old.label, carried.version.results, measures, groups, populations, {})
    if grouping.old_counts:
        raise ResultsError(
            Problem(
                f"no group is known of the areas of {old.label} that counts are added up over",
                "name the groups of the old areas with --by-old",
            )
        )
    notes.append(
        f"groups are those of the areas of {new.label}, and {old.label} is counted and summarised "
        "on these areas with their people; --by-old names groups of its own areas"
    )
    return [before, after], notes


def _about(correspondence: Correspondence | None) -> dict[str, Any] | None:
    if correspondence is None:
        return None
    return {
        "from": str(correspondence.source),
        "to": str(correspondence.target),
        "kind": correspondence.kind,
        "weighted_by": correspondence.weighted_by,
        "made_of": dict(correspondence.made_of),
    }
