"""Where each area would stand if its own data alone were other ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.effect import added_up, standardisation
from hyperlocal.definition.nodes import Mean
from hyperlocal.indicators import REGISTRY, Measured
from hyperlocal.methods import (
    FloatArray,
    Shrinkage,
    exponential_transform,
    normal_scores_of_ranks,
    rank_fraction,
    weighted_sum,
)
from hyperlocal.pipeline.computation import NodeResult
from hyperlocal.pipeline.evaluate import constant_of, input_columns, oriented_values
from hyperlocal.pipeline.replay import Replay

Columns = Mapping[str, Mapping[str, FloatArray]]


class Placed(NamedTuple):
    """Where each area would stand at a node.

    Attributes
    ----------
    score : numpy.ndarray, shape (areas,)
        The score that it would be ranked by, high is more need; NaN where it has none.
    rank : numpy.ndarray, shape (areas,)
        The rank that would be published, 1 the most need.
    """

    score: FloatArray
    rank: FloatArray


class AmongOthers(NamedTuple):
    """The places of areas of which each is put alone among the others.

    Attributes
    ----------
    lowest, highest : numpy.ndarray of float64, shape (areas,)
        The first and the last of the places that it shares with those it is tied with.
    number : numpy.ndarray of int, shape (areas,)
        How many areas are then ranked, itself included.
    tied_with : numpy.ndarray of int, shape (areas,)
        The position of an area that had this very score before (it may be the area itself), -1
        where none had.
    """

    lowest: FloatArray
    highest: FloatArray
    number: NDArray[np.int64]
    tied_with: NDArray[np.int64]

    def pick(self, ties: str) -> FloatArray:
        """Return the rank that a convention gives to tied areas."""
        return (self.lowest + self.highest) / 2 if ties == "average" else self.lowest


def place_alone(replay: Replay, columns: Columns) -> dict[str, Placed]:
    """Place every area as if it alone had other data.

    Parameters
    ----------
    replay
        The index, with the columns that all other areas keep.
    columns
        For each indicator concerned its other columns, one number per area; NaN where missing.
        Indicators that are not named keep theirs.

    Returns
    -------
    dict
        For each ranked node by its id the score and the rank of every area.

    Notes
    -----
    For area i at every node, children before their parents:

        value      measured from its other columns; shrunk with the weight that its own numbers
                   have against the M and t² that its larger area has with the columns of `replay`
        rank       1 + the number of other areas with a greater score, which are held as they are
        upward     the normal score, z-score or exponential transformation of that rank
        combined   the weighted sum, with the weights that `replay` has

    It takes one sort per node for all areas, where computing the index again takes a run for each
    area. What it neglects is that area i moves the others: each by at most one place at a node,
    those of its larger area also by what its numbers do to M and t², and estimated weights.
    """
    definition, base = replay.definition, replay.base
    parts = added_up(definition.root)
    made: dict[str, NodeResult] = {}
    placed: dict[str, Placed] = {}
    with np.errstate(invalid="ignore", divide="ignore"):
        for node in definition.nodes:
            if not node.is_indicator:
                score = _combined(node, base[node.id], made)
            elif _reached(node, columns):
                score = _measured(node, replay, {**replay.columns, **columns}, made)
            elif node.id in parts:
                made[node.id] = base[node.id]
                continue
            else:
                score = _score_of(base[node.id])
            if node.id in parts:
                continue
            before = _score_of(base[node.id])
            places = among_others(score, before)
            made[node.id] = NodeResult(
                score=score, upward=_upward(node, score, places, base[node.id], replay)
            )
            rank = places.pick(node.settings.conventions.published_ties)
            placed[node.id] = Placed(score, rank)
    return placed


def among_others(score: FloatArray, others: FloatArray) -> AmongOthers:
    """Rank each area by a score of its own among the scores that the other areas have.

    Parameters
    ----------
    score : numpy.ndarray, shape (areas,)
        The score that each area is placed with; NaN = not placed.
    others : numpy.ndarray, shape (areas,)
        The scores that the areas have; that of the area itself does not count.

    Returns
    -------
    AmongOthers
        Places, 1 = the highest score; NaN where the score is missing.

    Examples
    --------
    >>> places = among_others(np.array([4.0, 4.0, 4.0]), np.array([1.0, 3.0, 5.0]))
    >>> places.lowest
    array([2., 2., 1.])
    >>> places.number
    array([3, 3, 3])
    """
    missing, there = np.isnan(score), ~np.isnan(others)
    order = np.argsort(others)[: np.count_nonzero(there)]  # NaN is sorted to the end
    ordered = others[order]
    first = np.searchsorted(ordered, score, "left")
    after = np.searchsorted(ordered, score, "right")
    above = ordered.size - after - (others > score)
    at_least = ordered.size - first - (others >= score)
    number = ordered.size - there + ~missing
    tied = (after > first) & ~missing
    return AmongOthers(
        np.where(missing, np.nan, above + 1.0),
        np.where(missing, np.nan, at_least + 1.0),
        number.astype(np.int64),
        np.where(tied, order[np.where(tied, first, 0)], -1),
    )


def _reached(node: ResolvedNode, columns: Columns) -> bool:
    return node.id in columns or any(child.id in columns for child in node.children)


def _score_of(result: NodeResult) -> FloatArray:
    assert result.score is not None
    return result.score


def _single(node: ResolvedNode) -> bool:
    return node.settings.conventions.arithmetic == "single"


def _combined(node: ResolvedNode, before: NodeResult, made: Mapping[str, NodeResult]) -> FloatArray:
    """Add up what goes up from the children, with the weights that the index has."""
    assert before.weighing is not None
    precision = np.float32 if _single(node) else np.float64
    children = []
    for child in node.children:
        upward = made[child.id].upward
        assert upward is not None
        children.append(upward.astype(precision, copy=False))
    return weighted_sum(children, before.weighing.weights)


def _measured(
    node: ResolvedNode, replay: Replay, columns: Columns, made: dict[str, NodeResult]
) -> FloatArray:
    """Return the oriented value of each area from its own other columns."""
    kind = REGISTRY[node.written.kind]
    measured = kind.measure(node, input_columns(node, columns, made))
    values = measured.value
    made[node.id] = NodeResult(columns={"value": values})
    if kind.shrink is not None and node.settings.shrink_to != "none":
        own = input_columns(node, replay.columns, replay.base)
        values = _shrunk(node, measured, kind.measure(node, own), replay)
    oriented = oriented_values(node, values)
    before = replay.base[node.id].score
    if before is None:  # a count that is added up
        return oriented
    # to the last bit: an area whose numbers did not change stays tied with those it was tied with
    return np.where(_unchanged(node, replay.columns, columns), before, oriented)


def _unchanged(node: ResolvedNode, before: Columns, after: Columns) -> NDArray[np.bool_]:
    """Return where none of the columns that a node is measured from differs."""
    same = [
        (before[one.id][purpose] == values) | (np.isnan(before[one.id][purpose]) & np.isnan(values))
        for one in (node, *node.children)
        for purpose, values in after[one.id].items()
    ]
    unchanged: NDArray[np.bool_] = np.logical_and.reduce(same)
    return unchanged


def _shrunk(node: ResolvedNode, measured: Measured, before: Measured, replay: Replay) -> FloatArray:
    """Shrink each area's own value to what its larger area was before."""
    kind, written = REGISTRY[node.written.kind], node.written
    assert kind.shrink is not None
    larger = replay.population.larger[node.settings.shrink_to]
    whole = kind.shrink(node, before, larger)
    if isinstance(written, Mean) and "sample_size" in before.behind:
        deviation = np.sqrt(_largest(whole.variance * before.behind["sample_size"])) * written.per
        # learnt from all areas, so not from what one area alone has
        node = replace(node, written=written.model_copy(update={"standard_deviation": deviation}))
    own = kind.shrink(node, measured, larger)
    weight = whole.between_variance / (whole.between_variance + own.variance)
    weight = np.where(np.isnan(whole.between_variance) | (own.variance == 0), 1.0, weight)
    weight = np.where(np.isnan(own.estimate), 0.0, weight)
    own = replace(own, weight=weight, larger_estimate=whole.larger_estimate)
    shrunk = own.back(own.posterior_mean)
    shrunk = np.where(_without_value(node, measured, own), np.nan, shrunk)
    values = shrunk.astype(measured.value.dtype, copy=False)
    return values * values.dtype.type(getattr(written, "per", 1.0))


def _largest(numbers: FloatArray) -> float:
    finite = numbers[np.isfinite(numbers)]
    return float(finite.max()) if finite.size else 1.0


def _without_value(node: ResolvedNode, measured: Measured, own: Shrinkage) -> NDArray[np.bool_]:
    """Return where an area stays without a value: its numbers are missing."""
    if node.settings.zero_denominator != "larger_area":
        return np.isnan(measured.value)
    return np.isnan(own.variance)


def _upward(
    node: ResolvedNode, score: FloatArray, places: AmongOthers, before: NodeResult, replay: Replay
) -> FloatArray | None:
    """Return what goes up from a node; None from the root."""
    if node.role == "index":
        return None
    settings, conventions = node.settings, node.settings.conventions
    method = standardisation(node)
    if settings.transform == "exponential":
        stated = conventions.n
        rank = places.pick(conventions.ties).astype(score.dtype, copy=False)

        def transformed(chosen: FloatArray, number: int) -> FloatArray:
            total = number + replay.population.counted if stated == "ranked" else int(stated)
            fraction = rank_fraction(chosen, number, total, conventions.rank_fraction)
            return exponential_transform(fraction, constant_of(node))

        upward = _by_number(rank, places.number, transformed)
    elif method == "normal_scores":

        def scored(chosen: FloatArray, number: int) -> FloatArray:
            return normal_scores_of_ranks(chosen, number, conventions.normal_scores)

        upward = _by_number(places.pick("average"), places.number, scored)
    elif method == "z_scores":
        upward = _z_scores(score, _score_of(before))
    else:
        upward = score
    if method != "none" and settings.missing_values == "neutral":
        upward = np.nan_to_num(upward, nan=0.0)
    if before.upward is not None:  # who is tied goes up tied, to the last bit
        upward = np.where(places.tied_with < 0, upward, before.upward[places.tied_with])
    return upward.astype(score.dtype, copy=False)


def _by_number(
    rank: FloatArray,
    number: NDArray[np.int64],
    compute: Callable[[FloatArray, int], FloatArray],
) -> FloatArray:
    """Compute from ranks among different numbers of areas, of which there are at most three."""
    result = np.full(rank.shape, np.nan, dtype=rank.dtype)
    for one in np.unique(number[~np.isnan(rank)]):
        here = (number == one) & ~np.isnan(rank)
        result[here] = compute(rank[here], int(one))
    return result


def _z_scores(score: FloatArray, others: FloatArray) -> FloatArray:
    """Standardise each area's score by the mean and deviation of it and the others' scores."""
    there = ~np.isnan(others)
    center = others[there].mean(dtype=np.float64)
    old = np.where(there, others - center, 0.0).astype(np.float64)
    new = score.astype(np.float64) - center
    number = there.sum() - there + 1
    mean = (old.sum() - old + new) / number
    variance = ((old**2).sum() - old**2 + new**2) / number - mean**2
    return np.asarray((new - mean) / np.sqrt(variance))
