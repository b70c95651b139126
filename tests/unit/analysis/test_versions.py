"""Versions are read, brought to the same areas and put side by side as one would by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from hyperlocal.analysis.groups import from_tables
from hyperlocal.analysis.populations import populations
from hyperlocal.analysis.versions import printed
from hyperlocal.analysis.versions.carried import carry
from hyperlocal.analysis.versions.compare import Grouping, compare
from hyperlocal.analysis.versions.lookup import correspondence_of
from hyperlocal.analysis.versions.tables import Bands
from hyperlocal.analysis.versions.version import Version, open_version
from hyperlocal.cli.comparing import compare as compare_command
from hyperlocal.errors import DataError

AREAS = 400


def ranked(scores: np.ndarray) -> np.ndarray:
    return (scores[None, :] > scores[:, None]).sum(axis=1) + 1


def published(folder, name: str, seed: int, change: float = 0.0, number: int = AREAS):
    """A published table of two measures; `change` is how much of them is new."""
    rng, other = np.random.default_rng(1), np.random.default_rng(seed)
    columns = {"area_code": [f"E{1000000 + row:08d}" for row in range(number)]}
    columns["area_name"] = [f"Place {row}" for row in range(number)]
    for measure in ("imd", "income"):
        score = rng.gamma(2, 10, number) + change * other.normal(0, 5, number)
        columns[f"{measure}_score"] = score
        columns[f"{measure}_rank"] = ranked(score)
    file = folder / f"{name}.csv"
    pl.DataFrame(columns).write_csv(file)
    return file


@pytest.fixture
def two(tmp_path) -> tuple[Version, Version]:
    return (
        open_version(published(tmp_path, "2019", 2)),
        open_version(published(tmp_path, "2025", 3, 1.0)),
    )


@pytest.fixture
def lookup(tmp_path) -> str:
    table = pl.DataFrame(
        {
            "area": [f"E{1000000 + row:08d}" for row in range(AREAS)],
            "district_code": [f"E0700000{row % 4}" for row in range(AREAS)],
            "district_name": [
                ["Bradford", "Calderdale", "Kirklees", "Leeds"][row % 4] for row in range(AREAS)
            ],
            "people": [1000 + row for row in range(AREAS)],
        }
    )
    table.write_csv(tmp_path / "lookup.csv")
    return str(tmp_path / "lookup.csv")


def test_a_version_with_itself_has_not_changed(tmp_path):
    file = published(tmp_path, "2019", 2)
    report = compare(open_version(file, "a"), open_version(file, "b"))
    areas, split = report.tables["areas"], report.tables["rank_change"]
    assert areas.height == 2 * AREAS
    assert areas["change"].abs().sum() == 0
    assert areas["deciles_moved"].abs().sum() == 0
    assert report.tables["entered_and_left"].height == 0
    assert split["change"].abs().sum() == split["boundary"].abs().sum() == 0
    diagonal = pl.col("decile_old") == pl.col("decile_new")
    assert report.tables["movement"].filter(~diagonal)["areas"].sum() == 0
    assert report.tables["movement"].filter(diagonal)["areas"].to_list() == [AREAS // 10] * 20


def test_every_area_moves_somewhere_and_bands_balance(two):
    report = compare(*two)
    moves = report.tables["movement"]
    per_measure = moves.group_by("measure").agg(pl.col("areas").sum())
    assert per_measure["areas"].to_list() == [AREAS, AREAS]
    bands = report.tables["bands"]
    assert (bands["old"] + bands["entered"] - bands["left"] == bands["new"]).all()
    assert (bands["stayed"] + bands["left"] == bands["old"]).all()
    worst = bands.filter(measure="imd", band="worst 10%")
    assert worst.select("old", "new").row(0) == (40, 40)
    listed = report.tables["entered_and_left"].filter(measure="imd", band="worst 10%")
    assert dict(listed["did"].value_counts().iter_rows()) == {
        "entered": worst["entered"][0],
        "left": worst["left"][0],
    }
    # by the plain meaning of the words
    areas = report.tables["areas"].filter(measure="imd")
    entered = areas.filter((pl.col("rank_old") > 40) & (pl.col("rank_new") <= 40))
    assert set(listed.filter(did="entered")["area_code"]) == set(entered["area_code"])
    assert worst["entered"][0] > 0


def test_an_area_that_moves_up_one_band_leaves_one_and_enters_the_other(tmp_path):
    def write(name: str, first: list[int]):
        codes = [f"E{1000000 + row:08d}" for row in range(20)]
        rest = [rank for rank in range(1, 21) if rank not in first]
        pl.DataFrame({"code": codes, "imd_rank": first + rest}).write_csv(tmp_path / f"{name}.csv")
        return open_version(tmp_path / f"{name}.csv")

    # of 20 areas 2 are the worst tenth: area 1 goes from 3 to 2, and area 0 from 2 to 3
    report = compare(write("old", [2, 3]), write("new", [3, 2]))
    listed = report.tables["entered_and_left"].select("band", "did", "area_code", "change")
    assert listed.rows() == [
        ("worst 10%", "entered", "E01000001", -1),
        ("worst 10%", "left", "E01000000", 1),
        ("10-20%", "entered", "E01000000", 1),
        ("10-20%", "left", "E01000001", -1),
    ]
    moved = report.tables["movement_of_bands"].filter(pl.col("areas") > 0)
    assert moved.rows() == [
        ("imd", "worst 10%", "worst 10%", 1),
        ("imd", "worst 10%", "10-20%", 1),
        ("imd", "10-20%", "worst 10%", 1),
        ("imd", "10-20%", "10-20%", 1),
        ("imd", "20-30%", "20-30%", 2),
        ("imd", "30-50%", "30-50%", 4),
        ("imd", "rest", "rest", 10),
    ]


def carried_by_hand(tmp_path) -> tuple[Version, Version, str]:
    """Four old areas: a is the same, b is split in two, c and d are merged."""
    old = {"code": ["E01000001", "E01000002", "E01000003", "E01000004"]}
    scores = [30.0, 50.0, 40.0, 10.0]
    pl.DataFrame({**old, "imd_rank": [3, 1, 2, 4], "imd_score": scores}).write_csv(
        tmp_path / "old.csv"
    )
    new = ["E01000001", "E01000005", "E01000006", "E01000007"]
    pl.DataFrame({"code": new, "imd_rank": [4, 1, 2, 3]}).write_csv(tmp_path / "new.csv")
    pl.DataFrame(
        {
            "old": [*old["code"][:2], "E01000002", *old["code"][2:]],
            "new": [new[0], new[1], new[2], new[3], new[3]],
        }
    ).write_csv(tmp_path / "lookup.csv")
    versions = (open_version(tmp_path / f"{name}.csv") for name in ("old", "new"))
    return (*versions, f"{tmp_path / 'lookup.csv'}:old:new")


def test_scores_are_carried_over_changed_boundaries_by_hand(tmp_path):
    old, new, lookup = carried_by_hand(tmp_path)
    links = correspondence_of(lookup, old, new, np.array([100.0, 300.0, 900.0, 500.0]))
    assert links.to_frame()["share"].to_list() == [1.0, 0.25, 0.75, 1.0, 1.0]
    people = np.array([100.0, 1200.0, 300.0, 100.0])
    carried = carry(old, new, list(old.measures.values()), links, people)
    assert carried.boundary.to_list() == ["same", "split", "split", "merged"]
    table = carried.version.results.areas
    # the last one: (300 x 40 + 100 x 10) / 400 = 32.5; its published rank (300 x 2 + 100 x 4) / 400
    assert table["imd_score"].to_list() == [30.0, 50.0, 50.0, 32.5]
    assert table["imd_rank"].to_list() == [4, 1, 1, 3]
    assert carried.published["imd"].tolist() == [3, 1, 1, 2.5]
    assert carried.old_row.tolist() == [0, -1, -1, -1]
    report = compare(old, new, correspondence=links, people=people)
    split = report.tables["rank_change"]
    assert split["boundary"].to_list() == [1.0, 0.0, 0.0, 0.5]
    assert split["rest"].to_list() == [0.0, 0.0, 1.0, 0.0]
    assert (split["boundary"] + split["rest"]).to_list() == split["change"].to_list()
    said = "of 4 areas 1 have the same boundary as in old: 1 merged, 2 split"
    assert said in report.notes


def test_rounded_scores_do_not_reorder_areas_that_did_not_change(tmp_path):
    old = pl.DataFrame(
        {
            "code": [f"E0100000{row}" for row in range(6)],
            "imd_rank": [1, 2, 3, 4, 5, 6],
            "imd_score": [9.0, 7.1, 7.1, 7.1, 3.0, 2.0],
        }
    )
    old.write_csv(tmp_path / "old.csv")
    new = old.head(4).vstack(old.tail(1)).drop("imd_score")
    new.with_columns(imd_rank=pl.Series([1, 2, 3, 4, 5])).write_csv(tmp_path / "new.csv")
    report = compare(
        open_version(tmp_path / "old.csv"), open_version(tmp_path / "new.csv"), same_areas=True
    )
    areas = report.tables["areas"]
    assert areas["rank_old"].to_list() == [1, 2, 3, 4, 5]
    assert areas["published_rank_old"].to_list() == [1, 2, 3, 4, 6]
    assert any("1 area of old without an area in new: E01000004" in note for note in report.notes)


def test_headings_of_the_publisher_are_read(tmp_path):
    file = tmp_path / "File_7.csv"
    pl.DataFrame(
        {
            "LSOA name (2021)": [f"Place {row}" for row in range(20)],
            "LSOA code (2021)": [f"E{1000000 + row:08d}" for row in range(20)],
            "Local Authority District code (2024)": ["E09000001"] * 20,
            "Income Score (rate)": [1 - row / 20 for row in range(20)],
            "Income Rank (where 1 is most deprived)": list(range(1, 21)),
            "Income Decile (where 1 is most deprived 10% of LSOAs)": [
                row // 2 + 1 for row in range(20)
            ],
            "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)": [
                *range(20, 0, -1)
            ],
        }
    ).write_csv(file)
    version = open_version(
        file,
        columns={"imd": ["Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)"]},
    )
    assert list(version.measures) == ["imd", "income"]
    assert version.label == "File_7"
    assert version.results.areas["area_name"][3] == "Place 3"
    income = version.measures["income"]
    assert (income.number, income.title, income.score[0]) == (20, "Income", 1.0)
    assert version.measures["imd"].rank[0] == 20
    assert version.measures["imd"].decile[0] == 10


def test_scores_of_which_a_high_one_is_less_need_are_ranked_as_they_are(tmp_path):
    """A score of household incomes: the lowest is the most deprived, here and when brought over."""
    codes = [f"E0100000{row}" for row in range(6)]
    incomes = [15.0, 30.0, 12.0, 50.0, 20.0, 44.0]
    ranks = [2, 4, 1, 6, 3, 5]
    for name, keep in (("old", 6), ("new", 5)):
        table = pl.DataFrame({"code": codes, "income_rank": ranks, "income_score": incomes})
        table = table.with_row_index().filter(pl.col("code") != codes[2]) if keep == 5 else table
        table.with_columns(pl.col("income_rank").rank().cast(int)).write_csv(
            tmp_path / f"{name}.csv"
        )
    old, new = (open_version(tmp_path / f"{name}.csv") for name in ("old", "new"))
    assert not old.measures["income"].is_need
    assert any("a low score is taken for more need" in note for note in old.notes)
    areas = compare(old, new, same_areas=True).tables["areas"]
    assert areas["rank_old"].to_list() == [1, 3, 5, 2, 4]
    assert areas["change"].to_list() == [0] * 5


def test_the_rule_of_deciles_is_the_one_that_the_table_follows(tmp_path):
    ranks = np.arange(1, 20)
    for rule, tenths in (
        ("ceil(10*rank/N)", -(-10 * ranks // 19)),
        ("floor(10*(rank-1)/N)+1", 10 * (ranks - 1) // 19 + 1),
    ):
        codes = [f"W{1000000 + row:08d}" for row in ranks]
        file = tmp_path / "table.csv"
        pl.DataFrame({"code": codes, "imd_rank": ranks, "imd_decile": tenths}).write_csv(file)
        measure = open_version(file).measures["imd"]
        assert measure.node.settings.conventions.deciles == rule
        assert measure.decile.tolist() == tenths.tolist()


def test_measures_of_other_ids_are_matched_and_the_rest_is_said(two, tmp_path):
    old, new = two
    table = pl.read_csv(tmp_path / "2025.csv").rename({"imd_rank": "overall_rank"})
    table.drop("imd_score").write_csv(tmp_path / "other.csv")
    other = open_version(tmp_path / "other.csv")
    report = compare(old, other)
    assert report.about["measures"] == {"income": "income"}
    assert any(note == "not compared: overall of other" for note in report.notes)
    report = compare(old, other, match={"imd": "overall"})
    assert report.about["measures"] == {"overall": "imd", "income": "income"}
    expected = compare(old, new).tables["areas"].filter(measure="imd")["change"]
    assert report.tables["areas"].filter(measure="overall")["change"].equals(expected)


def test_areas_without_a_rank_are_counted_and_not_filled(tmp_path):
    codes = [f"E0100000{row}" for row in range(5)]
    pl.DataFrame({"code": codes, "imd_rank": [1, 2, 3, 4, 5]}).write_csv(tmp_path / "old.csv")
    pl.DataFrame({"code": codes, "imd_rank": [1, 2, None, 3, 4]}).write_csv(tmp_path / "new.csv")
    report = compare(open_version(tmp_path / "old.csv"), open_version(tmp_path / "new.csv"))
    areas = report.tables["areas"]
    assert areas["rank_new"].to_list() == [1, 2, None, 3, 4]
    assert areas["change"].to_list() == [0, 0, None, -1, -1]
    assert report.tables["movement"]["areas"].sum() == 4
    assert "1 area without a rank of new in imd: not counted" in report.notes
    assert any(
        note.startswith("ranks are of 5 areas in old and of 4 in new") for note in report.notes
    )


def test_bands_are_set_and_named():
    bands = Bands((Fraction(1, 20), Fraction(1, 2)))
    assert bands.labels == ("worst 5%", "5-50%", "rest")
    for wrong in ((), (Fraction(1, 2), Fraction(1, 10)), (Fraction(0),), (Fraction(1),)):
        with pytest.raises(DataError, match="bands cannot end at"):
            Bands(wrong)


def test_tables_have_the_layout_of_published_ones(two, lookup):
    """A row per district and version, ranks in columns; a row per domain, a column per version."""
    groups = [from_tables(one.results, [f"{lookup}:district_code"]) for one in two]
    people = [populations(one.results, [f"{lookup}:people"]) for one in two]
    counts = {"income_scale": f"{lookup}:people"}
    grouping = Grouping(groups[1], people[1], counts, groups[0], people[0], counts)
    report = compare(*two, grouping=grouping)
    table = printed.districts(report, "imd", ["E07000002", "E07000000"])
    assert table.columns == [
        *("group", "version", "income scale", "average scores", "average ranks", "extent"),
        *("local conc.", "worst 10%"),
    ]
    assert table.select("group", "version").rows() == [
        ("Kirklees", "2025"),
        ("", "2019"),
        ("Bradford", "2025"),
        ("", "2019"),
    ]
    held = report.tables["districts"].filter(measure="imd", group_code="E07000002", version="2019")
    assert table["average scores"][1] == held["average_score_rank"][0]
    one = printed.worst_tenth(report, ["E07000002"])
    assert one.columns == ["measure", "worst 10% 2019", "worst 10% 2025"]
    assert one["measure"].to_list() == ["imd", "income"]
    areas = report.tables["areas"].filter(measure="imd", group_code="E07000002")
    assert one["worst 10% 2019"][0] == (areas["rank_old"] <= 40).sum()
    assert one["worst 10% 2025"][0] == (areas["rank_new"] <= 40).sum()
    whole = printed.worst_tenth(report, [])
    assert whole["worst 10% 2025"].to_list() == [40, 40]
    matrix = printed.matrix(report, "imd", ["E07000002"])
    assert matrix.shape == (10, 11)
    assert matrix.drop("2019 decile").sum_horizontal().sum() == 100
    moves = printed.moves(report, ["E07000002"])
    assert moves["worst 10% 2025"].to_list() == one["worst 10% 2025"].to_list()


def test_district_measures_of_the_old_version_are_its_own(two, lookup):
    """With groups of the old areas its measures are those that it has by itself."""
    from hyperlocal.analysis.districts import district_table

    groups = [from_tables(one.results, [f"{lookup}:district_code"]) for one in two]
    people = [populations(one.results, [f"{lookup}:people"]) for one in two]
    report = compare(*two, grouping=Grouping(groups[1], people[1], {}, groups[0], people[0]))
    found = report.tables["districts"].filter(version="2019", measure="imd")
    alone = district_table([two[0].measures["imd"]], groups[0], people[0])
    assert found.drop("version").equals(alone.select(found.drop("version").columns))
    # without them it is summarised on the new areas, which here are the same
    report = compare(*two, grouping=Grouping(groups[1], people[1]))
    again = report.tables["districts"].filter(version="2019", measure="imd")
    assert again.equals(found)
    assert any("--by-old" in note for note in report.notes)


def test_a_report_is_written_whole(two, lookup, tmp_path):
    groups = from_tables(two[1].results, [f"{lookup}:district_code"])
    report = compare(
        *two, grouping=Grouping(groups, populations(two[1].results, [f"{lookup}:people"]))
    )
    for form in ("csv", "parquet", "xlsx"):
        report.write(tmp_path / "report", form)
    assert [file.name for file in sorted((tmp_path / "report").iterdir())] == [
        "about.json",
        "compare.xlsx",
    ]


def test_the_command_prints_one_group_and_writes_all(two, lookup, tmp_path):
    app = typer.Typer()
    app.command()(compare_command)
    asked = [
        *(str(tmp_path / "2019.csv"), str(tmp_path / "2025.csv")),
        *("--by", f"{lookup}:district_code", "--population", f"{lookup}:people"),
        *("--scale", f"income_scale={lookup}:people"),
        *("--group", "E07000002", "--bands", "10,20", "--out", str(tmp_path / "report")),
    ]
    found = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert found.exit_code == 0, found.output
    assert "2019 and 2025: 400 areas, 2 measures" in found.output
    assert "Areas in the worst 10% in E07000002" in found.output
    assert " Kirklees  2025" in found.output
    assert "Bradford" not in found.output.split("imd: areas that entered")[0]
    written = {file.name for file in (tmp_path / "report").iterdir()}
    assert written == {
        *("about.json", "areas.csv", "movement.csv", "movement_of_bands.csv", "bands.csv"),
        *("entered_and_left.csv", "rank_change.csv", "worst_tenth.csv", "districts.csv"),
    }


def test_brought_over_to_the_same_areas_nothing_changes(small, tmp_path):
    """By an identity lookup: with ties that share their average, and an area counted in N."""
    excluded = "{code: E01000006, reason: as a test, counts_in_n: true}"
    small.change("  within:", f"  exclude: [{excluded}]\n  within:")
    small.change("inputs:\n", "conventions: {published_ties: average}\ninputs:\n")
    small.change_table("45,290,18000", "30,310,21000")  # as the area before it
    results = small.build()
    assert (results.areas["small_rank"] % 1 == 0.5).any()
    assert results.provenance["n"] == 6
    codes = results.areas["area_code"]
    pl.DataFrame({"a": codes, "b": codes}).write_csv(tmp_path / "same.csv")
    old, new = (open_version(results.folder, label) for label in ("old", "new"))
    same = correspondence_of(f"{tmp_path / 'same.csv'}:a:b", old, new)
    report = compare(old, new, correspondence=same)
    areas = report.tables["areas"]
    assert areas["rank_old"].equals(areas["rank_new"], check_names=False)
    assert areas["decile_old"].equals(areas["decile_new"], check_names=False)
    parts = report.tables["rank_change"].select("change", "boundary", "method", "own_data")
    assert all((column.fill_null(0).abs() < 1e-9).all() for column in parts)


def test_tied_published_ranks_stay_tied_as_they_were(tmp_path):
    """Two areas share the rank 2.5; the area of least need is not in the new table."""
    codes = [f"E0100000{row}" for row in range(5)]
    for name, ranks in (("old", [1, 2.5, 2.5, 4, 5]), ("new", [1, 2.5, 2.5, 4])):
        table = pl.DataFrame({"code": codes[: len(ranks)], "imd_rank": ranks}, strict=False)
        table.write_csv(tmp_path / f"{name}.csv")
    old, new = (open_version(tmp_path / f"{name}.csv") for name in ("old", "new"))
    areas = compare(old, new, same_areas=True).tables["areas"]
    assert areas["rank_old"].to_list() == areas["rank_new"].to_list() == [1, 2.5, 2.5, 4]


def test_a_part_without_people_is_a_part(tmp_path):
    old_codes, new_codes = ["E01000001", "E01000002"], ["E01000002", "E01009001", "E01009002"]
    for name, codes in (("old", old_codes), ("new", new_codes)):
        ranks = list(range(1, len(codes) + 1))
        pl.DataFrame({"code": codes, "imd_rank": ranks}).write_csv(tmp_path / f"{name}.csv")
    (tmp_path / "changes.csv").write_text(
        "before,after\nE01000002,E01000002\nE01000001,E01009001\nE01000001,E01009002\n"
    )
    old, new = (open_version(tmp_path / f"{name}.csv") for name in ("old", "new"))
    lookup = f"{tmp_path / 'changes.csv'}:before:after"
    changes = correspondence_of(lookup, old, new, np.array([100.0, 0.0, 50.0]))
    areas = compare(old, new, correspondence=changes).tables["areas"]
    kinds = dict(areas.select("area_code", "boundary").iter_rows())
    assert kinds == {"E01000002": "same", "E01009001": "split", "E01009002": "split"}
