"""What an index is: frozen models of a definition, as it is written."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from hyperlocal.areas import GEOGRAPHY_PATTERN
from hyperlocal.definition.settings import (
    Combination,
    Conventions,
    Defaults,
    Marks,
    Part,
    Positive,
    Standing,
    Text,
    Treatment,
    one_as_list,
)

LANGUAGE_VERSION = 1

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _only_whole(value: Any) -> Any:
    """Take a number that only equals a version, such as 1.0 or true, for what it is written as."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole else str(value)


Version = Annotated[Literal[1], BeforeValidator(_only_whole)]
GeographyName = Annotated[str, Field(pattern=GEOGRAPHY_PATTERN)]


class Column(Part):
    """One column of an input table."""

    column: Text = Field(description="The heading of the column.")
    input: Text | None = Field(None, description="The input table, where it is not inherited.")


def _column_by_name(value: Any) -> Any:
    return {"column": value} if isinstance(value, str | int | float) else value


ColumnOrName = Annotated[
    Column, BeforeValidator(_column_by_name, json_schema_input_type=str | int | Column)
]
Columns = Annotated[
    tuple[ColumnOrName, ...],
    BeforeValidator(
        one_as_list, json_schema_input_type=str | int | Column | list[str | int | Column]
    ),
    Field(min_length=1),
]


class Metadata(Part):
    """What a reader should know of a node."""

    title: Text = Field("", description="The name to show; made from the id where absent.")
    description: Text = ""
    source: Text = Field("", description="Where the data come from, as it is to be cited.")
    publisher: Text = ""
    date: Text = Field("", description="The date or period that the data describe.")
    granularity: Text = Field("", description="The geography at which the data are published.")
    unit: Text = ""
    caveats: Text = ""


class Node(Metadata, Treatment, Standing):
    """What every node of the tree can state."""

    weight: Annotated[float, Field(strict=True, ge=0)] | None = Field(
        None, description="The weight among its siblings."
    )


class Group(Node, Combination):
    """A node that combines its children: a domain, a sub-domain or a composite indicator."""

    kind: Literal["group"] = "group"
    domains: dict[Identifier, AnyNode] = Field(default_factory=dict)
    subdomains: dict[Identifier, AnyNode] = Field(default_factory=dict)
    indicators: dict[Identifier, AnyNode] = Field(default_factory=dict)
    supplementary: dict[Identifier, AnyNode] = Field(
        default_factory=dict, description="Nodes that are built but do not enter this one."
    )


class ValueIndicator(Node):
    """An indicator that is taken from a column as it is."""

    kind: Literal["value"] = "value"
    column: ColumnOrName = Field(description="The column that holds the value.")


class CountIndicator(Node):
    """A count, or the sum of several counts that do not overlap."""

    kind: Literal["count"]
    column: Columns = Field(description="The column or columns to add up.")


class RateIndicator(Node):
    """A numerator over a denominator; shrunk as a proportion, or as a ratio where events."""

    kind: Literal["rate"] = "rate"
    numerator: Columns | None = Field(
        None, description="The column, or the columns of non-overlapping counts to add up."
    )
    indicators: dict[Identifier, AnyNode] = Field(
        default_factory=dict,
        description="Instead of a numerator: indicators of kind `count` that are added up.",
    )
    combine: Literal["sum_of_counts"] = Field(
        "sum_of_counts", description="A rate adds its indicators up into a new numerator."
    )
    denominator: Columns = Field(description="The column or columns of the denominator.")
    per: Positive = Field(1.0, description="The value is given per this many: 100 for percentages.")
    counts: Literal["members", "events"] = Field(
        "members",
        description="Whether the numerator counts members of the denominator, so that it cannot "
        "exceed it, or events, which can.",
    )


class RatioIndicator(Node):
    """Observed over expected."""

    kind: Literal["ratio"] = "ratio"
    observed: Columns = Field(description="The column of the observed count.")
    expected: Columns = Field(description="The column of the expected count.")
    per: Positive = Field(
        1.0, description="The value is given per this many: 100 for standardised ratios."
    )


class MeanIndicator(Node):
    """A mean or another estimate, with its standard error or the number behind it."""

    kind: Literal["mean"]
    column: ColumnOrName = Field(description="The column that holds the mean.")
    standard_error: ColumnOrName | None = None
    sample_size: ColumnOrName | None = Field(
        None, description="The number of persons (or answers) that the mean is over."
    )
    standard_deviation: Positive | None = Field(
        None,
        description="With a sample size: the standard deviation between persons, where known.",
    )


_TELLING_KEYS = {
    "numerator": "rate",
    "denominator": "rate",
    "observed": "ratio",
    "expected": "ratio",
    "column": "value",
}


def kind_of(value: Any) -> str:
    """Return the kind of a node: as it says itself, or by the keys that it has."""
    if not isinstance(value, dict):
        return getattr(value, "kind", "group")
    if "kind" in value:
        return str(value["kind"])
    return next((kind for key, kind in _TELLING_KEYS.items() if key in value), "group")


AnyNode = Annotated[
    Annotated[Group, Tag("group")]
    | Annotated[ValueIndicator, Tag("value")]
    | Annotated[CountIndicator, Tag("count")]
    | Annotated[RateIndicator, Tag("rate")]
    | Annotated[RatioIndicator, Tag("ratio")]
    | Annotated[MeanIndicator, Tag("mean")],
    Discriminator(kind_of),
]
KINDS = ("group", "value", "count", "rate", "ratio", "mean")


Character = Annotated[str, Field(pattern=r"^[\x00-\x7f]$")]


class Reading(Part):
    """How a file is read."""

    sheet: Text | None = Field(None, description="The sheet of a workbook; else its first.")
    header_row: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        None, description="The row of the headings, counted from 1; else the first that is filled."
    )
    separator: Character | None = Field(
        None, description="What separates the values of a CSV file; else a comma."
    )
    encoding: Text | None = Field(None, description="The encoding of a CSV file; else UTF-8.")
    thousands: Character | None = Field(
        None, description="The mark between thousands in numbers that are text, such as a comma."
    )
    decimal: Character | None = Field(
        None, description="The mark before decimals in numbers that are text; else a point."
    )
    columns: dict[str, Text] = Field(
        default_factory=dict,
        description="Names used in this definition, each with the heading in the file.",
    )
    url: Text = Field("", description="Where the publisher issues it.")


class Form(Reading):
    """One form in which an input may come: a file and how to read it."""

    file: Text = Field(description="The file, relative to the data folder.")


class Input(Metadata, Reading):
    """An input table: the files it may come in, its geography and how it joins the areas."""

    file: Text | None = Field(None, description="The file, relative to the data folder.")
    forms: tuple[Form, ...] = Field(
        (), description="Instead of a file: the accepted forms; the first that is there is used."
    )
    licence: Text = Field("", description="The licence of the data.")
    geography: GeographyName = Field(description="The areas it is for, with their vintage.")
    code: Text = Field(description="The column of the area codes.")
    missing: Marks = Field((), description="Marks that stand for a missing value.")
    optional: bool = Field(False, description="Whether the build can do without it.")
    extra_areas: Literal["refuse", "drop"] = Field(
        "refuse", description="What rows of areas that are not in the index do."
    )
    absent_areas: Literal["refuse", "missing"] = Field(
        "refuse", description="What areas of the index without a row do."
    )
    duplicate_areas: Literal["refuse", "first", "sum"] = Field(
        "refuse", description="What several rows of one area do."
    )

    def accepted_forms(self) -> tuple[Form, ...]:
        """Return the forms, each with the settings of the input that it does not state itself."""
        stated = set(Reading.model_fields) & self.model_fields_set
        common = {name: getattr(self, name) for name in stated}
        if not self.forms:
            return (Form(file=self.file or "", **common),)
        return tuple(
            Form(**{**common, **form.model_dump(exclude_unset=True)}) for form in self.forms
        )


class AreaTable(Part):
    """The table that lists the areas of the index, one row each."""

    input: Text
    code: Text = Field("", description="The column of the codes; else that of the input.")


class AreaNames(Part):
    """Where the names of the areas stand."""

    input: Text
    column: Text = Field(description="The column of the names.")


class Within(Part):
    """The larger area in which each area lies."""

    input: Text
    column: Text = Field(description="The column of the larger area's code.")
    name: Text | None = Field(None, description="The column of the larger area's name.")


class Exclusion(Part):
    """An area that is left out of the index."""

    code: Text
    reason: Text = Field(min_length=1)
    counts_in_n: bool = Field(False, description="Whether N counts it all the same.")


class Areas(Part):
    """The areas of the index."""

    geography: GeographyName
    table: AreaTable
    names: AreaNames | None = None
    within: dict[GeographyName, Within] = Field(default_factory=dict)
    exclude: tuple[Exclusion, ...] = ()


class Index(Group):
    """The root of the tree."""

    title: Text = ""


class WrittenDefinition(Part):
    """A definition as its file says it."""

    hyperlocal: Version = Field(description="The version of the definition language.")
    id: Identifier = Field(description="Names the overall columns of the results.")
    title: Text = ""
    description: Text = ""
    publisher: Text = ""
    licence: Text = ""
    url: Text = ""
    areas: Areas
    conventions: Conventions = Field(default_factory=Conventions)
    defaults: Defaults = Field(default_factory=Defaults)
    inputs: dict[Identifier, Input] = Field(min_length=1)
    index: Index


Group.model_rebuild()
RateIndicator.model_rebuild()
