"""Sites of published indices: numbers, similar areas and combinations of England and Wales.

What the explorer does when a reader changes the weights is done here from the files of the site
alone, with the formulas of `hyperlocal.methods`: with the published weights it must give every
published rank, and with others what the engine gives.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_array_equal

import hyperlocal
from hyperlocal.analysis import districts, groups_for, populations, similar_areas
from hyperlocal.explorer.arrays import read_arrays, read_json
from hyperlocal.explorer.site import write_data
from hyperlocal.explorer.sources import SiteSources
from hyperlocal.methods import (
    deciles,
    exponential_transform,
    rank_areas,
    rank_fraction,
    weighted_sum,
)
from hyperlocal.pipeline.computation import Variation
from hyperlocal.pipeline.replay import Replay

pytestmark = pytest.mark.oracle

FOLDERS = {
    "iod-2025-domains": "iod2025",
    "iod-2025-subdomains": "iod2025",
    "wimd-2019-domains": "wimd2019",
    "wcri-2022-domains": "wcri2022",
}


class Site:
    """The data of a site, and the index that it is of."""

    def __init__(self, results, folder: Path, sources: SiteSources) -> None:
        self.results, self.data = results, folder
        self.notes = write_data(folder, results, sources)
        self.said = json.loads((folder / "site.json").read_text(encoding="utf-8"))

    def column(self, node: str, what: str) -> np.ndarray:
        return read_arrays(self.data / f"columns/{node}.bin.gz")[0][what]

    def recomputed(self, weights: dict[str, list[float]]) -> dict[str, dict[str, np.ndarray]]:
        """Compute all adjustable nodes anew from what the site holds, with changed weights."""
        upward, _ = read_arrays(self.data / "upward.bin.gz")
        nodes: dict[str, dict[str, np.ndarray]] = {}

        def compute(name: str) -> dict[str, np.ndarray]:
            one = self.said["combinations"][name]
            precision = np.float32 if one["arithmetic"] == "single" else np.float64
            children = [goes_up(child).astype(precision) for child in one["children"]]
            score = weighted_sum(children, weights.get(name, one["weights"]))
            ranked = int((~np.isnan(score)).sum())
            share = rank_fraction(
                rank_areas(score, one["ties"]).astype(precision),
                ranked,
                one["n"],
                one["rank_fraction"],
            )
            transformed = exponential_transform(share, one["exponential"])
            rank = rank_areas(score, one["published_ties"])
            return {
                "upward": transformed if one["raise"] == "exponential" else score,
                "score": transformed if one["published"] == "transformed_rank" else score,
                "rank": rank,
                "decile": deciles(rank, one["n"], one["deciles"]),
            }

        def goes_up(name: str) -> np.ndarray:
            if self.said["combinations"].get(name, {}).get("adjustable"):
                nodes[name] = compute(name)
                return nodes[name]["upward"]
            return upward[name]

        nodes[self.said["root"]] = compute(self.said["root"])
        return nodes


def lookups(published: Path) -> SiteSources:
    geography = published / "geography"
    return SiteSources(
        boundaries=geography / "boundaries_lsoa21.parquet",
        districts=(f"{geography / 'lookup_lsoa21_ward24_ltla24.parquet'}:ltla24_code",),
        regions=(str(geography / "lookup_ltla24_region24.parquet"),),
    )


@pytest.fixture(scope="module", params=FOLDERS)
def any_site(request, published, tmp_path_factory) -> Site:
    """The site of each bundled definition of a published index."""
    folder = tmp_path_factory.mktemp(request.param)
    results = hyperlocal.build(request.param, published / FOLDERS[request.param], folder / "out")
    return Site(results, folder / "data", SiteSources())


@pytest.fixture(scope="module")
def england(published, tmp_path_factory) -> Site:
    """The English index of 2025 with districts, regions and boundaries."""
    folder = tmp_path_factory.mktemp("england")
    results = hyperlocal.build("iod-2025-domains", published / "iod2025", folder / "out")
    return Site(results, folder / "data", lookups(published))


def test_all_numbers_of_all_areas(england):
    areas = england.results.areas
    blocks = [read_arrays(file)[0] for file in sorted((england.data / "blocks").iterdir())]
    for name in areas.select(pl.selectors.numeric()).columns:
        known = areas[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        assert_array_equal(np.concatenate([block[name] for block in blocks]), known, name)
    for node in england.said["nodes"]:
        for what in ("rank", "decile"):
            known = areas[f"{node['id']}_{what}"].to_numpy()
            assert_array_equal(england.column(node["id"], what), known)
        score = areas[f"{node['id']}_{node['measure']}"].to_numpy()
        assert_array_equal(england.column(node["id"], "score"), score)


def test_with_the_published_weights_all_is_as_published(any_site):
    nodes = any_site.recomputed({})
    assert set(nodes) == {
        name for name, one in any_site.said["combinations"].items() if one["adjustable"]
    }
    for name, found in nodes.items():
        for what in ("rank", "decile"):
            there = any_site.column(name, what).astype(float)
            assert_array_equal(found[what], np.where(there == 0, np.nan, there))
        assert_array_equal(found["score"].astype(float), any_site.column(name, "score"))


def test_with_other_weights_all_is_as_the_engine_has_it(any_site):
    rng = np.random.default_rng(5)
    replay = Replay.of(any_site.results)
    for _ in range(3):
        weights = {
            name: rng.dirichlet(np.ones(len(one["children"]))).tolist()
            for name, one in any_site.said["combinations"].items()
            if one["adjustable"]
        }
        changed = {name: np.array(some) for name, some in weights.items()}
        known = replay.evaluate(Variation(weights=changed))
        for name, found in any_site.recomputed(weights).items():
            raw = known[name].score
            conventions = any_site.results.definition.by_id[name].settings.conventions
            assert_array_equal(found["rank"], rank_areas(raw, conventions.published_ties))


def test_similar_areas_are_those_of_explain(england):
    arrays, _ = read_arrays(england.data / "similar.bin.gz")
    codes = england.results.areas["area_code"]
    area, distance = arrays["area"].reshape(-1, 5), arrays["distance"].reshape(-1, 5)
    for row in range(0, len(codes), 331):
        table = similar_areas(england.results, codes[row]).tables["similar"][1:]
        assert codes.gather(area[row]).to_list() == table["area_code"].to_list()
        assert_array_equal(distance[row], table["distance"].to_numpy().astype(np.float32))


def test_districts_and_regions_are_those_of_districts(england, published):
    results, geography = england.results, published / "geography"
    by = [f"{geography / 'lookup_lsoa21_ward24_ltla24.parquet'}:ltla24_code"]
    kinds = {"ltla24": by, "region24": [*by, str(geography / "lookup_ltla24_region24.parquet")]}
    assert [(one["id"], one["count"]) for one in england.said["groups"]] == [
        ("ltla24", 296),
        ("region24", 9),
    ]
    for name, chain in kinds.items():
        site = read_json(england.data / f"districts/{name}.json.gz")
        known = districts(results, groups_for(results, chain), populations(results))
        for node, found in site["measures"].items():
            own = known.tables["districts"].filter(measure=node)
            assert site["codes"] == own["group_code"].to_list()
            for what, values in found.items():
                assert values == own[what].to_list(), (name, node, what)


def test_wales_speaks_welsh(published, tmp_path):
    results = hyperlocal.build("wimd-2019-domains", published / "wimd2019", tmp_path / "out")
    site = Site(results, tmp_path / "data", SiteSources()).said
    assert site["title_cy"] == "Mynegai Amddifadedd Lluosog Cymru 2019"
    assert all(node["title_cy"] for node in site["nodes"])
    assert {node["id"]: node["title_cy"] for node in site["nodes"]}["housing"] == "Tai"


def test_england_is_small_enough(england):
    """Of 25 MB in all, enough are left for the explorer itself and for postcodes."""
    files = [path.stat().st_size for path in england.data.rglob("*") if path.is_file()]
    assert sum(files) < 15_000_000
