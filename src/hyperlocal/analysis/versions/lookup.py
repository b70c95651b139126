"""A correspondence between the areas of two versions, made of a lookup and people."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from hyperlocal.analysis.beside import ANY, SHOWN, read_beside
from hyperlocal.analysis.groups.lookups import file_and_columns
from hyperlocal.analysis.versions.version import Version
from hyperlocal.areas import Geography
from hyperlocal.errors import DataError, Problem
from hyperlocal.geography import Correspondence, Lookup, weighted
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.tables import checksum

NEXT_TO_NOBODY = 1e-9


def correspondence_of(
    lookup: str, old: Version, new: Version, people: FloatArray | None = None
) -> Correspondence:
    """Make a correspondence of a table that says which areas of two versions share ground.

    Parameters
    ----------
    lookup
        ``FILE:OLD_COLUMN:NEW_COLUMN``. A row for each pair of an old and a new area.
    old, new
        The versions. Rows of which neither area is in them are left out.
    people
        The people of each area of the new version. An old area that was split is shared out among
        its parts in proportion to them.

    Raises
    ------
    DataError
        Where the table cannot be read, a split area cannot be shared out, or an area of a version
        stands in no row.
    GeographyError
        Where a row lacks a code or stands twice.
    """
    file, before, after = _parts(lookup)
    held, table = read_beside(file, text=[before, after])
    rows = held.select(pl.col(before).alias("old"), pl.col(after).alias("new")).with_columns(
        row=table.rows
    )
    ours = pl.col("old").is_in(old.codes.implode()) | pl.col("new").is_in(new.codes.implode())
    rows = rows.filter(ours)
    counted = pl.lit(0.0) if people is None else pl.Series(people)
    weights = pl.DataFrame({"new": new.codes}).with_columns(people=counted)
    rows = rows.join(weights, on="new", how="left", maintain_order="left")
    parts = pl.len().over("old")
    anybody = pl.col("people").sum().over("old") > 0
    inhabited = pl.col("people").clip(NEXT_TO_NOBODY)  # a part without people is a part
    # an old area that no version has is there to be missing, and not to be shared out
    known = pl.col("old").is_in(old.codes.implode())
    rows = rows.with_columns(
        share=pl.when(parts == 1)
        .then(1.0)
        .when(known)
        .then(pl.when(anybody).then(inhabited / inhabited.sum().over("old")))
        .otherwise(1.0 / parts),
        split=(parts > 1) & known,
    )
    _refuse_without_people(rows, people, file, new.label)
    made = Lookup(
        rows["old"].alias(before),
        rows["new"].alias(after),
        rows["share"].to_numpy(),
        str(file),
        rows["row"],
        checksum(file),
    )
    source, target = (Geography.from_name(one.geography or ANY) for one in (old, new))
    return weighted(made, source, target, f"people of {new.label}")


def _parts(lookup: str) -> tuple[Path, str, str]:
    file, columns = file_and_columns(lookup, 2)
    if len(columns) != 2:
        raise DataError(
            Problem(
                f"{lookup!r} does not name a file and two of its columns",
                "write --lookup FILE:OLD_COLUMN:NEW_COLUMN",
            )
        )
    return file, columns[0], columns[1]


def _refuse_without_people(
    rows: pl.DataFrame, people: FloatArray | None, file: Path, label: str
) -> None:
    """Refuse old areas that are split among areas of which the people are not known."""
    split = rows.filter("split")
    if people is None and split.height:
        few = ", ".join(split["old"].unique(maintain_order=True).head(SHOWN))
        raise DataError(
            Problem(
                f"old areas were split, such as {few}, and nothing says how many people live in "
                "their parts",
                f"name the people of {label} with --population FILE:COLUMN",
                str(file),
            )
        )
    wrong = split.filter(~pl.col("share").is_finite().fill_null(value=False))
    if wrong.height:
        few = ", ".join(wrong["old"].unique(maintain_order=True).head(SHOWN))
        raise DataError(
            Problem(
                f"old areas cannot be shared out among their parts: {few}",
                f"their parts must be areas of {label}, with people in one of them at least",
                str(file),
            )
        )
