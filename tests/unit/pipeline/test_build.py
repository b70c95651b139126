"""What a build computes and leaves: hand-worked chains, policies, file formats, provenance."""

from __future__ import annotations

import hashlib
import json
import math

import numpy as np
import polars as pl
import pytest
import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from scipy.special import ndtri
from scipy.stats import rankdata

import hyperlocal
from hyperlocal import methods


def test_results_folder_holds_what_is_documented(small):
    small.build()
    assert {path.name for path in small.out.iterdir()} == {
        "areas.parquet",
        "weights.parquet",
        "quality.json",
        "definition.yaml",
        "provenance.json",
        "datapackage.json",
    }


def test_a_file_or_a_name_will_do_for_a_definition(small):
    expected = small.build().areas
    results = hyperlocal.build(small.definition, data=small.folder, out=small.folder / "again")
    assert results.areas.equals(expected)
    with pytest.raises(hyperlocal.DefinitionError, match="neither a file nor a bundled"):
        hyperlocal.build("no-such-index", data=small.folder, out=small.folder / "again")


def test_chain_of_a_rate(small):
    """Shrunk to the district, normal score, rank, exponential transformation: each by itself."""
    areas = small.build().areas
    table = pl.read_csv(small.table)
    shrunk = methods.shrink_proportions(
        table["out_of_work"].to_numpy(), table["adults"].to_numpy(), table["district"].to_numpy()
    ).shrunk
    assert (
        areas["out_of_work_value"].to_list()
        == (table["out_of_work"] / table["adults"] * 100).to_list()
    )
    np.testing.assert_allclose(areas["out_of_work_shrunk"], shrunk * 100, rtol=1e-14)
    normal = ndtri(rankdata(shrunk) / 7)
    np.testing.assert_allclose(areas["out_of_work_standardised"], normal, rtol=1e-12)
    np.testing.assert_allclose(areas["work_score"], normal, rtol=1e-12)
    rank = 7 - rankdata(shrunk)
    assert areas["work_rank"].to_list() == rank.tolist()
    fraction = (6 - rank + 1) / 6
    transformed = -23 * np.log(1 - fraction * (1 - math.exp(-100 / 23)))
    np.testing.assert_allclose(areas["work_transformed"], transformed, rtol=1e-12, atol=1e-12)
    income = 7 - rankdata(-table["income"].to_numpy())
    transformed_income = -23 * np.log(1 - (7 - income) / 6 * (1 - math.exp(-100 / 23)))
    overall = 0.5 * transformed + 0.5 * transformed_income
    np.testing.assert_allclose(areas["small_score"], overall, rtol=1e-12)
    assert areas["small_rank"].to_list() == (7 - rankdata(overall)).tolist()
    assert areas["small_decile"].to_list() == [
        math.ceil(10 * rank / 6) for rank in areas["small_rank"]
    ]


def test_order_of_rows_does_not_matter(small):
    first = small.build().areas
    head, *rows = small.table.read_text().splitlines()
    small.table.write_text("\n".join([head, *reversed(rows)]))
    assert small.build().areas.equals(first)


def test_counts_are_added_up_into_a_new_numerator(small):
    small.change(
        "{numerator: out_of_work, denominator: adults, per: 100, shrink_to: ltla24}",
        "{denominator: adults, per: 100, shrink_to: ltla24, indicators: "
        "{first: {kind: count, column: out_of_work}, second: {kind: count, column: out_of_work}}}",
    )
    areas = small.build().areas
    assert areas["out_of_work_numerator"].to_list() == [24, 60, 90, 6, 18, 128]
    assert areas["first_value"].to_list() == [12, 30, 45, 3, 9, 64]
    assert "first_rank" not in areas.columns
    summed = small.definition.read_text()
    summed = summed[: summed.index("{denominator")] + (
        "{numerator: [out_of_work, out_of_work], denominator: adults, per: 100, "
        "shrink_to: ltla24}\n" + summed[summed.index("    money:") :]
    )
    small.definition.write_text(summed)
    assert small.build().areas["small_score"].equals(areas["small_score"])


def test_composite_indicator_is_standardised_again(small):
    small.change(
        "        income: {column: income, high_value: less_need}",
        "        means:\n"
        "          indicators:\n"
        "            income: {column: income, high_value: less_need}\n"
        "            adults: {column: adults}",
    )
    areas = small.build().areas
    parts = [areas["income_standardised"].to_numpy(), areas["adults_standardised"].to_numpy()]
    combined = (parts[0] + parts[1]) / 2
    np.testing.assert_allclose(areas["means_score"], combined, rtol=1e-12)
    expected = ndtri(rankdata(combined.round(12)) / 7)
    np.testing.assert_allclose(areas["means_standardised"], expected, rtol=1e-12)


def test_supplementary_nodes_do_not_enter(small):
    before = small.build().areas["small_score"]
    small.change("  domains:", "  supplementary: {beside: {column: adults}}\n  domains:")
    areas = small.build().areas
    assert areas["small_score"].equals(before)
    assert areas["beside_rank"].to_list() == [3, 2, 4, 6, 5, 1]
    assert areas["beside_score"].to_list() == areas["beside_value"].to_list()


def test_excluded_area_that_counts_in_n(small):
    """With one of six areas left out but counted, the top area's R is 5/6 and not 1."""
    small.change(
        "  table: {input: people}",
        "  table: {input: people}\n"
        "  exclude: [{code: E01000004, reason: no school data, counts_in_n: true}]",
    )
    small.change("index:", "index:\n  published_score: transformed_rank")
    results = small.build()
    assert results.areas.height == 5
    top = results.most_need(1)["score"][0]
    assert top == pytest.approx(-23 * math.log(1 - 5 / 6 * (1 - math.exp(-100 / 23))))
    assert results.provenance["n"] == 6
    assert results.provenance["excluded"][0]["reason"] == "no school data"
    assert results.provenance["inputs"]["people"]["rows_dropped"] == {"area is excluded": 1}


def test_stated_n_below_the_number_of_areas_is_refused(small):
    small.change("defaults:", "conventions: {n: 5}\ndefaults:")
    with pytest.raises(hyperlocal.DataError, match="6 areas are ranked, more than the stated N"):
        small.build()


@pytest.mark.parametrize(("policy", "ranked"), [("neutral", 6), ("unscored", 5)])
def test_policies_for_missing_values(small, policy, ranked):
    small.change_table("21000", "")
    small.change("high_value: less_need}", f"high_value: less_need, missing_values: {policy}}}")
    results = small.build()
    areas = results.areas
    assert areas["income_value"].null_count() == 1
    assert areas["income_rank"].null_count() == 1
    assert areas["small_rank"].drop_nulls().len() == ranked
    assert results.provenance["missing_values"] == {"income": {"areas": 1, "policy": policy}}
    if policy == "neutral":
        assert areas["income_standardised"][1] == 0


def test_missing_count_may_stand_for_zero_and_is_counted(small):
    small.change_table("3,150", "*,150")
    small.change("code: area}", 'code: area, missing: "*"}')
    small.change("shrink_to: ltla24}", "shrink_to: ltla24, missing_values: zero}")
    results = small.build()
    assert results.areas["out_of_work_value"][3] == 0
    assert results.provenance["missing_values"]["out_of_work"] == {"areas": 1, "policy": "zero"}


def test_single_precision_is_used_throughout(small):
    small.change("defaults:", "conventions: {arithmetic: single}\ndefaults:")
    areas = small.build().areas
    for name in ("out_of_work_shrunk", "work_transformed", "small_score"):
        assert areas[name].dtype == pl.Float32


@pytest.mark.parametrize(
    ("convention", "fraction"), [("(N-rank+1)/N", 6 / 6), ("(N-rank)/N", 5 / 6)]
)
def test_rank_fraction(small, convention, fraction):
    small.change("defaults:", f'conventions: {{rank_fraction: "{convention}"}}\ndefaults:')
    top = small.build().areas["work_transformed"].max()
    assert top == pytest.approx(-23 * math.log(1 - fraction * (1 - math.exp(-100 / 23))))


def test_weights_by_factor_analysis_with_a_cap(tmp_path):
    random = np.random.default_rng(3)
    need = random.normal(size=500)
    table = {f"x{k}": need + random.normal(0, 0.3 + 0.3 * k, 500) for k in range(4)}
    codes = [f"E{k:08d}" for k in range(500)]
    pl.DataFrame({"code": codes, **table}).write_parquet(tmp_path / "t.parquet")
    (tmp_path / "i.yaml").write_text(
        "hyperlocal: 1\nid: top\nareas: {geography: lsoa21, table: {input: t}}\n"
        "inputs: {t: {file: t.parquet, geography: lsoa21, code: code}}\n"
        "defaults: {input: t, high_value: more_need}\n"
        "index:\n  weights: {factor_analysis: {weights_from: regression_scores}, caps: {x0: 0.3}}\n"
        "  indicators: {x0: {column: x0}, x1: {column: x1}, x2: {column: x2}, x3: {column: x3}}\n"
    )
    results = hyperlocal.build(hyperlocal.load(tmp_path / "i.yaml"), tmp_path, tmp_path / "out")
    normal = np.column_stack([methods.normal_scores(values) for values in table.values()])
    factor = methods.one_factor(np.corrcoef(normal.T))
    estimated = factor.regression_coefficients / factor.regression_coefficients.sum()
    np.testing.assert_allclose(results.weights["estimated"], estimated, rtol=1e-6)
    rest = estimated[1:] * 0.7 / estimated[1:].sum()
    np.testing.assert_allclose(results.weights["weight"], [0.3, *rest], rtol=1e-6)
    analysis = results.quality["factor_analyses"]["top"]
    assert analysis["converged"] is True
    assert analysis["findings"] == []


def test_indicator_that_runs_against_its_siblings_stops_the_build(tmp_path):
    random = np.random.default_rng(4)
    need = random.normal(size=300)
    columns = {f"x{k}": need * (-1 if k == 3 else 1) + random.normal(0, 0.5, 300) for k in range(4)}
    codes = [f"E{k:08d}" for k in range(300)]
    pl.DataFrame({"code": codes, **columns}).write_csv(tmp_path / "t.csv")
    definition = (
        "hyperlocal: 1\nid: top\nareas: {geography: lsoa21, table: {input: t}}\n"
        "inputs: {t: {file: t.csv, geography: lsoa21, code: code}}\n"
        "defaults: {input: t, high_value: more_need}\n"
        "index:\n  weights: {factor_analysis: {accept: []}}\n"
        "  indicators: {x0: {column: x0}, x1: {column: x1}, x2: {column: x2}, x3: {column: x3}}\n"
    )
    (tmp_path / "i.yaml").write_text(definition)
    with pytest.raises(hyperlocal.DataError, match=r"x3 loads negatively.*accept"):
        hyperlocal.build(hyperlocal.load(tmp_path / "i.yaml"), tmp_path, tmp_path / "out")
    (tmp_path / "i.yaml").write_text(definition.replace("[]", "[negative_loading]"))
    results = hyperlocal.build(hyperlocal.load(tmp_path / "i.yaml"), tmp_path, tmp_path / "out")
    assert "top: x3 loads negatively" in results.provenance["warnings"][0]
    assert "top: x0 and x3 are negatively correlated" in results.provenance["warnings"]


def workbook(path, rows, sheet="People"):
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Notes").write(0, 0, "Nothing here")
    page = book.add_worksheet(sheet)
    page.write(0, 0, "A title above the table")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            page.write(number + 2, column, value)
    book.close()


def open_document(path, rows, sheet="People"):
    book = OpenDocumentSpreadsheet()
    for name, lines in (("Notes", [["Nothing here"]]), (sheet, [["A title"], [], *rows])):
        page = Table(name=name)
        for line in lines:
            row = TableRow()
            for value in line or [""]:
                number = isinstance(value, int | float)
                kind = {"valuetype": "float", "value": value} if number else {"valuetype": "string"}
                cell = TableCell(**kind)
                cell.addElement(P(text=str(value)))
                row.addElement(cell)
            page.addElement(row)
        book.spreadsheet.addElement(page)
    book.save(str(path))


@pytest.mark.parametrize(("suffix", "write"), [(".xlsx", workbook), (".ods", open_document)])
def test_workbooks_give_the_same_as_csv(small, suffix, write):
    expected = small.build().areas
    head, *rows = (line.split(",") for line in small.table.read_text().splitlines())
    rows = [[*row[:2], *map(float, row[2:])] for row in rows]
    write(small.folder / f"people{suffix}", [head, *rows])
    small.change("people.csv", f"people{suffix}, sheet: People, header_row: 3")
    assert small.build().areas.equals(expected)
    small.change("sheet: People", "sheet: Persons")
    with pytest.raises(hyperlocal.DataError, match=r"no sheet 'Persons'; .* Notes, People"):
        small.build()


@pytest.mark.parametrize(("suffix", "write"), [(".xlsx", workbook), (".ods", open_document)])
def test_numbers_of_workbooks_are_read_to_the_last_digit(small, suffix, write):
    values = [1 / 3, 1.23456789e-5, 1e-10, 123456789.125, 2 / 3, 1.0000001e-10]
    head, *rows = (line.split(",") for line in small.table.read_text().splitlines())
    rows = [
        [*row[:2], *map(float, row[2:4]), value] for row, value in zip(rows, values, strict=True)
    ]
    write(small.folder / f"people{suffix}", [head, *rows])
    small.change("people.csv", f"people{suffix}, sheet: People, header_row: 3")
    assert small.build().areas["income_value"].to_list() == values


def test_workbook_as_publishers_write_it(small):
    """Notes above and below, blank rows and columns, marks, a total: read by stated settings."""
    head, *rows = (line.split(",") for line in small.table.read_text().splitlines())
    rows = [[*row[:2], *map(float, row[2:])] for row in rows]
    rows[1][4] = "*"
    book = xlsxwriter.Workbook(small.folder / "people.xlsx")
    page = book.add_worksheet("Data")
    for number, row in enumerate([["Title"], [], [], head, *rows, [], ["Source: made up"]]):
        for column, value in enumerate(row):
            page.write(number + 2, column + 1, value)
    book.close()
    small.change("people.csv", "people.xlsx, missing: '*'")
    message = refused(small)
    assert "none of the headings" in message
    assert "the sheet 'Data' was read; state 'header_row: 6'" in message
    small.change("missing: '*'", "missing: '*', header_row: 6")
    message = refused(small)
    assert "people.xlsx:8: income: E01000002: the value is missing" in message
    assert "people.xlsx:14: area: 'Source: made up' does not look like" in message
    assert len(message.splitlines()) == 2


def refused(small) -> str:
    with pytest.raises(hyperlocal.DataError) as caught:
        small.build()
    return str(caught.value)


def test_headings_in_the_first_filled_row_need_no_setting(small):
    expected = small.build().areas
    head, *rows = (line.split(",") for line in small.table.read_text().splitlines())
    rows = [[*row[:2], *map(float, row[2:])] for row in rows]
    book = xlsxwriter.Workbook(small.folder / "people.xlsx")
    page = book.add_worksheet()
    for number, row in enumerate([head, *rows]):
        for column, value in enumerate(row):
            page.write(number + 4, column + 2, value)
    book.close()
    small.change("people.csv", "people.xlsx")
    assert small.build().areas.equals(expected)


def test_errors_of_a_spreadsheet_are_not_empty_cells(small):
    head, *rows = (line.split(",") for line in small.table.read_text().splitlines())
    book = xlsxwriter.Workbook(small.folder / "people.xlsx")
    page = book.add_worksheet("People")
    for number, row in enumerate([head, *rows]):
        for column, value in enumerate(row):
            page.write(number, column, float(value) if column > 1 and number else value)
    page.write_formula(3, 4, "=1/0", None, "#DIV/0!")
    page.write(4, 2, "..")
    book.close()
    small.change("people.csv", "people.xlsx, missing: '..'")
    small.change("shrink_to: ltla24}", "shrink_to: ltla24, missing_values: zero}")
    assert "people.xlsx:4: income: '#DIV/0!' is not a number; mend the formula" in refused(small)
    small.change("missing: '..'", "missing: ['..', '#DIV/0!']")
    small.change("high_value: less_need}", "high_value: less_need, missing_values: neutral}")
    assert small.build().areas["income_value"].null_count() == 1


def test_empty_sheet_and_sheet_in_another_case(small):
    book = xlsxwriter.Workbook(small.folder / "people.xlsx")
    book.add_worksheet("Cover")
    book.add_worksheet("Data").write(0, 0, "area")
    book.close()
    small.change("people.csv", "people.xlsx")
    assert "the sheet 'Cover' is empty; its other sheets are: Data" in refused(small)
    small.change("people.xlsx", "people.xlsx, sheet: data")
    assert "has no sheet 'data'; did you mean 'Data'?" in refused(small)


def test_zero_stands_for_the_missing_count_and_not_for_its_sum(small):
    small.change("numerator: out_of_work", "numerator: [out_of_work, more]")
    small.change("shrink_to: ltla24}", "shrink_to: ltla24, missing_values: zero}")
    small.change("code: area}", "code: area, missing: '*', duplicate_areas: sum}")
    rows = small.table.read_text().splitlines()
    rows = [f"{row},{'more' if number == 0 else '*'}" for number, row in enumerate(rows)]
    small.table.write_text("\n".join([*rows, "E01000001,E06000001,*,100,1000,7"]))
    results = small.build()
    assert results.areas["out_of_work_numerator"].to_list() == [19, 30, 45, 3, 9, 64]
    assert results.provenance["missing_values"]["out_of_work"] == {"areas": 6, "policy": "zero"}


def test_a_constant_indicator_is_told(small):
    for income in ("21000", "18000", "32000", "29000", "15500"):
        small.change_table(f",{income}", ",25000")
    results = small.build()
    assert results.provenance["warnings"] == [
        "income: has the same value in all areas, and so tells none from another"
    ]
    assert results.quality["indicators"]["income"]["skewness"] is None


def test_missing_marks_in_columns_of_numbers(small):
    table = pl.read_csv(small.table).with_columns(
        pl.when(pl.col("income") == 21000).then(-9.0).otherwise("income").alias("income")
    )
    table.write_parquet(small.folder / "people.parquet")
    small.change("people.csv", "people.parquet, missing: -9")
    assert "E01000002: the value is missing" in refused(small)
    small.change("people.parquet", "people.csv")
    small.change_table("21000", "-9.0")
    assert "E01000002: the value is missing" in refused(small)


def test_codes_that_are_numbers(small):
    text = small.table.read_text()
    for number in range(1, 7):
        text = text.replace(f"E0100000{number}", str(100 + number))
    small.table.write_text(text)
    small.build()
    frame = pl.read_csv(small.table).with_columns(pl.col("area").cast(pl.Float64))
    frame.write_parquet(small.folder / "people.parquet")
    small.change("people.csv", "people.parquet")
    assert small.build().areas["area_code"].to_list() == [str(100 + n) for n in range(1, 7)]


def test_parquet_gives_the_same_as_csv(small):
    expected = small.build().areas
    pl.read_csv(small.table).write_parquet(small.folder / "people.parquet")
    small.change("people.csv", "people.parquet")
    assert small.build().areas.equals(expected)


def test_workbook_cell_is_named_by_its_row_in_the_sheet(small):
    head, *rows = (line.split(",") for line in small.table.read_text().splitlines())
    rows[1][4] = "unknown"
    workbook(small.folder / "people.xlsx", [head, *rows])
    small.change("people.csv", "people.xlsx, sheet: People, header_row: 3")
    with pytest.raises(hyperlocal.DataError, match=r"people\.xlsx:5: income: 'unknown'"):
        small.build()


def test_the_first_form_that_is_there_is_used_and_recorded(small):
    small.change(
        "{file: people.csv,",
        "{forms: [{file: tidy.parquet}, {file: people.csv, columns: {pay: income}}],",
    )
    small.change("column: income", "column: pay")
    results = small.build()
    assert results.provenance["inputs"]["people"]["file"].endswith("people.csv")


def test_csv_as_publishers_write_it(small):
    """Notes above the headings, another encoding and separator, stray spaces, a mark."""
    text = small.table.read_text().replace(",", ";").replace("E01000003", " E01000003 ")
    notes = 'A "note\nin two lines; £\n'
    small.table.write_bytes((notes + text.replace("21000", " 21000 ")).encode("cp1252"))
    small.change(
        "file: people.csv", "file: people.csv, header_row: 3, separator: ;, encoding: cp1252"
    )
    results = small.build()
    assert results.areas["income_value"].to_list()[1] == 21000
    assert results.provenance["inputs"]["people"]["codes_trimmed"] == 1


def test_duplicate_areas_may_be_summed_or_the_first_taken(small):
    small.table.write_text(small.table.read_text() + "E01000001,E06000001,8,100,1000\n")
    small.change("code: area}", "code: area, duplicate_areas: sum}")
    assert small.build().areas["out_of_work_numerator"][0] == 20
    small.change("duplicate_areas: sum", "duplicate_areas: first")
    results = small.build()
    assert results.areas["out_of_work_numerator"][0] == 12
    assert results.provenance["inputs"]["people"]["rows_dropped"] == {
        "a later row of the same area": 1
    }


def test_provenance(small):
    results = small.build()
    record = results.provenance["inputs"]["people"]
    assert record["sha256"] == hashlib.sha256(small.table.read_bytes()).hexdigest()
    assert (record["rows_read"], record["rows_used"]) == (6, 6)
    assert results.provenance["versions"]["hyperlocal"]
    assert set(results.provenance["timings"]) == {"read", "load", "compute", "write"}


def test_data_package_describes_every_column(small):
    results = small.build()
    package = json.loads((small.out / "datapackage.json").read_text())
    tables = [resource for resource in package["resources"] if "schema" in resource]
    assert [resource["name"] for resource in tables] == ["areas", "weights"]
    for resource in tables:
        table = pl.read_parquet(small.out / resource["path"])
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == table.columns
    by_name = {field["name"]: field for field in package["resources"][0]["schema"]["fields"]}
    assert by_name["small_rank"]["type"] == "integer"
    assert by_name["small_rank"]["description"] == "A small index: Rank, 1 is the most need"
    assert results.areas.schema["small_rank"] == pl.Int32


def test_data_package_carries_what_a_reader_should_know_of_an_indicator(small):
    small.change("shrink_to: ltla24}", "shrink_to: ltla24, unit: '% of adults', source: Made up}")
    small.build()
    package = json.loads((small.out / "datapackage.json").read_text())
    fields = {field["name"]: field for field in package["resources"][0]["schema"]["fields"]}
    assert fields["out_of_work_value"]["unit"] == "% of adults"
    assert fields["out_of_work_value"]["source"] == "Made up"
    assert fields["out_of_work_denominator"]["description"] == "Out of work: Denominator"


def test_resolved_definition_builds_the_same(small):
    first = small.build().areas
    definition = hyperlocal.load(small.out / "definition.yaml")
    again = hyperlocal.build(definition, small.folder, small.folder / "again")
    assert again.areas.equals(first)


def test_opening_what_is_no_results_folder(tmp_path):
    with pytest.raises(hyperlocal.ResultsError, match=r"it has no areas\.parquet"):
        hyperlocal.Results.open(tmp_path)


def test_most_need_of_a_domain_and_of_a_stranger(small):
    results = small.build()
    assert results.most_need(2, "work")["area_code"].to_list() == ["E01000006", "E01000003"]
    with pytest.raises(hyperlocal.ResultsError, match=r"no node 'wrk'.*ranked are: small, work"):
        results.most_need(2, "wrk")


def test_a_district_of_one_area_has_nothing_to_be_drawn_towards(small):
    small.change_table("E01000006,E06000002", "E01000006,E06000009")
    areas = small.build().areas
    value, shrunk = areas["out_of_work_value"][5], areas["out_of_work_shrunk"][5]
    assert shrunk == pytest.approx(value, rel=0.01)  # but for the halves that a logit adds
    assert abs(areas["out_of_work_shrunk"][0] - areas["out_of_work_value"][0]) > 0.1


def test_means_whose_samples_seem_to_scatter_by_nothing_are_noted(small):
    """Small samples that differ less than large ones: there is nothing to shrink by."""
    small.change(
        "        income: {column: income, high_value: less_need}",
        "        income: {kind: mean, column: income, sample_size: adults, high_value: less_need,"
        " shrink_to: ltla24}",
    )
    for old, new in (("25000", "21000"), ("32000", "25500"), ("29000", "25400")):
        small.change_table(old, new)
    small.change_table("290,18000", "90,21000")
    results = small.build()
    notes = [note for note in results.provenance["warnings"] if note.startswith("income:")]
    same = results.areas["income_shrunk"].equals(results.areas["income_value"], check_names=False)
    assert same
    assert len(notes) == 1
    assert "is not shrunk" in notes[0]
