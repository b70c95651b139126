"""The table of how sure ranks are."""

from __future__ import annotations

import polars as pl

from hyperlocal.analysis.supplied import Intervals
from hyperlocal.pipeline import Results
from hyperlocal.present.tables.model import Column, Table, kind_of_numbers
from hyperlocal.present.wording import exactly
from hyperlocal.present.words import areas_called

ENDS = {"lower": "Lowest", "upper": "Highest"}


def intervals_table(results: Results, known: Intervals | None) -> Table | None:
    """Return the interval of the rank of every area; None where that was not studied.

    Parameters
    ----------
    results
        The finished index.
    known
        The intervals, from a report of uncertainty.

    Returns
    -------
    Table or None
        ``area_code``, ``area_name``, ``rank``, and ``rank_lower``, ``rank_upper``, ``decile_lower``
        and ``decile_upper``: the ends of the interval.
    """
    if known is None:
        return None
    level, draws = known.about["level"], int(known.about["draws"])
    values = {"rank": results.areas[f"{known.node}_rank"]}
    meanings = {"rank": ("Rank", "The rank that is published")}
    for what in ("rank", "decile"):
        for end, said in ENDS.items():
            name = f"{what}_{end}"
            values[name] = pl.Series(known.columns[name], nan_to_null=True)
            meanings[name] = (
                f"{said} {what} of the interval",
                f"The {said.lower()} {what} of the interval",
            )
    columns = [
        Column("area_code", "Area code", "The code of the area"),
        Column("area_name", "Area name", "The name of the area"),
        *(
            Column(name, *meanings[name], kind_of_numbers(values[name]), decimals=1)
            for name in values
        ),
    ]
    called = areas_called(results.definition.areas.geography)
    return Table(
        name="intervals",
        title=f"{results.definition.title}: how sure the ranks of {called} are",
        about=f"The index was computed {draws:,} times more. The rank of an area lay within its "
        f"interval in {exactly(level)} of these computations.",
        columns=tuple(columns),
        rows=results.areas.select("area_code", "area_name").with_columns(**values),
        keys=("area_code",),
        source=results.definition.written.publisher,
    )
