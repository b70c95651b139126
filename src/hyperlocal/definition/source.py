"""YAML text into plain values, with the line on which each of them stands.

The reader takes the YAML 1.2 core schema: ``no`` is a word, ``2024-09`` is text, and a key is
always text. It builds nothing but mappings, lists and scalars, and refuses tags, duplicate keys,
anchors that contain themselves and documents that grow without bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn, Self

import yaml

from hyperlocal.definition.syntax import not_valid
from hyperlocal.errors import DefinitionError, Problem

ROLES = ("domains", "subdomains", "indicators", "supplementary")
COMMAND_LINE = "--set"
BEGINNING = "begin with 'hyperlocal: 1' and 'id: ...'"

MAXIMUM_CHARACTERS = 2_000_000
MAXIMUM_VALUES = 100_000
MAXIMUM_DEPTH = 60

Path = tuple[str | int, ...]
Value = Any  # a mapping, a list or a scalar: whatever YAML can say

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LISTED = re.compile(r"([^\[\]]+)((?:\[[0-9]{1,9}\])+)")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class WholeNumber(int):
    """A whole number that knows how it is written, as codes such as ``0123`` need."""

    text: str

    def __new__(cls, text: str) -> Self:
        """Read the number from its text."""
        number = super().__new__(cls, text)
        number.text = text
        return number


class DecimalNumber(float):
    """A number with decimals that knows how it is written."""

    text: str

    def __new__(cls, text: str) -> Self:
        """Read the number from its text."""
        number = super().__new__(cls, text)
        number.text = text
        return number


@dataclass(frozen=True)
class Source:
    """Where the values of a definition came from.

    Parameters
    ----------
    file
        The name of the file, as messages show it.
    lines
        The line of each value, by its path.
    texts
        How ``true``, ``false`` and nothing are written, by the path of the value.
    changed
        The paths of the values that do not come from the file but from the command line.
    """

    file: str
    lines: dict[Path, int | None] = field(default_factory=dict)
    texts: dict[Path, str] = field(default_factory=dict)
    changed: set[Path] = field(default_factory=set)

    def line(self, path: Path) -> int | None:
        """Return the line of the value at ``path``, or of the nearest one that holds it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None

    def place(self, path: Path) -> str:
        """Write where the value at ``path`` stands: file, line and path."""
        line = self.line(path)
        return f"{self.file}:{line} ({dotted(path)})" if line else f"{self.file} ({dotted(path)})"

    def problem(
        self, path: Path, message: str, remedy: str = "", reads: Iterable[Path] = ()
    ) -> Problem:
        """Make a problem of the value at ``path``, which may come from those at ``reads``."""
        if any(read[: len(new)] == new for new in self.changed for read in (path, *reads)):
            return Problem(message, remedy, COMMAND_LINE, None, dotted(path))
        return Problem(message, remedy, self.file, self.line(path), dotted(path))


def dotted(path: Path) -> str:
    """Write a path as users do: nodes without the leading ``index``.

    Examples
    --------
    >>> dotted(("index", "domains", "crime", "weight"))
    'domains.crime.weight'
    >>> dotted(("index", "weights"))
    'index.weights'
    >>> dotted(("areas", "exclude", 0, "code"))
    'areas.exclude[0].code'
    """
    parts = path[1:] if path[:1] == ("index",) and path[1:2] and path[1] in ROLES else path
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def path_of(text: str) -> Path:
    """Read a path as users write it; the opposite of `dotted`.

    Examples
    --------
    >>> path_of("domains.crime.weight")
    ('index', 'domains', 'crime', 'weight')
    >>> path_of("areas.exclude[0].code")
    ('areas', 'exclude', 0, 'code')
    """
    path: Path = ()
    for part in map(str.strip, text.split(".")):
        listed = _LISTED.fullmatch(part)
        path += (listed[1] if listed else part,)
        if listed:
            path += tuple(int(number) for number in re.findall("[0-9]+", listed[2]))
    return ("index", *path) if path and path[0] in ROLES else path


def read_yaml(
    text: str, file: str, what: str = "a definition", begin: str = BEGINNING
) -> tuple[dict[str, Value], Source, list[Problem]]:
    """Read a YAML text that holds one mapping.

    Parameters
    ----------
    text
        The text of the file.
    file
        The name to show in messages.
    what, begin
        What the file should be and how it begins, for messages.

    Returns
    -------
    tuple
        The mapping, the lines of its values, and what is wrong without making the rest
        unreadable: duplicate keys, tags, anchors that are not there or contain themselves.

    Raises
    ------
    DefinitionError
        Where the text cannot be read on: syntax, size, not a mapping.

    Examples
    --------
    >>> values, source, problems = read_yaml("index: {weights: equal}", "index.yaml")
    >>> values["index"], source.line(("index", "weights"))
    ({'weights': 'equal'}, 1)
    """
    if len(text) > MAXIMUM_CHARACTERS:
        raise DefinitionError(
            Problem(
                f"the file has {len(text):,} characters, and a definition at most "
                f"{MAXIMUM_CHARACTERS:,}",
                "data belong into input tables",
                file,
            )
        )
    reader = _Reader(Source(file))
    values = reader.read(text)
    if not isinstance(values, dict):
        raise DefinitionError(
            reader.problems
            or Problem(
                f"not {what}: the file must hold a mapping, 'key: value' line by line",
                begin,
                file,
                1,
            )
        )
    return values, reader.source, reader.problems


def read_value(text: str, path: Path = ()) -> tuple[Value, Source, list[Problem]]:
    """Read the value in ``--set path=value``: one plain scalar, or YAML in brackets or quotes.

    Parameters
    ----------
    text
        The text of the value.
    path
        What it is the value of.

    Returns
    -------
    tuple
        The value, where it came from, and what is wrong in it, as `read_yaml` does.

    Raises
    ------
    DefinitionError
        Where it cannot be read.

    Examples
    --------
    >>> read_value("[a, 0.5]")[0], read_value("Ratio: all persons")[0]
    (['a', 0.5], 'Ratio: all persons')
    """
    text = text.strip()
    reader = _Reader(Source(COMMAND_LINE))
    if not text.startswith(tuple("[{'\"")):
        text_of = {path: text} if text in _WORDS else {}
        return scalar(text), Source(COMMAND_LINE, texts=text_of), []
    return reader.read(text, path), reader.source, reader.problems


def scalar(text: str) -> Value:
    """Read one plain YAML scalar.

    Examples
    --------
    >>> scalar("0.25"), scalar("no"), scalar("true")
    (0.25, 'no', True)
    >>> scalar("012"), scalar("012").text
    (12, '012')
    """
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return WholeNumber(text) if len(text) < 20 else text
    return DecimalNumber(text) if _DECIMAL.fullmatch(text) else text


def _copy(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _copy(held) for key, held in value.items()}
    return [_copy(held) for held in value] if isinstance(value, list) else value


def _line(event: yaml.Event) -> int | None:
    return event.start_mark.line + 1 if event.start_mark else None


class _Reader:
    """Builds the values of one document from the parser's events, and counts them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.open_anchors: set[str] = set()
        self.count = 0

    def read(self, text: str, path: Path = ()) -> Value:
        try:
            return self.document(yaml.parse(text, Loader=_LOADER), path)
        except yaml.YAMLError as error:
            raise DefinitionError(not_valid(error, text, self.source.file)) from error

    def document(self, events: Iterator[yaml.Event], path: Path) -> Value:
        values: list[Value] = []
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if values:
                    self.fail(event, (), "the file holds more than one YAML document")
                    break
                values.append(self.value(next(events), events, path))
        return values[0] if values else None

    def fail(self, event: yaml.Event, path: Path, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(message, remedy, self.source.file, _line(event), dotted(path)))

    def stop(self, event: yaml.Event, path: Path, message: str) -> NoReturn:
        self.fail(event, path, message)
        raise DefinitionError(self.problems)

    def value(self, event: yaml.Event, events: Iterator[yaml.Event], path: Path) -> Value:
        self.source.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, path)
        self.grow(event, path, 1)
        if len(path) > MAXIMUM_DEPTH:
            self.stop(event, path[:3], f"nested more than {MAXIMUM_DEPTH} levels deep")
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        anchor, before = event.anchor, self.count
        if anchor:
            self.open_anchors.add(anchor)
        if isinstance(event, yaml.ScalarEvent):
            built: Value = scalar(event.value) if event.implicit[0] else event.value
            if built is None or isinstance(built, bool):
                self.source.texts.setdefault(path, event.value)
        elif isinstance(event, yaml.MappingStartEvent):
            built = self.mapping(events, path)
        else:
            built = self.sequence(events, path)
        if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
            self.fail(event, path, f"the tag {event.tag} is not allowed", "write a plain value")
        if anchor:
            self.open_anchors.discard(anchor)
            self.anchors[anchor] = (built, self.count - before + 1)
        return built

    def alias(self, event: yaml.AliasEvent, path: Path) -> Value:
        if event.anchor in self.open_anchors:
            self.fail(event, path, f"*{event.anchor} is a cycle: the anchor contains itself")
            return None
        if event.anchor not in self.anchors:
            self.fail(event, path, f"*{event.anchor} has no anchor &{event.anchor} before it")
            return None
        built, size = self.anchors[event.anchor]
        self.grow(event, path, size)
        return _copy(built)

    def grow(self, event: yaml.Event, path: Path, size: int) -> None:
        self.count += size
        if self.count > MAXIMUM_VALUES:
            self.stop(event, path[:3], f"the definition grows beyond {MAXIMUM_VALUES:,} values")

    def sequence(self, events: Iterator[yaml.Event], path: Path) -> list[Value]:
        items: list[Value] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.value(event, events, (*path, len(items))))
        return items

    def mapping(self, events: Iterator[yaml.Event], path: Path) -> dict[str, Value]:
        items: dict[str, Value] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self.stop(event, path, "a key must be plain text")
            key = event.value
            if key in items:
                first = self.source.lines[(*path, key)]
                self.fail(event, (*path, key), f"stated twice, first on line {first}")
                self.value(next(events), events, (*path, key))
                continue
            self.source.lines[(*path, key)] = _line(event)
            items[key] = self.value(next(events), events, (*path, key))
        return items
