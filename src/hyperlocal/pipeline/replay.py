"""A finished index computed again from its results folder, with something changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from hyperlocal.definition import Definition, ResolvedNode
from hyperlocal.definition.nodes import Indicator
from hyperlocal.methods import FloatArray, LargerAreas
from hyperlocal.pipeline.computation import NOTHING, NodeResult, Population, Variation
from hyperlocal.pipeline.evaluate import evaluate, one_thread
from hyperlocal.pipeline.results import Results

OF_VALUE = "column"


@dataclass(frozen=True, eq=False)
class Replay:
    """An index with the columns that it was computed from.

    Parameters
    ----------
    definition
        The definition: that of the build, or one that differs in its settings.
    columns
        For each indicator its columns by what they are for, one number per area.
    population
        The areas.
    """

    definition: Definition
    columns: Mapping[str, Mapping[str, FloatArray]]
    population: Population

    @classmethod
    def of(cls, results: Results, definition: Definition | None = None) -> Replay:
        """Take the columns of a finished index.

        Parameters
        ----------
        results
            The finished index.
        definition
            A definition of the same indicators with other settings; else that of the build.
        """
        built = results.definition
        columns = {
            node.id: {
                purpose: _column(results, node, purpose) for purpose in node.written.measured_from()
            }
            for node in built.nodes
            if isinstance(node.written, Indicator)
        }
        within = {
            geography: LargerAreas.from_labels(results.areas[f"{geography}_code"].to_numpy())
            for geography in built.areas.within
            if results.areas[f"{geography}_code"].null_count() == 0
        }
        counted = sum(bool(each["counts_in_n"]) for each in results.provenance["excluded"])
        codes = results.areas["area_code"].to_list()
        return cls(definition or built, columns, Population(codes, counted, within))

    @cached_property
    def base(self) -> dict[str, NodeResult]:
        """The result of every node with nothing varied, without what is only published."""
        with one_thread():
            return evaluate(self.definition, self.columns, self.population, publish=False)

    def evaluate(self, variation: Variation | None = None) -> dict[str, NodeResult]:
        """Compute the nodes that a variation reaches; the others are those of `base`.

        Parameters
        ----------
        variation
            What is varied.

        Returns
        -------
        dict
            The result of each node by its id, without what is only published.
        """
        with one_thread():
            return self.compute(variation or NOTHING)

    def compute(
        self, variation: Variation, known: Mapping[str, NodeResult] | None = None
    ) -> dict[str, NodeResult]:
        """Do what `evaluate` does, for a caller within `one_thread`.

        Parameters
        ----------
        variation
            What is varied.
        known
            The nodes that it does not reach, where the caller has computed them.
        """
        if known is None:
            reached = self.reached_by(variation.changed)
            known = {name: one for name, one in self.base.items() if name not in reached}
        return evaluate(
            self.definition,
            self.columns,
            self.population,
            publish=False,
            known=known,
            variation=variation,
        )

    def reached_by(self, changed: Iterable[str]) -> frozenset[str]:
        """Return the nodes that change where the given ones do: these, and all above them."""
        return frozenset(name for node in changed for name in (node, *self._above.get(node, ())))

    @cached_property
    def _above(self) -> dict[str, tuple[str, ...]]:
        above: dict[str, tuple[str, ...]] = {}

        def walk(node: ResolvedNode, path: tuple[str, ...]) -> None:
            above[node.id] = path
            for child in node.children:
                walk(child, (*path, node.id))
            for child in node.supplementary:
                walk(child, ())

        walk(self.definition.root, ())
        return above


def _column(results: Results, node: ResolvedNode, purpose: str) -> FloatArray:
    """Return a column that an indicator was measured from."""
    name = "value" if purpose == OF_VALUE else purpose
    values = results.areas[f"{node.id}_{name}"]
    if not values.dtype.is_float():
        values = values.cast(pl.Float64)
    return values.fill_null(np.nan).to_numpy()


def without(definition: Definition, names: Collection[str]) -> frozenset[str]:
    """Return the nodes that fall out of an index with some of them: those that lose all children.

    Parameters
    ----------
    definition
        The definition.
    names
        The ids of the nodes that are left out.
    """
    gone = set(names)
    for node in definition.nodes:  # children before their parents
        if node.children and all(child.id in gone for child in node.children):
            gone.add(node.id)
    return frozenset(gone)
