"""Households at risk of flooding, weighed by the band of their risk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from hyperlocal.definition.chosen import check_placed
from hyperlocal.definition.nodes import Quotient
from hyperlocal.definition.records import RecordsName
from hyperlocal.definition.settings import Identifier, Marks, Part, Positive, Text

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode
    from hyperlocal.definition.source import Path

Weight = Annotated[float, Field(strict=True, ge=0)]


class Damages(Part):
    """Weights of bands that are derived from the damages of floods."""

    list: Text = Field(
        description="The list, one of `lists`, whose codes are return periods in years, and whose "
        "numbers are the damage of a flood of each."
    )
    onset: dict[Text, Positive] = Field(
        min_length=1,
        description="For each band the return period of the rarest flood that does no damage to "
        "its households: 2 for `high`, 30 for `medium`, 100 for `low`.",
    )
    decimals: Annotated[int, Field(strict=True, ge=0)] | None = Field(
        None, description="How many decimals the weights are rounded to; without it they are not."
    )


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
        default_factory=dict, description="The weight of each band, such as 24 for `high`."
    )
    damages: Damages | None = Field(
        None,
        description="Instead of the weights: how they are derived. The weight of a band is the "
        "damage that it suffers in a year on average, over that of the band that suffers least.",
    )
    households: Text = Field(
        "",
        description="The column of the number of households of a record; else each is one.",
    )
    no_risk: Marks = Field(
        (), description="The marks of a household that is at no risk. An empty cell is one too."
    )
    unknown: Literal["refuse", "no_risk"] = Field(
        "refuse", description="What a band that is not stated does: it is refused, or no risk."
    )

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return ("numerator", "denominator")

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        yield ("records",), self.records

    def lists_used(self) -> Iterator[tuple[Path, str, bool]]:  # noqa: D102
        if self.damages is not None:
            yield ("damages", "list"), self.damages.list, True

    def told(self, name: str) -> str:  # noqa: D102
        if name == "denominator":
            return f"households of {self.records}"
        if self.damages is not None:
            bands = f"{', '.join(self.damages.onset)} by the damages of {self.damages.list}"
        else:
            bands = ", ".join(f"{band} x {weight:g}" for band, weight in self.band_weights.items())
        return f"households of {self.records} at risk: {bands}"

    def check(self, findings: Findings, node: ResolvedNode, written: WrittenDefinition) -> None:  # noqa: D102
        check_placed(findings, (*node.path, "records"), self.records, written)
        if bool(self.band_weights) == (self.damages is not None):
            both = bool(self.band_weights)
            findings.add(
                node.path,
                "states both 'band_weights' and 'damages'" if both else "weighs no band",
                "state 'band_weights', or 'damages' from which they are derived",
                [(*node.path, "band_weights"), (*node.path, "damages")],
            )
        bands = self.band_weights if self.damages is None else self.damages.onset
        for mark in self.no_risk:
            if mark in bands:
                findings.add(
                    (*node.path, "no_risk"), f"{mark!r} is a band that has a weight", "delete it"
                )
