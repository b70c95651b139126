"""What a definition must satisfy beyond the form of each of its parts."""

from __future__ import annotations

import math
from collections.abc import Iterable

from hyperlocal.areas import Geography
from hyperlocal.definition.models import (
    ROLES,
    CountIndicator,
    Group,
    MeanIndicator,
    RateIndicator,
    ValueIndicator,
    WrittenDefinition,
)
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.definition.settings import FactorAnalysisWeights
from hyperlocal.definition.source import Path, Source
from hyperlocal.errors import Problem

FEWEST_FOR_FACTOR_ANALYSIS = 3
WEIGHT_TOLERANCE = 1e-9


def check(
    written: WrittenDefinition,
    root: ResolvedNode,
    source: Source,
    damaged: frozenset[Path] = frozenset(),
) -> list[Problem]:
    """Find everything in a definition that does not fit together.

    Parameters
    ----------
    written
        The definition as it is written.
    root
        The same, resolved.
    source
        Where its values stand.
    damaged
        Values that were taken out because they were wrong in themselves: what follows from
        their absence is not reported again.

    Returns
    -------
    list of Problem
        In the order of the checks; empty where all is well.
    """
    checker = _Checker(written, root, source, damaged)
    checker.inputs()
    checker.areas()
    checker.identifiers()
    for node in root.walk():
        if isinstance(node.written, Group):
            checker.group(node)
        else:
            checker.indicator(node)
    return checker.problems


class _Checker:
    def __init__(
        self,
        written: WrittenDefinition,
        root: ResolvedNode,
        source: Source,
        damaged: frozenset[Path],
    ) -> None:
        self.written = written
        self.root = root
        self.source = source
        self.damaged = damaged
        self.added_up = {
            child.path
            for node in root.walk()
            if isinstance(node.written, RateIndicator)
            for child in node.children
        }
        self.problems: list[Problem] = []

    def add(self, path: Path, message: str, remedy: str = "", reads: Iterable[Path] = ()) -> None:
        for read in (path, *reads):
            if any(read[: len(bad)] == bad for bad in self.damaged):
                return
        self.problems.append(self.source.problem(path, message, remedy))

    def inputs(self) -> None:
        geography = self.written.areas.geography
        for name, table in self.written.inputs.items():
            path: Path = ("inputs", name)
            if (table.file is None) == (not table.forms):
                self.add(
                    path,
                    "states both 'file' and 'forms'" if table.file else "has no 'file'",
                    "state one file, or a list of forms",
                    [(*path, "file"), (*path, "forms")],
                )
            if table.geography != geography:
                theirs, ours = Geography.from_name(table.geography), Geography.from_name(geography)
                other = "other areas" if theirs.kind != ours.kind else "other boundaries"
                self.add(
                    (*path, "geography"),
                    f"{theirs} are {other} than the index's {ours}",
                    f"convert the table to {ours} by a correspondence between the two first",
                    [("areas", "geography")],
                )

    def areas(self) -> None:
        areas = self.written.areas
        self.known_input(("areas", "table", "input"), areas.table.input)
        if areas.names:
            self.known_input(("areas", "names", "input"), areas.names.input)
        for name, within in areas.within.items():
            self.known_input(("areas", "within", name, "input"), within.input)
            if name == areas.geography:
                self.add(("areas", "within", name), "is the geography of the index itself")
        seen: set[str] = set()
        for number, exclusion in enumerate(areas.exclude):
            if exclusion.code in seen:
                self.add(("areas", "exclude", number), f"{exclusion.code} is excluded twice")
            seen.add(exclusion.code)
        required = [("areas.table", areas.table.input)]
        required += [(f"areas.within.{key}", value.input) for key, value in areas.within.items()]
        for place, name in required:
            if name in self.written.inputs and self.written.inputs[name].optional:
                self.add(("inputs", name, "optional"), f"{place} cannot do without this input")

    def known_input(self, path: Path, name: str) -> None:
        if name not in self.written.inputs:
            known = ", ".join(self.written.inputs)
            self.add(path, f"there is no input {name!r}", f"known are {known}", [("inputs", name)])

    def identifiers(self) -> None:
        first: dict[str, Path] = {self.written.id: ("id",)}
        for node in self.root.top_down():
            if node.path == ("index",):
                continue
            if node.id in first:
                line = self.source.line(first[node.id])
                self.add(
                    node.path,
                    f"the id {node.id!r} is used twice, first on line {line}",
                    "an id names columns of the results: give each node its own",
                )
            first.setdefault(node.id, node.path)

    def group(self, node: ResolvedNode) -> None:
        if not node.children and self.lost_children(node):
            return
        if not node.children:
            keys = ", ".join(ROLES[:3])
            self.add(
                node.path,
                "has neither children nor a column",
                f"state one of {keys}, or a 'column' (or another 'kind')",
                [(*node.path, key) for key in (*ROLES[:3], "column", "numerator", "kind")],
            )
            return
        reads = [(*child.path, "weight") for child in node.children]
        stated = [child for child in node.children if child.written.weight is not None]
        place = (
            (*node.path, "weights")
            if node.written.model_fields_set & {"weights"}
            else (node.children[0].path[:-1])
        )
        if isinstance(node.scheme, FactorAnalysisWeights) or node.scheme == "equal":
            for child in stated:
                scheme = "equal" if node.scheme == "equal" else "estimated by factor analysis"
                self.add(
                    (*child.path, "weight"),
                    f"has no effect: the weights of {node.id} are {scheme}",
                    "delete it, or state 'weights: stated' above",
                    [(*node.path, "weights")],
                )
        else:
            self.stated_weights(node, place, reads)
        if isinstance(node.scheme, FactorAnalysisWeights):
            self.factor_analysis(node, node.scheme, place)
        for child in node.children:
            self.neutral(child)

    def lost_children(self, node: ResolvedNode) -> bool:
        """Return whether a child was taken out because it was wrong in itself."""
        depth = len(node.path)
        return any(len(bad) == depth + 2 and bad[:depth] == node.path for bad in self.damaged)

    def stated_weights(self, node: ResolvedNode, place: Path, reads: list[Path]) -> None:
        if self.lost_children(node):
            return
        reads = [*reads, (*node.path, "weights")]
        without = [child for child in node.children if child.written.weight is None]
        for child in without:
            self.add(
                child.path,
                "has no weight while its siblings have",
                "state 'weight'",
                reads,
            )
        total = math.fsum(child.written.weight or 0.0 for child in node.children)
        if without:
            return
        if total <= 0:
            self.add(place, "the weights add to 0", "at least one must be above 0", reads)
        elif node.scheme == "stated" and abs(total - 1) > WEIGHT_TOLERANCE:
            self.add(
                place,
                f"the weights of the children of {node.id} add to {total:.10g}, not 1",
                "mend them, or state 'weights: as_stated' or 'weights: rescaled' if that is meant",
                reads,
            )

    def factor_analysis(
        self, node: ResolvedNode, scheme: FactorAnalysisWeights, place: Path
    ) -> None:
        if len(node.children) < FEWEST_FOR_FACTOR_ANALYSIS:
            self.add(
                place,
                f"factor analysis needs at least {FEWEST_FOR_FACTOR_ANALYSIS} children, and "
                f"{node.id} has {len(node.children)}",
                "state 'weights: equal' or give each a weight",
            )
        children = {child.id for child in node.children}
        for name in scheme.caps:
            if name not in children:
                self.add(
                    (*place, "caps", name),
                    f"{name} is not a child of {node.id}",
                    f"its children are {', '.join(sorted(children))}",
                )
        if children <= set(scheme.caps) and math.fsum(scheme.caps.values()) < 1:
            self.add((*place, "caps"), "the caps leave less than 1 to share out")

    def neutral(self, child: ResolvedNode) -> None:
        settings = child.settings
        if settings.missing_values != "neutral" or not child.is_indicator:
            return
        if settings.standardise == "none" or settings.transform == "exponential":
            self.add(
                child.path,
                "'missing_values: neutral' needs a standardised score, in which 0 is the middle",
                "state 'standardise: normal_scores', or another policy for missing values",
            )

    def indicator(self, node: ResolvedNode) -> None:
        written, settings = node.written, node.settings
        for name, columns in node.columns().items():
            for column in columns:
                path = (*node.path, name)
                found = node.input_of(column)
                if found is None:
                    self.add(
                        path,
                        f"does not say in which input the column {column.column!r} is",
                        "state 'input', here or above",
                        [(*node.path, "input")],
                    )
                else:
                    self.known_input(path, found)
        if node.path in self.added_up:
            return
        if settings.high_value is None:
            self.add(
                node.path,
                "does not say what a high value means",
                "state 'high_value: more_need' or 'high_value: less_need', here or above",
                [(*node.path, "high_value")],
            )
        self.shrinkage(node)
        if isinstance(written, RateIndicator):
            self.rate(node, written)

    def rate(self, node: ResolvedNode, written: RateIndicator) -> None:
        if (written.numerator is None) == (not written.indicators):
            self.add(
                node.path,
                "states both 'numerator' and 'indicators'"
                if written.numerator
                else "has no numerator",
                "state 'numerator', or 'indicators' of kind count to add up",
                [(*node.path, "numerator"), (*node.path, "indicators")],
            )
        for child in node.children:
            if not isinstance(child.written, CountIndicator):
                self.add(
                    child.path,
                    f"is of kind {child.written.kind}, and a rate adds up counts",
                    "state 'kind: count'",
                    [(*child.path, "kind")],
                )
            if child.written.weight is not None:
                self.add(
                    (*child.path, "weight"),
                    "has no effect: a rate adds its counts up as they are",
                    "delete it",
                )

    def shrinkage(self, node: ResolvedNode) -> None:
        written, settings = node.written, node.settings
        if settings.zero_denominator == "larger_area" and settings.shrink_to == "none":
            self.add(
                node.path,
                "'zero_denominator: larger_area' needs a larger area",
                "state 'shrink_to'",
                [(*node.path, "shrink_to")],
            )
        if isinstance(written, MeanIndicator):
            self.mean(node, written)
        if settings.shrink_to == "none":
            return
        within = self.written.areas.within
        if settings.shrink_to not in within:
            known = ", ".join(within) or "none are stated"
            self.add(
                node.path,
                f"is shrunk to {settings.shrink_to!r}, which 'areas.within' does not have",
                f"known are: {known}",
                [("areas", "within"), (*node.path, "shrink_to")],
            )
        if isinstance(written, ValueIndicator | CountIndicator):
            self.add(
                node.path,
                f"a plain {written.kind} cannot be shrunk to {settings.shrink_to}: nothing says "
                "how reliable it is",
                "give numerator and denominator, observed and expected, or kind: mean with a "
                "standard error; or state 'shrink_to: none'",
                [(*node.path, "shrink_to")],
            )

    def mean(self, node: ResolvedNode, written: MeanIndicator) -> None:
        known = [written.standard_error is not None, written.sample_size is not None]
        if all(known) or (node.settings.shrink_to != "none" and not any(known)):
            self.add(
                node.path,
                "needs either 'standard_error' or 'sample_size' to be shrunk",
                "state one of them",
                [(*node.path, "standard_error"), (*node.path, "sample_size")],
            )
        if written.standard_deviation is not None and written.sample_size is None:
            self.add((*node.path, "standard_deviation"), "has no effect without 'sample_size'")
