"""Names in Welsh: of areas, of larger areas and of the parts of an index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from hyperlocal.analysis.beside import columns_of, read_beside
from hyperlocal.errors import DataError, HyperlocalError, Problem

SHOWN = 5
_NAME = re.compile(r"(area_)?name_cy|title_cy|cy|welsh(_name)?|cymraeg|enw|\w+nmw", re.IGNORECASE)
_CODE = re.compile(r"(area_)?code|id|node|\w+cd|\w+_code", re.IGNORECASE)


def read_welsh(files: Sequence[str | Path], known: Iterable[str]) -> dict[str, str]:
    r"""Read Welsh names from tables of two columns: a code or the id of a node, and the name.

    Parameters
    ----------
    files
        The tables. The columns are found by their headings: ``code`` or ``id`` (or as in
        ``LAD23CD``), and ``name_cy``, ``welsh``, ``enw`` (or as in ``LAD23NMW``).
    known
        The codes of areas and larger areas, and the ids of nodes.

    Returns
    -------
    dict
        The names by code or id. Where several tables name the same, the last holds.

    Raises
    ------
    DataError
        With all that is wrong in all tables: unclear columns, several names of one, no code of
        this index.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "welsh.csv")
    ...     _ = file.write_text("LAD23CD,LAD23NMW\nW06000001,Ynys Môn\n", encoding="utf-8")
    ...     read_welsh([file], ["W06000001", "W06000002"])
    {'W06000001': 'Ynys Môn'}
    """
    names: dict[str, str] = {}
    problems: list[Problem] = []
    ours = pl.Series(sorted(set(known)), dtype=pl.String)
    for file in files:
        try:
            names |= _read(file, ours)
        except HyperlocalError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return names


def _read(file: str | Path, known: pl.Series) -> dict[str, str]:
    code, name = _headings(file)
    held, table = read_beside(file, text=[code, name])
    rows = held.rename({code: "code", name: "name"}).with_row_index("row").drop_nulls()
    rows = rows.filter(pl.col("code").is_in(known.implode()))
    if not rows.height:
        few = ", ".join(held[code].drop_nulls().head(3))
        said = f"names no area, larger area or node of this index: its codes are such as {few}"
        raise DataError(Problem(said, "take one of the same areas and vintage", str(file)))
    rows = rows.unique(["code", "name"], maintain_order=True)
    twice = rows.filter(pl.col("code").is_duplicated() & ~pl.col("code").is_first_distinct())
    if twice.height:
        raise DataError(
            [
                table.problem(f"{one} has another Welsh name already", "keep one", row, name)
                for row, one in twice.select("row", "code").head(SHOWN).iter_rows()
            ]
        )
    return dict(rows.select("code", "name").iter_rows())


def _headings(file: str | Path) -> tuple[str, str]:
    headings = columns_of(file)
    names = [one for one in headings if _NAME.fullmatch(one.strip())]
    codes = [one for one in headings if _CODE.fullmatch(one.strip()) and one not in names]
    if len(headings) == 2 and len(names) == 1:
        codes = [one for one in headings if one not in names]
    if len(names) == 1 and len(codes) == 1:
        return codes[0], names[0]
    raise DataError(
        Problem(
            "does not say which column holds codes and which the Welsh names",
            f"call them 'code' and 'name_cy'; its columns are {', '.join(headings)}",
            str(file),
        )
    )
