"""Profiles as files: typeset, named safely, written whole or not at all."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.supplied import LargerAreas
from hyperlocal.errors import ResultsError
from hyperlocal.present.profile import (
    choose,
    file_names,
    find_group,
    profile,
    write_profiles,
)

NORTH, CALM, ONE, UNNAMED = "E06000001", "E06000003", "E06000006", "E06000007"


def groups(named: dict[str, str | None]) -> Groups:
    number = np.arange(len(named))
    codes = pl.Series(list(named))
    names = pl.Series(list(named.values()), dtype=pl.String)
    return Groups("places", codes, names, number, number, np.ones(len(named)))


def test_file_names_are_safe_everywhere_and_all_different():
    known = groups(
        {
            "../../etc": 'a/b\\c:d*?"<>|',
            "CON": "CON",
            "E1": "Rhondda Cynon Tâf / Ŵyr Ŷd",
            "W1": "Same",
            "w1": "same",
            "W1-same": None,
            "long": "Llanfair" * 40,
            "中": "名",
            "index": None,
            "nul": "",
        }
    )
    names = file_names(known)
    assert names[:4] == ["etc-a-b-c-d", "CON-group", "E1-rhondda-cynon-taf-wyr-yd", "W1-same"]
    assert names[4:6] == ["w1-same-2", "W1-same-3"]
    assert names[7:] == ["group", "index-2", "nul-group"]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name) for name in names)


def test_a_group_is_chosen_by_its_code_or_name():
    known = groups({"W1": "Ynys Môn", "W2": "Powys", "W3": "Twin", "W4": "twin", "W5": None})
    assert [choose(known, asked) for asked in ("W2", "w1", "Powys", " ynys  MON", "Twin")] == [
        "W2",
        "W1",
        "W2",
        "W1",
        "W3",
    ]
    with pytest.raises(ResultsError, match="2 groups are called 'TWIN'; name one of W3, W4"):
        choose(known, "TWIN")
    with pytest.raises(ResultsError, match=r"no group 'Powis' of places; near are Powys \(W2\)"):
        choose(known, "Powis")
    with pytest.raises(ResultsError, match=r"there are Ynys Môn \(W1\), Powys \(W2\)"):
        choose(known, "")


def test_a_group_is_found_among_all_kinds():
    named = {"ltla24": {"E1": "York", "E2": "London"}, "region24": {"E2": "London", "E9": "York"}}
    larger = [LargerAreas(kind, groups(one), np.arange(2)) for kind, one in named.items()]
    assert find_group(larger, "london") == ("ltla24", "E2")
    assert find_group(larger, "E9") == ("region24", "E9")
    with pytest.raises(ResultsError, match="'York' may be E1 of ltla24 and E9 of region24"):
        find_group(larger, "York")
    with pytest.raises(ResultsError, match="no larger areas are known"):
        find_group([], "York")


@pytest.mark.parametrize("code", [NORTH, CALM, ONE, UNNAMED])
def test_profiles_are_typeset_alike_each_time(publication, code):
    made, again = (profile(publication, "ltla24", code) for _ in range(2))
    assert made == again
    assert made.pdf[:5] == b"%PDF-"
    named = {NORTH: "Aberdâr/Ŵyr", ONE: "Far Isle"}.get(code)
    if named:
        assert f"<title>{named}: a profile</title>" in made.html
    maps = {NORTH: 3, CALM: 3, ONE: 1, UNNAMED: 2}  # bars, deciles, change
    assert made.html.count("<img") == maps[code]
    assert len(re.findall(r'<img[^>]*alt="[^"]{40,}"', made.html)) == maps[code]


def test_a_profile_without_maps_says_so(bare):
    made = profile(bare, "ltla24", ONE)
    assert "<img" not in made.html
    assert "Maps are left out" in made.html


def test_profiles_are_written_with_a_page_that_leads_to_each(bare, tmp_path):
    told = []
    out = tmp_path / "profiles"
    asked = ["far isle", UNNAMED, "Dunn & Sons", "Easterly"]
    written = write_profiles(bare, "ltla24", out, asked, lambda *one: told.append(one), workers=2)
    assert written.names["E06000004"] == "E06000004-dunn-sons"
    assert told[0] == ("Profiles", 0, 4)
    assert [one[1] for one in told] == [0, 1, 2, 3, 4]
    listed = json.loads((out / "profiles.json").read_text())["profiles"]
    page = (out / "index.html").read_text()
    for one in listed:
        for end in ("pdf", "html"):
            assert (out / f"{one['file']}.{end}").stat().st_size > 10_000
            assert f'href="{one["file"]}.{end}"' in page
    assert written.bytes == sum(file.stat().st_size for file in out.iterdir())
    assert len(list(out.iterdir())) == 2 * 4 + 2
    alone = profile(bare, "ltla24", UNNAMED)
    assert (out / "E06000007.pdf").read_bytes() == alone.pdf
    assert (out / "E06000007.html").read_text() == alone.html


def test_earlier_profiles_are_replaced_and_other_files_are_not(bare, tmp_path):
    write_profiles(bare, "ltla24", tmp_path / "p", [ONE])
    write_profiles(bare, "ltla24", tmp_path / "p", [UNNAMED])
    assert not list((tmp_path / "p").glob("*far-isle*"))
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("keep")
    with pytest.raises(ResultsError, match=r"letter\.txt"):
        write_profiles(bare, "ltla24", other, [ONE])
    assert [file.name for file in other.iterdir()] == ["letter.txt"]


def test_all_groups_that_are_not_there_are_told_at_once(bare, tmp_path):
    with pytest.raises(ResultsError) as caught:
        write_profiles(bare, "ltla24", tmp_path / "p", ["Borly", "E99", "Calm"])
    assert [problem.message for problem in caught.value.problems] == [
        "there is no group 'Borly' of ltla24",
        "there is no group 'E99' of ltla24",
    ]
    assert not Path(tmp_path / "p").exists()
