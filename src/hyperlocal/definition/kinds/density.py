"""Assets in and near areas, over the people in and near them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from hyperlocal.definition.chosen import PlacedOrName, PlacedRecords, check_location
from hyperlocal.definition.nodes import Rate
from hyperlocal.definition.records import RecordsName
from hyperlocal.definition.settings import Part, Text

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.inputs import Rows
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode
    from hyperlocal.definition.source import Path

Metres = Annotated[float, Field(strict=True, ge=0)]


class Places(Part):
    """A table of places by which records are located that have no coordinates of their own."""

    records: RecordsName
    column: Text = Field(
        min_length=1, description="The column of what names a place: a postcode, a code."
    )


class DensityIndicator(Rate):
    """Assets within a distance of each area, itself included, over the people as near to it."""

    kind: Literal["density"]
    assets: PlacedOrName = Field(
        description="The assets: a table of records, or `{records, where, number, place}`, where "
        "`where` says of which classes they are and `number` is a column to add up, such as jobs."
    )
    people: PlacedOrName = Field(
        description="The people, at points such as postcodes: `{records, where, number, place}`, "
        "where `number` is the column of how many live there."
    )
    within: Metres = Field(
        description="How many metres beyond its boundary what is near an area may lie; 0 = inside "
        "or on it."
    )
    places: Places | None = Field(
        None, description="Where the places lie that `place` of the assets or people names."
    )

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return ("numerator", "denominator")

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        yield ("assets", "records"), self.assets.records
        yield ("people", "records"), self.people.records
        if self.places is not None:
            yield ("places", "records"), self.places.records

    def rows_chosen(self) -> Iterator[tuple[Path, Rows]]:  # noqa: D102
        yield ("assets", "where"), self.assets.where
        yield ("people", "where"), self.people.where

    def needs_boundaries(self) -> bool:  # noqa: D102
        return True

    def told(self, name: str) -> str:  # noqa: D102
        counted = self.assets.counted if name == "numerator" else self.people.counted
        return f"{counted}, in the area or within {self.within:g} metres of it"

    def check(self, findings: Findings, node: ResolvedNode, written: WrittenDefinition) -> None:  # noqa: D102
        for key in ("assets", "people"):
            chosen: PlacedRecords = getattr(self, key)
            if not chosen.place:
                check_location(findings, (*node.path, key), chosen.records, written)
            elif self.places is None:
                findings.add(
                    (*node.path, key),
                    f"{chosen.place!r} names places, and nothing says where they lie",
                    "state 'places': {records: ..., column: ...}",
                    [(*node.path, "places")],
                )
        if self.places is None:
            return
        path = (*node.path, "places")
        check_location(findings, path, self.places.records, written)
        if not (self.assets.place or self.people.place):
            findings.add(
                path,
                "has no effect: neither the assets nor the people name a 'place'",
                "delete it, or state 'place'",
            )
