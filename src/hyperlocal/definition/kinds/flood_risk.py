"""Households at risk of flooding, weighed by the band of their risk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from hyperlocal.definition.nodes import Quotient
from hyperlocal.definition.records import RecordsName
from hyperlocal.definition.settings import Identifier, Marks, Text
from hyperlocal.definition.source import Path

Weight = Annotated[float, Field(strict=True, ge=0)]


class FloodRiskIndicator(Quotient):
    """Households by the band of their flood risk times the weight of the band, over households."""

    kind: Literal["flood_risk"]
    records: RecordsName
    bands: dict[Identifier, Text] = Field(
        min_length=1,
        description="For each source of flooding (rivers, the sea, surface water) the column of "
        "the band of its risk. The band that weighs most counts, once.",
    )
    band_weights: dict[Text, Weight] = Field(
        min_length=1, description="The weight of each band, such as 24 for `high`."
    )
    no_risk: Marks = Field(
        (), description="The marks of a household that is at no risk. An empty cell is one too."
    )

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return ("numerator", "denominator")

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        yield ("records",), self.records

    def told(self, name: str) -> str:  # noqa: D102
        if name == "denominator":
            return f"households of {self.records}"
        weights = ", ".join(f"{band} x {weight:g}" for band, weight in self.band_weights.items())
        return f"households of {self.records} at risk: {weights}"
