"""The postcodes of a site: what is written is found again, in Python and in the browser."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperlocal.analysis.groups.postcodes import postcode_column
from hyperlocal.analysis.groups.statuses import IN_USE, NOWHERE
from hyperlocal.analysis.lookup import directory_postcodes
from hyperlocal.errors import DataError
from hyperlocal.explorer.arrays import read_arrays, read_json, write_arrays, write_json
from hyperlocal.explorer.postcode_table import PostcodeTable, site_directory
from hyperlocal.explorer.postcodes import INWARD, LETTERS, Keyed, decode, encode, write_postcodes
from hyperlocal.geography import clean_postcodes
from hyperlocal.geography.postcodes import clean_postcode

FIXTURE = Path(__file__).parents[3] / "explorer" / "tests" / "postcodes_made_by_python"
HEADINGS = "pcds,doterm,lsoa21\n"


def write_directory(folder: Path, rows: str) -> Path:
    file = folder / "directory.csv"
    file.write_text(HEADINGS + rows)
    return file


@pytest.fixture
def written(small):
    """Write the postcodes of a directory; return what is said of them, and the table."""
    results = small.build()

    def written(rows: str):
        said = write_postcodes(small.folder / "data", results, write_directory(small.folder, rows))
        return said, PostcodeTable.open(small.folder / "data")

    return written


EVERY_AREA = "".join(f"M1 1A{LETTERS[i]},,E0100000{i + 1}\n" for i in range(6))


def test_each_status(written):
    said, table = written(
        EVERY_AREA + "M2 1AA,202406,E01000002\nM2 1AB,,W01000001\nM2 1AD,199901,W01000001\n"
        "SW1A 1AA,,\nGIR 0AA,,E01000003\nM2 1AE,soon,E01000004\n"
    )
    raw = ["m11aa", " SW1A  1AA", "M2 1AA", "M2 1AB", "M2 1AD", "M2 1AE", "gir0aa"]
    raw += ["M1 1AZ", "M3 1AA", "B1 1AA", "nowhere", "", None]
    found = table.find(raw)
    assert found.rows() == [
        ("M1 1AA", "live", None, 0),
        ("SW1A 1AA", "elsewhere", None, -1),
        ("M2 1AA", "terminated", "2024-06", 1),
        ("M2 1AB", "elsewhere", None, -1),
        ("M2 1AD", "terminated", "1999-01", -1),
        ("M2 1AE", "terminated", None, 3),
        ("GIR 0AA", "live", None, 2),
        ("M1 1AZ", "unknown", None, -1),
        ("M3 1AA", "unknown", None, -1),
        ("B1 1AA", "unknown", None, -1),
        *3 * [(None, "invalid", None, -1)],
    ]
    assert [tuple(table.find_one(one or "")) for one in raw] == found.rows()
    assert said["areas"] == {"GIR": 1, "M": 10, "SW": 1}
    assert (said["count"], said["ended"], said["elsewhere"]) == (12, 3, 2)
    assert (said["source"], said["path"]) == ("directory.csv", "postcodes/")
    assert "1 postcode has ended at a date that cannot be read" in said["notes"]
    json.dumps(said)


def test_a_postcode_that_stands_several_times(written):
    """In use wins over ended, the last end over those before."""
    _, table = written(
        EVERY_AREA + "M2 1AA,199901,E01000001\nM2 1AA,,E01000002\n"
        "M2 1AB,199901,E01000003\nM2 1AB,200512,E01000004\nM2 1AB,,\nM2 1AD,199902,E01000005\n"
        "M2 1AD,200001,E01000006\n"
    )
    found = table.find(["M2 1AA", "M2 1AB", "M2 1AD"])
    assert found["status"].to_list() == ["live", "elsewhere", "terminated"]
    assert found["area"].to_list() == [1, -1, 5]
    assert found["terminated"].to_list() == [None, None, "2000-01"]


def test_the_area_of_most_weight(small):
    results = small.build()
    rows = EVERY_AREA.replace("\n", ",1\n") + "M2 1AA,,E01000001,2\nM2 1AA,,E01000005,9\n"
    file = small.folder / "weighed.csv"
    file.write_text("pcds,doterm,lsoa21,homes\n" + rows)
    said = write_postcodes(small.folder / "data", results, f"{file}:homes")
    assert PostcodeTable.open(small.folder / "data").find_one("M2 1AA").area == 4
    assert "1 postcode of several areas is taken to be in the one of most weight" in said["notes"]


def test_areas_in_the_order_of_the_site(small):
    results = small.build()
    codes = results.areas["area_code"].reverse().head(5)  # without E01000001
    write_postcodes(
        small.folder / "data", results, write_directory(small.folder, EVERY_AREA), codes
    )
    found = PostcodeTable.open(small.folder / "data").find(["M1 1AA", "M1 1AB", "M1 1AG"])
    assert found["status"].to_list() == ["elsewhere", "live", "live"]
    assert found["area"].to_list() == [-1, 4, 0]


def test_no_postcodes(tmp_path):
    assert PostcodeTable.open(tmp_path).find_one("M1 1AA").status == "unknown"
    assert PostcodeTable.open(tmp_path).find(["M1 1AA"])["status"].to_list() == ["unknown"]
    assert PostcodeTable.open(tmp_path).find([]).height == 0


def test_a_site_as_a_directory(written, small):
    written(EVERY_AREA)
    data = small.folder / "data"
    results = small.build()
    write_json(data / "areas.json.gz", {"codes": results.areas["area_code"].to_list()[::-1]})
    (data / "site.json").write_text(json.dumps({"postcodes": {"notes": ["mind this"]}}))
    for folder in (data, small.folder):
        directory = site_directory(results, folder)
        assert directory.notes == ("mind this",)
        found = directory.find(pl.Series(["M1 1AA", "M9 9AA"]))
        assert found["area"].to_list() == [5, -1]  # the site's areas are turned round


def test_a_site_of_more_areas_than_the_index(written, small):
    """What a directory file would say: an area that the index lacks is elsewhere."""
    written(EVERY_AREA + "M2 1AA,202406,E01000001\nM2 1AB,202406,E01000002\nM2 1AD,,W01000001\n")
    data = small.folder / "data"
    (data / "site.json").write_text(json.dumps({"postcodes": {"notes": []}}))
    write_json(data / "areas.json.gz", {"codes": small.build().areas["area_code"].to_list()})
    small.change_table("E01000002,E06000001,30,310,21000\n", "")
    results = small.build()
    asked = pl.Series(["M1 1AA", "M1 1AB", "M1 1AF", "M2 1AA", "M2 1AB", "M2 1AD", "M9 9AA", "?"])
    found = site_directory(results, data).find(asked)
    assert found.rows() == [
        ("M1 1AA", "live", None, 0),
        ("M1 1AB", "elsewhere", None, -1),
        ("M1 1AF", "live", None, 3),
        ("M2 1AA", "terminated", "2024-06", 0),
        ("M2 1AB", "terminated", "2024-06", -1),
        ("M2 1AD", "elsewhere", None, -1),
        ("M9 9AA", "unknown", None, -1),
        (None, "invalid", None, -1),
    ]
    same = directory_postcodes(results, small.folder / "directory.csv").find(asked)
    assert found.rows() == same.rows()


@st.composite
def keyed(draw) -> tuple[Keyed, int]:
    """Postcodes of one postcode area; each district has one at least."""
    districts = draw(st.integers(1, 4))
    first = {INWARD * district + draw(st.integers(0, INWARD - 1)) for district in range(districts)}
    more = draw(st.sets(st.integers(0, INWARD * districts - 1), max_size=60))
    keys = sorted(first | more)
    most = draw(st.sampled_from([5, 300, 65_534, 65_535, 65_536, 2_000_000]))
    places = [draw(st.integers(NOWHERE, most)) for _ in keys]
    months = [
        draw(st.one_of(st.just(IN_USE), st.just(0), st.integers(22_800, 32_400))) for _ in keys
    ]
    found = Keyed(np.array(keys, np.uint32), np.array(places, np.int32), np.array(months, np.int16))
    return found, districts


@given(keyed())
def test_what_is_encoded_is_decoded(made):
    postcodes, districts = made
    for before, after in zip(postcodes, decode(encode(postcodes, districts)), strict=True):
        assert before.dtype == after.dtype
        assert before.tolist() == after.tolist()


def test_more_areas_in_a_district_than_a_byte_counts():
    keys = np.arange(300, dtype=np.uint32)
    postcodes = Keyed(keys, keys[::-1].astype(np.int32), np.full(300, IN_USE, np.int16))
    arrays = encode(postcodes, 1)
    assert arrays["area"].dtype == np.uint16
    assert decode(arrays).places.tolist() == list(range(299, -1, -1))


@given(
    st.text(alphabet="ABMSW GIRKCO0129 \t\n\x0b\x1c\x1f\x85\xa0\u2003\u3000\ufeffıſßa", max_size=9)
)
def test_one_postcode_is_cleaned_as_many_are(text):
    assert clean_postcode(text) == clean_postcodes(pl.Series([text]))[0]


@given(st.from_regex(r"\A\s?[a-zA-Z]{1,2}[0-9][0-9A-Za-z]?\s{0,2}[0-9][A-Za-z]{2}\Z"))
def test_likely_postcodes_are_cleaned_alike(text):
    assert clean_postcode(text) == clean_postcodes(pl.Series([text]))[0]


# --- what the tests of the browser read


def random_postcodes(number: int, random: np.random.Generator) -> list[str]:
    outward = ["M1", "M2", "M11", "M60", "B1", "B10", "SW1A", "SW1P", "SW10", "CF10", "CF11"]
    letters = list(LETTERS)
    return [
        f"{random.choice(outward)} {random.integers(10)}"
        f"{random.choice(letters)}{random.choice(letters)}"
        for _ in range(number)
    ]


def spelt(postcode: str, random: np.random.Generator) -> str:
    """Spell a postcode as people do, or wrongly."""
    ways = [
        str,
        str.lower,
        lambda text: text.replace(" ", ""),
        lambda text: f"\t{text.replace(' ', '   ')}\u00a0",
        lambda text: text[:-1],
        lambda text: text.replace("1", "I"),
        " ".join,
        lambda text: text + "\ufeff",
        lambda text: text + "\x1c",
        lambda text: text.replace("S", "\u017f").lower(),
    ]
    return ways[random.integers(len(ways))](postcode)


def random_table(random: np.random.Generator) -> dict[str, list[str]]:
    """Make columns of which some may be meant as postcodes."""
    headings = ["id", "home", "Post Code", "PCD", "postcode", "where"]
    cells = ["M1 1AA", "m11aa", "B1 1AB", "?", "", " ", "\u3000"]
    table: dict[str, list[str]] = {}
    for heading in random.permutation(headings)[: random.integers(1, 4)].tolist():
        again = next(iter(table.values())) if table and random.random() < 0.2 else None
        weights = random.dirichlet(np.full(len(cells), 0.4))
        table[heading] = again or random.choice(cells, 5, p=weights).tolist()
    return table


def chosen(table: dict[str, list[str]]) -> str:
    """Return the column that is taken for that of the postcodes, or what is wrong."""
    columns = [pl.Series(name, cells) for name, cells in table.items()]
    try:
        return postcode_column(Path("list.csv"), columns, "name it")
    except DataError as error:
        return "several" if "look like" in str(error) else "none"


def make_fixture(small, folder: Path) -> None:
    """Write a random directory and what Python answers of it, for the tests of the browser."""
    random = np.random.default_rng(20_240_601)
    known = sorted(set(random_postcodes(3_000, random)))
    codes = [f"E0100000{i}" for i in range(1, 7)] + ["W01000001", ""]
    ended = ["", "", "", "199001", "202406", "never"]
    rows = "".join(f"{one},{random.choice(ended)},{random.choice(codes)}\n" for one in known)
    said = write_postcodes(folder, small.build(), write_directory(small.folder, rows))
    asked = random_postcodes(300, random) + list(random.choice(known, 700))
    raw = [spelt(one, random) for one in asked]
    found = PostcodeTable.open(folder).find(raw)
    answers = [list(row) for row in found.rows()]
    tables = [random_table(random) for _ in range(300)]
    lists = [
        {
            "headings": list(one),
            "rows": list(zip(*one.values(), strict=True)),
            "column": chosen(one),
        }
        for one in tables
    ]
    content = {"about": said, "raw": raw, "found": answers, "lists": lists}
    write_json(folder / "answers.json.gz", content)


def test_the_browser_is_tested_with_what_python_writes(small, tmp_path):
    """Set HYPERLOCAL_WRITE_FIXTURES to write the files anew after a change of the format."""
    made = tmp_path / "made"
    make_fixture(small, made)
    if os.environ.get("HYPERLOCAL_WRITE_FIXTURES"):
        shutil.rmtree(FIXTURE, ignore_errors=True)
        shutil.copytree(made, FIXTURE)
    names = sorted(str(file.relative_to(made)) for file in made.rglob("*") if file.is_file())
    assert names == sorted(
        str(file.relative_to(FIXTURE)) for file in FIXTURE.rglob("*") if file.is_file()
    )
    assert read_json(made / "answers.json.gz") == read_json(FIXTURE / "answers.json.gz")
    for name in names:
        if name.endswith(".bin.gz"):
            ours, about = read_arrays(made / name)
            theirs, there = read_arrays(FIXTURE / name)
            assert about == there
            assert {key: value.tolist() for key, value in ours.items()} == {
                key: value.tolist() for key, value in theirs.items()
            }


def test_a_wide_palette_survives_the_file(tmp_path):
    """Places beyond two bytes are written as four."""
    postcodes = Keyed(
        np.array([0, 5], np.uint32), np.array([70_000, -1], np.int32), np.array([-1, 0], np.int16)
    )
    write_arrays(tmp_path / "a.bin.gz", encode(postcodes, 1))
    arrays, _ = read_arrays(tmp_path / "a.bin.gz")
    assert arrays["palette"].tolist() == [70_000, 2**32 - 1]
    assert decode(arrays).places.tolist() == [70_000, -1]
