"""Settings of a definition that are changed from the command line."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hyperlocal.definition.models import WrittenDefinition
from hyperlocal.definition.source import (
    COMMAND_LINE,
    ROLES,
    Path,
    Source,
    Value,
    dotted,
    path_of,
    read_value,
)
from hyperlocal.definition.validate import known_keys, near
from hyperlocal.errors import DefinitionError, Problem


def change(values: dict[str, Value], source: Source, changes: Mapping[str, Any]) -> list[Problem]:
    """Change settings in place.

    Parameters
    ----------
    values
        The values of the definition.
    source
        Where they stand; what is changed is marked in it.
    changes
        New values by their dotted paths. Text is read as YAML is.

    Returns
    -------
    list of Problem
        The changes that cannot be made: of nodes, inputs and entries that are not there.
    """
    problems: list[Problem] = []
    for place, new in changes.items():
        path = path_of(place)
        shown = dotted(path)
        if path[0] not in WrittenDefinition.model_fields:
            path = ("index", *path)
        refusal = _refusal(values, path)
        if refusal:
            problems.append(Problem(*refusal, COMMAND_LINE, place=shown))
            continue
        value, texts = copy.deepcopy(new), {}
        if isinstance(new, str):
            try:
                value, read, wrong = read_value(new, path)
            except DefinitionError as error:
                problems += [replace(p, line=None, place=shown) for p in error.problems]
                continue
            problems += [replace(problem, line=None) for problem in wrong]
            texts = read.texts
        _put(values, path, value, source)
        for old in [old for old in source.texts if old[: len(path)] == path]:
            del source.texts[old]
        source.texts.update(texts)
    return problems


def _refusal(values: Value, path: Path) -> tuple[str, str] | None:
    """Say why there is no place for a value at a path; None where there is."""
    for depth, part in enumerate(path):
        here = dotted(path[:depth])
        is_list = isinstance(values, list)
        if isinstance(part, int) or is_list:
            number = len(values) if is_list else 0
            if not isinstance(part, int):
                return f"{here} is a list", f"name its entry by a number, as in {here}[0]"
            if part >= number:
                return "there is no such entry", f"{here} has {number}"
        inside = _inside(values, part)
        if inside is None and isinstance(part, str) and not _has_place(values, path, depth):
            known = list(values) if isinstance(values, dict) else []
            what = _what_is_named(path[:depth])
            likely = near(part, known if what else known_keys())
            hint = likely or (f"here are: {', '.join(map(str, known))}" if known else "")
            return f"there is no such {what or 'key'}", hint
        values = inside
    return None


def _inside(values: Value, part: str | int) -> Value:
    if isinstance(values, list) and isinstance(part, int):
        return values[part]
    return values.get(part) if isinstance(values, dict) else None


def _has_place(values: Value, path: Path, depth: int) -> bool:
    if isinstance(values, dict) and path[depth] in values:
        return True
    if _what_is_named(path[:depth]):
        return False
    return depth == len(path) - 1 or path[depth] in known_keys()


def _what_is_named(path: Path) -> str:
    """Say what the keys at a path are the names of; nothing where they are the language's."""
    if path == ("inputs",):
        return "input"
    of_nodes = len(path) % 2 == 0 and path[:1] == ("index",)
    return "node" if of_nodes and all(part in ROLES for part in path[1::2]) else ""


def _put(values: Value, path: Path, value: Value, source: Source) -> None:
    for depth, part in enumerate(path[:-1]):
        inside = _inside(values, part)
        if not isinstance(inside, dict | list):
            values[part] = inside = {}
            source.changed.add(path[: depth + 1])
        values = inside
    values[path[-1]] = value
    source.changed.add(path)
