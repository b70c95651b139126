"""Values of indicators, at the areas at which they may be shown."""

from __future__ import annotations

import numpy as np
import pytest

from hyperlocal.present.tables.indicators import indicator_tables, left_out_of_indicators
from hyperlocal.present.tables.model import Table

DEFINITION = """\
hyperlocal: 1
id: top
title: Need
publisher: Nobody
areas:
  geography: lsoa21
  table: {input: t}
  within: {msoa21: {input: t, column: msoa, name: msoa_name}, ltla24: {input: t, column: district}}
inputs: {t: {file: t.csv, geography: lsoa21, code: area}}
populations: {residents: {title: Residents, column: people}}
defaults: {input: t, high_value: more_need}
index:
  indicators:
INDICATORS
"""
TABLE = """\
area,msoa,msoa_name,district,poor,children,people,minutes,expected,before,after,speed
E01000001,E02000001,North,E06000001,3,40,100,10,2.5,20,30,5
E01000002,E02000001,North,E06000001,9,60,300,20,7.5,30,30,7
E01000003,E02000002,South,E06000001,1,12,200,30,1.0,10,15,9
E01000004,E02000002,South,E06000001,2,10,200,50,2.0,40,45,2
E01000005,E02000003,West,E06000002,0,50,0,70,4.0,10,5,1
E01000006,E02000003,West,E06000002,50,52,400,90,8.0,5,5,3
"""
RATE = "numerator: poor, denominator: children, per: 100"


@pytest.fixture
def publish(index_folder, tmp_path):
    """A function: the tables of an index with some indicators, and what is left out."""

    def made(*indicators: str, change=None) -> tuple[dict[str, Table], list[str]]:
        lines = "\n".join(f"    i{at}: {{{one}}}" for at, one in enumerate(indicators))
        folder = index_folder(
            tmp_path, {"index.yaml": DEFINITION.replace("INDICATORS", lines), "t.csv": TABLE}
        )
        for file, old, new in change or ():
            folder.change(file, old, new)
        results = folder.build()
        tables = indicator_tables(results)
        return {table.name: table for table in tables}, left_out_of_indicators(results)

    return made


def values(table: Table, name: str = "i0_value") -> list[float | str | None]:
    """Return what stands in each row of a column."""
    marks = table.mark(name).to_list()
    return [
        mark if value is None else value
        for value, mark in zip(table.rows[name].to_list(), marks, strict=True)
    ]


def test_exact_at_the_areas_of_the_index(publish):
    tables, left_out = publish(f"{RATE}, shrink_to: ltla24", "column: minutes")
    assert list(tables) == ["indicators_lsoa21"]
    assert left_out == []
    table = tables["indicators_lsoa21"]
    names = ["area_code", "area_name", "i0_value", "i0_shrunk", "i1_value"]
    assert table.rows.columns == names
    assert values(table) == pytest.approx([7.5, 15, 100 / 12, 20, 0, 5000 / 52], abs=1e-6)
    assert values(table, "i1_value") == [10, 20, 30, 50, 70, 90]
    assert len({column.heading for column in table.columns}) == len(names)
    assert table.keys == ("area_code",)
    assert table.source == "Nobody"
    assert table.shorthand == ("[x]",)  # the areas have no names


def test_a_rate_of_larger_areas_is_that_of_their_sums(publish):
    tables, _ = publish(f"{RATE}, publish: {{geography: msoa21}}", RATE)
    assert list(tables) == ["indicators_lsoa21", "indicators_msoa21"]
    table = tables["indicators_msoa21"]
    assert table.rows["msoa21_code"].to_list() == ["E02000001", "E02000002", "E02000003"]
    assert table.rows["msoa21_name"].to_list() == ["North", "South", "West"]
    assert table.rows["msoa21_areas"].to_list() == [2, 2, 2]
    assert values(table) == pytest.approx([12, 300 / 22, 5000 / 102], abs=1e-6)
    assert "i0_value" not in tables["indicators_lsoa21"].rows.columns


def test_rounded_and_suppressed_with_the_counts_behind(publish):
    rules = "publish: {round_to: 5, suppress_below: 3}"
    tables, _ = publish(f"{RATE}, shrink_to: ltla24, {rules}")
    table = tables["indicators_lsoa21"]
    assert "i0_shrunk" not in table.rows.columns
    assert values(table, "i0_numerator") == [5, 10, "[c]", "[c]", 0, "[c]"]  # all but 2 of 52
    assert values(table, "i0_denominator") == [40, 60, 10, 10, 50, 50]
    shown = values(table)
    assert [shown[at] for at in (2, 3, 5)] == ["[c]"] * 3
    assert [shown[at] for at in (0, 1, 4)] == pytest.approx([12.5, 100 / 6, 0])
    assert "[c]" in table.shorthand
    assert any("rounded to the nearest 5" in note for note in table.notes)
    assert any("it rests on 1 to 2 people or events" in note for note in table.notes)


def test_rules_are_kept_after_adding_up(publish):
    tables, _ = publish(f"{RATE}, publish: {{geography: msoa21, suppress_below: 4}}")
    table = tables["indicators_msoa21"]
    assert values(table, "i0_numerator") == [12, "[c]", 50]  # 3 of 22
    assert values(table, "i0_denominator") == [100, 22, 102]


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        ("observed: poor, expected: expected, per: 100", [120, 100, 5000 / 12]),
        ("kind: mean, total: poor, sample_size: children", [0.12, 3 / 22, 50 / 102]),
        ("kind: mean, column: speed, sample_size: children", [6.2, 128 / 22, 206 / 102]),
        ("before: before, after: after", [20, 20, -100 / 3]),
        ("kind: count, column: poor", [12, 3, 50]),
        ("column: minutes", [17.5, 40, 90]),  # nobody lives in the fifth area
        ("numerator: [poor, speed], denominator: children, years: averaged", None),
        (f"{RATE}, numerator_years: 2, denominator_less: speed", [600 / 88, 150 / 11, 2500 / 98]),
    ],
)
def test_every_kind_is_added_up_in_its_way(publish, indicator, expected):
    tables, _ = publish(f"{indicator}, publish: {{geography: msoa21}}")
    found = values(tables["indicators_msoa21"])
    if expected is None:  # a mean of two yearly rates, weighted by children
        expected = [(12 + 12) / 2 / 100, (3 + 11) / 2 / 22, (50 + 4) / 2 / 102]
    assert found == pytest.approx(expected, abs=1e-6)


def test_standardised_ratio_of_larger_areas(publish):
    groups = "kind: standardised, gives: rate, sexes: [], ages: [0-4, 5+], per: 1000"
    columns = 'observed: {column: poor}, residents: {column: "people_{age}"}'
    rates = "national_rates: {list: rates, crude: 0.05}"
    change = [
        ("index.yaml", "index:\n", 'lists: {rates: {numbers: {0-4: 0.1, "5+": 0.02}}}\nindex:\n'),
        ("t.csv", TABLE, _with_ages(TABLE)),
    ]
    indicator = f"{groups}, {columns}, {rates}, publish: {{geography: msoa21, suppress_below: 4}}"
    tables, _ = publish(indicator, change=change)
    table = tables["indicators_msoa21"]
    young, old = np.array([10, 20, 30, 40, 50, 60.0]), np.array([100, 300, 200, 200, 0, 400.0])
    expected = (0.1 * young + 0.02 * old).reshape(3, 2).sum(axis=1)
    observed = np.array([12, 3, 50])
    by_hand = 1000 * 0.05 * observed / expected
    assert values(table) == pytest.approx([by_hand[0], "[c]", by_hand[2]], abs=1e-6)
    assert values(table, "i0_observed") == [12, "[c]", 50]


def _with_ages(table: str) -> str:
    head, *rows = table.strip().splitlines()
    aged = [f"{row},{10 * at},{row.split(',')[6]}" for at, row in enumerate(rows, start=1)]
    return "\n".join([f"{head},people_0-4,people_5+", *aged]) + "\n"


def test_means_of_few_are_not_shown(publish):
    mean = "kind: mean, column: speed, sample_size: children"
    tables, _ = publish(f"{mean}, publish: {{suppress_below: 13}}")
    assert values(tables["indicators_lsoa21"]) == [5, 7, "[c]", "[c]", 1, 3]


def test_a_value_that_nothing_can_average(publish):
    change = [("index.yaml", "populations: {residents: {title: Residents, column: people}}\n", "")]
    tables, left_out = publish("column: minutes, publish: {geography: ltla24}", RATE, change=change)
    assert list(tables) == ["indicators_lsoa21"]
    assert left_out == [
        "I0: no values are shown, as nothing is known to average local authority districts by"
    ]


def test_what_is_shown_nowhere(publish):
    tables, left_out = publish(f"{RATE}, publish: {{geography: none}}", RATE)
    assert tables["indicators_lsoa21"].rows.columns == ["area_code", "area_name", "i1_value"]
    assert left_out == ["I0: no values are shown, as the definition does not let them out"]


def test_published_ranks_are_not_values(publish):
    ranks = TABLE.replace("speed", "rank")
    for at, line in enumerate(TABLE.splitlines()[1:], start=1):
        ranks = ranks.replace(line, f"{line.rsplit(',', 1)[0]},{7 - at}")
    tables, left_out = publish(
        "column: rank, high_value: less_need", change=[("t.csv", TABLE, ranks)]
    )
    assert tables == {}
    assert left_out == ["I0: values that are ranks stand in the table of ranks alone"]


def test_counts_of_a_rate_are_not_shown_beside_it(publish):
    tables, _ = publish("denominator: children, indicators: {n: {kind: count, column: poor}}")
    assert tables["indicators_lsoa21"].rows.columns == ["area_code", "area_name", "i0_value"]


def test_missing_numbers_are_not_made_up(publish):
    change = [
        ("t.csv", "E01000002,E02000001,North,E06000001,9", "E01000002,E02000001,North,E06000001,")
    ]
    indicator = f"{RATE}, missing_values: unscored, publish: {{geography: msoa21, round_to: 5}}"
    tables, _ = publish(indicator, "column: minutes", change=change)
    table = tables["indicators_msoa21"]
    assert values(table)[0] == "[x]"
    assert values(table, "i0_numerator")[0] == "[x]"
    assert values(table, "i0_denominator")[0] == 100
    assert any("1 without a value" in note for note in table.notes)
    assert table.rows["i0_value"].null_count() == 1


def test_indicators_of_one_title_are_told_apart(publish):
    title = "title: Poverty"
    tables, _ = publish(f"{RATE}, {title}", f"column: minutes, {title}")
    headings = [column.heading for column in tables["indicators_lsoa21"].columns]
    assert headings[2:] == ["Poverty", "Poverty (i1_value)"]
