"""A typology of areas by their profile over the domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.measures import Measure
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.methods import FloatArray, normal_scores
from hyperlocal.pipeline.evaluate import one_thread

IntArray = NDArray[np.intp]

NUMBERS = range(3, 9)
"""The numbers of types that are tried where none is stated."""
SAMPLE = 5_000
"""How many areas the silhouette is computed from: its time grows with their square."""
STARTS = 10
STANDS_OUT = 0.5
"""A type's mean normal score from which on a domain's need is called high, or low below it."""


@dataclass(frozen=True, eq=False)
class Typology:
    """Types of areas.

    Parameters
    ----------
    of_area
        The type of each area, counted from 1 for the most need; 0 where it has none.
    types
        A row per type.
    silhouettes
        The mean silhouette of each number of types that was tried.
    """

    of_area: IntArray
    types: pl.DataFrame
    silhouettes: Mapping[int, float]

    @property
    def names(self) -> pl.Series:
        """The name of each area's type; null where it has none."""
        known = pl.Series([None, *self.types["name"]], dtype=pl.String)
        return known.gather(self.of_area)


def typology(
    domains: Sequence[Measure], overall: Measure, types: int | None = None, seed: int = 1
) -> Typology:
    """Part areas into types with similar profiles over the domains.

    Parameters
    ----------
    domains
        The domains.
    overall
        The index, by whose mean rank the types are put in order.
    types
        How many, 2 or more; else the number from 3 to 8 with the best silhouette.
    seed
        Of the starting points and of the sample for the silhouette.

    Returns
    -------
    Typology
        ``types`` has, for each ``type``: ``name``, ``areas``, ``share``, ``mean_rank`` (of the
        index) and, under the id of each domain, the mean normal score: above 0 is more need than
        the average area has.

    Raises
    ------
    ResultsError
        Where there are more types than different profiles.

    Notes
    -----
    k-means (Lloyd 1982; starting points of Arthur and Vassilvitskii 2007, best of 10 starts) on
    the normal scores Φ⁻¹(r/(n + 1)) of the domain ranks, so that every domain counts alike and no
    long tail rules. The silhouette (Rousseeuw 1987) is that of 5,000 areas at most.
    """
    ranks = np.column_stack([one.rank for one in domains])
    complete = ~np.isnan(ranks).any(axis=1)
    profiles = np.column_stack([normal_scores(-column) for column in ranks[complete].T])
    distinct = len(np.unique(profiles, axis=0))
    numbers = [number for number in NUMBERS if number < distinct] if types is None else [types]
    if not numbers or min(numbers) < 2 or max(numbers) > distinct:
        asked = "types" if types is None else f"{types} types"
        raise ResultsError(
            Problem(
                f"there cannot be {asked} of {distinct} different profiles of areas",
                "ask for 2 types or more, and for no more than there are profiles (--types)",
                str(overall.results.folder),
            )
        )
    labels, silhouettes = _best(profiles, numbers, seed, distinct)
    order, mean_rank = _order(labels, overall.rank[complete])
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    of_area = np.zeros(ranks.shape[0], np.intp)
    of_area[complete] = place[labels] + 1
    sizes = np.bincount(labels)[order]
    means = np.array([profiles[labels == label].mean(axis=0) for label in order])
    ids = [one.id for one in domains]
    table = pl.DataFrame(
        {
            "type": np.arange(1, order.size + 1),
            "name": [name_of(profile, ids) for profile in means],
            "areas": sizes,
            "share": sizes / sizes.sum(),
            "mean_rank": mean_rank[order],
            **dict(zip(ids, means.T, strict=True)),
        }
    ).with_columns(pl.col("mean_rank").fill_nan(None))
    return Typology(of_area, table, silhouettes)


def name_of(profile: FloatArray, domains: Sequence[str]) -> str:
    """Say in which domains a type of areas stands out.

    Parameters
    ----------
    profile
        The mean normal score of the type in each domain.
    domains
        The ids of the domains.

    Examples
    --------
    >>> name_of(np.array([0.9, -0.1, -1.2]), ["crime", "health", "housing_costs"])
    'high need in crime, low in housing costs'
    >>> name_of(np.array([0.7, 0.6]), ["crime", "health"])
    'high need in all domains'
    """
    said: list[str] = []
    for word, stands_out in (("high", profile >= STANDS_OUT), ("low", profile <= -STANDS_OUT)):
        if stands_out.all():
            return f"{word} need in all domains"
        names = [
            name.replace("_", " ") for name, out in zip(domains, stands_out, strict=True) if out
        ]
        if names:
            said.append(f"{word}{'' if said else ' need'} in {', '.join(names)}")
    return ", ".join(said) or "near the average in all domains"


def _best(
    profiles: FloatArray, numbers: Sequence[int], seed: int, distinct: int
) -> tuple[IntArray, dict[int, float]]:
    """Return the labels under the number of types with the best silhouette, and all of these."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    found: dict[int, IntArray] = {}
    silhouettes: dict[int, float] = {}
    with one_thread():  # threads would add up in another order each time
        for number in numbers:
            means = KMeans(number, n_init=STARTS, random_state=seed)
            found[number] = means.fit_predict(profiles).astype(np.intp)
            if number < min(distinct, len(profiles)):
                silhouettes[number] = float(
                    silhouette_score(
                        profiles,
                        found[number],
                        sample_size=min(SAMPLE, len(profiles)),
                        random_state=seed,
                    )
                )
    best = max(numbers, key=lambda number: silhouettes.get(number, -1.0))
    return found[best], silhouettes


def _order(labels: IntArray, rank: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the labels from the most need to the least, and the mean rank of each."""
    ranked = ~np.isnan(rank)
    number = int(labels.max()) + 1
    areas = np.bincount(labels[ranked], minlength=number)
    total = np.bincount(labels[ranked], weights=rank[ranked], minlength=number)
    mean = np.divide(total, areas, out=np.full(number, np.nan), where=areas > 0)
    return np.argsort(mean, kind="stable"), mean
