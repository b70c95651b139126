"""An older version of an index brought to the areas of a newer one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.beside import SHOWN
from hyperlocal.analysis.measures import Measure
from hyperlocal.analysis.versions.version import HeldResults, Version
from hyperlocal.areas import Geography
from hyperlocal.errors import DataError, GeographyError, Problem
from hyperlocal.geography import Correspondence, describe_codes
from hyperlocal.geography.codes import counted
from hyperlocal.methods import FloatArray, deciles, tie_ranks

ABSENT = -1
SAME, SPLIT, MERGED, REDRAWN, ONLY_NEW = "same", "split", "merged", "redrawn", "only in new"
REMEDY = (
    "name a correspondence with --correspondence, or a lookup of old and new areas with --lookup; "
    "where the areas are the same and one version leaves some out, say so with --same-areas"
)
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Carried:
    """An old version on the areas of a new one.

    Parameters
    ----------
    version
        The old version with a row for each area of the new one, in its order.
    published
        For each measure the rank that was published for the area; where it was made of several,
        the mean of theirs, by their people. NaN where there is none.
    boundary
        What happened to each area: ``same``, ``split`` (it is a part of one), ``merged`` (it is
        several wholly), ``redrawn``, ``only in new``.
    old_row
        The row of the area in the old version where its boundary is the same, else -1.
    reranked
        Whether areas were ranked anew, among the areas of the new version.
    lost
        The codes of the old areas of which nothing lies in an area of the new version.
    notes
        What a reader should know.
    """

    version: Version
    published: Mapping[str, FloatArray]
    boundary: pl.Series
    old_row: IntArray
    reranked: bool
    lost: pl.Series
    notes: tuple[str, ...] = ()


def carry(
    old: Version,
    new: Version,
    wanted: Sequence[Measure],
    correspondence: Correspondence | None = None,
    people: FloatArray | None = None,
    *,
    same_areas: bool = False,
) -> Carried:
    """Bring an old version to the areas of a new one.

    Parameters
    ----------
    old, new
        The versions.
    wanted
        The measures of the old one that are needed.
    correspondence
        From the old areas to the new ones; None where they are the same.
    people
        The weight of each old area, such as its residents; needed where areas were joined.
    same_areas
        Whether areas that only one version has were left out by the other, so that no
        correspondence is needed.

    Raises
    ------
    GeographyError
        Where the areas differ and there is no correspondence, or it is of other areas.
    DataError
        Where areas were joined and there is no weight, or a score does not follow its rank.

    Notes
    -----
        score of a new area = Σ share(s, t)·people(s)·score(s) / Σ share(s, t)·people(s)

    over the old areas s of which it is made. New areas are ranked by it, those with the same score
    by the mean of the published ranks: published scores are rounded, and areas that did not change
    stay in the order that they had.
    """
    links = (
        _by_code(old, new, same_areas)
        if correspondence is None
        else _through(old, new, correspondence)
    )
    reranked = correspondence is not None or bool(len(links.lost))
    weights = np.ones(len(old.codes)) if people is None else people
    if people is None and links.joined:
        few = ", ".join(new.codes.filter(links.several).head(SHOWN))
        raise DataError(
            Problem(
                f"areas of {new.label} are made of several of {old.label}, such as {few}, and "
                "nothing says how many people these have",
                "name the people of the old areas with --population-old FILE:COLUMN",
            )
        )
    columns: dict[str, pl.Series] = {
        "area_code": new.codes,
        "area_name": new.results.areas["area_name"],
    }
    published: dict[str, FloatArray] = {}
    numbers: dict[str, int] = {}
    notes: list[str] = []
    for one in wanted:
        published[one.id] = links.mean(one.rank, weights)
        carried = links.mean(one.score, weights) if one.score_column else None
        rank, number = published[one.id], one.number
        if reranked:
            if carried is not None:
                _refuse_other_order(one, old.label)
            need = -rank if carried is None else one.oriented(carried)
            rank = _ranked_anew(need, rank, _averages_ties(one))
            number = _number_of(rank) + one.number - _number_of(one.rank)  # with those left out
        tenth = deciles(rank, number, one.node.settings.conventions.deciles)
        columns[f"{one.id}_rank"] = pl.Series(rank, nan_to_null=True)
        columns[f"{one.id}_decile"] = pl.Series(tenth, nan_to_null=True)
        numbers[one.id] = number
        if carried is not None:
            columns[f"{one.id}_score"] = pl.Series(carried, nan_to_null=True)
        elif reranked:
            notes.append(
                f"{one.id} has no score in {old.label}: its areas are brought over by their ranks"
            )
    held = HeldResults(old.results.folder, pl.DataFrame(columns), old.results.definition, numbers)
    version = Version(old.label, held, old.about, old.notes)
    return Carried(
        version, published, links.boundary, links.old_row, reranked, links.lost, tuple(notes)
    )


def _refuse_other_order(measure: Measure, label: str) -> None:
    """Refuse scores that are in another order than the ranks."""
    need = measure.oriented(measure.score)
    known = ~(np.isnan(need) | np.isnan(measure.rank))
    ordered = np.diff(need[known][np.argsort(measure.rank[known], kind="stable")])
    if not (ordered > 0).any():
        return
    places = counted(int((ordered > 0).sum()), "place", "places")
    raise DataError(
        Problem(
            f"{measure.id} of {label}: the scores do not follow the ranks in {places}",
            "they are of different things, or of different releases; name the right columns",
            str(measure.results.folder),
        )
    )


def _ranked_anew(need: FloatArray, published: FloatArray, average: bool) -> FloatArray:
    """Rank areas by their need, those with the same by the ranks that they had."""
    need = np.where(np.isnan(published), np.nan, need)
    order = np.lexsort((published, -need))
    changed = (np.diff(need[order]) != 0) | (np.diff(published[order]) != 0)
    place = np.empty(need.size)
    place[order] = np.concatenate(([0.0], -np.cumsum(changed)))[: need.size]
    ranks = tie_ranks(np.where(np.isnan(need), np.nan, place))
    return ranks.average if average else ranks.lowest


def _averages_ties(measure: Measure) -> bool:
    """Say whether the areas that are tied in a published ranking share their average rank."""
    ranks = tie_ranks(-measure.rank)
    tied = ranks.highest > ranks.lowest
    return bool(tied.any() and (measure.rank == ranks.average)[tied].all())


def _number_of(ranks: FloatArray) -> int:
    return int(np.count_nonzero(~np.isnan(ranks)))


@dataclass(frozen=True, eq=False)
class _Links:
    """How the areas of two versions belong to each other: shares of old areas in new ones."""

    correspondence: Correspondence | None
    source: IntArray
    target: IntArray
    boundary: pl.Series
    old_row: IntArray
    lost: pl.Series

    @property
    def several(self) -> pl.Series:
        """Which new areas are made of several old ones."""
        return self.boundary.is_in([MERGED, REDRAWN])

    @property
    def joined(self) -> bool:
        return bool(self.several.any())

    def mean(self, values: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the mean of old areas in each new one; NaN where one of them has no value."""
        if self.correspondence is None:
            return np.where(self.old_row == ABSENT, np.nan, values[self.old_row])
        number = len(self.correspondence.source_codes)
        known, weight = np.full(number, np.nan), np.full(number, np.nan)
        known[self.source], weight[self.source] = values, weights
        return self.correspondence.mean(known, weight)[self.target]


def _positions(codes: pl.Series, among: pl.Series) -> IntArray:
    """Return the row of each code among others, -1 where it is not there."""
    known = pl.DataFrame({"code": among}).with_row_index("row")
    found = pl.DataFrame({"code": codes}).join(known, on="code", how="left", maintain_order="left")
    return found["row"].cast(pl.Int64).fill_null(ABSENT).to_numpy()


def _by_code(old: Version, new: Version, same_areas: bool) -> _Links:
    """Link areas of the same code, where they are the same areas."""
    rows = _positions(new.codes, old.codes)
    lost = old.codes.filter(pl.Series(_positions(old.codes, new.codes) == ABSENT))
    one_geography = bool(old.geography) and old.geography == new.geography
    differ = len(lost) or (rows == ABSENT).any()
    if differ and not (same_areas or one_geography):
        raise GeographyError(_no_correspondence(old, new, lost, rows))
    if (rows == ABSENT).all():
        raise GeographyError(_no_correspondence(old, new, lost, rows))
    kinds = pl.Series(np.where(rows == ABSENT, ONLY_NEW, SAME))
    return _Links(None, np.empty(0, np.int64), np.empty(0, np.int64), kinds, rows, lost)


def _no_correspondence(old: Version, new: Version, lost: pl.Series, rows: IntArray) -> Problem:
    added = new.codes.filter(pl.Series(rows == ABSENT))
    of = {old.label: (old, lost), new.label: (new, added)}
    said = "; ".join(
        f"{len(codes):,} of {len(one.codes):,} areas of {label} are not in the other, such as "
        f"{describe_codes(codes)}"
        for label, (one, codes) in of.items()
        if len(codes)
    )
    return Problem(f"the versions have different areas: {said}", REMEDY)


def _through(old: Version, new: Version, correspondence: Correspondence) -> _Links:
    """Link areas through a correspondence."""
    source = _positions(old.codes, correspondence.source_codes)
    target = _positions(new.codes, correspondence.target_codes)
    problems = _other_geographies(old, new, correspondence)
    problems += _unknown(old, source, "starts from", str(correspondence.source))
    problems += _unknown(new, target, "leads to", str(correspondence.target))
    if problems:
        raise GeographyError(problems)
    by_target, shares = correspondence.by_target, correspondence.shares
    targets_of = np.diff(shares.indptr)
    whole = (targets_of == 1) & (correspondence.unplaced == 0)
    sources_of = np.diff(by_target.indptr)
    entries = np.repeat(np.arange(sources_of.size), sources_of)
    all_whole = np.bincount(entries, whole[by_target.indices], sources_of.size) == sources_of
    only = np.full(sources_of.size, ABSENT)
    only[entries] = by_target.indices
    kinds = np.select(
        [sources_of == 0, (sources_of == 1) & all_whole, sources_of == 1, all_whole],
        [ONLY_NEW, SAME, SPLIT, MERGED],
        REDRAWN,
    )
    row_of = np.full(targets_of.size + 1, ABSENT)
    row_of[source] = np.arange(source.size)
    old_row = np.where(kinds == SAME, row_of[only], ABSENT)
    in_new = np.zeros(sources_of.size, np.bool_)
    in_new[target] = True
    reaches = np.asarray(shares @ in_new.astype(np.float64))[source] > 0
    lost = old.codes.filter(pl.Series(~reaches))
    return _Links(correspondence, source, target, pl.Series(kinds[target]), old_row[target], lost)


def _unknown(version: Version, found: IntArray, way: str, geography: str) -> list[Problem]:
    unknown = version.codes.filter(pl.Series(found == ABSENT))
    if not len(unknown):
        return []
    few = ", ".join(unknown.head(SHOWN)) + (" and others" if len(unknown) > SHOWN else "")
    return [
        Problem(
            f"{len(unknown):,} of {len(version.codes):,} areas of {version.label} are not among "
            f"those that the correspondence {way} ({geography}): {few}",
            "take a correspondence of these areas and this vintage",
        )
    ]


def _other_geographies(old: Version, new: Version, correspondence: Correspondence) -> list[Problem]:
    sides = ((old, correspondence.source, "starts from"), (new, correspondence.target, "leads to"))
    return [
        Problem(
            f"the correspondence {way} {geography}, and {version.label} is of {version.geography}",
            "take the correspondence between the two, in this direction",
        )
        for version, geography, way in sides
        if version.geography and Geography.from_name(version.geography) != geography
    ]
