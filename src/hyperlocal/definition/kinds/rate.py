"""Rates of counts: over several years, without those who do not live there, scaled to all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from hyperlocal.definition.inputs import Column, Columns
from hyperlocal.definition.nodes import Rate
from hyperlocal.definition.settings import Part, Positive

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode

MOST_YEARS = 10
"""How many years can be averaged."""
BY_YEAR = ("numerator", "denominator", "denominator_less")


class Coverage(Part):
    """What is said where the numerator cannot hold some of the residents."""

    not_covered: Columns | None = Field(
        None,
        description="The residents of whom nothing is known, such as those who are registered "
        "elsewhere (of each year, where the denominator is pooled over years). The value is scaled "
        "up as if it were the same among them; the counts stay.",
    )
    scale_where_above: Annotated[float, Field(strict=True, ge=0)] = Field(
        0.0, description="Only areas with more of them than this are scaled up."
    )

    def check_coverage(self, findings: Findings, node: ResolvedNode) -> None:
        """Refuse a threshold that has nothing to be compared with."""
        if self.not_covered is None and "scale_where_above" in self.model_fields_set:
            if self.scale_where_above == 0:
                return  # as a resolved definition states it
            path = (*node.path, "scale_where_above")
            findings.add(path, "has no effect without 'not_covered'", "delete it")


class RateOverYears(Rate):
    """A rate whose denominator is made of columns, and whose numerator can be of several years."""

    denominator: Columns = Field(description="The column or columns of the denominator.")
    numerator_years: Positive = Field(
        1.0,
        description="How many years the numerator is pooled over, where the denominator is of "
        "one: the value is per year.",
    )
    denominator_less: Columns | None = Field(
        None,
        description="What is taken off the denominator, such as prisoners; the columns are added "
        "up.",
    )


class RateOfCounts(RateOverYears, Coverage):
    """A rate that is made of columns of counts."""

    numerator: Columns | None = Field(
        None, description="The column, or the columns of non-overlapping counts to add up."
    )
    counts: Literal["members", "events"] = Field(
        "members",
        description="Whether the numerator counts members of the denominator, so that it cannot "
        "exceed it, or events, which can.",
    )
    years: Literal["pooled", "averaged"] = Field(
        "pooled",
        description="Where several columns are of several years: `pooled` divides their sums; "
        "`averaged` takes the mean of the yearly rates, with one numerator for each year and one "
        "denominator (and `denominator_less`) for each, or for all.",
    )

    @property
    def of_members(self) -> bool:  # noqa: D102
        return self.counts == "members"

    def columns(self) -> dict[str, tuple[Column, ...]]:  # noqa: D102
        columns = super().columns()
        columns = {"numerator": columns.pop("numerator", ()), **columns}  # as a rate is read
        if self.numerator is None:
            del columns["numerator"]
        if self.years == "pooled":
            return columns
        by_year = {
            f"{purpose}_{year}": (column,)
            for purpose in BY_YEAR
            for year, column in enumerate(columns.pop(purpose, ()), start=1)
        }
        return {**by_year, **columns}

    def counted(self) -> frozenset[str]:  # noqa: D102
        return frozenset(self.columns()) | {"numerator"}

    def check(  # noqa: D102
        self, findings: Findings, node: ResolvedNode, written: WrittenDefinition
    ) -> None:
        self.check_coverage(findings, node)
        if self.years == "pooled":
            return
        if self.numerator is None:
            findings.add(
                (*node.path, "years"),
                "needs a numerator of each year",
                "list them as 'numerator', or state 'years: pooled'",
                [(*node.path, "numerator"), (*node.path, "indicators")],
            )
            return
        number = len(self.numerator)
        if not 2 <= number <= MOST_YEARS:
            findings.add(
                (*node.path, "numerator"),
                f"has {number} {'column' if number == 1 else 'columns'} to average",
                f"list one column for each of 2 to {MOST_YEARS} years, or state 'years: pooled'",
            )
        for key in BY_YEAR[1:]:
            if len(getattr(self, key) or ()) not in (0, 1, number):
                findings.add(
                    (*node.path, key),
                    f"has {len(getattr(self, key))} columns, and the numerator {number}",
                    "list one for each year, or one for all",
                )
        if self.numerator_years != 1:
            path = (*node.path, "numerator_years")
            findings.add(path, "does not go with 'years: averaged'", "delete one of them")
