"""What a definition must satisfy beyond the form of each of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hyperlocal.definition.converting import Conversions
from hyperlocal.definition.correspondences import inputs_of
from hyperlocal.definition.effect import added_up, standardisation, without_effect
from hyperlocal.definition.findings import Findings
from hyperlocal.definition.means import check_change, check_mean
from hyperlocal.definition.models import (
    ChangeIndicator,
    CountIndicator,
    Group,
    MeanIndicator,
    RateIndicator,
    ValueIndicator,
    WrittenDefinition,
)
from hyperlocal.definition.nodes import Indicator, Mean, Rate, Ratio
from hyperlocal.definition.publishing import check_publish
from hyperlocal.definition.resolve import ResolvedNode, used_inputs, used_records
from hyperlocal.definition.source import ROLES, Path, Source
from hyperlocal.definition.tables import Tables
from hyperlocal.definition.weighing import check_weights
from hyperlocal.errors import Problem


def check(
    written: WrittenDefinition,
    root: ResolvedNode,
    populations: Sequence[ResolvedNode],
    source: Source,
    damaged: frozenset[Path] = frozenset(),
    mentioned: frozenset[str] = frozenset(),
) -> list[Problem]:
    """Find everything in a definition that does not fit together.

    Parameters
    ----------
    written
        The definition as it is written.
    root
        The same, resolved.
    populations
        What is counted beside the index.
    source
        Where its values stand.
    damaged
        Values that were taken out because they were wrong in themselves: what follows from
        their absence is not reported again.
    mentioned
        Every text of the definition before anything was taken out, which may name an input.

    Returns
    -------
    list of Problem
        In the order of the checks; empty where all is well.
    """
    checker = _Checker(written, root, populations, source, damaged)
    tables = Tables(written, checker.read, checker.findings)
    tables.inputs()
    tables.records()
    tables.lists()
    checker.areas()
    checker.correspondences()
    checker.identifiers()
    checker.considered()
    for node in root.walk():
        checker.effect(node)
        checker.population(node)
        if isinstance(node.written, Group):
            checker.group(node)
        else:
            checker.indicator(node)
    for population in populations:
        checker.columns(population)
    converted = checker.converted()
    checker.conversions.tables()
    checker.conversions.through(converted)
    checker.conversions.unused(converted)
    checker.unused_inputs(mentioned if damaged else frozenset())
    return checker.findings.problems()


class _Checker:
    def __init__(
        self,
        written: WrittenDefinition,
        root: ResolvedNode,
        populations: Sequence[ResolvedNode],
        source: Source,
        damaged: frozenset[Path],
    ) -> None:
        self.written = written
        self.root = root
        self.read = (*root.walk(), *populations)
        self.source = source
        self.findings = Findings(source, damaged)
        self.add, self.setting = self.findings.add, self.findings.setting
        self.conversions = Conversions(written, self.findings)
        self.added_up = added_up(root)
        self.unknown_inputs: set[str] = set()

    def correspondences(self) -> None:
        for name, correspondence in self.written.correspondences.items():
            for key, of_input in inputs_of(correspondence):
                self.known_input(("correspondences", name, *key), of_input)
        self.conversions.correspondences()

    def converted(self) -> list[str]:
        """Return the inputs, and the tables of records by area, that indicators use, in order."""
        used = {
            node.input_of(column)
            for node in self.read
            for columns in node.columns().values()
            for column in columns
        }
        gathered = used_records(self.read)
        by_area = (name for name, table in self.written.records.items() if table.area is not None)
        return [
            *(name for name in self.written.inputs if name in used),
            *(name for name in by_area if name in gathered),
        ]

    def areas(self) -> None:
        areas = self.written.areas
        places = {"table": areas.table.input}
        if areas.names:
            places["names"] = areas.names.input
        for place, of_input in places.items():
            self.known_input(("areas", place, "input"), of_input)
            self.conversions.of_the_index(("areas", place, "input"), of_input)
        for name, within in areas.within.items():
            path: Path = ("areas", "within", name, "input")
            self.known_input(path, within.input)
            self.conversions.of_the_index(path, within.input)
            if name == areas.geography:
                self.add(("areas", "within", name), "is the geography of the index itself")
        if areas.boundaries is not None:
            self.known_input(("areas", "boundaries", "input"), areas.boundaries.input)
            self.conversions.of_the_index(("areas", "boundaries", "input"), areas.boundaries.input)
        seen: set[str] = set()
        for number, exclusion in enumerate(areas.exclude):
            if exclusion.code in seen:
                path = ("areas", "exclude", number)
                self.add(path, f"{exclusion.code} is excluded twice", "", [(*path, "code")])
            seen.add(exclusion.code)
        required = [("areas.table", areas.table.input)]
        required += [(f"areas.within.{key}", value.input) for key, value in areas.within.items()]
        for place, name in required:
            if name in self.written.inputs and self.written.inputs[name].optional:
                self.add(("inputs", name, "optional"), f"{place} cannot do without this input")

    def known_input(
        self, path: Path, name: str, reads: Iterable[Path] = (), at: ResolvedNode | None = None
    ) -> None:
        if name not in self.written.inputs:
            self.unknown_inputs.add(name)
            known = f"known are {', '.join(self.written.inputs)}"
            self.add(path, f"there is no input {name!r}", known, [("inputs", name), *reads], at)

    def unused_inputs(self, mentioned: frozenset[str]) -> None:
        """Refuse inputs that nothing uses, unless a name is mistaken or a setting was changed."""
        if self.unknown_inputs or self.source.changed:
            return
        used = used_inputs(self.written, self.read)
        for name in self.written.inputs:
            if name not in used | mentioned:
                self.add(("inputs", name), "is not used", "delete it, or use its columns")

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

    def considered(self) -> None:
        """Refuse what was considered for no part of the index, unless parts were taken out."""
        known = {node.id: node for node in self.root.walk()}
        parts = [node.id for node in self.root.top_down() if not node.is_indicator]
        for name, one in self.written.considered.items():
            if one.domain is None or one.domain in known or self.source.changed:
                continue
            self.add(
                ("considered", name, "domain"),
                f"there is no part {one.domain!r} of the index",
                f"known are {', '.join(parts)}",
                [path for path in self.findings.damaged if one.domain in path],
            )

    def group(self, node: ResolvedNode) -> None:
        if not node.children:
            if self.findings.lost_children(node):
                return
            keys = ", ".join(ROLES[:3])
            self.add(
                node.path,
                "has neither children nor a column",
                f"state one of {keys}, or a 'column' (or another 'kind')",
                [(*node.path, key) for key in (*ROLES[:3], "column", "numerator", "kind")],
            )
            return
        check_weights(self.findings, node)
        for child in node.children:
            self.neutral(child)
            self.unscored(node, child)

    def population(self, node: ResolvedNode) -> None:
        name, known = node.settings.population, self.written.populations
        if name is not None and name not in known:
            self.add(
                node.origin("population") or node.path,
                f"there is no population {name!r}",
                f"known are: {', '.join(known) or 'none are stated'}",
                [("populations", name), *node.looked_up("population")],
                node,
            )

    def effect(self, node: ResolvedNode) -> None:
        """Refuse what a node states itself and what does nothing there."""
        for name, reason, remedy in without_effect(node, node.id in self.added_up):
            if getattr(node.written, name) is not None and name in node.written.model_fields_set:
                self.add((*node.path, name), f"has no effect: {reason}", remedy)

    def neutral(self, child: ResolvedNode) -> None:
        if child.settings.missing_values != "neutral" or standardisation(child) != "none":
            return
        if child.is_indicator:
            self.setting(
                child,
                "'missing_values: neutral' needs a standardised score, in which 0 is the middle",
                "state 'standardise: normal_scores', or another policy for missing values",
                *("missing_values", "standardise", "transform"),
            )

    def unscored(self, node: ResolvedNode, child: ResolvedNode) -> None:
        policies = (node.settings.missing_values, child.settings.missing_values)
        if policies == ("neutral", "unscored") and standardisation(node) != "none":
            self.setting(
                child,
                f"'missing_values: unscored' leaves areas without a score here and above, and "
                f"'missing_values: neutral' of {node.id} gives them one",
                f"state the same policy for {node.id} and what is below it",
                "missing_values",
            )

    def columns(self, node: ResolvedNode) -> None:
        for name, columns in node.columns().items():
            for column in columns:
                path, inherited = (*node.path, name.partition(".")[0]), node.looked_up("input")
                if column.input is not None:
                    self.known_input(path, column.input)
                elif node.settings.input is not None:
                    origin = node.origin("input") or path
                    self.known_input(origin, node.settings.input, inherited, node)
                else:
                    self.add(
                        path,
                        f"does not say in which input the column {column.column!r} is",
                        "state 'input', here or above",
                        inherited,
                    )
        self.conversions.indicator(node)

    def indicator(self, node: ResolvedNode) -> None:
        self.columns(node)
        if node.id in self.added_up:
            return
        if node.settings.high_value is None:
            self.add(
                node.path,
                "does not say what a high value means",
                "state 'high_value: more_need' or 'high_value: less_need', here or above",
                node.looked_up("high_value"),
            )
        self.shrinkage(node)
        check_publish(self.findings, node, self.written)
        self.boundaries(node)
        written = node.written
        assert isinstance(written, Indicator)
        written.check(self.findings, node, self.written)
        if isinstance(written, MeanIndicator):
            check_mean(self.findings, node, written)
        if isinstance(written, ChangeIndicator):
            check_change(self.findings, node, written)
        if isinstance(written, RateIndicator):
            self.rate(node, written)
        if not isinstance(written, ValueIndicator | CountIndicator):
            self.zero_denominator(node)

    def boundaries(self, node: ResolvedNode) -> None:
        if not isinstance(node.written, Indicator) or not node.written.needs_boundaries():
            return
        if self.written.areas.boundaries is None:
            self.add(
                ("areas",),
                "the boundaries of the areas are needed, and nothing says where they are",
                "state 'boundaries': {input: ...}",
                [("areas", "boundaries")],
                node,
            )

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

    def zero_denominator(self, node: ResolvedNode) -> None:
        settings = node.settings
        if settings.zero_denominator == "larger_area" and settings.shrink_to == "none":
            self.setting(
                node,
                "'zero_denominator: larger_area' needs a larger area",
                "state 'shrink_to'",
                *("zero_denominator", "shrink_to"),
            )
        if settings.zero_denominator == "missing" and settings.missing_values in ("refuse", "zero"):
            self.setting(
                node,
                "'zero_denominator: missing' makes a value missing, which 'missing_values: "
                f"{settings.missing_values}' refuses",
                "state 'missing_values: neutral' or 'missing_values: unscored'",
                *("zero_denominator", "missing_values"),
            )

    def shrinkage(self, node: ResolvedNode) -> None:
        larger, kind = node.settings.shrink_to, node.written.kind
        within = self.written.areas.within
        if larger == "none":
            return
        if larger not in within:
            known = f"known are: {', '.join(within) or 'none are stated'}"
            reads = [("areas", "within"), *node.looked_up("shrink_to")]
            origin = node.origin("shrink_to") or node.path
            self.add(origin, f"{larger!r} is not in 'areas.within'", known, reads, node)
        elif not isinstance(node.written, Rate | Ratio | Mean):
            plain = isinstance(node.written, ValueIndicator | CountIndicator)
            remedy = "give numerator and denominator, observed and expected, or kind: mean with a "
            remedy += "standard error; or state 'shrink_to: none'"
            self.add(
                node.path,
                f"a {'plain ' * plain}{kind} cannot be shrunk to {larger}: nothing says how "
                "reliable it is",
                remedy if plain else "state 'shrink_to: none'",
                node.looked_up("shrink_to"),
            )
