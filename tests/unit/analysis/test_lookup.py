"""The area, rank and decile of each postcode of a list."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from hyperlocal.analysis.lookup import directory_postcodes, look_up
from hyperlocal.analysis.postcode_lists import read_list, typed

DIRECTORY = """\
pcd,pcds,doterm,oslaua,lsoa21
M1  1AA,M1 1AA,,E06000001,E01000001
M1  1AB,M1 1AB,,E06000001,E01000002
M1  1AD,M1 1AD,202406,E06000001,E01000003
M2  1AA,M2 1AA,,E06000002,E01000004
M2  1AB,M2 1AB,,E06000002,E01000005
M2  1AD,M2 1AD,,E06000002,E01000006
CF101AA,CF10 1AA,,W06000015,W01000001
CF101AB,CF10 1AB,199901,W06000015,W01000001
"""


@pytest.fixture
def results(small):
    (small.folder / "directory.csv").write_text(DIRECTORY)
    return small.build()


@pytest.fixture
def matched(small, results):
    """Look up the postcodes of a text."""

    def matched(text: str, *arguments, name: str = "list.csv", column: str = "", **named):
        (small.folder / name).write_text(text)
        given = read_list(small.folder / name, column)
        directory = directory_postcodes(results, small.folder / "directory.csv")
        return look_up(results, given, directory, *arguments, **named)

    return matched


LIST = """\
id,postcode,remark
0007,m11aa,  kept
8,M1 1AD,"a, ""b"" c"
9,,
10,CF10 1AA,x
11,CF10 1AB,x
12,M9 9AA,x
13,nowhere,x
7,m11aa,again
"""


def test_the_list_is_kept_and_answered_row_by_row(matched, results, small):
    found = matched(LIST)
    table = found.table
    given = pl.read_csv(small.folder / "list.csv", infer_schema=False)
    assert table.select("id", "postcode", "remark").equals(given)
    assert table["remark"][:2].to_list() == ["  kept", 'a, "b" c']
    assert table["matched_postcode"].to_list() == [
        *("M1 1AA", "M1 1AD", None, "CF10 1AA", "CF10 1AB", "M9 9AA", None, "M1 1AA")
    ]
    assert table["postcode_status"].to_list() == [
        *("live", "terminated", "invalid", "elsewhere", "terminated", "unknown", "invalid", "live")
    ]
    assert table["postcode_terminated"].to_list() == [
        *(None, "2024-06", None, None, "1999-01", None, None, None)
    ]
    first, third = "E01000001", "E01000003"
    codes = [first, third, None, None, None, None, None, first]
    assert table["area_code"].to_list() == codes
    for heading in ("small_rank", "small_decile", "small_score", "ltla24_code"):
        own = dict(results.areas.select("area_code", heading).iter_rows())
        assert table[heading].to_list() == [own.get(code) for code in codes]


def test_how_many_there_are_of_each_status(matched):
    found = matched(LIST)
    assert dict(found.tally.select("status", "rows").iter_rows()) == {
        "live": 2,
        "terminated": 2,
        "elsewhere": 1,
        "unknown": 1,
        "invalid": 2,
    }
    assert found.tally["answered"].to_list() == [2, 1, 0, 0, 0]
    examples = dict(found.tally.select("status", "examples").iter_rows())
    assert examples["terminated"] == "M1 1AD (row 3), CF10 1AB (row 6)"
    assert examples["invalid"] == "nowhere (row 8)"
    assert found.blank == 1


def test_nodes_that_are_named(matched, results):
    found = matched("postcode\nM2 1AD\n", ["income", "work"])
    assert [name for name in found.added if name.endswith("_rank")] == [
        *("small_rank", "income_rank", "work_rank")
    ]
    sixth = results.areas.row(5, named=True)
    assert found.table["income_value"][0] == sixth["income_value"] == 15500
    assert found.table["work_decile"][0] == sixth["work_decile"]


def test_basic_columns(matched):
    assert matched("postcode\nM2 1AD\n", columns="basic").added == (
        *("matched_postcode", "postcode_status", "postcode_terminated"),
        *("area_code", "small_rank", "small_decile"),
    )


def test_headings_that_the_list_has_already(matched):
    found = matched("area_code,small_rank,postcode\nx,y,M1 1AA\n")
    assert found.table["area_code"].to_list() == ["x"]
    assert found.table["area_code_2"].to_list() == ["E01000001"]
    assert found.table["small_rank_2"].dtype.is_integer()


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("where;who\nm11aa;Ann\nM1 1AB;Bob\n", "where"),
        ("home\tPost_Code\nM1 1AA\tM2 1AA\n", "Post_Code"),
        ("a,postcode\nx,y\n", "postcode"),
        ("M1 1AA\nM2 1AA\n", "postcode"),
    ],
    ids=["by its look", "by its heading", "nothing looks so", "no heading"],
)
def test_the_column_of_the_postcodes(matched, text, heading):
    given = matched(text)
    assert given.table.columns[: -len(given.added)].index(heading) >= 0
    if "x,y" not in text:
        assert given.tally["rows"][0] == 2 - text.count("home")


def test_a_column_that_is_named(matched):
    found = matched("home,postcode\nM1 1AB,M2 1AA\n", column="home")
    assert found.table["area_code"].to_list() == ["E01000002"]


def test_blank_lines_stay(matched, small, results):
    found = matched("postcode\nM1 1AA\n\nM1 1AB\n")
    assert found.table["area_code"].to_list() == ["E01000001", None, "E01000002"]
    rows = pl.DataFrame({"id": [1, None, 3], "postcode": ["M1 1AA", None, "M1 1AB"]})
    for name in ("list.xlsx", "list.parquet"):
        getattr(rows, "write_excel" if "xlsx" in name else "write_parquet")(small.folder / name)
        directory = directory_postcodes(results, small.folder / "directory.csv")
        found = look_up(results, read_list(small.folder / name), directory)
        assert found.table["area_code"].to_list() == ["E01000001", None, "E01000002"]
        assert found.blank == 1


def test_typed_postcodes(small, results):
    directory = directory_postcodes(results, small.folder / "directory.csv")
    found = look_up(results, typed(["m1 1ab", "x"]), directory)
    assert found.table["postcode"].to_list() == ["m1 1ab", "x"]
    assert found.table["area_code"].to_list() == ["E01000002", None]
    assert found.tally["examples"][0] == "m1 1ab"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_what_is_written_can_be_read_and_written_again(matched, tmp_path, ending):
    found = matched("who,postcode\n=1+1,m11aa\nhttp://x,M1 1AD\n")
    out = tmp_path / "new" / f"out.{ending}"
    out.parent.mkdir()
    for _ in range(2):  # an earlier answer is replaced
        found.write(out)
    read = {"csv": pl.read_csv, "xlsx": pl.read_excel, "parquet": pl.read_parquet}[ending](out)
    assert read.columns == found.table.columns
    assert read["who"].to_list() == ["=1+1", "http://x"]
    assert read["small_rank"].to_list() == found.table["small_rank"].to_list()
    assert [file.name for file in out.parent.iterdir()] == [out.name]


def test_a_list_that_is_an_answer_is_answered_again(matched, tmp_path):
    first = matched("postcode\nM1 1AA\n")
    first.write(tmp_path / "first.csv")
    text = Path(tmp_path / "first.csv").read_text()
    again = matched(text, column="postcode", name="again.csv")
    assert again.added[:4] == (
        *("matched_postcode_2", "postcode_status_2", "postcode_terminated_2", "area_code_2"),
    )
    assert again.table["area_code_2"].to_list() == ["E01000001"]
