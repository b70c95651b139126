"""Bundled definitions, and how a definition is found by its name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hyperlocal.definition import Definition, load_definition
from hyperlocal.errors import DefinitionError, Problem

_FOLDER = Path(__file__).parent


def names() -> list[str]:
    """Return the names of the bundled definitions.

    Examples
    --------
    >>> "wimd-2019-domains" in names()
    True
    """
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def find(definition: str | Path) -> Path:
    """Return the file of a definition, given as a file or by its bundled name.

    Parameters
    ----------
    definition
        A path, or a name such as ``wimd-2019-domains`` (underscores may stand for hyphens).

    Raises
    ------
    DefinitionError
        Where it is neither.
    """
    path = Path(definition)
    if path.is_file():
        return path
    bundled = _FOLDER / f"{str(definition).replace('_', '-')}.yaml"
    if path.name == str(definition) and bundled.is_file():
        return bundled
    near = difflib.get_close_matches(str(definition), names(), 1, 0.6)
    hint = f"did you mean {near[0]!r}?" if near else "'hyperlocal list' shows the bundled ones"
    raise DefinitionError(
        Problem("is neither a file nor a bundled definition", hint, str(definition))
    )


def load(definition: str | Path, changes: Mapping[str, Any] | None = None) -> Definition:
    """Read and check a definition, from a file or a bundled one by its name.

    Parameters
    ----------
    definition
        A path to a YAML file, or the name of a bundled definition.
    changes
        Settings to change, each by its dotted path.

    Returns
    -------
    Definition
        The definition with every setting resolved.

    Raises
    ------
    DefinitionError
        With everything that is wrong in it.

    Examples
    --------
    >>> changed = load("wimd-2019-domains", {"index.weights": "equal"})  # doctest: +SKIP
    >>> load("wimd-2019-domains").title
    'Welsh Index of Multiple Deprivation 2019'
    """
    return load_definition(find(definition), changes)
