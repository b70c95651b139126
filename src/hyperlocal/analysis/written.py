"""Files that users write in YAML, read into strict models: every fault at once, with its line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hyperlocal.definition.source import Path, Source, Value, read_yaml
from hyperlocal.definition.validate import near
from hyperlocal.errors import DefinitionError, Problem

SHOWN_CHARACTERS = 60
_MAPPING, _LIST = "write a mapping of keys to values", "write a list"
_SAID = {
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "too_short": "state more",
    "int_type": "write a whole number",
    "float_type": "write a number",
    "string_type": "write a name",
    "string_pattern_mismatch": "names have lower-case letters, digits and _, a letter first",
}

Model = TypeVar("Model", bound=BaseModel)


def read_text(file: str | FilePath) -> str:
    """Read a text file; raise DefinitionError where it cannot be read."""
    name = str(file)
    try:
        return FilePath(file).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DefinitionError(Problem("there is no such file", file=name)) from error
    except UnicodeDecodeError as error:
        said = Problem("the file is not UTF-8 text", "save it as UTF-8", name)
        raise DefinitionError(said) from error
    except OSError as error:
        said = Problem(f"cannot be read: {error.strerror or error}", file=name)
        raise DefinitionError(said) from error


def read_written(
    file: str | FilePath, model: type[Model], what: str, begin: str
) -> tuple[Model, Source]:
    """Read a YAML file into a model.

    Parameters
    ----------
    file
        The file.
    model
        The model, which refuses unknown keys.
    what, begin
        What the file is and how it begins, for messages.

    Returns
    -------
    tuple
        The values, and where they stand.

    Raises
    ------
    DefinitionError
        With everything that is wrong, each with its line.
    """
    values, source, problems = read_yaml(read_text(file), str(file), what, begin)
    try:
        written = model.model_validate(values)
    except ValidationError as error:
        problems += explained(error, values, source, keys_of(model)).values()
        raise DefinitionError(sorted(problems, key=lambda one: one.line or 0)) from error
    if problems:
        raise DefinitionError(problems)
    return written, source


def explained(
    error: ValidationError,
    values: Value,
    source: Source,
    known: Collection[str],
    reasons: Mapping[str, str] | None = None,
) -> dict[Path, Problem]:
    """Say the errors of pydantic in plain words, by the place in the file that each is about.

    Parameters
    ----------
    error
        What pydantic raised.
    values
        The values of the file.
    source
        Where they stand.
    known
        The keys of the language.
    reasons
        What is said of kinds of errors, where it differs from the usual.
    """
    said = {**_SAID, **(reasons or {})}
    found: dict[Path, Problem] = {}
    for item in error.errors(include_url=False):
        path = _path(item["loc"], values, item["type"] == "missing")
        found.setdefault(path, _problem(item, path, values, source, sorted(known), said))
    return found


def keys_of(model: type[BaseModel]) -> set[str]:
    """Return every key of a model and of the models in it."""
    schema = model.model_json_schema()
    parts = (schema, *schema.get("$defs", {}).values())
    return {name for part in parts for name in part.get("properties", {})}


def _path(location: tuple[int | str, ...], values: Value, missing: bool) -> Path:
    """Return where an error stands in the file, without what pydantic puts between."""
    path: Path = ()
    for place, part in enumerate(location):
        last = place == len(location) - 1
        if _holds(values, part):
            values = values[part]
        elif not (last and missing):
            continue
        path = (*path, part)
    return path


def _holds(values: Value, part: int | str) -> bool:
    if isinstance(values, list):
        return isinstance(part, int) and part < len(values)
    return isinstance(values, dict) and part in values


def _problem(
    item: Any,
    path: Path,
    values: Value,
    source: Source,
    known: list[str],
    said: Mapping[str, str],
) -> Problem:
    kind = item["type"]
    if kind == "extra_forbidden":
        here = "this key does not belong here" if path[-1] in known else "unknown key"
        return source.problem(path, here, "" if path[-1] in known else near(path[-1], known))
    if kind == "missing":
        return source.problem(path, f"{path[-1]!r} is missing")
    reason = str(item["msg"]).removeprefix("Value error, ").replace("Input should", "it must")
    reason = said.get(kind, reason[:1].lower() + reason[1:])
    if kind == "string_pattern_mismatch" and path[-1] == "geography":
        reason = "a geography ends in the year of its vintage, as in lsoa21"
    value = values
    for part in path:
        value = value[part]
    if item["loc"][-1] == "[key]":
        value = path[-1]
    if not value and isinstance(value, dict | list):
        return source.problem(path, "is empty", "state at least one")
    if isinstance(value, dict | list):
        return source.problem(path, reason)
    text = str(getattr(value, "text", value))[:SHOWN_CHARACTERS]
    shown = repr(text) if isinstance(value, str) else text.lower()
    given = "an empty value" if value is None else shown
    return source.problem(path, f"{given} is not allowed here", reason)
