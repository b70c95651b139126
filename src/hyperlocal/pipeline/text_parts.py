"""Text files with separators read a block at a time, so that memory does not grow with the file."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

import polars as pl

from hyperlocal.definition.inputs import Form
from hyperlocal.pipeline.text_files import open_text

BLOCK = 1 << 23
"""How many bytes of a file are parsed in one go."""


def text_parts(file: Path, form: Form, rows: int) -> Iterator[pl.DataFrame]:
    """Yield the rows of a text file in parts, every column as text.

    All columns are read, as of some alone a row with more values than headings goes unnoticed.

    Parameters
    ----------
    file
        The file.
    form
        How it is read.
    rows
        How many rows a part may have.

    Raises
    ------
    DataError
        Where the file is empty, a workbook, or not in the encoding that the form states.
    """
    whole = open_text(file, form)
    if codecs.lookup(form.encoding or "utf-8").name != "utf-8":  # it is held in memory to decode it
        yield from whole.collect_batches(chunk_size=rows, maintain_order=True)
        return
    with file.open("rb") as stream:
        for _ in range((form.header_row or 1) - 1):
            stream.readline()
        head = _record(stream)
        while head and head.removeprefix(codecs.BOM_UTF8).isspace():
            head = _record(stream)
        for block in _blocks(stream):
            text = (head if head.endswith(b"\n") else head + b"\n") + block
            parsed = pl.read_csv(text, separator=_separator(file, form), infer_schema=False)
            yield from parsed.iter_slices(rows)


def _separator(file: Path, form: Form) -> str:
    return form.separator or ("\t" if file.suffix.lower() == ".tsv" else ",")


def _record(stream: BufferedReader) -> bytes:
    """Read one record: a line, or several where a value in quotes has line breaks."""
    record = stream.readline()
    while record.count(b'"') % 2 and (more := stream.readline()):
        record += more
    return record


def _blocks(stream: BufferedReader) -> Iterator[bytes]:
    """Yield the rest of a file in blocks of whole records, none of which ends within quotes."""
    kept: list[bytes] = []
    quotes = 0
    while read := stream.read(BLOCK):
        kept += [read, stream.readline()]
        quotes += kept[-2].count(b'"') + kept[-1].count(b'"')
        if quotes % 2 == 0:
            yield b"".join(kept)
            kept, quotes = [], 0
    if kept:
        yield b"".join(kept)
