"""How work that takes long tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Takes what is being done, how many steps are done, and of how many."""


def say_nothing(what: str, done: int, of: int) -> None:
    """Take a report of progress and leave it."""
