"""The command that opens the explorer on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from hyperlocal.cli.common import (
    OverrideOption,
    PopulationOption,
    QuietOption,
    progress,
    share_of_steps,
)
from hyperlocal.cli.publishing import (
    PlacesOption,
    SiteOptions,
    SitePostcodesOption,
    WelshOption,
    site_sources,
)
from hyperlocal.cli.supplying import (
    BoundariesOption,
    DistrictsOption,
    GroupsOption,
    RegionsOption,
    SameAreasOption,
    UncertaintyOption,
    VersionLookupOption,
    VersionMatchOption,
    VersionOption,
    VersionPopulationOption,
)

if TYPE_CHECKING:
    from hyperlocal.explorer.sources import SiteSources


def explore(
    results: Annotated[
        Path,
        typer.Argument(
            metavar="RESULTS|SITE",
            help="A results folder that 'build' wrote, or a site that 'publish-site' wrote.",
        ),
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
    host: Annotated[
        str,
        typer.Option("--host", help="Where to listen; 0.0.0.0 lets everyone on the network in."),
    ] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=0, max=65535, help="The port; else the first free one from 8765 on."
        ),
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the browser.")
    ] = True,
    log: Annotated[
        bool, typer.Option("--log", help="Tell each request on standard error.")
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Open the explorer on this machine: map, search, weights, districts; and an API."""
    from hyperlocal.server.running import ended_by_signals, listen, serve

    def ready(address: str) -> None:
        typer.echo(f"The explorer is at {address}\nStop it with Ctrl-C.")
        sys.stdout.flush()
        if open_browser:
            _open(address)

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
    if (results / "data" / "site.json").is_file():
        if used := next((name for name, value in given.items() if value), None):
            raise typer.BadParameter(
                f"{results} is a finished site, into which nothing more goes",
                param_hint=f"--{used.replace('_', '-')}",
            )
        serve(results, host, port, log, ready)
        return
    listen(host, port).close()  # a port that is taken is told before the work, not after it
    sources = site_sources(given)
    with ended_by_signals(), TemporaryDirectory(prefix="hyperlocal-") as folder:
        site = Path(folder) / "site"
        _write(results, site, sources, quiet)
        serve(site, host, port, log, ready)


def _write(results: Path, site: Path, sources: SiteSources, quiet: bool) -> None:
    """Write the site that is served."""
    from hyperlocal.explorer.site import write_site
    from hyperlocal.pipeline import Results

    with progress(quiet, share_of_steps) as told:
        written = write_site(Results.open(results), site, sources, told)
    for note in written.notes if not quiet else ():
        typer.secho(f"note: {note}", fg=typer.colors.YELLOW, err=True)


def _open(address: str) -> None:
    """Open the browser, where there is a screen; nothing is lost where that fails."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
