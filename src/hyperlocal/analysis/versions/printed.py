"""Tables of two versions as they are printed: a measure or a group at a time, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from hyperlocal.analysis.report import Report
from hyperlocal.analysis.versions.rank_change import PARTS

RANKS = {
    "average_score": "average scores",
    "average_rank": "average ranks",
    "extent": "extent",
    "local_concentration": "local conc.",
    "proportion": "worst 10%",
}


def moves(report: Report, groups: Sequence[str]) -> pl.DataFrame:
    """Return for each measure how many areas entered and left the worst bands.

    Parameters
    ----------
    report
        What `compare` gives.
    groups
        The codes of the groups whose areas are counted; without any, all areas.
    """
    table = report.tables["bands"]
    there = _in_groups(table, groups) if groups else table.filter(pl.col("group_code").is_null())
    counts = ("old", "entered", "left", "new")
    summed = there.group_by("measure", "band", maintain_order=True).agg(pl.col(counts).sum())
    labels = summed["band"].unique(maintain_order=True).head(2)
    wide = summed.select(pl.col("measure").unique(maintain_order=True))
    before, after = _labels(report)
    for place, label in enumerate(labels):
        names = {"old": f"{label} {before}", "new": f"{label} {after}"}
        # the same heading cannot stand twice: what follows is told apart by blanks
        names |= {"entered": "entered" + " " * place, "left": "left" + " " * place}
        part = summed.filter(pl.col("band") == label).drop("band").rename(names)
        wide = wide.join(part, on="measure", how="left", maintain_order="left")
    return wide


def matrix(report: Report, measure: str, groups: Sequence[str]) -> pl.DataFrame:
    """Return how many areas moved from each decile (rows) to each decile (columns).

    Parameters
    ----------
    report
        What `compare` gives.
    measure
        The measure.
    groups
        The codes of the groups whose areas are counted; without any, all areas.
    """
    areas = report.tables["areas"].filter(pl.col("measure") == measure)
    counted = _in_groups(areas, groups).drop_nulls(["decile_old", "decile_new"])
    before, after = _labels(report)
    tenths = pl.DataFrame({"decile_old": pl.Series(range(1, 11), dtype=pl.Int32)})
    columns = [
        (pl.col("decile_new") == tenth).sum().alias(f"{after}: 1" if tenth == 1 else str(tenth))
        for tenth in range(1, 11)
    ]
    found = counted.group_by("decile_old").agg(columns)
    wide = tenths.join(found, on="decile_old", how="left", maintain_order="left").fill_null(0)
    return wide.rename({"decile_old": f"{before} decile"})


def worst_tenth(report: Report, groups: Sequence[str]) -> pl.DataFrame:
    """Return the areas in the worst tenth: a row per measure, a column per version.

    Parameters
    ----------
    report
        What `compare` gives.
    groups
        The codes of the groups that are added up; without any, all of them.
    """
    table = _in_groups(report.tables["worst_tenth"], groups)
    summed = table.group_by("measure", "title", "version", maintain_order=True).agg(
        pl.col("worst_tenth").sum()
    )
    wide = summed.select(pl.struct("measure", "title").unique(maintain_order=True)).unnest(
        "measure"
    )
    for label in _labels(report):
        those = summed.filter(pl.col("version") == label).select(
            "measure", _whole("worst_tenth").alias(f"worst 10% {label}")
        )
        wide = wide.join(those, on="measure", how="left", maintain_order="left")
    return wide.drop("measure").rename({"title": "measure"})


def districts(report: Report, measure: str, groups: Sequence[str]) -> pl.DataFrame:
    """Return the rank of each district measure: a row per group and version, the new one first.

    Parameters
    ----------
    report
        What `compare` gives.
    measure
        The measure that is summarised.
    groups
        The codes of the groups to show; without any, all, the most deprived of the new version
        first.
    """
    table = report.tables["districts"].filter(pl.col("measure") == measure)
    after = _labels(report)[1]
    ranked = [name for name in table.columns if name.endswith("_rank") and name != "average_rank"]
    counts = [name for name in ranked if name.removesuffix("_rank") not in RANKS]
    shown = [f"{name}_rank" for name in RANKS if f"{name}_rank" in ranked]
    order = pl.col(shown[0]).filter(pl.col("version") == after).first().over("group_code")
    if groups:
        place = {code: row for row, code in enumerate(groups)}
        order = pl.col("group_code").replace_strict(place, return_dtype=pl.Int32)
    first = pl.int_range(pl.len()).over("group_code") == 0
    older = pl.col("version") != after
    table = _in_groups(table, groups).sort(order, "group_code", older, maintain_order=True)
    name = pl.when(first).then(pl.coalesce("group_name", "group_code")).otherwise(pl.lit(""))
    return table.select(
        name.alias("group"),
        "version",
        *(pl.col(name).alias(name.removesuffix("_rank").replace("_", " ")) for name in counts),
        *(pl.col(name).alias(RANKS[name.removesuffix("_rank")]) for name in shown),
    )


def parts_of_change(report: Report) -> pl.DataFrame:
    """Return for each measure how many places areas moved on average, and what did it.

    Parameters
    ----------
    report
        What `compare` gives.
    """
    table = report.tables["rank_change"]
    whole = table.group_by("measure", maintain_order=True).agg(
        pl.col(name).abs().mean().round(1) for name in ("change", *PARTS)
    )
    there = [name for name in PARTS if whole[name].null_count() < whole.height]
    return whole.select("measure", "change", *there)


def entered_and_left(report: Report, measure: str, groups: Sequence[str]) -> pl.DataFrame:
    """Return the areas that entered or left the worst bands.

    Parameters
    ----------
    report
        What `compare` gives.
    measure
        The measure.
    groups
        The codes of the groups whose areas are listed; without any, all.
    """
    table = report.tables["entered_and_left"].filter(pl.col("measure") == measure)
    before, after = _labels(report)
    return _in_groups(table, groups).select(
        "band",
        "did",
        pl.col("area_code").alias("area"),
        pl.col("area_name").fill_null("").alias("name"),
        pl.col("rank_old").alias(f"rank {before}"),
        pl.col("rank_new").alias(f"rank {after}"),
    )


def _labels(report: Report) -> tuple[str, str]:
    return str(report.about["old"]["label"]), str(report.about["new"]["label"])


def _in_groups(table: pl.DataFrame, groups: Sequence[str]) -> pl.DataFrame:
    """Return the rows of the groups; all where none is named."""
    return table.filter(pl.col("group_code").is_in(groups)) if groups else table


def _whole(name: str) -> pl.Expr:
    """Round counts of areas, of which parts may lie in a group."""
    return pl.col(name).round().cast(pl.Int64)
