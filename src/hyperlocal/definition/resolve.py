"""Settings as they hold: what each node says itself, inherits, or gets from the defaults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hyperlocal.definition.correspondences import inputs_of
from hyperlocal.definition.inputs import Column
from hyperlocal.definition.models import CountIndicator, Group, WrittenDefinition
from hyperlocal.definition.nodes import Indicator
from hyperlocal.definition.settings import (
    Conventions,
    FactorAnalysisWeights,
    Metadata,
    Part,
    Publish,
    Quality,
    RoleDefaults,
    Standing,
    Treatment,
)
from hyperlocal.definition.source import ROLES, Path, dotted, path_of

WrittenNode = Group | Indicator
Scheme = str | FactorAnalysisWeights
BUILT_IN = "built in"
_OF_INPUTS: Path = ("defaults", "input")
IN_PARTS: dict[str, type[Part]] = {
    "quality": Quality,
    "conventions": Conventions,
    "publish": Publish,
}


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """Every setting that holds for one node; the fields are those of the language."""

    input: str | None
    high_value: str | None
    shrink_to: str
    standardise: str
    missing_values: str
    zero_denominator: str
    population: str | None
    transform: str
    published_score: str
    quality: Quality
    conventions: Conventions
    publish: Publish


@dataclass(frozen=True, slots=True)
class ResolvedNode:
    """A node of the tree with all that holds for it.

    Parameters
    ----------
    id
        Its identifier, which begins its columns in the results.
    path
        Where it stands in the definition.
    role
        The key under which it stands: ``domains``, ``subdomains``, ``indicators`` or
        ``supplementary``; ``index`` for the root, and ``populations`` for what is no node of the
        tree but read like one.
    written
        The node as it is written.
    settings
        What holds for it.
    origins
        Where each setting comes from: a path of the definition, or ``built in``.
    scheme
        How its children are weighed.
    children
        The nodes that enter it, in the order in which they are written.
    supplementary
        The nodes that are built beside it and do not enter it.
    """

    id: str
    path: Path
    role: str
    written: WrittenNode
    settings: NodeSettings
    origins: dict[str, str] = field(compare=False, repr=False)
    scheme: Scheme
    children: tuple[ResolvedNode, ...] = ()
    supplementary: tuple[ResolvedNode, ...] = ()

    @property
    def title(self) -> str:
        """The title, made from the id where none is written."""
        return self.written.title or self.id.replace("_", " ").capitalize()

    @property
    def is_indicator(self) -> bool:
        """Whether the node is measured from data, not combined from children."""
        return not isinstance(self.written, Group)

    def walk(self) -> Iterator[ResolvedNode]:
        """Yield all nodes of this branch, children before their parents."""
        for node in (*self.children, *self.supplementary):
            yield from node.walk()
        yield self

    def top_down(self) -> Iterator[ResolvedNode]:
        """Yield all nodes of this branch in the order of the definition, parents first."""
        yield self
        for node in (*self.children, *self.supplementary):
            yield from node.top_down()

    def origin(self, name: str) -> Path | None:
        """Return the path of the setting that holds; None where it is built in."""
        return None if self.origins[name] == BUILT_IN else path_of(self.origins[name])

    def looked_up(self, name: str) -> list[Path]:
        """Return every path at which a setting of this node may be stated, the nearest first."""
        nodes = [self.path[:length] for length in range(len(self.path), 0, -2)]
        if name not in Treatment.model_fields:
            nodes = nodes[:1]
        places: list[Path] = [*nodes, ("defaults", self.role), ("defaults",)]
        return [(*place, name) for place in places]

    def columns(self) -> dict[str, tuple[Column, ...]]:
        """Return the input columns of an indicator by what they are for."""
        return self.written.columns() if isinstance(self.written, Indicator) else {}

    def input_of(self, column: Column) -> str | None:
        """Return the input that holds a column: its own, or the one that is inherited."""
        return column.input or self.settings.input


def resolve(written: WrittenDefinition) -> ResolvedNode:
    """Work out every setting of every node.

    A setting of how indicators are treated is looked for at the node, then at the nodes above it
    (the nearest first), then in ``defaults`` for nodes under that key, then in ``defaults``. A
    setting of the node itself (``transform``, ``published_score``, ``weights``) is not inherited
    from the nodes above. Conventions are resolved one by one, the last place being the top of
    the definition.

    Parameters
    ----------
    written
        The definition as it is written.

    Returns
    -------
    ResolvedNode
        The root of the tree.
    """
    index = written.index
    if not index.title:
        index = index.model_copy(update={"title": written.title})
    if not index.title_cy:
        index = index.model_copy(update={"title_cy": written.title_cy})
    return _resolve_node(_Place(written, written.id, ("index",), "index", index, None))


def resolve_populations(written: WrittenDefinition, root: ResolvedNode) -> tuple[ResolvedNode, ...]:
    """Return the populations as counts that are read like those of indicators.

    Parameters
    ----------
    written
        The definition as it is written.
    root
        The same, resolved.
    """
    about = set(Metadata.model_fields)
    return tuple(
        ResolvedNode(
            name,
            ("populations", name),
            "populations",
            CountIndicator(
                kind="count", column=population.column, **population.model_dump(include=about)
            ),
            replace(
                root.settings,
                input=population.input or written.defaults.input,
                missing_values="unscored",
                conventions=Conventions(),
            ),
            {"input": dotted(("populations", name, "input") if population.input else _OF_INPUTS)},
            "equal",
        )
        for name, population in written.populations.items()
    )


@dataclass(frozen=True)
class _Place:
    """A node as it is written, and where it stands."""

    definition: WrittenDefinition
    id: str
    path: Path
    role: str
    written: WrittenNode
    parent: _Place | None

    def defaults(self) -> list[tuple[Path, RoleDefaults]]:
        """Return where its settings are looked for last."""
        general = self.definition.defaults
        defaults: list[tuple[Path, RoleDefaults]] = [(("defaults",), general)]
        if self.role in ROLES:
            defaults.insert(0, (("defaults", self.role), getattr(general, self.role)))
        return defaults

    def own(self) -> list[tuple[Path, Part]]:
        """Return where settings of the node itself are looked for."""
        return [(self.path, self.written), *self.defaults()]

    def inherited(self) -> list[tuple[Path, Treatment]]:
        """Return where settings that flow down the tree are looked for."""
        nodes: list[tuple[Path, Treatment]] = []
        place: _Place | None = self
        while place is not None:
            nodes.append((place.path, place.written))
            place = place.parent
        return [*nodes, *self.defaults()]


def _resolve_node(place: _Place) -> ResolvedNode:
    settings, origins = _settings(place)
    scheme, origins["weights"] = _scheme(place.written, place.own())
    children: list[ResolvedNode] = []
    supplementary: list[ResolvedNode] = []
    for key in ROLES:
        for name, child in getattr(place.written, key, {}).items():
            path = (*place.path, key, name)
            node = _resolve_node(_Place(place.definition, name, path, key, child, place))
            (supplementary if key == "supplementary" else children).append(node)
    return ResolvedNode(
        place.id,
        place.path,
        place.role,
        place.written,
        settings,
        origins,
        scheme,
        tuple(children),
        tuple(supplementary),
    )


def _settings(place: _Place) -> tuple[NodeSettings, dict[str, str]]:
    """Return the settings of a node, and where each comes from."""
    inherited, own = place.inherited(), place.own()
    found: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name in Treatment.model_fields:
        if name not in IN_PARTS:
            found[name], origins[name] = _look_up(inherited, name)
    for name in Standing.model_fields:
        found[name], origins[name] = _look_up(own, name)
    combine = _combine_above(place)
    if combine and "transform" not in place.written.model_fields_set:
        found["transform"], origins["transform"] = combine
    usual = "exponential" if place.role in ("domains", "subdomains") else "none"
    found["transform"] = found["transform"] or usual
    found["published_score"] = found["published_score"] or "combined"
    for key, part in IN_PARTS.items():
        places: list[tuple[Path, Part]] = [
            ((*at, key), getattr(here, key)) for at, here in inherited
        ]
        if key in WrittenDefinition.model_fields:
            places.append(((key,), getattr(place.definition, key)))
        agreed = {name: _look_up(places, name) for name in part.model_fields}
        origins |= {f"{key}.{name}": origin for name, (_, origin) in agreed.items()}
        found[key] = part(**{name: value for name, (value, _) in agreed.items()})
    if found["publish"].geography == place.definition.areas.geography:  # as without any
        found["publish"] = found["publish"].model_copy(update={"geography": None})
    return NodeSettings(**found), origins


def _look_up(places: Sequence[tuple[Path, Part]], name: str) -> tuple[Any, str]:
    for path, part in places:
        if name in part.model_fields_set and getattr(part, name) is not None:
            return getattr(part, name), dotted((*path, name))
    return type(places[-1][1]).model_fields[name].default, BUILT_IN


def _scheme(written: WrittenNode, own: list[tuple[Path, Part]]) -> tuple[Scheme, str]:
    if not isinstance(written, Group):
        return "equal", BUILT_IN
    scheme, origin = _look_up(own, "weights")
    children = [child for key in ROLES[:3] for child in getattr(written, key).values()]
    if any(child.weight is not None for child in children):
        only_for_the_rest = scheme == "equal" and written.weights is None
        if scheme is None or only_for_the_rest:
            return "stated", "the children's weights"
    return scheme or "equal", origin


def _combine_above(place: _Place) -> tuple[str, str] | None:
    """Return what the parent's `combine` makes of a node's `transform`, if it says it."""
    if place.parent is None or place.role == "supplementary":
        return None
    if not isinstance(place.parent.written, Group):
        return None
    combine, origin = _look_up(place.parent.own(), "combine")
    if combine is None:
        return None
    return ("exponential" if combine == "transformed_ranks" else "none"), origin


def used_records(nodes: Sequence[ResolvedNode]) -> frozenset[str]:
    """Return the names of the tables of records that nodes are gathered from."""
    return frozenset(name for node in nodes for _, name in records_of(node))


def records_of(node: ResolvedNode) -> list[tuple[Path, str]]:
    """Return the tables of records that a node is gathered from, each with the key that names it.

    Parameters
    ----------
    node
        The node.
    """
    return list(node.written.records_used()) if isinstance(node.written, Indicator) else []


def used_inputs(written: WrittenDefinition, nodes: Sequence[ResolvedNode]) -> frozenset[str]:
    """Return the names of the inputs that areas, nodes and correspondences are made of."""
    areas = written.areas
    of_areas = {areas.table.input, *(within.input for within in areas.within.values())}
    for place in (areas.names, areas.boundaries):
        if place is not None:
            of_areas.add(place.input)
    of_nodes = {
        node.input_of(column)
        for node in nodes
        for columns in node.columns().values()
        for column in columns
    }
    of_correspondences = {
        name
        for correspondence in written.correspondences.values()
        for _, name in inputs_of(correspondence)
    }
    return frozenset(name for name in of_areas | of_nodes | of_correspondences if name)
