"""Events by age and sex over what is expected of such people nationally."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from string import Formatter
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from hyperlocal.definition.inputs import Column, Rows
from hyperlocal.definition.kinds.rate import Coverage
from hyperlocal.definition.nodes import Ratio
from hyperlocal.definition.settings import Part, Positive, Text, one_as_list
from hyperlocal.definition.source import Path

if TYPE_CHECKING:
    from hyperlocal.definition.findings import Findings
    from hyperlocal.definition.models import WrittenDefinition
    from hyperlocal.definition.resolve import ResolvedNode

_BAND = re.compile(r"\D*(\d+)\D+(\d+)\D*")
_OPEN = re.compile(r"\D*(\d+)\s*(?:\+|and over|and above|or over|plus)")
_YEAR = re.compile(r"\D*(\d+)\D*")
_NAMES = frozenset({"sex", "age", "from", "to"})


def ages_of(label: str) -> tuple[int, int | None] | None:
    """Return the first and the last year of a group, as its label says them.

    Parameters
    ----------
    label
        Such as ``0-4``, ``75 to 79``, ``85+``, ``90 and over``, or one year.

    Returns
    -------
    tuple or None
        The last year is None where the group has no end; None where the label says no years.

    Examples
    --------
    >>> ages_of("0-4"), ages_of("85+"), ages_of("7"), ages_of("children")
    ((0, 4), (85, None), (7, 7), None)
    """
    if found := _OPEN.fullmatch(label):
        return int(found[1]), None
    if found := _BAND.fullmatch(label):
        return int(found[1]), int(found[2])
    if found := _YEAR.fullmatch(label):
        return int(found[1]), int(found[1])
    return None


def _with_years(label: str) -> str:
    if ages_of(label) is None:
        raise ValueError("it must say the years of age, as in 0-4 or 85+")
    return label


Age = Annotated[Text, AfterValidator(_with_years)]


@dataclass(frozen=True)
class AgeGroup:
    """A group of people of one sex (or of both) and some years of age."""

    sex: str
    age: str

    @property
    def label(self) -> str:
        """What it is called: ``F 0-4``, or ``0-4`` where the sexes are not told apart."""
        return f"{self.sex} {self.age}".strip()

    @property
    def years(self) -> tuple[int, int | None]:
        """Its first and its last year of age; None where it has no end."""
        found = ages_of(self.age)
        assert found is not None
        return found


class GroupColumns(Part):
    """A column, or a run of columns, of each group, by a pattern of its headings."""

    input: Text | None = Field(None, description="The input table, where it is not inherited.")
    column: Text = Field(
        "",
        description="The heading of a group's column, with `{sex}` and `{age}` (or `{from}` and "
        '`{to}`, its years) in the place of what differs: `"{sex}{age}"` is `F0-4`.',
    )
    first: Text = Field(
        "", description='Instead: the first of a run of columns to add up, such as `"{sex}{from}"`,'
    )
    last: Text = Field("", description='and the last of them, such as `"{sex}{to}"`.')
    oldest: Text = Field(
        "", description="What the headings have for `{to}` in a group without an end, such as 90."
    )
    sexes: dict[Text, Text] = Field(
        default_factory=dict, description="How the headings write a sex, where they differ."
    )
    ages: dict[Text, Text] = Field(
        default_factory=dict, description="How the headings write an age group, where they differ."
    )
    where: Rows = Field(
        default_factory=dict,
        description="Which rows are used: for each column the value, the values, the list of codes "
        "or the beginning that it must hold.",
    )

    @model_validator(mode="after")
    def _patterns(self) -> Self:
        if bool(self.column) == bool(self.first and self.last) or bool(self.first) != bool(
            self.last
        ):
            raise ValueError("it must name a 'column', or the 'first' and the 'last' of several")
        try:
            unknown = self.placeholders - _NAMES
        except ValueError as error:
            raise ValueError(f"its braces do not match: {error}") from error
        if unknown:
            raise ValueError(f"it can have {{sex}}, {{age}}, {{from}} and {{to}}, not {unknown}")
        return self

    @property
    def placeholders(self) -> set[str]:
        """What differs between the groups in its patterns."""
        patterns = (self.column, self.first, self.last)
        parts = [part for text in patterns for part in Formatter().parse(text)]
        return {name for _, name, _, _ in parts if name is not None}

    def column_of(self, group: AgeGroup) -> Column:
        """Return the column, or the run, of one group."""
        begin, end = group.years
        said = {
            "sex": self.sexes.get(group.sex, group.sex),
            "age": self.ages.get(group.age, group.age),
            "from": str(begin),
            "to": (self.oldest or group.age) if end is None else str(end),
        }
        column, first, last = (text.format(**said) for text in (self.column, self.first, self.last))
        return Column(column=column, first=first, last=last, input=self.input, where=self.where)


Sources = Annotated[
    tuple[GroupColumns, ...],
    BeforeValidator(one_as_list, json_schema_input_type=GroupColumns | list[GroupColumns]),
    Field(min_length=1),
]


class NationalRates(Part):
    """The rates of the nation, where they are not those of all areas together."""

    list: Text = Field(
        description="One of `lists`, with the rate of each group as the number of its code: `F "
        "0-4`, or `0-4` without sexes."
    )
    per: Positive = Field(
        1.0, description="The rates of the list, of one year, are given per this many people."
    )
    crude: Positive | None = Field(
        None,
        description="The rate of all ages together, per as many; a standardised rate needs it.",
    )


class StandardisedIndicator(Ratio, Coverage):
    """Observed over expected events, indirectly standardised by age and sex."""

    kind: Literal["standardised"]
    gives: Literal["ratio", "rate"] = Field(
        description="The `ratio` of observed to expected events, or that times the crude rate of "
        "the nation, a `rate`."
    )
    sexes: tuple[Text, ...] = Field((), description="The sexes, as in `[F, M]`; both as one else.")
    ages: tuple[Age, ...] = Field(
        min_length=1, description="The age groups, as in `[0-4, 5-9, 85+]`, from the youngest on."
    )
    observed: Sources = Field(
        description="The columns of the events of each group; those of several tables are added up."
    )
    residents: Sources = Field(description="The columns of the people of each group.")
    residents_less: Sources | None = Field(
        None, description="What is taken off the people of each group, such as prisoners."
    )
    observed_years: Positive = Field(
        1.0,
        description="How many years the events are of for each year of the residents: a `rate` is "
        "divided by it, and as many times the events of stated `national_rates` are expected.",
    )
    national_rates: NationalRates | None = Field(
        None, description="National rates that are stated; else those of all areas together."
    )
    years_lost_before: Positive | None = Field(
        None,
        description="Instead of deaths, the years of potential life lost up to this age (75) are "
        "standardised: each death counts the years from the middle of its group.",
    )
    limits: Annotated[float, Field(strict=True, gt=0, lt=1)] | None = Field(
        None, description="The confidence of limits that are kept beside the value, such as 0.95."
    )

    @property
    def groups(self) -> tuple[AgeGroup, ...]:
        """The groups: every age group of each sex."""
        return tuple(AgeGroup(sex, age) for sex in self.sexes or ("",) for age in self.ages)

    @property
    def observed_by_group(self) -> bool:
        """Whether the events are told apart by group, or only all of them are known."""
        return any(source.placeholders for source in self.observed)

    @cached_property
    def columns_of_groups(self) -> dict[str, tuple[Column, ...]]:
        """The columns of every group, by what they are for: ``residents.F 0-4``."""
        columns: dict[str, tuple[Column, ...]] = {}
        for purpose in ("observed", "residents", "residents_less"):
            sources = getattr(self, purpose) or ()
            if purpose == "observed" and not self.observed_by_group:
                columns["observed.all"] = tuple(
                    source.column_of(self.groups[0]) for source in sources
                )
                continue
            for group in self.groups if sources else ():
                columns[f"{purpose}.{group.label}"] = tuple(
                    source.column_of(group) for source in sources
                )
        return columns

    def columns(self) -> dict[str, tuple[Column, ...]]:  # noqa: D102
        return {**self.columns_of_groups, **super().columns()}

    def measured_from(self) -> tuple[str, ...]:  # noqa: D102
        names = ["observed", "expected"]
        names += ["crude_rate"] if self.gives == "rate" else []
        names += ["scaled_by"] if self.not_covered is not None else []
        names += ["years_per_event"] if self.years_lost_before is not None else []
        return (*names, *(["lower_limit", "upper_limit"] if self.limits is not None else []))

    def counted(self) -> frozenset[str]:  # noqa: D102
        return frozenset(self.columns())

    def lists_used(self) -> Iterator[tuple[Path, str, bool]]:  # noqa: D102
        if self.national_rates is not None:
            yield ("national_rates", "list"), self.national_rates.list, True

    def told(self, name: str) -> str:  # noqa: D102
        whence = "of all areas together"
        if self.national_rates is not None:
            whence = f"of the list {self.national_rates.list}"
        lost = self.years_lost_before
        what = "events" if lost is None else f"years of life lost before {lost:g}"
        known = {
            "observed": f"{what} of {len(self.groups)} groups of age and sex"
            if self.observed_by_group
            else what,
            "expected": f"{what} at the rates {whence}, by age and sex",
            "crude_rate": f"{what} for each person {whence}"
            + (", a year" if self.observed_years != 1 else ""),
            "scaled_by": "as some residents are not covered",
            "years_per_event": "by which years are told as deaths where they are shrunk",
        }
        return known.get(name, "")

    def check(  # noqa: D102
        self, findings: Findings, node: ResolvedNode, written: WrittenDefinition
    ) -> None:
        self.check_coverage(findings, node)
        self._check_ages(findings, node)
        self._check_columns(findings, node)
        rates = self.national_rates
        if rates is None and not self.observed_by_group:
            findings.add(
                (*node.path, "observed"),
                "does not tell the groups of age and sex apart, and so gives no national rates",
                "name the columns of the groups, as in \"{sex}{age}\", or state 'national_rates'",
                [(*node.path, "national_rates")],
            )
        if rates is not None and (rates.crude is None) != (self.gives == "ratio"):
            needs = "a standardised rate needs the crude rate of the nation"
            findings.add(
                (*node.path, "national_rates"),
                needs if rates.crude is None else "'crude' has no effect on a ratio",
                "state 'crude'" if rates.crude is None else "delete it, or state 'gives: rate'",
                [(*node.path, "gives"), (*node.path, "national_rates", "crude")],
            )
        if self.gives == "ratio" and rates is None and self.observed_years != 1:
            path = (*node.path, "observed_years")
            findings.add(path, "has no effect on a ratio", "delete it, or state 'gives: rate'")
        if self.years_lost_before is not None and not self.observed_by_group:
            path = (*node.path, "years_lost_before")
            findings.add(path, "needs the deaths of each group of age", "name their columns")

    def _check_ages(self, findings: Findings, node: ResolvedNode) -> None:
        """Refuse age groups that leave years out, overlap, or come after those that count."""
        path = (*node.path, "ages")
        years = [group.years for group in self.groups[: len(self.ages)]]
        for place, (before, after) in enumerate(pairwise(years)):
            if before[1] is None or before[1] + 1 != after[0]:
                one, other = self.ages[place], self.ages[place + 1]
                said = f"{other} does not begin where {one} ends"
                findings.add(path, said, "list every age once, from the youngest on")
        last, before_age = years[-1][1], self.years_lost_before
        if before_age is not None and (last is None or last >= before_age):
            remedy = "leave out the groups from that age on"
            findings.add(path, f"{self.ages[-1]} is not all before {before_age:g}", remedy)

    def _check_columns(self, findings: Findings, node: ResolvedNode) -> None:
        """Refuse patterns that give several groups the same column."""
        for purpose in ("observed", "residents", "residents_less"):
            for source in getattr(self, purpose) or ():
                if purpose == "observed" and not self.observed_by_group:
                    continue
                columns = [source.column_of(group) for group in self.groups]
                path = (*node.path, purpose)
                if len({column.key for column in columns}) < len(columns):
                    said = "gives several groups of age and sex the same column"
                    findings.add(path, said, "put {sex} and {age} into the heading")
                open_end = any(group.years[1] is None for group in self.groups)
                if "to" in source.placeholders and open_end and not source.oldest:
                    said = f"does not say what {{to}} is in the group {self.ages[-1]}"
                    findings.add(path, said, "state 'oldest', such as 90")
