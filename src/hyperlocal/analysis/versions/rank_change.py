"""Change of rank split into what boundaries, method, own data and others' data did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from hyperlocal.analysis.versions.carried import ABSENT, Carried
from hyperlocal.analysis.versions.placing import place_alone
from hyperlocal.analysis.versions.version import Pair, Version
from hyperlocal.definition import Definition
from hyperlocal.definition.nodes import Indicator
from hyperlocal.errors import HyperlocalError
from hyperlocal.methods import FloatArray, tie_ranks
from hyperlocal.pipeline.evaluate import pick
from hyperlocal.pipeline.replay import Replay

PARTS = ("boundary", "method", "own_data", "others_data", "rest")


def rank_change(
    old: Version,
    new: Version,
    pairs: Sequence[Pair],
    carried: Carried,
    match: Mapping[str, str],
) -> tuple[pl.DataFrame, list[str]]:
    """Split the change of each area's rank into parts that add up to it.

    Parameters
    ----------
    old, new
        The versions.
    pairs
        The measures.
    carried
        The old version on the areas of the new one.
    match
        The ids of the new version for nodes that have another id in the old one.

    Returns
    -------
    tuple
        A row per measure and area: ``published_rank_old`` (scaled to N of the new version),
        ``rank_old`` (among the areas of the new one), ``rank_new``, ``change`` and its parts
        ``boundary``, ``method``, ``own_data``, ``others_data`` and ``rest``, which add up to it;
        and what a reader should know.

    Notes
    -----
    One after the other, each part with what comes after it as it was:

        change       rank_new − published_rank_old
        boundary     rank_old − published_rank_old
        method       the old data under the new definition, less the old data under the old one
        own_data     the area placed alone with its new data (`place_alone`), under the new
                     definition, less the old data under it
        others_data  what is left

    Where areas are ranked anew, because boundaries changed or areas were left out, a published rank
    is scaled to their number first: (rank − 1/2)·N'/N + 1/2; so are the method's and the own data's
    parts. Where areas were only added it stands as it is, and the larger N is in what is left. The
    last three stand only where both versions are builds of the same indicators and the area's
    boundary did not change; what is left after the boundary is then ``rest``.
    """
    same = carried.old_row != ABSENT
    replays, why_not = _replays(old, new, carried, match)
    notes = []
    if why_not:
        notes.append(f"method, own and others' data are not told apart: {why_not}")
    elif not same.all():
        notes.append(
            f"method, own and others' data are told apart in {int(same.sum()):,} of "
            f"{len(same):,} areas, whose boundary is the same"
        )
    frames = []
    for pair in pairs:
        rank_old = carried.version.measures[pair.old.id].rank
        number = carried.version.measures[pair.old.id].number
        scale = number / pair.old.number
        published = (carried.published[pair.old.id] - 0.5) * scale + 0.5
        parts = {"boundary": rank_old - published}
        change = pair.new.rank - published
        method = own = np.full(rank_old.size, np.nan)
        if replays is not None:
            method, own = (
                np.where(same, scale * part[carried.old_row], np.nan)
                for part in replays.parts(pair)
            )
        left = change - parts["boundary"]
        known = ~np.isnan(method + own)
        parts |= {
            "method": np.where(known, method, np.nan),
            "own_data": np.where(known, own, np.nan),
            "others_data": np.where(known, left - method - own, np.nan),
            "rest": np.where(known, np.nan, left),
        }
        numbers = {
            "published_rank_old": published,
            "rank_old": rank_old,
            "rank_new": pair.new.rank,
            "change": change,
            **parts,
        }
        frames.append(
            new.results.areas.select(
                pl.lit(pair.id).alias("measure"),
                "area_code",
                "area_name",
                *(pl.Series(name, one, nan_to_null=True) for name, one in numbers.items()),
            )
        )
    return pl.concat(frames), notes


@dataclass(frozen=True, eq=False)
class _Replays:
    """The old data under the new definition, and each area alone with its new data."""

    definition: Definition
    before: Mapping[str, FloatArray]
    alone: Mapping[str, FloatArray]

    def parts(self, pair: Pair) -> tuple[FloatArray, FloatArray]:
        """Return what the method and the own data did to the rank of each old area."""
        before = self.before[pair.id]
        return before - pair.old.rank, self.alone[pair.id] - before


def _replays(
    old: Version, new: Version, carried: Carried, match: Mapping[str, str]
) -> tuple[_Replays | None, str]:
    """Compute the old data under the new definition; or say why that cannot be."""
    if not (old.built and new.built):
        return None, "a published table says nothing of the data behind it"
    before, after = old.results.definition, new.results.definition
    why_not = _other_indicators(before, after, match) or _no_larger_areas(old, after)
    if why_not:
        return None, why_not
    replay = Replay.of(old.results)
    columns = {match.get(name, name): held for name, held in replay.columns.items()}
    replay = replace(replay, definition=after, columns=columns)
    try:
        ranks = {
            name: pick(
                tie_ranks(result.score), after.by_id[name].settings.conventions.published_ties
            )
            for name, result in replay.base.items()
            if result.score is not None
        }
        placed = place_alone(replay, _new_columns(Replay.of(new.results), carried, replay))
    except (HyperlocalError, ValueError) as error:
        said = str(error).splitlines()[0]
        return None, f"the old data cannot be computed by the new definition ({said})"
    return _Replays(after, ranks, {name: one.rank for name, one in placed.items()}), ""


def _new_columns(new: Replay, carried: Carried, old: Replay) -> dict[str, dict[str, FloatArray]]:
    """Return the new data of each old area whose boundary did not change, NaN for the others."""
    there = np.flatnonzero(carried.old_row != ABSENT)
    rows = np.full(len(old.population.codes), ABSENT)
    rows[carried.old_row[there]] = there

    def on_old(values: FloatArray) -> FloatArray:
        missing = np.asarray(np.nan, dtype=values.dtype)
        return np.where(rows == ABSENT, missing, values[rows])

    return {
        name: {purpose: on_old(values) for purpose, values in held.items()}
        for name, held in new.columns.items()
    }


def _other_indicators(before: Definition, after: Definition, match: Mapping[str, str]) -> str:
    """Say where two definitions do not have the same indicators, of the same kind and columns."""
    first, second = (
        {
            (names.get(node.id, node.id), node.written.kind, *sorted(node.written.measured_from()))
            for node in definition.nodes
            if isinstance(node.written, Indicator)
        }
        for definition, names in ((before, match), (after, {}))
    )
    odd = sorted({name for name, *_ in first ^ second})
    if not odd:
        return ""
    more = f" and {len(odd) - 3} more" if len(odd) > 3 else ""
    return f"the versions have other indicators, or of another kind: {', '.join(odd[:3])}{more}"


def _no_larger_areas(old: Version, after: Definition) -> str:
    """Say which larger areas of the new definition the old areas are not known to lie in."""
    areas = old.results.areas
    lost = {
        node.settings.shrink_to
        for node in after.nodes
        if node.is_indicator
        and node.settings.shrink_to != "none"
        and f"{node.settings.shrink_to}_code" not in areas.columns
    }
    if not lost:
        return ""
    return f"{old.label} does not say in which {' and '.join(sorted(lost))} its areas lie"
