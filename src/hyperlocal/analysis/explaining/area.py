"""One area of a results folder: how it is found, and its numbers."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import polars as pl

from hyperlocal.definition import ResolvedNode
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline import Results

NEAR = 5


@dataclass(frozen=True)
class Area:
    """One area of a results folder."""

    results: Results
    row: int

    def has(self, node: ResolvedNode, name: str) -> bool:
        """Say whether the results have a column of a node."""
        return f"{node.id}_{name}" in self.results.areas.columns

    def column(self, node: ResolvedNode, name: str) -> FloatArray:
        """Return a column of a node for all areas, NaN where missing."""
        values = self.results.areas[f"{node.id}_{name}"]
        if not values.dtype.is_float():
            values = values.cast(pl.Float64)
        return values.to_numpy()

    def value(self, node: ResolvedNode, name: str) -> float | None:
        """Return the number of this area in a column of a node; None where missing."""
        found = self.results.areas[f"{node.id}_{name}"][self.row]
        return None if found is None else float(found)

    def upward(self, node: ResolvedNode) -> float | None:
        """Return what went up from a node into its parent."""
        if node.settings.transform == "exponential":
            return self.value(node, "transformed")
        if self.has(node, "standardised"):
            return self.value(node, "standardised")
        if not node.is_indicator:
            return self.value(node, "combined" if self.has(node, "combined") else "score")
        name = "shrunk" if self.has(node, "shrunk") else "value"
        value = self.value(node, name)
        return -value if value is not None and node.settings.high_value == "less_need" else value


def find_area(results: Results, area: str) -> Area:
    """Find an area by its code or its name, whatever its case and white space.

    Parameters
    ----------
    results
        The finished index.
    area
        The code or the name.

    Raises
    ------
    ResultsError
        Where there is no such area, more than one of that name, or where it was left out.
    """
    for asked, plain in ((area, str), (_plain(area), _plain)):
        for column in ("area_code", "area_name"):
            rows = [
                row
                for row, known in enumerate(results.areas[column])
                if known is not None and plain(known) == asked
            ]
            if len(rows) == 1:
                return Area(results, rows[0])
            if rows:
                codes = ", ".join(results.areas["area_code"][row] for row in rows[:NEAR])
                raise ResultsError(
                    Problem(f"{len(rows)} areas are called {area!r}", f"name one of {codes}")
                )
    folder = str(results.folder)
    for excluded in results.provenance["excluded"]:
        if _plain(excluded["code"]) == _plain(area):
            said = f"{excluded['code']} was left out: {excluded['reason']}"
            raise ResultsError(Problem(said, file=folder))
    near = _near(results.areas, _plain(area))
    hint = f"near are {', '.join(near)}" if near else "name it by its code or its full name"
    raise ResultsError(Problem(f"there is no area {area!r}", hint, folder))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _near(areas: pl.DataFrame, asked: str) -> list[str]:
    """Name a few areas that may have been meant: by their names first, then by their codes."""
    if not asked:
        return []
    codes = areas["area_code"].to_list()
    by_name = [
        (_plain(name), f"{name} ({code})")
        for name, code in zip(areas["area_name"], codes, strict=True)
        if name is not None
    ]
    by_code = [(_plain(code), code) for code in codes]
    known = [*by_name, *by_code]
    found = [said for plain, said in known if asked in plain] or [
        dict(spelt)[match]
        for spelt in (by_name, by_code)
        for match in difflib.get_close_matches(asked, dict(spelt), NEAR, 0.75)
    ]
    return list(dict.fromkeys(found))[:NEAR]
