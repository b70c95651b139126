"""Grants to the organisations of an area, per head."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from hyperlocal.definition.inputs import Columns, Rows
from hyperlocal.definition.nodes import Quotient
from hyperlocal.definition.records import RecordsName
from hyperlocal.definition.settings import Identifier, Part, Positive, Text
from hyperlocal.definition.source import Path

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode


class Awards(Part):
    """A table of grants."""

    records: RecordsName
    amount: Text = Field(description="The column of the amount.")
    identifier: Text = Field(
        "", description="The column that tells one grant from another, in all tables alike."
    )
    where: Rows = Field(
        default_factory=dict,
        description="Which records are used: for each column the value, the values, the list of "
        "codes or the beginning that it must hold.",
    )


class GrantsIndicator(Quotient):
    """The amounts of grants, per head of the people who live where the recipients are."""

    kind: Literal["grants"]
    awards: dict[Identifier, Awards] = Field(
        min_length=1,
        description="The tables of grants: by postcode, say, and those of which no more is known "
        "than the authority, which are shared out in it.",
    )
    most_amount: Positive | None = Field(
        None, description="The largest grant that counts; larger ones are left out."
    )
    no_amount: Literal["refuse", "leave_out"] = Field(
        "refuse", description="What a grant without an amount does."
    )
    negative_amount: Literal["refuse", "leave_out", "count"] = Field(
        "refuse",
        description="What an amount below 0 does: `refuse` stops the build; `leave_out` leaves the "
        "grant out; `count` takes it off the others, as money that was paid back.",
    )
    repeated: Literal["refuse", "first"] = Field(
        "refuse", description="What a grant does whose identifier stands there before."
    )
    denominator: Columns = Field(description="The column or columns of the people.")

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return ("numerator", "denominator")

    def counted(self) -> frozenset[str]:  # noqa: D102
        return frozenset({"denominator"})

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        for name, awards in self.awards.items():
            yield ("awards", name, "records"), awards.records

    def rows_chosen(self) -> Iterator[tuple[Path, Rows]]:  # noqa: D102
        for name, awards in self.awards.items():
            yield ("awards", name, "where"), awards.where

    def told(self, name: str) -> str:  # noqa: D102
        if name != "numerator":
            return ""
        most = "" if self.most_amount is None else f" of up to {self.most_amount:,.10g}"
        return f"grants{most} of {', '.join(self.awards)}"

    def check(  # noqa: D102
        self, findings: Findings, node: ResolvedNode, written: WrittenDefinition
    ) -> None:
        if self.repeated == "first" and not any(one.identifier for one in self.awards.values()):
            findings.add(
                (*node.path, "repeated"),
                "has no effect: no table says what tells its grants apart",
                "state 'identifier', or delete it",
            )
