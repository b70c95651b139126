"""Whatever tables hold, all three kinds of files give it back."""

from __future__ import annotations

import csv

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyperlocal.present.csv_files import write_csvs
from hyperlocal.present.tables.model import Column, Table
from hyperlocal.present.workbooks import write_ods, write_workbook
from hyperlocal.present.workbooks.sheets import plan

COLUMNS = (
    Column("text", "Text", "A text"),
    Column("whole", "Whole", "A whole number", "whole"),
    Column("number", "Number", "A number", "number"),
)
LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
TEXTS = st.one_of(
    st.sampled_from(
        ["=1", "-1", "+1", "1,2", 'a"b', "a\nb", " a", "a ", "_x000d_", "]]>a", "&lt;a"]
    ),
    st.text(LETTERS, max_size=20).map(lambda text: f"{text}a{text}"),
    st.none(),
)
ROWS = st.lists(
    st.tuples(
        TEXTS,
        st.none() | st.integers(-(10**15) + 1, 10**15 - 1),
        st.none() | st.floats(allow_nan=False, allow_infinity=False, width=64),
        st.sampled_from(["[x]", "[c]"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(ROWS)
def test_any_cells(tmp_path, cover, read, same_cells, rows):
    schema = {"text": pl.String, "whole": pl.Int64, "number": pl.Float64, "mark": pl.String}
    frame = pl.DataFrame(rows, schema, orient="row")
    marks = {"number": frame["mark"]}
    table = Table("cells", "Cells", "", COLUMNS, frame.drop("mark"), ("text",), marks)
    sheet = plan([table])[-1]
    for end, write in {"xlsx": write_workbook, "ods": write_ods}.items():
        cells = read(write(tmp_path / f"any.{end}", [table], cover))["cells"]
        same_cells(table, cells[sheet.heading_row + 1 :])
    (path,) = write_csvs(tmp_path, [table])
    with path.open(newline="", encoding="utf-8") as file:
        same_cells(table, pl.DataFrame(list(csv.reader(file, strict=True))[1:], orient="row"))
