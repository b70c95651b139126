"""The form of a definition: every fault at once, each in plain words."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from hyperlocal.areas import GEOGRAPHY_PATTERN
from hyperlocal.definition import (
    correspondences,
    inputs,
    kinds,
    models,
    nodes,
    records,
    settings,
)
from hyperlocal.definition.models import WrittenDefinition
from hyperlocal.definition.source import ROLES, Path, Source, Value
from hyperlocal.errors import Problem

ROUNDS_OF_REPAIR = 100
SHOWN_CHARACTERS = 60
_TABLE: dict[str, Value] = {"file": "", "geography": "unknown00", "code": ""}
_STAND_INS: dict[str, Value] = {
    "hyperlocal": models.LANGUAGE_VERSION,
    "id": "unnamed",
    "areas": {"geography": "unknown00", "table": {"input": ""}},
    "inputs": {"unknown": _TABLE},
    "index": {},
    "geography": "unknown00",
    "table": {"input": ""},
    "reason": "unknown",
    "factor_analysis": {},
    **dict.fromkeys(("code", "input", "column", "file", "denominator", "observed", "expected"), ""),
}
_STAND_INS_IN_LISTS: dict[str, Value] = {
    "exclude": {"code": "", "reason": "unknown"},
    "forms": {"file": ""},
    "accept": "heywood_case",
}
_UNIONS = ("weights", "n", "exponential", "round_to", "suppress_below")


def validate(
    values: dict[str, Value], source: Source
) -> tuple[WrittenDefinition | None, list[Problem], frozenset[Path]]:
    """Validate values; what is wrong is replaced so that the rest can be checked too.

    Parameters
    ----------
    values
        The values of the file, which are changed where they are wrong.
    source
        Where they stand.

    Returns
    -------
    tuple
        The definition, where any is left; what is wrong; and the paths of what was replaced,
        of which nothing more can be said.
    """
    problems: list[Problem] = []
    damaged: set[Path] = set()
    tried: set[tuple[Path, bool]] = set()
    _write_marks(values, source)
    for _ in range(ROUNDS_OF_REPAIR):
        try:
            return WrittenDefinition.model_validate(values), problems, frozenset(damaged)
        except ValidationError as error:
            found = _by_place(error, values)
        known = {path for path, _ in tried}
        said = {path: _explain(path, errors, source, values) for path, errors in found.items()}
        meant = {meant for path, (_, meant) in said.items() if meant != path}
        for path, errors in found.items():
            if path not in meant and not _follows(path, errors, known):
                problems.append(said[path][0])
        damaged |= meant | set(found)
        for path, errors in found.items():
            _mend(values, path, errors[0]["type"] == "missing", tried)
    return None, problems, frozenset(damaged)


def near(word: object, known: Sequence[str]) -> str:
    """Suggest the one of the known words that is most like another, as a question; or nothing."""
    likely = difflib.get_close_matches(str(word), known, 1, 0.6)
    return f"did you mean {likely[0]!r}?" if likely else ""


@cache
def known_keys() -> tuple[str, ...]:
    """Return every key of the language."""
    modules = (models, nodes, settings, inputs, records, correspondences, *kinds.MODULES)
    parts = [part for module in modules for part in vars(module).values()]
    return tuple(
        sorted(
            {
                name
                for part in parts
                if isinstance(part, type) and issubclass(part, BaseModel)
                for name in part.model_fields
            }
        )
    )


def _write_marks(values: dict[str, Value], source: Source) -> None:
    """Take marks such as ``~`` and ``true`` for the text that they are."""
    tables = values.get("inputs")
    named = tables.items() if isinstance(tables, dict) else ()
    places: list[tuple[Path, Value]] = [(("inputs", name), table) for name, table in named]
    defaults = values.get("defaults")
    if isinstance(defaults, dict):
        places.append((("defaults", "inputs"), defaults.get("inputs")))
    for path, table in places:
        for key in ("missing", "nil") if isinstance(table, dict) else ():
            _write_mark(table, key, (*path, key), source)


def _write_mark(table: dict[str, Value], key: str, path: Path, source: Source) -> None:
    marks = table.get(key)
    if isinstance(marks, list):
        for number, mark in enumerate(marks):
            if mark is None or isinstance(mark, bool):
                marks[number] = source.texts.get((*path, number)) or mark
    elif isinstance(marks, bool):
        table[key] = source.texts.get(path, marks)


def _by_place(error: ValidationError, values: Value) -> dict[Path, list[Any]]:
    """Group pydantic's errors by their path in the file, the deepest of a union winning."""
    found: dict[Path, list[Any]] = {}
    for item in error.errors(include_url=False):
        path = _path_in_file(item, values)
        found.setdefault(path, []).append(item)
    return {
        path: items
        for path, items in found.items()
        if not any(other != path and other[: len(path)] == path for other in found)
        or items[0]["type"] == "missing"
    }


def _path_in_file(item: Any, here: Value) -> Path:
    """Return where an error stands in the file, without the names of alternatives between."""
    path: Path = ()
    location = list(item["loc"])
    while location:
        part = location.pop(0)
        if _holds(here, part):
            here = here[part]
        elif location or item["type"] != "missing":
            continue
        path = (*path, part)
        if _has_alternatives(path):
            del location[:1]
    return path


def _has_alternatives(path: Path) -> bool:
    is_node = path[0] == "index" and len(path) > 1 and len(path) % 2 == 1
    if is_node and all(part in ROLES for part in path[1::2]):
        return True
    return path[0] in ("index", "defaults", "conventions") and path[-1] in _UNIONS


def _holds(values: Value, part: str | int) -> bool:
    if isinstance(values, list):
        return isinstance(part, int) and part < len(values)
    return isinstance(values, dict) and part in values


def _at(values: Value, path: Path) -> Value:
    for part in path:
        values = values[part]
    return values


def _follows(path: Path, errors: Sequence[Any], known: set[Path]) -> bool:
    """Return whether a fault follows from what was replaced before."""
    if errors[0]["type"] == "too_short" and any(bad[: len(path)] == path for bad in known):
        return True
    return any(path[: len(bad)] == bad for bad in known)


def _mend(
    values: dict[str, Value], path: Path, missing: bool, tried: set[tuple[Path, bool]]
) -> None:
    """Take a value out, or put one in; the second time, do so with what holds it."""
    while path and ((path, missing) in tried or (missing and path[-1] not in _STAND_INS)):
        path, missing = path[:-1], False
    if not path:
        return
    tried.add((path, missing))
    holder: Value = values
    for part in path[:-1]:
        if not _holds(holder, part):
            return
        holder = holder[part]
    key = path[-1]
    if missing and isinstance(holder, dict):
        holder[key] = copy.deepcopy(_STAND_INS[str(key)])
    elif isinstance(holder, list) and isinstance(key, int):
        holder[key] = copy.deepcopy(_STAND_INS_IN_LISTS.get(str(path[-2]), ""))
    elif path[:-1] == ("inputs",):
        del holder[key]
        if re.fullmatch("[a-z][a-z0-9_]*", str(key)):
            holder[key] = dict(_TABLE)
    elif _holds(holder, key):
        del holder[key]


def _explain(
    path: Path, errors: Sequence[Any], source: Source, values: Value
) -> tuple[Problem, Path]:
    """Say one error in plain words; also return the path that was meant."""
    error = errors[0]
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown_key(path, source)
    if kind == "missing":
        return source.problem(path, f"{path[-1]!r} is missing"), path
    value = _at(values, path)
    if kind == "union_tag_invalid":
        message = f"unknown kind {_shown(value['kind'])}"
        kinds = correspondences.CORRESPONDENCES if path[0] == "correspondences" else models.KINDS
        remedy = f"kinds are {', '.join(kinds)}"
        return source.problem((*path, "kind"), message, remedy), path
    if kind == "too_short":
        return source.problem(path, "is empty", "state at least one"), path
    shown = repr(path[-1]) if error["loc"][-1] == "[key]" else _shown(value)
    return source.problem(path, f"{shown} is not allowed here", _remedy(path, errors, value)), path


def _unknown_key(path: Path, source: Source) -> tuple[Problem, Path]:
    if path[-1] in known_keys():
        remedy = "delete it"
        if path[0] == "index":
            remedy += ", or mend the 'kind' of what it stands in"
        return source.problem(path, "this key does not belong here", remedy), path
    likely = difflib.get_close_matches(str(path[-1]), known_keys(), 1, 0.7)
    remedy = f"did you mean {likely[0]!r}?" if likely else "delete it"
    meant = (*path[:-1], likely[0]) if likely else path
    return source.problem(path, "unknown key", remedy), meant


def _shown(value: Value) -> str:
    """Show a value as it is written in YAML, cut short."""
    if value is None:
        return "an empty value"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return getattr(value, "text", str(value))
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    shown = repr(str(value))
    return shown if len(shown) <= SHOWN_CHARACTERS else f"{shown[: SHOWN_CHARACTERS - 3]}..."


_TYPES = {
    "float_type": "write a number",
    "int_type": "write a whole number",
    "dict_type": "write a mapping of keys to values",
    "model_type": "write a mapping of keys to values",
    "model_attributes_type": "write a mapping of keys to values",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "tuple_type": "write a list",
    "finite_number": "write a finite number",
}
_PATTERNS = {
    GEOGRAPHY_PATTERN: "a geography ends in the year of its vintage, as in lsoa21",
}


def _remedy(path: Path, errors: Sequence[Any], value: Value) -> str:
    words = [item["ctx"]["expected"] for item in errors if item["type"] == "literal_error"]
    others = [_reason(item, value) for item in errors if item["type"] != "literal_error"]
    if words and path[-1] == "weights":
        *first, last = re.findall("'[a-z_]+'", words[0])
        words, others = [f"{', '.join([*first, last])} or 'factor_analysis'"], []
    if words:
        return ", or ".join([f"state {' or '.join(words)}", *others[:1]])
    return " or ".join(dict.fromkeys(others))


def _reason(error: Any, value: Value) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "string_pattern_mismatch":
        words = "an id has lower-case letters, digits and _, a letter first"
        return _PATTERNS.get(context["pattern"], words)
    if kind == "string_type":
        return "put it in quotes" if isinstance(value, bool | int | float) else "write text"
    if context.get("class_name") == "Column":
        return "write the heading of a column"
    message = str(error["msg"]).removeprefix("Value error, ")
    return _TYPES.get(kind) or re.sub("^[A-Z][a-z]+ should", "it must", message)
