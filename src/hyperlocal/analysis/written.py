"""Files that users write in YAML, read into strict models."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hyperlocal.definition.source import Source, read_yaml
from hyperlocal.definition.validate import near
from hyperlocal.errors import DefinitionError, Problem

Model = TypeVar("Model", bound=BaseModel)


def read_written(file: str | Path, model: type[Model]) -> tuple[Model, Source]:
    """Read a YAML file into a model.

    Parameters
    ----------
    file
        The file.
    model
        The model, which refuses unknown keys.

    Returns
    -------
    tuple
        The values, and the lines that they stand on.

    Raises
    ------
    DefinitionError
        With everything that is wrong, each with its line.
    """
    name = str(file)
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DefinitionError(Problem("there is no such file", file=name)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(
            Problem(f"cannot be read: {error}", "save it as UTF-8 text", name)
        ) from error
    values, source, problems = read_yaml(text, name)
    try:
        written = model.model_validate(values)
    except ValidationError as error:
        found = {_path(one["loc"], values): one for one in error.errors(include_url=False)}
        problems += [_explain(path, one, source, model) for path, one in found.items()]
        raise DefinitionError(sorted(problems, key=lambda one: one.line or 0)) from error
    if problems:
        raise DefinitionError(problems)
    return written, source


def _path(location: tuple[int | str, ...], values: Any) -> tuple[int | str, ...]:
    """Return where an error stands in the file, without the names of alternatives between."""
    path: tuple[int | str, ...] = ()
    for place, part in enumerate(location):
        there = (isinstance(values, dict) and part in values) or (
            isinstance(values, list) and isinstance(part, int) and part < len(values)
        )
        last = place == len(location) - 1
        if there:
            values = values[part]
        elif not last or part == "[key]" or not isinstance(values, dict):
            continue
        path = (*path, part)
    return path


def _explain(path: tuple[int | str, ...], error: Any, source: Source, model: Any) -> Problem:
    kind = error["type"]
    if kind == "missing":
        return source.problem(path, f"{path[-1]!r} is missing")
    if kind == "extra_forbidden":
        known = sorted(_keys(model))
        remedy = near(path[-1], known) or "delete it"
        return source.problem(path, f"unknown key {path[-1]!r}", remedy)
    message = error["msg"][0].lower() + error["msg"][1:]
    shown = error.get("input")
    held = f", not {shown!r}" if isinstance(shown, str | int | float) else ""
    return source.problem(path, f"{message}{held}")


def _keys(model: Any) -> set[str]:
    """Return every key of a model and of the models in it."""
    found: set[str] = set()
    schema = model.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        found |= set(part.get("properties", {}))
    return found
