"""What a profile tells: each number is that of a published table, and each sentence reads well."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
import shapely

from hyperlocal.analysis.clusters.coincidence import counts_table, domains_of, pairs_table, worst
from hyperlocal.analysis.versions import compare
from hyperlocal.analysis.versions.compare import Grouping
from hyperlocal.analysis.versions.version import open_version
from hyperlocal.errors import ResultsError
from hyperlocal.present.profile import profile_facts
from hyperlocal.present.profile.ground import Ground, Group
from hyperlocal.present.profile.needs import together
from hyperlocal.present.profile.worst import headline

CODES = [f"E0600000{number}" for number in range(1, 8)]
NORTH, CALM, SIX, ONE, UNNAMED = (CODES[place] for place in (0, 2, 4, 5, 6))

PAIR_AND_SHARE = ("Both in the worst 10%", "Share of all areas")


def facts(publication, code=NORTH, kind="ltla24"):
    return profile_facts(publication, kind, code)


def texts(value) -> list[str]:
    """Return all texts that are told."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def column(table, heading) -> list[str]:
    at = [one["heading"] for one in table["columns"]].index(heading)
    return [row[at] for row in table["rows"]]


@pytest.mark.parametrize("code", CODES)
def test_summaries_and_ranks_are_those_of_the_table(publication, code):
    told = facts(publication, code)["standing"]
    table = publication.table("districts_ltla24").rows.filter(group_code=code)
    own = table.filter(measure="hardship").row(0, named=True)
    names = ["average_score", "average_rank", "proportion", "extent", "local_concentration"]
    assert column(told["summaries"], "Rank of 7") == [str(own[f"{name}_rank"]) for name in names]
    values = told["summaries"]["rows"]
    assert values[0][1] == f"{own['average_score']:.2f}"
    assert values[1][1] == f"{own['average_rank']:.0f}"
    share = own["proportion"]
    assert values[2][1] == (f"{share:.0%}" if share in (0, 1) else f"{share:.1%}")
    for row, measure in zip(told["by_measure"]["rows"], table["measure"], strict=True):
        of = table.filter(measure=measure).row(0, named=True)
        assert row[1:] == [str(of[f"{name}_rank"]) for name in names]


@pytest.mark.parametrize("code", CODES)
def test_areas_in_the_worst_tenth_are_counted_from_the_table(publication, code):
    areas = publication.table("areas").rows
    then = publication.table("changes_x2019").rows
    inside = areas["ltla24_code"] == code
    table = facts(publication, code)["domains"]["table"]
    measures = ["hardship", "work", "money", "health"]
    if code == ONE:
        row = areas.filter(inside).row(0, named=True)
        assert column(table, "Rank") == [str(row[f"{one}_rank"]) for one in measures]
        return
    counts = [int((areas.filter(inside)[f"{one}_decile"] == 1).sum()) for one in measures]
    before = [int((then.filter(inside)[f"{one}_decile_then"] == 1).sum()) for one in measures]
    assert column(table, "In worst 10%") == [str(one) for one in counts]
    assert column(table, "In 2019") == [str(one) for one in before]
    assert [int(one.replace("−", "-")) for one in column(table, "Change")] == [
        now - was for now, was in zip(counts, before, strict=True)
    ]


def test_change_of_districts_is_that_of_compare(publication, folder):
    """Ranks of summaries then: those of `hyperlocal compare`, which takes another way."""
    old, new = open_version(folder / "earlier", "2019"), open_version(folder / "results", "2025")
    groups, weights = publication.larger[0].groups, publication.populations.weights
    found = compare(old, new, grouping=Grouping(groups, weights), measures=["hardship"])
    table = found.tables["districts"].filter(measure="hardship")
    for code in CODES:
        then, now = (table.filter(group_code=code, version=one) for one in ("2019", "2025"))
        shown = facts(publication, code)["standing"]["summaries"]["rows"]
        names = ("average_score", "average_rank", "extent", "local_concentration")
        for place, name in zip((0, 1, 3, 4), names, strict=True):
            ranks = [str(one[f"{name}_rank"].item()) for one in (now, then)]
            assert shown[place][2:4] == ranks


@pytest.mark.parametrize("code", CODES)
def test_what_stood_in_another_version_is_that_of_the_published_table(publication, code):
    then = publication.table("districts_ltla24_x2019").rows.filter(measure="hardship")
    names = ["average_score", "average_rank", "proportion", "extent", "local_concentration"]
    told = facts(publication, code)["standing"]
    own = then.row(by_predicate=(pl.col("group_code") == code), named=True)
    assert column(told["summaries"], "Rank in 2019") == [str(own[f"{one}_rank"]) for one in names]
    for row in told["beside"]["rows"]:
        named = row[0].removesuffix(" (this profile)")
        one = then.row(by_predicate=pl.coalesce("group_name", "group_code") == named, named=True)
        ranks = [cell.partition(" ")[2] for cell in row[2:]]
        assert ranks == [f"({one[f'{name}_rank']})" for name in names]


@pytest.mark.parametrize("code", CODES)
def test_numbers_of_people_are_those_of_the_areas(publication, folder, code):
    areas = pl.read_csv(folder / "people.csv")
    own = areas.filter(district=code)["jobless"].sum()
    every = areas.group_by("district").agg(pl.col("jobless").sum())["jobless"]
    told = facts(publication, code)["standing"]["scales"]
    rank = int((every > own).sum()) + 1
    assert told["rows"] == [["Work", "People without work", f"{own:,}", f"{rank}"]]
    assert "1 is the largest number" in told["notes"][0]


@pytest.mark.parametrize("code", [NORTH, CODES[1]])
def test_areas_that_moved_are_counted_and_named(publication, code):
    then = publication.table("changes_x2019").rows.with_columns(
        publication.table("areas").rows["hardship_decile", "ltla24_code"]
    )
    own = then.filter(ltla24_code=code)
    told = facts(publication, code)["movement"]
    now, before = own["hardship_decile"], own["hardship_decile_then"]
    into = own.filter((now == 1) & (before > 1))["area_code"]
    assert told["moves"][0][0] == "Into the worst 10%"
    assert set(re.findall(r"E0100\d{4}", told["moves"][0][1])) == set(into)
    for way, moved in (("more", (now < before).sum()), ("less", (now > before).sum())):
        said = rf"\b{moved} areas? \([0-9.]+%\) moved to a decile of {way} need"
        assert re.search(said, told["says"][0])


def test_first_areas_are_in_the_order_of_their_ranks(publication):
    areas = publication.table("areas").rows.filter(ltla24_code=NORTH).sort("hardship_rank")
    table = facts(publication)["areas"]
    assert column(table, "Code") == areas["area_code"].head(20).to_list()
    assert column(table, "Rank") == [str(rank) for rank in areas["hardship_rank"].head(20)]
    first = areas.row(0, named=True)
    titles = {"work": "Work", "money": "Money and prices", "health": "Health"}
    named = [title for name, title in titles.items() if first[f"{name}_decile"] == 1]
    assert column(table, "Domains in worst 10%")[0] == (
        "all 3" if len(named) == 3 else "; ".join(named) or "none"
    )


def test_coincidence_of_all_areas_is_that_of_the_analysis(publication):
    """A group of all areas: its counts are those of `hyperlocal coincide`."""
    found = worst(domains_of(publication.results), Fraction(1, 10))
    one = Group.of(Ground.of(publication, "ltla24"), NORTH)
    everything = np.arange(publication.results.areas.height)
    told = together(replace(one, rows=everything, share=np.ones(len(everything))))
    assert column(told["counts"], "Areas") == [str(n) for n in counts_table(found)["areas"]]
    both = {frozenset(row[:2]): row[2] for row in pairs_table(found).select(
        "first", "second", "both").iter_rows()}  # fmt: skip
    titles = {"Work": "work", "Money and prices": "money", "Health": "health"}
    for pair, areas in zip(
        column(told["pairs"], "Both in the worst 10%"), column(told["pairs"], "Areas"), strict=True
    ):
        assert both[frozenset(titles[name] for name in pair.split(" + "))] == int(areas)
    assert column(told["counts"], "Share of its areas") == column(
        told["counts"], "Share of all areas"
    )
    north = together(one)["pairs"]
    everywhere = dict(zip(*(column(told["pairs"], name) for name in PAIR_AND_SHARE), strict=True))
    for pair, share in zip(*(column(north, name) for name in PAIR_AND_SHARE), strict=True):
        assert share == everywhere[pair]


def test_one_of_several_areas_is_and_two_are(publication):
    north = Group.of(Ground.of(publication, "ltla24"), NORTH)
    worst_first = north.rows[np.argsort(north.ground.ranks["hardship"][north.rows])]
    for rows, said in (
        (worst_first[[0, -1]], "1 of its 2 areas (50.0%) is among"),
        (worst_first[[0, 1, -1]], "2 of its 3 areas (66.7%) are among"),
        (worst_first[:2], "All 2 areas are among"),
    ):
        told = headline(replace(north, rows=rows, share=np.ones(len(rows))))
        assert told.startswith(said)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("which", ["publication", "bare"])
def test_every_text_reads_well(request, which, code):
    told = facts(request.getfixturevalue(which), code)
    json.dumps(told, allow_nan=False)
    said = "\n".join(texts(told))
    for wrong in (
        r"\b1 (areas|are|were|parts|more pairs)\b",
        r"(?i)signific|twice|times as|\bnan\b|\bnull\b|depriv",
        r"\bNone\b(?! of its)",
        r"  | \.|\.\.|,,|\( |\bthe the\b|e\+\d",
        r"\b(\d{2,}|[2-9]) area\b",
    ):
        assert not re.search(wrong, said), re.search(f".*{wrong}.*", said)
    for sentence in [*told["headline"], *told["domains"]["says"], *told["cautions"]]:
        assert sentence[-1] == "."
        assert not sentence[0].islower()


def test_headlines_follow_from_the_numbers(publication):
    assert facts(publication, CALM)["headline"][1] == (
        "None of its 44 areas is among the 10% of all 240 areas with the most need; about 4 would "
        "be expected if need were spread evenly."
    )
    one = facts(publication, ONE)
    assert re.fullmatch(
        r"Its one area ranks \d+ of 240 \(decile \d+\): it is not among the 10% of all 240 areas "
        r"with the most need\.",
        one["headline"][1],
    )
    assert one["first_areas"] == "Its area"
    assert one["together"] is None
    assert "where less than one would be expected" in facts(publication, SIX)["headline"][1]
    assert facts(publication, UNNAMED)["name"] == UNNAMED


def test_a_group_is_shown_beside_those_of_its_region(publication, bare):
    table = facts(publication)["standing"]["beside"]
    assert table["caption"].endswith("of North")
    assert len(table["rows"]) == 4
    assert min(column(table, "Name")) == "Aberdâr/Ŵyr (this profile)"
    assert re.fullmatch(r"\d \(\d\)", column(table, "Extent")[0])
    assert len(facts(bare)["standing"]["beside"]["rows"]) == 7
    assert len(facts(publication, "E12000001", "region")["standing"]["beside"]["rows"]) == 2


def test_what_is_not_known_is_left_out_and_said(bare):
    told = facts(bare)
    assert told["movement"] is None
    assert [text.split(" ")[0] for text in told["notes"]] == ["Maps", "Change"]
    assert "In 2019" not in [one["heading"] for one in told["domains"]["table"]["columns"]]


def test_without_people_areas_are_counted(folder, bare):
    without = replace(
        bare,
        supplied=replace(bare.supplied, populations=replace(bare.populations, weights=None)),
        tables=tuple(
            replace_columns(one) if one.name == "districts_ltla24" else one for one in bare.tables
        ),
    )
    told = facts(without)
    assert [one["label"] for one in told["figures"]] == [
        "Areas",
        "in the worst 10% of all",
        "by areas in the worst 10%",
    ]
    assert [row[0] for row in told["standing"]["summaries"]["rows"]] == ["Areas in worst 10%"]
    assert any("no population" in note for note in told["notes"])


def replace_columns(table):
    """Leave only the summary of a table that counts areas."""
    kept = ("measure", "group", "areas", "proportion")
    columns = tuple(one for one in table.columns if one.name.startswith(kept))
    return replace(table, columns=columns)


def test_parts_of_areas_count_in_part(grouped, folder):
    left, low = 400_000, 300_000
    shapes = [shapely.box(left, low, left + 4500, low + 1000), shapely.box(left, low + 5000,
              left + 1500, low + 6500)]  # fmt: skip
    file = folder / "estates.geojson"
    features = [
        {"type": "Feature", "properties": {"estate_code": code, "estate_name": name},
         "geometry": json.loads(shapely.to_geojson(shape))}
        for code, name, shape in zip(("a/1", "CON"), ("Tŷ Gwyn", None), shapes, strict=True)
    ]  # fmt: skip
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    collection = {"type": "FeatureCollection", "crs": crs, "features": features}
    file.write_text(json.dumps(collection))
    published = grouped(polygons=f"{file}:estate_code", boundaries=folder / "outlines.parquet")
    told = facts(published, "a/1", "estates")
    assert told["name"] == "Tŷ Gwyn"
    assert told["kind"] == "group"
    assert told["figures"][0]["value"] == "4.5"
    assert sorted(column(told["areas"], "Share inside")) == ["100%"] * 4 + ["50%"]
    assert "has parts of 5 Lower layer Super Output Areas" in told["headline"][0]
    assert any("in part" in one for one in told["cautions"])
    assert sum(float(n) for n in told["spread"]["table"]["rows"][0][1:]) == pytest.approx(4.5)
    assert facts(published, "CON", "estates")["figures"][0]["value"] == "2.2"  # 1 + 1/2 + 1/2 + 1/4


def test_a_single_group_has_no_ranks(grouped, folder):
    file = folder / "Our estate.txt"
    file.write_text("\n".join(f"E0100{place:04}" for place in range(30)) + "\n")
    told = facts(grouped(by=str(file)), "Our estate", "estates")
    assert told["standing"]["by_measure"] is None
    assert told["standing"]["beside"] is None
    assert [one["heading"] for one in told["standing"]["scales"]["columns"]][2:] == ["Number"]
    assert not told["standing"]["says"]
    assert [one["heading"] for one in told["standing"]["summaries"]["columns"]] == [
        "Measure",
        "Value",
    ]


def test_what_is_not_there_is_refused(publication):
    with pytest.raises(ResultsError, match="no group 'E99'"):
        facts(publication, "E99")
    with pytest.raises(ResultsError, match="there are ltla24, region; for others name a lookup"):
        facts(publication, NORTH, "ltla23")
