"""Areas that are flagged by rules over one index or several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.flags.file import FlagFile, load_flags
from hyperlocal.analysis.flags.models import AreasWithin, AverageScore, OwnRank, Rule
from hyperlocal.analysis.flags.rules import FlaggedAreas
from hyperlocal.analysis.groups import Groups, groups_for
from hyperlocal.analysis.measures import measures, rank_series
from hyperlocal.analysis.populations import Populations, populations
from hyperlocal.analysis.report import Report, made_from
from hyperlocal.errors import (
    DataError,
    DefinitionError,
    GeographyError,
    HyperlocalError,
    Problem,
    ResultsError,
)
from hyperlocal.pipeline import Results

IntArray = NDArray[np.intp]
SHOWN = 5


def flag_areas(
    flags: FlagFile | str | Path,
    results: Mapping[str, Results],
    *,
    lookups: Mapping[str, Sequence[str]] | None = None,
    overrides: Mapping[str, Mapping[str, str]] | None = None,
    weigh_by: Mapping[str, Sequence[str]] | None = None,
) -> Report:
    """Flag areas by the rules of a file.

    Parameters
    ----------
    flags
        The flags, or their file.
    results
        The finished indices, by their names in the file.
    lookups
        For an index of small areas: the tables that say in which flagged area each lies, as
        `groups.from_tables` takes them; or a larger geography that its results state. Without
        any, the larger geography of the file's name.
    overrides
        For an index of small areas: areas that lie elsewhere than the lookup says.
    weigh_by
        For an index whose scores are averaged: what its areas are weighed by, as
        `populations.populations` takes it. Without any, as the measure states.

    Returns
    -------
    Report
        ``areas``: a row per area with the score, rank and decile of everything that areas are
        ranked by, the transformed ranks of combined measures, the counts of small areas that rules
        ask for, and a Boolean column per flag (null where it depends on a missing score);
        ``flags``: a row per flag with how many areas it holds for and its rule in words.

    Raises
    ------
    DefinitionError
        Where the file of flags is wrong, with every problem and its line.
    ResultsError
        Where results are missing or not asked for, are of another geography than the file says,
        or do not hold a node.
    DataError
        Where a lookup or a population cannot be used.
    GeographyError
        Where small areas lie in no area, or the indices are not of the same areas.

    Examples
    --------
    The areas that the rules of a file flag, of one index::

        report = flag_areas(load_flags("flags.yaml"), {"need": Results.open("results")})
        report.tables["areas"].filter("most_need")
    """
    file = flags if isinstance(flags, FlagFile) else load_flags(flags)
    areas = _bring(file, results, lookups or {}, overrides or {}, weigh_by or {})
    table = _table(areas)
    summary = _summary(areas, table)
    about: dict[str, Any] = {
        "flags": file.source.file,
        "as_written": file.written.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "results": {name: made_from(one) for name, one in results.items()},
        "groups": {name: one.about() for name, one in areas.groups.items()},
        "populations": {name: dict(one.made_of) for name, one in areas.weights.items()},
    }
    return Report("flag", {"areas": table, "flags": summary}, about, tuple(_notes(areas, summary)))


def _bring(
    file: FlagFile,
    results: Mapping[str, Results],
    lookups: Mapping[str, Sequence[str]],
    overrides: Mapping[str, Mapping[str, str]],
    weigh_by: Mapping[str, Sequence[str]],
) -> FlaggedAreas:
    """Bring the indices of a file to the areas that are flagged."""
    _refuse(ResultsError, _wrong_names(file, results, lookups, overrides, weigh_by))
    _refuse(ResultsError, _wrong_results(file, results))
    groups: dict[str, Groups] = {}
    weights: dict[str, Populations] = {}
    problems: list[Problem] = []
    for name in filter(file.is_within, file.written.indices):
        try:
            groups[name] = _groups(file, name, results[name], lookups, overrides)
        except HyperlocalError as error:
            problems += error.problems
    for name, measure in file.written.measures.items():
        if isinstance(measure, AverageScore):
            index = measure.average_score.partition(".")[0]
            stated = [measure.population] if measure.population else []
            try:
                weights[name] = populations(results[index], weigh_by.get(index, stated))
            except HyperlocalError as error:
                problems += error.problems
    _refuse(DataError, list(dict.fromkeys(problems)))
    held = {
        name: (groups[name].codes, groups[name].names)
        if name in groups
        else (results[name].areas["area_code"], results[name].areas["area_name"])
        for name in file.written.indices
    }
    codes = pl.concat([codes for codes, _ in held.values()]).unique(maintain_order=True)
    _refuse(GeographyError, [*_unplaced(results, groups), *_differing(file, codes, held)])
    rows, names = _rows(codes, held)
    return FlaggedAreas(file, results, groups, weights, codes, names, rows)


def _rows(
    codes: pl.Series, held: Mapping[str, tuple[pl.Series, pl.Series]]
) -> tuple[dict[str, IntArray], pl.Series]:
    """Find the flagged areas in each index, and their names in the first that has them."""
    names = pl.Series([None] * len(codes), dtype=pl.String)
    rows = {}
    for index, (own, own_names) in held.items():
        place = pl.DataFrame({"code": own, "row": np.arange(len(own)), "name": own_names})
        found = codes.to_frame("code").join(place, on="code", how="left", maintain_order="left")
        rows[index] = found["row"].fill_null(-1).to_numpy().astype(np.intp)
        names = pl.select(pl.coalesce(names, found["name"].cast(pl.String))).to_series()
    return rows, names


def _refuse(error: type[HyperlocalError], problems: Sequence[Problem]) -> None:
    if problems:
        raise error(problems)


def _wrong_names(
    file: FlagFile, results: Mapping[str, Results], *others: Mapping[str, Any]
) -> list[Problem]:
    """Return which indices are not there, and which are given without being asked for."""
    known = list(file.written.indices)
    missing = [
        file.source.problem(
            ("indices", name),
            f"there are no results of {name}",
            f"name them with --results {name}=FOLDER",
        )
        for name in known
        if name not in results
    ]
    given = dict.fromkeys(name for mapping in (results, *others) for name in mapping)
    remedy = f"its indices are {', '.join(known)}"
    missing += [
        Problem(f"the flags know no index {name!r}", remedy, file.source.file)
        for name in given
        if name not in known
    ]
    return missing + [
        file.source.problem(
            ("indices", name),
            f"a lookup or override is given, and it is of {file.written.geography} itself",
            "leave them out, or state the geography of its areas",
        )
        for name in dict.fromkeys(name for mapping in others[:2] for name in mapping)
        if name in known and not file.is_within(name)
    ]


def _wrong_results(file: FlagFile, results: Mapping[str, Results]) -> list[Problem]:
    """Return where results are of another geography than the file says, or lack a node."""
    problems = []
    for name, index in file.written.indices.items():
        stated = index.geography or file.written.geography
        actual = results[name].definition.areas.geography
        if stated != actual:
            problems.append(
                file.source.problem(
                    ("indices", name),
                    f"its results are of {actual}, not {stated}",
                    f"state geography: {actual}, or name other results",
                )
            )
    for path, reference, _ in file.references:
        name, _, node = reference.partition(".")
        if node:
            try:
                measures(results[name], [node])
            except ResultsError as error:
                problems += [
                    file.source.problem(path, f"{name} {one.message}", one.remedy)
                    for one in error.problems
                ]
    return problems


def _groups(
    file: FlagFile,
    name: str,
    results: Results,
    lookups: Mapping[str, Sequence[str]],
    overrides: Mapping[str, Mapping[str, str]],
) -> Groups:
    """Return in which flagged area each small area of an index lies."""
    geography = file.written.geography
    by = lookups.get(name, ())
    if not by and geography not in results.definition.areas.within:
        raise ResultsError(
            file.source.problem(
                ("indices", name),
                f"its results do not say in which {geography} areas lie",
                f"name a lookup with --lookup {name}=FILE:COLUMN",
            )
        )
    return groups_for(results, by or [geography], overrides.get(name, {}))


def _unplaced(results: Mapping[str, Results], groups: Mapping[str, Groups]) -> list[Problem]:
    """Return which small areas lie in no group."""
    problems = []
    for name, one in groups.items():
        codes = results[name].areas["area_code"]
        placed = np.zeros(len(codes), bool)
        placed[one.area] = True
        lost = codes.filter(pl.Series(~placed))
        if len(lost):
            few = ", ".join(lost.head(SHOWN))
            said = f"{len(lost):,} of {len(codes):,} areas of {name} lie in no group, such as {few}"
            problems.append(Problem(said, "mend the lookup, or place them by overrides", one.by))
    return problems


def _differing(
    file: FlagFile, codes: pl.Series, held: Mapping[str, tuple[pl.Series, pl.Series]]
) -> list[Problem]:
    """Return which indices are not of the same areas as the others."""
    problems = []
    for name, (own, _) in held.items():
        absent = codes.filter(~codes.is_in(own.to_list()))
        others = [one for other, (one, _) in held.items() if other != name]
        common = not others or own.is_in(pl.concat(others).to_list()).any()
        if len(absent) and (file.written.absent_areas == "refuse" or not common):
            few = ", ".join(absent.head(SHOWN))
            remedy = "take indices of one geography and vintage"
            if common:
                remedy += ", or state absent_areas: unscored"
            said = (
                f"lacks {len(absent):,} of the {len(codes):,} areas of all indices, such as {few}"
            )
            problems.append(file.source.problem(("indices", name), said, remedy))
    return problems


def _table(areas: FlaggedAreas) -> pl.DataFrame:
    """Return the table of areas."""
    columns = list(_columns(areas))
    names = [name for name, _ in columns]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        remedy, file = "give the flag or the measure another name", areas.file.source.file
        raise DefinitionError(
            [Problem(f"two columns would be called {name}", remedy, file) for name in twice]
        )
    return pl.DataFrame(dict(columns))


def _columns(areas: FlaggedAreas) -> Iterator[tuple[str, pl.Series]]:
    """Yield the columns of the table of areas."""
    yield "area_code", areas.codes
    yield "area_name", areas.names
    for reference, one in areas.ranked.items():
        name = _column(reference)
        yield f"{name}_score", pl.Series(one.score.astype(np.float64), nan_to_null=True)
        yield f"{name}_rank", rank_series(one.rank)
        yield f"{name}_decile", rank_series(one.decile)
        for part, transformed in one.transformed.items():
            yield f"{name}_{_column(part)}_transformed", pl.Series(transformed, nan_to_null=True)
    flags = areas.file.written.flags
    counts = {
        _count_name(rule): rule
        for flag in flags.values()
        for rule in areas.rules_of(flag.when)
        if isinstance(rule, AreasWithin)
    }
    of_index = {rule.areas_within.partition(".")[0]: rule for rule in counts.values()}
    for index, rule in of_index.items():
        yield f"{index}_areas", pl.Series(areas.within(rule).areas)
    for name, rule in counts.items():
        yield name, pl.Series(areas.within(rule).inside)
    for name, flag in flags.items():
        truth = areas.truth(flag.when)
        known = pl.Series(truth.certain | ~truth.possible)
        yield name, pl.select(pl.when(known).then(pl.Series(truth.certain))).to_series()


def _column(reference: str) -> str:
    return reference.replace(".", "_")


def _count_name(rule: AreasWithin) -> str:
    """Name the count of small areas that are as deprived as a rule asks."""
    name = f"{_column(rule.areas_within)}_areas"
    if rule.decile_at_most is not None:
        return f"{name}_decile_{rule.decile_at_most}"
    if rule.rank_at_most is not None:
        return f"{name}_rank_{rule.rank_at_most}"
    return f"{name}_most_deprived_{float(rule.most_deprived or 0):.6g}"


def _summary(areas: FlaggedAreas, table: pl.DataFrame) -> pl.DataFrame:
    """Return a row per flag: how many areas it holds for, and why."""
    rows = [
        {
            "flag": name,
            "title": areas.flag_title(name),
            "flagged": int(table[name].sum()),
            "areas": table.height,
            "unknown": table[name].null_count(),
            "rule": areas.in_words(flag.when),
            "because_of": " ".join(dict.fromkeys(_because_of(areas, flag.when))),
        }
        for name, flag in areas.file.written.flags.items()
    ]
    return pl.DataFrame(rows)


def _because_of(areas: FlaggedAreas, rule: Rule) -> Iterator[str]:
    """Yield the columns of the table of areas that show why a flag is set."""
    for one in areas.rules_of(rule):
        if isinstance(one, OwnRank):
            yield f"{_column(one.measure)}_rank"
            for part in areas.ranked[one.measure].transformed:
                yield f"{_column(part)}_rank"
        elif isinstance(one, AreasWithin):
            yield _count_name(one)


def _notes(areas: FlaggedAreas, summary: pl.DataFrame) -> Iterator[str]:
    """Yield what a reader should know before using the flags."""
    for groups in areas.groups.values():
        yield from groups.notes
    for weights in areas.weights.values():
        yield from weights.notes
    number = len(areas.codes)
    for one in areas.ranked.values():
        if missing := int(np.isnan(one.rank).sum()):
            yield f"{missing:,} of {number:,} areas have no rank in {one.title}"
    within = [one.name for one in areas.file.references if one.wanted == "within"]
    for reference in dict.fromkeys(within):
        small = areas.of_build(reference)
        if missing := int(np.isnan(small.rank).sum()):
            yield (
                f"{missing:,} of {small.rank.size:,} small areas have no rank in {small.title}: "
                "they enter no average, and no count knows of them"
            )
    for title, unknown in summary.select("title", "unknown").iter_rows():
        if unknown:
            yield f"of {unknown:,} areas it is not known whether they are flagged as {title}"
