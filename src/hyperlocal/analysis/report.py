"""What an analysis leaves: tidy tables, and what they were made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl

from hyperlocal.errors import Problem, ResultsError
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.folder import check_replaceable, check_writable, replaced_folder
from hyperlocal.pipeline.write import write_record, write_table

ABOUT = "about"
FITTED = 20_000
Form = Literal["csv", "parquet", "xlsx"]


@dataclass(frozen=True)
class Report:
    """The tables of an analysis, with what they were made from.

    Parameters
    ----------
    analysis
        What was asked: ``districts``, ``compare`` and so on.
    tables
        Tidy tables by their names, the one that answers the question first.
    about
        What they were made from: the results, options, overrides. It can be written as JSON.
    notes
        What a reader should know before using the numbers.
    """

    analysis: str
    tables: Mapping[str, pl.DataFrame]
    about: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def write(self, out: str | Path, form: Form = "csv") -> None:
        """Write the tables into a folder, with ``about.json``.

        Parameters
        ----------
        out
            The folder. An earlier report there is replaced once the new one is complete.
        form
            What the tables are written as: ``csv``, ``parquet``, or ``xlsx`` (one workbook).

        Raises
        ------
        ResultsError
            Where the form is unknown, the folder holds anything but a report, or it cannot be
            written.
        """
        check_out(out, form)
        with replaced_folder(Path(out), report_files) as folder:
            if form == "xlsx":
                self._write_workbook(folder / f"{self.analysis}.xlsx")
            for name, table in self.tables.items():
                if form == "csv":
                    table.write_csv(folder / f"{name}.csv")
                elif form == "parquet":
                    write_table(folder / f"{name}.parquet", table)
            files = sorted(path.name for path in folder.iterdir())
            record = {
                "analysis": self.analysis,
                "hyperlocal": version("hyperlocal"),
                **self.about,
                "notes": list(self.notes),
                "files": files,
            }
            write_record(folder, ABOUT, record)

    def _write_workbook(self, file: Path) -> None:
        import xlsxwriter

        with xlsxwriter.Workbook(str(file), {"nan_inf_to_errors": False}) as book:
            for name, table in self.tables.items():
                few = table.height <= FITTED  # to fit columns takes longer than to write them
                table.write_excel(book, name, autofit=few, float_precision=4)


def report_files(folder: Path) -> frozenset[str]:
    """Return the names of the files of a report in a folder; none where there is none."""
    try:
        about = json.loads((folder / f"{ABOUT}.json").read_text(encoding="utf-8"))
        about["analysis"], about["hyperlocal"]  # another program's file of that name has neither
        return frozenset({*about["files"], f"{ABOUT}.json"})
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def check_out(out: str | Path | None, form: str = "csv") -> None:
    """Refuse, before any work is done, a form or a folder that a report cannot be written in.

    Parameters
    ----------
    out
        The folder; None where nothing is to be written.
    form
        What the tables are to be written as.

    Raises
    ------
    ResultsError
        Where the form is unknown, the folder holds anything but an earlier report, or it cannot be
        made.
    """
    if form not in get_args(Form):
        raise ResultsError(
            Problem(f"there is no form {form!r}", f"take one of {', '.join(get_args(Form))}")
        )
    if out is not None:
        check_replaceable(Path(out), report_files)
        check_writable(Path(out))


def made_from(results: Results) -> dict[str, Any]:
    """Return which finished index a report was made from."""
    provenance = results.provenance
    said = ("index", "title", "built", "areas", "definition", "versions")
    if lacks := [key for key in said if key not in provenance]:
        message = f"provenance.json lacks {', '.join(lacks)}"
        raise ResultsError(Problem(message, "build it again", str(results.folder)))
    return {
        "folder": str(results.folder),
        **{key: provenance[key] for key in ("index", "title", "built", "areas")},
        "definition": provenance["definition"],
        "versions": provenance["versions"],
    }
