"""Every table as a file of comma-separated values, for programs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import polars as pl

from hyperlocal.errors import Problem, ResultsError
from hyperlocal.present.tables.model import Table
from hyperlocal.present.workbooks.cells import written
from hyperlocal.present.workbooks.check import check_files

LINE_END = "\r\n"


def write_csvs(folder: str | Path, tables: Sequence[Table]) -> tuple[Path, ...]:
    r"""Write every table as ``<name>.csv``.

    Parameters
    ----------
    folder
        Where the files are written; it is made where it is not there. Files of the same names are
        replaced when all new ones are complete.
    tables
        The tables.

    Returns
    -------
    tuple of Path
        The files, in the order of the tables.

    Raises
    ------
    ResultsError
        Where a table cannot be written as it is, or a file not at all; all that is wrong at once,
        and no file is left.

    Notes
    -----
    RFC 4180: a row of names, commas, lines that end in ``\r\n``, quotes only where a cell needs
    them and doubled within it; UTF-8 without a byte order mark. Numbers have all the digits that
    are published. Where there is no number, its mark stands: ``[x]``, ``[c]``. Text is exact, also
    where it begins like a formula.
    """
    check_files(tables)
    folder = Path(folder)
    mark = secrets.token_hex(4)
    paths = [folder / f"{one.name}.csv" for one in tables]
    temporary = [path.with_name(f".{path.name}.writing-{mark}") for path in paths]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for table, file in zip(tables, temporary, strict=True):
            rows = pl.DataFrame([written(table, column) for column in table.columns])
            rows.write_csv(file, line_terminator=LINE_END)
        for file, path in zip(temporary, paths, strict=True):
            file.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Problem(f"cannot be written: {reason}", "name another folder", str(folder))
        raise ResultsError(problem) from error
    finally:
        for file in temporary:
            with suppress(OSError):
                file.unlink()
    return tuple(paths)
