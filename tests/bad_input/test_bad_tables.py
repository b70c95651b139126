"""What a user gets whose tables are wrong: one message a fault, with file, row and remedy."""

from __future__ import annotations

import shutil
import subprocess

import polars as pl
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


def test_a_row_with_more_values_than_headings_even_where_the_last_are_not_used(small):
    """A comma in a name that is not in quotes moves every number after it."""
    lines = small.table.read_text().splitlines()
    rows = [f"{line},x" for line in lines]
    rows[2] += ",y"
    small.table.write_text("\n".join(rows) + "\n")
    message = only(problems(small))
    assert "a row has more values than there are headings" in message
    assert "must stand in quotes" in message


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
    assert "1 area of the index has no row: E01000002" in found[1]
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


@pytest.mark.parametrize("suffix", [".xlsx", ".ods", ".parquet"])
def test_a_file_that_is_not_what_its_ending_says(small, suffix):
    shutil.copy(small.table, small.folder / f"people{suffix}")
    small.change("people.csv", f"people{suffix}")
    assert f"people{suffix}: cannot be read as a" in only(problems(small))


def test_a_workbook_that_is_called_csv(small):
    small.table.write_bytes(b"PK\x03\x04" + b"\x00" * 50)
    assert "is a workbook, not a CSV file; give it its ending back" in only(problems(small))


def test_unknown_ending(small):
    small.table.rename(small.folder / "people.numbers")
    small.change("people.csv", "people.numbers")
    assert "files that end in '.numbers' are not read; save it as" in only(problems(small))


def test_headings_that_are_not_there_are_told_once(small):
    small.table.write_text("A note\n" + small.table.read_text())
    message = only(problems(small))
    assert "none of the headings area, district, out_of_work, adults, income stands in row 1" in (
        message
    )
    assert "state 'header_row'" in message


def test_another_separator_is_suspected(small):
    small.table.write_text(small.table.read_text().replace(",", ";"))
    assert "state separator: ';'" in only(problems(small))


def test_header_row_beyond_the_end(small):
    small.change("code: area}", "code: area, header_row: 99}")
    assert "the file is empty from there on; row 99 should hold" in only(problems(small))


@pytest.mark.parametrize("between", ["area ", " area", "area"])
def test_a_heading_that_stands_twice(small, between):
    lines = small.table.read_text().splitlines()
    lines = [f"{line},{between if number == 0 else 1}" for number, line in enumerate(lines)]
    small.table.write_text("\n".join(lines))
    assert "area: the heading stands twice; rename one" in only(problems(small))


@pytest.mark.parametrize("row", ["Total,E06000002,159,1730,140500", "Note: rounded,,,,"])
def test_a_total_or_a_note_is_no_area(small, row):
    rows = "".join(f"E010001{number:02d},E06000001,12,300,25000\n" for number in range(20))
    small.table.write_text(small.table.read_text() + rows + row + "\n")
    found = problems(small)
    assert "people.csv:28: area:" in found[0]
    assert "does not look like the code of an area, such as E01000001; delete the row" in found[0]


def test_codes_in_another_case_are_told_once(small):
    small.change("defaults:", "  more: {file: more.csv, geography: lsoa21, code: area}\ndefaults:")
    small.change("{column: income,", "{input: more, column: income,")
    (small.folder / "more.csv").write_text(small.table.read_text().replace("E0", "e0"))
    message = only(problems(small))
    assert "6 of the 6 areas of the index have no row: the codes here are e01000001" in message
    assert "they differ in upper and lower case" in message


def test_numbers_that_are_no_codes(small):
    small.change("defaults:", "  more: {file: more.csv, geography: lsoa21, code: n}\ndefaults:")
    small.change("{column: income,", "{input: more, column: income,")
    (small.folder / "more.csv").write_text("n,income\n" + "".join(f"{n},5\n" for n in range(6)))
    assert "they are numbers: name the column that holds the codes" in only(problems(small))


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ('"21,000"', "if the comma parts thousands, state \"thousands: ','\""),
        ('"21,5"', "if the comma stands before decimals, state \"decimal: ','\""),
        ("21 000", "if the space parts thousands"),
        ("21%", "take the percent signs away"),
        ("(21)", "write a negative number with a minus sign"),
        ("#DIV/0!", "mend the formula"),
        ("NaN", "state the mark under 'missing'"),
    ],
)
def test_hints_for_what_is_no_number(small, cell, hint):
    small.change_table("21000", cell)
    assert hint in only(problems(small))


@pytest.mark.parametrize("cell", ["104,8", "1,05", "1,2345", "12,34,567"])
def test_thousands_come_in_groups_of_three(small, cell):
    small.change_table("21000", f'"{cell}"')
    small.change("code: area}", 'code: area, thousands: ","}')
    assert f"people.csv:3: income: '{cell}' is not a number" in only(problems(small))


def test_decimal_commas_and_thousands_points(small):
    small.change_table("21000", '"21.000,5"')
    small.change("code: area}", 'code: area, thousands: ".", decimal: ","}')
    assert small.build().areas["income_value"].to_list()[:2] == [25000, 21000.5]
    small.change_table("21.000,5", "1.05")
    with pytest.raises(hyperlocal.DataError, match=r"'1\.05' is not a number"):
        small.build()


def test_blank_rows_are_skipped_and_counted(small):
    lines = small.table.read_text().splitlines()
    small.table.write_text("\n".join([*lines[:3], ",,,,", *lines[3:], ",,,, "]))
    results = small.build()
    record = results.provenance["inputs"]["people"]
    assert record["rows_dropped"] == {"the row is blank": 2}
    assert (record["rows_read"], record["rows_used"]) == (8, 6)
    small.table.write_text(small.table.read_text() + "\nE01000001,E06000001,8,100,1000\n")
    small.change("code: area}", "code: area, duplicate_areas: first}")
    record = small.build().provenance["inputs"]["people"]
    assert (record["rows_read"], record["rows_used"]) == (9, 6)
    small.change_table("18000", "much")
    with pytest.raises(hyperlocal.DataError, match=r"people\.csv:5: income: 'much'"):
        small.build()


@pytest.mark.parametrize("policy", ["refuse", "neutral", "unscored"])
def test_an_indicator_without_any_value(small, policy):
    for income in ("25000", "21000", "18000", "32000", "29000", "15500"):
        small.change_table(f",{income}", ",")
    small.change("high_value: less_need}", f"high_value: less_need, missing_values: {policy}}}")
    found = problems(small)
    expected = "the value is missing" if policy == "refuse" else "no area has a value"
    assert expected in found[0]
    if policy != "refuse":
        assert "index.yaml:18: domains.money.indicators.income: no area has" in only(found)


def test_a_district_without_any_data(small):
    small.change_table("3,150", "0,0")
    small.change_table("9,280", "0,0")
    small.change_table("64,400", "0,0")
    small.change("shrink_to: ltla24", "shrink_to: ltla24, zero_denominator: larger_area")
    message = only(problems(small))
    assert "has no value for E01000004, E01000005, E01000006" in message
    assert "index.yaml:15: domains.work.indicators.out_of_work" in message


def test_events_among_nothing(small):
    small.change_table("3,150", "3,0")
    small.change(
        "shrink_to: ltla24", "shrink_to: ltla24, counts: events, zero_denominator: larger_area"
    )
    message = only(problems(small))
    assert "E01000004: the numerator is above 0 where the denominator is 0" in message


def test_optional_input_that_an_indicator_needs(small):
    small.change(
        "defaults:", "  more: {file: m.csv, geography: lsoa21, code: a, optional: true}\ndefaults:"
    )
    small.change("{column: income,", "{input: more, column: income,")
    message = only(problems(small))
    assert "index.yaml:19: domains.money.indicators.income.column" in message
    assert "needs the input 'more', which is optional and not there; put m.csv into" in message


def test_optional_input_that_lacks_areas(small):
    small.change(
        "defaults:", "  more: {file: m.csv, geography: lsoa21, code: a, optional: true}\ndefaults:"
    )
    small.change("{column: income,", "{input: more, column: income,")
    (small.folder / "m.csv").write_text("a,income\nE01000001,5\n")
    assert "have no row" in only(problems(small))


def test_absent_area_whose_value_is_needed(small):
    small.change(
        "defaults:",
        "  more: {file: m.csv, geography: lsoa21, code: area, absent_areas: missing}\ndefaults:",
    )
    small.change("{column: income,", "{input: more, column: income,")
    lines = [line for line in small.table.read_text().splitlines() if "E01000002" not in line]
    (small.folder / "m.csv").write_text("\n".join(lines))
    message = only(problems(small))
    assert "m.csv: E01000002 has no row" in message
    assert "state 'missing_values' for income" in message


def test_area_without_a_district(small):
    small.change_table("E01000002,E06000001", "E01000002,")
    assert "people.csv:3: district: E01000002 has no ltla24" in only(problems(small))


def test_every_area_excluded(small):
    rows = small.table.read_text().splitlines()[:2]
    small.table.write_text("\n".join(rows))
    small.change(
        "  table: {input: people}",
        "  table: {input: people}\n  exclude: [{code: E01000001, reason: none left}]",
    )
    assert "no area is left: all are excluded" in only(problems(small))


def test_columns_of_lists_and_bytes(small):
    table = pl.read_csv(small.table)
    small.change("people.csv", "people.parquet")
    for odd in (pl.concat_list("income"), pl.lit(b"x"), pl.lit(pl.Series([[1]])).first()):
        table.with_columns(odd.alias("income")).write_parquet(small.folder / "people.parquet")
        assert "people.parquet: income: holds" in only(problems(small))
    table.with_columns(pl.concat_list("area").alias("area")).write_parquet(
        small.folder / "people.parquet"
    )
    assert "people.parquet: area: holds List" in problems(small)[0]


def test_a_rate_that_is_too_large(small):
    small.change_table("3,150", "3,1e-320")
    small.change("shrink_to: ltla24", "counts: events")
    message = only(problems(small))
    assert "people.csv:5: adults: E01000004: the value is infinite" in message


def test_very_large_and_very_small_values_build(small):
    small.change_table("25000", "1e300")
    small.change_table("21000", "1e-300")
    areas = small.build().areas
    assert areas["income_rank"].to_list() == [6, 1, 3, 5, 4, 2]


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
