"""Versions that cannot be compared are refused, and the message says what to do."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from hyperlocal.analysis.versions.compare import compare
from hyperlocal.analysis.versions.lookup import correspondence_of
from hyperlocal.analysis.versions.tables import Bands
from hyperlocal.analysis.versions.version import Version, open_version
from hyperlocal.areas import Geography
from hyperlocal.cli.comparing import compare as compare_command
from hyperlocal.errors import DataError, GeographyError, HyperlocalError, ResultsError
from hyperlocal.geography import AreaWeights, Lookup, changes

CODES = ("E01000001", "E01000002", "E01000003", "E01000004")
NEW = ("E01000001", "E01034001", "E01034002", "E01000004")


def table(folder: Path, name: str, codes: tuple[str, ...] = CODES, **columns: list) -> Version:
    written = {"code": codes, "imd_rank": list(range(1, len(codes) + 1)), **columns}
    pl.DataFrame(written, strict=False).write_csv(folder / f"{name}.csv")
    return open_version(folder / f"{name}.csv")


def onward(source: str = "lsoa11", target: str = "lsoa21"):
    lookup = Lookup([*CODES[:2], CODES[1], *CODES[2:]], [*NEW[:3], NEW[2], NEW[3]])
    people = AreaWeights(list(NEW), [1.0, 2.0, 3.0, 4.0], "people")
    geographies = (Geography.from_name(one) for one in (source, target))
    return changes(lookup, ["U", "X", "X", "X", "U"], *geographies, people)


def test_other_areas_without_a_correspondence(tmp_path):
    old, new = table(tmp_path, "old"), table(tmp_path, "new", NEW)
    with pytest.raises(GeographyError) as caught:
        compare(old, new)
    said = str(caught.value)
    assert "the versions have different areas: 2 of 4 areas of old are not in the other" in said
    assert "2 of 4 areas of new are not in the other, such as E01034001, E01034002" in said
    assert "first given in 2021" in said
    assert "--correspondence" in said
    # that areas were left out by one of them must be said, and cannot be where none is in both
    with pytest.raises(GeographyError, match="different areas"):
        compare(table(tmp_path, "other", ("W01000001", "W01000002")), new, same_areas=True)


def test_builds_of_two_vintages_without_a_correspondence(small):
    old = small.build()
    folder = old.folder.rename(small.folder / "first")
    small.change("geography: lsoa21", "geography: lsoa11")
    small.definition.write_text(small.definition.read_text().replace("lsoa21", "lsoa11"))
    small.change_table("E01000006", "E01034001")
    new = small.build()
    with pytest.raises(GeographyError, match="--correspondence"):
        compare(Version.of(type(old).open(folder), "2019"), Version.of(new, "2025"))


def test_codes_that_the_correspondence_does_not_know(tmp_path):
    strange = (*CODES[:3], "E01099999")
    old, new = table(tmp_path, "old", strange), table(tmp_path, "new", (*NEW[:3], "S01000001"))
    with pytest.raises(GeographyError) as caught:
        compare(old, new, correspondence=onward(), people=np.ones(4))
    first, second = (str(problem) for problem in caught.value.problems)
    assert "1 of 4 areas of old are not among those that the correspondence starts from" in first
    assert "E01099999" in first
    assert "leads to (lsoa21): S01000001" in second


def test_codes_that_the_lookup_does_not_know(tmp_path):
    pl.DataFrame({"old": CODES[:3], "new": NEW[:3]}).write_csv(tmp_path / "lookup.csv")
    old, new = table(tmp_path, "old"), table(tmp_path, "new", NEW)
    links = correspondence_of(f"{tmp_path}/lookup.csv:old:new", old, new)
    with pytest.raises(GeographyError, match="E01000004"):
        compare(old, new, correspondence=links)


def test_a_correspondence_of_other_geographies(small, tmp_path):
    built = Version.of(small.build(), "built")
    old = table(tmp_path, "old")
    with pytest.raises(GeographyError, match="leads to lsoa01, and built is of lsoa21"):
        compare(
            *(old, built),
            match={"imd": "small"},
            correspondence=onward(target="lsoa01"),
            people=np.ones(4),
        )
    with pytest.raises(ResultsError, match="the versions have no measure in common"):
        compare(old, built)


def test_joined_areas_without_people(tmp_path):
    old, new = table(tmp_path, "old"), table(tmp_path, "new", NEW)
    with pytest.raises(DataError, match="--population-old FILE:COLUMN") as caught:
        compare(old, new, correspondence=onward())
    assert "such as E01034002" in str(caught.value)


def test_split_areas_without_people_of_their_parts(tmp_path):
    lookup = f"{tmp_path}/lookup.csv:old:new"
    rows = {"old": [*CODES[:2], CODES[1], *CODES[2:]], "new": [*NEW[:3], NEW[2], NEW[3]]}
    pl.DataFrame(rows).write_csv(tmp_path / "lookup.csv")
    old, new = table(tmp_path, "old"), table(tmp_path, "new", NEW)
    with pytest.raises(DataError, match=r"old areas were split, such as E01000002.*--population"):
        correspondence_of(lookup, old, new)
    with pytest.raises(DataError, match="cannot be shared out among their parts: E01000002"):
        correspondence_of(lookup, old, new, np.array([1.0, 0.0, 0.0, 1.0]))
    with pytest.raises(DataError, match="FILE:OLD_COLUMN:NEW_COLUMN"):
        correspondence_of(f"{tmp_path}/lookup.csv:old", old, new)


def test_scores_that_do_not_follow_the_ranks(tmp_path):
    old = table(tmp_path, "old", imd_score=[9.0, 3.0, 5.0, 1.0])
    new = table(tmp_path, "new", NEW)
    with pytest.raises(DataError, match="the scores do not follow the ranks in 1 place;"):
        compare(old, new, correspondence=onward(), people=np.ones(4))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"imd_rank": [1, 2, 3, 9]}, "old.csv:5: imd_rank: E01000004 has the rank 9, and 4 areas"),
        ({"imd_rank": [0, 1, 2, 3]}, "old.csv:2: imd_rank: E01000001 has the rank 0"),
        ({"imd_rank": [1, 2.3, 3, 4]}, "E01000002 has the rank 2.3"),
        ({"imd_rank": [1, "two", 3, 4]}, "imd_rank: 'two'"),
        ({"imd_rank": [None] * 4}, "imd_rank: holds no rank"),
        ({"code": ["E01000001"] * 4}, "no column holds a code of its own for every area"),
        ({"code": [None, *CODES[1:]]}, "old.csv:2: code: the row has no code"),
    ],
)
def test_published_tables_that_cannot_be_right(tmp_path, columns, said):
    with pytest.raises(DataError) as caught:
        table(tmp_path, "old", **columns)
    assert said in str(caught.value)


def test_published_tables_without_ranks_or_of_another_column(tmp_path):
    pl.DataFrame({"code": CODES, "imd": [1, 2, 3, 4]}).write_csv(tmp_path / "old.csv")
    with pytest.raises(DataError, match="no column holds a rank; name it with --measure"):
        open_version(tmp_path / "old.csv")
    twice = {"imd": ["imd"], "all": ["imd"]}
    assert list(open_version(tmp_path / "old.csv", columns=twice).measures) == ["all"]
    pl.DataFrame({"code": [*CODES[:3], CODES[0]], "imd": [1, 2, 3, 4]}).write_csv(
        tmp_path / "old.csv"
    )
    with pytest.raises(DataError, match=r"old.csv:5: code: E01000001 stands twice"):
        open_version(tmp_path / "old.csv", columns={"imd": ["imd"]}, code="code")
    with pytest.raises(ResultsError, match="is not there"):
        open_version(tmp_path / "absent")


def test_measures_and_labels_that_are_not_there(tmp_path):
    old, new = table(tmp_path, "old"), table(tmp_path, "new", income_rank=[1, 2, 3, 4])
    with pytest.raises(ResultsError) as caught:
        compare(old, new, match={"crime": "imd", "imd": "health"}, measures=["housing"])
    said = [str(problem) for problem in caught.value.problems]
    assert said == [
        "--match: old ranks nothing called 'crime'; it has imd",
        "--match: new ranks nothing called 'health'; it has imd, income",
        "--measure: new ranks nothing called 'housing'; it has imd, income",
    ]
    with pytest.raises(ResultsError, match="income of new is not in old; say which is which"):
        compare(old, new, measures=["income"])
    with pytest.raises(ResultsError, match="both versions are called old"):
        compare(old, old)


def command(*asked: object) -> HyperlocalError | str:
    app = typer.Typer()
    app.command()(compare_command)
    found = CliRunner().invoke(app, [str(one) for one in asked])
    assert found.exit_code != 0
    if isinstance(found.exception, HyperlocalError):
        return found.exception
    assert found.exit_code == 2, found.output
    return " ".join(found.output.split())


def test_the_command_refuses_what_it_cannot_do(tmp_path):
    table(tmp_path, "old")
    table(tmp_path, "new")
    versions = (tmp_path / "old.csv", tmp_path / "new.csv")
    pl.DataFrame({"code": CODES, "district": ["E07000001"] * 4}).write_csv(tmp_path / "by.csv")
    by = ("--by", f"{tmp_path}/by.csv:district")
    assert "there is no group 'E07000009'" in str(command(*versions, *by, "--group", "E07000009"))
    assert "there is no column 'IMD'" in str(command(*versions, "--measure", "imd=IMD"))
    assert "is not a list of percentages" in command(*versions, "--bands", "ten")
    assert "bands cannot end at 20, 10" in str(command(*versions, "--bands", "20,10"))
    assert "name these with --by" in command(*versions, "--scale", "people=people")
    both = ("--lookup", "a.csv:b:c", "--correspondence", tmp_path / "c.parquet")
    assert "not both" in command(*versions, *both)
    assert "is missing" in str(command(*versions, "--correspondence", tmp_path / "c.parquet"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    assert "mine.txt" in str(command(*versions, "--out", tmp_path / "full"))


def test_names_that_collide(tmp_path):
    file = tmp_path / "ranks.csv"
    file.write_text("code,imd_rank,a_rank\nE01000001,1,2\nE01000002,2,1\n")
    version, other = open_version(file, "old"), open_version(file, "new")
    with pytest.raises(ResultsError, match="--match names imd, a for imd; name one"):
        compare(version, other, match={"imd": "imd", "a": "imd"})
    with pytest.raises(DataError, match="the column of the codes, 'imd_rank', is taken for imd"):
        open_version(file, code="imd_rank")
    near = [Fraction(1, 10) + Fraction(step, 10**9) for step in range(3)]
    for edges in (near, [Fraction(1, 2), Fraction(10**400)]):
        with pytest.raises(DataError, match="bands cannot end at"):
            Bands(tuple(edges))
