"""The parts of a site that are computed: similar areas, combinations, versions, intervals."""

from __future__ import annotations

import json
import shutil

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_array_equal

import hyperlocal
from hyperlocal.analysis import populations, read_design, similar_areas, study
from hyperlocal.analysis.supplied import VersionSource
from hyperlocal.analysis.versions import Version, compare, open_version
from hyperlocal.analysis.versions.lookup import correspondence_of
from hyperlocal.explorer.arrays import read_arrays
from hyperlocal.explorer.combinations import combinations, upward
from hyperlocal.explorer.similar import similar_to_all
from hyperlocal.explorer.site import write_data
from hyperlocal.explorer.sources import SiteSources
from hyperlocal.methods import deciles
from hyperlocal.pipeline.replay import Replay


def assert_same_as_one_by_one(results, number=5):
    found, codes = similar_to_all(results, number), results.areas["area_code"]
    ranked = ~np.isnan(found.distance).all(axis=1)
    for area in range(len(codes)):
        if not ranked[area]:
            continue
        table = similar_areas(results, codes[area], number).tables["similar"][1:]
        there = found.area[area][found.area[area] >= 0]
        assert codes.gather(there).to_list() == table["area_code"].to_list(), codes[area]
        assert_array_equal(found.distance[area][: len(there)], table["distance"].to_numpy())
    return found


def test_similar_areas_are_those_of_explain(published_need):
    found = assert_same_as_one_by_one(published_need.results)
    unranked = published_need.results.areas["health_rank"].is_null().to_numpy()
    assert unranked.any()
    assert (found.area[unranked] == -1).all()
    assert not np.isin(np.flatnonzero(unranked), found.area).any()


def test_similar_areas_where_many_are_the_same(index_folder, tmp_path):
    """Of areas of one profile the first codes are taken, and of equal distances too."""
    rng = np.random.default_rng(2)
    lines = ["area,a,b"] + [
        f"E010{code:05},{rng.integers(0, 3)},{rng.integers(0, 2)}" for code in rng.permutation(200)
    ]
    text = """\
hyperlocal: 1
id: many
areas: {geography: lsoa21, table: {input: t}}
inputs: {t: {file: t.csv, geography: lsoa21, code: area}}
defaults: {input: t, high_value: more_need}
index: {domains: {first: {column: a}, second: {column: b}}}
"""
    index = index_folder(tmp_path, {"index.yaml": text, "t.csv": "\n".join(lines)})
    found = assert_same_as_one_by_one(index.build())
    assert (found.distance == 0).mean() > 0.9


def test_similar_areas_where_all_are_too_few(small):
    found = assert_same_as_one_by_one(small.build(), number=8)
    assert (found.area[:, 5:] == -1).all()
    assert np.isnan(found.distance[:, 5:]).all()


def test_what_goes_up_is_what_the_engine_sends_up(published_need):
    results = published_need.results
    base = Replay.of(results).base
    checked = 0
    for node in results.definition.nodes:
        for child in node.children:
            assert_array_equal(upward(results, child), base[child.id].upward, child.id)
            checked += 1
    assert checked == 12


def test_combinations_say_how_nodes_combine(published_need, tmp_path):
    found = combinations(published_need.results)
    assert found["need"] == {
        "children": ["work", "money", "health"],
        "weights": [0.5, 0.3, 0.2],
        "ties": "average",
        "rank_fraction": "(N-rank+1)/N",
        "n": published_need.results.provenance["nodes"]["need"]["n"],
        "exponential": 23.0,
        "deciles": "ceil(10*rank/N)",
        "published_ties": "minimum",
        "arithmetic": "double",
        "raise": "none",
        "published": "combined",
        "adjustable": True,
    }
    assert {name: one["adjustable"] for name, one in found.items()} == {
        "need": True,
        "work": True,
        "money": True,
        "wages": True,
        "debt": True,
        "health": True,
        "mood": False,  # its score is standardised before it goes up
    }
    assert found["money"]["raise"] == "exponential"
    write_data(tmp_path / "data", published_need.results, SiteSources())
    arrays, _ = read_arrays(tmp_path / "data/upward.bin.gz")
    assert set(arrays) == {
        child for one in found.values() if one["adjustable"] for child in one["children"]
    }
    for name, values in arrays.items():
        node = published_need.results.definition.by_id[name]
        assert_array_equal(values, upward(published_need.results, node))


def test_nothing_goes_up_of_the_index_itself(small):
    """What is the default of all nodes holds for those that enter another."""
    small.change("high_value: more_need}", "high_value: more_need, transform: exponential}")
    small.build()
    shutil.copy(small.definition, small.out / "definition.yaml")  # with the defaults as written
    results = hyperlocal.Results.open(small.out)
    assert results.definition.root.settings.transform == "exponential"
    raised = {name: one["raise"] for name, one in combinations(results).items()}
    assert raised == {"small": "none", "work": "exponential", "money": "exponential"}


def test_below_estimated_weights_nothing_can_be_changed(built_need, tmp_path):
    """Other numbers from below would give other weights, which a browser does not estimate."""
    (tmp_path / "index.yaml").write_text("""\
hyperlocal: 1
id: estimated
areas: {geography: lsoa21, table: {input: people}}
inputs: {people: {file: people.csv, geography: lsoa21, code: area}}
defaults: {input: people, high_value: more_need, missing_values: unscored}
index:
  weights: {factor_analysis: {}}
  domains:
    first: {indicators: {sleep: {column: sleep}}}
    second: {indicators: {worry: {column: worry}}}
    third: {indicators: {joy: {column: joy, high_value: less_need}}}
""")
    results = hyperlocal.build(tmp_path / "index.yaml", built_need, tmp_path / "out")
    assert {name: one["adjustable"] for name, one in combinations(results).items()} == {
        "estimated": True,
        "first": False,
        "second": False,
        "third": False,
    }


def test_another_version(published_need, tmp_path):
    folder, results = published_need.folder, published_need.results
    later = hyperlocal.load(
        folder / "index.yaml", {"domains.work.weight": 0.2, "domains.money.weight": 0.6}
    )
    other = hyperlocal.build(later, folder, folder / "before")
    sources = SiteSources(versions=(VersionSource(str(other.folder), "2019 (first)"),))
    write_data(tmp_path / "data", results, sources)
    site = json.loads((tmp_path / "data/site.json").read_text())
    nodes = ["need", "work", "money", "wages", "debt", "health", "children"]
    assert site["versions"] == [
        {
            "id": "x2019_first",
            "title": "2019 (first)",
            "file": "versions/x2019_first.bin.gz",
            "nodes": nodes,
        }
    ]
    arrays, _ = read_arrays(tmp_path / "data/versions/x2019_first.bin.gz")
    for name in nodes:
        for what in ("rank", "decile"):
            known = other.areas[f"{name}_{what}"].fill_null(0).to_numpy()
            assert_array_equal(arrays[f"{name}_{what}"], known)
    assert (arrays["need_rank"] != results.areas["need_rank"].fill_null(0).to_numpy()).any()


def test_a_version_of_other_areas(published_need, tmp_path):
    """A published table on older areas comes over by a lookup, as `compare` brings it."""
    codes = published_need.results.areas["area_code"].to_list()
    old = [f"E019{number:05}" for number in range(601)]
    rank = np.random.default_rng(1).permutation(601) + 1
    table = published_need.write("old.csv", {"code": old, "imd_rank": rank.tolist()})
    # two old areas were joined into the first, and one was split into the last two
    pairs = [(old[0], codes[0]), *zip(old[1:600], codes[:599], strict=True), (old[599], codes[599])]
    lookup = published_need.write(
        "lookup.csv",
        {"old": [a for a, _ in pairs] + [old[600]], "new": [b for _, b in pairs] + [codes[5]]},
    )
    people = published_need.write("old_people.csv", {"code": old, "people": list(range(100, 701))})
    source = VersionSource(
        table, "old", f"{lookup}:old:new", f"{people}:people", {"imd": "need", "other": "work"}
    )
    write_data(tmp_path / "data", published_need.results, SiteSources(versions=(source,)))
    arrays, _ = read_arrays(tmp_path / "data/versions/old.bin.gz")
    before, this = open_version(table, "old"), Version.of(published_need.results)
    own = populations(published_need.results).general
    report = compare(
        before,
        this,
        match={"imd": "need"},
        correspondence=correspondence_of(f"{lookup}:old:new", before, this, own),
        people=populations(before.results, f"{people}:people").general,
    )
    known = report.tables["areas"].filter(measure="need")
    assert_array_equal(arrays["need_rank"], known["rank_old"].fill_null(0).to_numpy())
    assert_array_equal(arrays["need_decile"], known["decile_old"].fill_null(0).to_numpy())


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_intervals(published_need, tmp_path, form):
    results = published_need.results
    design = tmp_path / "design.yaml"
    design.write_text(
        "hyperlocal_design: 1\nseed: 1\ndraws: 40\nweights: {concentration: 20}\ninterval: 0.8\n"
    )
    report = study(results, read_design(design), workers=1)
    report.write(tmp_path / "unsure", form)
    write_data(tmp_path / "data", results, SiteSources(uncertainty=tmp_path / "unsure"))
    site = json.loads((tmp_path / "data/site.json").read_text())
    assert site["intervals"] == {"level": 0.8, "draws": 40, "what": "weights"}
    columns = ["rank_lower", "decile_lower", "rank_upper", "decile_upper"]
    assert site["nodes"][0]["columns"][-4:] == columns
    blocks = [read_arrays(file)[0] for file in sorted((tmp_path / "data/blocks").iterdir())]
    found = {name: np.concatenate([one[f"need_{name}"] for one in blocks]) for name in columns}
    areas, number = report.tables["areas"], site["nodes"][0]["n"]
    for end in ("lower", "upper"):
        known = areas[end].cast(pl.Float64).fill_null(np.nan).to_numpy()
        assert_array_equal(found[f"rank_{end}"], known)
        assert_array_equal(found[f"decile_{end}"], deciles(known, number))
    assert (found["rank_lower"] < found["rank_upper"]).any()
