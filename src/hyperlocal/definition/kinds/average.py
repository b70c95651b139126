"""The mean of a number that records hold, such as the speed of a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from hyperlocal.definition.chosen import CountedOrName, check_placed
from hyperlocal.definition.nodes import Quotient
from hyperlocal.definition.settings import Text

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.inputs import Rows
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode
    from hyperlocal.definition.source import Path


class AverageIndicator(Quotient):
    """The mean of a number over records: over dwellings, lines, premises."""

    kind: Literal["average"]
    records: CountedOrName = Field(
        description="The records: a table of records, or `{records, where, number}`, where "
        "`number` is the column of the weight of each, such as its lines or households."
    )
    column: Text = Field(min_length=1, description="The column of the number that is averaged.")

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return ("numerator", "denominator")

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        yield ("records", "records"), self.records.records

    def rows_chosen(self) -> Iterator[tuple[Path, Rows]]:  # noqa: D102
        yield ("records", "where"), self.records.where

    def told(self, name: str) -> str:  # noqa: D102
        counted = self.records.counted
        return counted if name == "denominator" else f"{self.column} x {counted}"

    def check(self, findings: Findings, node: ResolvedNode, written: WrittenDefinition) -> None:  # noqa: D102
        check_placed(findings, (*node.path, "records"), self.records.records, written)
