"""Concentrations of pollutants where people live, each over its objective."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from hyperlocal.definition.chosen import check_placed
from hyperlocal.definition.nodes import Indicator
from hyperlocal.definition.records import RecordsName
from hyperlocal.definition.settings import Identifier, Part, Positive, Text

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode
    from hyperlocal.definition.source import Path

CONCENTRATION = "concentration_"
"""What the mean concentrations are called in the results, before the name of the pollutant."""


class Pollutant(Part):
    """The grid of one pollutant, and how much of it is allowed."""

    records: RecordsName
    column: Text = Field(description="The column of its concentration in the records of the grid.")
    objective: Positive = Field(
        description="The concentration that is not to be exceeded, in the same unit: it is what "
        "the concentration is divided by."
    )


class AirQualityIndicator(Indicator):
    """Concentrations of pollutants at dwellings, each over its objective, averaged."""

    kind: Literal["air_quality"]
    dwellings: RecordsName
    households: Text = Field(
        "",
        description="The column of the number of households, or people, of a dwelling, by which "
        "the mean of an area is weighed; else each dwelling counts once.",
    )
    pollutants: dict[Identifier, Pollutant] = Field(
        min_length=1, description="The pollutants, each under a short name such as `no2`."
    )
    cell: Positive = Field(
        1000.0, description="The side of a cell of the grids in metres; records are their middles."
    )
    power: Annotated[float, Field(strict=True, ge=1)] | Literal["highest"] = Field(
        1.0,
        description="The power of the mean over pollutants: 1 for the plain mean; 2 and more so "
        "that a low one takes less from a high one; `highest` so that the highest alone counts.",
    )

    @property
    def exponent(self) -> float:
        """The power of the mean as a number: infinity where the highest alone counts."""
        return math.inf if self.power == "highest" else float(self.power)

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return tuple(CONCENTRATION + name for name in self.pollutants)

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        yield ("dwellings",), self.dwellings
        for name, pollutant in self.pollutants.items():
            yield ("pollutants", name, "records"), pollutant.records

    def told(self, name: str) -> str:  # noqa: D102
        pollutant = self.pollutants.get(name.removeprefix(CONCENTRATION))
        if pollutant is None:
            return ""
        return (
            f"mean of {pollutant.column} ({pollutant.records}) at the dwellings of "
            f"{self.dwellings}; the objective is {pollutant.objective:g}"
        )

    def check(self, findings: Findings, node: ResolvedNode, written: WrittenDefinition) -> None:  # noqa: D102
        dwellings = written.records.get(self.dwellings)
        if dwellings is not None and dwellings.location is not None:
            check_placed(findings, (*node.path, "dwellings"), self.dwellings, written)
        for key, name in self.records_used():
            table = written.records.get(name)
            if table is not None and table.location is None:
                what = "the dwellings are" if name == self.dwellings else "the cells are"
                findings.add(
                    ("records", name),
                    f"does not say where {what}, which air quality needs",
                    "state 'location'",
                    [("records", name, "location"), (*node.path, *key)],
                )
