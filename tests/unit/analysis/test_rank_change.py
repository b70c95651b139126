"""The parts of a change of rank add up to it, and each is what it says it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import hyperlocal
from hyperlocal.analysis.versions.compare import compare
from hyperlocal.analysis.versions.rank_change import PARTS
from hyperlocal.analysis.versions.version import Version, open_version
from hyperlocal.methods import tie_ranks

AREAS = 80
DEFINITION = """\
hyperlocal: 1
id: made_up
areas:
  geography: lsoa21
  table: {input: people}
  within: {ltla24: {input: people, column: district}}
inputs:
  people: {file: people.csv, geography: lsoa21, code: area}
defaults: {input: people, high_value: more_need}
index:
  domains:
    work: {weight: 0.5, indicators: {out_of_work: {numerator: out_of_work, denominator: adults}}}
    money: {weight: 0.5, indicators: {income: {column: income, high_value: less_need}}}
"""


class Nation:
    """An index of two indicators, to be changed and built."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rng = np.random.default_rng(5)
        self.table = pl.DataFrame(
            {
                "area": [f"E{1000000 + row:08d}" for row in range(AREAS)],
                "district": [f"E0600000{row % 4}" for row in range(AREAS)],
                "out_of_work": rng.integers(5, 200, AREAS),
                "adults": rng.integers(400, 900, AREAS),
                "income": rng.integers(15000, 40000, AREAS),
            }
        )
        self.definition = DEFINITION

    def build(self, name: str) -> hyperlocal.Results:
        folder = self.folder / name
        folder.mkdir()
        (folder / "index.yaml").write_text(self.definition)
        self.table.write_csv(folder / "people.csv")
        return hyperlocal.build(folder / "index.yaml", folder, folder / "out")

    def change_row(self, row: int, **values: float) -> None:
        for name, value in values.items():
            column = self.table[name].to_list()
            column[row] = value
            self.table = self.table.with_columns(pl.Series(name, column))


@pytest.fixture
def nation(tmp_path) -> Nation:
    return Nation(tmp_path)


def split(old: hyperlocal.Results, new: hyperlocal.Results, **options) -> pl.DataFrame:
    report = compare(Version.of(old, "old"), Version.of(new, "new"), **options)
    table = report.tables["rank_change"]
    parts = table.select(pl.sum_horizontal(PARTS)).to_series()
    assert (parts - table["change"]).abs().max() < 1e-9
    return table


def test_nothing_changed_is_nothing_in_every_part(nation):
    table = split(nation.build("old"), nation.build("new"))
    assert table.select(pl.col(*PARTS[:-1]).abs().sum()).row(0) == (0, 0, 0, 0)
    assert table["rest"].null_count() == table.height


def test_other_weights_are_the_method_and_nothing_else(nation):
    old = nation.build("old")
    nation.definition = nation.definition.replace("money: {weight: 0.5", "money: {weight: 0.2")
    nation.definition = nation.definition.replace("work: {weight: 0.5", "work: {weight: 0.8")
    table = split(old, nation.build("new")).filter(measure="made_up")
    assert table["method"].equals(table["change"].rename("method"))
    assert table["change"].abs().sum() > 0
    assert table["own_data"].abs().sum() == table["others_data"].abs().sum() == 0


def test_one_area_with_other_data_moves_by_them_and_moves_the_others(nation):
    """Area 10 alone gets other numbers: its move is its own, all other moves are others' doing."""
    old = nation.build("old")
    nation.change_row(10, out_of_work=390, adults=400, income=12000)
    new = nation.build("new")
    table = split(old, new).filter(measure="made_up").with_row_index("row")
    moved, rest = table.filter(row=10), table.filter(pl.col("row") != 10)
    assert moved["rank_new"][0] == 1
    assert moved["own_data"][0] == moved["change"][0] < 0
    assert moved["others_data"][0] == moved["method"][0] == 0
    assert rest["own_data"].abs().sum() == 0
    assert rest["others_data"].equals(rest["change"].rename("others_data"))


def test_method_and_data_are_told_apart_one_after_the_other(nation):
    """Each part is recomputed by building the index that stands between the two."""
    old = nation.build("old")
    nation.definition = nation.definition.replace("money: {weight: 0.5", "money: {weight: 0.3")
    nation.definition = nation.definition.replace("work: {weight: 0.5", "work: {weight: 0.7")
    between = nation.build("between")
    before = nation.table
    rng = np.random.default_rng(9)
    nation.table = before.with_columns(
        out_of_work=pl.Series(rng.integers(5, 200, AREAS)),
        income=pl.Series(rng.integers(15000, 40000, AREAS)),
    )
    after, new = nation.table, nation.build("new")
    table = split(old, new).filter(measure="made_up")
    rank = between.areas["made_up_rank"] - old.areas["made_up_rank"]
    assert table["method"].to_list() == rank.to_list()
    for row in (0, 17, 63):
        nation.table = before
        nation.change_row(row, **after.row(row, named=True))
        alone = nation.build(f"alone_{row}").areas["made_up_rank"][row]
        own = alone - between.areas["made_up_rank"][row]
        assert abs(table["own_data"][row] - own) <= 1, row


def test_a_rank_of_fewer_areas_is_scaled_before_it_is_compared(nation, tmp_path):
    """Four new areas stand in the place of two old ones; the others keep their boundaries."""
    from hyperlocal.areas import Geography
    from hyperlocal.geography import AreaWeights, Lookup, changes

    old = nation.build("old")
    codes = nation.table["area"].to_list()
    parts = [f"E0200000{part}" for part in range(4)]
    children = [*codes[2:], codes[0], codes[0], codes[1], codes[1]]
    parents = [*codes[2:], *parts]
    new_codes = sorted(parents)
    nation.definition = nation.definition.replace("lsoa21", "lsoa31")
    nation.table = pl.concat([nation.table[2:], nation.table[[0, 0, 1, 1]]]).with_columns(
        area=pl.Series(parents)
    )
    new = nation.build("new")
    people = AreaWeights(new_codes, [1.0] * len(new_codes), "people")
    links = changes(
        Lookup(children, parents),
        ["U"] * (AREAS - 2) + ["S"] * 4,
        Geography("lsoa", 2021),
        Geography("lsoa", 2031),
        people,
    )
    report = compare(Version.of(old, "old"), Version.of(new, "new"), correspondence=links)
    table = report.tables["rank_change"].filter(measure="made_up")
    ranks = dict(old.areas.select("area_code", "made_up_rank").iter_rows())
    same = table.filter(pl.col("area_code").is_in(codes))
    number = AREAS + 2
    scaled = [(ranks[code] - 0.5) * number / AREAS + 0.5 for code in same["area_code"]]
    assert same["published_rank_old"].to_list() == pytest.approx(scaled)
    scores = dict(old.areas.select("area_code", "made_up_score").iter_rows())
    there = np.array([scores[dict(zip(parents, children, strict=True))[c]] for c in new_codes])
    assert table["rank_old"].to_list() == tie_ranks(there).lowest.tolist()
    assert same["rest"].null_count() == same.height
    changed = table.filter(~pl.col("area_code").is_in(codes))
    assert changed["method"].null_count() == 4
    assert changed["rest"].null_count() == 0
    total = table.select(pl.sum_horizontal(PARTS)).to_series()
    assert (total - table["change"]).abs().max() < 1e-9
    assert any("in 78 of 82 areas, whose boundary is the same" in note for note in report.notes)


def test_other_indicators_are_said_and_only_the_boundary_is_split_off(nation):
    old = nation.build("old")
    nation.definition = nation.definition.replace("income: {column", "earnings: {column")
    new = nation.build("new")
    report = compare(Version.of(old, "2019"), Version.of(new, "2025"))
    table = report.tables["rank_change"]
    assert table["method"].null_count() == table.height
    assert table["rest"].null_count() == 0
    said = " / ".join(report.notes)
    assert "only in 2025: earnings" in said
    assert "only in 2019: income" in said
    assert "the versions have other indicators, or of another kind: earnings, income" in said
    # the same indicator under another id is matched
    report = compare(Version.of(old, "2019"), Version.of(new, "2025"), match={"income": "earnings"})
    assert report.tables["rank_change"]["rest"].null_count() == table.height
    assert report.tables["differences"].select("node", "what").rows() == [("earnings", "title")]


def test_differences_of_definitions_are_listed(nation):
    old = nation.build("old")
    nation.definition = (
        nation.definition.replace("work: {weight: 0.5", "work: {weight: 0.6")
        .replace("money: {weight: 0.5", "money: {weight: 0.4")
        .replace("income: {column", "income: {source: HMRC, date: '2024', column")
        .replace("out_of_work: {", "out_of_work: {shrink_to: ltla24, ")
        .replace("index:\n", "conventions: {exponential: exact}\nindex:\n")
    )
    report = compare(Version.of(old, "2019"), Version.of(nation.build("new"), "2025"))
    assert set(report.tables["differences"].select("node", "what", "old", "new").rows()) == {
        ("work", "weight", "0.5", "0.6"),
        ("money", "weight", "0.5", "0.4"),
        ("income", "source", "", "HMRC"),
        ("income", "date", "", "2024"),
        ("out_of_work", "shrink_to", "none", "ltla24"),
        ("made_up", "exponential", "23.0", "exact"),
    }
    assert "weight differs in work, money" in report.notes


def test_a_published_table_leaves_the_rest_together(nation, tmp_path):
    old, new = nation.build("old"), nation.build("new")
    old.areas.select("area_code", "made_up_rank", "work_rank").write_csv(tmp_path / "old.csv")
    report = compare(open_version(tmp_path / "old.csv", "2019"), Version.of(new, "2025"))
    assert report.tables["rank_change"]["rest"].abs().sum() == 0
    assert "differences" not in report.tables
    assert any("2019 is a published table" in note for note in report.notes)
