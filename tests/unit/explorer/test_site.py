"""A site holds the numbers of the results, and says what it holds."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_array_equal

from hyperlocal.analysis import Groups, districts, groups_for, populations
from hyperlocal.analysis.supplied import KnownPopulations, LargerAreas, read_populations
from hyperlocal.definition.effect import added_up
from hyperlocal.explorer.arrays import read_arrays, read_json
from hyperlocal.explorer.site import site_files, write_data, write_site
from hyperlocal.explorer.sources import SiteSources
from hyperlocal.explorer.summaries import write_summaries


def site_of(data: Path) -> dict:
    return json.loads((data / "site.json").read_text(encoding="utf-8"))


def numbers(series: pl.Series) -> np.ndarray:
    return series.cast(pl.Float64).fill_null(np.nan).to_numpy()


@pytest.fixture
def data(published_need, tmp_path) -> Path:
    write_data(tmp_path / "data", published_need.results, SiteSources())
    return tmp_path / "data"


def test_all_numbers_of_all_areas(data, published_need):
    areas = published_need.results.areas
    blocks = [read_arrays(file)[0] for file in sorted((data / "blocks").iterdir())]
    assert [len(block["need_rank"]) for block in blocks] == [256, 256, 88]
    known = areas.select(pl.selectors.numeric())
    assert list(blocks[0]) == known.columns
    for name in known.columns:
        found = np.concatenate([block[name] for block in blocks])
        assert found.dtype == np.float64
        assert_array_equal(found, numbers(areas[name]), name)


def test_ranks_deciles_and_scores_of_every_ranked_node(data, published_need):
    areas = published_need.results.areas
    ranked = {node["id"]: node for node in site_of(data)["nodes"] if node["file"]}
    assert {name.removesuffix("_rank") for name in areas.columns if name.endswith("_rank")} == set(
        ranked
    )
    for name, node in ranked.items():
        arrays, _ = read_arrays(data / node["file"])
        assert_array_equal(arrays["rank"], np.nan_to_num(numbers(areas[f"{name}_rank"])))
        assert_array_equal(arrays["decile"], np.nan_to_num(numbers(areas[f"{name}_decile"])))
        assert_array_equal(arrays["score"], numbers(areas[f"{name}_{node['measure']}"]))
        assert arrays["rank"].dtype == np.uint16
        assert node["n"] == published_need.results.provenance["nodes"][name]["n"]
    assert 0 in read_arrays(data / ranked["health"]["file"])[0]["rank"]  # areas without a rank


def test_half_ranks_are_kept(small, tmp_path):
    small.change("areas:\n", "conventions: {published_ties: average}\nareas:\n")
    small.change_table("32000", "29000")
    results = small.build()
    assert 0.5 in results.areas["income_rank"] % 1
    write_data(tmp_path / "data", results, SiteSources())
    rank = read_arrays(tmp_path / "data/columns/income.bin.gz")[0]["rank"]
    assert_array_equal(rank, numbers(results.areas["income_rank"]))


def test_what_is_said_of_nodes(data, published_need):
    site = site_of(data)
    nodes = {node["id"]: node for node in site["nodes"]}
    before: set[str] = set()
    for node in site["nodes"]:
        assert node["parent"] is None or node["parent"] in before  # parents before their children
        before.add(node["id"])
        columns = {f"{node['id']}_{name}" for name in node["columns"]}
        assert columns <= set(published_need.results.areas.columns)
    assert site["root"] == site["nodes"][0]["id"] == "need"
    work, children, rate = nodes["work"], nodes["children"], nodes["out_of_work"]
    assert (work["role"], work["parent"], work["level"], work["weight"]) == (
        "domains",
        "need",
        1,
        0.5,
    )
    assert (work["title"], work["title_cy"]) == ("Work", "Gwaith")
    assert (work["population"], children["population"]) == ("adults", "residents")
    assert (children["role"], children["parent"], children["weight"]) == (
        "supplementary",
        "need",
        None,
    )
    assert (rate["kind"], rate["unit"], rate["measure"]) == ("rate", "per cent", "shrunk")
    assert nodes["income"]["high_value"] == "less_need"
    assert work["high_value"] is None
    assert nodes["sleep"]["weight"] == pytest.approx(0.348006, abs=1e-6)
    assert (site["title_cy"], site["publisher"], site["licence"]) == (
        "Prawf o angen",
        "Nobody",
        "OGL",
    )
    assert site["made"]["built"] == published_need.results.provenance["built"]


def test_counts_that_a_rate_adds_up_are_not_ranked(small, tmp_path):
    small.change(
        "numerator: out_of_work, denominator: adults, per: 100, shrink_to: ltla24",
        "denominator: adults, indicators: {jobless: {kind: count, column: out_of_work}}",
    )
    results = small.build()
    assert added_up(results.definition.root) == {"jobless"}
    write_data(tmp_path / "data", results, SiteSources())
    node = {one["id"]: one for one in site_of(tmp_path / "data")["nodes"]}["jobless"]
    assert node["parent"] == "out_of_work"
    assert [node[key] for key in ("file", "n", "measure", "population", "weight")] == [None] * 5
    assert node["columns"] == ["value"]


def test_areas_and_larger_ones(data, published_need):
    results = published_need.results
    areas = read_json(data / "areas.json.gz")
    assert areas["codes"] == results.areas["area_code"].to_list()
    assert areas["names"] == results.areas["area_name"].to_list()
    assert areas["names_cy"] is None
    group = areas["groups"]["ltla24"]
    codes = [group["codes"][place] for place in group["of"]]
    assert codes == results.areas["ltla24_code"].to_list()
    assert group["names"][0] == "District 0"
    assert site_of(data)["groups"] == [
        {"id": "ltla24", "count": 12, "file": "districts/ltla24.json.gz"}
    ]


def test_names_like_scripts_stay_data(data, published_need):
    """JSON holds them as they are: it is the explorer that must show them as text."""
    names = read_json(data / "areas.json.gz")["names"]
    assert "<img src=x onerror=alert(1)>" in names
    assert site_of(data)["description"] == '<script>alert("description")</script>'


def test_summaries_are_those_of_districts(data, published_need):
    results = published_need.results
    site = read_json(data / "districts/ltla24.json.gz")
    nodes = list(site["measures"])
    assert nodes == ["need", "work", "money", "wages", "debt", "health", "children"]
    report = districts(results, groups_for(results, "ltla24"), populations(results), nodes=nodes)
    table = report.tables["districts"]
    for node, found in site["measures"].items():
        own = table.filter(measure=node)
        assert site["codes"] == own["group_code"].to_list()
        assert set(found) == set(own.columns[5:])
        for name, values in found.items():
            assert values == own[name].to_list(), (node, name)
    counted = results.areas.group_by("ltla24_code").agg(
        pl.col("residents_population").sum(), pl.len()
    )
    counted = counted.sort("ltla24_code")
    assert site["population"] == counted["residents_population"].to_list()
    assert site["areas"] == counted["len"].to_list()


@pytest.mark.parametrize("weighed", [True, False])
def test_areas_that_larger_ones_share_count_in_parts(published_need, tmp_path, weighed):
    """The first area lies in both, a quarter and three quarters of it, the second in one."""
    results = published_need.results
    groups = Groups(
        "places",
        pl.Series(["A", "B"]),
        pl.Series(["Here", "There"]),
        np.array([0, 0, 1]),
        np.array([0, 1, 1]),
        np.array([0.25, 0.75, 1.0]),
    )
    of = np.append([1, 1], np.full(results.areas.height - 2, -1))
    found = read_populations(results, []) if weighed else KnownPopulations(None)
    write_summaries(tmp_path, results, LargerAreas("places", groups, of), found)
    site = read_json(tmp_path / "districts/places.json.gz")
    assert site["areas"] == [0.25, 1.75]
    first, second = results.areas["residents_population"][:2]
    people = [first / 4, first * 3 / 4 + second]
    assert site["population"] == (people if weighed else None)


def test_populations(data, published_need):
    arrays, _ = read_arrays(data / "populations.bin.gz")
    assert list(arrays) == ["residents", "adults"]
    for name, values in arrays.items():
        assert_array_equal(values, numbers(published_need.results.areas[f"{name}_population"]))
    titles = [{"id": "residents", "title": "Residents"}, {"id": "adults", "title": "Adults"}]
    assert site_of(data)["populations"] == titles


def test_a_population_of_a_file(published_need, tmp_path):
    codes = published_need.results.areas["area_code"].to_list()
    file = published_need.write("homes.csv", {"area": codes, "homes": list(range(1, 601))})
    write_data(
        tmp_path / "data", published_need.results, SiteSources(populations=(f"{file}:homes",))
    )
    assert [one["id"] for one in site_of(tmp_path / "data")["populations"]] == [
        "homes",
        "residents",
        "adults",
    ]
    arrays, _ = read_arrays(tmp_path / "data/populations.bin.gz")
    assert_array_equal(arrays["homes"], np.arange(1.0, 601))
    site = read_json(tmp_path / "data/districts/ltla24.json.gz")
    assert sum(site["population"]) == 600 * 601 / 2


def test_without_a_population_nothing_is_averaged(small, tmp_path):
    small.change("areas:\n", "conventions: {deciles: floor(10*(rank-1)/N)+1}\nareas:\n")
    notes = write_data(tmp_path / "data", small.build(), SiteSources())
    site = read_json(tmp_path / "data/districts/ltla24.json.gz")
    assert site["population"] is None
    assert set(site["measures"]["small"]) == {"proportion", "proportion_rank"}
    assert site["measures"]["small"]["proportion"] == [0.0, 1 / 3]  # E01000006 alone is in decile 1
    assert "no population is known: there are no averages of larger areas" in notes
    assert not (tmp_path / "data/populations.bin.gz").exists()


def test_without_boundaries_there_is_no_map_and_the_site_says_so(data):
    site = site_of(data)
    assert (site["geometry"], site["bounds"], site["detail"]) == (None, None, None)
    assert "no boundaries are given: there is no map" in site["notes"]
    assert not (data / "geometry.bin.gz").exists()


def test_too_few_areas_for_an_extent(small, tmp_path):
    table = small.folder / "people.csv"
    table.write_text(
        "\n".join(
            line + (",residents" if number == 0 else ",100")
            for number, line in enumerate(table.read_text().splitlines())
        )
    )
    small.change("index:\n", "populations: {residents: {column: residents}}\nindex:\n")
    notes = write_data(tmp_path / "data", small.build(), SiteSources())
    site = read_json(tmp_path / "data/districts/ltla24.json.gz")
    assert "extent" not in site["measures"]["small"]
    assert "average_score" in site["measures"]["small"]
    assert "A small index ranks under 100 areas, and has no extent" in notes


def test_larger_areas_of_lookups(published_need, tmp_path):
    results = published_need.results
    regions = published_need.write(
        "regions.csv",
        {
            "district_code": [f"E0600{number:04}" for number in range(12)],
            "RGN24CD": [f"E1200{number % 3:04}" for number in range(12)],
            "RGN24NM": [f"Region {number % 3}" for number in range(12)],
        },
    )
    wards = published_need.write(
        "wards.csv",
        {
            "area": results.areas["area_code"].to_list(),
            "ward_code": [f"E0500{number % 40:04}" for number in range(600)],
        },
    )
    sources = SiteSources(regions=(f"{regions}:RGN24CD",), groups=(wards,))
    write_data(tmp_path / "data", results, sources)
    assert [(one["id"], one["count"]) for one in site_of(tmp_path / "data")["groups"]] == [
        ("ward", 40),
        ("ltla24", 12),
        ("rgn24", 3),
    ]
    groups = read_json(tmp_path / "data/areas.json.gz")["groups"]
    district = results.areas["ltla24_code"][7]
    assert groups["rgn24"]["codes"][groups["rgn24"]["of"][7]] == f"E1200{int(district[-4:]) % 3:04}"


def test_welsh_names(published_need, tmp_path):
    code = published_need.results.areas["area_code"][0]
    names = published_need.write("cy.csv", {"code": [code, "money"], "name_cy": ["Ardal", "Arian"]})
    more = published_need.write("la.csv", {"LAD24CD": ["E06000003"], "LAD24NMW": ["Tri"], "x": [1]})
    write_data(tmp_path / "data", published_need.results, SiteSources(welsh=(names, more)))
    areas = read_json(tmp_path / "data/areas.json.gz")
    assert areas["names_cy"] == ["Ardal"] + [None] * 599
    assert areas["groups"]["ltla24"]["names_cy"][3] == "Tri"
    titles = {one["id"]: one["title_cy"] for one in site_of(tmp_path / "data")["nodes"]}
    assert (titles["money"], titles["work"], titles["debt"]) == ("Arian", "Gwaith", None)


def test_places_and_boundaries(published_need, tmp_path):
    import shapely

    codes = published_need.results.areas["area_code"].to_list()
    features = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": shapely.geometry.mapping(
                shapely.box(*(-3 + 0.01 * x, 52 + 0.01 * y, -2.99 + 0.01 * x, 52.01 + 0.01 * y))
            ),
        }
        for (x, y), code in zip(((n % 30, n // 30) for n in range(600)), codes, strict=True)
    ]
    ground = tmp_path / "areas.geojson"
    ground.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    places = published_need.write(
        "places.csv",
        {
            "place23nm": ["Hay", "Hay", "Wye"],
            "lat": [52.07, 52.07, 52.1],
            "long": [-2.9, -2.9, -2.8],
            "descnm": ["LOC", "LOC", None],
        },
    )
    sources, told = SiteSources(boundaries=ground, places=places), []
    write_data(tmp_path / "data", published_need.results, sources, told.append)
    assert "Simplifying boundaries" in told
    site = site_of(tmp_path / "data")
    assert site["geometry"] == "geometry.bin.gz"
    assert (tmp_path / "data/geometry.bin.gz").exists()
    assert site["bounds"] == pytest.approx([-3, 52, -2.7, 52.2])
    assert site["places"] == {"file": "places.json.gz", "count": 2}
    assert read_json(tmp_path / "data/places.json.gz") == {
        "names": ["Hay", "Wye"],
        "longitude": [-2.9, -2.8],
        "latitude": [52.07, 52.1],
        "kinds": ["LOC", ""],
    }


def test_the_same_inputs_give_the_same_bytes(data, published_need, tmp_path):
    write_data(tmp_path / "again", published_need.results, SiteSources())
    files = {path.relative_to(data) for path in data.rglob("*") if path.is_file()}
    again = tmp_path / "again"
    assert files == {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    assert all((data / name).read_bytes() == (again / name).read_bytes() for name in files)


def test_json_is_standard(data):
    """Browsers refuse NaN, which Python's reader takes."""

    def refuse(text: str):
        raise AssertionError(text)

    for file in data.rglob("*.json*"):
        raw = file.read_bytes()
        json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw, parse_constant=refuse)


def test_a_site_is_whole_and_replaces_a_site(published_need, explorer_built, tmp_path):
    out, told = tmp_path / "site", []
    written = write_site(published_need.results, out, None, lambda *step: told.append(step))
    assert told[-1] == ("Done", told[-1][1], told[-1][1])
    assert all(done <= of for _, done, of in told)
    files = [path for path in out.rglob("*") if path.is_file()]
    assert written.files == len(files)
    assert written.size == sum(path.stat().st_size for path in files) == sum(written.sizes.values())
    assert (out / "index.html").read_text().startswith("<!doctype html>")
    assert not (out / "built-from").exists()  # is of use to builders alone
    assert site_of(out / "data")["made"]["explorer"] == ["assets", "index.html"]
    assert site_files(out) == {"assets", "index.html", "data"}
    (explorer_built / "index.html").rename(explorer_built / "start.html")
    (explorer_built / "index.html").write_text("new")
    write_site(published_need.results, out)
    assert (out / "index.html").read_text() == "new"
    assert [path.name for path in tmp_path.glob(".site*")] == []


def test_the_command_says_what_it_wrote(published_need, explorer_built, tmp_path):
    import typer
    from typer.testing import CliRunner

    from hyperlocal.cli.publishing import publish_site

    app = typer.Typer()
    app.command()(publish_site)
    folder, out = str(published_need.results.folder), tmp_path / "site"
    done = CliRunner().invoke(app, [folder, "--out", str(out)])
    assert done.exit_code == 0, done.output
    number = sum(path.is_file() for path in out.rglob("*"))
    assert f"{out}: {number} files, " in done.stdout
    assert f"python -m http.server --directory {out}" in done.stdout
    assert "note: no boundaries are given: there is no map" in done.stderr
    quiet = CliRunner().invoke(app, [folder, "--out", str(out), "--quiet"])
    assert (quiet.exit_code, quiet.output) == (0, "")
