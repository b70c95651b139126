"""What the profiles of one kind of larger areas share: published numbers as arrays, made once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.districts import SUMMARIES
from hyperlocal.analysis.supplied import LargerAreas, OtherVersion
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.methods import FloatArray
from hyperlocal.present.citation import Credit, credit_for
from hyperlocal.present.profile.naming import title_of
from hyperlocal.present.words import Words

if TYPE_CHECKING:
    from hyperlocal.definition import ResolvedNode
    from hyperlocal.geography import Boundaries
    from hyperlocal.present.publication import Publication

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

TOLD = ("index", "domains", "supplementary")
NO_DISTRICTS = pl.DataFrame(schema={"measure": pl.String, "group_code": pl.String})


@dataclass(frozen=True, eq=False)
class Ground:
    """The published numbers that the profiles of one kind of larger areas are written from.

    Parameters
    ----------
    publication
        What is published.
    larger
        The larger areas.
    nodes
        What is told of: the index, its domains, and what stands beside it.
    domains
        Those that the index is directly made of.
    ranks, deciles, scores
        By the ids of nodes: one number per area, NaN where there is none.
    districts
        The published summaries of the groups, all nodes.
    summaries
        Which summaries there are, in order.
    then
        The version that changes are counted from, the first that was supplied; None without one.
    deciles_then
        The same as `deciles` in that version, as far as it has them.
    districts_then
        The published summaries of the groups in that version; no rows without.
    scales
        The published numbers that are counted in the groups; no rows without.
    """

    publication: Publication
    larger: LargerAreas
    nodes: tuple[ResolvedNode, ...]
    domains: tuple[ResolvedNode, ...]
    ranks: Mapping[str, FloatArray]
    deciles: Mapping[str, FloatArray]
    scores: Mapping[str, FloatArray]
    districts: pl.DataFrame
    summaries: tuple[str, ...]
    then: OtherVersion | None
    deciles_then: Mapping[str, FloatArray]
    districts_then: pl.DataFrame
    scales: pl.DataFrame

    @classmethod
    def of(cls, publication: Publication, larger_id: str) -> Ground:
        """Read the published tables.

        Raises
        ------
        ResultsError
            Where there are no such larger areas.
        """
        larger = larger_areas(publication, larger_id)
        areas = publication.table("areas").rows
        root = publication.results.definition.root
        there = [node for node in root.top_down() if f"{node.id}_rank" in areas.columns]
        nodes = tuple(node for node in there if node.role in TOLD)
        children = {child.id for child in root.children}
        districts = _rows(publication, f"districts_{larger_id}")
        held = [name for name in SUMMARIES if name in districts.columns]
        then = next((one for one in publication.versions if root.id in one.ranks), None)
        changes = publication.table(f"changes_{then.id}").rows if then else areas
        return cls(
            publication,
            larger,
            nodes,
            tuple(node for node in there if node.id in children),
            _columns(areas, nodes, "rank"),
            _columns(areas, nodes, "decile"),
            _columns(areas, nodes, "score"),
            districts,
            tuple(name for name in held if districts[name].is_not_null().any()),
            then,
            _columns(changes, nodes, "decile_then"),
            _rows(publication, f"districts_{larger_id}_{then.id}") if then else NO_DISTRICTS,
            _rows(publication, f"scales_{larger_id}"),
        )

    @property
    def root(self) -> ResolvedNode:
        """The index."""
        return self.publication.results.definition.root

    @property
    def words(self) -> Words:
        """What the index calls what it measures."""
        return Words.of(self.publication.results.definition)

    @property
    def names(self) -> pl.Series:
        """The name of each area, null where it has none."""
        return self.publication.table("areas").rows["area_name"]

    @property
    def codes(self) -> pl.Series:
        """The code of each area."""
        return self.publication.table("areas").rows["area_code"]

    @cached_property
    def credit(self) -> Credit:
        """How the index is to be cited, and its licence."""
        return credit_for(self.publication)

    @cached_property
    def boundaries(self) -> Boundaries | None:
        """The boundaries of all areas, in metres; None where there are none."""
        held = self.publication.boundaries
        return held.in_national_grid() if held else None

    @property
    def number(self) -> int:
        """How many areas are ranked by the index."""
        return int((~np.isnan(self.ranks[self.root.id])).sum())

    @cached_property
    def parents(self) -> list[tuple[LargerAreas, IntArray]]:
        """The kinds of larger areas that are larger than these, the smallest first.

        With the place there of each group: where most of its areas lie; -1 where they lie in none.
        """
        groups = self.larger.groups
        found = []
        for kind in self.publication.larger:
            if len(kind.groups) >= len(groups):
                continue
            inside = kind.of[groups.area]
            links = np.zeros((len(groups), len(kind.groups) + 1))
            np.add.at(links, (groups.group, inside), groups.share)  # -1 is the last: in none
            best = links.argmax(axis=1)
            found.append((kind, np.where(best == len(kind.groups), -1, best)))
        return found


def _rows(publication: Publication, name: str) -> pl.DataFrame:
    """Return the rows of a table of larger areas; none where it is not published."""
    return publication.table(name).rows if publication.has(name) else NO_DISTRICTS


def _columns(table: pl.DataFrame, nodes: Sequence[ResolvedNode], end: str) -> dict[str, FloatArray]:
    """Return the columns of a table with a row per area, by the ids of the nodes that have one."""
    named = {node.id: f"{node.id}_{end}" for node in nodes}
    return {
        name: table[column].cast(pl.Float64).fill_null(np.nan).to_numpy()
        for name, column in named.items()
        if column in table.columns
    }


def larger_areas(publication: Publication, larger_id: str) -> LargerAreas:
    """Return the larger areas of one kind.

    Raises
    ------
    ResultsError
        Where there are none that are called so.
    """
    known = {one.id: one for one in publication.larger}
    if not known:
        raise ResultsError(_none_known())
    if larger_id not in known:
        said = f"there are no larger areas called {larger_id!r}"
        remedy = f"there are {', '.join(known)}; for others name a lookup with --groups FILE:COLUMN"
        raise ResultsError(Problem(said, remedy))
    return known[larger_id]


def kinds_meant(publication: Publication, larger_id: str | None) -> tuple[LargerAreas, ...]:
    """Return the kinds of larger areas that are meant: the one that is named, else all.

    Raises
    ------
    ResultsError
        Where there are none, or none that are called so.
    """
    if larger_id is not None:
        return (larger_areas(publication, larger_id),)
    if not publication.larger:
        raise ResultsError(_none_known())
    return publication.larger


def _none_known() -> Problem:
    remedy = (
        "name a lookup: --districts FILE:COLUMN or --groups FILE:COLUMN, with the codes of the "
        "areas and of what they lie in"
    )
    return Problem("no larger areas are known", remedy)


@dataclass(frozen=True, eq=False)
class Group:
    """One group, with the areas that lie in it.

    Parameters
    ----------
    ground
        The published numbers.
    place
        Its place among the groups.
    rows
        The rows of its areas.
    share
        The share of each that lies in it.
    """

    ground: Ground
    place: int
    rows: IntArray
    share: FloatArray

    @classmethod
    def of(cls, ground: Ground, code: str) -> Group:
        """Take the group of a code."""
        groups = ground.larger.groups
        place = groups.codes.index_of(code)
        if place is None:
            raise ResultsError(Problem(f"there is no group {code!r} of {groups.by}"))
        inside = groups.group == place
        return cls(ground, place, groups.area[inside], groups.share[inside])

    @property
    def code(self) -> str:
        """Its code."""
        return str(self.ground.larger.groups.codes[self.place])

    @property
    def name(self) -> str:
        """Its name; its code where it has none."""
        return title_of(self.ground.larger.groups, self.place)

    @property
    def parted(self) -> bool:
        """Whether it holds parts of areas."""
        return bool((self.share < 1).any())

    def count(self, inside: BoolArray) -> float:
        """Add up its areas of which something is so, each with the share that lies in it."""
        return float(self.share[inside[self.rows]].sum())

    @property
    def areas(self) -> float:
        """How many of its areas are ranked."""
        return self.ranked(self.ground.root.id)

    def ranked(self, node: str) -> float:
        """How many of its areas are ranked by a node."""
        return self.count(~np.isnan(self.ground.ranks[node]))

    def named(self, rows: Sequence[int] | IntArray) -> list[str]:
        """Name areas by their rows, with their codes."""
        names, codes = self.ground.names, self.ground.codes
        said = [(names[int(row)], codes[int(row)]) for row in rows]
        return [f"{name} ({code})" if name and name != code else code for name, code in said]

    def summary(self, node: str) -> dict[str, Any]:
        """Return the published summaries of a node; empty where there are none."""
        found = self.ground.districts.filter(measure=node, group_code=self.code)
        return found.row(0, named=True) if found.height else {}
