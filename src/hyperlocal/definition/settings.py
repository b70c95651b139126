"""The settings of a definition: conventions, treatment of indicators, weights."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Part(BaseModel):
    """Base of everything in a definition: frozen, and refuses keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _whole_number_as_text(value: Any) -> Any:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return getattr(value, "text", str(value)) if whole else value


def _number_as_text(value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return getattr(value, "text", str(value)) if number else value


def one_as_list(value: Any) -> Any:
    """Make a list of one of what is written without brackets."""
    return value if isinstance(value, list | tuple) or value is None else [value]


Text = Annotated[str, BeforeValidator(_whole_number_as_text, json_schema_input_type=str | int)]
Positive = Annotated[float, Field(strict=True, gt=0)]
Mark = Annotated[str, BeforeValidator(_number_as_text, json_schema_input_type=str | float)]
Marks = Annotated[
    tuple[Mark, ...],
    BeforeValidator(one_as_list, json_schema_input_type=str | float | list[str | float]),
]

Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Metadata(Part):
    """What a reader should know of a node."""

    title: Text = Field("", description="The name to show; made from the id where absent.")
    title_cy: Text = Field("", description="The name to show in Welsh.")
    description: Text = ""
    inclusion: Text = Field("", description="Why it is in the index: what it tells that is wanted.")
    source: Text = Field("", description="Where the data come from, as it is to be cited.")
    publisher: Text = ""
    date: Text = Field("", description="The date or period that the data describe.")
    granularity: Text = Field("", description="The geography at which the data are published.")
    unit: Text = ""
    caveats: Text = ""


Ties = Literal["average", "minimum"]
RankFraction = Literal["(N-rank+1)/N", "(N-rank)/N"]
NormalScores = Literal["r/(n+1)", "(r-1/2)/n", "(r-3/8)/(n+1/4)"]
Deciles = Literal["ceil(10*rank/N)", "floor(10*(rank-1)/N)+1"]
Percentiles = Literal["ceil(100*rank/N)", "floor(100*(rank-1)/N)+1", "near_equal"]
MissingInFactorAnalysis = Literal["listwise", "pairwise", "neutral"]


class Conventions(Part):
    """Details in which official indices differ and which change ranks."""

    ties: Ties = Field(
        "average",
        description="The rank that tied areas get when ranks are transformed: their average "
        "(England, Northern Ireland, OCSI) or the lowest (Wales).",
    )
    rank_fraction: RankFraction = Field(
        "(N-rank+1)/N",
        description="R, the share of the ranking that is exponentially transformed, with rank 1 "
        "the most need: `(N-rank+1)/N` (England, Wales, OCSI) or `(N-rank)/N` (Scotland).",
    )
    n: Annotated[int, Field(strict=True, gt=0)] | Literal["ranked"] = Field(
        "ranked",
        description="N of the rank fraction and the deciles: the number of areas that are ranked "
        "(with the excluded ones that say `counts_in_n`), or a stated number.",
    )
    exponential: Annotated[float, Field(strict=True, ge=1, le=10_000)] | Literal["exact"] = Field(
        23.0,
        description="The constant of the exponential transformation: 23, or `exact` for "
        "50/ln 9, which puts the most deprived tenth at 50 and over (Northern Ireland).",
    )
    normal_scores: NormalScores = Field(
        "r/(n+1)",
        description="The probability whose normal quantile rank r of n gets: `r/(n+1)` (England, "
        "Scotland), `(r-1/2)/n` (Northern Ireland) or `(r-3/8)/(n+1/4)`.",
    )
    deciles: Deciles = Field(
        "ceil(10*rank/N)",
        description="How ranks are cut into tenths, 1 the most need.",
    )
    percentiles: Percentiles = Field(
        "ceil(100*rank/N)",
        description="How ranks are cut into hundredths, 1 the most need, for the extent of "
        "districts; `near_equal` makes the first groups the larger ones where N does not divide.",
    )
    published_ties: Ties = Field(
        "minimum",
        description="The rank that is published for tied areas: the lowest (1, 2, 2, 4) or their "
        "average (1, 2.5, 2.5, 4).",
    )
    arithmetic: Literal["double", "single"] = Field(
        "double",
        description="Floating-point precision of every step. Several English releases and OCSI's "
        "indices were computed in single precision.",
    )


class Quality(Part):
    """What an indicator must satisfy to enter the index; where nothing is stated, anything does.

    Each threshold is a check of the same name. An indicator that fails one stops the build,
    unless it accepts that with a reason (`accept`).
    """

    most_zeros: Share | None = Field(
        None, description="The largest share of areas whose value is 0."
    )
    most_at_lowest: Share | None = Field(
        None, description="The largest share of areas that share the lowest value."
    )
    most_at_highest: Share | None = Field(
        None, description="The largest share of areas that share the highest value, such as 100%."
    )
    most_missing: Share | None = Field(
        None, description="The largest share of areas without a value."
    )
    least_distinct: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        None, description="The smallest number of different values."
    )
    most_skewness: Annotated[float, Field(strict=True, ge=0)] | None = Field(
        None, description="The largest skewness, of either sign."
    )
    most_kurtosis: Annotated[float, Field(strict=True)] | None = Field(
        None, description="The largest excess kurtosis; that of a normal distribution is 0."
    )
    most_outliers: Share | None = Field(
        None,
        description="The largest share of areas that lie further outside the quartiles than three "
        "times the distance between them.",
    )
    least_correlation: Annotated[float, Field(strict=True, ge=-1, le=1)] | None = Field(
        None,
        description="The smallest rank correlation with each indicator beside it, both oriented "
        "so that high is more need.",
    )


Check = Literal[
    "most_zeros",
    "most_at_lowest",
    "most_at_highest",
    "most_missing",
    "least_distinct",
    "most_skewness",
    "most_kurtosis",
    "most_outliers",
    "least_correlation",
]


class Publish(Part):
    """Where the values of an indicator may be shown, and how exactly; it changes no score."""

    geography: Text | None = Field(
        None,
        description="The areas whose values may be shown: those of the index, one of "
        "`areas.within`, whose values are made of theirs, or `none`. Without it: those of the "
        "index.",
    )
    round_to: Annotated[int, Field(strict=True, ge=1)] | Literal["none"] = Field(
        "none",
        description="What counts are rounded to, such as 5, before they are shown; the value is "
        "computed from the rounded counts.",
    )
    suppress_below: Annotated[int, Field(strict=True, ge=2)] | Literal["none"] = Field(
        "none",
        description="Counts from 1 up to, but without, this number are not shown, nor is a value "
        "that rests on one.",
    )


class Treatment(Part):
    """How indicators are treated. Stated at a node, it holds for everything below that node."""

    input: Text | None = Field(
        None, description="The input table of columns that do not name one themselves."
    )
    high_value: Literal["more_need", "less_need"] | None = Field(
        None, description="What a high value of the indicator means. Must be stated somewhere."
    )
    shrink_to: Text = Field(
        "none",
        description="The larger geography, one of `areas.within`, whose value an unreliable "
        "value is drawn towards; or `none`.",
    )
    standardise: Literal["normal_scores", "z_scores", "none"] = Field(
        "normal_scores",
        description="How the scores of indicators are put on one scale before they are combined.",
    )
    missing_values: Literal["refuse", "neutral", "unscored", "zero"] = Field(
        "refuse",
        description="What a missing value does: `refuse` stops the build; `neutral` counts as 0 "
        "after standardising; `unscored` leaves the area without a score and rank here and above; "
        "`zero` counts as 0 (for suppressed small counts).",
    )
    zero_denominator: Literal["refuse", "missing", "larger_area"] = Field(
        "refuse",
        description="What a denominator of 0 does: `refuse` stops the build; `missing` makes the "
        "value missing; `larger_area` takes the larger area's value (with `shrink_to`).",
    )
    population: Text | None = Field(
        None,
        description="The one of `populations` by which summaries of districts weigh the areas; "
        "without it the first.",
    )
    quality: Quality = Field(
        default_factory=Quality, description="Thresholds that differ from those above."
    )
    conventions: Conventions = Field(
        default_factory=Conventions, description="Conventions that differ from those above."
    )
    publish: Publish = Field(
        default_factory=Publish,
        description="What of the indicator may be shown. The ranks are the same with and without.",
    )


class FactorAnalysis(Part):
    """Maximum likelihood factor analysis with one common factor."""

    weights_from: Literal["loadings", "regression_scores", "bartlett_scores"] = Field(
        "loadings",
        description="What is scaled to add to 1: the loadings (England), the regression scoring "
        "coefficients (Wales, Scotland, Northern Ireland) or Bartlett's.",
    )
    missing: MissingInFactorAnalysis = Field(
        "listwise",
        description="Missing values in the correlations: areas with any are left out, or only "
        "from the pairs concerned, or they count as 0.",
    )
    accept: tuple[Literal["heywood_case", "negative_loading"], ...] = Field(
        (),
        description="Findings that stop the build unless they are accepted here: a uniqueness "
        "at its lower bound, an indicator that loads negatively.",
    )


def _factor_analysis_by_name(value: Any) -> Any:
    return {"factor_analysis": {}} if value == "factor_analysis" else value


def _empty_if_nothing(value: Any) -> Any:
    return {} if value is None else value


class FactorAnalysisWeights(Part):
    """Weights estimated by factor analysis, with caps on single indicators if stated."""

    factor_analysis: Annotated[
        FactorAnalysis,
        BeforeValidator(_empty_if_nothing, json_schema_input_type=FactorAnalysis | None),
    ]
    caps: dict[str, Annotated[float, Field(strict=True, gt=0, lt=1)]] = Field(
        default_factory=dict,
        description="The largest weight of a child; what is cut off is shared out over the rest.",
    )


WeightScheme = Annotated[
    Literal["equal", "stated", "as_stated", "rescaled"] | FactorAnalysisWeights,
    BeforeValidator(
        _factor_analysis_by_name,
        json_schema_input_type=Literal[
            "equal", "stated", "as_stated", "rescaled", "factor_analysis"
        ]
        | FactorAnalysisWeights,
    ),
]


class Standing(Part):
    """How a node goes up and is published; it does not hold for what is below the node."""

    transform: Literal["exponential", "none"] | None = Field(
        None,
        description="Whether the node's rank is exponentially transformed before it goes up. "
        "Without it: as the parent's `combine` says, else `exponential` for domains and "
        "sub-domains and `none` for the rest.",
    )
    published_score: Literal["combined", "transformed_rank"] | None = Field(
        None,
        description="What `<id>_score` holds: the combined score (of a single indicator: its "
        "value), which is the default, or the exponentially transformed rank, from 0 to 100.",
    )


class Combination(Part):
    """How a node combines its children; it does not hold for what is below the children."""

    weights: WeightScheme | None = Field(
        None,
        description="How the children are weighed: `equal`; `stated`, which must add to 1; "
        "`as_stated`, whatever they add to; `rescaled` to add to 1; or `factor_analysis`. "
        "Without it: stated where the children state weights, else equal.",
    )
    combine: Literal["scores", "transformed_ranks"] | None = Field(
        None,
        description="What is added up over the children that do not state `transform` "
        "themselves: their (standardised) scores or their exponentially transformed ranks.",
    )


class RoleDefaults(Treatment, Standing, Combination):
    """Settings of every node that stands under one key, such as `domains`."""


class InputTreatment(Part):
    """How inputs are treated. Stated under `defaults.inputs`, it holds for every input."""

    licence: Text = Field("", description="The licence of the data.")
    missing: Marks = Field((), description="Marks that stand for a missing value.")
    nil: Marks = Field((), description="Marks that stand for 0, such as a dash.")
    extra_areas: Literal["refuse", "drop"] = Field(
        "refuse", description="What rows of areas that are not in the index do."
    )
    absent_areas: Literal["refuse", "missing", "zero"] = Field(
        "refuse",
        description="What areas without a row do: `refuse`, `missing`, or `zero` where the "
        "publisher leaves out rows of nothing.",
    )
    duplicate_areas: Literal["refuse", "first", "sum"] = Field(
        "refuse", description="What several rows of one area do."
    )
    most_unplaced: Share = Field(
        0.0,
        description="The largest share of a column's total that conversion may fail to place in "
        "an area.",
    )
    least_known: Annotated[float, Field(strict=True, gt=0, le=1)] = Field(
        1.0,
        description="The share of a converted area's weight that must have a value; below it a "
        "mean is missing.",
    )


class Defaults(RoleDefaults):
    """Settings of every node, and of every input, that does not say otherwise."""

    domains: RoleDefaults = Field(default_factory=RoleDefaults)
    subdomains: RoleDefaults = Field(default_factory=RoleDefaults)
    indicators: RoleDefaults = Field(default_factory=RoleDefaults)
    supplementary: RoleDefaults = Field(default_factory=RoleDefaults)
    inputs: InputTreatment = Field(
        default_factory=InputTreatment, description="Settings of every input."
    )
