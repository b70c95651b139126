"""A small nation, made once for all tests that ask something of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

import hyperlocal
from hyperlocal.synthetic import Nation, synthesise


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
