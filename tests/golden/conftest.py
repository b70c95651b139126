"""The demo and a small nation, each made once for all tests that ask something of it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

import hyperlocal
from hyperlocal.synthetic import Nation, synthesise

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Demo:
    """What `make demo` left and printed."""

    nation: Path
    results: hyperlocal.Results
    shown: str

    def with_need(self) -> pl.DataFrame:
        """Return the results of each area with its planted need."""
        planted = pl.read_parquet(self.nation / "truth" / "planted_need.parquet")
        planted = planted.select("code", pl.exclude("code").name.prefix("planted_"))
        return self.results.areas.join(planted, left_on="area_code", right_on="code", how="left")


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Demo:
    """The commands of `make demo`, as processes."""
    folder = tmp_path_factory.mktemp("demo")
    recipe = re.search(r"^demo:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    commands = recipe[1].replace("\t@", "").replace("$(DEMO)", str(folder))
    commands = commands.replace("$(BIN)/hyperlocal", f"{sys.executable} -m hyperlocal")
    shown = ""
    for command in commands.splitlines():
        if command.startswith("echo"):  # how to go on, for a reader
            continue
        shown += subprocess.run(
            command.split(), cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    return Demo(folder / "nation", hyperlocal.Results.open(folder / "results"), shown)


@dataclass(frozen=True)
class MadeUp:
    """A nation with all of its files, for the tests of the definitions that build on it."""

    nation: Nation
    folder: Path

    def build(self, definition: str) -> hyperlocal.Results:
        """Build a bundled definition on it."""
        out = self.folder.with_name(definition)
        return hyperlocal.build(hyperlocal.load(definition), self.folder, out)

    def with_need(self, results: hyperlocal.Results, geography: str) -> pl.DataFrame:
        """Return the results of each area with its planted need."""
        planted = self.nation.planted(geography)
        planted = planted.select("code", pl.exclude("code").name.prefix("planted_"))
        return results.areas.join(planted, left_on="area_code", right_on="code", how="left")


@pytest.fixture(scope="session")
def made_up(tmp_path_factory) -> MadeUp:
    """A nation of 400 areas; its tests share the xdist group ``made_up``."""
    folder = tmp_path_factory.mktemp("made_up") / "nation"
    return MadeUp(synthesise(400, 1, folder), folder)
