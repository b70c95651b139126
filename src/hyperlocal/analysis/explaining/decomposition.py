"""The score of one area taken apart: what each domain and indicator brings, against others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.explaining.area import Area, find_area
from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.groups.mostly import main_groups
from hyperlocal.analysis.measures import Measure, column, rank_series
from hyperlocal.analysis.report import Report, made_from
from hyperlocal.definition import ResolvedNode
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.methods import FloatArray
from hyperlocal.methods.decomposition import pair_slopes, path_shares
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.replay import Replay

PLACES_IN = 100
"""A slope is measured over at least one in so many of the ranked areas."""

TEXTS = dict.fromkeys(("node", "title", "role", "parent", "unit"), pl.String)

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Reference:
    """Areas that one area is compared with.

    Parameters
    ----------
    key
        How its columns end: ``nation`` or ``group``.
    name
        What it is called.
    code
        Its code, where it is a group.
    rows
        Its areas that have a score, the area itself among them.
    unscored
        How many more areas it has, without a score.
    """

    key: str
    name: str
    code: str | None
    rows: Rows
    unscored: int

    def about(self) -> dict[str, Any]:
        """Return what it is, for the record of a report."""
        areas = {"areas": self.rows.size, "areas_without_score": self.unscored}
        return {"code": self.code, "name": self.name, **areas}


def decompose(
    results: Results, area: str, groups: Groups | None = None, replay: Replay | None = None
) -> Report:
    """Take the score of one area apart, against the mean of its nation and of its group.

    Parameters
    ----------
    results
        The finished index.
    area
        The code of the area, or its name.
    groups
        The groups that one is taken of, such as districts; without it, the nation alone.
    replay
        The index computed again, where it was before.

    Returns
    -------
    Report
        ``decomposition``: a row per node from the index down to the indicators.

    Raises
    ------
    ResultsError
        Where there is no such area, it has no score, or it lies in none of the groups.

    Notes
    -----
    The score is Σ w·X over the domains: ``points``. What the nodes below a domain bring is told
    against areas of reference r: the shares of `hyperlocal.methods.decomposition.path_shares`
    between the area and r, carried down from level to level, averaged over all r. At every level
    they add up to the score less the mean score of the areas of reference.
    """
    replay = replay or Replay.of(results)
    here = find_area(results, area)
    root = replay.definition.root
    score = score_of(replay, here)
    references = [_nation(score)]
    if groups is not None:
        references.append(group_of(here, groups, score))
    tops = {"": score}
    if root.settings.published_score == "transformed_rank":
        tops["published_"] = Measure(results, root).score
    against = {
        f"{kind}against_{each.key}": contributions(replay, here.row, each.rows, top)
        for kind, top in tops.items()
        for each in references
    }
    rows = [
        {**row, **{name: found[row["node"]] for name, found in against.items()}}
        for row in _rows(here, replay, references)
    ]
    about = {
        "results": made_from(results),
        "area": results.areas["area_code"][here.row],
        "references": {each.key: each.about() for each in references},
        **({"groups": groups.about()} if groups is not None else {}),
    }
    table = pl.DataFrame(rows, infer_schema_length=None, schema_overrides=TEXTS)
    numbers = [name for name, kind in table.schema.items() if kind == pl.Null]
    table = table.with_columns(
        pl.col(numbers).cast(pl.Float64), rank=rank_series(table["rank"].to_numpy())
    )
    return Report("explain", {"decomposition": table}, about, tuple(_notes(references, tops)))


def contributions(
    replay: Replay, row: int, references: Rows, top: FloatArray | None = None
) -> dict[str, float]:
    """Return what each node brings to the score of an area, against the mean of others.

    Parameters
    ----------
    replay
        The index.
    row
        The row of the area, which has a score.
    references
        The rows of the areas that it is compared with, which all have one.
    top
        What is taken apart where it is not the combined score, but rises with it: the published
        score, one per area.

    Returns
    -------
    dict
        By node: in points of the score, positive where the area is in more need for it. The
        children of a node add up to the node, and the index is the score less the mean score.
    """
    pairs = _Pairs(replay, row, references)
    root = replay.definition.root
    score = replay.base[root.id].score
    assert score is not None
    pairs.descend(root, score if top is None else top, np.ones(references.size))
    return pairs.found


@dataclass(frozen=True, eq=False)
class _Pairs:
    """The pairs of one area and each area that it is compared with."""

    replay: Replay
    row: int
    references: Rows
    found: dict[str, float] = field(default_factory=dict)

    def descend(self, node: ResolvedNode, upward: FloatArray, factor: FloatArray) -> None:
        """Take apart what a node brings, which is `factor` times how far it is from the others."""
        change = self.difference(upward)
        self.found[node.id] = float((factor * change).mean())
        if node.is_indicator:
            return
        result = self.replay.base[node.id]
        assert result.score is not None
        assert result.weighing is not None
        weights = result.weighing.weights.astype(float)
        below = [self.upward(child) for child in node.children]
        moved = weights[:, None] * np.array([self.difference(values) for values in below])
        if upward is result.score:  # it goes up as it is: a slope of 1
            rise = run = np.abs(moved).sum(axis=0)
        else:
            places = int(np.count_nonzero(~np.isnan(result.score))) // PLACES_IN
            rise, run = pair_slopes(result.score, upward, self.row, self.references, places)
        shares = path_shares(moved, change, rise, run)
        for place, child in enumerate(node.children):
            self.descend(child, below[place], factor * shares[place] * weights[place])

    def upward(self, node: ResolvedNode) -> FloatArray:
        upward = self.replay.base[node.id].upward
        assert upward is not None
        return upward

    def difference(self, values: FloatArray) -> FloatArray:
        doubled: FloatArray = values.astype(float, copy=False)
        difference: FloatArray = doubled[self.row] - doubled[self.references]
        return difference


def score_of(replay: Replay, area: Area) -> FloatArray:
    """Return the combined score of all areas; refuse an area that has none."""
    root = replay.definition.root
    score = replay.base[root.id].score
    assert score is not None
    if np.isnan(score[area.row]):
        code = area.results.areas["area_code"][area.row]
        raise ResultsError(
            Problem(
                f"{code} has no score in {root.id}, for want of values",
                "explain it without options to see which are missing",
                str(area.results.folder),
            )
        )
    return score


def group_of(area: Area, groups: Groups, score: FloatArray) -> Reference:
    """Return the group that an area lies in, or that most of it lies in where it is shared out.

    Parameters
    ----------
    area
        The area.
    groups
        The groups.
    score
        The score of every area; NaN where missing.

    Raises
    ------
    ResultsError
        Where it lies in none.
    """
    place, code, name = main_groups(groups, score.size).row(area.row)
    if place is None:
        code = area.results.areas["area_code"][area.row]
        remedy = f"put it into one: --override {code}=GROUP"
        raise ResultsError(Problem(f"{code} lies in no group", remedy, groups.by))
    members = np.unique(groups.area[groups.group == place])
    scored = members[~np.isnan(score[members])]
    return Reference("group", name or code, code, scored, members.size - scored.size)


def as_lines(report: Report) -> Iterator[str]:
    """Write a decomposition as a tree.

    Parameters
    ----------
    report
        What `decompose` returned.

    Yields
    ------
    str
        One line each, the index first.
    """
    table = report.tables["decomposition"]
    references = report.about["references"]
    titles = ["  " * row["level"] + row["title"] for row in table.iter_rows(named=True)]
    columns = {
        "": titles,
        "weight": [_number(weight, ".4f") for weight in table["weight"]],
        "value": [_number(value, ",.6g") for value in table["value"]],
        "rank": [_number(rank, ",") for rank in table["rank"]],
        "points": [_number(points, ".4f") for points in table["points"]],
    }
    for key, each in references.items():
        columns[f"against {each['name']}"] = [_number(n, "+.4f") for n in table[f"against_{key}"]]
    widths = [max(map(len, (name, *cells))) for name, cells in columns.items()]
    for cells in (tuple(columns), *zip(*columns.values(), strict=True)):
        first, *others = zip(cells, widths, strict=True)
        line = f"{first[0]:<{first[1]}}  " + "  ".join(f"{cell:>{width}}" for cell, width in others)
        yield line.rstrip()
    yield ""
    for key, each in references.items():
        yield (
            f"The mean score of {each['name']} is {table[f'{key}_points'][0]:.4f}, over "
            f"{each['areas']:,} areas."
        )


def _number(number: float | None, how: str) -> str:
    return "" if number is None else f"{number:{how}}"


def _nation(score: FloatArray) -> Reference:
    rows = np.flatnonzero(~np.isnan(score))
    return Reference("nation", "all areas", None, rows, score.size - rows.size)


def _rows(area: Area, replay: Replay, references: list[Reference]) -> Iterator[dict[str, Any]]:
    """Yield what is known of each node: its place in the tree, its numbers and the means."""

    def walk(
        node: ResolvedNode, level: int, parent: str | None, weight: float | None
    ) -> Iterator[dict[str, Any]]:
        result = replay.base[node.id]
        values = value_of(area.results, node) if node.is_indicator else None
        points: Mapping[str, float] | None = None
        raised = result.score if weight is None else result.upward
        assert raised is not None
        if level < 2:
            points = _at(
                raised.astype(float) * (1.0 if weight is None else weight), area.row, references
            )
        yield {
            "node": node.id,
            "title": node.title,
            "role": node.role,
            "level": level,
            "parent": parent,
            "weight": weight,
            "unit": node.written.unit or None,
            "rank": area.value(node, "rank"),
            "upward": None if weight is None else _or_none(float(raised[area.row])),
            **_columns("value", _at(values, area.row, references), references),
            **_columns("points", points, references),
        }
        if node.is_indicator:
            return
        assert result.weighing is not None
        for child, share in zip(node.children, result.weighing.weights, strict=True):
            yield from walk(child, level + 1, node.id, float(share))

    yield from walk(replay.definition.root, 0, None, None)


def value_of(results: Results, node: ResolvedNode) -> FloatArray:
    """Return the values of an indicator that its score was made of: shrunk where they are."""
    shrunk = f"{node.id}_shrunk" in results.areas.columns
    return column(results, f"{node.id}_{'shrunk' if shrunk else 'value'}")


def _at(
    values: FloatArray | None, row: int, references: list[Reference]
) -> dict[str, float] | None:
    """Return the value of an area and its mean in each reference, over what is not missing."""
    if values is None:
        return None
    found = {"": float(values[row])}
    for each in references:
        there = values[each.rows].astype(float)
        there = there[~np.isnan(there)]
        found[f"{each.key}_"] = float(there.mean()) if there.size else np.nan
    return found


def _columns(
    name: str, found: Mapping[str, float] | None, references: list[Reference]
) -> dict[str, float | None]:
    begins = ["", *(f"{each.key}_" for each in references)]
    return {f"{one}{name}": None if found is None else _or_none(found[one]) for one in begins}


def _or_none(number: float) -> float | None:
    return None if np.isnan(number) else number


def _notes(references: list[Reference], tops: Mapping[str, FloatArray]) -> Iterator[str]:
    for each in references:
        if each.unscored:
            said = "area has" if each.unscored == 1 else "areas have"
            yield f"{each.unscored:,} more {said} no score in {each.name}: not in its mean"
    if len(tops) > 1:
        yield (
            "the index publishes transformed ranks: points and what nodes bring are of the "
            "combined score that was ranked; of the published one in the columns published_*"
        )
