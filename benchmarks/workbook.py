"""The workbook of a nation's tables, beside pandas' to_excel of the same rows."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import ROOT, Run, fastest, python, run
from benchmarks.report import Figure, table

if TYPE_CHECKING:
    from hyperlocal.present.tables.model import Table

TIMES = 3
AREAS = 33_755
SHAPES = {
    "areas": (AREAS, 4, 26),
    "transformed": (AREAS, 2, 8),
    "populations": (AREAS, 2, 2),
    "districts": (2_400, 3, 12),
    "measures": (60, 12, 1),
    "weights": (60, 3, 1),
    "quality": (200, 6, 1),
}
"""The tables of England: how many rows, columns of text and columns of numbers they have."""
WHO = {
    "ours": "hyperlocal: accessible Excel workbook",
    "ods": "hyperlocal: the same as OpenDocument",
    "csv": "hyperlocal: the same as CSV files",
    "pandas": "pandas to_excel (xlsxwriter), rows alone",
}


def workbook(folder: Path, times: int = TIMES) -> Iterator[Figure]:
    """Measure the writing of all tables of a publication of England.

    Parameters
    ----------
    folder
        Where the tables and the workbooks are made.
    times
        How often each is written.
    """
    run(python("benchmarks.workbook", "make", folder))
    runs: dict[str, list[Run]] = {who: [] for who in WHO}
    for _ in range(times):
        for who, found in runs.items():
            found.append(run(python("benchmarks.workbook", who, folder)))
    cells = sum(rows * (texts + numbers) for rows, texts, numbers in SHAPES.values())
    for who, what in WHO.items():
        most = {"at_most": 20.0} if who == "ours" else {"at_most": 25.0} if who == "ods" else {}
        note = f"{cells:,} cells" if who == "ours" else ""
        yield Figure(f"{what}: whole process", fastest(runs[who]).seconds, "s", **most, note=note)
        highest = max(one.peak_megabytes for one in runs[who])
        yield Figure(
            f"{what}: peak memory", highest, "MB", at_most=None if who == "pandas" else 1500
        )
    faster = fastest(runs["pandas"]).seconds / fastest(runs["ours"]).seconds
    yield Figure("  hyperlocal is faster by", faster, "x", at_least=2)
    different = float(run(python("benchmarks.workbook", "compare", folder)).output)
    yield Figure("  cells of the workbook that differ from their table", different, "", at_most=0)


def make(folder: Path) -> None:
    """Make the rows of all tables: names as long as real ones, scores, ranks and some gaps."""
    import numpy as np
    import polars as pl

    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(1)
    for name, (rows, texts, numbers) in SHAPES.items():
        columns: dict[str, pl.Series] = {}
        for at in range(texts):
            drawn = random.integers(1, rows + 1, rows)
            said = [f"Kingston upon Hull {at} {number:05d}" for number in drawn]
            columns[f"text_{at}"] = pl.Series(said)
        for at in range(numbers):
            whole = pl.Series(random.permutation(rows) + 1)
            number = pl.Series(random.random(rows) * 100).round(6)
            kind, values = ("whole", whole) if at % 3 else ("number", number)
            gaps = pl.Series(random.random(rows) < 0.001)
            columns[f"{kind}_{at}"] = values.set(gaps, None)
        pl.DataFrame(columns).write_parquet(folder / f"{name}.parquet")


def write(who: str, folder: Path) -> None:
    """Write all tables in one way."""
    if who == "pandas":
        import pandas as pd

        with pd.ExcelWriter(folder / "pandas.xlsx", engine="xlsxwriter") as writer:
            for name in SHAPES:
                rows = pd.read_parquet(folder / f"{name}.parquet")
                rows.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
        return
    from hyperlocal.present.csv_files import write_csvs
    from hyperlocal.present.workbooks import Cover, write_ods, write_workbook

    tables = _tables(folder)
    if who == "ours":
        write_workbook(folder / "ours.xlsx", tables, Cover("England"))
    elif who == "ods":
        write_ods(folder / "ours.ods", tables, Cover("England"))
    else:
        write_csvs(folder / "csv", tables)


def _tables(folder: Path) -> list[Table]:
    import polars as pl

    from hyperlocal.present.tables.model import Column, Kind, Table

    kinds: dict[str, Kind] = {"text": "text", "whole": "whole", "number": "number"}
    tables = []
    for name in SHAPES:
        rows = pl.read_parquet(folder / f"{name}.parquet")
        columns = tuple(
            Column(one, f"{one}: what it says", "A column", kinds[one.split("_")[0]])
            for one in rows.columns
        )
        tables.append(Table(name, f"The {name} of England", "", columns, rows, ("text_0",)))
    return tables


def compare(folder: Path) -> int:
    """Count the cells of the workbook that are not those of the tables."""
    import fastexcel
    import polars as pl

    from hyperlocal.present.workbooks.cells import is_number, written
    from hyperlocal.present.workbooks.sheets import plan

    book, different = fastexcel.read_excel(folder / "ours.xlsx"), 0
    for sheet in plan(_tables(folder)):
        read = book.load_sheet(sheet.name, header_row=None, dtypes="string").to_polars()
        read = read[sheet.heading_row + 1 :]
        for column, name in zip(sheet.table.columns, read.columns, strict=True):
            ours, theirs = written(sheet.table, column), read[name]
            number = is_number(sheet.table, column)
            different += int(((ours != theirs) & ~number).sum())
            values = (one.filter(number).cast(pl.Float64) for one in (ours, theirs))
            different += int((next(values) != next(values)).sum())
    return different


def main() -> int:
    """Measure and print; return 1 where a target is missed."""
    folder = ROOT / "build" / "bench-workbook"
    shutil.rmtree(folder, ignore_errors=True)
    figures = list(workbook(folder))
    print(table(figures))
    (folder / "figures.json").write_text(json.dumps([one.as_dict() for one in figures], indent=2))
    return 1 if any(figure.missed for figure in figures) else 0


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    what, where = sys.argv[1], Path(sys.argv[2])
    if what == "make":
        make(where)
    elif what == "compare":
        print(compare(where))
    else:
        write(what, where)
