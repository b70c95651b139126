"""Answers to a survey by kind of place, given to the areas of that kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from hyperlocal.definition.chosen import check_placed
from hyperlocal.definition.nodes import Rate
from hyperlocal.definition.records import RecordsName
from hyperlocal.definition.settings import Identifier, Marks, Part, Text, one_as_list
from hyperlocal.definition.source import Path

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode

ALL = "all"
SomeRecords = Annotated[
    tuple[RecordsName, ...],
    BeforeValidator(one_as_list, json_schema_input_type=str | list[str]),
    Field(min_length=1),
]
Years = Annotated[
    tuple[Text, ...],
    BeforeValidator(one_as_list, json_schema_input_type=str | int | list[str | int]),
    Field(min_length=1),
]


class AnswerSource(Part):
    """Answers of which the kind of place, the cell, is known, and the areas of each cell."""

    answers: SomeRecords = Field(
        description="The table of the respondents, a row each, or several such tables."
    )
    cells: RecordsName
    cell: dict[Text, Text] = Field(
        min_length=1,
        description="What makes a cell, the broadest first: each column of the answers with the "
        "column of the table of cells that it must equal.",
    )
    people: Text = Field(description="The column of the table of cells that counts people.")
    year: Text = Field("", description="The column of the answers that holds their year.")
    weight_column: Text = Field(
        "", description="The column of the weight of each respondent; else all count alike."
    )


class Question(Part):
    """A question, and which answers count."""

    column: Text = Field(description="The column of the answers to it.")
    yes: Marks = Field(min_length=1, description="The answers that are counted.")
    no: Marks = Field(
        min_length=1,
        description="The other answers. An empty cell, or a mark that the records list under "
        "`missing`, is none.",
    )
    asked: dict[Identifier, Literal["all"] | Years] = Field(
        default_factory=dict,
        description="The years in which it was asked, for each source; `all` for all that there "
        "are. Without it: all years of all sources.",
    )


class SurveyAllocationIndicator(Rate):
    """The share of people who say yes, as estimated from the cells that an area belongs to."""

    kind: Literal["survey_allocation"]
    sources: dict[Identifier, AnswerSource] = Field(
        min_length=1, description="The surveys, each with the cells that it is estimated by."
    )
    questions: dict[Identifier, Question] = Field(
        min_length=1, description="The questions; the value is the mean of their shares."
    )
    fewest_answers: Annotated[int, Field(strict=True, ge=1)] = Field(
        1, description="A cell with fewer answers to a question is an empty one."
    )
    empty_cell: Literal["refuse", "missing", "larger_cell"] = Field(
        "refuse",
        description="What an empty cell does: it is refused, or makes the areas with people in it "
        "missing, or takes the answers of the larger cell without the last of its columns.",
    )

    @property
    def of_members(self) -> bool:  # noqa: D102
        return True

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return ("numerator", "denominator")

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        for name, source in self.sources.items():
            for place, answers in enumerate(source.answers):
                yield ("sources", name, "answers", place), answers
            yield ("sources", name, "cells"), source.cells

    def asked(self, question: Question, source: str) -> tuple[str, ...] | str | None:
        """Return the years in which a source asked a question; None where it did not."""
        return question.asked.get(source) if question.asked else ALL

    def told(self, name: str) -> str:  # noqa: D102
        if name == "denominator":
            return (
                f"answers behind it: to {', '.join(self.questions)}, of {', '.join(self.sources)}"
            )
        return "of them those that count, by the cells of its people"

    def check(  # noqa: D102
        self, findings: Findings, node: ResolvedNode, written: WrittenDefinition
    ) -> None:
        for name, source in self.sources.items():
            check_placed(findings, (*node.path, "sources", name, "cells"), source.cells, written)
            if all(self.asked(question, name) is None for question in self.questions.values()):
                path = (*node.path, "sources", name)
                findings.add(path, "no question was asked there", "delete it, or state 'asked'")
        for name, question in self.questions.items():
            at = (*node.path, "questions", name)
            both = sorted(set(question.yes) & set(question.no))
            if both:
                findings.add(at, f"{both[0]!r} is both a 'yes' and a 'no'", "delete one of them")
            for asked, years in question.asked.items():
                path = (*at, "asked", asked)
                if asked not in self.sources:
                    known = ", ".join(self.sources)
                    findings.add(path, f"there is no source {asked!r}", f"known are: {known}")
                elif years != ALL and not self.sources[asked].year:
                    remedy = "state 'year' for it, the column of the year; or 'all'"
                    findings.add(path, f"the source {asked!r} does not say its years", remedy)
