"""What every table of areas states: the geography of its areas, and the vintage."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

GEOGRAPHY_PATTERN = r"^[a-z][a-z_]*[0-9]{2}$"


@dataclass(frozen=True, slots=True)
class Geography:
    """A kind of area and the vintage of its boundaries.

    Parameters
    ----------
    kind
        The kind of area: ``lsoa``, ``msoa``, ``ltla``, ``dz`` and so on.
    vintage
        The year of the boundaries.

    Examples
    --------
    >>> Geography.from_name("lsoa21")
    Geography(kind='lsoa', vintage=2021)
    """

    kind: str
    vintage: int

    @classmethod
    def from_name(cls, name: str) -> Self:
        """Read a name such as ``lsoa21``: the kind and the last two digits of the year.

        Parameters
        ----------
        name
            The name to read.

        Raises
        ------
        ValueError
            Where the name does not end in two digits.
        """
        if not re.match(GEOGRAPHY_PATTERN, name):
            raise ValueError(
                f"{name!r} is not a geography with its vintage, such as lsoa21 or ltla24"
            )
        return cls(name[:-2], 2000 + int(name[-2:]))

    def __str__(self) -> str:
        return f"{self.kind}{self.vintage % 100:02d}"
