"""How areas of one geography correspond to those of another, as a definition says it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from hyperlocal.definition.inputs import Column, ColumnOrName, GeographyName
from hyperlocal.definition.settings import Part, Share, Text


class AnyCorrespondence(Part):
    """What every kind of correspondence can state."""

    title: Text = ""
    most_unplaced: Share = Field(
        0.0,
        description="The largest share of the source areas that may lie in no target area, each "
        "counted with the part of it that does not.",
    )


class Kept(AnyCorrespondence):
    """What takes long to build, and so can be kept."""

    saved: Text | None = Field(
        None,
        description="Where it is kept once it is built, relative to the data folder; used instead "
        "of building it anew where it is there.",
    )


class Nested(AnyCorrespondence):
    """Each area of the input lies in one larger area, wholly or by best fit."""

    kind: Literal["nested", "best_fit"]
    input: Text = Field(description="The lookup: a row for each area, by its code.")
    column: Text = Field(description="The column of the larger area's code.")
    to: GeographyName = Field(description="The geography of the larger areas.")
    share_by: ColumnOrName | None = Field(
        None,
        description="The number in each area, such as its residents, by which a count of the "
        "larger area is shared out among the areas in it.",
    )


class Changes(AnyCorrespondence):
    """The published changes between two vintages: unchanged, split, merged or irregular."""

    kind: Literal["changes"]
    input: Text = Field(description="The lookup: a row for each pair of an old and a new area.")
    column: Text = Field(description="The column of the new area's code.")
    change: Text = Field(description="The column of the change: U, S, M or X.")
    to: GeographyName = Field(description="The geography of the new areas.")
    share_by: ColumnOrName = Field(
        description="The number in each new area, such as its residents, by which an area that "
        "was split is shared out among its parts.",
    )


class Weighted(AnyCorrespondence):
    """A table of shares: how much of each area of the input lies in each target area."""

    kind: Literal["weighted"]
    input: Text = Field(description="The table: a row for each pair of areas.")
    column: Text = Field(description="The column of the target area's code.")
    share: Text = Field(description="The column of the shares, which add to 1 for each area.")
    to: GeographyName = Field(description="The geography of the target areas.")


class PointTable(Part):
    """Points, such as postcodes, with what each stands for."""

    input: Text
    x: Text = Field(description="The column of the easting, or of the longitude.")
    y: Text = Field(description="The column of the northing, or of the latitude.")
    coordinates: Literal["national_grid", "degrees"] = Field(
        "national_grid",
        description="Whether x and y are metres of the British National Grid or degrees of WGS 84.",
    )
    weight: Text | None = Field(
        None,
        description="The column of the number at each point, such as dwellings or people; without "
        "it each point counts once.",
    )


class Points(Kept):
    """Two sets of boundaries, their overlap weighed by the points that fall in both."""

    kind: Literal["points"]
    between: tuple[Text, Text] = Field(description="The inputs of the boundaries: from, to.")
    points: PointTable = Field(description="The points, and where they stand.")


class Overlap(Kept):
    """Two sets of boundaries, their overlap weighed by its area."""

    kind: Literal["overlap"]
    between: tuple[Text, Text] = Field(description="The inputs of the boundaries: from, to.")


class Fallback(Part):
    """A lookup for postcodes that another table lacks."""

    input: Text
    column: Text = Field(description="The column of the area's code.")


class Dwellings(Kept):
    """Postcodes, shared out by the dwellings that each has in each area."""

    kind: Literal["dwellings"]
    input: Text = Field(description="A row for each postcode and area, by the postcode.")
    column: Text = Field(description="The column of the area's code.")
    dwellings: Text = Field(description="The column of the number of dwellings.")
    to: GeographyName = Field(description="The geography of the areas.")
    fallback: Fallback | None = Field(
        None, description="A lookup of the postcodes that the table of dwellings lacks."
    )


Correspondence = Annotated[
    Nested | Changes | Weighted | Points | Overlap | Dwellings, Field(discriminator="kind")
]
CORRESPONDENCES = ("nested", "best_fit", "changes", "weighted", "points", "overlap", "dwellings")


def inputs_of(correspondence: Correspondence) -> list[tuple[tuple[str | int, ...], str]]:
    """Return the inputs that a correspondence is made of, each with the key that names it.

    Parameters
    ----------
    correspondence
        The correspondence.
    """
    if isinstance(correspondence, Points | Overlap):
        named: list[tuple[tuple[str | int, ...], str]] = [
            (("between", place), name) for place, name in enumerate(correspondence.between)
        ]
        if isinstance(correspondence, Points):
            named.append((("points", "input"), correspondence.points.input))
        return named
    named = [(("input",), correspondence.input)]
    share_by = shared_by(correspondence)
    if share_by is not None and share_by.input is not None:
        named.append((("share_by", "input"), share_by.input))
    if isinstance(correspondence, Dwellings) and correspondence.fallback is not None:
        named.append((("fallback", "input"), correspondence.fallback.input))
    return named


def shared_by(correspondence: Correspondence) -> Column | None:
    """Return the column by which a correspondence shares areas out, if it states one."""
    if isinstance(correspondence, Nested | Changes):
        return correspondence.share_by
    return None
