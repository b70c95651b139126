"""CSV on the Web: what the columns of the CSV files mean, for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hyperlocal.present.citation import Credit
from hyperlocal.present.metadata.facts import MISSING, bounds, is_complete, references
from hyperlocal.present.tables.model import Column, Kind, Table

METADATA = "csv-metadata"
"""The file, without its ending, in which programs look for what CSV files beside it hold."""
CONTEXT = ["http://www.w3.org/ns/csvw", {"@language": "en"}]
DATATYPES: Mapping[Kind, str] = {"text": "string", "whole": "integer", "number": "double"}

DIALECT = {
    "encoding": "utf-8",
    "delimiter": ",",
    "doubleQuote": True,
    "header": True,
    "lineTerminators": ["\r\n"],
}


def csvw(tables: Sequence[Table], credit: Credit) -> dict[str, Any]:
    """Return the description of CSV files that lie beside each other, by CSV on the Web.

    Parameters
    ----------
    tables
        The tables, each in a file called ``<name>.csv``.
    credit
        How they are to be cited, and what they were made of.

    Returns
    -------
    dict
        What ``csv-metadata.json`` holds.
    """
    licence = credit.licence
    said: dict[str, Any] = {
        "dc:title": credit.titled(credit.title),
        "dc:description": credit.about,
        "dc:publisher": credit.publisher,
        "dc:created": credit.built.date().isoformat(),
        "dc:license": {"@id": licence.address}
        if licence is not None and licence.address
        else credit.licence_said,
        "dc:rights": list(credit.attributions),
        "dc:source": [
            {"@id": one.url} if one.url.startswith("http") else one.title for one in credit.sources
        ],
        "dc:bibliographicCitation": credit.citation,
    }
    return {
        "@context": CONTEXT,
        **{key: value for key, value in said.items() if value},
        "dialect": DIALECT,
        "tables": [_table(one, tables) for one in tables],
    }


def _table(table: Table, tables: Sequence[Table]) -> dict[str, Any]:
    foreign = [
        {
            "columnReference": one.column,
            "reference": {"resource": _file(one.table), "columnReference": one.to},
        }
        for one in references(table, tables)
    ]
    schema: dict[str, Any] = {
        "columns": [_column(table, one) for one in table.columns],
        "primaryKey": list(table.keys),
        "foreignKeys": foreign,
    }
    said: dict[str, Any] = {
        "url": _file(table.name),
        "dc:title": table.title,
        "dc:description": " ".join([table.about, *table.notes]),
        "tableSchema": {key: value for key, value in schema.items() if value},
    }
    return {key: value for key, value in said.items() if value}


def _file(name: str) -> str:
    return f"{name}.csv"


def _column(table: Table, column: Column) -> dict[str, Any]:
    """Return what is said of a column; its heading in the file is the first of its titles."""
    least, greatest = bounds(table, column)
    base = {"base": DATATYPES[column.kind], "minimum": least, "maximum": greatest}
    datatype = {key: value for key, value in base.items() if value is not None}
    unit = f" ({column.unit})" if column.unit else ""
    said: dict[str, Any] = {
        "name": column.name,
        "titles": list(dict.fromkeys([column.name, column.heading])),
        "dc:description": f"{column.meaning}{unit}",
        "datatype": datatype if len(datatype) > 1 else datatype["base"],
        "null": list(MISSING),
        "required": is_complete(table, column),
    }
    return {key: value for key, value in said.items() if value}
