"""The explorer's methods, run by Node, against those of Python and the published English ranks.

The TypeScript is bundled as it is and run over the arrays of real indices. Weighted sums are the
same operations in both and equal to the last bit. Transformed ranks are not: JavaScript's logarithm
and numpy's differ in the last digit, which is what the relative difference of 1e-12 allows. Ranks
and deciles are equal without exception.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import numpy as np
import polars as pl
import pytest

import hyperlocal
from hyperlocal.analysis import Groups, Populations, districts, groups_for, populations
from hyperlocal.analysis.explaining.decomposition import decompose
from hyperlocal.analysis.measures import measures
from hyperlocal.explorer.arrays import write_arrays
from hyperlocal.explorer.combinations import combinations, write_upward
from hyperlocal.pipeline.replay import Replay

pytestmark = pytest.mark.oracle

EXPLORER = Path(__file__).parents[2] / "explorer"
FIXTURES = EXPLORER / "tests" / "fixtures" / "methods"
ROUNDING = 1e-12
EXPLAINED = ("E01021988", "E01000100", "E01033768")
"""Areas whose scores are taken apart."""

DOMAINS = [
    "income",
    "employment",
    "education",
    "health",
    "crime",
    "housing_and_services",
    "environment",
]


def fixtures() -> ModuleType:
    """Return the module that makes the fixtures, which knows what the browser is given."""
    made = importlib.util.spec_from_file_location("make_fixtures", FIXTURES / "make.py")
    assert made is not None
    assert made.loader is not None
    module = importlib.util.module_from_spec(made)
    made.loader.exec_module(module)
    return module


MAKE = fixtures()


def cannot_run(why: str) -> NoReturn:
    """Skip the tests; fail them with HYPERLOCAL_CI=1, where all that they need must be there."""
    if os.environ.get("HYPERLOCAL_CI") == "1":
        pytest.fail(why)
    pytest.skip(why)


@pytest.mark.parametrize(
    ("value", "outcome"),
    [("1", pytest.fail.Exception), ("", pytest.skip.Exception)],
)
def test_without_node_nothing_is_skipped_in_ci(monkeypatch, value, outcome):
    monkeypatch.setenv("HYPERLOCAL_CI", value)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(outcome, match="node is not installed"):
        driver.__wrapped__(None)


@pytest.fixture(scope="module")
def driver(tmp_path_factory) -> list[str]:
    """The command that runs the explorer's methods over a folder of arrays."""
    bundler = EXPLORER / "node_modules" / ".bin" / "rolldown"
    if shutil.which("node") is None:
        cannot_run("node is not installed")
    if not bundler.exists():
        cannot_run("the explorer's packages are not installed: run `npm ci` in explorer/")
    bundle = tmp_path_factory.mktemp("driver") / "driver.mjs"
    options = ["--platform", "node", "--format", "esm", "--file", str(bundle)]
    made = subprocess.run(
        [str(bundler), str(FIXTURES / "driver.mjs"), *options],
        cwd=EXPLORER,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return ["node", str(bundle)]


@dataclass(frozen=True)
class Run:
    """An index, the cases of weights, and what the browser's methods made of them."""

    results: hyperlocal.Results
    replay: Replay
    groups: Groups
    people: Populations
    cases: list[dict[str, list[float]]]
    folder: Path
    answer: dict[str, Any]

    def column(self, case: int, node: str, column: str) -> np.ndarray:
        """Return a column that the browser computed."""
        return np.fromfile(self.folder / f"{case}.{node}.{column}.f64", "<f8")


def run_in_node(
    name: str,
    published: Path,
    folder: Path,
    command: Sequence[str],
    cases: list[dict[str, list[float]]],
) -> Run:
    """Build an index, write what the browser is given and let it compute."""
    results = hyperlocal.build(name, published / "iod2025", folder / "results")
    replay = Replay.of(results)
    lookup = published / "geography" / "lookup_lsoa21_ward24_ltla24.parquet"
    groups = groups_for(results, [f"{lookup}:ltla24_code"])
    census = published / "population" / "census2021_lsoa21.parquet"
    people = populations(results, f"{census}:usual_residents")
    of = np.zeros(results.areas.height, np.int32)
    of[groups.area] = groups.group
    columns = {"group": of}
    ranking = MAKE.ranking_of(results)
    for one in measures(results):
        ranking[one.id]["population"] = f"{one.id}_population"
        columns[f"{one.id}_population"] = people.of(one.node).astype(float)
        columns[f"{one.id}_rank"] = np.nan_to_num(one.rank)
        columns[f"{one.id}_decile"] = np.nan_to_num(one.decile)
        columns[f"{one.id}_score"] = one.score
    write_upward(folder, results)
    write_arrays(folder / "columns.bin.gz", columns)
    codes = results.areas["area_code"]
    request = {
        "root": replay.definition.root.id,
        "combinations": combinations(results),
        "ranking": ranking,
        "groups": len(groups),
        "cases": cases,
        "areas": [codes.index_of(code) for code in EXPLAINED],
    }
    (folder / "request.json").write_text(json.dumps(request))
    ran = subprocess.run(
        [*command, str(folder)], check=False, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    answer = json.loads((folder / "answer.json").read_text())
    return Run(results, replay, groups, people, cases, folder, answer)


def weightings(
    sizes: dict[str, int], published: dict[str, list[float]]
) -> list[dict[str, list[float]]]:
    """Make up cases: the published weights, then seeded ones, some of them 0, then all equal."""
    random = np.random.default_rng(20251121)
    cases: list[dict[str, list[float]]] = [published]
    for number in range(4):
        case = {}
        for node, size in sizes.items():
            weights = random.dirichlet(np.ones(size)) * 10 ** random.uniform(-2, 3)
            if number == 1 and size > 2:
                weights[random.integers(size)] = 0.0
            case[node] = weights.tolist()
        cases.append(case)
    return [*cases, {node: [1.0] * size for node, size in sizes.items()}]


WEIGHTS = [0.225, 0.225, 0.135, 0.135, 0.093, 0.093, 0.093]


@pytest.fixture(scope="module")
def domains(published, tmp_path_factory, driver) -> Run:
    """The English index from its domains."""
    cases = weightings({"iod_2025_domains": 7}, {"iod_2025_domains": WEIGHTS})
    folder = tmp_path_factory.mktemp("domains")
    return run_in_node("iod-2025-domains", published, folder, driver, cases)


@pytest.fixture(scope="module")
def subdomains(published, tmp_path_factory, driver) -> Run:
    """The English index with the sub-domains of three of its domains."""
    stated = {
        "education": [0.5, 0.5],
        "housing_and_services": [0.5, 0.5],
        "environment": [0.7, 0.3],
    }
    sizes = {node: len(weights) for node, weights in stated.items()}
    top = {"iod_2025_subdomains": 7}
    cases = [*weightings(sizes, stated), *weightings({**sizes, **top}, stated)[1:]]
    folder = tmp_path_factory.mktemp("subdomains")
    return run_in_node("iod-2025-subdomains", published, folder, driver, cases)


@pytest.mark.parametrize("level", ["domains", "subdomains"])
def test_published_weights_give_all_published_ranks(published, request, level):
    run: Run = request.getfixturevalue(level)
    table = pl.read_parquet(published / "iod2025" / "published_lsoa.parquet")
    table = run.results.areas.select(lsoa21_code="area_code").join(
        table, on="lsoa21_code", how="left", maintain_order="left"
    )
    root = run.replay.definition.root.id
    assert table.height == 33755
    np.testing.assert_array_equal(run.column(0, root, "rank"), table["imd_rank"].to_numpy())
    np.testing.assert_array_equal(run.column(0, root, "decile"), table["imd_decile"].to_numpy())
    if level == "subdomains":
        for domain in ("education", "housing_and_services", "environment"):
            ranks = run.column(0, domain, "rank")
            np.testing.assert_array_equal(ranks, table[f"{domain}_rank"].to_numpy())


@pytest.mark.parametrize("level", ["domains", "subdomains"])
def test_other_weights_give_what_python_gives(request, level):
    run: Run = request.getfixturevalue(level)
    stated = combinations(run.results)
    root = run.replay.definition.root.id
    moved = set()
    for number, given in enumerate(run.cases):
        used = MAKE.settled(stated, given)
        expected = MAKE.published(run.replay, used)
        assert set(run.answer["cases"][number]) == {*given, root}
        for node in run.answer["cases"][number]:
            ours, theirs = expected[node].columns, f"{node} in case {number}"
            for column in ("rank", "decile"):
                found = run.column(number, node, column)
                np.testing.assert_array_equal(found, ours[column], err_msg=theirs)
            score = run.column(number, node, "score")
            tolerance = 0 if level == "domains" or node != root else ROUNDING
            np.testing.assert_allclose(score, ours["score"], rtol=tolerance, err_msg=theirs)
            if node != root:
                upward = run.column(number, node, "upward")
                assert expected[node].upward is not None
                np.testing.assert_allclose(upward, expected[node].upward, rtol=ROUNDING)
        moved.add(run.column(number, root, "rank").tobytes())
    assert len(moved) == len(run.cases)  # each weighting gives a ranking of its own


def test_summaries_of_districts_are_those_of_python(domains):
    table = districts(domains.results, domains.groups, domains.people)
    expected = table.tables["districts"]
    assert expected["measure"].n_unique() == len(domains.answer["summaries"]) == 8
    for (measure,), part in expected.group_by("measure"):
        found = domains.answer["summaries"][measure]
        for summary in MAKE.SUMMARIES:
            values = part[summary].cast(pl.Float64).to_numpy()
            np.testing.assert_allclose(found[summary], values, rtol=0, atol=1e-9)
        assert values.size == 296


def test_what_domains_bring_is_what_python_says(domains):
    for code, found in zip(EXPLAINED, domains.answer["decomposition"], strict=True):
        table = decompose(domains.results, code, replay=domains.replay).tables["decomposition"]
        table = table.filter(pl.col("level") == 1)
        assert [part["id"] for part in found] == table["node"].to_list() == DOMAINS
        against = [part["against"] for part in found]
        np.testing.assert_allclose(against, table["against_nation"], rtol=0, atol=1e-9)
        points = [part["points"] for part in found]
        np.testing.assert_allclose(points, table["points"], rtol=0, atol=1e-12)
