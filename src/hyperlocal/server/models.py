"""What is asked for and what is answered, as the OpenAPI document tells it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_ROWS = 1000
MOST_POSTCODES = 10_000
MOST_FOUND = 50
LONGEST_QUESTION = 200
STATUSES = Literal["live", "terminated", "elsewhere", "unknown", "invalid"]
FIELDS = ("name", "groups", "rank", "decile", "score")

_FIELD = f"({'|'.join(FIELDS)})"

Number = int | float | None
NodeName = Annotated[
    str | None,
    Field(description="A node of the index: itself, a domain, an indicator; else the index."),
]
GroupName = Annotated[
    str | None,
    Field(
        description="Only areas in this larger area: its kind and code, as in `ltla24:E06000001`.",
        pattern=r"^[^:]+:[\s\S]+$",
    ),
]


class Asked(BaseModel):
    """What may be asked of everything; anything else that is asked is refused."""

    model_config = ConfigDict(extra="forbid")

    lang: Annotated[
        Literal["en", "cy"], Field(description="Names in Welsh, where the site has them.")
    ] = "en"


class Page(Asked):
    """A part of a long list."""

    offset: Annotated[int, Field(ge=0, le=100_000_000, description="How many to pass over.")] = 0
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="How many to list.")] = 100


class AreasAsked(Page):
    """Which areas are listed, and what is told of them."""

    node: NodeName = None
    decile: Annotated[
        int | None, Field(ge=1, le=10, description="Only areas in this decile of the node.")
    ] = None
    group: GroupName = None
    order: Annotated[
        Literal["area", "rank"],
        Field(description="The order of the site, or most need first by the rank of the node."),
    ] = "area"
    fields: Annotated[
        str,
        Field(
            description=f"What is told beside the code, with commas between: {', '.join(FIELDS)}.",
            pattern=f"^{_FIELD}(,{_FIELD}){{0,9}}$",
        ),
    ] = "name,rank,decile,score"


class DistrictsAsked(Page):
    """Which node the larger areas are summarised by."""

    node: NodeName = None


class ValuesAsked(Page):
    """Which values of an indicator are listed."""

    group: GroupName = None


class SearchAsked(Asked):
    """What is searched for."""

    q: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_QUESTION,
            description="Words that begin words of a name, a code, or a whole postcode.",
        ),
    ]
    limit: Annotated[int, Field(ge=1, le=MOST_FOUND, description="How many to list.")] = 10


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str


class InvalidRequest(Problem):
    """What is wrong with a request, each with its parameter or place in the body."""

    errors: list[dict[str, str]] = []


class Named(BaseModel):
    """A code and its name."""

    code: str
    name: str | None


class Node(BaseModel):
    """A node of the index: itself, a domain, a sub-domain or an indicator."""

    model_config = ConfigDict(extra="allow")

    id: str
    title: str
    role: str
    parent: str | None
    weight: float | None


class Kind(BaseModel):
    """A kind of larger areas."""

    id: str
    count: int


class Index(BaseModel):
    """The index: its tree, its sources and its conventions."""

    id: str
    title: str
    description: str
    publisher: str
    licence: str
    url: str
    made: dict[str, Any]
    geography: str
    areas: int
    root: str
    nodes: list[Node]
    conventions: dict[str, dict[str, Any]]
    groups: list[Kind]
    intervals: dict[str, Any] | None
    versions: list[dict[str, Any]]
    postcodes: dict[str, Any] | None
    bounds: list[float] | None
    notes: list[str]


class AreaRow(BaseModel):
    """An area in a list; what was not asked for is left out."""

    code: str
    name: str | None = None
    groups: dict[str, Named | None] = {}
    rank: Number = None
    decile: int | None = None
    score: Number = None


class Areas(BaseModel):
    """A part of the areas."""

    node: str
    total: int
    offset: int
    next: str | None
    areas: list[AreaRow]


class SimilarArea(Named):
    """An area like another."""

    distance: float


class Area(Named):
    """All that is known of an area."""

    groups: dict[str, Named | None]
    nodes: dict[str, dict[str, Number]]
    other: dict[str, Number]
    similar: list[SimilarArea]
    intervals: dict[str, Any] | None


class Kinds(BaseModel):
    """The kinds of larger areas."""

    kinds: list[Kind]


class DistrictRow(Named):
    """A larger area, summarised by one node."""

    areas: int
    population: Number
    measures: dict[str, Number]


class Districts(BaseModel):
    """A part of the larger areas of a kind."""

    kind: str
    node: str
    total: int
    offset: int
    next: str | None
    districts: list[DistrictRow]


class District(Named):
    """A larger area with all its summaries, by node."""

    kind: str
    areas: int
    population: Number
    measures: dict[str, dict[str, Number]]


class Indicators(BaseModel):
    """The indicators."""

    indicators: list[Node]


class Value(Named):
    """The numbers of an indicator in an area."""

    model_config = ConfigDict(extra="allow")


class Values(BaseModel):
    """A part of the values of an indicator."""

    indicator: str
    unit: str
    total: int
    offset: int
    next: str | None
    values: list[Value]


class Postcode(BaseModel):
    """Where a postcode is; no area unless it is in one of this site."""

    postcode: str
    status: STATUSES
    terminated: str | None
    code: str | None
    name: str | None
    rank: Number
    decile: int | None


class PostcodeList(BaseModel):
    """Where postcodes are, in the order in which they were asked for."""

    node: str
    counts: dict[str, int]
    postcodes: list[Postcode]


class Match(BaseModel):
    """What was found: an area, a larger area (a group), a place or a postcode."""

    kind: Literal["area", "group", "place", "postcode"]
    code: str | None
    name: str | None
    of: str | None
    longitude: float | None
    latitude: float | None


class Matches(BaseModel):
    """What was found, the best first."""

    q: str
    results: list[Match]
