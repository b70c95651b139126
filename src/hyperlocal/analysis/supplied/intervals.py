"""How sure ranks are, from the report that `hyperlocal uncertainty` wrote."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.analysis.measures import Measure
from hyperlocal.analysis.report import ABOUT, made_from
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.methods import FloatArray, deciles
from hyperlocal.pipeline import Results

SAME = ("index", "built", "areas")
ENDS = ("lower", "upper")


@dataclass(frozen=True, eq=False)
class Intervals:
    """The ends of the intervals of ranks and deciles.

    Parameters
    ----------
    node
        The node that is ranked.
    about
        The level, how many draws there were, and what varied.
    columns
        By the name in the blocks, such as ``rank_lower``, one number per area.
    """

    node: str
    about: dict[str, Any]
    columns: dict[str, FloatArray]

    @property
    def named(self) -> dict[str, FloatArray]:
        """The columns by their names with the node before."""
        return {f"{self.node}_{name}": values for name, values in self.columns.items()}


def read_intervals(results: Results, folder: str | Path) -> Intervals:
    """Read the intervals of ranks from a report of uncertainty.

    Parameters
    ----------
    results
        The finished index.
    folder
        The folder that ``hyperlocal uncertainty --out`` wrote, as CSV or Parquet.

    Raises
    ------
    ResultsError
        Where it is no such report, or one of other results.

    Examples
    --------
    ::

        read_intervals(Results.open("results"), "uncertainty").columns["rank_lower"]
    """
    about = _about(Path(folder))
    _refuse_other_results(results, about["results"], folder)
    areas = _table(Path(folder), "areas")
    draws = int(_table(Path(folder), "index").filter(figure="draws")["value"][0])
    found = results.areas.select("area_code").join(
        areas, on="area_code", how="left", maintain_order="left"
    )
    index = Measure(results, results.definition.root)
    own = pl.Series(index.rank, nan_to_null=True)
    if not found["rank"].cast(pl.Float64).equals(own):
        raise _of_others(folder, "its ranks are others")
    design = about["design"]
    varied = [name for name in ("counts", "weights") if design.get(name)]
    rule = index.node.settings.conventions.deciles
    columns: dict[str, FloatArray] = {}
    for end in ENDS:
        rank = found[end].cast(pl.Float64).fill_null(np.nan).to_numpy()
        columns[f"rank_{end}"] = rank
        columns[f"decile_{end}"] = deciles(rank, index.number, rule)
    what = ", ".join([*varied, *(design.get("choices") or {})])
    said = {"level": float(design["interval"]), "draws": draws, "what": what}
    return Intervals(index.id, said, columns)


def _about(folder: Path) -> dict[str, Any]:
    """Return what a report says of itself; refuse what is no report of uncertainty."""
    try:
        about = dict(json.loads((folder / f"{ABOUT}.json").read_text(encoding="utf-8")))
        is_one = about["analysis"] == "uncertainty" and "interval" in about["design"]
        about["results"]["index"]
    except (OSError, ValueError, KeyError, TypeError):
        is_one, about = False, {}
    if not is_one:
        raise ResultsError(
            Problem(
                "is not a report of uncertainty",
                "name the folder that 'hyperlocal uncertainty --out' wrote",
                str(folder),
            )
        )
    return about


def _refuse_other_results(results: Results, told: dict[str, Any], folder: str | Path) -> None:
    own = made_from(results)
    others = [name for name in SAME if told.get(name) != own[name]]
    if others:
        said = ", ".join(f"its {name} is {told.get(name)}, not {own[name]}" for name in others)
        raise _of_others(folder, said)


def _of_others(folder: str | Path, said: str) -> ResultsError:
    message = f"is a report of other results: {said}"
    return ResultsError(Problem(message, "run 'hyperlocal uncertainty' on these", str(folder)))


def _table(folder: Path, name: str) -> pl.DataFrame:
    file = folder / f"{name}.parquet"
    try:
        if file.exists():
            return pl.read_parquet(file)
        file = folder / f"{name}.csv"
        if file.exists():
            return pl.read_csv(file)
    except (OSError, pl.exceptions.PolarsError) as error:
        problem = Problem(
            f"cannot be read: {str(error).splitlines()[0]}", "run it again", str(file)
        )
        raise ResultsError(problem) from error
    remedy = "run 'hyperlocal uncertainty' with counts, weights or choices that vary, --form csv"
    raise ResultsError(Problem(f"has no table {name!r} as CSV or Parquet", remedy, str(folder)))
