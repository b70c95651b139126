"""What many tests need: real published data, the demo, a small index that builds in an instant."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from hyperlocal import Results

# Tests run side by side, a worker to a core, where the threads of a worker's linear algebra would
# only wait for each other. It is read when numpy is imported, in every process that a test starts.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).parents[1]
PUBLISHED = Path(os.environ.get("HYPERLOCAL_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of real published data; the test is skipped where it is absent."""
    if not PUBLISHED.is_dir():
        pytest.skip(f"the published data are not at {PUBLISHED}; set HYPERLOCAL_DATA")
    return PUBLISHED


@pytest.fixture(scope="session")
def hyperlocal_command() -> list[str]:
    """The command line as a process of its own."""
    return [sys.executable, "-m", "hyperlocal"]


@dataclass(frozen=True)
class Demo:
    """What `make demo` left and printed."""

    nation: Path
    results: Results
    shown: str

    def with_need(self):
        """Return the results of each area with its planted need."""
        import polars as pl

        planted = pl.read_parquet(self.nation / "truth" / "planted_need.parquet")
        planted = planted.select("code", pl.exclude("code").name.prefix("planted_"))
        return self.results.areas.join(planted, left_on="area_code", right_on="code", how="left")


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Demo:
    """The commands of `make demo`, as processes; its tests share the xdist group ``demo``."""
    import hyperlocal

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


SMALL_DEFINITION = """\
hyperlocal: 1
id: small
title: A small index
areas:
  geography: lsoa21
  table: {input: people}
  within: {ltla24: {input: people, column: district}}
inputs:
  people: {file: people.csv, geography: lsoa21, code: area}
defaults: {input: people, high_value: more_need}
index:
  domains:
    work:
      indicators:
        out_of_work: {numerator: out_of_work, denominator: adults, per: 100, shrink_to: ltla24}
    money:
      indicators:
        income: {column: income, high_value: less_need}
"""

SMALL_TABLE = """\
area,district,out_of_work,adults,income
E01000001,E06000001,12,300,25000
E01000002,E06000001,30,310,21000
E01000003,E06000001,45,290,18000
E01000004,E06000002,3,150,32000
E01000005,E06000002,9,280,29000
E01000006,E06000002,64,400,15500
"""


class SmallIndex:
    """A definition and its table in a folder, to be changed and built."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.definition = folder / "index.yaml"
        self.table = folder / "people.csv"
        self.out = folder / "results"
        self.definition.write_text(SMALL_DEFINITION)
        self.table.write_text(SMALL_TABLE)

    def change(self, old: str, new: str) -> None:
        """Change the text of the definition; the old text must be there."""
        text = self.definition.read_text()
        assert old in text, old
        self.definition.write_text(text.replace(old, new))

    def change_table(self, old: str, new: str) -> None:
        """Change the text of the table; the old text must be there."""
        text = self.table.read_text()
        assert old in text, old
        self.table.write_text(text.replace(old, new))

    def build(self, **changes: object):
        """Build the index and return its results."""
        import hyperlocal

        return hyperlocal.build(hyperlocal.load(self.definition, changes), self.folder, self.out)


@pytest.fixture
def small(tmp_path: Path) -> SmallIndex:
    """A small index of six areas in two districts."""
    return SmallIndex(tmp_path)


class IndexFolder:
    """The texts of a definition and its tables, to be changed, written and built.

    Files that are no text are written by `prepare`, which is given the folder.
    """

    def __init__(self, folder: Path, texts: dict[str, str], prepare=lambda folder: None) -> None:
        self.folder = folder
        self.texts = dict(texts)
        self.prepare = prepare

    def change(self, file: str, old: str, new: str) -> None:
        """Change the text of a file; the old text must be there."""
        assert old in self.texts[file], old
        self.texts[file] = self.texts[file].replace(old, new)

    def build(self):
        """Write the files and build the index."""
        import hyperlocal

        for name, text in self.texts.items():
            (self.folder / name).write_text(text)
        self.prepare(self.folder)
        return hyperlocal.build(self.folder / "index.yaml", self.folder, self.folder / "out")

    def problems(self, error: type[Exception]) -> str:
        """Return what is refused; nothing may be written."""
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        with pytest.raises(error) as caught:
            self.build()
        assert not (self.folder / "out").exists()
        return str(caught.value)


@pytest.fixture(scope="session")
def index_folder() -> type[IndexFolder]:
    """A class: a definition with its tables as texts, for tests that need tables of their own."""
    return IndexFolder
