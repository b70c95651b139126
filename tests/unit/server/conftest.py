"""The made-up site of the tests of the server."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture(scope="session")
def made() -> SimpleNamespace:
    writer = Path(__file__).parents[2] / "server" / "made_site.py"
    return SimpleNamespace(**runpy.run_path(str(writer)))


@pytest.fixture(scope="session")
def site(made, tmp_path_factory) -> Path:
    return made.write_made_site(tmp_path_factory.mktemp("site"))
