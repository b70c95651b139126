"""A number in the report or in a profile is that of the cell of the table that it is taken from."""

from __future__ import annotations

import polars as pl
import pytest

SUMMARIES = {
    "Average score": "average_score",
    "Average rank": "average_rank",
    "Proportion": "proportion",
    "Areas in worst 10%": "proportion",
    "In worst 10%": "proportion",
    "Extent": "extent",
    "Local concentration": "local_concentration",
}
DISTRICTS = {"W06000001": 41, "W06000002": 30, "W06000003": 20, "W06000004": 16, "W06000005": 12}
NONE = {"[c]", "[x]"}


@pytest.fixture(scope="module")
def cells(nation):
    """The CSV files, every cell as it is written."""
    folder = nation.out / "csv"
    return {file.stem: pl.read_csv(file, infer_schema=False) for file in folder.glob("*.csv")}


@pytest.fixture(scope="module")
def report(nation, read_page):
    return read_page(nation.out / "technical_report.html").tables


@pytest.fixture(scope="module")
def profiles(nation, read_page):
    """The tables of each profile by the code of the district."""
    files = (nation.out / "profiles").glob("W*.html")
    return {file.name.split("-")[0]: read_page(file).tables for file in files}


def titled(tables: dict[str, list[list[str]]], *words: str) -> list[list[str]]:
    """Return the one table whose caption holds all of some words."""
    (found,) = (rows for caption, rows in tables.items() if all(one in caption for one in words))
    return found


def same(shown: str, cell: str) -> None:
    """Compare a number as it is shown, rounded, with the cell that it is taken from."""
    if cell in NONE:
        assert shown == "–", (shown, cell)
        return
    number = float(cell) * (100 if shown.endswith("%") else 1)
    decimals = len(shown.rstrip("%").partition(".")[2])
    assert shown.rstrip("%") == f"{number:,.{decimals}f}", (shown, cell)


def row_of(table: pl.DataFrame, **keys: str) -> dict[str, str]:
    found = table.filter(**keys)
    assert found.height == 1, keys
    return found.row(0, named=True)


def test_first_areas_of_the_report(report, cells):
    heading, *rows = titled(report, "The 20 areas of ")
    assert heading[0] == "Rank"
    assert len(rows) == 20
    for rank, name, district, score, decile in rows:
        cell = row_of(cells["areas"], angen_rank=rank)
        assert (name, district, decile) == (
            cell["area_name"],
            cell["ltla24_name"],
            cell["angen_decile"],
        )
        same(score, cell["angen_score"])


@pytest.mark.parametrize("kind", ["ltla24", "region"])
def test_summaries_of_the_report(report, cells, kind):
    called = {"ltla24": "6 local authority districts", "region": "2 regions"}[kind]
    heading, *rows = titled(report, f"Summaries of the {called}")
    own = cells[f"districts_{kind}"].filter(measure="angen")
    assert len(rows) == own.height
    for name, *shown in rows:
        cell = row_of(own, group_name=name)
        for place in range(0, len(shown), 2):
            summary = SUMMARIES[heading[place + 1]]
            assert heading[place + 2] == "Rank"
            same(shown[place], cell[summary])
            assert shown[place + 1] == cell[f"{summary}_rank"]


def test_first_districts_of_the_report(report, cells):
    heading, *rows = titled(report, "The local authority districts that are first by each summary")
    own = cells["districts_ltla24"].filter(measure="angen")
    for rank, *names in rows:
        for summary, shown in zip(heading[1:], names, strict=True):
            found = own.filter(pl.col(f"{SUMMARIES[summary]}_rank") == rank)["group_name"]
            assert sorted(found) == sorted(filter(None, shown.split("; ")))


def test_weights_of_the_report(report, cells):
    checked = 0
    for rows in report.values():
        if rows[0][:2] != ["Part", "Weight"]:
            continue
        for part, weight, how in (row[:3] for row in rows[1:]):
            cell = row_of(cells["weights"], child_title=part)
            same(weight, cell["weight"])
            assert how == cell["how"]
            checked += 1
    assert checked == 3 + 2 + 2


def test_change_of_the_report(report, cells, nation):
    _, *rows = titled(report, "How far areas moved since")
    version = nation.publication.versions[0].id
    moved = cells[f"changes_{version}"]["angen_deciles_moved"].cast(pl.Int64)
    for how, areas in rows:
        steps = 0 if how == "the same decile" else int(how.split()[0])
        steps = -steps if "towards more" in how else steps
        assert int(areas) == (moved == steps).sum(), how
    assert sum(int(areas) for _, areas in rows) == 120


@pytest.mark.parametrize("code", DISTRICTS)
def test_summaries_of_a_profile(profiles, cells, code):
    tables, own = profiles[code], cells["districts_ltla24"].filter(group_code=code)
    heading, *rows = titled(tables, ": summaries of ")
    assert heading[:3] == ["Measure", "Value", "Rank of 6"]
    cell = row_of(own, measure="angen")
    assert len(rows) == 5
    for title, value, rank, *_ in rows:
        same(value, cell[SUMMARIES[title]])
        assert rank == cell[f"{SUMMARIES[title]}_rank"]

    heading, *rows = titled(tables, "Rank of ", " among 6 ")
    assert [row[0] for row in rows] == [
        row_of(own, measure=node)["measure_title"] for node in ("angen", "work", "homes", "health")
    ]
    for title, *ranks in rows:
        cell = row_of(own, measure_title=title)
        for summary, rank in zip(heading[1:], ranks, strict=True):
            same(rank, cell[f"{SUMMARIES[summary]}_rank"])

    heading, *rows = titled(tables, " beside the other ")
    for name, areas, *ranks in rows:
        cell = row_of(
            cells["districts_ltla24"],
            measure="angen",
            group_name=name.removesuffix(" (this profile)"),
        )
        assert areas == cell["areas"]
        for summary, rank in zip(heading[2:], ranks, strict=True):
            assert rank.split()[0] == cell[f"{SUMMARIES[summary]}_rank"]


@pytest.mark.parametrize(("code", "areas"), DISTRICTS.items())
def test_counts_of_a_profile(profiles, cells, nation, code, areas):
    own = cells["areas"].filter(ltla24_code=code)
    assert own.height == areas
    version = nation.publication.versions[0].id
    then = cells[f"changes_{version}"].filter(pl.col("area_code").is_in(own["area_code"].implode()))
    titles = {row["title"]: row["id"] for row in cells["measures"].iter_rows(named=True)}
    _, *rows = titled(profiles[code], "in the worst 10% of all areas")
    assert len(rows) == 4
    for title, found, share, expected, before, change in rows:
        node = titles[title]
        counted = (own[f"{node}_decile"] == "1").sum()
        was = (then[f"{node}_decile_then"] == "1").sum()
        assert (found, before) == (str(counted), str(was))
        same(share, str(counted / areas))
        same(expected, str(areas / 10))
        assert int(change.replace("−", "-")) == counted - was

    heading, counts, _ = titled(profiles[code], "by decile of all areas")
    for decile, found in zip(heading[1:], counts[1:], strict=True):
        assert int(found) == (own["angen_decile"] == decile).sum()


@pytest.mark.parametrize("code", DISTRICTS)
def test_first_areas_of_a_profile(profiles, cells, code):
    heading, *rows = titled(profiles[code], "The 10 areas of ")
    assert heading[:5] == ["Area", "Code", "Rank", "Score", "Decile"]
    assert len(rows) == 10
    own = cells["areas"].filter(ltla24_code=code)
    ranks = sorted(own["angen_rank"].cast(pl.Int64))
    assert [int(row[2]) for row in rows] == ranks[:10]
    for name, area, rank, score, decile, _ in rows:
        cell = row_of(own, area_code=area)
        assert (name, rank, decile) == (
            cell["area_name"],
            cell["angen_rank"],
            cell["angen_decile"],
        )
        same(score, cell["angen_score"])


def test_the_profile_of_one_area(profiles, cells):
    cell = row_of(cells["areas"], ltla24_code="W06000006")
    titles = {row["title"]: row["id"] for row in cells["measures"].iter_rows(named=True)}
    heading, *rows = titled(profiles["W06000006"], "The area of =Far Isle on each measure")
    assert heading[:3] == ["Measure", "Rank", "Decile"]
    for title, rank, decile, *_ in rows:
        node = titles[title]
        assert (rank, decile) == (cell[f"{node}_rank"], cell[f"{node}_decile"])
