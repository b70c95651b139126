"""Small-area indices of need and deprivation as definitions that anyone can run.

`load` reads a definition, `build` makes an index of it and data, `Results` is what it leaves.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hyperlocal.catalogue import load
    from hyperlocal.definition import Definition
    from hyperlocal.errors import (
        DataError,
        DefinitionError,
        GeographyError,
        HyperlocalError,
        ResultsError,
    )
    from hyperlocal.pipeline import Results, build

_HOMES = {
    "load": "hyperlocal.catalogue",
    "Definition": "hyperlocal.definition",
    "DataError": "hyperlocal.errors",
    "DefinitionError": "hyperlocal.errors",
    "GeographyError": "hyperlocal.errors",
    "HyperlocalError": "hyperlocal.errors",
    "ResultsError": "hyperlocal.errors",
    "Results": "hyperlocal.pipeline",
    "build": "hyperlocal.pipeline",
}

__all__ = [
    "DataError",
    "Definition",
    "DefinitionError",
    "GeographyError",
    "HyperlocalError",
    "Results",
    "ResultsError",
    "build",
    "load",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that the command line starts fast."""
    if name not in _HOMES:
        raise AttributeError(f"module 'hyperlocal' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
