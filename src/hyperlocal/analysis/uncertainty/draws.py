"""The draws of a study: an index computed many times, each time with something varied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np

from hyperlocal.analysis.uncertainty.counts import Counted, Resampling
from hyperlocal.analysis.uncertainty.design import Choice, Design
from hyperlocal.analysis.uncertainty.variants import varied
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.methods import FloatArray, tie_ranks
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.evaluate import NodeResult, Variation
from hyperlocal.pipeline.replay import Replay

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


class Varied:
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
        report: Callable[[str, int, int], None] = lambda what, done, of: None,
    ) -> None:
        self.design = design
        self.replay = Replay.of(results)
        self.root = results.definition.id
        self._counted: dict[tuple[str, str], Counted] = {}
        self._refuse()
        self.spread = _spread(self.replay, design)
        combinations = self._combinations()
        self.variants: dict[Levels, Variant] = {}
        for place, levels in enumerate(combinations):
            report("Preparing", place, len(combinations))
            self.variants[levels] = self._variant(levels)

    @cached_property
    def ranks(self) -> FloatArray:
        """The ranks with nothing varied; NaN where an area has none."""
        return tie_ranks(self._score(self.replay.base)).lowest

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
            for name, (alpha, total) in self.spread.items():
                weights[name] = of_weights.dirichlet(alpha) * total
        variation = Variation(weights=weights)
        if variant.resampling is not None and of_counts is not None:
            variation = replace(variant.resampling.draw(of_counts), weights=weights)
        found = variant.replay.compute(variation, variant.fixed)
        return tie_ranks(self._score(found)).lowest

    def _score(self, found: Mapping[str, NodeResult]) -> FloatArray:
        score = found[self.root].score
        assert score is not None
        return score

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
            definition = varied(definition, choice, choice.values[level])
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

    def _refuse(self) -> None:
        """Refuse a design that does not fit the index, all at once."""
        if not self.design.varies and not self.design.leave_out:
            raise ResultsError(
                Problem(
                    "the design varies nothing",
                    "state 'counts', 'weights', 'choices' or 'leave_out'",
                )
            )
        problems: list[Problem] = []
        definition = self.replay.definition
        if self.design.weights is not None:
            for name in self.design.weights.nodes:
                if name not in definition.by_id or not definition.by_id[name].children:
                    known = ", ".join(node.id for node in definition.nodes if node.children)
                    message = f"there is no node {name!r} whose children's weights could vary"
                    problems.append(Problem(message, f"known are: {known}"))
        for name, choice in self.design.choices.items():
            problems += self._of_choice(name, choice)
        if self.design.counts is not None:
            try:
                Resampling(self.replay, self.design.counts, self._counted)
            except ResultsError as error:
                problems += error.problems
        if problems:
            raise ResultsError(list(dict.fromkeys(problems)))

    def _of_choice(self, name: str, choice: Choice) -> list[Problem]:
        problems: list[Problem] = []
        definitions = []
        for value in choice.values:
            try:
                definitions.append(varied(self.replay.definition, choice, value))
            except ResultsError as error:
                problems += [
                    Problem(f"choices.{name}: {one.message}", one.remedy) for one in error.problems
                ]
        if not problems and all(one.root == definitions[0].root for one in definitions):
            problems.append(Problem(f"choices.{name}: its values are all the same to the index"))
        if choice.setting == "weights" and self.design.weights is not None and not problems:
            spread = self.design.weights.nodes or (self.replay.definition.id,)
            before = self.replay.definition.by_id
            problems += [
                Problem(
                    f"the weights below {one} vary around what is stated, and by choices.{name}",
                    "take one of them out",
                )
                for one in spread
                if any(each.by_id[one].scheme != before[one].scheme for each in definitions)
            ]
        return problems


def _spread(replay: Replay, design: Design) -> dict[str, tuple[FloatArray, float]]:
    """Return, for each node whose weights vary, the parameters of their distribution and sum."""
    if design.weights is None:
        return {}
    found: dict[str, tuple[FloatArray, float]] = {}
    for name in design.weights.nodes or (replay.definition.id,):
        weighing = replay.base[name].weighing
        assert weighing is not None
        weights = weighing.weights.astype(np.float64)
        total = float(weights.sum())
        shares = np.maximum(weights / total, np.finfo(float).tiny)
        found[name] = (design.weights.concentration * shares, total)
    return found
