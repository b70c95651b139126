"""The average point score of pupils."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from hyperlocal.definition.inputs import Column, Columns, Rows
from hyperlocal.definition.nodes import Mean
from hyperlocal.definition.settings import Identifier, Part, Text, one_as_list
from hyperlocal.definition.source import Path

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode

GRADES = "grades."
"""What the purpose of a column of counts begins with; the grade follows."""


class BestOf(Part):
    """Several subjects of which the one with the most points counts."""

    best_of: tuple[Text, ...] = Field(
        min_length=2, description="The columns of the subjects, such as English and Welsh."
    )


class Years(Part):
    """The years that are taken together."""

    column: Text = Field(description="The column of the year.")
    of: Annotated[
        tuple[Text, ...],
        BeforeValidator(one_as_list, json_schema_input_type=str | int | list[str | int]),
    ] = Field(
        (),
        description="The years that are used, each of which must be there; without it all of them.",
    )
    average: Literal["pooled", "yearly"] = Field(
        "pooled",
        description="`pooled`: the mean over the pupils of all years. `yearly`: the mean of the "
        "means of the years, so that each year counts alike.",
    )


class PointsScoreIndicator(Mean):
    """The average points of pupils: from a record of each pupil, or from counts by grade."""

    kind: Literal["points_score"]
    records: Identifier | None = Field(
        None, description="The records of pupils, one of `records`: a row for each, or for several."
    )
    subjects: tuple[Text | BestOf, ...] = Field(
        (),
        description="The column of the outcome in each subject; `{best_of: [...]}` of several of "
        "which the best counts.",
    )
    points: Annotated[
        tuple[Identifier, ...],
        BeforeValidator(one_as_list, json_schema_input_type=str | list[str]),
    ] = Field(
        min_length=1,
        description="The list of the points of each outcome, one of `lists`; or several lists.",
    )
    over_subjects: Literal["mean", "sum"] = Field(
        "mean",
        description="Whether a pupil's score is the mean over the subjects that have points, or "
        "their sum.",
    )
    no_outcome: Literal["refuse", "leave_out", "zero"] = Field(
        "refuse",
        description="What an empty outcome does: `refuse` stops the build; `leave_out` leaves the "
        "subject of that pupil out; `zero` gives no points.",
    )
    unknown_outcome: Literal["refuse", "leave_out"] = Field(
        "refuse",
        description="What an outcome without points does: `refuse` stops the build and names all "
        "of them; `leave_out` leaves the subject of that pupil out.",
    )
    pupils: Text = Field(
        "", description="The column of the number of pupils, where a row stands for several."
    )
    years: Years | None = Field(None, description="The years that are taken together.")
    where: Rows = Field(
        default_factory=dict,
        description="Which records are used: for each column the value, the values, the list of "
        "codes or the beginning that it must hold.",
    )
    grades: dict[Text, Columns] = Field(
        default_factory=dict,
        description="Instead of records: for each outcome the column, or columns, of its count.",
    )

    def columns(self) -> dict[str, tuple[Column, ...]]:  # noqa: D102
        return {f"{GRADES}{grade}": columns for grade, columns in self.grades.items()}

    def counted(self) -> frozenset[str]:  # noqa: D102
        return frozenset(self.columns())

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return ("total", "sample_size", "standard_deviation")

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        if self.records is not None:
            yield ("records",), self.records

    def lists_used(self) -> Iterator[tuple[Path, str, bool]]:  # noqa: D102
        for name in self.points:
            yield ("points",), name, True

    def rows_chosen(self) -> Iterator[tuple[Path, Rows]]:  # noqa: D102
        yield ("where",), self.where

    def told(self, name: str) -> str:  # noqa: D102
        of = self.records or "outcomes by area"
        who = f"pupils of {of}" if self.records else of
        if name == "standard_deviation":
            return f"between {who} within one area"
        alike = ", each year alike" if self.years and self.years.average == "yearly" else ""
        if name == "sample_size":
            return who
        if not self.records:
            return f"points by {', '.join(self.points)} of {who}"
        return f"points of {who}: {self.over_subjects} over {self._subjects()}{alike}"

    def _subjects(self) -> str:
        """Name the subjects."""
        return ", ".join(
            subject if isinstance(subject, str) else f"best of {' and '.join(subject.best_of)}"
            for subject in self.subjects
        )

    def check(  # noqa: D102
        self, findings: Findings, node: ResolvedNode, written: WrittenDefinition
    ) -> None:
        if (self.records is None) == (not self.grades):
            findings.add(
                node.path,
                "states both 'records' and 'grades'" if self.grades else "has no records",
                "state 'records' of pupils, or 'grades', the counts by outcome",
                [(*node.path, "records"), (*node.path, "grades")],
            )
        elif self.records is not None and not self.subjects:
            findings.add(
                node.path,
                "does not say which subjects count",
                "state 'subjects', the columns of the outcomes",
                [(*node.path, "subjects")],
            )
        if self.years is not None and self.years.of and self.years.column in self.where:
            findings.add(
                (*node.path, "where", self.years.column),
                "the years are chosen twice",
                "state them under 'years' alone",
            )
        if self.grades:
            of_records = ("subjects", "over_subjects", "no_outcome", "pupils", "years", "where")
            for key in of_records:
                if getattr(self, key) == type(self).model_fields[key].get_default(
                    call_default_factory=True
                ):
                    continue
                findings.add((*node.path, key), "has no effect without 'records'", "delete it")
