"""What a computation of an index takes, and what it leaves of each node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hyperlocal.methods import FloatArray, LargerAreas
from hyperlocal.pipeline.weights import Weighing


@dataclass(frozen=True)
class Population:
    """The areas that a node is computed for.

    Parameters
    ----------
    codes
        The codes of the areas.
    counted
        How many excluded areas N counts all the same.
    larger
        The larger areas that indicators can be shrunk to, by their geography.
    """

    codes: Sequence[str]
    counted: int = 0
    larger: Mapping[str, LargerAreas] = field(default_factory=dict)


@dataclass
class NodeResult:
    """All that was computed for a node.

    Parameters
    ----------
    columns
        The arrays that are published, by the end of their name: ``value``, ``rank`` and so on.
    score
        The score that it is ranked by, high is more need; None for a count that is added up.
    upward
        What goes up into the parent; None for the root and what stands beside it.
    total
        N of its rank fraction and deciles; None where it is not ranked.
    weighing
        The weights of its children; None for indicators.
    missing
        The number of areas without a value, or without one of the columns that it is made of
        (of an indicator).
    findings
        What a reader should know, in words.
    """

    columns: dict[str, FloatArray] = field(default_factory=dict)
    score: FloatArray | None = None
    upward: FloatArray | None = None
    total: int | None = None
    weighing: Weighing | None = None
    missing: int = 0
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variation:
    """What is varied when an index is computed again.

    Parameters
    ----------
    columns
        For each indicator concerned other numbers to measure (and shrink) it from.
    values
        For each indicator concerned other values, in the place of measured and shrunk ones.
    weights
        For each node concerned other weights of its children.
    without
        The nodes that are left out. Stated weights of the others are scaled to add to the same.
    """

    columns: Mapping[str, Mapping[str, FloatArray]] = field(default_factory=dict)
    values: Mapping[str, FloatArray] = field(default_factory=dict)
    weights: Mapping[str, FloatArray] = field(default_factory=dict)
    without: frozenset[str] = frozenset()

    @property
    def changed(self) -> frozenset[str]:
        """The nodes that are varied themselves."""
        return frozenset({*self.columns, *self.values, *self.weights, *self.without})


NOTHING = Variation()
