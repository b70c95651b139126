"""How fit the indicators of a finished index are: as a table of data, and to be read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from hyperlocal.errors import Problem, ResultsError
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.quality import CHECKS, FIGURES, SHARES, told_apart

WIDTH = 110
NAME_WIDTH = 35
CELL_WIDTH = 8
CUT = ".."
FAILED, COUNTED = "*", "+"
COLUMNS: Mapping[str, str] = {
    "zeros%": "most_zeros",
    "low%": "most_at_lowest",
    "high%": "most_at_highest",
    "missing": "most_missing",
    "distinct": "least_distinct",
    "skewness": "most_skewness",
    "kurtosis": "most_kurtosis",
    "outl.%": "most_outliers",
    "corr.": "least_correlation",
}
LEGEND = (
    "zeros%, low%, high%, outl.%: areas with the value 0, the lowest, the highest value, and "
    "outside the outer fences, in per cent of those with a value. missing: areas without a value. "
    "corr.: the lowest rank correlation with an indicator beside it, oriented."
)


def quality_table(results: Results) -> pl.DataFrame:
    """Return what came of every check of every indicator.

    Parameters
    ----------
    results
        The finished index.

    Returns
    -------
    polars.DataFrame
        One row per indicator and check: ``indicator``, ``check``, ``value``, ``threshold``,
        ``passed``, ``accepted`` (the reason). What is undefined or not stated is null.

    Raises
    ------
    ResultsError
        Where the folder holds no quality report, or an older one.
    """
    rows = []
    for name, indicator in _indicators(results).items():
        for check in CHECKS:
            judged = indicator["checks"].get(check, {})
            rows.append(
                {
                    "indicator": name,
                    "check": check,
                    "value": indicator[FIGURES[check]],
                    "threshold": judged.get("threshold"),
                    "passed": judged.get("passed"),
                    "accepted": judged.get("accepted"),
                }
            )
    text = dict.fromkeys(("indicator", "check"), pl.String())
    numbers = dict.fromkeys(("value", "threshold"), pl.Float64())
    outcome = {"passed": pl.Boolean(), "accepted": pl.String()}
    return pl.DataFrame(rows, schema={**text, **numbers, **outcome}, strict=False)


def as_lines(results: Results) -> Iterator[str]:
    """Write the quality of the indicators as a table with what is to be known beneath it.

    Parameters
    ----------
    results
        The finished index.

    Yields
    ------
    str
        One line each, of at most 110 characters.

    Raises
    ------
    ResultsError
        Where the folder holds no quality report, or an older one.
    """
    indicators = _indicators(results)
    heads = "".join(f"{label:>{_width(label) - 1}} " for label in COLUMNS)
    yield f"{'':{NAME_WIDTH}}{heads}".rstrip()
    for name, indicator in indicators.items():
        cells = "".join(
            f"{_figure(indicator, check):>{_width(label)}}" for label, check in COLUMNS.items()
        )
        shown = name if indicator["judged"] else f"{COUNTED} {name}"
        yield f"{_cut(shown):{NAME_WIDTH}}{cells}".rstrip()
    yield ""
    yield from _wrapped(LEGEND)
    if any(not indicator["judged"] for indicator in indicators.values()):
        yield from _wrapped(f"{COUNTED} only added up into a rate, and not judged.")
    yield from _outcome(indicators)
    for title, said in (("Flags", results.quality["flags"]), ("Notes", results.quality["notes"])):
        if said:
            yield f"{title}:"
            for line in said:
                yield from _wrapped(line, "  ")


def _indicators(results: Results) -> Mapping[str, Any]:
    """Return the indicators of the quality report; refuse one without what is shown here."""
    record = results.quality
    found = record.get("indicators", {})
    if {"flags", "notes"} - set(record) or any("checks" not in each for each in found.values()):
        raise ResultsError(
            Problem("quality.json is of an earlier version", "build it again", str(results.folder))
        )
    return dict(found)


def _outcome(indicators: Mapping[str, Any]) -> Iterator[str]:
    """Say how many checks were passed, and which were not and why they need not be."""
    checks = [
        (name, check, found)
        for name, indicator in indicators.items()
        for check, found in indicator["checks"].items()
    ]
    failed = [each for each in checks if not each[2]["passed"]]
    if not checks:
        yield from _wrapped("No thresholds are stated under 'quality': nothing was judged.")
        return
    many = "check was" if len(checks) == 1 else "checks were"
    outcome = f"{len(checks) - len(failed)} of {len(checks)} {many} passed"
    mark = f"; {FAILED} {len(failed)} not passed, and accepted:" if failed else "."
    yield from _wrapped(outcome + mark)
    for name, check, found in failed:
        value, limit = "undefined", told_apart(0, found["threshold"], check)[1]
        if found["value"] is not None:
            value, limit = told_apart(found["value"], found["threshold"], check)
        yield from _wrapped(f"{name}: {check} {limit}, is {value}: {found['accepted']}", "  ")


def _width(label: str) -> int:
    return max(CELL_WIDTH, len(label) + 1)


def _figure(indicator: Mapping[str, Any], check: str) -> str:
    """Write a figure, with a mark where it does not keep its threshold; `-` for none."""
    figure = indicator["missing"] if check == "most_missing" else indicator[FIGURES[check]]
    failed = not indicator["checks"].get(check, {"passed": True})["passed"]
    if figure is None:
        written = "-"
    elif check in ("most_missing", "least_distinct"):
        written = f"{figure:,}"
    elif check == "least_correlation":
        written = f"{figure:.2f}"
    else:
        shown = 100 * figure if check in SHARES else figure
        written = f"{shown:z.1f}" if abs(shown) < 10_000 else f"{shown:.1e}"
    return f"{written}{FAILED if failed else ' '}"


def _cut(name: str) -> str:
    """Leave out the middle of a long name, so that it differs from others at either end.

    Examples
    --------
    >>> _cut("universal_credit_planning_for_work_2025")
    'universal_credit_..ng_for_work_2025'
    """
    if len(name) <= NAME_WIDTH:
        return name
    room = NAME_WIDTH - len(CUT)
    return name[: (room + 1) // 2] + CUT + name[-(room // 2) :]


def _wrapped(text: str, indent: str = "") -> list[str]:
    further = f"{indent}  " if indent else ""
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=further)
