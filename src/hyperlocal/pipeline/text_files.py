"""Text files with separators between their values, such as CSV: opened without reading them."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from hyperlocal.definition.inputs import Form
from hyperlocal.errors import DataError, Problem

TEXT_FILES = (".csv", ".tsv", ".txt")
PART = 1 << 17
"""How many bytes of a file are looked at in one go."""

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def open_text(file: Path, form: Form) -> pl.LazyFrame:
    """Open a text file, every column as text.

    Parameters
    ----------
    file
        The file.
    form
        How it is read.

    Raises
    ------
    DataError
        Where the file is empty, a workbook, or not in the encoding that the form states.
    """
    if all(part.isspace() for part in _parts(file)):
        raise DataError(Problem("the file is empty", file=str(file)))
    if next(_parts(file)).startswith(_WORKBOOKS):
        raise DataError(
            Problem("is a workbook, not a CSV file", "give it its ending back", str(file))
        )
    return pl.scan_csv(
        file if _is_utf_8(file, form) else _decoded(file, form).encode(),
        separator=form.separator or ("\t" if file.suffix.lower() == ".tsv" else ","),
        skip_lines=(form.header_row or 1) - 1,
        infer_schema=False,
        glob=False,
    )


def _parts(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while part := stream.read(PART):
            yield part


def _is_utf_8(file: Path, form: Form) -> bool:
    """Say whether a file is read as UTF-8 and is that, so that it need not be held in memory."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        if codecs.lookup(form.encoding or "utf-8").name != "utf-8":
            return False
        for part in _parts(file):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except (LookupError, UnicodeDecodeError):
        return False
    return True


def _decoded(file: Path, form: Form) -> str:
    encoding, raw = form.encoding or "utf-8", file.read_bytes()
    try:
        return raw.decode(encoding)
    except LookupError as error:
        raise DataError(
            Problem(f"unknown encoding {encoding!r}", "such as utf-8 or cp1252", str(file))
        ) from error
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DataError(
            Problem(
                f"is not {encoding} text",
                "state its encoding in the definition, such as 'encoding: cp1252'",
                str(file),
                line,
            )
        ) from error
