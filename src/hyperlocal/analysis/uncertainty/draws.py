"""The draws of a study: an index computed many times, each time with something varied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from hyperlocal.analysis.measures import Measure
from hyperlocal.analysis.uncertainty.counts import Counted, Resampling
from hyperlocal.analysis.uncertainty.design import Design
from hyperlocal.analysis.uncertainty.fit import refuse_misfits
from hyperlocal.analysis.uncertainty.variants import accepting, with_choice
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.methods import FloatArray, most_deprived, tie_ranks
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.computation import NodeResult, Variation
from hyperlocal.pipeline.evaluate import pick
from hyperlocal.pipeline.replay import Replay
from hyperlocal.progress import Progress, say_nothing

MOST_VARIANTS = 256
Levels = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Variant:
    """An index under one combination of choices, with the counts that it bears.

    Parameters
    ----------
    replay
        The index.
    fixed
        The nodes that no draw reaches, computed once.
    resampling
        Its counts, where they vary.
    """

    replay: Replay
    fixed: Mapping[str, NodeResult]
    resampling: Resampling | None


class VariedIndex:
    """A finished index with all that a design varies.

    Parameters
    ----------
    results
        The finished index.
    design
        What varies.
    report
        Called with what is being done, how many steps are done, and of how many.

    Raises
    ------
    ResultsError
        With all that does not fit the index: nothing varies, a node is unknown, no counts.
    DataError
        Where a combination of choices cannot be computed.
    """

    def __init__(
        self,
        results: Results,
        design: Design,
        report: Progress = say_nothing,
    ) -> None:
        self.design = design
        self.root = results.definition.root
        self.number = Measure(results, self.root).number
        self.replay = Replay.of(results, accepting(results.definition))
        self._counted: dict[tuple[str, str], Counted] = {}
        refuse_misfits(self.replay, design)
        self.spread = spread_of(self.replay, design)
        combinations = self._combinations()
        self.variants: dict[Levels, Variant] = {}
        for place, levels in enumerate(combinations):
            report("Preparing", place, len(combinations))
            self.variants[levels] = self._variant(levels)

    @cached_property
    def ranks(self) -> FloatArray:
        """The ranks with nothing varied; NaN where an area has none."""
        return self.ranks_of(self.replay.base)

    @property
    def parts_of_a_place(self) -> int:
        """Into how many parts ranks come: 2 where tied areas share their average rank."""
        return 2 if self.root.settings.conventions.published_ties == "average" else 1

    def ranks_of(self, found: Mapping[str, NodeResult]) -> FloatArray:
        """Return the ranks of an index that was computed, as they would be published."""
        score = found[self.root.id].score
        assert score is not None
        return pick(tie_ranks(score), self.root.settings.conventions.published_ties)

    def in_worst_tenth(self, ranks: FloatArray) -> NDArray[np.bool_]:
        """Tell which areas are in the most deprived tenth, by the rule of the index."""
        rule = self.root.settings.conventions.deciles
        return most_deprived(ranks, self.number, Fraction(1, 10), rule)

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Return the ranks of one draw: the choices are drawn first, then weights, then counts."""
        levels = tuple(int(rng.integers(len(one.values))) for one in self.design.choices.values())
        return self.compute(levels, rng, rng)

    def compute(
        self,
        levels: Levels,
        of_weights: np.random.Generator | None,
        of_counts: np.random.Generator | None,
    ) -> FloatArray:
        """Return the ranks under some choices, with weights and counts drawn where they vary."""
        variant = self.variants[levels]
        weights: dict[str, FloatArray] = {}
        if of_weights is not None:
            for name, (alpha, sizes) in self.spread.items():
                weights[name] = of_weights.dirichlet(alpha) * sizes
        variation = Variation(weights=weights)
        if variant.resampling is not None and of_counts is not None:
            variation = replace(variant.resampling.draw(of_counts), weights=weights)
        found = variant.replay.compute(variation, variant.fixed)
        return self.ranks_of(found)

    def _combinations(self) -> list[Levels]:
        sizes = [len(choice.values) for choice in self.design.choices.values()]
        number = int(np.prod(sizes)) if sizes else 1
        if number > MOST_VARIANTS:
            raise ResultsError(
                Problem(
                    f"the choices have {number:,} combinations, more than {MOST_VARIANTS}",
                    "vary fewer at once",
                )
            )
        return list(product(*(range(size) for size in sizes)))

    def _variant(self, levels: Levels) -> Variant:
        definition = self.replay.definition
        for choice, level in zip(self.design.choices.values(), levels, strict=True):
            definition = with_choice(definition, choice, choice.values[level])
        replay, counts = replace(self.replay, definition=definition), self.design.counts
        resampling = None if counts is None else Resampling(replay, counts, self._counted)
        varying = resampling.varies if resampling is not None else ()
        reached = replay.reached_by([*varying, *self.spread])
        fixed = {
            name: NodeResult(score=one.score, upward=one.upward)
            for name, one in replay.base.items()
            if name not in reached
        }
        # what is computed of the other nodes is large, and not needed again
        return Variant(replace(replay), fixed, resampling)


def spread_of(replay: Replay, design: Design) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return, for each node whose weights vary, the parameters of their distribution.

    They are those of the shares of a Dirichlet distribution, and what to multiply each share by:
    the sum of the weights, with the sign of each, since estimated weights can be negative.
    """
    if design.weights is None:
        return {}
    found: dict[str, tuple[FloatArray, FloatArray]] = {}
    for name in design.weights.nodes or (replay.definition.id,):
        weighing = replay.base[name].weighing
        assert weighing is not None
        sizes = np.abs(weighing.weights.astype(np.float64))
        shares = np.maximum(sizes / sizes.sum(), np.finfo(float).tiny)
        signs = np.where(weighing.weights < 0, -1.0, 1.0)
        found[name] = (design.weights.concentration * shares, sizes.sum() * signs)
    return found
