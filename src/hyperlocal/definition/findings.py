"""What is found wrong in a definition, each once and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.definition.source import Path, Source
from hyperlocal.errors import Problem

SHOWN_NODES = 3


class Findings:
    """Collects problems.

    Parameters
    ----------
    source
        Where the values of the definition stand.
    damaged
        Values that were taken out because they were wrong in themselves: what follows from
        their absence is not reported again.
    """

    def __init__(self, source: Source, damaged: frozenset[Path]) -> None:
        self.source = source
        self.damaged = damaged
        self.found: dict[tuple[Path, Problem], list[str]] = {}

    def add(
        self,
        path: Path,
        message: str,
        remedy: str = "",
        reads: Iterable[Path] = (),
        at: ResolvedNode | None = None,
    ) -> None:
        """Note a problem once, with the nodes at which a setting from elsewhere is wrong."""
        for read in (path, *reads):
            if any(read[: len(bad)] == bad for bad in self.damaged):
                return
        problem = self.source.problem(path, message, remedy, reads)
        nodes = self.found.setdefault((path, problem), [])
        if at is not None and path[: len(at.path)] != at.path:
            nodes.append(at.id)

    def lost_children(self, node: ResolvedNode) -> bool:
        """Return whether a child was taken out because it was wrong in itself."""
        depth = len(node.path)
        return any(len(bad) == depth + 2 and bad[:depth] == node.path for bad in self.damaged)

    def problems(self) -> list[Problem]:
        """Return what was found, in the order in which it was."""
        return [
            replace(problem, message=f"{problem.message} (for {_some(nodes)})")
            if nodes
            else problem
            for (_, problem), nodes in self.found.items()
        ]

    def setting(self, node: ResolvedNode, message: str, remedy: str, *names: str) -> None:
        """Note that settings do not fit, at the one of them that is stated nearest to the node."""
        origins = [origin for name in names if (origin := node.origin(name)) is not None]
        nearest = max(origins, key=lambda path: (path[0] == "index", len(path)), default=node.path)
        reads = [path for name in names for path in node.looked_up(name)]
        self.add(nearest, message, remedy, reads, node)


def _some(names: Sequence[str]) -> str:
    shown = list(dict.fromkeys(names))
    more = len(shown) - SHOWN_NODES
    return ", ".join(shown[:SHOWN_NODES]) + (f" and {more} more" if more > 0 else "")
