"""The language of flags: frozen models of a file that says which areas are flagged, and when."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Tag, model_validator

from hyperlocal.definition.inputs import GeographyName
from hyperlocal.definition.models import Version
from hyperlocal.definition.settings import (
    Conventions,
    Deciles,
    Identifier,
    Part,
    Positive,
    RankFraction,
    Text,
    Ties,
)

NO_SHARE = "write a number such as 0.1, or a fraction such as 1/3"


def _exact(value: Any) -> Any:
    """Keep a share as it is written, so that 0.1 is one tenth and not nearly so."""
    if isinstance(value, str) and not re.fullmatch("[0-9]{1,9}/[1-9][0-9]{0,8}", value):
        raise ValueError(NO_SHARE)
    return str(value) if isinstance(value, int | float) else value


Share = Annotated[Fraction, BeforeValidator(_exact), Field(gt=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
"""An index, a measure, or ``INDEX.NODE``."""
Whole = Annotated[int, Field(strict=True, ge=1)]


class RankConventions(Part):
    """Details of ranking and combining, as in `conventions` of a definition."""

    ties: Ties = Conventions().ties
    rank_fraction: RankFraction = Conventions().rank_fraction
    exponential: Annotated[float, Field(strict=True, ge=1, le=10_000)] | Literal["exact"] = (
        Conventions().exponential
    )
    deciles: Deciles = Conventions().deciles
    published_ties: Ties = Conventions().published_ties


class IndexUsed(Part):
    """A finished index, whose results folder is named when flags are made."""

    title: Text = ""
    geography: GeographyName | None = Field(
        None, description="Where it is of small areas within the flagged areas: their geography."
    )


class AverageScore(Part):
    """The population-weighted average of the scores of the small areas within."""

    title: Text = ""
    average_score: Name
    population: Identifier | None = Field(
        None, description="The population of the index to weigh by; else that of the node."
    )
    conventions: RankConventions = Field(default_factory=RankConventions)


class Combined(Part):
    """The weighted sum of exponentially transformed ranks, ranked again."""

    title: Text = ""
    combine: Annotated[dict[Name, Positive], Field(min_length=2)] = Field(
        description="What is combined, each with its weight, used as it stands."
    )
    conventions: RankConventions = Field(default_factory=RankConventions)


class Threshold(Part):
    """How deprived an area must be."""

    most_deprived: Share | None = Field(None, description="In the most deprived share of areas.")
    rank_at_most: Whole | None = None
    decile_at_most: Annotated[int, Field(strict=True, ge=1, le=10)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        stated = (self.most_deprived, self.rank_at_most, self.decile_at_most)
        if sum(one is not None for one in stated) != 1:
            raise ValueError("state one of most_deprived, rank_at_most and decile_at_most")
        return self


class OwnRank(Threshold):
    """How deprived the flagged area itself must be."""

    measure: Name = Field(description="An index, one of its nodes, or a measure.")


class AreasWithin(Threshold):
    """How many of the small areas within must be that deprived."""

    areas_within: Name = Field(description="An index of small areas, or one of its nodes.")
    at_least: Whole | None = None
    at_least_share: Share | None = None

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        if (self.at_least is None) == (self.at_least_share is None):
            raise ValueError("state either at_least (a number) or at_least_share")
        return self


class OtherFlag(Part):
    """That another flag holds."""

    flag: Identifier


class Not(Part):
    """That a rule does not hold."""

    rule: Rule = Field(alias="not")


class Several(Part):
    """That all, any, or at least a number of rules hold."""

    all: Annotated[tuple[Rule, ...], Field(min_length=1)] | None = None
    any: Annotated[tuple[Rule, ...], Field(min_length=1)] | None = None
    of: Annotated[tuple[Rule, ...], Field(min_length=1)] | None = None
    at_least: Whole | None = None

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if sum(one is not None for one in (self.all, self.any, self.of)) != 1:
            raise ValueError("state one of all, any and of")
        if (self.of is None) != (self.at_least is None):
            raise ValueError("at_least and of belong together")
        if self.least > len(self.rules):
            raise ValueError(f"at_least is {self.least}, more than the {len(self.rules)} under of")
        return self

    @property
    def key(self) -> str:
        """The key that holds the rules."""
        return "all" if self.all else "any" if self.any else "of"

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules."""
        return self.all or self.any or self.of or ()

    @property
    def least(self) -> int:
        """How many of the rules must hold."""
        return self.at_least or (len(self.rules) if self.all else 1)


_TELLING_KEYS = {
    "areas_within": "<within>",
    "measure": "<rank>",
    "flag": "<flag>",
    "not": "<not>",
    **dict.fromkeys(("all", "any", "of"), "<several>"),
    "average_score": "<average>",
    "combine": "<combined>",
}
_TAGS: dict[type, str] = {
    AreasWithin: "<within>",
    OwnRank: "<rank>",
    OtherFlag: "<flag>",
    Not: "<not>",
    Several: "<several>",
    AverageScore: "<average>",
    Combined: "<combined>",
}


def _tag(value: Any) -> str | None:
    """Tell what a rule or a measure is by its keys."""
    if not isinstance(value, dict):
        return _TAGS.get(type(value))
    return next((tag for key, tag in _TELLING_KEYS.items() if key in value), None)


Rule = Annotated[
    Annotated[AreasWithin, Tag("<within>")]
    | Annotated[OwnRank, Tag("<rank>")]
    | Annotated[OtherFlag, Tag("<flag>")]
    | Annotated[Not, Tag("<not>")]
    | Annotated[Several, Tag("<several>")],
    Discriminator(_tag, "no_rule", "state measure, areas_within, flag, all, any, of or not"),
]
MeasureUsed = Annotated[
    Annotated[AverageScore, Tag("<average>")] | Annotated[Combined, Tag("<combined>")],
    Discriminator(_tag, "no_measure", "state either average_score or combine"),
]


class Flag(Part):
    """A flag, and when it is set."""

    title: Text = ""
    description: Text = ""
    when: Rule


class WrittenFlags(Part):
    """A file of flags as it is written."""

    hyperlocal_flags: Version = Field(description="The version of the language of flags.")
    title: Text = ""
    description: Text = ""
    geography: GeographyName = Field(description="The areas that are flagged, with the vintage.")
    absent_areas: Literal["refuse", "unscored"] = Field(
        "refuse", description="What an area does that is not in every index."
    )
    conventions: RankConventions = Field(default_factory=RankConventions)
    indices: dict[Identifier, IndexUsed] = Field(default_factory=dict)
    measures: dict[Identifier, MeasureUsed] = Field(default_factory=dict)
    flags: dict[Identifier, Flag] = Field(default_factory=dict)


Not.model_rebuild()
Several.model_rebuild()
Flag.model_rebuild()
WrittenFlags.model_rebuild()


def known_keys() -> list[str]:
    """Return every key of the language."""
    models = [part for part in globals().values() if isinstance(part, type)]
    fields = [part.model_fields for part in models if issubclass(part, BaseModel)]
    return sorted({field.alias or name for each in fields for name, field in each.items()})
