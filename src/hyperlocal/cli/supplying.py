"""The options of what is supplied beside the results, of all commands that publish."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from hyperlocal.cli.common import assignments

if TYPE_CHECKING:
    from hyperlocal.analysis.supplied import Sources, VersionSource

BoundariesOption = Annotated[
    str | None,
    typer.Option(
        "--boundaries",
        metavar="FILE[:COLUMN]",
        help="The boundaries of the areas: GeoPackage, GeoJSON, Shapefile or GeoParquet. Without "
        "them there is no map.",
    ),
]
DistrictsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--districts",
        metavar="FILE[:COLUMN]",
        help="A lookup of the districts; several lead on from each other.",
    ),
]
RegionsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--regions",
        metavar="FILE[:COLUMN]",
        help="A lookup of the regions, of areas or of districts; several lead on from each other.",
    ),
]
GroupsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--groups",
        metavar="FILE[:COLUMN]",
        help="A lookup of another kind of larger areas, such as wards; may be repeated.",
    ),
]
VersionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--version",
        metavar="[LABEL=]RESULTS",
        help="Another version to compare with: a results folder, or the file of a published table. "
        "May be repeated.",
    ),
]
VersionLookupOption = Annotated[
    list[str] | None,
    typer.Option(
        "--version-lookup",
        metavar="LABEL=FILE:OLD_COLUMN:NEW_COLUMN",
        help="For a version of other areas: a table of its areas and these that share ground.",
    ),
]
VersionPopulationOption = Annotated[
    list[str] | None,
    typer.Option(
        "--version-population",
        metavar="LABEL=FILE:COLUMN",
        help="For a version of which areas were joined: the people of its areas.",
    ),
]
VersionMatchOption = Annotated[
    list[str] | None,
    typer.Option(
        "--version-match",
        metavar="OLD=NEW",
        help="What other versions call differently: the id there, and the one in this index.",
    ),
]
SameAreasOption = Annotated[
    bool,
    typer.Option(
        "--same-areas", help="Areas of this index or of another version alone were left out."
    ),
]
UncertaintyOption = Annotated[
    str | None,
    typer.Option(
        "--uncertainty",
        metavar="DIR",
        help="The folder that 'hyperlocal uncertainty --out' wrote: intervals of ranks.",
    ),
]


class SuppliedOptions(TypedDict):
    """What the options above hold; each by the name of its option."""

    boundaries: str | None
    districts: list[str] | None
    regions: list[str] | None
    groups: list[str] | None
    override: list[str] | None
    version: list[str] | None
    version_lookup: list[str] | None
    version_population: list[str] | None
    version_match: list[str] | None
    same_areas: bool
    uncertainty: str | None
    population: list[str] | None


def sources(given: SuppliedOptions) -> Sources:
    """Return what the options of a command supply beside the results."""
    from hyperlocal.analysis.supplied import Sources

    return Sources(
        boundaries=given["boundaries"],
        districts=tuple(given["districts"] or ()),
        regions=tuple(given["regions"] or ()),
        groups=tuple(given["groups"] or ()),
        overrides=assignments(given["override"], "--override"),
        populations=tuple(given["population"] or ()),
        versions=_versions(given),
        uncertainty=given["uncertainty"],
    )


def _versions(given: SuppliedOptions) -> tuple[VersionSource, ...]:
    """Return the other versions that are named, each with the options that name its label."""
    from hyperlocal.analysis.supplied import VersionSource

    lookups = assignments(given["version_lookup"], "--version-lookup")
    people = assignments(given["version_population"], "--version-population")
    match = assignments(given["version_match"], "--version-match")
    labelled = [_labelled(one) for one in given["version"] or []]
    labels = {label for label, _ in labelled}
    for option, named in (("--version-lookup", lookups), ("--version-population", people)):
        if unknown := [label for label in named if label not in labels]:
            raise typer.BadParameter(
                f"no version is called {unknown[0]!r}; label it: --version {unknown[0]}=PATH",
                param_hint=option,
            )
    return tuple(
        VersionSource(
            path,
            label,
            lookups.get(label, ""),
            people.get(label, ""),
            match,
            given["same_areas"],
        )
        for label, path in labelled
    )


def _labelled(given: str) -> tuple[str, str]:
    """Part ``LABEL=PATH``; a path that is there is taken as it is."""
    label, equals, path = given.partition("=")
    if not equals or Path(given).exists():
        return "", given
    return label.strip(), path.strip()
