"""A definition from a file, checked as a whole."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError

from hyperlocal.areas import GEOGRAPHY_PATTERN
from hyperlocal.definition import models, settings
from hyperlocal.definition.check import check
from hyperlocal.definition.models import Areas, Input, WrittenDefinition
from hyperlocal.definition.resolve import ResolvedNode, resolve
from hyperlocal.definition.source import Path, Source, Value, dotted, read_yaml, scalar
from hyperlocal.errors import DefinitionError, Problem

ROUNDS_OF_REPAIR = 20
STAND_INS: dict[str, Value] = {
    "hyperlocal": models.LANGUAGE_VERSION,
    "id": "unnamed",
    "geography": "unknown00",
    "table": {"input": ""},
    "reason": "unknown",
    "factor_analysis": {},
}
STAND_INS |= dict.fromkeys(
    ("code", "input", "column", "file", "denominator", "observed", "expected"), ""
)


@dataclass(frozen=True)
class Definition:
    """An index, as its definition says it, with every setting resolved.

    Parameters
    ----------
    written
        The definition as it is written.
    root
        The tree of nodes with all settings resolved.
    source
        The file and the lines of its values.

    Examples
    --------
    >>> import hyperlocal
    >>> wimd = hyperlocal.load("wimd-2019-domains")
    >>> [child.id for child in wimd.root.children][:3]
    ['income', 'employment', 'health']
    """

    written: WrittenDefinition
    root: ResolvedNode
    source: Source = field(repr=False, compare=False)

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
    def nodes(self) -> tuple[ResolvedNode, ...]:
        """All nodes, children before their parents."""
        return tuple(self.root.walk())

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
    problems += _change(values, source, changes or {})
    written, wrong, damaged = _validate(values, source)
    problems += wrong
    root = None
    if written is not None:
        root = resolve(written)
        problems += check(written, root, source, damaged)
    if problems or written is None or root is None:
        raise DefinitionError(sorted(problems, key=lambda problem: problem.line or 0))
    return Definition(written, root, source)


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
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "hyperlocal definition",
    }


def _change(values: dict[str, Value], source: Source, changes: Mapping[str, Any]) -> list[Problem]:
    """Apply changes in place; a key that is new is allowed only as the last part of a path."""
    problems = []
    for place, new in changes.items():
        parts = tuple(place.split("."))
        if parts[0] not in WrittenDefinition.model_fields:
            parts = ("index", *parts)
        holder: Value = values
        for depth, part in enumerate(parts[:-1]):
            if isinstance(holder, dict) and part not in holder and depth == len(parts) - 2:
                holder[part] = {}
            inside = holder.get(part) if isinstance(holder, dict) else None
            if not isinstance(inside, dict):
                known = ", ".join(holder) if isinstance(holder, dict) else ""
                problems.append(
                    Problem(
                        f"there is no {dotted(parts[: depth + 1])} in the definition",
                        f"here are: {known}" if known else "",
                        "--set",
                        place=place,
                    )
                )
                break
            holder = inside
        else:
            holder[parts[-1]] = scalar(new) if isinstance(new, str) else new
    return problems


def _validate(
    values: dict[str, Value], source: Source
) -> tuple[WrittenDefinition | None, list[Problem], frozenset[Path]]:
    """Validate the values; what is wrong is taken out so that the rest can be checked too."""
    problems: list[Problem] = []
    damaged: set[Path] = set()
    for _ in range(ROUNDS_OF_REPAIR):
        try:
            return WrittenDefinition.model_validate(values), problems, frozenset(damaged)
        except ValidationError as error:
            found = _by_place(error, values)
        for path, errors in found.items():
            problem, meant = _explain(path, errors, source, values)
            if not any(path[: len(bad)] == bad for bad in damaged):
                problems.append(problem)
            damaged.add(meant)
            if errors[0]["type"] == "missing":
                repaired = path[-1] in STAND_INS and _put_in(values, path)
            else:
                repaired = _take_out(values, path)
            if not repaired:
                return None, problems, frozenset(damaged)
    return None, problems, frozenset(damaged)


def _by_place(error: ValidationError, values: Value) -> dict[Path, list[Any]]:
    """Group pydantic's errors by their path in the file, the deepest of a union winning."""
    found: dict[Path, list[Any]] = {}
    for item in error.errors(include_url=False):
        path: Path = ()
        here = values
        location = item["loc"]
        for number, part in enumerate(location):
            last = number == len(location) - 1
            if _holds(here, part):
                here = here[part]
            elif not (last and item["type"] == "missing"):
                continue
            path = (*path, part)
        found.setdefault(path, []).append(item)
    return {
        path: items
        for path, items in found.items()
        if not any(other != path and other[: len(path)] == path for other in found)
        or items[0]["type"] == "missing"
    }


def _holds(values: Value, part: str | int) -> bool:
    if isinstance(values, list):
        return isinstance(part, int) and part < len(values)
    return isinstance(values, dict) and part in values


def _explain(
    path: Path, errors: Sequence[Any], source: Source, values: Value
) -> tuple[Problem, Path]:
    """Say one error in plain words; also return the path that was meant."""
    error = errors[0]
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        if path[-1] in _known_keys():
            remedy = "delete it, or mend the 'kind' of what it stands in"
            return source.problem(path, "this key does not belong here", remedy), path
        near = difflib.get_close_matches(str(path[-1]), _known_keys(), 1, 0.7)
        remedy = f"did you mean {near[0]!r}?" if near else "delete it"
        meant = (*path[:-1], near[0]) if near else path
        return source.problem(path, "unknown key", remedy), meant
    if kind == "missing":
        return source.problem(path, f"{path[-1]!r} is missing"), path
    if kind == "union_tag_invalid":
        message = f"unknown kind {context['tag']!r}"
        return source.problem(
            (*path, "kind"), message, f"kinds are {', '.join(models.KINDS)}"
        ), path
    allowed = [item["ctx"]["expected"] for item in errors if item["type"] == "literal_error"]
    shown = repr(error.get("input"))
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    if allowed:
        others = [item for item in errors if item["type"] != "literal_error"]
        choice = " or ".join(allowed)
        extra = f", or {_reason(others[0])}" if others else ""
        return source.problem(path, f"{shown} is not allowed here", f"state {choice}{extra}"), path
    return source.problem(path, f"{shown} is not allowed: {_reason(error)}"), path


_REASONS = {
    "float_type": "a number",
    "int_type": "a whole number",
    "string_type": "text",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "finite_number": "a finite number",
}


def _reason(error: Any) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "string_pattern_mismatch":
        patterns = {
            GEOGRAPHY_PATTERN: "a geography ends in the year of its vintage, as in lsoa21",
        }
        return patterns.get(
            context["pattern"], "an id has lower-case letters, digits and _, a letter first"
        )
    if kind in _REASONS:
        return f"it must be {_REASONS[kind]}"
    message = str(error["msg"])
    return message[0].lower() + message[1:]


def _known_keys() -> list[str]:
    parts = [*vars(models).values(), *vars(settings).values()]
    return sorted(
        {
            name
            for part in parts
            if isinstance(part, type) and issubclass(part, BaseModel)
            for name in part.model_fields
        }
    )


def _put_in(values: Value, path: Path) -> bool:
    for part in path[:-1]:
        values = values[part]
    values[path[-1]] = STAND_INS[str(path[-1])]
    return True


def _take_out(values: Value, path: Path) -> bool:
    for part in path[:-1]:
        values = values[part]
    if not _holds(values, path[-1]):
        return False
    del values[path[-1]]
    return True
