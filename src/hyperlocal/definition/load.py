"""A definition from a file, checked as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from hyperlocal.definition.change import change
from hyperlocal.definition.check import check
from hyperlocal.definition.inputs import Input
from hyperlocal.definition.lists import read_lists
from hyperlocal.definition.models import Areas, WrittenDefinition
from hyperlocal.definition.resolve import ResolvedNode, resolve, resolve_populations
from hyperlocal.definition.routes import Route, route_of
from hyperlocal.definition.source import Source, Value, read_yaml
from hyperlocal.definition.validate import validate
from hyperlocal.errors import DefinitionError, Problem


@dataclass(frozen=True)
class Definition:
    """An index, as its definition says it, with every setting resolved.

    Parameters
    ----------
    written
        The definition as it is written.
    root
        The tree of nodes with all settings resolved.
    populations
        What is counted beside the index, read like indicators of kind `count`.
    source
        The file and the lines of its values.
    lists
        The codes of its lists, by their names.
    numbers
        For each list with numbers the number that each of its codes stands for.

    Examples
    --------
    >>> import hyperlocal
    >>> wimd = hyperlocal.load("wimd-2019-domains")
    >>> [child.id for child in wimd.root.children][:3]
    ['income', 'employment', 'health']
    """

    written: WrittenDefinition
    root: ResolvedNode
    populations: tuple[ResolvedNode, ...]
    source: Source = field(repr=False, compare=False)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    numbers: Mapping[str, Mapping[str, float]] = field(default_factory=dict, repr=False)

    @property
    def id(self) -> str:
        """The id, which begins the overall columns of the results."""
        return self.written.id

    @property
    def title(self) -> str:
        """The title, or the id where none is written."""
        return self.written.title or self.id

    @property
    def areas(self) -> Areas:
        """The areas of the index."""
        return self.written.areas

    @property
    def inputs(self) -> Mapping[str, Input]:
        """The input tables."""
        return self.written.inputs

    @cached_property
    def routes(self) -> Mapping[str, Route]:
        """The way of each input to the areas of the index; empty where it is for them already.

        Tables of records that say the areas of their records have one too.
        """
        by_area = (name for name, table in self.written.records.items() if table.area is not None)
        return {name: route_of(self.written, name) for name in (*self.inputs, *by_area)}

    @cached_property
    def nodes(self) -> tuple[ResolvedNode, ...]:
        """All nodes, children before their parents."""
        return tuple(self.root.walk())

    @property
    def read(self) -> tuple[ResolvedNode, ...]:
        """All that columns of inputs are read for: the nodes and the populations."""
        return (*self.nodes, *self.populations)

    @cached_property
    def by_id(self) -> Mapping[str, ResolvedNode]:
        """All nodes by their id."""
        return {node.id: node for node in self.nodes}


def load_definition(file: str | FilePath, changes: Mapping[str, Any] | None = None) -> Definition:
    """Read a definition from a YAML file.

    Parameters
    ----------
    file
        The file.
    changes
        Settings to change, each by its dotted path, such as
        ``{"domains.crime.weight": 0.2}``.

    Returns
    -------
    Definition
        The definition, checked and resolved.

    Raises
    ------
    DefinitionError
        With every problem, each with its file and line.
    """
    name = str(file)
    try:
        text = FilePath(file).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DefinitionError(Problem("there is no such file", file=name)) from error
    except UnicodeDecodeError as error:
        raise DefinitionError(
            Problem("the file is not UTF-8 text", "save it as UTF-8", name)
        ) from error
    except OSError as error:
        raise DefinitionError(
            Problem(f"cannot be read: {error.strerror or error}", file=name)
        ) from error
    return parse_definition(text, name, changes)


def parse_definition(
    text: str, file: str = "definition", changes: Mapping[str, Any] | None = None
) -> Definition:
    """Read a definition from YAML text; see `load_definition`."""
    values, source, problems = read_yaml(text, file)
    problems += change(values, source, changes or {})
    mentioned = frozenset(_texts([part for key, part in values.items() if key != "inputs"]))
    written, wrong, damaged = validate(values, source)
    problems += wrong
    root = None
    populations: tuple[ResolvedNode, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = {}
    numbers: Mapping[str, Mapping[str, float]] = {}
    if written is not None:
        written = _with_input_defaults(written)
        root = resolve(written)
        populations = resolve_populations(written, root)
        problems += check(written, root, populations, source, damaged, mentioned)
        lists, numbers, wrong = read_lists(written.lists, source)
        problems += wrong
    if problems or written is None or root is None:
        raise DefinitionError(sorted(problems, key=lambda problem: problem.line or 0))
    return Definition(written, root, populations, source, lists, numbers)


def _with_input_defaults(written: WrittenDefinition) -> WrittenDefinition:
    defaults = written.defaults.inputs
    inputs = {name: table.with_defaults(defaults) for name, table in written.inputs.items()}
    return written.model_copy(update={"inputs": inputs})


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a definition, for editors that check YAML while it is written.

    Returns
    -------
    dict
        The schema, in JSON Schema 2020-12.

    Examples
    --------
    >>> json_schema()["title"]
    'hyperlocal definition'
    """
    schema = WrittenDefinition.model_json_schema(mode="validation")
    _close(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "hyperlocal definition",
    }


def _close(schema: Value) -> None:
    """Let mappings whose names follow a pattern have no other names."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema.setdefault("additionalProperties", False)
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        _close(part)


def _texts(values: Value) -> Iterator[str]:
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, list):
        for value in values:
            yield from _texts(value)
    elif isinstance(values, str):
        yield values
