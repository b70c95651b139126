"""In what a definition differs from the bundled one that it takes its id from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from hyperlocal.catalogue import load, names
from hyperlocal.definition import Definition
from hyperlocal.definition.load import parse_definition
from hyperlocal.definition.settings import Metadata
from hyperlocal.definition.write import resolved_yaml
from hyperlocal.present.wording import counted

PLACES = ("file",)
"""Where files lie on a machine changes nothing of an index."""
EMPTY: tuple[object, ...] = (None, "", [], {})
"""What is stated to be nothing is as if it were not stated."""
SHOWN = 10
"""So many differences are told one by one."""
LONGEST = 60
"""A longer value is cut."""


def bundled_as(definition: Definition) -> str:
    """Return the name of the bundled definition of the same id; empty where there is none.

    Parameters
    ----------
    definition
        The definition.
    """
    name = definition.id.replace("_", "-")
    return name if name in names() else ""


def differences(definition: Definition) -> tuple[str, ...]:
    """Return in what a definition differs from the bundled one of the same id.

    Parameters
    ----------
    definition
        The definition, as it was resolved for a build or as it was written.

    Returns
    -------
    tuple of str
        Each a path with both values, those of the tree of the index first and those of titles and
        descriptions last; none where nothing differs but the places of files, or where no bundled
        definition has its id.

    Examples
    --------
    >>> from hyperlocal.catalogue import load
    >>> differences(load("wimd-2019-domains", {"conventions.ties": "average"}))
    ('conventions.ties: average, bundled minimum',)
    """
    name = bundled_as(definition)
    if not name:
        return ()
    found = list(_between(_resolved(definition), _bundled(name)))
    found.sort(key=lambda one: (_is_in_words(one), not one.startswith("index")))
    return tuple(found)


def _is_in_words(difference: str) -> bool:
    """Say whether a difference is one of titles and the like, by which no number changes."""
    return difference.partition(":")[0].rpartition(".")[2] in Metadata.model_fields


def changed(definition: Definition) -> str:
    """Say in what a definition differs from the bundled one; nothing where in nothing.

    Parameters
    ----------
    definition
        The definition.
    """
    found = differences(definition)
    if not found:
        return ""
    told = "; ".join(found[:SHOWN])
    if len(found) > SHOWN:
        told += f"; and {len(found) - SHOWN:,} more"
    return (
        "The definition differs from the one that hyperlocal bundles as "
        f"{bundled_as(definition)}, in {counted(len(found), 'setting')}: {told}"
    )


@cache
def _bundled(name: str) -> dict[str, Any]:
    """Return a bundled definition as it is resolved for a build."""
    return _resolved(parse_definition(resolved_yaml(load(name))))


def _resolved(definition: Definition) -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load(resolved_yaml(definition))
    return values


def _between(own: Any, bundled: Any, path: str = "") -> Iterator[str]:
    """Yield what differs between two parts of definitions."""
    if isinstance(own, dict) and isinstance(bundled, dict):
        for key in dict.fromkeys((*own, *bundled)):
            below = f"{path}.{key}" if path else str(key)
            if key in PLACES or (own.get(key) in EMPTY and bundled.get(key) in EMPTY):
                continue
            if key not in bundled:
                yield f"{below}: {_said(own[key], 'added')}, bundled without"
            elif key not in own:
                yield f"{below}: left out, bundled {_said(bundled[key], 'with it')}"
            else:
                yield from _between(own[key], bundled[key], below)
    elif _alike(own, bundled):
        for place, pair in enumerate(zip(own, bundled, strict=True), 1):
            yield from _between(*pair, f"{path}.{place}")
    elif own != bundled:
        yield f"{path}: {_said(own, 'another')}, bundled {_said(bundled, 'with one')}"


def _alike(own: Any, bundled: Any) -> bool:
    """Say whether two parts are lists of as many parts that have settings of their own."""
    if not isinstance(own, list) or not isinstance(bundled, list) or len(own) != len(bundled):
        return False
    return all(isinstance(one, dict) for one in (*own, *bundled))


def _said(value: Any, whole: str) -> str:
    """Return a value in words: a text or a number as it is, a part with settings by a word."""
    if isinstance(value, dict):
        return whole
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        text = ", ".join(_said(one, whole) for one in value) or "none"
    else:
        text = "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
