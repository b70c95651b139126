"""Summaries of districts, or of any other groups of areas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.analysis.counts import scales
from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.measures import Measure, measures
from hyperlocal.analysis.populations import Populations
from hyperlocal.analysis.report import Report, made_from
from hyperlocal.definition.settings import Conventions
from hyperlocal.errors import DataError, Problem
from hyperlocal.methods import FloatArray, most_deprived, percentiles, tie_ranks
from hyperlocal.methods.districts import ExtentWeights, local_concentration, weighted_average
from hyperlocal.pipeline import Results

TENTH = Fraction(1, 10)
PROFILE = (Fraction(1, 10), Fraction(2, 10), Fraction(3, 10), Fraction(5, 10))
SUMMARIES = ("average_score", "average_rank", "proportion", "extent", "local_concentration")
SHOWN = 5


def districts(
    results: Results,
    groups: Groups,
    populations: Populations,
    *,
    nodes: Sequence[str] = (),
    summaries: Sequence[str] = SUMMARIES,
    share: Fraction = TENTH,
    profile: Sequence[Fraction] = PROFILE,
    counts: Mapping[str, str] | None = None,
) -> Report:
    """Summarise need in groups of areas.

    Parameters
    ----------
    results
        The finished index.
    groups
        The groups.
    populations
        What areas are weighed by.
    nodes
        What is summarised; without any, the index, its domains and sub-domains.
    summaries
        Which summaries: ``average_score``, ``average_rank``, ``proportion``, ``extent``,
        ``local_concentration``.
    share
        The most deprived share of areas that `proportion` tells of.
    profile
        The most deprived shares of the deprivation profile.
    counts
        Counts to add up, by their names: the id of a population or an indicator, or
        ``FILE:COLUMN``. They are the scales: how many people are deprived of income, and so on.

    Returns
    -------
    Report
        ``districts``: a row per node and group, with each summary and its rank among the groups
        (1 = most deprived); ``profile``: a row per node, group and share; ``scales``: a row per
        count and group.

    Raises
    ------
    DataError
        Where a group has no population, or too few areas are ranked for percentiles.
    ResultsError
        Where a node or a count is unknown.

    Notes
    -----
    The conventions are those of the English Indices of Deprivation: see docs/analysis/districts.md.

    Examples
    --------
    The ten districts of the highest average score of an index::

        report = districts(results, groups_for(results, ["ltla24"]), populations(results))
        report.tables["districts"].filter(measure="imd").sort("average_score_rank").head(10)
    """
    chosen = measures(results, nodes)
    table = district_table(chosen, groups, populations, summaries, share)
    tables = {"districts": table, "profile": profile_table(chosen, groups, profile)}
    notes = [*groups.notes, *populations.notes]
    inside = np.unique(groups.area)
    unranked = {one.id: int(np.isnan(one.rank[inside]).sum()) for one in chosen}
    notes += [
        f"{number:,} areas have no rank in {name} and do not count there"
        for name, number in unranked.items()
        if number
    ]
    if counts:
        tables["scales"], said = scales(results, groups, counts)
        notes += said
    about: dict[str, Any] = {
        "results": made_from(results),
        "groups": groups.about(),
        "populations": dict(populations.made_of),
        "counts": dict(counts or {}),
        "share": float(share),
    }
    return Report("districts", tables, about, tuple(notes))


def district_table(
    chosen: Sequence[Measure],
    groups: Groups,
    populations: Populations,
    summaries: Sequence[str] = SUMMARIES,
    share: Fraction = TENTH,
) -> pl.DataFrame:
    """Return a row per measure and group with the summaries, and the rank of each.

    Parameters
    ----------
    chosen
        What is summarised.
    groups
        The groups.
    populations
        What areas are weighed by.
    summaries
        Which summaries.
    share
        The share of `proportion`.

    Raises
    ------
    DataError
        Where a group has no population, or too few areas are ranked for percentiles.
    """
    if not 0 < share <= 1:
        raise DataError(Problem(f"the share {float(share):g} is not above 0 and at most 1"))
    if not summaries:
        raise DataError(Problem("no summary is asked for", f"name any of {', '.join(SUMMARIES)}"))
    if unknown := [name for name in summaries if name not in SUMMARIES]:
        known = ", ".join(SUMMARIES)
        raise DataError(
            [Problem(f"there is no summary {name!r}", f"known are: {known}") for name in unknown]
        )
    frames = []
    problems: list[Problem] = []
    for one in chosen:
        try:
            frames.append(_summarise(one, groups, populations.of(one.node), summaries, share))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(list(dict.fromkeys(problems)))
    return pl.concat(frames)


def profile_table(
    chosen: Sequence[Measure], groups: Groups, shares: Sequence[Fraction] = PROFILE
) -> pl.DataFrame:
    """Return which share of each group's areas is among the most deprived of all areas.

    Parameters
    ----------
    chosen
        What areas are ranked by.
    groups
        The groups.
    shares
        The most deprived shares.

    Returns
    -------
    polars.DataFrame
        A row per measure, group and share: ``most_deprived`` (the share), ``areas`` in it,
        ``proportion`` of the group's areas.
    """
    frames = []
    for one in chosen:
        links = _Links(one, groups)
        for share in shares:
            inside = links.count(links.among(share))
            frames.append(
                pl.DataFrame(
                    {
                        "measure": [one.id] * len(groups),
                        "group_code": groups.codes,
                        "group_name": groups.names,
                        "most_deprived": [float(share)] * len(groups),
                        "areas": inside,
                        "proportion": inside / links.areas,
                    }
                )
            )
    return _whole(pl.concat(frames).with_columns(pl.col("proportion").fill_nan(None)))


def _whole(table: pl.DataFrame) -> pl.DataFrame:
    """Write numbers of areas as whole numbers, where none is shared out."""
    areas = table["areas"]
    if (areas != areas.round()).any():
        return table
    return table.with_columns(areas.cast(pl.Int32))


class _Links:
    """The links of areas that have a rank with their groups, for one measure."""

    def __init__(self, measure: Measure, groups: Groups) -> None:
        ranked = ~np.isnan(measure.rank[groups.area])
        self.measure = measure
        self.area, self.group = groups.area[ranked], groups.group[ranked]
        self.share = groups.share[ranked]
        self.number = len(groups)
        self.rank = measure.rank[self.area]
        self.areas = self.count(np.ones(self.area.size))

    @property
    def conventions(self) -> Conventions:
        return self.measure.node.settings.conventions

    def count(self, inside: FloatArray) -> FloatArray:
        """Add up areas over groups, each with the share of it that lies there."""
        found = np.bincount(self.group, weights=self.share * inside, minlength=self.number)
        return found.astype(np.float64)

    def among(self, share: Fraction) -> FloatArray:
        """Return 1 for areas that are among the most deprived share, else 0."""
        inside = most_deprived(self.rank, self.measure.number, share, self.conventions.deciles)
        return inside.astype(np.float64)


def _summarise(
    measure: Measure,
    groups: Groups,
    population: FloatArray,
    summaries: Sequence[str],
    share: Fraction,
) -> pl.DataFrame:
    links = _Links(measure, groups)
    weight = population[links.area] * links.share
    total = links.count(population[links.area])
    if not total.all():
        raise DataError(_no_population(groups, total))
    backwards = measure.number + 1 - links.rank

    def average(values: FloatArray) -> FloatArray:
        return weighted_average(values, weight, links.group, len(groups))

    def extent() -> FloatArray:
        try:
            group = percentiles(links.rank, measure.number, links.conventions.percentiles)
        except ValueError as error:
            raise DataError(_too_few(measure)) from error
        return average(ExtentWeights().of(group))

    compute: dict[str, Callable[[], FloatArray]] = {
        "average_score": lambda: average(measure.score[links.area]),
        "average_rank": lambda: average(backwards),
        "proportion": lambda: links.count(links.among(share)) / links.areas,
        "extent": extent,
        "local_concentration": lambda: local_concentration(
            backwards, weight, links.group, len(groups)
        ),
    }
    columns: dict[str, Any] = {
        "measure": [measure.id] * len(groups),
        "group_code": groups.codes,
        "group_name": groups.names,
        "areas": links.areas,
        "population": total,
    }
    for name in summaries:
        columns[name] = compute[name]()
        need = measure.oriented(columns[name]) if name == "average_score" else columns[name]
        columns[f"{name}_rank"] = tie_ranks(need).lowest.astype(np.int32)
    return _whole(pl.DataFrame(columns))


def _no_population(groups: Groups, total: FloatArray) -> list[Problem]:
    empty = groups.codes.filter(pl.Series(total == 0))
    few = ", ".join(empty.head(SHOWN))
    remedy = "put its areas into another group with an override, or mend the population"
    if len(empty) == 1:
        return [Problem(f"the group {few} has no population in ranked areas", remedy, groups.by)]
    message = f"{len(empty)} groups have no population in ranked areas: {few}"
    return [Problem(message, remedy, groups.by)]


def _too_few(measure: Measure) -> Problem:
    return Problem(
        f"{measure.id} ranks {measure.number} areas, and percentiles need at least 100",
        "leave the extent out: name the others with --summary",
    )
