"""Dwellings and the sites near them: green space, parks, playing fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from hyperlocal.definition.chosen import (
    ChosenOrName,
    CountedOrName,
    check_location,
    check_placed,
)
from hyperlocal.definition.nodes import Indicator, Quotient, Rate
from hyperlocal.definition.settings import Positive

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.inputs import Rows
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode
    from hyperlocal.definition.source import Path

WITHIN = Field(
    description="The distance in metres, as the crow flies, from a dwelling to the nearest point "
    "of a site. A site that is just so far away counts."
)


class OfDwellings(Indicator):
    """An indicator of dwellings, by the sites near each of them."""

    dwellings: CountedOrName = Field(
        description="The dwellings: a table of records, or `{records, where, number}`, where "
        "`number` is the column of the households of each. Each is measured from where it lies."
    )
    sites: ChosenOrName = Field(
        description="The sites: a table of records, or `{records, where}`, where `where` says of "
        "which classes they are. Polygons are measured from their edge, and are 0 metres away for "
        "what lies in them."
    )

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return ("numerator", "denominator")

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        yield ("dwellings", "records"), self.dwellings.records
        yield ("sites", "records"), self.sites.records

    def rows_chosen(self) -> Iterator[tuple[Path, Rows]]:  # noqa: D102
        yield ("dwellings", "where"), self.dwellings.where
        yield ("sites", "where"), self.sites.where

    def told(self, name: str) -> str:  # noqa: D102
        counted = self.dwellings.counted
        return counted if name == "denominator" else f"{counted} {self.told_of_sites()}"

    def told_of_sites(self) -> str:
        """Say in words what is measured of each dwelling."""
        raise NotImplementedError

    def check(self, findings: Findings, node: ResolvedNode, written: WrittenDefinition) -> None:  # noqa: D102
        for key in ("dwellings", "sites"):
            check_location(findings, (*node.path, key), getattr(self, key).records, written)
        check_placed(findings, (*node.path, "dwellings"), self.dwellings.records, written)


class ProximityIndicator(OfDwellings, Rate):
    """The share of dwellings that lie within a distance of a site."""

    kind: Literal["proximity"]
    within: Positive = WITHIN

    @property
    def of_members(self) -> bool:  # noqa: D102
        return True

    def told_of_sites(self) -> str:  # noqa: D102
        return f"within {self.within:g} metres of {self.sites.named}"


class DistanceIndicator(OfDwellings, Quotient):
    """The mean distance of dwellings from the nearest site, in metres."""

    kind: Literal["distance"]

    def told_of_sites(self) -> str:  # noqa: D102
        return f"x metres to the nearest of {self.sites.named}"


class AreaWithinIndicator(OfDwellings, Quotient):
    """The mean, over dwellings, of the combined size of the sites that lie within a distance."""

    kind: Literal["area_within"]
    within: Positive = WITHIN

    def told_of_sites(self) -> str:  # noqa: D102
        return f"x square metres of {self.sites.named} within {self.within:g} metres"
