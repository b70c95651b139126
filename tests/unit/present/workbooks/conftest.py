"""A small publication with whatever cells can hold."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from hyperlocal.present.tables.model import Column, Table
from hyperlocal.present.workbooks import Cover

CODE, NAME = Column("area_code", "Area code", "The code"), Column("area_name", "Area name", "")
TEXTS = (
    "=1+1",
    "+44 20 7946 0000",
    "-5",
    "@SUM(A1)",
    '=HYPERLINK("https://example.org")',
    "https://example.org/a?b=1&c=2",
    "[a link](https://example.org)",
    "$$note$$ [note 1]",
    "007",
    "1e5",
    "TRUE",
    "2025-10-30",
    "a  b   c",
    " leading and trailing ",
    "two\nlines, and\n\nfour",
    "a\ttab",
    'a "quoted", comma',
    "<b>R&D</b> & <![CDATA[x]]>",
    "Ynys Môn, Tŷ-croes ŵ — “quotes” 𝒜",
    "_x0041_ and _x005F_",
    "]]> &amp; 'apostrophe'",
    "[c]",
    "100 %",
    "long " * 200,
)


@pytest.fixture(scope="session")
def tables() -> tuple[Table, ...]:
    scores = [12.25, -0.000001, None, 1234567.891235, -0.0, None]
    areas = Table(
        "areas",
        "Scores, ranks and deciles of six areas",
        "One row for each area. Rank 1 is the most need; see [the report](https://example.org).",
        (
            CODE,
            NAME,
            Column("need_score", "Need: score", "High is more need", "number", "points", 2),
            Column("need_rank", "Need: rank", "1 is the most need", "whole"),
        ),
        pl.DataFrame(
            {
                "area_code": [f"E0100000{number}" for number in range(6)],
                "area_name": ["City 001A", "Y Fro", None, "+Plus", "  ", "=Is"],
                "need_score": scores,
                "need_rank": [1, 2, None, 999_999_999_999_999, 0, -5],
            }
        ),
        ("area_code",),
        notes=("Scores are relative.", "Areas are those of 2021."),
        source="A publisher",
    )
    children = [None, 12, 5, None, 7, 1200]
    counts = Table(
        "indicators_by_middle_layer_super_output_area_2021",
        "Children",
        "",
        (CODE, Column("children", "Children", "Children of the area", "whole")),
        pl.DataFrame({"area_code": areas.rows["area_code"], "children": children}),
        ("area_code",),
        {"children": pl.Series(["[c]", None, None, None, None, None], dtype=pl.String)},
        ("Numbers below 5 are not shown.", "Scores are relative."),
    )
    said = [Column("id", "Id", "What it is"), Column("said", "What is said", "A text")]
    rows = {"id": [f"text_{number}" for number in range(len(TEXTS))], "said": TEXTS}
    texts = Table("history", "What is said", "All of it.", tuple(said), pl.DataFrame(rows), ("id",))
    return areas, counts, texts


@pytest.fixture(scope="session")
def cover() -> Cover:
    return Cover(
        "A small index & its parts",
        ("Six areas.", "Rank 1 is the most need."),
        "A publisher",
        "Open Government Licence v3.0",
        "A publisher (2025). A small index.",
        "indices@example.org",
        "https://example.org/a?b=1&c=(2)",
        ("A rank is not a rate.",),
        "cy-GB",
        datetime(2025, 10, 30, 9, 30, tzinfo=UTC),
    )
