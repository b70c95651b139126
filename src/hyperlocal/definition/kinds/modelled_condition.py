"""The share of dwellings in poor condition, modelled from a survey and benchmarked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from hyperlocal.definition.chosen import check_placed
from hyperlocal.definition.nodes import Quotient
from hyperlocal.definition.records import RecordsName
from hyperlocal.definition.settings import Identifier, Part, Positive, Text
from hyperlocal.definition.source import Path

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode

Scaling = Literal["intercept", "proportional"]


class SurveyOfDwellings(Part):
    """Dwellings that were inspected."""

    records: RecordsName
    weight_column: Text = Field(
        "", description="The column of how many dwellings each stands for; else all count alike."
    )


class Rule(Part):
    """A number of each dwelling that says whether it shows a component, without a model."""

    column: Text = Field(description="The column of the dwellings, such as the energy rating.")
    below: float = Field(description="A dwelling shows the component where it is below this.")


class Component(Part):
    """One aspect of poor condition, such as disrepair."""

    outcome: Text = Field(
        "", description="The column of the survey that is 1 where a dwelling shows it, else 0."
    )
    rule: Rule | None = Field(
        None, description="Instead of an outcome, which is modelled: what is known of all."
    )
    row: Text = Field("", description="Its name in the benchmark; else its own.")
    scaling: Scaling | Literal["none"] | None = Field(
        None, description="How it is benchmarked, where that is not as the benchmark says."
    )

    @model_validator(mode="after")
    def _outcome_or_rule(self) -> Self:
        if bool(self.outcome) == (self.rule is not None):
            raise ValueError("it must have an 'outcome' or a 'rule'")
        return self


class Benchmark(Part):
    """What is known for the nation: a table with a row for each component."""

    records: RecordsName
    row_column: Text = Field(description="The column of the names of the components.")
    total: Text = Field("", description="The column of the number of dwellings.")
    share: Text = Field("", description="Instead of the number: the column of the share.")
    share_per: Positive = Field(
        1.0, description="The shares are per this many: 100 for percentages."
    )
    any_row: Text = Field("", description="The row of those that show any component, if known.")
    scaling: Scaling = Field(
        "intercept",
        description="How probabilities are made to add up to it: all log odds moved by the same "
        "number, or all probabilities multiplied by it.",
    )

    @model_validator(mode="after")
    def _total_or_share(self) -> Self:
        if bool(self.total) == bool(self.share):
            raise ValueError("it must have a 'total' or a 'share'")
        return self


class ModelledConditionIndicator(Quotient):
    """The dwellings that are expected to show any of several components, over all dwellings."""

    kind: Literal["modelled_condition"]
    survey: SurveyOfDwellings | None = Field(
        None, description="The surveyed dwellings that outcomes are modelled from."
    )
    dwellings: RecordsName
    components: dict[Identifier, Component] = Field(
        min_length=1, description="The components; a dwelling that shows any of them counts."
    )
    categories: tuple[Text, ...] = Field(
        (), description="The predictors that are classes, such as tenure: columns of both tables."
    )
    numbers: tuple[Text, ...] = Field(
        (), description="The predictors that are numbers, such as the floor area."
    )
    interactions: tuple[Annotated[tuple[Text, ...], Field(min_length=2)], ...] = Field(
        (),
        description="Classes that count together, such as [tenure, age]: every pair of them is a "
        "class of its own. They are not listed under `categories` as well.",
    )
    unseen: Literal["refuse", "leave_out"] = Field(
        "refuse",
        description="What happens to dwellings of a class that no surveyed dwelling is of.",
    )
    fewest_events: Annotated[float, Field(strict=True, ge=0)] = Field(
        5.0,
        description="How many surveyed dwellings must show a component, and how many must not, "
        "for each coefficient of its model.",
    )
    together: Literal["independent", "nested"] = Field(
        "independent",
        description="How components of a dwelling go together: independently of each other, or "
        "the rarer only where the more frequent is.",
    )
    benchmark: Benchmark | None = Field(
        None, description="The national figures that the model is made to agree with."
    )

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return ("numerator", "denominator")

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        if self.survey is not None:
            yield ("survey", "records"), self.survey.records
        yield ("dwellings",), self.dwellings
        if self.benchmark is not None:
            yield ("benchmark", "records"), self.benchmark.records

    def told(self, name: str) -> str:  # noqa: D102
        if name == "denominator":
            return f"dwellings of {self.dwellings}"
        benchmarked = f", as many as {self.benchmark.records} says" if self.benchmark else ""
        return (
            f"dwellings of {self.dwellings} that are expected to show "
            f"{' or '.join(self.components)}{benchmarked}"
        )

    def check(  # noqa: D102
        self, findings: Findings, node: ResolvedNode, written: WrittenDefinition
    ) -> None:
        check_placed(findings, (*node.path, "dwellings"), self.dwellings, written)
        predictors = (*self.categories, *self.numbers, *self.interactions)
        modelled = [name for name, each in self.components.items() if each.outcome]
        for wanted, key, there in (
            ("a survey to learn from", "survey", self.survey is not None),
            ("predictors", "categories", bool(predictors)),
        ):
            if modelled and not there:
                findings.add(
                    node.path,
                    f"needs {wanted} to model {modelled[0]}",
                    f"state {key!r}",
                    [(*node.path, key)],
                )
            if not modelled and there:
                findings.add((*node.path, key), "has no effect without an 'outcome'", "delete it")
        if self.benchmark is None:
            for name, each in self.components.items():
                for key in ("row", "scaling"):
                    if getattr(each, key):
                        path = (*node.path, "components", name, key)
                        findings.add(path, "has no effect without 'benchmark'", "delete it")
        self._check_predictors(findings, node)

    def _check_predictors(self, findings: Findings, node: ResolvedNode) -> None:
        """Refuse a predictor that is there twice."""
        seen: set[str] = set()
        for key in ("categories", "numbers", "interactions"):
            for place, stated in enumerate(getattr(self, key)):
                for column in (stated,) if isinstance(stated, str) else stated:
                    if column in seen and (key != "interactions" or column in self.categories):
                        path = (*node.path, key, place)
                        findings.add(path, f"{column!r} is a predictor twice", "delete one")
                    seen.add(column)
