"""Tables of records: events, dwellings, organisations, answers; anything but areas."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from hyperlocal.definition.inputs import Filed, GeographyName
from hyperlocal.definition.settings import Identifier, Marks, Part, Share, Text

Coordinates = Literal["national_grid", "longitude_latitude"]


class Location(Part):
    """Where records lie: the columns of their coordinates, or that of their geometry."""

    x: Text = Field("", description="The column of the easting, or of the longitude.")
    y: Text = Field("", description="The column of the northing, or of the latitude.")
    geometry: Text = Field(
        "", description="Instead of them: the column of the geometry, such as `geom`."
    )
    coordinates: Coordinates = Field(
        "national_grid",
        description="What the coordinates are: metres of the National Grid (EPSG:27700), or "
        "degrees (WGS 84). A file that says itself what they are must say the same.",
    )

    @model_validator(mode="after")
    def _two_or_a_geometry(self) -> Self:
        if bool(self.x and self.y) == bool(self.geometry) or bool(self.x) != bool(self.y):
            raise ValueError("it must name 'x' and 'y', or 'geometry'")
        return self


class AreaOfRecord(Part):
    """The area that each record says it belongs to."""

    column: Text = Field(description="The column of its code, or postcode.")
    geography: GeographyName = Field(description="What the codes are, with their vintage.")
    through: tuple[Identifier, ...] | None = Field(
        None,
        description="The correspondences that lead to the areas of the index, in their order; "
        "without it the shortest way.",
    )


class Records(Filed):
    """A table of records. It is read in parts, so that it may be larger than the memory."""

    location: Location | None = Field(None, description="Where the records lie.")
    area: AreaOfRecord | None = Field(None, description="The area that they belong to.")
    most_unplaced: Share = Field(
        0.0,
        description="The largest share of the records that may have no place, or one outside all "
        "areas. They are left out and counted.",
    )
    missing: Marks = Field((), description="The marks that stand for a missing value.")
    licence: Text = ""


RecordsName = Annotated[Identifier, Field(description="A table of records, one of `records`.")]
