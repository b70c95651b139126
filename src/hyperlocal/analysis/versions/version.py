"""Versions of an index: a build, a published table, or one of them on the areas of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from hyperlocal.analysis.beside import ANY
from hyperlocal.analysis.measures import PARTS, Measure, measures
from hyperlocal.analysis.report import made_from
from hyperlocal.definition import Definition
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.pipeline import Results

SUMMARISED = (*PARTS, "supplementary")
ALL = (*SUMMARISED, "indicators")


@dataclass(frozen=True, eq=False)
class HeldResults(Results):
    """Ranks that no build left, in the shape of results: of a published table, for example.

    Parameters
    ----------
    folder
        Where they come from.
    table
        A row per area: ``area_code``, ``area_name``, and ``<id>_rank``, ``<id>_decile`` and, where
        it is known, ``<id>_score`` for each measure.
    described
        A definition of which the measures are nodes.
    numbers
        N of each measure.
    """

    table: pl.DataFrame
    described: Definition
    numbers: Mapping[str, int]

    @cached_property
    def areas(self) -> pl.DataFrame:
        """One row per area."""
        return self.table

    @cached_property
    def definition(self) -> Definition:
        """What the measures are nodes of."""
        return self.described

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """N of each measure."""
        return {"nodes": {name: {"n": number} for name, number in self.numbers.items()}}


@dataclass(frozen=True, eq=False)
class Version:
    """An index as it stood at one time.

    Parameters
    ----------
    label
        What it is called in the tables, such as the year.
    results
        Its ranks.
    about
        What it was read from.
    notes
        What a reader should know.
    """

    label: str
    results: Results
    about: Mapping[str, Any]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, results: Results, label: str = "") -> Version:
        """Take a finished index as a version; its folder names it where nothing else does."""
        return cls(label or results.folder.resolve().name, results, made_from(results))

    @property
    def built(self) -> bool:
        """Whether it was built, so that its data and its definition are known."""
        return not isinstance(self.results, HeldResults)

    @property
    def codes(self) -> pl.Series:
        """The codes of its areas."""
        return self.results.areas["area_code"]

    @property
    def geography(self) -> str:
        """The geography of its areas with the vintage; empty where that is not known."""
        name = self.results.definition.areas.geography
        return "" if name == ANY else name

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """All that its areas are ranked by, by id."""
        there = self.results.areas.columns
        found = measures(self.results, roles=ALL)
        return {one.id: one for one in found if f"{one.id}_rank" in there}


@dataclass(frozen=True, eq=False)
class Pair:
    """A measure of the old and of the new version."""

    old: Measure
    new: Measure

    @property
    def id(self) -> str:
        """The id in the new version, by which the tables call it."""
        return self.new.id


def pairs(
    old: Version, new: Version, match: Mapping[str, str], chosen: Sequence[str] = ()
) -> list[Pair]:
    """Return the measures that both versions have, in the order of the new one.

    Parameters
    ----------
    old, new
        The versions.
    match
        For measures of another id in the old version: that id, and the one in the new version.
    chosen
        The ids of the measures to compare; else the index, domains, sub-domains and what stands
        beside them.

    Raises
    ------
    ResultsError
        Where an id is unknown, or no measure is in both.
    """
    problems = [
        *_unknown(match, old, "--match"),
        *_unknown(match.values(), new, "--match"),
        *_unknown(chosen, new, "--measure"),
    ]
    before = {there: here for here, there in match.items()}
    problems += [
        Problem(f"--match names {', '.join(here)} for {there}", "name one")
        for there in before
        if len(here := [one for one, other in match.items() if other == there]) > 1
    ]
    if old.built and new.built:
        before.setdefault(new.results.definition.id, old.results.definition.id)
    wanted = chosen or [
        name for name, one in new.measures.items() if one.node.role in SUMMARISED or not new.built
    ]
    found = [
        Pair(old.measures[before.get(name, name)], new.measures[name])
        for name in wanted
        if name in new.measures and before.get(name, name) in old.measures
    ]
    lost = [name for name in chosen if name not in {pair.id for pair in found}]
    if (lost or not found) and not problems:
        said = (
            f"{', '.join(lost)} of {new.label} is not in {old.label}"
            if lost
            else "the versions have no measure in common"
        )
        problems.append(
            Problem(
                said,
                f"say which is which with --match OLD=NEW: {old.label} has "
                f"{', '.join(old.measures)}; {new.label} has {', '.join(new.measures)}",
            )
        )
    if problems:
        raise ResultsError(problems)
    return found


def _unknown(names: Any, version: Version, option: str) -> list[Problem]:
    known = ", ".join(version.measures)
    return [
        Problem(f"{version.label} ranks nothing called {name!r}", f"it has {known}", place=option)
        for name in names
        if name not in version.measures
    ]


def open_version(
    path: str | Path,
    label: str = "",
    columns: Mapping[str, Sequence[str]] | None = None,
    code: str = "",
) -> Version:
    """Open a version: a results folder, or the file of a published table.

    Parameters
    ----------
    path
        The folder or the file (CSV, Parquet, Excel, ODS).
    label
        What to call it; else the name of the folder or file.
    columns
        Of a file: measures by the ids that they get, each with the headings that its rank may have.
    code
        Of a file: the heading of the codes; else the first column that has another text in each
        row.

    Returns
    -------
    Version
        The areas with their rank, decile, score and N for each measure.

    Raises
    ------
    ResultsError
        Where there is neither.
    DataError
        Where a table cannot be read, has no ranks, or has ranks that cannot be right.
    """
    from hyperlocal.analysis.versions.published import read_published

    place = Path(path)
    if place.is_dir():
        return Version.of(Results.open(place), label)
    if not place.exists():
        raise ResultsError(
            Problem("is not there", "name a results folder or a published table", str(path))
        )
    return read_published(place, label, columns or {}, code)
