"""A workbook is a zip of XML files: one is copied with the rows of its tables put in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from hyperlocal.errors import Problem, ResultsError

LARGEST_PART = 2**31 - 1
"""The size of a part from which on Excel asks whether to repair the file."""

Replaced = Mapping[str, Sequence[tuple[str, Iterable[str]]]]
"""By the name of a part: texts that stand in it in this order, and what takes their place."""


def write_package(path: Path, package: bytes, replaced: Replaced) -> None:
    """Write a package to a file, with texts of its parts replaced by longer ones.

    Parameters
    ----------
    path
        The file. It is written beside its place and moved there when it is complete.
    package
        The package, small enough to be held.
    replaced
        What is replaced by what, given in pieces.

    Raises
    ------
    ResultsError
        Where the file cannot be written, or a part would be larger than programs read.
    """
    temporary = path.with_name(f".{path.name}.writing-{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with ZipFile(BytesIO(package)) as source, ZipFile(temporary, "w") as target:
            for part in source.infolist():
                text = source.read(part)
                copied = ZipInfo(part.filename)  # dated 1980: the same tables give the same file
                copied.compress_type = part.compress_type
                with target.open(copied, "w") as file:
                    size = 0
                    for piece in _pieces(text, replaced.get(part.filename, ())):
                        size += file.write(piece)
                        if size > LARGEST_PART:
                            said = f"its part {part.filename} would be larger than 2 GB"
                            remedy = "publish the largest tables as CSV only"
                            raise ResultsError(Problem(said, remedy, str(path)))
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Problem(f"cannot be written: {reason}", "name another file", str(path))
        raise ResultsError(problem) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def _pieces(text: bytes, replaced: Sequence[tuple[str, Iterable[str]]]) -> Iterator[bytes]:
    for found, pieces in replaced:
        before, text = text.split(found.encode(), maxsplit=1)
        yield before
        for piece in pieces:
            yield piece.encode()
    yield text
