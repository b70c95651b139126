"""How much more than usual practices prescribe for conditions, where their patients live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from hyperlocal.definition.chosen import PeopleOfPractices, check_placed
from hyperlocal.definition.nodes import Mean
from hyperlocal.definition.records import RecordsName
from hyperlocal.definition.settings import Identifier, Part, Text, one_as_list
from hyperlocal.definition.source import Path

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode

ColumnsOfItems = Annotated[
    tuple[Text, ...],
    BeforeValidator(one_as_list, json_schema_input_type=str | list[str]),
    Field(min_length=1),
]


class Prescribing(Part):
    """What practices prescribe. Several rows of one practice, such as months, are added up."""

    records: RecordsName
    practice: Text = Field(description="The column of the practice.")
    items: Text = Field(description="The column of all items that it prescribed.")


class PrescriptionIndexIndicator(Mean):
    """The mean over patients of their practice's sum of standardised shares."""

    kind: Literal["prescription_index"]
    prescribing: Prescribing
    patients: PeopleOfPractices
    conditions: dict[Identifier, ColumnsOfItems] = Field(
        min_length=1,
        description="For each condition the column of the items that were prescribed for it, or "
        "the columns to add up.",
    )

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return ("total", "sample_size")

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        yield ("prescribing", "records"), self.prescribing.records
        yield ("patients", "records"), self.patients.records

    def told(self, name: str) -> str:  # noqa: D102
        if name == "sample_size":
            return f"patients of {self.patients.records}"
        return (
            f"patients of {self.patients.records} times the index of their practice: "
            f"{' + '.join(self.conditions)}, standardised"
        )

    def check(  # noqa: D102
        self, findings: Findings, node: ResolvedNode, written: WrittenDefinition
    ) -> None:
        path = (*node.path, "patients", "records")
        check_placed(findings, path, self.patients.records, written)
