"""Many files are read, and what is wrong with any of them is told at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hyperlocal.errors import DataError, HyperlocalError, Problem

Read = TypeVar("Read")
Tell = Callable[[str], None]


class Reading:
    """Reads things, and keeps what is wrong with any of them to the end."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.problems: list[Problem] = []

    def __call__(self, what: str, read: Callable[[], Read]) -> Read | None:
        """Return what is read; None where it is wrong."""
        self.tell(what)
        try:
            return read()
        except HyperlocalError as error:
            self.problems += error.problems
            return None

    def refuse(self) -> None:
        """Raise all that was wrong."""
        if self.problems:
            raise DataError(list(dict.fromkeys(self.problems)))
