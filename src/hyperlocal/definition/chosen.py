"""Some of the records of a table, and what each of them counts for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from hyperlocal.definition.inputs import Beginning, FromList, Rows, Wanted
from hyperlocal.definition.records import RecordsName
from hyperlocal.definition.settings import Part, Text

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.source import Path


class ChosenRecords(Part):
    """The records of a table, or some of them."""

    records: RecordsName
    where: Rows = Field(
        default_factory=dict,
        description="Which of the records: for each column the value, the values, the list of "
        "codes or the beginning that it must hold.",
    )

    @property
    def named(self) -> str:
        """The table, and what is said of its rows, in words."""
        said = [f"{column} {_in_words(wanted)}" for column, wanted in self.where.items()]
        return f"{self.records} ({'; '.join(said)})" if said else self.records


class CountedRecords(ChosenRecords):
    """The records of a table, or some of them, each of which counts once or for a number."""

    number: Text = Field(
        "",
        description="The column of the number that each counts for, such as its households, people "
        "or jobs; without it each counts once.",
    )

    @property
    def counted(self) -> str:
        """What is counted, in words."""
        return f"{self.number} of {self.named}" if self.number else self.named


class PlacedRecords(CountedRecords):
    """Records, each of which counts once or for a number, that lie somewhere."""

    place: Text = Field(
        "",
        description="Where the table has no location: the column that names the place of each, "
        "such as its postcode, which `places` locates.",
    )


class PeopleOfPractices(Part):
    """Where those live who use practices or the like: a row for each practice and area."""

    records: RecordsName
    practice: Text = Field(description="The column of the practice's code.")
    number: Text = Field(description="The column of how many of the area's people use it.")


def _in_words(wanted: Wanted) -> str:
    if isinstance(wanted, FromList):
        return f"in {wanted.list}"
    if isinstance(wanted, Beginning):
        return f"beginning with {wanted.begins_with}"
    return " or ".join(wanted)


def _by_name(value: Any) -> Any:
    return {"records": value} if isinstance(value, str) else value


ChosenOrName = Annotated[
    ChosenRecords, BeforeValidator(_by_name, json_schema_input_type=str | ChosenRecords)
]
CountedOrName = Annotated[
    CountedRecords, BeforeValidator(_by_name, json_schema_input_type=str | CountedRecords)
]
PlacedOrName = Annotated[
    PlacedRecords, BeforeValidator(_by_name, json_schema_input_type=str | PlacedRecords)
]


def check_location(
    findings: Findings, path: Path, records: str, written: WrittenDefinition
) -> None:
    """Find records that must lie somewhere and do not say where.

    Parameters
    ----------
    findings
        What is found is added to them.
    path
        Where the indicator names the table.
    records
        The table.
    written
        The definition.
    """
    table = written.records.get(records)
    if table is not None and table.location is None:
        findings.add(
            path,
            f"nothing says where the records {records!r} lie",
            f"state 'location' of the records {records!r}",
            [("records", records, "location")],
        )


def check_placed(findings: Findings, path: Path, records: str, written: WrittenDefinition) -> None:
    """Find records of which nothing says in which area they lie.

    Parameters
    ----------
    findings
        What is found is added to them.
    path
        Where the indicator names the table.
    records
        The table.
    written
        The definition.
    """
    table = written.records.get(records)
    if table is None or table.area is not None:
        return
    if table.location is None:
        findings.add(
            path,
            f"nothing says in which area the records {records!r} lie",
            f"state 'location' or 'area' of the records {records!r}",
            [("records", records, "location"), ("records", records, "area")],
        )
    elif written.areas.boundaries is None:
        findings.add(
            ("areas",),
            f"the boundaries of the areas are needed to place the records {records!r}",
            f"state 'boundaries': {{input: ...}}, or 'area' of the records {records!r}",
            [("areas", "boundaries"), ("records", records, "area")],
        )
