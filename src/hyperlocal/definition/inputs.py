"""The tables that a definition takes its values from: files, how they are read, which rows."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from hyperlocal.areas import GEOGRAPHY_PATTERN
from hyperlocal.definition.settings import (
    Identifier,
    InputTreatment,
    Metadata,
    Part,
    Text,
    one_as_list,
)

GeographyName = Annotated[str, Field(pattern=GEOGRAPHY_PATTERN)]


class FromList(Part):
    """The codes of one of the definition's lists."""

    list: Text = Field(description="The name of the list, one of `lists`.")


class Beginning(Part):
    """Everything that begins in one way, such as the codes of one country."""

    begins_with: Text = Field(min_length=1, description="How it begins, such as `E`.")


Values = Annotated[
    tuple[Text, ...],
    BeforeValidator(one_as_list, json_schema_input_type=str | int | list[str | int]),
    Field(min_length=1),
]
Wanted = FromList | Beginning | Values
Rows = dict[Text, Wanted]


class Column(Part):
    """The numbers of an input table that something is made of: a column, or a run of columns."""

    column: Text = Field("", description="The heading of the column.")
    first: Text = Field(
        "", description="Instead of one column: the first of a run of columns to add up,"
    )
    last: Text = Field("", description="and the last of them, in the order of the file.")
    input: Text | None = Field(None, description="The input table, where it is not inherited.")
    where: Rows = Field(
        default_factory=dict,
        description="Which rows are used: for each column the value, the values, the list of codes "
        "or the beginning that it must hold.",
    )

    @property
    def key(self) -> str:
        """What names the column (or run of columns) among those of its input."""
        return self.column or f"{self.first}…{self.last}"

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings that it names: one, or the first and the last."""
        return (self.column,) if self.column else (self.first, self.last)

    @model_validator(mode="after")
    def _one_or_a_run(self) -> Self:
        if bool(self.column) == bool(self.first and self.last) or bool(self.first) != bool(
            self.last
        ):
            raise ValueError("it must name one 'column', or the 'first' and the 'last' of several")
        return self


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


class CodeList(Part):
    """A list of codes, kept as a table beside the definition or written out in it."""

    file: Text = Field(
        "", description="A CSV file, relative to the definition, or one that comes with hyperlocal."
    )
    column: Text = Field("code", description="The column of the codes.")
    codes: tuple[Text, ...] = Field((), description="Instead of a file: the codes themselves.")
    number: Text = Field(
        "", description="The column of the number that each code stands for, such as points."
    )
    numbers: dict[Text, float] = Field(
        default_factory=dict,
        description="Instead of a file: the codes, each with the number that it stands for.",
    )
    title: Text = ""
    source: Text = Field("", description="Where the list comes from.")


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
    where: Rows = Field(
        default_factory=dict,
        description="Which rows are used: for each column the value, the values, the list of codes "
        "or the beginning that it must hold.",
    )
    url: Text = Field("", description="Where the publisher issues it.")


class Form(Reading):
    """One form in which an input may come: a file and how to read it."""

    file: Text = Field(description="The file, relative to the data folder.")


class Filed(Metadata, Reading):
    """A table that comes in a file, or in one of several forms."""

    file: Text | None = Field(None, description="The file, relative to the data folder.")
    attribution: Text = Field(
        "",
        description="What its publisher asks to have said wherever the data, or what is made of "
        "them, are published.",
    )
    forms: tuple[Form, ...] = Field(
        (), description="Instead of a file: the accepted forms; the first that is there is used."
    )

    def accepted_forms(self) -> tuple[Form, ...]:
        """Return the forms, each with the settings of the table that it does not state itself."""
        stated = set(Reading.model_fields) & self.model_fields_set
        common = {name: getattr(self, name) for name in stated}
        if not self.forms:
            return (Form(file=self.file or "", **common),)
        return tuple(
            Form(**{**common, **form.model_dump(exclude_unset=True)}) for form in self.forms
        )


class Input(Filed, InputTreatment):
    """An input table: the files it may come in, its geography and how it joins the areas."""

    geography: GeographyName = Field(description="The areas it is for, with their vintage.")
    code: Text = Field(description="The column of the area codes.")
    optional: bool = Field(False, description="Whether the build can do without it.")
    through: tuple[Identifier, ...] | None = Field(
        None,
        description="The correspondences that convert it, in their order; without it the shortest "
        "way to the areas of the index.",
    )

    def with_defaults(self, defaults: InputTreatment) -> Input:
        """Return the input with the settings of `defaults.inputs` that it does not state itself."""
        stated = defaults.model_fields_set - self.model_fields_set
        return self.model_copy(update={name: getattr(defaults, name) for name in stated})
