"""How domains of need coincide: in the worst decile together, and in the order of areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.measures import Measure, measures
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.methods import FloatArray, most_deprived, rank_correlations
from hyperlocal.methods.coincidence import (
    expected_set_counts,
    false_discovery_rates,
    pair_coincidence,
    poisson_binomial,
    set_counts,
)
from hyperlocal.pipeline import Results

BoolArray = NDArray[np.bool_]

JOINED = " + "
MOST_DOMAINS = 12
"""Up to so many domains all sets of them are listed: 4,083 of 12 domains."""
LARGEST_SET = 3
"""The size of the largest sets that are listed of more domains."""


@dataclass(frozen=True, eq=False)
class Worst:
    """Which areas are in the worst share of which domain.

    Parameters
    ----------
    domains
        The domains.
    inside
        Whether an area is in the worst share of a domain, shape (areas, domains).
    complete
        Whether an area has a rank in every domain; the others take no part.
    """

    domains: tuple[Measure, ...]
    inside: BoolArray
    complete: BoolArray

    @cached_property
    def taking_part(self) -> BoolArray:
        """Whether an area is in the worst of a domain, of the areas that take part."""
        return self.inside[self.complete]

    @property
    def number(self) -> int:
        """How many areas take part."""
        return int(self.complete.sum())

    @property
    def ids(self) -> list[str]:
        """The ids of the domains."""
        return [one.id for one in self.domains]

    @cached_property
    def areas(self) -> NDArray[np.int64]:
        """How many areas are in the worst share of each domain."""
        return np.asarray(self.taking_part.sum(axis=0))

    @property
    def shares(self) -> FloatArray:
        """The share of areas that is in the worst share of each domain."""
        return self.areas / max(self.number, 1)


def domains_of(results: Results) -> list[Measure]:
    """Return the domains of an index: what it is directly made of.

    Parameters
    ----------
    results
        The finished index.

    Raises
    ------
    ResultsError
        Where there is only one, which can coincide with nothing.
    """
    root = results.definition.root
    names = [child.id for child in root.children]
    if len(names) < 2:
        raise ResultsError(
            Problem(
                f"{root.id} is made of {names[0] if names else 'nothing'} alone, and one domain "
                "can coincide with no other",
                "take an index of two domains or more",
                str(results.folder),
            )
        )
    return measures(results, names)


def worst(domains: Sequence[Measure], share: Fraction) -> Worst:
    """Tell which areas are in the worst share of each domain.

    Parameters
    ----------
    domains
        The domains.
    share
        The share, above 0 and at most 1; a tenth gives the published decile 1.

    Raises
    ------
    ResultsError
        Where no area has a rank in every domain.
    """
    lacks = np.isnan(np.column_stack([one.rank for one in domains]))
    complete = np.asarray(~lacks.any(axis=1))
    if not complete.any():
        raise ResultsError(
            Problem(
                "no area has a rank in every domain",
                "build the index with a policy for 'missing_values'",
                str(domains[0].results.folder),
            )
        )
    inside = np.column_stack([in_worst(one, share) for one in domains])
    return Worst(tuple(domains), inside, complete)


def in_worst(measure: Measure, share: Fraction) -> BoolArray:
    """Tell which areas are in the worst share of a measure, by its own rule for deciles."""
    rule = measure.node.settings.conventions.deciles
    return most_deprived(measure.rank, measure.number, share, rule)


def areas_columns(found: Worst) -> dict[str, pl.Series]:
    """Return, for each area, in the worst share of how many domains it is, and of which.

    Both are null where the area lacks a rank in a domain.
    """
    counted = pl.Series(found.inside.sum(axis=1), dtype=pl.Int32)
    frame = pl.DataFrame(dict(zip(found.ids, found.inside.T, strict=True)))
    names = frame.select(
        pl.concat_str(
            [pl.when(pl.col(name)).then(pl.lit(name)) for name in found.ids],
            separator=JOINED,
            ignore_nulls=True,
        ).alias("which")
    )["which"]
    kept = pl.DataFrame({"worst": counted, "worst_domains": names}).with_columns(
        pl.when(pl.Series(found.complete)).then(pl.all())
    )
    return {name: kept[name] for name in kept.columns}


def counts_table(found: Worst) -> pl.DataFrame:
    """Return how many areas are in the worst share of 0, 1, 2, … domains, against chance.

    Parameters
    ----------
    found
        Which areas are in the worst share of which domain.

    Returns
    -------
    polars.DataFrame
        A row per number of ``domains``: ``areas``, ``expected`` if the domains were independent,
        ``ratio``, and the same for so many domains or more (``or_more``, ``expected_or_more``,
        ``ratio_or_more``).
    """
    size = len(found.domains)
    areas = np.bincount(found.taking_part.sum(axis=1), minlength=size + 1)
    expected = found.number * poisson_binomial(found.shares)
    more, expected_more = areas[::-1].cumsum()[::-1], expected[::-1].cumsum()[::-1]
    return pl.DataFrame(
        {
            "domains": np.arange(size + 1),
            "areas": areas,
            "expected": expected,
            "ratio": _ratio(areas, expected),
            "or_more": more,
            "expected_or_more": expected_more,
            "ratio_or_more": _ratio(more, expected_more),
        }
    ).with_columns(pl.selectors.float().fill_nan(None))


def pairs_table(found: Worst) -> pl.DataFrame:
    """Return how often each pair of domains coincides, against chance.

    Parameters
    ----------
    found
        Which areas are in the worst share of which domain.

    Returns
    -------
    polars.DataFrame
        A row per pair, the highest ratio first: ``first``, ``second``, the areas in the worst of
        each (``first_areas``, ``second_areas``) and in ``both``, ``expected`` by chance,
        ``ratio``, the two-sided ``p`` and its ``q`` over the pairs.
    """
    one, other = np.triu_indices(len(found.domains), 1)
    inside = found.taking_part.astype(np.float64)
    both = (inside.T @ inside)[one, other]
    chance = pair_coincidence(found.areas[one], found.areas[other], both, found.number)
    ids = np.array(found.ids)
    table = pl.DataFrame(
        {
            "first": ids[one],
            "second": ids[other],
            "first_areas": found.areas[one],
            "second_areas": found.areas[other],
            "both": both.astype(np.int64),
            "expected": chance.expected,
            "ratio": _ratio(both, chance.expected),
            "p": chance.p,
            "q": false_discovery_rates(chance.p),
        }
    ).with_columns(pl.selectors.float().fill_nan(None))
    return table.sort("ratio", descending=True, nulls_last=True, maintain_order=True)


def sets_table(found: Worst) -> pl.DataFrame:
    """Return how often sets of domains coincide, against chance.

    Parameters
    ----------
    found
        Which areas are in the worst share of which domain.

    Returns
    -------
    polars.DataFrame
        A row per set of two domains or more (of more than 12 domains: of two or three): ``set``,
        ``size``, the areas in all of these, and perhaps in others (``at_least``, ``expected``,
        ``ratio``), and in none but these (``exactly``, ``expected_exactly``, ``ratio_exactly``);
        small sets first, and the most frequent first.
    """
    size = len(found.domains)
    largest = size if size <= MOST_DOMAINS else LARGEST_SET
    chosen = [one for many in range(2, largest + 1) for one in combinations(range(size), many)]
    sets = np.zeros((len(chosen), size), np.bool_)
    for row, one in enumerate(chosen):
        sets[row, list(one)] = True
    counted = set_counts(found.taking_part, sets)
    expected, expected_exactly = expected_set_counts(found.shares, sets, found.number)
    table = pl.DataFrame(
        {
            "set": [JOINED.join(found.ids[place] for place in one) for one in chosen],
            "size": sets.sum(axis=1),
            "at_least": counted.at_least,
            "expected": expected,
            "ratio": _ratio(counted.at_least, expected),
            "exactly": counted.exactly,
            "expected_exactly": expected_exactly,
            "ratio_exactly": _ratio(counted.exactly, expected_exactly),
        }
    ).with_columns(pl.selectors.float().fill_nan(None))
    return table.sort("size", "at_least", descending=[False, True], maintain_order=True)


def correlations_table(chosen: Sequence[Measure]) -> pl.DataFrame:
    """Return the rank correlation (Spearman's) of each pair of measures.

    Parameters
    ----------
    chosen
        The measures.

    Returns
    -------
    polars.DataFrame
        A row per pair: ``first``, ``second``, ``correlation``, and the ``areas`` that have both.
    """
    ranks = np.column_stack([one.rank for one in chosen])
    one, other = np.triu_indices(len(chosen), 1)
    ranked = (~np.isnan(ranks)).astype(np.float64)
    ids = np.array([each.id for each in chosen])
    return pl.DataFrame(
        {
            "first": ids[one],
            "second": ids[other],
            "correlation": rank_correlations(ranks)[one, other],
            "areas": (ranked.T @ ranked)[one, other].astype(np.int64),
        }
    ).with_columns(pl.col("correlation").fill_nan(None))


def _ratio(found: NDArray[Any], expected: FloatArray) -> FloatArray:
    undefined = np.full(expected.shape, np.nan)
    return np.asarray(np.divide(found, expected, out=undefined, where=expected > 0))
