"""Events, such as crimes, shared among the areas near them, over the people or homes there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from hyperlocal.definition.chosen import ChosenRecords, check_location
from hyperlocal.definition.inputs import GeographyName
from hyperlocal.definition.kinds.rate import RateOverYears
from hyperlocal.definition.settings import Part, Text

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.inputs import Rows
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode
    from hyperlocal.definition.source import Path

Metres = Annotated[float, Field(strict=True, ge=0)]


class EventTypes(Part):
    """Which types of events count, and which other types are known."""

    column: Text = Field(min_length=1, description="The column of the type, such as a crime code.")
    list: Text = Field(description="The list, one of `lists`, of the types that count.")
    known: tuple[Text, ...] = Field(
        (), description="Further lists: the types that may stand in the table and do not count."
    )
    other_types: Literal["refuse", "drop"] = Field(
        "refuse",
        description="What happens where a type is in none of these lists: `refuse` stops the build "
        "and names them; `drop` does not count such events.",
    )


class Constraint(ChosenRecords):
    """Totals of larger areas that the events of their areas are made to add up to."""

    within: GeographyName = Field(
        description="The larger areas, one of `areas.within`, such as police forces."
    )
    area: Text = Field(
        min_length=1, description="The column of the larger area's code in the table of totals."
    )
    number: Text = Field(
        min_length=1,
        description="The column of the total. Rows of one larger area are added up.",
    )


class EventShareIndicator(RateOverYears, ChosenRecords):
    """Events, each shared equally among all areas near it, over a denominator."""

    kind: Literal["event_share"]
    within: Metres = Field(
        description="How many metres from an event an area may lie to have a share of it; 0 = the "
        "areas that hold it."
    )
    types: EventTypes | None = Field(
        None, description="Which types of events count; without it all do."
    )
    constrain: tuple[Constraint, ...] = Field(
        (),
        description="Totals of larger areas that the areas are made to add up to: tables of "
        "records, each with the geography `within` which its totals are.",
    )

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return ("numerator", *self.columns())

    def counted(self) -> frozenset[str]:  # noqa: D102
        return frozenset(self.columns())

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        yield ("records",), self.records
        for place, one in enumerate(self.constrain):
            yield ("constrain", place, "records"), one.records

    def rows_chosen(self) -> Iterator[tuple[Path, Rows]]:  # noqa: D102
        yield ("where",), self.where
        for place, one in enumerate(self.constrain):
            yield ("constrain", place, "where"), one.where

    def lists_used(self) -> Iterator[tuple[Path, str, bool]]:  # noqa: D102
        if self.types is not None:
            yield ("types", "list"), self.types.list, False
            for place, name in enumerate(self.types.known):
                yield ("types", "known", place), name, False

    def needs_boundaries(self) -> bool:  # noqa: D102
        return True

    def told(self, name: str) -> str:  # noqa: D102
        if name != "numerator":
            return ""
        said = f"{self.named}, "
        if self.types is not None:
            said += f"of the types in {self.types.list}, "
        said += f"each shared among the areas within {self.within:g} metres"
        if self.constrain:
            said += (
                f"; scaled to the totals of {' and '.join(one.within for one in self.constrain)}"
            )
        return said

    def check(self, findings: Findings, node: ResolvedNode, written: WrittenDefinition) -> None:  # noqa: D102
        check_location(findings, (*node.path, "records"), self.records, written)
        seen: set[str] = set()
        for place, one in enumerate(self.constrain):
            path = (*node.path, "constrain", place, "within")
            if one.within not in written.areas.within:
                known = f"known are: {', '.join(written.areas.within) or 'none are stated'}"
                said = f"{one.within!r} is not in 'areas.within'"
                findings.add(path, said, known, [("areas", "within")])
            elif one.within in seen:
                findings.add(path, f"{one.within!r} is constrained twice", "delete one")
            seen.add(one.within)
