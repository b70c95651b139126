"""A Frictionless data package: what every published file holds, its licence and its sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hyperlocal.pipeline.tables import checksum
from hyperlocal.present.citation import Credit, Source
from hyperlocal.present.licences import Licence
from hyperlocal.present.metadata.crediting import data_version
from hyperlocal.present.metadata.facts import MISSING, bounds, is_complete, references
from hyperlocal.present.tables.model import Column, Kind, Table

PACKAGE = "datapackage"
TYPES: Mapping[Kind, str] = {"text": "string", "whole": "integer", "number": "number"}
MEDIA_TYPES = {
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".gpkg": "application/geopackage+sqlite3",
    ".html": "text/html",
    ".json": "application/json",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".qml": "application/xml",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
UNKNOWN = "application/octet-stream"


def data_package(
    folder: Path, files: Sequence[str], tables: Sequence[Table], credit: Credit
) -> dict[str, Any]:
    """Return the Frictionless data package (version 1) of a folder.

    Parameters
    ----------
    folder
        The folder of the package.
    files
        The files in it, by their names from there. A CSV file that is called as a table is
        described with all of its columns.
    tables
        The published tables.
    credit
        How they are to be cited, and what they were made of.

    Returns
    -------
    dict
        What ``datapackage.json`` holds.
    """
    known = {one.name: one for one in tables}
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": _plain(credit.id),
        "title": credit.titled(credit.title),
        "description": credit.about,
        "homepage": credit.url,
        "version": data_version(credit),
        "created": credit.built.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "contributors": [{"title": credit.publisher, "role": "publisher"}]
        if credit.publisher
        else [],
        "licenses": [_licence(credit.licence)] if credit.licence is not None else [],
        "sources": [_source(one) for one in credit.sources],
        "citation": credit.citation,
        "attributions": list(credit.attributions),
    }
    package = {key: value for key, value in package.items() if value}
    names = _Names(known)
    resources = []
    for file in files:
        table = known.get(Path(file).stem) if file.endswith(".csv") else None
        described = {
            "name": table.name if table is not None else names.of(file),
            "path": file,
            **_tabular(table, tables),
            "mediatype": MEDIA_TYPES.get(Path(file).suffix.lower(), UNKNOWN),
            "bytes": (folder / file).stat().st_size,
            "hash": f"sha256:{checksum(folder / file)}",
        }
        resources.append(described)
    return {**package, "resources": resources}


class _Names:
    """Names of resources that are no tables, each once."""

    def __init__(self, taken: Mapping[str, object]) -> None:
        self.taken = set(taken)

    def of(self, file: str) -> str:
        plain = name = _plain(file)
        number = 2
        while name in self.taken:
            name, number = f"{plain}-{number}", number + 1
        self.taken.add(name)
        return name


def _plain(text: str) -> str:
    """Return a text as the name of a package or a resource.

    Examples
    --------
    >>> _plain("profiles/Ynys Môn.pdf")
    'profiles-ynys-m-n.pdf'
    """
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-")


def _licence(licence: Licence) -> dict[str, str]:
    said = {"name": licence.name or "other", "title": licence.title, "path": licence.address}
    return {key: text for key, text in said.items() if text}


def _source(source: Source) -> dict[str, Any]:
    """Return what a package says of something that it was made of."""
    said: dict[str, Any] = {
        "title": source.title,
        "path": source.url if source.url.startswith(("http://", "https://")) else "",
        "publisher": source.publisher,
        "licence": source.licence_said,
        "attribution": source.attribution,
        "file": source.file,
        "hash": f"sha256:{source.sha256}" if source.sha256 else "",
    }
    return {key: value for key, value in said.items() if value}


def _tabular(table: Table | None, tables: Sequence[Table]) -> dict[str, Any]:
    """Return what is said of the table in a CSV file; of any other that it is no such table."""
    if table is None:
        return {"type": "file"}
    foreign = [
        {
            "fields": one.column,
            "reference": {"resource": one.table, "fields": one.to},
        }
        for one in references(table, tables)
    ]
    schema: dict[str, Any] = {
        "fields": list(_fields(table)),
        "missingValues": list(MISSING),
        "primaryKey": list(table.keys),
        "foreignKeys": foreign,
    }
    return {
        "profile": "tabular-data-resource",
        "title": table.title,
        "description": " ".join([table.about, *table.notes]),
        "format": "csv",
        "encoding": "utf-8",
        "dialect": {
            "delimiter": ",",
            "doubleQuote": True,
            "header": True,
            "lineTerminator": "\r\n",
        },
        "schema": {key: value for key, value in schema.items() if value},
    }


def _fields(table: Table) -> Iterator[dict[str, Any]]:
    for one in table.columns:
        said = {
            "name": one.name,
            "title": one.heading,
            "type": TYPES[one.kind],
            "description": one.meaning,
            "unit": one.unit,
            "constraints": _constraints(table, one),
        }
        yield {key: value for key, value in said.items() if value}


def _constraints(table: Table, column: Column) -> dict[str, Any]:
    """Return what holds for every value of a column."""
    least, greatest = bounds(table, column)
    said = {
        "required": is_complete(table, column),
        "unique": table.keys == (column.name,),
        "minimum": least,
        "maximum": greatest,
    }
    return {key: value for key, value in said.items() if value}
