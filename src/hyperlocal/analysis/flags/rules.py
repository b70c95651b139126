"""The measures and rules of a file of flags, evaluated for every flagged area."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.flags.file import FlagFile
from hyperlocal.analysis.flags.models import (
    AreasWithin,
    AverageScore,
    Combined,
    Not,
    OtherFlag,
    OwnRank,
    RankConventions,
    Rule,
    Several,
    Threshold,
)
from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.measures import Measure, measures
from hyperlocal.analysis.populations import Populations
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.methods import (
    EXACT_CONSTANT,
    DecileRule,
    FloatArray,
    deciles,
    exponential_transform,
    most_deprived,
    rank_fraction,
    tie_ranks,
    weighted_sum,
)
from hyperlocal.methods.districts import weighted_average
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.evaluate import pick

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]


class Truth(NamedTuple):
    """What is known of a rule, for every area.

    Attributes
    ----------
    certain : numpy.ndarray of bool, shape (areas,)
        Whether it holds, whatever the missing scores may be.
    possible : numpy.ndarray of bool, shape (areas,)
        Whether it may hold.
    """

    certain: BoolArray
    possible: BoolArray


@dataclass(frozen=True, eq=False)
class Ranked:
    """Something that areas are ranked by.

    Parameters
    ----------
    title
        Its title.
    score, rank, decile
        One number per area; NaN where missing.
    number
        N, the number that ranks are counted among.
    rule
        How the ranking is cut.
    transformed
        Of a combined measure: the exponentially transformed rank of each part.
    """

    title: str
    score: FloatArray
    rank: FloatArray
    decile: FloatArray
    number: int
    rule: DecileRule
    transformed: Mapping[str, FloatArray] = field(default_factory=dict)

    def at(self, rows: IntArray) -> Ranked:
        """Return the same for areas in another order; the row -1 is missing."""
        score, rank, decile = (
            np.where(rows < 0, np.nan, values[rows])
            for values in (self.score, self.rank, self.decile)
        )
        return replace(self, score=score, rank=rank, decile=decile)

    def truth(self, threshold: Threshold) -> Truth:
        """Tell which areas are as deprived as a threshold asks."""
        if threshold.decile_at_most is not None:
            inside = self.decile <= threshold.decile_at_most
        elif threshold.rank_at_most is not None:
            inside = self.rank <= threshold.rank_at_most
        else:
            assert threshold.most_deprived is not None
            inside = most_deprived(self.rank, self.number, threshold.most_deprived, self.rule)
        return Truth(inside, inside | np.isnan(self.rank))


class Within(NamedTuple):
    """How many small areas of each flagged area are as deprived as asked.

    Attributes
    ----------
    inside, ranked, areas : numpy.ndarray of int, shape (areas,)
        The small areas that are, those that have a rank, and all.
    """

    inside: IntArray
    ranked: IntArray
    areas: IntArray


@dataclass(frozen=True, eq=False)
class FlaggedAreas:
    """The areas that are flagged, with the indices of a file of flags brought to them.

    Parameters
    ----------
    file
        The flags.
    results
        The finished indices by their names in the file.
    groups
        Of those of small areas: in which flagged area each lies.
    weights
        By measure that averages scores: what the small areas are weighed by.
    codes, names
        The areas.
    rows
        For each index the row of each flagged area among its areas (or groups); -1 where it has
        none.
    """

    file: FlagFile
    results: Mapping[str, Results]
    groups: Mapping[str, Groups]
    weights: Mapping[str, Populations]
    codes: pl.Series
    names: pl.Series
    rows: Mapping[str, IntArray]

    def node(self, reference: str) -> Measure:
        """Return the node of an index that a reference names; without one, the index."""
        index, _, node = reference.partition(".")
        results = self.results[index]
        return measures(results, [node or results.definition.root.id])[0]

    def title(self, reference: str) -> str:
        """Return what an index, a node or a measure is called."""
        name, _, node = reference.partition(".")
        written = self.file.written
        if name in written.measures:
            return written.measures[name].title or spoken(name)
        index = written.indices[name].title or self.results[name].definition.title
        if not node:
            return index
        title = self.node(reference).title
        return title if len(written.indices) == 1 else f"{title} of {index}"

    def flag_title(self, flag: str) -> str:
        """Return what a flag is called."""
        return self.file.written.flags[flag].title or spoken(flag)

    def of_build(self, reference: str) -> Ranked:
        """Return the ranking of an index or node for its own areas, as its build left it."""
        one = self.node(reference)
        rule = one.node.settings.conventions.deciles
        return Ranked(self.title(reference), one.score, one.rank, one.decile, one.number, rule)

    @cached_property
    def ranked(self) -> dict[str, Ranked]:
        """Everything that flagged areas are ranked by: indices, nodes and measures."""
        file, found = self.file, dict[str, Ranked]()

        def add(reference: str) -> Ranked:
            name = reference.partition(".")[0]
            measure = file.written.measures.get(name)
            if reference in found:
                pass
            elif measure is None:
                found[reference] = self.of_build(reference).at(self.rows[name])
            elif isinstance(measure, AverageScore):
                found[reference] = self._averaged(name, measure)
            else:
                parts = {part: add(part) for part in measure.combine}
                found[reference] = _combined(
                    self.title(name), measure, parts, file.conventions_of(name)
                )
            return found[reference]

        indices = [name for name in file.written.indices if not file.is_within(name)]
        named = [one.name for one in file.references if one.wanted == "ranked"]
        for reference in (*indices, *file.written.measures, *named):
            add(reference)
        return found

    def _averaged(self, name: str, measure: AverageScore) -> Ranked:
        """Average the scores of small areas, weighed by their populations, and rank them."""
        index = measure.average_score.partition(".")[0]
        one, groups = self.node(measure.average_score), self.groups[index]
        known = ~np.isnan(one.score[groups.area])
        area, group = groups.area[known], groups.group[known]
        weight = self.weights[name].of(one.node)[area] * groups.share[known]
        score = weighted_average(one.score[area], weight, group, len(groups))
        conventions = self.file.conventions_of(name)
        ranked = _rank(self.title(name), score, one.oriented(score), conventions)
        return ranked.at(self.rows[index])

    def within(self, rule: AreasWithin) -> Within:
        """Count the small areas of each flagged area that are as deprived as a rule asks."""
        index = rule.areas_within.partition(".")[0]
        groups, rows = self.groups[index], self.rows[index]
        one = self.of_build(rule.areas_within)

        def count(chosen: BoolArray) -> IntArray:
            held = np.bincount(groups.group[chosen[groups.area]], minlength=len(groups))
            return np.where(rows < 0, 0, held[rows])

        has_rank = ~np.isnan(one.rank)
        return Within(
            count(one.truth(rule).certain), count(has_rank), count(np.ones_like(has_rank))
        )

    def truth(self, rule: Rule) -> Truth:
        """Tell for which areas a rule holds."""
        if isinstance(rule, OwnRank):
            return self.ranked[rule.measure].truth(rule)
        if isinstance(rule, AreasWithin):
            return enough(self.within(rule), rule)
        if isinstance(rule, OtherFlag):
            return self.truth(self.file.written.flags[rule.flag].when)
        if isinstance(rule, Not):
            inner = self.truth(rule.rule)
            return Truth(~inner.possible, ~inner.certain)
        parts = [self.truth(part) for part in rule.rules]
        return Truth(
            np.sum([part.certain for part in parts], axis=0) >= rule.least,
            np.sum([part.possible for part in parts], axis=0) >= rule.least,
        )

    def rules_of(self, rule: Rule) -> Iterator[Rule]:
        """Yield a rule and all rules that it is made of, also those of other flags."""
        yield rule
        if isinstance(rule, OtherFlag):
            yield from self.rules_of(self.file.written.flags[rule.flag].when)
        elif isinstance(rule, Not):
            yield from self.rules_of(rule.rule)
        elif isinstance(rule, Several):
            for part in rule.rules:
                yield from self.rules_of(part)

    def in_words(self, rule: Rule) -> str:
        """Say a rule as it is read aloud."""
        if isinstance(rule, OwnRank):
            return _threshold_in_words(rule, self.ranked[rule.measure])
        if isinstance(rule, AreasWithin):
            share, number = rule.at_least_share, rule.at_least
            many = f"{number} small area{'' if number == 1 else 's'}"
            if share is not None:
                many = f"{_percent(share)} of its small areas"
            ranked = self.of_build(rule.areas_within)
            return f"with at least {many} {_threshold_in_words(rule, ranked)}"
        if isinstance(rule, OtherFlag):
            return f"flagged as {self.flag_title(rule.flag)}"
        if isinstance(rule, Not):
            return f"not ({self.in_words(rule.rule)})"
        said = [
            f"({self.in_words(part)})" if isinstance(part, Several) else self.in_words(part)
            for part in rule.rules
        ]
        if rule.of:
            return f"at least {rule.least} of {len(said)}: {'; '.join(said)}"
        return (" and " if rule.all else " or ").join(said)


def spoken(name: str) -> str:
    """Make a title of a name.

    Examples
    --------
    >>> spoken("left_behind")
    'Left behind'
    """
    return name.replace("_", " ").capitalize()


def enough(within: Within, rule: AreasWithin) -> Truth:
    """Tell where enough small areas are as deprived as asked.

    Parameters
    ----------
    within
        The small areas of each flagged area.
    rule
        How many are enough. Those without a rank may or may not be as deprived.

    Examples
    --------
    >>> rule = AreasWithin(areas_within="wimd", decile_at_most=1, at_least=2)
    >>> enough(Within(np.array([2, 1, 1]), np.array([4, 4, 3]), np.array([4, 4, 4])), rule)
    Truth(certain=array([ True, False, False]), possible=array([ True, False,  True]))
    """
    inside, ranked, areas = within
    if rule.at_least_share is None:
        needed = np.full(areas.shape, rule.at_least)
    else:
        share, most = rule.at_least_share, int(areas.max(initial=0))
        needed = np.array([math.ceil(share * number) for number in range(most + 1)])[areas]
    none = areas == 0
    return Truth((inside >= needed) & ~none, (inside + areas - ranked >= needed) | none)


def _rank(title: str, score: FloatArray, need: FloatArray, conventions: RankConventions) -> Ranked:
    """Rank scores; `need` is the same with a high value for more need."""
    ranks = tie_ranks(need)
    if ranks.number == 0:
        raise ResultsError(Problem(f"no area has a score in {title}", "see what it is made of"))
    rank = pick(ranks, conventions.published_ties)
    rule = conventions.deciles
    return Ranked(title, score, rank, deciles(rank, ranks.number, rule), ranks.number, rule)


def _combined(
    title: str, written: Combined, parts: Mapping[str, Ranked], conventions: RankConventions
) -> Ranked:
    """Add up exponentially transformed ranks, each times its weight, and rank the sums.

        S = Σ weight · X(rank),    X = −c ln(1 − R (1 − exp(−100/c))),    R = (N − rank + 1)/N

    Areas that are tied in a part are ranked by the conventions of the combination, whatever rank
    was published for them. Source: Oxford Consultants for Social Inclusion, technical report of
    the Wales Community Resilience Index, step 13.
    """
    stated = conventions.exponential
    constant = EXACT_CONSTANT if stated == "exact" else float(stated)
    transformed = {}
    for name, part in parts.items():
        ranks = tie_ranks(-part.rank)
        fraction = rank_fraction(
            pick(ranks, conventions.ties), ranks.number, part.number, conventions.rank_fraction
        )
        transformed[name] = exponential_transform(fraction, constant)
    score = weighted_sum(list(transformed.values()), list(written.combine.values()))
    one = _rank(title, score, score, conventions)
    return replace(one, transformed=transformed)


def _threshold_in_words(threshold: Threshold, ranked: Ranked) -> str:
    if threshold.decile_at_most is not None:
        last = threshold.decile_at_most
        said = "in decile 1" if last == 1 else f"in deciles 1 to {last}"
    elif threshold.rank_at_most is not None:
        said = f"at ranks 1 to {threshold.rank_at_most}"
    else:
        assert threshold.most_deprived is not None
        said = f"in the most deprived {_percent(threshold.most_deprived)}"
    inside = int(ranked.truth(threshold).certain.sum())
    return f"{said} ({inside:,} of {ranked.number:,}) by {ranked.title}"


def _percent(share: Fraction) -> str:
    return f"{float(100 * share):.6g}%"
