"""What an index is: frozen models of a definition, as it is written."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Discriminator, Field, Tag

from hyperlocal.definition.correspondences import Correspondence
from hyperlocal.definition.inputs import (
    CodeList,
    Column,
    ColumnOrName,
    Columns,
    GeographyName,
    Input,
)
from hyperlocal.definition.kinds.air_quality import AirQualityIndicator
from hyperlocal.definition.kinds.average import AverageIndicator
from hyperlocal.definition.kinds.density import DensityIndicator
from hyperlocal.definition.kinds.event_share import EventShareIndicator
from hyperlocal.definition.kinds.flood_risk import FloodRiskIndicator
from hyperlocal.definition.kinds.grants import GrantsIndicator
from hyperlocal.definition.kinds.modelled_condition import ModelledConditionIndicator
from hyperlocal.definition.kinds.organisations import OrganisationsIndicator
from hyperlocal.definition.kinds.points_score import PointsScoreIndicator
from hyperlocal.definition.kinds.prescription_index import PrescriptionIndexIndicator
from hyperlocal.definition.kinds.provision import ProvisionIndicator
from hyperlocal.definition.kinds.proximity import (
    AreaWithinIndicator,
    DistanceIndicator,
    ProximityIndicator,
)
from hyperlocal.definition.kinds.rate import RateOfCounts
from hyperlocal.definition.kinds.standardised import StandardisedIndicator
from hyperlocal.definition.kinds.survey_allocation import SurveyAllocationIndicator
from hyperlocal.definition.kinds.travel_time import TravelTimeIndicator
from hyperlocal.definition.nodes import Indicator, Mean, Node, Ratio
from hyperlocal.definition.records import Records
from hyperlocal.definition.settings import (
    Combination,
    Conventions,
    Defaults,
    Identifier,
    Metadata,
    Part,
    Positive,
    Quality,
    Text,
)

LANGUAGE_VERSION = 1


def _only_whole(value: Any) -> Any:
    """Take a number that only equals a version, such as 1.0 or true, for what it is written as."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole else str(value)


Version = Annotated[Literal[1], BeforeValidator(_only_whole)]


AVERAGED_WITH = Field(
    None,
    description="The column of its denominator, such as people: the weight of each area's value "
    "where the input is for other areas than the index and several values are averaged.",
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


class ValueIndicator(Indicator):
    """An indicator that is taken from a column as it is."""

    kind: Literal["value"] = "value"
    column: ColumnOrName = Field(description="The column that holds the value.")
    averaged_with: ColumnOrName | None = AVERAGED_WITH

    def averaged_by(self) -> Column | None:  # noqa: D102
        return self.averaged_with


class CountIndicator(Indicator):
    """A count, or the sum of several counts that do not overlap."""

    kind: Literal["count"]
    column: Columns = Field(description="The column or columns to add up.")

    def counted(self) -> frozenset[str]:  # noqa: D102
        return frozenset({"column"})


class RateIndicator(RateOfCounts):
    """A numerator over a denominator; shrunk as a proportion, or as a ratio where events."""

    kind: Literal["rate"] = "rate"
    indicators: dict[Identifier, AnyNode] = Field(
        default_factory=dict,
        description="Instead of a numerator: indicators of kind `count` that are added up.",
    )
    combine: Literal["sum_of_counts"] = Field(
        "sum_of_counts", description="A rate adds its indicators up into a new numerator."
    )


class RatioIndicator(Ratio):
    """Observed over expected."""

    kind: Literal["ratio"] = "ratio"
    observed: Columns = Field(description="The column of the observed count.")
    expected: Columns = Field(description="The column of the expected count.")

    def counted(self) -> frozenset[str]:  # noqa: D102
        return frozenset({"observed", "expected"})


class MeanIndicator(Mean):
    """A mean or another estimate, with its standard error or the number behind it."""

    kind: Literal["mean"]
    column: ColumnOrName | None = Field(None, description="The column that holds the mean.")
    total: Columns | None = Field(
        None, description="Instead of the mean: the total, which is divided by `sample_size`."
    )
    standard_error: ColumnOrName | None = None
    sample_size: ColumnOrName | None = Field(
        None, description="The number of persons (or answers) that the mean is over."
    )
    averaged_with: ColumnOrName | None = AVERAGED_WITH

    def counted(self) -> frozenset[str]:  # noqa: D102
        return frozenset({"total", "sample_size"})

    def averaged_by(self) -> Column | None:  # noqa: D102
        return self.averaged_with or self.sample_size


class ChangeIndicator(Mean):
    """The change between two dates in per cent of what was before, per head if so stated."""

    kind: Literal["change"] = "change"
    before: Columns = Field(description="The column or columns of the earlier date.")
    after: Columns = Field(description="The column or columns of the later date.")
    before_denominator: Columns | None = Field(
        None, description="What the earlier number is divided by, such as the population then."
    )
    after_denominator: Columns | None = Field(
        None, description="What the later number is divided by."
    )
    per: Positive = Field(100.0, description="The change is given per this many: 100 for per cent.")
    sample_size: ColumnOrName | None = Field(
        None, description="The number of persons behind the change, by which it is shrunk."
    )
    averaged_with: ColumnOrName | None = AVERAGED_WITH

    def counted(self) -> frozenset[str]:  # noqa: D102
        shared = {"before_denominator", "after_denominator", "sample_size"}
        return frozenset(shared | ({"before", "after"} if self.averaged_with is None else set()))

    def averaged_by(self) -> Column | None:  # noqa: D102
        return self.averaged_with or self.sample_size


_TELLING_KEYS = {
    "numerator": "rate",
    "denominator": "rate",
    "observed": "ratio",
    "expected": "ratio",
    "before": "change",
    "after": "change",
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
    | Annotated[MeanIndicator, Tag("mean")]
    | Annotated[ChangeIndicator, Tag("change")]
    | Annotated[AirQualityIndicator, Tag("air_quality")]
    | Annotated[AverageIndicator, Tag("average")]
    | Annotated[ProximityIndicator, Tag("proximity")]
    | Annotated[DistanceIndicator, Tag("distance")]
    | Annotated[AreaWithinIndicator, Tag("area_within")]
    | Annotated[DensityIndicator, Tag("density")]
    | Annotated[EventShareIndicator, Tag("event_share")]
    | Annotated[ModelledConditionIndicator, Tag("modelled_condition")]
    | Annotated[SurveyAllocationIndicator, Tag("survey_allocation")]
    | Annotated[PrescriptionIndexIndicator, Tag("prescription_index")]
    | Annotated[FloodRiskIndicator, Tag("flood_risk")]
    | Annotated[StandardisedIndicator, Tag("standardised")]
    | Annotated[ProvisionIndicator, Tag("provision")]
    | Annotated[TravelTimeIndicator, Tag("travel_time")]
    | Annotated[PointsScoreIndicator, Tag("points_score")]
    | Annotated[OrganisationsIndicator, Tag("organisations")]
    | Annotated[GrantsIndicator, Tag("grants")],
    Discriminator(kind_of),
]


def models_of_kinds() -> dict[str, type[Node]]:
    """Return the model of each kind of node by its name, in the order in which they are told.

    Examples
    --------
    >>> models_of_kinds()["rate"].__name__
    'RateIndicator'
    """
    return {
        get_args(tagged)[1].tag: get_args(tagged)[0] for tagged in get_args(get_args(AnyNode)[0])
    }


KINDS = tuple(models_of_kinds())


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


class AreaBoundaries(Part):
    """Where the boundaries of the areas stand, for indicators that are made of what lies there."""

    input: Text


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
    boundaries: AreaBoundaries | None = None
    exclude: tuple[Exclusion, ...] = ()


class Population(Metadata):
    """A count of people, households or the like, kept beside the index."""

    input: Text | None = Field(
        None, description="The input of columns that do not name one; else that of `defaults`."
    )
    column: Columns = Field(description="The column or columns to add up.")


class Considered(Part):
    """An indicator that was considered for the index and left out: reports say so, and why."""

    title: Text = ""
    domain: Identifier | None = Field(
        None, description="The part of the index that it was considered for, by its id."
    )
    description: Text = ""
    reason: Text = Field(min_length=1, description="Why it was left out.")
    date: Text = Field("", description="The date or period of the data that were looked at.")
    granularity: Text = Field("", description="The geography at which the data are published.")
    source: Text = Field("", description="Where the data would have come from.")


class Index(Group):
    """The root of the tree."""

    title: Text = ""


class WrittenDefinition(Part):
    """A definition as its file says it."""

    hyperlocal: Version = Field(description="The version of the definition language.")
    id: Identifier = Field(description="Names the overall columns of the results.")
    title: Text = ""
    title_cy: Text = Field("", description="The title in Welsh.")
    description: Text = ""
    publisher: Text = ""
    licence: Text = ""
    url: Text = ""
    concept: Literal["need", "deprivation"] = Field(
        "need",
        description="What the index measures, in the words of tables and reports: rank 1 is the "
        "most `need`, or the most deprived.",
    )
    place: Text = Field(
        "", description="The country or region that the areas make up, for titles of maps."
    )
    areas: Areas
    conventions: Conventions = Field(default_factory=Conventions)
    quality: Quality = Field(
        default_factory=Quality, description="What an indicator must satisfy to enter the index."
    )
    defaults: Defaults = Field(default_factory=Defaults)
    lists: dict[Identifier, CodeList] = Field(
        default_factory=dict, description="Lists of codes by which rows are chosen."
    )
    inputs: dict[Identifier, Input] = Field(min_length=1)
    records: dict[Identifier, Records] = Field(
        default_factory=dict,
        description="Tables of records that indicators are gathered from: events, dwellings, "
        "organisations and the like, each under its id.",
    )
    correspondences: dict[Identifier, Correspondence] = Field(
        default_factory=dict,
        description="How areas of other geographies and vintages correspond to each other.",
    )
    populations: dict[Identifier, Population] = Field(
        default_factory=dict,
        description="Counts that summaries of districts weigh the areas by, or add up. One whose "
        "input is optional and not there is left out.",
    )
    considered: dict[Identifier, Considered] = Field(
        default_factory=dict,
        description="What was considered for the index and left out, each under an id of its own, "
        "with the reason.",
    )
    index: Index


Group.model_rebuild()
RateIndicator.model_rebuild()
