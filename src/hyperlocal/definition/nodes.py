"""What every node of the tree can state, and what every indicator tells of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from hyperlocal.definition.inputs import Column, Rows
from hyperlocal.definition.settings import Check, Metadata, Part, Positive, Standing, Treatment

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode
    from hyperlocal.definition.source import Path

AVERAGED_WITH = "averaged_with"
"""The purpose of a column by which values are averaged on their way to the areas of the index."""


class Node(Metadata, Treatment, Standing):
    """What every node of the tree can state."""

    accept: dict[Check, Annotated[str, Field(min_length=1)]] = Field(
        default_factory=dict,
        description="Thresholds of `quality` that the indicator need not keep, each with the "
        "reason.",
    )

    weight: Annotated[float, Field(strict=True, ge=0)] | None = Field(
        None, description="The weight among its siblings."
    )


class Indicator(Node):
    """A node that is measured from data. Each kind says here what others have to know of it."""

    kind: str

    def columns(self) -> dict[str, tuple[Column, ...]]:
        """Return the columns of input tables that it is made of, by what they are for."""
        columns: dict[str, tuple[Column, ...]] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, Column):
                columns[name] = (value,)
            elif isinstance(value, tuple) and value and isinstance(value[0], Column):
                columns[name] = value
        return columns

    def measured_from(self) -> tuple[str, ...]:
        """Return the names of the numbers of each area that its value is measured from.

        They are its columns, unless they are gathered from records. The results hold all of them.
        """
        return tuple(purpose for purpose in self.columns() if purpose != AVERAGED_WITH)

    def counted(self) -> frozenset[str]:
        """Return which of its columns are counts, by what they are for.

        Counts are shared out where areas are converted; everything else is averaged or copied.
        """
        return frozenset()

    def averaged_by(self) -> Column | None:
        """Return the column that its values are averaged with, if it states one."""
        return None

    def records_used(self) -> Iterator[tuple[Path, str]]:
        """Yield the tables of records that it is gathered from, each with the key that names it."""
        yield from ()

    def lists_used(self) -> Iterator[tuple[Path, str, bool]]:
        """Yield the lists of codes that it uses, each with its key, and whether it needs numbers.

        Those by which rows are chosen (`rows_chosen`) are not among them.
        """
        yield from ()

    def rows_chosen(self) -> Iterator[tuple[Path, Rows]]:
        """Yield what it says of the rows of records that are used, each with its key."""
        yield from ()

    def needs_boundaries(self) -> bool:
        """Say whether it needs the boundaries of the areas."""
        return False

    def told(self, name: str) -> str:
        """Say in words where a number that it is measured from comes from, where it is gathered."""
        return ""

    def check(self, findings: Findings, node: ResolvedNode, written: WrittenDefinition) -> None:
        """Add what does not fit together in it, beyond the form of its parts, to the findings."""


class Rate(Indicator):
    """An indicator that is a numerator over a denominator, and is shrunk as such."""

    per: Positive = Field(1.0, description="The value is given per this many: 100 for percentages.")

    @property
    def of_members(self) -> bool:
        """Whether the numerator counts members of the denominator; else it counts events."""
        return False


class Ratio(Indicator):
    """An indicator that is an observed over an expected count, and is shrunk as such."""

    per: Positive = Field(
        1.0, description="The value is given per this many: 100 for standardised ratios."
    )


class Mean(Indicator):
    """An indicator that is a mean over persons or the like, and is shrunk as such."""

    per: Positive = Field(
        1.0, description="With a total: the value is given per this many of the sample size."
    )
    standard_deviation: Positive | None = Field(
        None,
        description="With a sample size: the standard deviation between persons, where known.",
    )


class Quotient(Indicator):
    """An indicator that is a numerator over a denominator of which nothing is sampled."""

    per: Positive = Field(1.0, description="The value is given per this many: 100 for percentages.")


def named_columns(part: Part, name: str) -> dict[str, tuple[Column, ...]]:
    """Return the columns in a part of an indicator, by the name of the part and their own.

    Parameters
    ----------
    part
        The part.
    name
        What its columns are called after.
    """
    columns: dict[str, tuple[Column, ...]] = {}
    for key in type(part).model_fields:
        value = getattr(part, key)
        if isinstance(value, Column):
            columns[f"{name}.{key}"] = (value,)
        elif isinstance(value, tuple) and value and isinstance(value[0], Column):
            columns[f"{name}.{key}"] = value
    return columns
