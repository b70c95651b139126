"""Boundaries that an input holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hyperlocal.areas import Geography
from hyperlocal.definition.inputs import Input
from hyperlocal.pipeline.tables import find_form

if TYPE_CHECKING:
    from hyperlocal.geography import Boundaries


def boundaries_of(written: Input, folder: Path) -> Boundaries | None:
    """Read the boundaries that an input holds, as they stand in its file; None where none is there.

    Parameters
    ----------
    written
        The input.
    folder
        The data folder.

    Raises
    ------
    GeographyError
        Where they cannot be read, or cannot be right.
    """
    from hyperlocal.geography import read_boundaries

    found = find_form(written, folder)
    if found is None:
        return None
    form, file = found
    geography = Geography.from_name(written.geography)
    code = form.columns.get(written.code, written.code)
    return read_boundaries(file, geography, code, form.sheet)
