"""What a user gets whose tables are wrong: one message a fault, with file, row and remedy."""

from __future__ import annotations

import shutil
import subprocess

import pytest

import hyperlocal


def problems(small) -> list[str]:
    """All problems of a build that must fail, and leave nothing behind."""
    with pytest.raises(hyperlocal.DataError) as caught:
        small.build()
    assert not small.out.exists()
    assert not list(small.folder.glob(".results*"))
    return [str(problem) for problem in caught.value.problems]


def only(found: list[str]) -> str:
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("text", ["", "\n\n", "area,district,out_of_work,adults,income\n"])
def test_empty_file(small, text):
    small.table.write_text(text)
    message = only(problems(small))
    assert str(small.table) in message
    assert "empty" in message or "no rows" in message


def test_missing_file_names_the_publisher(small):
    small.change("file: people.csv", "file: gone.csv, url: 'https://publisher.example/people'")
    message = only(problems(small))
    assert "gone.csv: the file is not there" in message
    assert "it is published at https://publisher.example/people" in message


def test_data_folder_missing(small):
    with pytest.raises(hyperlocal.DataError, match=r"there is no such folder.*--data"):
        hyperlocal.build(hyperlocal.load(small.definition), small.folder / "gone", small.out)


def test_wrong_columns_are_all_named_with_what_is_there(small):
    small.change("column: income", "column: earnings")
    small.change("denominator: adults", "denominator: grown_ups")
    found = problems(small)
    assert [message.split(": ")[1] for message in found] == ["grown_ups", "earnings"]
    assert all("columns are: area, district, out_of_work, adults, income" in m for m in found)
    assert "index.yaml:15 (domains.work.indicators.out_of_work.denominator) asks for it" in found[0]
    assert "index.yaml:18 (domains.money.indicators.income.column) asks for it" in found[1]


def test_duplicate_area(small):
    small.change_table("E01000004,E06000002,3,", "E01000003,E06000002,3,")
    found = problems(small)
    assert "people.csv:5: area: E01000003 has more than one row" in found[0]
    assert "duplicate_areas: first" in found[0]


def test_area_missing_from_one_table_and_extra_in_it(small):
    small.change("defaults:", "  more: {file: more.csv, geography: lsoa21, code: area}\ndefaults:")
    small.change("{column: income,", "{input: more, column: income,")
    lines = [line for line in small.table.read_text().splitlines() if "E01000002" not in line]
    (small.folder / "more.csv").write_text("\n".join([*lines, "E01999999,E06000002,1,9,100"]))
    found = problems(small)
    assert "more.csv:7: area: E01999999 is not an area of the index" in found[0]
    assert "extra_areas: drop" in found[0]
    assert "1 areas of the index have no row: E01000002" in found[1]
    assert "absent_areas: missing" in found[1]


def test_row_without_a_code(small):
    small.change_table("E01000004,", ",")
    assert "people.csv:5: area: the row has no area code" in problems(small)[0]


def test_text_in_a_number_column_with_its_row(small):
    small.change_table("21000", "twenty-one thousand")
    message = only(problems(small))
    assert "people.csv:3: income: 'twenty-one thousand' is not a number" in message
    assert "'missing'" in message


def test_thousands_separators_are_explained_and_read_when_stated(small):
    small.change_table("21000", '"21,000"')
    assert "thousands: ','" in only(problems(small))
    small.change("code: area}", 'code: area, thousands: ","}')
    assert small.build().areas["income_value"][1] == 21000


@pytest.mark.parametrize("infinite", ["inf", "-inf", "1e999"])
def test_infinite_value(small, infinite):
    small.change_table("21000", infinite)
    assert "people.csv:3: income: the value is infinite" in only(problems(small))


def test_negative_count(small):
    small.change_table("12,300", "-12,300")
    assert "people.csv:2: out_of_work: E01000001: the value is negative" in only(problems(small))


def test_numerator_above_denominator(small):
    small.change_table("12,300", "312,300")
    message = only(problems(small))
    assert "people.csv:2: out_of_work: E01000001: the numerator is above the denominator" in message
    assert "counts: events" in message


def test_denominator_zero(small):
    small.change_table("3,150", "0,0")
    message = only(problems(small))
    assert "people.csv:5: adults: E01000004: the denominator is 0" in message
    assert "zero_denominator" in message
    small.change("shrink_to: ltla24", "shrink_to: ltla24, zero_denominator: larger_area")
    assert small.build().areas["out_of_work_shrunk"].null_count() == 0


def test_missing_value_is_refused_with_its_row(small):
    small.change_table("21000", "*")
    assert "'*' is not a number" in only(problems(small))
    small.change("code: area}", 'code: area, missing: "*"}')
    message = only(problems(small))
    assert "people.csv:3: income: E01000002: the value is missing" in message
    assert "missing_values" in message


def test_many_faults_are_counted_not_repeated(small):
    rows = [f"E0100{number:04d},E06000001,5,100,oops" for number in range(1, 101)]
    small.table.write_text("\n".join(["area,district,out_of_work,adults,income", *rows]))
    found = problems(small)
    assert len(found) == 6
    assert found[-1].endswith("and 95 more such cells")


def test_all_faults_of_all_columns_at_once(small):
    small.change_table("12,300,25000", "-12,300,much")
    small.change_table("E01000006,", "E01000005,")
    found = "\n".join(problems(small))
    for part in ("negative", "'much' is not a number", "has more than one row"):
        assert part in found


def test_ragged_row(small):
    small.change_table("45,290,18000", "45,290,18000,9,9,9")
    assert "people.csv: cannot be read as a .csv table" in only(problems(small))


def test_not_utf8(small):
    small.table.write_bytes(small.table.read_bytes().replace(b"E06000002,3", b"\xa3,3"))
    assert "people.csv:5: is not utf-8 text; state its encoding" in only(problems(small))


def test_a_file_that_is_no_workbook_or_parquet(small):
    for suffix in (".xlsx", ".ods", ".parquet"):
        other = small.folder / f"people{suffix}"
        shutil.copy(small.table, other)
        small.change("people.csv" if suffix == ".xlsx" else "people.", f"people{suffix}#")
        text = small.definition.read_text()
        small.definition.write_text(
            text.replace(text[text.index("file: ") :].split(",")[0], f"file: people{suffix}")
        )
        assert f"people{suffix}: cannot be read as a" in only(problems(small))


def test_a_line_of_ten_megabytes_in_a_table(small):
    small.change_table("25000", "9" * 10_000_000)
    message = only(problems(small))
    assert len(message) < 400
    assert "people.csv:2: income:" in message


def test_exit_code_and_no_half_written_output(small, hyperlocal_command):
    small.change_table("21000", "much")
    done = subprocess.run(
        [
            *hyperlocal_command,
            "build",
            small.definition,
            "--data",
            small.folder,
            "--out",
            small.out,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert not small.out.exists()
