"""The way from the geography of an input to that of the index, over stated correspondences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hyperlocal.definition.correspondences import Correspondence, Nested, Overlap, Points
from hyperlocal.definition.inputs import Input
from hyperlocal.definition.models import WrittenDefinition
from hyperlocal.definition.records import AreaOfRecord


@dataclass(frozen=True, slots=True)
class Step:
    """One step from areas to other areas.

    Parameters
    ----------
    name
        The correspondence, or the geography of ``areas.within``.
    source
        The geography that it leads from.
    target
        The geography that it leads to.
    down
        Whether it leads from larger areas to those that lie in them.
    up
        Whether it leads from areas to larger ones.
    shares
        Whether it says how a count is shared out.
    stated
        Whether it is a correspondence of the definition; else one of ``areas.within``.
    """

    name: str
    source: str
    target: str
    down: bool = False
    up: bool = False
    shares: bool = True
    stated: bool = True

    def __str__(self) -> str:
        return f"{self.source} to {self.target} ({self.name})"


Route = tuple[Step, ...]


def ends(correspondence: Correspondence, inputs: dict[str, Input]) -> tuple[str, str]:
    """Return the geographies that a correspondence leads from and to.

    Parameters
    ----------
    correspondence
        The correspondence.
    inputs
        The inputs of the definition.

    Returns
    -------
    tuple of str
        Empty text where an input does not exist.
    """
    if isinstance(correspondence, Points | Overlap):
        here, there = correspondence.between
        return _geography(here, inputs), _geography(there, inputs)
    return _geography(correspondence.input, inputs), correspondence.to


def _geography(name: str, inputs: dict[str, Input]) -> str:
    return inputs[name].geography if name in inputs else ""


def steps(written: WrittenDefinition) -> tuple[Step, ...]:
    """Return every step that can be taken: each correspondence, and nested ones downwards too.

    Parameters
    ----------
    written
        The definition.
    """
    taken: list[Step] = []
    for name, correspondence in written.correspondences.items():
        source, target = ends(correspondence, written.inputs)
        taken.append(Step(name, source, target, up=isinstance(correspondence, Nested)))
        if isinstance(correspondence, Nested):
            shares = correspondence.share_by is not None
            taken.append(Step(name, target, source, down=True, shares=shares))
    known = {(step.source, step.target) for step in taken}
    index = written.areas.geography
    taken += [
        Step(name, name, index, down=True, shares=False, stated=False)
        for name in written.areas.within
        if (name, index) not in known
    ]
    return tuple(taken)


def shortest_routes(taken: Sequence[Step], source: str, target: str) -> list[Route]:
    """Return the shortest routes from one geography to another; several where they are as short.

    No route goes up and later down, which would make what is known of small areas known of large
    ones alone. It can be stated.

    Parameters
    ----------
    taken
        Every step that can be taken.
    source, target
        The geographies.

    Examples
    --------
    >>> taken = [Step("a", "oa11", "oa21"), Step("b", "oa21", "lsoa21")]
    >>> [str(step) for step in shortest_routes(taken, "oa11", "lsoa21")[0]]
    ['oa11 to oa21 (a)', 'oa21 to lsoa21 (b)']
    """
    routes: list[Route] = [()]
    seen = {source}
    while routes:
        there = [route for route in routes if (route[-1].target if route else source) == target]
        if there:
            return there
        longer = [
            (*route, step)
            for route in routes
            for step in taken
            if step.source == (route[-1].target if route else source)
            and step.target not in seen
            and not (step.down and any(before.up for before in route))
        ]
        seen |= {route[-1].target for route in longer}
        routes = longer
    return []


def stated_route(taken: Sequence[Step], source: str, through: Sequence[str]) -> Route | None:
    """Return the route that goes through the named correspondences; None where it breaks off.

    Parameters
    ----------
    taken
        Every step that can be taken.
    source
        The geography that it begins at.
    through
        The names, in their order.
    """
    route: list[Step] = []
    for name in through:
        here = route[-1].target if route else source
        step = next((step for step in taken if (step.name, step.source) == (name, here)), None)
        if step is None:
            return None
        route.append(step)
    return tuple(route)


def route_of(written: WrittenDefinition, name: str) -> Route:
    """Return the route by which an input, or a table of records, is converted.

    Parameters
    ----------
    written
        The definition, which is checked.
    name
        The input, or the table of records that says its areas.

    Returns
    -------
    tuple of Step
        Empty where it is for the areas of the index already.
    """
    table, taken = placed_by(written, name), steps(written)
    if table is None:
        return ()
    if table.through is not None:
        return stated_route(taken, table.geography, table.through) or ()
    routes = shortest_routes(taken, table.geography, written.areas.geography)
    return routes[0] if routes else ()


def placed_by(written: WrittenDefinition, name: str) -> Input | AreaOfRecord | None:
    """Return what says the geography of an input or a table of records; None where nothing does.

    Parameters
    ----------
    written
        The definition.
    name
        The input, or the table of records.
    """
    return written.inputs[name] if name in written.inputs else written.records[name].area
