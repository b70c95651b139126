"""The commands that write what leaves the building: publications and profiles."""

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
    from hyperlocal.present.publish import Published

MEGABYTE = 1_000_000

WithoutOption = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="PART",
        help="Leave a part out: workbook, ods, geography, figures, report; may be repeated.",
    ),
]
GeographySourceOption = Annotated[
    str | None,
    typer.Option(
        "--geography-source",
        metavar="TEXT",
        help="Whom to name for boundaries and lookups, as their licence asks; under every map.",
    ),
]
PublisherOption = Annotated[
    str | None,
    typer.Option(
        "--publisher",
        metavar="TEXT",
        help="Who publishes these files; without it they name nobody as their publisher.",
    ),
]


def publish(
    results: ResultsArgument,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The publication; replaced when complete.")
    ],
    boundaries: BoundariesOption = None,
    geography_source: GeographySourceOption = None,
    publisher: PublisherOption = None,
    districts: DistrictsOption = None,
    regions: RegionsOption = None,
    groups: GroupsOption = None,
    override: OverrideOption = None,
    version: VersionOption = None,
    version_lookup: VersionLookupOption = None,
    version_population: VersionPopulationOption = None,
    version_match: VersionMatchOption = None,
    same_areas: SameAreasOption = False,
    uncertainty: UncertaintyOption = None,
    population: PopulationOption = None,
    profiles: Annotated[
        str | None,
        typer.Option(
            "--profiles",
            metavar="GEOGRAPHY",
            help="Also a profile of each of these larger areas, such as ltla24; takes minutes.",
        ),
    ] = None,
    without: WithoutOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write all that is published of an index: workbooks, CSV, maps, report, metadata."""
    from hyperlocal.pipeline import Results
    from hyperlocal.present.publish import Wanted
    from hyperlocal.present.publish import publish as write

    given = SuppliedOptions(
        boundaries=boundaries,
        districts=districts,
        regions=regions,
        groups=groups,
        override=override,
        version=version,
        version_lookup=version_lookup,
        version_population=version_population,
        version_match=version_match,
        same_areas=same_areas,
        uncertainty=uncertainty,
        population=population,
    )
    wanted = Wanted(tuple(without or ()), profiles or "", geography_source or "", publisher or "")
    with progress(quiet, share_of_steps) as told:
        written = write(Results.open(results), out, sources(given), wanted, told)
    if not quiet:
        _show(written)


def profile(
    results: ResultsArgument,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder; with --all, replaced.")
    ],
    group: Annotated[
        str | None,
        typer.Argument(
            metavar="[GROUP]", help="A district or another larger area, by its name or its code."
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="A profile of every one, and a page that leads to each.")
    ] = False,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="GEOGRAPHY",
            help="Of which kind of larger areas: ltla24; else of any, and with --all the smallest.",
        ),
    ] = None,
    boundaries: BoundariesOption = None,
    geography_source: GeographySourceOption = None,
    publisher: PublisherOption = None,
    districts: DistrictsOption = None,
    regions: RegionsOption = None,
    groups: GroupsOption = None,
    override: OverrideOption = None,
    version: VersionOption = None,
    version_lookup: VersionLookupOption = None,
    version_population: VersionPopulationOption = None,
    version_match: VersionMatchOption = None,
    same_areas: SameAreasOption = False,
    population: PopulationOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write a briefing on a district, a region or any group of areas: PDF and web page."""
    from hyperlocal.pipeline.integrity import open_verified
    from hyperlocal.present.citation import credit_for
    from hyperlocal.present.profile import (
        find_group,
        kinds_meant,
        write_profile,
        write_profiles,
    )
    from hyperlocal.present.publication import read_publication

    if every == (group is not None):
        said = "name a larger area, or write --all, and not both"
        raise typer.BadParameter(said, param_hint="GROUP")
    given = SuppliedOptions(
        boundaries=boundaries,
        districts=districts,
        regions=regions,
        groups=groups,
        override=override,
        version=version,
        version_lookup=version_lookup,
        version_population=version_population,
        version_match=version_match,
        same_areas=same_areas,
        uncertainty=None,
        population=population,
    )
    opened, notes = open_verified(results)
    with progress(quiet, share_of_steps, remaining=every) as told:
        publication = read_publication(
            opened,
            sources(given),
            lambda what: told(what, 0, 1),
            geography_source or "",
            publisher or "",
        )
        kinds = kinds_meant(publication, by)
        if group is None:
            written = write_profiles(publication, kinds[0].id, out, report=told)
            said = f"{out}: {number_of(len(written.names), 'profile')}"
        else:
            said = "\n".join(map(str, write_profile(publication, *find_group(kinds, group), out)))
    known = (*notes, *credit_for(publication).notes, *publication.notes)
    for note in () if quiet else known:
        typer.secho(f"note: {note}", fg=typer.colors.YELLOW, err=True)
    if not quiet:
        typer.echo(said)


def _show(written: Published) -> None:
    """Say what was written, and where to begin."""
    for note in written.notes:
        typer.secho(f"note: {note}", fg=typer.colors.YELLOW, err=True)
    size = f"{sum(written.sizes.values()) / MEGABYTE:,.1f} MB"
    typer.echo(f"{written.folder}: {number_of(written.files, 'file')}, {size}")
    for part, bytes_ in sorted(written.sizes.items(), key=lambda one: -one[1]):
        typer.echo(f"  {part:<40} {bytes_ / MEGABYTE:6.1f} MB")
    typer.echo(f"Begin with {written.folder / 'index.html'}")
