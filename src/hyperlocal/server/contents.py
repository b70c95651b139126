"""What a site knows, read from its files when it is asked for, and then held."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hyperlocal.errors import Problem, ResultsError
from hyperlocal.explorer.arrays import read_arrays, read_json
from hyperlocal.explorer.postcode_table import PostcodeTable
from hyperlocal.server.searching import Names, names_of

BLOCK = 256
"""How many areas a file of blocks holds."""
FORMAT = 1
MANIFEST = "site.json"

Found = TypeVar("Found")
Numbers = NDArray[Any]


class SiteChangedError(Exception):
    """The site was written anew while it was served."""


@dataclass(frozen=True)
class Columns:
    """The numbers of a node for all areas, in the order of the site."""

    rank: Numbers
    decile: Numbers
    score: Numbers

    @cached_property
    def by_rank(self) -> Numbers:
        """The places of all areas, most need first; those without a rank stand last."""
        last = np.where(self.rank == 0, np.inf, self.rank.astype(np.float64))
        return np.argsort(last, kind="stable").astype(np.int32)


class Contents:
    """What a site knows.

    Parameters
    ----------
    site
        The folder of the site; what is in its ``data`` is read.

    Raises
    ------
    ResultsError
        Where its first files cannot be read.
    """

    def __init__(self, site: Path) -> None:
        self.data = site.resolve() / "data"
        self._state = {file: _state_of(self.data / file) for file in _files_in(self.data)}
        self._held: dict[tuple[str, ...], Any] = {}
        self._numbers: tuple[dict[str, int], Numbers, Numbers] | None = None
        self.site = self._first(MANIFEST)
        if self.site.get("format") != FORMAT:
            raise self._damaged(MANIFEST, f"its format is {self.site.get('format')!r}")
        self.areas = self._first("areas.json.gz")
        try:
            self.nodes: dict[str, dict[str, Any]] = {one["id"]: one for one in self.site["nodes"]}
            self.places = {code: place for place, code in enumerate(self.areas["codes"])}
            self.groups: dict[str, dict[str, Any]] = self.areas["groups"]
            self._of = {kind: np.asarray(one["of"]) for kind, one in self.groups.items()}
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged(MANIFEST, f"it holds no {error}") from error

    def _first(self, file: str) -> dict[str, Any]:
        try:
            read = _read_plain if file.endswith(".json") else read_json
            content = read(self.data / file)
        except (OSError, ValueError, EOFError) as error:
            raise self._damaged(file, str(error)) from error
        if not isinstance(content, dict):
            raise self._damaged(file, "it holds no table")
        return content

    def _damaged(self, file: str, why: str) -> ResultsError:
        remedy = "write the site anew with 'hyperlocal publish-site'"
        return ResultsError(Problem(f"cannot be read: {why}", remedy, str(self.data / file)))

    def _once(self, key: tuple[str, ...], read: Callable[[], Found]) -> Found:
        if key not in self._held:
            self._held[key] = read()
        found: Found = self._held[key]
        return found

    def _read(self, file: str, read: Callable[[Path], Found]) -> Found:
        """Read a file of the site; refuse where it is no longer what it was at the start."""
        try:
            if self._state.get(file) != _state_of(self.data / file):
                raise SiteChangedError(file)
            content = read(self.data / file)
        except FileNotFoundError as error:
            raise SiteChangedError(file) from error
        return content

    @property
    def size(self) -> int:
        """How many areas there are."""
        return len(self.places)

    def columns(self, node: str) -> Columns | None:
        """Return the ranks, deciles and scores of a node; none where it is not ranked."""
        file = self.nodes[node]["file"]
        if file is None:
            return None

        def read() -> Columns:
            arrays, _ = self._read(file, read_arrays)
            return Columns(arrays["rank"], arrays["decile"], arrays["score"])

        return self._once(("columns", node), read)

    def group_of(self, kind: str) -> Numbers:
        """Return the place of the larger area of each area; -1 where it has none."""
        return self._of[kind]

    def districts(self, kind: str) -> dict[str, Any]:
        """Return the summaries of a kind of larger areas."""
        file = next(one["file"] for one in self.site["groups"] if one["id"] == kind)
        return self._once(("districts", kind), lambda: self._read(file, read_json))

    def similar(self, place: int) -> list[tuple[int, float]]:
        """Return the most similar areas and how far each is from being the same."""
        if "similar.bin.gz" not in self._state:
            return []
        arrays, _ = self._once(("similar",), lambda: self._read("similar.bin.gz", read_arrays))
        each = arrays["area"].size // self.size
        row = slice(place * each, (place + 1) * each)
        pairs = zip(arrays["area"][row].tolist(), arrays["distance"][row].tolist(), strict=True)
        return [pair for pair in pairs if pair[0] < self.size]

    def numbers(self, rows: Numbers) -> tuple[Mapping[str, int], Numbers]:
        """Return all numbers of some areas, and which column each name is.

        Parameters
        ----------
        rows
            The places of areas.

        Returns
        -------
        tuple
            The columns by name, and numbers (areas x columns).
        """
        for block in np.unique(rows // BLOCK).tolist() or [0]:  # of no areas: for the names alone
            self._load_block(block)
        assert self._numbers is not None
        names, matrix, _ = self._numbers
        return names, matrix[rows]

    def _load_block(self, block: int) -> None:
        if self._numbers is not None and self._numbers[2][block]:
            return
        arrays, _ = self._read(f"blocks/{block:04d}.bin.gz", read_arrays)
        if self._numbers is None:
            names = {name: at for at, name in enumerate(arrays)}
            matrix = np.empty((self.size, len(names)))
            self._numbers = names, matrix, np.zeros(-(-self.size // BLOCK), bool)
        names, matrix, loaded = self._numbers
        rows = matrix[block * BLOCK : (block + 1) * BLOCK]
        for name, column in names.items():
            rows[:, column] = arrays[name]
        loaded[block] = True

    @cached_property
    def column_nodes(self) -> dict[str, tuple[str, str]]:
        """The node and the measure of each of its columns, such as ``crime`` and ``rank``."""
        return {
            f"{node}_{measure}": (node, measure)
            for node, one in self.nodes.items()
            for measure in one["columns"]
        }

    @cached_property
    def gazetteer(self) -> dict[str, Any] | None:
        """The places that have names; none where the site was written without."""
        places = self.site["places"]
        return None if places is None else self._read(places["file"], read_json)

    @cached_property
    def names(self) -> Names:
        """All names that can be searched for."""
        return names_of(self.areas, self.gazetteer)

    def prepare(self) -> None:
        """Do what takes long now, so that nobody waits for it later."""
        _ = self.names, self.columns(self.site["root"])

    @cached_property
    def _postcodes(self) -> PostcodeTable:
        return PostcodeTable.open(self.data)

    def postcodes(self) -> PostcodeTable | None:
        """Return the postcodes; none where the site was written without."""
        self._read(MANIFEST, Path.exists)
        return None if self.site["postcodes"] is None else self._postcodes


def _read_plain(file: Path) -> Any:
    return json.loads(file.read_bytes())


def _files_in(folder: Path) -> list[str]:
    return [
        Path(where, name).relative_to(folder).as_posix()
        for where, _, names in os.walk(folder)
        for name in names
    ]


def _state_of(file: Path) -> tuple[int, int]:
    state = file.stat()
    return state.st_size, state.st_mtime_ns
