"""Tables that are read at the same time, and text files that are opened without reading them."""

from __future__ import annotations

import shutil

import pytest

import hyperlocal
from hyperlocal.errors import DataError
from hyperlocal.pipeline.text_files import PART

NAMES = [f"table_{number}" for number in range(8)]


@pytest.fixture
def many(small):
    """The small index with eight tables of incomes more, the first of them by far the longest."""
    inputs = "".join(
        f"  {name}: {{file: {name}.csv, geography: lsoa21, code: area}}\n" for name in NAMES
    )
    small.change("inputs:\n", f"inputs:\n{inputs}")
    income = "        income: {column: income, high_value: less_need}"
    more = "".join(f"\n        of_{name}: {{input: {name}, column: income}}" for name in NAMES)
    small.change(income, income + more)
    for name in NAMES:
        shutil.copy(small.table, small.folder / f"{name}.csv")
    with (small.folder / "table_0.csv").open("a") as table:
        table.write("".join(f"note {row},,,,\n" for row in range(200_000)))
    return small


def test_tables_are_reported_in_the_order_in_which_they_are_used(many):
    said = []
    many.change("table_0.csv,", "table_0.csv, extra_areas: drop,")
    hyperlocal.build(
        many.definition, many.folder, many.out, lambda what, done, of: said.append(what)
    )
    read = [what for what in said if what.startswith("Reading")]
    assert read == ["Reading people", *(f"Reading {name}" for name in NAMES)]


def test_problems_of_several_tables_are_in_the_order_in_which_these_are_used(many):
    for name in NAMES:
        table = many.folder / f"{name}.csv"
        table.write_text(table.read_text().replace("income", "pay", 1))
    with pytest.raises(DataError) as caught:
        many.build()
    assert [problem.file for problem in caught.value.problems] == [
        str(many.folder / f"{name}.csv") for name in NAMES
    ]


def test_a_folder_may_have_the_marks_of_a_pattern_in_its_name(small):
    folder = small.folder / "data [2025] *"
    folder.mkdir()
    shutil.copy(small.table, folder)
    results = hyperlocal.build(small.definition, folder, small.out)
    assert results.areas["income_value"].to_list() == [25000, 21000, 18000, 32000, 29000, 15500]


@pytest.mark.parametrize("letters", [PART - 1, PART])
def test_a_letter_of_two_bytes_may_lie_where_one_part_of_a_file_ends(small, letters):
    text = small.table.read_text()
    title = "a" * (letters - 1) + "é"
    small.table.write_text(f"{title}\n{text}", encoding="utf-8")
    small.change("code: area}", "code: area, header_row: 2}")
    assert small.build().areas.height == 6


def test_the_row_of_what_is_not_utf_8_is_named_wherever_it_stands(small):
    rows = "".join(f"note {row},,,,\n" for row in range(20_000))
    small.table.write_bytes(small.table.read_bytes() + rows.encode() + b"caf\xe9,,,,\n")
    with pytest.raises(DataError, match=r"people\.csv:20008: is not utf-8 text"):
        small.build()


def test_a_letter_that_is_cut_off_at_the_end_is_not_utf_8(small):
    small.table.write_bytes(small.table.read_bytes() + b"caf\xc3")
    with pytest.raises(DataError, match=r"people\.csv:8: is not utf-8 text"):
        small.build()
