"""What the commands share that summarise groups of areas: how the groups are named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hyperlocal.cli.common import assignments

if TYPE_CHECKING:
    from hyperlocal.analysis.groups import Groups
    from hyperlocal.pipeline import Results

PolygonsOption = Annotated[
    str | None,
    typer.Option(
        "--polygons",
        metavar="FILE[:COLUMN]",
        help="The groups: polygons (GeoJSON, GeoPackage, GeoParquet, Shapefile), with --directory "
        "or --boundaries.",
    ),
]
PostcodesOption = Annotated[
    str | None,
    typer.Option(
        "--postcodes",
        metavar="FILE[:COLUMN[:GROUPS]]",
        help="The groups: a list of postcodes, or several with a column of groups; with "
        "--directory.",
    ),
]
BoundariesOption = Annotated[
    str | None,
    typer.Option(
        "--boundaries",
        metavar="FILE[:COLUMN]",
        help="The boundaries of the areas, to share them out to polygons by their ground.",
    ),
]
DirectoryOption = Annotated[
    str | None,
    typer.Option(
        "--directory",
        metavar="FILE[:WEIGHT]",
        help="A directory of postcodes with their areas, such as the ONSPD; each counts as 1, or "
        "as the column WEIGHT says.",
    ),
]


def chosen_groups(
    results: Results,
    by: list[str] | None = None,
    override: list[str] | None = None,
    polygons: str | None = None,
    postcodes: str | None = None,
    boundaries: str | None = None,
    directory: str | None = None,
) -> Groups:
    """Return the groups that the options of a command name."""
    from hyperlocal.analysis.groups.chosen import groups_for

    overrides = assignments(override, "--override")
    return groups_for(results, by or [], overrides, polygons, postcodes, boundaries, directory)
