"""The tables with a row per larger area: what need is like in districts, regions and so on."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from hyperlocal.analysis.populations import Populations
from hyperlocal.analysis.supplied import LargerAreas, summaries
from hyperlocal.definition.publishing import may_leave
from hyperlocal.pipeline import Results
from hyperlocal.present.tables.model import CONFIDENTIAL, Column, Kind, Table
from hyperlocal.present.words import Words, areas_called, geography_called

EXTENT = (
    "The share of its people, from 0 to 1, who live in areas of the three tenths of most need; "
    "beyond the first tenth they count ever less"
)
LOCAL_CONCENTRATION = (
    "The mean rank of those of its areas of most need that hold a tenth of its people, counted so "
    "that high is more need"
)
WITHHELD = ("average_score", "average_score_rank")


def districts_table(
    results: Results, larger: LargerAreas, weights: Populations | None
) -> tuple[Table | None, list[str]]:
    """Return the summaries of one kind of larger areas.

    Parameters
    ----------
    results
        The finished index.
    larger
        The larger areas.
    weights
        What areas are weighed by; None where nobody was counted.

    Returns
    -------
    tuple
        The table ``districts_<id>``, with a row per measure and larger area, or None where nothing
        can be summarised; and what a reader should know.
    """
    found, notes = summaries(results, larger, weights)
    if not found:
        return None, notes
    titles = {node.id: node.title for node in results.definition.nodes}
    rows = pl.concat(found.values(), how="diagonal_relaxed")
    named = pl.col("measure").replace(titles).alias("measure_title")
    rows = rows.with_columns(pl.selectors.float().fill_nan(None))
    rows = rows.select(pl.col("measure"), named, pl.exclude("measure"))
    rows, marks = _withheld(results, rows)
    columns = _columns(rows, larger, Words.of(results.definition))
    title = f"{results.definition.title}: summaries of {areas_called(larger.id)}"
    table = Table(
        name=f"districts_{larger.id}",
        title=title,
        about=f"One row for each measure and each of the {len(larger.groups):,} "
        f"{areas_called(larger.id)}. In every rank, 1 is {Words.of(results.definition).most}.",
        columns=columns,
        rows=rows,
        keys=("measure", "group_code"),
        marks=marks,
        notes=tuple(dict.fromkeys([*notes, *larger.groups.notes])),
        source=results.definition.written.publisher,
    )
    return table, notes


def _withheld(results: Results, rows: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """Take out the average scores of measures whose scores the definition does not let out."""
    kept = [node.id for node in results.definition.nodes if not may_leave(node, "score")]
    hidden = rows["measure"].is_in(kept)
    there = [name for name in WITHHELD if name in rows.columns]
    mark = pl.select(pl.when(hidden).then(pl.lit(CONFIDENTIAL))).to_series()
    empty = (pl.when(~hidden).then(pl.col(name)).alias(name) for name in there)
    return rows.with_columns(empty), dict.fromkeys(there, mark)


def _columns(rows: pl.DataFrame, larger: LargerAreas, words: Words) -> tuple[Column, ...]:
    """Return the columns, as far as the rows have them."""
    called = geography_called(larger.id)
    known: Mapping[str, tuple[str, str, int]] = {
        "measure": ("Measure id", "What is summarised, by its id in the definition", 0),
        "measure_title": ("Measure", "What is summarised", 0),
        "group_code": (f"{called} code", "The code of the larger area", 0),
        "group_name": (f"{called} name", "The name of the larger area", 0),
        "areas": ("Areas", "How many areas that are ranked lie in it", 1),
        "population": ("Population", "The number of people the areas are weighed by", 0),
        "average_score": ("Average score", "The mean score of its areas, weighed by people", 3),
        "average_rank": (
            "Average rank",
            "The mean rank of its areas, weighed by people, counted so that high is more need",
            2,
        ),
        "proportion": (
            "Proportion",
            f"The share of its areas that are in {words.tenth()}, from 0 to 1",
            4,
        ),
        "extent": (
            "Extent",
            EXTENT,
            4,
        ),
        "local_concentration": (
            "Local concentration",
            LOCAL_CONCENTRATION,
            2,
        ),
    }
    columns = []
    for name, dtype in rows.schema.items():
        measure = name.removesuffix("_rank")
        if name in known:
            heading, meaning, decimals = known[name]
        elif measure in known:
            heading = f"{known[measure][0]}: rank"
            meaning = f"Its rank among {len(larger.groups):,} by this measure; 1 is {words.most}"
            decimals = 1
        else:
            heading, meaning, decimals = name.replace("_", " ").capitalize(), "", 3
        columns.append(Column(name, heading, meaning, _kind(dtype, rows[name]), decimals=decimals))
    return tuple(columns)


def _kind(dtype: pl.DataType, values: pl.Series) -> Kind:
    if dtype == pl.String:
        return "text"
    whole = dtype.is_integer() or bool((values.drop_nulls() % 1 == 0).all())
    return "whole" if whole else "number"
