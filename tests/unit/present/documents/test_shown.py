"""What documents show of published tables is what stands in them."""

import polars as pl

from hyperlocal.present.documents import shown
from hyperlocal.present.tables.model import CONFIDENTIAL, NOT_AVAILABLE, Column, Table

TABLE = Table(
    name="areas",
    title="All areas",
    about="",
    columns=(
        Column("code", "Code", "the code"),
        Column("name", "Name", "the name"),
        Column("rank", "Rank", "the rank", "whole"),
        Column("score", "Score", "the score", "number", decimals=2),
    ),
    rows=pl.DataFrame(
        {
            "code": ["W1", "W2", "W3"],
            "name": ["Y Felinheli", None, "Tŷ-du"],
            "rank": [1909, None, 1],
            "score": [1234.567, -0.001, None],
        }
    ),
    keys=("code",),
    marks={"score": pl.Series([None, None, CONFIDENTIAL], dtype=pl.String)},
    notes=("A note",),
    source="The office",
)


def test_numbers_are_written_with_separators_and_marks_stand_for_the_rest() -> None:
    made = shown(TABLE)
    assert made["rows"] == [
        ["W1", "Y Felinheli", "1,909", "1,234.57"],
        ["W2", NOT_AVAILABLE, NOT_AVAILABLE, "0.00"],
        ["W3", "Tŷ-du", "1", CONFIDENTIAL],
    ]
    assert [one["mark"] for one in made["shorthand"]] == [NOT_AVAILABLE, CONFIDENTIAL]
    assert (made["caption"], made["notes"], made["source"]) == (
        "All areas",
        ["A note"],
        "The office",
    )


def test_rows_and_columns_are_chosen_and_put_in_order() -> None:
    wanted = pl.DataFrame({"code": ["W3", "W1"]})
    made = shown(TABLE, ["rank", "name"], wanted, caption="Two", headings={"name": "Area"})
    assert made["rows"] == [["1", "Tŷ-du"], ["1,909", "Y Felinheli"]]
    assert [one["heading"] for one in made["columns"]] == ["Rank", "Area"]
    assert made["shorthand"] == []
