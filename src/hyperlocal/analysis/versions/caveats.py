"""What two versions differ in besides their data, and how that is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.analysis.versions.carried import Carried
from hyperlocal.analysis.versions.version import Pair, Version
from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.effect import added_up, without_effect
from hyperlocal.definition.settings import Conventions, Treatment
from hyperlocal.geography.codes import counted
from hyperlocal.pipeline import Results

ONLY = "only in one version"
OF_WRITTEN = ("source", "date", "per", "counts")
NOT_COMPARED = {"input", "quality", "population", "conventions"}
SHOWN = 5
Row = tuple[str, str, str, str, str]
SCHEMA = {
    "node": pl.String,
    "role": pl.String,
    "what": pl.String,
    "old": pl.String,
    "new": pl.String,
}


def differences_table(old: Version, new: Version, match: Mapping[str, str]) -> pl.DataFrame:
    """List what the definitions of two builds differ in.

    Parameters
    ----------
    old, new
        The versions.
    match
        The ids of the new version for nodes that have another id in the old one.

    Returns
    -------
    polars.DataFrame
        ``node`` (its id in the new version, where it is there), ``role``, ``what`` differs, how it
        was in the ``old`` and how it is in the ``new`` version. Without a row where a version is a
        published table, of which nothing is known.
    """
    if not (old.built and new.built):
        return pl.DataFrame(schema=SCHEMA)
    before, after = old.results.definition, new.results.definition
    names = {after.id: before.id} | {there: here for here, there in match.items()}
    both = _Both(
        (before.root.settings.conventions, after.root.settings.conventions),
        (_weights(old.results), _weights(new.results)),
        added_up(after.root),
    )
    rows: list[Row] = []
    known = set()
    for node in after.root.top_down():
        name = names.get(node.id, node.id)
        known.add(name)
        if name in before.by_id:
            rows += both.differences(before.by_id[name], node)
        else:
            rows.append((node.id, node.role, ONLY, "", node.title))
    rows += [
        (node.id, node.role, ONLY, node.title, "")
        for node in before.root.top_down()
        if node.id not in known
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _weights(results: Results) -> dict[str, float]:
    return dict(results.weights.select("child", "weight").iter_rows())


@dataclass(frozen=True)
class _Both:
    """What holds for two definitions as a whole: conventions and weights; and added-up counts."""

    conventions: tuple[Conventions, Conventions]
    weights: tuple[Mapping[str, float], Mapping[str, float]]
    parts: frozenset[str]

    def differences(self, before: ResolvedNode, after: ResolvedNode) -> Iterator[Row]:
        """Yield what a node differs in."""
        pairs: list[tuple[str, Any, Any]] = [
            ("kind", before.written.kind, after.written.kind),
            ("title", before.title, after.title),
            *(
                (name, getattr(before.written, name, ""), getattr(after.written, name, ""))
                for name in OF_WRITTEN
            ),
            *(
                (name, getattr(before.settings, name), getattr(after.settings, name))
                for name in _settings(after, self.parts)
            ),
            *self._conventions(before, after),
        ]
        first, second = self.weights[0].get(before.id), self.weights[1].get(after.id)
        if first is not None and second is not None and not np.isclose(first, second, rtol=1e-9):
            pairs.append(("weight", f"{first:.6g}", f"{second:.6g}"))
        for what, one, other in pairs:
            if one != other:
                yield after.id, after.role, what, str(one or ""), str(other or "")

    def _conventions(
        self, before: ResolvedNode, after: ResolvedNode
    ) -> Iterator[tuple[str, Any, Any]]:
        """Yield the conventions of the index, and those of a node that differ otherwise."""
        here = before.settings.conventions, after.settings.conventions
        for name in Conventions.model_fields:
            pair = getattr(here[0], name), getattr(here[1], name)
            of_index = tuple(getattr(each, name) for each in self.conventions)
            if after.role == "index" or pair != of_index:
                yield name, *pair


def _settings(node: ResolvedNode, parts: frozenset[str]) -> Iterator[str]:
    """Yield the settings that have an effect at a node itself, not only on what is below it."""
    idle = {name for name, *_ in without_effect(node, node.id in parts)}
    if not node.is_indicator:
        idle |= set(Treatment.model_fields)
    if node.role == "indicators" and node.id not in parts:
        idle -= {"standardise"}  # composite indicators are standardised too
    yield from (one.name for one in fields(node.settings) if one.name not in idle | NOT_COMPARED)


def caveats(
    old: Version, new: Version, pairs: Sequence[Pair], carried: Carried, differences: pl.DataFrame
) -> list[str]:
    """Say plainly what stands in the way of comparing two versions.

    Parameters
    ----------
    old, new
        The versions.
    pairs
        The measures that are compared.
    carried
        The old version on the areas of the new one.
    differences
        What `differences_table` gives.
    """
    notes = [*old.notes, *new.notes, *_of_definitions(old, new, differences)]
    notes += _of_measures(old, new, pairs)
    notes += _of_areas(old, new, pairs, carried)
    return [*notes, *carried.notes]


def _of_definitions(old: Version, new: Version, differences: pl.DataFrame) -> Iterator[str]:
    published = [one.label for one in (old, new) if not one.built]
    if published:
        yield (
            f"{' and '.join(published)} {'is a' if len(published) == 1 else 'are'} published "
            f"table{'' if len(published) == 1 else 's'}: whether indicators, their sources and "
            "methods are the same is not known here; part of the change may be theirs"
        )
    only = differences.filter(pl.col("what") == ONLY)
    for label, other in ((old.label, "new"), (new.label, "old")):
        names = only.filter(pl.col(other) == "")["node"]
        if len(names):
            yield f"only in {label}: {_few(names)}"
    changed = differences.filter(pl.col("what") != ONLY)
    if changed.height:
        for what, table in changed.group_by("what", maintain_order=True):
            yield f"{what[0]} differs in {_few(table['node'])}"
    if differences.height:
        yield (
            "indicators or methods are not the same (table 'differences'): part of the change of "
            "ranks is theirs, not a change of need"
        )


def _areas(number: int) -> str:
    return counted(number, "area", "areas")


def _few(names: pl.Series) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names.head(SHOWN)) + more


def _of_measures(old: Version, new: Version, pairs: Sequence[Pair]) -> Iterator[str]:
    compared = {pair.new.id for pair in pairs}, {pair.old.id for pair in pairs}
    used = {pair.new.node.role for pair in pairs} | {pair.old.node.role for pair in pairs}
    for version, known in ((new, compared[0]), (old, compared[1])):
        left = [
            name
            for name, one in version.measures.items()
            if name not in known and (one.node.role in used) and one.node.role != "indicators"
        ]
        if left:
            yield f"not compared: {', '.join(left)} of {version.label}"
    for pair in pairs:
        rules = [one.node.settings.conventions.deciles for one in (pair.old, pair.new)]
        if rules[0] != rules[1]:
            yield (
                f"deciles of {pair.id} are cut by {rules[0]} in {old.label} and by {rules[1]} in "
                f"{new.label}: areas at the borders can move for that alone"
            )
    numbers = {(pair.old.number, pair.new.number) for pair in pairs}
    for before, after in sorted(numbers):
        if before != after:
            yield (f"ranks are of {before:,} areas in {old.label} and of {after:,} in {new.label}")


def _of_areas(old: Version, new: Version, pairs: Sequence[Pair], carried: Carried) -> Iterator[str]:
    kinds = dict(carried.boundary.value_counts().iter_rows())
    if changed := {kind: number for kind, number in kinds.items() if kind != "same"}:
        said = ", ".join(f"{number:,} {kind}" for kind, number in sorted(changed.items()))
        yield (
            f"of {len(new.codes):,} areas {kinds.get('same', 0):,} have the same boundary as in "
            f"{old.label}: {said}"
        )
    if carried.reranked:
        yield (
            f"ranks and deciles of {old.label} are those of its scores among the areas of "
            f"{new.label}; published_rank_old is what was published"
        )
    if len(carried.lost):
        yield (
            f"{_areas(len(carried.lost))} of {old.label} without an area in {new.label}: "
            f"{_few(carried.lost)}"
        )
    for pair in pairs:
        ranks = carried.version.measures[pair.old.id].rank, pair.new.rank
        for label, rank in zip((old.label, new.label), ranks, strict=True):
            missing = int(np.isnan(rank).sum())
            if missing:
                yield f"{_areas(missing)} without a rank of {label} in {pair.id}: not counted"
