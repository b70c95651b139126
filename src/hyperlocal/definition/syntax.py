"""What is wrong with a text that is not YAML, and how to mend it."""

from __future__ import annotations

import re

import yaml

from hyperlocal.errors import Problem

SHOWN_CHARACTERS = 60
_LINE_ENDS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_COLON_IN_VALUE = re.compile(r"[^:]*:\s+[^\s'\"\[{].*:(\s|$)")
_INDENTATION = (
    "check the indentation and that every key has a colon and a space after it, here or on the "
    "line before"
)
_REMEDIES = {
    "found a tab character": "indent with spaces, not with tabs",
    "unexpected end of stream": "close the quote that is opened {opened}",
    "expected ',' or ']'": "close the bracket [ that is opened {opened}",
    "expected ',' or '}'": "close the bracket {{ that is opened {opened}",
    "expected alphabetic or numeric": "put a value that begins with * or & in quotes",
    "cannot start any token": "put a value that begins with such a character in quotes",
    "unknown escape character": "put the value in single quotes, in which \\ is plain",
    "mapping values are not allowed": _INDENTATION,
    "expected key": _INDENTATION,
    "could not find expected ':'": _INDENTATION,
    "expected '-' indicator": _INDENTATION,
    "block sequence entries": "begin the list on a line of its own, or put the value in quotes",
}


def not_valid(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Say where a text is not YAML, with the line itself and how to mend it.

    Parameters
    ----------
    error
        What the parser found.
    text
        The text.
    file
        The name of the file, as messages show it.

    Examples
    --------
    >>> try:
    ...     list(yaml.parse("title: Work: a domain"))
    ... except yaml.YAMLError as error:
    ...     print(not_valid(error, "title: Work: a domain", "index.yaml").remedy)
    put the value in quotes: it holds a colon and a space
    """
    if not isinstance(error, yaml.MarkedYAMLError):
        reason = getattr(error, "reason", None) or str(error).splitlines()[0]
        return Problem(f"not valid YAML: {reason}", file=file)
    reason = error.problem or error.context or "cannot be read"
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem(f"not valid YAML: {reason}", file=file)
    lines = _LINE_ENDS.split(text)
    line = lines[mark.line] if mark.line < len(lines) else ""
    shown = _cut(line)
    opened = error.context_mark.line if error.context_mark else mark.line
    where = "here" if opened == mark.line else f"on line {opened + 1}"
    return Problem(
        f"not valid YAML: {reason}" + (f", in {shown!r}" if shown else ""),
        _remedy(reason, line, where),
        file,
        mark.line + 1,
    )


def _cut(line: str) -> str:
    line = line.strip()
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[: SHOWN_CHARACTERS - 3]}..."


def _remedy(reason: str, line: str, opened: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    if "cannot start any token" in reason and "\t" in indent:
        return _REMEDIES["found a tab character"]
    if "mapping values are not allowed" in reason and _COLON_IN_VALUE.match(line):
        return "put the value in quotes: it holds a colon and a space"
    for part, remedy in _REMEDIES.items():
        if part in reason:
            return remedy.format(opened=opened)
    return ""
