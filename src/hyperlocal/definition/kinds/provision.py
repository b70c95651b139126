"""What practices (or the like) provide, carried to areas by where those who use them live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from hyperlocal.definition.chosen import PeopleOfPractices, check_placed
from hyperlocal.definition.nodes import Quotient
from hyperlocal.definition.records import RecordsName
from hyperlocal.definition.settings import Part, Text
from hyperlocal.definition.source import Path

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode


class Providers(Part):
    """Practices or the like: a row for each."""

    records: RecordsName
    practice: Text = Field(description="The column of the practice's code.")
    demand: Text = Field(description="The column of those who use it, such as its patients.")
    supply: Text = Field(description="The column of what it provides, such as full-time GPs.")


class ProvisionIndicator(Quotient):
    """The mean of the ratios of practices, weighted by how many of an area's people use each."""

    kind: Literal["provision"]
    providers: Providers = Field(description="The practices, and the ratio of each.")
    users: PeopleOfPractices = Field(description="Where those live who use them.")
    without_supply: Literal["refuse", "leave_out", "highest"] = Field(
        "refuse",
        description="What a practice does that provides nothing, such as one without a GP: "
        "`refuse` stops the build; `leave_out` leaves its users out; `highest` gives it the "
        "highest ratio of the others.",
    )
    unknown_providers: Literal["refuse", "leave_out"] = Field(
        "refuse",
        description="What users of a practice do that is not among the practices: `refuse` stops "
        "the build, `leave_out` leaves them out and counts them.",
    )

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return ("numerator", "denominator")

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        yield ("providers", "records"), self.providers.records
        yield ("users", "records"), self.users.records

    def told(self, name: str) -> str:  # noqa: D102
        users, of = self.users, self.providers
        if name == "denominator":
            return f"{users.number} of {users.records}"
        return f"{users.number} of {users.records} x {of.demand} / {of.supply} of {of.records}"

    def check(  # noqa: D102
        self, findings: Findings, node: ResolvedNode, written: WrittenDefinition
    ) -> None:
        check_placed(findings, (*node.path, "users", "records"), self.users.records, written)
