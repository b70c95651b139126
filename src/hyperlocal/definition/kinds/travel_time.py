"""Minutes to the nearest service and back, by public and by private transport."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from hyperlocal.definition.chosen import check_placed
from hyperlocal.definition.inputs import Columns, Rows
from hyperlocal.definition.nodes import Indicator
from hyperlocal.definition.records import RecordsName
from hyperlocal.definition.settings import Marks, Part, Positive, Text

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode
    from hyperlocal.definition.source import Path

WAYS = ("public", "private")


class Directions(Part):
    """What says whether a journey leads to the service or back from it."""

    column: Text = Field(description="The column of the direction.")
    to_service: Marks = Field(
        min_length=1, description="What stands there for a journey to the service."
    )
    from_service: Marks = Field(
        min_length=1, description="What stands there for a journey back from it."
    )


class GivenTimes(Part):
    """Times of single journeys that are given: a row for each origin, service and departure.

    Times that are computed, from timetables and roads, would be another form of the same place:
    all that follows takes the shortest time of each journey from each origin.
    """

    records: RecordsName
    origin: Text = Field(description="The column of the dwelling or area that is travelled from.")
    minutes: Text = Field(description="The column of the minutes; empty where there is no way.")
    direction: Directions | None = Field(
        None, description="The direction of each; without it the way back takes as long."
    )
    departure: Text = Field(
        "", description="The column of the departure (or arrival), where there are several."
    )
    where: Rows = Field(
        default_factory=dict,
        description="Which rows are used, such as those of one type of service.",
    )


class Origins(Part):
    """The dwellings, or small areas, that are travelled from."""

    records: RecordsName
    key: Text = Field(description="The column of what the times call it.")
    households: Text = Field(
        "",
        description="The column of the number of households, or people, by which the mean of an "
        "area is weighed; else each origin counts once.",
    )


class TravelTimeIndicator(Indicator):
    """Minutes to the nearest service and back, by public and private transport."""

    kind: Literal["travel_time"]
    origins: Origins | None = Field(
        None,
        description="The dwellings, or areas smaller than those of the index, that the times "
        "are given for; without it they are given for the areas of the index.",
    )
    public: GivenTimes | None = Field(None, description="The times by public transport.")
    private: GivenTimes | None = Field(None, description="The times by private transport.")
    longest: Positive | None = Field(
        None, description="What a single journey is taken to last at the most, such as 90 minutes."
    )
    absent: Literal["refuse", "longest", "leave_out"] = Field(
        "refuse",
        description="What an origin does that lacks a time of one of the departures: it is "
        "refused, takes the `longest` time there, or is left out of the mean.",
    )
    cars: Columns | None = Field(
        None, description="With both ways of travel: the cars and vans of the residents."
    )
    adults: Columns | None = Field(
        None,
        description="And the residents who may drive, such as those of 17 and over. Cars for each "
        "of them, and at most one, is the weight of private transport.",
    )

    def counted(self) -> frozenset[str]:  # noqa: D102
        return frozenset({"cars", "adults"})

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return tuple(name for name in (*WAYS, "cars", "adults") if getattr(self, name) is not None)

    def times(self) -> dict[str, GivenTimes]:
        """Return the times of each way of travel that is stated."""
        found = {"public": self.public, "private": self.private}
        return {way: times for way, times in found.items() if times is not None}

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        if self.origins is not None:
            yield ("origins", "records"), self.origins.records
        for way, times in self.times().items():
            yield (way, "records"), times.records

    def rows_chosen(self) -> Iterator[tuple[Path, Rows]]:  # noqa: D102
        for way, times in self.times().items():
            yield (way, "where"), times.where

    def told(self, name: str) -> str:  # noqa: D102
        times = self.times().get(name)
        return "" if times is None else f"minutes there and back, by {times.records}"

    def check(self, findings: Findings, node: ResolvedNode, written: WrittenDefinition) -> None:  # noqa: D102
        ways = self.times()
        if not ways:
            said = "has no times of travel"
            remedy = "state 'public', 'private' or both"
            findings.add(node.path, said, remedy, [(*node.path, way) for way in WAYS])
        for name in ("cars", "adults"):
            stated = getattr(self, name) is not None
            if stated and len(ways) < len(WAYS):
                said = "has no effect: there are not both 'public' and 'private' times to weigh"
                findings.add((*node.path, name), said, "delete it, or state the other times")
            if not stated and len(ways) == len(WAYS):
                remedy = "state 'cars' and 'adults', by which public and private times are weighed"
                said = f"does not state {name!r}"
                findings.add(node.path, said, remedy, [(*node.path, name)])
        if self.absent == "longest" and self.longest is None:
            said = "'absent: longest' needs the longest time"
            findings.add((*node.path, "absent"), said, "state 'longest', such as 90")
        if self.origins is not None:
            path = (*node.path, "origins", "records")
            check_placed(findings, path, self.origins.records, written)
