"""The command that publishes an index as a site, and the options that say what goes into one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hyperlocal.cli.common import (
    OverrideOption,
    PopulationOption,
    QuietOption,
    ResultsArgument,
    number_of,
    progress,
    share_of_steps,
)
from hyperlocal.cli.supplying import (
    BoundariesOption,
    DistrictsOption,
    GroupsOption,
    RegionsOption,
    SameAreasOption,
    SuppliedOptions,
    UncertaintyOption,
    VersionLookupOption,
    VersionMatchOption,
    VersionOption,
    VersionPopulationOption,
    sources,
)

if TYPE_CHECKING:
    from hyperlocal.explorer.site import SiteWritten
    from hyperlocal.explorer.sources import SiteSources

MEGABYTE = 1_000_000

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
WelshOption = Annotated[
    list[str] | None,
    typer.Option(
        "--welsh",
        metavar="FILE",
        help="A table of codes (or ids of domains and indicators) and their Welsh names; may be "
        "repeated.",
    ),
]


class SiteOptions(SuppliedOptions):
    """What all options of a site hold; each by the name of its option."""

    postcodes: str | None
    places: str | None
    welsh: list[str] | None


def publish_site(
    results: ResultsArgument,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The site; replaced when complete.")
    ],
    boundaries: BoundariesOption = None,
    districts: DistrictsOption = None,
    regions: RegionsOption = None,
    groups: GroupsOption = None,
    override: OverrideOption = None,
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
        override=override,
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
    from hyperlocal.explorer.sources import SiteSources

    return SiteSources(
        **vars(sources(given)),
        postcodes=given["postcodes"],
        places=given["places"],
        welsh=tuple(given["welsh"] or ()),
    )


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
