"""What a definition must satisfy so that every input can be brought to the areas of the index."""

from __future__ import annotations

from collections.abc import Iterable

from hyperlocal.areas import Geography
from hyperlocal.definition.correspondences import (
    Correspondence,
    Dwellings,
    Nested,
    Overlap,
    Points,
    shared_by,
)
from hyperlocal.definition.findings import Findings
from hyperlocal.definition.inputs import Column
from hyperlocal.definition.models import WrittenDefinition
from hyperlocal.definition.nodes import AVERAGED_WITH, Indicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.definition.routes import (
    Route,
    Step,
    ends,
    placed_by,
    shortest_routes,
    stated_route,
    steps,
)
from hyperlocal.definition.source import Path


class Conversions:
    """Checks the correspondences of a definition, and the way of every input to the index.

    Parameters
    ----------
    written
        The definition.
    findings
        Collects what is wrong.
    """

    def __init__(self, written: WrittenDefinition, findings: Findings) -> None:
        self.written = written
        self.findings = findings
        self.steps = steps(written)
        self.index = written.areas.geography
        self.used: set[str] = set()
        self._routes: dict[str, Route | None] = {}

    def correspondences(self) -> None:
        """Check each correspondence in itself."""
        for name, correspondence in self.written.correspondences.items():
            path: Path = ("correspondences", name)
            source, target = ends(correspondence, self.written.inputs)
            if source == target and source:
                self.findings.add(path, f"leads from {source} to {target}, the same areas")
            self._share_by(path, correspondence, source, target)
            if isinstance(correspondence, Dwellings) and correspondence.fallback is not None:
                fallback = correspondence.fallback.input
                self._same_areas((*path, "fallback", "input"), fallback, source, "the dwellings")

    def _share_by(
        self, path: Path, correspondence: Correspondence, source: str, target: str
    ) -> None:
        column = shared_by(correspondence)
        if column is None:
            return
        at = (*path, "share_by")
        shared = source if isinstance(correspondence, Nested) else target
        if column.input is not None:
            self._same_areas((*at, "input"), column.input, shared, "the areas that share")
        elif shared != source:
            self.findings.add(
                at,
                f"does not say in which input the column {column.key!r} is",
                f"state the input of {shared} that holds it",
                [(*at, "input")],
            )

    def _same_areas(self, path: Path, name: str, geography: str, what: str) -> None:
        table = self.written.inputs.get(name)
        if table is not None and table.geography != geography:
            self.findings.add(
                path,
                f"{name!r} is for {table.geography}, and {what} are {geography}",
                f"name an input for {geography}",
                [("inputs", name, "geography")],
            )

    def tables(self) -> None:
        """Refuse settings of inputs that have no effect for what they are used for."""
        drawn = {
            name
            for correspondence in self.written.correspondences.values()
            if isinstance(correspondence, Points | Overlap)
            for name in correspondence.between
        }
        if self.written.areas.boundaries is not None:
            drawn.add(self.written.areas.boundaries.input)
        for name in sorted(drawn & self.written.inputs.keys()):
            table = self.written.inputs[name]
            for key in ("where", "header_row", "separator", "encoding", "thousands", "decimal"):
                if getattr(table, key):
                    path: Path = ("inputs", name, key)
                    self.findings.add(path, "has no effect on boundaries", "delete it")

    def through(self, converted: Iterable[str]) -> None:
        """Refuse a stated way of inputs that no indicator takes numbers from."""
        for name, table in self.written.inputs.items():
            if table.through is not None and name not in set(converted):
                path: Path = ("inputs", name, "through")
                self.findings.add(
                    path, "has no effect: no indicator takes numbers from it", "delete it"
                )

    def unused(self, inputs: Iterable[str]) -> None:
        """Refuse correspondences that no input needs, and no records do."""
        for name in inputs:
            for step in self.route(name) or ():
                self.used.add(step.name)
            if name in self.written.records:
                self._count(("records", name, "area"), self.route(name) or ())
        if self.findings.damaged or None in self._routes.values():
            return  # what is wrong may be what needs it
        for name in self.written.correspondences:
            if name not in self.used:
                path: Path = ("correspondences", name)
                self.findings.add(path, "is not used", "delete it", [("inputs",)])

    def of_the_index(self, path: Path, name: str) -> None:
        """Check that an input which lists or names the areas of the index is for them."""
        table = self.written.inputs.get(name)
        if table is not None and table.geography != self.index:
            self.findings.add(
                path,
                f"{name!r} is for {table.geography}, and the index for {self.index}",
                f"name an input for {self.index}",
                [("inputs", name, "geography"), ("areas", "geography")],
            )

    def route(self, name: str) -> Route | None:
        """Return the route of an input, or of records, to the index; None, noted, where none is."""
        if name not in self._routes:
            self._routes[name] = self._find(name)
        return self._routes[name]

    def _find(self, name: str) -> Route | None:
        table = placed_by(self.written, name)
        assert table is not None
        path: Path = ("inputs", name) if name in self.written.inputs else ("records", name, "area")
        reads: list[Path] = [("areas", "geography"), ("areas", "within"), ("correspondences",)]
        if table.through is not None:
            route = stated_route(self.steps, table.geography, table.through)
            end = route[-1].target if route else table.geography
            if route is not None and end == self.index:
                return route
            breaks = "breaks off" if route is None else f"ends at {end}"
            self.findings.add(
                (*path, "through"),
                f"the way from {table.geography} to {self.index} {breaks}",
                "name correspondences of which each leads on from where the one before ends",
                [(*path, "geography"), *reads],
            )
            return None
        routes = shortest_routes(self.steps, table.geography, self.index)
        if len(routes) == 1:
            return routes[0]
        if routes:
            ways = " or ".join(
                f"[{', '.join(step.name for step in route)}]" for route in routes[:3]
            )
            self.findings.add(
                path,
                f"there are several ways from {table.geography} to {self.index}",
                f"state 'through': {ways}",
                [(*path, "through"), *reads],
            )
            return None
        self._no_route(path, table.geography, reads)
        return None

    def _no_route(self, path: Path, geography: str, reads: list[Path]) -> None:
        theirs, ours = Geography.from_name(geography), Geography.from_name(self.index)
        other = "other areas" if theirs.kind != ours.kind else "other boundaries"
        ends_there = sorted({step.source for step in self.steps if self._leads_on(step)} - {""})
        further = f", or to {' or '.join(ends_there)}" if ends_there else ""
        self.findings.add(
            (*path, "geography"),
            f"{theirs} are {other} than the index's {ours}, and no correspondence leads from them "
            "to it",
            f"state a correspondence from {theirs} to {ours}{further}",
            reads,
        )

    def _leads_on(self, step: Step) -> bool:
        return bool(shortest_routes(self.steps, step.source, self.index))

    def indicator(self, node: ResolvedNode) -> None:
        """Check that each column of an indicator can be converted as what it is."""
        assert isinstance(node.written, Indicator)
        counts, weight = node.written.counted(), node.written.averaged_by()
        averaged = False
        for purpose, columns in node.columns().items():
            for column in columns:
                name = node.input_of(column)
                if purpose == AVERAGED_WITH or name not in self.written.inputs:
                    continue
                route = self.route(name or "")
                if not route:
                    continue
                path: Path = (*node.path, purpose)
                if purpose in counts:
                    self._count(path, route)
                elif not all(step.down for step in route):
                    self._average(node, path, name or "", weight, route)
                    averaged = True
        stated = getattr(node.written, "averaged_with", None)
        if stated is not None and not averaged and not self._lost(node):
            self.findings.add(
                (*node.path, "averaged_with"),
                "has no effect: nothing is averaged on the way to the areas of the index",
                "delete it",
                [("inputs",)],
            )

    def _lost(self, node: ResolvedNode) -> bool:
        """Say whether something is wrong already with the inputs of an indicator."""
        names = [node.input_of(column) for columns in node.columns().values() for column in columns]
        return any(
            name not in self.written.inputs or self.route(name or "") is None for name in names
        )

    def _count(self, path: Path, route: Route) -> None:
        for step in route:
            if step.shares:
                continue
            remedy = "state 'share_by' for it: the column of the number in each smaller area"
            if not step.stated:
                remedy = f"state a nested correspondence from {step.target} to {step.source} that "
                remedy += "says 'share_by'; or take the rate as a plain value, which is copied"
            self.findings.add(
                path,
                f"{step.source} cannot be shared out among {step.target}: nothing says how many "
                "are in each",
                remedy,
                [("correspondences", step.name), ("areas", "within")],
            )

    def _average(
        self, node: ResolvedNode, path: Path, name: str, weight: Column | None, route: Route
    ) -> None:
        geography = route[0].source
        for place, step in enumerate(route):
            if not step.shares and not all(later.down for later in route[place:]):
                self._count(path, (step,))
        if weight is None:
            self.findings.add(
                path,
                f"values of {geography} are averaged into {self.index}, and nothing says with "
                "what weight",
                "state 'averaged_with': the column of its denominator, such as people",
                [(*node.path, "averaged_with"), (*node.path, "sample_size")],
            )
            return
        of_weight = node.input_of(weight)
        table = self.written.inputs.get(of_weight or "")
        if table is not None and table.geography != geography:
            key = "averaged_with" if getattr(node.written, "averaged_with", None) else "sample_size"
            self.findings.add(
                (*node.path, key),
                f"{of_weight!r} is for {table.geography}, and the values of {name!r} for "
                f"{geography}",
                f"state 'averaged_with', a column of an input for {geography}",
                [("inputs", of_weight or "", "geography"), ("inputs", name, "geography")],
            )
