"""Sites that are published by the command line and served, and a reader who looks at them.

England is the index of 2025 with real boundaries. The demo is made up, with indicators, intervals
and a whole directory of postcodes. The odd site is tiny: no boundaries, and script in its names.
Each is served by `hyperlocal explore` and, as any web host would, by Python's own file server.
"""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from playwright.sync_api import Browser, sync_playwright

import hyperlocal
from hyperlocal import Results

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
COMMAND = [sys.executable, "-m", "hyperlocal"]
READING = SimpleNamespace(**runpy.run_path(str(HERE / "reader.py")))
ODD = SimpleNamespace(**runpy.run_path(str(HERE / "odd_site.py")))
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SOFTWARE = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    OFFLINE,
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker looks at England, and the one that has the demo at all else.

    So each site is published once.
    """
    for item in items:
        if HERE in item.path.parents:
            group = "england" if "england" in item.fixturenames else "demo"
            item.add_marker(pytest.mark.xdist_group(group))


def cannot(reason: str) -> None:
    """Skip what needs something that is not here; where all must be here, that is a failure."""
    if os.environ.get("HYPERLOCAL_CI") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def run(*arguments: str | Path) -> str:
    """Run a command of hyperlocal; return what it prints."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class Site:
    """A published site, and what it was made of.

    `folder` is the site; `address` is where `hyperlocal explore` serves it, `static` where a plain
    file server does. `files` are what the publisher supplied, by the option that took them.
    """

    results: Results
    folder: Path
    files: dict[str, str]
    address: str
    static: str

    @property
    def index(self) -> str:
        return str(self.results.provenance["index"])

    @property
    def areas(self) -> pl.DataFrame:
        return self.results.areas


@pytest.fixture(scope="session")
def built() -> Path:
    """The explorer, built; tests are skipped where it is not and cannot be."""
    building = runpy.run_path(str(ROOT / "explorer" / "build_explorer.py"))
    try:
        building["build"]()
    except Exception as error:  # its own kind, which is known by its name alone
        if type(error).__name__ != "NotBuiltError":
            raise
        cannot(str(error))
    return building["ASSETS"]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program; tests are skipped where there is none."""
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if found is None:
        cannot(f"there is no Chromium: none of {', '.join(CHROMIUMS)} is installed")
    return str(found)


@pytest.fixture(scope="module")
def browser(chromium) -> Iterator[Browser]:
    """Chromium, drawing in software, and without any way to other hosts."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=SOFTWARE)
        yield opened
        opened.close()


@pytest.fixture
def reader(browser) -> Iterator[Callable]:
    """Opens a site as a reader; at the end nothing may have gone wrong or left the host.

    The reader wants reduced motion, as to draw England sixty times a second in software takes
    longer than all else; a test of how the map moves asks for ``reduced_motion="no-preference"``.
    """
    readers = []

    def opened(address: str, link: str = "", **options):
        options.setdefault("reduced_motion", "reduce")
        readers.append(READING.Reader(browser, address, **options))
        return readers[-1].open(link)

    yield opened
    for one in readers:
        one.context.close()
    assert [problem for one in readers for problem in one.problems] == []


def serving(command: list[str], folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a server; return it with the address that it tells."""
    with (folder.parent / f"{folder.name}.log").open("a") as log:
        server = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=folder
        )
    assert server.stdout is not None
    line = server.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, line
    return server, found[0]


@pytest.fixture(scope="session")
def publish(built) -> Iterator[Callable[..., Site]]:
    """The function that publishes results and serves the site in both ways."""
    servers: list[subprocess.Popen[str]] = []

    def site(results: Path, out: Path, **files: str | Path) -> Site:
        options = [
            text
            for name, file in files.items()
            for text in (f"--{name.replace('_', '-')}", str(file))
        ]
        run("publish-site", results, "--out", out, "--quiet", *options)
        served = [*COMMAND, "explore", str(out), "--no-open", "--port", "0"]
        plain = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
        addresses = []
        for command in (served, plain):
            server, address = serving(command, out)
            servers.append(server)
            addresses.append(f"{address}/")
        supplied = {name: str(file) for name, file in files.items()}
        return Site(Results.open(results), out, supplied, *addresses)

    yield site
    for server in servers:
        server.terminate()
    for server in servers:
        server.communicate()


@pytest.fixture(scope="session")
def england(publish, published, tmp_path_factory) -> Site:
    """The English index of 2025, and another version of it with other weights."""
    folder = tmp_path_factory.mktemp("england")
    geography = published / "geography"
    data = published / "iod2025"
    run("build", "iod-2025-domains", "--data", data, "--out", folder / "results", "--quiet")
    changed = ["index.domains.income.weight=0.1", "index.domains.crime.weight=0.3"]
    settings = [text for one in changed for text in ("--set", one)]
    run("build", "iod-2025-domains", "--data", data, "--out", folder / "other", "-q", *settings)
    for name, table in ODD.england_files().items():
        table.write_csv(folder / name)
    return publish(
        folder / "results",
        folder / "site",
        boundaries=geography / "boundaries_lsoa21.parquet",
        districts=f"{geography / 'lookup_lsoa21_ward24_ltla24.parquet'}:ltla24_code",
        regions=geography / "lookup_ltla24_region24.parquet",
        postcodes=folder / "postcodes.csv",
        places=folder / "places.csv",
        version=f"Other weights={folder / 'other'}",
        welsh=folder / "welsh.csv",
    )


@pytest.fixture(scope="session")
def demo(demo, publish, tmp_path_factory) -> Site:
    """The made-up nation of `make demo`, with intervals."""
    folder, results = tmp_path_factory.mktemp("demo-site"), demo.results.folder
    run("uncertainty", results, "--draws", "20", "--out", folder / "sure", "--quiet")
    geography = demo.nation / "geography"
    return publish(
        results,
        folder / "site",
        boundaries=geography / "lsoa21_boundaries.parquet",
        regions=f"{geography / 'LAD23_RGN23_EN_LU.csv'}:RGN23CD",
        postcodes=geography / "ONSPD.csv",
        uncertainty=folder / "sure",
    )


@pytest.fixture(scope="session")
def odd(publish, tmp_path_factory) -> Site:
    """Six areas without boundaries, with script and formulas in all names."""
    folder = tmp_path_factory.mktemp("odd")
    ODD.write(folder)
    hyperlocal.build(folder / "index.yaml", folder, folder / "results")
    return publish(
        folder / "results",
        folder / "site",
        districts=folder / "districts.csv",
        postcodes=folder / "postcodes.csv",
        welsh=folder / "welsh.csv",
    )


@pytest.fixture(scope="session")
def command() -> Callable[..., str]:
    """Runs the command line."""
    return run


@pytest.fixture(scope="session")
def messages() -> dict[str, dict[str, str]]:
    """All text of the explorer, by language and key."""
    import json

    folder = ROOT / "explorer" / "src" / "messages"
    return {
        one: json.loads((folder / f"{one}.json").read_text(encoding="utf-8"))
        for one in ("en", "cy")
    }


@pytest.fixture(scope="session")
def axe() -> str:
    """The program that looks for barriers."""
    file = ROOT / "explorer" / "node_modules" / "axe-core" / "axe.min.js"
    if not file.is_file():
        cannot("axe-core is not installed: run `npm ci` in explorer/")
    return str(file)
