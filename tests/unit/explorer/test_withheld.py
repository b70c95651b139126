"""What a definition does not let out is in no file of a site."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_array_equal

import hyperlocal
from hyperlocal.analysis.supplied import VersionSource
from hyperlocal.explorer.arrays import read_arrays, read_json
from hyperlocal.explorer.columns import withheld_columns
from hyperlocal.explorer.site import write_data
from hyperlocal.explorer.sources import SiteSources

WITHHELD = ("out_of_work", "income", "sleep", "children")
RULES = {
    "domains.work.indicators.out_of_work.publish.geography": "ltla24",
    "domains.money.subdomains.wages.indicators.income.publish.geography": "none",
    "domains.health.indicators.mood.indicators.sleep.publish.geography": "ltla24",
    "supplementary.children.publish.geography": "ltla24",
}


@pytest.fixture(scope="module")
def restricted(built_need, tmp_path_factory):
    """The index with some indicators that are not to be shown, and the same without."""
    folder = tmp_path_factory.mktemp("restricted")
    definition = hyperlocal.load(built_need / "index.yaml", RULES)
    return hyperlocal.build(definition, built_need, folder / "results")


@pytest.fixture(scope="module")
def data(restricted, built_need, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "data"
    then = VersionSource(str(built_need / "results"), "then")
    write_data(folder, restricted, SiteSources(versions=(then,)))
    return folder


def nodes_of(data: Path) -> dict[str, dict]:
    site = json.loads((data / "site.json").read_text(encoding="utf-8"))
    return {node["id"]: node for node in site["nodes"]}


def columns_of(results, *names: str) -> dict[str, np.ndarray]:
    """Return the columns of nodes as numbers."""
    own = results.areas.select(
        pl.selectors.starts_with(*(f"{name}_" for name in names)) & pl.selectors.numeric()
    )
    return {
        name: own[name].cast(pl.Float64).fill_null(np.nan).to_numpy().copy() for name in own.columns
    }


def test_the_numbers_are_the_same(restricted, built_need):
    assert restricted.areas.equals(hyperlocal.Results.open(built_need / "results").areas)


def test_no_array_of_any_file_is_withheld(data, restricted):
    hidden = columns_of(restricted, *WITHHELD)
    assert {"out_of_work_numerator", "income_rank", "sleep_standardised"} <= set(hidden)
    del hidden["out_of_work_denominator"]  # a population that is published by itself
    files = sorted(data.rglob("*.bin.gz"))
    assert len(files) > 10
    allowed = ("work_rank", "work_decile", "work_transformed", "wages_rank", "wages_transformed")
    for file in files:
        block = int(file.name[:4]) if file.parent.name == "blocks" else None
        for name, values in read_arrays(file)[0].items():
            if name in allowed or file.stem in ("work.bin", "wages.bin"):
                continue  # the rank of a domain is shown, be it that of its only indicator
            for column, own in hidden.items():
                part = own if block is None else own[block * 256 : (block + 1) * 256]
                same = np.array_equal(np.nan_to_num(part), np.nan_to_num(values))
                assert not same or "decile" in column, (file, name, column)


def test_no_value_is_anywhere_in_the_bytes(data, restricted):
    """Values with many digits do not come about by chance."""
    told = columns_of(restricted, *WITHHELD)
    values = np.concatenate([told[f"{name}_value"] for name in ("out_of_work", "sleep")])
    values = np.concatenate([values, told["out_of_work_shrunk"]])
    values = values[(values % 1 != 0) & ((values * 8) % 1 != 0)]
    assert values.size > 1000
    for file in sorted(data.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            content = gzip.decompress(content) if file.suffix == ".gz" else content
            assert not any(value.tobytes() in content for value in values), file
            assert not any(repr(float(value)).encode() in content for value in values[::20]), file


def test_what_is_said_of_them(data):
    nodes = nodes_of(data)
    for name in WITHHELD:
        node = nodes[name]
        assert node["columns"] == []
        assert [node[key] for key in ("file", "n", "measure")] == [None] * 3
        assert not (data / f"columns/{name}.bin.gz").exists()
    assert nodes["out_of_work"]["publish"] == {
        "geography": "ltla24",
        "round_to": None,
        "suppress_below": None,
        "nowhere": False,
    }
    assert nodes["income"]["publish"]["nowhere"]
    assert nodes["worry"]["publish"] is None
    site = json.loads((data / "site.json").read_text(encoding="utf-8"))
    assert "Children: not published for lsoa21" in site["notes"]


def test_domains_keep_their_ranks_and_lose_scores_that_tell_too_much(data, restricted):
    nodes = nodes_of(data)
    for name in ("work", "mood", "wages"):
        assert "score" not in nodes[name]["columns"]
        assert {"rank", "decile"} <= set(nodes[name]["columns"])
        arrays, _ = read_arrays(data / f"columns/{name}.bin.gz")
        assert np.isnan(arrays["score"]).all()
        ranks = restricted.areas[f"{name}_rank"].fill_null(0)
        assert_array_equal(arrays["rank"], ranks.to_numpy())
    for name in ("need", "money", "debt"):
        assert "score" in nodes[name]["columns"]
    summaries = read_json(data / "districts/ltla24.json.gz")["measures"]
    assert "average_score" not in summaries["work"]
    assert {"average_rank", "extent"} <= set(summaries["work"])
    assert "average_score" in summaries["need"]
    assert "children" not in summaries


def test_weights_can_be_changed_where_nothing_withheld_goes_up(data):
    site = json.loads((data / "site.json").read_text(encoding="utf-8"))
    adjustable = [name for name, one in site["combinations"].items() if one["adjustable"]]
    assert adjustable == ["need", "money", "debt"]
    upward, _ = read_arrays(data / "upward.bin.gz")
    assert set(upward) == {"work", "money", "health", "wages", "debt", "debt_cases"}


def test_other_versions_are_not_a_way_around(data):
    ranks, _ = read_arrays(data / "versions/then.bin.gz")
    named = {name.removesuffix("_rank") for name in ranks if name.endswith("_rank")}
    assert {"need", "work", "debt"} <= named
    assert not named & set(WITHHELD)


def test_columns_are_told_by_whole_names(restricted):
    """The column of another node that begins alike is not withheld."""
    names = withheld_columns(restricted.definition)
    assert {"work_score", "sleep_value", "out_of_work_shrunk"} <= names
    assert not {"work_rank", "debt_cases_value", "worry_value", "need_score"} & names
