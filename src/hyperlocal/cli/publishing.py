"""The command that publishes an index as a site, and the options that say what goes into one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from hyperlocal.cli.common import (
    PopulationOption,
    QuietOption,
    ResultsArgument,
    assignments,
    number_of,
    progress,
    share_of_steps,
)

if TYPE_CHECKING:
    from hyperlocal.explorer.site import SiteWritten
    from hyperlocal.explorer.sources import SiteSources

MEGABYTE = 1_000_000

SiteBoundariesOption = Annotated[
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
SitePostcodesOption = Annotated[
    str | None,
    typer.Option(
        "--postcodes", metavar="FILE", help="A directory of postcodes, such as the ONSPD."
    ),
]
PlacesOption = Annotated[
    str | None,
    typer.Option(
        "--places",
        metavar="FILE",
        help="Named places: a table with name, and longitude and latitude or easting and northing.",
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
WelshOption = Annotated[
    list[str] | None,
    typer.Option(
        "--welsh",
        metavar="FILE",
        help="A table of codes (or ids of domains and indicators) and their Welsh names; may be "
        "repeated.",
    ),
]


class SiteOptions(TypedDict):
    """What the options above hold; each by the name of its option."""

    boundaries: str | None
    districts: list[str] | None
    regions: list[str] | None
    groups: list[str] | None
    postcodes: str | None
    places: str | None
    version: list[str] | None
    version_lookup: list[str] | None
    version_population: list[str] | None
    version_match: list[str] | None
    same_areas: bool
    uncertainty: str | None
    population: list[str] | None
    welsh: list[str] | None


def publish_site(
    results: ResultsArgument,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The site; replaced when complete.")
    ],
    boundaries: SiteBoundariesOption = None,
    districts: DistrictsOption = None,
    regions: RegionsOption = None,
    groups: GroupsOption = None,
    postcodes: SitePostcodesOption = None,
    places: PlacesOption = None,
    version: VersionOption = None,
    version_lookup: VersionLookupOption = None,
    version_population: VersionPopulationOption = None,
    version_match: VersionMatchOption = None,
    same_areas: SameAreasOption = False,
    uncertainty: UncertaintyOption = None,
    population: PopulationOption = None,
    welsh: WelshOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write a site that anyone can use: map, search, weights, districts, on any web host."""
    from hyperlocal.explorer.site import write_site
    from hyperlocal.pipeline import Results

    opened = Results.open(results)
    given = SiteOptions(
        boundaries=boundaries,
        districts=districts,
        regions=regions,
        groups=groups,
        postcodes=postcodes,
        places=places,
        version=version,
        version_lookup=version_lookup,
        version_population=version_population,
        version_match=version_match,
        same_areas=same_areas,
        uncertainty=uncertainty,
        population=population,
        welsh=welsh,
    )
    sources = site_sources(given)
    with progress(quiet, share_of_steps) as told:
        written = write_site(opened, out, sources, told)
    if not quiet:
        _show(written)


def site_sources(given: SiteOptions) -> SiteSources:
    """Return what the options of a command supply beside the results."""
    from hyperlocal.analysis.supplied import VersionSource
    from hyperlocal.explorer.sources import SiteSources

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
    versions = [
        VersionSource(
            path,
            label,
            lookups.get(label, ""),
            people.get(label, ""),
            match,
            given["same_areas"],
        )
        for label, path in labelled
    ]
    return SiteSources(
        boundaries=given["boundaries"],
        districts=tuple(given["districts"] or ()),
        regions=tuple(given["regions"] or ()),
        groups=tuple(given["groups"] or ()),
        postcodes=given["postcodes"],
        places=given["places"],
        populations=tuple(given["population"] or ()),
        versions=tuple(versions),
        uncertainty=given["uncertainty"],
        welsh=tuple(given["welsh"] or ()),
    )


def _labelled(given: str) -> tuple[str, str]:
    """Part ``LABEL=PATH``; a path that is there is taken as it is."""
    label, equals, path = given.partition("=")
    if not equals or Path(given).exists():
        return "", given
    return label.strip(), path.strip()


def _show(written: SiteWritten) -> None:
    """Say what was written, and how to look at it."""
    for note in written.notes:
        typer.secho(f"note: {note}", fg=typer.colors.YELLOW, err=True)
    size = f"{written.size / MEGABYTE:,.1f} MB"
    typer.echo(f"{written.folder}: {number_of(written.files, 'file')}, {size}")
    for part, bytes_ in sorted(written.sizes.items(), key=lambda one: -one[1]):
        typer.echo(f"  {part:<12} {bytes_ / MEGABYTE:6.1f} MB")
    typer.echo(f"Look at it: python -m http.server --directory {written.folder}")
    typer.echo("Publish it: copy the folder to any web host")
