"""An index of a few hundred areas with all that a site can show of one."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import hyperlocal

AREAS = 600
DEFINITION = """\
hyperlocal: 1
id: need
title: A test of need
title_cy: Prawf o angen
description: <script>alert("description")</script>
publisher: Nobody
licence: OGL
url: https://example.org/need
areas:
  geography: lsoa21
  table: {input: people}
  names: {input: people, column: name}
  within: {ltla24: {input: people, column: district, name: district_name}}
inputs:
  people: {file: people.csv, geography: lsoa21, code: area}
populations:
  residents: {title: Residents, column: residents}
  adults: {title: Adults, column: adults}
defaults: {input: people, high_value: more_need}
index:
  domains:
    work:
      title: Work
      title_cy: Gwaith
      weight: 0.5
      population: adults
      indicators:
        out_of_work:
          {numerator: out_of_work, denominator: adults, per: 100, shrink_to: ltla24, unit: per cent}
    money:
      weight: 0.3
      subdomains:
        wages:
          weight: 0.5
          standardise: none
          indicators: {income: {column: income, high_value: less_need}}
        debt:
          weight: 0.5
          indicators: {debt_cases: {column: debt}}
    health:
      weight: 0.2
      missing_values: unscored
      indicators:
        mood:
          weights: {factor_analysis: {}}
          indicators:
            sleep: {column: sleep}
            worry: {column: worry}
            joy: {column: joy, high_value: less_need}
  supplementary:
    children: {title: Children, column: children}
"""


def people(areas: int = AREAS, seed: int = 1) -> pl.DataFrame:
    """Return a table of made-up areas, with ties, missing numbers and a name like a script."""
    rng = np.random.default_rng(seed)
    district = rng.integers(0, 12, areas)
    factor = rng.normal(size=areas)
    adults = rng.integers(200, 900, areas)
    names = [f"Area {number}" for number in range(areas)]
    names[3] = "<img src=x onerror=alert(1)>"
    worry = factor + rng.normal(size=areas)
    table = {
        "area": [f"E010{number:05}" for number in rng.permutation(areas)],
        "name": names,
        "district": [f"E0600{number:04}" for number in district],
        "district_name": [f"District {number}" for number in district],
        "residents": adults + rng.integers(100, 300, areas),
        "adults": adults,
        "out_of_work": rng.binomial(adults, 0.05 + 0.02 * district / 12),
        "income": rng.integers(150, 400, areas) * 100,
        "debt": rng.integers(0, 20, areas),
        "sleep": factor + rng.normal(size=areas),
        "worry": [None if number % 97 == 5 else one for number, one in enumerate(worry)],
        "joy": -factor + rng.normal(size=areas),
        "children": rng.integers(0, 100, areas),
    }
    return pl.DataFrame(table)


class Published:
    """An index in a folder with files that a publisher may supply."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.results = hyperlocal.build(folder / "index.yaml", folder, folder / "results")

    def write(self, name: str, columns: dict[str, list]) -> str:
        """Write a table beside the index; return its name."""
        pl.DataFrame(columns, strict=False).write_csv(self.folder / name)
        return str(self.folder / name)


@pytest.fixture(scope="session")
def built_need(tmp_path_factory) -> Path:
    """The folder of the index, built once."""
    folder = tmp_path_factory.mktemp("need")
    (folder / "index.yaml").write_text(DEFINITION)
    people().write_csv(folder / "people.csv")
    Published(folder)
    return folder


@pytest.fixture
def published_need(built_need, tmp_path) -> Published:
    """A copy of the index, to which files can be added."""
    folder = tmp_path / "need"
    shutil.copytree(built_need, folder)
    one = Published.__new__(Published)
    one.folder, one.results = folder, hyperlocal.Results.open(folder / "results")
    return one


@pytest.fixture
def explorer_built(tmp_path, monkeypatch) -> Path:
    """A folder in the place of the built explorer, which a clone without Node.js lacks."""
    from hyperlocal.explorer import site

    assets = tmp_path / "built explorer"
    (assets / "assets").mkdir(parents=True)
    (assets / "index.html").write_text("<!doctype html><title>explorer</title>")
    (assets / "assets" / "index.js").write_text("export {};")
    (assets / "built-from").write_text("what the builder compares")
    monkeypatch.setattr(site, "ASSETS", assets)
    return assets
