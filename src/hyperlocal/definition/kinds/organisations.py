"""Organisations of several registers, none of them counted twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from hyperlocal.definition.inputs import Columns, Rows
from hyperlocal.definition.nodes import Rate
from hyperlocal.definition.records import RecordsName
from hyperlocal.definition.settings import Identifier, Part, Text
from hyperlocal.definition.source import Path

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode

IGNORED = (
    *("the", "limited", "ltd", "cyfyngedig", "cyf", "plc", "llp"),
    *("community interest company", "cic", "charitable incorporated organisation", "cio"),
)
"""The words that make no difference to a name, unless a definition says otherwise."""


def _by_name(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


class RegisterNumber(Part):
    """The number by which a register, its own or another, knows an organisation."""

    column: Text = Field(description="The column of the number.")
    beginning: Text = Field(
        "",
        description="What is put before numbers without letters, such as `RS`, by which the "
        "registrar of companies knows societies.",
    )
    without: tuple[Text, ...] = Field(
        (), description="Beginnings that are taken away, such as `GB-CHC-`."
    )
    pattern: Text = Field(
        "",
        description="The regular expression that a number must match, once it is in capitals and "
        "has no spaces and leading zeros. There is one for `charity`, `company` and `society`; of "
        "others any letters and digits will do.",
    )


class LeftOut(Part):
    """Which organisations do not count, in whatever register they stand."""

    above: dict[Text, float] = Field(
        default_factory=dict,
        description="For a column of numbers, such as the income, the largest that still counts.",
    )
    where: Rows = Field(
        default_factory=dict,
        description="Records of organisations that do not count: for each column what it holds.",
    )


class Register(Part):
    """A register of organisations."""

    records: RecordsName
    numbers: dict[
        Identifier,
        Annotated[
            RegisterNumber, BeforeValidator(_by_name, json_schema_input_type=str | RegisterNumber)
        ],
    ] = Field(
        default_factory=dict,
        description="For each kind of number, such as `charity` and `company`, its column.",
    )
    name: Text = Field("", description="The column of the name.")
    postcode: Text = Field(
        "",
        description="The column of the postcode that goes with the name; without it that by which "
        "the records are placed.",
    )
    where: Rows = Field(
        default_factory=dict,
        description="Which records are used: for each column the value, the values, the list of "
        "codes or the beginning that it must hold.",
    )
    leave_out: LeftOut = Field(
        default_factory=LeftOut, description="Organisations that do not count."
    )


class OrganisationsIndicator(Rate):
    """Organisations that stand in one or more registers, per head."""

    kind: Literal["organisations"]
    registers: dict[Identifier, Register] = Field(
        min_length=1,
        description="The registers. An organisation counts where the first of them places it.",
    )
    name_and_postcode: Literal["join_unless_numbers_differ", "join", "ignore"] = Field(
        "join_unless_numbers_differ",
        description="Whether records of the same name and postcode are of one organisation: unless "
        "they hold different numbers of one kind, always, or never.",
    )
    ignored_words: tuple[Text, ...] = Field(
        IGNORED, description="Words that make no difference to a name."
    )
    broken_numbers: Literal["refuse", "ignore"] = Field(
        "refuse",
        description="What a number does that cannot be right: `refuse` stops the build; `ignore` "
        "takes the record for one without a number.",
    )
    denominator: Columns = Field(description="The column or columns of the people.")

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        return ("numerator", "denominator")

    def counted(self) -> frozenset[str]:  # noqa: D102
        return frozenset({"denominator"})

    def records_used(self) -> Iterator[tuple[Path, str]]:  # noqa: D102
        for name, register in self.registers.items():
            yield ("registers", name, "records"), register.records

    def rows_chosen(self) -> Iterator[tuple[Path, Rows]]:  # noqa: D102
        for name, register in self.registers.items():
            yield ("registers", name, "where"), register.where
            yield ("registers", name, "leave_out", "where"), register.leave_out.where

    def told(self, name: str) -> str:  # noqa: D102
        if name != "numerator":
            return ""
        return f"organisations of {', '.join(self.registers)}, each once"

    def check(  # noqa: D102
        self, findings: Findings, node: ResolvedNode, written: WrittenDefinition
    ) -> None:
        seen: dict[str, str] = {}
        for name, register in self.registers.items():
            path: Path = (*node.path, "registers", name)
            if register.records in seen:
                said = f"is of the same records as {seen[register.records]!r}"
                findings.add((*path, "records"), said, "give each register its own")
            seen.setdefault(register.records, name)
            for kind, number in register.numbers.items():
                if not _is_pattern(number.pattern):
                    at = (*path, "numbers", kind, "pattern")
                    findings.add(at, "is no regular expression", "mend it")
            by_name = bool(register.name) and self.name_and_postcode != "ignore"
            if not register.numbers and not by_name and len(self.registers) > 1:
                findings.add(
                    path,
                    "has nothing by which its organisations are found in another register",
                    "state 'numbers', or the 'name'",
                    [(*path, "numbers"), (*path, "name")],
                )
            if by_name and not postcode_of(register, written):
                findings.add(
                    path,
                    "has no postcode to go with the name",
                    "state 'postcode', the column",
                    [(*path, "postcode")],
                )


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def postcode_of(register: Register, written: WrittenDefinition) -> str:
    """Return the column of the postcode that goes with the names of a register, if there is one.

    Parameters
    ----------
    register
        The register.
    written
        The definition.
    """
    if register.postcode or register.records not in written.records:
        return register.postcode or "?"  # that there are no such records is said already
    area = written.records[register.records].area
    return area.column if area is not None and area.geography.startswith("postcode") else ""
