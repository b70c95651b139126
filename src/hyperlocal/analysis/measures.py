"""The ranked nodes of a finished index as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.effect import added_up
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline import Results

PARTS = ("index", "domains", "subdomains")
"""The nodes that are summarised unless others are named."""


@dataclass(frozen=True, eq=False)
class Measure:
    """A node that areas are ranked by.

    Parameters
    ----------
    results
        The finished index.
    node
        The node.
    """

    results: Results
    node: ResolvedNode

    @property
    def id(self) -> str:
        """The id of the node."""
        return self.node.id

    @property
    def title(self) -> str:
        """The title of the node."""
        return self.node.title

    @property
    def is_need(self) -> bool:
        """Whether a high score means more need: all do but values of some indicators."""
        settings = self.node.settings
        turned = self.node.is_indicator and settings.high_value == "less_need"
        return not turned or settings.published_score == "transformed_rank"

    @property
    def number(self) -> int:
        """N, the number that ranks are counted among."""
        try:
            return int(self.results.provenance["nodes"][self.id]["n"])
        except KeyError as error:
            message = f"provenance.json does not say what {self.id} was ranked among"
            raise ResultsError(_not_whole(self.results, message)) from error

    @cached_property
    def rank(self) -> FloatArray:
        """The published rank of every area, 1 the most need; NaN where it has none."""
        return column(self.results, f"{self.id}_rank")

    @cached_property
    def decile(self) -> FloatArray:
        """The decile of every area, 1 the most need; NaN where it has none."""
        return column(self.results, f"{self.id}_decile")

    @property
    def score_column(self) -> str:
        """The column of the published score (of an indicator: its value); empty without one."""
        names = (f"{self.id}_{end}" for end in ("score", "shrunk", "value"))
        return next((name for name in names if name in self.results.areas.columns), "")

    @cached_property
    def score(self) -> FloatArray:
        """The published score of every area (of an indicator: its value); NaN where missing."""
        if not self.score_column:
            raise ResultsError(Problem(f"has no score of {self.id}", "build it again"))
        return column(self.results, self.score_column)

    def oriented(self, scores: FloatArray) -> FloatArray:
        """Return scores, of areas or means of them, so that a high one means more need."""
        return scores if self.is_need else -scores


def column(results: Results, name: str) -> FloatArray:
    """Return a column of the table of areas in double precision, NaN where it has no value."""
    if name not in results.areas.columns:
        raise ResultsError(_not_whole(results, f"areas.parquet has no column {name!r}"))
    values: FloatArray = results.areas[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return values


def _not_whole(results: Results, message: str) -> Problem:
    return Problem(message, "build it again", str(results.folder))


def rank_series(ranks: FloatArray) -> pl.Series:
    """Return ranks or deciles as whole numbers, unless one is a half; null where missing.

    Examples
    --------
    >>> rank_series(np.array([2.0, np.nan])).to_list(), rank_series(np.array([1.5, 3])).to_list()
    ([2, None], [1.5, 3.0])
    """
    series = pl.Series(ranks, dtype=pl.Float64, nan_to_null=True)
    whole = bool((series.drop_nulls() % 1 == 0).all())
    return series.cast(pl.Int32) if whole else series


def measures(
    results: Results, nodes: Sequence[str] = (), roles: Sequence[str] = PARTS
) -> list[Measure]:
    """Return nodes of an index that areas are ranked by, parents before their children.

    Parameters
    ----------
    results
        The finished index.
    nodes
        The ids of the nodes; without any, those of the roles.
    roles
        ``index``, ``domains``, ``subdomains``, ``indicators``, ``supplementary``.

    Returns
    -------
    list of Measure
        One for each node, in the order of the definition or in that of `nodes`.

    Raises
    ------
    ResultsError
        Naming every id that is none of a ranked node.
    """
    definition = results.definition
    counts = added_up(definition.root)
    ranked = {node.id: node for node in definition.root.top_down() if node.id not in counts}
    if unknown := [name for name in nodes if name not in ranked]:
        known = ", ".join(ranked)
        folder = str(results.folder)
        raise ResultsError(
            [Problem(f"has no node {name!r}", f"ranked are: {known}", folder) for name in unknown]
        )
    chosen = nodes or [name for name, node in ranked.items() if node.role in roles]
    return [Measure(results, ranked[name]) for name in chosen]
