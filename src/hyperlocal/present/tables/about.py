"""The tables that say what an index is made of: measures, weights, inputs, checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from hyperlocal.analysis.fitness import quality_table as checks_of
from hyperlocal.definition import ResolvedNode
from hyperlocal.pipeline import Results
from hyperlocal.present.tables.model import NOT_APPLICABLE, Column, Kind, Table
from hyperlocal.present.words import role_called

CHECKS = {
    "most_zeros": "Largest share of areas with the value 0",
    "most_at_lowest": "Largest share of areas that share the lowest value",
    "most_at_highest": "Largest share of areas that share the highest value",
    "most_missing": "Largest share of areas without a value",
    "least_distinct": "Smallest number of different values",
    "most_skewness": "Largest skewness",
    "most_kurtosis": "Largest excess kurtosis",
    "most_outliers": "Largest share of areas far outside the quartiles",
    "least_correlation": "Smallest rank correlation with an indicator beside it",
}
SCHEMES = {
    "equal": "equal weights",
    "stated": "stated in the definition",
    "as_stated": "stated in the definition, not scaled to add to 1",
    "rescaled": "stated in the definition, scaled to add to 1",
    "factor_analysis": "factor analysis",
}
TOLD = ("source", "publisher", "date", "granularity", "description", "inclusion", "caveats")
SPELT_OUT = {"%": "per cent", "‰": "per thousand", "£": "pounds", "€": "euros", "$": "dollars"}
"""Units that are a sign alone, in words: a screen reader may leave out signs."""
CONSIDERED = ("description", "reason", "source", "date", "granularity")


def measures_table(results: Results) -> Table:
    """Return a row for every node of the definition, with what a reader should know of it.

    Parameters
    ----------
    results
        The finished index.

    Returns
    -------
    Table
        ``id``, ``title``, ``role``, ``parent``, ``kind``, what a high value means, source and so
        on, parents before their children.
    """
    rows = []

    def walk(node: ResolvedNode, parent: str) -> None:
        written = node.written
        rows.append(
            {
                "id": node.id,
                "title": node.title,
                "role": role_called(node),
                "parent": parent or None,
                "kind": written.kind,
                "high_value": _high(node),
                "unit": unit_in_words(written.unit) or None,
                **{name: getattr(written, name) or None for name in TOLD},
            }
        )
        for child in (*node.children, *node.supplementary):
            walk(child, node.id)

    walk(results.definition.root, "")
    columns = (
        Column("id", "Id", "What its columns begin with"),
        Column("title", "Measure", "What it is called"),
        Column("role", "Role", "What it is in the index"),
        Column("parent", "Part of", "The id of what it enters, or stands beside"),
        Column("kind", "Kind", "How it is measured; 'group' is combined from its parts"),
        Column("high_value", "A high value means", "Of an indicator: more need, or less"),
        Column("source", "Source", "Where the data come from"),
        Column("publisher", "Publisher", "Who publishes the data"),
        Column("date", "Date", "The date or period that the data describe"),
        Column("granularity", "Published for", "The areas that the data are published for"),
        Column("unit", "Unit", "The unit of its values"),
        Column("description", "Description", "What it measures"),
        Column("inclusion", "Reason for inclusion", "Why it is in the index"),
        Column("caveats", "Caveats", "What to bear in mind"),
    )
    return _table(
        results,
        "measures",
        "the measures and their sources",
        "One row for the index and for each of its domains, sub-domains and indicators.",
        columns,
        pl.DataFrame(rows, schema=dict.fromkeys((one.name for one in columns), pl.String)),
        ("id",),
        {
            "parent": _unless([row["parent"] is None for row in rows]),
            "high_value": _unless([row["kind"] == "group" for row in rows]),
            "unit": _unless([row["kind"] == "group" for row in rows]),
        },
    )


def considered_table(results: Results) -> Table | None:
    """Return what was considered for the index and left out; None where nothing is stated.

    Parameters
    ----------
    results
        The finished index.

    Returns
    -------
    Table or None
        A row for each, in the order of the definition: ``id``, ``title``, ``domain`` (the id of the
        part that it was considered for) with its title, ``description``, ``reason``, ``source``,
        ``date`` and ``granularity``.
    """
    stated = results.definition.written.considered
    if not stated:
        return None
    titles = {node.id: node.title for node in results.definition.nodes}
    rows = [
        {
            "id": name,
            "title": one.title or name.replace("_", " ").capitalize(),
            "domain": one.domain,
            "domain_title": titles.get(one.domain or ""),
            **{key: getattr(one, key) or None for key in CONSIDERED},
        }
        for name, one in stated.items()
    ]
    columns = (
        Column("id", "Id", "What the definition calls it"),
        Column("title", "Indicator", "What it would have been"),
        Column("domain", "Considered for (id)", "The id of the part it was considered for"),
        Column("domain_title", "Considered for", "The part that it was considered for"),
        Column("description", "Description", "What it measures"),
        Column("reason", "Reason for exclusion", "Why it was left out"),
        Column("source", "Source", "Where the data would have come from"),
        Column("date", "Date", "The date or period of the data that were looked at"),
        Column("granularity", "Published for", "The areas that the data are published for"),
    )
    return _table(
        results,
        "considered",
        "what was considered and left out",
        "One row for each indicator that was considered for the index and is not part of it.",
        columns,
        pl.DataFrame(rows, schema=dict.fromkeys((one.name for one in columns), pl.String)),
        ("id",),
    )


def unit_in_words(unit: str) -> str:
    """Return a unit as it stands in tables: one that is a sign alone is written in words.

    Examples
    --------
    >>> unit_in_words("%"), unit_in_words("£ a year")
    ('per cent', '£ a year')
    """
    return SPELT_OUT.get(unit.strip(), unit)


def weights_table(results: Results) -> Table:
    """Return the weight of every child in its node, and how it was set.

    Parameters
    ----------
    results
        The finished index.

    Returns
    -------
    Table
        ``node``, ``node_title``, ``child``, ``child_title``, ``weight``, ``how``, and for a factor
        analysis ``estimated``, ``loading`` and ``uniqueness``.
    """
    titles = {node.id: node.title for node in results.definition.nodes}
    rows = results.weights.with_columns(
        pl.col("node").replace(titles).alias("node_title"),
        pl.col("child").replace(titles).alias("child_title"),
        pl.col("how").replace(SCHEMES),
    )
    columns = (
        Column("node", "Of (id)", "The id of what is combined"),
        Column("node_title", "Of", "What is combined"),
        Column("child", "Part (id)", "The id of the part that enters it"),
        Column("child_title", "Part", "The part that enters it"),
        Column("weight", "Weight", "The weight of the part", "number", decimals=4),
        Column("how", "How it was set", "How the weight was set"),
        Column(
            "estimated", "Estimated weight", "The weight before it was capped", "number", decimals=4
        ),
        Column("loading", "Loading", "The loading on the common factor", "number", decimals=4),
        Column(
            "uniqueness",
            "Uniqueness",
            "The share of its variance that the common factor does not explain",
            "number",
            decimals=4,
        ),
    )
    there = tuple(one for one in columns if rows[one.name].null_count() < rows.height)
    return _table(
        results,
        "weights",
        "weights",
        "The weight of every part in what it enters, as it was used.",
        there,
        rows,
        ("node", "child"),
    )


def quality_table(results: Results) -> Table | None:
    """Return what came of the checks of the indicators; None where none was judged.

    Parameters
    ----------
    results
        The finished index.

    Returns
    -------
    Table or None
        A row per indicator and check that has a threshold.
    """
    checks = checks_of(results).filter(pl.col("threshold").is_not_null())
    if not checks.height:
        return None
    titles = {node.id: node.title for node in results.definition.nodes}
    rows = checks.with_columns(
        pl.col("indicator").replace(titles).alias("title"),
        pl.col("check").replace(CHECKS).alias("check_title"),
        pl.when("passed")
        .then(pl.lit("passed"))
        .otherwise(pl.lit("not passed, and accepted"))
        .alias("outcome"),
    )
    columns = (
        Column("indicator", "Indicator (id)", "The id of the indicator"),
        Column("title", "Indicator", "The indicator"),
        Column("check", "Check (id)", "The setting of the definition that states the threshold"),
        Column("check_title", "Check", "What is checked"),
        Column("value", "Value", "What was found", "number"),
        Column("threshold", "Threshold", "What the definition allows", "number"),
        Column("outcome", "Outcome", "Whether the threshold was kept"),
        Column("accepted", "Why it was accepted", "The reason that the definition gives"),
    )
    return _table(
        results,
        "quality",
        "checks of the indicators",
        "What the definition asks of an indicator before it enters the index, and what was found.",
        columns,
        rows,
        ("indicator", "check"),
        {"accepted": _unless(rows["passed"].fill_null(value=False).to_list())},
    )


def inputs_table(results: Results) -> Table:
    """Return a row for every file that the index was made of.

    Parameters
    ----------
    results
        The finished index.

    Returns
    -------
    Table
        ``input``, its title, publisher, licence and address as the definition states them, and the
        file with its SHA-256 and rows.
    """
    written = results.definition.written
    read: dict[str, Any] = {
        **results.provenance.get("inputs", {}),
        **results.provenance.get("records", {}),
    }
    rows = []
    for name, stated in {**written.inputs, **written.records}.items():
        found = read.get(name, {})
        rows.append(
            {
                "input": name,
                "title": getattr(stated, "title", "") or None,
                "publisher": getattr(stated, "publisher", "") or None,
                "date": getattr(stated, "date", "") or None,
                "licence": getattr(stated, "licence", "") or None,
                "url": getattr(stated, "url", "") or None,
                "file": Path(str(found["file"])).name if found.get("file") else None,
                "sha256": found.get("sha256"),
                "rows_read": found.get("rows_read"),
                "rows_used": found.get("rows_used"),
            }
        )
    columns = (
        Column("input", "Input (id)", "What the definition calls it"),
        Column("title", "Input", "What it holds"),
        Column("publisher", "Publisher", "Who publishes it"),
        Column("date", "Date", "The date or period that it describes"),
        Column("licence", "Licence", "The licence of the data, where it is stated"),
        Column("url", "Address", "Where it is published"),
        Column("file", "File", "The file that was read"),
        Column("sha256", "SHA-256", "The checksum of the file that was read"),
        Column("rows_read", "Rows read", "How many rows the file holds", "whole"),
        Column("rows_used", "Rows used", "How many of them were used", "whole"),
    )
    kinds: dict[Kind, type[pl.DataType]] = {"text": pl.String, "whole": pl.Int64}
    return _table(
        results,
        "inputs",
        "what it was made of",
        "One row for each input of the definition. One without a file was optional, and not there.",
        columns,
        pl.DataFrame(rows, schema={one.name: kinds[one.kind] for one in columns}, strict=False),
        ("input",),
    )


def _high(node: ResolvedNode) -> str | None:
    if not node.is_indicator:
        return None
    return (node.settings.high_value or "").replace("_", " ") or None


def _unless(without: Sequence[bool]) -> pl.Series:
    """Return the mark of what does not apply, in the rows where it does not."""
    return pl.Series([NOT_APPLICABLE if one else None for one in without], dtype=pl.String)


def _table(
    results: Results,
    name: str,
    what: str,
    about: str,
    columns: tuple[Column, ...],
    rows: pl.DataFrame,
    keys: tuple[str, ...],
    marks: Mapping[str, pl.Series] | None = None,
) -> Table:
    return Table(
        name=name,
        title=f"{results.definition.title}: {what}",
        about=about,
        columns=columns,
        rows=rows,
        keys=keys,
        marks=marks or {},
        source=results.definition.written.publisher,
    )
