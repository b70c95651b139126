"""What can go wrong, said in a way that helps to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it is and how to mend it.

    Parameters
    ----------
    message
        What is wrong, in one sentence without a full stop.
    remedy
        What to do about it; empty where the message says so already.
    file
        The file that holds it, as the user named it.
    line
        Line (of a definition) or row (of a table), counted from 1.
    place
        The YAML path of a setting, or the column of a table.

    Examples
    --------
    >>> print(Problem("weight is missing", "state it", "index.yaml", 7, "domains.crime"))
    index.yaml:7: domains.crime: weight is missing; state it
    """

    message: str
    remedy: str = ""
    file: str = ""
    line: int | None = None
    place: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.file and self.line else self.file
        said = f"{self.message}; {self.remedy}" if self.remedy else self.message
        return ": ".join(part for part in (where, self.place, said) if part)


class HyperlocalError(Exception):
    """Base of every error that this package raises on purpose.

    Parameters
    ----------
    problems
        All that was found wrong, in the order in which it stands in the files.
    """

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[HyperlocalError], tuple[tuple[Problem, ...]]]:
        """Let it pass from one process to another as it is."""
        return type(self), (self.problems,)


class DefinitionError(HyperlocalError, ValueError):
    """The definition cannot be read, or does not describe an index."""


class DataError(HyperlocalError, ValueError):
    """An input table is missing, unreadable or holds values that cannot be right."""


class ResultsError(HyperlocalError, ValueError):
    """A results folder cannot be read, or not written."""


class GeographyError(HyperlocalError, ValueError):
    """Areas, boundaries or points cannot be matched with each other."""
