"""The demo, made once for all tests that ask something of it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

import hyperlocal

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
