"""The results folder: what a build leaves and everything after it reads."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Self, TypeVar

import polars as pl

from hyperlocal.definition import Definition, load_definition
from hyperlocal.errors import Problem, ResultsError

Read = TypeVar("Read")


@dataclass(frozen=True)
class Results:
    """A finished index, read from its results folder.

    Parameters
    ----------
    folder
        The results folder.

    Examples
    --------
    ``Results.open("results/wimd").most_need(10)`` gives the ten areas of most need.
    """

    folder: Path

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Open a results folder.

        Parameters
        ----------
        folder
            The folder that ``hyperlocal build --out`` wrote.

        Raises
        ------
        ResultsError
            Where it is not one.
        """
        path = Path(folder)
        for name in ("areas.parquet", "definition.yaml", "provenance.json"):
            if not os.access(path / name, os.R_OK):
                raise ResultsError(
                    Problem(
                        f"is not a results folder: it has no {name}",
                        "name the folder that 'hyperlocal build --out' wrote",
                        str(folder),
                    )
                )
        return cls(path)

    @cached_property
    def definition(self) -> Definition:
        """The definition as it was resolved for the build."""
        return load_definition(self.folder / "definition.yaml")

    @cached_property
    def areas(self) -> pl.DataFrame:
        """One row per area: codes, names, and the columns of every node."""
        return self._table("areas.parquet")

    @cached_property
    def weights(self) -> pl.DataFrame:
        """The weight of every child in its node, and how it was set."""
        return self._table("weights.parquet")

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """The inputs with their checksums, counts of rows, versions and timings."""
        return self._json("provenance.json")

    @cached_property
    def quality(self) -> dict[str, Any]:
        """What is known of the fitness of each indicator and each factor analysis."""
        return self._json("quality.json")

    def most_need(self, number: int = 10, node: str | None = None) -> pl.DataFrame:
        """Return the areas of most need, the highest first.

        Parameters
        ----------
        number
            How many areas.
        node
            The id of the node to rank by; the index itself where none is named.

        Returns
        -------
        polars.DataFrame
            Columns ``rank``, ``area_code``, ``area_name``, ``score`` (or ``value``), ``decile``.

        Raises
        ------
        ResultsError
            Where there is no such node.
        """
        name = node or str(self.provenance["index"])
        columns = list(self._read("areas.parquet", pl.read_parquet_schema))
        if f"{name}_rank" not in columns:
            ranked = ", ".join(c.removesuffix("_rank") for c in columns if c.endswith("_rank"))
            raise ResultsError(
                Problem(f"has no node {name!r}", f"ranked are: {ranked}", str(self.folder))
            )
        score = "score" if f"{name}_score" in columns else "value"
        shown = {
            f"{name}_rank": "rank",
            "area_code": "area_code",
            "area_name": "area_name",
            f"{name}_{score}": score,
            f"{name}_decile": "decile",
        }
        # of a table that may be large, only the columns that are shown
        table = self._read("areas.parquet", partial(pl.read_parquet, columns=list(shown)))
        named = table.select(pl.col(column).alias(short) for column, short in shown.items())
        return named.drop_nulls("rank").sort("rank", "area_code").head(number)

    def _table(self, name: str) -> pl.DataFrame:
        return self._read(name, pl.read_parquet)

    def _read(self, name: str, read: Callable[[Path], Read]) -> Read:
        try:
            return read(self.folder / name)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise self._unreadable(name, error) from error

    def _json(self, name: str) -> dict[str, Any]:
        try:
            loaded = dict(json.loads((self.folder / name).read_text(encoding="utf-8")))
        except (OSError, TypeError, ValueError) as error:
            raise self._unreadable(name, error) from error
        return loaded

    def _unreadable(self, name: str, error: Exception) -> ResultsError:
        reason = str(error).splitlines()[0]
        return ResultsError(
            Problem(f"cannot be read: {reason}", "build it again", str(self.folder / name))
        )
